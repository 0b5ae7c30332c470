//! Local bindings: a generalised one is copied for each choice of types and evidence that it is used at.

use ir_defs::mono as m;
use ir_defs::switched as s;
use ir_defs::terminals::Binder;
use ir_defs::types::TyVarId;
use nanopass::{Meta, TyId, VarId};

use super::evidence::EvId;
use super::{Local, Monomorphize};

/// A generalised local binding and its instances.
pub(super) struct LocalBind<'p> {
    pub(super) bind: &'p s::Bind,
    pub(super) instances: Vec<LocalInstance>,
    /// The one whose value is being translated.
    pub(super) current: Option<usize>,
}

pub(super) struct LocalInstance {
    pub(super) types: Vec<TyId>,
    pub(super) evidence: Vec<EvId>,
    pub(super) binder: Binder,
    pub(super) value: Option<m::Expr>,
}

/// A binding or a step while those after it are being translated.
pub(super) enum Slot {
    Bind(m::Bind),
    Run(m::Step),
    /// The instances of a generalised binding, known only after everything that may use them.
    Instances(usize, Meta),
}

impl<'p> Monomorphize<'p, '_> {
    pub(super) fn var(
        &mut self,
        meta: Meta,
        var: VarId,
        types: &[TyId],
        evidence: &[s::Evidence],
    ) -> m::Expr {
        match self.scope.vars.get(&var).copied() {
            Some(Local::One(var, ty)) => m::Expr::Var {
                meta: meta.with_ty(ty),
                var,
            },
            Some(Local::Many(local)) => {
                let binder = self.local_instance(local, types, evidence);
                m::Expr::Var {
                    meta: meta.with_ty(binder.ty),
                    var: binder.var,
                }
            }
            None => m::Expr::Var { meta, var },
        }
    }

    /// The variable of a generalised binding at these types. Inside of the binding itself, a use without types is the
    /// same instance.
    fn local_instance(&mut self, local: usize, types: &[TyId], evidence: &[s::Evidence]) -> Binder {
        let types = self.types(types);
        let evidence: Vec<EvId> = evidence
            .iter()
            .map(|evidence| self.evidence(evidence))
            .collect();
        let Some(LocalBind {
            bind,
            instances,
            current,
        }) = self.locals.get(local)
        else {
            return Binder::untyped(VarId(u32::MAX));
        };
        let bind = *bind;
        let found = match current {
            Some(index) if types.is_empty() && evidence.is_empty() => instances.get(*index),
            _ => instances
                .iter()
                .find(|instance| instance.types == types && instance.evidence == evidence),
        };
        if let Some(instance) = found {
            return instance.binder;
        }
        let mut replace = self.scope.types.clone();
        replace.extend(bind.types.iter().copied().zip(types.iter().copied()));
        let ty = self.session.types.substitute(bind.binder.ty, &replace);
        let ty = self.reduce.reduce(ty, self.session);
        let binder = Binder::new(self.session.core.fresh_var_like(bind.binder.var), ty);
        if let Some(local) = self.locals.get_mut(local) {
            local.instances.push(LocalInstance {
                types,
                evidence,
                binder,
                value: None,
            });
        }
        binder
    }

    pub(super) fn bind(&mut self, bind: &'p s::Bind) -> Slot {
        if bind.types.is_empty() && bind.evidence.is_empty() {
            // Unless it is recursive its value may speak of an older variable only, so the order does not matter.
            let binder = self.binder(bind.binder);
            let value = self.expr(&bind.value);
            return Slot::Bind(m::Bind {
                meta: bind.meta.with_ty(binder.ty),
                binder,
                recursive: bind.recursive,
                value,
            });
        }
        let local = self.locals.len();
        self.locals.push(LocalBind {
            bind,
            instances: Vec::new(),
            current: None,
        });
        self.scope.vars.insert(bind.binder.var, Local::Many(local));
        Slot::Instances(local, bind.meta)
    }

    /// Translates the instances of generalised bindings, the last binding first, as only later ones use earlier ones.
    pub(super) fn close(&mut self, slots: Vec<Slot>) -> Vec<m::Step> {
        for slot in slots.iter().rev() {
            if let Slot::Instances(local, _) = slot {
                self.translate_instances(*local);
            }
        }
        let mut steps = Vec::with_capacity(slots.len());
        for slot in slots {
            match slot {
                Slot::Run(step) => steps.push(step),
                Slot::Bind(bind) => steps.push(m::Step::Let {
                    meta: bind.meta,
                    bind,
                }),
                Slot::Instances(local, meta) => {
                    let Some(local) = self.locals.get_mut(local) else {
                        continue;
                    };
                    let recursive = local.bind.recursive;
                    for LocalInstance { binder, value, .. } in std::mem::take(&mut local.instances)
                    {
                        if let Some(value) = value {
                            let meta = meta.with_ty(binder.ty);
                            steps.push(m::Step::Let {
                                meta,
                                bind: m::Bind {
                                    meta,
                                    binder,
                                    recursive,
                                    value,
                                },
                            });
                        }
                    }
                }
            }
        }
        steps
    }

    fn translate_instances(&mut self, local: usize) {
        let Some(LocalBind {
            bind, instances, ..
        }) = self.locals.get(local)
        else {
            return;
        };
        let bind = *bind;
        // A value that nobody uses is computed nevertheless, for it may fault.
        if instances.is_empty()
            && bind.evidence.is_empty()
            && !matches!(bind.value, s::Expr::Lambda { .. })
        {
            let unit = self.session.unit();
            let types = vec![unit; bind.types.len()];
            self.local_instance(local, &types, &[]);
        }
        let mut index = 0;
        while let Some(instance) = self
            .locals
            .get(local)
            .and_then(|local| local.instances.get(index))
        {
            let types: Vec<(TyVarId, TyId)> = bind
                .types
                .iter()
                .copied()
                .zip(instance.types.iter().copied())
                .collect();
            let evidence = bind
                .evidence
                .iter()
                .map(|param| param.var)
                .zip(instance.evidence.iter().copied());
            self.scope.evidence.extend(evidence);
            self.scope.types.extend(types);
            if let Some(local) = self.locals.get_mut(local) {
                local.current = Some(index);
            }
            let value = self.expr(&bind.value);
            if let Some(local) = self.locals.get_mut(local) {
                local.current = None;
                if let Some(instance) = local.instances.get_mut(index) {
                    instance.value = Some(value);
                }
            }
            index += 1;
        }
    }

    pub(super) fn sequence(
        &mut self,
        meta: Meta,
        steps: &'p [s::Step],
        tail: &'p s::Expr,
    ) -> m::Expr {
        let mut fails = None;
        let mut slots = Vec::with_capacity(steps.len());
        for step in steps {
            match step {
                s::Step::Run {
                    meta,
                    binder,
                    effect,
                    ..
                } => {
                    let effect = self.expr(effect);
                    let row = self.session.as_effect(effect.meta().ty).map(|(row, _)| row);
                    fails = fails.or(row.and_then(|row| self.fail_of(row)));
                    let binder = self.binder(*binder);
                    slots.push(Slot::Run(m::Step::Run {
                        meta: meta.with_ty(binder.ty),
                        binder,
                        effect,
                    }));
                }
                s::Step::Let { bind, .. } => {
                    let slot = self.bind(bind);
                    slots.push(slot);
                }
            }
        }
        let tail = Box::new(self.expr(tail));
        let (row, result) = self
            .session
            .as_effect(tail.meta().ty)
            .unwrap_or((TyId::NONE, TyId::NONE));
        let fails = fails.or_else(|| self.fail_of(row));
        let ty = self.effect(fails, result);
        m::Expr::Do {
            meta: meta.with_ty(ty),
            steps: self.close(slots),
            tail,
        }
    }
}
