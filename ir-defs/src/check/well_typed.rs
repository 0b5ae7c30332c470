//! The checks of `typed` and of `unpatched`, which is `typed` without patches: the program is well typed, which is found
//! out by computing the type of each node from the types of its parts.
//!
//! This file is a module of each of the two languages: its parent says which one `language` is, and what the forms
//! are worth that only that one has.
//!
//! - variables and evidence are bound once, and used where they are visible; type variables are in scope;
//! - a use gives as many types and as much evidence as its definition binds, and the evidence is for the classes and
//!   types that are asked for;
//! - functions are applied to arguments of their parameters' types; the arms of a case fit its subject and one another;
//! - the steps of a `do` have its row; a record is narrowed to fields that it has, a row widened to a larger one;
//! - an instance has each member of its class, at the type that its head says;
//! - no hole is left, and each node that says what its type is says the truth.

use nanopass::{Meta, Span, TyId, VarId, Violation};
use rustc_hash::{FxHashMap, FxHashSet};

use super::language::{
    Bind, Define, Evidence, EvidenceParam, Expr, Instance, Pattern, Program, Step,
};
use crate::Session;
use crate::check::types::Types;
use crate::known;
use crate::tables::{ClassConstraint, ClassId, GlobalId, MemberInfo};
use crate::terminals::{Binder, EvVar, Operator};
use crate::types::{TyVarId, Type};

/// What the grammar cannot say.
pub fn check(program: &Program, session: &Session) -> Vec<Violation> {
    // Nodes without a type get one while the program is walked, so the walk needs a program of its own.
    let mut program = program.clone();
    let mut check = Check::new(session);
    check.program(&mut program);
    check.violations
}

/// Gives each node of a program that was read from text its type.
pub fn retype(program: &mut Program, session: &mut Session) {
    let mut check = Check::new(session);
    check.program(program);
    session.types = check.types.table;
}

/// What a definition binds, and its type.
#[derive(Clone)]
struct Scheme {
    types: Vec<TyVarId>,
    constraints: Vec<ClassConstraint>,
    ty: TyId,
}

/// What is known of an instance.
struct Head {
    class: ClassId,
    types: Vec<TyVarId>,
    constraints: Vec<ClassConstraint>,
    heads: Vec<TyId>,
}

pub(super) struct Check<'s> {
    pub(super) types: Types<'s>,
    globals: FxHashMap<GlobalId, Scheme>,
    members: FxHashMap<GlobalId, (ClassId, MemberInfo)>,
    instances: FxHashMap<GlobalId, Head>,
    locals: FxHashMap<VarId, Scheme>,
    /// Variables that were bound anywhere, for uniqueness.
    bound: FxHashSet<VarId>,
    evidence: FxHashMap<EvVar, ClassConstraint>,
    type_vars: FxHashSet<TyVarId>,
    span: Span,
    violations: Vec<Violation>,
}

impl<'s> Check<'s> {
    fn new(session: &'s Session) -> Check<'s> {
        Check {
            types: Types::new(session),
            globals: FxHashMap::default(),
            members: FxHashMap::default(),
            instances: FxHashMap::default(),
            locals: FxHashMap::default(),
            bound: FxHashSet::default(),
            evidence: FxHashMap::default(),
            type_vars: FxHashSet::default(),
            span: Span::NONE,
            violations: Vec::new(),
        }
    }

    pub(super) fn violation(&mut self, message: impl Into<String>) {
        self.violations.push(Violation::new(message, "", self.span));
    }

    fn program(&mut self, program: &mut Program) {
        for class in &program.classes {
            for member in self
                .types
                .session
                .classes
                .get(class.0)
                .map(|info| info.members.clone())
                .unwrap_or_default()
            {
                self.members.insert(member.global, (class.0, member));
            }
        }
        for instance in &program.instances {
            let head = Head {
                class: instance.class,
                types: instance.types.clone(),
                constraints: constraints(&instance.evidence),
                heads: instance.heads.clone(),
            };
            self.instances.insert(instance.instance, head);
        }
        for define in program.groups.iter().flat_map(|group| &group.binds) {
            let scheme = Scheme {
                types: define.types.clone(),
                constraints: constraints(&define.evidence),
                ty: define.type_,
            };
            if self.globals.insert(define.global, scheme).is_some() {
                self.at(define.meta);
                let name = self.types.session.globals.name(define.global);
                self.violation(format!("the global {name} is defined twice"));
            }
        }
        for instance in &mut program.instances {
            self.instance(instance);
        }
        for define in program.groups.iter_mut().flat_map(|group| &mut group.binds) {
            self.define(define);
        }
        if let Some(main) = program.main
            && !self.globals.contains_key(&main)
        {
            self.violation("the main definition is not there");
        }
    }

    pub(super) fn at(&mut self, meta: Meta) {
        if !meta.span.is_none() {
            self.span = meta.span;
        }
    }

    /// Runs a part in which type variables and evidence are in scope.
    fn within(
        &mut self,
        types: &[TyVarId],
        evidence: &[EvidenceParam],
        part: impl FnOnce(&mut Self),
    ) {
        let added: Vec<TyVarId> = types
            .iter()
            .copied()
            .filter(|&var| self.type_vars.insert(var))
            .collect();
        for param in evidence {
            for &ty in &param.types {
                self.well_formed(ty);
            }
            let constraint = ClassConstraint {
                class: param.class,
                types: param.types.clone(),
            };
            if !self.bound.insert(param.var.0) {
                let name = self.types.session.core.var_name(param.var.0);
                self.violation(format!("the evidence {name} is bound twice"));
            }
            self.evidence.insert(param.var, constraint);
        }
        part(self);
        for param in evidence {
            self.evidence.remove(&param.var);
        }
        for var in added {
            self.type_vars.remove(&var);
        }
    }

    fn define(&mut self, define: &mut Define) {
        self.at(define.meta);
        let Define {
            meta,
            types,
            evidence,
            type_,
            value,
            ..
        } = define;
        let expected = *type_;
        meta.ty = expected;
        self.within(types, evidence, |check| {
            check.well_formed(expected);
            if let Some(value) = value {
                let found = check.expr(value);
                check.expect("a definition", found, expected);
            }
        });
    }

    fn instance(&mut self, instance: &mut Instance) {
        self.at(instance.meta);
        let class = instance.class;
        let Some(info) = self.types.session.classes.get(class).cloned() else {
            return;
        };
        let Instance {
            types,
            evidence,
            heads,
            supers,
            methods,
            ..
        } = instance;
        let params: FxHashMap<TyVarId, TyId> = info
            .params
            .iter()
            .copied()
            .zip(heads.iter().copied())
            .collect();
        if info.params.len() != heads.len() {
            self.violation("an instance at a wrong number of types");
        }
        self.within(types, evidence, |check| {
            for &head in heads.iter() {
                check.well_formed(head);
            }
            let wanted: Vec<ClassConstraint> = info
                .supers
                .iter()
                .map(|constraint| check.constraint_at(constraint, &params))
                .collect();
            check.evidence_for(supers, &wanted);
            let mut missing: FxHashSet<GlobalId> =
                info.members.iter().map(|member| member.global).collect();
            for method in methods {
                check.at(method.meta);
                if !missing.remove(&method.member) {
                    check.violation(
                        "a method of no member of the class, or a second one of the same",
                    );
                    continue;
                }
                let Some(member) = info
                    .members
                    .iter()
                    .find(|member| member.global == method.member)
                else {
                    continue;
                };
                let mut replace = params.clone();
                for (&from, &to) in member.types.iter().zip(&method.types) {
                    replace.insert(from, check.types.table.intern(Type::Var(to)));
                }
                if member.types.len() != method.types.len() {
                    check.violation("a method that binds other type variables than its member");
                }
                let expected = check.types.table.substitute(member.ty, &replace);
                let wanted: Vec<ClassConstraint> = member
                    .constraints
                    .iter()
                    .map(|constraint| check.constraint_at(constraint, &replace))
                    .collect();
                if wanted != constraints(&method.evidence) {
                    check.violation("a method that binds other evidence than its member");
                }
                let value = &mut method.value;
                check.within(&method.types, &method.evidence, |check| {
                    let found = check.expr(value);
                    check.expect("a method", found, expected);
                });
            }
            if !missing.is_empty() {
                check.violation("an instance without a member of its class");
            }
        });
    }

    /// No hole is left, and the variables are in scope.
    pub(super) fn well_formed(&mut self, ty: TyId) {
        if ty.is_none() {
            return self.violation("a type is missing");
        }
        if self.types.table.has_hole(ty) {
            self.violation("a hole is left");
        }
        let mut strange = None;
        self.types.each_var(ty, &mut |var| {
            if !self.type_vars.contains(&var) {
                strange = Some(var);
            }
        });
        if let Some(var) = strange {
            let name = self.types.table.var(var).map(|info| info.name);
            let name = name.map_or("?", |name| self.types.session.core.text(name));
            self.violation(format!("the type variable {name} is not in scope"));
        }
    }

    pub(super) fn expect(&mut self, what: &str, found: TyId, expected: TyId) {
        if !self.types.same(found, expected) {
            let (found, expected) = (self.types.show(found), self.types.show(expected));
            self.violation(format!(
                "{what} has the type {found}, and {expected} is needed"
            ));
        }
    }

    pub(super) fn constraint_at(
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
    pub(super) fn evidence_for(&mut self, evidence: &[Evidence], wanted: &[ClassConstraint]) {
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
    pub(super) fn evidence(&mut self, evidence: &Evidence) -> Option<ClassConstraint> {
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

    pub(super) fn is_error(&self, ty: TyId) -> bool {
        matches!(self.types.get(ty), Type::Error)
    }

    fn bind_var(&mut self, binder: &Binder, scheme: Scheme) {
        if !self.bound.insert(binder.var) {
            let name = self.types.session.core.var_name(binder.var);
            self.violation(format!("the variable {name} is bound twice"));
        }
        self.locals.insert(binder.var, scheme);
    }

    /// Binds a variable at one type.
    fn bind_plain(&mut self, binder: &Binder) {
        self.well_formed(binder.ty);
        let scheme = Scheme {
            types: Vec::new(),
            constraints: Vec::new(),
            ty: binder.ty,
        };
        self.bind_var(binder, scheme);
    }

    /// The type of a use.
    fn instance_of(&mut self, scheme: &Scheme, types: &[TyId], evidence: &[Evidence]) -> TyId {
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

    /// Computes the type of an expression.
    pub(super) fn expr(&mut self, expr: &mut Expr) -> TyId {
        self.at(expr.meta());
        let ty = self.form(expr);
        self.at(expr.meta());
        let meta = expr.meta_mut();
        if meta.ty.is_none() {
            meta.ty = ty;
        } else {
            let said = meta.ty;
            if !self.types.same(said, ty) {
                let (said, ty) = (self.types.show(said), self.types.show(ty));
                self.violation(format!(
                    "a node says that its type is {said}, and it is {ty}"
                ));
            }
        }
        ty
    }

    fn form(&mut self, expr: &mut Expr) -> TyId {
        match expr {
            Expr::Lit { lit, .. } => self.types.lit(lit),
            Expr::Var {
                var,
                types,
                evidence,
                ..
            } => match self.locals.get(var).cloned() {
                Some(scheme) => self.instance_of(&scheme, types, evidence),
                None => {
                    let name = self.types.session.core.var_name(*var);
                    self.violation(format!("the variable {name} is not bound"));
                    self.types.error()
                }
            },
            Expr::Global {
                global,
                types,
                evidence,
                ..
            } => match self.globals.get(global).cloned() {
                Some(scheme) => self.instance_of(&scheme, types, evidence),
                None => {
                    let name = self.types.session.globals.name(*global);
                    self.violation(format!("the global {name} is not defined"));
                    self.types.error()
                }
            },
            Expr::Member {
                member,
                evidence,
                types,
                own,
                ..
            } => self.member(*member, evidence, types, own),
            Expr::Con { con, types, .. } => {
                for &ty in types.iter() {
                    self.well_formed(ty);
                }
                match self.types.constructor(*con, types) {
                    Some((data, fields)) => self.types.fun(&fields, data),
                    None => {
                        let name = self.types.session.constructors.name(*con);
                        self.violation(format!(
                            "the constructor {name} is not defined, or has other type parameters"
                        ));
                        self.types.error()
                    }
                }
            }
            Expr::Lambda { params, body, .. } => {
                for param in params.iter() {
                    self.bind_plain(param);
                }
                let result = self.expr(body);
                let params: Vec<TyId> = params.iter().map(|param| param.ty).collect();
                self.types.fun(&params, result)
            }
            Expr::Apply { fun, args, .. } => {
                let mut ty = self.expr(fun);
                for arg in args {
                    let found = self.expr(arg);
                    match *self.types.get(ty) {
                        Type::Fun(param, result) => {
                            self.expect("an argument", found, param);
                            ty = result;
                        }
                        Type::Error => {}
                        _ => {
                            let shown = self.types.show(ty);
                            self.violation(format!("{shown} is applied to an argument"));
                            ty = self.types.error();
                        }
                    }
                }
                ty
            }
            Expr::Let { binds, body, .. } => {
                for bind in binds {
                    self.bind(bind);
                }
                self.expr(body)
            }
            Expr::Case { subject, arms, .. } => {
                let subject = self.expr(subject);
                let mut result = None;
                for arm in arms {
                    self.at(arm.meta);
                    self.pattern(&mut arm.pattern, subject);
                    if let Some(guard) = &mut arm.guard {
                        let found = self.expr(guard);
                        let bool = self.types.con("Bool");
                        self.expect("a guard", found, bool);
                    }
                    let body = self.expr(&mut arm.body);
                    arm.meta.ty = body;
                    match result {
                        Some(result) => self.expect("an arm", body, result),
                        None => result = Some(body),
                    }
                }
                match result {
                    Some(result) => result,
                    None => expr.meta().ty,
                }
            }
            Expr::Tuple { items, .. } => {
                let items = items.iter_mut().map(|item| self.expr(item)).collect();
                self.types.tuple(items)
            }
            Expr::List { item, items, .. } => {
                let item = *item;
                self.well_formed(item);
                for expr in items {
                    let found = self.expr(expr);
                    self.expect("an element", found, item);
                }
                self.types.list(item)
            }
            Expr::Record { fields, .. } => {
                let mut types = Vec::with_capacity(fields.len());
                let mut labels = FxHashSet::default();
                for field in fields {
                    let ty = self.expr(&mut field.value);
                    field.meta.ty = ty;
                    if !labels.insert(field.label) {
                        self.violation("a field stands twice in a record");
                    }
                    types.push((field.label, ty));
                }
                self.types.record(types, None)
            }
            Expr::Extend { base, fields, .. } => {
                let base = self.expr(base);
                let (mut known, tail) = match self.types.as_record(base) {
                    Some((fields, tail)) => (fields.to_vec(), tail),
                    None => {
                        if !self.is_error(base) {
                            self.violation("what is extended is no record");
                        }
                        return self.types.error();
                    }
                };
                for field in fields {
                    let ty = self.expr(&mut field.value);
                    field.meta.ty = ty;
                    match known.iter_mut().find(|(label, _)| *label == field.label) {
                        Some(slot) => slot.1 = ty,
                        None if tail.is_none() => known.push((field.label, ty)),
                        None => self.violation("a field is added to a record with an unknown rest"),
                    }
                }
                self.types.record(known, tail)
            }
            Expr::Select { record, label, .. } => {
                let record = self.expr(record);
                match self.types.field(record, *label) {
                    Some(ty) => ty,
                    None => {
                        if !self.is_error(record) {
                            let label = self.types.session.core.text(*label);
                            let shown = self.types.show(record);
                            self.violation(format!("{shown} has no field {label}"));
                        }
                        self.types.error()
                    }
                }
            }
            Expr::Narrow { record, type_, .. } => {
                let ty = *type_;
                self.well_formed(ty);
                let found = self.expr(record);
                let narrow = self
                    .types
                    .as_record(ty)
                    .map(|(fields, tail)| (fields.to_vec(), tail));
                let rest = self.types.as_record(found).and_then(|(_, tail)| tail);
                match narrow {
                    Some((fields, tail)) if tail.is_none() || tail == rest => {
                        for (label, expected) in fields {
                            match self.types.field(found, label) {
                                Some(field) => self.expect("a field", field, expected),
                                None if self.is_error(found) => {}
                                None => self.violation(
                                    "a record is narrowed to a field that it does not have",
                                ),
                            }
                        }
                    }
                    _ => self.violation("a record is narrowed to what is no part of it"),
                }
                ty
            }
            Expr::Operate {
                op, evidence, args, ..
            } => self.operate(*op, evidence, args),
            Expr::Do { steps, tail, .. } => {
                let mut row = None;
                for step in steps {
                    self.step(step, &mut row);
                }
                let ty = self.expr(tail);
                match (self.types.as_effect(ty), row) {
                    (Some((found, _)), Some(row)) => {
                        self.expect("the row of the last effect", found, row)
                    }
                    (None, _) if !self.is_error(ty) => {
                        self.violation("a `do` ends in what is no effect")
                    }
                    _ => {}
                }
                ty
            }
            Expr::Widen { effect, type_, .. } => {
                let ty = *type_;
                self.well_formed(ty);
                let found = self.expr(effect);
                let rows = match self.types.as_effect(found).zip(self.types.as_effect(ty)) {
                    None => self
                        .types
                        .as_resource(found)
                        .zip(self.types.as_resource(ty)),
                    both => both,
                };
                match rows {
                    Some(((small, a), (large, b))) => {
                        self.expect("a widened effect", a, b);
                        if !self.is_within(small, large) {
                            let (small, large) = (self.types.show(small), self.types.show(large));
                            self.violation(format!(
                                "{small} is widened to {large}, which is not larger"
                            ));
                        }
                    }
                    _ if self.is_error(found) || self.is_error(ty) => {}
                    _ => self.violation("what is widened is no effect"),
                }
                ty
            }
            #[allow(
                unreachable_patterns,
                reason = "one of the two languages has no other form"
            )]
            other => super::own_form(self, other),
        }
    }

    fn step(&mut self, step: &mut Step, row: &mut Option<TyId>) {
        self.at(step.meta());
        match step {
            Step::Run { binder, effect, .. } => {
                let ty = self.expr(effect);
                match self.types.as_effect(ty) {
                    Some((found, result)) => {
                        self.expect("what is run", result, binder.ty);
                        match *row {
                            Some(row) => self.expect("the row of a step", found, row),
                            None => *row = Some(found),
                        }
                    }
                    None if self.is_error(ty) => {}
                    None => self.violation("a step is no effect"),
                }
                self.bind_plain(binder);
            }
            Step::Let { bind, .. } => self.bind(bind),
        }
    }

    fn member(
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

    fn operate(&mut self, op: Operator, evidence: &Evidence, args: &mut [Expr]) -> TyId {
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

    /// Whether a row allows nothing that the other does not.
    fn is_within(&self, small: TyId, large: TyId) -> bool {
        if self.types.same(small, large) {
            return true;
        }
        let parts = |ty: TyId| match self.types.get(ty) {
            Type::Row {
                capabilities,
                fail,
                tail,
            } => Some((capabilities.clone(), *fail, *tail)),
            Type::Var(_) => Some((Vec::new(), None, Some(ty))),
            _ => None,
        };
        let (Some((caps, fail, tail)), Some((more, wide_fail, wide_tail))) =
            (parts(small), parts(large))
        else {
            return false;
        };
        caps.iter().all(|con| more.contains(con))
            && (fail.is_none() || fail == wide_fail)
            && (tail.is_none() || tail == wide_tail)
    }

    fn bind(&mut self, bind: &mut Bind) {
        self.at(bind.meta);
        let Bind {
            meta,
            binder,
            recursive,
            types,
            evidence,
            value,
        } = bind;
        meta.ty = binder.ty;
        let scheme = Scheme {
            types: types.clone(),
            constraints: constraints(evidence),
            ty: binder.ty,
        };
        if recursive.0 {
            self.bind_var(binder, scheme.clone());
        }
        let expected = binder.ty;
        self.within(types, evidence, |check| {
            check.well_formed(expected);
            let found = check.expr(value);
            check.expect("a binding", found, expected);
        });
        if !recursive.0 {
            self.bind_var(binder, scheme);
        }
    }

    fn pattern(&mut self, pattern: &mut Pattern, subject: TyId) {
        self.at(pattern.meta());
        let said = pattern.meta().ty;
        if said.is_none() {
            pattern.meta_mut().ty = subject;
        }
        match pattern {
            Pattern::Wild { type_, .. } => {
                let ty = *type_;
                self.expect("a pattern", ty, subject);
            }
            Pattern::Bind { binder, .. } => {
                self.expect("a pattern", binder.ty, subject);
                self.bind_plain(binder);
            }
            Pattern::As {
                binder, pattern, ..
            } => {
                self.expect("a pattern", binder.ty, subject);
                self.bind_plain(binder);
                self.pattern(pattern, subject);
            }
            Pattern::Lit { lit, .. } => {
                let ty = self.types.lit(lit);
                self.expect("a pattern", ty, subject);
            }
            Pattern::Con {
                con, types, args, ..
            } => match self.types.constructor(*con, types) {
                Some((data, fields)) => {
                    self.expect("a pattern", data, subject);
                    if fields.len() != args.len() {
                        self.violation("a constructor pattern with a wrong number of arguments");
                    }
                    for (arg, field) in args.iter_mut().zip(fields) {
                        self.pattern(arg, field);
                    }
                }
                None => {
                    let name = self.types.session.constructors.name(*con);
                    self.violation(format!(
                        "the constructor {name} is not defined, or has other type parameters"
                    ));
                }
            },
            Pattern::Tuple { items, .. } => match self.types.get(subject).clone() {
                Type::Tuple(types) if types.len() == items.len() => {
                    for (item, ty) in items.iter_mut().zip(types) {
                        self.pattern(item, ty);
                    }
                }
                Type::Error => {}
                _ => self.violation("a tuple pattern for what is no such tuple"),
            },
            Pattern::List {
                item, items, rest, ..
            } => {
                let item = *item;
                let list = self.types.list(item);
                self.expect("a pattern", list, subject);
                for pattern in items {
                    self.pattern(pattern, item);
                }
                if let Some(rest) = rest {
                    self.pattern(rest, list);
                }
            }
            Pattern::Record { type_, fields, .. } => {
                let ty = *type_;
                self.expect("a pattern", ty, subject);
                for field in fields {
                    match self.types.field(ty, field.label) {
                        Some(found) => {
                            field.meta.ty = found;
                            self.pattern(&mut field.pattern, found);
                        }
                        None if self.is_error(ty) => {}
                        None => self.violation(
                            "a record pattern names a field that the record does not have",
                        ),
                    }
                }
            }
        }
    }
}

fn constraints(params: &[EvidenceParam]) -> Vec<ClassConstraint> {
    params
        .iter()
        .map(|param| ClassConstraint {
            class: param.class,
            types: param.types.clone(),
        })
        .collect()
}
