//! Primitives that make effects, where they are performed.

use ir_defs::derived as a;
use ir_defs::derived_to_direct::Rewrite;
use ir_defs::direct as b;
use ir_defs::prims::Prim;
use ir_defs::terminals::Binder;
use ir_defs::types::Type;
use nanopass::{Meta, Span, TyId};

use super::{SequenceEffects, bind, is_value, var, wrap};

impl SequenceEffects<'_> {
    /// A primitive effect where it is performed.
    pub(super) fn perform_prim(&mut self, meta: Meta, prim: Prim, args: Vec<a::Expr>) -> b::Expr {
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
            "effect.on-failure" => {
                let (undo, effect) = (next(), next());
                self.on_failure(given, undo, effect)
            }
            _ => {
                let args = args.map(|arg| self.expr(arg)).collect();
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
            other => self.name_value("release", other, &mut binds),
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
        let value = self.binder("value", meta.ty, span);
        let kept = wrap(vec![bind(released, release)], var(value, span));
        let error = self.binder("error", fails, span);
        let again = self.perform_call(span, fun, var(resource, span));
        let failed = self.fail_after(meta, again, release_fails, error);
        binds.push(bind(outcome, attempt(meta.with_ty(result), fails, used)));
        let switch = self.on_outcome(meta, outcome, (error, failed), (value, kept));
        wrap(binds, switch)
    }

    /// What an effect gives; where it fails, another one comes after it, and the failure goes on.
    fn on_failure(&mut self, meta: Meta, undo: a::Expr, effect: a::Expr) -> b::Expr {
        let span = meta.span;
        let Some(fails) = self.really_fails(&effect) else {
            // The other one is not done, but it is computed.
            let mut binds = Vec::new();
            self.name_source("undo", undo, &mut binds);
            let body = self.perform(effect);
            return wrap(binds, body);
        };
        let mut binds = Vec::new();
        let undo_fails = self.really_fails(&undo);
        let undo = self.name_source("undo", undo, &mut binds);
        let result = self.result_type(fails, meta.ty);
        let outcome = self.binder("outcome", result, span);
        let done = self.perform(effect);
        binds.push(bind(outcome, attempt(meta.with_ty(result), fails, done)));
        let value = self.binder("value", meta.ty, span);
        let error = self.binder("error", fails, span);
        let undone = self.perform(undo);
        let failed = self.fail_after(meta, undone, undo_fails, error);
        let kept = var(value, span);
        let switch = self.on_outcome(meta, outcome, (error, failed), (value, kept));
        wrap(binds, switch)
    }

    /// Fails with an error after something has been done, whose own failure would hide the first one.
    fn fail_after(
        &mut self,
        meta: Meta,
        done: b::Expr,
        fails: Option<TyId>,
        error: Binder,
    ) -> b::Expr {
        let done = match fails {
            None => done,
            Some(fails) => {
                let ty = self.result_type(fails, done.meta().ty);
                attempt(meta.with_ty(ty), fails, done)
            }
        };
        let ignored = self.binder("_", done.meta().ty, meta.span);
        let fail = b::Expr::Fail {
            meta,
            payload: Box::new(var(error, meta.span)),
            type_: meta.ty,
        };
        wrap(vec![bind(ignored, done)], fail)
    }

    /// What follows the outcome of an attempt: the error or the value with what is done with it.
    fn on_outcome(
        &mut self,
        meta: Meta,
        outcome: Binder,
        (error, failed): (Binder, b::Expr),
        (value, kept): (Binder, b::Expr),
    ) -> b::Expr {
        let mut branch = |con: &str, field: Binder, body: b::Expr| b::Branch::OnCon {
            meta,
            con: self.session.constructors.id(con),
            fields: vec![field],
            body,
        };
        let branches = vec![branch("Err", error, failed), branch("Ok", value, kept)];
        b::Expr::Switch {
            meta,
            subject: Box::new(var(outcome, meta.span)),
            branches,
            otherwise: None,
        }
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
}

fn attempt(meta: Meta, fails: TyId, body: b::Expr) -> b::Expr {
    b::Expr::Attempt {
        meta,
        fails,
        body: Box::new(body),
    }
}
