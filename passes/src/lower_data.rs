//! `lower-data`
