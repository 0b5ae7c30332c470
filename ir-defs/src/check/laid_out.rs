//! The checks of `laid_out`.

use nanopass::Violation;

use crate::Session;
use crate::laid_out::Program;

/// What the grammar cannot say.
pub fn check(_program: &Program, _session: &Session) -> Vec<Violation> {
    Vec::new()
}
