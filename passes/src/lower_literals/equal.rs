//! Patterns that are literals of domains, instants or dates: what they match is bound and compared in the guard.

use ir_defs::no_sections as a;
use ir_defs::no_sections_to_plain_literals::Rewrite;
use ir_defs::plain_literals as b;
use ir_defs::terminals::{Binder, Operator};
use nanopass::{Diagnostic, Meta};

use super::Literals;
use crate::codes;

impl Literals<'_> {
    /// Patterns that may fail, with the conditions that their literals are, and the guard behind them.
    pub(super) fn guarded<T>(
        &mut self,
        patterns: impl FnOnce(&mut Self) -> T,
        guard: Option<a::Expr>,
    ) -> (T, Option<b::Expr>) {
        let outer = self.comparisons.replace(Vec::new());
        let patterns = patterns(self);
        let mut conditions = std::mem::replace(&mut self.comparisons, outer).unwrap_or_default();
        let guard = guard.map(|guard| self.expr(guard));
        conditions.extend(guard);
        let guard = match conditions.pop() {
            Some(only) if conditions.is_empty() => Some(only),
            None => None,
            Some(last) => {
                let meta = conditions.first().map_or(last.meta(), |first| {
                    Meta::at(first.meta().span.to(last.meta().span))
                });
                conditions.push(last);
                Some(b::Expr::All {
                    meta,
                    items: conditions,
                })
            }
        };
        (patterns, guard)
    }

    /// A variable that a guard compares with a literal. Where a pattern must not fail, that is an error.
    pub(super) fn compared(&mut self, meta: Meta, value: b::Expr) -> b::Pattern {
        let Some(comparisons) = &mut self.comparisons else {
            self.session.report(
                Diagnostic::error(codes::REFUTABLE, "this pattern can fail")
                    .at(meta.span, "it matches one value only")
                    .help("match the value with `?`, which has an arm for every case"),
            );
            return b::Pattern::Error { meta };
        };
        let var = self.session.core.fresh_named("value", meta.span);
        let link = b::Link {
            meta,
            op: Operator::Eq,
            operand: value,
        };
        comparisons.push(b::Expr::Chain {
            meta,
            first: Box::new(b::Expr::Var { meta, var }),
            links: vec![link],
        });
        b::Pattern::Bind {
            meta,
            binder: Binder::untyped(var),
        }
    }
}
