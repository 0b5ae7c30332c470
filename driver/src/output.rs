//! Writing to the standard streams. A reader that has gone away is no error: the command ends quietly.

use std::io::{ErrorKind, IsTerminal as _, Write as _};

use crate::cli::{DONE, ERRORS};

/// Writes to standard output.
///
/// # Errors
///
/// The message, or nothing if the reader has gone away, which is not for anybody to hear.
pub(crate) fn print(text: &str) -> Result<(), Option<String>> {
    let mut stdout = std::io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(|error| match error.kind() {
            ErrorKind::BrokenPipe => None,
            _ => Some(format!("cannot write to standard output: {error}")),
        })
}

/// Writes to standard output, which is all that the command does; gives its status.
pub(crate) fn show(text: &str) -> u8 {
    print(text).map_or_else(ended, |()| DONE)
}

/// The status of a command whose output could not be written, which is told unless the reader has gone away.
pub(crate) fn ended(problem: Option<String>) -> u8 {
    match problem {
        None => DONE,
        Some(problem) => {
            error_line(&format!("error: {problem}"));
            ERRORS
        }
    }
}

/// Writes to standard error.
pub(crate) fn error(text: &str) {
    // There is nowhere left to report a failure to.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Writes a line to standard error.
pub(crate) fn error_line(text: &str) {
    error(&format!("{text}\n"));
}

/// Whether standard error takes colours: a terminal, and the user has not said no.
pub(crate) fn colours() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !refused && std::io::stderr().is_terminal()
}
