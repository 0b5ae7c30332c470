//! Calls of functions of the library, at types that are read off their definitions.

use ir_defs::tables::GlobalId;
use ir_defs::types::{TyVarId, Type};
use ir_defs::{Session, known};
use ir_defs::{typed as a, unpatched as b};
use nanopass::{Meta, TyId};
use rustc_hash::FxHashMap;

use super::Patches;

impl Patches<'_> {
    /// A call of a function of the library; the node has the type of the whole call.
    pub(super) fn call(
        &mut self,
        meta: Meta,
        name: &str,
        evidence: Option<a::Evidence>,
        args: Vec<b::Expr>,
    ) -> b::Expr {
        let global = self.session.global(name);
        let result = match (name, args.as_slice()) {
            (known::LIST_MAP, [function, _]) => {
                let item = result_of(self.session, function.meta().ty, 1);
                self.session.list(item)
            }
            (known::MAP_MAP, [function, map]) => {
                let key = argument(self.session, map.meta().ty, 0);
                let value = result_of(self.session, function.meta().ty, 1);
                let head = self.session.ty_con(known::MAP_TYPE);
                self.session.types.apply(head, vec![key, value])
            }
            (_, args) => args.last().map_or(TyId::NONE, |map| map.meta().ty),
        };
        let params: Vec<TyId> = args.iter().map(|arg| arg.meta().ty).collect();
        let ty = self.session.fun(&params, result);
        let types = self.types_at(global, ty);
        b::Expr::Apply {
            meta: meta.with_ty(result),
            fun: Box::new(b::Expr::Global {
                meta: meta.with_ty(ty),
                global,
                types,
                evidence: evidence.into_iter().collect(),
            }),
            args,
        }
    }

    /// The types that a definition's variables stand for where it is used at a type.
    fn types_at(&self, global: GlobalId, ty: TyId) -> Vec<TyId> {
        let Some((vars, scheme)) = self.schemes.get(&global) else {
            return Vec::new();
        };
        let mut found = FxHashMap::default();
        self.read_off(*scheme, ty, &mut found);
        vars.iter()
            .map(|var| found.get(var).copied().unwrap_or(TyId::NONE))
            .collect()
    }

    fn read_off(&self, scheme: TyId, ty: TyId, found: &mut FxHashMap<TyVarId, TyId>) {
        match (self.session.types.get(scheme), self.session.types.get(ty)) {
            (Type::Var(var), _) => {
                found.insert(*var, ty);
            }
            (Type::Fun(param, result), Type::Fun(param_at, result_at)) => {
                self.read_off(*param, *param_at, found);
                self.read_off(*result, *result_at, found);
            }
            (Type::Apply(_, args), Type::Apply(_, args_at)) => {
                for (arg, at) in args.iter().zip(args_at) {
                    self.read_off(*arg, *at, found);
                }
            }
            _ => {}
        }
    }
}

/// An argument of a data type.
pub(super) fn argument(session: &Session, ty: TyId, index: usize) -> TyId {
    let data = session.as_data(ty);
    data.and_then(|(_, args)| args.get(index).copied())
        .unwrap_or(TyId::NONE)
}

/// The result of a function of so many parameters.
fn result_of(session: &Session, ty: TyId, params: usize) -> TyId {
    let mut ty = ty;
    for _ in 0..params {
        if let Type::Fun(_, result) = session.types.get(ty) {
            ty = *result;
        }
    }
    ty
}
