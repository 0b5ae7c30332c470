//! `build-ast`
