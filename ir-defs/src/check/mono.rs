//! The checks of `mono`.
