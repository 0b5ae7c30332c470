//! Where the result of a call of the function itself is joined with other things.

use ir_defs::Session;
use ir_defs::loops::{Atom, Body, Rhs, Stmt};
use ir_defs::tables::GlobalId;
use nanopass::VarId;

use super::super::recursion::{Itself, Uses, branch_body, pending, pending_statement, rhs_at};

/// The library's function that joins two lists, at some type.
const APPEND: &str = "aivi.list.append<";

/// How the accumulator and what is found at the end are joined.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Join {
    Add,
    Multiply,
    /// A product and a sum: `m * x + c`.
    Affine,
    /// The accumulated text stands before the rest.
    Before,
    /// It stands behind it.
    Behind,
    /// The accumulated list stands behind the rest, by the function that appends.
    ListBehind(GlobalId),
}

/// What is done to a result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    Add,
    Subtract,
    /// The result is taken from the operand.
    SubtractFrom,
    Multiply,
    Before,
    Behind,
    ListBehind(GlobalId),
}

impl Step {
    fn join(self) -> Join {
        match self {
            Step::Add | Step::Subtract => Join::Add,
            Step::SubtractFrom => Join::Affine,
            Step::Multiply => Join::Multiply,
            Step::Before => Join::Before,
            Step::Behind => Join::Behind,
            Step::ListBehind(append) => Join::ListBehind(append),
        }
    }
}

/// A call whose result is joined with other things, and nothing else.
pub(super) struct Site {
    /// The statement of the call.
    pub place: usize,
    pub join: Join,
    /// The statements of the joining, which go.
    pub chain: Vec<usize>,
    /// What is joined, from the inside out.
    pub steps: Vec<(Step, Atom)>,
}

impl Join {
    /// Both ways at once, if there is one for that.
    fn with(self, other: Join) -> Option<Join> {
        let is_number = |join| matches!(join, Join::Add | Join::Multiply | Join::Affine);
        match (self, other) {
            (same, other) if same == other => Some(same),
            (one, other) if is_number(one) && is_number(other) => Some(Join::Affine),
            _ => None,
        }
    }
}

/// The one way of joining for a function: that of most places; but numbers may be multiplied and added at once. A list is
/// put behind others only if the function calls itself in no other way, which holes would be made for.
pub(super) fn join(itself: Itself, body: &Body, session: &Session) -> Option<Join> {
    let mut found = Found::default();
    found.body(itself, body, session);
    let joins = &found.joins;
    let is_number = |join: &&Join| matches!(join, Join::Add | Join::Multiply | Join::Affine);
    let numbers = joins.iter().filter(is_number).copied();
    if let Some(join) = numbers.reduce(|one, other| one.with(other).unwrap_or(one)) {
        return Some(join);
    }
    let count = |wanted: Join| joins.iter().filter(|join| **join == wanted).count();
    let (before, behind) = (count(Join::Before), count(Join::Behind));
    match (before, behind) {
        (0, 0) => {}
        _ if before >= behind => return Some(Join::Before),
        _ => return Some(Join::Behind),
    }
    let list = |join: &&Join| matches!(join, Join::ListBehind(_));
    joins
        .iter()
        .find(list)
        .copied()
        .filter(|_| !found.has_others)
}

/// The ways of joining in tail position.
#[derive(Default)]
struct Found {
    joins: Vec<Join>,
    /// Whether results are also used otherwise.
    has_others: bool,
}

impl Found {
    fn body(&mut self, itself: Itself, body: &Body, session: &Session) {
        if let Some(site) = site(itself, body, session) {
            self.joins.push(site.join);
            return;
        }
        let is_call = |rhs: &Rhs| itself.called(rhs).is_some();
        self.has_others |= pending_statement(is_call, body).is_some();
        for statement in &body.statements {
            if let Stmt::Join { target, .. } = statement {
                self.body(itself, target, session);
            }
        }
        if let Rhs::Switch {
            branches,
            otherwise,
            ..
        } = &*body.result
        {
            for branch in branches {
                self.body(itself, branch_body(branch), session);
            }
            if let Some(body) = otherwise {
                self.body(itself, body, session);
            }
        }
    }
}

/// A body that ends in a site.
pub(super) fn site(itself: Itself, body: &Body, session: &Session) -> Option<Site> {
    let is_call = |rhs: &Rhs| itself.called(rhs).is_some();
    if let Some(site) = before_list(itself, body, session) {
        return Some(site);
    }
    let (place, result) = pending(is_call, body)?;
    let uses = Uses::after(body, place);
    let mut site: Option<Site> = None;
    let mut current = result;
    loop {
        let after = uses.only(current)?;
        let is_result = after == body.statements.len();
        let (step, operand) = match rhs_at(body, after)? {
            Rhs::Prim { prim, args, .. } => joined(prim.name(), args, current)?,
            Rhs::Atom { .. } if is_result => return site,
            _ => return None,
        };
        let found = site.get_or_insert(Site {
            place,
            join: step.join(),
            chain: Vec::new(),
            steps: Vec::new(),
        });
        found.join = found.join.with(step.join())?;
        found.steps.push((step, operand));
        found.chain.push(after);
        if is_result {
            return site;
        }
        match body.statements.get(after) {
            Some(Stmt::Let { binder, .. }) => current = binder.var,
            _ => return None,
        }
    }
}

/// A body that ends by appending a list to the result of a call.
fn before_list(itself: Itself, body: &Body, session: &Session) -> Option<Site> {
    let Rhs::Call { function, args, .. } = &*body.result else {
        return None;
    };
    let [Atom::Var { var, .. }, list] = args.as_slice() else {
        return None;
    };
    let is_append =
        session.globals.name(*function).starts_with(APPEND) && itself != Itself::Global(*function);
    let is_call = |rhs: &Rhs| itself.called(rhs).is_some();
    let (place, called) = pending_statement(is_call, body).filter(|_| is_append)?;
    let is_last = called == *var && Uses::after(body, place).only(*var)? == body.statements.len();
    is_last.then(|| Site {
        place,
        join: Join::ListBehind(*function),
        chain: Vec::new(),
        steps: vec![(Step::ListBehind(*function), list.clone())],
    })
}

/// The joining of a variable with something else.
fn joined(name: &str, args: &[Atom], current: VarId) -> Option<(Step, Atom)> {
    let [left, right] = args else { return None };
    let is_left = matches!(left, Atom::Var { var, .. } if *var == current);
    let operand = if is_left { right } else { left }.clone();
    let step = match (name, is_left) {
        ("int.add", _) => Step::Add,
        ("int.sub", true) => Step::Subtract,
        ("int.sub", false) => Step::SubtractFrom,
        ("int.mul", _) => Step::Multiply,
        ("text.concat", true) => Step::Behind,
        ("text.concat", false) => Step::Before,
        _ => return None,
    };
    Some((step, operand))
}
