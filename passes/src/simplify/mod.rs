//! `simplify`: `direct` → `direct`
//!
//! Rewrites that make a program smaller or faster and never change what it does.
//!
//! ```text
//! (let not (lambda [b] (switch b [(on-con #True [] #False) (on-con #False [] #True)]))
//!   (switch (apply not (prim int.lt x 0)) [(on-con #True [] e) (on-con #False [] f)]))
//! ⇒ (switch (prim int.lt x 0) [(on-con #True [] f) (on-con #False [] e)])
//! ```
//!
//! Design: strict evaluation gives the one rule behind all rewrites: what is not *total* ([`facts`]) keeps its place
//! in the order of evaluation, is neither dropped nor repeated; what is total may be dropped, and may move to the one
//! place that uses it, but not into a function, where it could be evaluated more often.
//!
//! A round walks the live definitions, callees first, top down through each body, as in "Secrets of the Glasgow
//! Haskell Compiler inliner" (Peyton Jones and Marlow 2002): [`uses`] says how often each name is used, a value that is
//! used once is put in its place before it is simplified there, so each piece of code is visited once a round and a
//! round takes linear time. What a rewrite makes possible in code that has been visited is left to the next round;
//! rounds end when nothing changes, or after [`ROUNDS`]. Copies of code pay from one budget for
//! all rounds, in proportion to the program.
//!
//! - [`walk`]: the walk itself, and what it knows where
//! - [`blocks`], [`calls`], [`joins`]: bindings, inlining, join points
//! - [`specialise`]: copies of functions for the functions that they are called with
//! - [`switch`], [`structures`]: known constructors, tuples and records
//! - [`case_of_case`]: switches on the result of a switch
//! - [`effects`]: performing, failing, attempting
//! - [`fold`]: primitives of known arguments
//! - [`copy`]: copies of code with new binders
//! - [`sweep`](mod@sweep): what is left of code that nothing uses

mod blocks;
mod calls;
mod case_of_case;
pub(crate) mod copy;
mod effects;
pub(crate) mod facts;
mod fold;
mod joins;
mod specialise;
mod structures;
mod sweep;
mod switch;
pub(crate) mod uses;
pub(crate) mod walk;

use ir_defs::Session;
use ir_defs::direct::{Define, Expr, Program};
use ir_defs::session::OptLevel;
use ir_defs::tables::GlobalId;
use rustc_hash::{FxHashMap, FxHashSet};

use facts::Facts;
use specialise::Copies;
use sweep::sweep;
use uses::Uses;
use walk::Simplifier;

/// How many rounds there are at most.
const ROUNDS: usize = 8;

/// Simplifies a program; as it is at `-O0`.
pub fn run(program: Program, session: &mut Session) -> Program {
    let mut program = program;
    if session.options.optimize == OptLevel::O0 {
        return program;
    }
    rounds(&mut program, News::default(), session);
    program
}

/// Simplifies a program that has been simplified before, but for the definitions that are new or have been changed.
pub(crate) fn again(
    program: Program,
    changed: FxHashSet<GlobalId>,
    session: &mut Session,
) -> Program {
    let mut program = program;
    let uses = Uses::of(&program, &Facts::default(), session.core.var_count());
    let once = program.defines.iter().map(|define| define.global);
    let news = News {
        once: once
            .filter(|&global| uses.global(global).count == 1)
            .collect(),
        changed,
        ..News::default()
    };
    rounds(&mut program, news, session);
    program
}

/// Walks the program until nothing changes, first all of it unless something is known to have changed.
fn rounds(program: &mut Program, news: News, session: &mut Session) {
    let mut facts = Facts::default();
    let mut copies = Copies::default();
    let mut news = news;
    for round in 1..=ROUNDS {
        news.is_first = round == 1 && news.changed.is_empty();
        news.is_last = round == ROUNDS;
        if !walk(program, &mut facts, &mut copies, &mut news, session) {
            break;
        }
    }
    let uses = remove_dead(program, &facts, session);
    sweep(program, &uses, &facts);
    // What has become a function is not computed.
    let functions: FxHashSet<_> = program
        .defines
        .iter()
        .filter(|define| matches!(define.value, Expr::Lambda { .. } | Expr::Suspend { .. }))
        .map(|define| define.global)
        .collect();
    program.order.retain(|global| !functions.contains(global));
}

/// What one round leaves to the next.
#[derive(Default)]
struct News {
    is_first: bool,
    is_last: bool,
    /// The definitions that the last round changed or made.
    changed: FxHashSet<GlobalId>,
    /// Those that had one use.
    once: FxHashSet<GlobalId>,
}

/// Walks the live definitions once; whether anything changed. What the last round left as it was, and what calls only
/// such definitions, need not be walked again.
fn walk(
    program: &mut Program,
    facts: &mut Facts,
    copies: &mut Copies,
    news: &mut News,
    session: &mut Session,
) -> bool {
    let uses = remove_dead(program, facts, session);
    copies.forget_dead(&uses);
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
    let once: FxHashSet<GlobalId> = in_order
        .iter()
        .copied()
        .filter(|&global| uses.global(global).count == 1)
        .collect();
    let is_news: Vec<(GlobalId, bool, bool)> =
        crate::components::callees_first(&in_order, &uses.mentions)
            .into_iter()
            .map(|(global, is_recursive)| {
                let mentions = uses.mentions.get(&global).map_or(&[][..], Vec::as_slice);
                let is_news = news.is_first
                    || news.changed.contains(&global)
                    || mentions.iter().any(|mentioned| {
                        news.changed.contains(mentioned)
                            || (once.contains(mentioned) && !news.once.contains(mentioned))
                    });
                (global, is_recursive, is_news)
            })
            .collect();
    let mut simplifier = Simplifier::new(session, facts, copies, uses, program.main);
    simplifier.is_last = news.is_last;
    let mut changed: FxHashSet<GlobalId> = FxHashSet::default();
    for (global, is_recursive, is_news) in is_news {
        let slot = places
            .get(&global)
            .and_then(|&place| defines.get_mut(place));
        let Some(slot) = slot else { continue };
        let Some(mut define) = slot.take() else {
            continue;
        };
        let is_news = is_news
            || simplifier
                .uses
                .mentions
                .get(&global)
                .is_some_and(|mentions| {
                    mentions.iter().any(|mentioned| changed.contains(mentioned))
                });
        if is_news {
            simplifier.changed = false;
            define = simplifier.define(define);
            if simplifier.changed {
                changed.insert(global);
            }
        }
        let is_recursive = is_recursive || simplifier.copies.recursive.contains(&global);
        simplifier.learn(&define, is_recursive);
        *slot = Some(define);
    }
    let made = std::mem::take(&mut simplifier.new_defines);
    simplifier.copies.budget = Some(simplifier.budget);
    changed.extend(made.iter().map(|define| define.global));
    program.defines = defines.into_iter().flatten().chain(made).collect();
    news.changed = changed;
    news.once = once;
    !news.changed.is_empty()
}

/// Drops the definitions that are not reached, and tells how the others use one another.
fn remove_dead(program: &mut Program, facts: &Facts, session: &Session) -> Uses {
    let uses = Uses::of(program, facts, session.core.var_count());
    program.defines.retain(|define| uses.is_live(define.global));
    program.order.retain(|&global| uses.is_live(global));
    uses
}
