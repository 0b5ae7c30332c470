//! Uses of names: type arguments and evidence.

use super::classes::Origin;
use super::errors;
use super::{Binding, Checker, Scheme};
use ir_defs::tables::{ConId, GlobalId};
use ir_defs::typed::{Evidence, Expr};
use nanopass::{Meta, Span, TyId, VarId};

impl Checker<'_> {
    pub(super) fn use_local(&mut self, meta: Meta, var: VarId) -> Expr {
        match self.local(var).cloned() {
            Some(Binding::Mono(ty)) => {
                let name = Expr::Var {
                    meta: meta.with_ty(ty),
                    var,
                    types: Vec::new(),
                    evidence: Vec::new(),
                };
                self.open(name)
            }
            Some(Binding::Poly { scheme, .. }) => {
                let (types, evidence, ty) = self.instance_of(&scheme, meta.span, Origin::Local);
                self.open(Expr::Var {
                    meta: meta.with_ty(ty),
                    var,
                    types,
                    evidence,
                })
            }
            Some(Binding::Member { .. }) | None => self.failed(meta),
        }
    }

    pub(super) fn use_global(&mut self, meta: Meta, global: GlobalId) -> Expr {
        match self.globals.get(&global).cloned() {
            Some(Binding::Mono(ty)) => {
                let name = Expr::Global {
                    meta: meta.with_ty(ty),
                    global,
                    types: Vec::new(),
                    evidence: Vec::new(),
                };
                self.open(name)
            }
            Some(Binding::Poly { scheme, .. }) => {
                let (types, evidence, ty) =
                    self.instance_of(&scheme, meta.span, Origin::Use(global));
                self.open(Expr::Global {
                    meta: meta.with_ty(ty),
                    global,
                    types,
                    evidence,
                })
            }
            Some(Binding::Member { scheme, params }) => {
                let (mut types, mut evidence, ty) =
                    self.instance_of(&scheme, meta.span, Origin::Use(global));
                let own = evidence.split_off(1.min(evidence.len()));
                types.drain(..params.min(types.len()));
                let Some(evidence) = evidence.pop() else {
                    return self.failed(meta);
                };
                self.open(Expr::Member {
                    meta: meta.with_ty(ty),
                    member: global,
                    evidence,
                    types,
                    own,
                })
            }
            None => {
                let name = self.session.globals.name(global).to_string();
                self.error(
                    errors::UNDEFINED,
                    format!("`{name}` is not defined"),
                    meta.span,
                    "",
                );
                self.globals.insert(global, Binding::Mono(self.known.error));
                self.failed(meta)
            }
        }
    }

    pub(super) fn use_con(&mut self, meta: Meta, con: ConId) -> Expr {
        let (types, data) = self.data_at(con, self.known.unit);
        let (types, data) = if types.is_empty() || data != self.known.unit {
            (types, data)
        } else {
            (Vec::new(), data)
        };
        let fields = self.session.field_types(con, &types);
        let ty = self.session.fun(&fields, data);
        Expr::Con {
            meta: meta.with_ty(ty),
            con,
            types,
        }
    }

    /// A use of a scheme: type arguments, evidence and type.
    pub(super) fn instance_of(
        &mut self,
        scheme: &Scheme,
        span: Span,
        origin: Origin,
    ) -> (Vec<TyId>, Vec<Evidence>, TyId) {
        if scheme.types.is_empty() && scheme.constraints.is_empty() {
            return (Vec::new(), Vec::new(), scheme.ty);
        }
        let (types, replace) = self.instantiate(&scheme.types);
        let mut evidence = Vec::with_capacity(scheme.constraints.len());
        for constraint in scheme.constraints.iter() {
            let first = constraint
                .types
                .first()
                .copied()
                .unwrap_or(self.known.error);
            let ty = self.session.types.substitute(first, &replace);
            evidence.push(self.want(constraint.class, ty, span, origin));
        }
        let ty = self.session.types.substitute(scheme.ty, &replace);
        (types, evidence, ty)
    }
}
