//! The interpreter of `mono`: what a program means before effects, closures or loops are anything but themselves.
//!
//! A machine in the manner of Felleisen and Friedman's CEK (1986): what is evaluated, its environment, and a stack of
//! [`Frame`]s that say what is done with the result. An effect is a value; [`State::Perform`] is what does something.
//! A failure takes frames off the stack until one of them catches it or has something to release.
//!
//! Structural holes are interpreted by the structure of their types, not by the functions that `derive-structural`
//! makes of them, so that these are tested too.

mod constants;
mod env;
mod perform;
mod statics;
mod structural;
mod values;

use std::rc::Rc;

use ir_defs::Session;
use ir_defs::mono::{Bind, Branch, Define, Expr, Program, Step};
use ir_defs::prims::Prim;
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Binder, Derivation};
use ir_defs::types::Type;
use nanopass::{Span, Symbol, TyId};
use rustc_hash::FxHashMap;

use crate::{Outcome, Stop, World, prims};
use env::{Bound, Env};
use perform::is_effect;
pub use statics::compute_statics;
use structural::{Shape, Structural};
use values::{broken, closure, first, function, is_literal, lambda, literal, operand, recursive};

type Value<'p> = crate::Value<Rc<Function<'p>>>;

/// Runs a program whose values are ordered and whose nodes have types.
pub fn run(program: &Program, session: &mut Session, world: World) -> Outcome {
    let mut machine = Machine::new(program, session, world);
    let stop = machine.program(program).err();
    let Machine { world, session, .. } = machine;
    world.end(stop, session)
}

/// A function or an effect.
enum Function<'p> {
    /// With the arguments that it has been given so far.
    Closure {
        params: &'p [Binder],
        body: &'p Expr,
        given: Vec<Value<'p>>,
        env: Env<'p>,
    },
    /// The structural function of a type.
    Derived {
        derivation: Derivation,
        ty: TyId,
        given: Vec<Value<'p>>,
    },
    /// An effect that is what this gives when it is performed: a function's body, a definition.
    Later { body: &'p Expr, env: Env<'p> },
    /// Steps and a tail.
    Do {
        steps: &'p [Step],
        tail: &'p Expr,
        env: Env<'p>,
    },
    /// A primitive effect with its arguments.
    Prim {
        prim: Prim,
        args: Vec<Value<'p>>,
        span: Span,
    },
}

/// What the machine does next.
enum State<'p> {
    Eval(&'p Expr, Env<'p>),
    /// A value has been computed.
    Return(Value<'p>),
    Apply(Value<'p>, Vec<Value<'p>>),
    Perform(Value<'p>),
    /// A failure looks for who catches it.
    Fail(Value<'p>),
}

/// What is done with the value that comes next.
enum Frame<'p> {
    /// It is the next operand of `e`.
    Operand {
        e: &'p Expr,
        done: Vec<Value<'p>>,
        env: Env<'p>,
    },
    /// It is bound, and the rest of the bindings follow.
    Let {
        binder: Binder,
        rest: &'p [Bind],
        body: &'p Expr,
        env: Env<'p>,
    },
    /// It is the effect of a step, to be performed.
    Perform,
    /// It is what a step gives, or the value of a binding among steps.
    Step {
        binder: Binder,
        rest: &'p [Step],
        tail: &'p Expr,
        env: Env<'p>,
    },
    /// It is a function of these.
    Apply(Vec<Value<'p>>),
    /// It is what the first effect of a `bind` gives.
    Then(Value<'p>),
    /// It is what an attempted effect gives.
    Attempt,
    /// It is a resource, with its release and its use.
    Acquired {
        release: Value<'p>,
        consume: Value<'p>,
    },
    /// It is what the use of a resource gives.
    Used {
        release: Value<'p>,
        resource: Value<'p>,
    },
    /// It is nothing: the release after a use that gave this.
    Released(Value<'p>),
    /// It is nothing: the release after a use that failed with this.
    ReleasedAfter(Value<'p>),
    /// What is performed if an effect fails.
    OnFailure(Value<'p>),
    /// It is the result of a user's instance inside a structural operation.
    Structural(Structural<'p>),
    /// It is the value of a definition that something needs while the compiler computes.
    Define(GlobalId),
}

struct Machine<'p, 's> {
    session: &'s mut Session,
    world: World,
    defines: FxHashMap<GlobalId, &'p Define>,
    overrides: FxHashMap<(Derivation, TyId), GlobalId>,
    /// Values that have been initialised, and functions.
    values: FxHashMap<GlobalId, Value<'p>>,
    shapes: FxHashMap<TyId, Rc<Shape>>,
    stack: Vec<Frame<'p>>,
    /// For what the compiler computes: how many steps are left, and which values are under way. No value is there
    /// before something needs it, and nothing may be done but reading files.
    computing: Option<Computing>,
}

/// See [`Machine::computing`].
struct Computing {
    steps: u64,
    under_way: Vec<GlobalId>,
}

impl<'p, 's> Machine<'p, 's> {
    fn new(program: &'p Program, session: &'s mut Session, world: World) -> Machine<'p, 's> {
        Machine {
            defines: program
                .defines
                .iter()
                .map(|define| (define.global, define))
                .collect(),
            overrides: program
                .overrides
                .iter()
                .map(|found| ((found.derivation, found.type_), found.global))
                .collect(),
            values: FxHashMap::default(),
            shapes: FxHashMap::default(),
            stack: Vec::new(),
            computing: None,
            world,
            session,
        }
    }
}

impl<'p> Machine<'p, '_> {
    fn program(&mut self, program: &'p Program) -> Result<(), Stop> {
        let nothing = Env::empty();
        for global in &program.order {
            if let Some(&define) = self.defines.get(global) {
                let value = self.run(State::Eval(&define.value, nothing.clone()))?;
                self.values.insert(*global, value);
            }
        }
        if let Some(main) = program.main {
            let main = self.global(main)?;
            self.run(State::Perform(main))?;
        }
        Ok(())
    }

    /// Steps until the stack is empty.
    fn run(&mut self, state: State<'p>) -> Result<Value<'p>, Stop> {
        self.run_to_end(state)?
            .map_err(|_| broken("a failure that nothing catches"))
    }

    /// Steps until the stack is empty; `Ok(Err(…))` is a failure that nothing caught.
    fn run_to_end(&mut self, mut state: State<'p>) -> Result<Result<Value<'p>, Value<'p>>, Stop> {
        loop {
            self.count_step()?;
            self.world.check(self.stack.len())?;
            state = match state {
                State::Eval(e, env) => self.eval(e, env)?,
                State::Apply(fun, args) => self.apply(fun, args)?,
                State::Perform(effect) => self.perform(effect)?,
                State::Return(value) => match self.stack.pop() {
                    Some(frame) => self.resume(frame, value)?,
                    None => return Ok(Ok(value)),
                },
                State::Fail(error) => match self.stack.pop() {
                    Some(frame) => self.unwind(frame, error),
                    None => return Ok(Err(error)),
                },
            }
        }
    }

    fn global(&mut self, global: GlobalId) -> Result<Value<'p>, Stop> {
        if let Some(value) = self.values.get(&global) {
            return Ok(value.clone());
        }
        let define = *self
            .defines
            .get(&global)
            .ok_or_else(|| broken("an unknown global"))?;
        let value = match self.session.as_effect(define.type_) {
            Some(_) => function(Function::Later {
                body: &define.value,
                env: Env::empty(),
            }),
            None => lambda(&define.value, &Env::empty())
                .ok_or_else(|| broken("a value that is used before it is initialised"))?,
        };
        self.values.insert(global, value.clone());
        Ok(value)
    }

    /// What needs no frame: the value is there.
    fn at_once(&mut self, e: &'p Expr, env: &Env<'p>) -> Result<Option<Value<'p>>, Stop> {
        Ok(Some(match e {
            Expr::Lit { lit, .. } => literal(lit),
            Expr::Var { var, .. } => env.var(*var).ok_or_else(|| broken("an unknown variable"))?,
            Expr::Global { global, .. } if self.waits(*global) => return Ok(None),
            Expr::Global { global, .. } => self.global(*global)?,
            Expr::Lambda { params, body, .. } => closure(params, body, env.clone()),
            Expr::Derived {
                derivation, type_, ..
            } => function(Function::Derived {
                derivation: *derivation,
                ty: *type_,
                given: Vec::new(),
            }),
            Expr::Do { steps, tail, .. } => function(Function::Do {
                steps,
                tail,
                env: env.clone(),
            }),
            Expr::Widen { effect, .. } => return self.at_once(effect, env),
            _ => return Ok(None),
        }))
    }

    fn eval(&mut self, e: &'p Expr, env: Env<'p>) -> Result<State<'p>, Stop> {
        if let Some(value) = self.at_once(e, &env)? {
            return Ok(State::Return(value));
        }
        Ok(match e {
            Expr::Widen { effect, .. } => State::Eval(effect, env),
            Expr::Global { global, .. } => return self.compute_global(*global),
            Expr::Let { binds, body, .. } => self.bindings(binds, body, env),
            Expr::Switch {
                subject,
                branches,
                otherwise,
                ..
            } => {
                let subject = self
                    .at_once(subject, &env)?
                    .ok_or_else(|| broken("a subject that is no variable"))?;
                return self.switch(&subject, branches, otherwise.as_deref(), env);
            }
            Expr::Join {
                label,
                params,
                target,
                body,
                ..
            } => State::Eval(body, env.with(Bound::Label(*label, params, target))),
            _ => return self.operands(e, Vec::new(), env),
        })
    }

    fn bindings(&mut self, binds: &'p [Bind], body: &'p Expr, mut env: Env<'p>) -> State<'p> {
        let mut binds = binds;
        while let Some((bind, rest)) = binds.split_first() {
            binds = rest;
            match recursive(bind) {
                Some(bound) => env = env.with(bound),
                None => {
                    self.stack.push(Frame::Let {
                        binder: bind.binder,
                        rest,
                        body,
                        env: env.clone(),
                    });
                    return State::Eval(&bind.value, env);
                }
            }
        }
        State::Eval(body, env)
    }

    fn switch(
        &self,
        subject: &Value<'p>,
        branches: &'p [Branch],
        otherwise: Option<&'p Expr>,
        env: Env<'p>,
    ) -> Result<State<'p>, Stop> {
        for branch in branches {
            match branch {
                Branch::OnCon {
                    con, fields, body, ..
                } => {
                    let index = self.session.constructors.get(*con).map(|info| info.index);
                    let (tag, values) = subject.parts();
                    if index == Some(tag) {
                        return Ok(State::Eval(
                            body,
                            env.bind_all(fields, values.iter().cloned()),
                        ));
                    }
                }
                Branch::OnLit { lit, body, .. } => {
                    if is_literal(subject, lit) {
                        return Ok(State::Eval(body, env));
                    }
                }
            }
        }
        otherwise
            .map(|body| State::Eval(body, env))
            .ok_or_else(|| broken("a switch that covers too little"))
    }

    /// Evaluates the operands of `e` that are not `done`, then `e`.
    fn operands(
        &mut self,
        e: &'p Expr,
        mut done: Vec<Value<'p>>,
        env: Env<'p>,
    ) -> Result<State<'p>, Stop> {
        while let Some(operand) = operand(e, done.len()) {
            match self.at_once(operand, &env)? {
                Some(value) => done.push(value),
                None => {
                    self.stack.push(Frame::Operand {
                        e,
                        done,
                        env: env.clone(),
                    });
                    return Ok(State::Eval(operand, env));
                }
            }
        }
        self.compute(e, done, env)
    }

    /// `e`, whose operands have these values.
    fn compute(
        &mut self,
        e: &'p Expr,
        mut values: Vec<Value<'p>>,
        env: Env<'p>,
    ) -> Result<State<'p>, Stop> {
        Ok(State::Return(match e {
            Expr::Construct { con, .. } => {
                let index = self
                    .session
                    .constructors
                    .get(*con)
                    .map_or(0, |info| info.index);
                Value::object(index, values)
            }
            Expr::Tuple { .. } | Expr::Record { .. } => Value::object(0, values),
            Expr::List { .. } => Value::list(values),
            Expr::Item { index, .. } => first(&values)?.field(index.0 as usize),
            Expr::Select { record, label, .. } => {
                let index = self.place(record.meta().ty, *label);
                first(&values)?.field(index.ok_or_else(|| broken("an unknown field"))?)
            }
            Expr::Apply { .. } => {
                let fun = values.remove(0);
                return Ok(State::Apply(fun, values));
            }
            Expr::Jump { label, .. } => {
                let (params, target, outer) = env
                    .label(*label)
                    .ok_or_else(|| broken("an unknown label"))?;
                return Ok(State::Eval(target, outer.bind_all(params, values)));
            }
            Expr::Prim { prim, .. } if prim.is_static() => {
                let value = values
                    .pop()
                    .ok_or_else(|| broken("an operand is missing"))?;
                if prim.name() == "static.run" {
                    return Ok(State::Perform(value));
                }
                value
            }
            Expr::Prim { meta, prim, .. } => {
                if is_effect(*prim) {
                    function(Function::Prim {
                        prim: *prim,
                        args: values,
                        span: meta.span,
                    })
                } else {
                    prims::apply(*prim, &values, meta.span, &mut self.world)?
                }
            }
            _ => return Err(broken("an expression without operands")),
        }))
    }

    /// The place of a field among those of a record.
    fn place(&self, record: TyId, label: Symbol) -> Option<usize> {
        match self.session.types.get(record) {
            Type::Record { fields, .. } => fields.iter().position(|(other, _)| *other == label),
            _ => None,
        }
    }

    fn apply(&mut self, fun: Value<'p>, args: Vec<Value<'p>>) -> Result<State<'p>, Stop> {
        let Value::Function(fun) = fun else {
            return Err(broken("what is applied is no function"));
        };
        match &*fun {
            Function::Closure {
                params,
                body,
                given,
                env,
            } => {
                let mut all = given.clone();
                all.extend(args);
                if all.len() < params.len() {
                    let env = env.clone();
                    return Ok(State::Return(function(Function::Closure {
                        params,
                        body,
                        given: all,
                        env,
                    })));
                }
                let rest = all.split_off(params.len());
                if !rest.is_empty() {
                    self.stack.push(Frame::Apply(rest));
                }
                let env = env.bind_all(params, all);
                Ok(match self.session.as_effect(body.meta().ty) {
                    Some(_) => State::Return(function(Function::Later { body, env })),
                    None => State::Eval(body, env),
                })
            }
            Function::Derived {
                derivation,
                ty,
                given,
            } => {
                let mut all = given.clone();
                all.extend(args);
                let arity = if matches!(derivation, Derivation::Eq | Derivation::Compare) {
                    2
                } else {
                    1
                };
                if all.len() < arity {
                    let (derivation, ty) = (*derivation, *ty);
                    return Ok(State::Return(function(Function::Derived {
                        derivation,
                        ty,
                        given: all,
                    })));
                }
                let operation = Structural::new(*derivation, *ty, all);
                self.structural(operation)
            }
            _ => Err(broken("an effect is applied")),
        }
    }
}
