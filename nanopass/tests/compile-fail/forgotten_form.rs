//! A rewrite must say what becomes of each form that the target lacks or that has changed its shape.

#[path = "../fixture/support.rs"]
mod support;

use nanopass::{Meta, Symbol, VarId};
pub use support::*;

struct Flatten;

impl lean_to_flat::Rewrite for Flatten {
    fn def(&mut self, node: lean::Def) -> flat::Def {
        flat::Def { var: node.var, body: self.expr(node.body), size: Int(0) }
    }

    fn expr_app(&mut self, meta: Meta, _: Box<lean::Expr>, _: Vec<lean::Expr>) -> flat::Expr {
        flat::Expr::Hole { meta }
    }

    fn expr_pair(&mut self, meta: Meta, _: (Box<lean::Expr>, Box<lean::Expr>)) -> flat::Expr {
        flat::Expr::Hole { meta }
    }

    fn expr_maybe(&mut self, meta: Meta, _: Option<(VarId, Box<lean::Expr>)>) -> flat::Expr {
        flat::Expr::Hole { meta }
    }

    fn expr_lists(&mut self, meta: Meta, _: Vec<Vec<lean::Expr>>, _: Vec<(Symbol, Vec<lean::Expr>)>) -> flat::Expr {
        flat::Expr::Hole { meta }
    }

    fn expr_seq(&mut self, meta: Meta, _: Vec<lean::Expr>) -> flat::Expr {
        flat::Expr::Hole { meta }
    }
}

fn main() {}
