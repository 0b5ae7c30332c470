//! `sequence-effects`: `derived` → `direct`
//!
//! Effects become functions of nothing: `Suspend` makes one, `Perform` runs it, and the steps of a block are bindings
//! in order.
//!
//! ```text
//! greet = name =>                          greet = name =>
//!   do { line <- readLine Unit       ──►     suspend (let line = (readLine Unit) performed
//!        printLine (name ++ line) }                   in console.print-line (text.concat name line))
//! ```
//!
//! What stands where an effect is performed at once is written in place (`perform`), so most effects are never made.
//! A function that gives an effect computes when that effect is performed: its body is one `Suspend`, which later
//! passes make into one more parameter of no width; the same holds for a top-level effect. Elsewhere the arguments of
//! an effect are computed where the effect is made, as a strict language has to.
//! A failure is an exit (`Fail`) to the nearest `Attempt` or out of the `Suspend`. `bracket` is an `Attempt` around the
//! use, after which the release runs on both ways out, by itself: the first failure wins. Opening a row has no code, so
//! `Widen` disappears.

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

    /// A primitive effect where it is performed.
    fn perform_prim(&mut self, meta: Meta, prim: Prim, args: Vec<a::Expr>) -> b::Expr {
        let given = meta.with_ty(self.given(meta.ty));
        let mut args = args.into_iter();
        let mut next = || {
            args.next().unwrap_or(a::Expr::Tuple {
                meta,
                items: Vec::new(),
            })
        };
        match prim.name() {
            "effect.pure" => self.expr(next()),
            "effect.fail" => {
                let payload = Box::new(self.expr(next()));
                b::Expr::Fail {
                    meta: given,
                    payload,
                    type_: given.ty,
                }
            }
            "effect.attempt" => {
                let effect = next();
                self.attempt(given, effect)
            }
            "effect.bind" => {
                let (effect, then) = (next(), next());
                let mut binds = Vec::new();
                let (effect, then) = if is_value(&then) {
                    (effect, then)
                } else {
                    let effect = self.name_source("effect", effect, &mut binds);
                    (effect, self.name_source("then", then, &mut binds))
                };
                let fun = self.expr(then);
                let value = self.perform(effect);
                let body = self.perform_call(given.span, fun, value);
                wrap(binds, body)
            }
            "effect.bracket" => {
                let (acquire, release, consume) = (next(), next(), next());
                self.bracket(given, acquire, release, consume)
            }
            _ => {
                let args = std::iter::once(next())
                    .chain(args)
                    .map(|arg| self.expr(arg))
                    .collect();
                b::Expr::Prim {
                    meta: given,
                    prim,
                    result: None,
                    args,
                }
            }
        }
    }

    /// `Ok` of what an effect gives, or `Err` of its failure. What cannot fail is not watched.
    fn attempt(&mut self, meta: Meta, effect: a::Expr) -> b::Expr {
        if let Some(fails) = self.really_fails(&effect) {
            return b::Expr::Attempt {
                meta,
                fails,
                body: Box::new(self.perform(effect)),
            };
        }
        let con = self.session.constructors.id("Ok");
        let types = self
            .session
            .as_data(meta.ty)
            .map(|(_, types)| types)
            .unwrap_or_default();
        let args = vec![self.perform(effect)];
        b::Expr::Construct {
            meta,
            con,
            types,
            args,
        }
    }

    /// Acquire, use, release; released on both ways out.
    fn bracket(
        &mut self,
        meta: Meta,
        acquire: a::Expr,
        release: a::Expr,
        consume: a::Expr,
    ) -> b::Expr {
        let span = meta.span;
        let mut binds = Vec::new();
        let acquire = if is_value(&release) && is_value(&consume) {
            acquire
        } else {
            self.name_source("acquire", acquire, &mut binds)
        };
        let resource = self.binder("resource", self.given(acquire.meta().ty), span);
        let release_fails = self.really_fails(&release);
        let use_fails = self.really_fails(&consume);
        // Written twice below, so it has to be a name.
        let release = match release {
            named @ (a::Expr::Var { .. } | a::Expr::Global { .. }) => named,
            other => {
                let meta = other.meta();
                let binder = self.binder("release", meta.ty, meta.span);
                let value = self.expr(other);
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
        };
        let consume = self.name_source("use", consume, &mut binds);
        let acquired = self.perform(acquire);
        binds.push(bind(resource, acquired));

        let fun = self.expr(consume);
        let used = self.perform_call(span, fun, var(resource, span));
        let fun = self.expr(release);
        let release = self.perform_call(span, fun.clone(), var(resource, span));
        let released = self.binder("_", release.meta().ty, span);
        let Some(fails) = use_fails else {
            let value = self.binder("value", meta.ty, span);
            binds.push(bind(value, used));
            binds.push(bind(released, release));
            return wrap(binds, var(value, span));
        };
        let result = self.result_type(fails, meta.ty);
        let outcome = self.binder("outcome", result, span);
        binds.push(bind(
            outcome,
            b::Expr::Attempt {
                meta: meta.with_ty(result),
                fails,
                body: Box::new(used),
            },
        ));

        let value = self.binder("value", meta.ty, span);
        let kept = wrap(vec![bind(released, release)], var(value, span));
        let error = self.binder("error", fails, span);
        let again = self.perform_call(span, fun, var(resource, span));
        let again = match release_fails {
            None => again,
            // A failure of the release would hide the first one.
            Some(fails) => {
                let ty = self.result_type(fails, again.meta().ty);
                b::Expr::Attempt {
                    meta: meta.with_ty(ty),
                    fails,
                    body: Box::new(again),
                }
            }
        };
        let ignored = self.binder("_", again.meta().ty, span);
        let fail = b::Expr::Fail {
            meta,
            payload: Box::new(var(error, span)),
            type_: meta.ty,
        };
        let failed = wrap(vec![bind(ignored, again)], fail);
        let (ok, err) = (
            self.session.constructors.id("Ok"),
            self.session.constructors.id("Err"),
        );
        let branches = vec![
            b::Branch::OnCon {
                meta,
                con: err,
                fields: vec![error],
                body: failed,
            },
            b::Branch::OnCon {
                meta,
                con: ok,
                fields: vec![value],
                body: kept,
            },
        ];
        let switch = b::Expr::Switch {
            meta,
            subject: Box::new(var(outcome, span)),
            branches,
            otherwise: None,
        };
        wrap(binds, switch)
    }

    fn perform_call(&mut self, span: Span, fun: b::Expr, arg: b::Expr) -> b::Expr {
        let ty = match self.session.types.get(fun.meta().ty) {
            Type::Fun(_, result) => *result,
            _ => TyId::NONE,
        };
        let call = b::Expr::Apply {
            meta: Meta::new(span, ty),
            fun: Box::new(fun),
            args: vec![arg],
        };
        self.performed(call)
    }

    fn result_type(&mut self, fails: TyId, value: TyId) -> TyId {
        let result = self.session.ty_con("Result");
        self.session.types.apply(result, vec![fails, value])
    }

    fn binder(&mut self, name: &str, ty: TyId, span: Span) -> Binder {
        Binder::new(self.session.core.fresh_named(name, span), ty)
    }

    /// A name for the value of `e`, which is computed in `binds`; a value stays as it is.
    fn name_source(&mut self, name: &str, e: a::Expr, binds: &mut Vec<b::Bind>) -> a::Expr {
        if is_value(&e) {
            return e;
        }
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
