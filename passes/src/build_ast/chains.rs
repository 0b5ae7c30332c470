//! Groups the operands of a chain by precedence.
//!
//! Loosest first: `?` and `or`, from the left; `|>`; `??`; `||`; `&&`; `==` and `!=`; comparisons; `++`, `+` and `-`;
//! `*`, `×`, `/` and `%`. Operands of one level stay in one flat node, so that a long chain is no deep tree.

use ir_defs::ast::{Expr, Handler, Link};
use ir_defs::cst::Node;
use ir_defs::syntax::SyntaxKind;
use ir_defs::terminals::{Lit, Operator};
use nanopass::{Diagnostic, Meta};

use super::{Builder, nodes};
use crate::codes;
use crate::parse::MAX_DEPTH;

/// The operators of each level, the loosest first.
const LEVELS: [&[&str]; 8] = [
    &["|>"],
    &["??"],
    &["||"],
    &["&&"],
    &["==", "!="],
    &["<", "<=", ">", ">="],
    &["++", "+", "-"],
    &["*", "×", "/", "%"],
];
/// The levels that do not chain: `a < b < c`.
const NOT_CHAINED: std::ops::RangeInclusive<usize> = 4..=5;

impl Builder<'_> {
    /// A chain of operands, with `?` and `or` between them.
    pub(super) fn chain(&mut self, children: &[Node]) -> Expr {
        let ends = |node: &Node| matches!(nodes::leaf_text(node), "?" | "or");
        let mut at = children.iter().position(ends).unwrap_or(children.len());
        let mut subject = self.level(0, children.get(..at).unwrap_or_default());
        let mut depth = 0;
        while let Some(operator) = children.get(at) {
            let rest = children.get(at + 1..).unwrap_or_default();
            let length = rest.iter().position(ends).unwrap_or(rest.len());
            let right = rest.get(..length).unwrap_or_default();
            at += 1 + length;
            let meta = Meta::at(subject.meta().span.to(nodes::span_of(right)));
            depth += 1;
            if depth > MAX_DEPTH {
                self.too_deep(meta);
                return Expr::Error { meta };
            }
            subject = match (
                nodes::is(operator, "?"),
                right
                    .first()
                    .and_then(|arms| nodes::branch(arms, SyntaxKind::Arms)),
            ) {
                (true, Some(arms)) => Expr::Match {
                    meta,
                    subject: Box::new(subject),
                    arms: self.arms(arms),
                },
                (false, Some(arms)) => {
                    let handler = Handler::Arms {
                        arms: self.arms(arms),
                    };
                    Expr::Or {
                        meta,
                        subject: Box::new(subject),
                        handler: Box::new(handler),
                    }
                }
                _ => {
                    let handler = Handler::Default {
                        value: Box::new(self.level(0, right)),
                    };
                    Expr::Or {
                        meta,
                        subject: Box::new(subject),
                        handler: Box::new(handler),
                    }
                }
            };
        }
        subject
    }

    pub(super) fn too_deep(&mut self, meta: Meta) {
        let message = format!("this nests more than {MAX_DEPTH} levels deep");
        self.error(
            codes::TOO_DEEP,
            message,
            meta.span,
            "give inner parts names of their own",
        );
    }

    /// Operands with operators of this level and tighter ones between them.
    fn level(&mut self, level: usize, children: &[Node]) -> Expr {
        let meta = Meta::at(nodes::span_of(children));
        let operators = match (children, LEVELS.get(level)) {
            ([operand], _) => return self.expr(operand),
            (_, Some(operators)) => *operators,
            (_, None) => return Expr::Error { meta },
        };
        let is_operator = |node: &Node| operators.contains(&nodes::leaf_text(node));
        let mut parts = children.split(is_operator);
        let first = parts.next().unwrap_or_default();
        if first.len() == children.len() {
            return self.level(level + 1, children);
        }
        let first = self.level(level + 1, first);
        let rest: Vec<Expr> = parts.map(|part| self.level(level + 1, part)).collect();
        let all = |first: Expr, rest: Vec<Expr>| std::iter::once(first).chain(rest).collect();
        match level {
            0 => Expr::Pipe {
                meta,
                first: Box::new(first),
                steps: rest,
            },
            1 => Expr::Coalesce {
                meta,
                first: Box::new(first),
                rest,
            },
            2 => Expr::Any {
                meta,
                items: all(first, rest),
            },
            3 => Expr::All {
                meta,
                items: all(first, rest),
            },
            _ => {
                let tokens: Vec<&Node> = children.iter().filter(|node| is_operator(node)).collect();
                if NOT_CHAINED.contains(&level) && tokens.len() > 1 {
                    self.chained_comparison(children, &tokens, meta);
                    return Expr::Error { meta };
                }
                let mut links = Vec::with_capacity(rest.len());
                for (token, operand) in tokens.into_iter().filter_map(nodes::token).zip(rest) {
                    let op = Operator::of(&token.text).unwrap_or(Operator::Add);
                    links.push(Link {
                        op,
                        position: self.ident(token),
                        operand,
                    });
                }
                Expr::Chain {
                    meta,
                    first: Box::new(first),
                    links,
                }
            }
        }
    }

    fn chained_comparison(&mut self, children: &[Node], operators: &[&Node], meta: Meta) {
        // `x > 1 and x < 3`
        let mut word = None;
        for operand in children {
            for part in nodes::branch(operand, SyntaxKind::App).unwrap_or_default() {
                word = word.or(nodes::token(part).filter(|token| &*token.text == "and"));
            }
        }
        if let Some(word) = word {
            let diagnostic =
                Diagnostic::error(codes::CHAINED_COMPARISON, "`and` joins no conditions")
                    .at(word.span, "")
                    .help("write `a && b`")
                    .edit(word.span, "&&", "write `&&`");
            return self.report(diagnostic);
        }
        let text = |index: usize| {
            operators
                .get(index)
                .map_or("", |node| nodes::leaf_text(node))
        };
        let (first, second) = (text(0), text(1));
        let help = if matches!(first, "==" | "!=") {
            format!("put one of them in parentheses, or write `a {first} b && b {second} c`")
        } else {
            format!("write `a {first} b && b {second} c`")
        };
        let second = operators.get(1).map_or(meta.span, |node| nodes::span(node));
        let first_span = operators
            .first()
            .map_or(meta.span, |node| nodes::span(node));
        let diagnostic =
            Diagnostic::error(codes::CHAINED_COMPARISON, "comparisons are not chained")
                .at(second, "a second comparison")
                .label(first_span, "the first one")
                .help(help);
        self.report(diagnostic);
    }

    /// Prefixes, what they stand before, and patches behind it.
    pub(super) fn operand(&mut self, children: &[Node]) -> Expr {
        let is_prefix = |node: &&Node| matches!(nodes::leaf_text(node), "!" | "-");
        let prefixes = children.iter().take_while(is_prefix).count();
        let (prefixes, rest) = children.split_at(prefixes);
        let Some((operand, patches)) = rest.split_first() else {
            return Expr::Error {
                meta: Meta::at(nodes::span_of(children)),
            };
        };
        let span = nodes::span_of(children);
        if prefixes.len() + patches.len() / 2 > MAX_DEPTH {
            self.too_deep(Meta::at(span));
            return Expr::Error {
                meta: Meta::at(span),
            };
        }
        let mut prefixes = prefixes;
        let mut value = match self.negative(prefixes.last(), operand) {
            Some(number) if patches.is_empty() => {
                prefixes = prefixes.split_last().map_or(prefixes, |(_, others)| others);
                number
            }
            _ => self.expr(operand),
        };
        for patch in patches {
            if nodes::kind(patch) == Some(SyntaxKind::PatchBody) {
                let meta = Meta::at(value.meta().span.to(nodes::span(patch)));
                let entries = self.patch_entries(nodes::children(patch));
                value = Expr::Patch {
                    meta,
                    target: Box::new(value),
                    entries,
                };
            }
        }
        for prefix in prefixes.iter().rev() {
            let op = if nodes::is(prefix, "!") {
                Operator::Not
            } else {
                Operator::Negate
            };
            let meta = Meta::at(nodes::span(prefix).to(value.meta().span));
            value = Expr::Prefix {
                meta,
                op,
                operand: Box::new(value),
            };
        }
        value
    }

    /// `-` and a number without a suffix: one literal.
    fn negative(&mut self, prefix: Option<&Node>, operand: &Node) -> Option<Expr> {
        let lit = self.negative_constant(prefix?, operand)?;
        Some(Expr::Lit {
            meta: Meta::at(nodes::span(prefix?).to(nodes::span(operand))),
            lit,
        })
    }

    /// The constant of a negative number, in an expression or a pattern.
    pub(super) fn negative_constant(&mut self, prefix: &Node, operand: &Node) -> Option<Lit> {
        let token = nodes::token(operand)?;
        let written: &str = &token.text;
        let is_number = written.starts_with(|first: char| first.is_ascii_digit())
            && super::literals::number_end(written) == written.len()
            && !super::literals::is_instant(written);
        (nodes::is(prefix, "-") && is_number).then(|| {
            let span = nodes::span(prefix).to(token.span);
            self.number(written, true, span)
        })
    }
}
