//! The types of expressions.

use nanopass::TyId;
use rustc_hash::FxHashSet;

use super::super::language::{Bind, Expr, Step};
use super::{Check, Scheme, constraints};
use crate::types::Type;

impl Check<'_> {
    /// Computes the type of an expression.
    pub(in super::super) fn expr(&mut self, expr: &mut Expr) -> TyId {
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
            other => super::super::own_form(self, other),
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
}
