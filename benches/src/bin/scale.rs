//! Prints how the time of compiling grows with the size of a program: generated programs that are large in one way
//! each, seconds and lines a second at each size, and the exponent between neighbouring sizes.
//!
//! `cargo run --release -p benches --bin scale`. Names of shapes restrict it to these, `--check` stops after the checks
//! of types and matches, and `--passes` shows the time of each pass at the largest size.

use std::fmt::Write;
use std::time::Instant;

use driver::{Request, compile_text};
use ir_defs::session::Options;

/// A way to be large: its name, the sizes to measure, and a program of a size.
struct Shape {
    name: &'static str,
    sizes: &'static [usize],
    make: fn(usize) -> String,
}

const SHAPES: [Shape; 9] = [
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
        name: "record",
        sizes: &[100, 1_000, 4_000],
        make: record,
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
        name: "arms",
        sizes: &[1_000, 10_000, 40_000],
        make: arms,
    },
    Shape {
        name: "constructors",
        sizes: &[100, 1_000, 4_000],
        make: constructors,
    },
    Shape {
        name: "list",
        sizes: &[1_000, 10_000, 40_000],
        make: list,
    },
    Shape {
        name: "types",
        sizes: &[100, 1_000, 10_000],
        make: types,
    },
];

struct Arguments {
    names: Vec<String>,
    check: bool,
    passes: bool,
}

fn arguments() -> Result<Arguments, String> {
    let mut parsed = Arguments {
        names: Vec::new(),
        check: false,
        passes: false,
    };
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--check" => parsed.check = true,
            "--passes" => parsed.passes = true,
            name if SHAPES.iter().any(|shape| shape.name == name) => parsed.names.push(argument),
            other => {
                let names: Vec<&str> = SHAPES.iter().map(|shape| shape.name).collect();
                return Err(format!(
                    "no shape is named `{other}`; there are {}",
                    names.join(", ")
                ));
            }
        }
    }
    Ok(parsed)
}

fn main() -> Result<(), String> {
    let arguments = arguments()?;
    println!("| shape | size | lines | seconds | lines a second | exponent |");
    println!("|---|---|---|---|---|---|");
    for shape in SHAPES {
        let wanted =
            arguments.names.is_empty() || arguments.names.iter().any(|name| name == shape.name);
        if wanted {
            measure(&shape, &arguments)?;
        }
    }
    Ok(())
}

/// Measures a shape at all its sizes, the best of several runs, because other work disturbs the clock.
fn measure(shape: &Shape, arguments: &Arguments) -> Result<(), String> {
    let mut before: Option<(usize, f64)> = None;
    let mut table = None;
    for &size in shape.sizes {
        let text = (shape.make)(size);
        let lines = text.lines().count();
        let mut seconds = f64::MAX;
        for _ in 0..runs(lines) {
            let (time, passes) = compile(shape.name, &text, arguments)?;
            seconds = seconds.min(time);
            table = passes;
        }
        let exponent = before.map_or(String::new(), |(smaller, time): (usize, f64)| {
            let exponent = (seconds / time).ln() / (lines as f64 / smaller as f64).ln();
            format!("{exponent:.2}")
        });
        println!(
            "| {} | {size} | {lines} | {seconds:.3} | {:.0} | {exponent} |",
            shape.name,
            lines as f64 / seconds
        );
        before = Some((lines, seconds));
    }
    if arguments.passes
        && let Some(table) = table
    {
        println!("\n{table}");
    }
    Ok(())
}

/// How often a program of so many lines is compiled.
fn runs(lines: usize) -> usize {
    if lines < 20_000 { 3 } else { 1 }
}

/// The seconds that compiling a program takes, and the table of its passes.
fn compile(name: &str, text: &str, arguments: &Arguments) -> Result<(f64, Option<String>), String> {
    let mut request = Request {
        options: Options::default(),
        ..Request::default()
    };
    request.dump.times = arguments.passes;
    if arguments.check {
        request.stop_after = Some("check-matches".to_owned());
    }
    let check = arguments.check;
    driver::with_deep_stack(move || {
        let start = Clock::now();
        let compilation = compile_text("main.aivi", text, request);
        let seconds = start.seconds();
        if compilation.is_done() && (check || compilation.module().is_some()) {
            return Ok((seconds, compilation.times));
        }
        let first = compilation.session.core.diagnostics.iter().next();
        Err(format!(
            "{name} does not compile: {:?}",
            first.map(|diagnostic| &diagnostic.message)
        ))
    })
}

/// The time that this thread has spent on a processor, where the system tells it (Linux), or else the time of day: other
/// work on the machine is not to be measured.
enum Clock {
    Processor(u64),
    Day(Instant),
}

impl Clock {
    fn now() -> Clock {
        nanoseconds().map_or_else(|| Clock::Day(Instant::now()), Clock::Processor)
    }

    fn seconds(&self) -> f64 {
        match self {
            Clock::Processor(start) => {
                let spent = nanoseconds().unwrap_or(*start).saturating_sub(*start);
                spent as f64 / 1e9
            }
            Clock::Day(start) => start.elapsed().as_secs_f64(),
        }
    }
}

/// What this thread has spent on a processor.
fn nanoseconds() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// Small definitions, half of them with signatures, each of which uses the one before.
fn definitions(size: usize) -> String {
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
    text
}

/// Functions that all need one another.
fn group(size: usize) -> String {
    let mut text = String::new();
    for index in 0..size {
        let next = (index + 1) % size;
        let _ = writeln!(
            text,
            "// Number {index}.\ng{index} = n x =>\n  if n == 0 then [x]\n  else g{next} (n - 1) x"
        );
    }
    text.push_str("main = printLine \"{g0 3 'a'}\"\n");
    text
}

/// A record of many fields, all of which a function asks for.
fn record(size: usize) -> String {
    let mut text = "all = {\n".to_owned();
    for index in 0..size {
        let _ = writeln!(text, "  field{index}: {index}");
    }
    text.push_str("}\nsum = r => 0\n");
    for index in 0..size {
        let _ = writeln!(text, "  + r.field{index}");
    }
    text.push_str("main = printLine \"{sum all}\"\n");
    text
}

/// A block of many bindings.
fn block(size: usize) -> String {
    let mut text = "f = n => {\n  x0 = n\n".to_owned();
    for index in 1..size {
        let _ = writeln!(text, "  x{index} = x{} * 3 + n", index - 1);
    }
    let _ = writeln!(text, "  x{}\n}}\nmain = printLine \"{{f 1}}\"", size - 1);
    text
}

/// An effect of many steps.
fn effects(size: usize) -> String {
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
    text
}

/// A match of many arms.
fn arms(size: usize) -> String {
    let mut text = "name = n => n ?\n".to_owned();
    for index in 0..size {
        let _ = writeln!(text, "  | {} => \"the number {index}\"", index * 7);
    }
    text.push_str("  | _ => \"another\"\nmain = printLine (name 7)\n");
    text
}

/// A data type of many constructors, and functions from and to numbers.
fn constructors(size: usize) -> String {
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
    text
}

/// A list of many tuples.
fn list(size: usize) -> String {
    let mut text = "all = [\n".to_owned();
    for index in 0..size {
        let _ = writeln!(text, "  ({index}, \"item {index}\", [{index}, 1])");
    }
    text.push_str("]\nmain = printLine \"{List.length all}\"\n");
    text
}

/// Many data types and records, each with an instance of a class and a function.
fn types(size: usize) -> String {
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
    text
}
