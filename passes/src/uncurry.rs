//! `uncurry`: `direct` → `nary`
//!
//! Functions take all their parameters at once, and each call says how much it knows.
//!
//! ```text
//! (define add … (lambda [x] (lambda [y] body)))       (function add [x y] … body)
//! (apply add 1 2)                                     (call add … 1 2)
//! (apply add 1)                                       (closure [y.1] … (call add … 1 y.1))
//! (lambda [f] (apply f 1 2 3))                        (apply f no 1 2 3), whose arity the closure knows
//! (perform (apply print text))                        (call print yes … text)
//! ```
//!
//! Design: a nest of lambdas is one function of all their parameters, and a `Suspend` under them makes it one that
//! performs: the token of its effect counts as one more parameter, which comes last and has no width. So performing
//! the result of a call is one call, and an effect that is not performed at once is a closure over the arguments.
//!
//! Calls of known functions are resolved here and not in `simplify`, because the code of a later pass may rely on them
//! at every optimisation level. Arguments are evaluated once, from left to right, before anything is called: where a
//! rest of them is applied to the result of a call, or stays in a closure, what is not a value gets a name first.

use ir_defs::direct_to_nary::{Rewrite, walk_expr_let};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Binder, Flag};
use ir_defs::{Session, direct as a, nary as b};
use nanopass::{Meta, TyId, VarId};
use rustc_hash::FxHashMap;

/// Gives each function all its parameters, and each call its kind.
pub fn run(program: a::Program, session: &mut Session) -> b::Program {
    Uncurry {
        session,
        globals: FxHashMap::default(),
        locals: FxHashMap::default(),
    }
    .program(program)
}

struct Uncurry<'s> {
    session: &'s mut Session,
    globals: FxHashMap<GlobalId, Signature>,
    locals: FxHashMap<VarId, Signature>,
}

/// What a caller knows of a known function.
#[derive(Clone)]
struct Signature {
    params: Vec<Binder>,
    performs: bool,
    fails: Option<TyId>,
    result: TyId,
}

/// A function taken apart.
struct Parts {
    params: Vec<Binder>,
    performs: bool,
    fails: Option<TyId>,
    body: Box<a::Expr>,
}

#[derive(Clone, Copy)]
enum Callee {
    Global(GlobalId),
    Local(VarId),
}

impl Rewrite for Uncurry<'_> {
    fn program(&mut self, program: a::Program) -> b::Program {
        for define in &program.defines {
            if let Some(signature) = self.signature(&define.value, define.type_) {
                self.globals.insert(define.global, signature);
            }
        }
        let mut functions = Vec::new();
        let mut values = Vec::new();
        for define in program.defines {
            let a::Define {
                meta,
                global,
                type_,
                static_,
                value,
            } = define;
            match self.globals.get(&global).map(|signature| signature.result) {
                Some(result) => {
                    let Parts {
                        params,
                        performs,
                        fails,
                        body,
                    } = split(value);
                    let performs = Flag(performs);
                    let body = self.expr(*body);
                    functions.push(b::Function {
                        meta,
                        global,
                        params,
                        performs,
                        fails,
                        result,
                        body,
                    });
                }
                None => values.push(b::Value {
                    meta,
                    global,
                    type_,
                    static_,
                    body: self.expr(value),
                }),
            }
        }
        let position: FxHashMap<_, _> = program
            .order
            .iter()
            .enumerate()
            .map(|(index, &global)| (global, index))
            .collect();
        values.sort_by_key(|value| position.get(&value.global).copied().unwrap_or(usize::MAX));
        b::Program {
            data: program.data,
            functions,
            values,
            main: program.main,
        }
    }

    fn expr_lambda(&mut self, meta: Meta, params: Vec<Binder>, body: Box<a::Expr>) -> b::Expr {
        self.closure(a::Expr::Lambda { meta, params, body }, meta.ty)
    }

    fn expr_suspend(&mut self, meta: Meta, fails: Option<TyId>, body: Box<a::Expr>) -> b::Expr {
        self.closure(a::Expr::Suspend { meta, fails, body }, meta.ty)
    }

    fn expr_let(&mut self, meta: Meta, binds: Vec<a::Bind>, body: Box<a::Expr>) -> b::Expr {
        for bind in &binds {
            if let Some(signature) = self.signature(&bind.value, bind.binder.ty) {
                self.locals.insert(bind.binder.var, signature);
            }
        }
        walk_expr_let(self, meta, binds, body)
    }

    fn bind(&mut self, bind: a::Bind) -> b::Bind {
        let a::Bind {
            meta,
            binder,
            recursive,
            value,
        } = bind;
        b::Bind {
            meta,
            binder,
            recursive,
            value: self.value(value, binder.ty),
        }
    }

    fn expr_apply(&mut self, meta: Meta, fun: Box<a::Expr>, args: Vec<a::Expr>) -> b::Expr {
        self.call(meta, *fun, args, false)
    }

    fn expr_perform(&mut self, meta: Meta, effect: Box<a::Expr>) -> b::Expr {
        match *effect {
            a::Expr::Apply { fun, args, .. } => self.call(meta, *fun, args, true),
            // perform (suspend e) = e: what leaves the suspend left the perform.
            a::Expr::Suspend { body, .. } => self.expr(*body),
            effect => self.call(meta, effect, Vec::new(), true),
        }
    }
}

impl Uncurry<'_> {
    /// What is known of the function that `value` is, if it is one; `declared` is the type that it was given.
    fn signature(&self, value: &a::Expr, declared: TyId) -> Option<Signature> {
        let mut params = Vec::new();
        let mut body = value;
        while let a::Expr::Lambda {
            params: more,
            body: inner,
            ..
        } = body
        {
            params.extend_from_slice(more);
            body = inner;
        }
        let (performs, fails, body) = match body {
            a::Expr::Suspend { fails, body, .. } => (true, *fails, &**body),
            _ if params.is_empty() => return None,
            _ => (false, None, body),
        };
        let result = self
            .session
            .applied(declared, params.len(), performs)
            .unwrap_or(body.meta().ty);
        Some(Signature {
            params,
            performs,
            fails,
            result,
        })
    }

    fn value(&mut self, value: a::Expr, declared: TyId) -> b::Expr {
        match value {
            value @ (a::Expr::Lambda { .. } | a::Expr::Suspend { .. }) => {
                self.closure(value, declared)
            }
            value => self.expr(value),
        }
    }

    /// A nest of lambdas that is used as a value.
    fn closure(&mut self, value: a::Expr, declared: TyId) -> b::Expr {
        let meta = value.meta();
        let result = self
            .signature(&value, declared)
            .map_or(TyId::NONE, |signature| signature.result);
        let Parts {
            params,
            performs,
            fails,
            body,
        } = split(value);
        let body = Box::new(self.expr(*body));
        b::Expr::Closure {
            meta,
            params,
            performs: Flag(performs),
            fails,
            result,
            body,
        }
    }

    /// `fun` applied to `args`, and performed if `performs`.
    fn call(&mut self, meta: Meta, fun: a::Expr, args: Vec<a::Expr>, performs: bool) -> b::Expr {
        let (mut fun, mut args) = (fun, args);
        // (f a) b = f a b, if nothing happens between `f a` and `b`.
        loop {
            match fun {
                a::Expr::Apply {
                    fun: inner,
                    args: mut first,
                    ..
                } if args.iter().all(is_value) || self.missing(&inner) > first.len() => {
                    first.append(&mut args);
                    args = first;
                    fun = *inner;
                }
                other => {
                    fun = other;
                    break;
                }
            }
        }
        let callee = match &fun {
            a::Expr::Global { global, .. } => {
                Some((Callee::Global(*global), self.globals.get(global).cloned()))
            }
            a::Expr::Var { var, .. } => Some((Callee::Local(*var), self.locals.get(var).cloned())),
            _ => None,
        };
        if let Some((callee, Some(signature))) = callee {
            return self.known_call(meta, callee, signature, args, performs);
        }
        let fun = Box::new(self.expr(fun));
        let args = self.exprs(args);
        b::Expr::Apply {
            meta,
            fun,
            performs: Flag(performs),
            args,
        }
    }

    fn known_call(
        &mut self,
        meta: Meta,
        callee: Callee,
        signature: Signature,
        mut args: Vec<a::Expr>,
        performs: bool,
    ) -> b::Expr {
        let arity = signature.params.len();
        if args.len() == arity && performs == signature.performs {
            let args = self.exprs(args);
            return call(meta, callee, &signature, args);
        }
        if args.len() < arity || signature.performs {
            return self.partial(meta, callee, signature, args);
        }
        // Too many arguments, or an effect that the function computes and that is performed here.
        let rest_is_values = args.iter().skip(arity).all(is_value);
        let rest = args.split_off(arity);
        let (mut binds, args) = if rest_is_values {
            (Vec::new(), self.exprs(args))
        } else {
            self.named(args)
        };
        let rest = if rest_is_values {
            self.exprs(rest)
        } else {
            let (more, rest) = self.named(rest);
            binds.extend(more);
            rest
        };
        let fun = Box::new(call(
            meta.with_ty(signature.result),
            callee,
            &signature,
            args,
        ));
        block(
            meta,
            binds,
            b::Expr::Apply {
                meta,
                fun,
                performs: Flag(performs),
                args: rest,
            },
        )
    }

    /// Too few arguments: a closure that waits for the others, or for the token.
    fn partial(
        &mut self,
        meta: Meta,
        callee: Callee,
        signature: Signature,
        args: Vec<a::Expr>,
    ) -> b::Expr {
        let (binds, mut args) = self.named(args);
        let missing = signature.params.get(args.len()..).unwrap_or(&[]);
        let mut params = Vec::with_capacity(missing.len());
        for param in missing {
            let binder = Binder::new(self.session.core.fresh_var_like(param.var), param.ty);
            args.push(b::Expr::Var {
                meta: meta.with_ty(param.ty),
                var: binder.var,
            });
            params.push(binder);
        }
        let Signature {
            performs,
            fails,
            result,
            ..
        } = signature;
        let body = Box::new(call(meta.with_ty(result), callee, &signature, args));
        block(
            meta,
            binds,
            b::Expr::Closure {
                meta,
                params,
                performs: Flag(performs),
                fails,
                result,
                body,
            },
        )
    }

    fn exprs(&mut self, exprs: Vec<a::Expr>) -> Vec<b::Expr> {
        exprs.into_iter().map(|expr| self.expr(expr)).collect()
    }

    /// The arguments as atoms, in order, with the bindings that this takes.
    fn named(&mut self, args: Vec<a::Expr>) -> (Vec<b::Bind>, Vec<b::Expr>) {
        let mut binds = Vec::new();
        let mut atoms = Vec::with_capacity(args.len());
        for arg in args {
            let meta = arg.meta();
            let arg = self.expr(arg);
            if matches!(
                arg,
                b::Expr::Lit { .. } | b::Expr::Var { .. } | b::Expr::Global { .. }
            ) {
                atoms.push(arg);
                continue;
            }
            let var = self.session.core.fresh_named("arg", meta.span);
            atoms.push(b::Expr::Var { meta, var });
            binds.push(b::Bind {
                meta,
                binder: Binder::new(var, meta.ty),
                recursive: Flag(false),
                value: arg,
            });
        }
        (binds, atoms)
    }

    /// How many more arguments `fun` takes before anything is evaluated; 0 if that is not known.
    fn missing(&self, fun: &a::Expr) -> usize {
        let signature = match fun {
            a::Expr::Global { global, .. } => self.globals.get(global),
            a::Expr::Var { var, .. } => self.locals.get(var),
            a::Expr::Apply { fun, args, .. } => {
                return self.missing(fun).saturating_sub(args.len());
            }
            _ => None,
        };
        signature.map_or(0, |signature| {
            signature.params.len() + usize::from(signature.performs)
        })
    }
}

/// Whether evaluating it does nothing that could be noticed.
fn is_value(expr: &a::Expr) -> bool {
    matches!(
        expr,
        a::Expr::Lit { .. }
            | a::Expr::Var { .. }
            | a::Expr::Global { .. }
            | a::Expr::Lambda { .. }
            | a::Expr::Suspend { .. }
    )
}

fn split(value: a::Expr) -> Parts {
    let mut params = Vec::new();
    let mut body = Box::new(value);
    loop {
        match *body {
            a::Expr::Lambda {
                params: more,
                body: inner,
                ..
            } => {
                params.extend(more);
                body = inner;
            }
            a::Expr::Suspend { fails, body, .. } => {
                return Parts {
                    params,
                    performs: true,
                    fails,
                    body,
                };
            }
            other => {
                return Parts {
                    params,
                    performs: false,
                    fails: None,
                    body: Box::new(other),
                };
            }
        }
    }
}

fn call(meta: Meta, callee: Callee, signature: &Signature, args: Vec<b::Expr>) -> b::Expr {
    let &Signature {
        performs,
        fails,
        result,
        ..
    } = signature;
    let performs = Flag(performs);
    match callee {
        Callee::Global(function) => b::Expr::Call {
            meta,
            function,
            performs,
            fails,
            result,
            args,
        },
        Callee::Local(function) => b::Expr::CallLocal {
            meta,
            function,
            performs,
            fails,
            result,
            args,
        },
    }
}

fn block(meta: Meta, binds: Vec<b::Bind>, body: b::Expr) -> b::Expr {
    if binds.is_empty() {
        body
    } else {
        b::Expr::Let {
            meta,
            binds,
            body: Box::new(body),
        }
    }
}
