//! `convert-closures`
