//! Calls.

use super::Checker;
use super::draws::{Role, Yields};
use super::errors::{self, Callee, Cause, NOT_A_FUNCTION};
use ir_defs::kernel;
use ir_defs::typed::Expr;
use ir_defs::types::Type;
use nanopass::{Meta, Span, TyId};

impl Checker<'_> {
    pub(super) fn apply(&mut self, meta: Meta, fun: kernel::Expr, args: Vec<kernel::Expr>) -> Expr {
        let callee = Callee::of(&fun);
        let role = self.generator_role(&fun);
        if role == Role::Block {
            let element = self.fresh_type();
            self.yields.push(Yields {
                element,
                first: None,
            });
        }
        let fun = self.infer(fun);
        let fun_meta = fun.meta();
        if role == Role::Yield {
            self.join_yields(fun_meta.ty);
        }
        let count = args.len();
        let mut ty = self.shallow(fun_meta.ty);
        // As it was made: a hole knows what decided it.
        let mut whole = ty;
        let mut typed = Vec::with_capacity(count);
        let mut given: Vec<(Span, TyId, TyId)> = Vec::new();
        let errors_before = self.errors();
        for (index, arg) in args.into_iter().enumerate() {
            let (param, result) = match *self.get(ty) {
                Type::Fun(param, result) => (param, result),
                Type::Hole(hole) => {
                    self.site = fun_meta.span;
                    self.become_function(hole)
                }
                Type::Error => (ty, ty),
                _ => {
                    self.too_many(fun_meta, index, count, arg.meta().span, ty, callee);
                    (self.known.error, self.known.error)
                }
            };
            let cause = Cause::Argument {
                callee,
                place: fun_meta.span,
                index,
            };
            let span = arg.meta().span;
            let cause = match self.yields.last_mut() {
                Some(yields) if role == Role::Yield && index == 0 => {
                    let first = *yields.first.get_or_insert(span);
                    if first == span {
                        Cause::Other
                    } else {
                        Cause::Yield { first }
                    }
                }
                _ => cause,
            };
            self.misfit = TyId::NONE;
            let arg = if matches!(self.get(param), Type::Error) {
                self.infer(arg)
            } else {
                self.check(arg, param, &cause)
            };
            let found = if self.misfit.is_none() {
                arg.meta().ty
            } else {
                self.misfit
            };
            given.push((span, found, param));
            typed.push(arg);
            whole = result;
            ty = self.shallow(result);
        }
        if self.errors() > errors_before {
            self.suggest_swap(&given, errors_before);
        }
        self.misfit = TyId::NONE;
        if role == Role::Block {
            self.yields.pop();
        }
        Expr::Apply {
            meta: meta.with_ty(whole),
            fun: Box::new(fun),
            args: typed,
        }
    }

    pub(super) fn too_many(
        &mut self,
        fun: Meta,
        taken: usize,
        given: usize,
        arg: Span,
        ty: TyId,
        callee: Callee,
    ) {
        let name = self.callee_name(callee);
        let diagnostic = if taken == 0 {
            let shown = self.show(ty);
            let what = name.map_or_else(|| "this".to_string(), |name| format!("`{name}`"));
            let mut diagnostic = errors::error(
                NOT_A_FUNCTION,
                format!("{what} is not a function"),
                fun.span,
                format!("this has the type `{shown}`"),
            )
            .label(arg, "it is given this argument");
            if self.as_effect(ty).is_some() {
                diagnostic = diagnostic.help("it is an effect: run it with `<-` first");
            }
            diagnostic
        } else {
            let what = name.map_or_else(|| "this function".to_string(), |name| format!("`{name}`"));
            errors::error(
                NOT_A_FUNCTION,
                format!(
                    "{what} takes {}, and {given} are given",
                    errors::count(taken, "argument")
                ),
                arg,
                "this one is too many",
            )
            .label(fun.span, format!("{what} is called here"))
        };
        self.session.report(diagnostic);
    }
}
