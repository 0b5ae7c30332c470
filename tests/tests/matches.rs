//! Random matches: decision trees choose the arm, and bind the variables, that trying one arm after the other does;
//! and what `check-matches` reports is what all small values show.

use ir_defs::tables::ConId;
use ir_defs::terminals::{Binder, LabelId, Lit, Reason};
use ir_defs::types::Type;
use ir_defs::{Session, switched, typed};
use nanopass::{Language, Meta, Severity, TyId, VarId};
use passes::{check_matches, codes, compile_matches, lower_patches};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::collections::{HashMap, HashSet};

/// The types of matched values.
#[derive(Clone, Debug)]
enum Ty {
    Bool,
    Int,
    Option(Box<Ty>),
    Tuple(Vec<Ty>),
    List,
}

/// Patterns, without names.
#[derive(Clone, Debug)]
enum Pat {
    Wild,
    Bind,
    As(Box<Pat>),
    Int(i64),
    /// The index of a constructor among those of its type.
    Con(usize, Vec<Pat>),
    Tuple(Vec<Pat>),
    List(Vec<Pat>, bool),
}

#[derive(Clone, Copy, Debug)]
enum Guard {
    None,
    /// A variable from outside of the match.
    Outer(usize),
    /// The first variable of the pattern that is a `Bool`, if there is one.
    Inner,
}

/// Values.
#[derive(Clone, PartialEq, Debug)]
enum Value {
    Int(i64),
    Con(usize, Vec<Value>),
    Tuple(Vec<Value>),
}

#[derive(Clone, Debug)]
struct Match {
    ty: Ty,
    arms: Vec<(Pat, Guard)>,
    /// Whether a tuple is written where it is matched.
    flat: bool,
}

fn a_type() -> impl Strategy<Value = Ty> {
    let leaf = prop_oneof![Just(Ty::Bool), Just(Ty::Int), Just(Ty::List)];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|ty| Ty::Option(Box::new(ty))),
            prop::collection::vec(inner, 2..3).prop_map(Ty::Tuple),
        ]
    })
}

fn a_pattern(ty: &Ty) -> BoxedStrategy<Pat> {
    let inside = match ty {
        Ty::Bool => (0..2usize)
            .prop_map(|con| Pat::Con(con, Vec::new()))
            .boxed(),
        Ty::Int => (0..3i64).prop_map(Pat::Int).boxed(),
        Ty::Option(item) => {
            let some = a_pattern(item).prop_map(|item| Pat::Con(1, vec![item]));
            prop_oneof![1 => Just(Pat::Con(0, Vec::new())), 2 => some].boxed()
        }
        Ty::Tuple(items) => items
            .iter()
            .map(a_pattern)
            .collect::<Vec<_>>()
            .prop_map(Pat::Tuple)
            .boxed(),
        Ty::List => (
            prop::collection::vec(a_pattern(&Ty::Bool), 0..3),
            any::<bool>(),
        )
            .prop_map(|(items, rest)| Pat::List(items, rest))
            .boxed(),
    };
    prop_oneof![
        2 => Just(Pat::Wild),
        1 => Just(Pat::Bind),
        5 => inside.clone(),
        1 => inside.prop_map(|inside| Pat::As(Box::new(inside))),
    ]
    .boxed()
}

fn a_match() -> impl Strategy<Value = Match> {
    let guard = prop_oneof![4 => Just(Guard::None), 1 => (0..2usize).prop_map(Guard::Outer), 1 => Just(Guard::Inner)];
    (a_type(), any::<bool>()).prop_flat_map(move |(ty, flat)| {
        let arms = prop::collection::vec((a_pattern(&ty), guard.clone()), 1..7);
        arms.prop_map(move |arms| Match {
            ty: ty.clone(),
            arms,
            flat,
        })
    })
}

/// All values of a type that patterns can tell apart.
fn values(ty: &Ty) -> Vec<Value> {
    match ty {
        Ty::Bool => vec![Value::Con(0, vec![]), Value::Con(1, vec![])],
        Ty::Int => (0..4).map(Value::Int).collect(),
        Ty::Option(item) => {
            let some = values(item)
                .into_iter()
                .map(|item| Value::Con(1, vec![item]));
            std::iter::once(Value::Con(0, vec![])).chain(some).collect()
        }
        Ty::Tuple(items) => product(items.iter().map(values))
            .into_iter()
            .map(Value::Tuple)
            .collect(),
        Ty::List => (0..4usize)
            .flat_map(|length| product(std::iter::repeat_n(values(&Ty::Bool), length)))
            .map(|items| {
                let nil = Value::Con(0, vec![]);
                items
                    .into_iter()
                    .rev()
                    .fold(nil, |rest, item| Value::Con(1, vec![item, rest]))
            })
            .collect(),
    }
}

fn product(choices: impl Iterator<Item = Vec<Value>>) -> Vec<Vec<Value>> {
    choices.fold(vec![vec![]], |lists, choice| {
        let longer = |list: &Vec<Value>, item: &Value| {
            [list.as_slice(), std::slice::from_ref(item)].concat()
        };
        lists
            .iter()
            .flat_map(|list| {
                choice
                    .iter()
                    .map(|item| longer(list, item))
                    .collect::<Vec<_>>()
            })
            .collect()
    })
}

/// Whether a pattern matches; adds what it binds, in the order of its variables.
fn matches(pat: &Pat, value: &Value, bound: &mut Vec<Value>) -> bool {
    match (pat, value) {
        (Pat::Wild, _) => true,
        (Pat::Bind, _) => {
            bound.push(value.clone());
            true
        }
        (Pat::As(inner), _) => {
            bound.push(value.clone());
            matches(inner, value, bound)
        }
        (Pat::Int(a), Value::Int(b)) => a == b,
        (Pat::Con(con, args), Value::Con(of, fields)) => {
            con == of
                && args
                    .iter()
                    .zip(fields)
                    .all(|(arg, field)| matches(arg, field, bound))
        }
        (Pat::Tuple(items), Value::Tuple(fields)) => items
            .iter()
            .zip(fields)
            .all(|(item, field)| matches(item, field, bound)),
        (Pat::List(items, rest), _) => {
            let mut value = value;
            for item in items {
                match value {
                    Value::Con(1, fields) => {
                        if !matches(item, &fields[0], bound) {
                            return false;
                        }
                        value = &fields[1];
                    }
                    _ => return false,
                }
            }
            *rest || matches!(value, Value::Con(0, _))
        }
        _ => false,
    }
}

/// Builds the match as a typed program.
struct Builder {
    session: Session,
    /// The variables from outside that guards ask.
    outer: Vec<VarId>,
}

impl Builder {
    fn ty(&mut self, ty: &Ty) -> TyId {
        match ty {
            Ty::Bool => self.session.bool(),
            Ty::Int => self.session.int(),
            Ty::Option(item) => {
                let item = self.ty(item);
                let head = self.session.ty_con("Option");
                self.session.types.apply(head, vec![item])
            }
            Ty::Tuple(items) => {
                let items = items.iter().map(|item| self.ty(item)).collect();
                self.session.tuple(items)
            }
            Ty::List => {
                let bool = self.session.bool();
                self.session.list(bool)
            }
        }
    }

    fn con(&mut self, ty: &Ty, index: usize) -> ConId {
        let name = match (ty, index) {
            (Ty::Bool, 0) => "False",
            (Ty::Bool, _) => "True",
            (Ty::Option(_), 0) => "None",
            (Ty::Option(_), _) => "Some",
            (_, 0) => "List.Nil",
            (_, _) => "List.Cons",
        };
        self.session.constructors.id(name)
    }

    fn pattern(&mut self, pat: &Pat, ty: &Ty, binders: &mut Vec<(Binder, Ty)>) -> typed::Pattern {
        let meta = Meta::NONE;
        let id = self.ty(ty);
        let mut bind = |builder: &mut Builder| {
            let binder = Binder::new(builder.session.core.fresh_named("x", meta.span), id);
            binders.push((binder, ty.clone()));
            binder
        };
        match (pat, ty) {
            (Pat::Bind, _) => typed::Pattern::Bind {
                meta,
                binder: bind(self),
            },
            (Pat::As(inner), _) => {
                let binder = bind(self);
                let pattern = Box::new(self.pattern(inner, ty, binders));
                typed::Pattern::As {
                    meta,
                    binder,
                    pattern,
                }
            }
            (Pat::Int(value), _) => typed::Pattern::Lit {
                meta,
                lit: Lit::Int(*value),
            },
            (Pat::Con(con, args), _) => {
                let inner = match ty {
                    Ty::Option(item) => vec![(**item).clone()],
                    _ => vec![],
                };
                let types = inner.iter().map(|item| self.ty(item)).collect();
                let args = args
                    .iter()
                    .zip(&inner)
                    .map(|(arg, ty)| self.pattern(arg, ty, binders))
                    .collect();
                typed::Pattern::Con {
                    meta,
                    con: self.con(ty, *con),
                    types,
                    args,
                }
            }
            (Pat::Tuple(items), Ty::Tuple(types)) => {
                let items = items
                    .iter()
                    .zip(types)
                    .map(|(item, ty)| self.pattern(item, ty, binders))
                    .collect();
                typed::Pattern::Tuple { meta, items }
            }
            (Pat::List(items, rest), _) => {
                let bool = self.session.bool();
                let items = items
                    .iter()
                    .map(|item| self.pattern(item, &Ty::Bool, binders))
                    .collect();
                let rest = rest.then(|| Box::new(typed::Pattern::Wild { meta, type_: id }));
                typed::Pattern::List {
                    meta,
                    item: bool,
                    items,
                    rest,
                }
            }
            _ => typed::Pattern::Wild { meta, type_: id },
        }
    }

    fn program(&mut self, written: &Match) -> typed::Program {
        let meta = Meta::NONE;
        let var = |var| typed::Expr::Var {
            meta,
            var,
            types: vec![],
            evidence: vec![],
        };
        let bool = self.session.bool();
        let mut arms = Vec::new();
        for (index, (pat, guard)) in written.arms.iter().enumerate() {
            let mut binders = Vec::new();
            let pattern = self.pattern(pat, &written.ty, &mut binders);
            let guard = match guard {
                Guard::None => None,
                Guard::Outer(outer) => Some(var(self.outer[*outer])),
                Guard::Inner => {
                    let inner = binders.iter().find(|(_, ty)| matches!(ty, Ty::Bool));
                    inner.map(|(binder, _)| var(binder.var))
                }
            };
            // The number of the arm, and all that it binds.
            let mut items = vec![typed::Expr::Lit {
                meta,
                lit: Lit::Int(index as i64),
            }];
            items.extend(binders.iter().map(|(binder, _)| var(binder.var)));
            items.push(typed::Expr::Lit {
                meta,
                lit: Lit::Int(-1),
            });
            arms.push(typed::Arm {
                meta,
                pattern,
                guard,
                body: typed::Expr::Tuple { meta, items },
            });
        }
        let (params, subject) = match &written.ty {
            Ty::Tuple(types) if written.flat => {
                let params: Vec<Binder> = types
                    .iter()
                    .map(|ty| {
                        Binder::new(self.session.core.fresh_named("s", meta.span), self.ty(ty))
                    })
                    .collect();
                let items = params.iter().map(|param| var(param.var)).collect();
                (params, typed::Expr::Tuple { meta, items })
            }
            ty => {
                let param = Binder::new(self.session.core.fresh_named("s", meta.span), self.ty(ty));
                (vec![param], var(param.var))
            }
        };
        let body = Box::new(typed::Expr::Case {
            meta,
            reason: Reason::Match,
            subject: Box::new(subject),
            arms,
        });
        let lambda = typed::Expr::Lambda { meta, params, body };
        let outer = self
            .outer
            .iter()
            .map(|&var| Binder::new(var, bool))
            .collect();
        let value = typed::Expr::Lambda {
            meta,
            params: outer,
            body: Box::new(lambda),
        };
        let type_ = self.session.types.intern(Type::Error);
        let global = self.session.global("main.f");
        let define = typed::Define {
            meta,
            global,
            types: vec![],
            evidence: vec![],
            type_,
            value: Some(value),
        };
        typed::Program {
            data: vec![],
            classes: vec![],
            instances: vec![],
            groups: vec![typed::Group {
                binds: vec![define],
            }],
            main: None,
        }
    }
}

/// Runs a decision tree.
struct Machine<'p> {
    session: &'p Session,
    vars: HashMap<VarId, Value>,
    functions: HashMap<VarId, &'p switched::Expr>,
    labels: HashMap<LabelId, (&'p [Binder], &'p switched::Expr)>,
    /// What has been asked on this path.
    asked: HashSet<VarId>,
    /// Whether to insist that nothing is asked twice.
    strict: bool,
}

impl<'p> Machine<'p> {
    fn con(&self, con: ConId) -> usize {
        self.session
            .constructors
            .get(con)
            .map_or(0, |info| info.index as usize)
    }

    fn run(&mut self, expr: &'p switched::Expr) -> Value {
        use switched::{Branch, Expr};
        match expr {
            Expr::Lit {
                lit: Lit::Int(value),
                ..
            } => Value::Int(*value),
            Expr::Var { var, .. } => self.vars[var].clone(),
            Expr::Con { con, .. } => Value::Con(self.con(*con), vec![]),
            Expr::Tuple { items, .. } => {
                Value::Tuple(items.iter().map(|item| self.run(item)).collect())
            }
            Expr::Item { tuple, index, .. } => match self.run(tuple) {
                Value::Tuple(items) => items[index.0 as usize].clone(),
                other => panic!("{other:?} is no tuple"),
            },
            Expr::Let { binds, body, .. } => {
                for bind in binds {
                    if matches!(bind.value, Expr::Lambda { .. }) {
                        self.functions.insert(bind.binder.var, &bind.value);
                    } else {
                        let value = self.run(&bind.value);
                        self.vars.insert(bind.binder.var, value);
                    }
                }
                self.run(body)
            }
            Expr::Apply { fun, args, .. } => {
                let Expr::Var { var, .. } = &**fun else {
                    panic!("only guards are called")
                };
                let Expr::Lambda { params, body, .. } = self.functions[var] else {
                    panic!("no function")
                };
                for (param, arg) in params.iter().zip(args) {
                    let arg = self.run(arg);
                    self.vars.insert(param.var, arg);
                }
                self.run(body)
            }
            Expr::Join {
                label,
                params,
                target,
                body,
                ..
            } => {
                self.labels.insert(*label, (params, target));
                self.run(body)
            }
            Expr::Jump { label, args, .. } => {
                let (params, target) = self.labels[label];
                let args: Vec<Value> = args.iter().map(|arg| self.run(arg)).collect();
                for (param, arg) in params.iter().zip(args) {
                    self.vars.insert(param.var, arg);
                }
                self.run(target)
            }
            Expr::Switch {
                subject,
                branches,
                otherwise,
                ..
            } => {
                if let Expr::Var { var, .. } = &**subject {
                    assert!(
                        self.asked.insert(*var) || !self.strict,
                        "a place is asked twice"
                    );
                }
                let value = self.run(subject);
                for branch in branches {
                    match (branch, &value) {
                        (
                            Branch::OnCon {
                                con, fields, body, ..
                            },
                            Value::Con(of, parts),
                        ) if self.con(*con) == *of => {
                            for (field, part) in fields.iter().zip(parts) {
                                self.vars.insert(field.var, part.clone());
                            }
                            return self.run(body);
                        }
                        (
                            Branch::OnLit {
                                lit: Lit::Int(lit),
                                body,
                                ..
                            },
                            Value::Int(of),
                        ) if lit == of => {
                            return self.run(body);
                        }
                        _ => {}
                    }
                }
                self.run(otherwise.as_deref().expect("a branch or a default"))
            }
            other => panic!("{other:?} is not made here"),
        }
    }
}

fn holds(guard: Guard, pat: &Pat, ty: &Ty, bound: &[Value], outer: &[bool]) -> bool {
    match guard {
        Guard::None => true,
        Guard::Outer(index) => outer[index],
        Guard::Inner => {
            let mut types = Vec::new();
            bound_types(pat, ty, &mut types);
            let at = types.iter().position(|ty| matches!(ty, Ty::Bool));
            at.is_none_or(|at| bound[at] == Value::Con(1, vec![]))
        }
    }
}

fn bound_types(pat: &Pat, ty: &Ty, out: &mut Vec<Ty>) {
    match (pat, ty) {
        (Pat::Bind, _) => out.push(ty.clone()),
        (Pat::As(inner), _) => {
            out.push(ty.clone());
            bound_types(inner, ty, out);
        }
        (Pat::Con(_, args), Ty::Option(item)) => {
            args.iter().for_each(|arg| bound_types(arg, item, out))
        }
        (Pat::Tuple(items), Ty::Tuple(types)) => {
            items
                .iter()
                .zip(types)
                .for_each(|(item, ty)| bound_types(item, ty, out));
        }
        (Pat::List(items, _), _) => items
            .iter()
            .for_each(|item| bound_types(item, &Ty::Bool, out)),
        _ => {}
    }
}

fn is_guarded(guard: Guard, pat: &Pat, ty: &Ty) -> bool {
    let mut types = Vec::new();
    bound_types(pat, ty, &mut types);
    match guard {
        Guard::None => false,
        Guard::Outer(_) => true,
        Guard::Inner => types.iter().any(|ty| matches!(ty, Ty::Bool)),
    }
}

/// The arm that a value takes and what it binds, with these values of the variables outside.
fn taken(written: &Match, value: &Value, outer: &[bool]) -> Option<Vec<Value>> {
    written
        .arms
        .iter()
        .enumerate()
        .find_map(|(index, (pat, guard))| {
            let mut bound = Vec::new();
            let fits =
                matches(pat, value, &mut bound) && holds(*guard, pat, &written.ty, &bound, outer);
            fits.then(|| [vec![Value::Int(index as i64)], bound, vec![Value::Int(-1)]].concat())
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn trees_do_what_arms_say(mut written in a_match()) {
        written.arms.push((Pat::Wild, Guard::None));
        let mut session = Session::bare();
        let outer = (0..2).map(|_| session.core.fresh_named("outer", nanopass::Span::NONE)).collect();
        let mut builder = Builder { session, outer };
        let program = builder.program(&written);
        let Builder { mut session, outer } = builder;
        let program = lower_patches::run(program, &mut session);
        let program = compile_matches::run(program, &mut session);
        prop_assert!(session.core.diagnostics.is_empty());
        prop_assert_eq!(program.check(&session), vec![]);
        let Some(switched::Expr::Lambda { body, .. }) = &program.groups[0].binds[0].value else { panic!("a lambda") };
        let switched::Expr::Lambda { params, body, .. } = &**body else { panic!("a lambda") };
        let strict = written.arms.iter().all(|(_, guard)| matches!(guard, Guard::None));
        for value in values(&written.ty) {
            for guards in [[false, false], [false, true], [true, false], [true, true]] {
                let mut vars = HashMap::new();
                for (var, guard) in outer.iter().zip(guards) {
                    vars.insert(*var, Value::Con(usize::from(guard), vec![]));
                }
                match &value {
                    Value::Tuple(items) if params.len() > 1 => {
                        vars.extend(params.iter().zip(items).map(|(param, item)| (param.var, item.clone())));
                    }
                    value => {
                        vars.insert(params[0].var, value.clone());
                    }
                }
                let mut machine = Machine {
                    session: &session,
                    vars,
                    functions: HashMap::new(),
                    labels: HashMap::new(),
                    asked: HashSet::new(),
                    strict,
                };
                let expected = taken(&written, &value, &guards).map(Value::Tuple);
                prop_assert_eq!(Some(machine.run(body)), expected);
            }
        }
    }

    #[test]
    fn reports_are_what_values_show(written in a_match()) {
        let mut session = Session::bare();
        let outer = (0..2).map(|_| session.core.fresh_named("outer", nanopass::Span::NONE)).collect();
        let mut builder = Builder { session, outer };
        let program = builder.program(&written);
        let mut session = builder.session;
        check_matches::run(program, &mut session);
        let guarded: Vec<bool> =
            written.arms.iter().map(|(pat, guard)| is_guarded(*guard, pat, &written.ty)).collect();
        let mut reached = vec![false; written.arms.len()];
        let mut covered = true;
        for value in values(&written.ty) {
            let mut done = false;
            for (index, (pat, _)) in written.arms.iter().enumerate() {
                if matches(pat, &value, &mut Vec::new()) {
                    reached[index] = true;
                    if !guarded[index] {
                        done = true;
                        break;
                    }
                }
            }
            covered &= done;
        }
        let errors = session.core.diagnostics.iter().filter(|found| found.severity == Severity::Error).count();
        prop_assert_eq!(errors, usize::from(!covered));
        let warnings = session.core.diagnostics.iter().filter(|found| found.code == codes::UNREACHABLE_ARM).count();
        prop_assert_eq!(warnings, reached.iter().filter(|reached| !**reached).count());
    }
}
