//! The runtime's files under the engine: the scripts beside them, floats and characters against Rust's.

mod floats;
mod scripts;
mod unicode;
mod world;
