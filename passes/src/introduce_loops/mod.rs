//! `introduce-loops`: `anf` → `loops`
//!
//! Recursion that can be iteration becomes iteration; other tail calls are marked.
//!
//! ```text
//! (function sum [n acc] …                  (function sum [n acc] …
//!   (switch n                                (loop loop [n.1 acc.1] [n acc]
//!     [(on-lit 0 acc)]                         (switch n.1
//!     (let m (prim int.sub n 1))                 [(on-lit 0 acc.1)]
//!     (let a (prim int.add acc n))               (let m (prim int.sub n.1 1))
//!     (call sum m a)))                           (let a (prim int.add acc.1 n.1))
//!                                                (jump loop m a))))
//! ```
//!
//! One file per transformation:
//!
//! - [`sink`]: a call of the function itself goes to the branches that use its result;
//! - [`sums`]: numbers in a tuple that grow;
//! - [`accumulate`]: recursion under `+`, `*` and the joining of texts;
//! - [`holes`]: recursion under a constructor;
//! - [`tail_calls`]: self tail calls jump to the head of a loop, other tail calls are marked.

mod accumulate;
pub(crate) mod copy;
mod holes;
mod recursion;
mod sink;
mod sums;
mod tail_calls;

use ir_defs::anf_to_loops::Rewrite;
use ir_defs::{Session, anf as a, loops as b};

use recursion::Peers;
pub(crate) use recursion::last_literal;

/// Turns recursion into iteration.
pub fn run(program: a::Program, session: &mut Session) -> b::Program {
    let mut program = Same.program(program);
    sink::run(&mut program, session);
    sums::run(&mut program, session);
    let peers = Peers::of(&program);
    accumulate::run(&mut program, &peers, session);
    holes::run(&mut program, &peers, session);
    tail_calls::run(program, session)
}

/// The program as it is, in a language that has more.
struct Same;

impl Rewrite for Same {}
