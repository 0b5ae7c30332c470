//! `parse`
