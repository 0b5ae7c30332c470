//! A call of the function itself goes to the branches that use its result.
//!
//! ```text
//! (let r (call f t))                                    (let c (prim int.lt h 3))
//! (let c (prim int.lt h 3))                             (switch c
//! (switch c                                               [(True (let r (call f t)) (construct Cons h r))
//!   [(True (construct Cons h r)) (False r)])               (False (call f t))])
//! ```
//!
//! In the branches the call may stand under a constructor or a `+`, or in tail position, where the other files find it.
//! What it is moved past is total. The call is copied, but each way has it once: a branch that goes to a join point of
//! the same body leaves it to the target of that.

use ir_defs::Session;
use ir_defs::loops::{
    Atom, Body, Branch, Function, Local, Program, Rhs, Stmt, Visit, VisitMut, walk_mut_local,
    walk_rhs,
};
use ir_defs::terminals::LabelId;
use nanopass::VarId;
use rustc_hash::FxHashSet;

use super::copy::copy;
use super::recursion::{Itself, branch_body, is_total as is_total_rhs};

/// So many copies of a call are made at most.
const MAX_COPIES: usize = 8;
/// So many statements go with the call at most: what takes its result apart.
const MAX_TAKEN: usize = 8;

/// Moves calls into branches.
pub fn run(program: &mut Program, session: &mut Session) {
    Sink { session }.program(program);
}

struct Sink<'s> {
    session: &'s mut Session,
}

impl VisitMut for Sink<'_> {
    fn function(&mut self, function: &mut Function) {
        self.body(&mut function.body);
        self.tail(Itself::Global(function.global), &mut function.body);
    }

    fn local(&mut self, local: &mut Local) {
        walk_mut_local(self, local);
        self.tail(Itself::Local(local.binder.var), &mut local.body);
    }
}

impl Sink<'_> {
    /// A body in tail position.
    fn tail(&mut self, itself: Itself, body: &mut Body) {
        self.sink(itself, body);
        for statement in &mut body.statements {
            if let Stmt::Join { target, .. } = statement {
                self.tail(itself, target);
            }
        }
        branches_of_mut(&mut body.result, |body| self.tail(itself, body));
    }

    fn sink(&mut self, itself: Itself, body: &mut Body) {
        let Some(place) = call(itself, body) else {
            return;
        };
        let Rhs::Switch { subject, .. } = &*body.result else {
            return;
        };
        let Some(taken) = taken(body, place) else {
            return;
        };
        let mut dependent = FxHashSet::default();
        let mut labels = FxHashSet::default();
        for (index, statement) in body.statements.iter().enumerate() {
            match statement {
                Stmt::Let { binder, .. } if taken.contains(&index) => {
                    dependent.insert(binder.var);
                }
                Stmt::Join { label, .. } if index > place => _ = labels.insert(*label),
                _ => {}
            }
        }
        if matches!(subject, Atom::Var { var, .. } if dependent.contains(var)) {
            return;
        }
        let mut leaves = Leaves {
            labels,
            dependent,
            count: 0,
            is_worth_it: false,
            is_possible: true,
        };
        leaves.places(body, place);
        if !leaves.is_possible || !leaves.is_worth_it || leaves.count > MAX_COPIES {
            return;
        }
        let mut kept = Vec::with_capacity(body.statements.len());
        let mut moved = Vec::with_capacity(taken.len());
        for (index, statement) in std::mem::take(&mut body.statements).into_iter().enumerate() {
            match taken.contains(&index) {
                true => moved.push(statement),
                false => kept.push(statement),
            }
        }
        body.statements = kept;
        for statement in body.statements.iter_mut().skip(place) {
            if let Stmt::Join { target, .. } = statement {
                self.into(&leaves, &moved, target);
            }
        }
        branches_of_mut(&mut body.result, |body| self.into(&leaves, &moved, body));
    }

    /// Puts a copy of what is moved in front of a body, under names of its own.
    fn into(&mut self, leaves: &Leaves, moved: &[Stmt], body: &mut Body) {
        if leaves.is_passed_on(body) {
            return;
        }
        if leaves.descends(body) {
            return branches_of_mut(&mut body.result, |body| self.into(leaves, moved, body));
        }
        let meta = body.meta;
        let mut statements = moved.to_vec();
        statements.append(&mut body.statements);
        let whole = Body {
            meta,
            statements,
            result: body.result.clone(),
        };
        // All binders of the copy are new, those of the branch too: it is the only one that has them.
        let (_, copied) = copy(&[], &whole, self.session);
        *body = copied;
        // `let r = call; r` is the call.
        if let Rhs::Atom {
            atom: Atom::Var { var, .. },
            ..
        } = &*body.result
            && let Some(Stmt::Let { binder, value, .. }) = body.statements.last()
            && binder.var == *var
            && matches!(value, Rhs::Call { .. } | Rhs::CallLocal { .. })
            && let Some(Stmt::Let { value, .. }) = body.statements.pop()
        {
            *body.result = value;
        }
    }
}

/// The last call of the function itself, if all that follows in the body is total, or a join point.
fn call(itself: Itself, body: &Body) -> Option<usize> {
    for (place, statement) in body.statements.iter().enumerate().rev() {
        match statement {
            Stmt::Let { value, .. } if itself.called(value).is_some() => return Some(place),
            Stmt::Let { value, .. } if is_total_rhs(value) => {}
            Stmt::Join { .. } => {}
            Stmt::Let { .. } | Stmt::LetResults { .. } | Stmt::Functions { .. } => return None,
        }
    }
    None
}

/// The call, and what takes its result apart: whatever uses that before the branches do. `None` if it is too much.
fn taken(body: &Body, place: usize) -> Option<Vec<usize>> {
    let mut dependent = FxHashSet::default();
    let mut taken = Vec::new();
    for (index, statement) in body.statements.iter().enumerate().skip(place) {
        match statement {
            Stmt::Let { binder, value, .. } => {
                let mut uses = UsesAny {
                    of: &dependent,
                    found: false,
                };
                uses.rhs(value);
                if index == place || uses.found {
                    dependent.insert(binder.var);
                    taken.push(index);
                }
            }
            Stmt::Join { .. } => {}
            Stmt::Functions { .. } | Stmt::LetResults { .. } => return None,
        }
    }
    (taken.len() <= MAX_TAKEN).then_some(taken)
}

struct UsesAny<'d> {
    of: &'d FxHashSet<VarId>,
    found: bool,
}

impl Visit for UsesAny<'_> {
    fn var_id(&mut self, var: &VarId) {
        self.found |= self.of.contains(var);
    }
}

/// The bodies that get a copy.
struct Leaves {
    /// The join points behind the call.
    labels: FxHashSet<LabelId>,
    /// The result of the call, and what depends on it.
    dependent: FxHashSet<VarId>,
    count: usize,
    /// Whether the result is returned somewhere, or becomes a part of what is.
    is_worth_it: bool,
    is_possible: bool,
}

impl Leaves {
    fn places(&mut self, body: &Body, place: usize) {
        for statement in body.statements.iter().skip(place) {
            if let Stmt::Join { target, .. } = statement {
                self.leaf(target);
            }
        }
        branches_of(&body.result, |body| self.leaf(body));
    }

    fn leaf(&mut self, body: &Body) {
        if self.is_passed_on(body) {
            return;
        }
        if self.descends(body) {
            let mut bodies = Vec::new();
            branches_of(&body.result, |body| bodies.push(body));
            return bodies.into_iter().for_each(|body| self.leaf(body));
        }
        self.is_possible &= !self.goes_on(body);
        self.count += 1;
        let mut parts = self.dependent.clone();
        for statement in &body.statements {
            if let Stmt::Let { binder, value, .. } = statement
                && is_joined(value, &parts)
            {
                parts.insert(binder.var);
            }
        }
        self.is_worth_it |= is_joined(&body.result, &parts);
    }

    fn goes_on(&self, body: &Body) -> bool {
        let mut jumps = JumpsTo {
            labels: &self.labels,
            found: false,
        };
        jumps.body(body);
        jumps.found
    }

    /// Whether the copies belong into the branches of a body, some of which go on to a join point behind the call.
    fn descends(&self, body: &Body) -> bool {
        let Rhs::Switch { subject, .. } = &*body.result else {
            return false;
        };
        let mut uses = UsesAny {
            of: &self.dependent,
            found: false,
        };
        uses.atom(subject);
        let mut is_total = true;
        for statement in &body.statements {
            uses.stmt(statement);
            is_total &= matches!(statement, Stmt::Let { value, .. } if is_total_rhs(value));
        }
        is_total && !uses.found && self.goes_on(body)
    }

    /// Whether a body does nothing but go to a join point behind the call, with what does not depend on it.
    fn is_passed_on(&self, body: &Body) -> bool {
        let Rhs::Jump { label, .. } = &*body.result else {
            return false;
        };
        let mut uses = UsesAny {
            of: &self.dependent,
            found: false,
        };
        uses.body(body);
        body.statements.is_empty() && self.labels.contains(label) && !uses.found
    }
}

/// Whether it is one of these parts of a result, or they become a part of it.
fn is_joined(rhs: &Rhs, parts: &FxHashSet<VarId>) -> bool {
    let is_joining = match rhs {
        Rhs::Atom { .. }
        | Rhs::Construct { .. }
        | Rhs::Tuple { .. }
        | Rhs::Record { .. }
        | Rhs::Item { .. }
        | Rhs::Select { .. } => true,
        Rhs::Prim { prim, .. } => matches!(
            prim.name(),
            "int.add" | "int.sub" | "int.mul" | "text.concat"
        ),
        _ => false,
    };
    let mut uses = UsesAny {
        of: parts,
        found: false,
    };
    if is_joining {
        uses.rhs(rhs);
    }
    uses.found
}

struct JumpsTo<'l> {
    labels: &'l FxHashSet<LabelId>,
    found: bool,
}

impl Visit for JumpsTo<'_> {
    fn rhs(&mut self, rhs: &Rhs) {
        if let Rhs::Jump { label, .. } = rhs {
            self.found |= self.labels.contains(label);
        }
        walk_rhs(self, rhs);
    }
}

/// Visits the branches of a switch.
fn branches_of<'b>(rhs: &'b Rhs, mut visit: impl FnMut(&'b Body)) {
    if let Rhs::Switch {
        branches,
        otherwise,
        ..
    } = rhs
    {
        branches.iter().map(branch_body).for_each(&mut visit);
        otherwise.iter().for_each(|body| visit(body));
    }
}

fn branches_of_mut(rhs: &mut Rhs, mut visit: impl FnMut(&mut Body)) {
    if let Rhs::Switch {
        branches,
        otherwise,
        ..
    } = rhs
    {
        for branch in branches {
            let (Branch::OnCon { body, .. } | Branch::OnLit { body, .. }) = branch;
            visit(body);
        }
        if let Some(body) = otherwise {
            visit(body);
        }
    }
}
