//! The checks of `memory`.
