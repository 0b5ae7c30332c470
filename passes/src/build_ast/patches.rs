//! The instructions of a patch.

use ir_defs::ast::{Expr, Instruction, PatchEntry, PatchStep};
use ir_defs::cst::Node;
use ir_defs::syntax::SyntaxKind;
use nanopass::Meta;

use super::{Builder, is_upper, nodes};

impl Builder<'_> {
    /// What stands in the braces of a patch.
    pub(super) fn patch_entries(&mut self, children: &[Node]) -> Vec<PatchEntry> {
        self.no_semicolons(children);
        let mut entries = Vec::new();
        for node in nodes::entries(children) {
            let meta = Meta::at(nodes::span(node));
            let Some([path, rest @ ..]) = nodes::branch(node, SyntaxKind::PatchEntry) else {
                continue;
            };
            let path = self.patch_path(path);
            let stores = rest.iter().any(|node| nodes::is(node, ":="));
            let instruction = match rest.last() {
                Some(last) if nodes::kind(last) == Some(SyntaxKind::Remove) => Instruction::Remove,
                Some(last) if stores => Instruction::Store {
                    value: self.expr(last),
                },
                Some(last) => Instruction::Apply {
                    value: self.expr(last),
                },
                None => Instruction::Apply {
                    value: Expr::Error { meta },
                },
            };
            entries.push(PatchEntry {
                meta,
                path,
                instruction,
            });
        }
        entries
    }

    /// `a.b[*].c`
    fn patch_path(&mut self, node: &Node) -> Vec<PatchStep> {
        let single = std::slice::from_ref(node);
        let steps = nodes::branch(node, SyntaxKind::PatchPath).unwrap_or(single);
        let mut path = Vec::with_capacity(steps.len());
        for step in steps.iter().filter(|step| !nodes::is(step, ".")) {
            path.push(self.patch_step(step));
        }
        path
    }

    fn patch_step(&mut self, node: &Node) -> PatchStep {
        let meta = Meta::at(nodes::span(node));
        if let Some(token) = nodes::token(node) {
            let name = self.ident(token);
            return if is_upper(&token.text) {
                PatchStep::Constructor { meta, name }
            } else {
                PatchStep::Field { meta, name }
            };
        }
        let inner: Vec<&Node> = nodes::entries(nodes::children(node)).collect();
        match inner.as_slice() {
            [star] if nodes::is(star, "*") => PatchStep::All { meta },
            [key] if is_key(key) => PatchStep::Key {
                meta,
                key: self.expr(key),
            },
            [predicate] => PatchStep::Where {
                meta,
                predicate: self.expr(predicate),
            },
            [pattern, _, guard] => {
                let pattern = self.pattern(pattern);
                let guard = Box::new(self.expr(guard));
                PatchStep::Where {
                    meta,
                    predicate: Expr::When {
                        meta,
                        pattern,
                        guard,
                    },
                }
            }
            _ => PatchStep::Where {
                meta,
                predicate: Expr::Error { meta },
            },
        }
    }
}

/// Whether a selector is a key: a literal.
fn is_key(node: &Node) -> bool {
    nodes::kind(node) == Some(SyntaxKind::Text)
        || nodes::leaf_text(node)
            .starts_with(|first: char| first.is_ascii_digit() || first == '\'' || first == '"')
}
