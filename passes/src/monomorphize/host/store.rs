//! Values on their way to the host.

use ir_defs::host::Width;
use ir_defs::mono as m;
use ir_defs::terminals::{Binder, IntLit, Lit};
use nanopass::TyId;

use super::build::{at, var};
use super::{Call, Role};
use crate::host_types::{self as types, Case, Form};
use crate::monomorphize::Monomorphize;

impl Monomorphize<'_, '_> {
    /// The values that an argument is for the import.
    pub(super) fn lower_param(&mut self, param: Binder, call: &mut Call) {
        let int = self.session.int();
        let Ok(form) = self.host_form(param.ty) else {
            return;
        };
        match form {
            Form::Int => call.args.push(var(param)),
            Form::Float => call.args.push(var(param)),
            Form::Char => {
                let code = self.prim_value("char.code", int, vec![var(param)]);
                call.args.push(code);
            }
            Form::Variant(cases) if cases.iter().all(|case| case.fields.is_empty()) => {
                let number = self.case_number(param, &cases);
                call.args.push(number);
            }
            Form::Text | Form::Bytes => {
                let (place, size) = self.place_bytes(param, &mut call.steps);
                call.takes_room = true;
                call.args.extend([var(place), var(size)]);
            }
            Form::Unit => {}
            Form::List(_) | Form::Tuple(_) | Form::Record(_) | Form::Variant(_) => {
                let layout = types::layout(param.ty, self.session);
                let place = self.reserve(layout.size, layout.align, call);
                self.store(var(param), param.ty, var(place), &mut call.steps);
                let flat = self.flat_values(param.ty, place, 0, &mut call.steps);
                call.args.extend(flat.into_iter().map(var));
            }
        }
        let widths = types::flat(param.ty, self.session);
        call.widths.extend(widths);
    }

    /// The number of a constructor without fields.
    fn case_number(&mut self, value: Binder, cases: &[Case]) -> m::Expr {
        let int = self.session.int();
        let mut branches = Vec::with_capacity(cases.len());
        for (number, case) in cases.iter().enumerate() {
            let body = self.int(number as i64);
            branches.push(m::Branch::OnCon {
                meta: at(int),
                con: case.con,
                fields: Vec::new(),
                body,
            });
        }
        m::Expr::Switch {
            meta: at(int),
            subject: Box::new(var(value)),
            branches,
            otherwise: None,
        }
    }

    /// Copies a text or bytes into the arena; gives their address and size.
    fn place_bytes(&mut self, value: Binder, steps: &mut Vec<m::Step>) -> (Binder, Binder) {
        let (int, unit) = (self.session.int(), self.session.unit());
        let bytes_type = self.session.ty_con("Bytes");
        let bytes = if value.ty == bytes_type {
            value
        } else {
            let bytes = self.prim_value("text.to-bytes", bytes_type, vec![var(value)]);
            self.named(bytes, bytes_type, steps)
        };
        let size = self.prim_value("bytes.size", int, vec![var(bytes)]);
        let size = self.named(size, int, steps);
        let one = self.int(1);
        let reserve = self.prim_effect("arena.reserve", int, vec![var(size), one]);
        let place = self.run("at", reserve, int, steps);
        let copy = self.prim_effect("arena.store-bytes", unit, vec![var(place), var(bytes)]);
        self.run("_", copy, unit, steps);
        (place, size)
    }

    /// Writes a value to an address.
    pub(super) fn store(
        &mut self,
        value: m::Expr,
        ty: TyId,
        to: m::Expr,
        steps: &mut Vec<m::Step>,
    ) {
        let (int, unit) = (self.session.int(), self.session.unit());
        let effect = match self.host_form(ty) {
            Ok(Form::Unit) | Err(_) => return,
            Ok(Form::Int) => self.prim_effect("arena.store64", unit, vec![to, value]),
            Ok(Form::Float) => self.prim_effect("arena.store-float", unit, vec![to, value]),
            Ok(Form::Char) => {
                let code = self.prim_value("char.code", int, vec![value]);
                self.prim_effect("arena.store32", unit, vec![to, code])
            }
            Ok(_) => self.call_host_function(Role::Store, ty, vec![value, to]),
        };
        self.run("_", effect, unit, steps);
    }

    /// [`Role::Store`]
    pub(super) fn store_function(&mut self, ty: TyId) -> m::Expr {
        let (int, unit) = (self.session.int(), self.session.unit());
        let (value, to) = (self.fresh("value", ty), self.fresh("at", int));
        let mut steps = Vec::new();
        match self.host_form(ty) {
            Ok(Form::Text | Form::Bytes) => {
                let (place, size) = self.place_bytes(value, &mut steps);
                self.store_pair(to, place, size, &mut steps);
            }
            Ok(Form::List(item)) => {
                let zero = self.int(0);
                let count = self.call_host_function(Role::Count, item, vec![var(value), zero]);
                let count = self.named(count, int, &mut steps);
                let layout = types::layout(item, self.session);
                let (one, align) = (self.int(layout.size.into()), self.int(layout.align.into()));
                let size = self.prim_value("int.mul", int, vec![var(count), one]);
                let reserve = self.prim_effect("arena.reserve", int, vec![size, align]);
                let place = self.run("items", reserve, int, &mut steps);
                let items =
                    self.call_host_function(Role::StoreItems, item, vec![var(value), var(place)]);
                self.run("_", items, unit, &mut steps);
                self.store_pair(to, place, count, &mut steps);
            }
            Ok(Form::Tuple(items)) => {
                let (places, _) = types::sequence(&items, self.session);
                for (index, (&item, place)) in items.iter().zip(places).enumerate() {
                    let part = m::Expr::Item {
                        meta: at(item),
                        tuple: Box::new(var(value)),
                        index: IntLit(index as u32),
                    };
                    let to = self.offset(to, place);
                    self.store(part, item, to, &mut steps);
                }
            }
            Ok(Form::Record(fields)) => {
                let items: Vec<TyId> = fields.iter().map(|&(_, field)| field).collect();
                let (places, _) = types::sequence(&items, self.session);
                for ((label, field), place) in fields.into_iter().zip(places) {
                    let part = m::Expr::Select {
                        meta: at(field),
                        record: Box::new(var(value)),
                        label,
                    };
                    let to = self.offset(to, place);
                    self.store(part, field, to, &mut steps);
                }
            }
            Ok(Form::Variant(cases)) => {
                let body = self.store_variant(value, to, &cases);
                return self.function(vec![value, to], body);
            }
            Ok(Form::Int | Form::Float | Form::Char | Form::Unit) | Err(_) => {
                self.store(var(value), ty, var(to), &mut steps);
            }
        }
        let nothing = self.unit();
        let tail = self.pure(nothing, unit);
        let body = self.in_sequence(steps, tail);
        self.function(vec![value, to], body)
    }

    /// An address and how many things lie there.
    fn store_pair(&mut self, to: Binder, place: Binder, count: Binder, steps: &mut Vec<m::Step>) {
        let unit = self.session.unit();
        for (offset, value) in [(0, place), (4, count)] {
            let to = self.offset(to, offset);
            let effect = self.prim_effect("arena.store32", unit, vec![to, var(value)]);
            self.run("_", effect, unit, steps);
        }
    }

    fn store_variant(&mut self, value: Binder, to: Binder, cases: &[Case]) -> m::Expr {
        let unit = self.session.unit();
        let ty = self.effect(None, unit);
        let (start, _) = types::payload(cases, self.session);
        let store_tag = match types::tag_size(cases.len()) {
            1 => "arena.store8",
            _ => "arena.store16",
        };
        let mut branches = Vec::with_capacity(cases.len());
        for (number, case) in cases.iter().enumerate() {
            let mut steps = Vec::new();
            let number = self.int(number as i64);
            let tag = self.prim_effect(store_tag, unit, vec![var(to), number]);
            self.run("_", tag, unit, &mut steps);
            let fields: Vec<Binder> = case
                .fields
                .iter()
                .map(|&field| self.fresh("field", field))
                .collect();
            let (places, _) = types::sequence(&case.fields, self.session);
            for (&field, place) in fields.iter().zip(places) {
                let to = self.offset(to, start + place);
                self.store(var(field), field.ty, to, &mut steps);
            }
            let nothing = self.unit();
            let tail = self.pure(nothing, unit);
            let body = self.in_sequence(steps, tail);
            branches.push(m::Branch::OnCon {
                meta: at(ty),
                con: case.con,
                fields,
                body,
            });
        }
        m::Expr::Switch {
            meta: at(ty),
            subject: Box::new(var(value)),
            branches,
            otherwise: None,
        }
    }

    /// [`Role::StoreItems`]
    pub(super) fn store_items(&mut self, item: TyId) -> m::Expr {
        let (int, unit, list) = (
            self.session.int(),
            self.session.unit(),
            self.session.list(item),
        );
        let ty = self.effect(None, unit);
        let (items, to) = (self.fresh("items", list), self.fresh("at", int));
        let (first, rest) = (self.fresh("first", item), self.fresh("rest", list));
        let layout = types::layout(item, self.session);
        let mut steps = Vec::new();
        self.store(var(first), item, var(to), &mut steps);
        let next = self.offset(to, layout.size);
        let more = self.call_host_function(Role::StoreItems, item, vec![var(rest), next]);
        let more = self.in_sequence(steps, more);
        let nothing = self.unit();
        let done = self.pure(nothing, unit);
        let branches = vec![
            self.on_con("List.Nil", Vec::new(), done),
            self.on_con("List.Cons", vec![first, rest], more),
        ];
        let body = m::Expr::Switch {
            meta: at(ty),
            subject: Box::new(var(items)),
            branches,
            otherwise: None,
        };
        self.function(vec![items, to], body)
    }

    /// [`Role::Count`]
    pub(super) fn count(&mut self, item: TyId) -> m::Expr {
        let (int, list) = (self.session.int(), self.session.list(item));
        let (items, number) = (self.fresh("items", list), self.fresh("number", int));
        let (first, rest) = (self.fresh("first", item), self.fresh("rest", list));
        let one = self.int(1);
        let next = self.prim_value("int.add", int, vec![var(number), one]);
        let more = self.call_host_function(Role::Count, item, vec![var(rest), next]);
        let branches = vec![
            self.on_con("List.Nil", Vec::new(), var(number)),
            self.on_con("List.Cons", vec![first, rest], more),
        ];
        let body = m::Expr::Switch {
            meta: at(int),
            subject: Box::new(var(items)),
            branches,
            otherwise: None,
        };
        self.function(vec![items, number], body)
    }

    /// The values that what lies at an address is as a parameter.
    fn flat_values(
        &mut self,
        ty: TyId,
        base: Binder,
        offset: u32,
        steps: &mut Vec<m::Step>,
    ) -> Vec<Binder> {
        let (int, float) = (self.session.int(), self.session.float());
        let single = |load, given| vec![(load, given, 0)];
        let loads = match self.host_form(ty) {
            Ok(Form::Int) => single("arena.load64", int),
            Ok(Form::Float) => single("arena.load-float", float),
            Ok(Form::Char) => single("arena.load32", int),
            Ok(Form::Text | Form::Bytes | Form::List(_)) => {
                vec![("arena.load32", int, 0), ("arena.load32", int, 4)]
            }
            Ok(Form::Unit) | Err(_) => Vec::new(),
            Ok(Form::Tuple(items)) => return self.flat_parts(&items, base, offset, steps),
            Ok(Form::Record(fields)) => {
                let items: Vec<TyId> = fields.into_iter().map(|(_, field)| field).collect();
                return self.flat_parts(&items, base, offset, steps);
            }
            Ok(Form::Variant(cases)) => return self.flat_variant(ty, &cases, base, offset, steps),
        };
        loads
            .into_iter()
            .map(|(load, given, more)| {
                let from = self.offset(base, offset + more);
                let effect = self.prim_effect(load, given, vec![from]);
                self.run("flat", effect, given, steps)
            })
            .collect()
    }

    fn flat_parts(
        &mut self,
        items: &[TyId],
        base: Binder,
        offset: u32,
        steps: &mut Vec<m::Step>,
    ) -> Vec<Binder> {
        let (places, _) = types::sequence(items, self.session);
        let mut flat = Vec::new();
        for (&item, place) in items.iter().zip(places) {
            flat.extend(self.flat_values(item, base, offset + place, steps));
        }
        flat
    }

    /// The case, then for each value what it is in that case; zero where the case has no such value.
    fn flat_variant(
        &mut self,
        ty: TyId,
        cases: &[Case],
        base: Binder,
        offset: u32,
        steps: &mut Vec<m::Step>,
    ) -> Vec<Binder> {
        let int = self.session.int();
        let load_tag = match types::tag_size(cases.len()) {
            1 => "arena.load8",
            _ => "arena.load16",
        };
        let from = self.offset(base, offset);
        let tag = self.prim_effect(load_tag, int, vec![from]);
        let tag = self.run("case", tag, int, steps);
        let (start, _) = types::payload(cases, self.session);
        let mut flat = vec![tag];
        let widths = types::flat(ty, self.session);
        for (index, &width) in widths.iter().skip(1).enumerate() {
            let given = match width {
                Width::F64 => self.session.float(),
                _ => int,
            };
            let effect_type = self.effect(None, given);
            let mut bodies = Vec::with_capacity(cases.len());
            for case in cases {
                let mut steps = Vec::new();
                let widths = types::flat_sequence(&case.fields, self.session);
                let tail = match widths.get(index) {
                    None => self.zero(width),
                    Some(&own) => {
                        let parts = self.flat_parts(&case.fields, base, offset + start, &mut steps);
                        let value = parts
                            .get(index)
                            .copied()
                            .map_or_else(|| self.zero(own), var);
                        if own == Width::F64 && width != Width::F64 {
                            self.prim_value("float.bits", int, vec![value])
                        } else {
                            value
                        }
                    }
                };
                let tail = self.pure(tail, given);
                bodies.push(self.in_sequence(steps, tail));
            }
            let effect = self.by_number(tag, bodies, effect_type);
            flat.push(self.run("flat", effect, given, steps));
        }
        flat
    }

    fn zero(&mut self, width: Width) -> m::Expr {
        match width {
            Width::F64 => m::Expr::Lit {
                meta: at(self.session.float()),
                lit: Lit::Float(0.0),
            },
            Width::I32 | Width::I64 => self.int(0),
        }
    }
}
