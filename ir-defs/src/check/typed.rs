//! The checks of `typed`.
