//! `parse`: `source` → `cst`
//!
//! Reads a file into a tree that has every byte of it.
//!
//! ```text
//! add = x y =>          (branch binding "add" " ="
//!   x + y                 (branch expr (branch app " x" " y") " =>"
//!                           (branch chain "\n  x" " +" " y")))
//! ```
//!
//! Three steps: the [`scanner`] finds tokens, comments, brackets and the line breaks that count, cuts the file into
//! declarations and makes a masked copy of it; the grammar ([`grammar`], `grammar.pest`) matches each declaration of
//! the copy; [`tree`] hangs the tokens into the branches that the grammar found.
//!
//! Design: a scanner goes before the grammar, because which line breaks count depends on the tokens around them and on
//! the brackets, which a context-free grammar could only say by naming every place twice. A declaration that does not
//! parse is left behind as a whole, so that one run reports all syntax errors: after an error it goes on at the next
//! line that begins like a declaration in the column of declarations.

mod foreign;
mod foreign_words;
pub mod grammar;
mod lexer;
mod messages;
#[allow(
    clippy::indexing_slicing,
    reason = "positions are those of tokens that were found in the same bytes"
)]
mod scanner;
mod token;
mod tree;
mod unexpected;

use std::ops::Range;

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
use token::{Token, TokenKind};
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
    let mut semicolons = Vec::new();
    let mut items = scan.items.iter().cloned().peekable();
    let mut rest: Option<Item> = None;
    // Whether something stands above that is no header, import or export.
    let mut defines = false;
    while let Some(mut item) = rest.take().or_else(|| items.next()) {
        let tokens = |range: Range<usize>| scan.tokens.get(range).unwrap_or_default();
        let all = item.tokens.clone();
        let other = other_module(text, tokens(all.clone()), defines);
        if let Some(place) = other.filter(|_| !nodes.is_empty()) {
            // Whatever follows belongs to that other module.
            reporter.other_module(place);
            nodes.push(leaves.error(tokens(all.start..scan.tokens.len())));
            break;
        }
        defines |= !tokens(all.clone())
            .first()
            .is_some_and(|first| matches!(first.text(text), "use" | "export"));
        let block = begins_indented_block(text, tokens(all.clone()));
        let block = block.filter(|_| items.peek().is_some_and(|next| !next.starts));
        let failure = match block {
            Some(token) => {
                let first = tokens(all.clone())
                    .first()
                    .map_or("", |first| first.text(text));
                reporter.indented_block(Place::of(token), token.text(text), first);
                None
            }
            None => match parse_item(text, &scan, &item, &mut leaves) {
                Ok(node) => {
                    nodes.push(node);
                    continue;
                }
                Err(failure) => failure,
            },
        };
        if let Some(last) = tokens(all.clone())
            .last()
            .filter(|last| last.text(text) == ";")
        {
            item.tokens.end -= 1;
            if !item.tokens.is_empty()
                && let Ok(node) = parse_item(text, &scan, &item, &mut leaves)
            {
                semicolons.push(Place::of(last));
                nodes.push(node);
                nodes.push(leaves.leaf(last.lo as usize, last.hi as usize));
                continue;
            }
            item.tokens.end = all.end;
        }
        // An item that lacks its end has run into the next one, which is a declaration nevertheless.
        if matches!(failure, Some(Failure::Unexpected(_)))
            && let Some(next) = scan.next_declaration(text, &item)
        {
            let mut following = item.clone();
            following.tokens.start = next;
            rest = Some(following);
            item.tokens.end = next;
            match parse_item(text, &scan, &item, &mut leaves) {
                Ok(node) => nodes.push(node),
                Err(failure) => {
                    report(text, tokens(item.tokens.clone()), failure, &mut reporter);
                    nodes.push(leaves.error(tokens(item.tokens)));
                }
            }
            continue;
        }
        report(text, tokens(all.clone()), failure, &mut reporter);
        // An indented line that begins no declaration goes on with the definition above it, whose meaning nobody knows.
        let above = match item.starts || item.in_column(text, tokens(all.clone())) {
            true => None,
            false => nodes.pop_if(is_binding),
        };
        // What follows the error up to the next declaration belongs to it.
        let mut end = all.end;
        while let Some(next) =
            items.next_if(|next| !next.starts && !begins_foreign(text, &scan, next))
        {
            end = next.tokens.end;
        }
        let tokens = tokens(all.start..end);
        nodes.push(match above {
            Some(above) => leaves.error_after(above, tokens),
            None => leaves.error(tokens),
        });
    }
    reporter.semicolons(&semicolons);
    nodes.push(leaves.leaf(text.len(), text.len()));
    (File { nodes }, reporter.finish())
}

/// The header of a second module in a file: one with braces, or one below definitions.
fn other_module(text: &str, tokens: &[Token], defines: bool) -> Option<Place> {
    let keyword = tokens
        .iter()
        .position(|token| token.kind == TokenKind::Keyword)?;
    let header = tokens.get(keyword..)?;
    let braced = || header.iter().any(|token| token.text(text) == "{");
    let first = header
        .first()
        .filter(|first| first.text(text) == "module")?;
    (defines || braced()).then(|| Place::of(first))
}

fn is_binding(node: &mut Node) -> bool {
    matches!(
        node,
        Node::Branch {
            kind: SyntaxKind::Binding,
            ..
        }
    )
}

/// The word at the end of a declaration that elsewhere begins an indented block.
fn begins_indented_block<'t>(text: &str, tokens: &'t [Token]) -> Option<&'t Token> {
    let last = tokens.last()?;
    let is_word = last.kind == TokenKind::Lower;
    (is_word && matches!(last.text(text), "do" | "begin" | "of" | "where")).then_some(last)
}

/// Whether an item begins, in the column of declarations, like a declaration of another language.
fn begins_foreign(text: &str, scan: &Scan, item: &Item) -> bool {
    let tokens = scan.tokens.get(item.tokens.clone()).unwrap_or_default();
    item.in_column(text, tokens) && foreign::begins_declaration(text, tokens)
}

/// Parses one item. What is wrong with one that is not sound has been reported.
fn parse_item(
    text: &str,
    scan: &Scan,
    item: &Item,
    leaves: &mut Leaves<'_>,
) -> Result<Node, Option<Failure>> {
    let tokens = scan.tokens.get(item.tokens.clone()).unwrap_or_default();
    let (Some(first), Some(last), true) = (tokens.first(), tokens.last(), item.sound) else {
        return Err(None);
    };
    // The brace that closes `module a.b = {`.
    if tokens.len() == 1 && first.text(text) == "}" {
        return Ok(leaves.leaf(first.lo as usize, first.hi as usize));
    }
    let lo = first.lo as usize;
    let mask = scan.mask.get(lo..last.hi as usize).ok_or(None)?;
    let pairs = grammar::parse_item(mask)?;
    Ok(leaves.item(pairs, lo, tokens))
}

/// Reports why an item does not parse.
fn report(text: &str, tokens: &[Token], failure: Option<Failure>, reporter: &mut Reporter) {
    let Some(first) = tokens.first() else {
        return;
    };
    match failure {
        None => {}
        Some(Failure::Unexpected(offset)) => {
            let position = first.lo as usize + offset;
            let at = tokens.partition_point(|token| token.hi as usize <= position);
            Stuck {
                source: text,
                tokens,
                at,
            }
            .report(reporter);
        }
        Some(Failure::TooDeep) => reporter.too_deep(Place::of(first), MAX_DEPTH),
    }
}
