//! What a message suggests to type, typed: the message is gone then, and nothing else is wrong that was not before.
//!
//! The programs are those of `golden/errors`. The edits of one message belong together.

use std::fs;
use std::path::Path;

use driver::{Request, compile_text};
use ir_defs::session::Options;
use nanopass::{Diagnostic, Severity, Sources};

fn suggestion(path: &Path) -> datatest_stable::Result<()> {
    let text = fs::read_to_string(path)?;
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    driver::with_deep_stack(|| check(&name, &text)).map_err(Into::into)
}

fn check(name: &str, text: &str) -> Result<(), String> {
    let (errors, sources) = errors_of(name, text);
    for error in errors.iter().filter(|error| !error.edits.is_empty()) {
        let Some(edited) = apply(error, &sources, text) else {
            continue;
        };
        let (after, after_sources) = errors_of(name, &edited);
        if after.len() >= errors.len() {
            let list: Vec<Diagnostic> = after;
            let said = driver::render_human(&list, &after_sources, false);
            return Err(format!(
                "[{}] {}: what it suggests does not help\n{edited}\n{said}",
                error.code, error.message
            ));
        }
    }
    Ok(())
}

/// The text with the edits of a message; `None` if they are of another file.
fn apply(error: &Diagnostic, sources: &Sources, text: &str) -> Option<String> {
    let mut edits = Vec::new();
    for edit in &error.edits {
        let (_, file) = sources.file_of(edit.span)?;
        if &*file.text != text {
            return None;
        }
        edits.push((
            file.offset(edit.span.lo),
            file.offset(edit.span.hi),
            &edit.replacement,
        ));
    }
    edits.sort();
    let mut edited = String::new();
    let mut end = 0;
    for (from, to, replacement) in edits {
        edited.push_str(text.get(end..from)?);
        edited.push_str(replacement);
        end = to;
    }
    edited.push_str(text.get(end..)?);
    Some(edited)
}

fn errors_of(name: &str, text: &str) -> (Vec<Diagnostic>, Sources) {
    let request = Request {
        options: Options {
            library: true,
            ..Options::default()
        },
        stop_after: Some("order-values".to_owned()),
        ..Request::default()
    };
    let compilation = compile_text(name, text, request);
    let core = &compilation.session.core;
    let is_error = |diagnostic: &&Diagnostic| diagnostic.severity == Severity::Error;
    let errors = core.diagnostics.iter().filter(is_error).cloned().collect();
    (errors, core.sources.clone())
}

datatest_stable::harness! {
    { test = suggestion, root = "../golden/errors", pattern = r"\.aivi$" },
}
