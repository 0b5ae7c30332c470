//! What operators are at types that are known.

use ir_defs::known;
use ir_defs::mono as m;
use ir_defs::prims::Prim;
use ir_defs::switched as s;
use ir_defs::terminals::Operator;
use nanopass::{Diagnostic, Meta, Span};

use super::Monomorphize;
use super::evidence::{EvId, InstanceRef, Proof};
use crate::codes;

impl<'p> Monomorphize<'p, '_> {
    pub(super) fn operate(
        &mut self,
        span: Span,
        op: Operator,
        evidence: &s::Evidence,
        args: Vec<m::Expr>,
    ) -> m::Expr {
        let ground = args
            .first()
            .and_then(|arg| self.session.ground(arg.meta().ty));
        if let Some(prim) = ground.and_then(|ground| direct(ground, op)) {
            let ty = match op {
                Operator::Add
                | Operator::Sub
                | Operator::Mul
                | Operator::Times
                | Operator::Div
                | Operator::Rem
                | Operator::Append
                | Operator::Negate => args
                    .first()
                    .map_or(nanopass::TyId::NONE, |arg| arg.meta().ty),
                _ => self.session.bool(),
            };
            return m::Expr::Prim {
                meta: Meta::new(span, ty),
                prim,
                result: None,
                args,
            };
        }
        let proof = self.evidence(evidence);
        match op {
            Operator::Not => match args.into_iter().next() {
                Some(arg) => self.choose(span, arg, "True", false),
                None => self.bool_value(span, false),
            },
            Operator::Eq => self.call_member(span, known::EQ, proof, args),
            Operator::Ne => {
                let equal = self.call_member(span, known::EQ, proof, args);
                self.choose(span, equal, "True", false)
            }
            Operator::Lt | Operator::Le | Operator::Gt | Operator::Ge => {
                let order = self.call_member(span, known::COMPARE, proof, args);
                match op {
                    Operator::Lt => self.choose(span, order, "Less", true),
                    Operator::Le => self.choose(span, order, "Greater", false),
                    Operator::Gt => self.choose(span, order, "Greater", true),
                    _ => self.choose(span, order, "Less", false),
                }
            }
            Operator::Append => self.call_member(span, known::CONCAT, proof, args),
            Operator::Add
            | Operator::Sub
            | Operator::Mul
            | Operator::Times
            | Operator::Div
            | Operator::Rem
            | Operator::Negate => self.domain_operator(span, op, proof, args),
        }
    }

    fn call_member(
        &mut self,
        span: Span,
        member: &str,
        proof: EvId,
        args: Vec<m::Expr>,
    ) -> m::Expr {
        let member = self.session.global(member);
        let callee = self.member(Meta::at(span), member, proof, &[], &[]);
        self.apply(span, callee, args)
    }

    /// An operator that a domain defines: the member of its instance that has the operator's name.
    fn domain_operator(
        &mut self,
        span: Span,
        op: Operator,
        proof: EvId,
        args: Vec<m::Expr>,
    ) -> m::Expr {
        let member = match self.proofs.get(proof) {
            Proof::Instance {
                instance: InstanceRef(instance),
                ..
            } => instance
                .methods
                .iter()
                .map(|method| method.member)
                .find(|&member| self.session.globals.name(member).ends_with(op.text())),
            Proof::Structural { .. } => None,
        };
        match member {
            Some(member) => {
                let callee = self.member(Meta::at(span), member, proof, &[], &[]);
                self.apply(span, callee, args)
            }
            None => {
                let form = format!("no instance of the evidence defines `{}`", op.text());
                self.session
                    .report(Diagnostic::error(codes::LOST_EVIDENCE, form).at(span, "used here"));
                args.into_iter()
                    .next()
                    .unwrap_or_else(|| self.bool_value(span, false))
            }
        }
    }

    /// Whether `subject` is the constructor, or is not, as `when` says.
    fn choose(&mut self, span: Span, subject: m::Expr, con: &str, when: bool) -> m::Expr {
        let mut binds = Vec::new();
        let subject = self.name_value("result", subject, &mut binds);
        let con = self.session.constructors.id(con);
        let matching = self.bool_value(span, when);
        let otherwise = self.bool_value(span, !when);
        let meta = matching.meta();
        let branches = vec![m::Branch::OnCon {
            meta,
            con,
            fields: Vec::new(),
            body: matching,
        }];
        let switch = m::Expr::Switch {
            meta,
            subject: Box::new(subject),
            branches,
            otherwise: Some(Box::new(otherwise)),
        };
        self.wrap(binds, switch)
    }

    fn bool_value(&mut self, span: Span, value: bool) -> m::Expr {
        let ty = self.session.bool();
        let con = self
            .session
            .constructors
            .id(if value { "True" } else { "False" });
        m::Expr::Construct {
            meta: Meta::new(span, ty),
            con,
            types: Vec::new(),
            args: Vec::new(),
        }
    }
}

/// The primitive that an operator is at a type with primitives.
fn direct(ground: &str, op: Operator) -> Option<Prim> {
    let name = match op {
        Operator::Add => "add",
        Operator::Sub => "sub",
        Operator::Mul => "mul",
        Operator::Div => "div",
        Operator::Rem => "rem",
        Operator::Negate => "neg",
        Operator::Append => "concat",
        Operator::Eq => "eq",
        Operator::Ne => "ne",
        Operator::Lt => "lt",
        Operator::Le => "le",
        Operator::Gt => "gt",
        Operator::Ge => "ge",
        Operator::Times | Operator::Not => return None,
    };
    Prim::named(&format!("{ground}.{name}"))
}
