//! Measures, and prints Markdown tables for `benches/README.md`.
//!
//! `cargo xtask bench` runs it with an optimised compiler. Names of workloads restrict it to these; `--runs N` says how
//! often each program runs.
//!
//! Machines are shared and noisy, so figures are ratios of the shortest of several runs that alternate in one go. What
//! is WebAssembly runs under one engine, with machine code made ahead of time.

mod measure;
mod peers;
mod report;

use std::path::Path;

use measure::{Candidate, Measured};
use peers::Peer;

/// The workloads, each a folder of this crate with one program for each language.
const WORKLOADS: [&str; 10] = [
    "fib", "queens", "trees", "pipeline", "pmap", "nbody", "text", "symbolic", "closures", "sort",
];

struct Arguments {
    runs: usize,
    names: Vec<String>,
}

fn arguments() -> Result<Arguments, String> {
    let mut parsed = Arguments {
        runs: 7,
        names: Vec::new(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--runs" => {
                let count = arguments.next().and_then(|count| count.parse().ok());
                parsed.runs = count
                    .filter(|count| *count > 0)
                    .ok_or("`--runs` wants a number above 0")?;
            }
            name if WORKLOADS.contains(&name) => parsed.names.push(argument),
            other => {
                return Err(format!(
                    "no workload is named `{other}`; there are {}",
                    WORKLOADS.join(", ")
                ));
            }
        }
    }
    Ok(parsed)
}

fn main() -> Result<(), String> {
    let Arguments { runs, names } = arguments()?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    if names.is_empty() {
        report::hello(runs)?;
    }
    let mut rows = Vec::new();
    for name in WORKLOADS {
        if !names.is_empty() && !names.iter().any(|wanted| wanted == name) {
            continue;
        }
        rows.push((name, workload(root, name, runs)?));
    }
    report::tables(&rows);
    Ok(())
}

/// Builds a workload in every language whose tools are installed, and runs all of them in turn.
fn workload(root: &Path, name: &str, runs: usize) -> Result<Vec<Option<Measured>>, String> {
    let mut candidates: Vec<Option<Candidate>> = Vec::new();
    for peer in Peer::ALL {
        match peer.build(root, name) {
            Ok(candidate) => candidates.push(Some(candidate)),
            Err(problem) if matches!(peer, Peer::Aivi | Peer::AiviUnfused) => return Err(problem),
            Err(problem) => {
                eprintln!("{name} in {}: {problem}", peer.title());
                candidates.push(None);
            }
        }
    }
    measure::in_turn(&candidates, runs).map_err(|problem| format!("{name}: {problem}"))
}
