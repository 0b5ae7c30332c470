//! Statements, bindings in blocks, and handlers of failures.

use ir_defs::known::Need;
use ir_defs::{ast, hir};
use nanopass::Meta;

use super::Resolver;
use crate::codes;

impl Resolver<'_> {
    pub(super) fn handler(&mut self, handler: ast::Handler) -> hir::Handler {
        match handler {
            ast::Handler::Default { value } => hir::Handler::Default {
                value: self.boxed(*value),
            },
            ast::Handler::Arms { arms } => hir::Handler::Arms {
                arms: self.arms(arms),
            },
        }
    }

    // Statements.

    pub(super) fn statements(&mut self, statements: Vec<ast::Stmt>) -> Vec<hir::Stmt> {
        statements
            .into_iter()
            .filter_map(|statement| self.statement(statement))
            .collect()
    }

    pub(super) fn statement(&mut self, statement: ast::Stmt) -> Option<hir::Stmt> {
        Some(match statement {
            ast::Stmt::Let {
                meta,
                pattern,
                value,
            } => self.binding(meta, pattern, value),
            ast::Stmt::Run {
                meta,
                pattern,
                source,
                handler,
            } => {
                self.need(Need::Run);
                let source = self.expr(source);
                let handler = self.fallback(handler);
                let pattern = self.pattern(pattern);
                hir::Stmt::Run {
                    meta,
                    pattern,
                    source,
                    handler,
                }
            }
            ast::Stmt::Expr {
                meta,
                value,
                handler,
            } => {
                let value = self.expr(value);
                let handler = self.fallback(handler);
                hir::Stmt::Expr {
                    meta,
                    value,
                    handler,
                }
            }
            ast::Stmt::Yield { meta, .. } => return self.misplaced("yield", "generate", meta),
            ast::Stmt::Guard { meta, .. } => return self.misplaced("->", "generate", meta),
            ast::Stmt::Loop { meta, .. } => return self.misplaced("loop", "generate", meta),
            ast::Stmt::Recurse { meta, .. } => return self.misplaced("recurse", "loop", meta),
        })
    }

    fn misplaced(&mut self, what: &str, block: &str, meta: Meta) -> Option<hir::Stmt> {
        self.error(
            codes::MISPLACED_STATEMENT,
            format!("`{what}` stands outside of a `{block}` block"),
            meta.span,
            "not here",
        );
        None
    }

    /// `p = e`: `e` sees what was bound before, and, if it is a function, itself.
    fn binding(&mut self, meta: Meta, pattern: ast::Pattern, value: ast::Expr) -> hir::Stmt {
        if let ast::Pattern::Bind { meta: at, name } = &pattern
            && super::predicates::is_function(&value)
        {
            let (at, name) = (*at, *name);
            let binder = self.bind(name);
            let value = self.expr(value);
            let recursive = self.body.forget_use(binder.var);
            let pattern = hir::Pattern::Bind { meta: at, binder };
            return hir::Stmt::Let {
                meta,
                pattern,
                recursive: ir_defs::terminals::Flag(recursive),
                value,
            };
        }
        let value = self.expr(value);
        let pattern = self.pattern(pattern);
        hir::Stmt::Let {
            meta,
            pattern,
            recursive: ir_defs::terminals::Flag(false),
            value,
        }
    }
}
