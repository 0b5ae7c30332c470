//! What each subcommand does. Each gives an exit status, or says how the command was misused.

mod build;
mod explain;
mod interpret;
mod reference;
mod run;
mod test;

use std::path::{Path, PathBuf};

use nanopass::Stop;

use crate::cli::{BUG, CompileArgs, DONE, ERRORS, MessageFormat};
use crate::compile::{Compilation, compile_file};
use crate::diagnostics::{render_human, render_json};
use crate::dump;
use crate::output;

pub(crate) use build::build;
pub(crate) use explain::explain;
pub(crate) use interpret::interpret;
pub(crate) use reference::{language, passes};
pub(crate) use run::run;
pub(crate) use test::test;

/// Compiles a file, shows diagnostics and times. `Err` holds the status if there is nothing to go on with.
fn compiled(args: &CompileArgs, file: &str) -> Result<Result<Compilation, u8>, String> {
    compiled_as(args, file, |_| {})
}

/// The same, with a change of the request.
fn compiled_as(
    args: &CompileArgs,
    file: &str,
    change: impl FnOnce(&mut crate::compile::Request),
) -> Result<Result<Compilation, u8>, String> {
    let mut request = args.request()?;
    change(&mut request);
    shown(compile_file(file, request), args)
}

/// Shows the diagnostics and times of a compilation. `Err` holds the status if there is nothing to go on with.
fn shown(compilation: Compilation, args: &CompileArgs) -> Result<Result<Compilation, u8>, String> {
    show(&compilation, args.message_format());
    if let Some(usage) = compilation.usage {
        return Err(usage);
    }
    if let Some(bug) = &compilation.bug {
        output::error_line(&format!("error: this is a bug in aivic: {bug}"));
        return Ok(Err(BUG));
    }
    if let Some(problem) = &compilation.output {
        return Ok(Err(output::ended(problem.clone())));
    }
    if compilation.session.core.diagnostics.has_errors() {
        return Ok(Err(ERRORS));
    }
    Ok(Ok(compilation))
}

fn show(compilation: &Compilation, format: MessageFormat) {
    let core = &compilation.session.core;
    let diagnostics: Vec<_> = core.diagnostics.iter().cloned().collect();
    match format {
        MessageFormat::Human => {
            output::error(&render_human(
                &diagnostics,
                &core.sources,
                output::colours(),
            ));
        }
        MessageFormat::Json => output::error(&render_json(&diagnostics, &core.sources)),
    }
    if !compilation.times.is_empty() {
        output::error(&dump::table(&compilation.times));
    }
}

/// `aivic FILE`: compiles, for the sake of dumps.
pub(crate) fn compile(args: &CompileArgs, file: &str) -> Result<u8, String> {
    Ok(compiled(args, file)?.map_or_else(|status| status, |_| DONE))
}

/// `aivic check PATH`
pub(crate) fn check(args: &CompileArgs, path: &str) -> Result<u8, String> {
    let files = if Path::new(path).is_dir() {
        sources_below(Path::new(path))
    } else {
        vec![path.into()]
    };
    if files.is_empty() {
        output::error_line(&format!("error: there is no `.aivi` file in `{path}`"));
        return Ok(ERRORS);
    }
    let mut status = DONE;
    for file in files {
        let result = compiled_as(args, &file.to_string_lossy(), |request| {
            request.options.library = true;
            if request.stop_after.is_none() {
                request.stop_after = Some("check-matches".to_owned());
                request.statics = true;
            }
        })?;
        if let Err(failed) = result {
            status = status.max(failed);
        }
    }
    Ok(status)
}

/// The source files below a folder, in alphabetical order.
fn sources_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            let hidden = path
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if path.is_dir() && !hidden && !path.is_symlink() {
                open.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "aivi")
            {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The module of a compilation that ran to its end.
fn module(compilation: &Compilation) -> Result<&[u8], String> {
    compilation.module().ok_or_else(|| match compilation.stop {
        Stop::Asked => "there is no module: `--stop-after` ended the compilation".to_owned(),
        Stop::End | Stop::Errors => "there is no module".to_owned(),
    })
}
