//! The checks of `cst`.
