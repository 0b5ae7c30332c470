//! The checks of `cst`:
//!
//! - the last node of a file is the one token without text, which holds the last trivia;
//! - a branch has children;
//! - trivia holds white space and comments only, so that no part of the program hides there.
//!
//! That the tree has the shape of the grammar is not checked: a branch is made by a rule of it.

use nanopass::{Span, Violation};

use crate::Session;
use crate::cst::{File, Node, Visit, walk_node};
use crate::syntax::Token;

/// Looks for violations of the invariants above.
pub fn check(program: &File, _: &Session) -> Vec<Violation> {
    let mut checker = Checker {
        violations: Vec::new(),
        end: None,
    };
    for node in &program.nodes {
        if let Some(span) = checker.end.take() {
            checker.report(
                "a token without text stands before the end of the file",
                String::new(),
                span,
            );
        }
        checker.node(node);
    }
    if checker.end.is_none() {
        checker.report(
            "the file does not end in a token without text",
            String::new(),
            Span::NONE,
        );
    }
    checker.violations
}

struct Checker {
    violations: Vec<Violation>,
    /// The place of the last token, if it has no text.
    end: Option<Span>,
}

impl Checker {
    fn report(&mut self, message: &str, node: String, span: Span) {
        self.violations.push(Violation::new(message, node, span));
    }
}

impl Visit for Checker {
    fn node(&mut self, node: &Node) {
        if let Node::Branch { kind, children } = node
            && children.is_empty()
        {
            self.report("a branch has no children", format!("{kind:?}"), Span::NONE);
        }
        walk_node(self, node);
    }

    fn token(&mut self, token: &Token) {
        if let Some(span) = self.end.take() {
            self.report(
                "a token without text stands before the end of the file",
                String::new(),
                span,
            );
        }
        if token.text.is_empty() {
            self.end = Some(token.span);
        }
        if !is_trivia(&token.trivia) {
            self.report(
                "this is neither white space nor a comment",
                token.trivia.to_string(),
                token.span,
            );
        }
    }
}

/// Whether a text consists of white space, comments and byte order marks.
fn is_trivia(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    while !rest.is_empty() {
        let end = if rest.starts_with("//") {
            rest.find('\n').or(Some(rest.len()))
        } else if rest.starts_with("/*") {
            comment_end(rest)
        } else {
            None
        };
        let Some(after) = end.and_then(|end| rest.get(end..)) else {
            return false;
        };
        rest = after.trim_start();
    }
    true
}

/// The end of the block comment that a text starts with; comments nest.
fn comment_end(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut at = 0;
    loop {
        match text.as_bytes().get(at..at + 2)? {
            b"/*" => {
                depth += 1;
                at += 2;
            }
            b"*/" => {
                depth = depth.checked_sub(1)?;
                at += 2;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => at += 1,
        }
    }
}
