//! Patterns, which the grammar reads as expressions.

use std::sync::Arc;

use ir_defs::ast::{Expr, FieldPattern, Pattern, Rest};
use ir_defs::cst::Node;
use ir_defs::syntax::{SyntaxKind, Token};
use ir_defs::terminals::{Flag, Ident, Lit};
use nanopass::Meta;

use super::literals::{is_instant, is_suffixed};
use super::{Builder, is_lower, is_upper, nodes};
use crate::codes;
use crate::parse::MAX_DEPTH;

/// What to do about a pattern that computes something.
const COMPARE: &str = "compare in a guard instead: `x when x == …`";
/// How many names of something that is no pattern count as bound.
const SALVAGED: usize = 100;

impl Builder<'_> {
    /// The parameters of a lambda: atomic patterns side by side.
    pub(super) fn params(&mut self, node: &Node) -> Vec<Pattern> {
        match nodes::branch(node, SyntaxKind::App) {
            Some(children) => self.side_by_side(children),
            None => vec![self.pattern(node)],
        }
    }

    /// Atomic patterns side by side, `name@p` among them.
    pub(super) fn side_by_side(&mut self, children: &[Node]) -> Vec<Pattern> {
        let mut patterns = Vec::new();
        let mut at = 0;
        while let Some(first) = children.get(at) {
            // `a@b@p`: names up to the last one.
            let mut end = at;
            while children
                .get(end + 1)
                .is_some_and(|next| nodes::is(next, "@"))
            {
                end += 2;
            }
            let names = children.get(at..end).unwrap_or_default();
            if names.len() / 2 > MAX_DEPTH {
                let meta = Meta::at(nodes::span(first));
                self.too_deep(meta);
                return vec![Pattern::Error { meta }];
            }
            let mut pattern = children
                .get(end)
                .map_or(Pattern::Wild { meta: Meta::NONE }, |node| {
                    self.pattern(node)
                });
            for name in names.iter().rev().filter(|node| !nodes::is(node, "@")) {
                let meta = Meta::at(nodes::span(name).to(pattern.meta().span));
                pattern = match nodes::token(name).filter(|token| is_lower(&token.text)) {
                    Some(token) => Pattern::As {
                        meta,
                        name: self.ident(token),
                        pattern: Box::new(pattern),
                    },
                    None => self.not_a_pattern(name, "a name stands before `@`"),
                };
            }
            patterns.push(pattern);
            at = end + 1;
        }
        patterns
    }

    /// Reports a node that is no pattern. The names in it count as bound, so that their uses are no further mistakes.
    fn not_a_pattern(&mut self, node: &Node, help: &str) -> Pattern {
        let span = nodes::span(node);
        self.error(codes::NOT_A_PATTERN, "this is not a pattern", span, help);
        let meta = Meta::at(span);
        let mut names = Vec::new();
        nodes::for_each_token(node, &mut |token| {
            let is_new = !names.iter().any(|name: &&Token| name.text == token.text);
            if is_lower(&token.text) && is_new && names.len() < SALVAGED {
                names.push(token);
            }
        });
        let error = Pattern::Error { meta };
        names.into_iter().fold(error, |pattern, name| Pattern::As {
            meta,
            name: self.ident(name),
            pattern: Box::new(pattern),
        })
    }

    /// A literal whose values are compared, with the sign in front of it.
    fn compared(&mut self, meta: Meta, token: &Token, minus: bool) -> Option<Pattern> {
        match self.literal(token) {
            Expr::Delta { number, suffix, .. } => {
                let number = match minus {
                    true => super::text(&format!("-{}", number.0)),
                    false => number,
                };
                Some(Pattern::Delta {
                    meta,
                    number,
                    suffix,
                })
            }
            Expr::Instant { text, .. } if !minus => Some(Pattern::Instant { meta, text }),
            _ => None,
        }
    }

    /// Any pattern.
    pub(super) fn pattern(&mut self, node: &Node) -> Pattern {
        let span = nodes::span(node);
        let meta = Meta::at(span);
        let (kind, children) = match node {
            Node::Leaf { token } => {
                let written: &str = &token.text;
                return if written == "_" {
                    Pattern::Wild { meta }
                } else if is_lower(written) {
                    Pattern::Bind {
                        meta,
                        name: self.ident(token),
                    }
                } else if is_upper(written) {
                    Pattern::Con {
                        meta,
                        name: self.ident(token),
                        args: Vec::new(),
                    }
                } else {
                    match self.constant(token) {
                        Some(lit) => Pattern::Lit { meta, lit },
                        None => {
                            let compared = is_suffixed(written) || is_instant(written);
                            let pattern = match compared {
                                true => self.compared(meta, token, false),
                                false => None,
                            };
                            pattern.unwrap_or_else(|| self.not_a_pattern(node, COMPARE))
                        }
                    }
                };
            }
            Node::Branch { kind, children } => (*kind, children.as_slice()),
        };
        match (kind, children) {
            (SyntaxKind::App, _) => self.constructor(node, children, meta),
            (SyntaxKind::Postfix, _) => match self.qualified(node) {
                Some(name) => Pattern::Con {
                    meta,
                    name,
                    args: Vec::new(),
                },
                None => self.not_a_pattern(node, "a pattern holds names that it binds, not fields"),
            },
            (SyntaxKind::Operand, [minus, number]) => match self.negative_constant(minus, number) {
                Some(lit) => Pattern::Lit { meta, lit },
                None => {
                    let suffixed = nodes::token(number)
                        .filter(|token| nodes::is(minus, "-") && is_suffixed(&token.text));
                    let pattern = suffixed.and_then(|token| self.compared(meta, token, true));
                    pattern.unwrap_or_else(|| self.not_a_pattern(node, COMPARE))
                }
            },
            (SyntaxKind::Paren, _) => self.paren_pattern(children, meta),
            (SyntaxKind::List, _) => self.list_pattern(node, children, meta),
            (SyntaxKind::Braces, _) => {
                self.no_semicolons(children);
                let entries: Vec<&Node> = nodes::entries(children).collect();
                let mut fields = Vec::with_capacity(entries.len());
                for entry in entries {
                    fields.extend(self.field_pattern(entry));
                }
                Pattern::Record { meta, fields }
            }
            (SyntaxKind::Text, [_, _]) => Pattern::Lit {
                meta,
                lit: Lit::Text(Arc::from("")),
            },
            (SyntaxKind::Text, [_, Node::Leaf { .. }, _]) => {
                match self.text_literal(children, span) {
                    ir_defs::ast::Expr::Lit { lit, .. } => Pattern::Lit { meta, lit },
                    _ => Pattern::Error { meta },
                }
            }
            (SyntaxKind::Text, _) => self.not_a_pattern(node, "a text in a pattern has no holes"),
            (SyntaxKind::Chain, _) if is_dashed_name(children) => {
                let joined = dashed_name(children);
                self.not_a_pattern(node, &format!("a name holds no `-`: `{joined}` is one"))
            }
            (SyntaxKind::Chain, [head, minus, number])
                if nodes::is(minus, "-")
                    && nodes::leaf_text(number)
                        .starts_with(|first: char| first.is_ascii_digit()) =>
            {
                let mut taken = String::new();
                nodes::write_text(head, &mut taken);
                let (taken, number) = (taken.trim(), nodes::leaf_text(number));
                let help =
                    format!("a negative argument stands in parentheses: `{taken} (-{number})`");
                self.not_a_pattern(node, &help)
            }
            (SyntaxKind::Chain, _) => self.not_a_pattern(
                node,
                "put a lambda in an operand in parentheses; compute in a guard or in the body",
            ),
            (SyntaxKind::Expr, _) => self.not_a_pattern(node, "put the lambda in parentheses"),
            _ => self.not_a_pattern(node, ""),
        }
    }

    /// `C p q`; patterns side by side that begin with something else are none.
    fn constructor(&mut self, node: &Node, children: &[Node], meta: Meta) -> Pattern {
        let Some((head, rest)) = children.split_first() else {
            return Pattern::Error { meta };
        };
        let name = match nodes::token(head) {
            Some(token) if is_upper(&token.text) => Some(self.ident(token)),
            _ => self.qualified(head),
        };
        let begins_alias = rest.first().is_some_and(|next| nodes::is(next, "@"));
        match name {
            Some(name) if !begins_alias => Pattern::Con {
                meta,
                name,
                args: self.side_by_side(rest),
            },
            _ => {
                let mut patterns = self.side_by_side(children);
                match patterns.pop() {
                    Some(only) if patterns.is_empty() => only,
                    _ => self.not_a_pattern(
                        node,
                        "only a constructor, such as `Some x`, has arguments in a pattern",
                    ),
                }
            }
        }
    }

    /// `Module.Constructor`, `a.b.Constructor`
    fn qualified(&mut self, node: &Node) -> Option<Ident> {
        let children = nodes::branch(node, SyntaxKind::Postfix)?;
        let is_name = |node: &Node| {
            nodes::token(node).is_some_and(|token| is_upper(&token.text) || is_lower(&token.text))
        };
        let (first, fields) = children.split_first()?;
        let last = nodes::branch(fields.last()?, SyntaxKind::Field)?.last()?;
        let all_fields = fields
            .iter()
            .all(|field| nodes::kind(field) == Some(SyntaxKind::Field));
        (is_name(first) && all_fields && is_upper(nodes::leaf_text(last)))
            .then(|| self.dotted(node))
    }

    fn paren_pattern(&mut self, children: &[Node], meta: Meta) -> Pattern {
        let mut items = Vec::new();
        let entries: Vec<&Node> = nodes::entries(children).collect();
        for node in entries {
            items.push(self.pattern(node));
        }
        match (items.pop(), items.is_empty()) {
            (None, _) => Pattern::Con {
                meta,
                name: self.ident_of("Unit", meta.span),
                args: Vec::new(),
            },
            (Some(inner), true) => Pattern::Paren {
                meta,
                inner: Box::new(inner),
            },
            (Some(last), false) => {
                items.push(last);
                Pattern::Tuple { meta, items }
            }
        }
    }

    fn list_pattern(&mut self, list: &Node, children: &[Node], meta: Meta) -> Pattern {
        self.no_semicolons(children);
        let mut items = Vec::new();
        let mut rest: Option<Rest> = None;
        let entries: Vec<&Node> = nodes::entries(children).collect();
        for node in entries {
            if rest.is_some() {
                return self.not_a_pattern(list, "`...` is the last in a list pattern");
            }
            let meta = Meta::at(nodes::span(node));
            match nodes::branch(node, SyntaxKind::Element) {
                None if nodes::is(node, "...") => rest = Some(Rest { meta, name: None }),
                None => items.push(self.pattern(node)),
                Some([dots, name]) if nodes::is(dots, "...") => {
                    let name = match nodes::token(name) {
                        Some(token) if is_lower(&token.text) => Some(self.ident(token)),
                        Some(token) if &*token.text == "_" => None,
                        _ => {
                            return self.not_a_pattern(list, "a name stands after `...`");
                        }
                    };
                    rest = Some(Rest { meta, name });
                }
                Some(_) => items.push(self.not_a_pattern(node, "")),
            }
        }
        Pattern::List { meta, items, rest }
    }

    /// `a`, `a.b: p`, `a.b@p`
    fn field_pattern(&mut self, node: &Node) -> Option<FieldPattern> {
        let meta = Meta::at(nodes::span(node));
        let (label, pattern, named) = match (nodes::kind(node), nodes::children(node)) {
            (Some(SyntaxKind::Entry), [label, colon, pattern]) if nodes::is(colon, ":") => {
                (label, Some(self.pattern(pattern)), false)
            }
            (Some(SyntaxKind::App), [label, at, pattern]) if nodes::is(at, "@") => {
                (label, Some(self.pattern(pattern)), true)
            }
            (Some(SyntaxKind::Entry), [dots, ..]) if nodes::is(dots, "...") => {
                self.not_a_pattern(node, "record patterns are open: leave the `...` out");
                return None;
            }
            _ if nodes::is(node, "...") => {
                self.not_a_pattern(node, "record patterns are open: leave the `...` out");
                return None;
            }
            _ => (node, None, false),
        };
        match self.label_path(label) {
            Some(path) => Some(FieldPattern {
                meta,
                path,
                named: Flag(named),
                pattern,
            }),
            None => {
                self.not_a_pattern(label, "a record pattern holds fields: `{ a, b: p }`");
                None
            }
        }
    }

    /// `a.b.c` as labels.
    fn label_path(&mut self, node: &Node) -> Option<Vec<Ident>> {
        if let Some(token) = nodes::token(node) {
            return is_lower(&token.text).then(|| vec![self.ident(token)]);
        }
        let children = nodes::branch(node, SyntaxKind::Postfix)?;
        let mut path = Vec::with_capacity(children.len());
        for child in children {
            let label = nodes::branch(child, SyntaxKind::Field)
                .and_then(<[Node]>::last)
                .unwrap_or(child);
            let token = nodes::token(label).filter(|token| is_lower(&token.text))?;
            path.push(self.ident(token));
        }
        Some(path)
    }
}

/// Whether a chain is names with `-` between them: `my-name`.
fn is_dashed_name(children: &[Node]) -> bool {
    let mut end = None;
    children.iter().enumerate().all(|(index, node)| {
        let touches = end.is_none_or(|end| end == nodes::span(node).lo);
        end = Some(nodes::span(node).hi);
        let text = nodes::leaf_text(node);
        touches
            && if index % 2 == 0 {
                is_lower(text)
            } else {
                text == "-"
            }
    })
}

/// `my-name` as `myName`.
fn dashed_name(children: &[Node]) -> String {
    let mut name = String::new();
    for node in children.iter().filter(|node| !nodes::is(node, "-")) {
        let text = nodes::leaf_text(node);
        let mut letters = text.chars();
        match letters.next() {
            Some(first) if !name.is_empty() => {
                name.push(first.to_ascii_uppercase());
                name.push_str(letters.as_str());
            }
            _ => name.push_str(text),
        }
    }
    name
}
