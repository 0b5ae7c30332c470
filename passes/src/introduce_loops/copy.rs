//! A copy of a body with new binders and labels, because each is bound once in the whole program.

use ir_defs::Session;
use ir_defs::loops::{Body, Stmt, Visit, VisitMut, walk_stmt};
use ir_defs::loops::{Rhs, walk_rhs};
use ir_defs::terminals::{Binder, LabelId};
use nanopass::VarId;
use rustc_hash::FxHashMap;

/// A copy of a function's parameters and body.
pub(crate) fn copy(params: &[Binder], body: &Body, session: &mut Session) -> (Vec<Binder>, Body) {
    let mut binders = Binders {
        session,
        renamed: FxHashMap::default(),
    };
    params.iter().for_each(|param| binders.binder(param));
    binders.body(body);
    let mut rename = Rename {
        renamed: binders.renamed,
    };
    let mut params = params.to_vec();
    params.iter_mut().for_each(|param| rename.binder(param));
    let mut body = body.clone();
    rename.body(&mut body);
    (params, body)
}

struct Binders<'s> {
    session: &'s mut Session,
    renamed: FxHashMap<VarId, VarId>,
}

impl Binders<'_> {
    fn bind(&mut self, var: VarId) {
        let copy = self.session.core.fresh_var_like(var);
        self.renamed.insert(var, copy);
    }
}

impl Visit for Binders<'_> {
    fn stmt(&mut self, statement: &Stmt) {
        if let Stmt::Join { label, .. } = statement {
            self.bind(label.0);
        }
        walk_stmt(self, statement);
    }

    fn rhs(&mut self, rhs: &Rhs) {
        if let Rhs::Loop { label, .. } = rhs {
            self.bind(label.0);
        }
        walk_rhs(self, rhs);
    }

    fn binder(&mut self, binder: &Binder) {
        self.bind(binder.var);
    }
}

struct Rename {
    renamed: FxHashMap<VarId, VarId>,
}

impl VisitMut for Rename {
    fn binder(&mut self, binder: &mut Binder) {
        self.var_id(&mut binder.var);
    }

    fn label_id(&mut self, label: &mut LabelId) {
        self.var_id(&mut label.0);
    }

    fn var_id(&mut self, var: &mut VarId) {
        if let Some(&renamed) = self.renamed.get(var) {
            *var = renamed;
        }
    }
}
