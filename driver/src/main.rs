//! The entry point of the `aivic` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    let status = driver::with_deep_stack(driver::cli::main);
    ExitCode::from(status)
}
