//! `link-runtime`
