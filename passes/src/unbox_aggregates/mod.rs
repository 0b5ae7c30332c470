//! `unbox-aggregates`: `loops` → `loops`
//!
//! Tuples and records that do not escape become variables.
//!
//! ```text
//! (loop l [i acc] [n pair]                          (let part (item pair 0)) (let part.1 (item pair 1))
//!   (let s (item acc 0)) (let p (item acc 1))       (loop l [i acc acc.1] [n part part.1]
//!   (switch i                                         (switch i
//!     [(on-lit 0 (prim int.add s p))]                   [(on-lit 0 (prim int.add acc acc.1))]
//!     (let t (prim int.add s i))                        (let t (prim int.add acc i))
//!     (let u (prim int.mul p i))                        (let u (prim int.mul acc.1 i))
//!     (let next (tuple t u))
//!     (jump l j next)))                                 (jump l j t u)))
//! ```
//!
//! In five steps, each a file:
//!
//! - [`inline`]: a function that is one loop, and takes or gives an aggregate, comes to its callers if it is small and
//!   has few, so that what it is given and gives is known on both sides;
//! - [`deliver`]: where a choice or a loop gives an aggregate to the rest of a body, the rest becomes a join point, and
//!   each result jumps to it;
//! - [`split`]: a parameter of a loop or join point of which only components are asked becomes several;
//! - [`results`]: a function that builds what it gives, for callers that take it apart, gives its components;
//! - [`invariants`]: what a loop passes on unchanged is no parameter of it, and its components are loaded before it.
//!
//! What is given to functions stays whole, unless they come to their callers. An aggregate that leaves a loop at its
//! end is built there, once, and not in each round.

mod asked;
mod deliver;
mod ends;
mod inline;
mod invariants;
mod results;
mod split;

use ir_defs::Session;
use ir_defs::loops::{Atom, Field, Program, Rhs};
use ir_defs::session::OptLevel;
use ir_defs::terminals::Binder;
use ir_defs::types::Type;
use nanopass::{Meta, TyId};

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
    split_all(&mut program, session);
    if results::run(&mut program, session) {
        split_all(&mut program, session);
    }
    invariants::run(&mut program);
    program
}

fn split_all(program: &mut Program, session: &mut Session) {
    for _ in 0..ROUNDS {
        if !split::run(program, session) {
            break;
        }
    }
}

/// A tuple or record of its components, which are variables.
fn whole(meta: Meta, parts: Vec<Binder>, session: &Session) -> Rhs {
    let atoms = parts.into_iter().map(|part| part_of(meta, part));
    match session.types.get(meta.ty) {
        Type::Record { fields, .. } => Rhs::Record {
            meta,
            fields: fields
                .iter()
                .zip(atoms)
                .map(|(&(label, ty), value)| Field {
                    meta: meta.with_ty(ty),
                    label,
                    value,
                })
                .collect(),
        },
        _ => Rhs::Tuple {
            meta,
            items: atoms.collect(),
        },
    }
}

fn part_of(meta: Meta, part: Binder) -> Atom {
    Atom::Var {
        meta: meta.with_ty(part.ty),
        var: part.var,
    }
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
