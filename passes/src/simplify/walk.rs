//! The walk, and what it knows.
//!
//! An expression is simplified once, where it ends up. `subst` holds what stands for a variable: an atom, or a value
//! that is used once and has not been simplified yet. `known` holds what a variable is known to be where it is in
//! scope; entries of a branch are taken back after it, others stay, because each variable is bound once.

use std::rc::Rc;

use ir_defs::Session;
use ir_defs::direct::{Bind, Branch, Define, Expr, Field};
use ir_defs::session::OptLevel;
use ir_defs::tables::{ConId, GlobalId};
use ir_defs::terminals::{Binder, LabelId, Lit};
use nanopass::{Meta, Symbol, VarId};
use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::{Facts, is_at_most, size_up_to};
use super::specialise::{Copies, Template};
use super::uses::Uses;

/// A function that is called once is put in its place up to this size.
pub(super) const ONCE_SIZE: usize = 100;

/// A function that is marked `@inline` is put in the place of its calls up to this size, as far as the budget allows.
pub(super) const WANTED_SIZE: usize = 400;

/// What a variable is known to be. All parts are atoms.
#[derive(Clone)]
pub(super) enum Known {
    Construct(ConId, Vec<Expr>),
    Tuple(Vec<Expr>),
    Record(Vec<(Symbol, Expr)>),
    Lit(Lit),
    /// A small function or effect.
    Function(Expr),
}

pub(super) enum Subst {
    Atom(Expr),
    /// Taken where the one use stands, with how many of its kind are nested in it.
    Once(Expr, usize),
}

pub(super) enum Target {
    /// Taken where the one jump stands.
    Once(Vec<Binder>, Expr),
    /// Copied to each jump.
    Small(Vec<Binder>, Expr),
}

/// A function that may be put in place of its calls.
pub(super) struct Inline {
    pub params: Vec<Binder>,
    pub body: Expr,
    pub size: usize,
    pub once: bool,
    /// Marked `@inline`.
    pub wanted: bool,
}

pub(super) struct Simplifier<'s> {
    pub session: &'s mut Session,
    pub facts: &'s mut Facts,
    pub uses: Uses,
    pub known: FxHashMap<VarId, Known>,
    pub changed: bool,
    pub subst: FxHashMap<VarId, Subst>,
    pub targets: FxHashMap<LabelId, Target>,
    pub inline: FxHashMap<GlobalId, Inline>,
    /// Top-level values that are atoms or constructors without fields.
    pub atoms: FxHashMap<GlobalId, Expr>,
    /// Functions that take functions.
    pub templates: FxHashMap<GlobalId, Rc<Template>>,
    pub copies: &'s mut Copies,
    /// Copies that have been made in this round.
    pub new_defines: Vec<Define>,
    /// Whether no round follows that could simplify a copy.
    pub is_last: bool,
    /// The functions that variables are bound to, but for large and for recursive ones.
    pub lambdas: FxHashMap<VarId, Rc<Expr>>,
    /// Variables that are bound to functions.
    pub functions: FxHashSet<VarId>,
    /// The definition at work.
    pub current: Option<GlobalId>,
    pub main: Option<GlobalId>,
    /// How many nodes may still be copied.
    pub budget: usize,
    /// Functions up to this size are copied to their calls.
    pub small: usize,
    pub depth: usize,
}

impl<'s> Simplifier<'s> {
    pub fn new(
        session: &'s mut Session,
        facts: &'s mut Facts,
        copies: &'s mut Copies,
        uses: Uses,
        main: Option<GlobalId>,
    ) -> Simplifier<'s> {
        let small = match session.options.optimize {
            OptLevel::O0 => 0,
            OptLevel::Os => 6,
            OptLevel::O1 => 10,
            OptLevel::O2 => 20,
        };
        let budget = *copies.budget.get_or_insert(match session.options.optimize {
            OptLevel::O0 => 0,
            OptLevel::Os => 1000 + uses.size / 4,
            OptLevel::O1 => 2000 + uses.size / 2,
            OptLevel::O2 => 4000 + uses.size,
        });
        Simplifier {
            session,
            facts,
            uses,
            known: FxHashMap::default(),
            changed: false,
            subst: FxHashMap::default(),
            targets: FxHashMap::default(),
            inline: FxHashMap::default(),
            atoms: FxHashMap::default(),
            templates: FxHashMap::default(),
            copies,
            new_defines: Vec::new(),
            is_last: false,
            lambdas: FxHashMap::default(),
            functions: FxHashSet::default(),
            current: None,
            main,
            budget,
            small,
            depth: 0,
        }
    }

    /// Simplifies a definition.
    pub fn define(&mut self, define: Define) -> Define {
        self.current = Some(define.global);
        Define {
            value: self.expr(define.value),
            ..define
        }
    }

    /// Notes what callers are to know of a definition that has been simplified.
    pub fn learn(&mut self, define: &Define, is_recursive: bool) {
        let Define { global, value, .. } = define;
        self.facts.learn(*global, value, is_recursive);
        if self.main == Some(*global) {
            return;
        }
        self.keep_template(define, is_recursive);
        let once = self.uses.global(*global).count == 1;
        let wanted = self
            .session
            .globals
            .get(*global)
            .is_some_and(|info| info.inline);
        let limit = match (wanted, once) {
            (true, _) => WANTED_SIZE,
            (false, true) => ONCE_SIZE,
            (false, false) => 3 * self.small,
        };
        match value {
            value if is_atom(value) || is_constant(value) => {
                self.atoms.insert(*global, value.clone());
            }
            Expr::Lambda { .. } | Expr::Suspend { .. }
                if !is_recursive && is_at_most(value, limit) =>
            {
                let size = size_up_to(value, limit);
                let (params, body) = match value {
                    Expr::Lambda { params, body, .. } => (params.clone(), (**body).clone()),
                    effect => (Vec::new(), effect.clone()),
                };
                let inline = Inline {
                    params,
                    body,
                    size,
                    once,
                    wanted,
                };
                self.inline.insert(*global, inline);
            }
            _ => {}
        }
    }

    pub fn exprs(&mut self, exprs: Vec<Expr>) -> Vec<Expr> {
        exprs.into_iter().map(|expr| self.expr(expr)).collect()
    }

    pub fn expr(&mut self, expr: Expr) -> Expr {
        match expr {
            Expr::Lit { .. } => expr,
            Expr::Var { meta, var } => self.var(meta, var),
            Expr::Global {
                meta,
                global,
                type_,
            } => match self.atoms.get(&global) {
                // g = a, so g ⇒ a
                Some(atom) => with_meta(atom.clone(), meta),
                None => Expr::Global {
                    meta,
                    global,
                    type_,
                },
            },
            Expr::Construct {
                meta,
                con,
                types,
                args,
            } => {
                let args = self.exprs(args);
                self.construct(meta, con, types, args)
            }
            Expr::Prim {
                meta,
                prim,
                result,
                args,
            } => {
                let args = self.exprs(args);
                self.prim(meta, prim, result, args)
            }
            Expr::Lambda { meta, params, body } => self.lambda(meta, params, *body),
            Expr::Apply { meta, fun, args } => self.apply(meta, *fun, args, None),
            Expr::Let { meta, binds, body } => self.block(meta, binds, *body),
            Expr::Tuple { meta, items } => Expr::Tuple {
                meta,
                items: self.exprs(items),
            },
            Expr::List { meta, item, items } => Expr::List {
                meta,
                item,
                items: self.exprs(items),
            },
            Expr::Record { meta, fields } => {
                let fields = fields
                    .into_iter()
                    .map(|Field { meta, label, value }| Field {
                        meta,
                        label,
                        value: self.expr(value),
                    })
                    .collect();
                Expr::Record { meta, fields }
            }
            Expr::Select {
                meta,
                record,
                label,
            } => {
                let record = self.expr(*record);
                self.select(meta, record, label)
            }
            Expr::Item { meta, tuple, index } => {
                let tuple = self.expr(*tuple);
                self.item(meta, tuple, index)
            }
            Expr::Switch {
                meta,
                subject,
                branches,
                otherwise,
            } => {
                let subject = self.expr(*subject);
                self.switch(meta, subject, branches, otherwise)
            }
            Expr::Join {
                meta,
                label,
                params,
                target,
                body,
            } => self.join(meta, label, params, *target, *body),
            Expr::Jump {
                meta,
                label,
                args,
                type_,
            } => self.jump(meta, label, args, type_),
            Expr::Suspend { meta, fails, body } => self.suspend(meta, fails, *body),
            Expr::Perform { meta, effect } => self.perform(meta, *effect),
            Expr::Fail {
                meta,
                payload,
                type_,
            } => {
                let payload = self.expr(*payload);
                self.fail(meta, payload, type_)
            }
            Expr::Attempt { meta, fails, body } => {
                let body = self.expr(*body);
                self.attempt(meta, fails, body)
            }
        }
    }

    fn var(&mut self, meta: Meta, var: VarId) -> Expr {
        match self.subst.get(&var) {
            Some(Subst::Atom(atom)) => return with_meta(atom.clone(), meta),
            Some(Subst::Once(..)) => {
                if let Some(Subst::Once(value, _)) = self.subst.remove(&var) {
                    return self.expr(value);
                }
            }
            None => {}
        }
        match self.known.get(&var) {
            Some(Known::Lit(lit)) => Expr::Lit {
                meta,
                lit: lit.clone(),
            },
            _ => Expr::Var { meta, var },
        }
    }

    fn lambda(&mut self, meta: Meta, params: Vec<Binder>, body: Expr) -> Expr {
        let mut params = params;
        match self.expr(body) {
            // λa. λb. e ⇒ λa b. e
            Expr::Lambda {
                params: more, body, ..
            } => {
                self.changed = true;
                params.extend(more);
                Expr::Lambda { meta, params, body }
            }
            body => Expr::Lambda {
                meta,
                params,
                body: Box::new(body),
            },
        }
    }

    /// Simplifies a branch of a switch on a variable, which is known to be `known` there.
    pub fn refined(&mut self, subject: Option<VarId>, known: Known, body: Expr) -> Expr {
        let Some(subject) = subject else {
            return self.expr(body);
        };
        let before = self.known.insert(subject, known);
        let body = self.expr(body);
        match before {
            Some(before) => self.known.insert(subject, before),
            None => self.known.remove(&subject),
        };
        body
    }
}

/// Whether it is a literal, a variable or a global.
pub(crate) fn is_atom(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Lit { .. } | Expr::Var { .. } | Expr::Global { .. }
    )
}

/// Whether it is a constructor without fields: no object, so a copy costs nothing.
fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Construct { args, .. } => args.is_empty(),
        Expr::List { items, .. } => items.is_empty(),
        _ => false,
    }
}

/// The same, where and as what `meta` says.
pub(super) fn with_meta(expr: Expr, meta: Meta) -> Expr {
    let mut expr = expr;
    *expr.meta_mut() = meta;
    expr
}

/// What never returns may stand for a value of any type.
pub(crate) fn retype(expr: Expr, meta: Meta) -> Expr {
    match expr {
        Expr::Fail {
            meta: at, payload, ..
        } => Expr::Fail {
            meta: at.with_ty(meta.ty),
            payload,
            type_: meta.ty,
        },
        Expr::Jump {
            meta: at,
            label,
            args,
            ..
        } => Expr::Jump {
            meta: at.with_ty(meta.ty),
            label,
            args,
            type_: meta.ty,
        },
        other => other,
    }
}

pub(super) fn block(meta: Meta, binds: Vec<Bind>, body: Expr) -> Expr {
    if binds.is_empty() {
        return body;
    }
    let meta = meta.with_ty(body.meta().ty);
    Expr::Let {
        meta,
        binds,
        body: Box::new(body),
    }
}

/// The body of a branch, to change.
pub(crate) fn branch_body(branch: &mut Branch) -> &mut Expr {
    match branch {
        Branch::OnCon { body, .. } | Branch::OnLit { body, .. } => body,
    }
}
