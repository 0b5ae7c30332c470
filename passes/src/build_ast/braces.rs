//! Braces by themselves: a record or a block, and which one a wrong one was meant to be.

use ir_defs::ast::Expr;
use ir_defs::cst::Node;
use ir_defs::syntax::SyntaxKind;
use nanopass::Meta;

use super::blocks::Block;
use super::{Builder, nodes};
use crate::codes;

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
}
