//! The milestone interpreters: what a program means, three times on its way through the compiler.
//!
//! Each runs the trees of one language as its page says, slowly and without cleverness, so that the passes between two
//! of them, and the code that is made in the end, can be tested against it. All share their [`Value`]s, the
//! [primitives](prims) and the simulated [`World`] around the program. Continuations are on the heap: recursion of the
//! program costs no stack, however deep.
//!
//! **Invariant:** nothing here touches the outside but the directories that the world grants, and its clock; input is
//! given and output is collected.

pub mod clock;
pub mod closed;
mod files;
pub mod loops;
mod memory;
pub mod mono;
pub mod prims;
mod shared;
mod value;
mod world;

pub use files::Files;
pub use memory::{Counted, Memory};
pub use value::{Object, Value};
pub use world::{Outcome, Stop, World};
