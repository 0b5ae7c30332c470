//! `simplify`
