//! Modules and their declarations.

use ir_defs::ast::{
    Clause, Constraint, Constructor, Decorator, Exposed, Expr, FieldInit, Item, Module, Pattern,
    Selection, Type,
};
use ir_defs::cst::Node;
use ir_defs::syntax::{SyntaxKind, Token};
use ir_defs::terminals::{Flag, Ident, TextLit};
use nanopass::{Diagnostic, Meta, nearest};

use super::exprs::operator_name;
use super::{Builder, is_lower, is_upper, nodes, text, types};
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
enum Scope {
    Module,
    Class,
    Capability,
    Domain,
}

/// What stands before a declaration.
struct Prelude {
    docs: Option<TextLit>,
    decorators: Vec<Decorator>,
}

/// The first word of a type that is a name, or a name with arguments.
fn head_of(node: &Node) -> Option<&Token> {
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
    fn prelude<'n>(&mut self, node: &'n Node, first_in_file: bool) -> (Prelude, &'n Node) {
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

    fn declaration(&mut self, node: &Node, prelude: Prelude, scope: Scope) -> Option<Item> {
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

    /// The name after the keyword that a declaration begins with.
    fn declared(&mut self, children: &[Node]) -> Option<Ident> {
        children
            .get(1)
            .and_then(nodes::token)
            .map(|token| self.ident(token))
    }

    /// `class Ord A = Eq A with (A: Eq) { … }`
    fn class(&mut self, children: &[Node], prelude: Prelude, meta: Meta) -> Option<Item> {
        let name = self.declared(children)?;
        let equals = children.iter().position(|node| nodes::is(node, "="))?;
        let params = self.type_params(children.get(2..equals).unwrap_or_default());
        let mut supers = Vec::new();
        let mut constraints = Vec::new();
        let mut members = Vec::new();
        for part in children.get(equals + 1..).unwrap_or_default() {
            if let Some(contexts) = nodes::branch(part, SyntaxKind::Superclasses) {
                self.superclasses(contexts, &mut supers, &mut constraints);
            } else if let Some(list) = nodes::branch(part, SyntaxKind::Members) {
                members = self.members(list, Scope::Class);
            }
        }
        let Prelude { docs, decorators } = prelude;
        Some(Item::Class {
            meta,
            docs,
            decorators,
            name,
            params,
            supers,
            constraints,
            members,
        })
    }

    fn superclasses(
        &mut self,
        contexts: &[Node],
        supers: &mut Vec<Type>,
        constraints: &mut Vec<Constraint>,
    ) {
        for context in contexts
            .iter()
            .filter(|node| !matches!(nodes::leaf_text(node), "with" | ","))
        {
            if types::is_constraints(context) {
                constraints.append(&mut self.constraint_list(context));
            } else if let Some(list) = nodes::branch(context, SyntaxKind::TypeParen) {
                supers.append(&mut self.types(nodes::entries(list)));
            } else {
                supers.push(self.type_(context));
            }
        }
    }

    /// `instance Eq (Tree A) with (A: Eq) = { … }`
    fn instance(&mut self, children: &[Node], prelude: Prelude, meta: Meta) -> Option<Item> {
        let class = self.dotted(children.get(1)?);
        let is_end = |node: &Node| matches!(nodes::leaf_text(node), "=" | "with");
        let end = children.iter().position(is_end)?;
        let heads = self.types(children.get(2..end).unwrap_or_default().iter());
        let constraints = match children.get(end..) {
            Some([with, list, ..]) if nodes::is(with, "with") => self.constraint_list(list),
            _ => Vec::new(),
        };
        let fields = self.fields(
            children.last().map(nodes::children).unwrap_or_default(),
            true,
        );
        let members = merge_members(fields);
        let Prelude { docs, decorators } = prelude;
        Some(Item::Instance {
            meta,
            docs,
            decorators,
            class,
            heads,
            constraints,
            members,
        })
    }

    /// `capability File fails FileError = { … }`
    fn capability(&mut self, children: &[Node], prelude: Prelude, meta: Meta) -> Option<Item> {
        let name = self.declared(children)?;
        let fails = match children {
            [_, _, fails, ty, ..] if nodes::is(fails, "fails") => Some(self.type_(ty)),
            _ => None,
        };
        let list = children.last().map(nodes::children).unwrap_or_default();
        let members = self.members(list, Scope::Capability);
        let Prelude { docs, decorators } = prelude;
        Some(Item::Capability {
            meta,
            docs,
            decorators,
            name,
            fails,
            members,
        })
    }

    /// `domain Color over Rgb = { … }`
    fn domain(&mut self, children: &[Node], prelude: Prelude, meta: Meta) -> Option<Item> {
        let name = self.declared(children)?;
        let [_, _, _, carrier, _, members] = children else {
            return None;
        };
        let carrier = self.type_(carrier);
        let members = self.members(nodes::children(members), Scope::Domain);
        let Prelude { docs, decorators } = prelude;
        Some(Item::Domain {
            meta,
            docs,
            decorators,
            name,
            carrier,
            members,
        })
    }

    fn members(&mut self, children: &[Node], scope: Scope) -> Vec<Item> {
        let mut items = Vec::new();
        for node in nodes::entries(children) {
            let (prelude, inner) = self.prelude(node, false);
            items.extend(self.declaration(inner, prelude, scope));
        }
        merge_clauses(items)
    }

    /// `Option A = None | Some A`, `User = { … }`
    fn type_declaration(
        &mut self,
        children: &[Node],
        prelude: Prelude,
        meta: Meta,
    ) -> Option<Item> {
        let keyword = usize::from(
            children
                .first()
                .is_some_and(|first| nodes::is(first, "type")),
        );
        let name = nodes::token(children.get(keyword)?).map(|token| self.ident(token))?;
        let equals = children.iter().position(|node| nodes::is(node, "="))?;
        let params = self.type_params(children.get(keyword + 1..equals).unwrap_or_default());
        let right = children.get(equals + 1..)?;
        let Prelude { docs, decorators } = prelude;
        if let [body] = right
            && let text = self.session.core.text(name.name).to_owned()
            && head_of(body).is_some_and(|head| *head.text == *text)
        {
            // Nothing else can be meant, so it is read as the data type that it should be.
            self.error(
                codes::TYPE_ALIAS_CYCLE,
                format!("the alias `{text}` contains itself"),
                meta.span,
                &format!("a bar in front makes it a data type: `type {text} … = | {text} …`"),
            );
        } else if let [alias] = right {
            return Some(Item::Alias {
                meta,
                docs,
                decorators,
                name,
                params,
                type_: self.type_(alias),
            });
        }
        let mut constructors = Vec::new();
        let mut bar: Option<&Token> = None;
        for part in right {
            if nodes::is(part, "|") {
                bar = nodes::token(part);
                continue;
            }
            let docs = bar
                .or(nodes::first_token(part))
                .and_then(|token| documentation(token, false));
            constructors.extend(self.constructor_of_type(part, docs));
        }
        Some(Item::Data {
            meta,
            docs,
            decorators,
            name,
            params,
            constructors,
        })
    }

    fn constructor_of_type(&mut self, node: &Node, docs: Option<TextLit>) -> Option<Constructor> {
        let single = std::slice::from_ref(node);
        let mut parts = nodes::branch(node, SyntaxKind::TypeApp).unwrap_or(single);
        if let Some(at) = parts
            .iter()
            .position(|part| nodes::is(part, "deriving"))
            .filter(|&at| at > 0)
        {
            let (before, after) = parts.split_at(at);
            parts = before;
            let end = before.last().map_or(nodes::span(node), nodes::span).end();
            let diagnostic = Diagnostic::error(codes::NOT_A_TYPE, "a data type derives no instances")
                .at(nodes::span_of(after), "")
                .help("`Eq`, `Ord` and `ToText` hold for every type without functions; other instances are written out")
                .edit(end.to(nodes::span_of(after)), "", "leave it out");
            self.report(diagnostic);
        }
        match parts.split_first() {
            Some((Node::Leaf { token }, fields)) if is_upper(&token.text) => {
                let name = self.ident(token);
                Some(Constructor {
                    docs,
                    name,
                    fields: self.types(fields.iter()),
                })
            }
            _ => {
                let help = "a constructor is a name with a capital letter, followed by the types of its fields; \
                            put a function type in parentheses";
                self.error(
                    codes::NOT_A_TYPE,
                    "this is not a constructor",
                    nodes::span(node),
                    help,
                );
                None
            }
        }
    }

    /// `name : Type`, `name = e`, `(+) = e`, `1px = e`, `(a, b) = e`
    fn binding(
        &mut self,
        children: &[Node],
        prelude: Prelude,
        scope: Scope,
        meta: Meta,
    ) -> Option<Item> {
        let [target, separator, right] = children else {
            return None;
        };
        let Prelude { docs, decorators } = prelude;
        let name = self.defined_name(target, scope);
        if nodes::is(separator, ":") {
            let Some(name) = name else {
                let span = nodes::span(target);
                let help = "a signature is written `name : Type`";
                self.error(
                    codes::NOT_A_NAME,
                    "a signature needs the name of a value",
                    span,
                    help,
                );
                return None;
            };
            let (type_, constraints) = self.signature(right);
            return Some(Item::Sig {
                meta,
                docs,
                decorators,
                name,
                type_,
                constraints,
            });
        }
        if scope == Scope::Capability {
            let help = "the operations of a capability are signatures; the host provides them";
            self.error(
                codes::NOT_A_NAME,
                "a capability holds no definitions",
                nodes::span(separator),
                help,
            );
            return None;
        }
        if let Some(name) = name {
            return Some(Item::Define {
                meta,
                docs,
                decorators,
                name,
                value: self.expr(right),
            });
        }
        if scope != Scope::Module
            && let Some((name, value)) = self.operator_definition(target, right)
        {
            return Some(Item::Define {
                meta,
                docs,
                decorators,
                name,
                value,
            });
        }
        if let Some(token) = nodes::token(target)
            .filter(|token| token.text.starts_with(|c: char| c.is_ascii_digit()))
        {
            return self.delta(token, right, docs, scope, meta);
        }
        if self.foreign_data(target) {
            return Some(Item::Error { meta });
        }
        if let Some((name, value)) = self.function_definition(target, right) {
            return Some(Item::Define {
                meta,
                docs,
                decorators,
                name,
                value,
            });
        }
        let pattern = self.pattern(target);
        if scope != Scope::Module {
            let span = nodes::span(target);
            self.error(
                codes::NOT_A_NAME,
                "a member needs a name",
                span,
                "write `name = …` or `(+) = …`",
            );
            return None;
        }
        Some(Item::Destructure {
            meta,
            decorators,
            pattern,
            value: self.expr(right),
        })
    }

    /// Reports `newtype T = T Int`, which reads like a definition with parameters.
    fn foreign_data(&mut self, target: &Node) -> bool {
        let Some([Node::Leaf { token }, name, ..]) = nodes::branch(target, SyntaxKind::App) else {
            return false;
        };
        let word: &str = &token.text;
        if !matches!(word, "data" | "newtype" | "enum" | "union")
            || !is_upper(nodes::leaf_text(name))
        {
            return false;
        }
        self.error(
            codes::DEFINITION_KEYWORD,
            format!("`{word}` begins no declaration"),
            token.span,
            "a data type is written `Shape = Circle Float | Square Float`, and one of a single constructor `type Box A = | Box A`",
        );
        true
    }

    /// The name that a declaration is of: `name`, or an operator of a domain or class.
    fn defined_name(&mut self, target: &Node, scope: Scope) -> Option<Ident> {
        if let Some(token) = nodes::token(target).filter(|token| is_lower(&token.text)) {
            if KEYWORDS.contains(&&*token.text) {
                let message = format!("`{}` is a keyword and cannot be a name", token.text);
                self.error(codes::KEYWORD_AS_NAME, message, token.span, "");
            }
            return Some(self.ident(token));
        }
        let name = self.operator_target(target)?;
        if scope == Scope::Module {
            let help = "operators are members of a `domain`, `class` or `instance`";
            self.error(
                codes::NOT_A_NAME,
                "an operator is not defined at the top level",
                name.span,
                help,
            );
        }
        Some(name)
    }

    /// `(+)` as a name.
    pub(super) fn operator_target(&mut self, node: &Node) -> Option<Ident> {
        let [_, Node::Leaf { token }, _] = nodes::branch(node, SyntaxKind::Paren)? else {
            return None;
        };
        operator_name(&token.text).map(|operator| self.ident_of(operator, token.span))
    }

    /// `1px = e`
    fn delta(
        &mut self,
        token: &Token,
        right: &Node,
        docs: Option<TextLit>,
        scope: Scope,
        meta: Meta,
    ) -> Option<Item> {
        let value = self.expr(right);
        let help = "in a domain, `1px = e` says what the suffix `px` means";
        match self.literal(token) {
            Expr::Delta { number, suffix, .. } if scope == Scope::Domain && &*number.0 == "1" => {
                Some(Item::Delta {
                    meta,
                    docs,
                    suffix,
                    value,
                })
            }
            _ => {
                self.error(
                    codes::NOT_A_NAME,
                    "a number cannot be defined",
                    token.span,
                    help,
                );
                Some(Item::Error { meta })
            }
        }
    }
}

/// The `//` lines directly above a token, without their slashes. What stands behind the declaration before it, on the
/// same line, belongs to that one.
fn documentation(token: &Token, first_in_file: bool) -> Option<TextLit> {
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

/// Joins adjacent definitions of one name, `f (Some x) = …` written as `f = (Some x) => …` again and again, into one
/// function by clauses. Definitions that no argument could tell apart are left alone: they are a mistake.
fn merge_clauses(items: Vec<Item>) -> Vec<Item> {
    let mut result: Vec<Item> = Vec::with_capacity(items.len());
    let mut items = items.into_iter().peekable();
    while let Some(item) = items.next() {
        let Item::Define {
            meta,
            docs,
            decorators,
            name,
            value,
        } = item
        else {
            result.push(item);
            continue;
        };
        let mut values = vec![(meta, value)];
        let continues = |next: &Item| match next {
            Item::Define {
                name: other,
                decorators,
                value,
                ..
            } => *other == name && decorators.is_empty() && matches!(value, Expr::Lambda { .. }),
            _ => false,
        };
        if matches!(values.first(), Some((_, Expr::Lambda { .. }))) {
            while let Some(Item::Define { meta, value, .. }) = items.next_if(|next| continues(next))
            {
                values.push((meta, value));
            }
        }
        let merged = join(values);
        let mut first = Some((docs, decorators));
        for (meta, value) in merged {
            let (docs, decorators) = first.take().unwrap_or_default();
            result.push(Item::Define {
                meta,
                docs,
                decorators,
                name,
                value,
            });
        }
    }
    result
}

/// The same for the members of an instance.
fn merge_members(fields: Vec<FieldInit>) -> Vec<FieldInit> {
    let mut result: Vec<FieldInit> = Vec::with_capacity(fields.len());
    let mut fields = fields.into_iter().peekable();
    while let Some(field) = fields.next() {
        let FieldInit::Set { meta, name, value } = field else {
            result.push(field);
            continue;
        };
        let mut values = vec![(meta, value)];
        let continues = |next: &FieldInit| matches!(next, FieldInit::Set { name: other, value: Expr::Lambda { .. }, .. } if *other == name);
        if matches!(values.first(), Some((_, Expr::Lambda { .. }))) {
            while let Some(FieldInit::Set { meta, value, .. }) =
                fields.next_if(|next| continues(next))
            {
                values.push((meta, value));
            }
        }
        for (meta, value) in join(values) {
            result.push(FieldInit::Set { meta, name, value });
        }
    }
    result
}

/// Makes one function of several lambdas, if a pattern of theirs can fail.
fn join(values: Vec<(Meta, Expr)>) -> Vec<(Meta, Expr)> {
    let can_fail = |(_, value): &(Meta, Expr)| match value {
        Expr::Lambda { params, .. } => params.iter().any(refutable),
        _ => false,
    };
    if values.len() < 2 || !values.iter().any(can_fail) {
        return values;
    }
    let span = values
        .iter()
        .fold(nanopass::Span::NONE, |span, (meta, _)| span.to(meta.span));
    let whole = values
        .iter()
        .fold(nanopass::Span::NONE, |span, (_, value)| {
            span.to(value.meta().span)
        });
    let clauses = values.into_iter().filter_map(|(_, value)| match value {
        Expr::Lambda { params, body, .. } => Some(Clause {
            patterns: params,
            guard: None,
            body: *body,
        }),
        _ => None,
    });
    vec![(
        Meta::at(span),
        Expr::Clauses {
            meta: Meta::at(whole),
            clauses: clauses.collect(),
        },
    )]
}

/// Whether a pattern may not match, as far as its form tells.
fn refutable(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Wild { .. } | Pattern::Bind { .. } | Pattern::Error { .. } => false,
        Pattern::Lit { .. }
        | Pattern::Delta { .. }
        | Pattern::Instant { .. }
        | Pattern::Con { .. }
        | Pattern::List { .. } => true,
        Pattern::As { pattern, .. } | Pattern::Paren { inner: pattern, .. } => refutable(pattern),
        Pattern::Tuple { items, .. } => items.iter().any(refutable),
        Pattern::Record { fields, .. } => fields
            .iter()
            .any(|field| field.pattern.as_ref().is_some_and(refutable)),
    }
}
