//! The programs of `programs`, run by the interpreters: each must show what the compiled program shows.

use std::fs;
use std::path::Path;

use aivic_tests::program::{World, interpret};
use driver::milestones::MILESTONES;
use similar::TextDiff;

fn program(path: &Path) -> datatest_stable::Result<()> {
    check(path).map_err(Into::into)
}

fn check(path: &Path) -> Result<(), String> {
    let source = path.with_extension("aivi");
    let text = fs::read_to_string(&source)
        .map_err(|error| format!("{} has no program beside it: {error}", path.display()))?;
    let expected = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let world = World::beside(path);
    for milestone in MILESTONES {
        let actual = interpret(milestone, None, &source, &text, &world)?.text();
        if actual != expected {
            let diff = TextDiff::from_lines(&expected, &actual)
                .unified_diff()
                .to_string();
            return Err(format!(
                "`{}` means something else:\n{diff}",
                milestone.language
            ));
        }
    }
    Ok(())
}

datatest_stable::harness! {
    { test = program, root = "../examples", pattern = r"\.out$" },
    { test = program, root = "programs", pattern = r"\.out$" },
}
