//! Whole programs: source text in, what a run shows out.

use std::path::Path;
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

/// The world of a run.
#[derive(Clone, Default, Debug)]
pub struct World {
    /// The arguments, without the program's name.
    pub args: Vec<String>,
    /// Standard input.
    pub stdin: Vec<u8>,
}

impl World {
    /// The world beside a program: `.args`, one a line, and `.in`.
    pub fn beside(path: &Path) -> World {
        World {
            args: std::fs::read_to_string(path.with_extension("args"))
                .map(|args| args.lines().map(str::to_owned).collect())
                .unwrap_or_default(),
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
    let name = name.to_string_lossy().into_owned();
    driver::with_deep_stack(|| {
        let options = Options {
            optimize,
            ..Options::default()
        };
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
        let world = interpreters::World::new(world.stdin.clone(), world.args.clone());
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
    for problem in [&compilation.bug, &compilation.usage, &compilation.output]
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
    let run = Run {
        args,
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
