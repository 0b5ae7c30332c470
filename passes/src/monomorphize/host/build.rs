//! Making the trees of these functions.

use ir_defs::mono as m;
use ir_defs::prims::Prim;
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Binder, Flag, Lit};
use ir_defs::types::Type;
use nanopass::{Meta, Span, TyId};

use super::Role;
use crate::monomorphize::types::instance_name;
use crate::monomorphize::{Monomorphize, prim};

/// What a generated node carries: no place in any source.
pub(super) fn at(ty: TyId) -> Meta {
    Meta::new(Span::NONE, ty)
}

pub(super) fn var(binder: Binder) -> m::Expr {
    m::Expr::Var {
        meta: at(binder.ty),
        var: binder.var,
    }
}

impl Monomorphize<'_, '_> {
    pub(super) fn fresh(&mut self, name: &str, ty: TyId) -> Binder {
        Binder::new(self.session.core.fresh_named(name, Span::NONE), ty)
    }

    pub(super) fn int(&mut self, value: i64) -> m::Expr {
        m::Expr::Lit {
            meta: at(self.session.int()),
            lit: Lit::Int(value),
        }
    }

    pub(super) fn unit(&mut self) -> m::Expr {
        m::Expr::Construct {
            meta: at(self.session.unit()),
            con: self.session.constructors.id("Unit"),
            types: Vec::new(),
            args: Vec::new(),
        }
    }

    /// A primitive that does nothing.
    pub(super) fn prim_value(&mut self, name: &str, ty: TyId, args: Vec<m::Expr>) -> m::Expr {
        m::Expr::Prim {
            meta: at(ty),
            prim: prim(name),
            result: None,
            args,
        }
    }

    /// A primitive effect that gives a value of a type.
    pub(super) fn prim_effect(&mut self, name: &str, given: TyId, args: Vec<m::Expr>) -> m::Expr {
        m::Expr::Prim {
            meta: at(self.effect(None, given)),
            prim: Prim::named(name).unwrap_or(Prim(0)),
            result: None,
            args,
        }
    }

    pub(super) fn pure(&mut self, value: m::Expr, given: TyId) -> m::Expr {
        self.prim_effect("effect.pure", given, vec![value])
    }

    /// Sees an effect that cannot fail as one of this type.
    pub(super) fn widened(&mut self, effect: m::Expr, type_: TyId) -> m::Expr {
        m::Expr::Widen {
            meta: at(type_),
            effect: Box::new(effect),
            type_,
        }
    }

    /// A place behind a base.
    pub(super) fn offset(&mut self, base: Binder, offset: u32) -> m::Expr {
        if offset == 0 {
            return var(base);
        }
        let offset = self.int(i64::from(offset));
        let int = self.session.int();
        self.prim_value("int.add", int, vec![var(base), offset])
    }

    /// Runs an effect and names what it gives.
    pub(super) fn run(
        &mut self,
        name: &str,
        effect: m::Expr,
        given: TyId,
        steps: &mut Vec<m::Step>,
    ) -> Binder {
        let binder = self.fresh(name, given);
        steps.push(m::Step::Run {
            meta: effect.meta(),
            binder,
            effect,
        });
        binder
    }

    /// Names a value.
    pub(super) fn named(&mut self, value: m::Expr, ty: TyId, steps: &mut Vec<m::Step>) -> Binder {
        let binder = self.fresh("value", ty);
        steps.push(m::Step::Let {
            meta: at(ty),
            bind: m::Bind {
                meta: at(ty),
                binder,
                recursive: Flag(false),
                value,
            },
        });
        binder
    }

    pub(super) fn in_sequence(&mut self, steps: Vec<m::Step>, tail: m::Expr) -> m::Expr {
        if steps.is_empty() {
            return tail;
        }
        m::Expr::Do {
            meta: at(tail.meta().ty),
            steps,
            tail: Box::new(tail),
        }
    }

    pub(super) fn on_con(&mut self, con: &str, fields: Vec<Binder>, body: m::Expr) -> m::Branch {
        m::Branch::OnCon {
            meta: at(body.meta().ty),
            con: self.session.constructors.id(con),
            fields,
            body,
        }
    }

    /// A choice by a number; any other one is a fault.
    pub(super) fn by_number(&mut self, subject: Binder, bodies: Vec<m::Expr>, ty: TyId) -> m::Expr {
        let branches = bodies
            .into_iter()
            .enumerate()
            .map(|(number, body)| m::Branch::OnLit {
                meta: at(ty),
                lit: Lit::Int(number as i64),
                body,
            })
            .collect();
        let message = m::Expr::Lit {
            meta: at(self.session.text()),
            lit: Lit::Text("the host gave a value that its type does not have".into()),
        };
        let otherwise = m::Expr::Prim {
            meta: at(ty),
            prim: prim("panic"),
            result: Some(ty),
            args: vec![message],
        };
        m::Expr::Switch {
            meta: at(ty),
            subject: Box::new(var(subject)),
            branches,
            otherwise: Some(Box::new(otherwise)),
        }
    }

    /// The generated function for a role and a type.
    pub(super) fn host_function(&mut self, role: Role, ty: TyId) -> m::Expr {
        let type_ = self.role_type(role, ty);
        let global = match self.host_functions.get(&(role, ty)) {
            Some(&global) => global,
            None => self.make_host_function(role, ty, type_),
        };
        m::Expr::Global {
            meta: at(type_),
            global,
            type_,
        }
    }

    fn make_host_function(&mut self, role: Role, ty: TyId, type_: TyId) -> GlobalId {
        let name = instance_name(role.name(), &[ty], self.session);
        let global = self.session.fresh_global(&name);
        self.host_functions.insert((role, ty), global);
        let value = match role {
            Role::Store => self.store_function(ty),
            Role::Load => self.load_function(ty),
            Role::StoreItems => self.store_items(ty),
            Role::LoadItems => self.load_items(ty),
            Role::Count => self.count(ty),
        };
        self.defines.push(m::Define {
            meta: at(type_),
            global,
            type_,
            static_: Flag(false),
            value,
        });
        global
    }

    fn role_type(&mut self, role: Role, ty: TyId) -> TyId {
        let (int, unit) = (self.session.int(), self.session.unit());
        let list = self.session.list(ty);
        let nothing = self.effect(None, unit);
        match role {
            Role::Store => self.session.fun(&[ty, int], nothing),
            Role::Load => {
                let given = self.effect(None, ty);
                self.session.fun(&[int], given)
            }
            Role::StoreItems => self.session.fun(&[list, int], nothing),
            Role::LoadItems => {
                let given = self.effect(None, list);
                self.session.fun(&[int, int, list], given)
            }
            Role::Count => self.session.fun(&[list, int], int),
        }
    }

    /// A call with all arguments.
    pub(super) fn call_host_function(
        &mut self,
        role: Role,
        ty: TyId,
        args: Vec<m::Expr>,
    ) -> m::Expr {
        let fun = self.host_function(role, ty);
        let mut result = fun.meta().ty;
        for _ in &args {
            if let &Type::Fun(_, rest) = self.session.types.get(result) {
                result = rest;
            }
        }
        m::Expr::Apply {
            meta: at(result),
            fun: Box::new(fun),
            args,
        }
    }

    pub(super) fn function(&mut self, params: Vec<Binder>, body: m::Expr) -> m::Expr {
        let types: Vec<TyId> = params.iter().map(|param| param.ty).collect();
        let ty = self.session.fun(&types, body.meta().ty);
        m::Expr::Lambda {
            meta: at(ty),
            params,
            body: Box::new(body),
        }
    }
}
