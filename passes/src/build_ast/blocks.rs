//! Braces: records, blocks, and the blocks of effects, generators and resources.

use ir_defs::ast::{Expr, FieldInit, Handler, Pattern, Stmt};
use ir_defs::cst::Node;
use ir_defs::syntax::SyntaxKind;
use ir_defs::terminals::Ident;
use nanopass::{Diagnostic, Meta};

use super::{Builder, is_lower, nodes};
use crate::codes;

/// Which statements may stand in a block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Plain,
    Effect,
    Generate,
    /// Inside the braces of a `loop`.
    Loop,
    Resource,
}

impl Builder<'_> {
    /// Braces by themselves: a record if the first entry is `name:` or `...`, or if there is none; else a block.
    pub(super) fn braces(&mut self, children: &[Node], meta: Meta) -> Expr {
        let is_record = match nodes::entries(children).next() {
            None => true,
            Some(first) => match nodes::branch(first, SyntaxKind::Entry) {
                Some([dots, ..]) if nodes::is(dots, "...") => true,
                Some([_, colon, ..]) => nodes::is(colon, ":"),
                _ => nodes::is(first, "..."),
            },
        };
        if is_record && self.is_block_with_signature(children) {
            // Its signatures are reported where statements are read.
        } else if is_record {
            return Expr::Record {
                meta,
                fields: self.fields(children, false),
            };
        }
        if self.is_record_of_names(children) {
            return Expr::Error { meta };
        }
        if let Some(fields) = self.record_with_equals(children) {
            return Expr::Record { meta, fields };
        }
        if Self::is_record_with_a_flaw(children) {
            return Expr::Record {
                meta,
                fields: self.fields(children, false),
            };
        }
        self.no_commas(children);
        let mut entries: Vec<&Node> = nodes::entries(children).collect();
        if let Some(block) = self.block_without_keyword(&entries, meta) {
            return block;
        }
        let last = entries.pop();
        let mut statements = self.statements(&entries, Block::Plain);
        let result = match last {
            Some(node)
                if !matches!(
                    nodes::kind(node),
                    Some(SyntaxKind::Entry | SyntaxKind::KeywordCall)
                ) =>
            {
                self.expr(node)
            }
            Some(node) => {
                statements.append(&mut self.statements(&[node], Block::Plain));
                // A statement that cannot stand here has been reported.
                if nodes::branch(node, SyntaxKind::Entry)
                    .and_then(|parts| parts.get(1))
                    .is_some_and(|separator| matches!(nodes::leaf_text(separator), "=" | "<-"))
                {
                    self.error(
                        codes::NO_RESULT,
                        "this block ends without a result",
                        nodes::span(node),
                        "the last line of a block is the expression that it stands for",
                    );
                }
                Expr::Error { meta }
            }
            None => Expr::Error { meta },
        };
        Expr::Block {
            meta,
            statements,
            result: Box::new(result),
        }
    }

    /// Whether braces that do not begin with a field are meant as a record, as in `{ name "Ada", age: 36 }`: they have a
    /// field, and nothing that only a block has.
    fn is_record_with_a_flaw(children: &[Node]) -> bool {
        let separator = |node| match nodes::branch(node, SyntaxKind::Entry) {
            Some([_, separator, ..]) => nodes::leaf_text(separator),
            _ => "",
        };
        let has_commas = children.iter().any(|node| nodes::is(node, ","));
        nodes::entries(children).any(|node| separator(node) == ":")
            && (has_commas
                || !nodes::entries(children).any(|node| matches!(separator(node), "=" | "<-")))
    }

    /// The statements of a block that is meant as that of a generator or a resource and has no such keyword, which is
    /// reported at the first statement that needs it.
    fn block_without_keyword(&mut self, entries: &[&Node], meta: Meta) -> Option<Expr> {
        let is_yield = |node: &&Node| {
            nodes::branch(node, SyntaxKind::KeywordCall)
                .and_then(<[Node]>::first)
                .is_some_and(|keyword| nodes::is(keyword, "yield"))
        };
        let is_loop = |node: &&Node| {
            nodes::branch(node, SyntaxKind::Entry)
                .and_then(<[Node]>::first)
                .is_some_and(|keyword| nodes::is(keyword, "loop"))
        };
        let first = entries
            .iter()
            .find(|node| is_yield(node) || is_loop(node))?;
        let keyword = nodes::first_token(first)?;
        self.unexpected(
            format!("`{}` cannot stand in this block", keyword.text),
            keyword.span,
            "write `generate` before the braces of a generator, `resource` before those of a resource",
        );
        let is_generator = entries.iter().any(is_loop) || entries.last().is_some_and(is_yield);
        let block = if is_generator {
            Expr::Generate {
                meta,
                statements: self.statements(entries, Block::Generate),
            }
        } else {
            Expr::Resource {
                meta,
                statements: self.statements(entries, Block::Resource),
            }
        };
        // What it is good for in its place is not known.
        Some(Expr::Apply {
            meta,
            fun: Box::new(Expr::Error { meta }),
            args: vec![block],
        })
    }

    /// `{ y : Int \n y = x + 1 \n y }`: a block whose first line is a signature, and no record.
    fn is_block_with_signature(&self, children: &[Node]) -> bool {
        let mut entries = nodes::entries(children);
        let label = match entries
            .next()
            .and_then(|first| nodes::branch(first, SyntaxKind::Entry))
        {
            Some([label, colon, ..]) if nodes::is(colon, ":") => nodes::leaf_text(label),
            _ => return false,
        };
        entries.any(|entry| match nodes::branch(entry, SyntaxKind::Entry) {
            Some([name, equals, ..]) => nodes::is(equals, "=") && nodes::is(name, label),
            _ => false,
        })
    }

    /// `{ x = 1, y = 2 }`: nothing but bindings, with commas between them; reported, and read as the record that it is.
    fn record_with_equals(&mut self, children: &[Node]) -> Option<Vec<FieldInit>> {
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
    fn is_record_of_names(&mut self, children: &[Node]) -> bool {
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

    fn no_commas(&mut self, children: &[Node]) {
        if let Some(comma) = children.iter().find(|node| nodes::is(node, ",")) {
            let span = nodes::span(comma);
            self.unexpected(
                "statements are separated by new lines or `;`",
                span,
                "braces are a record if their first entry is `name: value`",
            );
        }
    }

    /// `effect { … }`, `generate { … }`, `resource { … }`
    pub(super) fn keyword_block(&mut self, children: &[Node], meta: Meta) -> Expr {
        let [keyword, braces] = children else {
            return Expr::Error { meta };
        };
        let children = nodes::children(braces);
        self.no_commas(children);
        let entries: Vec<&Node> = nodes::entries(children).collect();
        match nodes::leaf_text(keyword) {
            "effect" => Expr::Effect {
                meta,
                statements: self.statements(&entries, Block::Effect),
            },
            "generate" => Expr::Generate {
                meta,
                statements: self.statements(&entries, Block::Generate),
            },
            _ => Expr::Resource {
                meta,
                statements: self.statements(&entries, Block::Resource),
            },
        }
    }

    fn statements(&mut self, entries: &[&Node], block: Block) -> Vec<Stmt> {
        let mut statements = Vec::with_capacity(entries.len());
        let mut arms = false;
        for entry in entries {
            // Arms without their bars, of which the first has been reported.
            if arms && nodes::kind(entry) == Some(SyntaxKind::Expr) {
                continue;
            }
            arms = Self::lacks_bars(entry);
            if matches!(block, Block::Effect | Block::Resource) {
                self.statement = nodes::span(entry);
            }
            if let Some(statement) = self.statement(entry, block) {
                statements.push(statement);
            }
        }
        statements
    }

    fn statement(&mut self, node: &Node, block: Block) -> Option<Stmt> {
        let span = nodes::span(node);
        let meta = Meta::at(span);
        let parts = match nodes::kind(node) {
            Some(SyntaxKind::Entry) => nodes::children(node),
            Some(SyntaxKind::KeywordCall) => {
                return self.keyword_statement(nodes::children(node), block, meta);
            }
            _ if nodes::is(node, "...") => {
                self.unexpected("`...` stands in lists and records only", span, "");
                return None;
            }
            _ => {
                let (value, handler) = self.handled(node);
                return Some(Stmt::Expr {
                    meta,
                    value,
                    handler,
                });
            }
        };
        match parts {
            [keyword, pattern, _, value] if nodes::is(keyword, "loop") => {
                self.loop_statement(pattern, value, block, meta)
            }
            [target, separator, value, rest @ ..] => match nodes::leaf_text(separator) {
                "=" => {
                    let (pattern, value) = match self.function_definition(target, value) {
                        Some((name, value)) => (
                            Pattern::Bind {
                                meta: Meta::at(name.span),
                                name,
                            },
                            value,
                        ),
                        None => (self.pattern(target), self.expr(value)),
                    };
                    Some(Stmt::Let {
                        meta,
                        pattern,
                        value,
                    })
                }
                "<-" => {
                    let pattern = self.pattern(target);
                    let (source, handler) = self.handled(value);
                    Some(Stmt::Run {
                        meta,
                        pattern,
                        source,
                        handler,
                    })
                }
                "->" => {
                    if !matches!(block, Block::Generate | Block::Loop) {
                        self.unexpected(
                            "`->` guards an element of a `generate` block",
                            nodes::span(separator),
                            "a function is written with `=>`",
                        );
                        return None;
                    }
                    let pattern = self.pattern(target);
                    let condition = match rest {
                        [when, guard] => {
                            let pattern = self.pattern(value);
                            let guard = Box::new(self.expr(guard));
                            Expr::When {
                                meta: Meta::at(nodes::span(value).to(nodes::span(when))),
                                pattern,
                                guard,
                            }
                        }
                        _ => self.expr(value),
                    };
                    Some(Stmt::Guard {
                        meta,
                        pattern,
                        condition,
                    })
                }
                _ => {
                    self.error(
                        codes::SIGNATURE_IN_BLOCK,
                        "a block holds no signatures and no fields",
                        nodes::span(separator),
                        "a signature stands above a top-level definition; in braces that begin with a binding, write `=`",
                    );
                    None
                }
            },
            _ => {
                self.unexpected("`...` stands in lists and records only", span, "");
                None
            }
        }
    }

    /// `yield e`, `recurse e`
    fn keyword_statement(&mut self, parts: &[Node], block: Block, meta: Meta) -> Option<Stmt> {
        let [keyword, value] = parts else { return None };
        let fits = match nodes::leaf_text(keyword) {
            "yield" => matches!(block, Block::Generate | Block::Loop | Block::Resource),
            _ => block == Block::Loop,
        };
        if !fits {
            let message = format!("`{}` cannot stand in this block", nodes::leaf_text(keyword));
            self.unexpected(
                message,
                nodes::span(keyword),
                "`yield` stands in `generate` and `resource` blocks, `recurse` in a `loop` of a `generate` block",
            );
            return None;
        }
        let value_expr = self.expr(value);
        Some(if nodes::is(keyword, "yield") {
            Stmt::Yield {
                meta,
                value: value_expr,
            }
        } else {
            Stmt::Recurse {
                meta,
                value: value_expr,
            }
        })
    }

    /// `loop pattern = initial => { … }`
    fn loop_statement(
        &mut self,
        pattern: &Node,
        value: &Node,
        block: Block,
        meta: Meta,
    ) -> Option<Stmt> {
        if !matches!(block, Block::Generate | Block::Loop) {
            self.unexpected("`loop` stands in a `generate` block", meta.span, "");
            return None;
        }
        let Some([initial, _, body]) = nodes::branch(value, SyntaxKind::Expr) else {
            self.unexpected(
                "the body of this loop is missing",
                nodes::span(value),
                "write `loop x = start => { … }`",
            );
            return None;
        };
        let Some(children) = nodes::branch(body, SyntaxKind::Braces) else {
            self.unexpected(
                "the body of a loop stands in braces",
                nodes::span(body),
                "write `loop x = start => { … }`",
            );
            return None;
        };
        let pattern = self.pattern(pattern);
        let initial = self.expr(initial);
        self.no_commas(children);
        let entries: Vec<&Node> = nodes::entries(children).collect();
        Some(Stmt::Loop {
            meta,
            pattern,
            initial,
            body: self.statements(&entries, Block::Loop),
        })
    }

    /// An expression in the place of an effect, and the fallback that an `or` at its end gives to it. What an earlier
    /// `or` of the same chain handles is an effect of its own.
    fn handled(&mut self, node: &Node) -> (Expr, Option<Handler>) {
        let is_chain = nodes::kind(node) == Some(SyntaxKind::Chain);
        match self.expr(node) {
            Expr::Or {
                subject, handler, ..
            } if is_chain => (as_effect(*subject), Some(*handler)),
            other => (other, None),
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

/// `e or d` as an effect: a block of that one statement.
fn as_effect(source: Expr) -> Expr {
    match source {
        Expr::Or {
            meta,
            subject,
            handler,
        } => {
            let statement = Stmt::Expr {
                meta,
                value: as_effect(*subject),
                handler: Some(*handler),
            };
            Expr::Effect {
                meta,
                statements: vec![statement],
            }
        }
        other => other,
    }
}
