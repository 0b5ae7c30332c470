//! `sequence-effects`: `derived` → `direct`
//!
//! Effects become functions of nothing: `Suspend` makes one, `Perform` runs it, and the steps of a block are bindings
//! in order.
//!
//! ```text
//! greet = name =>                          greet = name =>
//!   do { answer <- ask name          ──►     suspend (let answer = perform (ask name)
//!        printLine (name ++ answer) }                 in console.print-line (text.concat name answer))
//! ```
//!
//! Design: what stands where an effect is performed at once is written in place (`perform`), so most effects are never
//! made. A function that gives an effect computes when that effect is performed: its body is one `Suspend`, which
//! later passes make into one more parameter of no width; the same holds for a top-level effect. Elsewhere the
//! arguments of an effect are computed where the effect is made, as a strict language has to. A failure is an exit
//! (`Fail`) to the nearest `Attempt` or out of the `Suspend`. `bracket` is an `Attempt` around the use, after which
//! the release runs on both ways out, by itself: the first failure wins. Opening a row has no code, so `Widen`
//! disappears.

mod prims;

use ir_defs::Session;
use ir_defs::derived as a;
use ir_defs::derived_to_direct::{self as edge, Rewrite};
use ir_defs::direct as b;
use ir_defs::prims::Prim;
use ir_defs::terminals::{Binder, Flag};
use ir_defs::types::Type;
use nanopass::{Meta, Span, TyId};

/// Puts effects in order.
pub fn run(program: a::Program, session: &mut Session) -> b::Program {
    SequenceEffects { session }.program(program)
}

struct SequenceEffects<'s> {
    session: &'s mut Session,
}

impl Rewrite for SequenceEffects<'_> {
    fn define(&mut self, node: a::Define) -> b::Define {
        let a::Define {
            meta,
            global,
            type_,
            static_,
            value,
        } = node;
        let value = self.delayed(value);
        b::Define {
            meta,
            global,
            type_,
            static_,
            value,
        }
    }

    fn expr_lambda(&mut self, meta: Meta, params: Vec<Binder>, body: Box<a::Expr>) -> b::Expr {
        let body = Box::new(self.delayed(*body));
        b::Expr::Lambda { meta, params, body }
    }

    fn expr_do(&mut self, meta: Meta, steps: Vec<a::Step>, tail: Box<a::Expr>) -> b::Expr {
        let body = self.steps(steps, *tail);
        self.suspend(meta, body)
    }

    fn expr_widen(&mut self, _meta: Meta, effect: Box<a::Expr>, _type: TyId) -> b::Expr {
        self.expr(*effect)
    }

    fn expr_prim(
        &mut self,
        meta: Meta,
        prim: Prim,
        result: Option<TyId>,
        args: Vec<a::Expr>,
    ) -> b::Expr {
        if !is_effect(prim) {
            return edge::walk_expr_prim(self, meta, prim, result, args);
        }
        // The arguments are computed here, what is done with them is not.
        let mut binds = Vec::new();
        let args = args
            .into_iter()
            .map(|arg| self.name_source("arg", arg, &mut binds))
            .collect();
        let body = self.perform_prim(meta, prim, args);
        let suspend = self.suspend(meta, body);
        wrap(binds, suspend)
    }
}

impl SequenceEffects<'_> {
    /// The body of a function, or a definition: an effect there does everything when it is performed.
    fn delayed(&mut self, e: a::Expr) -> b::Expr {
        let meta = e.meta();
        if self.session.as_effect(meta.ty).is_none() {
            return self.expr(e);
        }
        let body = self.perform(e);
        self.suspend(meta, body)
    }

    fn suspend(&mut self, meta: Meta, body: b::Expr) -> b::Expr {
        b::Expr::Suspend {
            meta,
            fails: self.fails(meta.ty),
            body: Box::new(body),
        }
    }

    /// What an effect, or a function that gives one, may fail with.
    fn fails(&self, mut ty: TyId) -> Option<TyId> {
        while let Type::Fun(_, result) = self.session.types.get(ty) {
            ty = *result;
        }
        match self.session.types.get(self.session.as_effect(ty)?.0) {
            Type::Row { fail, .. } => *fail,
            _ => None,
        }
    }

    /// The same of an expression, before it was seen as one that may fail more.
    fn really_fails(&self, e: &a::Expr) -> Option<TyId> {
        match e {
            a::Expr::Widen { effect, .. } => self.really_fails(effect),
            other => self.fails(other.meta().ty),
        }
    }

    /// What an effect gives.
    fn given(&self, ty: TyId) -> TyId {
        self.session
            .as_effect(ty)
            .map_or(TyId::NONE, |(_, given)| given)
    }

    /// Computes an effect and performs it, here and now.
    fn perform(&mut self, e: a::Expr) -> b::Expr {
        match e {
            a::Expr::Do { steps, tail, .. } => self.steps(steps, *tail),
            a::Expr::Widen { effect, .. } => self.perform(*effect),
            a::Expr::Prim {
                meta, prim, args, ..
            } if is_effect(prim) => self.perform_prim(meta, prim, args),
            a::Expr::Let { binds, body, .. } => {
                let binds = binds.into_iter().map(|bind| self.bind(bind)).collect();
                let body = self.perform(*body);
                wrap(binds, body)
            }
            a::Expr::Switch {
                meta,
                subject,
                branches,
                otherwise,
            } => b::Expr::Switch {
                meta: meta.with_ty(self.given(meta.ty)),
                subject: Box::new(self.expr(*subject)),
                branches: branches
                    .into_iter()
                    .map(|branch| self.perform_branch(branch))
                    .collect(),
                otherwise: otherwise.map(|otherwise| Box::new(self.perform(*otherwise))),
            },
            a::Expr::Join {
                meta,
                label,
                params,
                target,
                body,
            } => b::Expr::Join {
                meta: meta.with_ty(self.given(meta.ty)),
                label,
                params,
                target: Box::new(self.perform(*target)),
                body: Box::new(self.perform(*body)),
            },
            a::Expr::Jump {
                meta,
                label,
                args,
                type_,
            } => {
                let type_ = self.given(type_);
                let args = args.into_iter().map(|arg| self.expr(arg)).collect();
                b::Expr::Jump {
                    meta: meta.with_ty(type_),
                    label,
                    args,
                    type_,
                }
            }
            other => {
                let effect = self.expr(other);
                self.performed(effect)
            }
        }
    }

    fn perform_branch(&mut self, branch: a::Branch) -> b::Branch {
        match branch {
            a::Branch::OnCon {
                meta,
                con,
                fields,
                body,
            } => b::Branch::OnCon {
                meta: meta.with_ty(self.given(meta.ty)),
                con,
                fields,
                body: self.perform(body),
            },
            a::Branch::OnLit { meta, lit, body } => b::Branch::OnLit {
                meta: meta.with_ty(self.given(meta.ty)),
                lit,
                body: self.perform(body),
            },
        }
    }

    fn performed(&mut self, effect: b::Expr) -> b::Expr {
        let meta = effect.meta();
        b::Expr::Perform {
            meta: meta.with_ty(self.given(meta.ty)),
            effect: Box::new(effect),
        }
    }

    /// Steps in order, then the tail, as one flat block.
    fn steps(&mut self, steps: Vec<a::Step>, tail: a::Expr) -> b::Expr {
        let mut binds = Vec::with_capacity(steps.len());
        for step in steps {
            binds.push(match step {
                a::Step::Run {
                    meta,
                    binder,
                    effect,
                } => {
                    let value = self.perform(effect);
                    b::Bind {
                        meta,
                        binder,
                        recursive: Flag(false),
                        value,
                    }
                }
                a::Step::Let { bind, .. } => self.bind(bind),
            });
        }
        let tail = self.perform(tail);
        wrap(binds, tail)
    }

    fn result_type(&mut self, fails: TyId, value: TyId) -> TyId {
        let result = self.session.ty_con("Result");
        self.session.types.apply(result, vec![fails, value])
    }

    fn binder(&mut self, name: &str, ty: TyId, span: Span) -> Binder {
        Binder::new(self.session.core.fresh_named(name, span), ty)
    }

    /// The value of `e`, by a name if it is computed, in `binds`.
    fn name_source(&mut self, name: &str, e: a::Expr, binds: &mut Vec<b::Bind>) -> a::Expr {
        match is_value(&e) {
            true => e,
            false => self.name_value(name, e, binds),
        }
    }

    /// A name for the value of `e`, which is computed in `binds`.
    fn name_value(&mut self, name: &str, e: a::Expr, binds: &mut Vec<b::Bind>) -> a::Expr {
        let meta = e.meta();
        let binder = self.binder(name, meta.ty, meta.span);
        let value = self.expr(e);
        binds.push(b::Bind {
            meta,
            binder,
            recursive: Flag(false),
            value,
        });
        a::Expr::Var {
            meta,
            var: binder.var,
        }
    }
}

/// Whether computing it does nothing at all, now or later.
fn is_value(e: &a::Expr) -> bool {
    match e {
        a::Expr::Lit { .. }
        | a::Expr::Var { .. }
        | a::Expr::Global { .. }
        | a::Expr::Lambda { .. } => true,
        a::Expr::Construct { args, .. } => args.is_empty(),
        a::Expr::Widen { effect, .. } => is_value(effect),
        _ => false,
    }
}

/// Whether a primitive makes an effect.
pub(crate) fn is_effect(prim: Prim) -> bool {
    prim.is_effect() || prim.name().starts_with("effect.")
}

fn var(binder: Binder, span: Span) -> b::Expr {
    b::Expr::Var {
        meta: Meta::new(span, binder.ty),
        var: binder.var,
    }
}

fn bind(binder: Binder, value: b::Expr) -> b::Bind {
    b::Bind {
        meta: value.meta(),
        binder,
        recursive: Flag(false),
        value,
    }
}

/// `let binds in body`, as one flat block.
fn wrap(mut binds: Vec<b::Bind>, body: b::Expr) -> b::Expr {
    if binds.is_empty() {
        return body;
    }
    match body {
        b::Expr::Let {
            meta,
            binds: inner,
            body,
        } => {
            binds.extend(inner);
            b::Expr::Let { meta, binds, body }
        }
        body => b::Expr::Let {
            meta: body.meta(),
            binds,
            body: Box::new(body),
        },
    }
}
