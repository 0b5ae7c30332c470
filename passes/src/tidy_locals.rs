//! `tidy-locals`: `wasm` → `wasm`.
use ir_defs::{Session, wasm::Module};
/// .
pub fn run(program: Module, _session: &mut Session) -> Module {
    program
}
