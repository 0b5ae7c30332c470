//! Which functions build what they give, and which of their callers take it apart.

use ir_defs::loops::{
    Atom, Body, Branch, Function, Local, Rhs, Stmt, Visit, walk_function, walk_local, walk_rhs,
    walk_stmt,
};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Binder, LabelId};
use nanopass::{Meta, TyId, VarId};
use rustc_hash::{FxHashMap, FxHashSet};

/// A definition with more binders keeps the results of its local functions whole: with what they close over, they might
/// need more parameters than `lift-lambdas` gives, and stay values.
const MAX_BINDERS: usize = 150;

/// A function with a name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) enum Callee {
    Global(GlobalId),
    Local(VarId),
}

impl Callee {
    /// The function that is called by its name.
    pub fn of(call: &Rhs) -> Option<Callee> {
        match call {
            Rhs::Call { function, .. } | Rhs::TailCall { function, .. } => {
                Some(Callee::Global(*function))
            }
            Rhs::CallLocal { function, .. } | Rhs::TailCallLocal { function, .. } => {
                Some(Callee::Local(*function))
            }
            _ => None,
        }
    }
}

/// A function each of whose results is built for it, as far as it can tell.
pub(super) struct Candidate {
    pub result: TyId,
    pub meta: Meta,
    /// The functions whose results it gives.
    gives: Vec<Callee>,
}

/// What is known of functions and of the variables of their results.
#[derive(Default)]
pub(super) struct Asked {
    pub candidates: FxHashMap<Callee, Candidate>,
    /// The variables that components are asked of.
    asked: FxHashSet<VarId>,
    params: FxHashMap<LabelId, Vec<VarId>>,
    goes_to: FxHashMap<VarId, Vec<(LabelId, usize)>>,
    /// The results of calls.
    calls: Vec<(VarId, Callee)>,
    /// The local functions of the definition at work, and how much it binds.
    locals: Vec<VarId>,
    binders: usize,
}

impl Visit for Asked {
    fn function(&mut self, function: &Function) {
        self.learn(
            Callee::Global(function.global),
            function.result,
            &function.body,
        );
        self.binders = 0;
        self.locals.clear();
        walk_function(self, function);
        if self.binders > MAX_BINDERS {
            for local in std::mem::take(&mut self.locals) {
                self.candidates.remove(&Callee::Local(local));
            }
        }
    }

    fn local(&mut self, local: &Local) {
        self.locals.push(local.binder.var);
        self.learn(Callee::Local(local.binder.var), local.result, &local.body);
        walk_local(self, local);
    }

    fn stmt(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Let { binder, value, .. } => {
                self.calls
                    .extend(Callee::of(value).map(|callee| (binder.var, callee)));
            }
            Stmt::Join { label, params, .. } => self.label(*label, params),
            Stmt::LetResults { .. } | Stmt::Functions { .. } => {}
        }
        walk_stmt(self, statement);
    }

    fn rhs(&mut self, rhs: &Rhs) {
        match rhs {
            Rhs::Item {
                tuple: Atom::Var { var, .. },
                ..
            }
            | Rhs::Select {
                record: Atom::Var { var, .. },
                ..
            } => _ = self.asked.insert(*var),
            Rhs::Jump { label, args, .. } => self.pass(*label, args),
            Rhs::Loop {
                label,
                params,
                initial,
                ..
            } => {
                self.label(*label, params);
                self.pass(*label, initial);
            }
            _ => {}
        }
        walk_rhs(self, rhs);
    }

    fn binder(&mut self, _binder: &Binder) {
        self.binders += 1;
    }
}

impl Asked {
    fn label(&mut self, label: LabelId, params: &[Binder]) {
        let params = params.iter().map(|param| param.var).collect();
        self.params.insert(label, params);
    }

    fn pass(&mut self, label: LabelId, args: &[Atom]) {
        for (place, arg) in args.iter().enumerate() {
            if let Atom::Var { var, .. } = arg {
                self.goes_to.entry(*var).or_default().push((label, place));
            }
        }
    }

    fn learn(&mut self, callee: Callee, result: TyId, body: &Body) {
        let mut gives = Vec::new();
        if builds(body, &mut gives) {
            let meta = body.meta;
            self.candidates.insert(
                callee,
                Candidate {
                    result,
                    meta,
                    gives,
                },
            );
        }
    }

    /// Whether components of a variable are asked for, under this name or another that it is passed on to.
    pub fn is_apart(&self, var: VarId) -> bool {
        let mut seen = FxHashSet::default();
        let mut open = vec![var];
        while let Some(var) = open.pop() {
            if self.asked.contains(&var) {
                return true;
            }
            if !seen.insert(var) {
                continue;
            }
            let places = self.goes_to.get(&var).into_iter().flatten();
            open.extend(
                places.filter_map(|(label, place)| self.params.get(label)?.get(*place).copied()),
            );
        }
        false
    }

    /// The functions that shall give several results, in the order of their names; `may` says which could.
    pub fn choose(&self, may: impl Fn(Callee, &Candidate) -> bool) -> Vec<Callee> {
        let mut open: FxHashSet<Callee> = self
            .candidates
            .iter()
            .filter(|(callee, candidate)| may(**callee, candidate))
            .map(|(callee, _)| *callee)
            .collect();
        // What gives the result of a function with one result has one as well.
        let mut givers: FxHashMap<Callee, Vec<Callee>> = FxHashMap::default();
        let mut closed = Vec::new();
        for (&callee, candidate) in &self.candidates {
            for &given in &candidate.gives {
                givers.entry(given).or_default().push(callee);
                if !open.contains(&given) {
                    closed.push(given);
                }
            }
        }
        while let Some(callee) = closed.pop() {
            for giver in givers.remove(&callee).into_iter().flatten() {
                if open.remove(&giver) {
                    closed.push(giver);
                }
            }
        }
        let mut chosen = FxHashSet::default();
        let called = self.calls.iter();
        let mut wanted: Vec<Callee> = called
            .filter(|(var, callee)| open.contains(callee) && self.is_apart(*var))
            .map(|(_, callee)| *callee)
            .collect();
        while let Some(callee) = wanted.pop() {
            if chosen.insert(callee)
                && let Some(candidate) = self.candidates.get(&callee)
            {
                wanted.extend(&candidate.gives);
            }
        }
        let mut chosen: Vec<Callee> = chosen.into_iter().collect();
        chosen.sort_unstable();
        chosen
    }
}

/// Whether each result of a function is built for it, or that of a call at its end; those go to `gives`.
fn builds(body: &Body, gives: &mut Vec<Callee>) -> bool {
    let mut in_targets = body
        .statements
        .iter()
        .filter_map(|statement| match statement {
            Stmt::Join { target, .. } => Some(target),
            Stmt::Let { .. } | Stmt::LetResults { .. } | Stmt::Functions { .. } => None,
        });
    if !in_targets.all(|target| builds(target, gives)) {
        return false;
    }
    match &*body.result {
        Rhs::Tuple { .. } | Rhs::Record { .. } | Rhs::Jump { .. } | Rhs::Fail { .. } => true,
        Rhs::Block { body, .. } | Rhs::Loop { body, .. } => builds(body, gives),
        Rhs::Switch {
            branches,
            otherwise,
            ..
        } => {
            branches.iter().all(|branch| {
                let (Branch::OnCon { body, .. } | Branch::OnLit { body, .. }) = branch;
                builds(body, gives)
            }) && otherwise.as_ref().is_none_or(|body| builds(body, gives))
        }
        other => match Callee::of(other) {
            Some(callee) => {
                gives.push(callee);
                true
            }
            None => false,
        },
    }
}
