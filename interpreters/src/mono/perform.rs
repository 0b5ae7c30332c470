//! What performing an effect does, and what is done with its result or its failure.

use ir_defs::mono::{Expr, Step};
use ir_defs::prims::Prim;
use nanopass::Span;

use super::env::Env;
use super::values::recursive;
use super::{Frame, Function, Machine, State, Value, broken};
use crate::{Stop, prims};

impl<'p> Machine<'p, '_> {
    pub(super) fn perform(&mut self, effect: Value<'p>) -> Result<State<'p>, Stop> {
        let Value::Function(effect) = effect else {
            return Err(broken("what is performed is no effect"));
        };
        match &*effect {
            Function::Later { body, env } => {
                self.stack.push(Frame::Perform);
                Ok(State::Eval(body, env.clone()))
            }
            Function::Do { steps, tail, env } => Ok(self.steps(steps, tail, env.clone())),
            Function::Prim { prim, args, span } => self.perform_prim(*prim, args, *span),
            Function::Closure { .. } | Function::Derived { .. } => {
                Err(broken("a function is performed"))
            }
        }
    }

    fn perform_prim(
        &mut self,
        prim: Prim,
        args: &[Value<'p>],
        span: Span,
    ) -> Result<State<'p>, Stop> {
        Ok(match (prim.name(), args) {
            ("effect.pure", [value]) => State::Return(value.clone()),
            ("effect.fail", [error]) => State::Fail(error.clone()),
            ("effect.attempt", [effect]) => {
                self.stack.push(Frame::Attempt);
                State::Perform(effect.clone())
            }
            ("effect.bind", [effect, then]) => {
                self.stack.push(Frame::Then(then.clone()));
                State::Perform(effect.clone())
            }
            ("effect.bracket", [acquire, release, consume]) => {
                self.stack.push(Frame::Acquired {
                    release: release.clone(),
                    consume: consume.clone(),
                });
                State::Perform(acquire.clone())
            }
            ("effect.on-failure", [undo, effect]) => {
                self.stack.push(Frame::OnFailure(undo.clone()));
                State::Perform(effect.clone())
            }
            _ => {
                self.may_do(prim, args, span)?;
                State::Return(prims::apply(prim, args, span, &mut self.world)?)
            }
        })
    }

    fn steps(&mut self, steps: &'p [Step], tail: &'p Expr, mut env: Env<'p>) -> State<'p> {
        let mut steps = steps;
        while let Some((step, rest)) = steps.split_first() {
            steps = rest;
            let (binder, e, performed) = match step {
                Step::Run { binder, effect, .. } => (*binder, effect, true),
                Step::Let { bind, .. } => match recursive(bind) {
                    Some(bound) => {
                        env = env.with(bound);
                        continue;
                    }
                    None => (bind.binder, &bind.value, false),
                },
            };
            self.stack.push(Frame::Step {
                binder,
                rest,
                tail,
                env: env.clone(),
            });
            if performed {
                self.stack.push(Frame::Perform);
            }
            return State::Eval(e, env);
        }
        self.stack.push(Frame::Perform);
        State::Eval(tail, env)
    }

    pub(super) fn resume(&mut self, frame: Frame<'p>, value: Value<'p>) -> Result<State<'p>, Stop> {
        Ok(match frame {
            Frame::Operand { e, mut done, env } => {
                done.push(value);
                return self.operands(e, done, env);
            }
            Frame::Let {
                binder,
                rest,
                body,
                env,
            } => self.bindings(rest, body, env.bind(binder.var, value)),
            Frame::Perform => State::Perform(value),
            Frame::Step {
                binder,
                rest,
                tail,
                env,
            } => self.steps(rest, tail, env.bind(binder.var, value)),
            Frame::Apply(args) => State::Apply(value, args),
            Frame::Then(then) => self.performed_call(then, value),
            Frame::Attempt => State::Return(Value::object(1, vec![value])),
            Frame::Acquired { release, consume } => {
                self.stack.push(Frame::Used {
                    release,
                    resource: value.clone(),
                });
                self.performed_call(consume, value)
            }
            Frame::Used { release, resource } => {
                self.stack.push(Frame::Released(value));
                self.performed_call(release, resource)
            }
            Frame::Released(result) => State::Return(result),
            Frame::ReleasedAfter(error) => State::Fail(error),
            Frame::OnFailure(_) => State::Return(value),
            Frame::Structural(operation) => return self.continue_structural(operation, value),
            Frame::Define(global) => {
                self.define(global, &value);
                State::Return(value)
            }
        })
    }

    /// Applies a function and performs the effect that it gives.
    fn performed_call(&mut self, fun: Value<'p>, arg: Value<'p>) -> State<'p> {
        self.stack.push(Frame::Perform);
        State::Apply(fun, vec![arg])
    }

    pub(super) fn unwind(&mut self, frame: Frame<'p>, error: Value<'p>) -> State<'p> {
        match frame {
            Frame::Attempt => State::Return(Value::object(0, vec![error])),
            Frame::Used { release, resource } => {
                self.stack.push(Frame::ReleasedAfter(error));
                self.performed_call(release, resource)
            }
            Frame::OnFailure(undo) => {
                self.stack.push(Frame::ReleasedAfter(error));
                State::Perform(undo)
            }
            // A release failed as well: the first failure wins.
            Frame::ReleasedAfter(first) => State::Fail(first),
            _ => State::Fail(error),
        }
    }
}

pub(super) fn is_effect(prim: Prim) -> bool {
    prim.is_effect() || prim.name().starts_with("effect.")
}
