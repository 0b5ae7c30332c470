//! The checks of `direct`.

use nanopass::Violation;

use crate::Session;
use crate::direct::Program;

/// What the grammar cannot say.
pub fn check(_program: &Program, _session: &Session) -> Vec<Violation> {
    Vec::new()
}
