//! The text form of the terminals: what they print, and how that is read back.
//!
//! Each sort of name is told by its first character, so that it may stand bare: variables begin with a lower-case
//! letter, globals with `@`, constructors with `#`, type variables with `?`; type constructors and classes stand only
//! where a type or a class is expected and need no mark.

mod leaves;
mod names;
mod types;
mod wasm;
