//! The interpreter of `closed`.
//!
//! A machine whose state is what is evaluated next, the variables of the function at work, and a stack of frames: what
//! waits for the value of a `Let`, for the end of an `Attempt`, for a function that is to be applied to further
//! arguments. A tail call leaves no frame; a failure drops frames up to the next `Attempt`.
//!
//! No function nests, so each activation has variables of its own, and a jump sets those of its label. A closure holds
//! the values of its captures.

use std::cell::RefCell;
use std::rc::Rc;

use ir_defs::Session;
use ir_defs::closed::{Atom, Body, Branch, Function, MakeClosure, Program, Rhs, Stmt};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Binder, LabelId};
use nanopass::VarId;
use rustc_hash::FxHashMap;

use crate::shared::{con_tag, field_index, lit, matches_lit};
use crate::{Outcome, Stop, World, prims};

type Value<'p> = crate::Value<Rc<Closure<'p>>>;

/// A closure object, with the arguments that it has got so far. Captures are set after all objects of a group exist.
pub struct Closure<'p> {
    code: &'p Function,
    captures: RefCell<Vec<Value<'p>>>,
    given: Vec<Value<'p>>,
}

/// One activation of a function: what its variables hold and its labels stand for. The bodies in it share it, because
/// each variable is bound in one place.
#[derive(Clone, Default)]
struct Activation<'p>(Rc<RefCell<Bound<'p>>>);

#[derive(Default)]
struct Bound<'p> {
    vars: FxHashMap<VarId, Value<'p>>,
    targets: FxHashMap<LabelId, (&'p [Binder], &'p Body)>,
}

/// What is evaluated next.
enum State<'p> {
    Body(&'p [Stmt], &'p Rhs, Activation<'p>),
    Apply(Value<'p>, Vec<Value<'p>>, bool),
    Enter(&'p Function, Vec<Value<'p>>, Vec<Value<'p>>),
    Return(Value<'p>),
    Fail(Value<'p>),
}

/// What waits for a value.
enum Frame<'p> {
    /// Binds it and goes on.
    Let(VarId, &'p [Stmt], &'p Rhs, Activation<'p>),
    /// Binds the results that it holds, and goes on.
    LetResults(&'p [Binder], &'p [Stmt], &'p Rhs, Activation<'p>),
    /// Applies it, and performs that if the flag is set.
    Apply(Vec<Value<'p>>, bool),
    /// Makes it `Ok`; catches a failure.
    Attempt,
}

/// Computes the top-level values in order, and runs `main`.
pub fn run(program: &Program, session: &Session, world: World) -> Outcome {
    let functions = program
        .functions
        .iter()
        .map(|function| (function.global, function))
        .collect();
    let mut machine = Machine {
        session,
        world,
        functions,
        values: FxHashMap::default(),
        frames: Vec::new(),
    };
    let stop = machine.program(program).err();
    machine.world.end(stop, session)
}

struct Machine<'p> {
    session: &'p Session,
    world: World,
    functions: FxHashMap<GlobalId, &'p Function>,
    values: FxHashMap<GlobalId, Value<'p>>,
    frames: Vec<Frame<'p>>,
}

impl<'p> Machine<'p> {
    fn program(&mut self, program: &'p Program) -> Result<(), Stop> {
        for value in &program.values {
            let computed = self.run(body(&value.body, Activation::default()))?;
            self.values.insert(value.global, computed);
        }
        let main = program.main.ok_or_else(|| broken("there is no `main`"))?;
        let main = self.function(main)?;
        self.run(State::Enter(main, Vec::new(), Vec::new()))?;
        Ok(())
    }

    fn run(&mut self, state: State<'p>) -> Result<Value<'p>, Stop> {
        let mut state = state;
        loop {
            self.world.check(self.frames.len())?;
            state = match state {
                State::Body(statements, result, activation) => {
                    self.body(statements, result, activation)?
                }
                State::Apply(fun, args, performs) => self.apply(fun, args, performs)?,
                State::Enter(function, captures, args) => {
                    let activation = Activation::default();
                    activation.bind_all(&function.captures, captures);
                    activation.bind_all(&function.params, args);
                    body(&function.body, activation)
                }
                State::Return(value) => match self.frames.pop() {
                    Some(Frame::Let(var, statements, result, activation)) => {
                        activation.bind(var, value);
                        State::Body(statements, result, activation)
                    }
                    Some(Frame::LetResults(binders, statements, result, activation)) => {
                        let (_, values) = value.whole();
                        activation.bind_all(binders, values);
                        State::Body(statements, result, activation)
                    }
                    Some(Frame::Apply(args, performs)) => State::Apply(value, args, performs),
                    Some(Frame::Attempt) => State::Return(self.result("Ok", value)?),
                    None => return Ok(value),
                },
                State::Fail(payload) => match self.frames.pop() {
                    Some(Frame::Attempt) => State::Return(self.result("Err", payload)?),
                    Some(_) => State::Fail(payload),
                    None => return Err(broken("a failure has left the program")),
                },
            };
        }
    }

    /// Up to the first statement whose value must be waited for, or to the result.
    fn body(
        &mut self,
        statements: &'p [Stmt],
        result: &'p Rhs,
        activation: Activation<'p>,
    ) -> Result<State<'p>, Stop> {
        let Some((first, rest)) = statements.split_first() else {
            return self.rhs(result, activation);
        };
        match first {
            Stmt::Let { binder, value, .. } => {
                self.frames
                    .push(Frame::Let(binder.var, rest, result, activation.clone()));
                return self.rhs(value, activation);
            }
            Stmt::LetResults { binders, value, .. } => {
                self.frames
                    .push(Frame::LetResults(binders, rest, result, activation.clone()));
                return self.rhs(value, activation);
            }
            Stmt::Closures { closures, .. } => self.closures(closures, &activation)?,
            Stmt::Join {
                label,
                params,
                target,
                ..
            } => activation.place(*label, params, target),
        }
        Ok(State::Body(rest, result, activation))
    }

    /// All objects of a group are made, and then filled.
    fn closures(
        &mut self,
        group: &'p [MakeClosure],
        activation: &Activation<'p>,
    ) -> Result<(), Stop> {
        let mut made = Vec::with_capacity(group.len());
        for MakeClosure {
            binder, function, ..
        } in group
        {
            let code = self.function(*function)?;
            let closure = Rc::new(Closure {
                code,
                captures: RefCell::default(),
                given: Vec::new(),
            });
            activation.bind(binder.var, Value::Function(closure.clone()));
            made.push(closure);
        }
        for (closure, MakeClosure { captures, .. }) in made.iter().zip(group) {
            *closure.captures.borrow_mut() = self.atoms(captures, activation)?;
        }
        Ok(())
    }

    fn rhs(&mut self, rhs: &'p Rhs, activation: Activation<'p>) -> Result<State<'p>, Stop> {
        Ok(match rhs {
            Rhs::Atom { atom, .. } => State::Return(self.atom(atom, &activation)?),
            Rhs::Construct { con, args, .. } => {
                let tag = con_tag(*con, self.session);
                State::Return(Value::object(tag, self.atoms(args, &activation)?))
            }
            Rhs::Open {
                con, hole, args, ..
            } => {
                let tag = con_tag(*con, self.session);
                State::Return(Value::open(
                    tag,
                    hole.0 as usize,
                    self.atoms(args, &activation)?,
                ))
            }
            Rhs::Fill {
                cell, place, value, ..
            } => {
                let cell = self.atom(cell, &activation)?;
                let place = self.atom(place, &activation)?;
                let value = self.atom(value, &activation)?;
                let Value::Int(place) = place else {
                    return Err(broken("a hole is filled at no place"));
                };
                if !cell.fill(place as usize, value) {
                    return Err(broken("a hole is filled twice"));
                }
                State::Return(Value::UNIT)
            }
            Rhs::Prim {
                meta, prim, args, ..
            } => {
                let args = self.atoms(args, &activation)?;
                State::Return(prims::apply(*prim, &args, meta.span, &mut self.world)?)
            }
            Rhs::Call { function, args, .. } | Rhs::TailCall { function, args, .. } => {
                let args = self.atoms(args, &activation)?;
                State::Enter(self.function(*function)?, Vec::new(), args)
            }
            Rhs::Apply {
                fun,
                performs,
                args,
                ..
            }
            | Rhs::TailApply {
                fun,
                performs,
                args,
                ..
            } => State::Apply(
                self.atom(fun, &activation)?,
                self.atoms(args, &activation)?,
                performs.0,
            ),
            Rhs::Tuple { items, .. } | Rhs::Results { items, .. } => {
                State::Return(Value::object(0, self.atoms(items, &activation)?))
            }
            Rhs::List { items, .. } => State::Return(Value::list(self.atoms(items, &activation)?)),
            Rhs::Record { fields, .. } => {
                let fields = fields
                    .iter()
                    .map(|field| self.atom(&field.value, &activation));
                State::Return(Value::object(0, fields.collect::<Result<_, _>>()?))
            }
            Rhs::Select { record, label, .. } => {
                let index = field_index(record.meta().ty, *label, self.session);
                State::Return(self.atom(record, &activation)?.field(index))
            }
            Rhs::Item { tuple, index, .. } => {
                State::Return(self.atom(tuple, &activation)?.field(index.0 as usize))
            }
            Rhs::Switch {
                subject,
                branches,
                otherwise,
                ..
            } => {
                let subject = self.atom(subject, &activation)?;
                self.switch(&subject, branches, otherwise.as_deref(), activation)?
            }
            Rhs::Block { body: inner, .. } => body(inner, activation),
            Rhs::Loop {
                label,
                params,
                initial,
                body,
                ..
            } => {
                activation.place(*label, params, body);
                let initial = self.atoms(initial, &activation)?;
                activation.jump(*label, initial)?
            }
            Rhs::Jump { label, args, .. } => {
                let args = self.atoms(args, &activation)?;
                activation.jump(*label, args)?
            }
            Rhs::Fail { payload, .. } => State::Fail(self.atom(payload, &activation)?),
            Rhs::Attempt { body: inner, .. } => {
                self.frames.push(Frame::Attempt);
                body(inner, activation)
            }
        })
    }

    fn switch(
        &self,
        subject: &Value<'p>,
        branches: &'p [Branch],
        otherwise: Option<&'p Body>,
        activation: Activation<'p>,
    ) -> Result<State<'p>, Stop> {
        for branch in branches {
            match branch {
                Branch::OnCon {
                    con,
                    fields,
                    body: taken,
                    ..
                } => {
                    let (tag, values) = subject.whole();
                    if tag == con_tag(*con, self.session) {
                        activation.bind_all(fields, values);
                        return Ok(body(taken, activation));
                    }
                }
                Branch::OnLit {
                    lit, body: taken, ..
                } if matches_lit(subject, lit) => {
                    return Ok(body(taken, activation));
                }
                Branch::OnLit { .. } => {}
            }
        }
        let otherwise = otherwise.ok_or_else(|| broken("no branch takes a value"))?;
        Ok(body(otherwise, activation))
    }

    /// A closure applied to any number of arguments, the token of its effect among them.
    fn apply(
        &mut self,
        fun: Value<'p>,
        args: Vec<Value<'p>>,
        performs: bool,
    ) -> Result<State<'p>, Stop> {
        let Value::Function(fun) = fun else {
            return Err(broken("a call of no function"));
        };
        let (params, function_performs) = (fun.code.params.len(), fun.code.performs.0);
        let mut args = [fun.given.as_slice(), &args].concat();
        if args.len() < params || (args.len() == params && function_performs && !performs) {
            let closure = Closure {
                code: fun.code,
                captures: fun.captures.clone(),
                given: args,
            };
            return Ok(State::Return(Value::Function(Rc::new(closure))));
        }
        let rest = args.split_off(params);
        if !rest.is_empty() || performs != function_performs {
            self.frames.push(Frame::Apply(rest, performs));
        }
        Ok(State::Enter(fun.code, fun.captures.borrow().clone(), args))
    }

    fn function(&self, global: GlobalId) -> Result<&'p Function, Stop> {
        self.functions
            .get(&global)
            .copied()
            .ok_or_else(|| broken("a call of no function"))
    }

    fn result(&self, con: &str, value: Value<'p>) -> Result<Value<'p>, Stop> {
        let con = self
            .session
            .constructors
            .find(con)
            .ok_or_else(|| broken("there is no `Result`"))?;
        Ok(Value::object(con_tag(con, self.session), vec![value]))
    }

    fn atoms(&self, atoms: &[Atom], activation: &Activation<'p>) -> Result<Vec<Value<'p>>, Stop> {
        atoms
            .iter()
            .map(|atom| self.atom(atom, activation))
            .collect()
    }

    fn atom(&self, atom: &Atom, activation: &Activation<'p>) -> Result<Value<'p>, Stop> {
        match atom {
            Atom::Lit { lit: found, .. } => Ok(lit(found)),
            Atom::Place { field, .. } => Ok(Value::Int(i64::from(field.0))),
            Atom::Var { var, .. } => {
                let value = activation.0.borrow().vars.get(var).cloned();
                value.ok_or_else(|| broken("a variable is not bound"))
            }
            Atom::Global { global, .. } => match self.values.get(global) {
                Some(value) => Ok(value.clone()),
                None => {
                    let (captures, given) = (RefCell::default(), Vec::new());
                    Ok(Value::Function(Rc::new(Closure {
                        code: self.function(*global)?,
                        captures,
                        given,
                    })))
                }
            },
        }
    }
}

impl<'p> Activation<'p> {
    fn bind(&self, var: VarId, value: Value<'p>) {
        self.0.borrow_mut().vars.insert(var, value);
    }

    fn bind_all(&self, binders: &[Binder], values: Vec<Value<'p>>) {
        for (binder, value) in binders.iter().zip(values) {
            self.bind(binder.var, value);
        }
    }

    fn place(&self, label: LabelId, params: &'p [Binder], target: &'p Body) {
        self.0.borrow_mut().targets.insert(label, (params, target));
    }

    fn jump(&self, label: LabelId, args: Vec<Value<'p>>) -> Result<State<'p>, Stop> {
        let found = self.0.borrow().targets.get(&label).copied();
        let (params, target) = found.ok_or_else(|| broken("a label is not in scope"))?;
        self.bind_all(params, args);
        Ok(body(target, self.clone()))
    }
}

fn body<'p>(body: &'p Body, activation: Activation<'p>) -> State<'p> {
    State::Body(&body.statements, &body.result, activation)
}

fn broken(what: &str) -> Stop {
    Stop::Broken(what.to_owned())
}
