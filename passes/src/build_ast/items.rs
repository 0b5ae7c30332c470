//! Modules and their declarations.

use ir_defs::ast::{Decorator, Exposed, Expr, Item, Module, Selection};
use ir_defs::cst::Node;
use ir_defs::syntax::{SyntaxKind, Token};
use ir_defs::terminals::{Flag, TextLit};
use nanopass::{Diagnostic, Meta, nearest};

use super::clauses::merge_clauses;
use super::{Builder, is_lower, nodes, text};
use crate::codes;
use crate::parse::KEYWORDS;

/// The decorators, and whether each needs a text.
const DECORATORS: [(&str, bool); 11] = [
    ("no_prelude", false),
    ("inline", false),
    ("deprecated", true),
    ("test", false),
    ("static", false),
    ("debug", false),
    ("wit", true),
    ("mcp_tool", false),
    ("mcp_resource", false),
    // The library's own: a signature that the compiler implements.
    ("intrinsic", true),
    // The library's own: a type whose constructors its module keeps for itself.
    ("opaque", false),
];

/// Where a declaration stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Module,
    Class,
    Capability,
    Domain,
}

/// What stands before a declaration.
pub(super) struct Prelude {
    pub(super) docs: Option<TextLit>,
    pub(super) decorators: Vec<Decorator>,
}

/// The first word of a type that is a name, or a name with arguments.
pub(super) fn head_of(node: &Node) -> Option<&Token> {
    let single = std::slice::from_ref(node);
    let parts = nodes::branch(node, SyntaxKind::TypeApp).unwrap_or(single);
    parts.first().and_then(nodes::token)
}

impl Builder<'_> {
    /// A whole file.
    pub(super) fn module(&mut self, nodes: &[Node]) -> Module {
        let mut module = Module {
            path: None,
            decorators: Vec::new(),
            items: Vec::new(),
        };
        let mut closed = false;
        for (index, node) in nodes.iter().enumerate() {
            if let Some(token) = nodes::token(node) {
                closed |= &*token.text == "}";
                continue;
            }
            if closed {
                if nodes::kind(node) == Some(SyntaxKind::Error) {
                    break;
                }
                let span = nodes::span(node);
                self.unexpected(
                    "nothing may follow the closing brace of the module",
                    span,
                    "",
                );
                break;
            }
            let (mut prelude, inner) = self.prelude(node, index == 0);
            match nodes::branch(inner, SyntaxKind::Module) {
                Some([_, path, ..]) if index == 0 => {
                    module.path = Some(self.dotted(path));
                    module.decorators = std::mem::take(&mut prelude.decorators);
                }
                Some(_) => {
                    let span = nodes::span(inner);
                    self.unexpected(
                        "the header of a module is the first line of its file",
                        span,
                        "a file holds one module",
                    );
                }
                None if nodes::kind(inner) == Some(SyntaxKind::Error) => {
                    module.items.append(&mut self.salvage(inner));
                }
                None => {
                    let item = self.declaration(inner, prelude, Scope::Module);
                    module.items.extend(item);
                }
            }
        }
        for decorator in &module.decorators {
            if self.session.core.text(decorator.name.name) != "no_prelude" {
                let diagnostic = Diagnostic::error(
                    codes::DECORATOR_SYNTAX,
                    "a module cannot have this decorator",
                )
                .at(decorator.name.span, "");
                self.session.report(diagnostic);
            }
        }
        module.items = merge_clauses(module.items);
        module
    }

    /// What a declaration with a syntax error still tells: `name =` defines the name. If other lines of it look like
    /// declarations too, nobody knows what is defined there.
    fn salvage(&mut self, node: &Node) -> Vec<Item> {
        let meta = Meta::at(nodes::span(node));
        let tokens = nodes::children(node);
        let mut items = Vec::new();
        if let [first, equals, rest @ ..] = tokens
            && nodes::is(equals, "=")
            && let Some(token) = nodes::token(first).filter(|token| is_lower(&token.text))
            && !KEYWORDS.contains(&&*token.text)
        {
            let (name, value) = (self.ident(token), Expr::Error { meta });
            items.push(Item::Define {
                meta,
                docs: None,
                decorators: Vec::new(),
                name,
                value,
            });
            let starts_line = |node: &Node| {
                let token = nodes::token(node).filter(|token| is_lower(&token.text));
                token.is_some_and(|token| token.trivia.ends_with('\n'))
            };
            if !rest.iter().any(starts_line) {
                return items;
            }
        }
        items.push(Item::Error { meta });
        items
    }

    /// Takes documentation and decorators off a declaration.
    pub(super) fn prelude<'n>(
        &mut self,
        node: &'n Node,
        first_in_file: bool,
    ) -> (Prelude, &'n Node) {
        let docs = nodes::first_token(node).and_then(|token| documentation(token, first_in_file));
        let Some(children) = nodes::branch(node, SyntaxKind::Decorated) else {
            return (
                Prelude {
                    docs,
                    decorators: Vec::new(),
                },
                node,
            );
        };
        let Some((inner, list)) = children.split_last() else {
            return (
                Prelude {
                    docs,
                    decorators: Vec::new(),
                },
                node,
            );
        };
        let docs = docs
            .or_else(|| nodes::first_token(inner).and_then(|token| documentation(token, false)));
        let mut decorators = Vec::with_capacity(list.len());
        for decorator in list {
            decorators.extend(self.decorator(decorator));
        }
        (Prelude { docs, decorators }, inner)
    }

    fn decorator(&mut self, node: &Node) -> Option<Decorator> {
        let [_, name, argument @ ..] = nodes::children(node) else {
            return None;
        };
        let token = nodes::token(name)?;
        let known = DECORATORS.iter().find(|(known, _)| *known == &*token.text);
        let argument = argument.first().map(|argument| self.expr(argument));
        match known {
            Some((known, true)) if argument.is_none() => {
                let help = format!("write `@{known} \"…\"`");
                self.error(
                    codes::DECORATOR_SYNTAX,
                    "this decorator needs a text",
                    token.span,
                    &help,
                );
            }
            Some(_) => {}
            None => {
                let near = nearest(&token.text, DECORATORS.iter().map(|(known, _)| *known));
                let help = match near.first() {
                    Some(near) => format!("did you mean `@{near}`?"),
                    None => {
                        let all: Vec<String> = DECORATORS
                            .iter()
                            .take(9)
                            .map(|(known, _)| format!("`@{known}`"))
                            .collect();
                        format!("the decorators are {}", all.join(", "))
                    }
                };
                self.error(
                    codes::DECORATOR_SYNTAX,
                    format!("there is no decorator `@{}`", token.text),
                    token.span,
                    &help,
                );
            }
        }
        Some(Decorator {
            name: self.ident(token),
            argument,
        })
    }

    pub(super) fn declaration(
        &mut self,
        node: &Node,
        prelude: Prelude,
        scope: Scope,
    ) -> Option<Item> {
        let span = nodes::span(node);
        let meta = Meta::at(span);
        let children = nodes::children(node);
        let kind = nodes::kind(node)?;
        if matches!(kind, SyntaxKind::Use | SyntaxKind::Export)
            && let Some(decorator) = prelude.decorators.first()
        {
            let help = "`@no_prelude` stands before `module`";
            self.error(
                codes::DECORATOR_SYNTAX,
                "an import or export has no decorators",
                decorator.name.span,
                help,
            );
        }
        match kind {
            SyntaxKind::Use => Some(self.import(children, meta)),
            SyntaxKind::Export => Some(self.export(children, meta)),
            SyntaxKind::Class => self.class(children, prelude, meta),
            SyntaxKind::Instance => self.instance(children, prelude, meta),
            SyntaxKind::Capability => self.capability(children, prelude, meta),
            SyntaxKind::Domain => self.domain(children, prelude, meta),
            SyntaxKind::TypeDecl if matches!(scope, Scope::Module | Scope::Domain) => {
                self.type_declaration(children, prelude, meta)
            }
            SyntaxKind::TypeDecl => {
                self.unexpected(
                    "a type cannot be declared here",
                    span,
                    "declare it at the top level",
                );
                None
            }
            SyntaxKind::Binding => self.binding(children, prelude, scope, meta),
            _ => Some(Item::Error { meta }),
        }
    }

    /// `use a.b (x, y as z)`
    fn import(&mut self, children: &[Node], meta: Meta) -> Item {
        let [_, path, rest @ ..] = children else {
            return Item::Error { meta };
        };
        let path = self.dotted(path);
        let alias = match rest {
            [keyword, name, ..] if nodes::is(keyword, "as") => {
                nodes::token(name).map(|token| self.ident(token))
            }
            _ => None,
        };
        let rest = if alias.is_some() {
            rest.get(2..).unwrap_or_default()
        } else {
            rest
        };
        let hiding = rest.first().is_some_and(|first| nodes::is(first, "hiding"));
        let list = rest.get(usize::from(hiding)..).unwrap_or_default();
        self.missing_commas(list);
        let names = self.exposed(nodes::entries(list));
        let selection = match (list.is_empty(), hiding) {
            (true, _) => Selection::Everything,
            (false, false) => Selection::Only { names },
            (false, true) => Selection::Hiding { names },
        };
        Item::Use {
            meta,
            path,
            selection,
            alias,
        }
    }

    fn export(&mut self, children: &[Node], meta: Meta) -> Item {
        match children {
            [_, star] if nodes::is(star, "*") => Item::ExportAll { meta },
            [_, names @ ..] => {
                let names = names.iter().filter(|node| !nodes::is(node, ","));
                Item::Export {
                    meta,
                    names: self.exposed(names),
                }
            }
            [] => Item::Error { meta },
        }
    }

    /// Reports the names of an import that follow one another without a comma, which the grammar lets pass.
    fn missing_commas(&mut self, list: &[Node]) {
        let is_name = |node: &Node| ["(", ",", ")"].iter().all(|mark| !nodes::is(node, mark));
        for pair in list.windows(2) {
            if let [name, next] = pair
                && is_name(name)
                && is_name(next)
            {
                let message = "a `,` is missing before this name";
                self.report(
                    Diagnostic::error(codes::UNEXPECTED_TOKEN, message)
                        .at(nodes::span(next), "another name")
                        .edit(nodes::span(name).end(), ",", "separate the names"),
                );
            }
        }
    }

    fn exposed<'n>(&mut self, names: impl Iterator<Item = &'n Node>) -> Vec<Exposed> {
        let mut result = Vec::new();
        for node in names {
            let single = std::slice::from_ref(node);
            let parts = nodes::branch(node, SyntaxKind::Exposed).unwrap_or(single);
            let domain = parts.len() > 1
                && parts
                    .first()
                    .is_some_and(|first| nodes::is(first, "domain"));
            let parts = parts.get(usize::from(domain)..).unwrap_or_default();
            let Some(name) = parts.first().and_then(nodes::token) else {
                continue;
            };
            let name = self.ident(name);
            let alias = parts
                .get(2)
                .and_then(nodes::token)
                .map(|token| self.ident(token));
            result.push(Exposed {
                domain: Flag(domain),
                name,
                alias,
            });
        }
        result
    }
}

/// The `//` lines directly above a token, without their slashes. What stands behind the declaration before it, on the
/// same line, belongs to that one.
pub(super) fn documentation(token: &Token, first_in_file: bool) -> Option<TextLit> {
    let mut lines: Vec<&str> = token.trivia.split('\n').collect();
    // The last piece is the white space before the token itself.
    lines.pop();
    if !first_in_file && !lines.is_empty() {
        lines.remove(0);
    }
    let is_comment = |line: &&&str| line.trim_start().starts_with("//");
    let count = lines.iter().rev().take_while(is_comment).count();
    let comments = lines
        .get(lines.len() - count..)
        .filter(|comments| !comments.is_empty())?;
    let strip = |line: &&str| {
        let line = line.trim().trim_start_matches('/');
        line.strip_prefix(' ').unwrap_or(line).to_owned()
    };
    let stripped: Vec<String> = comments.iter().map(strip).collect();
    Some(text(&stripped.join("\n")))
}
