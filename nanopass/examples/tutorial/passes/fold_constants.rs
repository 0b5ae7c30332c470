//! fold-constants: core => core
//!
//! Computes operations on numbers, decides tests on numbers, and replaces variables that are bound to numbers.
//!
//! ```text
//! (let x 2 (if (binary (less) x 3) (binary (add) x (in a)) 0))
//! (binary (add) 2 (in a))
//! ```
//!
//! The language stays and most of the tree stays: `VisitMut` changes it in place, without moving what is kept.

use std::collections::HashMap;

use nanopass::VarId;

use crate::core::{self, Expr, VisitMut};
use crate::{Number, Session, run};

/// Runs the pass.
pub fn run(mut program: core::Program, _: &mut Session) -> core::Program {
    FoldConstants {
        known: HashMap::new(),
    }
    .program(&mut program);
    program
}

struct FoldConstants {
    /// The variables that are bound to numbers. Variables are unique, so none ever leaves.
    known: HashMap<VarId, Number>,
}

impl VisitMut for FoldConstants {
    fn expr(&mut self, node: &mut Expr) {
        if let Expr::Let {
            var, value, body, ..
        } = node
        {
            self.expr(value);
            if let Expr::Number { value, .. } = **value {
                self.known.insert(*var, value);
            }
            self.expr(body);
        } else {
            core::walk_mut_expr(self, node);
        }
        let meta = node.meta();
        let folded = match node {
            Expr::Var { var, .. } => self
                .known
                .get(var)
                .map(|&value| Expr::Number { meta, value }),
            Expr::Let { var, body, .. } if self.known.contains_key(var) => Some(take(body)),
            Expr::Binary {
                op, left, right, ..
            } => match (&**left, &**right) {
                (Expr::Number { value: left, .. }, Expr::Number { value: right, .. }) => {
                    Some(Expr::Number {
                        meta,
                        value: Number(run::apply(op, left.0, right.0)),
                    })
                }
                _ => None,
            },
            Expr::If {
                test,
                then,
                otherwise,
                ..
            } => match &**test {
                Expr::Number {
                    value: Number(0), ..
                } => Some(take(otherwise)),
                Expr::Number { .. } => Some(take(then)),
                _ => None,
            },
            _ => None,
        };
        if let Some(folded) = folded {
            *node = folded;
        }
    }
}

/// Takes a subtree out of a node that is about to be replaced.
fn take(node: &mut Expr) -> Expr {
    let meta = node.meta();
    std::mem::replace(
        node,
        Expr::Number {
            meta,
            value: Number(0),
        },
    )
}
