//! `compile-matches`
