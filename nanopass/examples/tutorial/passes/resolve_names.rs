//! resolve-names: surface => surface
//!
//! Gives each binding a variable of its own, so that no later pass needs to think of shadowing, and reports names that
//! are not bound.
//!
//! ```text
//! (let [(x 1) (x (sum x 1))] x)
//! (let [(x 1) (x.1 (sum x 1))] x.1)
//! ```
//!
//! The edge from a language to itself has a default for every form, so the pass says only what it does with variables
//! and their scopes.

use std::collections::HashMap;

use nanopass::{Diagnostic, Meta, VarId};

use crate::surface::{self, Expr};
use crate::surface_to_surface::Rewrite;
use crate::{Number, Session};

/// Runs the pass.
pub fn run(program: surface::Program, session: &mut Session) -> surface::Program {
    ResolveNames {
        session,
        scope: HashMap::new(),
    }
    .program(program)
}

struct ResolveNames<'a> {
    session: &'a mut Session,
    /// What the variable of each name that is bound here stands for.
    scope: HashMap<VarId, VarId>,
}

impl Rewrite for ResolveNames<'_> {
    fn expr_var(&mut self, meta: Meta, var: VarId) -> Expr {
        if let Some(&var) = self.scope.get(&var) {
            return Expr::Var { meta, var };
        }
        let message = format!("`{}` is not bound", self.session.var_name(var));
        self.session
            .report(Diagnostic::error("T1", message).at(meta.span, "used here"));
        Expr::Number {
            meta,
            value: Number(0),
        }
    }

    fn expr_let(&mut self, meta: Meta, binds: Vec<(VarId, Expr)>, body: Box<Expr>) -> Expr {
        let outer = self.scope.clone();
        let mut resolved = Vec::new();
        for (var, value) in binds {
            let value = self.expr(value);
            let fresh = self.session.fresh_var_like(var);
            self.scope.insert(var, fresh);
            resolved.push((fresh, value));
        }
        let body = Box::new(self.expr(*body));
        self.scope = outer;
        Expr::Let {
            meta,
            binds: resolved,
            body,
        }
    }
}
