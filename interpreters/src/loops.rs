//! The interpreter of `loops`.
//!
//! A machine whose state is what is evaluated next and a stack of frames: what waits for the value of a `Let`, for the
//! end of an `Attempt`, for a function that is to be applied to further arguments. A tail call leaves no frame, because
//! nothing waits; a failure drops frames up to the next `Attempt`.
//!
//! What is in scope is a list that is never changed, only extended, so a closure holds the list of the place where it
//! stands, and each round of a loop has variables of its own.

use std::rc::Rc;

use ir_defs::Session;
use ir_defs::loops::{Atom, Body, Branch, Function, Local, Program, Rhs, Stmt};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::Binder;
use nanopass::VarId;
use rustc_hash::FxHashMap;

use crate::shared::{con_tag, field_index, lit, matches_lit};
use crate::{Outcome, Stop, World, prims};

type Value<'p> = crate::Value<Rc<Closure<'p>>>;

/// A function or an effect, with the arguments that it has got so far.
pub struct Closure<'p> {
    code: Code<'p>,
    given: Vec<Value<'p>>,
}

#[derive(Clone)]
enum Code<'p> {
    Global(&'p Function),
    /// A member of a group of local functions, where the group stands.
    Local {
        group: &'p [Local],
        member: usize,
        scope: Scope<'p>,
    },
}

/// What is in scope, the innermost first.
#[derive(Clone, Default)]
struct Scope<'p>(Option<Rc<Link<'p>>>);

struct Link<'p> {
    name: VarId,
    bound: Bound<'p>,
    rest: Scope<'p>,
}

#[derive(Clone)]
enum Bound<'p> {
    Value(Value<'p>),
    /// The target of a join point, or the body of a loop.
    Target(&'p [Binder], &'p Body),
}

/// What is evaluated next.
enum State<'p> {
    Body(&'p [Stmt], &'p Rhs, Scope<'p>),
    Apply(Value<'p>, Vec<Value<'p>>, bool),
    Enter(Code<'p>, Vec<Value<'p>>),
    Return(Value<'p>),
    Fail(Value<'p>),
}

/// What waits for a value.
enum Frame<'p> {
    /// Binds it and goes on.
    Let(VarId, &'p [Stmt], &'p Rhs, Scope<'p>),
    /// Binds the results that it holds, and goes on.
    LetResults(&'p [Binder], &'p [Stmt], &'p Rhs, Scope<'p>),
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
            let state = State::Body(&value.body.statements, &value.body.result, Scope::default());
            let computed = self.run(state)?;
            self.values.insert(value.global, computed);
        }
        let main = program.main.ok_or_else(|| broken("there is no `main`"))?;
        let main = self.global(main)?;
        self.run(State::Apply(main, Vec::new(), true))?;
        Ok(())
    }

    fn run(&mut self, state: State<'p>) -> Result<Value<'p>, Stop> {
        let mut state = state;
        loop {
            self.world.check(self.frames.len())?;
            state = match state {
                State::Body(statements, result, scope) => self.body(statements, result, scope)?,
                State::Apply(fun, args, performs) => self.apply(fun, args, performs)?,
                State::Enter(code, args) => self.enter(code, args),
                State::Return(value) => match self.frames.pop() {
                    Some(Frame::Let(var, statements, result, scope)) => {
                        State::Body(statements, result, scope.bind(var, value))
                    }
                    Some(Frame::LetResults(binders, statements, result, scope)) => {
                        let (_, values) = value.whole();
                        State::Body(statements, result, scope.bind_all(binders, values))
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
        scope: Scope<'p>,
    ) -> Result<State<'p>, Stop> {
        let Some((first, rest)) = statements.split_first() else {
            return self.rhs(result, scope);
        };
        let scope = match first {
            Stmt::Let { binder, value, .. } => {
                self.frames
                    .push(Frame::Let(binder.var, rest, result, scope.clone()));
                return self.rhs(value, scope);
            }
            Stmt::LetResults { binders, value, .. } => {
                self.frames
                    .push(Frame::LetResults(binders, rest, result, scope.clone()));
                return self.rhs(value, scope);
            }
            Stmt::Functions { functions, .. } => scope.bind_group(functions),
            Stmt::Join {
                label,
                params,
                target,
                ..
            } => scope.extend(label.0, Bound::Target(params, target)),
        };
        Ok(State::Body(rest, result, scope))
    }

    fn rhs(&mut self, rhs: &'p Rhs, scope: Scope<'p>) -> Result<State<'p>, Stop> {
        Ok(match rhs {
            Rhs::Atom { atom, .. } => State::Return(self.atom(atom, &scope)?),
            Rhs::Construct { con, args, .. } => {
                let tag = con_tag(*con, self.session);
                State::Return(Value::object(tag, self.atoms(args, &scope)?))
            }
            Rhs::Open {
                con, hole, args, ..
            } => {
                let tag = con_tag(*con, self.session);
                State::Return(Value::open(tag, hole.0 as usize, self.atoms(args, &scope)?))
            }
            Rhs::Fill {
                cell, place, value, ..
            } => {
                let cell = self.atom(cell, &scope)?;
                let place = self.atom(place, &scope)?;
                let value = self.atom(value, &scope)?;
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
                let args = self.atoms(args, &scope)?;
                State::Return(prims::apply(*prim, &args, meta.span, &mut self.world)?)
            }
            Rhs::Call { function, args, .. } | Rhs::TailCall { function, args, .. } => {
                let function = self
                    .functions
                    .get(function)
                    .ok_or_else(|| broken("a call of no function"))?;
                State::Enter(Code::Global(function), self.atoms(args, &scope)?)
            }
            Rhs::CallLocal { function, args, .. } | Rhs::TailCallLocal { function, args, .. } => {
                let Value::Function(function) = scope.value(*function)? else {
                    return Err(broken("a call of no function"));
                };
                State::Enter(function.code.clone(), self.atoms(args, &scope)?)
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
                self.atom(fun, &scope)?,
                self.atoms(args, &scope)?,
                performs.0,
            ),
            Rhs::Tuple { items, .. } | Rhs::Results { items, .. } => {
                State::Return(Value::object(0, self.atoms(items, &scope)?))
            }
            Rhs::List { items, .. } => State::Return(Value::list(self.atoms(items, &scope)?)),
            Rhs::Record { fields, .. } => {
                let fields = fields.iter().map(|field| self.atom(&field.value, &scope));
                State::Return(Value::object(0, fields.collect::<Result<_, _>>()?))
            }
            Rhs::Select { record, label, .. } => {
                let index = field_index(record.meta().ty, *label, self.session);
                State::Return(self.atom(record, &scope)?.field(index))
            }
            Rhs::Item { tuple, index, .. } => {
                State::Return(self.atom(tuple, &scope)?.field(index.0 as usize))
            }
            Rhs::Switch {
                subject,
                branches,
                otherwise,
                ..
            } => {
                let subject = self.atom(subject, &scope)?;
                self.switch(&subject, branches, otherwise.as_deref(), scope)?
            }
            Rhs::Block { body, .. } => State::Body(&body.statements, &body.result, scope),
            Rhs::Loop {
                label,
                params,
                initial,
                body,
                ..
            } => {
                let initial = self.atoms(initial, &scope)?;
                scope
                    .extend(label.0, Bound::Target(params, body))
                    .jump(label.0, initial)?
            }
            Rhs::Jump { label, args, .. } => {
                let args = self.atoms(args, &scope)?;
                scope.jump(label.0, args)?
            }
            Rhs::Fail { payload, .. } => State::Fail(self.atom(payload, &scope)?),
            Rhs::Attempt { body, .. } => {
                self.frames.push(Frame::Attempt);
                State::Body(&body.statements, &body.result, scope)
            }
        })
    }

    fn switch(
        &self,
        subject: &Value<'p>,
        branches: &'p [Branch],
        otherwise: Option<&'p Body>,
        scope: Scope<'p>,
    ) -> Result<State<'p>, Stop> {
        for branch in branches {
            match branch {
                Branch::OnCon {
                    con, fields, body, ..
                } => {
                    let (tag, values) = subject.whole();
                    if tag == con_tag(*con, self.session) {
                        let scope = scope.bind_all(fields, values);
                        return Ok(State::Body(&body.statements, &body.result, scope));
                    }
                }
                Branch::OnLit { lit, body, .. } if matches_lit(subject, lit) => {
                    return Ok(State::Body(&body.statements, &body.result, scope));
                }
                Branch::OnLit { .. } => {}
            }
        }
        let otherwise = otherwise.ok_or_else(|| broken("no branch takes a value"))?;
        Ok(State::Body(&otherwise.statements, &otherwise.result, scope))
    }

    /// A function applied to any number of arguments, the token of its effect among them.
    fn apply(
        &mut self,
        fun: Value<'p>,
        args: Vec<Value<'p>>,
        performs: bool,
    ) -> Result<State<'p>, Stop> {
        let Value::Function(fun) = fun else {
            return Err(broken("a call of no function"));
        };
        let (params, function_performs) = fun.code.arity();
        let mut args = [fun.given.as_slice(), &args].concat();
        if args.len() < params || (args.len() == params && function_performs && !performs) {
            let code = fun.code.clone();
            return Ok(State::Return(Value::Function(Rc::new(Closure {
                code,
                given: args,
            }))));
        }
        let rest = args.split_off(params);
        if !rest.is_empty() || performs != function_performs {
            self.frames.push(Frame::Apply(rest, performs));
        }
        Ok(State::Enter(fun.code.clone(), args))
    }

    fn enter(&mut self, code: Code<'p>, args: Vec<Value<'p>>) -> State<'p> {
        let (params, body, scope) = match code {
            Code::Global(function) => (&function.params, &function.body, Scope::default()),
            Code::Local {
                group,
                member,
                scope,
            } => {
                let scope = scope.bind_group(group);
                match group.get(member) {
                    Some(local) => (&local.params, &local.body, scope),
                    None => return State::Return(Value::UNIT),
                }
            }
        };
        State::Body(&body.statements, &body.result, scope.bind_all(params, args))
    }

    fn result(&self, con: &str, value: Value<'p>) -> Result<Value<'p>, Stop> {
        let con = self
            .session
            .constructors
            .find(con)
            .ok_or_else(|| broken("there is no `Result`"))?;
        Ok(Value::object(con_tag(con, self.session), vec![value]))
    }

    fn atoms(&self, atoms: &[Atom], scope: &Scope<'p>) -> Result<Vec<Value<'p>>, Stop> {
        atoms.iter().map(|atom| self.atom(atom, scope)).collect()
    }

    fn atom(&self, atom: &Atom, scope: &Scope<'p>) -> Result<Value<'p>, Stop> {
        match atom {
            Atom::Lit { lit: found, .. } => Ok(lit(found)),
            Atom::Place { field, .. } => Ok(Value::Int(i64::from(field.0))),
            Atom::Var { var, .. } => scope.value(*var),
            Atom::Global { global, .. } => self.global(*global),
        }
    }

    fn global(&self, global: GlobalId) -> Result<Value<'p>, Stop> {
        if let Some(value) = self.values.get(&global) {
            return Ok(value.clone());
        }
        let function = self
            .functions
            .get(&global)
            .ok_or_else(|| broken("a value is used before it is computed"))?;
        Ok(Value::Function(Rc::new(Closure {
            code: Code::Global(function),
            given: Vec::new(),
        })))
    }
}

impl Code<'_> {
    /// The number of parameters, and whether it performs when it has them and the token.
    fn arity(&self) -> (usize, bool) {
        match self {
            Code::Global(function) => (function.params.len(), function.performs.0),
            Code::Local { group, member, .. } => group
                .get(*member)
                .map_or((0, false), |local| (local.params.len(), local.performs.0)),
        }
    }
}

impl<'p> Scope<'p> {
    fn extend(self, name: VarId, bound: Bound<'p>) -> Scope<'p> {
        Scope(Some(Rc::new(Link {
            name,
            bound,
            rest: self,
        })))
    }

    fn bind(self, var: VarId, value: Value<'p>) -> Scope<'p> {
        self.extend(var, Bound::Value(value))
    }

    fn bind_all(self, binders: &[Binder], values: Vec<Value<'p>>) -> Scope<'p> {
        binders
            .iter()
            .zip(values)
            .fold(self, |scope, (binder, value)| scope.bind(binder.var, value))
    }

    /// Each member is made where the group stands; it makes the others again when it is called.
    fn bind_group(self, group: &'p [Local]) -> Scope<'p> {
        let outside = self.clone();
        group
            .iter()
            .enumerate()
            .fold(self, |scope, (member, local)| {
                let code = Code::Local {
                    group,
                    member,
                    scope: outside.clone(),
                };
                scope.bind(
                    local.binder.var,
                    Value::Function(Rc::new(Closure {
                        code,
                        given: Vec::new(),
                    })),
                )
            })
    }

    /// What is bound to a name, and the scope in which that stands.
    fn find(&self, name: VarId) -> Result<&Link<'p>, Stop> {
        let mut scope = self;
        while let Some(link) = &scope.0 {
            if link.name == name {
                return Ok(link);
            }
            scope = &link.rest;
        }
        Err(broken("a name is not in scope"))
    }

    fn value(&self, var: VarId) -> Result<Value<'p>, Stop> {
        match &self.find(var)?.bound {
            Bound::Value(value) => Ok(value.clone()),
            Bound::Target(..) => Err(broken("a label is used as a variable")),
        }
    }

    /// The target of a label, where the label stands; a loop's body may jump to it again.
    fn jump(&self, label: VarId, args: Vec<Value<'p>>) -> Result<State<'p>, Stop> {
        let found = self.find(label)?;
        let Bound::Target(params, body) = found.bound else {
            return Err(broken("a jump to a variable"));
        };
        let scope = found
            .rest
            .clone()
            .extend(label, found.bound.clone())
            .bind_all(params, args);
        Ok(State::Body(&body.statements, &body.result, scope))
    }
}

/// Takes a long list apart without recursion.
impl Drop for Link<'_> {
    fn drop(&mut self) {
        let mut next = self.rest.0.take();
        while let Some(link) = next {
            next = Rc::into_inner(link).and_then(|mut link| link.rest.0.take());
        }
    }
}

fn broken(what: &str) -> Stop {
    Stop::Broken(what.to_owned())
}
