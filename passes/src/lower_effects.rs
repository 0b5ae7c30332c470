//! `lower-effects`
