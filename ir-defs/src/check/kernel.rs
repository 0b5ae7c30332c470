//! The checks of `kernel`.

use nanopass::Violation;

use crate::Session;
use crate::kernel::Program;

/// What the grammar cannot say.
pub fn check(_program: &Program, _session: &Session) -> Vec<Violation> {
    Vec::new()
}
