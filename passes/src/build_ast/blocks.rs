//! The statements of blocks, and of the blocks of effects, generators and resources.

use ir_defs::ast::{Expr, Handler, Pattern, Stmt};
use ir_defs::cst::Node;
use ir_defs::syntax::SyntaxKind;
use nanopass::Meta;

use super::{Builder, nodes};
use crate::codes;

/// Which statements may stand in a block.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    Plain,
    Effect,
    Generate,
    /// Inside the braces of a `loop`.
    Loop,
    Resource,
}

impl Builder<'_> {
    /// `effect { … }`, `generate { … }`, `resource { … }`
    pub(super) fn keyword_block(&mut self, children: &[Node], meta: Meta) -> Expr {
        let [keyword, braces] = children else {
            return Expr::Error { meta };
        };
        let children = nodes::children(braces);
        self.no_commas(children);
        let entries: Vec<&Node> = nodes::entries(children).collect();
        match nodes::leaf_text(keyword) {
            "effect" => Expr::Effect {
                meta,
                statements: self.statements(&entries, Block::Effect),
            },
            "generate" => Expr::Generate {
                meta,
                statements: self.statements(&entries, Block::Generate),
            },
            _ => Expr::Resource {
                meta,
                statements: self.statements(&entries, Block::Resource),
            },
        }
    }

    pub(super) fn statements(&mut self, entries: &[&Node], block: Block) -> Vec<Stmt> {
        let mut statements = Vec::with_capacity(entries.len());
        let mut arms = false;
        for entry in entries {
            // Arms without their bars, of which the first has been reported.
            if arms && nodes::kind(entry) == Some(SyntaxKind::Expr) {
                continue;
            }
            arms = Self::lacks_bars(entry);
            if matches!(block, Block::Effect | Block::Resource) {
                self.statement = nodes::span(entry);
            }
            if let Some(statement) = self.statement(entry, block) {
                statements.push(statement);
            }
        }
        statements
    }

    fn statement(&mut self, node: &Node, block: Block) -> Option<Stmt> {
        let span = nodes::span(node);
        let meta = Meta::at(span);
        let parts = match nodes::kind(node) {
            Some(SyntaxKind::Entry) => nodes::children(node),
            Some(SyntaxKind::KeywordCall) => {
                return self.keyword_statement(nodes::children(node), block, meta);
            }
            _ if nodes::is(node, "...") => {
                self.unexpected("`...` stands in lists and records only", span, "");
                return None;
            }
            _ => {
                let (value, handler) = self.handled(node);
                return Some(Stmt::Expr {
                    meta,
                    value,
                    handler,
                });
            }
        };
        match parts {
            [keyword, pattern, _, value] if nodes::is(keyword, "loop") => {
                self.loop_statement(pattern, value, block, meta)
            }
            [target, separator, value, rest @ ..] => match nodes::leaf_text(separator) {
                "=" => {
                    let (pattern, value) = match self.function_definition(target, value) {
                        Some((name, value)) => (
                            Pattern::Bind {
                                meta: Meta::at(name.span),
                                name,
                            },
                            value,
                        ),
                        None => (self.pattern(target), self.expr(value)),
                    };
                    Some(Stmt::Let {
                        meta,
                        pattern,
                        value,
                    })
                }
                "<-" => {
                    let pattern = self.pattern(target);
                    let (source, handler) = self.handled(value);
                    Some(Stmt::Run {
                        meta,
                        pattern,
                        source,
                        handler,
                    })
                }
                "->" => {
                    if !matches!(block, Block::Generate | Block::Loop) {
                        self.unexpected(
                            "`->` guards an element of a `generate` block",
                            nodes::span(separator),
                            "a function is written with `=>`",
                        );
                        return None;
                    }
                    let pattern = self.pattern(target);
                    let condition = match rest {
                        [when, guard] => {
                            let pattern = self.pattern(value);
                            let guard = Box::new(self.expr(guard));
                            Expr::When {
                                meta: Meta::at(nodes::span(value).to(nodes::span(when))),
                                pattern,
                                guard,
                            }
                        }
                        _ => self.expr(value),
                    };
                    Some(Stmt::Guard {
                        meta,
                        pattern,
                        condition,
                    })
                }
                _ => {
                    self.error(
                        codes::SIGNATURE_IN_BLOCK,
                        "a block holds no signatures and no fields",
                        nodes::span(separator),
                        "a signature stands above a top-level definition; in braces that begin with a binding, write `=`",
                    );
                    None
                }
            },
            _ => {
                self.unexpected("`...` stands in lists and records only", span, "");
                None
            }
        }
    }

    /// `yield e`, `recurse e`
    fn keyword_statement(&mut self, parts: &[Node], block: Block, meta: Meta) -> Option<Stmt> {
        let [keyword, value] = parts else { return None };
        let fits = match nodes::leaf_text(keyword) {
            "yield" => matches!(block, Block::Generate | Block::Loop | Block::Resource),
            _ => block == Block::Loop,
        };
        if !fits {
            let message = format!("`{}` cannot stand in this block", nodes::leaf_text(keyword));
            self.unexpected(
                message,
                nodes::span(keyword),
                "`yield` stands in `generate` and `resource` blocks, `recurse` in a `loop` of a `generate` block",
            );
            return None;
        }
        let value_expr = self.expr(value);
        Some(if nodes::is(keyword, "yield") {
            Stmt::Yield {
                meta,
                value: value_expr,
            }
        } else {
            Stmt::Recurse {
                meta,
                value: value_expr,
            }
        })
    }

    /// `loop pattern = initial => { … }`
    fn loop_statement(
        &mut self,
        pattern: &Node,
        value: &Node,
        block: Block,
        meta: Meta,
    ) -> Option<Stmt> {
        if !matches!(block, Block::Generate | Block::Loop) {
            self.unexpected("`loop` stands in a `generate` block", meta.span, "");
            return None;
        }
        let Some([initial, _, body]) = nodes::branch(value, SyntaxKind::Expr) else {
            self.unexpected(
                "the body of this loop is missing",
                nodes::span(value),
                "write `loop x = start => { … }`",
            );
            return None;
        };
        let Some(children) = nodes::branch(body, SyntaxKind::Braces) else {
            self.unexpected(
                "the body of a loop stands in braces",
                nodes::span(body),
                "write `loop x = start => { … }`",
            );
            return None;
        };
        let pattern = self.pattern(pattern);
        let initial = self.expr(initial);
        self.no_commas(children);
        let entries: Vec<&Node> = nodes::entries(children).collect();
        Some(Stmt::Loop {
            meta,
            pattern,
            initial,
            body: self.statements(&entries, Block::Loop),
        })
    }

    /// An expression in the place of an effect, and the fallback that an `or` at its end gives to it. What an earlier
    /// `or` of the same chain handles is an effect of its own.
    fn handled(&mut self, node: &Node) -> (Expr, Option<Handler>) {
        let is_chain = nodes::kind(node) == Some(SyntaxKind::Chain);
        match self.expr(node) {
            Expr::Or {
                subject, handler, ..
            } if is_chain => (as_effect(*subject), Some(*handler)),
            other => (other, None),
        }
    }
}

/// `e or d` as an effect: a block of that one statement.
fn as_effect(source: Expr) -> Expr {
    match source {
        Expr::Or {
            meta,
            subject,
            handler,
        } => {
            let statement = Stmt::Expr {
                meta,
                value: as_effect(*subject),
                handler: Some(*handler),
            };
            Expr::Effect {
                meta,
                statements: vec![statement],
            }
        }
        other => other,
    }
}
