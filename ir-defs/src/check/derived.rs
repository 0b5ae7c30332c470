//! The checks of `derived`.

use nanopass::Violation;

use crate::Session;
use crate::derived::Program;

/// What the grammar cannot say.
pub fn check(_program: &Program, _session: &Session) -> Vec<Violation> {
    Vec::new()
}
