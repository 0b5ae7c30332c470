//! The goldens of all passes. `BLESS=1 cargo test -p aivic-tests --test goldens` rewrites them.

use std::path::Path;

use aivic_tests::golden::Goldens;
use ir_defs::Session;
use passes::pipeline::PIPELINE;

const GOLDENS: Goldens<Session> = Goldens {
    pipeline: &PIPELINE,
    session: Session::bare,
    // From here on the whole runtime would be in the dumps.
    programs_until: Some("lower-to-wasm"),
    command: "cargo test -p aivic-tests --test goldens",
};

fn golden(path: &Path) -> datatest_stable::Result<()> {
    GOLDENS.run(path).map_err(Into::into)
}

datatest_stable::harness! {
    { test = golden, root = "../golden", pattern = r"\.(in|out)$" },
}
