//! The intermediate languages of aivic.
//!
//! Each language is a page beside this crate's manifest (`kernel.md`, `mono.md`, …); [`gen`](crate::gen) is what the
//! generator writes from them. Written by hand are the terminals, the tables that all passes share, and the checks:
//! what a grammar cannot say.

// An input must never make the compiler panic, write to a terminal, or end the process: that is the command's to do.
#![cfg_attr(
    not(test),
    deny(
        clippy::exit,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::print_stderr,
        clippy::print_stdout,
        clippy::string_slice,
        clippy::todo,
        clippy::unimplemented,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

pub mod binary;
pub mod check;
#[rustfmt::skip]
pub mod r#gen;
pub mod host;
pub mod known;
pub mod layout;
pub mod ops;
pub mod prims;
pub mod reps;
pub mod session;
pub mod source;
pub mod syntax;
pub mod tables;
pub mod terminals;
mod text;
pub mod types;

pub use r#gen::*;
pub use session::Session;
