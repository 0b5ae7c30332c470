//! One function of a consumer and a producer.
//!
//! ```text
//! λs xs. switch xs (Nil → a) (Cons x rest → b)      and      λn. switch c (True → Cons e (f n)) (False → Nil)
//! ⇒ λs n. switch c (True → let x = e, rest = f n in b) (False → a)
//! ```
//!
//! A result that is no constructor stays an argument of the consumer: `f (n - 1)` becomes `consume s (f (n - 1))`, which
//! is the function that is being made. What comes before the switch is then done again, so that must be short.

use ir_defs::direct::{Bind, Branch, Define, Expr, Visit, VisitMut, walk_expr, walk_mut_expr};
use ir_defs::tables::{ConId, GlobalId};
use ir_defs::terminals::{Binder, Flag};
use nanopass::{Meta, TyId, VarId};

use super::float::put;
use super::shapes::{is_switch_on, is_var, results_of};
use super::{Attempt, DEPTH, Fuse, Pair, SIZE, body_of, called, mentioned, nothing};
use crate::simplify::copy::copy;
use crate::simplify::facts::{is_at_most, size_up_to};
use crate::simplify::walk::{branch_body, is_atom, retype};

/// A branch that goes on with the producer is copied up to this size, if it has to be.
const LOOP_SIZE: usize = 150;
/// An argument that chooses between so many results is taken apart.
const MAX_RESULTS: usize = 4;

/// A consumer whose switch is pushed to the results of a producer.
struct Pushing {
    /// Of the copy of the consumer at work.
    params: Vec<Binder>,
    fun: Expr,
    place: usize,
    may_restart: bool,
    performs: bool,
    /// The producer, if it is a function.
    producer: Option<GlobalId>,
    arms: Vec<Arm>,
    otherwise: Option<Expr>,
    /// The type of what the switch gives, and of what the consumer gives.
    result: TyId,
    returned: TyId,
    /// Whether a constructor with more of the producer has met its branch.
    meets: bool,
    failed: bool,
}

struct Arm {
    con: ConId,
    fields: Vec<Binder>,
    body: Expr,
    is_taken: bool,
}

impl Fuse<'_> {
    /// The function of a pair, and its type; it is made if that succeeds.
    pub(super) fn fused(&mut self, pair: Pair) -> Option<(GlobalId, TyId)> {
        match self.attempts.get(&pair) {
            Some(Attempt::Fused(fused)) => return Some((*fused, self.type_of(*fused, pair)?)),
            Some(Attempt::Failed) => return None,
            None => {}
        }
        if self.pending.len() >= DEPTH {
            return None;
        }
        let type_ = self.type_of_pair(pair)?;
        let (consumer, _, _) = pair;
        let name = self.session.globals.name(consumer);
        let base = name.split(".fused").next().unwrap_or(name);
        let global = self.session.fresh_global(&format!("{base}.fused"));
        let (fused, made) = (self.fused.len(), self.made.len());
        let fusions = self.fusions;
        self.attempts.insert(pair, Attempt::Fused(global));
        self.pending.push(global);
        self.fused.push(pair);
        let define = self.attempt(pair, global, type_);
        self.pending.pop();
        match define {
            Some(define) => {
                self.keep(define);
                Some((global, type_))
            }
            None => {
                // What has been made for it may call it.
                for pair in self.fused.drain(fused..) {
                    self.attempts.remove(&pair);
                }
                for define in self.made.drain(made..) {
                    self.functions.remove(&define.global);
                }
                self.consumers.get_mut().clear();
                self.producers.get_mut().clear();
                self.fusions = fusions;
                self.attempts.insert(pair, Attempt::Failed);
                None
            }
        }
    }

    fn type_of(&mut self, fused: GlobalId, pair: Pair) -> Option<TyId> {
        match self.functions.get(&fused) {
            Some(define) => Some(define.type_),
            None => self.type_of_pair(pair),
        }
    }

    /// The parameters of the consumer, with those of the producer in the place of the one that it consumes.
    fn type_of_pair(&mut self, (consumer, place, producer): Pair) -> Option<TyId> {
        let consumer = self.function(consumer)?;
        let producer = self.function(producer)?;
        let (Expr::Lambda { params, .. }, Expr::Lambda { params: given, .. }) =
            (&consumer.value, &producer.value)
        else {
            return None;
        };
        let result = self.session.applied(consumer.type_, params.len(), false)?;
        let mut types: Vec<TyId> = params.iter().map(|param| param.ty).collect();
        types.splice(place..=place, given.iter().map(|param| param.ty));
        Some(self.session.fun(&types, result))
    }

    fn attempt(
        &mut self,
        (consumer, place, producer): Pair,
        global: GlobalId,
        type_: TyId,
    ) -> Option<Define> {
        let consumed = self.function(consumer)?;
        let produced = self.function(producer)?;
        let Expr::Lambda {
            params: given,
            body: results,
            ..
        } = copy(&produced.value, self.session, &mut self.scratch)
        else {
            return None;
        };
        let fusions = self.fusions;
        let (meta, mut params, mut body, mut pushing) =
            self.pushing(consumer, place, Some(producer))?;
        let at = body.meta();
        let inner = match &mut body {
            Expr::Suspend { body, .. } => &mut **body,
            body => body,
        };
        let var = params.get(place)?.var;
        // For a parameter that is passed on: the producer is called where it is consumed.
        let call = Expr::Apply {
            meta: results.meta(),
            fun: Box::new(Expr::Global {
                meta: produced.meta.with_ty(produced.type_),
                global: producer,
                type_: produced.type_,
            }),
            args: given
                .iter()
                .map(|param| Expr::Var {
                    meta: results.meta().with_ty(param.ty),
                    var: param.var,
                })
                .collect(),
        };
        let mut replace = Replace {
            fuse: self,
            pushing: &mut pushing,
            var,
            results: Some(*results),
            again: &produced.value,
            given: &given,
            call,
        };
        replace.expr(inner);
        params.splice(place..=place, given);
        if pushing.failed || !is_at_most(&body, SIZE) {
            return None;
        }
        self.spend(&body)?;
        self.rewrite(&mut body);
        let is_gone =
            !remains(&body, producer, true) && !self.still_consumes(&body, consumer, place);
        let gains = pushing.meets || self.fusions > fusions;
        if !is_gone || !gains || !is_at_most(&body, SIZE) {
            return None;
        }
        let body = match body {
            Expr::Let { .. } | Expr::Suspend { .. } => body,
            mut body => {
                *body.meta_mut() = body.meta().with_ty(at.ty);
                body
            }
        };
        Some(Define {
            meta: consumed.meta,
            global,
            type_,
            static_: consumed.static_,
            value: Expr::Lambda {
                meta: meta.with_ty(type_),
                params,
                body: Box::new(body),
            },
        })
    }

    /// Whether a consumer is called on a producer, because an attempt to fuse them has failed.
    fn still_consumes(&self, body: &Expr, consumer: GlobalId, place: usize) -> bool {
        struct Find<'f, 's> {
            fuse: &'f Fuse<'s>,
            consumer: GlobalId,
            place: usize,
            found: bool,
        }
        impl Visit for Find<'_, '_> {
            fn expr(&mut self, expr: &Expr) {
                self.found |= called(expr).is_some_and(|(called, args)| {
                    let arg = args.get(self.place);
                    called == self.consumer
                        && arg.is_some_and(|arg| self.fuse.produced(arg).is_some())
                });
                walk_expr(self, expr);
            }
        }
        let mut find = Find {
            fuse: self,
            consumer,
            place,
            found: false,
        };
        find.expr(body);
        find.found
    }

    /// Pays for code from the budget.
    fn spend(&mut self, code: &Expr) -> Option<()> {
        self.budget = self.budget.checked_sub(size_up_to(code, SIZE))?;
        Some(())
    }

    /// A copy of a consumer: its meta, parameters and body, and what is to be pushed.
    fn pushing(
        &mut self,
        consumer: GlobalId,
        place: usize,
        producer: Option<GlobalId>,
    ) -> Option<(Meta, Vec<Binder>, Expr, Pushing)> {
        let shape = self.consumer(consumer, place)?;
        let define = self.function(consumer)?;
        let Expr::Lambda { meta, params, body } =
            copy(&define.value, self.session, &mut self.scratch)
        else {
            return None;
        };
        let returned = self.session.applied(define.type_, params.len(), false)?;
        let pushing = Pushing {
            params: params.clone(),
            fun: Expr::Global {
                meta: define.meta.with_ty(define.type_),
                global: consumer,
                type_: define.type_,
            },
            place,
            may_restart: shape.may_restart,
            performs: shape.performs,
            producer,
            arms: Vec::new(),
            otherwise: None,
            result: TyId::NONE,
            returned,
            meets: false,
            failed: false,
        };
        Some((meta, params, *body, pushing))
    }

    /// Notes a function that has been made.
    fn keep(&mut self, define: Define) {
        let mentions = mentioned(&define.value);
        let calls_pending = mentions
            .iter()
            .any(|mentioned| self.pending.contains(mentioned));
        let is_recursive = mentions.contains(&define.global);
        if calls_pending {
            // What it reaches is not known.
            self.endless.insert(define.global);
            self.facts.learn(define.global, &define.value, true);
        } else {
            self.learn(&define, is_recursive);
        }
        self.functions
            .insert(define.global, std::rc::Rc::new(define.clone()));
        self.made.push(define);
    }

    /// Puts the switch of a consumer to the results of an expression. The subject is the switch, with all its branches.
    fn push(&mut self, pushing: &mut Pushing, (switch, results): (Expr, Expr)) -> Expr {
        let Expr::Switch {
            meta,
            branches,
            otherwise,
            ..
        } = switch
        else {
            pushing.failed = true;
            return switch;
        };
        pushing.result = meta.ty;
        pushing.arms.clear();
        for branch in branches {
            if let Branch::OnCon {
                con, fields, body, ..
            } = branch
            {
                pushing.arms.push(Arm {
                    con,
                    fields,
                    body,
                    is_taken: false,
                });
            }
        }
        pushing.otherwise = otherwise.map(|otherwise| *otherwise);
        self.push_into(pushing, results)
    }

    fn push_into(&mut self, pushing: &mut Pushing, expr: Expr) -> Expr {
        if pushing.failed {
            return expr;
        }
        match expr {
            Expr::Let { meta, binds, body } => Expr::Let {
                meta: meta.with_ty(pushing.result),
                binds,
                body: Box::new(self.push_into(pushing, *body)),
            },
            Expr::Switch {
                meta,
                subject,
                branches,
                otherwise,
            } => Expr::Switch {
                meta: meta.with_ty(pushing.result),
                subject,
                branches: branches
                    .into_iter()
                    .map(|mut branch| {
                        let body = branch_body(&mut branch);
                        let meta = body.meta();
                        let before = std::mem::replace(body, nothing(meta));
                        *body = self.push_into(pushing, before);
                        branch
                    })
                    .collect(),
                otherwise: otherwise.map(|otherwise| Box::new(self.push_into(pushing, *otherwise))),
            },
            Expr::Join {
                meta,
                label,
                params,
                target,
                body,
            } => Expr::Join {
                meta: meta.with_ty(pushing.result),
                label,
                params,
                target: Box::new(self.push_into(pushing, *target)),
                body: Box::new(self.push_into(pushing, *body)),
            },
            Expr::Jump { meta, .. } | Expr::Fail { meta, .. } => {
                retype(expr, meta.with_ty(pushing.result))
            }
            Expr::Construct {
                meta,
                con,
                types,
                args,
            } => self.meet(pushing, meta, con, types, args),
            Expr::List { meta, item, items } => {
                let mut items = items;
                let (con, args) = if items.is_empty() {
                    (self.session.constructors.id("List.Nil"), Vec::new())
                } else {
                    let first = items.remove(0);
                    (
                        self.session.constructors.id("List.Cons"),
                        vec![first, Expr::List { meta, item, items }],
                    )
                };
                self.meet(pushing, meta, con, vec![item], args)
            }
            other => self.consume(pushing, other),
        }
    }

    /// A constructor comes to its branch: `let x = e, rest = f n in b`.
    fn meet(
        &mut self,
        pushing: &mut Pushing,
        meta: Meta,
        con: ConId,
        types: Vec<TyId>,
        args: Vec<Expr>,
    ) -> Expr {
        let goes_on = pushing
            .producer
            .is_some_and(|producer| args.iter().any(|arg| mentioned(arg).contains(&producer)));
        let arm_size = self.arm_size;
        let Some(arm) = pushing.arms.iter_mut().find(|arm| arm.con == con) else {
            return self.default(pushing, meta, con, types, args);
        };
        let may_copy = |body: &Expr| is_at_most(body, if goes_on { LOOP_SIZE } else { arm_size });
        let is_first = pushing.producer.is_none() || !arm.is_taken;
        let takes = if pushing.producer.is_none() {
            // Beside a loop that exists: only what goes on nowhere.
            !goes_on && args.is_empty() && may_copy(&arm.body)
        } else {
            is_first || may_copy(&arm.body)
        };
        if !takes {
            let whole = Expr::Construct {
                meta,
                con,
                types,
                args,
            };
            return self.consume(pushing, whole);
        }
        pushing.meets |= goes_on;
        let function = Expr::Lambda {
            meta,
            params: arm.fields.clone(),
            body: Box::new(arm.body.clone()),
        };
        let is_copy = std::mem::replace(&mut arm.is_taken, true);
        let function = if is_copy {
            copy(&function, self.session, &mut self.scratch)
        } else {
            function
        };
        let Expr::Lambda { params, body, .. } = function else {
            pushing.failed = true;
            return nothing(meta);
        };
        let_in(params, args, *body)
    }

    /// A constructor without a branch of its own.
    fn default(
        &mut self,
        pushing: &mut Pushing,
        meta: Meta,
        con: ConId,
        types: Vec<TyId>,
        args: Vec<Expr>,
    ) -> Expr {
        let copied = match &pushing.otherwise {
            Some(otherwise) if is_at_most(otherwise, self.arm_size) => {
                Some(copy(otherwise, self.session, &mut self.scratch))
            }
            _ => None,
        };
        match copied {
            Some(body) => {
                let params = args
                    .iter()
                    .map(|arg| {
                        let meta = arg.meta();
                        Binder::new(self.session.core.fresh_named("unused", meta.span), meta.ty)
                    })
                    .collect();
                let_in(params, args, body)
            }
            None => {
                let whole = Expr::Construct {
                    meta,
                    con,
                    types,
                    args,
                };
                self.consume(pushing, whole)
            }
        }
    }

    /// `consume s e`, for a result that is no constructor.
    fn consume(&mut self, pushing: &mut Pushing, result: Expr) -> Expr {
        if !pushing.may_restart {
            pushing.failed = true;
            return result;
        }
        let meta = result.meta();
        let mut args: Vec<Expr> = pushing
            .params
            .iter()
            .map(|param| Expr::Var {
                meta: meta.with_ty(param.ty),
                var: param.var,
            })
            .collect();
        if let Some(arg) = args.get_mut(pushing.place) {
            *arg = result;
        }
        let call = Expr::Apply {
            meta: meta.with_ty(pushing.returned),
            fun: Box::new(pushing.fun.clone()),
            args,
        };
        if pushing.performs {
            Expr::Perform {
                meta: meta.with_ty(pushing.result),
                effect: Box::new(call),
            }
        } else {
            call
        }
    }

    /// `consume s Nil ⇒ a`, where `a` is little code.
    pub(super) fn fuse_constant(&mut self, node: &mut Expr) {
        let (call, performed) = match &mut *node {
            Expr::Perform { effect, .. } => (&mut **effect, true),
            call => (call, false),
        };
        let Some((consumer, args)) = called(call) else {
            return;
        };
        let Some(place) = args.iter().position(is_constant) else {
            return;
        };
        let con = match args.get(place) {
            Some(Expr::Construct { con, .. }) => *con,
            _ => self.session.constructors.id("List.Nil"),
        };
        let (Some(shape), Some(define)) = (self.consumer(consumer, place), self.function(consumer))
        else {
            return;
        };
        let Expr::Lambda { params, body, meta } = &define.value else {
            return;
        };
        let body = match &**body {
            Expr::Suspend { body, .. } => body,
            _ => body,
        };
        let Expr::Switch { branches, .. } = &**body else {
            return;
        };
        let arm = branches.iter().find_map(|branch| match branch {
            Branch::OnCon { con: on, body, .. } if *on == con => Some(body),
            _ => None,
        });
        // Elsewhere than in what is made, a call may still be fused with its other arguments.
        let is_fit = |arm: &Expr| match self.pending.as_slice() {
            [] => is_at_most(arm, 1),
            _ => is_at_most(arm, self.arm_size),
        };
        let Some(arm) = arm.filter(|arm| is_fit(arm)) else {
            return;
        };
        if !shape.is_top || shape.params != args.len() || shape.performs != performed {
            return;
        }
        let function = Expr::Lambda {
            meta: *meta,
            params: params.clone(),
            body: Box::new(arm.clone()),
        };
        let Expr::Lambda { params, body, .. } = copy(&function, self.session, &mut self.scratch)
        else {
            return;
        };
        let Expr::Apply { args, .. } = call else {
            return;
        };
        *node = let_in(params, std::mem::take(args), *body);
        self.again(node);
    }

    /// Looks for more in what a call has become.
    fn again(&mut self, node: &mut Expr) {
        self.fusions += 1;
        self.nesting += 1;
        self.rewrite(node);
        self.nesting -= 1;
    }

    /// `consume s (switch c (True → produce n) (False → Nil)) ⇒ switch c (True → consume s (produce n)) (False → a)`
    pub(super) fn fuse_branches(&mut self, node: &mut Expr) {
        let (call, performed) = match &mut *node {
            Expr::Perform { effect, .. } => (&mut **effect, true),
            call => (call, false),
        };
        let Some((consumer, args)) = called(call) else {
            return;
        };
        let chosen = args
            .iter()
            .position(|arg| matches!(arg, Expr::Switch { .. } | Expr::Let { .. }));
        let Some((place, chosen)) =
            chosen.and_then(|place| args.get(place).map(|chosen| (place, chosen)))
        else {
            return;
        };
        let Some(shape) = self.consumer(consumer, place) else {
            return;
        };
        let others = args.get(place + 1..).unwrap_or_default();
        let is_fit = shape.is_top
            && shape.params == args.len()
            && shape.performs == performed
            && others.iter().all(|arg| self.facts.is_total(arg));
        let mut results = Vec::new();
        results_of(chosen, &mut results);
        let producers: Vec<GlobalId> = results
            .iter()
            .filter_map(|result| self.produced(result).map(|(producer, _)| producer))
            .collect();
        if !is_fit || results.len() > MAX_RESULTS {
            return;
        }
        let fuses = producers
            .into_iter()
            .any(|producer| self.fused((consumer, place, producer)).is_some());
        if !fuses {
            return;
        }
        let Some((_, params, body, mut pushing)) = self.pushing(consumer, place, None) else {
            return;
        };
        let switch = match body {
            Expr::Suspend { body, .. } => *body,
            body => body,
        };
        let Expr::Apply { args, .. } = call else {
            return;
        };
        let mut args = std::mem::take(args);
        let chosen = args.remove(place);
        let mut params = params;
        params.remove(place);
        let pushed = self.push(&mut pushing, (switch, chosen));
        *node = let_in(params, args, pushed);
        self.again(node);
    }
}

/// Replaces the switches on a parameter, and the parameter itself where it is passed on.
struct Replace<'r, 's> {
    fuse: &'r mut Fuse<'s>,
    pushing: &'r mut Pushing,
    var: VarId,
    /// The body of the producer for the first switch, and the producer for the others.
    results: Option<Expr>,
    again: &'r Expr,
    given: &'r [Binder],
    call: Expr,
}

impl Replace<'_, '_> {
    /// The body of the producer with the parameters that the fused function has.
    fn results(&mut self) -> Option<Expr> {
        if let Some(results) = self.results.take() {
            return Some(results);
        }
        match copy(self.again, self.fuse.session, &mut self.fuse.scratch) {
            Expr::Lambda { params, body, meta } => {
                let args = self.given.iter().map(|param| Expr::Var {
                    meta: meta.with_ty(param.ty),
                    var: param.var,
                });
                Some(let_in(params, args.collect(), *body))
            }
            _ => None,
        }
    }
}

impl VisitMut for Replace<'_, '_> {
    fn expr(&mut self, expr: &mut Expr) {
        if is_var(expr, self.var) {
            *expr = self.call.clone();
        } else if is_switch_on(expr, self.var) {
            match self.results() {
                Some(results) => {
                    let meta = expr.meta();
                    let switch = std::mem::replace(expr, nothing(meta));
                    *expr = self.fuse.push(self.pushing, (switch, results));
                }
                None => self.pushing.failed = true,
            }
        } else {
            walk_mut_expr(self, expr);
        }
    }
}

/// Whether a producer is called but for the result of a body.
fn remains(expr: &Expr, producer: GlobalId, is_result: bool) -> bool {
    struct Find {
        producer: GlobalId,
        found: bool,
    }
    impl Visit for Find {
        fn expr(&mut self, expr: &Expr) {
            self.found |= matches!(expr, Expr::Global { global, .. } if *global == self.producer);
            if !self.found {
                walk_expr(self, expr);
            }
        }
    }
    let anywhere = |expr: &Expr| {
        let mut find = Find {
            producer,
            found: false,
        };
        find.expr(expr);
        find.found
    };
    if !is_result {
        return anywhere(expr);
    }
    match expr {
        Expr::Suspend { body, .. } => remains(body, producer, true),
        Expr::Let { binds, body, .. } => {
            binds.iter().any(|bind| anywhere(&bind.value)) || remains(body, producer, true)
        }
        Expr::Switch {
            subject,
            branches,
            otherwise,
            ..
        } => {
            anywhere(subject)
                || branches
                    .iter()
                    .any(|branch| remains(body_of(branch), producer, true))
                || otherwise
                    .as_ref()
                    .is_some_and(|otherwise| remains(otherwise, producer, true))
        }
        Expr::Join { target, body, .. } => {
            remains(target, producer, true) || remains(body, producer, true)
        }
        Expr::Apply { args, .. } => args.iter().any(anywhere),
        other => anywhere(other),
    }
}

/// Whether it is a constructor without fields.
fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Construct { args, .. } => args.is_empty(),
        Expr::List { items, .. } => items.is_empty(),
        _ => false,
    }
}

/// Arguments get the names of parameters. What is an atom or a constant stands where it is used, to be seen there.
fn let_in(params: Vec<Binder>, args: Vec<Expr>, body: Expr) -> Expr {
    let mut body = body;
    let mut binds = Vec::new();
    for (binder, value) in params.into_iter().zip(args) {
        if is_atom(&value) || is_constant(&value) {
            put(binder.var, &value, &mut body);
            continue;
        }
        binds.push(Bind {
            meta: value.meta(),
            binder,
            recursive: Flag(false),
            value,
        });
    }
    if binds.is_empty() {
        return body;
    }
    Expr::Let {
        meta: body.meta(),
        binds,
        body: Box::new(body),
    }
}
