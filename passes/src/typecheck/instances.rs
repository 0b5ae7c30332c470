//! Instances, and the defaults of classes.

use std::rc::Rc;

use super::classes::Origin;
use super::errors::{self, *};
use super::zonk::Zonk;
use super::{Binding, Checker};
use ir_defs::kernel;
use ir_defs::tables::{ClassConstraint, GlobalId};
use ir_defs::typed::{self, Evidence, EvidenceParam, Expr};
use ir_defs::types::{TyVarId, Type};
use nanopass::{Meta, Span, TyId};
use rustc_hash::FxHashMap;

impl Checker<'_> {
    /// The default body of a member: a function of evidence for the class.
    pub(super) fn default_member(
        &mut self,
        class: ir_defs::tables::ClassId,
        member: GlobalId,
        meta: Meta,
        body: kernel::Expr,
    ) -> Option<typed::Group> {
        let info = self
            .session
            .classes
            .get(class)?
            .members
            .iter()
            .find(|info| info.global == member)?
            .clone();
        let global = info.default?;
        let Some(Binding::Poly { scheme, .. }) = self.globals.get(&global).cloned() else {
            return None;
        };
        // The variables of the class stay its own.
        let mut replace = FxHashMap::default();
        let mut types = Vec::new();
        for &var in scheme.types.iter() {
            let (fresh, ty) = self.copy_var(var);
            types.push(fresh);
            replace.insert(var, ty);
        }
        let ty = self.session.types.substitute(scheme.ty, &replace);
        let constraints: Vec<ClassConstraint> = scheme
            .constraints
            .iter()
            .map(|constraint| self.substitute_constraint(constraint, &replace))
            .collect();
        let evidence = self.evidence_params(&constraints);
        let errors = self.begin_definition();
        let value = self.body_at(body, ty, &evidence, meta.span);
        self.end_definition(global, errors);
        let define = typed::Define {
            meta: meta.with_ty(ty),
            global,
            types,
            evidence,
            type_: ty,
            value: Some(value),
        };
        Some(typed::Group {
            binds: vec![define],
        })
    }

    pub(super) fn copy_var(&mut self, var: TyVarId) -> (TyVarId, TyId) {
        match self.session.types.var(var).cloned() {
            Some(info) => self.quantify(info.name, info.kind),
            None => (var, self.known.error),
        }
    }

    pub(super) fn substitute_constraint(
        &mut self,
        constraint: &ClassConstraint,
        replace: &FxHashMap<TyVarId, TyId>,
    ) -> ClassConstraint {
        let types = constraint
            .types
            .iter()
            .map(|&ty| self.session.types.substitute(ty, replace))
            .collect();
        ClassConstraint {
            class: constraint.class,
            types,
        }
    }

    /// A body checked against a type, with evidence beside what is given already.
    pub(super) fn body_at(
        &mut self,
        body: kernel::Expr,
        ty: TyId,
        evidence: &[EvidenceParam],
        place: Span,
    ) -> Expr {
        let givens = self.givens.len();
        self.give_params(evidence);
        let mark = self.mark();
        let mut value = self.check(body, ty, &Cause::Signature { place });
        self.level -= 1;
        self.generalise(&[], mark);
        self.level += 1;
        self.givens.truncate(givens);
        Zonk::new(self, FxHashMap::default(), Vec::new()).whole(&mut value);
        value
    }

    /// Where a message says that the type of a method comes from: its class, unless the library has it.
    fn member_place(&self, member: GlobalId, method: Span) -> Span {
        match self.session.globals.get(member) {
            Some(info) if !info.library && !info.span.is_none() => info.span,
            _ => method,
        }
    }

    /// Whether `resolve-names` has said what is missing and what is too much, where it sees the names.
    fn members_reported(&self) -> bool {
        (self.session.core.diagnostics.iter()).any(|diagnostic| diagnostic.code == INSTANCE_MEMBERS)
    }

    pub(super) fn instance(&mut self, instance: kernel::InstanceDecl) -> Option<typed::Instance> {
        let kernel::InstanceDecl {
            meta,
            instance: global,
            class,
            members,
            ..
        } = instance;
        let head = self.heads.get(&global).cloned()?;
        let info = self.session.classes.get(class)?.clone();
        let evidence = self.evidence_params(&head.constraints);
        self.give_params(&evidence);
        self.instance_vars = Rc::from(&head.types[..]);
        let vars: Vec<TyId> = head
            .types
            .iter()
            .map(|&var| self.session.types.intern(Type::Var(var)))
            .collect();
        let itself = Evidence::Instance {
            instance: global,
            types: vars,
            args: evidence
                .iter()
                .map(|param| Evidence::Given { var: param.var })
                .collect(),
        };
        let from = self.wanted.len();
        let supers: Vec<Evidence> = self
            .superclasses(class, head.head)
            .into_iter()
            .map(|(wanted, ty)| self.want(wanted, ty, meta.span, Origin::Superclass(class)))
            .collect();
        self.solve_wanted(from);
        let mut given: FxHashMap<GlobalId, kernel::Method> = FxHashMap::default();
        for method in members {
            if !info
                .members
                .iter()
                .any(|member| member.global == method.member)
            {
                if self.members_reported() {
                    continue;
                }
                let (name, class) = (self.global_name(method.member), self.class_name(class));
                self.error(
                    INSTANCE_MEMBER,
                    format!("the class `{class}` has no member `{name}`"),
                    method.meta.span,
                    "",
                );
            } else {
                given.insert(method.member, method);
            }
        }
        let param = info.params.first().copied();
        let mut methods = Vec::new();
        let mut missing = Vec::new();
        for member in &info.members {
            let mut replace: FxHashMap<TyVarId, TyId> =
                param.into_iter().map(|param| (param, head.head)).collect();
            let mut types = Vec::new();
            for &var in &member.types {
                let (fresh, ty) = self.copy_var(var);
                types.push(fresh);
                replace.insert(var, ty);
            }
            let ty = self.session.types.substitute(member.ty, &replace);
            let constraints: Vec<ClassConstraint> = member
                .constraints
                .iter()
                .map(|constraint| self.substitute_constraint(constraint, &replace))
                .collect();
            let own = self.evidence_params(&constraints);
            let (method_meta, value) = match (given.remove(&member.global), member.default) {
                (Some(method), _) => {
                    let errors = self.begin_definition();
                    let place = self.member_place(member.global, method.meta.span);
                    let value = self.body_at(method.value, ty, &own, place);
                    self.end_definition(global, errors);
                    (method.meta, value)
                }
                (None, Some(default)) => {
                    let mut args = vec![head.head];
                    for &var in &types {
                        args.push(self.session.types.intern(Type::Var(var)));
                    }
                    let mut evidence = vec![itself.clone()];
                    evidence.extend(own.iter().map(|param| Evidence::Given { var: param.var }));
                    (
                        meta,
                        Expr::Global {
                            meta: meta.with_ty(ty),
                            global: default,
                            types: args,
                            evidence,
                        },
                    )
                }
                (None, None) => {
                    missing.push(format!("`{}`", self.global_name(member.global)));
                    continue;
                }
            };
            methods.push(typed::Method {
                meta: method_meta.with_ty(ty),
                member: member.global,
                types,
                evidence: own,
                value,
            });
        }
        if !missing.is_empty() && !self.members_reported() {
            let class = self.class_name(class);
            let members = errors::list(&missing);
            self.error(
                INSTANCE_MEMBER,
                format!("the instance of `{class}` lacks {members}"),
                meta.span,
                "",
            );
        }
        self.givens.clear();
        self.instance_vars = Rc::from([]);
        let mut zonk = Zonk::new(self, FxHashMap::default(), Vec::new());
        let supers = supers
            .into_iter()
            .map(|evidence| zonk.evidence_of(evidence))
            .collect();
        Some(typed::Instance {
            meta,
            instance: global,
            class,
            types: head.types.clone(),
            evidence,
            heads: vec![head.head],
            supers,
            methods,
        })
    }
}
