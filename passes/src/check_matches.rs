//! `check-matches`
