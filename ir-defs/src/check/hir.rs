//! The checks of `hir`: variables are bound once and before use, a definition stands in one group only and after those
//! that it mentions, constructor patterns have the arity of their constructor, and no function, call or match is empty.

use nanopass::Violation;
use rustc_hash::FxHashMap;

use super::scope::{Scopes, constructor_arities, scope_visits};
use crate::Session;
use crate::hir::{self, Expr, Group, Pattern, Program, Stmt, Visit};
use crate::tables::{ConId, GlobalId};

/// What the grammar cannot say.
pub fn check(program: &Program, session: &Session) -> Vec<Violation> {
    let mut arities = constructor_arities(session);
    for constructor in program.data.iter().flat_map(|data| &data.constructors) {
        arities.insert(constructor.con, constructor.fields.len());
    }
    let mut check = Check {
        session,
        arities,
        groups: FxHashMap::default(),
        group: usize::MAX,
        scopes: Scopes::new(session, "variable"),
        loops: 0,
    };
    check.collect_groups(program);
    check.program(program);
    check.scopes.finish()
}

struct Check<'s> {
    session: &'s Session,
    arities: FxHashMap<ConId, usize>,
    /// The group of each definition.
    groups: FxHashMap<GlobalId, usize>,
    /// The group that is being visited; beyond all groups outside of them.
    group: usize,
    scopes: Scopes<'s>,
    /// How many loops of the current block are around.
    loops: usize,
}

impl Check<'_> {
    fn collect_groups(&mut self, program: &Program) {
        for (index, group) in program.groups.iter().enumerate() {
            for define in &group.binds {
                if self.groups.insert(define.global, index).is_some() {
                    let name = self.session.globals.name(define.global);
                    self.scopes.at(define.meta.span);
                    self.scopes
                        .violation(format!("the global {name} is defined twice"));
                }
            }
        }
    }
}

impl Visit for Check<'_> {
    fn group(&mut self, node: &Group) {
        let first = node.binds.first().map(|define| define.global);
        self.group = first
            .and_then(|global| self.groups.get(&global).copied())
            .unwrap_or(usize::MAX);
        hir::walk_group(self, node);
        self.group = usize::MAX;
    }

    fn expr(&mut self, node: &Expr) {
        self.scopes.at(node.meta().span);
        let empty = match node {
            Expr::Lambda { params, .. } if params.is_empty() => {
                Some("a function without parameters")
            }
            Expr::Apply { args, .. } if args.is_empty() => Some("a call without arguments"),
            Expr::Clauses { clauses, .. } if clauses.is_empty() => {
                Some("a function without clauses")
            }
            Expr::If { branches, .. } if branches.is_empty() => Some("an `if` without a condition"),
            Expr::Match { arms, .. } if arms.is_empty() => Some("a match without arms"),
            Expr::Chain { links, .. } if links.is_empty() => Some("a chain without operators"),
            Expr::Tuple { items, .. } if items.len() < 2 => Some("a tuple of fewer than two items"),
            Expr::Accessor { labels, .. } if labels.is_empty() => {
                Some("an accessor without a label")
            }
            Expr::Global { global, .. }
            | Expr::Delta { suffix: global, .. }
            | Expr::Suffixed { suffix: global, .. }
                if self
                    .groups
                    .get(global)
                    .is_some_and(|&group| group > self.group) =>
            {
                Some("a definition before one that it mentions")
            }
            _ => None,
        };
        if let Some(empty) = empty {
            self.scopes.violation(empty);
        }
        if let Expr::Generate { .. } = node {
            let loops = std::mem::take(&mut self.loops);
            hir::walk_expr(self, node);
            self.loops = loops;
            return;
        }
        if let Expr::Resource { statements, .. } = node {
            let yields = |statement: &&Stmt| matches!(statement, Stmt::Yield { .. });
            if statements.iter().filter(yields).count() != 1 {
                self.scopes.violation("a resource that does not yield once");
            }
        }
        hir::walk_expr(self, node);
    }

    /// A binding sees itself only if it is recursive; what a statement runs does not see what it binds.
    fn stmt(&mut self, node: &Stmt) {
        match node {
            Stmt::Let {
                pattern,
                recursive,
                value,
                ..
            } => {
                if recursive.0 {
                    self.pattern(pattern);
                    self.expr(value);
                } else {
                    self.expr(value);
                    self.pattern(pattern);
                }
            }
            Stmt::Run {
                pattern,
                source,
                handler,
                ..
            } => {
                self.expr(source);
                if let Some(handler) = handler {
                    self.handler(handler);
                }
                self.pattern(pattern);
            }
            Stmt::Loop {
                pattern,
                initial,
                body,
                ..
            } => {
                self.expr(initial);
                self.scopes.enter();
                self.pattern(pattern);
                self.loops += 1;
                body.iter().for_each(|statement| self.stmt(statement));
                self.loops -= 1;
                self.scopes.leave();
            }
            Stmt::Recurse { .. } => {
                if self.loops == 0 {
                    self.scopes.violation("a `recurse` outside of a loop");
                }
                hir::walk_stmt(self, node);
            }
            Stmt::Expr { .. } | Stmt::Yield { .. } | Stmt::Guard { .. } => {
                hir::walk_stmt(self, node)
            }
        }
    }

    fn pattern(&mut self, node: &Pattern) {
        self.scopes.at(node.meta().span);
        if let Pattern::Con { con, args, .. } = node {
            let arity = self.arities.get(con).copied();
            self.scopes.expect_arity(*con, arity, args.len());
        }
        hir::walk_pattern(self, node);
    }

    scope_visits!();
}
