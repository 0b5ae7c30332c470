//! Definitions, and the declarations of types, classes, instances, capabilities and domains.

use ir_defs::ast::{Constraint, Constructor, Expr, Item, Type};
use ir_defs::cst::Node;
use ir_defs::syntax::{SyntaxKind, Token};
use ir_defs::terminals::{Ident, TextLit};
use nanopass::{Diagnostic, Meta};

use super::clauses::{merge_clauses, merge_members};
use super::exprs::operator_name;
use super::items::{Prelude, Scope, documentation, head_of};
use super::{Builder, is_lower, is_upper, nodes, types};
use crate::codes;
use crate::parse::KEYWORDS;

impl Builder<'_> {
    /// The name after the keyword that a declaration begins with.
    fn declared(&mut self, children: &[Node]) -> Option<Ident> {
        children
            .get(1)
            .and_then(nodes::token)
            .map(|token| self.ident(token))
    }

    /// `class Ord A = Eq A with (A: Eq) { … }`
    pub(super) fn class(
        &mut self,
        children: &[Node],
        prelude: Prelude,
        meta: Meta,
    ) -> Option<Item> {
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
    pub(super) fn instance(
        &mut self,
        children: &[Node],
        prelude: Prelude,
        meta: Meta,
    ) -> Option<Item> {
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
    pub(super) fn capability(
        &mut self,
        children: &[Node],
        prelude: Prelude,
        meta: Meta,
    ) -> Option<Item> {
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
    pub(super) fn domain(
        &mut self,
        children: &[Node],
        prelude: Prelude,
        meta: Meta,
    ) -> Option<Item> {
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
    pub(super) fn type_declaration(
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
    pub(super) fn binding(
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
