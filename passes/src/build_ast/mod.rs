//! `build-ast`: `cst` → `ast`
//!
//! Makes of the concrete tree the tree that a programmer thinks of: trivia gone, operators grouped, literals decoded.
//!
//! ```text
//! x = a + 2 * 0xff            (define _ [] x (chain a (link + + (chain 2 (link * * 255)))))
//! ```
//!
//! Design: the grammar leaves open what only the whole of a phrase tells; here it is decided. What stands before `=>`,
//! `=`, `<-` or `->` is read as a pattern ([`patterns`]); braces are a record if their first entry is `name:` or
//! `...`, and a block otherwise ([`blocks`]); a chain is grouped by precedence ([`chains`]); adjacent clauses of a
//! name become one function ([`items`]).
//!
//! A mistake becomes an `Error` node, so that everything else goes on to the next pass.

mod arms;
mod blocks;
mod braces;
mod chains;
mod clauses;
mod declarations;
mod exprs;
mod functions;
mod items;
mod literals;
mod nodes;
mod patches;
mod patterns;
mod records;
mod types;

use ir_defs::Session;
use ir_defs::ast::{Constraint, Expr, Module};
use ir_defs::cst::{File, Node};
use ir_defs::syntax::Token;
use ir_defs::terminals::{Ident, TextLit};
use nanopass::{Diagnostic, Meta, Span};

pub(crate) use clauses::refutable;

use crate::codes;

/// Builds the tree of a file. What is wrong with it is reported to the session.
pub fn run(program: File, session: &mut Session) -> Module {
    Builder {
        session,
        constraints: None,
        statement: Span::NONE,
    }
    .module(&program.nodes)
}

/// What building needs to know.
struct Builder<'a> {
    session: &'a mut Session,
    /// The constraints of the signature in progress; absent where none can stand.
    constraints: Option<Vec<Constraint>>,
    /// The statement of an `effect` block that is being read, where a missing `else` can do nothing.
    statement: Span,
}

impl Builder<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.session.report(diagnostic);
    }

    /// Reports an error at a place, with one piece of advice or none.
    fn error(&mut self, code: &'static str, message: impl Into<String>, span: Span, help: &str) {
        let diagnostic = Diagnostic::error(code, message).at(span, "");
        let diagnostic = if help.is_empty() {
            diagnostic
        } else {
            diagnostic.help(help)
        };
        self.report(diagnostic);
    }

    fn unexpected(&mut self, message: impl Into<String>, span: Span, help: &str) {
        self.error(codes::UNEXPECTED_TOKEN, message, span, help);
    }

    fn ident(&mut self, token: &Token) -> Ident {
        self.ident_of(&token.text, token.span)
    }

    fn ident_of(&mut self, text: &str, span: Span) -> Ident {
        Ident {
            name: self.session.core.intern(text),
            span,
        }
    }

    /// The dotted name that a leaf or a path holds: `a.b.c`.
    fn dotted(&mut self, node: &Node) -> Ident {
        let mut text = String::new();
        nodes::write_text(node, &mut text);
        self.ident_of(&text, nodes::span(node))
    }

    /// The name `Unit`.
    fn unit(&mut self, span: Span) -> Expr {
        Expr::Name {
            meta: Meta::at(span),
            name: self.ident_of("Unit", span),
        }
    }
}

/// Text as it stands.
fn text(text: &str) -> TextLit {
    TextLit(text.into())
}

/// Whether a name begins with a capital letter.
fn is_upper(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_uppercase())
}

/// Whether a text is a name that begins with a small letter; keywords, which stand here as fields, are such.
fn is_lower(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
}
