//! What each local function captures, and which functions are values.

use ir_defs::Session;
use ir_defs::lifted as a;
use ir_defs::lifted::{Visit, walk_rhs};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::Binder;
use nanopass::VarId;
use rustc_hash::{FxHashMap, FxHashSet};

/// The globals of a program that are called, and those that are used as values.
#[derive(Default)]
pub struct Uses {
    pub called: FxHashSet<GlobalId>,
    pub valued: FxHashSet<GlobalId>,
}

impl Uses {
    pub fn of(program: &a::Program) -> Uses {
        let mut uses = Uses::default();
        uses.program(program);
        uses
    }
}

impl Visit for Uses {
    fn rhs(&mut self, rhs: &a::Rhs) {
        if let a::Rhs::Call { function, .. } | a::Rhs::TailCall { function, .. } = rhs {
            self.called.insert(*function);
        }
        walk_rhs(self, rhs);
    }

    fn atom(&mut self, atom: &a::Atom) {
        if let a::Atom::Global { global, .. } = atom {
            self.valued.insert(*global);
        }
    }
}

/// A local function that becomes a closure.
pub struct Captured {
    pub binder: Binder,
    /// Its place in the order of the text.
    pub place: usize,
    /// The name of its code.
    pub code: GlobalId,
    /// Whether it captures nothing that exists only at run time.
    pub is_static: bool,
    /// Its free variables, outermost first.
    free: Vec<Binder>,
}

/// The local functions of one definition.
#[derive(Default)]
pub struct Closures {
    functions: Vec<Captured>,
    index: FxHashMap<VarId, usize>,
}

impl Closures {
    pub fn of_function(function: &a::Function, session: &mut Session) -> Closures {
        let mut walk = Walk::default();
        walk.function(function);
        walk.solve(function.global, session)
    }

    pub fn of_value(value: &a::Value, session: &mut Session) -> Closures {
        let mut walk = Walk::default();
        walk.value(value);
        walk.solve(value.global, session)
    }

    pub fn get(&self, var: VarId) -> Option<&Captured> {
        self.functions.get(*self.index.get(&var)?)
    }

    /// The variables that the closure object of a function holds.
    pub fn captures(&self, function: VarId) -> Vec<Binder> {
        let free = self
            .get(function)
            .map_or(&[][..], |captured| captured.free.as_slice());
        free.iter()
            .filter(|free| !self.is_static(free.var))
            .copied()
            .collect()
    }

    fn is_static(&self, var: VarId) -> bool {
        self.get(var).is_some_and(|captured| captured.is_static)
    }
}

/// A local function as the walk knows it.
struct Found {
    binder: Binder,
    parent: Option<usize>,
    /// One more than the number of the last function inside of it.
    end: usize,
    uses: FxHashSet<VarId>,
}

#[derive(Clone, Copy)]
struct Bound {
    owner: Option<usize>,
    place: usize,
    binder: Binder,
}

#[derive(Default)]
struct Walk {
    /// In the order of the text, so the functions inside of one are a range.
    found: Vec<Found>,
    index: FxHashMap<VarId, usize>,
    bound: FxHashMap<VarId, Bound>,
    current: Option<usize>,
}

impl Visit for Walk {
    fn local(&mut self, local: &a::Local) {
        self.binder(&local.binder);
        let index = self.found.len();
        self.index.insert(local.binder.var, index);
        let parent = self.current.replace(index);
        self.found.push(Found {
            binder: local.binder,
            parent,
            end: index,
            uses: FxHashSet::default(),
        });
        for param in &local.params {
            self.binder(param);
        }
        self.body(&local.body);
        self.current = parent;
        let end = self.found.len();
        if let Some(found) = self.found.get_mut(index) {
            found.end = end;
        }
    }

    fn atom(&mut self, atom: &a::Atom) {
        let current = self.current.and_then(|current| self.found.get_mut(current));
        if let (a::Atom::Var { var, .. }, Some(found)) = (atom, current) {
            found.uses.insert(*var);
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
    fn solve(mut self, definition: GlobalId, session: &mut Session) -> Closures {
        // Inner functions come later, so one sweep from the end gives each its free variables.
        let mut functions = Vec::with_capacity(self.found.len());
        while let Some(found) = self.found.pop() {
            let index = self.found.len();
            let is_free = |var: &VarId| {
                let owner = self.bound.get(var).and_then(|bound| bound.owner);
                !owner.is_some_and(|owner| index <= owner && owner < found.end)
            };
            let vars: Vec<VarId> = found.uses.iter().copied().filter(is_free).collect();
            if let Some(parent) = found.parent.and_then(|parent| self.found.get_mut(parent)) {
                parent.uses.extend(vars.iter().copied());
            }
            let mut free: Vec<Bound> = vars
                .iter()
                .filter_map(|var| self.bound.get(var))
                .copied()
                .collect();
            free.sort_by_key(|bound| bound.place);
            functions.push((
                found,
                free.into_iter()
                    .map(|bound| bound.binder)
                    .collect::<Vec<_>>(),
            ));
        }
        functions.reverse();
        let base = format!("{}.closure", session.globals.name(definition));
        let mut number = 0;
        let functions = functions
            .into_iter()
            .enumerate()
            .map(|(place, (found, free))| {
                let code = session.numbered_global(&base, &mut number);
                // All are taken for static until a capture tells otherwise.
                Captured {
                    binder: found.binder,
                    place,
                    code,
                    is_static: true,
                    free,
                }
            })
            .collect();
        let mut closures = Closures {
            functions,
            index: self.index,
        };
        closures.find_dynamic();
        closures
    }
}

impl Closures {
    /// A function that captures a variable, or a function that is not static, is not static.
    fn find_dynamic(&mut self) {
        let mut capturing: Vec<Vec<usize>> = vec![Vec::new(); self.functions.len()];
        let mut pending = Vec::new();
        for (index, function) in self.functions.iter().enumerate() {
            for free in &function.free {
                match self
                    .index
                    .get(&free.var)
                    .and_then(|&captured| capturing.get_mut(captured))
                {
                    Some(capturing) => capturing.push(index),
                    None => pending.push(index),
                }
            }
        }
        while let Some(index) = pending.pop() {
            if let Some(function) = self
                .functions
                .get_mut(index)
                .filter(|function| function.is_static)
            {
                function.is_static = false;
                pending.extend(capturing.get(index).into_iter().flatten());
            }
        }
    }
}
