//! The fields of records, as they are written and as people write them who know other languages.

use ir_defs::ast::{Expr, FieldInit};
use ir_defs::cst::Node;
use ir_defs::syntax::SyntaxKind;
use ir_defs::terminals::Ident;
use nanopass::{Diagnostic, Meta};

use super::{Builder, is_lower, nodes};
use crate::codes;

impl Builder<'_> {
    /// `{ x = 1, y = 2 }`: nothing but bindings, with commas between them; reported, and read as the record that it is.
    pub(super) fn record_with_equals(&mut self, children: &[Node]) -> Option<Vec<FieldInit>> {
        let mut parts = Vec::new();
        for node in nodes::entries(children) {
            match nodes::branch(node, SyntaxKind::Entry) {
                Some([Node::Leaf { token }, equals, value])
                    if nodes::is(equals, "=") && is_lower(&token.text) =>
                {
                    parts.push((Meta::at(nodes::span(node)), token, equals, value));
                }
                _ => return None,
            }
        }
        if !children.iter().any(|node| nodes::is(node, ",")) {
            return None;
        }
        let (_, first, equals, _) = parts.first()?;
        let mut diagnostic = Diagnostic::error(
            codes::NOT_A_FIELD,
            "a field of a record is written with `:`",
        )
        .at(nodes::span(equals), "");
        for (_, _, equals, _) in &parts {
            diagnostic = diagnostic.edit(
                nodes::span(equals),
                ":",
                format!("write `{}: …`", first.text),
            );
        }
        self.report(diagnostic);
        let fields = parts
            .into_iter()
            .map(|(meta, token, _, value)| FieldInit::Set {
                meta,
                name: self.ident(token),
                value: self.expr(value),
            });
        Some(fields.collect())
    }

    /// Whether braces that begin with a name are a record whose fields lack their values, as in `{ a, b: 2 }`; reports
    /// it.
    pub(super) fn is_record_of_names(&mut self, children: &[Node]) -> bool {
        let is_name = |node: &Node| nodes::token(node).is_some_and(|token| is_lower(&token.text));
        let is_field = |node: &Node| match nodes::branch(node, SyntaxKind::Entry) {
            Some([dots, ..]) if nodes::is(dots, "...") => true,
            Some([_, colon, ..]) => nodes::is(colon, ":"),
            _ => false,
        };
        let Some(first) = nodes::entries(children).next().filter(|node| is_name(node)) else {
            return false;
        };
        let separated = children.iter().any(|node| nodes::is(node, ","));
        let fields = nodes::entries(children).any(is_field);
        if !(separated || fields)
            || !nodes::entries(children).all(|node| is_field(node) || is_name(node))
        {
            return false;
        }
        let (text, span) = (nodes::leaf_text(first), nodes::span(first));
        self.error(
            codes::NOT_A_FIELD,
            format!("the field `{text}` has no value"),
            span,
            &format!("write `{text}: {text}`"),
        );
        true
    }

    /// The fields of a record; with `definitions`, of an instance, where `name = e` stands too.
    pub(super) fn fields(&mut self, children: &[Node], definitions: bool) -> Vec<FieldInit> {
        self.no_semicolons(children);
        let mut fields = Vec::new();
        let mut quoted: Vec<&Node> = Vec::new();
        for node in nodes::entries(children) {
            let meta = Meta::at(nodes::span(node));
            match nodes::branch(node, SyntaxKind::Entry) {
                Some([dots, value]) if nodes::is(dots, "...") => {
                    fields.push(FieldInit::Spread {
                        meta,
                        value: self.expr(value),
                    });
                }
                Some([label, separator, value])
                    if nodes::is(separator, ":") || (definitions && nodes::is(separator, "=")) =>
                {
                    if definitions
                        && nodes::is(separator, "=")
                        && let Some((name, value)) = self
                            .function_definition(label, value)
                            .or_else(|| self.operator_definition(label, value))
                    {
                        fields.push(FieldInit::Set { meta, name, value });
                    } else if let Some(name) = quoted_name(label) {
                        if quoted.is_empty() {
                            quoted = children.iter().filter_map(quoted_label).collect();
                            self.quoted_labels(&quoted);
                        }
                        let name = Ident {
                            name: self.session.core.intern(name),
                            span: nodes::span(label),
                        };
                        let value = self.expr(value);
                        fields.push(FieldInit::Set { meta, name, value });
                    } else if let Some(name) = self.label(label, definitions) {
                        let value = self.expr(value);
                        fields.push(FieldInit::Set { meta, name, value });
                    }
                }
                Some([label, equals, value]) if nodes::is(equals, "=") => {
                    let mut name = String::new();
                    nodes::write_text(label, &mut name);
                    let diagnostic = Diagnostic::error(
                        codes::NOT_A_FIELD,
                        "a field of a record is written with `:`",
                    )
                    .at(nodes::span(equals), "")
                    .edit(
                        nodes::span(equals),
                        ":",
                        format!("write `{name}: …`"),
                    );
                    self.report(diagnostic);
                    if let Some(token) = nodes::token(label) {
                        let name = self.ident(token);
                        let value = self.expr(value);
                        fields.push(FieldInit::Set { meta, name, value });
                    }
                }
                _ => {
                    self.not_a_field(node);
                    self.salvage_field(node, &mut fields);
                }
            }
        }
        fields
    }

    /// Reports the labels of a record that stand in quotes, as in JSON.
    fn quoted_labels(&mut self, labels: &[&Node]) {
        let Some(first) = labels.first() else { return };
        let mut diagnostic = Diagnostic::error(
            codes::NOT_A_FIELD,
            "the name of a field stands without quotes",
        )
        .at(nodes::span(first), "");
        for label in labels {
            if let Some(name) = quoted_name(label) {
                let help = format!("write `{name}: …`");
                diagnostic = diagnostic.edit(nodes::span(label), name, help);
            }
        }
        self.report(diagnostic);
    }

    /// A name alone counts as that field, unless there is one.
    fn salvage_field(&mut self, node: &Node, fields: &mut Vec<FieldInit>) {
        let meta = Meta::at(nodes::span(node));
        let Some(token) = nodes::first_token(node).filter(|token| is_lower(&token.text)) else {
            return;
        };
        let name = self.ident(token);
        let is_set = |field: &FieldInit| matches!(field, FieldInit::Set { name: other, .. } if *other == name);
        if fields.len() < 1_000 && !fields.iter().any(is_set) {
            fields.push(FieldInit::Set {
                meta,
                name,
                value: Expr::Error { meta },
            });
        }
    }

    fn not_a_field(&mut self, node: &Node) {
        let span = nodes::span(node);
        let text = nodes::leaf_text(node);
        if nodes::kind(node) == Some(SyntaxKind::App)
            && let Some(name) = nodes::first_token(node).filter(|name| is_lower(&name.text))
        {
            let name_text = &name.text;
            let diagnostic = Diagnostic::error(
                codes::NOT_A_FIELD,
                format!("the field `{name_text}` has no `:`"),
            )
            .at(name.span, "")
            .edit(name.span.end(), ":", format!("write `{name_text}: …`"));
            return self.report(diagnostic);
        }
        match text {
            "..." => self.unexpected("a record is missing after `...`", span, "`...` alone stands in patterns"),
            _ if is_lower(text) => self.error(
                codes::NOT_A_FIELD,
                format!("the field `{text}` has no value"),
                span,
                &format!("write `{text}: {text}`"),
            ),
            _ => self.error(
                codes::NOT_A_FIELD,
                "this is not a field of a record",
                span,
                "a record holds `name: value` and `...other`; braces whose first entry is something else are a block",
            ),
        }
    }

    /// The name of a field, or, with `operators`, of a member: `name`, `(+)`.
    fn label(&mut self, label: &Node, operators: bool) -> Option<Ident> {
        if let Some(token) = nodes::token(label).filter(|token| is_lower(&token.text)) {
            return Some(self.ident(token));
        }
        if operators && let Some(name) = self.operator_target(label) {
            return Some(name);
        }
        let help = if nodes::kind(label) == Some(SyntaxKind::Postfix) {
            "to change a field inside a field, write a patch: `r <| { a.b: value }`"
        } else {
            "a field's name begins with a small letter"
        };
        self.error(
            codes::NOT_A_FIELD,
            "this is not the name of a field",
            nodes::span(label),
            help,
        );
        None
    }

    pub(super) fn no_commas(&mut self, children: &[Node]) {
        if let Some(comma) = children.iter().find(|node| nodes::is(node, ",")) {
            let span = nodes::span(comma);
            self.unexpected(
                "statements are separated by new lines or `;`",
                span,
                "braces are a record if their first entry is `name: value`",
            );
        }
    }
}

/// The label of an entry if it is a name in quotes.
fn quoted_label(entry: &Node) -> Option<&Node> {
    match nodes::branch(entry, SyntaxKind::Entry) {
        Some([label, colon, ..]) if nodes::is(colon, ":") => quoted_name(label).map(|_| label),
        _ => None,
    }
}

/// The name that a text literal holds, if it holds nothing else.
fn quoted_name(label: &Node) -> Option<&str> {
    let children = nodes::branch(label, SyntaxKind::Text)?;
    let [Node::Leaf { token }] = nodes::inside(children) else {
        return None;
    };
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    (is_lower(&token.text) && token.text.chars().all(is_part)).then_some(&token.text)
}
