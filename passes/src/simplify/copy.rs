//! Copies of code: binders and labels are new, because each is bound once in the whole program.

use ir_defs::Session;
use ir_defs::direct::{Expr, Visit, VisitMut, walk_expr, walk_mut_expr};
use ir_defs::terminals::{Binder, LabelId};
use nanopass::VarId;
use rustc_hash::FxHashMap;

use super::uses::Uses;

/// A copy of an expression. What it uses from outside counts as used once more, each time that it uses it.
pub fn copy(expr: &Expr, session: &mut Session, uses: &mut Uses) -> Expr {
    let mut copy = expr.clone();
    let mut binders = Binders {
        session,
        uses,
        renamed: FxHashMap::default(),
    };
    binders.expr(expr);
    let Binders { uses, renamed, .. } = binders;
    Rename { uses, renamed }.expr(&mut copy);
    copy
}

/// Gives each binder and label a new variable.
struct Binders<'s> {
    session: &'s mut Session,
    uses: &'s mut Uses,
    renamed: FxHashMap<VarId, VarId>,
}

impl Binders<'_> {
    fn bind(&mut self, var: VarId) {
        let copy = self.session.core.fresh_var_like(var);
        self.uses.copy(var, copy);
        self.renamed.insert(var, copy);
    }
}

impl Visit for Binders<'_> {
    fn expr(&mut self, expr: &Expr) {
        if let Expr::Join { label, .. } = expr {
            self.bind(label.0);
        }
        walk_expr(self, expr);
    }

    fn binder(&mut self, binder: &Binder) {
        self.bind(binder.var);
    }
}

struct Rename<'s> {
    uses: &'s mut Uses,
    renamed: FxHashMap<VarId, VarId>,
}

impl VisitMut for Rename<'_> {
    fn expr(&mut self, expr: &mut Expr) {
        walk_mut_expr(self, expr);
    }

    fn binder(&mut self, binder: &mut Binder) {
        binder.var = self.renamed.get(&binder.var).copied().unwrap_or(binder.var);
    }

    fn label_id(&mut self, label: &mut LabelId) {
        match self.renamed.get(&label.0) {
            Some(&renamed) => label.0 = renamed,
            None => self.uses.add(label.0),
        }
    }

    fn var_id(&mut self, var: &mut VarId) {
        match self.renamed.get(var) {
            Some(&renamed) => *var = renamed,
            None => self.uses.add(*var),
        }
    }
}
