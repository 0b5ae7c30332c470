//! `aivic run`

use engine::{End, Engine, Input, Options, Outcome, Output, Run};
use ir_defs::Session;
use nanopass::{Diagnostic, Location};
use passes::codes;

use super::{compiled_as, module, shown};
use crate::cli::{CompileArgs, ERRORS, WorldArgs};
use crate::compile::Request;
use crate::diagnostics::render_human;
use crate::invoke::compile_call;
use crate::load::LIBRARY;
use crate::output;

/// Compiles a program and runs it in the embedded engine, or a call of what it exports; its exit status is the
/// command's.
pub(crate) fn run(
    args: &CompileArgs,
    world: &WorldArgs,
    invoke: Option<&str>,
    file: &str,
    arguments: Vec<String>,
) -> Result<u8, String> {
    let run = Run {
        args: std::iter::once(file.to_owned()).chain(arguments).collect(),
        env: world.variables()?,
        // A program that came from standard input finds nothing left there.
        stdin: if file == "-" {
            Input::Empty
        } else {
            Input::Inherit
        },
        stdout: Output::Inherit,
        stderr: Output::Inherit,
        dirs: world.dirs(),
        host: Vec::new(),
    };
    let compiled = match invoke {
        None | Some("main") => compiled_as(args, file, with_places)?,
        Some(call) => {
            let mut request = args.request()?;
            with_places(&mut request);
            shown(compile_call(file, call, request)?, args)?
        }
    };
    let compilation = match compiled {
        Ok(compilation) => compilation,
        Err(status) => return Ok(status),
    };
    let module = module(&compilation)?;
    let program = Engine::new(Options::default()).and_then(|engine| engine.compile(module));
    // What the program's own capabilities need, nobody provides here.
    let foreign = program.as_ref().ok().and_then(|program| {
        let own = &compilation.session.host_modules;
        let mut imports = program.imports().into_iter();
        imports.find(|(module, _)| own.values().any(|name| name == module))
    });
    let outcome = match foreign {
        Some((module, name)) => Err(format!("nothing provides `{name}` of `{module}`")),
        None => program
            .and_then(|program| program.run(run))
            .map_err(|error| error.to_string()),
    };
    match outcome {
        Ok(outcome) => {
            if let Some(place) = place_of_fault(&outcome, &compilation.session) {
                output::error(&format!("  --> {place}\n"));
            }
            if args.gc_stats() {
                output::error(&statistics(&outcome));
            }
            Ok(u8::try_from(outcome.end.status()).unwrap_or(u8::MAX))
        }
        Err(problem) => {
            let message = format!("cannot run the program: {problem}");
            let mut diagnostic = Diagnostic::error(codes::NOT_RUNNABLE, message);
            if problem.starts_with("nothing provides") {
                diagnostic = diagnostic
                    .help("`aivic build` makes the module for a host that has these functions");
            }
            let sources = &compilation.session.core.sources;
            output::error(&render_human(&[diagnostic], sources, output::colours()));
            Ok(ERRORS)
        }
    }
}

fn with_places(request: &mut Request) {
    request.options.places = true;
}

/// Where the program was when its memory or its stack was exhausted, which it does not know itself: the innermost place
/// in the user's own files, or in the library if there is none.
fn place_of_fault(outcome: &Outcome, session: &Session) -> Option<String> {
    if !matches!(
        outcome.end,
        End::MemoryExhausted(_) | End::StackExhausted(_)
    ) {
        return None;
    }
    let place = |&address: &usize| {
        let places = &session.code_places;
        let after = places.partition_point(|&(start, _)| start <= address);
        let (_, span) = places.get(after.checked_sub(1)?)?;
        session.core.sources.locate(*span)
    };
    let places = || outcome.trace.iter().filter_map(place);
    let Location {
        name, line, column, ..
    } = places()
        .find(|place| !place.name.starts_with(LIBRARY))
        .or_else(|| places().next())?;
    Some(format!("{name}:{line}:{column}"))
}

/// What the collector has counted, and the memory that the program had at the end, which is the most that it had.
fn statistics(outcome: &Outcome) -> String {
    let mut text = String::new();
    for (name, title) in runtime_wat::COUNTS {
        let name = format!("collect:{name}");
        let mut counters = outcome.counters.iter();
        if let Some((_, count)) = counters.find(|(known, _)| *known == name) {
            text.push_str(&format!("{count:>12} {title}\n"));
        }
    }
    text.push_str(&format!("{:>12} bytes of memory\n", outcome.memory));
    text
}
