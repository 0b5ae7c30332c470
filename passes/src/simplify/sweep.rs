//! What nothing uses leaves the code.
//!
//! A walk drops what is not used where it goes. But a function may turn out to be total when the code that calls it has
//! been walked for the last time: then no [`Uses`] count what stands in a binding of that code that nobody asks for, and
//! the definitions that only such bindings mention are dropped. So the bindings go, too.

use ir_defs::direct::{Expr, Program, VisitMut, walk_mut_expr};

use super::facts::Facts;
use super::uses::Uses;

/// Drops the bindings and the join points that are not used, by what is known of the program as it is.
pub(super) fn sweep(program: &mut Program, uses: &Uses, facts: &Facts) {
    let mut sweep = Sweep { uses, facts };
    for define in &mut program.defines {
        sweep.expr(&mut define.value);
    }
}

struct Sweep<'u> {
    uses: &'u Uses,
    facts: &'u Facts,
}

impl VisitMut for Sweep<'_> {
    fn expr(&mut self, expr: &mut Expr) {
        loop {
            match expr {
                Expr::Let { binds, .. } => binds.retain(|bind| {
                    let is_used = self.uses.var(bind.binder.var).count > 0;
                    is_used || !(bind.recursive.0 || self.facts.is_total(&bind.value))
                }),
                Expr::Join { .. } => {}
                _ => break,
            }
            match expr {
                Expr::Let { binds, body, .. } if binds.is_empty() => *expr = taken(body),
                Expr::Join { label, body, .. } if self.uses.var(label.0).count == 0 => {
                    *expr = taken(body);
                }
                _ => break,
            }
        }
        walk_mut_expr(self, expr);
    }
}

/// An expression whose place is given up.
fn taken(expr: &mut Expr) -> Expr {
    let meta = expr.meta();
    let items = Vec::new();
    std::mem::replace(expr, Expr::Tuple { meta, items })
}
