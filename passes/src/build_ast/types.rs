//! Types, effect rows, constraints.

use ir_defs::ast::{Constraint, Type, TypeField, TypeParam};
use ir_defs::cst::Node;
use ir_defs::syntax::SyntaxKind;
use ir_defs::terminals::{Ident, IntLit};
use nanopass::{Meta, Span};

use super::{Builder, is_lower, nodes};
use crate::codes;
use crate::parse::MAX_DEPTH;

impl Builder<'_> {
    /// A type with the constraints behind it.
    pub(super) fn signature(&mut self, node: &Node) -> (Type, Vec<Constraint>) {
        let outer = self.constraints.replace(Vec::new());
        let ty = self.type_(node);
        let constraints = std::mem::replace(&mut self.constraints, outer);
        (ty, constraints.unwrap_or_default())
    }

    fn not_a_type(&mut self, span: Span, help: &str) -> Type {
        self.error(codes::NOT_A_TYPE, "this is not a type", span, help);
        Type::Error {
            meta: Meta::at(span),
        }
    }

    /// Any type.
    pub(super) fn type_(&mut self, node: &Node) -> Type {
        let span = nodes::span(node);
        let meta = Meta::at(span);
        let (kind, children) = match node {
            Node::Leaf { token } if &*token.text == "*" => return Type::Star { meta },
            Node::Leaf { token } => {
                return Type::Name {
                    meta,
                    name: self.ident(token),
                };
            }
            Node::Branch { kind, children } => (*kind, children.as_slice()),
        };
        match kind {
            SyntaxKind::TypePath => Type::Name {
                meta,
                name: self.dotted(node),
            },
            SyntaxKind::Type => {
                let mut params = Vec::new();
                for part in children.iter().filter(|node| !nodes::is(node, "->")) {
                    params.push(self.type_(part));
                }
                match params.pop() {
                    Some(result) => Type::Fun {
                        meta,
                        params,
                        result: Box::new(result),
                    },
                    None => Type::Error { meta },
                }
            }
            SyntaxKind::TypeChain => self.type_chain(children),
            SyntaxKind::TypeApp | SyntaxKind::Context => {
                let Some((head, args)) = children.split_first() else {
                    return Type::Error { meta };
                };
                let head = self.path_type(head);
                let args = self.types(args.iter());
                if args.is_empty() {
                    return head;
                }
                Type::Apply {
                    meta,
                    head: Box::new(head),
                    args,
                }
            }
            SyntaxKind::TypeParen => self.paren_type(children, meta),
            SyntaxKind::TypeBraces => self.braces_type(children, meta),
            _ => self.not_a_type(span, ""),
        }
    }

    /// A type, or the path of a class as one.
    fn path_type(&mut self, node: &Node) -> Type {
        match nodes::kind(node) {
            Some(SyntaxKind::Path) => Type::Name {
                meta: Meta::at(nodes::span(node)),
                name: self.dotted(node),
            },
            _ => self.type_(node),
        }
    }

    pub(super) fn types<'n>(&mut self, nodes: impl Iterator<Item = &'n Node>) -> Vec<Type> {
        let mut types = Vec::new();
        for node in nodes {
            types.push(self.type_(node));
        }
        types
    }

    /// `A with B`, `A |> Omit (a)`, and `A with (B: Eq)`, whose constraints go to the signature.
    fn type_chain(&mut self, children: &[Node]) -> Type {
        let Some((first, mut rest)) = children.split_first() else {
            return Type::Error { meta: Meta::NONE };
        };
        let mut ty = self.type_(first);
        let mut depth = 0;
        while let [operator, operand, others @ ..] = rest {
            rest = others;
            let meta = Meta::at(ty.meta().span.to(nodes::span(operand)));
            depth += 1;
            if depth > MAX_DEPTH {
                self.too_deep(meta);
                return Type::Error { meta };
            }
            if nodes::is(operator, "with") && is_constraints(operand) {
                let found = self.constraint_list(operand);
                match &mut self.constraints {
                    Some(constraints) => constraints.extend(found),
                    None => {
                        let span = nodes::span(operand);
                        self.error(
                            codes::NOT_A_TYPE,
                            "constraints cannot stand here",
                            span,
                            "they stand at the end of a signature, and in the heads of classes and instances",
                        );
                    }
                }
            } else if nodes::is(operator, "with") {
                let extension = self.type_(operand);
                ty = Type::With {
                    meta,
                    base: Box::new(ty),
                    extension: Box::new(extension),
                };
            } else {
                let step = self.type_(operand);
                ty = match ty {
                    Type::Pipe {
                        first, mut steps, ..
                    } => {
                        steps.push(step);
                        Type::Pipe { meta, first, steps }
                    }
                    first => Type::Pipe {
                        meta,
                        first: Box::new(first),
                        steps: vec![step],
                    },
                };
            }
        }
        ty
    }

    /// `(A: Eq, B: +)`
    pub(super) fn constraint_list(&mut self, node: &Node) -> Vec<Constraint> {
        let mut constraints = Vec::new();
        for entry in nodes::entries(nodes::children(node)) {
            match nodes::branch(entry, SyntaxKind::TypeEntry) {
                Some([constrained, _, class]) => {
                    let constrained = self.type_(constrained);
                    if let Some(class) = self.class_name(class) {
                        constraints.push(Constraint {
                            type_: constrained,
                            class,
                        });
                    }
                }
                _ => {
                    let span = nodes::span(entry);
                    self.error(
                        codes::NOT_A_TYPE,
                        "this is not a constraint",
                        span,
                        "write `A: Class`",
                    );
                }
            }
        }
        constraints
    }

    /// The class of a constraint: a name, or an operator.
    fn class_name(&mut self, node: &Node) -> Option<Ident> {
        match nodes::kind(node) {
            None => nodes::token(node).map(|token| self.ident(token)),
            Some(SyntaxKind::TypePath) => Some(self.dotted(node)),
            Some(_) => {
                self.error(
                    codes::NOT_A_TYPE,
                    "this is not the name of a class",
                    nodes::span(node),
                    "",
                );
                None
            }
        }
    }

    fn paren_type(&mut self, children: &[Node], meta: Meta) -> Type {
        let mut items = Vec::new();
        for entry in nodes::entries(children) {
            items.push(match nodes::branch(entry, SyntaxKind::TypeEntry) {
                Some(_) => self.not_a_type(nodes::span(entry), "constraints stand behind `with`"),
                None => self.type_(entry),
            });
        }
        match (items.pop(), items.is_empty()) {
            (None, _) => Type::Name {
                meta,
                name: self.ident_of("Unit", meta.span),
            },
            (Some(only), true) => only,
            (Some(last), false) => {
                items.push(last);
                Type::Tuple { meta, items }
            }
        }
    }

    /// A record type if its entries have a `:`, an effect row otherwise.
    fn braces_type(&mut self, children: &[Node], meta: Meta) -> Type {
        self.no_semicolons(children);
        let mut fields = Vec::new();
        let mut items = Vec::new();
        let mut tail: Option<Ident> = None;
        for entry in nodes::entries(children) {
            let span = nodes::span(entry);
            if let Some(name) = &tail {
                let end = name.span;
                return self.not_a_type(end.to(span), "`...` is the last in a type");
            }
            match nodes::branch(entry, SyntaxKind::TypeField) {
                Some([dots, name]) if nodes::is(dots, "...") => match nodes::token(name) {
                    Some(token) if &*token.text != "*" => tail = Some(self.ident(token)),
                    _ => return self.not_a_type(span, "a variable stands after `...`"),
                },
                Some([label, _, ty]) => {
                    match nodes::token(label).filter(|token| is_lower(&token.text)) {
                        Some(token) => {
                            let name = self.ident(token);
                            fields.push(TypeField {
                                name,
                                type_: self.type_(ty),
                            });
                        }
                        None => {
                            return self.not_a_type(
                                nodes::span(label),
                                "a field's name begins with a small letter",
                            );
                        }
                    }
                }
                _ if nodes::is(entry, "...") => {
                    return self.not_a_type(span, "a variable stands after `...`");
                }
                _ => items.push(self.type_(entry)),
            }
        }
        match (fields.is_empty(), items.is_empty()) {
            (false, false) => self.not_a_type(
                meta.span,
                "a record has `name: Type` only, an effect row none of it",
            ),
            (true, false) => Type::Row { meta, items, tail },
            _ => Type::Record { meta, fields, tail },
        }
    }

    /// `A`, `(F *)`
    pub(super) fn type_params(&mut self, params: &[Node]) -> Vec<TypeParam> {
        let mut result = Vec::with_capacity(params.len());
        for param in params {
            let kinded = match nodes::branch(param, SyntaxKind::TypeParen) {
                Some([_, inner, _]) => {
                    nodes::branch(inner, SyntaxKind::TypeApp).unwrap_or_default()
                }
                _ => std::slice::from_ref(param),
            };
            match kinded {
                [name, stars @ ..]
                    if nodes::token(name).is_some()
                        && stars.iter().all(|star| nodes::is(star, "*")) =>
                {
                    let name = nodes::token(name).map(|token| self.ident(token));
                    let arity = IntLit(stars.len() as u32);
                    result.extend(name.map(|name| TypeParam { name, arity }));
                }
                _ => {
                    let span = nodes::span(param);
                    self.error(
                        codes::NOT_A_TYPE,
                        "this is not a type parameter",
                        span,
                        "write `A` or `(F *)`",
                    );
                }
            }
        }
        result
    }
}

/// Whether parentheses hold constraints.
pub(super) fn is_constraints(node: &Node) -> bool {
    let entries = nodes::branch(node, SyntaxKind::TypeParen).unwrap_or_default();
    nodes::entries(entries).any(|entry| nodes::kind(entry) == Some(SyntaxKind::TypeEntry))
}
