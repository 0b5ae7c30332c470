//! `check-matches`: `typed` → `typed`
//!
//! Every match covers every value, every arm is reached by some value, and the patterns of bindings and parameters
//! cannot fail. The program is not changed.
//!
//! ```text
//! option ? | Some 0 => a        error: this match does not cover every value
//!                                 `Some 1` and `None` are not covered
//! list ? | [] => a | [...] => b | [x] => c
//!                                 warning: no value reaches this arm
//! ```
//!
//! Design: all rows of a match are explored at once, head by head (see [`matrix`]). Where no row is left, what is known
//! of the value by then is an example that is not covered; an arm that no exploration finds at the front of its rows
//! is not reached. Rows that were left before are not explored again, so matches on many independent places do not
//! explode. What sugar made covers its values by construction and is looked at only where the user wrote patterns in
//! it. A definition in which an error has been found is skipped, so that the matches of all others are checked.

mod example;
pub(crate) mod matrix;

use ir_defs::tables::{ConId, GlobalId, TyConId};
use ir_defs::terminals::Reason;
use ir_defs::typed::{self, Arm, Define, Expr, Instance, Program, Visit};
use ir_defs::{Session, known};
use nanopass::{Diagnostic, Meta, Span};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::codes;
use example::{Examples, Known};
use matrix::{Head, Lists, Part, Pat, Place, Row, STEP_LIMIT};

/// How many examples a message shows.
const EXAMPLE_LIMIT: usize = 3;

/// What is said where an arm seems to be meant for a match further out.
pub(crate) const INNERMOST_MATCH: &str =
    "arms belong to the innermost open `?`: put the inner match in parentheses";

/// Checks all matches.
pub fn run(program: typed::Entry, session: &mut Session) -> typed::Entry {
    let lists = Lists::of(session);
    let mut check = Check {
        session,
        lists,
        diagnostics: Vec::new(),
        overfull: FxHashSet::default(),
    };
    check.program(&program);
    let diagnostics = check.diagnostics;
    for diagnostic in diagnostics {
        session.report(diagnostic);
    }
    program
}

struct Check<'s> {
    session: &'s Session,
    lists: Lists,
    diagnostics: Vec<Diagnostic>,
    /// Matches whose last arm is not reached.
    overfull: FxHashSet<Span>,
}

impl Visit for Check<'_> {
    fn program(&mut self, node: &Program) {
        typed::walk_program(self, node);
    }

    fn define(&mut self, node: &Define) {
        if !self.session.flawed.contains(&node.global) {
            typed::walk_define(self, node);
        }
    }

    fn instance(&mut self, node: &Instance) {
        if !self.session.flawed.contains(&node.instance) {
            typed::walk_instance(self, node);
        }
    }

    fn expr(&mut self, node: &Expr) {
        // What is inside comes first, for a match around it may lack the arms that are too many there.
        typed::walk_expr(self, node);
        if let Expr::Case {
            meta,
            reason,
            subject,
            arms,
        } = node
        {
            match reason {
                Reason::Match
                | Reason::Clauses
                | Reason::Or
                | Reason::Fallback
                | Reason::Binding => {
                    self.case(*meta, *reason, subject, arms);
                }
                Reason::If
                | Reason::Logic
                | Reason::Project
                | Reason::Coalesce
                | Reason::Spread
                | Reason::Predicate
                | Reason::Guard
                | Reason::Run
                | Reason::Statement => {}
            }
        }
    }
}

impl Check<'_> {
    fn case(&mut self, meta: Meta, reason: Reason, subject: &Expr, arms: &[Arm]) {
        let mut search = Search {
            session: self.session,
            lists: self.lists,
            known: vec![Known::Nothing],
            reached: vec![false; arms.len()],
            examples: Vec::new(),
            qualifiers: None,
            arms,
            open: None,
            clauses: reason == Reason::Clauses && matches!(subject, Expr::Tuple { .. }),
            seen: FxHashSet::default(),
            steps: 0,
        };
        let rows = arms.iter().enumerate().map(|(index, arm)| {
            let mut row = Row::new(index, arm.guard.is_some());
            row.ask(0, Pat::Whole(&arm.pattern), self.lists);
            row
        });
        search.explore(rows.collect());
        let Search {
            reached,
            examples,
            open,
            steps,
            ..
        } = search;
        if steps > STEP_LIMIT {
            self.diagnostics.push(
                Diagnostic::error(
                    codes::MATCH_TOO_COMPLEX,
                    "this match is too complex to check",
                )
                .at(
                    subject.meta().span,
                    format!("it takes more than {STEP_LIMIT} steps"),
                )
                .help("split it into several matches, or match fewer values at once"),
            );
            return;
        }
        if !examples.is_empty() {
            self.not_covered(meta, reason, subject, arms, (&examples, open));
        }
        if reached.last() == Some(&false) {
            self.overfull.insert(meta.span);
        }
        for (index, arm) in arms.iter().enumerate() {
            if reached.get(index) == Some(&false) && !self.is_sugar(reason, index, arm) {
                self.diagnostics.push(
                    Diagnostic::warning(codes::UNREACHABLE_ARM, "no value reaches this arm").at(
                        arm.pattern.meta().span,
                        "the arms before it take all that it matches",
                    ),
                );
            }
        }
    }

    /// Whether the desugaring made an arm: the first one of an `or`, for what did not fail, and the one that lets a
    /// failure go on.
    fn is_sugar(&self, reason: Reason, index: usize, arm: &Arm) -> bool {
        match reason {
            Reason::Or => index == 0,
            Reason::Fallback => {
                index == 0
                    || self
                        .session
                        .globals
                        .find(known::FAIL)
                        .is_some_and(|fail| calls(&arm.body, fail))
            }
            _ => false,
        }
    }

    fn not_covered(
        &mut self,
        meta: Meta,
        reason: Reason,
        subject: &Expr,
        arms: &[Arm],
        (examples, open): (&[String], Option<String>),
    ) {
        let list = listed(examples);
        if reason == Reason::Binding {
            let span = arms
                .first()
                .map_or(meta.span, |arm| arm.pattern.meta().span);
            self.diagnostics.push(
                Diagnostic::error(codes::REFUTABLE, "this pattern can fail")
                    .at(span, format!("it does not match {list}"))
                    .help("match the value with `?`, which has an arm for every case"),
            );
            return;
        }
        let is = if examples.len() == 1 { "is" } else { "are" };
        let (message, span) = match reason {
            Reason::Clauses => ("these clauses do not cover every value", meta.span),
            Reason::Or => (
                "this `or` does not cover every failure",
                subject.meta().span,
            ),
            _ => ("this match does not cover every value", subject.meta().span),
        };
        let help = match (reason, examples) {
            (Reason::Or, _) => "add a last arm for all other failures: `| _ => …`".to_owned(),
            (Reason::Clauses, _) if matches!(subject, Expr::Tuple { .. }) => {
                "add a clause for what is missing, or a last one whose parameters are names"
                    .to_owned()
            }
            (_, [example]) => {
                let pattern = open.as_ref().unwrap_or(example);
                format!("add an arm: `| {pattern} => …`")
            }
            _ => "add arms for them, or a last one for all others: `| _ => …`".to_owned(),
        };
        let has_taken = |arm: &Arm| matches!(&arm.body, Expr::Case { meta, .. } if self.overfull.contains(&meta.span));
        let help = if arms.last().is_some_and(has_taken) {
            INNERMOST_MATCH.to_owned()
        } else {
            help
        };
        let label = format!("{list} {is} not covered");
        let mut diagnostic = Diagnostic::error(codes::NOT_EXHAUSTIVE, message)
            .at(span, label)
            .help(help);
        if let Some(Arm {
            pattern,
            guard: Some(guard),
            ..
        }) = arms.last()
        {
            // A literal of a domain, an instant or a date is compared in a guard that stands where the pattern does.
            let (written, compared) = (pattern.meta().span, guard.meta().span);
            diagnostic =
                diagnostic.note(if written.lo <= compared.lo && compared.hi <= written.hi {
                    "a literal of a domain covers one value, so all others need an arm"
                } else {
                    "the last guard may be false, and then no arm is left"
                });
        }
        self.diagnostics.push(diagnostic);
    }
}

/// The exploration of one match.
struct Search<'s> {
    session: &'s Session,
    lists: Lists,
    /// What is known of each place now.
    known: Vec<Known>,
    reached: Vec<bool>,
    examples: Vec<String>,
    arms: &'s [Arm],
    /// How the arms qualify constructors, once that has been asked.
    qualifiers: Option<FxHashMap<TyConId, String>>,
    /// The first example with its literals left open.
    open: Option<String>,
    /// Whether the value is the tuple of the parameters of clauses.
    clauses: bool,
    /// The rows that have been left before.
    seen: FxHashSet<Vec<u32>>,
    steps: usize,
}

impl Search<'_> {
    fn explore(&mut self, mut rows: Vec<Row<'_>>) {
        let done = rows
            .iter()
            .position(|row| !row.guarded || !row.tests.is_empty())
            .unwrap_or(rows.len());
        for row in rows.drain(..done) {
            self.reach(row.arm);
        }
        let Some(first) = rows.first() else {
            return self.missing();
        };
        if first.tests.is_empty() {
            return self.reach(first.arm);
        }
        self.steps += rows.len();
        if self.steps > STEP_LIMIT || !self.seen.insert(matrix::key(&rows)) {
            return;
        }
        let Some(place) = matrix::choose(&rows) else {
            return;
        };
        let lists = self.lists;
        let (known, session) = (&mut self.known, self.session);
        let split = matrix::split(rows, place, lists, &mut self.steps, |head, pats| {
            components(session, head, pats)
                .into_iter()
                .map(|part| (part, fresh(known)))
                .collect()
        });
        let heads: Vec<Head> = split
            .groups
            .iter()
            .map(|group| group.head.clone())
            .collect();
        for group in split.groups {
            self.learn(place, Known::Head(group.head, group.children));
            self.explore(group.rows);
        }
        self.others(place, &heads, split.others);
        self.learn(place, Known::Nothing);
    }

    /// Explores the heads that no row asks for.
    fn others(&mut self, place: Place, heads: &[Head], rows: Vec<Row<'_>>) {
        match heads.first() {
            Some(Head::Con(con)) => {
                let missing = self.missing_constructors(*con, heads);
                // Without rows each of them is an example; with rows one stands for all.
                let some = if rows.is_empty() {
                    EXAMPLE_LIMIT + 1
                } else {
                    1
                };
                for con in missing.into_iter().take(some) {
                    let arity = self
                        .session
                        .constructors
                        .get(con)
                        .map_or(0, |info| info.arity as usize);
                    let children = (0..arity)
                        .map(|index| (Part::Index(index), fresh(&mut self.known)))
                        .collect();
                    self.learn(place, Known::Head(Head::Con(con), children));
                    self.explore(rows.clone());
                }
            }
            Some(Head::Tuple | Head::Record) | None => {}
            Some(_) => {
                self.learn(place, Known::Other(heads.to_vec()));
                self.explore(rows);
            }
        }
    }

    fn missing_constructors(&self, con: ConId, heads: &[Head]) -> Vec<ConId> {
        let present: FxHashSet<&Head> = heads.iter().collect();
        let data = self
            .session
            .constructors
            .get(con)
            .and_then(|info| self.session.tycons.get(info.data?));
        let all = data.map_or(&[] as &[ConId], |data| &data.constructors);
        all.iter()
            .copied()
            .filter(|con| !present.contains(&Head::Con(*con)))
            .collect()
    }

    fn learn(&mut self, place: Place, what: Known) {
        if let Some(known) = self.known.get_mut(place as usize) {
            *known = what;
        }
    }

    fn reach(&mut self, arm: usize) {
        if let Some(reached) = self.reached.get_mut(arm) {
            *reached = true;
        }
    }

    fn missing(&mut self) {
        if self.examples.len() <= EXAMPLE_LIMIT {
            let (session, arms) = (self.session, self.arms);
            let qualifiers = self
                .qualifiers
                .get_or_insert_with(|| example::qualifiers(session, arms));
            let mut examples = Examples {
                session: self.session,
                lists: self.lists,
                known: &self.known,
                qualifiers,
                open: true,
            };
            self.open.get_or_insert_with(|| examples.value());
            examples.open = false;
            let example = if self.clauses {
                examples.clause()
            } else {
                examples.value()
            };
            if !self.examples.contains(&example) {
                self.examples.push(example);
            }
        }
    }
}

/// The first examples in a row: `A`, `B` and `C`.
fn listed(examples: &[String]) -> String {
    let mut parts: Vec<String> = examples
        .iter()
        .take(EXAMPLE_LIMIT)
        .map(|example| format!("`{example}`"))
        .collect();
    if examples.len() > EXAMPLE_LIMIT {
        parts.push("more".to_owned());
    }
    match parts.pop() {
        Some(last) if !parts.is_empty() => format!("{} and {last}", parts.join(", ")),
        last => last.unwrap_or_default(),
    }
}

/// Whether an expression is a call of a global.
fn calls(expr: &Expr, callee: GlobalId) -> bool {
    match expr {
        Expr::Widen { effect, .. } => calls(effect, callee),
        Expr::Apply { fun, .. } => matches!(**fun, Expr::Global { global, .. } if global == callee),
        _ => false,
    }
}

fn fresh(known: &mut Vec<Known>) -> Place {
    known.push(Known::Nothing);
    (known.len() - 1) as Place
}

/// The components of a value with this head: all of a constructor's, and those of a tuple or a record that are asked.
fn components(session: &Session, head: &Head, pats: &[Pat<'_>]) -> Vec<Part> {
    match head {
        Head::Con(con) => {
            let arity = session
                .constructors
                .get(*con)
                .map_or(0, |info| info.arity as usize);
            (0..arity).map(Part::Index).collect()
        }
        Head::Tuple => {
            let arity = pats.first().map_or(0, |pat| match pat {
                Pat::Whole(typed::Pattern::Tuple { items, .. }) => items.len(),
                _ => 0,
            });
            (0..arity).map(Part::Index).collect()
        }
        Head::Record => {
            let mut parts: Vec<Part> = Vec::new();
            for pat in pats {
                if let Pat::Whole(typed::Pattern::Record { fields, .. }) = pat {
                    for field in fields {
                        if !parts.contains(&Part::Label(field.label)) {
                            parts.push(Part::Label(field.label));
                        }
                    }
                }
            }
            parts
        }
        _ => Vec::new(),
    }
}
