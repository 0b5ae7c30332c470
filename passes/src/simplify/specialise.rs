//! Copies of functions for the functions that they are called with.
//!
//! ```text
//! map (λx. x + k) xs ⇒ map.with xs k
//!   where map.with = λxs k. let f = λx. x + k in …the body of map, in which f is called or passed on…
//! ```
//!
//! In the copy the function is known, so its calls are direct, it may be inlined there, and a recursive call that
//! passes it on asks for the same copy again: what a copy is for is compared up to the names of variables ([`key`]),
//! positions in the source included, because faults tell them. The free variables of the functions become parameters.
//! This is call-pattern specialisation (Peyton Jones 2007) for functions alone.
//!
//! A function that grows at each call (`go (x => k (x + 1))`) would be copied without end: a copy of a copy of a copy
//! is not copied again, a function has a bounded number of copies, and all pay from the budget of the round.

use std::rc::Rc;

use ir_defs::Session;
use ir_defs::direct::{Bind, Define, Expr, VisitMut, walk_mut_expr};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Binder, Flag, LabelId};
use ir_defs::types::Type;
use nanopass::{Meta, TyId, VarId};
use rustc_hash::{FxHashMap, FxHashSet};

use super::copy::copy;
use super::facts::{is_at_most, size_up_to};
use super::uses::Uses;
use super::walk::{Simplifier, is_atom, with_meta};

/// A function of more nodes is not copied.
const TEMPLATE_SIZE: usize = 600;
/// A function argument of more nodes is not copied into a copy.
pub(super) const ARGUMENT_SIZE: usize = 300;
/// A function has at most so many copies.
const MAX_COPIES: usize = 24;
/// So many times a copy is copied again.
const MAX_GENERATION: usize = 3;

/// What is known of copies in all rounds.
#[derive(Default)]
pub(super) struct Copies {
    /// How many nodes may still be copied, of functions and of all other code.
    pub budget: Option<usize>,
    copies: FxHashMap<GlobalId, Vec<Copy>>,
    /// What a copy is a copy of, and of what generation.
    origins: FxHashMap<GlobalId, (GlobalId, usize)>,
    /// How each copy knows that it calls itself.
    statics: FxHashMap<GlobalId, Statics>,
    /// The copies of recursive functions, which call themselves once that is simplified.
    pub recursive: FxHashSet<GlobalId>,
    /// Variables for parts of structures.
    pub parts: FxHashSet<VarId>,
    /// How many copies a function has, and theirs.
    counts: FxHashMap<GlobalId, usize>,
}

impl Copies {
    /// Forgets the copies that have been dropped, because nothing called them any more: another call needs another one.
    pub fn forget_dead(&mut self, uses: &Uses) {
        for copies in self.copies.values_mut() {
            copies.retain(|copy| uses.is_live(copy.global));
        }
    }
}

struct Copy {
    places: Vec<usize>,
    key: Vec<Expr>,
    global: GlobalId,
    type_: TyId,
}

/// The variables that a copy has for what it was copied for. A call of the original that passes them on is a call of the
/// copy, whatever they have become by simplification.
struct Statics {
    template: GlobalId,
    places: Vec<usize>,
    vars: Vec<VarId>,
    /// The parameters that are free in them.
    free: Vec<Binder>,
    type_: TyId,
}

/// A function of functions, as it is in this round.
pub(super) struct Template {
    define: Define,
    size: usize,
    is_recursive: bool,
}

/// The functions that a call is known to pass, and what they have free.
struct Passed {
    places: Vec<usize>,
    functions: Vec<Expr>,
    free: Vec<Binder>,
    key: Vec<Expr>,
}

impl Simplifier<'_> {
    /// Keeps a function that takes functions.
    pub fn keep_template(&mut self, define: &Define, is_recursive: bool) {
        let Expr::Lambda { params, .. } = &define.value else {
            return;
        };
        if !params
            .iter()
            .any(|param| is_function(param.ty, self.session))
        {
            return;
        }
        let size = size_up_to(&define.value, TEMPLATE_SIZE);
        if size <= TEMPLATE_SIZE {
            let template = Template {
                define: define.clone(),
                size,
                is_recursive,
            };
            self.templates.insert(define.global, Rc::new(template));
        }
    }

    /// A call of a global of simplified arguments as one of a copy, if some are known functions.
    pub fn specialised(&mut self, meta: Meta, fun: Expr, args: Vec<Expr>) -> (Expr, Vec<Expr>) {
        let unchanged = |fun, args| (fun, args);
        let Expr::Global {
            meta: at, global, ..
        } = fun
        else {
            return unchanged(fun, args);
        };
        let Some(template) = self.templates.get(&global).cloned() else {
            return unchanged(fun, args);
        };
        let Expr::Lambda { params, .. } = &template.define.value else {
            return unchanged(fun, args);
        };
        if args.len() < params.len() {
            return unchanged(fun, args);
        }
        if let Some((copy, type_, places, free)) = self.passed_on(global, &args) {
            return self.call_of(meta, at, (copy, type_), args, params.len(), &places, &free);
        }
        let Some(passed) = self.passed(params, &args) else {
            return unchanged(fun, args);
        };
        let known = self.copies.copies.get(&global).and_then(|copies| {
            copies
                .iter()
                .find(|copy| copy.places == passed.places && copy.key == passed.key)
                .map(|copy| (copy.global, copy.type_))
        });
        let Some((copy, type_)) = known.or_else(|| self.make_copy(global, &template, &passed))
        else {
            return unchanged(fun, args);
        };
        let Passed { places, free, .. } = passed;
        self.call_of(meta, at, (copy, type_), args, params.len(), &places, &free)
    }

    /// What a copy passes on of what it was copied for: then the call is one of the copy.
    fn passed_on(
        &self,
        callee: GlobalId,
        args: &[Expr],
    ) -> Option<(GlobalId, TyId, Vec<usize>, Vec<Binder>)> {
        let current = self.current?;
        let statics = self.copies.statics.get(&current)?;
        let is_same = |(place, var): (&usize, &VarId)| matches!(args.get(*place), Some(Expr::Var { var: arg, .. }) if arg == var);
        let all =
            statics.template == callee && statics.places.iter().zip(&statics.vars).all(is_same);
        all.then(|| {
            let Statics {
                places,
                free,
                type_,
                ..
            } = statics;
            (current, *type_, places.clone(), free.clone())
        })
    }

    /// A call of a copy: of the first `params` arguments those at `places` are known, and what they have free is passed.
    #[allow(clippy::too_many_arguments, reason = "the parts of one call")]
    fn call_of(
        &mut self,
        meta: Meta,
        at: Meta,
        (copy, type_): (GlobalId, TyId),
        args: Vec<Expr>,
        params: usize,
        places: &[usize],
        free: &[Binder],
    ) -> (Expr, Vec<Expr>) {
        self.changed = true;
        let mut all: Vec<Expr> = Vec::with_capacity(args.len() + free.len());
        let mut more = Vec::new();
        for (place, arg) in args.into_iter().enumerate() {
            if place >= params {
                more.push(arg);
            } else if !places.contains(&place) {
                all.push(arg);
            }
        }
        for free in free {
            self.uses.add(free.var);
            all.push(Expr::Var {
                meta: meta.with_ty(free.ty),
                var: free.var,
            });
        }
        all.extend(more);
        let fun = Expr::Global {
            meta: at.with_ty(type_),
            global: copy,
            type_,
        };
        (fun, all)
    }

    fn passed(&mut self, params: &[Binder], args: &[Expr]) -> Option<Passed> {
        let mut places = Vec::new();
        let mut functions = Vec::new();
        for (place, (param, arg)) in params.iter().zip(args).enumerate() {
            if !is_function(param.ty, self.session) {
                continue;
            }
            let Some(function) = self.as_function(arg) else {
                continue;
            };
            // What is local and called stays where its calls are known.
            let (_, free) = key(std::slice::from_ref(&function));
            if free.iter().any(|free| self.functions.contains(&free.var)) {
                continue;
            }
            places.push(place);
            functions.push(function);
        }
        if places.is_empty() {
            return None;
        }
        let (key, free) = key(&functions);
        Some(Passed {
            places,
            functions,
            free,
            key,
        })
    }

    /// What an argument is, if it is a function whose code is known.
    fn as_function(&mut self, arg: &Expr) -> Option<Expr> {
        match arg {
            Expr::Lambda { .. } | Expr::Suspend { .. } => {
                is_at_most(arg, ARGUMENT_SIZE).then(|| arg.clone())
            }
            Expr::Global { global, .. } => {
                self.facts.arity(*global)?;
                // Where it is mentioned does not matter.
                Some(with_meta(arg.clone(), Meta::NONE.with_ty(arg.meta().ty)))
            }
            Expr::Var { var, .. } => self.lambdas.get(var).map(|function| (**function).clone()),
            // f a ⇒ λb. f a b, for a function of two parameters
            Expr::Apply { meta, fun, args } => {
                let Expr::Global { global, .. } = **fun else {
                    return None;
                };
                let missing = self.facts.arity(global)?.checked_sub(args.len())?;
                if missing == 0 || !args.iter().all(is_atom) {
                    return None;
                }
                self.expanded(*meta, fun, args, missing)
            }
            _ => None,
        }
    }

    fn expanded(&mut self, meta: Meta, fun: &Expr, args: &[Expr], missing: usize) -> Option<Expr> {
        let mut result = meta.ty;
        let mut params = Vec::with_capacity(missing);
        let mut all = args.to_vec();
        for _ in 0..missing {
            let Type::Fun(param, rest) = *self.session.types.get(result) else {
                return None;
            };
            let var = self.session.core.fresh_named("arg", meta.span);
            params.push(Binder::new(var, param));
            all.push(Expr::Var {
                meta: meta.with_ty(param),
                var,
            });
            result = rest;
        }
        Some(Expr::Lambda {
            meta,
            params,
            body: Box::new(Expr::Apply {
                meta: meta.with_ty(result),
                fun: Box::new(fun.clone()),
                args: all,
            }),
        })
    }

    /// Writes a copy, which the next round simplifies.
    fn make_copy(
        &mut self,
        global: GlobalId,
        template: &Template,
        passed: &Passed,
    ) -> Option<(GlobalId, TyId)> {
        let origin_of = |global| self.copies.origins.get(&global).copied();
        let origin = origin_of(global).map_or(global, |(origin, _)| origin);
        // Of what generation the caller is, if it is a copy of the same function.
        let generation = self
            .current
            .and_then(origin_of)
            .filter(|(around, _)| *around == origin)
            .map_or(0, |(_, generation)| generation);
        let count = self.copies.counts.get(&origin).copied().unwrap_or(0);
        let passed_size: usize = passed
            .functions
            .iter()
            .map(|function| size_up_to(function, ARGUMENT_SIZE))
            .sum();
        let cost = template.size + passed_size;
        if self.is_last || generation >= MAX_GENERATION || count >= MAX_COPIES || cost > self.budget
        {
            return None;
        }
        let define = &template.define;
        let Expr::Lambda {
            params: expected, ..
        } = &define.value
        else {
            return None;
        };
        let result = self.session.applied(define.type_, expected.len(), false)?;
        let has_params = expected.len() > passed.places.len() || !passed.free.is_empty();
        let Expr::Lambda { params, body, meta } = copy(&define.value, self.session, &mut self.uses)
        else {
            return None;
        };
        if !has_params && !matches!(*body, Expr::Suspend { .. }) {
            return None;
        }
        // The functions with their free variables renamed.
        let together = Expr::Lambda {
            meta,
            params: passed.free.clone(),
            body: Box::new(Expr::Tuple {
                meta,
                items: passed.functions.clone(),
            }),
        };
        let Expr::Lambda {
            params: free,
            body: functions,
            ..
        } = copy(&together, self.session, &mut self.uses)
        else {
            return None;
        };
        let Expr::Tuple { items, .. } = *functions else {
            return None;
        };
        let mut functions = items.into_iter();
        let mut binds = Vec::with_capacity(passed.places.len());
        let mut rest = Vec::with_capacity(params.len() + free.len());
        for (place, binder) in params.into_iter().enumerate() {
            if !passed.places.contains(&place) {
                rest.push(binder);
                continue;
            }
            let value = functions.next()?;
            binds.push(Bind {
                meta: value.meta(),
                binder,
                recursive: Flag(false),
                value,
            });
        }
        rest.extend(free.iter().copied());
        let vars = binds.iter().map(|bind| bind.binder.var).collect();
        self.budget -= cost;
        *self.copies.counts.entry(origin).or_default() += 1;
        let body = match *body {
            Expr::Suspend { meta, fails, body } => Expr::Suspend {
                meta,
                fails,
                body: let_in(binds, body),
            },
            body => *let_in(binds, Box::new(body)),
        };
        let types: Vec<TyId> = rest.iter().map(|binder| binder.ty).collect();
        let type_ = self.session.fun(&types, result);
        let value = if rest.is_empty() {
            body
        } else {
            Expr::Lambda {
                meta: meta.with_ty(type_),
                params: rest,
                body: Box::new(body),
            }
        };
        let name = format!("{}.with", self.session.globals.name(origin));
        let copied = self.session.fresh_global(&name);
        if template.is_recursive {
            self.copies.recursive.insert(copied);
        }
        self.copies.origins.insert(copied, (origin, generation + 1));
        self.copies.copies.entry(global).or_default().push(Copy {
            places: passed.places.clone(),
            key: passed.key.clone(),
            global: copied,
            type_,
        });
        let statics = Statics {
            template: global,
            places: passed.places.clone(),
            vars,
            free,
            type_,
        };
        self.copies.statics.insert(copied, statics);
        self.new_defines.push(Define {
            meta: define.meta,
            global: copied,
            type_,
            static_: define.static_,
            value,
        });
        Some((copied, type_))
    }
}

fn let_in(binds: Vec<Bind>, body: Box<Expr>) -> Box<Expr> {
    Box::new(Expr::Let {
        meta: body.meta(),
        binds,
        body,
    })
}

/// Whether values of a type are functions or effects.
fn is_function(ty: TyId, session: &Session) -> bool {
    matches!(session.types.get(ty), Type::Fun(..)) || session.as_effect(ty).is_some()
}

/// Expressions with variables numbered in the order of their first mention, and what is free in them, in that order.
fn key(exprs: &[Expr]) -> (Vec<Expr>, Vec<Binder>) {
    let mut key = exprs.to_vec();
    let mut numbers = Number::default();
    for expr in &mut key {
        numbers.expr(expr);
    }
    let Number {
        bound, mentioned, ..
    } = numbers;
    let free = mentioned
        .into_iter()
        .filter(|binder| !bound.contains(&binder.var))
        .collect();
    (key, free)
}

#[derive(Default)]
struct Number {
    numbers: FxHashMap<VarId, u32>,
    bound: FxHashSet<VarId>,
    /// The variables that are mentioned as expressions, each once.
    mentioned: Vec<Binder>,
}

impl Number {
    fn number(&mut self, var: VarId) -> VarId {
        let next = self.numbers.len() as u32;
        VarId(*self.numbers.entry(var).or_insert(next))
    }
}

impl VisitMut for Number {
    fn expr(&mut self, expr: &mut Expr) {
        if let Expr::Var { meta, var } = expr
            && !self.mentioned.iter().any(|binder| binder.var == *var)
        {
            self.mentioned.push(Binder::new(*var, meta.ty));
        }
        walk_mut_expr(self, expr);
    }

    fn binder(&mut self, binder: &mut Binder) {
        self.bound.insert(binder.var);
        binder.var = self.number(binder.var);
    }

    fn label_id(&mut self, label: &mut LabelId) {
        label.0 = self.number(label.0);
    }

    fn var_id(&mut self, var: &mut VarId) {
        *var = self.number(*var);
    }
}
