//! Expressions, with the types of all nodes computed on the way.

use ir_defs::mono as m;
use ir_defs::switched as s;
use ir_defs::terminals::{Binder, Flag, LabelId, Lit};
use ir_defs::types::{TyVarId, Type};
use nanopass::{Meta, Span, Symbol, TyId, VarId};

use super::evidence::EvId;
use super::{Local, LocalBind, LocalInstance, Monomorphize};

/// A binding or a step while those after it are being translated.
enum Slot {
    Bind(m::Bind),
    Run(m::Step),
    /// The instances of a generalised binding, known only after everything that may use them.
    Instances(usize, Meta),
}

impl<'p> Monomorphize<'p, '_> {
    pub(super) fn expr(&mut self, e: &'p s::Expr) -> m::Expr {
        match e {
            s::Expr::Lit { meta, lit } => {
                let ty = self.lit_type(lit);
                m::Expr::Lit {
                    meta: meta.with_ty(ty),
                    lit: lit.clone(),
                }
            }
            s::Expr::Var {
                meta,
                var,
                types,
                evidence,
            } => self.var(*meta, *var, types, evidence),
            s::Expr::Global { .. } | s::Expr::Member { .. } | s::Expr::Con { .. } => {
                let callee = self.callee(e);
                self.value(callee)
            }
            s::Expr::Apply { meta, fun, args } => {
                let callee = self.callee(fun);
                let args = self.exprs(args);
                self.apply(meta.span, callee, args)
            }
            s::Expr::Lambda { meta, params, body } => {
                let params = self.binders(params);
                let body = self.expr(body);
                self.lambda(meta.span, params, body)
            }
            s::Expr::Let { meta, binds, body } => {
                let mut slots = Vec::with_capacity(binds.len());
                for bind in binds {
                    let slot = self.bind(bind);
                    slots.push(slot);
                }
                let body = Box::new(self.expr(body));
                let binds = self.close(slots).into_iter().filter_map(|step| match step {
                    m::Step::Let { bind, .. } => Some(bind),
                    m::Step::Run { .. } => None,
                });
                m::Expr::Let {
                    meta: meta.with_ty(body.meta().ty),
                    binds: binds.collect(),
                    body,
                }
            }
            s::Expr::Do { meta, steps, tail } => self.sequence(*meta, steps, tail),
            s::Expr::Tuple { meta, items } => {
                let items = self.exprs(items);
                let ty = self
                    .session
                    .tuple(items.iter().map(|item| item.meta().ty).collect());
                m::Expr::Tuple {
                    meta: meta.with_ty(ty),
                    items,
                }
            }
            s::Expr::List { meta, item, items } => {
                let item = self.ty(*item);
                let items = self.exprs(items);
                let ty = self.session.list(item);
                m::Expr::List {
                    meta: meta.with_ty(ty),
                    item,
                    items,
                }
            }
            s::Expr::Record { meta, fields } => {
                let fields = self.fields(fields);
                self.record(meta.span, Vec::new(), fields)
            }
            s::Expr::Extend { meta, base, fields } => {
                let base = self.expr(base);
                let fields = self.fields(fields);
                let labels: Vec<Symbol> = fields.iter().map(|field| field.label).collect();
                let (bind, mut all) = self.selections(base, |label| !labels.contains(&label));
                all.extend(fields);
                self.record(meta.span, bind, all)
            }
            s::Expr::Narrow {
                meta,
                record,
                type_,
            } => {
                let ty = self.ty(*type_);
                let record = self.expr(record);
                if record.meta().ty == ty {
                    return record;
                }
                let labels: Vec<Symbol> = self
                    .record_fields(ty)
                    .into_iter()
                    .map(|(label, _)| label)
                    .collect();
                let (bind, fields) = self.selections(record, |label| labels.contains(&label));
                self.record(meta.span, bind, fields)
            }
            s::Expr::Select {
                meta,
                record,
                label,
            } => {
                let record = Box::new(self.expr(record));
                let fields = self.record_fields(record.meta().ty);
                let found = fields.into_iter().find(|(other, _)| other == label);
                let ty = found.map_or(TyId::NONE, |(_, ty)| ty);
                m::Expr::Select {
                    meta: meta.with_ty(ty),
                    record,
                    label: *label,
                }
            }
            s::Expr::Item { meta, tuple, index } => {
                let tuple = Box::new(self.expr(tuple));
                let ty = match self.session.types.get(tuple.meta().ty) {
                    Type::Tuple(items) => {
                        items.get(index.0 as usize).copied().unwrap_or(TyId::NONE)
                    }
                    _ => TyId::NONE,
                };
                m::Expr::Item {
                    meta: meta.with_ty(ty),
                    tuple,
                    index: *index,
                }
            }
            s::Expr::Operate {
                meta,
                op,
                evidence,
                args,
            } => {
                let args = self.exprs(args);
                self.operate(meta.span, *op, evidence, args)
            }
            s::Expr::Widen {
                meta,
                effect,
                type_,
            } => {
                let ty = self.ty(*type_);
                let effect = self.expr(effect);
                if effect.meta().ty == ty {
                    return effect;
                }
                m::Expr::Widen {
                    meta: meta.with_ty(ty),
                    effect: Box::new(effect),
                    type_: ty,
                }
            }
            s::Expr::Switch {
                meta,
                subject,
                branches,
                otherwise,
            } => {
                let subject = Box::new(self.expr(subject));
                let branches: Vec<m::Branch> =
                    branches.iter().map(|branch| self.branch(branch)).collect();
                let otherwise = otherwise
                    .as_ref()
                    .map(|otherwise| Box::new(self.expr(otherwise)));
                let first = match branches.first() {
                    Some(m::Branch::OnCon { body, .. } | m::Branch::OnLit { body, .. }) => {
                        Some(body.meta().ty)
                    }
                    None => otherwise.as_ref().map(|otherwise| otherwise.meta().ty),
                };
                let meta = meta.with_ty(first.unwrap_or(TyId::NONE));
                m::Expr::Switch {
                    meta,
                    subject,
                    branches,
                    otherwise,
                }
            }
            s::Expr::Join {
                meta,
                label,
                params,
                target,
                body,
            } => {
                let fresh = LabelId(self.session.core.fresh_var_like(label.0));
                self.scope.labels.insert(*label, fresh);
                let params = self.binders(params);
                let target = Box::new(self.expr(target));
                let body = Box::new(self.expr(body));
                m::Expr::Join {
                    meta: meta.with_ty(target.meta().ty),
                    label: fresh,
                    params,
                    target,
                    body,
                }
            }
            s::Expr::Jump {
                meta,
                label,
                args,
                type_,
            } => {
                let label = self.scope.labels.get(label).copied().unwrap_or(*label);
                let args = self.exprs(args);
                let type_ = self.ty(*type_);
                m::Expr::Jump {
                    meta: meta.with_ty(type_),
                    label,
                    args,
                    type_,
                }
            }
        }
    }

    pub(super) fn exprs(&mut self, exprs: &'p [s::Expr]) -> Vec<m::Expr> {
        exprs.iter().map(|e| self.expr(e)).collect()
    }

    fn fields(&mut self, fields: &'p [s::Field]) -> Vec<m::Field> {
        let mut result = Vec::with_capacity(fields.len());
        for field in fields {
            let value = self.expr(&field.value);
            result.push(m::Field {
                meta: field.meta.with_ty(value.meta().ty),
                label: field.label,
                value,
            });
        }
        result
    }

    fn branch(&mut self, branch: &'p s::Branch) -> m::Branch {
        match branch {
            s::Branch::OnCon {
                meta,
                con,
                fields,
                body,
            } => {
                let fields = self.binders(fields);
                let body = self.expr(body);
                m::Branch::OnCon {
                    meta: meta.with_ty(body.meta().ty),
                    con: *con,
                    fields,
                    body,
                }
            }
            s::Branch::OnLit { meta, lit, body } => {
                let body = self.expr(body);
                m::Branch::OnLit {
                    meta: meta.with_ty(body.meta().ty),
                    lit: lit.clone(),
                    body,
                }
            }
        }
    }

    fn binders(&mut self, binders: &[Binder]) -> Vec<Binder> {
        binders.iter().map(|&binder| self.binder(binder)).collect()
    }

    /// A new variable for this copy of the code.
    fn binder(&mut self, binder: Binder) -> Binder {
        let ty = self.ty(binder.ty);
        let var = self.session.core.fresh_var_like(binder.var);
        self.scope.vars.insert(binder.var, Local::One(var, ty));
        Binder::new(var, ty)
    }

    pub(super) fn lambda(&mut self, span: Span, params: Vec<Binder>, body: m::Expr) -> m::Expr {
        let types: Vec<TyId> = params.iter().map(|param| param.ty).collect();
        let ty = self.session.fun(&types, body.meta().ty);
        m::Expr::Lambda {
            meta: Meta::new(span, ty),
            params,
            body: Box::new(body),
        }
    }

    fn lit_type(&mut self, lit: &Lit) -> TyId {
        match lit {
            Lit::Int(_) => self.session.int(),
            Lit::Float(_) => self.session.float(),
            Lit::Char(_) => self.session.char(),
            Lit::Text(_) => self.session.text(),
        }
    }

    fn var(&mut self, meta: Meta, var: VarId, types: &[TyId], evidence: &[s::Evidence]) -> m::Expr {
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

    fn bind(&mut self, bind: &'p s::Bind) -> Slot {
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
    fn close(&mut self, slots: Vec<Slot>) -> Vec<m::Step> {
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

    fn sequence(&mut self, meta: Meta, steps: &'p [s::Step], tail: &'p s::Expr) -> m::Expr {
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

    /// The fields of a record type.
    pub(super) fn record_fields(&self, ty: TyId) -> Vec<(Symbol, TyId)> {
        match self.session.types.get(ty) {
            Type::Record { fields, .. } => fields.clone(),
            _ => Vec::new(),
        }
    }

    /// Selections of the fields of `base` that are wanted, and the binding of `base` that they speak of.
    fn selections(
        &mut self,
        base: m::Expr,
        wanted: impl Fn(Symbol) -> bool,
    ) -> (Vec<m::Bind>, Vec<m::Field>) {
        let meta = base.meta();
        let types = self.record_fields(meta.ty);
        let mut binds = Vec::new();
        let base = self.name_value("record", base, &mut binds);
        let fields = types
            .into_iter()
            .filter(|(label, _)| wanted(*label))
            .map(|(label, ty)| {
                let meta = meta.with_ty(ty);
                m::Field {
                    meta,
                    label,
                    value: m::Expr::Select {
                        meta,
                        record: Box::new(base.clone()),
                        label,
                    },
                }
            });
        (binds, fields.collect())
    }

    /// A record of these fields, which are evaluated in the order given and after `binds`.
    fn record(
        &mut self,
        span: Span,
        mut binds: Vec<m::Bind>,
        mut fields: Vec<m::Field>,
    ) -> m::Expr {
        let ty = self.session.record(
            fields
                .iter()
                .map(|field| (field.label, field.value.meta().ty))
                .collect(),
            None,
        );
        let labels: Vec<Symbol> = self
            .record_fields(ty)
            .into_iter()
            .map(|(label, _)| label)
            .collect();
        let place = |field: &m::Field| labels.iter().position(|label| *label == field.label);
        if !fields.is_sorted_by_key(place) {
            let mut named = Vec::with_capacity(fields.len());
            for m::Field { meta, label, value } in fields {
                let total = matches!(&value, m::Expr::Select { record, .. } if matches!(**record, m::Expr::Var { .. }));
                let name = self.session.core.text(label).to_owned();
                let value = if total {
                    value
                } else {
                    self.name_value(&name, value, &mut binds)
                };
                named.push(m::Field { meta, label, value });
            }
            fields = named;
            fields.sort_by_key(place);
        }
        let record = m::Expr::Record {
            meta: Meta::new(span, ty),
            fields,
        };
        self.wrap(binds, record)
    }

    /// `let binds in body`, if there are any.
    pub(super) fn wrap(&mut self, binds: Vec<m::Bind>, body: m::Expr) -> m::Expr {
        if binds.is_empty() {
            return body;
        }
        m::Expr::Let {
            meta: body.meta(),
            binds,
            body: Box::new(body),
        }
    }

    /// A variable or literal that stands for the value of `e`, which is computed in `binds` if it has to be.
    pub(super) fn name_value(
        &mut self,
        name: &str,
        e: m::Expr,
        binds: &mut Vec<m::Bind>,
    ) -> m::Expr {
        if matches!(e, m::Expr::Var { .. } | m::Expr::Lit { .. }) {
            return e;
        }
        let meta = e.meta();
        let var = self.session.core.fresh_named(name, meta.span);
        binds.push(m::Bind {
            meta,
            binder: Binder::new(var, meta.ty),
            recursive: Flag(false),
            value: e,
        });
        m::Expr::Var { meta, var }
    }
}
