//! The text form that all languages share: printing, and reading what was printed.
//!
//! A program prints as an S-expression:
//!
//! - a form is `(name field field …)`, its name in kebab-case; a `@bare` form is its one field alone;
//! - `T*` is `[a b c]`; as the last field of a form its items stand without brackets: `(app f x y)`;
//! - an absent `T?` is `_`, a present one prints as itself; a tuple is `(a b)`;
//! - with [`PrintOptions::show_types`] a node marked `@meta` that has a type is `(: node type)`;
//! - names with odd characters stand between bars, `|odd name|`; texts are quoted; `;` starts a comment.
//!
//! Which of these a position holds follows from the language, so the text is not ambiguous; a terminal must not
//! print as the atom `_`. Local variables print by their source name, then `x.1`, `x.2` in the order of first
//! occurrence inside the enclosing `@unit`; the reader makes one variable per name and unit.

mod doc;
mod printer;
mod reader;
mod sexp;
mod syntax;

pub use doc::{Doc, WIDTH};
pub use printer::{PrintOptions, Printer, Sort, print, print_node};
pub use reader::{Fields, ReadError, Reader, read_file};
pub use sexp::{NESTING_LIMIT, Sexp, SexpError, SexpKind};
pub use syntax::Syntax;
