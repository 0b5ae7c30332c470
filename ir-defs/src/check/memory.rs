//! The checks of `memory`.

use nanopass::Violation;

use crate::Session;
use crate::memory::Program;

/// What the grammar cannot say.
pub fn check(_program: &Program, _session: &Session) -> Vec<Violation> {
    Vec::new()
}
