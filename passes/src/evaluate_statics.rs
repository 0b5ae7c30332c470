//! `evaluate-statics`: `mono` → `mono`
//!
//! Computes what is marked `@static`, and puts the constant that it is into its place.
//!
//! ```text
//! (define @main.primes (List Int) yes (prim static.value _ (apply (global @main.sieve …) 10)))
//! (define @main.primes (List Int) yes (list Int 2 3 5 7))
//! ```
//!
//! Design: the interpreter of `mono` runs it, which the session knows through a hook, because interpreters come after
//! passes. A constant holds no function, and what nests too deeply in it is a definition of its own. Definitions that
//! only the computation needed are dropped, so that a program which reads a file at compile time imports nothing for
//! it.

use ir_defs::Session;
use ir_defs::mono::{Define, Expr, Program, Visit};
use ir_defs::session::{Computed, NoConstant};
use ir_defs::tables::GlobalId;
use nanopass::Diagnostic;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::codes;

/// Computes the definitions that are marked static.
pub fn run(mut program: Program, session: &mut Session) -> Program {
    if !program.defines.iter().any(|define| define.static_.0) {
        return program;
    }
    let Some(compute) = session.compute_statics else {
        for define in program.defines.iter().filter(|define| define.static_.0) {
            let problem = NoConstant {
                problem: "nothing here computes an `@static`".to_owned(),
                place: define.meta.span,
                help: None,
            };
            report(define, problem, session);
        }
        return program;
    };
    let computed = compute(&program, session);
    let needed = needed_by_statics(&program);
    let mut constants: FxHashMap<GlobalId, Computed> = computed
        .into_iter()
        .map(|computed| (computed.global, computed))
        .collect();
    let mut parts = Vec::new();
    for define in &mut program.defines {
        let Some(computed) = constants.remove(&define.global) else {
            continue;
        };
        match computed.value {
            Ok(value) => {
                define.value = value;
                parts.extend(computed.parts);
            }
            Err(problem) => report(define, problem, session),
        }
    }
    program.defines.extend(parts);
    drop_unneeded(&mut program, &needed);
    program
}

fn report(define: &Define, problem: NoConstant, session: &mut Session) {
    let name = session.globals.name(define.global);
    let name = name.split('<').next().unwrap_or(name);
    let name = name.rsplit('.').next().unwrap_or(name).to_owned();
    let message = format!("`{name}` cannot be computed: {}", problem.problem);
    let mut diagnostic = Diagnostic::error(codes::STATIC, message);
    // A place in the library says nothing to a user.
    let place = session.core.sources.locate(problem.place);
    diagnostic = if place.is_none_or(|place| place.name.starts_with('<')) {
        diagnostic.at(define.meta.span, "marked `@static`")
    } else {
        diagnostic
            .at(problem.place, "here")
            .label(define.meta.span, "marked `@static`")
    };
    if let Some(help) = problem.help {
        diagnostic = diagnostic.help(help);
    }
    session.report(diagnostic);
}

/// The globals that an expression mentions.
struct Mentions(Vec<GlobalId>);

impl Visit for Mentions {
    fn expr(&mut self, e: &Expr) {
        if let Expr::Global { global, .. } = e {
            self.0.push(*global);
        }
        ir_defs::mono::walk_expr(self, e);
    }
}

/// What definitions mention, directly and through each other.
fn reach<'p>(
    program: &'p Program,
    roots: impl Iterator<Item = &'p Expr>,
    more: impl Iterator<Item = GlobalId>,
) -> FxHashSet<GlobalId> {
    let defines: FxHashMap<GlobalId, &Define> = program
        .defines
        .iter()
        .map(|define| (define.global, define))
        .collect();
    let mut reached = FxHashSet::default();
    let mut queue: Vec<GlobalId> = more.collect();
    for root in roots {
        let mut mentions = Mentions(Vec::new());
        mentions.expr(root);
        queue.extend(mentions.0);
    }
    while let Some(global) = queue.pop() {
        if reached.insert(global)
            && let Some(define) = defines.get(&global)
        {
            let mut mentions = Mentions(Vec::new());
            mentions.expr(&define.value);
            queue.extend(mentions.0);
        }
    }
    reached
}

/// What the computation of static definitions may have needed.
fn needed_by_statics(program: &Program) -> FxHashSet<GlobalId> {
    let statics = program.defines.iter().filter(|define| define.static_.0);
    reach(
        program,
        statics.map(|define| &define.value),
        std::iter::empty(),
    )
}

/// Drops what static definitions needed and nothing else does.
fn drop_unneeded(program: &mut Program, needed: &FxHashSet<GlobalId>) {
    let kept = program
        .defines
        .iter()
        .filter(|define| !needed.contains(&define.global))
        .map(|define| define.global)
        .chain(program.main)
        .chain(program.overrides.iter().map(|found| found.global));
    let reached = reach(program, std::iter::empty(), kept);
    program
        .defines
        .retain(|define| reached.contains(&define.global));
}
