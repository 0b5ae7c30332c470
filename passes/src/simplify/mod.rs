//! `simplify`: direct → direct. Rewrites that make a program smaller or faster and never change what it does.
//!
//! ```text
//! (let not (lambda [b] (switch b (on-con True [] False) (on-con False [] True)))
//!   (switch (apply not (prim int.lt x 0)) (on-con True [] e) (on-con False [] f)))
//! ⇒ (switch (prim int.lt x 0) (on-con True [] f) (on-con False [] e))
//! ```
//!
//! Strict evaluation gives the one rule behind all rewrites: what is not *total* ([`facts`]) keeps its place in the
//! order of evaluation, is neither dropped nor repeated; what is total may be dropped, and may move to the one place
//! that uses it, but not into a function, where it could be evaluated more often.
//!
//! A round walks the live definitions, callees first, top down through each body, as in "Secrets of the Glasgow
//! Haskell Compiler inliner" (Peyton Jones and Marlow 2002): [`uses`] says how often each name is used, a value that is
//! used once is put in its place before it is simplified there, so each piece of code is visited once a round and a
//! round takes linear time. What a rewrite makes possible in code that has been visited is left to the next round;
//! rounds end when nothing changes, or after [`ROUNDS`]. Copies of code pay from a budget in proportion to the program.
//!
//! - [`walk`]: the walk itself, and what it knows where
//! - [`blocks`], [`calls`], [`joins`]: bindings, inlining, join points
//! - [`switch`], [`structures`]: known constructors, tuples and records
//! - [`case_of_case`]: switches on the result of a switch
//! - [`effects`]: performing, failing, attempting
//! - [`fold`]: primitives of known arguments
//! - [`copy`]: copies of code with new binders

mod blocks;
mod calls;
mod case_of_case;
mod copy;
mod effects;
mod facts;
mod fold;
mod joins;
mod order;
mod structures;
mod switch;
mod uses;
mod walk;

use ir_defs::Session;
use ir_defs::direct::{Define, Expr, Program};
use ir_defs::session::OptLevel;
use rustc_hash::{FxHashMap, FxHashSet};

use facts::Facts;
use uses::Uses;
use walk::Simplifier;

/// How many rounds there are at most.
const ROUNDS: usize = 4;

/// Simplifies a program; as it is at `-O0`.
pub fn run(program: Program, session: &mut Session) -> Program {
    let mut program = program;
    if session.options.optimize == OptLevel::O0 {
        return program;
    }
    let mut facts = Facts::default();
    for _ in 0..ROUNDS {
        if !round(&mut program, &mut facts, session) {
            break;
        }
    }
    remove_dead(&mut program, &facts, session);
    // What has become a function is not computed.
    let functions: FxHashSet<_> = program
        .defines
        .iter()
        .filter(|define| matches!(define.value, Expr::Lambda { .. } | Expr::Suspend { .. }))
        .map(|define| define.global)
        .collect();
    program.order.retain(|global| !functions.contains(global));
    program
}

/// Walks all live definitions once; whether anything changed.
fn round(program: &mut Program, facts: &mut Facts, session: &mut Session) -> bool {
    let uses = remove_dead(program, facts, session);
    let mut places: FxHashMap<_, _> = FxHashMap::default();
    let mut defines: Vec<Option<Define>> = std::mem::take(&mut program.defines)
        .into_iter()
        .map(Some)
        .collect();
    for (place, define) in defines.iter().enumerate() {
        places.extend(define.as_ref().map(|define| (define.global, place)));
    }
    let in_order: Vec<_> = defines
        .iter()
        .flatten()
        .map(|define| define.global)
        .collect();
    let order = order::callees_first(&in_order, &uses.mentions);
    let mut simplifier = Simplifier::new(session, facts, uses, program.main);
    for (global, is_recursive) in order {
        let slot = places
            .get(&global)
            .and_then(|&place| defines.get_mut(place));
        if let Some(slot) = slot {
            *slot = slot
                .take()
                .map(|define| simplifier.define(define, is_recursive));
        }
    }
    let changed = simplifier.changed;
    program.defines = defines.into_iter().flatten().collect();
    changed
}

/// Drops the definitions that are not reached, and tells how the others use one another.
fn remove_dead(program: &mut Program, facts: &Facts, session: &Session) -> Uses {
    let uses = Uses::of(program, facts, session.core.var_count());
    program.defines.retain(|define| uses.is_live(define.global));
    program.order.retain(|&global| uses.is_live(global));
    uses
}
