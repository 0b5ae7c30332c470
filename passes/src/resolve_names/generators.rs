//! The blocks that yield: `generate` and `resource`.

use ir_defs::known::Need;
use ir_defs::terminals::{Ident, Operator};
use ir_defs::{ast, hir};
use nanopass::{Diagnostic, Meta, Span};

use super::Resolver;
use crate::codes;

impl Resolver<'_> {
    /// `generate { … }`
    pub(super) fn generate(&mut self, meta: Meta, statements: Vec<ast::Stmt>) -> hir::Expr {
        self.need(Need::Generate);
        self.reached.generates = true;
        let mark = self.enter();
        let statements = self.generating(statements);
        self.leave(mark);
        hir::Expr::Generate { meta, statements }
    }

    /// `resource { … }`, which yields once.
    pub(super) fn resource(&mut self, meta: Meta, statements: Vec<ast::Stmt>) -> hir::Expr {
        self.need(Need::Effect);
        self.need(Need::Resource);
        let mut yields: Vec<Span> = Vec::new();
        let mark = self.enter();
        let mut resolved = Vec::with_capacity(statements.len());
        for statement in statements {
            match statement {
                ast::Stmt::Yield { meta, value } => {
                    yields.push(meta.span);
                    resolved.push(hir::Stmt::Yield {
                        meta,
                        value: self.expr(value),
                    });
                }
                other => resolved.extend(self.statement(other)),
            }
        }
        self.leave(mark);
        match yields.as_slice() {
            [_] => hir::Expr::Resource {
                meta,
                statements: resolved,
            },
            [] => {
                self.session.report(
                    Diagnostic::error(
                        codes::RESOURCE_YIELD,
                        "this `resource` block yields nothing",
                    )
                    .at(meta.span, "what is acquired is not handed out")
                    .help(
                        "write `yield` before what is handed out; what follows it is the release",
                    ),
                );
                hir::Expr::Error { meta }
            }
            [first, second, ..] => {
                self.session.report(
                    Diagnostic::error(codes::RESOURCE_YIELD, "a `resource` block yields once")
                        .at(*second, "the second `yield`")
                        .label(*first, "the first `yield`")
                        .help("yield a tuple or a record to hand out several values"),
                );
                hir::Expr::Error { meta }
            }
        }
    }

    fn generating(&mut self, statements: Vec<ast::Stmt>) -> Vec<hir::Stmt> {
        let mut drawn = None;
        let mut resolved = Vec::with_capacity(statements.len());
        for statement in statements {
            let next = match &statement {
                ast::Stmt::Run {
                    pattern: ast::Pattern::Bind { name, .. },
                    ..
                } => Some(*name),
                _ => drawn,
            };
            resolved.extend(self.generating_statement(statement, drawn));
            drawn = next;
        }
        resolved
    }

    /// `drawn` is the last name that stands for a drawn element.
    fn generating_statement(
        &mut self,
        statement: ast::Stmt,
        drawn: Option<Ident>,
    ) -> Option<hir::Stmt> {
        Some(match statement {
            ast::Stmt::Let { .. } => return self.statement(statement),
            ast::Stmt::Run {
                meta,
                pattern,
                source,
                handler,
            } => {
                let mut source = self.expr(source);
                // No effect is run here, so a fallback is that of a `Result`.
                if let Some(handler) = handler {
                    source = hir::Expr::Or {
                        meta,
                        subject: Box::new(source),
                        handler: Box::new(self.handler(handler)),
                    };
                }
                hir::Stmt::Run {
                    meta,
                    pattern: self.pattern(pattern),
                    source,
                    handler: None,
                }
            }
            ast::Stmt::Expr { meta, value, .. } => {
                let is_condition = is_condition(&value);
                self.quietly(|resolver| resolver.expr(value));
                let diagnostic = Diagnostic::error(
                    codes::MISPLACED_STATEMENT,
                    "an expression stands alone in a `generate` block",
                )
                .at(meta.span, "nothing is done with this");
                let diagnostic = match (is_condition, drawn) {
                    (true, Some(drawn)) => {
                        let guard = format!("{} -> ", self.text(drawn.name));
                        let help = "a condition begins with what it is about: `x -> x > 2`";
                        let edit = format!("write `{guard}` before it");
                        diagnostic.help(help).edit(meta.span.start(), guard, edit)
                    }
                    _ => diagnostic
                        .help("write `yield` before it to give it as an element, or give it a name with `=`")
                        .help("a condition begins with what it is about: `x -> x > 2`"),
                };
                self.session.report(diagnostic);
                return None;
            }
            ast::Stmt::Yield { meta, value } => hir::Stmt::Yield {
                meta,
                value: self.expr(value),
            },
            ast::Stmt::Guard {
                meta,
                pattern,
                condition,
            } => {
                let subject = self.guarded(pattern);
                hir::Stmt::Guard {
                    meta,
                    subject,
                    predicate: self.condition(condition),
                }
            }
            ast::Stmt::Loop {
                meta,
                pattern,
                initial,
                body,
            } => {
                let initial = self.expr(initial);
                let mark = self.enter();
                let pattern = self.pattern(pattern);
                let body = self.generating(body);
                self.leave(mark);
                hir::Stmt::Loop {
                    meta,
                    pattern,
                    initial,
                    body,
                }
            }
            ast::Stmt::Recurse { meta, value } => hir::Stmt::Recurse {
                meta,
                value: self.expr(value),
            },
        })
    }

    /// What stands before the `->` of a guard: an element that is bound, or a tuple of such.
    fn guarded(&mut self, pattern: ast::Pattern) -> hir::Expr {
        match pattern {
            ast::Pattern::Bind { meta, name } => self.name(meta, name),
            ast::Pattern::Paren { inner, .. } => self.guarded(*inner),
            ast::Pattern::Tuple { meta, items } => hir::Expr::Tuple {
                meta,
                items: items.into_iter().map(|item| self.guarded(item)).collect(),
            },
            ast::Pattern::Error { meta } => hir::Expr::Error { meta },
            other => {
                let meta = other.meta();
                // What it seems to bind is not reported where it is used.
                let mark = self.enter();
                self.pattern(other);
                self.body.break_since(mark);
                self.session.report(
                    Diagnostic::error(
                        codes::MISPLACED_STATEMENT,
                        "a guard begins with the name of an element",
                    )
                    .at(meta.span, "this is a pattern")
                    .help("write `x -> Some _` to go on with the `x` that match a pattern"),
                );
                hir::Expr::Error { meta }
            }
        }
    }
}

/// Whether an expression is a condition, as far as its form tells.
fn is_condition(value: &ast::Expr) -> bool {
    let compares = |op: Operator| {
        matches!(
            op,
            Operator::Eq | Operator::Ne | Operator::Lt | Operator::Le | Operator::Gt | Operator::Ge
        )
    };
    match value {
        ast::Expr::Any { .. } | ast::Expr::All { .. } => true,
        ast::Expr::Prefix { op, .. } => *op == Operator::Not,
        ast::Expr::Chain { links, .. } => links.iter().any(|link| compares(link.op)),
        ast::Expr::Paren { inner, .. } => is_condition(inner),
        _ => false,
    }
}
