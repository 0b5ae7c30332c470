//! Programs that are large by their types and modules.

use std::fmt::Write;

use crate::{Program, Shape};

pub const SHAPES: &[Shape] = &[
    Shape {
        name: "constructors",
        sizes: &[100, 1_000, 4_000],
        make: constructors,
    },
    Shape {
        name: "types",
        sizes: &[100, 1_000, 10_000],
        make: types,
    },
    Shape {
        name: "classes",
        sizes: &[10, 30, 90],
        make: classes,
    },
    Shape {
        name: "instances",
        sizes: &[100, 1_000, 10_000],
        make: instances,
    },
    Shape {
        name: "aliases",
        sizes: &[100, 1_000, 10_000],
        make: aliases,
    },
    Shape {
        name: "domains",
        sizes: &[50, 500, 2_000],
        make: domains,
    },
    Shape {
        name: "capabilities",
        sizes: &[50, 200, 800],
        make: capabilities,
    },
    Shape {
        name: "modules",
        sizes: &[50, 250, 1_000],
        make: modules,
    },
];

/// A data type of many constructors, and functions from and to numbers.
fn constructors(size: usize) -> Program {
    let mut text = "type Big =\n".to_owned();
    for index in 0..size {
        let _ = writeln!(text, "  | Case{index} Int Text");
    }
    text.push_str("number = big => big ?\n");
    for index in 0..size {
        let _ = writeln!(text, "  | Case{index} n _ => n + {index}");
    }
    text.push_str(
        "main = printLine \"{number (Case1 2 \"a\")} {Case0 1 \"b\" == Case1 2 \"c\"}\"\n",
    );
    text.into()
}

/// Many data types and records, each with an instance of a class and a function.
fn types(size: usize) -> Program {
    let mut text = "class Area A = { area : A -> Int }\n".to_owned();
    for index in 0..size {
        let _ = writeln!(
            text,
            "type Shape{index} = | Square{index} Int | Box{index} {{ wide: Int, high: Int }}\n\
             instance Area Shape{index} = {{\n  area: s => s ?\n    | Square{index} n => n * n\n    \
             | Box{index} {{ wide, high }} => wide * high\n}}\n\
             total{index} : List Shape{index} -> Int\n\
             total{index} = shapes => List.sum (List.map area shapes)\n"
        );
    }
    let _ = writeln!(
        text,
        "main = printLine \"{{total{} [Square{} 2]}}\"",
        size - 1,
        size - 1
    );
    text.into()
}

/// Many classes, each with instances of as many types.
fn classes(size: usize) -> Program {
    let mut text = String::new();
    for index in 0..size {
        let _ = writeln!(text, "type T{index} = | T{index} Int");
        let _ = writeln!(text, "class C{index} A = {{ c{index} : A -> Int }}");
    }
    for class in 0..size {
        for index in 0..size {
            let _ = writeln!(
                text,
                "instance C{class} T{index} = {{\n  c{class}: (T{index} n) => n + {class}\n}}"
            );
        }
    }
    text.push_str("main = printLine \"{0\n");
    for index in 0..size {
        let _ = writeln!(text, "  + c{index} (T{} 1)", size - 1 - index);
    }
    text.push_str("}\"\n");
    text.into()
}

/// Generic functions that are used at many types.
fn instances(size: usize) -> Program {
    let mut text = "twice = f x => f (f x)\npair = x => (x, [x])\n".to_owned();
    for index in 0..size {
        let _ = writeln!(
            text,
            "type T{index} = | T{index} Int\nup{index} = (T{index} n) => T{index} (n + 1)\n\
             use{index} = n => pair (twice up{index} (T{index} n))"
        );
    }
    text.push_str("main = effect {\n");
    for index in 0..size {
        let _ = writeln!(text, "  printLine \"{{use{index} 1}}\"");
    }
    text.push_str("}\n");
    text.into()
}

/// A long chain of aliases of types.
fn aliases(size: usize) -> Program {
    let mut text = "A0 = (Int, Text)\n".to_owned();
    for index in 1..size {
        let _ = writeln!(text, "A{index} = A{}", index - 1);
        let _ = writeln!(text, "f{index} : A{index} -> Int\nf{index} = (n, _) => n");
    }
    let _ = writeln!(text, "main = printLine \"{{f{} (1, \"\")}}\"", size - 1);
    text.into()
}

/// Many domains, each with an operator and a suffix.
fn domains(size: usize) -> Program {
    let mut text = String::new();
    for index in 0..size {
        let _ = writeln!(
            text,
            "type S{index} = | S{index} Int\ndomain D{index} over S{index} = {{\n  (+) : S{index} -> S{index} -> S{index}\n  \
             (+) = (S{index} a) (S{index} b) => S{index} (a + b)\n  1px{index} = S{index} 1\n}}\n\
             v{index} = 3px{index} + 4px{index}"
        );
    }
    text.push_str("main = effect {\n");
    for index in 0..size {
        let _ = writeln!(text, "  printLine \"{{v{index}}}\"");
    }
    text.push_str("}\n");
    text.into()
}

/// Many capabilities, and functions that need more and more of them.
fn capabilities(size: usize) -> Program {
    let mut text = String::new();
    for index in 0..size {
        let _ = writeln!(
            text,
            "@wit \"many:hosts/k{index}@1.0.0\"\ncapability K{index} = {{ go{index} : Int -> Effect K{index} Int }}"
        );
        let _ = writeln!(
            text,
            "run{index} = n => effect {{\n  x <- go{index} n\n  pure (x + 1)\n}}"
        );
    }
    text.push_str("main = effect {\n");
    for index in 0..size {
        let _ = writeln!(text, "  x{index} <- run{index} 1");
    }
    text.push_str("  printLine \"{x0}\"\n}\n");
    text.into()
}

/// Many modules, each of which uses the one before.
fn modules(size: usize) -> Program {
    let mut modules = Vec::new();
    for index in 0..size {
        let before = index.saturating_sub(1);
        let mut text = format!("module m{index}\nexport T{index}, f{index}\n");
        if index > 0 {
            let _ = writeln!(text, "use m{before}");
        }
        let _ = writeln!(
            text,
            "type T{index} = | T{index} Int\nf{index} : Int -> T{index}"
        );
        if index > 0 {
            let _ = writeln!(
                text,
                "f{index} = n => f{before} n ?\n  | T{before} m => T{index} (m + n)"
            );
        } else {
            text.push_str("f0 = n => T0 n\n");
        }
        for helper in 0..10 {
            let _ = writeln!(
                text,
                "h{helper} : Int -> Int\nh{helper} = n =>\n  n + {helper}"
            );
        }
        modules.push((format!("m{index}"), text));
    }
    let last = size - 1;
    Program {
        text: format!("use m{last}\nmain = printLine \"{{f{last} 1}}\"\n"),
        modules,
    }
}
