//! The checks of `laid_out`.
