//! The checks of `loops`.
