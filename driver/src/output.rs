//! Writing to the standard streams. A reader that has gone away is no error: the command ends quietly.

use std::io::{IsTerminal as _, Write as _};

/// Writes to standard output. `false` if nobody reads it any more.
pub(crate) fn print(text: &str) -> bool {
    let mut stdout = std::io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .is_ok()
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
