//! Frames: around as little as possible, so that ways without collections pay nothing.
//!
//! A frame is put in tail position only, around the end of a body from the first statement that needs it. Where all
//! that needs one is in branches at the end, each of them gets its own.

use ir_defs::rooted::{Body, Rhs, Stmt, Visit, VisitMut, walk_mut_stmt, walk_stmt};
use ir_defs::terminals::IntLit;
use rustc_hash::FxHashMap;

/// Whether something needs a frame.
#[derive(Default)]
struct Needs(bool);

impl Visit for Needs {
    fn stmt(&mut self, node: &Stmt) {
        self.0 |= matches!(node, Stmt::Save { .. } | Stmt::Reload { .. });
        if !self.0 {
            walk_stmt(self, node);
        }
    }
}

fn stmt_needs(stmt: &Stmt) -> bool {
    let mut needs = Needs::default();
    needs.stmt(stmt);
    needs.0
}

fn rhs_needs(rhs: &Rhs) -> bool {
    let mut needs = Needs::default();
    needs.rhs(rhs);
    needs.0
}

/// Puts frames into a body in tail position.
pub(super) fn place(body: &mut Body) {
    let needing: Vec<usize> = (0..body.statements.len())
        .filter(|&index| body.statements.get(index).is_some_and(stmt_needs))
        .collect();
    match (needing.as_slice(), rhs_needs(&body.result)) {
        ([], false) => {}
        ([], true) => match &mut *body.result {
            Rhs::Switch {
                branches,
                otherwise,
                ..
            } => {
                let bodies = branches.iter_mut().map(|branch| &mut branch.body);
                bodies.chain(otherwise.as_deref_mut()).for_each(place);
            }
            Rhs::If { then, else_, .. } => {
                place(then);
                place(else_);
            }
            _ => frame(body, body.statements.len()),
        },
        (&[only], false) => match body.statements.get_mut(only) {
            Some(Stmt::Join { target, .. }) => place(target),
            _ => frame(body, only),
        },
        (&[first, ..], _) => frame(body, first),
    }
}

/// Puts a frame around the end of a body, from a statement on.
fn frame(body: &mut Body, first: usize) {
    let meta = body.meta;
    let nothing = Rhs::Atom {
        meta,
        atom: ir_defs::rooted::Atom::Nothing { meta },
    };
    let mut framed = Body {
        meta,
        statements: body.statements.split_off(first.min(body.statements.len())),
        result: Box::new(std::mem::replace(&mut *body.result, nothing)),
    };
    let mut slots = Slots::default();
    slots.body(&mut framed);
    *body.result = Rhs::Frame {
        meta: framed.result.meta(),
        slots: IntLit(slots.0.len() as u32),
        body: Box::new(framed),
    };
}

/// Numbers the slots of one frame anew, without gaps.
#[derive(Default)]
struct Slots(FxHashMap<u32, u32>);

impl VisitMut for Slots {
    fn stmt(&mut self, node: &mut Stmt) {
        if let Stmt::Save { slot, .. } | Stmt::Reload { slot, .. } = node {
            let next = self.0.len() as u32;
            slot.0 = *self.0.entry(slot.0).or_insert(next);
        }
        walk_mut_stmt(self, node);
    }
}
