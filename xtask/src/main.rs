//! Chores of the repository.
//!
//! - `cargo xtask gen` writes the Rust of all language pages;
//! - `cargo xtask gen --check` fails, and names the files, if any of it is stale;
//! - `cargo xtask bench` measures the workloads of `benches/` with an optimised compiler.

use std::path::Path;
use std::process::{Command, ExitCode};

/// The folders that hold language pages, and where their Rust goes.
const FOLDERS: &[(&str, &str)] = &[
    ("ir-defs", "ir-defs/src/gen"),
    ("nanopass/tests/fixture/langs", "nanopass/tests/fixture/gen"),
    (
        "nanopass/examples/tutorial",
        "nanopass/examples/tutorial/gen",
    ),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let check = match arguments.as_slice() {
        ["gen"] => false,
        ["gen", "--check"] => true,
        ["bench", rest @ ..] => return bench(rest),
        _ => {
            eprintln!("usage: cargo xtask gen [--check] | bench [--runs N] [WORKLOAD…]");
            return ExitCode::from(2);
        }
    };
    match generate(check) {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(report) => {
            eprintln!("{report}");
            ExitCode::FAILURE
        }
    }
}

/// Runs `benches`. Only our own crates are compiled anew for it: dependencies are optimised in the dev profile, too.
fn bench(arguments: &[&str]) -> ExitCode {
    let status = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--package", "benches", "--"])
        .args(arguments)
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "2")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cargo: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the generator on all folders; `check` only compares.
fn generate(check: bool) -> Result<String, String> {
    // Paths in messages are relative to the root of the repository.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::env::set_current_dir(&root).map_err(|error| format!("{}: {error}", root.display()))?;
    let mut summary = Vec::new();
    for (pages, target) in FOLDERS {
        let done = nanopass::generate::run(Path::new(pages), Path::new(target), check)?;
        summary.push(format!("{pages}: {done}"));
    }
    Ok(summary.join("\n"))
}

#[test]
fn generated_files_are_up_to_date() {
    if let Err(report) = generate(true) {
        panic!("{report}");
    }
}
