//! Running programs in turn.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use engine::{Engine, Input, Options, Output, Run};

/// A workload in one language.
pub struct Candidate {
    /// What runs.
    pub program: Program,
    /// What it took to build, once.
    pub compile: Duration,
}

/// What runs.
pub enum Program {
    /// A module, under the engine.
    Module(Vec<u8>),
    /// A process with its arguments.
    Command(Vec<PathBuf>),
}

/// What was measured of a program.
pub struct Measured {
    /// Of the shortest run. A module is compiled and loaded before; a process is measured whole.
    pub time: Duration,
    /// The most memory that it had, in bytes: linear memory of a module, resident memory of a process where
    /// `/usr/bin/time` is there to tell.
    pub memory: Option<u64>,
    /// The module without its custom sections, in bytes.
    pub size: Option<usize>,
    /// What it took to build.
    pub compile: Duration,
}

/// A program that is ready to run.
enum Ready<'c> {
    Module(Box<engine::Program>),
    Command(&'c [PathBuf]),
}

/// Runs all candidates in turn, so often, and sees that they print the same.
///
/// # Errors
///
/// One fails, or their outputs differ.
pub fn in_turn(
    candidates: &[Option<Candidate>],
    runs: usize,
) -> Result<Vec<Option<Measured>>, String> {
    let engine = Engine::new(Options::default()).map_err(|error| error.to_string())?;
    let mut ready = Vec::new();
    let mut measured = Vec::new();
    for candidate in candidates {
        let Some(candidate) = candidate else {
            ready.push(None);
            measured.push(None);
            continue;
        };
        let size = match &candidate.program {
            Program::Module(module) => {
                let program = engine.compile(module).map_err(|error| error.to_string())?;
                ready.push(Some(Ready::Module(Box::new(program))));
                Some(strip(module)?.len())
            }
            Program::Command(words) => {
                ready.push(Some(Ready::Command(words)));
                None
            }
        };
        measured.push(Some(Measured {
            time: Duration::MAX,
            memory: None,
            size,
            compile: candidate.compile,
        }));
    }
    let mut expected: Option<Vec<u8>> = None;
    for _ in 0..runs {
        for (ready, measured) in ready.iter().zip(&mut measured) {
            let (Some(ready), Some(measured)) = (ready, measured) else {
                continue;
            };
            let clock = Instant::now();
            let (output, memory) = ready.run()?;
            measured.time = measured.time.min(clock.elapsed());
            measured.memory = measured.memory.max(memory);
            let expected = expected.get_or_insert_with(|| output.clone());
            if *expected != output {
                return Err(format!(
                    "the outputs differ: {} and {}",
                    String::from_utf8_lossy(expected).trim(),
                    String::from_utf8_lossy(&output).trim()
                ));
            }
        }
    }
    Ok(measured)
}

impl Ready<'_> {
    /// Its output, and the most memory that it had.
    fn run(&self) -> Result<(Vec<u8>, Option<u64>), String> {
        match self {
            Ready::Module(program) => {
                let world = Run {
                    stdin: Input::Empty,
                    stdout: Output::Capture,
                    ..Run::default()
                };
                let outcome = program.run(world).map_err(|error| error.to_string())?;
                if outcome.end.status() != 0 {
                    return Err(format!("a module ends with {:?}", outcome.end));
                }
                Ok((outcome.stdout, Some(outcome.memory)))
            }
            Ready::Command(words) => command(words),
        }
    }
}

/// Runs a process, under `/usr/bin/time` if that is there.
fn command(words: &[PathBuf]) -> Result<(Vec<u8>, Option<u64>), String> {
    let timer = Path::new("/usr/bin/time");
    let timed = timer.exists();
    let prefix: &[&Path] = if timed {
        &[timer, Path::new("-f"), Path::new("%M")]
    } else {
        &[]
    };
    let mut words = prefix
        .iter()
        .copied()
        .chain(words.iter().map(PathBuf::as_path));
    let Some(program) = words.next() else {
        return Err("a command without words".to_owned());
    };
    let output = Command::new(program)
        .args(words)
        .output()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("{} fails: {}", program.display(), errors.trim()));
    }
    let kibibytes = errors.lines().last().and_then(|line| line.parse().ok());
    let memory = kibibytes.filter(|_| timed).map(|n: u64| n << 10);
    Ok((output.stdout, memory))
}

/// The module without its custom sections.
///
/// # Errors
///
/// It is none.
pub fn strip(module: &[u8]) -> Result<Vec<u8>, String> {
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
