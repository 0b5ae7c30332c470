//! What a function does with the results of its own calls.

use ir_defs::loops::{Atom, Body, Branch, Program, Rhs, Stmt, Visit, walk_rhs};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::Lit;
use nanopass::VarId;
use rustc_hash::FxHashMap;

use crate::components::components;
use crate::simplify::facts::is_total_call;

/// The function at work.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Itself {
    Global(GlobalId),
    Local(VarId),
}

impl Itself {
    /// The function that is called, if it is known.
    pub fn callee(rhs: &Rhs) -> Option<Itself> {
        match rhs {
            Rhs::Call { function, .. } => Some(Itself::Global(*function)),
            Rhs::CallLocal { function, .. } => Some(Itself::Local(*function)),
            _ => None,
        }
    }

    /// The arguments, if this calls the function.
    pub fn called(self, rhs: &Rhs) -> Option<&[Atom]> {
        match (self, rhs) {
            (Itself::Global(itself), Rhs::Call { function, args, .. }) if *function == itself => {
                Some(args)
            }
            (Itself::Local(itself), Rhs::CallLocal { function, args, .. })
                if *function == itself =>
            {
                Some(args)
            }
            _ => None,
        }
    }
}

/// The last statement that calls the function itself, as `is_call` tells, with the variable of its result, if all that
/// follows in the body is total: then that may be done before the call as well.
pub(super) fn pending(is_call: impl Fn(&Rhs) -> bool, body: &Body) -> Option<(usize, VarId)> {
    pending_statement(is_call, body).filter(|_| is_total(&body.result))
}

/// The same, whatever the result of the body is.
pub(super) fn pending_statement(
    is_call: impl Fn(&Rhs) -> bool,
    body: &Body,
) -> Option<(usize, VarId)> {
    for (place, statement) in body.statements.iter().enumerate().rev() {
        match statement {
            Stmt::Let { binder, value, .. } if is_call(value) => {
                return Some((place, binder.var));
            }
            Stmt::Let { value, .. } if is_total(value) => {}
            Stmt::Functions { .. } => {}
            Stmt::Let { .. } | Stmt::LetResults { .. } | Stmt::Join { .. } => return None,
        }
    }
    None
}

/// Where variables are used after a statement.
pub(super) struct Uses {
    /// By variable, how often, and in which statement last; the number of statements stands for the result.
    found: FxHashMap<VarId, (usize, usize)>,
}

impl Uses {
    /// In the statements behind `place`, and in the result.
    pub fn after(body: &Body, place: usize) -> Uses {
        let mut collect = Collect {
            at: place,
            found: FxHashMap::default(),
        };
        for (index, statement) in body.statements.iter().enumerate().skip(place + 1) {
            collect.at = index;
            collect.stmt(statement);
        }
        collect.at = body.statements.len();
        collect.rhs(&body.result);
        Uses {
            found: collect.found,
        }
    }

    /// The one statement that uses a variable, and that once.
    pub fn only(&self, var: VarId) -> Option<usize> {
        match self.found.get(&var) {
            Some(&(1, place)) => Some(place),
            _ => None,
        }
    }
}

struct Collect {
    at: usize,
    found: FxHashMap<VarId, (usize, usize)>,
}

impl Visit for Collect {
    fn var_id(&mut self, var: &VarId) {
        let (count, place) = self.found.entry(*var).or_default();
        *count += 1;
        *place = self.at;
    }
}

/// The right-hand side of a statement, or the result.
pub(super) fn rhs_at(body: &Body, place: usize) -> Option<&Rhs> {
    match body.statements.get(place) {
        Some(Stmt::Let { value, .. }) => Some(value),
        Some(_) => None,
        None => Some(&body.result),
    }
}

/// The last argument, if it is a literal.
pub(crate) fn last_literal(args: &[Atom]) -> Option<&Lit> {
    match args.last() {
        Some(Atom::Lit { lit, .. }) => Some(lit),
        _ => None,
    }
}

/// Whether evaluating it neither faults, nor diverges, nor does, nor fails, nor jumps away. A call may do all that.
pub(super) fn is_total(rhs: &Rhs) -> bool {
    struct Total {
        left: usize,
        holds: bool,
    }
    impl Visit for Total {
        fn rhs(&mut self, rhs: &Rhs) {
            self.holds &= self.left > 0;
            if !self.holds {
                return;
            }
            self.left -= 1;
            match rhs {
                Rhs::Atom { .. }
                | Rhs::Construct { .. }
                | Rhs::Tuple { .. }
                | Rhs::List { .. }
                | Rhs::Record { .. }
                | Rhs::Select { .. }
                | Rhs::Item { .. }
                | Rhs::Open { .. }
                | Rhs::Switch { .. }
                | Rhs::Block { .. } => walk_rhs(self, rhs),
                Rhs::Prim { prim, args, .. } => {
                    self.holds &= is_total_call(*prim, last_literal(args))
                }
                Rhs::Results { .. }
                | Rhs::Fill { .. }
                | Rhs::Call { .. }
                | Rhs::CallLocal { .. }
                | Rhs::Apply { .. }
                | Rhs::TailCall { .. }
                | Rhs::TailCallLocal { .. }
                | Rhs::TailApply { .. }
                | Rhs::Loop { .. }
                | Rhs::Jump { .. }
                | Rhs::Fail { .. }
                | Rhs::Attempt { .. } => self.holds = false,
            }
        }
    }
    // Most are small; a large one is not looked at to its end.
    let mut total = Total {
        left: 100,
        holds: true,
    };
    total.rhs(rhs);
    total.holds
}

/// Which functions call one another: those of one number may.
#[derive(Default)]
pub(super) struct Peers(FxHashMap<GlobalId, usize>);

impl Peers {
    pub fn of(program: &Program) -> Peers {
        #[derive(Default)]
        struct Calls(Vec<GlobalId>);
        impl Visit for Calls {
            fn global_id(&mut self, global: &GlobalId) {
                self.0.push(*global);
            }
        }
        let mut globals = Vec::with_capacity(program.functions.len());
        let mut mentions = FxHashMap::default();
        for function in &program.functions {
            let mut calls = Calls::default();
            calls.body(&function.body);
            globals.push(function.global);
            mentions.insert(function.global, calls.0);
        }
        let components = components(&globals, &mentions);
        let numbered = components.into_iter().enumerate();
        Peers(
            numbered
                .flat_map(|(number, (component, _))| {
                    component.into_iter().map(move |global| (global, number))
                })
                .collect(),
        )
    }

    /// The functions of one number may call one another.
    pub fn number(&self, function: GlobalId) -> Option<usize> {
        self.0.get(&function).copied()
    }

    /// Whether what ends the function may have something left to do after it: no tail call would become a call by which
    /// the function may reach itself, or that is not known. `around` is the function of the top level.
    pub fn may_go_on(&self, itself: Itself, around: Option<GlobalId>, body: &Body) -> bool {
        let in_targets = body.statements.iter().all(|statement| match statement {
            Stmt::Join { target, .. } => self.may_go_on(itself, around, target),
            Stmt::Let { .. } | Stmt::LetResults { .. } | Stmt::Functions { .. } => true,
        });
        in_targets
            && match &*body.result {
                call if itself.called(call).is_some() => true,
                Rhs::Call { function, .. } => {
                    around.is_none_or(|around| self.0.get(&around) != self.0.get(function))
                }
                Rhs::CallLocal { .. } | Rhs::Apply { .. } => false,
                Rhs::Switch {
                    branches,
                    otherwise,
                    ..
                } => {
                    branches
                        .iter()
                        .all(|branch| self.may_go_on(itself, around, branch_body(branch)))
                        && otherwise
                            .as_ref()
                            .is_none_or(|body| self.may_go_on(itself, around, body))
                }
                _ => true,
            }
    }
}

pub(super) fn branch_body(branch: &Branch) -> &Body {
    match branch {
        Branch::OnCon { body, .. } | Branch::OnLit { body, .. } => body,
    }
}
