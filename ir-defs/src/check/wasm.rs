//! The checks of `wasm`.

use nanopass::Violation;

use crate::Session;
use crate::wasm::Module;

/// What the grammar cannot say.
pub fn check(_program: &Module, _session: &Session) -> Vec<Violation> {
    Vec::new()
}
