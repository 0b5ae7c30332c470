//! The checks of `lifted`.

use nanopass::Violation;

use crate::Session;
use crate::lifted::Program;

/// What the grammar cannot say.
pub fn check(_program: &Program, _session: &Session) -> Vec<Violation> {
    Vec::new()
}
