//! The checks of `switched`.
