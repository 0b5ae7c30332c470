//! The checks of `kernel`: names are bound once and before use, constructor patterns have the arity of their
//! constructor, and no function, call or case is empty.

use nanopass::Violation;
use rustc_hash::FxHashMap;

use super::scope::{Scopes, constructor_arities, scope_visits};
use crate::Session;
use crate::kernel::{self, Bind, Expr, Pattern, Program, Step, Visit};
use crate::tables::ConId;

/// What the grammar cannot say.
pub fn check(program: &Program, session: &Session) -> Vec<Violation> {
    let mut arities = constructor_arities(session);
    for constructor in program.data.iter().flat_map(|data| &data.constructors) {
        arities.insert(constructor.con, constructor.fields.len());
    }
    let mut check = Check {
        arities,
        scopes: Scopes::new(session, "variable"),
    };
    check.program(program);
    check.scopes.finish()
}

struct Check<'s> {
    arities: FxHashMap<ConId, usize>,
    scopes: Scopes<'s>,
}

impl Visit for Check<'_> {
    fn expr(&mut self, node: &Expr) {
        self.scopes.at(node.meta().span);
        let empty = match node {
            Expr::Lambda { params, .. } if params.is_empty() => {
                Some("a function without parameters")
            }
            Expr::Apply { args, .. } if args.is_empty() => Some("a call without arguments"),
            Expr::Case { arms, .. } if arms.is_empty() => Some("a case without arms"),
            Expr::Let { binds, .. } if binds.is_empty() => Some("a `let` without bindings"),
            Expr::Chain { links, .. } if links.is_empty() => Some("a chain without operators"),
            Expr::Tuple { items, .. } if items.len() < 2 => Some("a tuple of fewer than two items"),
            _ => None,
        };
        if let Some(empty) = empty {
            self.scopes.violation(empty);
        }
        kernel::walk_expr(self, node);
    }

    /// A binding sees itself only if it is recursive.
    fn bind(&mut self, node: &Bind) {
        if node.recursive.0 {
            self.scopes.bind(node.binder.var);
        }
        self.expr(&node.value);
        if !node.recursive.0 {
            self.scopes.at(node.meta.span);
            self.scopes.bind(node.binder.var);
        }
    }

    fn step(&mut self, node: &Step) {
        match node {
            Step::Run { binder, effect, .. } => {
                self.expr(effect);
                self.scopes.bind(binder.var);
            }
            Step::Let { bind, .. } => self.bind(bind),
        }
    }

    fn pattern(&mut self, node: &Pattern) {
        self.scopes.at(node.meta().span);
        if let Pattern::Con { con, args, .. } = node {
            let arity = self.arities.get(con).copied();
            self.scopes.expect_arity(*con, arity, args.len());
        }
        kernel::walk_pattern(self, node);
    }

    scope_visits!();
}
