//! `fuse`: `direct` → `direct`
//!
//! A function that takes a structure apart, called on what another one has just built, becomes one function that
//! builds nothing.
//!
//! ```text
//! (apply sum 0 (apply map (apply range a b)))
//!   where range = λfrom to. switch (from < to) (True → Cons from (range (from + 1) to)) (False → Nil)
//!         map   = λxs. switch xs (Nil → Nil) (Cons x rest → Cons (x * x) (map rest))
//!         sum   = λs xs. switch xs (Nil → s) (Cons x rest → sum (s + x) rest)
//! ⇒ (apply sum.fused 0 a b)
//!   where sum.fused = λs from to. switch (from < to) (True → sum.fused (s + from * from) (from + 1) to) (False → s)
//! ```
//!
//! This is lightweight fusion by fixed point promotion (Ohori and Sasano 2007). The pass knows no function of the
//! library: a *consumer* is a function whose one use of a parameter is a switch on it, a *producer* is a function with
//! constructors among its results, and both may be the user's own, on any data type. `simplify` has already copied
//! functions of functions for what they are called with, so the code of each step is in sight.
//!
//! Two rewrites, each of which preserves what the program does, make it up:
//!
//! - [`unfold`]: `consume a (produce b) c ⇒ fused a b c`, where `fused` is the consumer with its switch pushed to the
//!   results of the producer. There the constructors are known; the fields of recursion become `let rest = produce d`.
//! - [`float`]: `let rest = produce d in …consume e rest…  ⇒  …consume e (produce d)…`, which is `fused` again.
//!
//! A function is kept if no producer's call is left in it; else the attempt is forgotten and the calls stay as they
//! were.
//!
//! Evaluation is strict, so all of a list is computed before any of it is consumed, and what is not total may not
//! change its order. So [`float`] moves a producer that is total over anything, but one that may fault only over what
//! is total, and only if it is then computed in each case. A producer that is not known to end ([`ends`]) is none: an
//! endless one exhausts the memory, and must not become an endless loop. Recursion counts as total where it ends, in
//! this pass only: elsewhere a long computation should not be moved to where it would keep its arguments alive.
//!
//! The result is simplified, which may bring other producers and consumers together, so all is done up to
//! [`TURNS`] times.

mod ends;
mod float;
mod shapes;
mod unfold;

use std::cell::RefCell;
use std::rc::Rc;

use ir_defs::Session;
use ir_defs::direct::{Branch, Define, Expr, Program, Visit, VisitMut, walk_expr, walk_mut_expr};
use ir_defs::session::OptLevel;
use ir_defs::tables::GlobalId;
use nanopass::{Meta, VarId};
use rustc_hash::{FxHashMap, FxHashSet};

use shapes::Consumer;

use crate::components::callees_first;
use crate::simplify;
use crate::simplify::facts::{Facts, is_at_most, size_up_to};
use crate::simplify::uses::Uses;

/// How many times the program is fused and simplified at most.
const TURNS: usize = 4;
/// A function of more nodes is neither a consumer nor a producer, and no result of fusing.
const SIZE: usize = 400;
/// So deep may one attempt begin another one, and so deep is looked at what calls become.
const DEPTH: usize = 4;

/// Fuses a program; as it is at `-O0`.
pub fn run(program: Program, session: &mut Session) -> Program {
    let mut program = program;
    if session.options.optimize == OptLevel::O0 || !session.options.fuse {
        return program;
    }
    let mut news = None;
    for _ in 0..TURNS {
        let changed = fuse(&mut program, news.as_ref(), session);
        if changed.is_empty() {
            break;
        }
        program = simplify::again(program, changed.clone(), session);
        news = Some(changed);
    }
    program
}

/// Fuses calls in the definitions that are news, if that is known, and tells which definitions are new or different.
fn fuse(
    program: &mut Program,
    news: Option<&FxHashSet<GlobalId>>,
    session: &mut Session,
) -> FxHashSet<GlobalId> {
    let is_news = |define: &Define| {
        news.is_none_or(|news| news.contains(&define.global)) && has_candidates(&define.value)
    };
    let mut changed = FxHashSet::default();
    if !program.defines.iter().any(is_news) {
        return changed;
    }
    let defines: Vec<Rc<Define>> = std::mem::take(&mut program.defines)
        .into_iter()
        .map(Rc::new)
        .collect();
    let mut fuse = Fuse::new(&defines, session);
    let mut rewritten = FxHashMap::default();
    for define in defines.iter().filter(|define| is_news(define)) {
        fuse.fusions = 0;
        let mut value = define.value.clone();
        fuse.rewrite(&mut value);
        if fuse.fusions > 0 {
            changed.insert(define.global);
            rewritten.insert(define.global, value);
        }
    }
    let made = std::mem::take(&mut fuse.made);
    drop(fuse);
    program.defines = defines
        .into_iter()
        .map(|define| {
            let mut define = Rc::unwrap_or_clone(define);
            if let Some(value) = rewritten.remove(&define.global) {
                define.value = value;
            }
            define
        })
        .collect();
    changed.extend(made.iter().map(|define| define.global));
    program.defines.extend(made);
    changed
}

/// Whether some call of a function is an argument of another one, or has a name.
fn has_candidates(value: &Expr) -> bool {
    struct Find(bool);
    impl Visit for Find {
        fn expr(&mut self, expr: &Expr) {
            if self.0 {
                return;
            }
            self.0 = match expr {
                Expr::Apply { fun, args, .. } => {
                    matches!(**fun, Expr::Global { .. })
                        && args.iter().any(|arg| {
                            matches!(
                                arg,
                                Expr::Apply { .. } | Expr::Switch { .. } | Expr::Let { .. }
                            )
                        })
                }
                Expr::Let { binds, .. } => binds
                    .iter()
                    .any(|bind| matches!(bind.value, Expr::Apply { .. })),
                _ => false,
            };
            walk_expr(self, expr);
        }
    }
    let mut find = Find(false);
    find.expr(value);
    find.0
}

/// What an attempt to fuse has come to.
#[derive(Clone, Copy)]
enum Attempt {
    /// Done, or at work.
    Fused(GlobalId),
    Failed,
}

/// A consumer, the place of its parameter, and the producer of that.
type Pair = (GlobalId, usize, GlobalId);

struct Fuse<'s> {
    session: &'s mut Session,
    /// What is known of functions; recursion that ends counts as total.
    facts: Facts,
    functions: FxHashMap<GlobalId, Rc<Define>>,
    /// The functions that are not known to end, but for what they call.
    endless: FxHashSet<GlobalId>,
    attempts: FxHashMap<Pair, Attempt>,
    /// The attempts that are not done, and those that have succeeded, in their order.
    pending: Vec<GlobalId>,
    fused: Vec<Pair>,
    made: Vec<Define>,
    /// What has been asked of functions that are done.
    consumers: RefCell<FxHashMap<(GlobalId, usize), Option<Consumer>>>,
    producers: RefCell<FxHashMap<GlobalId, bool>>,
    /// How often each variable is mentioned.
    counts: FxHashMap<VarId, usize>,
    /// In how many calls that have become something else we are.
    nesting: usize,
    /// How many nodes may still be made.
    budget: usize,
    /// What copies of code note of their variables.
    scratch: Uses,
    /// A branch that is taken more than once is copied up to this size.
    arm_size: usize,
    /// How many calls have been rewritten.
    fusions: usize,
}

impl<'s> Fuse<'s> {
    fn new(defines: &[Rc<Define>], session: &'s mut Session) -> Fuse<'s> {
        let mut mentions = FxHashMap::default();
        let mut functions = FxHashMap::default();
        let mut size = 0;
        for define in defines {
            size += size_up_to(&define.value, usize::MAX);
            mentions.insert(define.global, mentioned(&define.value));
            functions.insert(define.global, Rc::clone(define));
        }
        let (share, arm_size) = match session.options.optimize {
            OptLevel::O0 => (0, 0),
            OptLevel::Os => (size / 4, 8),
            OptLevel::O1 => (size / 2, 24),
            OptLevel::O2 => (size, 48),
        };
        let mut fuse = Fuse {
            session,
            facts: Facts::default(),
            functions: FxHashMap::default(),
            endless: FxHashSet::default(),
            attempts: FxHashMap::default(),
            pending: Vec::new(),
            fused: Vec::new(),
            made: Vec::new(),
            consumers: RefCell::default(),
            producers: RefCell::default(),
            counts: FxHashMap::default(),
            nesting: 0,
            budget: 2000 + share,
            scratch: Uses::default(),
            arm_size,
            fusions: 0,
        };
        let globals: Vec<_> = defines.iter().map(|define| define.global).collect();
        for (global, is_recursive) in callees_first(&globals, &mentions) {
            if let Some(define) = functions.get(&global) {
                fuse.learn(define, is_recursive);
            }
        }
        // What is large is no candidate; a value is none either.
        functions.retain(|_, define| {
            matches!(define.value, Expr::Lambda { .. }) && is_at_most(&define.value, SIZE)
        });
        fuse.functions = functions;
        fuse
    }

    /// Notes what is to be known of a function, after those that it mentions.
    fn learn(&mut self, define: &Define, is_recursive: bool) {
        let Expr::Lambda { params, body, .. } = &define.value else {
            return self.facts.learn(define.global, &define.value, is_recursive);
        };
        let ends = !is_recursive
            || (is_at_most(body, SIZE) && ends::ends(define.global, params, body, self.session));
        if !ends {
            self.endless.insert(define.global);
        }
        if is_recursive && ends {
            self.facts.learn_ending(define.global, params.len(), body);
        } else {
            self.facts.learn(define.global, &define.value, is_recursive);
        }
    }

    fn rewrite(&mut self, value: &mut Expr) {
        self.count(value);
        self.expr(value);
    }

    fn count(&mut self, value: &Expr) {
        struct Count<'c>(&'c mut FxHashMap<VarId, usize>);
        impl Visit for Count<'_> {
            fn expr(&mut self, expr: &Expr) {
                if let Expr::Var { var, .. } = expr {
                    *self.0.entry(*var).or_default() += 1;
                }
                walk_expr(self, expr);
            }
        }
        Count(&mut self.counts).expr(value);
    }

    /// Fuses a call with one of its arguments after the other.
    fn call(&mut self, node: &mut Expr) {
        while self.fuse_argument(node) {
            self.fusions += 1;
        }
        // What a call becomes may have such a call in it again, without end.
        if self.nesting < DEPTH {
            self.fuse_branches(node);
        }
        if self.nesting < DEPTH {
            self.fuse_constant(node);
        }
    }

    /// `consume a (produce b) c ⇒ fused a b c`, for the first argument for which that is possible.
    fn fuse_argument(&mut self, node: &mut Expr) -> bool {
        let (call, performed) = match node {
            Expr::Perform { effect, .. } => (&mut **effect, true),
            call => (call, false),
        };
        let Expr::Apply { fun, args, .. } = call else {
            return false;
        };
        let Expr::Global {
            meta: at,
            global: consumer,
            ..
        } = **fun
        else {
            return false;
        };
        for place in 0..args.len() {
            let Some((producer, _)) = args.get(place).and_then(|arg| self.produced(arg)) else {
                continue;
            };
            let Some(shape) = self.consumer(consumer, place) else {
                continue;
            };
            if shape.params != args.len() || shape.performs != performed {
                continue;
            }
            let is_total = args.get(place).is_some_and(|arg| self.facts.is_total(arg));
            let others = args.get(place + 1..).unwrap_or_default();
            let keeps_order =
                is_total || (shape.is_top && others.iter().all(|arg| self.facts.is_total(arg)));
            if !keeps_order {
                continue;
            }
            let Some((fused, type_)) = self.fused((consumer, place, producer)) else {
                continue;
            };
            let produced = match args.get_mut(place) {
                Some(Expr::Apply { args, .. }) => std::mem::take(args),
                _ => Vec::new(),
            };
            args.splice(place..=place, produced);
            **fun = Expr::Global {
                meta: at.with_ty(type_),
                global: fused,
                type_,
            };
            return true;
        }
        false
    }
}

impl VisitMut for Fuse<'_> {
    fn expr(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Let { meta, binds, body } => {
                for bind in &mut *binds {
                    self.expr(&mut bind.value);
                }
                self.float(binds, body);
                self.expr(body);
                if binds.is_empty() {
                    *expr = std::mem::replace(&mut **body, nothing(*meta));
                }
            }
            Expr::Perform { effect, .. } if matches!(**effect, Expr::Apply { .. }) => {
                walk_mut_expr(self, effect);
                self.call(expr);
            }
            Expr::Apply { .. } => {
                walk_mut_expr(self, expr);
                self.call(expr);
            }
            _ => walk_mut_expr(self, expr),
        }
    }
}

/// The globals that an expression mentions.
fn mentioned(expr: &Expr) -> Vec<GlobalId> {
    struct Mentions(Vec<GlobalId>);
    impl Visit for Mentions {
        fn expr(&mut self, expr: &Expr) {
            if let Expr::Global { global, .. } = expr {
                self.0.push(*global);
            }
            walk_expr(self, expr);
        }
    }
    let mut found = Mentions(Vec::new());
    found.expr(expr);
    found.0
}

/// A call of a global, and its arguments.
fn called(expr: &Expr) -> Option<(GlobalId, &[Expr])> {
    match expr {
        Expr::Apply { fun, args, .. } => match **fun {
            Expr::Global { global, .. } => Some((global, args)),
            _ => None,
        },
        _ => None,
    }
}

/// An expression that is replaced at once.
fn nothing(meta: Meta) -> Expr {
    Expr::Tuple {
        meta,
        items: Vec::new(),
    }
}

/// The body of a branch.
fn body_of(branch: &Branch) -> &Expr {
    match branch {
        Branch::OnCon { body, .. } | Branch::OnLit { body, .. } => body,
    }
}
