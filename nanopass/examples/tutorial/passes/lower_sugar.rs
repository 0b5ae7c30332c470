//! lower-sugar: surface => core
//!
//! A `let` of several bindings becomes several `let`s, an operation on any number of operands becomes binary
//! operations, grouped from the left, and `when` becomes `if`.
//!
//! ```text
//! (when (less 1 2) (sum a b c))
//! (if (binary (less) 1 2) (binary (add) (binary (add) a b) c) 0)
//! ```
//!
//! The trait asks for the forms that `core` lacks or has reshaped; leaving one out does not compile.

use nanopass::{Meta, VarId};

use crate::core::{Expr, Op};
use crate::surface_to_core::Rewrite;
use crate::{Number, Session, core, surface};

/// Runs the pass.
pub fn run(program: surface::Program, _: &mut Session) -> core::Program {
    LowerSugar.program(program)
}

struct LowerSugar;

impl LowerSugar {
    /// `empty`, or the operands from the left.
    fn fold(&mut self, meta: Meta, op: Op, operands: Vec<surface::Expr>, empty: i64) -> Expr {
        let operands = operands.into_iter().map(|operand| self.expr(operand));
        let all = operands.reduce(|left, right| binary(meta, op.clone(), left, right));
        all.unwrap_or(Expr::Number {
            meta,
            value: Number(empty),
        })
    }
}

fn binary(meta: Meta, op: Op, left: Expr, right: Expr) -> Expr {
    Expr::Binary {
        meta,
        op,
        left: Box::new(left),
        right: Box::new(right),
    }
}

impl Rewrite for LowerSugar {
    fn expr_let(
        &mut self,
        meta: Meta,
        binds: Vec<(VarId, surface::Expr)>,
        body: Box<surface::Expr>,
    ) -> Expr {
        let body = self.expr(*body);
        binds.into_iter().rev().fold(body, |body, (var, value)| {
            let value = Box::new(self.expr(value));
            Expr::Let {
                meta,
                var,
                value,
                body: Box::new(body),
            }
        })
    }

    fn expr_sum(&mut self, meta: Meta, operands: Vec<surface::Expr>) -> Expr {
        self.fold(meta, Op::Add, operands, 0)
    }

    fn expr_product(&mut self, meta: Meta, operands: Vec<surface::Expr>) -> Expr {
        self.fold(meta, Op::Multiply, operands, 1)
    }

    fn expr_less(
        &mut self,
        meta: Meta,
        left: Box<surface::Expr>,
        right: Box<surface::Expr>,
    ) -> Expr {
        let left = self.expr(*left);
        binary(meta, Op::Less, left, self.expr(*right))
    }

    fn expr_when(
        &mut self,
        meta: Meta,
        test: Box<surface::Expr>,
        then: Box<surface::Expr>,
    ) -> Expr {
        let test = Box::new(self.expr(*test));
        let then = Box::new(self.expr(*then));
        Expr::If {
            meta,
            test,
            then,
            otherwise: Box::new(Expr::Number {
                meta,
                value: Number(0),
            }),
        }
    }
}
