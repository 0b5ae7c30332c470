//! The runtime's files under the engine: the scripts beside them, and floats, characters and texts against Rust's.

mod filesystem;
mod floats;
mod random;
mod scripts;
mod texts;
mod unicode;
mod world;
