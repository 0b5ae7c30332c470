//! `shake`
