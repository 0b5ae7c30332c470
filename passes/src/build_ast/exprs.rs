//! Expressions.

use ir_defs::ast::{Element, Expr, MapEntry, Pattern};
use ir_defs::cst::Node;
use ir_defs::syntax::SyntaxKind;
use ir_defs::terminals::Operator;
use nanopass::{Diagnostic, Meta};

use super::{Builder, nodes};
use crate::codes;
use crate::parse::MAX_DEPTH;

impl Builder<'_> {
    /// Any expression.
    pub(super) fn expr(&mut self, node: &Node) -> Expr {
        let (kind, children) = match node {
            Node::Leaf { token } => {
                let meta = Meta::at(token.span);
                let first = token.text.as_bytes().first().copied().unwrap_or_default();
                return match first {
                    b'_' => Expr::Hole { meta },
                    first if first.is_ascii_alphabetic() => Expr::Name {
                        meta,
                        name: self.ident(token),
                    },
                    _ => self.literal(token),
                };
            }
            Node::Branch { kind, children } => (*kind, children.as_slice()),
        };
        let span = nodes::span(node);
        let meta = Meta::at(span);
        match kind {
            SyntaxKind::Expr => self.lambda(children, meta),
            SyntaxKind::Chain => self.chain(children),
            SyntaxKind::Arms => Expr::Clauses {
                meta,
                clauses: {
                    let several = self.several_patterns(children);
                    self.clauses(children, several)
                },
            },
            SyntaxKind::Operand => self.operand(children),
            SyntaxKind::If => self.if_else(children, meta),
            SyntaxKind::KeywordCall => {
                let word = children.first().map_or("", nodes::leaf_text);
                self.unexpected(
                    format!("`{word}` is a statement of its own"),
                    span,
                    "it stands on a line of a `generate`, `resource` or `loop` block",
                );
                Expr::Error { meta }
            }
            SyntaxKind::App => self.application(children, meta),
            SyntaxKind::Postfix => self.postfix(children),
            SyntaxKind::Accessor => self.accessor(node),
            SyntaxKind::Paren => self.paren(children, meta),
            SyntaxKind::List => Expr::List {
                meta,
                elements: self.elements(children),
            },
            SyntaxKind::Set => {
                let list = children.last().map(nodes::children).unwrap_or_default();
                Expr::Set {
                    meta,
                    elements: self.elements(list),
                }
            }
            SyntaxKind::Map => Expr::Map {
                meta,
                entries: self.map_entries(children),
            },
            SyntaxKind::Text => self.text_literal(children, span),
            SyntaxKind::Braces => self.braces(children, meta),
            SyntaxKind::Block => self.keyword_block(children, meta),
            SyntaxKind::PatchFunction => {
                let body = children.last().map(nodes::children).unwrap_or_default();
                Expr::PatchFunction {
                    meta,
                    entries: self.patch_entries(body),
                }
            }
            _ => Expr::Error { meta },
        }
    }

    /// `p q => r => e`: one lambda with all parameters.
    fn lambda(&mut self, children: &[Node], meta: Meta) -> Expr {
        let mut parts: Vec<&Node> = children
            .iter()
            .filter(|node| !nodes::is(node, "=>"))
            .collect();
        let Some(body) = parts.pop() else {
            return Expr::Error { meta };
        };
        if let Some(first) = parts.first()
            && self.arms_without_bars(first)
        {
            return Expr::Error { meta };
        }
        let mut params = Vec::new();
        for part in parts {
            params.append(&mut self.params(part));
        }
        let has_error = params.iter().any(holds_error);
        let lambda = Expr::Lambda {
            meta,
            params,
            body: Box::new(self.expr(body)),
        };
        if !has_error {
            return lambda;
        }
        // What stands before the arrow may be more than parameters, so the type of the whole is not known; the names in
        // the body are.
        Expr::Apply {
            meta,
            fun: Box::new(Expr::Error { meta }),
            args: vec![lambda],
        }
    }

    fn if_else(&mut self, children: &[Node], meta: Meta) -> Expr {
        let is_keyword = |node: &&Node| matches!(nodes::leaf_text(node), "if" | "then" | "else");
        let last_keyword = children.iter().rfind(|node| is_keyword(node));
        let has_else = last_keyword.is_some_and(|last| nodes::is(last, "else"));
        let mut parts: Vec<Expr> = Vec::new();
        for part in children.iter().filter(|node| !is_keyword(node)) {
            parts.push(self.expr(part));
        }
        let otherwise = if has_else { parts.pop() } else { None };
        let otherwise = otherwise.unwrap_or_else(|| {
            let keyword = children.first().map_or(meta.span, nodes::span);
            let diagnostic =
                Diagnostic::error(codes::MISSING_ELSE, "this `if` has no `else`").at(keyword, "");
            self.report(if meta.span == self.statement {
                diagnostic
                    .help("as a statement of `effect`, `else Unit` does nothing")
                    .edit(meta.span.end(), " else Unit", "add an `else`")
            } else {
                diagnostic
                    .help("an `if` is an expression: write `else` and the value for the other case")
            });
            Expr::Error { meta }
        });
        let mut branches = Vec::new();
        let mut parts = parts.into_iter();
        while let (Some(condition), Some(value)) = (parts.next(), parts.next()) {
            branches.push((condition, value));
        }
        Expr::If {
            meta,
            branches,
            otherwise: Box::new(otherwise),
        }
    }

    fn application(&mut self, children: &[Node], meta: Meta) -> Expr {
        if let Some(at) = children.iter().find(|node| nodes::is(node, "@")) {
            let span = nodes::span(at);
            self.error(
                codes::NOT_A_PATTERN,
                "`name@pattern` stands in patterns only",
                span,
                "",
            );
            return Expr::Error { meta };
        }
        if self.foreign_match(children) {
            return Expr::Error { meta };
        }
        let mut parts = Vec::with_capacity(children.len());
        for child in children {
            parts.push(self.expr(child));
        }
        let args = parts.split_off(1.min(parts.len()));
        match parts.pop() {
            Some(fun) => Expr::Apply {
                meta,
                fun: Box::new(fun),
                args,
            },
            None => Expr::Error { meta },
        }
    }

    /// `r.a.b`, `(e)px`
    fn postfix(&mut self, children: &[Node]) -> Expr {
        let Some((first, rest)) = children.split_first() else {
            return Expr::Error { meta: Meta::NONE };
        };
        if rest.len() > MAX_DEPTH {
            let meta = Meta::at(nodes::span_of(children));
            self.too_deep(meta);
            return Expr::Error { meta };
        }
        let mut value = self.expr(first);
        for part in rest {
            let meta = Meta::at(value.meta().span.to(nodes::span(part)));
            value = match part {
                Node::Leaf { token } => Expr::Suffixed {
                    meta,
                    value: Box::new(value),
                    suffix: self.ident(token),
                },
                Node::Branch { children, .. } => match children.last().and_then(nodes::token) {
                    Some(name) => Expr::Select {
                        meta,
                        record: Box::new(value),
                        field: self.ident(name),
                    },
                    None => Expr::Error { meta },
                },
            };
        }
        value
    }

    fn paren(&mut self, children: &[Node], meta: Meta) -> Expr {
        if let [_, Node::Leaf { token }, _] = children
            && let Some(op) = operator_name(&token.text)
        {
            let op = self.ident_of(op, token.span);
            return self.operator_function(op, meta);
        }
        let mut items = Vec::new();
        for node in nodes::entries(children) {
            items.push(match nodes::branch(node, SyntaxKind::Element) {
                Some(parts) => self.condition(parts, nodes::span(node)),
                None => self.expr(node),
            });
        }
        match (items.pop(), items.is_empty()) {
            (None, _) => self.unit(meta.span),
            (Some(inner), true) => Expr::Paren {
                meta,
                inner: Box::new(inner),
            },
            (Some(last), false) => {
                items.push(last);
                Expr::Tuple { meta, items }
            }
        }
    }

    /// `(+)` is `left right => left + right`.
    fn operator_function(&mut self, op: ir_defs::terminals::Ident, meta: Meta) -> Expr {
        let name = self.session.core.text(op.name).to_owned();
        let (left, right) = (
            self.ident_of("left", op.span),
            self.ident_of("right", op.span),
        );
        let (first, second) = (
            Expr::Name { meta, name: left },
            Expr::Name { meta, name: right },
        );
        let body = match (Operator::of(&name), name.as_str()) {
            (Some(operator), _) => {
                let link = ir_defs::ast::Link {
                    op: operator,
                    position: op,
                    operand: second,
                };
                Expr::Chain {
                    meta,
                    first: Box::new(first),
                    links: vec![link],
                }
            }
            (None, "||") => Expr::Any {
                meta,
                items: vec![first, second],
            },
            (None, "&&") => Expr::All {
                meta,
                items: vec![first, second],
            },
            (None, "??") => Expr::Coalesce {
                meta,
                first: Box::new(first),
                rest: vec![second],
            },
            (None, _) => Expr::Pipe {
                meta,
                first: Box::new(first),
                steps: vec![second],
            },
        };
        let params = vec![
            Pattern::Bind { meta, name: left },
            Pattern::Bind { meta, name: right },
        ];
        let inner = Expr::Lambda {
            meta,
            params,
            body: Box::new(body),
        };
        Expr::Paren {
            meta,
            inner: Box::new(inner),
        }
    }

    /// `pattern when guard` as a predicate; or an element that cannot stand where a single expression is wanted.
    pub(super) fn condition(&mut self, parts: &[Node], span: nanopass::Span) -> Expr {
        let meta = Meta::at(span);
        match parts {
            [pattern, when, guard] if nodes::is(when, "when") => {
                let pattern = self.pattern(pattern);
                Expr::When {
                    meta,
                    pattern,
                    guard: Box::new(self.expr(guard)),
                }
            }
            [_, range, _] if nodes::is(range, "..") => {
                self.unexpected(
                    "a range stands in square brackets",
                    nodes::span(range),
                    "write `[a..b]`",
                );
                Expr::Error { meta }
            }
            _ => {
                self.unexpected("`...` stands in lists and records only", span, "");
                Expr::Error { meta }
            }
        }
    }

    fn elements(&mut self, children: &[Node]) -> Vec<Element> {
        self.no_semicolons(children);
        let mut elements = Vec::new();
        for node in nodes::entries(children) {
            let meta = Meta::at(nodes::span(node));
            elements.push(match nodes::branch(node, SyntaxKind::Element) {
                Some([from, range, to]) if nodes::is(range, "..") => {
                    let from = self.expr(from);
                    Element::Range {
                        meta,
                        from,
                        to: self.expr(to),
                    }
                }
                Some([dots, value]) if nodes::is(dots, "...") => Element::Spread {
                    meta,
                    value: self.expr(value),
                },
                Some([dots]) if nodes::is(dots, "...") => {
                    self.unexpected("a list is missing after `...`", meta.span, "");
                    Element::Spread {
                        meta,
                        value: Expr::Error { meta },
                    }
                }
                Some(parts) => Element::Item {
                    meta,
                    value: self.condition(parts, meta.span),
                },
                None if nodes::is(node, "...") => {
                    self.unexpected(
                        "a list is missing after `...`",
                        meta.span,
                        "`...` alone stands in patterns",
                    );
                    Element::Spread {
                        meta,
                        value: Expr::Error { meta },
                    }
                }
                None => Element::Item {
                    meta,
                    value: self.expr(node),
                },
            });
        }
        elements
    }

    fn map_entries(&mut self, children: &[Node]) -> Vec<MapEntry> {
        let braces = children.get(1..).unwrap_or_default();
        self.no_semicolons(braces);
        let mut entries = Vec::new();
        for node in nodes::entries(braces) {
            let meta = Meta::at(nodes::span(node));
            match nodes::children(node) {
                [key, _, value] => {
                    let key = self.expr(key);
                    let value = self.expr(value);
                    let value = self.one_entry(value);
                    entries.push(MapEntry::Entry { meta, key, value });
                }
                [_, value] => entries.push(MapEntry::Spread {
                    meta,
                    value: self.expr(value),
                }),
                _ => {}
            }
        }
        entries
    }

    /// The value of an entry, unless the next entry follows without a comma: `1 "b" => 2` reads as a function of `1` and
    /// `"b"`, and no function is written with a literal for its last parameter.
    fn one_entry(&mut self, value: Expr) -> Expr {
        let Expr::Lambda { meta, params, .. } = &value else {
            return value;
        };
        let [.., before, Pattern::Lit { meta: key, .. }] = params.as_slice() else {
            return value;
        };
        let (meta, before) = (*meta, before.meta().span.end());
        let message = "a `,` is missing before this entry";
        self.report(
            Diagnostic::error(codes::UNEXPECTED_TOKEN, message)
                .at(key.span, "the key of another entry")
                .edit(before, ",", "separate the entries"),
        );
        Expr::Error { meta }
    }

    /// Reports `;` between entries that are no statements.
    pub(super) fn no_semicolons(&mut self, children: &[Node]) {
        if let Some(semicolon) = children.iter().find(|node| nodes::is(node, ";")) {
            let span = nodes::span(semicolon);
            self.unexpected(
                "`;` separates statements; entries are separated by `,` or a new line",
                span,
                "",
            );
        }
    }
}

/// The operator of `(+)`, if that is what a token is.
pub(super) fn operator_name(text: &str) -> Option<&str> {
    let is_operator = Operator::of(text).is_some_and(|_| text != "neg" && text != "!");
    (is_operator || matches!(text, "||" | "&&" | "??" | "|>")).then_some(text)
}

/// Whether a pattern is one that has been reported, under the names that were found in it.
fn holds_error(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Error { .. } => true,
        Pattern::As { pattern, .. } => holds_error(pattern),
        _ => false,
    }
}
