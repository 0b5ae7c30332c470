//! Calls: beta reduction and inlining.

use ir_defs::direct::{Bind, Expr};
use ir_defs::terminals::{Binder, Flag};
use nanopass::Meta;

use super::copy::copy;
use super::walk::{Known, ONCE_SIZE, Simplifier, Subst, WANTED_SIZE, is_atom, retype, with_meta};

/// Calls in inlined code are inlined up to this depth.
const DEPTH: usize = 16;

impl Simplifier<'_> {
    /// `fun` applied to `args`, and then performed if there is a meta for that.
    pub fn apply(
        &mut self,
        meta: Meta,
        fun: Expr,
        args: Vec<Expr>,
        performed: Option<Meta>,
    ) -> Expr {
        match self.head(fun) {
            // (λx y. e) a b ⇒ let x = a, y = b in e
            Expr::Lambda { params, body, .. } => {
                self.changed = true;
                self.beta(meta, params, *body, args, performed)
            }
            // (let x = e in f) a ⇒ let x = e in f a
            Expr::Let { binds, body, .. } => {
                let call = call(meta, *body, args, performed);
                self.block(call.meta(), binds, call)
            }
            head => {
                if let Some((params, body)) = self.inlined(&head, &args, performed.is_some()) {
                    self.changed = true;
                    self.depth += 1;
                    let result = self.beta(meta, params, body, args, performed);
                    self.depth -= 1;
                    return result;
                }
                let fun = self.expr(head);
                let args = self.exprs(args);
                let (fun, args) = self.specialised(meta, fun, args);
                let call = |fun| Expr::Apply {
                    meta,
                    fun: Box::new(fun),
                    args,
                };
                let call = match fun {
                    Expr::Let { binds, body, .. } => Expr::Let {
                        meta,
                        binds,
                        body: Box::new(call(*body)),
                    },
                    // f is not reached, and neither are its arguments
                    Expr::Fail { .. } => retype(fun, meta),
                    fun => call(fun),
                };
                match performed {
                    Some(meta) => self.performed(meta, call),
                    None => call,
                }
            }
        }
    }

    /// What stands for the head of a call, not simplified yet.
    pub fn head(&mut self, fun: Expr) -> Expr {
        let (meta, var) = match fun {
            Expr::Var { meta, var } => (meta, var),
            Expr::Global { meta, global, .. } => {
                return self
                    .atoms
                    .get(&global)
                    .map_or(fun, |atom| with_meta(atom.clone(), meta));
            }
            fun => return fun,
        };
        match self.subst.get(&var) {
            Some(Subst::Atom(atom)) => with_meta(atom.clone(), meta),
            Some(Subst::Once(..)) => match self.subst.remove(&var) {
                Some(Subst::Once(value, _)) => self.head(value),
                _ => Expr::Var { meta, var },
            },
            None => Expr::Var { meta, var },
        }
    }

    pub fn beta(
        &mut self,
        meta: Meta,
        params: Vec<Binder>,
        body: Expr,
        args: Vec<Expr>,
        performed: Option<Meta>,
    ) -> Expr {
        let mut binds = Vec::with_capacity(args.len());
        let mut params = params.into_iter();
        let mut rest = Vec::new();
        for arg in args {
            match params.next() {
                Some(binder) => {
                    binds.push(Bind {
                        meta: arg.meta(),
                        binder,
                        recursive: Flag(false),
                        value: arg,
                    });
                }
                // All arguments are evaluated before the function is called.
                None if is_atom(&arg) => rest.push(arg),
                None => {
                    let meta = arg.meta();
                    let binder =
                        Binder::new(self.session.core.fresh_named("arg", meta.span), meta.ty);
                    rest.push(Expr::Var {
                        meta,
                        var: binder.var,
                    });
                    binds.push(Bind {
                        meta,
                        binder,
                        recursive: Flag(false),
                        value: arg,
                    });
                }
            }
        }
        let params: Vec<Binder> = params.collect();
        let body = if !params.is_empty() {
            Expr::Lambda {
                meta,
                params,
                body: Box::new(body),
            }
        } else if !rest.is_empty() {
            Expr::Apply {
                meta,
                fun: Box::new(body),
                args: rest,
            }
        } else {
            body
        };
        let body = match performed {
            Some(meta) => Expr::Perform {
                meta,
                effect: Box::new(body),
            },
            None => body,
        };
        self.block(body.meta(), binds, body)
    }

    /// A copy of the function to put in place of its call, if it is known and worth it.
    pub fn inlined(
        &mut self,
        head: &Expr,
        args: &[Expr],
        performed: bool,
    ) -> Option<(Vec<Binder>, Expr)> {
        if self.depth >= DEPTH {
            return None;
        }
        let (params, body, cost) = match head {
            Expr::Global { global, .. } => {
                let inline = self.inline.get(global)?;
                // A function of its arguments gains from those that are known.
                let gain: usize = args
                    .iter()
                    .map(|arg| match arg {
                        Expr::Lambda { .. } => 12,
                        Expr::Lit { .. }
                        | Expr::Construct { .. }
                        | Expr::Tuple { .. }
                        | Expr::Record { .. } => 4,
                        _ => 0,
                    })
                    .sum();
                let (limit, cost) = match (inline.wanted, inline.once) {
                    (true, true) => (WANTED_SIZE, 0),
                    (true, false) => (WANTED_SIZE, inline.size),
                    (false, true) => (ONCE_SIZE, 0),
                    (false, false) => (self.small + gain, inline.size),
                };
                if inline.size > limit {
                    return None;
                }
                (&inline.params, &inline.body, cost)
            }
            Expr::Var { var, .. } => match self.known.get(var)? {
                Known::Function(Expr::Lambda { params, body, .. }) => (params, &**body, self.small),
                _ => return None,
            },
            _ => return None,
        };
        // What is not called with all arguments stays a function; what is not performed stays an effect.
        if args.len() < params.len()
            || (matches!(body, Expr::Suspend { .. }) && !performed)
            || cost > self.budget
        {
            return None;
        }
        self.budget -= cost;
        let function = Expr::Lambda {
            meta: head.meta(),
            params: params.clone(),
            body: Box::new(body.clone()),
        };
        match copy(&function, self.session, &mut self.uses) {
            Expr::Lambda { params, body, .. } => Some((params, *body)),
            _ => None,
        }
    }

    /// A copy of the body of an effect that is performed here, if it is known and worth it.
    pub fn inlined_effect(&mut self, effect: &Expr) -> Option<Expr> {
        let (params, body) = match effect {
            Expr::Var { var, .. } => match self.known.get(var)? {
                Known::Function(Expr::Suspend { body, .. }) if self.small <= self.budget => {
                    self.budget -= self.small;
                    let body = (**body).clone();
                    return Some(copy(&body, self.session, &mut self.uses));
                }
                _ => return None,
            },
            _ => self.inlined(effect, &[], true)?,
        };
        match body {
            Expr::Suspend { body, .. } if params.is_empty() => Some(*body),
            _ => None,
        }
    }
}

fn call(meta: Meta, fun: Expr, args: Vec<Expr>, performed: Option<Meta>) -> Expr {
    let call = Expr::Apply {
        meta,
        fun: Box::new(fun),
        args,
    };
    match performed {
        Some(meta) => Expr::Perform {
            meta,
            effect: Box::new(call),
        },
        None => call,
    }
}
