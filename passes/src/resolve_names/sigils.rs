//! Sigils whose content is text: `~d(…)`, `~path[…]`, `~r/…/`.

use ir_defs::hir;
use ir_defs::known::Need;
use ir_defs::terminals::{Ident, TextLit};
use nanopass::{Diagnostic, Meta};

use super::Resolver;
use crate::codes;

/// The tags of sigils.
pub(super) const SIGILS: [&str; 5] = ["d", "map", "path", "r", "set"];
impl Resolver<'_> {
    /// `~tag(content)`
    pub(super) fn sigil(
        &mut self,
        meta: Meta,
        tag: Ident,
        content: TextLit,
        flags: TextLit,
    ) -> hir::Expr {
        match self.session.core.text(tag.name) {
            "d" => {
                self.need(Need::Date);
                let tag = tag.name;
                hir::Expr::Sigil {
                    meta,
                    tag,
                    content,
                    flags,
                }
            }
            "path" => {
                self.need(Need::Path);
                let tag = tag.name;
                hir::Expr::Sigil {
                    meta,
                    tag,
                    content,
                    flags,
                }
            }
            "r" => self.regex(meta, tag.name, content, flags),
            other if matches!(other, "set" | "map") => {
                let (what, example) = match other {
                    "set" => ("elements", "~set[1, 2]"),
                    _ => ("entries", "~map{ \"a\" => 1 }"),
                };
                let message = format!("the {what} of `~{other}` stand in other brackets");
                let diagnostic = Diagnostic::error(codes::INVALID_LITERAL, message)
                    .at(meta.span, "")
                    .help(format!("write `{example}`"));
                self.session.report(diagnostic);
                hir::Expr::Error { meta }
            }
            other => {
                let message = format!("there is no sigil `~{other}`");
                if other.len() < 3 {
                    // Names of one or two letters are all alike.
                    let list: Vec<String> =
                        SIGILS.iter().map(|sigil| format!("`~{sigil}`")).collect();
                    let diagnostic = Diagnostic::error(codes::UNKNOWN_SIGIL, message)
                        .at(tag.span, "not found")
                        .help(format!("the sigils are {}", list.join(", ")));
                    self.session.report(diagnostic);
                    return hir::Expr::Error { meta };
                }
                self.report_unknown(
                    codes::UNKNOWN_SIGIL,
                    message,
                    tag,
                    &SIGILS.map(str::to_string),
                    None,
                );
                hir::Expr::Error { meta }
            }
        }
    }
}
