//! Filling holes: types as far as they are known, and whole trees once a group is done.

use ir_defs::known;
use ir_defs::terminals::{Binder, EvVar, Flag};
use ir_defs::typed::{self, Bind, Evidence, Expr, VisitMut};
use ir_defs::types::Type;
use nanopass::{Meta, TyId};
use rustc_hash::FxHashMap;

use super::{Binding, Checker};

impl Checker<'_> {}

/// Fills the holes of a tree.
pub(super) struct Zonk<'c, 's> {
    checker: &'c mut Checker<'s>,
    /// Evidence of the group to that of the definition.
    rename: FxHashMap<EvVar, EvVar>,
    /// The evidence that the definition binds, for recursive uses.
    own: Vec<EvVar>,
    memo: FxHashMap<TyId, TyId>,
    /// The block that is visited next is that of a `resource`.
    in_resource: bool,
}

impl<'c, 's> Zonk<'c, 's> {
    pub(super) fn new(
        checker: &'c mut Checker<'s>,
        rename: FxHashMap<EvVar, EvVar>,
        own: Vec<EvVar>,
    ) -> Zonk<'c, 's> {
        Zonk {
            checker,
            rename,
            own,
            memo: FxHashMap::default(),
            in_resource: false,
        }
    }

    /// Fills a definition's value.
    pub(super) fn whole(&mut self, value: &mut Expr) {
        self.expr(value);
    }

    fn ty(&mut self, ty: TyId) -> TyId {
        if ty.is_none() {
            return self.checker.known.error;
        }
        if !self.checker.session.types.has_hole(ty) {
            return ty;
        }
        self.checker.fill(ty, true, &mut self.memo)
    }

    /// Evidence with placeholders replaced by what was found.
    pub(super) fn evidence_of(&mut self, evidence: Evidence) -> Evidence {
        match evidence {
            Evidence::Given { mut var } => {
                // A chain of placeholders is as long as an operator was deferred.
                loop {
                    match self.checker.solutions.get(&var) {
                        Some(Evidence::Given { var: next }) => var = *next,
                        Some(found) => {
                            let found = found.clone();
                            return self.evidence_of(found);
                        }
                        None => break,
                    }
                }
                Evidence::Given {
                    var: self.rename.get(&var).copied().unwrap_or(var),
                }
            }
            Evidence::Instance {
                instance,
                types,
                args,
            } => Evidence::Instance {
                instance,
                types: types.into_iter().map(|ty| self.ty(ty)).collect(),
                args: args.into_iter().map(|arg| self.evidence_of(arg)).collect(),
            },
            Evidence::Structural { class, type_ } => Evidence::Structural {
                class,
                type_: self.ty(type_),
            },
            Evidence::Super { class, of } => Evidence::Super {
                class,
                of: Box::new(self.evidence_of(*of)),
            },
        }
    }

    /// Type arguments and evidence for a use inside the definition itself, which was inferred without them.
    fn own_arguments(
        &mut self,
        binding: Option<Binding>,
        types: &mut Vec<TyId>,
        evidence: &mut Vec<Evidence>,
        local: bool,
    ) {
        let Some(Binding::Poly { scheme, own }) = binding else {
            return;
        };
        if types.len() >= scheme.types.len() {
            return;
        }
        for &var in scheme.types.iter().skip(types.len()) {
            types.push(self.checker.session.types.intern(Type::Var(var)));
        }
        if evidence.is_empty() && !scheme.constraints.is_empty() {
            let vars = if local {
                own.to_vec()
            } else {
                self.own.clone()
            };
            evidence.extend(vars.into_iter().map(|var| Evidence::Given { var }));
        }
    }

    /// An expression that may stay the widening of a function: the head of an application takes it on.
    fn head(&mut self, node: &mut Expr) {
        match node {
            Expr::Apply { fun, args, .. } => {
                self.head(fun);
                let makes = self.makes_resource(fun);
                for arg in args {
                    self.in_resource = makes;
                    self.expr(arg);
                }
                let meta = node.meta_mut();
                meta.ty = self.checker.zonk(meta.ty);
                self.widen_call(node);
                self.checker.write_source(node);
            }
            Expr::Widen { effect, type_, .. } => {
                self.head(effect);
                let wide = self.ty(*type_);
                if effect.meta().ty == wide {
                    let inner = std::mem::replace(&mut **effect, placeholder());
                    *node = inner;
                } else {
                    *type_ = wide;
                    node.meta_mut().ty = wide;
                }
            }
            _ => self.expr(node),
        }
    }

    fn makes_resource(&self, fun: &Expr) -> bool {
        match fun {
            Expr::Widen { effect, .. } => self.makes_resource(effect),
            Expr::Global { global, .. } => {
                self.checker.session.globals.find(known::RESOURCE) == Some(*global)
            }
            _ => false,
        }
    }

    /// A chain of operators, which is as deep on its left as it is long.
    fn chain(&mut self, node: &mut Expr) {
        let mut current = node;
        while let Expr::Operate { .. } = current {
            self.checker.call_of_domain(current);
            let (meta, args) = match current {
                Expr::Operate {
                    meta,
                    evidence,
                    args,
                    ..
                } => {
                    self.evidence(evidence);
                    (meta, args)
                }
                Expr::Apply { meta, fun, args } => {
                    self.expr(fun);
                    (meta, args)
                }
                _ => return,
            };
            self.meta(meta);
            let Some((first, rest)) = args.split_first_mut() else {
                return;
            };
            rest.iter_mut().for_each(|arg| self.expr(arg));
            current = first;
        }
        self.expr(current);
    }

    /// `(widen f) a` is `widen (f a)`.
    fn widen_call(&mut self, node: &mut Expr) {
        let Expr::Apply { meta, fun, args } = node else {
            return;
        };
        let Expr::Widen { effect, .. } = &mut **fun else {
            return;
        };
        let meta = *meta;
        let mut narrow = effect.meta().ty;
        for _ in 0..args.len() {
            if let Type::Fun(_, result) = *self.checker.get(narrow) {
                narrow = result;
            }
        }
        let inner = std::mem::replace(&mut **effect, placeholder());
        let args = std::mem::take(args);
        let call = Expr::Apply {
            meta: meta.with_ty(narrow),
            fun: Box::new(inner),
            args,
        };
        *node = if narrow == meta.ty {
            call
        } else {
            Expr::Widen {
                meta,
                effect: Box::new(call),
                type_: meta.ty,
            }
        };
    }

    /// `widen f`, where `f` is a function, is `x => widen (f x)`.
    fn expand(&mut self, node: &mut Expr) {
        let Expr::Widen {
            meta,
            effect,
            type_,
        } = node
        else {
            return;
        };
        let (meta, wide) = (*meta, *type_);
        let mut narrow = effect.meta().ty;
        if !matches!(self.checker.get(narrow), Type::Fun(..)) {
            return;
        }
        let mut fun = std::mem::replace(&mut **effect, placeholder());
        let mut binds = Vec::new();
        if !matches!(
            fun,
            Expr::Var { .. } | Expr::Global { .. } | Expr::Member { .. }
        ) {
            let (bind, var) = self.checker.temporary(fun);
            binds.push(bind);
            fun = var;
        }
        let mut params = Vec::new();
        let mut args = Vec::new();
        let mut wide_result = wide;
        while let Type::Fun(param, result) = *self.checker.get(narrow) {
            let var = self.checker.session.core.fresh_named("x", meta.span);
            params.push(Binder::new(var, param));
            args.push(Expr::Var {
                meta: meta.with_ty(param),
                var,
                types: Vec::new(),
                evidence: Vec::new(),
            });
            narrow = result;
            if let Type::Fun(_, result) = *self.checker.get(wide_result) {
                wide_result = result;
            }
        }
        let call = Expr::Apply {
            meta: meta.with_ty(narrow),
            fun: Box::new(fun),
            args,
        };
        let widened = Expr::Widen {
            meta: meta.with_ty(wide_result),
            effect: Box::new(call),
            type_: wide_result,
        };
        let lambda = Expr::Lambda {
            meta: meta.with_ty(wide),
            params,
            body: Box::new(widened),
        };
        *node = if binds.is_empty() {
            lambda
        } else {
            Expr::Let {
                meta: meta.with_ty(wide),
                binds,
                body: Box::new(lambda),
            }
        };
    }
}

/// What stands in a tree while a part of it is moved.
pub(super) fn placeholder() -> Expr {
    Expr::Tuple {
        meta: Meta::NONE,
        items: Vec::new(),
    }
}

impl VisitMut for Zonk<'_, '_> {
    fn expr(&mut self, node: &mut Expr) {
        let within = std::mem::take(&mut self.in_resource);
        match node {
            Expr::Apply { .. } | Expr::Widen { .. } => {
                self.head(node);
                self.expand(node);
                return;
            }
            Expr::Do { .. } => {
                typed::walk_mut_expr(self, node);
                self.checker.write_acquisitions(node, within);
                return;
            }
            Expr::Operate { .. } => return self.chain(node),
            Expr::Var {
                var,
                types,
                evidence,
                ..
            } => {
                let binding = self.checker.local(*var).cloned();
                self.own_arguments(binding, types, evidence, true);
            }
            Expr::Global {
                global,
                types,
                evidence,
                ..
            } => {
                let binding = self.checker.globals.get(global).cloned();
                self.own_arguments(binding, types, evidence, false);
            }
            _ => {}
        }
        typed::walk_mut_expr(self, node);
    }

    fn evidence(&mut self, node: &mut Evidence) {
        let taken = std::mem::replace(
            node,
            Evidence::Given {
                var: EvVar(nanopass::VarId(0)),
            },
        );
        *node = self.evidence_of(taken);
    }

    fn change(&mut self, node: &mut typed::Change) {
        self.checker.write_transformation(node);
        typed::walk_mut_change(self, node);
    }

    fn bind(&mut self, node: &mut Bind) {
        // What it binds was made when it was generalised; only types may still hold holes of the surroundings.
        typed::walk_mut_bind(self, node);
        node.recursive = Flag(node.recursive.0);
    }

    fn ty_id(&mut self, node: &mut TyId) {
        *node = self.ty(*node);
    }

    fn binder(&mut self, node: &mut Binder) {
        node.ty = self.ty(node.ty);
    }

    fn meta(&mut self, node: &mut Meta) {
        if !node.ty.is_none() {
            node.ty = self.ty(node.ty);
            self.checker.check_size(node.ty, node.span);
        }
    }
}
