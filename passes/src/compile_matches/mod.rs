//! `compile-matches`: `unpatched` → `switched`
//!
//! Nested patterns become decision trees: a switch looks at one constructor or literal and binds its fields.
//!
//! ```text
//! case (xs, ys)                          switch xs
//!   ([], b)          => b                  Nil => ys
//!   (a, [])          => a                  Cons x s => switch ys
//!   ([x, ...], [y, ...]) => [x + y]          Nil => xs
//!                                            Cons y t => [x + y]
//! ```
//!
//! Design:
//! - A tree, not a backtracking automaton: no place is asked twice on a path (L. Maranget, "Compiling pattern matching
//!   to good decision trees", 2008). Equal states of the matching are one node, so it is a graph, and its size stays
//!   near that of the matrix where independent places are matched (see [`tree`]).
//! - A node that several branches reach is a join point at their nearest common dominator, where all that it uses is
//!   in scope (see [`joins`]); an arm that is reached with different variables is a join point with these as
//!   parameters, and its guard a function of them (see [`arms`]).
//! - The variables of a pattern are renamed to the fields that they name, so no copy is made.
//! - The components of a tuple in the subject's place are matched one by one, and the tuple is not built unless an arm
//!   gives it a name.

mod arms;
mod emit;
mod joins;
mod tree;

use ir_defs::Session;
use ir_defs::switched as b;
use ir_defs::terminals::{Binder, Flag, Reason};
use ir_defs::unpatched::{self as a, Pattern};
use ir_defs::unpatched_to_switched::Rewrite;
use nanopass::{Meta, TyId, VarId};
use rustc_hash::FxHashMap;

use crate::check_matches::matrix::{Lists, Pat, Place, Row};
use arms::Arm;
use tree::Builder;

/// Compiles all matches to switches.
pub fn run(program: a::Entry, session: &mut Session) -> b::Entry {
    let lists = Lists::of(session);
    Matches {
        session,
        lists,
        renamed: FxHashMap::default(),
    }
    .program(program)
}

struct Matches<'s> {
    session: &'s mut Session,
    lists: Lists,
    /// What the variables of patterns have become.
    renamed: FxHashMap<VarId, VarId>,
}

impl Rewrite for Matches<'_> {
    fn expr_var(
        &mut self,
        meta: Meta,
        var: VarId,
        types: Vec<TyId>,
        evidence: Vec<a::Evidence>,
    ) -> b::Expr {
        let var = self.renamed.get(&var).copied().unwrap_or(var);
        b::Expr::Var {
            meta,
            var,
            types,
            evidence,
        }
    }

    fn expr_case(
        &mut self,
        meta: Meta,
        _reason: Reason,
        subject: Box<a::Expr>,
        arms: Vec<a::Arm>,
    ) -> b::Expr {
        let mut patterns = Vec::with_capacity(arms.len());
        let mut rest = Vec::with_capacity(arms.len());
        for a::Arm {
            pattern,
            guard,
            body,
            ..
        } in arms
        {
            rest.push(Arm::new(guard, body, &pattern));
            patterns.push(pattern);
        }
        let at = subject.meta();
        let mut places = Subject::default();
        let rows = self.rows(*subject, &patterns, &rest, &mut places);
        let asked: Vec<bool> = places
            .binders
            .iter()
            .zip(0..)
            .map(|(_, place)| rows.iter().any(|row| asks(row, place)))
            .collect();
        let tree = Builder::new(self.session, self.lists, places.binders).build(rows, at.span);
        let body = self.emit(meta, tree, rest);
        // A constructor or a literal that nothing asks about need not be bound.
        let binds = places.binds.into_iter().filter(|(place, bind)| {
            places.whole
                || asked.get(*place as usize).copied().unwrap_or(true)
                || !matches!(bind.value, b::Expr::Con { .. } | b::Expr::Lit { .. })
        });
        let binds = binds.map(|(_, bind)| bind).collect();
        let_(meta, binds, body)
    }
}

/// The places that a match begins with.
#[derive(Default)]
struct Subject {
    binders: Vec<Binder>,
    binds: Vec<(Place, b::Bind)>,
    /// Whether an arm names a tuple that stands in the subject's place, so that it must be built.
    whole: bool,
}

impl Matches<'_> {
    /// The arms as rows on the subject, or on the components of a tuple that stands there.
    fn rows<'p>(
        &mut self,
        subject: a::Expr,
        patterns: &'p [Pattern],
        arms: &[Arm],
        places: &mut Subject,
    ) -> Vec<Row<'p>> {
        let mut rows: Vec<Row<'p>> = arms
            .iter()
            .enumerate()
            .map(|(index, arm)| Row::new(index, arm.guard.is_some()))
            .collect();
        let (meta, items) = match subject {
            a::Expr::Tuple { meta, items } => (meta, items),
            subject => {
                let pats: Vec<Pat<'p>> = patterns.iter().map(Pat::Whole).collect();
                let place = self.bind_place(subject, &pats, places);
                for (row, pat) in rows.iter_mut().zip(pats) {
                    row.ask(place, pat, self.lists);
                }
                return rows;
            }
        };
        for (index, item) in items.into_iter().enumerate() {
            let pats: Vec<Option<Pat<'p>>> = patterns
                .iter()
                .map(|pattern| component(pattern, index))
                .collect();
            let given: Vec<Pat<'p>> = pats.iter().copied().flatten().collect();
            let place = self.bind_place(item, &given, places);
            for (row, pat) in rows.iter_mut().zip(pats) {
                if let Some(pat) = pat {
                    row.ask(place, pat, self.lists);
                }
            }
        }
        if let Some(name) = patterns
            .iter()
            .find_map(|pattern| Pat::Whole(pattern).name())
        {
            let items = places
                .binders
                .iter()
                .map(|&binder| var(Meta::new(meta.span, binder.ty), binder))
                .collect();
            let whole = Binder::new(
                self.session.core.fresh_var_like(name),
                self.type_of(meta, patterns.first()),
            );
            let place = places.binders.len() as Place;
            places.binders.push(whole);
            places.whole = true;
            places
                .binds
                .push((place, bind(meta, whole, b::Expr::Tuple { meta, items })));
            for (row, pattern) in rows.iter_mut().zip(patterns) {
                let mut pattern = pattern;
                while let Pattern::As {
                    binder,
                    pattern: inner,
                    ..
                } = pattern
                {
                    row.binds.push((binder.var, place));
                    pattern = inner;
                }
                if let Pattern::Bind { binder, .. } = pattern {
                    row.binds.push((binder.var, place));
                }
            }
        }
        rows
    }

    /// The place of an expression: the variable that it is, or one that is bound to it.
    fn bind_place(&mut self, value: a::Expr, pats: &[Pat<'_>], places: &mut Subject) -> Place {
        let meta = value.meta();
        let first = pats.iter().find_map(|pat| match pat {
            Pat::Whole(pattern) => Some(*pattern),
            Pat::Rest(..) => None,
        });
        let ty = self.type_of(meta, first);
        let place = places.binders.len() as Place;
        match self.expr(value) {
            b::Expr::Var {
                var,
                types,
                evidence,
                ..
            } if types.is_empty() && evidence.is_empty() => {
                places.binders.push(Binder::new(var, ty));
            }
            value => {
                let core = &mut self.session.core;
                let name = pats.iter().find_map(|pat| pat.name());
                let fresh = match name {
                    Some(name) => core.fresh_var_like(name),
                    None => core.fresh_named("subject", meta.span),
                };
                let binder = Binder::new(fresh, ty);
                places.binders.push(binder);
                places.binds.push((place, bind(meta, binder, value)));
            }
        }
        place
    }

    fn type_of(&mut self, meta: Meta, pattern: Option<&Pattern>) -> TyId {
        match pattern {
            _ if !meta.ty.is_none() => meta.ty,
            Some(pattern) => tree::type_of(self.session, pattern),
            None => TyId::NONE,
        }
    }
}

/// What a pattern for a tuple asks of a component.
fn component(pattern: &Pattern, index: usize) -> Option<Pat<'_>> {
    match pattern {
        Pattern::Tuple { items, .. } => items.get(index).map(Pat::Whole),
        Pattern::As { pattern, .. } => component(pattern, index),
        _ => None,
    }
}

fn asks(row: &Row<'_>, place: Place) -> bool {
    row.tests.iter().any(|test| test.place == place)
        || row.binds.iter().any(|&(_, bound)| bound == place)
}

fn bind(meta: Meta, binder: Binder, value: b::Expr) -> b::Bind {
    b::Bind {
        meta,
        binder,
        recursive: Flag(false),
        types: Vec::new(),
        evidence: Vec::new(),
        value,
    }
}

fn var(meta: Meta, binder: Binder) -> b::Expr {
    b::Expr::Var {
        meta,
        var: binder.var,
        types: Vec::new(),
        evidence: Vec::new(),
    }
}

/// `let binds in body`, flat; a last binding that is the body itself is not made.
fn let_(meta: Meta, mut binds: Vec<b::Bind>, body: b::Expr) -> b::Expr {
    let body = match body {
        b::Expr::Let {
            binds: inner, body, ..
        } if !binds.is_empty() => {
            binds.extend(inner);
            *body
        }
        body => body,
    };
    if let (Some(last), b::Expr::Var { var, types, .. }) = (binds.last(), &body)
        && last.binder.var == *var
        && types.is_empty()
        && last.types.is_empty()
        && last.evidence.is_empty()
        && !last.recursive.0
        && let Some(last) = binds.pop()
    {
        return let_(meta, binds, last.value);
    }
    if binds.is_empty() {
        body
    } else {
        b::Expr::Let {
            meta,
            binds,
            body: Box::new(body),
        }
    }
}
