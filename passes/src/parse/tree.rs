//! From what the grammar matched, and the scanner's tokens, to the concrete tree.
//!
//! The grammar says where branches begin and end; every token in between becomes a leaf of the innermost one. So no
//! token can be lost, and none is named twice.

use std::sync::Arc;

use ir_defs::cst::Node;
use ir_defs::syntax::{SyntaxKind, Token as Leaf};
use pest::Token as Event;
use pest::iterators::Pairs;

use super::grammar::Rule;
use super::token::Token;

/// Makes leaves of the tokens of a file, in order, and counts what lies between them as trivia.
pub struct Leaves<'a> {
    source: &'a str,
    /// The position of the file's first byte.
    start: u32,
    /// The offset up to which leaves have been made.
    end: usize,
    nothing: Arc<str>,
    space: Arc<str>,
}

impl<'a> Leaves<'a> {
    pub fn new(source: &'a str, start: u32) -> Leaves<'a> {
        Leaves {
            source,
            start,
            end: 0,
            nothing: Arc::from(""),
            space: Arc::from(" "),
        }
    }

    /// The next leaf: `lo..hi` in the file, after everything since the last one.
    pub fn leaf(&mut self, lo: usize, hi: usize) -> Node {
        let trivia = match self.source.get(self.end..lo).unwrap_or_default() {
            "" => self.nothing.clone(),
            " " => self.space.clone(),
            other => Arc::from(other),
        };
        let text = Arc::from(self.source.get(lo..hi).unwrap_or_default());
        self.end = hi;
        let span = nanopass::Span::new(self.start + lo as u32, self.start + hi as u32);
        Node::Leaf {
            token: Leaf { trivia, text, span },
        }
    }

    fn token(&mut self, token: &Token) -> Node {
        self.leaf(token.lo as usize, token.hi as usize)
    }

    /// The branch of an item that could not be parsed.
    pub fn error(&mut self, tokens: &[Token]) -> Node {
        let children = tokens.iter().map(|token| self.token(token)).collect();
        Node::Branch {
            kind: SyntaxKind::Error,
            children,
        }
    }

    /// The branch of a declaration and of what follows it, which cannot be parsed.
    pub fn error_after(&mut self, declaration: Node, tokens: &[Token]) -> Node {
        let mut children = Vec::new();
        flatten(declaration, &mut children);
        children.extend(tokens.iter().map(|token| self.token(token)));
        Node::Branch {
            kind: SyntaxKind::Error,
            children,
        }
    }

    /// The branch of an item that the grammar matched in the masked text that starts at `offset` in the file.
    pub fn item(&mut self, pairs: Pairs<'_, Rule>, offset: usize, tokens: &[Token]) -> Node {
        let mut tokens = tokens.iter().peekable();
        // Open branches: their kind and what they hold so far. The outermost collects the result.
        let mut open: Vec<(SyntaxKind, Vec<Node>)> = vec![(SyntaxKind::Error, Vec::new())];
        for event in pairs.tokens() {
            let (rule, position, starts) = match event {
                Event::Start { rule, pos } => (rule, pos.pos(), true),
                Event::End { rule, pos } => (rule, pos.pos(), false),
            };
            let Some(kind) = kind(rule) else { continue };
            while let Some(token) = tokens.next_if(|token| (token.lo as usize) < offset + position)
            {
                let leaf = self.token(token);
                if let Some((_, children)) = open.last_mut() {
                    children.push(leaf);
                }
            }
            if starts {
                open.push((kind, Vec::new()));
            } else if let Some((kind, children)) = open.pop()
                && let Some((_, outer)) = open.last_mut()
            {
                close(kind, children, outer);
            }
        }
        let (kind, mut children) = open.pop().unwrap_or((SyntaxKind::Error, Vec::new()));
        children.extend(tokens.map(|token| self.token(token)));
        match children.len() {
            1 => children.remove(0),
            _ => Node::Branch { kind, children },
        }
    }
}

/// Appends the leaves of a node. Trees are as deep as the brackets of the source, which the scanner limits.
fn flatten(node: Node, leaves: &mut Vec<Node>) {
    match node {
        Node::Leaf { .. } => leaves.push(node),
        Node::Branch { children, .. } => {
            for child in children {
                flatten(child, leaves);
            }
        }
    }
}

/// Adds a finished branch to the one around it; the only child of a branch that says nothing takes its place.
fn close(kind: SyntaxKind, mut children: Vec<Node>, outer: &mut Vec<Node>) {
    if children.len() == 1 && collapses(kind) {
        outer.append(&mut children);
    } else {
        outer.push(Node::Branch { kind, children });
    }
}

/// Whether a branch of this kind with a single child is no more than that child.
fn collapses(kind: SyntaxKind) -> bool {
    use SyntaxKind::*;
    matches!(
        kind,
        Path | Exposed
            | Decorated
            | Context
            | Type
            | TypeChain
            | TypeApp
            | TypePath
            | TypeEntry
            | TypeField
            | Expr
            | Chain
            | Operand
            | App
            | Postfix
            | Element
            | Entry
            | PatchPath
    )
}

/// The kind of branch that a rule makes; `None` for a rule that is a token or only groups others.
fn kind(rule: Rule) -> Option<SyntaxKind> {
    Some(match rule {
        Rule::EOI
        | Rule::WHITESPACE
        | Rule::item
        | Rule::lower
        | Rule::upper
        | Rule::name
        | Rule::literal
        | Rule::separator
        | Rule::right_side
        | Rule::type_atom
        | Rule::star
        | Rule::operator
        | Rule::bar
        | Rule::prefix
        | Rule::suffix
        | Rule::atom
        | Rule::hole
        | Rule::range
        | Rule::chunk => return None,
        Rule::declaration | Rule::member => SyntaxKind::Decorated,
        Rule::path => SyntaxKind::Path,
        Rule::decorator => SyntaxKind::Decorator,
        Rule::module => SyntaxKind::Module,
        Rule::import => SyntaxKind::Use,
        Rule::export => SyntaxKind::Export,
        Rule::exposed => SyntaxKind::Exposed,
        Rule::class => SyntaxKind::Class,
        Rule::superclasses => SyntaxKind::Superclasses,
        Rule::context => SyntaxKind::Context,
        Rule::instance => SyntaxKind::Instance,
        Rule::capability => SyntaxKind::Capability,
        Rule::domain => SyntaxKind::Domain,
        Rule::type_decl => SyntaxKind::TypeDecl,
        Rule::members => SyntaxKind::Members,
        Rule::binding => SyntaxKind::Binding,
        Rule::r#type => SyntaxKind::Type,
        Rule::type_chain => SyntaxKind::TypeChain,
        Rule::type_app => SyntaxKind::TypeApp,
        Rule::type_path => SyntaxKind::TypePath,
        Rule::type_paren => SyntaxKind::TypeParen,
        Rule::type_entry => SyntaxKind::TypeEntry,
        Rule::type_braces => SyntaxKind::TypeBraces,
        Rule::type_field => SyntaxKind::TypeField,
        Rule::expr => SyntaxKind::Expr,
        Rule::chain => SyntaxKind::Chain,
        Rule::arms => SyntaxKind::Arms,
        Rule::arm => SyntaxKind::Arm,
        Rule::operand => SyntaxKind::Operand,
        Rule::if_else => SyntaxKind::If,
        Rule::keyword_call => SyntaxKind::KeywordCall,
        Rule::app => SyntaxKind::App,
        Rule::postfix => SyntaxKind::Postfix,
        Rule::field => SyntaxKind::Field,
        Rule::accessor => SyntaxKind::Accessor,
        Rule::paren => SyntaxKind::Paren,
        Rule::list => SyntaxKind::List,
        Rule::element => SyntaxKind::Element,
        Rule::text => SyntaxKind::Text,
        Rule::text_hole => SyntaxKind::TextHole,
        Rule::map => SyntaxKind::Map,
        Rule::map_entry => SyntaxKind::MapEntry,
        Rule::set => SyntaxKind::Set,
        Rule::block => SyntaxKind::Block,
        Rule::braces => SyntaxKind::Braces,
        Rule::entry => SyntaxKind::Entry,
        Rule::patch_function => SyntaxKind::PatchFunction,
        Rule::patch_body => SyntaxKind::PatchBody,
        Rule::patch_entry => SyntaxKind::PatchEntry,
        Rule::remove => SyntaxKind::Remove,
        Rule::patch_path => SyntaxKind::PatchPath,
        Rule::selector => SyntaxKind::Selector,
    })
}
