//! Measures, and prints a Markdown table for `benches/README.md`.
//!
//! Machines are shared and noisy, so figures are ratios of the shortest of several runs that alternate in one go, under
//! one engine, with machine code made ahead of time.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use driver::{Request, compile_text};
use engine::{Engine, Input, Options, Output, Program, Run};

/// How often each program runs.
const RUNS: usize = 15;

fn main() -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let hello = "main = printLine \"Hello\"\n";
    let module = compile("hello.aivi", hello)?;
    println!("| what | figure | aim |");
    println!("|---|---|---|");
    println!(
        "| hello world, stripped | {} bytes | under 300 |",
        strip(&module)?.len()
    );
    let time = shortest(|| compile("hello.aivi", hello).map(drop))?;
    println!(
        "| hello world, to compile | {:.1} ms | under 50 |",
        milliseconds(time)
    );
    match c_module(&root.join("fib/fib.c")) {
        Ok(c) => {
            let source = std::fs::read_to_string(root.join("fib/fib.aivi"))
                .map_err(|error| error.to_string())?;
            let aivi = compile("fib.aivi", &source)?;
            let ratio = ratio(&aivi, &c)?;
            println!("| fib 35, time against C | {ratio:.2} | at most 1.2 |");
        }
        Err(problem) => {
            println!("| fib 35, time against C | not measured: {problem} | at most 1.2 |")
        }
    }
    Ok(())
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn compile(name: &str, source: &str) -> Result<Vec<u8>, String> {
    driver::with_deep_stack(|| {
        let compilation = compile_text(name, source, Request::default());
        compilation
            .module()
            .map(<[u8]>::to_vec)
            .ok_or_else(|| format!("{name} does not compile"))
    })
}

/// The module without its custom sections.
fn strip(module: &[u8]) -> Result<Vec<u8>, String> {
    let mut stripped = wasm_encoder::Module::new();
    for payload in wasmparser::Parser::new(0).parse_all(module) {
        let payload = payload.map_err(|error| error.to_string())?;
        if let Some((id, range)) = payload.as_section()
            && id != wasm_encoder::SectionId::Custom as u8
            && let Some(data) = module.get(range)
        {
            stripped.section(&wasm_encoder::RawSection { id, data });
        }
    }
    Ok(stripped.finish())
}

/// The same program in C: clang and its WebAssembly linker, if they are installed.
fn c_module(source: &Path) -> Result<Vec<u8>, String> {
    let target: PathBuf =
        std::env::temp_dir().join(format!("aivic-bench-{}.wasm", std::process::id()));
    let status = Command::new("clang")
        .args([
            "--target=wasm32",
            "-O2",
            "-nostdlib",
            "-Wl,--no-entry",
            "-o",
        ])
        .arg(&target)
        .arg(source)
        .status()
        .map_err(|_| "clang is not installed".to_owned())?;
    if !status.success() {
        return Err("clang cannot link WebAssembly".to_owned());
    }
    let module = std::fs::read(&target).map_err(|error| error.to_string());
    std::fs::remove_file(&target).map_err(|error| error.to_string())?;
    module
}

/// The time of `first` over that of `second`, which must print the same.
fn ratio(first: &[u8], second: &[u8]) -> Result<f64, String> {
    let engine = Engine::new(Options::default()).map_err(|error| error.to_string())?;
    let load = |module| engine.compile(module).map_err(|error| error.to_string());
    let (first, second) = (load(first)?, load(second)?);
    let mut times = [Duration::MAX; 2];
    let mut outputs = [Vec::new(), Vec::new()];
    for _ in 0..RUNS {
        for ((program, time), output) in [&first, &second].iter().zip(&mut times).zip(&mut outputs)
        {
            let clock = Instant::now();
            *output = run(program)?;
            *time = (*time).min(clock.elapsed());
        }
    }
    let [first, second] = times;
    let [left, right] = outputs;
    if left != right {
        return Err("the outputs differ".to_owned());
    }
    Ok(first.as_secs_f64() / second.as_secs_f64())
}

fn run(program: &Program) -> Result<Vec<u8>, String> {
    let world = Run {
        stdin: Input::Empty,
        stdout: Output::Capture,
        ..Run::default()
    };
    program
        .run(world)
        .map(|outcome| outcome.stdout)
        .map_err(|error| error.to_string())
}

/// The shortest of several runs.
fn shortest(mut work: impl FnMut() -> Result<(), String>) -> Result<Duration, String> {
    let mut shortest = Duration::MAX;
    for _ in 0..RUNS {
        let clock = Instant::now();
        work()?;
        shortest = shortest.min(clock.elapsed());
    }
    Ok(shortest)
}
