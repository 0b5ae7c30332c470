//! Which functions consume, and which produce.

use std::rc::Rc;

use ir_defs::direct::{Define, Expr, Visit, walk_expr};
use ir_defs::tables::GlobalId;
use nanopass::VarId;

use super::{Fuse, body_of, called, mentioned};

/// How a function consumes a parameter.
#[derive(Clone, Copy)]
pub(super) struct Consumer {
    /// How many parameters it has.
    pub params: usize,
    /// Its body is the switch; else something comes before, or the switch may not be reached.
    pub is_top: bool,
    /// It may be called again where the switch is, because no more than a few instructions come before.
    pub may_restart: bool,
    /// It gives an effect, which consumes when it is performed.
    pub performs: bool,
}

impl Fuse<'_> {
    pub(super) fn function(&self, global: GlobalId) -> Option<Rc<Define>> {
        self.functions.get(&global).cloned()
    }

    /// How a function consumes its parameter at `place`: it switches on it, or passes it on to itself, once at most
    /// whatever way is taken.
    pub(super) fn consumer(&self, global: GlobalId, place: usize) -> Option<Consumer> {
        if let Some(known) = self.consumers.borrow().get(&(global, place)) {
            return *known;
        }
        let consumer = self.look_at_consumer(global, place);
        if self.functions.contains_key(&global) {
            self.consumers
                .borrow_mut()
                .insert((global, place), consumer);
        }
        consumer
    }

    fn look_at_consumer(&self, global: GlobalId, place: usize) -> Option<Consumer> {
        let define = self.functions.get(&global)?;
        let Expr::Lambda { params, body, .. } = &define.value else {
            return None;
        };
        let var = params.get(place)?.var;
        let (body, performs) = match &**body {
            Expr::Suspend { body, .. } => (&**body, true),
            body => (body, false),
        };
        let mut find = Mentions {
            global,
            place,
            var,
            mentions: 0,
            switches: 0,
            passed: 0,
        };
        find.expr(body);
        let is_top = is_switch_on(body, var) && find.mentions == 1;
        if find.switches == 0 || find.mentions != find.switches + find.passed {
            return None;
        }
        if find.mentions > 1 && !self.is_used_once(var, body) {
            return None;
        }
        Some(Consumer {
            params: params.len(),
            is_top,
            may_restart: is_top || (!performs && is_short_before(body, var)),
            performs,
        })
    }

    /// The producer that an expression is a call of, with all arguments.
    pub(super) fn produced<'e>(&self, expr: &'e Expr) -> Option<(GlobalId, &'e [Expr])> {
        let (global, args) = called(expr)?;
        let known = self.producers.borrow().get(&global).copied();
        let produces = known.unwrap_or_else(|| {
            let produces = self.is_producer(global);
            if self.functions.contains_key(&global) {
                self.producers.borrow_mut().insert(global, produces);
            }
            produces
        });
        (produces && self.facts.arity(global) == Some(args.len())).then_some((global, args))
    }

    /// Whether a function puts what it gives for other arguments under a constructor, and ends.
    /// What only chooses between such functions is one as well.
    fn is_producer(&self, global: GlobalId) -> bool {
        if self.endless.contains(&global) {
            return false;
        }
        let is_choice = self
            .functions
            .get(&global)
            .is_some_and(|define| !mentioned(&define.value).contains(&global));
        self.some_result(global, |result| match called(result) {
            Some((called, args)) => {
                is_choice && self.facts.arity(called) == Some(args.len()) && self.goes_on(called)
            }
            None => is_under_constructor(result, global),
        })
    }

    fn goes_on(&self, global: GlobalId) -> bool {
        !self.endless.contains(&global)
            && self.some_result(global, |result| is_under_constructor(result, global))
    }

    fn some_result(&self, global: GlobalId, holds: impl Fn(&Expr) -> bool) -> bool {
        let Some(define) = self.functions.get(&global) else {
            return false;
        };
        let Expr::Lambda { body, .. } = &define.value else {
            return false;
        };
        let mut results = Vec::new();
        results_of(body, &mut results);
        results.into_iter().any(holds)
    }
}

/// Whether a result is a constructor with a call of the function in a field.
fn is_under_constructor(result: &Expr, global: GlobalId) -> bool {
    match result {
        Expr::Construct { args, .. } => args
            .iter()
            .any(|arg| called(arg).is_some_and(|(called, _)| called == global)),
        _ => false,
    }
}

/// The expressions whose values a body may have.
pub(super) fn results_of<'e>(expr: &'e Expr, results: &mut Vec<&'e Expr>) {
    match expr {
        Expr::Let { body, .. } => results_of(body, results),
        Expr::Join { target, body, .. } => {
            results_of(target, results);
            results_of(body, results);
        }
        Expr::Switch {
            branches,
            otherwise,
            ..
        } => {
            for branch in branches {
                results_of(body_of(branch), results);
            }
            if let Some(otherwise) = otherwise {
                results_of(otherwise, results);
            }
        }
        Expr::Jump { .. } | Expr::Fail { .. } => {}
        result => results.push(result),
    }
}

pub(super) fn is_switch_on(expr: &Expr, on: VarId) -> bool {
    matches!(expr, Expr::Switch { subject, .. } if is_var(subject, on))
}

pub(super) fn is_var(expr: &Expr, is: VarId) -> bool {
    matches!(expr, Expr::Var { var, .. } if *var == is)
}

/// Whether only tests of a few instructions come before the switches on a variable, and nothing after them.
fn is_short_before(expr: &Expr, var: VarId) -> bool {
    match expr {
        Expr::Switch {
            subject,
            branches,
            otherwise,
            ..
        } => {
            is_switch_on(expr, var)
                || (is_short(subject)
                    && branches
                        .iter()
                        .map(body_of)
                        .chain(otherwise.as_deref())
                        .all(|way| is_short_before(way, var)))
        }
        Expr::Let { binds, body, .. } => {
            binds.iter().all(|bind| is_short(&bind.value)) && is_short_before(body, var)
        }
        other => !has_switch_on(other, var),
    }
}

fn has_switch_on(expr: &Expr, var: VarId) -> bool {
    struct Find {
        var: VarId,
        found: bool,
    }
    impl Visit for Find {
        fn expr(&mut self, expr: &Expr) {
            self.found |= is_switch_on(expr, self.var);
            walk_expr(self, expr);
        }
    }
    let mut find = Find { var, found: false };
    find.expr(expr);
    find.found
}

/// Whether it is an atom or an operation on atoms.
fn is_short(expr: &Expr) -> bool {
    match expr {
        Expr::Lit { .. } | Expr::Var { .. } => true,
        Expr::Prim { args, .. } => args
            .iter()
            .all(|arg| matches!(arg, Expr::Lit { .. } | Expr::Var { .. })),
        Expr::Item { tuple: of, .. } | Expr::Select { record: of, .. } => {
            matches!(**of, Expr::Var { .. })
        }
        _ => false,
    }
}

/// Counts the mentions of a parameter, and those that consume it and are no part of another function or effect.
struct Mentions {
    global: GlobalId,
    place: usize,
    var: VarId,
    mentions: usize,
    switches: usize,
    passed: usize,
}

impl Visit for Mentions {
    fn expr(&mut self, expr: &Expr) {
        match expr {
            _ if is_var(expr, self.var) => self.mentions += 1,
            Expr::Lambda { .. } | Expr::Suspend { .. } => {
                let outside = (self.switches, self.passed);
                walk_expr(self, expr);
                (self.switches, self.passed) = outside;
            }
            _ => {
                self.switches += usize::from(is_switch_on(expr, self.var));
                self.passed += usize::from(passes_on(expr, self.global, self.place, self.var));
                walk_expr(self, expr);
            }
        }
    }
}

/// Whether a call of a function passes a variable at a place.
pub(super) fn passes_on(expr: &Expr, global: GlobalId, place: usize, var: VarId) -> bool {
    called(expr).is_some_and(|(called, args)| {
        called == global && args.get(place).is_some_and(|arg| is_var(arg, var))
    })
}
