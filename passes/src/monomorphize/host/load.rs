//! Values that the host has given.

use ir_defs::host::Width;
use ir_defs::mono as m;
use ir_defs::terminals::{Binder, Lit};
use nanopass::TyId;

use super::build::{at, var};
use super::{Call, Role};
use crate::host_types::{self as types, Case, Form};
use crate::monomorphize::Monomorphize;

impl Monomorphize<'_, '_> {
    /// The value of a type that is one number for the host.
    pub(super) fn lift(
        &mut self,
        ty: TyId,
        answer: Binder,
        width: Width,
        call: &mut Call,
    ) -> m::Expr {
        match self.host_form(ty) {
            Ok(Form::Int | Form::Float) => var(answer),
            Ok(Form::Char) => self.prim_value("char.from-code", ty, vec![var(answer)]),
            Ok(Form::Variant(cases)) if cases.iter().all(|case| case.fields.is_empty()) => {
                let bodies = cases
                    .iter()
                    .map(|case| m::Expr::Construct {
                        meta: at(ty),
                        con: case.con,
                        types: self.type_arguments(ty),
                        args: Vec::new(),
                    })
                    .collect();
                self.by_number(answer, bodies, ty)
            }
            // It holds one value, at its beginning, and nothing else but what has no width.
            _ => {
                let layout = types::layout(ty, self.session);
                let place = self.reserve(layout.size, layout.align, call);
                let unit = self.session.unit();
                let store = match (width, layout.size) {
                    (Width::F64, _) => "arena.store-float",
                    (_, 1) => "arena.store8",
                    (_, 2) => "arena.store16",
                    (_, 4) => "arena.store32",
                    _ => "arena.store64",
                };
                let effect = self.prim_effect(store, unit, vec![var(place), var(answer)]);
                self.run("_", effect, unit, &mut call.steps);
                self.load(ty, var(place), &mut call.steps)
            }
        }
    }

    fn type_arguments(&self, ty: TyId) -> Vec<TyId> {
        self.session
            .as_data(ty)
            .map(|(_, types)| types)
            .unwrap_or_default()
    }

    /// Reads a value from an address.
    pub(super) fn load(&mut self, ty: TyId, from: m::Expr, steps: &mut Vec<m::Step>) -> m::Expr {
        let int = self.session.int();
        let (effect, given) = match self.host_form(ty) {
            Ok(Form::Unit) | Err(_) => return self.unit(),
            Ok(Form::Int) => (self.prim_effect("arena.load64", ty, vec![from]), ty),
            Ok(Form::Float) => (self.prim_effect("arena.load-float", ty, vec![from]), ty),
            Ok(Form::Char) => (self.prim_effect("arena.load32", int, vec![from]), int),
            Ok(_) => (self.call_host_function(Role::Load, ty, vec![from]), ty),
        };
        let value = self.run("part", effect, given, steps);
        match given == ty {
            true => var(value),
            false => self.prim_value("char.from-code", ty, vec![var(value)]),
        }
    }

    /// [`Role::Load`]
    pub(super) fn load_function(&mut self, ty: TyId) -> m::Expr {
        let int = self.session.int();
        let from = self.fresh("at", int);
        let mut steps = Vec::new();
        let value = match self.host_form(ty) {
            Ok(Form::Text | Form::Bytes) => {
                let (place, size) = self.load_pair(from, &mut steps);
                let bytes_type = self.session.ty_con("Bytes");
                let effect =
                    self.prim_effect("arena.load-bytes", bytes_type, vec![var(place), var(size)]);
                let bytes = self.run("bytes", effect, bytes_type, &mut steps);
                match ty == bytes_type {
                    true => var(bytes),
                    // What the host gives is not trusted to be UTF-8.
                    false => self.prim_value("text.lossy", ty, vec![var(bytes)]),
                }
            }
            Ok(Form::List(item)) => {
                let (place, count) = self.load_pair(from, &mut steps);
                let none = m::Expr::Construct {
                    meta: at(ty),
                    con: self.session.constructors.id("List.Nil"),
                    types: vec![item],
                    args: Vec::new(),
                };
                let args = vec![var(place), var(count), none];
                let tail = self.call_host_function(Role::LoadItems, item, args);
                let body = self.in_sequence(steps, tail);
                return self.function(vec![from], body);
            }
            Ok(Form::Tuple(items)) => {
                let items = self.load_parts(&items, from, 0, &mut steps);
                m::Expr::Tuple {
                    meta: at(ty),
                    items,
                }
            }
            Ok(Form::Record(fields)) => {
                let items: Vec<TyId> = fields.iter().map(|&(_, field)| field).collect();
                let values = self.load_parts(&items, from, 0, &mut steps);
                let fields = fields
                    .into_iter()
                    .zip(values)
                    .map(|((label, field), value)| m::Field {
                        meta: at(field),
                        label,
                        value,
                    })
                    .collect();
                m::Expr::Record {
                    meta: at(ty),
                    fields,
                }
            }
            Ok(Form::Variant(cases)) => {
                let tail = self.load_variant(ty, &cases, from, &mut steps);
                let body = self.in_sequence(steps, tail);
                return self.function(vec![from], body);
            }
            Ok(Form::Int | Form::Float | Form::Char | Form::Unit) | Err(_) => {
                self.load(ty, var(from), &mut steps)
            }
        };
        let tail = self.pure(value, ty);
        let body = self.in_sequence(steps, tail);
        self.function(vec![from], body)
    }

    /// An address and how many things lie there.
    fn load_pair(&mut self, from: Binder, steps: &mut Vec<m::Step>) -> (Binder, Binder) {
        let int = self.session.int();
        let mut word = |offset| {
            let from = self.offset(from, offset);
            let effect = self.prim_effect("arena.load32", int, vec![from]);
            self.run("word", effect, int, steps)
        };
        (word(0), word(4))
    }

    fn load_parts(
        &mut self,
        items: &[TyId],
        from: Binder,
        start: u32,
        steps: &mut Vec<m::Step>,
    ) -> Vec<m::Expr> {
        let (places, _) = types::sequence(items, self.session);
        let mut values = Vec::with_capacity(items.len());
        for (&item, place) in items.iter().zip(places) {
            let from = self.offset(from, start + place);
            values.push(self.load(item, from, steps));
        }
        values
    }

    fn load_variant(
        &mut self,
        ty: TyId,
        cases: &[Case],
        from: Binder,
        steps: &mut Vec<m::Step>,
    ) -> m::Expr {
        let int = self.session.int();
        let load_tag = match types::tag_size(cases.len()) {
            1 => "arena.load8",
            _ => "arena.load16",
        };
        let tag = self.prim_effect(load_tag, int, vec![var(from)]);
        let tag = self.run("case", tag, int, steps);
        let (start, _) = types::payload(cases, self.session);
        let effect = self.effect(None, ty);
        let mut bodies = Vec::with_capacity(cases.len());
        for case in cases {
            let mut steps = Vec::new();
            let args = self.load_parts(&case.fields, from, start, &mut steps);
            let value = m::Expr::Construct {
                meta: at(ty),
                con: case.con,
                types: self.type_arguments(ty),
                args,
            };
            let tail = self.pure(value, ty);
            bodies.push(self.in_sequence(steps, tail));
        }
        self.by_number(tag, bodies, effect)
    }

    /// [`Role::LoadItems`], from the last item to the first.
    pub(super) fn load_items(&mut self, item: TyId) -> m::Expr {
        let (int, list) = (self.session.int(), self.session.list(item));
        let ty = self.effect(None, list);
        let (from, left) = (self.fresh("at", int), self.fresh("left", int));
        let items = self.fresh("items", list);
        let layout = types::layout(item, self.session);
        let mut steps = Vec::new();
        let one = self.int(1);
        let before = self.prim_value("int.sub", int, vec![var(left), one]);
        let before = self.named(before, int, &mut steps);
        let size = self.int(layout.size.into());
        let distance = self.prim_value("int.mul", int, vec![var(before), size]);
        let place = self.prim_value("int.add", int, vec![var(from), distance]);
        let place = self.named(place, int, &mut steps);
        let value = self.load(item, var(place), &mut steps);
        let more = m::Expr::Construct {
            meta: at(list),
            con: self.session.constructors.id("List.Cons"),
            types: vec![item],
            args: vec![value, var(items)],
        };
        let args = vec![var(from), var(before), more];
        let again = self.call_host_function(Role::LoadItems, item, args);
        let again = self.in_sequence(steps, again);
        let done = self.pure(var(items), list);
        let body = m::Expr::Switch {
            meta: at(ty),
            subject: Box::new(var(left)),
            branches: vec![m::Branch::OnLit {
                meta: at(ty),
                lit: Lit::Int(0),
                body: done,
            }],
            otherwise: Some(Box::new(again)),
        };
        self.function(vec![from, left, items], body)
    }
}
