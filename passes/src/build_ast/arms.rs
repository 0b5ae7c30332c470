//! The arms of matches and of functions, and what is written in their place.

use ir_defs::ast::{Arm, Clause};
use ir_defs::cst::Node;
use ir_defs::syntax::SyntaxKind;
use nanopass::Diagnostic;

use super::{Builder, nodes};
use crate::codes;

impl Builder<'_> {
    /// Reports `e or NotFound _ => d`, where a `|` is missing before the pattern.
    pub(super) fn arms_without_bars(&mut self, param: &Node) -> bool {
        let Some([.., or, pattern]) = nodes::branch(param, SyntaxKind::Chain) else {
            return false;
        };
        if !nodes::is(or, "or") {
            return false;
        }
        let diagnostic = Diagnostic::error(codes::NOT_A_PATTERN, "an arm begins with `|`")
            .at(nodes::span(pattern), "")
            .help("write `or | pattern => …`, each arm with its own `|`");
        self.report(diagnostic);
        true
    }

    /// Whether an entry is `e or pattern => d`, whose arms lack their bars: the arms after the first are entries then.
    pub(super) fn lacks_bars(node: &Node) -> bool {
        let value = match nodes::branch(node, SyntaxKind::Entry) {
            Some([_, arrow, value, ..]) if nodes::is(arrow, "<-") => value,
            _ => node,
        };
        let param = nodes::branch(value, SyntaxKind::Expr).and_then(<[Node]>::first);
        let chain = param.and_then(|param| nodes::branch(param, SyntaxKind::Chain));
        matches!(chain, Some([.., or, _]) if nodes::is(or, "or"))
    }

    /// Reports `match x { 1 => 2 \n _ => 3 }`, whose braces hold nothing but arms.
    pub(super) fn foreign_match(&mut self, children: &[Node]) -> bool {
        let [word, .., braces] = children else {
            return false;
        };
        let text = nodes::leaf_text(word);
        let entries = nodes::branch(braces, SyntaxKind::Braces).unwrap_or_default();
        let is_arm = |node: &Node| nodes::kind(node) == Some(SyntaxKind::Expr);
        if !matches!(text, "match" | "switch" | "case" | "when")
            || nodes::entries(entries).count() < 2
            || !nodes::entries(entries).all(is_arm)
        {
            return false;
        }
        self.unexpected(
            format!("`{text}` is no keyword of AIVI"),
            nodes::span(word),
            "a match is written `x ? | Some n => n | None => 0`",
        );
        true
    }

    /// The arms of a match.
    pub(super) fn arms(&mut self, children: &[Node]) -> Vec<Arm> {
        let clauses = self.clauses(children, false);
        let arm = |clause: Clause| {
            let pattern = clause.patterns.into_iter().next()?;
            Some(Arm {
                pattern,
                guard: clause.guard,
                body: clause.body,
            })
        };
        clauses.into_iter().filter_map(arm).collect()
    }

    /// Arms as the clauses of a function, of one parameter unless all have several patterns, which has been reported.
    pub(super) fn clauses(&mut self, children: &[Node], several: bool) -> Vec<Clause> {
        let mut clauses = Vec::with_capacity(children.len());
        for arm in children {
            let (pattern, guard, body) = match nodes::children(arm) {
                [_, pattern, _, body] => (pattern, None, body),
                [_, pattern, _, guard, _, body] => (pattern, Some(guard), body),
                _ => continue,
            };
            let patterns = match nodes::branch(pattern, SyntaxKind::App).filter(|_| several) {
                Some(patterns) => self.side_by_side(patterns),
                None => vec![self.pattern(pattern)],
            };
            let guard = guard.map(|guard| self.expr(guard));
            clauses.push(Clause {
                patterns,
                guard,
                body: self.expr(body),
            });
        }
        clauses
    }

    /// Whether each arm has several patterns side by side, as in `| x y => …`; reports it.
    pub(super) fn several_patterns(&mut self, arms: &[Node]) -> bool {
        let patterns = |arm: &Node| {
            let pattern = nodes::children(arm).get(1)?;
            let parts = nodes::branch(pattern, SyntaxKind::App)?;
            let is_constructor = parts.first().is_some_and(|first| {
                nodes::kind(first).is_some_and(|kind| kind == SyntaxKind::Postfix)
                    || super::is_upper(nodes::leaf_text(first))
            });
            let has_alias = parts.iter().any(|part| nodes::is(part, "@"));
            (!is_constructor && !has_alias).then_some((nodes::span(pattern), parts.len()))
        };
        let Some((span, number)) = arms.first().and_then(patterns) else {
            return false;
        };
        if !arms
            .iter()
            .all(|arm| patterns(arm).is_some_and(|(_, other)| other == number))
        {
            return false;
        }
        self.error(
            codes::NOT_A_PATTERN,
            format!("an arm has one pattern, and this has {number}"),
            span,
            "write a definition for each clause, as in `f = 0 y => …`, or take a tuple apart: `| (x, y) => …`",
        );
        true
    }
}
