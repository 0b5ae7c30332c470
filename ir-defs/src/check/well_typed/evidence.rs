//! Evidence: what it is for, and whether that is what is asked for.

use nanopass::TyId;
use rustc_hash::FxHashMap;

use super::super::language::{Evidence, Expr};
use super::{Check, Scheme};
use crate::known;
use crate::tables::{ClassConstraint, ClassId, GlobalId};
use crate::terminals::Operator;
use crate::types::{TyVarId, Type};

impl Check<'_> {
    pub(in super::super) fn constraint_at(
        &mut self,
        constraint: &ClassConstraint,
        replace: &FxHashMap<TyVarId, TyId>,
    ) -> ClassConstraint {
        let types = constraint
            .types
            .iter()
            .map(|&ty| self.types.table.substitute(ty, replace))
            .collect();
        ClassConstraint {
            class: constraint.class,
            types,
        }
    }

    /// The evidence must be for these constraints, in this order.
    pub(in super::super) fn evidence_for(
        &mut self,
        evidence: &[Evidence],
        wanted: &[ClassConstraint],
    ) {
        if evidence.len() != wanted.len() {
            return self.violation(format!(
                "{} pieces of evidence, and {} are needed",
                evidence.len(),
                wanted.len()
            ));
        }
        for (evidence, wanted) in evidence.iter().zip(wanted) {
            if let Some(found) = self.evidence(evidence) {
                self.same_constraint(&found, wanted);
            }
        }
    }

    fn same_constraint(&mut self, found: &ClassConstraint, wanted: &ClassConstraint) {
        let same = found.class == wanted.class
            && found.types.len() == wanted.types.len()
            && found
                .types
                .iter()
                .zip(&wanted.types)
                .all(|(&a, &b)| self.types.same(a, b));
        if !same {
            let (found, wanted) = (self.show_constraint(found), self.show_constraint(wanted));
            self.violation(format!("evidence for {found}, and {wanted} is needed"));
        }
    }

    fn show_constraint(&self, constraint: &ClassConstraint) -> String {
        let mut text = self
            .types
            .session
            .classes
            .name(constraint.class)
            .to_string();
        for &ty in &constraint.types {
            text.push(' ');
            text.push_str(&self.types.show(ty));
        }
        text
    }

    /// What evidence is for.
    pub(in super::super) fn evidence(&mut self, evidence: &Evidence) -> Option<ClassConstraint> {
        match evidence {
            Evidence::Given { var } => {
                let found = self.evidence.get(var).cloned();
                if found.is_none() {
                    let name = self.types.session.core.var_name(var.0);
                    self.violation(format!("the evidence {name} is not in scope"));
                }
                found
            }
            Evidence::Instance {
                instance,
                types,
                args,
            } => {
                for &ty in types {
                    self.well_formed(ty);
                }
                let Some(head) = self.instances.get(instance) else {
                    self.violation("evidence of an instance that is not there");
                    return None;
                };
                if head.types.len() != types.len() {
                    self.violation("an instance at a wrong number of types");
                    return None;
                }
                let replace: FxHashMap<TyVarId, TyId> = head
                    .types
                    .iter()
                    .copied()
                    .zip(types.iter().copied())
                    .collect();
                let (class, heads, constraints) =
                    (head.class, head.heads.clone(), head.constraints.clone());
                let wanted: Vec<ClassConstraint> = constraints
                    .iter()
                    .map(|constraint| self.constraint_at(constraint, &replace))
                    .collect();
                self.evidence_for(args, &wanted);
                Some(self.constraint_at(
                    &ClassConstraint {
                        class,
                        types: heads,
                    },
                    &replace,
                ))
            }
            Evidence::Structural { class, type_ } => {
                self.well_formed(*type_);
                if !self.is_structural(*class, *type_) {
                    let shown = self.show_constraint(&ClassConstraint {
                        class: *class,
                        types: vec![*type_],
                    });
                    self.violation(format!("{shown} does not hold by structure"));
                }
                Some(ClassConstraint {
                    class: *class,
                    types: vec![*type_],
                })
            }
            Evidence::Super { class, of } => {
                let of = self.evidence(of)?;
                let info = self.types.session.classes.get(of.class)?;
                let replace: FxHashMap<TyVarId, TyId> = info
                    .params
                    .iter()
                    .copied()
                    .zip(of.types.iter().copied())
                    .collect();
                let found = info
                    .supers
                    .iter()
                    .find(|constraint| constraint.class == *class)
                    .cloned();
                match found {
                    Some(constraint) => Some(self.constraint_at(&constraint, &replace)),
                    None => {
                        self.violation("evidence for a superclass that the class does not have");
                        None
                    }
                }
            }
        }
    }

    fn is_structural(&self, class: ClassId, ty: TyId) -> bool {
        let name = |ty: TyId| match self.types.get(ty) {
            Type::Con(con) => Some(self.types.session.tycons.name(*con)),
            Type::Apply(head, _) => match self.types.get(*head) {
                Type::Con(con) => Some(self.types.session.tycons.name(*con)),
                _ => None,
            },
            _ => None,
        };
        match self.types.session.classes.name(class) {
            known::EQ_CLASS | known::ORD_CLASS | known::TO_TEXT_CLASS => {
                !matches!(self.types.get(ty), Type::Fun(..)) && name(ty) != Some("Effect")
            }
            known::SEMIGROUP_CLASS => {
                matches!(name(ty), Some("Text" | "List")) || self.is_error(ty)
            }
            other => {
                Operator::of(other).is_some()
                    && (matches!(name(ty), Some("Int" | "Float")) || self.is_error(ty))
            }
        }
    }

    /// The type of a use.
    pub(super) fn instance_of(
        &mut self,
        scheme: &Scheme,
        types: &[TyId],
        evidence: &[Evidence],
    ) -> TyId {
        for &ty in types {
            self.well_formed(ty);
        }
        if scheme.types.len() != types.len() {
            self.violation(format!(
                "a use with {} types of a definition that binds {}",
                types.len(),
                scheme.types.len()
            ));
            return self.types.error();
        }
        let replace: FxHashMap<TyVarId, TyId> = scheme
            .types
            .iter()
            .copied()
            .zip(types.iter().copied())
            .collect();
        let wanted: Vec<ClassConstraint> = scheme
            .constraints
            .iter()
            .map(|constraint| self.constraint_at(constraint, &replace))
            .collect();
        self.evidence_for(evidence, &wanted);
        self.types.table.substitute(scheme.ty, &replace)
    }

    pub(super) fn member(
        &mut self,
        member: GlobalId,
        evidence: &Evidence,
        types: &[TyId],
        own: &[Evidence],
    ) -> TyId {
        let Some((class, info)) = self.members.get(&member).cloned() else {
            let name = self.types.session.globals.name(member);
            self.violation(format!("{name} is no member of a class"));
            return self.types.error();
        };
        let Some(found) = self.evidence(evidence) else {
            return self.types.error();
        };
        if found.class != class {
            self.violation("a member is taken of evidence for another class");
            return self.types.error();
        }
        let params = self
            .types
            .session
            .classes
            .get(class)
            .map(|info| info.params.clone())
            .unwrap_or_default();
        let replace: FxHashMap<TyVarId, TyId> = params
            .into_iter()
            .zip(found.types.iter().copied())
            .collect();
        let constraints = info
            .constraints
            .iter()
            .map(|constraint| self.constraint_at(constraint, &replace))
            .collect();
        let ty = self.types.table.substitute(info.ty, &replace);
        let scheme = Scheme {
            types: info.types,
            constraints,
            ty,
        };
        self.instance_of(&scheme, types, own)
    }

    pub(super) fn operate(&mut self, op: Operator, evidence: &Evidence, args: &mut [Expr]) -> TyId {
        let types: Vec<TyId> = args.iter_mut().map(|arg| self.expr(arg)).collect();
        let arity = if op == Operator::Negate { 1 } else { 2 };
        if types.len() != arity {
            self.violation("an operator with a wrong number of operands");
        }
        let class = match op {
            Operator::Eq | Operator::Ne => known::EQ_CLASS,
            Operator::Lt | Operator::Le | Operator::Gt | Operator::Ge => known::ORD_CLASS,
            Operator::Append => known::SEMIGROUP_CLASS,
            other => other.text(),
        };
        let Some(found) = self.evidence(evidence) else {
            return self.types.error();
        };
        if self.types.session.classes.name(found.class) != class {
            self.violation("the evidence of an operator is for another class");
        }
        let operand = found
            .types
            .first()
            .copied()
            .unwrap_or_else(|| self.types.error());
        for ty in types {
            self.expect("an operand", ty, operand);
        }
        match op {
            Operator::Eq
            | Operator::Ne
            | Operator::Lt
            | Operator::Le
            | Operator::Gt
            | Operator::Ge => self.types.con("Bool"),
            _ => operand,
        }
    }
}
