//! A program cannot hold a form that its language lacks.

#[path = "../fixture/support.rs"]
mod support;

use nanopass::Meta;
pub use support::*;

fn main() {
    let _ = lean::Expr::Hole { meta: Meta::NONE };
    let _ = lean::Expr::If { meta: Meta::NONE, branches: Vec::new(), otherwise: None };
}
