//! Prints how the time of compiling grows with the size of a program: generated programs that are large in one way
//! each, seconds and lines a second at each size, and the exponent between neighbouring sizes.
//!
//! `cargo run --release -p benches --bin scale`. Names of shapes restrict it to these, `--check` stops after the checks
//! of types and matches, `--passes` shows the time of each pass at each size, and `--write FOLDER` writes the programs
//! into files and does not compile them.

mod code;
mod data;
mod types;

use std::path::{Path, PathBuf};
use std::time::Duration;

use driver::{Clock, Request, compile_text};

/// A way to be large: its name, the sizes to measure, and a program of a size.
struct Shape {
    name: &'static str,
    sizes: &'static [usize],
    make: fn(usize) -> Program,
}

/// The text of the entry module, and other modules with their names.
struct Program {
    text: String,
    modules: Vec<(String, String)>,
}

impl From<String> for Program {
    fn from(text: String) -> Program {
        Program {
            text,
            modules: Vec::new(),
        }
    }
}

impl Program {
    fn lines(&self) -> usize {
        let others: usize = self
            .modules
            .iter()
            .map(|(_, text)| text.lines().count())
            .sum();
        self.text.lines().count() + others
    }

    /// Writes all modules into a folder.
    fn write(&self, folder: &Path, name: &str) -> Result<(), String> {
        let wrong = |error: std::io::Error| format!("{}: {error}", folder.display());
        std::fs::create_dir_all(folder).map_err(wrong)?;
        std::fs::write(folder.join(format!("{name}.aivi")), &self.text).map_err(wrong)?;
        for (module, text) in &self.modules {
            std::fs::write(folder.join(format!("{module}.aivi")), text).map_err(wrong)?;
        }
        Ok(())
    }
}

/// All shapes: code, data, then types.
fn shapes() -> impl Iterator<Item = &'static Shape> {
    code::SHAPES.iter().chain(data::SHAPES).chain(types::SHAPES)
}

#[derive(Default)]
struct Arguments {
    names: Vec<String>,
    check: bool,
    passes: bool,
    write: Option<PathBuf>,
}

fn arguments() -> Result<Arguments, String> {
    let mut parsed = Arguments::default();
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--check" => parsed.check = true,
            "--passes" => parsed.passes = true,
            "--write" => {
                let folder = given.next().ok_or("`--write` needs a folder")?;
                parsed.write = Some(folder.into());
            }
            name if shapes().any(|shape| shape.name == name) => parsed.names.push(argument),
            other => {
                let names: Vec<&str> = shapes().map(|shape| shape.name).collect();
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
    let wanted = |shape: &&Shape| {
        arguments.names.is_empty() || arguments.names.iter().any(|name| name == shape.name)
    };
    if let Some(folder) = &arguments.write {
        for shape in shapes().filter(wanted) {
            for &size in shape.sizes {
                let name = format!("{}-{size}", shape.name);
                (shape.make)(size).write(&folder.join(&name), "main")?;
            }
        }
        return Ok(());
    }
    println!("| shape | size | lines | seconds | lines a second | exponent |");
    println!("|---|---|---|---|---|---|");
    for shape in shapes().filter(wanted) {
        measure(shape, &arguments)?;
    }
    Ok(())
}

/// The time of each pass.
type Passes = Vec<(&'static str, Duration)>;

/// What a size of a shape took.
struct Figure {
    lines: usize,
    seconds: f64,
    passes: Passes,
}

/// Measures a shape at all its sizes, the best of several runs, because other work disturbs caches.
fn measure(shape: &Shape, arguments: &Arguments) -> Result<(), String> {
    let mut figures: Vec<Figure> = Vec::new();
    for &size in shape.sizes {
        let program = (shape.make)(size);
        let lines = program.lines();
        let mut best = Figure {
            lines,
            seconds: f64::MAX,
            passes: Vec::new(),
        };
        for _ in 0..runs(lines) {
            let (seconds, passes) = compile(shape.name, &program, arguments)?;
            if seconds < best.seconds {
                best.seconds = seconds;
                best.passes = passes;
            }
        }
        let exponent = figures.last().map_or(String::new(), |before| {
            exponent(before, &best, before.seconds, best.seconds)
        });
        println!(
            "| {} | {size} | {lines} | {:.3} | {:.0} | {exponent} |",
            shape.name,
            best.seconds,
            lines as f64 / best.seconds
        );
        figures.push(best);
    }
    if arguments.passes {
        print_passes(&figures);
    }
    Ok(())
}

/// The exponent of growth between two figures.
fn exponent(before: &Figure, after: &Figure, earlier: f64, later: f64) -> String {
    let exponent = (later / earlier).ln() / (after.lines as f64 / before.lines as f64).ln();
    format!("{exponent:.2}")
}

/// The milliseconds of each pass at each size, and the exponent between the last two.
fn print_passes(figures: &[Figure]) {
    let Some(last) = figures.last() else { return };
    println!();
    for (index, (name, _)) in last.passes.iter().enumerate() {
        let time = |figure: &Figure| {
            let found = figure.passes.get(index);
            found.map_or(0.0, |(_, time)| time.as_secs_f64())
        };
        for figure in figures {
            print!("{:>10.3}", time(figure) * 1000.0);
        }
        let growth = match figures {
            [.., before, after] => exponent(before, after, time(before), time(after)),
            _ => String::new(),
        };
        println!(" ms {growth:>8}  {name}");
    }
    println!();
}

/// How often a program of so many lines is compiled.
fn runs(lines: usize) -> usize {
    if lines < 20_000 { 5 } else { 3 }
}

/// The seconds that compiling a program takes, and the time of its passes.
fn compile(name: &str, program: &Program, arguments: &Arguments) -> Result<(f64, Passes), String> {
    let mut request = Request::default();
    request.dump.times = arguments.passes;
    if arguments.check {
        request.stop_after = Some("check-matches".to_owned());
    }
    let folder = match program.modules.is_empty() {
        true => PathBuf::new(),
        false => std::env::temp_dir().join(format!("aivi-scale-{}", std::process::id())),
    };
    if !program.modules.is_empty() {
        program.write(&folder, "main")?;
    }
    let entry = folder.join("main.aivi");
    let check = arguments.check;
    let result = driver::with_deep_stack(|| {
        let clock = Clock::now();
        let compilation = compile_text(&entry.to_string_lossy(), &program.text, request);
        let seconds = clock.spent().as_secs_f64();
        if compilation.is_done() && (check || compilation.module().is_some()) {
            return Ok((seconds, compilation.times));
        }
        let first = compilation.session.core.diagnostics.iter().next();
        Err(format!(
            "{name} does not compile: {:?}",
            first.map(|diagnostic| &diagnostic.message)
        ))
    });
    if !program.modules.is_empty() {
        // What remains lies in the folder for such files.
        let _ = std::fs::remove_dir_all(&folder);
    }
    result
}
