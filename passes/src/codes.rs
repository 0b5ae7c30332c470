//! The codes of all diagnostics, one constant each: what went wrong, in one line.
//!
//! `E00xx` are errors of syntax, `E01xx` of names and modules, `E02xx` of types, `E03xx` of matches, `E04xx` of what
//! comes after them; `W` are warnings. A code never changes its meaning.

// Syntax (parse, build-ast).

/// The form is part of the language, and this version of the compiler does not support it yet.
pub const NOT_SUPPORTED: &str = "E0099";

// Names and modules (resolve-names).

// Types (typecheck).

// Matches (check-matches, compile-matches).

// Everything after types (monomorphize and later).
