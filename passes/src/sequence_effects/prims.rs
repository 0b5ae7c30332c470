//! Primitives that make effects, where they are performed.

use ir_defs::derived as a;
use ir_defs::derived_to_direct::Rewrite;
use ir_defs::direct as b;
use ir_defs::prims::Prim;
use ir_defs::terminals::Flag;
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
}
