//! Wrong programs, each with its whole diagnostics: as a person reads them, then as JSON.
//!
//! `golden/errors/NAME.aivi` is the program, `NAME.txt` what `aivic check` says. `BLESS=1` rewrites them.

use std::fs;
use std::path::Path;

use driver::{Request, compile_text, render_human, render_json};
use ir_defs::session::Options;
use similar::TextDiff;

fn error(path: &Path) -> datatest_stable::Result<()> {
    check(path).map_err(Into::into)
}

fn check(path: &Path) -> Result<(), String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let actual = driver::with_deep_stack(|| {
        let request = Request {
            options: Options {
                library: true,
                ..Options::default()
            },
            stop_after: Some("order-values".to_owned()),
            verify: true,
            ..Request::default()
        };
        let compilation = compile_text(&name, &text, request);
        if let Some(bug) = &compilation.bug {
            return Err(bug.clone());
        }
        let core = &compilation.session.core;
        let list: Vec<_> = core.diagnostics.iter().cloned().collect();
        let (human, json) = (
            render_human(&list, &core.sources, false),
            render_json(&list, &core.sources),
        );
        Ok(format!("{human}{json}"))
    })?;
    if actual.is_empty() {
        return Err("nothing is wrong with this program".to_owned());
    }
    let golden = path.with_extension("txt");
    let expected = fs::read_to_string(&golden).unwrap_or_default();
    if actual == expected {
        return Ok(());
    }
    if std::env::var_os("BLESS").is_some_and(|value| value == "1")
        && std::env::var_os("CI").is_none()
    {
        return fs::write(golden, actual).map_err(|error| error.to_string());
    }
    let diff = TextDiff::from_lines(&expected, &actual)
        .unified_diff()
        .to_string();
    Err(format!(
        "{diff}\nif this is right: BLESS=1 cargo test -p aivic-tests --test errors"
    ))
}

datatest_stable::harness! {
    { test = error, root = "../golden/errors", pattern = r"\.aivi$" },
}
