//! Chores of the repository.
//!
//! - `cargo xtask gen` writes `ir-defs/src/gen/` from the language pages in `ir-defs/`;
//! - `cargo xtask gen --check` fails, and names the files, if one of them is stale.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let check = match arguments.as_slice() {
        ["gen"] => false,
        ["gen", "--check"] => true,
        _ => {
            eprintln!("usage: cargo xtask gen [--check]");
            return ExitCode::from(2);
        }
    };
    // Paths in messages are relative to the root of the repository.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    if let Err(error) = std::env::set_current_dir(&root) {
        eprintln!("{}: {error}", root.display());
        return ExitCode::FAILURE;
    }
    // The folders that hold language pages, and where their Rust goes.
    let folders = [
        ("ir-defs", "ir-defs/src/gen"),
        ("nanopass/tests/fixture/langs", "nanopass/tests/fixture/gen"),
    ];
    for (pages, target) in folders {
        match nanopass::generate::run(Path::new(pages), Path::new(target), check) {
            Ok(summary) => println!("{pages}: {summary}"),
            Err(report) => {
                eprintln!("{report}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
