//! Operators: what they mean is decided by the types of their operands.
//!
//! An arithmetic operator is resolved by its left operand's type if that is known when it is reached, else at the end of
//! the binding group: by the left one's type, by the right one's, or, where neither is known, as a member of a class of
//! its own at one type for both operands and the result.

use ir_defs::terminals::{EvVar, Operator};
use ir_defs::typed::{Evidence, Expr};
use ir_defs::types::Type;
use ir_defs::{kernel, typed};
use nanopass::{Meta, Span, TyId};

use super::Checker;
use super::classes::Origin;
use super::errors::Cause;

/// An arithmetic operator whose left operand's type was not known when it was reached.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) op: Operator,
    pub(super) left: TyId,
    pub(super) right: TyId,
    pub(super) result: TyId,
    pub(super) evidence: EvVar,
    pub(super) span: Span,
    pub(super) left_span: Span,
    pub(super) right_span: Span,
}

impl Checker<'_> {
    /// `a + b - c`
    pub(super) fn chain(
        &mut self,
        meta: Meta,
        first: kernel::Expr,
        links: Vec<kernel::Link>,
    ) -> Expr {
        let mut left = self.infer(first);
        for link in links {
            let right_hint = self.operand_hint(link.op, &left);
            let errors = self.errors();
            let right = match right_hint {
                Some(expected) => {
                    self.check_operand(link.operand, link.op, expected, left.meta().span)
                }
                None => self.infer(link.operand),
            };
            let (left_span, right_span) = (left.meta().span, right.meta().span);
            let span = meta.span.start().to(right_span.end());
            let (mut left_ty, right_ty) = (left.meta().ty, right.meta().ty);
            if right_hint.is_some() && self.errors() > errors {
                // What the operator asks of a type that the other operand does not have is not worth another error.
                left_ty = self.known.error;
            }
            let (evidence, result) = self.operate(
                link.op,
                left_ty,
                right_ty,
                link.meta.span,
                left_span,
                right_span,
            );
            left = Expr::Operate {
                meta: Meta::new(span, result),
                op: link.op,
                evidence,
                args: vec![left, right],
            };
        }
        left
    }

    /// What the right operand must be, if the left one decides it.
    fn operand_hint(&mut self, op: Operator, left: &typed::Expr) -> Option<TyId> {
        let ty = self.shallow(left.meta().ty);
        match op {
            Operator::Append => self.joins(ty).then_some(ty),
            Operator::Eq
            | Operator::Ne
            | Operator::Lt
            | Operator::Le
            | Operator::Gt
            | Operator::Ge => Some(ty),
            _ => None,
        }
    }

    /// Whether `++` may be defined at a type; if it cannot, that is what is reported, and not that another operand differs.
    fn joins(&mut self, ty: TyId) -> bool {
        match self.head_con(ty) {
            Some(con) => {
                ty == self.known.text
                    || self.session.tycons.name(con) == "List"
                    || self.instances.contains_key(&(self.known.semigroup, con))
            }
            None => !matches!(self.get(ty), Type::Record { .. }),
        }
    }

    fn check_operand(
        &mut self,
        operand: kernel::Expr,
        op: Operator,
        expected: TyId,
        other: Span,
    ) -> Expr {
        self.check(operand, expected, &Cause::Operand { op, other })
    }

    /// The evidence and the result of an operator at its operands.
    fn operate(
        &mut self,
        op: Operator,
        left: TyId,
        right: TyId,
        span: Span,
        left_span: Span,
        right_span: Span,
    ) -> (Evidence, TyId) {
        let class = self.operator_class(op);
        match op {
            Operator::Eq
            | Operator::Ne
            | Operator::Lt
            | Operator::Le
            | Operator::Gt
            | Operator::Ge => (
                self.want(class, left, span, Origin::Operator(op)),
                self.known.bool,
            ),
            Operator::Append => (self.want(class, left, span, Origin::Operator(op)), left),
            _ => {
                let known = self.shallow(left);
                let overloaded = self.has_overloads(op, span);
                if matches!(self.get(known), Type::Hole(_)) || overloaded {
                    let result = self.fresh_type();
                    let evidence = self.placeholder();
                    let operator = Pending {
                        op,
                        left,
                        right,
                        result,
                        evidence,
                        span,
                        left_span,
                        right_span,
                    };
                    let known = overloaded && self.unknown_head(left).is_none();
                    if !known || !self.domain_by_left(&operator, left, false) {
                        self.operators.push(operator);
                    }
                    return (Evidence::Given { var: evidence }, result);
                }
                let evidence = self.want(class, known, span, Origin::Operator(op));
                let result = match self.operands(op, known, right, right_span, left_span, span) {
                    true => known,
                    false => self.known.error,
                };
                (evidence, result)
            }
        }
    }

    /// Makes the other operand's type that of the carrier. `false`: it cannot be, or the operator cannot be of that
    /// carrier, which is reported when the constraint is solved.
    fn operands(
        &mut self,
        op: Operator,
        carrier: TyId,
        other: TyId,
        other_span: Span,
        carrier_span: Span,
        place: Span,
    ) -> bool {
        let cause = Cause::Operand {
            op,
            other: carrier_span,
        };
        self.carries(op, carrier, place) && self.expect(other_span, other, carrier, &cause)
    }

    /// Whether the operator may be defined at a type.
    pub(super) fn carries(&mut self, op: Operator, ty: TyId, place: Span) -> bool {
        let ty = self.shallow(ty);
        if ty == self.known.int || ty == self.known.float {
            return true;
        }
        let class = self.operator_class(op);
        match self.get(ty) {
            Type::Var(_) => self
                .givens
                .iter()
                .any(|given| given.class == class && given.ty == ty),
            Type::Hole(_) | Type::Error => true,
            _ => !self.carriers(class, ty, place, true).is_empty(),
        }
    }

    /// `-e`
    pub(super) fn negate(&mut self, meta: Meta, operand: kernel::Expr) -> Expr {
        let operand = self.infer(operand);
        let class = self.operator_class(Operator::Negate);
        let ty = operand.meta().ty;
        let evidence = self.want(class, ty, meta.span, Origin::Operator(Operator::Negate));
        Expr::Operate {
            meta: meta.with_ty(ty),
            op: Operator::Negate,
            evidence,
            args: vec![operand],
        }
    }

    /// Resolves the operators that were reached since `from`.
    pub(super) fn settle_operators(&mut self, from: usize) {
        let mut pending = self.operators.split_off(from.min(self.operators.len()));
        let mut forward = true;
        loop {
            let before = pending.len();
            if before == 0 {
                return;
            }
            if !forward {
                pending.reverse();
            }
            pending.retain(|operator| !self.by_left(operator));
            if pending.len() == before {
                pending.retain(|operator| !self.by_right(operator));
            }
            if !forward {
                pending.reverse();
            }
            forward = !forward;
            if pending.len() == before {
                break;
            }
        }
        // Nothing is known of these: one type for both operands and the result.
        for operator in pending {
            if self.settle_last(&operator) {
                continue;
            }
            self.resolve_at(
                &operator,
                operator.left,
                operator.right,
                operator.right_span,
                operator.left_span,
            );
        }
    }

    /// Resolves an operator that several signatures of domains may fit, if it is one.
    fn settle_last(&mut self, operator: &Pending) -> bool {
        if !self.has_overloads(operator.op, operator.span) {
            return false;
        }
        let inner = self.defers(operator);
        let settled = match (self.is_known(operator.left), self.is_known(operator.right)) {
            (Some(left), _) => self.domain_by_left(operator, left, !inner),
            (None, Some(right)) => self.domain_by_right(operator, right, !inner),
            (None, None) => false,
        };
        if !settled && inner {
            self.defer(operator);
        }
        settled || inner
    }

    /// Whether the operands that are not known are those of a group further out, which may still decide them.
    fn defers(&mut self, operator: &Pending) -> bool {
        let level = self.level;
        let unknown = [operator.left, operator.right].map(|ty| self.unknown_head(ty));
        let mut unknown = unknown.into_iter().flatten();
        level > super::GROUP_LEVEL && unknown.all(|hole| self.holes[hole as usize].level < level)
    }

    /// Leaves an operator to the group further out, which its result then belongs to.
    fn defer(&mut self, operator: &Pending) {
        self.level -= 1;
        let result = self.fresh_type();
        self.level += 1;
        // A fresh hole accepts anything.
        let _ = self.unify(operator.result, result);
        self.operators.push(operator.clone());
    }

    /// One type for both operands and the result.
    pub(super) fn same_type(&mut self, operator: &Pending, carrier: TyId) {
        let (span, carrier_span) = (operator.right_span, operator.left_span);
        self.resolve_at(operator, carrier, operator.right, span, carrier_span);
    }

    fn is_known(&mut self, ty: TyId) -> Option<TyId> {
        let ty = self.shallow(ty);
        (!matches!(self.get(ty), Type::Hole(_))).then_some(ty)
    }

    fn by_left(&mut self, operator: &Pending) -> bool {
        let Some(carrier) = self.is_known(operator.left) else {
            return false;
        };
        if self.has_overloads(operator.op, operator.span) {
            let known = self.unknown_head(carrier).is_none();
            return known && self.domain_by_left(operator, carrier, false);
        }
        self.resolve_at(
            operator,
            carrier,
            operator.right,
            operator.right_span,
            operator.left_span,
        );
        true
    }

    fn by_right(&mut self, operator: &Pending) -> bool {
        let Some(carrier) = self.is_known(operator.right) else {
            return false;
        };
        if self.has_overloads(operator.op, operator.span) {
            if self.is_known(operator.left).is_some() {
                return false;
            }
            if !self.carries(operator.op, carrier, operator.span) {
                return self.domain_by_right(operator, carrier, false);
            }
        }
        self.resolve_at(
            operator,
            carrier,
            operator.left,
            operator.left_span,
            operator.right_span,
        );
        true
    }

    fn resolve_at(
        &mut self,
        operator: &Pending,
        carrier: TyId,
        other: TyId,
        span: Span,
        carrier_span: Span,
    ) {
        // An operand with an error, which has been reported, may have been of the type that fits.
        if [carrier, other]
            .map(|ty| self.shallow(ty))
            .contains(&self.known.error)
        {
            self.domain_failed(operator);
            return;
        }
        let class = self.operator_class(operator.op);
        let evidence = self.want(class, carrier, operator.span, Origin::Operator(operator.op));
        self.solutions.insert(operator.evidence, evidence);
        let place = operator.span;
        let result = match self.operands(operator.op, carrier, other, span, carrier_span, place) {
            true => carrier,
            false => self.known.error,
        };
        let whole = operator.left_span.to(operator.right_span);
        self.expect(
            whole,
            result,
            operator.result,
            &Cause::Result {
                op: operator.op,
                global: None,
            },
        );
    }
}
