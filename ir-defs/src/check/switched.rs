//! The checks of `switched` that need no types: names are bound once and before use, jumps go to labels that are in
//! scope in tail position, and the branches of a switch are constructors of one data type, or literals of one kind,
//! each at most once, and all of them where there is no default.

use std::mem::discriminant;

use nanopass::Violation;
use rustc_hash::FxHashMap;

use super::scope::{Scopes, scope_visits};
use crate::Session;
use crate::switched::{self, Bind, Branch, Expr, Program, Step, Visit};
use crate::tables::{ConId, TyConId};
use crate::terminals::{LabelId, Lit};

/// What the grammar cannot say.
pub fn check(program: &Program, session: &Session) -> Vec<Violation> {
    let mut check = Check {
        session,
        scopes: Scopes::new(session, "variable"),
        labels: Scopes::new(session, "label"),
        arities: FxHashMap::default(),
    };
    check.program(program);
    let mut violations = check.scopes.finish();
    violations.extend(check.labels.finish());
    violations
}

struct Check<'s> {
    session: &'s Session,
    scopes: Scopes<'s>,
    /// The labels that may be jumped to from here; code that is not in tail position sees none of those around it.
    labels: Scopes<'s>,
    /// How many arguments a jump to a label passes.
    arities: FxHashMap<LabelId, usize>,
}

impl Check<'_> {
    /// Visits what is not in tail position.
    fn inner(&mut self, visit: impl FnOnce(&mut Self)) {
        let hidden = self.labels.hide();
        visit(self);
        self.labels.show(hidden);
    }

    fn switch(&mut self, branches: &[Branch], has_default: bool) {
        let mut data: Option<TyConId> = None;
        let mut cons: Vec<ConId> = Vec::new();
        let mut lits: Vec<&Lit> = Vec::new();
        for branch in branches {
            self.scopes.at(branch.meta().span);
            match branch {
                Branch::OnCon { con, fields, .. } => {
                    cons.push(*con);
                    let Some(info) = self
                        .session
                        .constructors
                        .get(*con)
                        .filter(|info| info.data.is_some())
                    else {
                        self.report(format!(
                            "the constructor {} has no data type",
                            self.con(*con)
                        ));
                        continue;
                    };
                    if info.arity as usize != fields.len() {
                        let name = self.con(*con);
                        self.report(format!(
                            "the branch {name} binds {} fields, not {}",
                            fields.len(),
                            info.arity
                        ));
                    }
                    if data.is_some() && data != info.data {
                        self.report(format!(
                            "the branch {} belongs to another type",
                            self.con(*con)
                        ));
                    }
                    data = data.or(info.data);
                }
                Branch::OnLit { lit, .. } => {
                    if lits
                        .last()
                        .is_some_and(|last| discriminant(*last) != discriminant(lit))
                    {
                        self.report("literals of different types in one switch".to_owned());
                    }
                    lits.push(lit);
                }
            }
        }
        let count = cons.len();
        cons.sort_unstable();
        cons.dedup();
        lits.sort_by_key(|lit| lit_key(lit));
        let repeated = lits.windows(2).any(|pair| matches!(pair, [a, b] if a == b));
        if cons.len() < count || repeated {
            self.report("two branches of a switch are the same".to_owned());
        }
        if !cons.is_empty() && !lits.is_empty() {
            self.report("constructors and literals in one switch".to_owned());
        }
        let all = data
            .and_then(|data| self.session.tycons.get(data))
            .map_or(0, |data| data.constructors.len());
        if !has_default && (cons.len() < all || cons.is_empty()) {
            self.report("a switch without a default does not cover its type".to_owned());
        }
    }

    fn con(&self, con: ConId) -> &str {
        self.session.constructors.name(con)
    }

    fn report(&mut self, message: String) {
        self.scopes.violation(message);
    }
}

/// Any order in which equal literals are neighbours.
fn lit_key(lit: &Lit) -> (u64, &str) {
    match lit {
        Lit::Int(value) => (value.cast_unsigned(), ""),
        Lit::Float(value) => (value.to_bits(), ""),
        Lit::Char(value) => (u64::from(u32::from(*value)), ""),
        Lit::Text(text) => (0, text),
    }
}

impl Visit for Check<'_> {
    fn expr(&mut self, node: &Expr) {
        self.scopes.at(node.meta().span);
        self.labels.at(node.meta().span);
        match node {
            Expr::Join {
                label,
                params,
                target,
                body,
                ..
            } => {
                self.scopes.enter();
                for param in params {
                    self.scopes.bind(param.var);
                }
                self.expr(target);
                self.scopes.leave();
                self.labels.enter();
                self.labels.bind(label.0);
                self.arities.insert(*label, params.len());
                self.expr(body);
                self.labels.leave();
            }
            Expr::Jump { label, args, .. } => {
                self.labels.used(label.0);
                if self
                    .arities
                    .get(label)
                    .is_some_and(|arity| *arity != args.len())
                {
                    self.report(format!("a jump with {} arguments", args.len()));
                }
                self.inner(|check| args.iter().for_each(|arg| check.expr(arg)));
            }
            Expr::Switch {
                subject,
                branches,
                otherwise,
                ..
            } => {
                if !matches!(**subject, Expr::Var { .. }) {
                    self.report("the subject of a switch is no variable".to_owned());
                }
                self.switch(branches, otherwise.is_some());
                self.inner(|check| check.expr(subject));
                for branch in branches {
                    self.branch(branch);
                }
                if let Some(otherwise) = otherwise {
                    self.expr(otherwise);
                }
            }
            Expr::Let { binds, body, .. } => {
                self.scopes.enter();
                self.inner(|check| binds.iter().for_each(|bind| check.bind(bind)));
                self.expr(body);
                self.scopes.leave();
            }
            _ => self.inner(|check| switched::walk_expr(check, node)),
        }
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

    scope_visits!();
}
