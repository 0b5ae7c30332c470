//! Programs that run: the examples, and `tests/programs`.
//!
//! Each `.aivi` file with an `.out` file beside it is compiled at each level of optimisation and run; what it shows
//! must be what the `.out` file holds. `.in` is its standard input, `.args` its arguments, one a line, `.env` its
//! environment; an empty directory is granted as `.`. `BLESS=1` rewrites the `.out` files.

use std::fs;
use std::path::Path;

use aivic_tests::program::{World, compile, run};
use ir_defs::session::OptLevel;
use similar::TextDiff;

fn program(path: &Path) -> datatest_stable::Result<()> {
    check(path).map_err(Into::into)
}

fn check(path: &Path) -> Result<(), String> {
    let source = path.with_extension("aivi");
    let text = fs::read_to_string(&source)
        .map_err(|error| format!("{} has no program beside it: {error}", path.display()))?;
    let world = World::beside(path);
    let mut shown = None;
    for level in [OptLevel::O2, OptLevel::O0] {
        let module = compile(&source, &text, level)?;
        let now = run(&module, &source, &world)?;
        match &shown {
            None => shown = Some(now),
            Some(first) if *first == now => {}
            Some(first) => {
                return Err(format!(
                    "it differs at {level:?}:\n{}",
                    TextDiff::from_lines(first.text(), now.text()).unified_diff()
                ));
            }
        }
    }
    let actual = shown.map(|shown| shown.text()).unwrap_or_default();
    let expected = fs::read_to_string(path).map_err(|error| error.to_string())?;
    if actual == expected {
        return Ok(());
    }
    if std::env::var_os("BLESS").is_some_and(|value| value == "1")
        && std::env::var_os("CI").is_none()
    {
        return fs::write(path, actual).map_err(|error| error.to_string());
    }
    let diff = TextDiff::from_lines(&expected, &actual)
        .unified_diff()
        .to_string();
    Err(format!(
        "{diff}\nto accept it: BLESS=1 cargo test -p aivic-tests --test programs"
    ))
}

datatest_stable::harness! {
    { test = program, root = "../examples", pattern = r"\.out$" },
    { test = program, root = "programs", pattern = r"\.out$" },
}
