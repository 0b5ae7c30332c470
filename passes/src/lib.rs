//! The passes of aivic, one file or folder each, in the order of [`pipeline`].
//!
//! A pass is a function from a program of one language to a program of the next. It reads no file, prints nothing and
//! never exits: what it needs is in the [`ir_defs::Session`], and what it has to say goes there as a diagnostic.

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

mod bodies;
pub mod codes;
mod components;
mod granted;
mod host_types;
pub mod pipeline;

pub mod build_ast;
pub mod check_matches;
pub mod choose_layouts;
pub mod compile_matches;
pub mod convert_closures;
pub mod derive_structural;
pub mod emit;
pub mod evaluate_statics;
pub mod fuse;
pub mod introduce_loops;
pub mod lift_lambdas;
pub mod link_runtime;
pub mod lower_branches;
pub mod lower_data;
pub mod lower_effects;
pub mod lower_generators;
pub mod lower_literals;
pub mod lower_patches;
pub mod lower_pipes;
pub mod lower_sections;
pub mod lower_to_wasm;
pub mod monomorphize;
pub mod name_intermediates;
pub mod order_values;
pub mod parse;
pub mod place_roots;
pub mod resolve_names;
pub mod sequence_effects;
pub mod shake;
pub mod share_results;
pub mod simplify;
pub mod tidy_locals;
#[allow(
    clippy::indexing_slicing,
    reason = "the holes of types are numbered by the table that holds them, and never leave the pass"
)]
pub mod typecheck;
pub mod unbox_aggregates;
pub mod uncurry;
