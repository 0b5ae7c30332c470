//! The checks of `wasm`.
