//! `lower-to-wasm`
