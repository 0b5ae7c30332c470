//! How the other files look at nodes of the concrete tree.

use ir_defs::cst::Node;
use ir_defs::syntax::{SyntaxKind, Token};
use nanopass::Span;

/// The token of a leaf.
pub fn token(node: &Node) -> Option<&Token> {
    match node {
        Node::Leaf { token } => Some(token),
        Node::Branch { .. } => None,
    }
}

/// The text of a leaf; empty for a branch.
pub fn leaf_text(node: &Node) -> &str {
    token(node).map_or("", |token| &token.text)
}

/// Whether a node is a leaf with this text.
pub fn is(node: &Node, text: &str) -> bool {
    leaf_text(node) == text
}

/// The kind of a branch.
pub fn kind(node: &Node) -> Option<SyntaxKind> {
    match node {
        Node::Leaf { .. } => None,
        Node::Branch { kind, .. } => Some(*kind),
    }
}

/// What a branch holds; a leaf holds nothing.
pub fn children(node: &Node) -> &[Node] {
    match node {
        Node::Leaf { .. } => &[],
        Node::Branch { children, .. } => children,
    }
}

/// What a branch of this kind holds.
pub fn branch(node: &Node, wanted: SyntaxKind) -> Option<&[Node]> {
    (kind(node) == Some(wanted)).then(|| children(node))
}

/// The first token inside a node.
pub fn first_token(node: &Node) -> Option<&Token> {
    let mut node = node;
    loop {
        match node {
            Node::Leaf { token } => return Some(token),
            Node::Branch { children, .. } => node = children.first()?,
        }
    }
}

fn last_token(node: &Node) -> Option<&Token> {
    let mut node = node;
    loop {
        match node {
            Node::Leaf { token } => return Some(token),
            Node::Branch { children, .. } => node = children.last()?,
        }
    }
}

/// The place of a node, without the trivia before it.
pub fn span(node: &Node) -> Span {
    let first = first_token(node).map_or(Span::NONE, |token| token.span);
    let last = last_token(node).map_or(Span::NONE, |token| token.span);
    first.to(last)
}

/// The place of several nodes in a row.
pub fn span_of(nodes: &[Node]) -> Span {
    let first = nodes.first().map_or(Span::NONE, span);
    first.to(nodes.last().map_or(Span::NONE, span))
}

/// Appends the text of all tokens of a node, without trivia.
pub fn write_text(node: &Node, text: &mut String) {
    match node {
        Node::Leaf { token } => text.push_str(&token.text),
        Node::Branch { children, .. } => {
            for child in children {
                write_text(child, text);
            }
        }
    }
}

/// What stands between the first and the last token of a branch in brackets or quotes.
pub fn inside(children: &[Node]) -> &[Node] {
    match children {
        [_, inside @ .., _] => inside,
        _ => &[],
    }
}

/// Looks at all tokens of a node, in order.
pub fn for_each_token<'a>(node: &'a Node, look: &mut impl FnMut(&'a Token)) {
    match node {
        Node::Leaf { token } => look(token),
        Node::Branch { children, .. } => {
            for child in children {
                for_each_token(child, look);
            }
        }
    }
}

/// The entries of a branch in brackets: what stands inside and is no separator.
pub fn entries(children: &[Node]) -> impl Iterator<Item = &Node> {
    inside(children)
        .iter()
        .filter(|node| !matches!(leaf_text(node), "," | ";"))
}
