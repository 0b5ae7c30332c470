//! The checks of `kernel`.
