//! Which functions may reach a collection, over the whole program.

use ir_defs::memory::{self, Visit, walk_rhs};
use ir_defs::rooted::Rhs;
use ir_defs::tables::GlobalId;
use rustc_hash::{FxHashMap, FxHashSet};

/// The functions that may reach a collection.
pub(super) struct Collects {
    functions: FxHashSet<GlobalId>,
}

/// What a body does itself, and whom it calls.
#[derive(Default)]
struct Calls {
    collects: bool,
    callees: Vec<GlobalId>,
}

impl Visit for Calls {
    fn rhs(&mut self, node: &memory::Rhs) {
        match node {
            memory::Rhs::Allocate { .. }
            | memory::Rhs::CallIndirect { .. }
            | memory::Rhs::TailCallIndirect { .. } => self.collects = true,
            memory::Rhs::Prim { prim, .. } => self.collects |= prim.collects(),
            memory::Rhs::Call { function, .. } | memory::Rhs::TailCall { function, .. } => {
                self.callees.push(*function);
            }
            _ => {}
        }
        walk_rhs(self, node);
    }
}

impl Collects {
    /// Of a program. A call of a closure counts as one that collects, because its code is not known.
    pub fn of(program: &memory::Program) -> Collects {
        let mut functions = FxHashSet::default();
        let mut callers: FxHashMap<GlobalId, Vec<GlobalId>> = FxHashMap::default();
        let mut open = Vec::new();
        for function in &program.functions {
            let mut calls = Calls::default();
            calls.body(&function.body);
            if calls.collects && functions.insert(function.global) {
                open.push(function.global);
            }
            for callee in calls.callees {
                callers.entry(callee).or_default().push(function.global);
            }
        }
        while let Some(callee) = open.pop() {
            for &caller in callers.get(&callee).into_iter().flatten() {
                if functions.insert(caller) {
                    open.push(caller);
                }
            }
        }
        Collects { functions }
    }

    /// Whether a right-hand side without bodies is a collection point.
    pub fn rhs(&self, rhs: &Rhs) -> bool {
        match rhs {
            Rhs::CallIndirect { .. } => true,
            Rhs::Call { function, .. } => self.functions.contains(function),
            Rhs::Prim { prim, .. } => prim.collects(),
            _ => false,
        }
    }
}
