//! `lower-sections`
