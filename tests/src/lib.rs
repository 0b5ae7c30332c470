//! What the tests of the whole compiler share.

pub mod golden;
pub mod program;
