//! Making `derived` trees.

use ir_defs::derived::{Bind, Branch, Expr};
use ir_defs::prims::Prim;
use ir_defs::tables::{ConId, GlobalId};
use ir_defs::terminals::{Binder, Derivation, Flag, IntLit, LabelId, Lit};
use ir_defs::types::Type;
use nanopass::{Meta, Span, TyId};

use super::{Derive, Role};

/// What a generated node carries: no place in any source.
pub(super) fn at(ty: TyId) -> Meta {
    Meta::new(Span::NONE, ty)
}

pub(super) fn var(binder: Binder) -> Expr {
    Expr::Var {
        meta: at(binder.ty),
        var: binder.var,
    }
}

impl Derive<'_> {
    pub(super) fn binder(&mut self, name: &str, ty: TyId) -> Binder {
        Binder::new(self.session.core.fresh_named(name, Span::NONE), ty)
    }

    pub(super) fn pieces_type(&mut self) -> TyId {
        let text = self.session.text();
        self.session.list(text)
    }

    pub(super) fn array_of_text(&mut self) -> TyId {
        let text = self.session.text();
        let array = self.session.ty_con("Array");
        self.session.types.apply(array, vec![text])
    }

    pub(super) fn int(&mut self, value: i64) -> Expr {
        Expr::Lit {
            meta: at(self.session.int()),
            lit: Lit::Int(value),
        }
    }

    pub(super) fn literal(&mut self, text: &str) -> Expr {
        Expr::Lit {
            meta: at(self.session.text()),
            lit: Lit::Text(text.into()),
        }
    }

    pub(super) fn bool(&mut self, value: bool) -> Expr {
        let ty = self.session.bool();
        self.construct(
            if value { "True" } else { "False" },
            ty,
            Vec::new(),
            Vec::new(),
        )
    }

    pub(super) fn con(&mut self, name: &str) -> ConId {
        self.session.constructors.id(name)
    }

    pub(super) fn construct(
        &mut self,
        con: &str,
        ty: TyId,
        types: Vec<TyId>,
        args: Vec<Expr>,
    ) -> Expr {
        Expr::Construct {
            meta: at(ty),
            con: self.con(con),
            types,
            args,
        }
    }

    pub(super) fn prim(&mut self, name: &str, ty: TyId, args: Vec<Expr>) -> Expr {
        let prim = Prim::named(name).unwrap_or(Prim(0));
        let result = crate::monomorphize::needs_result(prim).then_some(ty);
        Expr::Prim {
            meta: at(ty),
            prim,
            result,
            args,
        }
    }

    /// A call of a generated function.
    pub(super) fn call(&mut self, role: Role, ty: TyId, args: Vec<Expr>) -> Expr {
        let global = self.named(role, ty);
        let type_ = self.role_type(role, ty);
        self.call_global(global, type_, args)
    }

    pub(super) fn call_global(&mut self, global: GlobalId, type_: TyId, args: Vec<Expr>) -> Expr {
        let mut result = type_;
        for _ in &args {
            if let Type::Fun(_, rest) = self.session.types.get(result) {
                result = *rest;
            }
        }
        let fun = Box::new(Expr::Global {
            meta: at(type_),
            global,
            type_,
        });
        Expr::Apply {
            meta: at(result),
            fun,
            args,
        }
    }

    pub(super) fn lambda(&mut self, params: Vec<Binder>, body: Expr) -> Expr {
        let types: Vec<TyId> = params.iter().map(|param| param.ty).collect();
        let ty = self.session.fun(&types, body.meta().ty);
        Expr::Lambda {
            meta: at(ty),
            params,
            body: Box::new(body),
        }
    }

    pub(super) fn select(&mut self, record: Binder, label: nanopass::Symbol, ty: TyId) -> Expr {
        Expr::Select {
            meta: at(ty),
            record: Box::new(var(record)),
            label,
        }
    }

    pub(super) fn item(&mut self, tuple: Binder, index: usize, ty: TyId) -> Expr {
        Expr::Item {
            meta: at(ty),
            tuple: Box::new(var(tuple)),
            index: IntLit(index as u32),
        }
    }

    pub(super) fn on(&mut self, con: ConId, fields: Vec<Binder>, body: Expr) -> Branch {
        Branch::OnCon {
            meta: body.meta(),
            con,
            fields,
            body,
        }
    }

    pub(super) fn on_int(&mut self, value: i64, body: Expr) -> Branch {
        Branch::OnLit {
            meta: body.meta(),
            lit: Lit::Int(value),
            body,
        }
    }

    pub(super) fn switch(
        &mut self,
        subject: Binder,
        branches: Vec<Branch>,
        otherwise: Option<Expr>,
    ) -> Expr {
        let ty = match (branches.first(), &otherwise) {
            (Some(branch), _) => branch.meta().ty,
            (None, Some(otherwise)) => otherwise.meta().ty,
            (None, None) => TyId::NONE,
        };
        Expr::Switch {
            meta: at(ty),
            subject: Box::new(var(subject)),
            branches,
            otherwise: otherwise.map(Box::new),
        }
    }

    pub(super) fn bind(&mut self, binder: Binder, value: Expr) -> Bind {
        Bind {
            meta: at(binder.ty),
            binder,
            recursive: Flag(false),
            value,
        }
    }

    /// A call of a function that is a variable.
    pub(super) fn apply(&mut self, function: Binder, args: Vec<Expr>, result: TyId) -> Expr {
        Expr::Apply {
            meta: at(result),
            fun: Box::new(var(function)),
            args,
        }
    }

    pub(super) fn let_in(&mut self, binds: Vec<Bind>, body: Expr) -> Expr {
        if binds.is_empty() {
            return body;
        }
        Expr::Let {
            meta: body.meta(),
            binds,
            body: Box::new(body),
        }
    }

    pub(super) fn join(
        &mut self,
        label: LabelId,
        params: Vec<Binder>,
        target: Expr,
        body: Expr,
    ) -> Expr {
        Expr::Join {
            meta: target.meta(),
            label,
            params,
            target: Box::new(target),
            body: Box::new(body),
        }
    }

    /// The operation on a part: a primitive, the user's instance, or a generated function.
    pub(super) fn part(&mut self, derivation: Derivation, ty: TyId, args: Vec<Expr>) -> Expr {
        let operation = match derivation {
            Derivation::Eq => "eq",
            Derivation::Compare => "compare",
            _ => "to-text",
        };
        if let Some(prefix) = self.session.ground(ty)
            && Prim::named(&format!("{prefix}.{operation}")).is_some()
        {
            let result = match derivation {
                Derivation::Eq => self.session.bool(),
                Derivation::Compare => self.session.ty_con("Ordering"),
                _ => self.session.text(),
            };
            return self.prim(&format!("{prefix}.{operation}"), result, args);
        }
        match self.overriding(derivation, ty) {
            Some(global) => {
                let type_ = self.role_type(Role::Hole(derivation), ty);
                self.call_global(global, type_, args)
            }
            None => self.call(Role::Hole(derivation), ty, args),
        }
    }
}
