//! allocate-slots: core => framed
//!
//! Replaces variables by slots of the frame. Slots are given like the levels of a stack, so variables whose scopes do
//! not overlap share one.
//!
//! ```text
//! (program (binary (add) (let x (in a) x) (let y (in b) y)))
//! (program 1 (binary (add) (store s0 (in a) (load s0)) (store s0 (in b) (load s0))))
//! ```

use std::collections::HashMap;

use nanopass::{Meta, VarId};

use crate::core_to_framed::Rewrite;
use crate::framed::Expr;
use crate::{Number, Session, Slot, core, framed};

/// Runs the pass.
pub fn run(program: core::Program, _: &mut Session) -> framed::Program {
    AllocateSlots {
        slots: HashMap::new(),
        used: 0,
        most: 0,
    }
    .program(program)
}

struct AllocateSlots {
    slots: HashMap<VarId, Slot>,
    /// How many slots are in use here.
    used: u32,
    /// How many were ever in use.
    most: u32,
}

impl Rewrite for AllocateSlots {
    fn program(&mut self, node: core::Program) -> framed::Program {
        let body = self.expr(node.body);
        framed::Program {
            slots: Number(i64::from(self.most)),
            body,
        }
    }

    fn expr_var(&mut self, meta: Meta, var: VarId) -> Expr {
        // The check of `core` promises that the variable is bound.
        let slot = self.slots.get(&var).copied().unwrap_or(Slot(u32::MAX));
        Expr::Load { meta, slot }
    }

    fn expr_let(
        &mut self,
        meta: Meta,
        var: VarId,
        value: Box<core::Expr>,
        body: Box<core::Expr>,
    ) -> Expr {
        // The variable is not in scope in its value, whose own slots are free again after it.
        let value = Box::new(self.expr(*value));
        let slot = Slot(self.used);
        self.slots.insert(var, slot);
        self.used += 1;
        self.most = self.most.max(self.used);
        let body = Box::new(self.expr(*body));
        self.used -= 1;
        Expr::Store {
            meta,
            slot,
            value,
            body,
        }
    }
}
