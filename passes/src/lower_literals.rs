//! `lower-literals`
