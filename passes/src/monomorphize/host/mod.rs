//! Operations that the host provides: each becomes a function that lowers its arguments, calls the import, and lifts
//! what that gives.
//!
//! ```text
//! capability Inventory = { stock : Text -> Effect Inventory Int }
//! ⇒ stock = name => effect { at <- reserve …; store-bytes at …; n <- host:…#stock:ii>l at …; reset; pure n }
//! ```
//!
//! The layout is that of the canonical ABI (`host_types`), so that the same code is right in a component. What has no
//! width of its own goes through the arena, which no collector knows. A value that a type does not have, such as the
//! third case of an `Option`, is a fault.

mod build;
mod load;
mod store;

use ir_defs::host::{HostFunction, Width};
use ir_defs::mono as m;
use ir_defs::prims::Prim;
use ir_defs::tables::{GlobalId, GlobalKind};
use ir_defs::terminals::{Binder, Flag};
use ir_defs::types::Type;
use nanopass::{Meta, TyId};

use super::apply::Callee;
use super::{Monomorphize, prim};
use crate::host_types::{self as types, Form, NoForm};
use build::{at, var};

/// With more values than these, parameters go through memory.
const MOST_PARAMS: usize = 16;

/// What a generated function does with a type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Role {
    /// `T -> Int -> Effect {} Unit`: writes a value to an address.
    Store,
    /// `Int -> Effect {} T`: reads it from there.
    Load,
    /// The same of the items of a list: `List T -> Int -> Effect {} Unit`.
    StoreItems,
    /// `Int -> Int -> List T -> Effect {} (List T)`: so many items at an address, in front of a list.
    LoadItems,
    /// `List T -> Int -> Int`: how many items, added to a number.
    Count,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Role::Store => "host-store",
            Role::Load => "host-load",
            Role::StoreItems => "host-store-items",
            Role::LoadItems => "host-load-items",
            Role::Count => "host-count",
        }
    }
}

/// A function call of the host under construction.
#[derive(Default)]
struct Call {
    steps: Vec<m::Step>,
    args: Vec<m::Expr>,
    widths: Vec<Width>,
    /// Whether it has taken room in the arena.
    takes_room: bool,
}

impl Monomorphize<'_, '_> {
    /// An operation where it is used, which is thereby part of the program.
    pub(super) fn operation(&mut self, meta: Meta, global: GlobalId) -> Callee {
        let declared = self
            .sources
            .get(&global)
            .map(|define| (define.type_, define.meta));
        let (ty, place) = declared.unwrap_or((meta.ty, meta));
        let ty = self.reduce.reduce(ty, self.session);
        if self.operations.insert(global)
            && let Some(value) = self.operation_body(global, ty)
        {
            self.defines.push(m::Define {
                meta: place.with_ty(ty),
                global,
                type_: ty,
                static_: Flag(false),
                value,
            });
        }
        Callee::Value(m::Expr::Global {
            meta: meta.with_ty(ty),
            global,
            type_: ty,
        })
    }

    /// What a type is to the host, in types as they are in `mono`.
    fn host_form(&mut self, ty: TyId) -> Result<Form, NoForm> {
        let mut form = types::form(ty, self.session)?;
        if let Form::Variant(cases) = &mut form {
            for field in cases.iter_mut().flat_map(|case| &mut case.fields) {
                *field = self.reduce.reduce(*field, self.session);
            }
        }
        Ok(form)
    }

    fn operation_body(&mut self, global: GlobalId, ty: TyId) -> Option<m::Expr> {
        let GlobalKind::Operation(capability) = self.session.global_kind(global) else {
            return None;
        };
        let module = self.session.host_modules.get(&capability)?.clone();
        let name = self.session.globals.name(global);
        let field = types::kebab(name.rsplit('.').next().unwrap_or(name));
        let mut params = Vec::new();
        let mut result = ty;
        while let &Type::Fun(param, rest) = self.session.types.get(result) {
            params.push(self.fresh("argument", param));
            result = rest;
        }
        let (row, given) = self.session.as_effect(result)?;
        let fails = self.fail_of(row);
        let body = match fails {
            None => self.host_call(&params, given, module, field),
            Some(fails) => {
                let outcome = self.result_type(fails, given);
                let call = self.host_call(&params, outcome, module, field);
                self.failing(call, outcome, fails, given, result)
            }
        };
        Some(if params.is_empty() {
            body
        } else {
            m::Expr::Lambda {
                meta: at(ty),
                params,
                body: Box::new(body),
            }
        })
    }

    /// The effect that calls the import and gives what it gave.
    fn host_call(
        &mut self,
        params: &[Binder],
        given: TyId,
        module: String,
        field: String,
    ) -> m::Expr {
        let mut call = Call::default();
        self.lower(params, &mut call);
        let results = types::flat(given, self.session);
        let int = self.session.int();
        let place = (results.len() > 1).then(|| {
            let layout = types::layout(given, self.session);
            let place = self.reserve(layout.size, layout.align, &mut call);
            call.args.push(var(place));
            call.widths.push(Width::I32);
            place
        });
        let result = match results.as_slice() {
            &[width] => Some(width),
            _ => None,
        };
        let function = HostFunction {
            module,
            field,
            params: std::mem::take(&mut call.widths),
            result,
        };
        let given_by_host = match result {
            Some(Width::F64) => self.session.float(),
            Some(_) => int,
            None => self.session.unit(),
        };
        let effect = m::Expr::Prim {
            meta: at(self.effect(None, given_by_host)),
            prim: Prim::named(&function.name()).unwrap_or(prim("effect.pure")),
            result: None,
            args: std::mem::take(&mut call.args),
        };
        let answer = self.run("answer", effect, given_by_host, &mut call.steps);
        let value = match (place, result) {
            (Some(place), _) => self.load(given, var(place), &mut call.steps),
            (None, Some(width)) => self.lift(given, answer, width, &mut call),
            (None, None) => self.unit(),
        };
        // A binder, so that the arena is left empty behind the last use of it.
        let value = self.named(value, given, &mut call.steps);
        if call.takes_room {
            let unit = self.session.unit();
            let nothing = self.unit();
            let reset = self.prim_effect("arena.reset", unit, vec![nothing]);
            self.run("_", reset, unit, &mut call.steps);
        }
        let tail = self.pure(var(value), given);
        self.in_sequence(call.steps, tail)
    }

    /// The arguments of the import.
    fn lower(&mut self, params: &[Binder], call: &mut Call) {
        let items: Vec<TyId> = params.iter().map(|param| param.ty).collect();
        if types::flat_sequence(&items, self.session).len() <= MOST_PARAMS {
            for &param in params {
                self.lower_param(param, call);
            }
            return;
        }
        let (places, layout) = types::sequence(&items, self.session);
        let place = self.reserve(layout.size, layout.align, call);
        for (&param, offset) in params.iter().zip(places) {
            let to = self.offset(place, offset);
            self.store(var(param), param.ty, to, &mut call.steps);
        }
        call.args.push(var(place));
        call.widths.push(Width::I32);
    }

    fn reserve(&mut self, size: u32, align: u32, call: &mut Call) -> Binder {
        let int = self.session.int();
        let (size, align) = (self.int(i64::from(size)), self.int(i64::from(align)));
        call.takes_room = true;
        let effect = self.prim_effect("arena.reserve", int, vec![size, align]);
        self.run("at", effect, int, &mut call.steps)
    }

    /// An effect whose result says whether it failed, as one that fails.
    fn failing(
        &mut self,
        call: m::Expr,
        outcome: TyId,
        fails: TyId,
        given: TyId,
        result: TyId,
    ) -> m::Expr {
        let row = self.effect(Some(fails), outcome);
        let call = self.widened(call, row);
        let mut steps = Vec::new();
        let outcome = self.run("outcome", call, outcome, &mut steps);
        let (error, value) = (self.fresh("error", fails), self.fresh("value", given));
        let fail = m::Expr::Prim {
            meta: at(result),
            prim: prim("effect.fail"),
            result: Some(result),
            args: vec![var(error)],
        };
        let pure = self.pure(var(value), given);
        let pure = self.widened(pure, result);
        let branches = vec![
            self.on_con("Err", vec![error], fail),
            self.on_con("Ok", vec![value], pure),
        ];
        let tail = m::Expr::Switch {
            meta: at(result),
            subject: Box::new(var(outcome)),
            branches,
            otherwise: None,
        };
        self.in_sequence(steps, tail)
    }
}
