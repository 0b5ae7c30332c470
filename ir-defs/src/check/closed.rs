//! The checks of `closed`.
