//! The `aivic` command.
//!
//! The only crate that reads files, prints and exits. Everything that the compiler knows how to do is in `passes`; here
//! it is given files and a standard library, and its diagnostics are shown.

pub mod cli;
mod clock;
mod commands;
mod compile;
mod diagnostics;
mod dump;
pub mod explanations;
pub mod invoke;
mod load;
pub mod milestones;
mod output;
pub mod tests;

pub use clock::Clock;
pub use compile::{Compilation, Request, compile_file, compile_text};
pub use diagnostics::{render_human, render_json};
pub use dump::without_library;
pub use load::FileLoader;

/// A compilation makes and drops many small objects, which the system's allocator takes long for, above all on a thread
/// that is not the main one. It counts for the interpreters' limit.
#[global_allocator]
static ALLOCATOR: interpreters::Counted<mimalloc::MiMalloc> =
    interpreters::Counted(mimalloc::MiMalloc);

/// The stack of the compiler's thread. The trees nest no deeper than the source, which is bounded; this is enough for
/// that in a debug build.
const STACK: usize = 512 << 20;

/// Runs `work` on a thread with a stack that is deep enough for the compiler.
pub fn with_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new()
            .name("aivic".to_owned())
            .stack_size(STACK);
        match builder.spawn_scoped(scope, work) {
            Ok(thread) => match thread.join() {
                Ok(result) => result,
                Err(panic) => std::panic::resume_unwind(panic),
            },
            // Without address space for the stack there is nothing to compile with.
            Err(error) => {
                output::error_line(&format!("error: cannot start the compiler: {error}"));
                std::process::exit(1)
            }
        }
    })
}
