//! The runtime's files under the engine: the scripts beside them, and floats against Rust's.

mod floats;
mod scripts;
mod world;
