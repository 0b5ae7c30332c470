//! The rest of a body becomes a join point, if a choice or a loop gives it an aggregate.
//!
//! ```text
//! (let p (switch c [(True (tuple a b)) (False (tuple b a))]))     (join j [p] (… (item p 0) …))
//! … (item p 0) …                                                  (switch c [(True (let t (tuple a b)) (jump j t))
//!                                                                            (False (let u (tuple b a)) (jump j u))])
//! ```

use ir_defs::Session;
use ir_defs::loops::{Atom, Body, Branch, Program, Rhs, Stmt, VisitMut, walk_mut_body};
use ir_defs::terminals::{Binder, LabelId};
use nanopass::Meta;

use super::{components, ends};

/// The rest of a body becomes a join point at most so many times, one in the other.
const MAX_DEPTH: usize = 20;

pub fn run(program: &mut Program, session: &mut Session) {
    Deliver { session }.program(program);
}

struct Deliver<'s> {
    session: &'s mut Session,
}

impl VisitMut for Deliver<'_> {
    fn body(&mut self, body: &mut Body) {
        walk_mut_body(self, body);
        self.rest(body, 0);
    }
}

impl Deliver<'_> {
    fn rest(&mut self, body: &mut Body, depth: usize) {
        if depth == MAX_DEPTH {
            return;
        }
        let found = body
            .statements
            .iter()
            .position(|statement| match statement {
                Stmt::Let { binder, value, .. } => {
                    components(binder.ty, self.session).is_some() && is_choice(value)
                }
                Stmt::LetResults { .. } | Stmt::Functions { .. } | Stmt::Join { .. } => false,
            });
        let Some(place) = found else { return };
        let meta = body.meta;
        let rest = body.statements.split_off(place + 1);
        let Some(Stmt::Let { binder, value, .. }) = body.statements.pop() else {
            return;
        };
        let label = self.session.fresh_label("join");
        let mut end =
            |value: Rhs, statements: &mut Vec<Stmt>| self.jump(label, meta, value, statements);
        let result = ends::rhs(value, meta.ty, &mut end, &mut body.statements);
        let result = std::mem::replace(&mut *body.result, result);
        let mut target = Body {
            meta,
            statements: rest,
            result: Box::new(result),
        };
        self.rest(&mut target, depth + 1);
        body.statements.push(Stmt::Join {
            meta,
            label,
            params: vec![binder],
            target,
        });
    }

    /// Goes to the join point with a result.
    fn jump(&mut self, label: LabelId, meta: Meta, value: Rhs, statements: &mut Vec<Stmt>) -> Rhs {
        let given = value.meta();
        let atom = match value {
            Rhs::Atom { atom, .. } => atom,
            value => {
                let var = self.session.core.fresh_named("t", given.span);
                statements.push(Stmt::Let {
                    meta: given,
                    binder: Binder::new(var, given.ty),
                    value,
                });
                Atom::Var { meta: given, var }
            }
        };
        Rhs::Jump {
            meta: given.with_ty(meta.ty),
            label,
            args: vec![atom],
            type_: meta.ty,
        }
    }
}

/// Whether it is a choice or a loop of which some result is built at its end.
fn is_choice(rhs: &Rhs) -> bool {
    match rhs {
        Rhs::Switch {
            branches,
            otherwise,
            ..
        } => {
            branches.iter().any(|branch| {
                let (Branch::OnCon { body, .. } | Branch::OnLit { body, .. }) = branch;
                builds(body)
            }) || otherwise.as_ref().is_some_and(|body| builds(body))
        }
        Rhs::Block { body, .. } | Rhs::Loop { body, .. } => builds(body),
        _ => false,
    }
}

fn builds(body: &Body) -> bool {
    let in_target = |statement: &Stmt| match statement {
        Stmt::Join { target, .. } => builds(target),
        Stmt::Let { .. } | Stmt::LetResults { .. } | Stmt::Functions { .. } => false,
    };
    match &*body.result {
        Rhs::Tuple { .. } | Rhs::Record { .. } => true,
        // A variable may be a parameter of the loop, which is built where it is jumped to.
        Rhs::Atom { .. } => true,
        result => is_choice(result) || body.statements.iter().any(in_target),
    }
}
