//! Parameters that are patterns, and functions of several clauses.

use ir_defs::kernel as b;
use ir_defs::no_blocks as a;
use ir_defs::no_blocks_to_kernel::Rewrite as _;
use ir_defs::terminals::{Binder, Reason};
use nanopass::{Diagnostic, Meta, Span};

use super::{Branches, arm, case, pattern_tuple, tuple, var};
use crate::codes;

impl Branches<'_> {
    /// The parameters of a function and, for those that are patterns, what to match around its body.
    fn parameters(
        &mut self,
        patterns: Vec<b::Pattern>,
    ) -> (Vec<Binder>, Vec<(Binder, b::Pattern)>) {
        let mut binders = Vec::with_capacity(patterns.len());
        let mut matched = Vec::new();
        for pattern in patterns {
            let (binder, rest) = self.name_pattern(pattern, "arg");
            binders.push(binder);
            matched.extend(rest.map(|pattern| (binder, pattern)));
        }
        (binders, matched)
    }

    /// A binder for the whole value, and the pattern that still has to be matched, if any.
    pub(super) fn name_pattern(
        &mut self,
        pattern: b::Pattern,
        name: &str,
    ) -> (Binder, Option<b::Pattern>) {
        match pattern {
            b::Pattern::Wild { meta } => (self.fresh("unused", meta.span), None),
            b::Pattern::Bind { binder, .. } => (binder, None),
            b::Pattern::As {
                binder, pattern, ..
            } => match *pattern {
                b::Pattern::Wild { .. } => (binder, None),
                pattern => (binder, Some(pattern)),
            },
            pattern => (self.fresh(name, pattern.meta().span), Some(pattern)),
        }
    }

    /// A function whose parameters that are patterns are matched around its body.
    pub(super) fn function(
        &mut self,
        meta: Meta,
        patterns: Vec<b::Pattern>,
        reason: Reason,
        body: b::Expr,
    ) -> b::Expr {
        let (params, matched) = self.parameters(patterns);
        let body = if matched.is_empty() {
            body
        } else {
            let at = Meta::at(matched.iter().fold(Span::NONE, |span, (_, pattern)| {
                span.to(pattern.meta().span)
            }));
            let subjects = matched
                .iter()
                .map(|(binder, pattern)| var(pattern.meta(), *binder))
                .collect();
            let patterns = matched.into_iter().map(|(_, pattern)| pattern).collect();
            let pattern = pattern_tuple(at, patterns);
            case(
                body.meta(),
                reason,
                tuple(at, subjects),
                vec![arm(body.meta(), pattern, body)],
            )
        };
        b::Expr::Lambda {
            meta,
            params,
            body: Box::new(body),
        }
    }

    /// Clauses of one function: one case on the tuple of its parameters.
    pub(super) fn clauses(&mut self, meta: Meta, mut clauses: Vec<a::Clause>) -> b::Expr {
        if let [a::Clause { guard: None, .. }] = clauses.as_slice()
            && let Some(a::Clause { patterns, body, .. }) = clauses.pop()
        {
            let body = self.expr(body);
            return self.function(meta, patterns, Reason::Clauses, body);
        }
        let Some((first_span, arity)) = clauses
            .first()
            .map(|first| (first.meta.span, first.patterns.len()))
        else {
            return b::Expr::Error { meta };
        };
        if let Some(odd) = clauses.iter().find(|clause| clause.patterns.len() != arity) {
            self.session.report(
                Diagnostic::error(
                    codes::CLAUSE_ARITY,
                    "clauses of one function have different numbers of parameters",
                )
                .at(
                    odd.meta.span,
                    format!("this one has {}", odd.patterns.len()),
                )
                .label(first_span, format!("the first one has {arity}")),
            );
            return b::Expr::Error { meta };
        }
        let params: Vec<Binder> = (0..arity)
            .map(|column| {
                let name = clauses
                    .iter()
                    .find_map(|clause| match clause.patterns.get(column) {
                        Some(a::Pattern::Bind { binder, .. } | a::Pattern::As { binder, .. }) => {
                            Some(binder.var)
                        }
                        _ => None,
                    });
                match name {
                    Some(var) => Binder::untyped(self.session.core.fresh_var_like(var)),
                    None => self.fresh("arg", meta.span),
                }
            })
            .collect();
        let subject = tuple(meta, params.iter().map(|&param| var(meta, param)).collect());
        let arms = clauses
            .into_iter()
            .map(
                |a::Clause {
                     meta,
                     patterns,
                     guard,
                     body,
                 }| {
                    let span = patterns
                        .iter()
                        .fold(Span::NONE, |span, pattern| span.to(pattern.meta().span));
                    let guard = guard.map(|guard| self.expr(guard));
                    b::Arm {
                        meta,
                        pattern: pattern_tuple(Meta::at(span), patterns),
                        guard,
                        body: self.expr(body),
                    }
                },
            )
            .collect();
        let body = Box::new(case(meta, Reason::Clauses, subject, arms));
        b::Expr::Lambda { meta, params, body }
    }
}
