//! What an expression may do: whether evaluating it may be noticed, whether it may fail, how large it is.
//!
//! An expression is *total* if evaluating it neither faults, nor diverges, nor does, nor fails, nor jumps away. Only a
//! total one may be removed, or moved past another expression; whether it may be evaluated more often is a question of
//! cost alone. The analysis is conservative: a recursive function counts as one that may diverge, and so does every
//! function that is not known. Each question looks at a bounded number of nodes and then gives the careful answer, so
//! that asking at each node of a large program costs time in proportion to its size.
//!
//! Arrays are values under construction that `array.set` changes, so no primitive that makes, reads or writes their
//! elements is total.

use ir_defs::Session;
use ir_defs::direct::{Expr, Visit, walk_expr};
use ir_defs::prims::{Lowering, Prim};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{LabelId, Lit};
use rustc_hash::{FxHashMap, FxHashSet};

/// How many nodes a question looks at.
const BOUND: usize = 200;

/// What is known of the program's functions.
#[derive(Default)]
pub struct Facts {
    /// The number of parameters of each function.
    arities: FxHashMap<GlobalId, usize>,
    /// The functions whose calls with all arguments are total.
    total: FxHashSet<GlobalId>,
}

impl Facts {
    /// Notes what is to be known of a definition, after those that it mentions.
    pub fn learn(&mut self, global: GlobalId, value: &Expr, is_recursive: bool) {
        let (params, body) = match value {
            Expr::Lambda { params, body, .. } => (params.len(), &**body),
            Expr::Suspend { .. } => (0, value),
            _ => return,
        };
        self.arities.insert(global, params);
        match body {
            Expr::Suspend { .. } => {
                self.total.insert(global);
            }
            _ if !is_recursive && self.is_total(body) => {
                self.total.insert(global);
            }
            _ => {}
        }
    }

    /// Notes a function whose calls of itself bring it to an end.
    pub fn learn_ending(&mut self, global: GlobalId, params: usize, body: &Expr) {
        self.arities.insert(global, params);
        self.total.insert(global);
        if !matches!(body, Expr::Suspend { .. }) && !self.is_total(body) {
            self.total.remove(&global);
        }
    }

    /// The number of parameters of a function.
    pub fn arity(&self, global: GlobalId) -> Option<usize> {
        self.arities.get(&global).copied()
    }

    /// Whether evaluating it cannot be noticed.
    pub fn is_total(&self, expr: &Expr) -> bool {
        let mut question = Total {
            facts: self,
            left: BOUND,
            labels: Vec::new(),
            holds: true,
        };
        question.expr(expr);
        question.holds
    }

    /// Whether it may leave the `Attempt` or `Suspend` around it.
    pub fn may_fail(&self, expr: &Expr, session: &Session) -> bool {
        let mut question = MayFail {
            session,
            left: BOUND,
            holds: false,
        };
        question.expr(expr);
        question.holds
    }

    /// Whether a call with so many arguments, and nothing else, is total.
    fn is_total_call(&self, fun: &Expr, args: usize) -> bool {
        match fun {
            Expr::Global { global, .. } => match self.arity(*global) {
                Some(arity) => args < arity || (args == arity && self.total.contains(global)),
                None => false,
            },
            Expr::Lambda { params, .. } => args < params.len(),
            _ => false,
        }
    }
}

/// Whether a primitive's calls are total if its arguments are.
pub fn is_total_prim(prim: Prim) -> bool {
    let info = prim.info();
    let changes_memory = matches!(info.name, "array.new" | "array.get" | "array.set");
    !info.faults
        && !changes_memory
        && matches!(info.lowering, Lowering::Inline | Lowering::Runtime(..))
}

/// Whether a call of a primitive is total if its arguments are; `last` is the last one if that is a literal, which is how
/// a division by a number that is not 0 is known.
pub fn is_total_call(prim: Prim, last: Option<&Lit>) -> bool {
    let divides = matches!(prim.info().name, "int.div" | "int.rem");
    is_total_prim(prim) || divides && matches!(last, Some(Lit::Int(divisor)) if *divisor != 0)
}

/// The last argument, if it is a literal.
fn last_literal(args: &[Expr]) -> Option<&Lit> {
    match args.last() {
        Some(Expr::Lit { lit, .. }) => Some(lit),
        _ => None,
    }
}

struct Total<'f> {
    facts: &'f Facts,
    left: usize,
    labels: Vec<LabelId>,
    holds: bool,
}

impl Visit for Total<'_> {
    fn expr(&mut self, expr: &Expr) {
        self.holds &= self.left > 0;
        if !self.holds {
            return;
        }
        self.left -= 1;
        match expr {
            Expr::Lambda { .. } | Expr::Suspend { .. } => return,
            Expr::Perform { .. } | Expr::Fail { .. } => self.holds = false,
            Expr::Prim { prim, args, .. } => {
                self.holds = is_total_call(*prim, last_literal(args));
            }
            Expr::Apply { fun, args, .. } => self.holds = self.facts.is_total_call(fun, args.len()),
            Expr::Join { label, .. } => self.labels.push(*label),
            Expr::Jump { label, .. } => self.holds = self.labels.contains(label),
            _ => {}
        }
        walk_expr(self, expr);
    }
}

struct MayFail<'f> {
    session: &'f Session,
    left: usize,
    holds: bool,
}

impl Visit for MayFail<'_> {
    fn expr(&mut self, expr: &Expr) {
        self.holds |= self.left == 0;
        if self.holds {
            return;
        }
        self.left -= 1;
        match expr {
            // A failure of the body of an `Attempt` does not leave it.
            Expr::Lambda { .. } | Expr::Suspend { .. } | Expr::Attempt { .. } => return,
            Expr::Fail { .. } => self.holds = true,
            Expr::Perform { effect, .. } => {
                // The type tells; it counts what the user says may fail.
                let ty = effect.meta().ty;
                self.holds =
                    self.session.as_effect(ty).is_none() || self.session.failure(ty).is_some();
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// Whether it has at most `limit` nodes.
pub fn is_at_most(expr: &Expr, limit: usize) -> bool {
    size_up_to(expr, limit) <= limit
}

/// The number of nodes, counted up to one more than `limit`.
pub fn size_up_to(expr: &Expr, limit: usize) -> usize {
    struct Size {
        limit: usize,
        size: usize,
    }
    impl Visit for Size {
        fn expr(&mut self, expr: &Expr) {
            if self.size <= self.limit {
                self.size += 1;
                walk_expr(self, expr);
            }
        }
    }
    let mut size = Size { limit, size: 0 };
    size.expr(expr);
    size.size
}
