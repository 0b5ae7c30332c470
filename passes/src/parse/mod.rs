//! `parse`: source → `cst`
//!
//! Reads a file into a tree that has every byte of it.
//!
//! ```text
//! add = x y =>          (binding "add" (" " "=")
//!   x + y                 (expr (app (" " "x") (" " "y")) (" " "=>")
//!                           (chain ("\n  " "x") (" " "+") (" " "y"))))
//! ```
//!
//! Three steps: the [`scanner`] finds tokens, comments, brackets and the line breaks that count, cuts the file into
//! declarations and makes a masked copy of it; the grammar ([`grammar`], `grammar.pest`) matches each declaration of
//! the copy; [`tree`] hangs the tokens into the branches that the grammar found.
//!
//! *Why a scanner before a grammar.* Which line breaks count depends on the tokens around them and on the brackets,
//! which a context-free grammar could only say by naming every place twice. And a declaration that does not parse is
//! left behind as a whole, so that one run reports all syntax errors: after an error it goes on at the next line
//! that begins like a declaration in the column of declarations.

pub mod grammar;
mod lexer;
mod messages;
mod scanner;
mod token;
mod tree;
mod unexpected;

use ir_defs::Session;
use ir_defs::cst::{File, Node};
use ir_defs::source::Source;
use ir_defs::syntax::SyntaxKind;
use nanopass::Diagnostic;

pub use scanner::MAX_DEPTH;
pub use token::KEYWORDS;

use grammar::Failure;
use messages::{Place, Reporter};
use scanner::{Item, Scan};
use token::Token;
use tree::Leaves;
use unexpected::Stuck;

/// The size in bytes that a file may have.
pub const MAX_SIZE: usize = 16 << 20;

/// Parses a file of the session. What is wrong with it is reported to the session.
pub fn run(program: Source, session: &mut Session) -> File {
    let Some(source) = session.core.sources.get(program.file) else {
        return File { nodes: Vec::new() };
    };
    let (start, text) = (source.span().lo, source.text.clone());
    let (file, diagnostics) = parse_text(&text, start);
    for diagnostic in diagnostics {
        session.report(diagnostic);
    }
    file
}

/// Parses a text that starts at position `start`, and gives what is wrong with it.
pub fn parse_text(text: &str, start: u32) -> (File, Vec<Diagnostic>) {
    let mut reporter = Reporter::new(start);
    let mut leaves = Leaves::new(text, start);
    if text.len() > MAX_SIZE {
        reporter.too_large(text.len(), MAX_SIZE);
        let whole = leaves.leaf(0, text.len());
        let error = Node::Branch {
            kind: SyntaxKind::Error,
            children: vec![whole],
        };
        let nodes = vec![error, leaves.leaf(text.len(), text.len())];
        return (File { nodes }, reporter.finish());
    }
    let scan = scanner::scan(text, &mut reporter);
    let mut nodes = Vec::new();
    let mut items = scan.items.iter().peekable();
    while let Some(item) = items.next() {
        let tokens = scan.tokens.get(item.tokens.clone()).unwrap_or_default();
        if let Some(node) = parse_item(text, &scan, item, tokens, &mut leaves, &mut reporter) {
            nodes.push(node);
            continue;
        }
        // What follows the error up to the next declaration belongs to it.
        let mut end = item.tokens.end;
        while let Some(next) = items.next_if(|next| !next.starts) {
            end = next.tokens.end;
        }
        let tokens = scan.tokens.get(item.tokens.start..end).unwrap_or_default();
        nodes.push(leaves.error(tokens));
    }
    nodes.push(leaves.leaf(text.len(), text.len()));
    (File { nodes }, reporter.finish())
}

/// Parses one item, or reports why not.
fn parse_item(
    text: &str,
    scan: &Scan,
    item: &Item,
    tokens: &[Token],
    leaves: &mut Leaves<'_>,
    reporter: &mut Reporter,
) -> Option<Node> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    if !item.sound {
        return None;
    }
    // The brace that closes `module a.b = {`.
    if tokens.len() == 1 && first.text(text) == "}" {
        return Some(leaves.leaf(first.lo as usize, first.hi as usize));
    }
    let lo = first.lo as usize;
    let mask = scan.mask.get(lo..last.hi as usize)?;
    match grammar::parse_item(mask) {
        Ok(pairs) => Some(leaves.item(pairs, lo, tokens)),
        Err(Failure::Unexpected(offset)) => {
            let position = lo + offset;
            let at = tokens.partition_point(|token| token.hi as usize <= position);
            Stuck {
                source: text,
                tokens,
                at,
            }
            .report(reporter);
            None
        }
        Err(Failure::TooDeep) => {
            reporter.too_deep(Place::of(first), MAX_DEPTH);
            None
        }
    }
}
