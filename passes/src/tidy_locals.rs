//! `tidy-locals`
