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

mod evidence;
mod expressions;
mod patterns;

use nanopass::{Meta, Span, TyId, VarId, Violation};
use rustc_hash::{FxHashMap, FxHashSet};

use super::language::{Define, EvidenceParam, Instance, Program};
use crate::Session;
use crate::check::types::Types;
use crate::tables::{ClassConstraint, ClassId, GlobalId, MemberInfo};
use crate::terminals::{Binder, EvVar};
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
