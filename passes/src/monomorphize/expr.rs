//! Expressions, with the types of all nodes computed on the way.

use ir_defs::mono as m;
use ir_defs::switched as s;
use ir_defs::terminals::{Binder, Flag, LabelId, Lit};
use ir_defs::types::Type;
use nanopass::{Meta, Span, Symbol, TyId};

use super::{Local, Monomorphize};

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
    pub(super) fn binder(&mut self, binder: Binder) -> Binder {
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
