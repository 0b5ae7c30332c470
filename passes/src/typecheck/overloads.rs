//! What an operator means at its operands, where domains have signatures of it.

use ir_defs::tables::GlobalId;
use ir_defs::terminals::{EvVar, Operator};
use ir_defs::typed::{Evidence, Expr};
use ir_defs::types::Type;
use nanopass::{Span, TyId};
use rustc_hash::FxHashMap;

use super::Checker;
use super::classes::Origin;
use super::errors::Cause;
use super::operators::Pending;
use super::overload_heads::Side;
use super::rows::Tail;

/// The call that an operator has become.
#[derive(Clone, Debug)]
pub(super) struct DomainCall {
    global: GlobalId,
    types: Vec<TyId>,
    evidence: Vec<Evidence>,
    ty: TyId,
}

/// What two operands may mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Choice {
    /// Operands and result of one type, which has the operator by itself.
    Same,
    /// A signature of a domain.
    Overload(usize),
}

/// What is known of an operator at its operands.
enum Decision {
    One(Choice),
    /// Nothing fits.
    Nothing,
    /// Several may fit.
    Several(Vec<Choice>),
}

/// Whether a type may be what a signature says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Fit {
    No,
    /// As far as it is known.
    Maybe,
    Yes,
}

/// The calls that operators have become, by the placeholder of their evidence.
pub(super) type DomainCalls = FxHashMap<EvVar, DomainCall>;

impl Checker<'_> {
    /// Whether a type may be what a signature says. The variables of the signature stand for any type, and in the other
    /// one only if that is a signature's, too.
    pub(super) fn meets(&mut self, param: TyId, found: TyId, of_signature: bool) -> Fit {
        let (param, found) = (self.shallow(param), self.shallow(found));
        if param == found {
            return Fit::Yes;
        }
        let all = |this: &mut Self, left: &[TyId], right: &[TyId]| {
            if left.len() != right.len() {
                return Fit::No;
            }
            left.iter()
                .zip(right)
                .map(|(&left, &right)| this.meets(left, right, of_signature))
                .min()
                .unwrap_or(Fit::Yes)
        };
        match (self.get(param).clone(), self.get(found).clone()) {
            (Type::Var(_), _) => Fit::Yes,
            (_, Type::Var(_)) if of_signature => Fit::Yes,
            (Type::Hole(_) | Type::Error, _) | (_, Type::Hole(_) | Type::Error) => Fit::Maybe,
            (Type::Apply(head, args), Type::Apply(other, others)) => self
                .meets(head, other, of_signature)
                .min(all(self, &args, &others)),
            (Type::Fun(left, right), Type::Fun(other, rest)) => {
                all(self, &[left, right], &[other, rest])
            }
            (Type::Tuple(items), Type::Tuple(others)) => all(self, &items, &others),
            (Type::Record { .. }, Type::Record { .. }) => {
                self.record_meets(param, found, of_signature)
            }
            (Type::Row { .. }, Type::Row { .. }) => Fit::Maybe,
            _ => Fit::No,
        }
    }

    fn record_meets(&mut self, param: TyId, found: TyId, of_signature: bool) -> Fit {
        let (param, found) = (self.record_view(param), self.record_view(found));
        let open = matches!(found.tail, Tail::Hole(..));
        let mut worst = if open { Fit::Maybe } else { Fit::Yes };
        for &(label, ty) in &found.fields {
            match param.fields.iter().find(|(other, _)| *other == label) {
                Some(&(_, wanted)) => worst = worst.min(self.meets(wanted, ty, of_signature)),
                None => return Fit::No,
            }
        }
        if !open && found.fields.len() != param.fields.len() {
            return Fit::No;
        }
        worst
    }

    /// What an operator may mean at a left operand that is known.
    fn decide(&mut self, op: Operator, left: TyId, right: TyId, place: Span) -> Decision {
        let by_left = self.choices(op, Side::Left, left, place);
        let mut choices: Vec<Choice> = by_left.into_iter().map(Choice::Overload).collect();
        if self.has_by_itself(op, left, place) {
            choices.push(Choice::Same);
        }
        if let &[one] = choices.as_slice() {
            return Decision::One(one);
        }
        let fitting: Vec<Choice> = choices
            .into_iter()
            .filter(|&choice| {
                let wanted = match choice {
                    Choice::Same => Some(left),
                    Choice::Overload(index) => self
                        .overloads
                        .get(index)
                        .and_then(|overload| overload.right),
                };
                wanted.is_some_and(|wanted| self.meets(wanted, right, false) != Fit::No)
            })
            .collect();
        match fitting.as_slice() {
            [] => Decision::Nothing,
            &[one] => Decision::One(one),
            _ => Decision::Several(fitting),
        }
    }

    /// The signatures that the file of a place sees and an operand may fit.
    fn choices(&mut self, op: Operator, side: Side, ty: TyId, place: Span) -> Vec<usize> {
        let mut fitting = self.fitting_heads(op, side, ty);
        fitting.retain(|&index| {
            let Some(overload) = self.overloads.get(index) else {
                return false;
            };
            let wanted = match side {
                Side::Left => Some(overload.left),
                Side::Right => overload.right,
            };
            self.sees(place, overload.domain)
                && wanted.is_some_and(|wanted| self.meets(wanted, ty, false) != Fit::No)
        });
        fitting
    }

    /// Whether a type has an operator without a domain: a number, or a variable with the constraint.
    fn has_by_itself(&mut self, op: Operator, ty: TyId, place: Span) -> bool {
        let ty = self.shallow(ty);
        let number = ty == self.known.int || ty == self.known.float;
        match self.get(ty) {
            Type::Var(_) => self.carries(op, ty, place),
            _ => number && op != Operator::Times,
        }
    }

    /// Resolves an operator whose left operand is known; `false` where its meaning is still open.
    pub(super) fn domain_by_left(&mut self, operator: &Pending, left: TyId, last: bool) -> bool {
        if self.is_failed(operator) {
            return true;
        }
        match self.decide(operator.op, left, operator.right, operator.span) {
            Decision::One(choice) => self.take_choice(operator, left, choice),
            Decision::Several(choices) if last => match choices.contains(&Choice::Same) {
                true => self.take_choice(operator, left, Choice::Same),
                false => self.report_ambiguous_operator(operator, &choices),
            },
            Decision::Several(_) => return false,
            Decision::Nothing => {
                let any = self.choices(operator.op, Side::Left, left, operator.span);
                match any.is_empty() {
                    true => self.same_type(operator, left),
                    false => self.report_no_overload(operator, &any),
                }
            }
        }
        true
    }

    /// Resolves an operator of which only the right operand is known, if its type does not have the operator by itself.
    pub(super) fn domain_by_right(&mut self, operator: &Pending, right: TyId, last: bool) -> bool {
        if self.is_failed(operator) {
            return true;
        }
        let any = self.choices(operator.op, Side::Right, right, operator.span);
        match any.as_slice() {
            &[one] => self.take_choice(operator, operator.left, Choice::Overload(one)),
            [_, _, ..] if last => {
                let choices: Vec<Choice> = any.into_iter().map(Choice::Overload).collect();
                self.report_ambiguous_operator(operator, &choices);
            }
            _ => return false,
        }
        true
    }

    /// Whether an operand has an error, which has been reported.
    fn is_failed(&mut self, operator: &Pending) -> bool {
        let operands = [operator.left, operator.right].map(|ty| self.shallow(ty));
        let failed = operands.contains(&self.known.error);
        if failed {
            self.domain_failed(operator);
        }
        failed
    }

    fn take_choice(&mut self, operator: &Pending, left: TyId, choice: Choice) {
        let index = match choice {
            Choice::Same => return self.same_type(operator, left),
            Choice::Overload(index) => index,
        };
        let Some(overload) = self.overloads.get(index).cloned() else {
            return;
        };
        let origin = Origin::Use(overload.global);
        let (types, evidence, ty) = self.instance_of(&overload.scheme, operator.span, origin);
        if let Type::Fun(left, rest) = *self.get(ty)
            && let Type::Fun(right, result) = *self.get(rest)
        {
            let op = operator.op;
            let (left_span, right_span) = (operator.left_span, operator.right_span);
            let global = overload.global;
            let cause = Cause::Overload {
                op,
                other: right_span,
                global,
            };
            self.expect(left_span, operator.left, left, &cause);
            let cause = Cause::Overload {
                op,
                other: left_span,
                global,
            };
            self.expect(right_span, operator.right, right, &cause);
            let whole = left_span.to(right_span);
            let cause = Cause::Result {
                op,
                global: Some(global),
            };
            self.expect(whole, result, operator.result, &cause);
        }
        let call = DomainCall {
            global: overload.global,
            types,
            evidence,
            ty,
        };
        self.domain_calls.insert(operator.evidence, call);
    }

    /// An operator that is a call, as such.
    pub(super) fn call_of_domain(&mut self, node: &mut Expr) {
        let Expr::Operate {
            meta,
            evidence: Evidence::Given { var },
            args,
            ..
        } = node
        else {
            return;
        };
        let Some(call) = self.domain_calls.get(var).cloned() else {
            return;
        };
        let fun = Expr::Global {
            meta: meta.with_ty(call.ty),
            global: call.global,
            types: call.types,
            evidence: call.evidence,
        };
        *node = Expr::Apply {
            meta: *meta,
            fun: Box::new(fun),
            args: std::mem::take(args),
        };
    }

    /// What an operator with an error gives has every type.
    pub(super) fn domain_failed(&mut self, operator: &Pending) {
        let error = self.known.error;
        let class = self.operator_class(operator.op);
        let _ = self.unify(operator.result, error);
        let evidence = Evidence::Structural {
            class,
            type_: error,
        };
        self.solutions.insert(operator.evidence, evidence);
    }
}
