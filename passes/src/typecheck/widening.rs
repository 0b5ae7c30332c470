//! Effects whose row ends in a variable of a signature, where more is allowed.
//!
//! An `Effect R A` fits where `{ Console, ...R }` is expected. A variable cannot be opened as a closed row is, so such an
//! effect is widened where it stands. If the end of the expected row is not known when it is reached, what it must hold
//! is found out at the end of the binding group.

use ir_defs::typed::Expr;
use ir_defs::types::Type;
use nanopass::{Span, TyId};

use super::errors::Cause;
use super::rows::{RowView, Tail};
use super::{Checker, GROUP_LEVEL};

/// An effect that is to fit a row of which the end was not known when it was reached.
#[derive(Clone, Debug)]
pub(super) struct Widening {
    span: Span,
    found: TyId,
    expected: TyId,
    cause: Cause,
}

/// The effects that two types give in the end.
struct Ends {
    found: (TyId, TyId),
    expected: (TyId, TyId),
}

impl Checker<'_> {
    /// An effect, or a function that gives one, with the row that is expected of it, if its own row ends in a variable and
    /// is a part of that.
    pub(super) fn widen(
        &mut self,
        expr: Expr,
        expected: TyId,
        cause: &Cause,
    ) -> Result<Expr, Expr> {
        let (found, span) = (expr.meta().ty, expr.meta().span);
        let Some(ends) = self.ends(found, expected) else {
            return Err(expr);
        };
        let (own, wide) = (self.row_view(ends.found.0), self.row_view(ends.expected.0));
        let Tail::Var(var) = own.tail else {
            return Err(expr);
        };
        let waits = match wide.tail {
            Tail::Hole(..) => true,
            Tail::Var(other) if other == var && lacks(&wide, &own) => false,
            Tail::Var(_) | Tail::Closed => return Err(expr),
        };
        if lacks(&own, &wide) && !waits {
            return Err(expr);
        }
        let site = std::mem::replace(&mut self.site, span);
        let joined = self.join_ends(found, expected, &ends);
        self.site = site;
        if !joined {
            return Err(expr);
        }
        if waits {
            self.widenings.push(Widening {
                span,
                found,
                expected,
                cause: cause.clone(),
            });
        }
        Ok(Expr::Widen {
            meta: expr.meta().with_ty(expected),
            effect: Box::new(expr),
            type_: expected,
        })
    }

    /// The rows and values of two types that are effects, or functions of as many arguments that give effects.
    fn ends(&mut self, found: TyId, expected: TyId) -> Option<Ends> {
        let (mut found, mut expected) = (self.shallow(found), self.shallow(expected));
        while let (&Type::Fun(_, result), &Type::Fun(_, other)) =
            (self.get(found), self.get(expected))
        {
            (found, expected) = (self.shallow(result), self.shallow(other));
        }
        let both = match self.as_effect(found).zip(self.as_effect(expected)) {
            None => self.as_resource(found).zip(self.as_resource(expected)),
            both => both,
        };
        both.map(|(found, expected)| Ends { found, expected })
    }

    /// Makes all but the capabilities of the rows at the end agree. `false`: it is not possible.
    fn join_ends(&mut self, found: TyId, expected: TyId, ends: &Ends) -> bool {
        let (mut found, mut expected) = (self.shallow(found), self.shallow(expected));
        while let (&Type::Fun(param, result), &Type::Fun(wanted, other)) =
            (self.get(found), self.get(expected))
        {
            if self.unify(param, wanted).is_err() {
                return false;
            }
            (found, expected) = (self.shallow(result), self.shallow(other));
        }
        let (own, wide) = (self.row_view(ends.found.0), self.row_view(ends.expected.0));
        self.unify(ends.found.1, ends.expected.1).is_ok()
            && self.unify_failures(own.fail, wide.fail).is_ok()
    }

    /// Decides what was left open since `from`.
    pub(super) fn settle_widenings(&mut self, from: usize) {
        for widening in self.widenings.split_off(from.min(self.widenings.len())) {
            let Some(ends) = self.ends(widening.found, widening.expected) else {
                continue;
            };
            let (own, wide) = (self.row_view(ends.found.0), self.row_view(ends.expected.0));
            match (own.tail, wide.tail) {
                (Tail::Var(_), Tail::Hole(hole, _))
                    if self.level > GROUP_LEVEL && self.holes[hole as usize].level < self.level =>
                {
                    // The surroundings may still decide it.
                    self.widenings.push(widening);
                }
                (Tail::Var(var), Tail::Hole(hole, _)) => {
                    let more = own
                        .capabilities
                        .iter()
                        .copied()
                        .filter(|capability| !wide.capabilities.contains(capability))
                        .collect();
                    let rest = self.partial_row(more, Some(var));
                    self.site = widening.span;
                    // A hole of capabilities is no part of a row that ends in a variable.
                    let _ = self.bind(hole, rest);
                }
                (Tail::Var(var), Tail::Var(other)) if var == other && !lacks(&own, &wide) => {}
                _ => {
                    let Widening {
                        span,
                        found,
                        expected,
                        cause,
                    } = widening;
                    self.expect(span, found, expected, &cause);
                }
            }
        }
    }
}

/// Whether a row has a capability that another one does not have.
fn lacks(own: &RowView, other: &RowView) -> bool {
    let mut own = own.capabilities.iter();
    own.any(|capability| !other.capabilities.contains(capability))
}
