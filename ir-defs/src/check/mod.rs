//! What the grammars cannot say, language by language.

pub mod anf;
mod bodies;
mod calls;
pub mod closed;
pub mod cst;
pub mod derived;
pub mod direct;
pub mod hir;
pub mod kernel;
pub mod laid_out;
pub mod lifted;
pub mod loops;
pub mod memory;
pub mod mono;
pub mod nary;
pub mod rooted;
pub mod scope;
pub mod switched;
pub mod typed;
pub mod types;
mod typing;
pub mod unpatched;
pub mod wasm;
mod words;
