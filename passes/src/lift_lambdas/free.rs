//! The local functions of one definition: which are lifted, and over which free variables.
//!
//! One walk collects binders, uses and calls, each under the innermost local function around it. A function's free
//! variables are then the least solution of
//!
//! ```text
//! free f = (uses of f ∪ free of the functions in f ∪ free of the lifted functions that f calls) − bound in f
//! ```
//!
//! Functions are numbered in the order of the text, so the ones inside of a function are a range of numbers, and
//! "bound in f" is a comparison. A variable travels each edge once.

use ir_defs::Session;
use ir_defs::loops as a;
use ir_defs::loops::{Visit, walk_rhs, walk_stmt};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::Binder;
use nanopass::VarId;
use rustc_hash::{FxHashMap, FxHashSet};

/// No function gets more parameters than this; an engine takes 1000.
const MAX_PARAMS: usize = 200;

/// What becomes of a local function.
#[derive(Clone, Copy)]
pub enum Fate {
    /// It is `global` at the top level; where it is used as a value, that is the variable `closure`.
    Lifted {
        global: GlobalId,
        closure: Option<VarId>,
    },
    /// It stays, as a value.
    Stays,
}

/// A local function.
pub struct Local {
    pub binder: Binder,
    pub fate: Fate,
    /// Its place in the order of the text.
    pub place: usize,
    /// Its free variables, outermost first. Known of lifted functions.
    pub free: Vec<Binder>,
}

/// The local functions of one definition.
#[derive(Default)]
pub struct Locals {
    functions: Vec<Local>,
    index: FxHashMap<VarId, usize>,
}

impl Locals {
    pub fn of_function(function: &a::Function, session: &mut Session) -> Locals {
        let mut walk = Walk::default();
        walk.function(function);
        walk.solve(function.global, session)
    }

    pub fn of_value(value: &a::Value, session: &mut Session) -> Locals {
        let mut walk = Walk::default();
        walk.value(value);
        walk.solve(value.global, session)
    }

    pub fn get(&self, var: VarId) -> Option<&Local> {
        self.functions.get(*self.index.get(&var)?)
    }

    pub fn is_empty(&self) -> bool {
        self.functions.is_empty()
    }

    /// The variable that holds what `var` is as a value.
    pub fn value_of(&self, var: VarId) -> VarId {
        match self.get(var) {
            Some(Local {
                fate:
                    Fate::Lifted {
                        closure: Some(closure),
                        ..
                    },
                ..
            }) => *closure,
            _ => var,
        }
    }
}

/// A local function as the walk knows it.
struct Found {
    binder: Binder,
    parent: Option<usize>,
    group: usize,
    /// One more than the number of the last function inside of it.
    end: usize,
    params: usize,
    /// The variable of its closure, if it is lifted and a value.
    closure: Option<VarId>,
    called: bool,
    valued_inside: bool,
    valued_outside: bool,
}

/// A variable: the function that binds it, its place among all binders.
#[derive(Clone, Copy)]
struct Bound {
    owner: Option<usize>,
    place: usize,
    binder: Binder,
}

#[derive(Default)]
struct Walk {
    found: Vec<Found>,
    index: FxHashMap<VarId, usize>,
    bound: FxHashMap<VarId, Bound>,
    /// Under which function which variable is used as a value, or called.
    uses: Vec<(Option<usize>, VarId)>,
    calls: Vec<(Option<usize>, VarId)>,
    /// The group at work, and how many there are.
    group: usize,
    groups: usize,
    current: Option<usize>,
}

impl Visit for Walk {
    fn stmt(&mut self, statement: &a::Stmt) {
        self.groups += 1;
        let group = std::mem::replace(&mut self.group, self.groups);
        walk_stmt(self, statement);
        self.group = group;
    }

    fn local(&mut self, local: &a::Local) {
        self.binder(&local.binder);
        let index = self.found.len();
        self.index.insert(local.binder.var, index);
        self.found.push(Found {
            binder: local.binder,
            parent: self.current,
            group: self.group,
            end: index,
            params: local.params.len(),
            closure: None,
            called: false,
            valued_inside: false,
            valued_outside: false,
        });
        let outer = self.current.replace(index);
        for param in &local.params {
            self.binder(param);
        }
        self.body(&local.body);
        self.current = outer;
        let end = self.found.len();
        if let Some(found) = self.found.get_mut(index) {
            found.end = end;
        }
    }

    fn rhs(&mut self, rhs: &a::Rhs) {
        if let a::Rhs::CallLocal { function, .. } | a::Rhs::TailCallLocal { function, .. } = rhs {
            self.calls.push((self.current, *function));
        }
        walk_rhs(self, rhs);
    }

    fn atom(&mut self, atom: &a::Atom) {
        if let a::Atom::Var { var, .. } = atom {
            self.uses.push((self.current, *var));
        }
    }

    fn binder(&mut self, binder: &Binder) {
        let place = self.bound.len();
        self.bound.insert(
            binder.var,
            Bound {
                owner: self.current,
                place,
                binder: *binder,
            },
        );
    }
}

impl Walk {
    fn solve(mut self, definition: GlobalId, session: &mut Session) -> Locals {
        self.judge();
        let mut locals = Locals {
            functions: Vec::with_capacity(self.found.len()),
            index: FxHashMap::default(),
        };
        locals.index = std::mem::take(&mut self.index);
        // A function that would have too many parameters stays, and then what it calls may become free in others.
        loop {
            locals.functions.clear();
            for place in 0..self.found.len() {
                locals
                    .functions
                    .extend(self.provisional(place, definition, session));
            }
            let free = self.free(&locals);
            let mut is_done = true;
            for ((local, free), found) in locals.functions.iter_mut().zip(free).zip(&mut self.found)
            {
                if free.len() + found.params > MAX_PARAMS
                    && matches!(local.fate, Fate::Lifted { .. })
                {
                    found.valued_inside = true;
                    is_done = false;
                }
                local.free = free;
            }
            if is_done {
                break;
            }
        }
        let base = format!("{}.lam", session.globals.name(definition));
        let mut number = 0;
        for local in &mut locals.functions {
            if let Fate::Lifted { global, .. } = &mut local.fate {
                *global = session.numbered_global(&base, &mut number);
            }
        }
        locals
    }

    /// What becomes of a function, under a name that is not its own yet.
    fn provisional(
        &mut self,
        place: usize,
        definition: GlobalId,
        session: &mut Session,
    ) -> Option<Local> {
        let found = self.found.get_mut(place)?;
        let fate = if found.valued_inside || (found.valued_outside && !found.called) {
            Fate::Stays
        } else {
            if found.valued_outside && found.closure.is_none() {
                let closure = session.core.fresh_var_like(found.binder.var);
                found.closure = Some(closure);
                if let Some(&bound) = self.bound.get(&found.binder.var) {
                    let binder = Binder::new(closure, found.binder.ty);
                    self.bound.insert(closure, Bound { binder, ..bound });
                }
            }
            Fate::Lifted {
                global: definition,
                closure: found.closure,
            }
        };
        Some(Local {
            binder: found.binder,
            fate,
            place,
            free: Vec::new(),
        })
    }

    /// Finds out how each function is used.
    fn judge(&mut self) {
        for (_, var) in &self.calls {
            if let Some(found) = self
                .index
                .get(var)
                .and_then(|&index| self.found.get_mut(index))
            {
                found.called = true;
            }
        }
        for &(user, var) in &self.uses {
            let Some(&index) = self.index.get(&var) else {
                continue;
            };
            let Some(group) = self.found.get(index).map(|found| found.group) else {
                continue;
            };
            let mut around = user.and_then(|user| self.found.get(user));
            let mut inside = false;
            while let Some(found) = around {
                inside |= found.group == group;
                around = found.parent.and_then(|parent| self.found.get(parent));
            }
            if let Some(found) = self.found.get_mut(index) {
                found.valued_inside |= inside;
                found.valued_outside |= !inside;
            }
        }
    }

    /// The free variables of each function.
    fn free(&self, locals: &Locals) -> Vec<Vec<Binder>> {
        let mut callers: Vec<Vec<usize>> = self
            .found
            .iter()
            .map(|found| found.parent.into_iter().collect())
            .collect();
        let mut pending = Vec::new();
        for &(user, var) in &self.uses {
            pending.extend(user.map(|user| (user, locals.value_of(var))));
        }
        for &(user, var) in &self.calls {
            let Some(user) = user else { continue };
            match locals.index.get(&var) {
                Some(&callee)
                    if matches!(
                        locals.functions.get(callee),
                        Some(Local {
                            fate: Fate::Lifted { .. },
                            ..
                        })
                    ) =>
                {
                    if let Some(callers) = callers.get_mut(callee) {
                        callers.push(user);
                    }
                }
                _ => pending.push((user, var)),
            }
        }
        let mut free: Vec<FxHashSet<VarId>> = vec![FxHashSet::default(); self.found.len()];
        while let Some((function, var)) = pending.pop() {
            if self.is_bound_in(var, function)
                || !free.get_mut(function).is_some_and(|free| free.insert(var))
            {
                continue;
            }
            pending.extend(
                callers
                    .get(function)
                    .into_iter()
                    .flatten()
                    .map(|&caller| (caller, var)),
            );
        }
        free.into_iter()
            .map(|vars| {
                let mut bound: Vec<&Bound> =
                    vars.iter().filter_map(|var| self.bound.get(var)).collect();
                bound.sort_by_key(|bound| bound.place);
                bound.into_iter().map(|bound| bound.binder).collect()
            })
            .collect()
    }

    fn is_bound_in(&self, var: VarId, function: usize) -> bool {
        let owner = self.bound.get(&var).and_then(|bound| bound.owner);
        let end = self.found.get(function).map_or(function, |found| found.end);
        owner.is_some_and(|owner| function <= owner && owner < end)
    }
}
