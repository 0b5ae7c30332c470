//! Applications: what is applied is found first, so that primitives and constructors get all their arguments.

use ir_defs::mono as m;
use ir_defs::prims::{Prim, PrimType};
use ir_defs::switched as s;
use ir_defs::tables::{ConId, GlobalId, GlobalKind};
use ir_defs::terminals::{Binder, Derivation, Lit};
use ir_defs::types::Type;
use nanopass::{Meta, Span, TyId};

use super::Monomorphize;
use super::evidence::EvId;

/// How often a definition may be another name of another name.
pub(super) const ALIAS_LIMIT: u32 = 100;

/// What is applied; `meta` has its type as a function.
pub(super) enum Callee {
    Prim {
        meta: Meta,
        prim: Prim,
    },
    Construct {
        meta: Meta,
        con: ConId,
        types: Vec<TyId>,
    },
    Derived {
        meta: Meta,
        derivation: Derivation,
        ty: TyId,
    },
    /// `toText` of a `Text`.
    Identity {
        meta: Meta,
    },
    Value(m::Expr),
}

impl<'p> Monomorphize<'p, '_> {
    pub(super) fn callee(&mut self, e: &'p s::Expr) -> Callee {
        self.callee_through(e, ALIAS_LIMIT)
    }

    pub(super) fn callee_through(&mut self, e: &'p s::Expr, aliases: u32) -> Callee {
        match e {
            s::Expr::Global {
                meta,
                global,
                types,
                evidence,
            } => {
                let types = self.types(types);
                let evidence: Vec<EvId> = evidence
                    .iter()
                    .map(|evidence| self.evidence(evidence))
                    .collect();
                self.global(*meta, *global, types, evidence, aliases)
            }
            s::Expr::Member {
                meta,
                member,
                evidence,
                types,
                own,
            } => {
                let proof = self.evidence(evidence);
                let types = self.types(types);
                let own: Vec<EvId> = own.iter().map(|evidence| self.evidence(evidence)).collect();
                self.member_through(*meta, *member, proof, &types, &own, aliases)
            }
            s::Expr::Con { meta, con, types } => {
                let types = self.types(types);
                let data = self
                    .session
                    .constructors
                    .get(*con)
                    .and_then(|info| info.data);
                let name = data
                    .map(|data| self.session.tycons.name(data).to_owned())
                    .unwrap_or_default();
                let head = self.session.ty_con(&name);
                let result = self.session.types.apply(head, types);
                let result = self.reduce.reduce(result, self.session);
                let types = self
                    .session
                    .as_data(result)
                    .map(|(_, types)| types)
                    .unwrap_or_default();
                let fields = self.fields_of(*con, &types);
                let ty = self.session.fun(&fields, result);
                Callee::Construct {
                    meta: meta.with_ty(ty),
                    con: *con,
                    types,
                }
            }
            other => Callee::Value(self.expr(other)),
        }
    }

    /// The reduced types of a constructor's fields.
    pub(super) fn fields_of(&mut self, con: ConId, types: &[TyId]) -> Vec<TyId> {
        let fields = self.session.field_types(con, types);
        fields
            .into_iter()
            .map(|field| self.reduce.reduce(field, self.session))
            .collect()
    }

    pub(super) fn global(
        &mut self,
        meta: Meta,
        global: GlobalId,
        types: Vec<TyId>,
        evidence: Vec<EvId>,
        aliases: u32,
    ) -> Callee {
        match self.session.global_kind(global) {
            GlobalKind::Intrinsic(prim) => {
                let Some(&define) = self.sources.get(&global) else {
                    return Callee::Value(m::Expr::Global {
                        meta,
                        global,
                        type_: meta.ty,
                    });
                };
                let replace = define.types.iter().copied().zip(types).collect();
                let ty = self.session.types.substitute(define.type_, &replace);
                let ty = self.reduce.reduce(ty, self.session);
                return Callee::Prim {
                    meta: meta.with_ty(ty),
                    prim,
                };
            }
            GlobalKind::Operation(_) => return self.operation(meta, global),
            GlobalKind::Value | GlobalKind::Member(_) | GlobalKind::Instance => {}
        }
        if let Some(&define) = self.sources.get(&global)
            && let Some(value) = define
                .value
                .as_ref()
                .filter(|value| is_alias(value) && aliases > 0)
        {
            return self.within(
                &define.types,
                &types,
                &[(&define.evidence, &evidence)],
                |this| this.callee_through(value, aliases - 1),
            );
        }
        let (name, ty) = self
            .request_global(global, types, evidence)
            .unwrap_or((global, meta.ty));
        Callee::Value(m::Expr::Global {
            meta: meta.with_ty(ty),
            global: name,
            type_: ty,
        })
    }

    /// A callee by itself, as a function value.
    pub(super) fn value(&mut self, callee: Callee) -> m::Expr {
        let span = match &callee {
            Callee::Prim { meta, .. }
            | Callee::Construct { meta, .. }
            | Callee::Derived { meta, .. }
            | Callee::Identity { meta } => meta.span,
            Callee::Value(value) => value.meta().span,
        };
        self.apply(span, callee, Vec::new())
    }

    /// `callee` applied to `args`. What must be saturated and lacks arguments becomes a function of those it lacks,
    /// with those it has computed before.
    pub(super) fn apply(&mut self, span: Span, callee: Callee, mut args: Vec<m::Expr>) -> m::Expr {
        let (meta, arity) = match &callee {
            Callee::Prim { meta, prim } => (*meta, prim.info().params.len()),
            Callee::Construct { meta, con, .. } => (
                *meta,
                self.session
                    .constructors
                    .get(*con)
                    .map_or(0, |info| info.fields.len()),
            ),
            Callee::Identity { meta } => (*meta, 1),
            Callee::Derived { .. } | Callee::Value(_) => (Meta::NONE, 0),
        };
        let (types, result) = self.split(meta.ty, arity);
        if args.len() >= arity {
            let rest = args.split_off(arity);
            let value = self.saturated(Meta::new(span, result), callee, args);
            return self.call(span, value, rest);
        }
        let mut binds = Vec::new();
        let mut all: Vec<m::Expr> = args
            .into_iter()
            .map(|arg| self.name_value("arg", arg, &mut binds))
            .collect();
        let mut params = Vec::new();
        for &ty in types.iter().skip(all.len()) {
            let name = ["a", "b", "c", "d"].get(all.len()).copied().unwrap_or("e");
            let param = Binder::new(self.session.core.fresh_named(name, span), ty);
            params.push(param);
            all.push(m::Expr::Var {
                meta: Meta::new(span, ty),
                var: param.var,
            });
        }
        let body = self.saturated(Meta::new(span, result), callee, all);
        let lambda = self.lambda(span, params, body);
        self.wrap(binds, lambda)
    }

    fn saturated(&mut self, meta: Meta, callee: Callee, args: Vec<m::Expr>) -> m::Expr {
        match callee {
            Callee::Prim { prim, .. } => {
                let given = self.result_of(prim, meta.ty);
                let result = needs_result(prim).then_some(given);
                let value = m::Expr::Prim {
                    meta: meta.with_ty(given),
                    prim,
                    result,
                    args,
                };
                if given == meta.ty {
                    return value;
                }
                m::Expr::Widen {
                    meta,
                    effect: Box::new(value),
                    type_: meta.ty,
                }
            }
            Callee::Construct { con, types, .. } => m::Expr::Construct {
                meta,
                con,
                types,
                args,
            },
            Callee::Identity { .. } => args.into_iter().next().unwrap_or(m::Expr::Lit {
                meta,
                lit: Lit::Text("".into()),
            }),
            Callee::Derived {
                meta,
                derivation,
                ty,
            } => m::Expr::Derived {
                meta,
                derivation,
                type_: ty,
            },
            Callee::Value(value) => value,
        }
    }

    /// What a primitive gives where a type is expected. `attempt` itself never fails, even where the row that it shares
    /// with its argument has a failure of the surroundings.
    fn result_of(&mut self, prim: Prim, expected: TyId) -> TyId {
        match self.session.as_effect(expected) {
            Some((_, result)) if prim.info().name == "effect.attempt" => {
                let row = self.session.row(Vec::new(), None, None);
                self.session.effect(row, result)
            }
            _ => expected,
        }
    }

    fn call(&mut self, span: Span, fun: m::Expr, args: Vec<m::Expr>) -> m::Expr {
        if args.is_empty() {
            return fun;
        }
        let (_, ty) = self.split(fun.meta().ty, args.len());
        m::Expr::Apply {
            meta: Meta::new(span, ty),
            fun: Box::new(fun),
            args,
        }
    }

    /// The types of the first `count` parameters of a function type, and the type of what is left.
    fn split(&self, mut ty: TyId, count: usize) -> (Vec<TyId>, TyId) {
        let mut params = Vec::with_capacity(count);
        while params.len() < count {
            let &Type::Fun(param, result) = self.session.types.get(ty) else {
                return (params, TyId::NONE);
            };
            params.push(param);
            ty = result;
        }
        (params, ty)
    }
}

/// Whether a definition is another name of what its value names.
pub(super) fn is_alias(value: &s::Expr) -> bool {
    matches!(
        value,
        s::Expr::Global { .. } | s::Expr::Member { .. } | s::Expr::Con { .. }
    )
}

/// Whether the arguments of a primitive leave its result's type open.
pub(crate) fn needs_result(prim: Prim) -> bool {
    let info = prim.info();
    let mentions = |ty: &PrimType| matches!(ty, PrimType::A | PrimType::ArrayOfA);
    match info.name {
        "effect.fail" | "effect.attempt" => true,
        _ => mentions(&info.result) && !info.params.iter().any(mentions),
    }
}
