//! The leaves of the concrete tree: tokens, and the kinds of its branches.

use std::borrow::Cow;
use std::sync::Arc;

use nanopass::{Doc, Printer, ReadError, Reader, Sexp, Span, Syntax};

use crate::Session;

/// A piece of source text with the trivia before it. Prints as one text, `" name"`, if the trivia is white space, and
/// as `("// comment\n" "name")` otherwise.
#[derive(Clone, Debug)]
pub struct Token {
    /// White space, comments, and line breaks, as written.
    pub trivia: Arc<str>,
    /// The token itself. Empty only at the end of the file, to hold the last trivia.
    pub text: Arc<str>,
    /// Where `text` stands.
    pub span: Span,
}

/// Two tokens are equal when their texts are, wherever they stand.
impl PartialEq for Token {
    fn eq(&self, other: &Token) -> bool {
        self.trivia == other.trivia && self.text == other.text
    }
}

impl Syntax<Session> for Token {
    fn doc(&self, _: &mut Printer<'_, Session>) -> Doc {
        let begins_blank = self.text.is_empty() || self.text.starts_with(char::is_whitespace);
        if self.trivia.trim().is_empty() && !begins_blank {
            return Doc::text(&format!("{}{}", self.trivia, self.text));
        }
        Doc::list(vec![Doc::text(&self.trivia), Doc::text(&self.text)])
    }

    fn accepts(sexp: &Sexp) -> bool {
        let first = sexp.list().and_then(<[Sexp]>::first).unwrap_or(sexp);
        first.text().is_some()
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<Token, ReadError> {
        let (trivia, text) = match (sexp.list(), sexp.text()) {
            (Some([trivia, text]), _) => (trivia.text(), text.text()),
            (_, Some(both)) => {
                let (trivia, text) = both.split_at(both.len() - both.trim_start().len());
                (Some(trivia), Some(text))
            }
            _ => (None, None),
        };
        match (trivia, text) {
            (Some(trivia), Some(text)) => Ok(Token {
                trivia: Arc::from(trivia),
                text: Arc::from(text),
                span: rd.span(sexp),
            }),
            _ => Err(rd.error(sexp, "a token: `\" text\"` or `(\"trivia\" \"text\")`")),
        }
    }
}

/// Which rule of the grammar a branch of the concrete tree stands for. A rule with a single child leaves no branch.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SyntaxKind {
    /// `module a.b.c`, or `module a.b.c = {`
    Module,
    /// `use a.b`, with `as`, `hiding` or a list of names
    Use,
    /// `export x, T` or `export *`
    Export,
    /// `x`, `domain D`, `x as y` in a `use` or an `export`
    Exposed,
    /// `a.b.c`
    Path,
    /// a declaration after its decorators
    Decorated,
    /// `@deprecated "use x"`
    Decorator,
    /// `class Ord A = Eq A with { … }`
    Class,
    /// what stands between `=` and the members of a class
    Superclasses,
    /// one superclass, or constraints in parentheses
    Context,
    /// `instance Eq (Tree A) with (A: Eq) = { … }`
    Instance,
    /// `capability File fails FileError = { … }`
    Capability,
    /// `domain Color over Rgb = { … }`
    Domain,
    /// `Option A = None | Some A`
    TypeDecl,
    /// the members of a class, capability or domain
    Members,
    /// `name : Type` or `name = e`
    Binding,
    /// `A -> B -> C`
    Type,
    /// `A with B`, `A |> Omit (a)`, `A with (A: Ord)`
    TypeChain,
    /// `Map K V`
    TypeApp,
    /// `Map.Key`
    TypePath,
    /// `(A, B)`, `()`, `(A: Ord)`
    TypeParen,
    /// one entry of a `TypeParen` with a `:`
    TypeEntry,
    /// `{ name: Text, ...R }`, `{ Console, ...r }`
    TypeBraces,
    /// an entry of `TypeBraces` with a `:` or `...`
    TypeField,
    /// `p => q => e`
    Expr,
    /// operands with operators, `?` and `or` between them, ungrouped
    Chain,
    /// `| p => e | q => e`
    Arms,
    /// `| p when g => e`
    Arm,
    /// an operand with prefixes, or with patches behind it
    Operand,
    /// `if a then b else if c then d else e`
    If,
    /// `yield e`, `recurse e`
    KeywordCall,
    /// `f a b`, `name @ pattern`
    App,
    /// `r.field`, `(e)px`
    Postfix,
    /// `.field`
    Field,
    /// `(e)`, `(a, b)`, `(+)`
    Paren,
    /// `[a, ...b]`
    List,
    /// an element of a list or of parentheses with `...`, `..` or `when`
    Element,
    /// `"a {b} c"`
    Text,
    /// `{b}` in a text
    TextHole,
    /// `~map{ k => v }`
    Map,
    /// `k => v`, `...m`
    MapEntry,
    /// `~set[a, b]`
    Set,
    /// `.a.b` as a function
    Accessor,
    /// `effect { … }`, `generate { … }`, `resource { … }`
    Block,
    /// `{ … }`: a record, a block, a record pattern
    Braces,
    /// an entry of `Braces` that is more than an expression
    Entry,
    /// `patch { … }`
    PatchFunction,
    /// the instructions of a patch
    PatchBody,
    /// `path: instruction`
    PatchEntry,
    /// `items[*].price`
    PatchPath,
    /// `[*]`, `["key"]`, `[price > 80]`
    Selector,
    /// the `-` that removes a field
    Remove,
    /// what could not be parsed
    Error,
}

/// All kinds with their spelling in IR text.
pub const SYNTAX_KINDS: &[(SyntaxKind, &str)] = &[
    (SyntaxKind::Module, "module"),
    (SyntaxKind::Use, "use"),
    (SyntaxKind::Export, "export"),
    (SyntaxKind::Exposed, "exposed"),
    (SyntaxKind::Path, "path"),
    (SyntaxKind::Decorated, "decorated"),
    (SyntaxKind::Decorator, "decorator"),
    (SyntaxKind::Class, "class"),
    (SyntaxKind::Superclasses, "superclasses"),
    (SyntaxKind::Context, "context"),
    (SyntaxKind::Instance, "instance"),
    (SyntaxKind::Capability, "capability"),
    (SyntaxKind::Domain, "domain"),
    (SyntaxKind::TypeDecl, "type-decl"),
    (SyntaxKind::Members, "members"),
    (SyntaxKind::Binding, "binding"),
    (SyntaxKind::Type, "type"),
    (SyntaxKind::TypeChain, "type-chain"),
    (SyntaxKind::TypeApp, "type-app"),
    (SyntaxKind::TypePath, "type-path"),
    (SyntaxKind::TypeParen, "type-paren"),
    (SyntaxKind::TypeEntry, "type-entry"),
    (SyntaxKind::TypeBraces, "type-braces"),
    (SyntaxKind::TypeField, "type-field"),
    (SyntaxKind::Expr, "expr"),
    (SyntaxKind::Chain, "chain"),
    (SyntaxKind::Arms, "arms"),
    (SyntaxKind::Arm, "arm"),
    (SyntaxKind::Operand, "operand"),
    (SyntaxKind::If, "if"),
    (SyntaxKind::KeywordCall, "keyword-call"),
    (SyntaxKind::App, "app"),
    (SyntaxKind::Postfix, "postfix"),
    (SyntaxKind::Field, "field"),
    (SyntaxKind::Paren, "paren"),
    (SyntaxKind::List, "list"),
    (SyntaxKind::Element, "element"),
    (SyntaxKind::Text, "text"),
    (SyntaxKind::TextHole, "text-hole"),
    (SyntaxKind::Map, "map"),
    (SyntaxKind::MapEntry, "map-entry"),
    (SyntaxKind::Set, "set"),
    (SyntaxKind::Accessor, "accessor"),
    (SyntaxKind::Block, "block"),
    (SyntaxKind::Braces, "braces"),
    (SyntaxKind::Entry, "entry"),
    (SyntaxKind::PatchFunction, "patch-function"),
    (SyntaxKind::PatchBody, "patch-body"),
    (SyntaxKind::PatchEntry, "patch-entry"),
    (SyntaxKind::PatchPath, "patch-path"),
    (SyntaxKind::Selector, "selector"),
    (SyntaxKind::Remove, "remove"),
    (SyntaxKind::Error, "error"),
];

impl Syntax<Session> for SyntaxKind {
    fn doc(&self, _: &mut Printer<'_, Session>) -> Doc {
        let text = SYNTAX_KINDS
            .iter()
            .find(|(kind, _)| kind == self)
            .map_or("error", |(_, text)| text);
        Doc::atom(Cow::Borrowed(text))
    }

    fn accepts(sexp: &Sexp) -> bool {
        SYNTAX_KINDS.iter().any(|(_, text)| sexp.is(text))
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<SyntaxKind, ReadError> {
        let kind = SYNTAX_KINDS.iter().find(|(_, text)| sexp.is(text));
        kind.map(|(kind, _)| *kind)
            .ok_or_else(|| rd.error(sexp, "a kind of syntax"))
    }
}
