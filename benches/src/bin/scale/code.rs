//! Programs that are large by their code.

use std::fmt::Write;

use crate::{Program, Shape};

pub const SHAPES: &[Shape] = &[
    Shape {
        name: "definitions",
        sizes: &[250, 2_500, 25_000],
        make: definitions,
    },
    Shape {
        name: "group",
        sizes: &[250, 2_500, 25_000],
        make: group,
    },
    Shape {
        name: "constrained",
        sizes: &[250, 2_500, 12_500],
        make: constrained,
    },
    Shape {
        name: "block",
        sizes: &[500, 5_000, 20_000],
        make: block,
    },
    Shape {
        name: "effects",
        sizes: &[500, 5_000, 20_000],
        make: effects,
    },
    Shape {
        name: "resources",
        sizes: &[250, 1_000, 4_000],
        make: resources,
    },
    Shape {
        name: "generators",
        sizes: &[50, 200, 800],
        make: generators,
    },
    Shape {
        name: "arms",
        sizes: &[1_000, 10_000, 40_000],
        make: arms,
    },
    Shape {
        name: "words",
        sizes: &[1_000, 10_000, 40_000],
        make: words,
    },
    Shape {
        name: "tuples",
        sizes: &[500, 5_000, 20_000],
        make: tuples,
    },
    Shape {
        name: "nesting",
        sizes: &[50, 400, 1_200],
        make: nesting,
    },
    Shape {
        name: "pipes",
        sizes: &[500, 5_000, 20_000],
        make: pipes,
    },
    Shape {
        name: "operators",
        sizes: &[500, 5_000, 20_000],
        make: operators,
    },
    Shape {
        name: "interpolation",
        sizes: &[500, 5_000, 20_000],
        make: interpolation,
    },
];

/// Small definitions, half of them with signatures, each of which uses the one before.
fn definitions(size: usize) -> Program {
    let mut text = "f0 = x y => x + y\n".to_owned();
    for index in 1..size {
        let before = index - 1;
        if index % 2 == 0 {
            let _ = writeln!(text, "f{index} : Int -> Int -> Int");
        } else {
            let _ = writeln!(text, "// Number {index}.");
        }
        let _ = writeln!(
            text,
            "f{index} = x y => {{\n  z = x * {index}\n  if z < y then f{before} y z else z\n}}",
        );
    }
    let last = size - 1;
    let _ = writeln!(text, "main = printLine \"{{f{last} 1 2}}\"");
    text.into()
}

/// Functions that all need one another.
fn group(size: usize) -> Program {
    let mut text = String::new();
    for index in 0..size {
        let next = (index + 1) % size;
        let _ = writeln!(
            text,
            "// Number {index}.\ng{index} = n x =>\n  if n == 0 then [x]\n  else g{next} (n - 1) x"
        );
    }
    text.push_str("main = printLine \"{g0 3 'a'}\"\n");
    text.into()
}

/// Functions that all need one another, and a constraint of which only one of them knows.
fn constrained(size: usize) -> Program {
    let mut text =
        "class Step A = { step : A -> A }\ninstance Step Int = { step: n => n - 1 }\n".to_owned();
    for index in 0..size {
        let next = (index + 1) % size;
        let call = if index == 0 { "step n" } else { "n" };
        let _ = writeln!(
            text,
            "// Number {index}.\ng{index} = n x =>\n  if n == x then [\"{{n}}\"]\n  else g{next} ({call}) x"
        );
    }
    text.push_str("main = printLine \"{g0 3 0}\"\n");
    text.into()
}

/// A block of many bindings.
fn block(size: usize) -> Program {
    let mut text = "f = n => {\n  x0 = n\n".to_owned();
    for index in 1..size {
        let _ = writeln!(text, "  x{index} = x{} * 3 + n", index - 1);
    }
    let _ = writeln!(text, "  x{}\n}}\nmain = printLine \"{{f 1}}\"", size - 1);
    text.into()
}

/// An effect of many steps.
fn effects(size: usize) -> Program {
    let mut text = "main = effect {\n".to_owned();
    for index in 0..size {
        match index % 4 {
            0 => {
                let _ = writeln!(text, "  x{index} <- console.readLine Unit");
            }
            1 => {
                let _ = writeln!(text, "  y{index} = x{} ?? \"none\"", index - 1);
            }
            2 => {
                let _ = writeln!(text, "  printLine y{}", index - 1);
            }
            _ => {
                let _ = writeln!(
                    text,
                    "  if text.isEmpty y{} then printLine \"{index}\" else Unit",
                    index - 2
                );
            }
        }
    }
    text.push_str("}\n");
    text.into()
}

/// An effect that acquires many resources.
fn resources(size: usize) -> Program {
    let mut text = "open : Int -> Resource Console Int\nopen = n => resource {\n  yield n\n  printLine \"{n}\"\n}\nmain = effect {\n".to_owned();
    for index in 0..size {
        let _ = writeln!(text, "  r{index} <- open {index}");
    }
    let _ = writeln!(text, "  printLine \"{{r{}}}\"\n}}", size - 1);
    text.into()
}

/// A generator of many statements.
fn generators(size: usize) -> Program {
    let mut text = "all = n => generate {\n".to_owned();
    for index in 0..size {
        match index % 4 {
            0 => {
                let _ = writeln!(text, "  yield n + {index}");
            }
            1 => {
                let _ = writeln!(text, "  x{index} = n * {index}");
            }
            2 => {
                let _ = writeln!(text, "  yield x{}", index - 1);
            }
            _ => {
                let _ = writeln!(text, "  n -> n != {index}");
            }
        }
    }
    text.push_str("}\nmain = printLine \"{all 1 |> Generator.take 3 |> Generator.toList}\"\n");
    text.into()
}

/// A match of many arms.
fn arms(size: usize) -> Program {
    let mut text = "name = n => n ?\n".to_owned();
    for index in 0..size {
        let _ = writeln!(text, "  | {} => \"the number {index}\"", index * 7);
    }
    text.push_str("  | _ => \"another\"\nmain = printLine (name 7)\n");
    text.into()
}

/// A match of many texts.
fn words(size: usize) -> Program {
    let mut text = "number = name => name ?\n".to_owned();
    for index in 0..size {
        let _ = writeln!(text, "  | \"word {}\" => {index}", index * 7);
    }
    text.push_str("  | _ => -1\nmain = printLine \"{number \"word 7\"}\"\n");
    text.into()
}

/// A match of many tuples of data, with guards among them.
fn tuples(size: usize) -> Program {
    let mut text = "f = a b => (a, b) ?\n".to_owned();
    for index in 0..size {
        match index % 3 {
            0 => {
                let _ = writeln!(text, "  | (Some {index}, [x, ...]) => x");
            }
            1 => {
                let _ = writeln!(text, "  | (Some {index}, [n, ...]) when n > {index} => n");
            }
            _ => {
                let _ = writeln!(text, "  | (None, [{index}]) => {index}");
            }
        }
    }
    text.push_str("  | _ => 0\nmain = printLine \"{f None [2]}\"\n");
    text.into()
}

/// Calls, lists, blocks and branches in one another.
fn nesting(size: usize) -> Program {
    const FORMS: [(&str, &str); 4] = [
        ("next (", ")"),
        ("List.length [", "]"),
        ("next {", "}"),
        ("(if 1 < ", " then 1 else 2)"),
    ];
    let forms = || (0..size).filter_map(|index| FORMS.get(index % FORMS.len()));
    let mut text = "next = n => n + 1\nmain = printLine \"{\n".to_owned();
    forms().for_each(|(open, _)| _ = writeln!(text, "{open}"));
    text.push_str("0\n");
    let closing: Vec<&str> = forms().map(|(_, close)| *close).collect();
    for close in closing.iter().rev() {
        let _ = writeln!(text, "{close}");
    }
    text.push_str("}\"\n");
    text.into()
}

/// A long pipe.
fn pipes(size: usize) -> Program {
    let mut text = "next = x n => x + n\nmain = printLine (toText (1\n".to_owned();
    for index in 0..size {
        let _ = writeln!(text, "  |> next {index}");
    }
    text.push_str("))\n");
    text.into()
}

/// Long chains of operators of each precedence.
fn operators(size: usize) -> Program {
    let mut text = "f = n => n < 3\n".to_owned();
    for index in 0..size {
        let operator = ["+", "*", "||", "&&"].get(index % 4).unwrap_or(&"+");
        match index % 4 {
            0 | 1 => {
                let _ = writeln!(text, "  {operator} n");
            }
            _ => {
                let _ = writeln!(text, "  {operator} n == {index}");
            }
        }
    }
    text.push_str("main = printLine \"{f 1}\"\n");
    text.into()
}

/// A long text with many holes.
fn interpolation(size: usize) -> Program {
    let mut text = "f = n => \"\n".to_owned();
    for index in 0..size {
        let _ = writeln!(text, "  {index}: {{n + {index}}} and {{(n, 'a')}}");
    }
    text.push_str("\"\nmain = printLine (f 1)\n");
    text.into()
}
