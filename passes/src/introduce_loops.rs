//! `introduce-loops`
