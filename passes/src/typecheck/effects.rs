//! Effects: blocks, and rows that are opened where a name or a field is used, or a function called.

use ir_defs::kernel;
use ir_defs::terminals::{Binder, Reason};
use ir_defs::typed::{Expr, Step};
use ir_defs::types::{Kind, Type};
use nanopass::{Meta, TyId};

use super::errors::{self, Cause, EFFECT_BOUND, STATEMENT};
use super::rows::{Failure, Tail};
use super::{Binding, Checker};

impl Checker<'_> {
    /// The row and the result of a type that is known to be an effect.
    pub(super) fn as_effect(&mut self, ty: TyId) -> Option<(TyId, TyId)> {
        let ty = self.shallow(ty);
        let Type::Apply(head, args) = self.get(ty) else {
            return None;
        };
        match (self.get(*head), args.as_slice()) {
            (Type::Con(con), &[row, result]) if *con == self.known.effect => Some((row, result)),
            _ => None,
        }
    }

    /// Opens the closed row of the type of a name, a field or a call, or of its result type, so that it fits where more
    /// is allowed. Where it turns out that nothing more was needed, `zonk` takes the widening away.
    pub(super) fn open(&mut self, name: Expr) -> Expr {
        let meta = name.meta();
        let mut params = Vec::new();
        let mut result = self.shallow(meta.ty);
        while let Type::Fun(param, rest) = *self.get(result) {
            params.push(param);
            result = self.shallow(rest);
        }
        let Some((row, value)) = self.as_rowed(result) else {
            return name;
        };
        let row = self.shallow(row);
        if !matches!(self.get(row), Type::Row { .. }) {
            return name;
        }
        let view = self.row_view(row);
        if view.tail != Tail::Closed {
            return name;
        }
        let fail = match view.fail {
            Failure::None => self.hole(Kind::Star, true),
            other => self.failure_type(other),
        };
        let tail = self.hole(Kind::Row, false);
        let row = self.session.row(view.capabilities, Some(fail), Some(tail));
        let head = match self.get(result) {
            Type::Apply(head, _) => *head,
            _ => return name,
        };
        let effect = self.session.types.apply(head, vec![row, value]);
        let ty = self.session.fun(&params, effect);
        Expr::Widen {
            meta: meta.with_ty(ty),
            effect: Box::new(name),
            type_: ty,
        }
    }

    /// `effect { … }`, with the row and the result that are expected of it.
    pub(super) fn effect_block(
        &mut self,
        meta: Meta,
        steps: Vec<kernel::Step>,
        tail: kernel::Expr,
        expected: Option<(TyId, TyId)>,
        cause: &Cause,
    ) -> Expr {
        let (row, result) = match expected {
            Some(expected) => expected,
            None => (self.fresh(Kind::Row), self.fresh_type()),
        };
        let mut typed_steps = Vec::with_capacity(steps.len());
        for step in steps {
            typed_steps.push(match step {
                kernel::Step::Run {
                    meta,
                    reason,
                    binder,
                    effect,
                } => self.run_step(meta, reason, binder, effect, row),
                kernel::Step::Let { meta, bind } => {
                    let bind = self.let_bind(bind);
                    if self.as_effect(bind.binder.ty).is_some() {
                        let diagnostic = errors::error(
                            EFFECT_BOUND,
                            "`=` binds a plain value here, and this is an effect",
                            bind.value.meta().span,
                            format!("this has the type `{}`", self.show(bind.binder.ty)),
                        )
                        .help("run it and bind its result with `<-`");
                        self.session.report(diagnostic);
                        self.bind_local(bind.binder.var, Binding::Mono(self.known.error));
                    }
                    Step::Let { meta, bind }
                }
            });
        }
        let ty = self.session.effect(row, result);
        let tail_cause = match cause {
            Cause::Other | Cause::Step { .. } | Cause::Main => Cause::Tail,
            other => other.clone(),
        };
        let tail = self.check(tail, ty, &tail_cause);
        Expr::Do {
            meta: meta.with_ty(ty),
            steps: typed_steps,
            tail: Box::new(tail),
        }
    }

    fn run_step(
        &mut self,
        meta: Meta,
        reason: Reason,
        binder: Binder,
        effect: kernel::Expr,
        row: TyId,
    ) -> Step {
        let result = self.fresh_type();
        let span = effect.meta().span;
        let errors = self.errors();
        let effect = match effect {
            effect if reason == Reason::Run => self.run(effect, row, result),
            kernel::Expr::Apply { meta, fun, args } if reason == Reason::Fallback => {
                self.run_attempt(meta, *fun, args, row, result)
            }
            effect => {
                let ty = self.session.effect(row, result);
                self.check(effect, ty, &Cause::Step { reason })
            }
        };
        let failed = self.errors() > errors;
        if failed
            && let shallow = self.shallow(result)
            && matches!(self.get(shallow), Type::Hole(_))
        {
            let error = self.known.error;
            // A fresh hole accepts anything.
            let _ = self.unify(result, error);
        }
        if reason == Reason::Statement && self.unify(result, self.known.unit).is_err() && !failed {
            let shown = self.show(result);
            let diagnostic = errors::error(
                STATEMENT,
                format!("this statement gives `{shown}`, which is dropped"),
                span,
                "",
            )
            .note("a statement of an `effect` block gives `Unit`")
            .help("write `_ <-` in front of it, or bind its result to a name");
            self.session.report(diagnostic);
        }
        self.bind_local(binder.var, Binding::Mono(result));
        Step::Run {
            meta,
            reason,
            binder: Binder::new(binder.var, result),
            effect,
        }
    }
}
