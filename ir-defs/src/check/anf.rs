//! The checks of `anf`.
