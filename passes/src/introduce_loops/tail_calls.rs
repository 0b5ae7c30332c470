//! Self tail calls become loops, other tail calls are marked.
//!
//! A call is in tail position if its result is the result of the function around it, and nothing is left to be done:
//!
//! - not in the body of an `Attempt`, because the function's frame is the handler;
//! - not in the initialiser of a top-level value, whose result goes into a slot;
//! - not in a body in the middle of another one: a `Switch` or `Block` that a `Let` names. The target of a join point
//!   and the result of a body are in tail position if the body is.
//!
//! The callee's failure becomes the caller's, so both must speak of the same one. A callee that cannot fail leaves the
//! failure cell empty, which every caller understands. A callee that may fail is no tail call of a function that may
//! not, whose callers look at no cell; types exclude that, and the condition keeps it from being assumed.
//!
//! A loop's parameters are the function's own variables, so that its body stays as it is; the function gets new ones.

use ir_defs::loops_to_loops::{Rewrite, walk_rhs_attempt, walk_stmt_let};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Binder, Flag, LabelId};
use ir_defs::{Session, loops as b};
use nanopass::{Meta, TyId, VarId};

use super::recursion::Itself;

pub fn run(program: b::Program, session: &mut Session) -> b::Program {
    TailCalls {
        session,
        tail: None,
        loops: Loop::none(),
    }
    .program(program)
}

struct TailCalls<'s> {
    session: &'s mut Session,
    /// The failure type of the function around, where a call would be a tail call.
    tail: Option<Option<TyId>>,
    loops: Loop,
}

/// The function around, and the label of its loop once a self tail call has been met.
struct Loop {
    itself: Option<Itself>,
    label: Option<LabelId>,
}

impl Loop {
    fn none() -> Loop {
        Loop {
            itself: None,
            label: None,
        }
    }
}

impl Rewrite for TailCalls<'_> {
    fn function(&mut self, function: b::Function) -> b::Function {
        let b::Function {
            meta,
            global,
            params,
            performs,
            fails,
            result,
            body,
        } = function;
        let (params, body) = self.looped(Itself::Global(global), params, fails, body);
        b::Function {
            meta,
            global,
            params,
            performs,
            fails,
            result,
            body,
        }
    }

    fn local(&mut self, local: b::Local) -> b::Local {
        let b::Local {
            meta,
            binder,
            params,
            performs,
            fails,
            result,
            body,
        } = local;
        let (params, body) = self.looped(Itself::Local(binder.var), params, fails, body);
        b::Local {
            meta,
            binder,
            params,
            performs,
            fails,
            result,
            body,
        }
    }

    fn stmt_let(&mut self, meta: Meta, binder: Binder, value: b::Rhs) -> b::Stmt {
        let tail = self.tail.take();
        let statement = walk_stmt_let(self, meta, binder, value);
        self.tail = tail;
        statement
    }

    fn rhs_attempt(&mut self, meta: Meta, fails: TyId, body: Box<b::Body>) -> b::Rhs {
        let tail = self.tail.take();
        let attempt = walk_rhs_attempt(self, meta, fails, body);
        self.tail = tail;
        attempt
    }

    fn rhs_call(
        &mut self,
        meta: Meta,
        function: GlobalId,
        performs: Flag,
        fails: Option<TyId>,
        result: TyId,
        args: Vec<b::Atom>,
    ) -> b::Rhs {
        if !self.is_tail(fails) {
            b::Rhs::Call {
                meta,
                function,
                performs,
                fails,
                result,
                args,
            }
        } else if self.loops.itself == Some(Itself::Global(function)) {
            self.jump(meta, args, result)
        } else {
            b::Rhs::TailCall {
                meta,
                function,
                performs,
                fails,
                result,
                args,
            }
        }
    }

    fn rhs_call_local(
        &mut self,
        meta: Meta,
        function: VarId,
        performs: Flag,
        fails: Option<TyId>,
        result: TyId,
        args: Vec<b::Atom>,
    ) -> b::Rhs {
        if !self.is_tail(fails) {
            b::Rhs::CallLocal {
                meta,
                function,
                performs,
                fails,
                result,
                args,
            }
        } else if self.loops.itself == Some(Itself::Local(function)) {
            self.jump(meta, args, result)
        } else {
            b::Rhs::TailCallLocal {
                meta,
                function,
                performs,
                fails,
                result,
                args,
            }
        }
    }

    fn rhs_apply(
        &mut self,
        meta: Meta,
        fun: b::Atom,
        performs: Flag,
        args: Vec<b::Atom>,
    ) -> b::Rhs {
        let applied = self.session.applied(fun.meta().ty, args.len(), false);
        let fails = if performs.0 {
            applied.and_then(|effect| self.session.failure(effect))
        } else {
            None
        };
        if self.is_tail(fails) {
            b::Rhs::TailApply {
                meta,
                fun,
                performs,
                args,
            }
        } else {
            b::Rhs::Apply {
                meta,
                fun,
                performs,
                args,
            }
        }
    }
}

impl TailCalls<'_> {
    /// The body of a function, as a loop if it calls itself last.
    fn looped(
        &mut self,
        itself: Itself,
        params: Vec<Binder>,
        fails: Option<TyId>,
        body: b::Body,
    ) -> (Vec<Binder>, b::Body) {
        let tail = self.tail.replace(fails);
        let around = std::mem::replace(
            &mut self.loops,
            Loop {
                itself: Some(itself),
                label: None,
            },
        );
        let body = self.body(body);
        self.tail = tail;
        let inside = std::mem::replace(&mut self.loops, around);
        let Some(label) = inside.label else {
            return (params, body);
        };
        let meta = body.meta;
        let outer: Vec<Binder> = params
            .iter()
            .map(|param| Binder::new(self.session.core.fresh_var_like(param.var), param.ty))
            .collect();
        let initial = outer
            .iter()
            .map(|param| b::Atom::Var {
                meta: meta.with_ty(param.ty),
                var: param.var,
            })
            .collect();
        let result = Box::new(b::Rhs::Loop {
            meta,
            label,
            params,
            initial,
            body: Box::new(body),
        });
        (
            outer,
            b::Body {
                meta,
                statements: Vec::new(),
                result,
            },
        )
    }

    /// Whether a callee of this failure type may take the place of the function around.
    fn is_tail(&self, callee: Option<TyId>) -> bool {
        self.tail
            .is_some_and(|caller| callee.is_none() || callee == caller)
    }

    fn jump(&mut self, meta: Meta, args: Vec<b::Atom>, type_: TyId) -> b::Rhs {
        let label = match self.loops.label {
            Some(label) => label,
            None => self.session.fresh_label("loop"),
        };
        self.loops.label = Some(label);
        b::Rhs::Jump {
            meta,
            label,
            args,
            type_,
        }
    }
}
