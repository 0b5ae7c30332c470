//! The checks of `derived`.
