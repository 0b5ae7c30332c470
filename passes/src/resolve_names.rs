//! `resolve-names`
