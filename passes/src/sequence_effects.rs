//! `sequence-effects`
