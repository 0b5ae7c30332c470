//! What the tests of the whole compiler share.

pub mod generate;
pub mod golden;
pub mod pipelines;
pub mod program;
pub mod sources;
