//! Functions that are one loop come to their callers.

use ir_defs::Session;
use ir_defs::loops::{
    Atom, Body, Function, Local, Program, Rhs, Stmt, Visit, VisitMut, walk_mut_rhs, walk_rhs,
};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::Binder;
use nanopass::VarId;
use rustc_hash::{FxHashMap, FxHashSet};

use super::components;
use crate::introduce_loops::copy::copy;

/// Of so many right-hand sides is a function at most that comes to its callers.
const MAX_SIZE: usize = 120;
/// From so many places is it called at most.
const MAX_CALLS: usize = 4;

pub fn run(program: &mut Program, session: &mut Session) {
    let mut uses = Uses::default();
    uses.program(program);
    let chosen: FxHashMap<GlobalId, Function> = program
        .functions
        .iter()
        .filter(|function| Some(function.global) != program.main)
        .filter(|function| uses.may_come(function) && is_worth_it(function, session))
        .map(|function| (function.global, function.clone()))
        .collect();
    if chosen.is_empty() {
        return;
    }
    program
        .functions
        .retain(|function| !chosen.contains_key(&function.global));
    let mut inline = Inline {
        session,
        chosen: &chosen,
    };
    inline.program(program);
}

/// How often each function is called, and whether it is a value.
#[derive(Default)]
struct Uses {
    calls: FxHashMap<GlobalId, usize>,
    values: FxHashSet<GlobalId>,
}

impl Uses {
    fn may_come(&self, function: &Function) -> bool {
        let calls = self.calls.get(&function.global).copied().unwrap_or(0);
        (1..=MAX_CALLS).contains(&calls) && !self.values.contains(&function.global)
    }
}

impl Visit for Uses {
    fn rhs(&mut self, rhs: &Rhs) {
        if let Rhs::Call { function, .. } | Rhs::TailCall { function, .. } = rhs {
            *self.calls.entry(*function).or_default() += 1;
        }
        walk_rhs(self, rhs);
    }

    fn atom(&mut self, atom: &Atom) {
        if let Atom::Global { global, .. } = atom {
            self.values.insert(*global);
        }
    }
}

/// Whether a function is a small loop that calls no other one by name, so that none of them needs another, and takes or
/// gives an aggregate.
fn is_worth_it(function: &Function, session: &Session) -> bool {
    #[derive(Default)]
    struct Look {
        size: usize,
        calls_known: bool,
    }
    impl Visit for Look {
        fn rhs(&mut self, rhs: &Rhs) {
            self.size += 1;
            self.calls_known |= matches!(rhs, Rhs::Call { .. } | Rhs::TailCall { .. });
            if self.size <= MAX_SIZE {
                walk_rhs(self, rhs);
            }
        }

        fn local(&mut self, _local: &Local) {
            self.size += MAX_SIZE;
        }
    }
    let is_loop = matches!(&*function.body.result, Rhs::Loop { .. });
    let has_aggregate = components(function.result, session).is_some()
        || function
            .params
            .iter()
            .any(|param| components(param.ty, session).is_some());
    if !is_loop || !has_aggregate || function.fails.is_some() {
        return false;
    }
    let mut look = Look::default();
    look.body(&function.body);
    look.size <= MAX_SIZE && !look.calls_known
}

struct Inline<'p, 's> {
    session: &'s mut Session,
    chosen: &'p FxHashMap<GlobalId, Function>,
}

impl VisitMut for Inline<'_, '_> {
    fn rhs(&mut self, rhs: &mut Rhs) {
        let (function, args, meta, is_tail) = match rhs {
            Rhs::Call {
                function,
                args,
                meta,
                ..
            } => (*function, args, *meta, false),
            Rhs::TailCall {
                function,
                args,
                meta,
                ..
            } => (*function, args, *meta, true),
            other => return walk_mut_rhs(self, other),
        };
        let Some(function) = self.chosen.get(&function) else {
            return;
        };
        let (params, mut body) = copy(&function.params, &function.body, self.session);
        let mut replace = Replace {
            atoms: params
                .into_iter()
                .map(|Binder { var, .. }| var)
                .zip(std::mem::take(args))
                .collect(),
            is_tail,
        };
        replace.body(&mut body);
        *rhs = Rhs::Block {
            meta,
            body: Box::new(body),
        };
    }
}

/// Puts arguments for parameters, and calls for tail calls where the call was none.
struct Replace {
    atoms: FxHashMap<VarId, Atom>,
    is_tail: bool,
}

impl VisitMut for Replace {
    fn atom(&mut self, atom: &mut Atom) {
        if let Atom::Var { var, .. } = atom
            && let Some(found) = self.atoms.get(var)
        {
            *atom = found.clone();
        }
    }

    fn rhs(&mut self, rhs: &mut Rhs) {
        walk_mut_rhs(self, rhs);
        if self.is_tail {
            return;
        }
        if let Rhs::TailApply {
            meta,
            fun,
            performs,
            args,
        } = rhs
        {
            *rhs = Rhs::Apply {
                meta: *meta,
                fun: fun.clone(),
                performs: *performs,
                args: std::mem::take(args),
            };
        }
    }
}

/// A block at the end of a body goes on with it.
pub(super) fn flatten(body: &mut Body) {
    while let Rhs::Block { body: inner, .. } = &mut *body.result {
        let mut statements: Vec<Stmt> = std::mem::take(&mut inner.statements);
        body.statements.append(&mut statements);
        let result = std::mem::replace(
            &mut *inner.result,
            Rhs::Tuple {
                meta: inner.meta,
                items: Vec::new(),
            },
        );
        *body.result = result;
    }
}
