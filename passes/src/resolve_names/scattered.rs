//! Clauses of one name that do not stand next to each other.

use ir_defs::ast::{Clause, Expr};
use ir_defs::terminals::Ident;
use nanopass::{Diagnostic, Meta};

use super::Resolver;
use super::names::{Value, ValueBody};
use super::scan::Scan;
use crate::build_ast::refutable;
use crate::codes;

impl Resolver<'_> {
    /// Reports a clause that another definition separates from the ones before it, and joins it to them, so that
    /// nothing is said of what they cover without it. Gives back a definition that is no such clause.
    pub(super) fn join_scattered(
        &mut self,
        scan: &Scan,
        name: Ident,
        value: ValueBody,
    ) -> Option<ValueBody> {
        let before = scan.module.values.get(&name.name);
        let Some((Value::Global(global), place)) = before.map(|found| (found.entity, found.span))
        else {
            return Some(value);
        };
        let source = self.values.get_mut(&global);
        let (Some(ValueBody::Expr(first)), ValueBody::Expr(next)) =
            (source.and_then(|source| source.value.as_mut()), &value)
        else {
            return Some(value);
        };
        let joined = match (clauses(first), clauses(next)) {
            (Some(first), Some(next)) => [first, next].concat(),
            _ => return Some(value),
        };
        let mut counts = joined.iter().map(|clause| clause.patterns.len());
        let count = counts.next().unwrap_or(0);
        let can_fail = |clause: &Clause| clause.patterns.iter().any(refutable);
        if counts.any(|other| other != count) || !joined.iter().any(can_fail) {
            return Some(value);
        }
        *first = Expr::Clauses {
            meta: Meta::at(first.meta().span),
            clauses: joined,
        };
        let text = self.text(name.name);
        self.session.report(
            Diagnostic::error(
                codes::DUPLICATE_DEFINITION,
                format!("the clauses of `{text}` do not stand together"),
            )
            .at(name.span, "another definition stands before this one")
            .label(place, "first here")
            .help("move it up to the clauses before it"),
        );
        None
    }
}

/// The clauses of a function that is written as a lambda, or as clauses.
fn clauses(value: &Expr) -> Option<Vec<Clause>> {
    match value {
        Expr::Lambda { params, body, .. } => Some(vec![Clause {
            patterns: params.clone(),
            guard: None,
            body: (**body).clone(),
        }]),
        Expr::Clauses { clauses, .. } => Some(clauses.clone()),
        _ => None,
    }
}
