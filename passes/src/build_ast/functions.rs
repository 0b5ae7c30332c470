//! Definitions with parameters before the `=`: `f x y = e` is `f = x y => e`.

use ir_defs::ast::Expr;
use ir_defs::cst::Node;
use ir_defs::syntax::{SyntaxKind, Token};
use ir_defs::terminals::Ident;
use nanopass::{Diagnostic, Meta};

use super::{Builder, is_lower, nodes};
use crate::codes;

/// Words that begin a definition elsewhere.
const FOREIGN_DEFINITIONS: [&str; 14] = [
    "let", "var", "val", "const", "def", "fn", "fun", "func", "function", "pub", "public",
    "private", "mut", "where",
];

impl Builder<'_> {
    /// `f x y = e`, where something is defined. `let x = e` and the like, which other languages have, are reported
    /// and taken for what they mean; so is `main () = e`.
    pub(super) fn function_definition(
        &mut self,
        target: &Node,
        value: &Node,
    ) -> Option<(Ident, Expr)> {
        let [head, params @ ..] = nodes::branch(target, SyntaxKind::App)? else {
            return None;
        };
        let token = nodes::token(head).filter(|token| is_lower(&token.text))?;
        // `name@p = e` binds by a pattern.
        if params.first().is_none_or(|first| nodes::is(first, "@")) {
            return None;
        }
        let name: &str = &token.text;
        if FOREIGN_DEFINITIONS.contains(&name) {
            return self.foreign_definition(token, params, target, value);
        }
        let of_main = name == "main"
            && matches!(params, [unit] if nodes::branch(unit, SyntaxKind::Paren).is_some_and(|list| list.len() == 2));
        if of_main {
            let diagnostic =
                Diagnostic::error(codes::DEFINITION_KEYWORD, "`main` has no parameters")
                    .at(nodes::span(target), "")
                    .help("`main` is a value: write `main = effect { … }`");
            self.report(diagnostic);
            return Some((self.ident(token), self.expr(value)));
        }
        let name = self.ident(token);
        Some((name, self.function(target, params, value)))
    }

    /// `let x = e`, `fn f(x, y) = e`
    fn foreign_definition(
        &mut self,
        word: &Token,
        params: &[Node],
        target: &Node,
        value: &Node,
    ) -> Option<(Ident, Expr)> {
        let text: &str = &word.text;
        // Elsewhere parameters stand in parentheses.
        let in_parentheses = match params {
            [_, paren] => nodes::branch(paren, SyntaxKind::Paren),
            _ => None,
        };
        let listed: Vec<Node> = in_parentheses
            .map(|list| nodes::entries(list).cloned().collect())
            .unwrap_or_default();
        let is_where = text == "where";
        let help = if is_where {
            "local definitions stand in a block before its result: `{ y = x + 1; y * 2 }`"
                .to_owned()
        } else if params.len() > 1 {
            "a function is written `add = x y => x + y`".to_owned()
        } else {
            format!("a definition needs no `{text}`: write `name = …`")
        };
        let mut diagnostic = Diagnostic::error(
            codes::DEFINITION_KEYWORD,
            format!("`{text}` begins no definition"),
        )
        .at(word.span, "")
        .help(help);
        if let ([first], false) = (params, is_where) {
            let place = word.span.to(nodes::span(first).start());
            diagnostic = diagnostic.edit(place, "", format!("leave `{text}` out"));
        }
        self.report(diagnostic);
        let (first, params) = params.split_first()?;
        let first = nodes::token(first).filter(|token| is_lower(&token.text))?;
        let params = match listed.is_empty() {
            true => params,
            false => listed.as_slice(),
        };
        let name = self.ident(first);
        let value = self.function(target, params, value);
        // The names of a `where` are those of the definition above, which are not in scope here.
        Some(match is_where {
            true => (name, Expr::Error { meta: value.meta() }),
            false => (name, value),
        })
    }

    /// `(+) a b = e`, among the members of a domain or class.
    pub(super) fn operator_definition(
        &mut self,
        target: &Node,
        value: &Node,
    ) -> Option<(Ident, Expr)> {
        let (head, params) = nodes::branch(target, SyntaxKind::App)?.split_first()?;
        let name = self.operator_target(head)?;
        Some((name, self.function(target, params, value)))
    }

    fn function(&mut self, target: &Node, params: &[Node], value: &Node) -> Expr {
        let params = self.side_by_side(params);
        let value = self.expr(value);
        if params.is_empty() {
            return value;
        }
        Expr::Lambda {
            meta: Meta::at(nodes::span(target).to(value.meta().span)),
            params,
            body: Box::new(value),
        }
    }
}
