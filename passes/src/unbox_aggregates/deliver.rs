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

use super::components;

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
                Stmt::Functions { .. } | Stmt::Join { .. } => false,
            });
        let Some(place) = found else { return };
        let meta = body.meta;
        let rest = body.statements.split_off(place + 1);
        let Some(Stmt::Let { binder, value, .. }) = body.statements.pop() else {
            return;
        };
        let to = Target {
            label: self.session.fresh_label("join"),
            meta,
        };
        let result = self.rhs_to(&to, value);
        let result = std::mem::replace(&mut *body.result, result);
        let mut target = Body {
            meta,
            statements: rest,
            result: Box::new(result),
        };
        self.rest(&mut target, depth + 1);
        body.statements.push(Stmt::Join {
            meta,
            label: to.label,
            params: vec![binder],
            target,
        });
    }

    /// A choice whose results jump.
    fn rhs_to(&mut self, to: &Target, rhs: Rhs) -> Rhs {
        let ty = to.meta.ty;
        match rhs {
            Rhs::Switch {
                meta,
                subject,
                branches,
                otherwise,
            } => Rhs::Switch {
                meta: meta.with_ty(ty),
                subject,
                branches: branches
                    .into_iter()
                    .map(|branch| match branch {
                        Branch::OnCon {
                            meta,
                            con,
                            fields,
                            body,
                        } => Branch::OnCon {
                            meta: meta.with_ty(ty),
                            con,
                            fields,
                            body: self.body_to(to, body),
                        },
                        Branch::OnLit { meta, lit, body } => Branch::OnLit {
                            meta: meta.with_ty(ty),
                            lit,
                            body: self.body_to(to, body),
                        },
                    })
                    .collect(),
                otherwise: otherwise.map(|body| Box::new(self.body_to(to, *body))),
            },
            Rhs::Block { meta, body } => Rhs::Block {
                meta: meta.with_ty(ty),
                body: Box::new(self.body_to(to, *body)),
            },
            Rhs::Loop {
                meta,
                label,
                params,
                initial,
                body,
            } => Rhs::Loop {
                meta: meta.with_ty(ty),
                label,
                params,
                initial,
                body: Box::new(self.body_to(to, *body)),
            },
            Rhs::Jump {
                meta, label, args, ..
            } => Rhs::Jump {
                meta: meta.with_ty(ty),
                label,
                args,
                type_: ty,
            },
            Rhs::Fail { meta, payload, .. } => Rhs::Fail {
                meta: meta.with_ty(ty),
                payload,
                type_: ty,
            },
            other => other,
        }
    }

    fn body_to(&mut self, to: &Target, body: Body) -> Body {
        let Body {
            meta,
            statements,
            result,
        } = body;
        let mut statements: Vec<Stmt> = statements
            .into_iter()
            .map(|statement| match statement {
                Stmt::Join {
                    meta,
                    label,
                    params,
                    target,
                } => Stmt::Join {
                    meta: meta.with_ty(to.meta.ty),
                    label,
                    params,
                    target: self.body_to(to, target),
                },
                other => other,
            })
            .collect();
        let result = match self.rhs_to(to, *result) {
            done @ (Rhs::Switch { .. }
            | Rhs::Block { .. }
            | Rhs::Loop { .. }
            | Rhs::Jump { .. }
            | Rhs::Fail { .. }) => done,
            value => {
                let meta = value.meta();
                let atom = match value {
                    Rhs::Atom { atom, .. } => atom,
                    value => {
                        let var = self.session.core.fresh_named("t", meta.span);
                        let binder = Binder::new(var, meta.ty);
                        statements.push(Stmt::Let {
                            meta,
                            binder,
                            value,
                        });
                        Atom::Var { meta, var }
                    }
                };
                Rhs::Jump {
                    meta: meta.with_ty(to.meta.ty),
                    label: to.label,
                    args: vec![atom],
                    type_: to.meta.ty,
                }
            }
        };
        Body {
            meta: meta.with_ty(to.meta.ty),
            statements,
            result: Box::new(result),
        }
    }
}

/// The join point, and what the body around gives.
struct Target {
    label: LabelId,
    meta: Meta,
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
        Stmt::Let { .. } | Stmt::Functions { .. } => false,
    };
    match &*body.result {
        Rhs::Tuple { .. } | Rhs::Record { .. } => true,
        // A variable may be a parameter of the loop, which is built where it is jumped to.
        Rhs::Atom { .. } => true,
        result => is_choice(result) || body.statements.iter().any(in_target),
    }
}
