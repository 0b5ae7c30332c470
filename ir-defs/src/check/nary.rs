//! The checks of `nary`.
