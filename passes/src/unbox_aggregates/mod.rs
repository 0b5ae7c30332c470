//! `unbox-aggregates`: loops → loops. Tuples and records that do not escape become variables.
//!
//! ```text
//! (loop l [i acc] [n pair]                          (let a (item pair 0)) (let b (item pair 1))
//!   (let s (item acc 0)) (let p (item acc 1))       (loop l [i acc acc.1] [n a b]
//!   (switch i                                         (switch i
//!     [(on-lit 0 (prim int.add s p))]                   [(on-lit 0 (prim int.add acc acc.1))]
//!     (let t (prim int.add s i))                        (let t (prim int.add acc i))
//!     (let u (prim int.mul p i))                        (let u (prim int.mul acc.1 i))
//!     (let next (tuple t u))
//!     (jump l j next)))                                 (jump l j t u)))
//! ```
//!
//! In four steps, each a file:
//!
//! - [`inline`]: a function that is one loop, and takes or gives an aggregate, comes to its callers if it is small and has
//!   few, so that what it is given and gives is known on both sides;
//! - [`deliver`]: where a choice or a loop gives an aggregate to the rest of a body, the rest becomes a join point, and
//!   each result jumps to it;
//! - [`split`]: a parameter of a loop or join point of which only components are asked becomes several;
//! - [`invariants`]: what a loop passes on unchanged is no parameter of it, and its components are loaded before it.
//!
//! Only labels are looked at, because all jumps to one are known. An aggregate that leaves the loop at its end, as its
//! result, is built there: once, and not in each round.

mod deliver;
mod inline;
mod invariants;
mod split;

use ir_defs::Session;
use ir_defs::loops::Program;
use ir_defs::session::OptLevel;
use ir_defs::types::Type;
use nanopass::TyId;

/// How often components are split again, for aggregates in aggregates.
const ROUNDS: usize = 3;
/// Aggregates of more components stay whole.
const MAX_COMPONENTS: usize = 16;

/// Unboxes what does not escape; as it is at `-O0`.
pub fn run(program: Program, session: &mut Session) -> Program {
    let mut program = program;
    if session.options.optimize == OptLevel::O0 {
        return program;
    }
    inline::run(&mut program, session);
    deliver::run(&mut program, session);
    for _ in 0..ROUNDS {
        if !split::run(&mut program, session) {
            break;
        }
    }
    invariants::run(&mut program);
    program
}

/// The types of the components of a tuple or record.
fn components(ty: TyId, session: &Session) -> Option<Vec<TyId>> {
    let components = match session.types.get(ty) {
        Type::Tuple(items) => items.clone(),
        Type::Record { fields, .. } => fields.iter().map(|&(_, field)| field).collect(),
        _ => return None,
    };
    (1..=MAX_COMPONENTS)
        .contains(&components.len())
        .then_some(components)
}
