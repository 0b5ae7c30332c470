//! `place-roots`: `memory` → `rooted`
//!
//! Pointers that live across a point where objects may move are put where the collector finds them.
//!
//! ```text
//! before:  (let (l value) (call @main.build _ value m)) (let (r value) (call @main.build _ value m))
//!          (let (object value) (allocate 16 …)) (store value object 4 l) (store value object 8 r) object
//! after:   (let (l value) (call @main.build _ value m))
//!          (frame 1 (body [(save 0 l) (let (r value) (call @main.build _ value m)) (reload l 0)
//!                          (reserve 16 [l r]) (let (object value) (allocate 16 …)) …] object))
//! ```
//!
//! Design: an analysis of the whole program says which functions may reach a collection at all; a function has a frame
//! only if a pointer lives across a call of such a one. What is decided, and how, stands in [`decide`]; each of its
//! problems is solved over a graph of the control flow, to a fixpoint, so that loops and join points need no care of
//! their own.
//!
//! Variables are saved before their first collection point, once, and reloaded behind a point only if they are
//! used before the next one. A `Reserve` needs no frame: it has its own in its slow path, for what is needed behind it.
//! A variable keeps its name when it is reloaded: it is a local that is set again, so what follows need not be renamed.
//! Where nothing ever collects (`--gc bump`) there are no roots.

mod clears;
mod collects;
mod decide;
mod edit;
mod flow;
mod frames;
mod graph;
mod points;
mod set;
mod slots;

use ir_defs::Session;
use ir_defs::memory;
use ir_defs::memory_to_rooted::Rewrite;
use ir_defs::reps::Local;
use ir_defs::rooted::{Body, Program, Stmt};
use ir_defs::terminals::IntLit;
use nanopass::{Meta, VarId};

use clears::Clears;
use collects::Collects;
use decide::{Decisions, decide};
use edit::{Edit, Editor};
use graph::{Graph, Kind, NodeId};
use points::Points;

/// Runs the pass.
pub fn run(program: memory::Program, session: &mut Session) -> Program {
    let collects = Collects::of(&program);
    let traces = session.options.collector.traces();
    let mut program = Points::new(session, &collects).program(program);
    if traces {
        for function in &mut program.functions {
            roots(&function.params, &mut function.body, &collects);
        }
        for value in &mut program.values {
            roots(&[], &mut value.body, &collects);
        }
    }
    program
}

fn roots(params: &[Local], body: &mut Body, collects: &Collects) {
    let graph = Graph::of(params, body, collects);
    if !graph.has(|kind| matches!(kind, Kind::Collect | Kind::Reserve)) {
        return;
    }
    let decisions = decide(&graph);
    let has_frames = !decisions.slots.is_empty();
    Editor::run(decisions, body);
    if has_frames {
        frames::place(body);
        let clears = Clears::of(&Graph::of(params, body, collects));
        Editor::run(clears, body);
    }
}

impl Edit for Decisions {
    fn before(&mut self, node: NodeId) -> Vec<Stmt> {
        let vars = self.saves.remove(&node).unwrap_or_default();
        let save = |(slot, value)| Stmt::Save {
            meta: Meta::NONE,
            slot,
            value,
        };
        vars.into_iter()
            .filter_map(|var| self.slot(var))
            .map(save)
            .collect()
    }

    fn behind(&mut self, node: NodeId) -> Vec<Stmt> {
        let vars = self.reloads.remove(&node).unwrap_or_default();
        let reload = |(slot, value)| Stmt::Reload {
            meta: Meta::NONE,
            value,
            slot,
        };
        vars.into_iter()
            .filter_map(|var| self.slot(var))
            .map(reload)
            .collect()
    }

    fn reserve(&mut self, node: NodeId, statement: &mut Stmt) {
        if let Stmt::Reserve { kept, .. } = statement {
            *kept = self.kept.remove(&node).unwrap_or_default();
        }
    }
}

impl Decisions {
    /// The slot of a variable. Code that is never reached may ask for one that has none.
    fn slot(&self, var: VarId) -> Option<(IntLit, VarId)> {
        let slot = self.slots.get(&var)?;
        Some((IntLit(*slot), var))
    }
}
