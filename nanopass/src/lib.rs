//! A typed nanopass framework.
//!
//! A compiler is a chain of small passes over a chain of intermediate languages. A *language* is a document
//! that says what a program may look like at one point; [`generate`] turns it into plain Rust enums with their
//! printers, readers, visitors and rewriting traits. A *pass* is a function from one language to the next, and
//! the list of all passes is written once, in [`pipeline!`].
//!
//! The framework knows nothing of the languages that are defined with it. What every compiler needs beside the
//! trees (names, variables, source files, diagnostics) is in [`Core`]; a compiler embeds it in a session type
//! of its own that implements [`Context`].

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

mod core;
mod diagnostics;
#[allow(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "it runs on the pages of a compiler, before there is one: its indices come from its own tables"
)]
pub mod generate;
mod language;
mod nearest;
mod pipeline;
mod source;
mod span;
mod text;

pub use crate::core::{Context, Core, Symbol, VarId, VarInfo};
pub use diagnostics::{Diagnostic, Diagnostics, Edit, Label, Severity, Violation};
pub use language::{Language, LanguageInfo};
pub use nearest::{edit_distance, nearest};
pub use pipeline::{
    AnyProgram, Hooks, Outcome, Pass, PassFlags, Pipeline, PipelineError, Program, RunOptions,
    Stop, kebab_bytes, read_program,
};
pub use source::{FileId, Location, SourceFile, Sources};
pub use span::{Meta, Span, TyId};
pub use text::{
    Doc, Fields, NESTING_LIMIT, PrintOptions, Printer, ReadError, Reader, Sexp, SexpError,
    SexpKind, Sort, Syntax, WIDTH, print, print_node, read_file,
};
