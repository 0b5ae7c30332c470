//! `lower-patches`: `typed` → `unpatched`
//!
//! A patch becomes what it does to each part of its target: fields are selected and put into an extended record,
//! constructors matched, lists and maps mapped.
//!
//! ```text
//! r <| { a: 1, b.c: f }          { x = r; extend x { a: 1, b: { y = x.b; extend y { c: f y.c } } } }
//! r <| { old: - }                narrow r
//! r <| { xs[p].n: 0 }            extend x { xs: list.map (i => if p i then extend i { n: 0 } else i) x.xs }
//! m <| { ["k"]: 1 }              map.insert "k" 1 m
//! v <| { Circle.r: f }           v ? | Circle c => Circle (extend c { r: f c.r }) | _ => v
//! ```
//!
//! Design: the fields of one record are changed together, so a patch of n fields is one extension and takes linear
//! space and time. What is changed is bound to a variable before its parts are taken, so no part of the target is
//! evaluated twice. The library's functions are used at types that are read off their definitions, whatever the order
//! is in which those bind their type variables.

mod library;

use ir_defs::tables::{ConId, GlobalId};
use ir_defs::terminals::{Binder, Flag, Reason};
use ir_defs::typed as a;
use ir_defs::typed_to_unpatched::Rewrite;
use ir_defs::types::{TyVarId, Type};
use ir_defs::unpatched as b;
use ir_defs::{Session, known};
use nanopass::{Meta, Symbol, TyId};
use rustc_hash::{FxHashMap, FxHashSet};

use library::argument;

/// The functions of the library that patches become calls of.
const CALLED: [&str; 6] = [
    known::LIST_MAP,
    known::MAP_MAP,
    known::MAP_MAP_WITH_KEY,
    known::MAP_UPDATE,
    known::MAP_INSERT,
    known::MAP_REMOVE,
];

/// Turns patches into records, matches and calls.
pub fn run(program: a::Entry, session: &mut Session) -> b::Entry {
    let called: Vec<GlobalId> = CALLED.iter().map(|name| session.global(name)).collect();
    let defines = program.groups.iter().flat_map(|group| &group.binds);
    let schemes = defines
        .filter(|define| called.contains(&define.global))
        .map(|define| (define.global, (define.types.clone(), define.type_)))
        .collect();
    Patches { session, schemes }.program(program)
}

struct Patches<'s> {
    session: &'s mut Session,
    /// The type variables and the type of each function that is called.
    schemes: FxHashMap<GlobalId, (Vec<TyVarId>, TyId)>,
}

impl Rewrite for Patches<'_> {
    fn expr_patch(&mut self, meta: Meta, target: Box<a::Expr>, change: Box<a::Change>) -> b::Expr {
        let target = self.expr(*target);
        let mut binds = Vec::new();
        let subject = self.named(target, &mut binds);
        let changed = self.change(*change, subject);
        with(meta, binds, changed)
    }
}

impl Patches<'_> {
    /// What a change makes of a subject, which is a variable or a field of one.
    fn change(&mut self, change: a::Change, subject: b::Expr) -> b::Expr {
        match change {
            a::Change::Replace { value, .. } => self.expr(*value),
            a::Change::Transform { meta, function } => b::Expr::Apply {
                meta: meta.with_ty(subject.meta().ty),
                fun: Box::new(self.expr(*function)),
                args: vec![subject],
            },
            a::Change::Several { meta, changes } => {
                let mut binds = Vec::new();
                let mut current = subject;
                let mut changes = changes.into_iter().peekable();
                while let Some(change) = changes.next() {
                    current = self.change(change, current);
                    if changes.peek().is_some() {
                        current = self.named(current, &mut binds);
                    }
                }
                with(meta.with_ty(current.meta().ty), binds, current)
            }
            a::Change::Fields { meta, fields } => self.fields(meta, fields, subject),
            a::Change::Payload {
                meta,
                con,
                types,
                change,
            } => self.payload(meta, con, types, *change, subject),
            a::Change::Items { meta, change } => {
                let item = argument(self.session, subject.meta().ty, 0);
                let function = self.each(meta, item, *change);
                self.call(meta, known::LIST_MAP, None, vec![function, subject])
            }
            a::Change::ItemsWhere {
                meta,
                predicate,
                change,
            } => {
                let item = argument(self.session, subject.meta().ty, 0);
                let (var, param) = self.param("item", meta, item);
                let body = self.conditional(meta, *predicate, param.clone(), *change, param);
                let function = self.lambda(meta, vec![var], body);
                self.call(meta, known::LIST_MAP, None, vec![function, subject])
            }
            a::Change::Values { meta, change } => {
                let value = argument(self.session, subject.meta().ty, 1);
                let function = self.each(meta, value, *change);
                self.call(meta, known::MAP_MAP, None, vec![function, subject])
            }
            a::Change::ValuesWhere {
                meta,
                predicate,
                change,
            } => self.values_where(meta, *predicate, *change, subject),
            a::Change::Key {
                meta,
                key,
                evidence,
                change,
            } => {
                let key = self.expr(*key);
                let value = argument(self.session, subject.meta().ty, 1);
                let function = self.each(meta, value, *change);
                let args = vec![key, function, subject];
                self.call(meta, known::MAP_UPDATE, Some(evidence), args)
            }
            a::Change::Insert {
                meta,
                key,
                evidence,
                value,
            } => {
                let args = vec![self.expr(*key), self.expr(*value), subject];
                self.call(meta, known::MAP_INSERT, Some(evidence), args)
            }
            a::Change::Delete {
                meta,
                key,
                evidence,
            } => {
                let args = vec![self.expr(*key), subject];
                self.call(meta, known::MAP_REMOVE, Some(evidence), args)
            }
        }
    }

    fn fields(&mut self, meta: Meta, changes: Vec<a::FieldChange>, subject: b::Expr) -> b::Expr {
        let mut binds = Vec::new();
        let record = self.named(subject, &mut binds);
        let (known, tail) = match self.session.types.get(record.meta().ty) {
            Type::Record { fields, tail } => (fields.clone(), *tail),
            _ => (Vec::new(), None),
        };
        let types: FxHashMap<Symbol, TyId> = known.iter().copied().collect();
        let mut fields = Vec::with_capacity(changes.len());
        let mut removed = FxHashSet::default();
        for change in changes {
            match change {
                a::FieldChange::Remove { label, .. } => {
                    removed.insert(label);
                }
                a::FieldChange::Add { meta, label, value } => {
                    let value = self.expr(value);
                    let meta = meta.with_ty(value.meta().ty);
                    fields.push(b::Field { meta, label, value });
                }
                a::FieldChange::Change {
                    meta,
                    label,
                    change,
                } => {
                    let ty = types.get(&label).copied().unwrap_or(TyId::NONE);
                    let old = b::Expr::Select {
                        meta: meta.with_ty(ty),
                        record: Box::new(record.clone()),
                        label,
                    };
                    let value = self.change(change, old);
                    let meta = meta.with_ty(value.meta().ty);
                    fields.push(b::Field { meta, label, value });
                }
            }
        }
        let mut base = record;
        if !removed.is_empty() {
            let kept = known
                .into_iter()
                .filter(|(label, _)| !removed.contains(label))
                .collect();
            let ty = self.session.record(kept, tail);
            base = b::Expr::Narrow {
                meta: meta.with_ty(ty),
                record: Box::new(base),
                type_: ty,
            };
        }
        let changed = if fields.is_empty() {
            base
        } else {
            b::Expr::Extend {
                meta,
                base: Box::new(base),
                fields,
            }
        };
        with(meta, binds, changed)
    }

    fn payload(
        &mut self,
        meta: Meta,
        con: ConId,
        types: Vec<TyId>,
        change: a::Change,
        subject: b::Expr,
    ) -> b::Expr {
        let mut binds = Vec::new();
        let whole = self.named(subject, &mut binds);
        let meta = meta.with_ty(whole.meta().ty);
        let payload = self.session.field_types(con, &types);
        let payload = payload.first().copied().unwrap_or(TyId::NONE);
        let (binder, content) = self.param("content", meta, payload);
        let changed = self.change(change, content);
        let fun_ty = self.session.fun(&[payload], meta.ty);
        let built = b::Expr::Apply {
            meta,
            fun: Box::new(b::Expr::Con {
                meta: meta.with_ty(fun_ty),
                con,
                types: types.clone(),
            }),
            args: vec![changed],
        };
        let pattern = b::Pattern::Con {
            meta,
            con,
            types,
            args: vec![b::Pattern::Bind {
                meta: meta.with_ty(payload),
                binder,
            }],
        };
        let mut arms = vec![arm(meta, pattern, built)];
        if self.has_others(con) {
            let other = b::Pattern::Wild {
                meta,
                type_: meta.ty,
            };
            arms.push(arm(meta, other, whole.clone()));
        }
        let case = b::Expr::Case {
            meta,
            reason: Reason::Match,
            subject: Box::new(whole),
            arms,
        };
        with(meta, binds, case)
    }

    /// Whether the data type of a constructor has others.
    fn has_others(&self, con: ConId) -> bool {
        let data = self
            .session
            .constructors
            .get(con)
            .and_then(|info| info.data);
        let info = data.and_then(|data| self.session.tycons.get(data));
        info.is_none_or(|info| info.constructors.len() > 1)
    }

    fn values_where(
        &mut self,
        meta: Meta,
        predicate: a::Expr,
        change: a::Change,
        subject: b::Expr,
    ) -> b::Expr {
        let key_ty = argument(self.session, subject.meta().ty, 0);
        let value_ty = argument(self.session, subject.meta().ty, 1);
        let (key, key_use) = self.param("key", meta, key_ty);
        let (value, value_use) = self.param("value", meta, value_ty);
        let labels = ["key", "value"].map(|label| self.session.core.intern(label));
        let types = labels.into_iter().zip([key_ty, value_ty]).collect();
        let entry_ty = self.session.record(types, None);
        let fields = labels
            .into_iter()
            .zip([key_use, value_use.clone()])
            .map(|(label, value)| b::Field {
                meta: value.meta(),
                label,
                value,
            });
        let entry = b::Expr::Record {
            meta: meta.with_ty(entry_ty),
            fields: fields.collect(),
        };
        let body = self.conditional(meta, predicate, entry, change, value_use);
        let function = self.lambda(meta, vec![key, value], body);
        self.call(meta, known::MAP_MAP_WITH_KEY, None, vec![function, subject])
    }

    /// `x => change x`, or the function that transforms.
    fn each(&mut self, meta: Meta, item: TyId, change: a::Change) -> b::Expr {
        if let a::Change::Transform { function, .. } = change {
            return self.expr(*function);
        }
        let (var, param) = self.param("item", meta, item);
        let body = self.change(change, param);
        self.lambda(meta, vec![var], body)
    }

    /// `if predicate element then change value else value`
    fn conditional(
        &mut self,
        meta: Meta,
        predicate: a::Expr,
        element: b::Expr,
        change: a::Change,
        value: b::Expr,
    ) -> b::Expr {
        let bool = self.session.bool();
        let ty = value.meta().ty;
        let subject = b::Expr::Apply {
            meta: meta.with_ty(bool),
            fun: Box::new(self.expr(predicate)),
            args: vec![element],
        };
        let changed = self.change(change, value.clone());
        let meta = meta.with_ty(ty);
        let arms = [("True", changed), ("False", value)].map(|(name, body)| {
            let pattern = b::Pattern::Con {
                meta: meta.with_ty(bool),
                con: self.session.constructors.id(name),
                types: Vec::new(),
                args: Vec::new(),
            };
            arm(meta, pattern, body)
        });
        b::Expr::Case {
            meta,
            reason: Reason::If,
            subject: Box::new(subject),
            arms: arms.into(),
        }
    }

    fn lambda(&mut self, meta: Meta, params: Vec<Binder>, body: b::Expr) -> b::Expr {
        let types: Vec<TyId> = params.iter().map(|param| param.ty).collect();
        let ty = self.session.fun(&types, body.meta().ty);
        b::Expr::Lambda {
            meta: meta.with_ty(ty),
            params,
            body: Box::new(body),
        }
    }

    /// A parameter, and a use of it.
    fn param(&mut self, name: &str, meta: Meta, ty: TyId) -> (Binder, b::Expr) {
        let var = self.session.core.fresh_named(name, meta.span);
        let used = b::Expr::Var {
            meta: meta.with_ty(ty),
            var,
            types: Vec::new(),
            evidence: Vec::new(),
        };
        (Binder::new(var, ty), used)
    }

    /// A value as a variable, bound if it is not one yet.
    fn named(&mut self, value: b::Expr, binds: &mut Vec<b::Bind>) -> b::Expr {
        if let b::Expr::Var { .. } = value {
            return value;
        }
        let meta = value.meta();
        let (binder, used) = self.param("it", meta, meta.ty);
        binds.push(b::Bind {
            meta,
            binder,
            recursive: Flag(false),
            types: Vec::new(),
            evidence: Vec::new(),
            value,
        });
        used
    }
}

/// Bindings around an expression, if there are any.
fn with(meta: Meta, binds: Vec<b::Bind>, body: b::Expr) -> b::Expr {
    if binds.is_empty() {
        return body;
    }
    b::Expr::Let {
        meta: meta.with_ty(body.meta().ty),
        binds,
        body: Box::new(body),
    }
}

fn arm(meta: Meta, pattern: b::Pattern, body: b::Expr) -> b::Arm {
    b::Arm {
        meta,
        pattern,
        guard: None,
        body,
    }
}
