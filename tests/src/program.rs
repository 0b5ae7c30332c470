//! Whole programs: source text in, what a run shows out.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use driver::milestones::Milestone;
use driver::{Compilation, Request, compile_text, render_human};
use engine::{Engine, Input, Output, Run};
use ir_defs::session::{OptLevel, Options};

/// A program that runs longer than this hangs.
const TIME: Duration = Duration::from_secs(60);

/// What a run shows: standard output, standard error, exit status.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// Standard output; what is not UTF-8 is replaced.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// The exit status.
    pub status: i32,
}

impl Shown {
    /// As a golden: standard output, then what else there is to tell.
    pub fn text(&self) -> String {
        let mut text = self.stdout.clone();
        let mut section = |title: String, body: &str| {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(&title);
            text.push_str(body);
        };
        if !self.stderr.is_empty() {
            section("-- standard error\n".to_owned(), &self.stderr);
        }
        if self.status != 0 {
            section(format!("-- exit status {}\n", self.status), "");
        }
        text
    }
}

/// An empty directory that is there for one run.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Scratch, String> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("aivic-run-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&path).map_err(|error| error.to_string())?;
        Ok(Scratch(path))
    }

    /// The program sees it as `.`.
    fn granted(&self) -> Vec<(PathBuf, String)> {
        vec![(self.0.clone(), ".".to_owned())]
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left of it does no harm.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The world of a run, in which `.` is an empty directory.
#[derive(Clone, Default, Debug)]
pub struct World {
    /// The arguments, without the program's name.
    pub args: Vec<String>,
    /// Standard input.
    pub stdin: Vec<u8>,
    /// The variables of the environment.
    pub env: Vec<(String, String)>,
}

impl World {
    /// The world beside a program: `.args`, one a line, `.env`, a line `NAME=VALUE` for each variable, and `.in`.
    pub fn beside(path: &Path) -> World {
        let lines = |extension| -> Vec<String> {
            std::fs::read_to_string(path.with_extension(extension))
                .map(|text| text.lines().map(str::to_owned).collect())
                .unwrap_or_default()
        };
        World {
            args: lines("args"),
            env: lines("env")
                .iter()
                .filter_map(|line| line.split_once('='))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            stdin: std::fs::read(path.with_extension("in")).unwrap_or_default(),
        }
    }
}

/// Compiles a program at a level, with the checks of every language on.
///
/// # Errors
///
/// The diagnostics, as a person reads them; or a violation that a check found.
pub fn compile(name: &Path, text: &str, optimize: OptLevel) -> Result<Vec<u8>, String> {
    compile_from(None, name, text, optimize)
}

/// The same, of text of the language `from`.
///
/// # Errors
///
/// Those of [`compile`].
pub fn compile_from(
    from: Option<&str>,
    name: &Path,
    text: &str,
    optimize: OptLevel,
) -> Result<Vec<u8>, String> {
    let options = Options {
        optimize,
        ..Options::default()
    };
    compile_with(from, name, text, options)
}

/// The same, with these options.
///
/// # Errors
///
/// Those of [`compile`].
pub fn compile_with(
    from: Option<&str>,
    name: &Path,
    text: &str,
    options: Options,
) -> Result<Vec<u8>, String> {
    let name = name.to_string_lossy().into_owned();
    driver::with_deep_stack(|| {
        let request = Request {
            options,
            from: from.map(str::to_owned),
            verify: true,
            ..Request::default()
        };
        let compilation = compile_text(&name, text, request);
        match compilation.module() {
            Some(module) if compilation.is_done() => Ok(module.to_vec()),
            _ => Err(problems(&compilation)),
        }
    })
}

/// Runs a program in the interpreter of a milestone.
///
/// # Errors
///
/// Those of [`compile`].
pub fn interpret(
    milestone: &Milestone,
    from: Option<&str>,
    name: &Path,
    text: &str,
    world: &World,
) -> Result<Shown, String> {
    let name = name.to_string_lossy().into_owned();
    driver::with_deep_stack(|| {
        let stop_after = Some(milestone.after.to_owned());
        let compilation = compile_text(
            &name,
            text,
            Request {
                stop_after,
                from: from.map(str::to_owned),
                ..Request::default()
            },
        );
        if !compilation.is_done() {
            return Err(problems(&compilation));
        }
        let scratch = Scratch::new()?;
        let world = interpreters::World {
            env: world.env.clone(),
            files: interpreters::Files::new(scratch.granted()),
            ..interpreters::World::new(world.stdin.clone(), world.args.clone())
        };
        let outcome = milestone
            .run(compilation, world)
            .ok_or_else(|| format!("there is no program of `{}`", milestone.language))?;
        Ok(Shown {
            stdout: String::from_utf8_lossy(&outcome.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&outcome.stderr).into_owned(),
            status: outcome.status,
        })
    })
}

/// Everything that is wrong with a compilation, as text.
pub fn problems(compilation: &Compilation) -> String {
    let core = &compilation.session.core;
    let list: Vec<_> = core.diagnostics.iter().cloned().collect();
    let mut text = render_human(&list, &core.sources, false);
    let output = compilation.output.as_ref().and_then(Option::as_ref);
    for problem in [compilation.bug.as_ref(), compilation.usage.as_ref(), output]
        .into_iter()
        .flatten()
    {
        text.push_str(problem);
        text.push('\n');
    }
    text
}

/// Runs a module.
///
/// # Errors
///
/// The engine refuses the module.
pub fn run(module: &[u8], name: &Path, world: &World) -> Result<Shown, String> {
    let options = engine::Options {
        time: Some(TIME),
        ..engine::Options::default()
    };
    let program = Engine::new(options)
        .and_then(|engine| engine.compile(module))
        .map_err(|error| error.to_string())?;
    let mut args = vec![name.to_string_lossy().into_owned()];
    args.extend(world.args.iter().cloned());
    let scratch = Scratch::new()?;
    let run = Run {
        args,
        env: world.env.clone(),
        dirs: scratch.granted(),
        stdin: Input::Bytes(world.stdin.clone()),
        stdout: Output::Capture,
        stderr: Output::Capture,
        ..Run::default()
    };
    let outcome = program.run(run).map_err(|error| error.to_string())?;
    Ok(Shown {
        stdout: String::from_utf8_lossy(&outcome.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&outcome.stderr).into_owned(),
        status: outcome.end.status(),
    })
}
