//! Which functions may reach a collection.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::rooted::{Body, Program, Rhs, Stmt, Visit, walk_rhs, walk_stmt};
use crate::tables::GlobalId;

pub(super) struct Collects {
    functions: FxHashSet<GlobalId>,
}

#[derive(Default)]
struct Calls {
    collects: bool,
    allocates: bool,
    callees: Vec<GlobalId>,
}

impl Visit for Calls {
    fn stmt(&mut self, node: &Stmt) {
        self.collects |= matches!(node, Stmt::Reserve { .. });
        walk_stmt(self, node);
    }

    fn rhs(&mut self, node: &Rhs) {
        match node {
            Rhs::CallIndirect { .. } | Rhs::TailCallIndirect { .. } => self.collects = true,
            Rhs::Allocate { .. } | Rhs::Frame { .. } => self.allocates = true,
            Rhs::Prim { prim, .. } => self.collects |= prim.collects(),
            Rhs::Call { function, .. } | Rhs::TailCall { function, .. } => {
                self.callees.push(*function);
            }
            _ => {}
        }
        walk_rhs(self, node);
    }
}

/// Whether a body calls nothing, makes nothing, and has no frame.
pub(super) fn is_plain(body: &Body) -> bool {
    let mut calls = Calls::default();
    calls.body(body);
    !calls.collects && !calls.allocates && calls.callees.is_empty()
}

impl Collects {
    pub fn of(program: &Program) -> Collects {
        let mut functions = FxHashSet::default();
        let mut callers: FxHashMap<GlobalId, Vec<GlobalId>> = FxHashMap::default();
        let mut open = Vec::new();
        for function in &program.functions {
            let mut calls = Calls::default();
            calls.body(&function.body);
            if calls.collects {
                open.push(function.global);
            }
            for callee in calls.callees {
                callers.entry(callee).or_default().push(function.global);
            }
        }
        while let Some(function) = open.pop() {
            if functions.insert(function) {
                open.extend(callers.get(&function).into_iter().flatten());
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
