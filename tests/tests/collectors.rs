//! The programs that run, under every collector: what they show is what their `.out` files hold, also when the
//! collector runs as often as it can and checks the heap each time.

use std::fs;
use std::path::Path;

use aivic_tests::program::{World, compile_with, run};
use ir_defs::session::{Collector, Options};
use similar::TextDiff;

/// The collectors, and whether under stress. The default without stress is what `programs` runs.
const COLLECTORS: &[(Collector, bool)] = &[
    (Collector::Bump, false),
    (Collector::MarkSweep, true),
    (Collector::Generational, true),
];

fn program(path: &Path) -> datatest_stable::Result<()> {
    check(path).map_err(Into::into)
}

fn check(path: &Path) -> Result<(), String> {
    let source = path.with_extension("aivi");
    let text = fs::read_to_string(&source).map_err(|error| error.to_string())?;
    let expected = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let world = World::beside(path);
    for &(collector, collector_stress) in COLLECTORS {
        let options = Options {
            collector,
            collector_stress,
            ..Options::default()
        };
        let module = compile_with(None, &source, &text, options)?;
        let actual = run(&module, &source, &world)?.text();
        if actual != expected {
            return Err(format!(
                "it differs with {collector:?}, stress {collector_stress}:\n{}",
                TextDiff::from_lines(&expected, &actual).unified_diff()
            ));
        }
    }
    Ok(())
}

datatest_stable::harness! {
    { test = program, root = "../examples", pattern = r"\.out$" },
    { test = program, root = "programs", pattern = r"\.out$" },
}
