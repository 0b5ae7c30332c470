//! Random programs mean the same to every interpreter and as WebAssembly, with and without optimisation.
//!
//! `PROPTEST_CASES` says how many programs.

use std::path::Path;

use aivic_tests::generate::mono_program;
use aivic_tests::program::{Shown, World, compile_from, interpret, run};
use driver::milestones::MILESTONES;
use ir_defs::session::OptLevel;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// What a program shows, by each way to run it.
fn outcomes(text: &str) -> Result<Vec<(String, Shown)>, String> {
    let (name, world) = (Path::new("random.mono"), World::default());
    let from = Some("mono");
    let mut all = Vec::new();
    for milestone in MILESTONES {
        let shown = interpret(milestone, from, name, text, &world)?;
        all.push((milestone.language.to_owned(), shown));
    }
    for level in [OptLevel::O0, OptLevel::O2] {
        let shown = run(&compile_from(from, name, text, level)?, name, &world)?;
        all.push((format!("{level:?}"), shown));
    }
    Ok(all)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(48),
        max_shrink_iters: 150,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default()
    })]

    #[test]
    fn all_agree(choices in prop::collection::vec(any::<u8>(), 0..600)) {
        let text = mono_program(&choices);
        let all = outcomes(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        for pair in all.windows(2) {
            if let [(one, first), (other, second)] = pair {
                prop_assert_eq!(first, second, "{} and {} differ:\n{}", one, other, text);
            }
        }
    }
}
