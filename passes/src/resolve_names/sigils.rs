//! Sigils whose content is text: `~d(…)`, `~path[…]`, `~r/…/`.

use ir_defs::hir;
use ir_defs::known::{self, Need};
use ir_defs::terminals::{Ident, TextLit};
use nanopass::{Diagnostic, Meta, Symbol};

use super::Resolver;
use super::groups::Defined;
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

    /// `~r/pattern/flags`, which is a definition of its own, so that its program is made once.
    fn regex(&mut self, meta: Meta, tag: Symbol, content: TextLit, flags: TextLit) -> hir::Expr {
        self.need(Need::Regex);
        self.regexes += 1;
        let module = self.body.module;
        let name = format!("{}.regex.{}", self.path(module), self.regexes);
        let global = self.session.global(&name);
        let library = self.is_library(module);
        if let Some(info) = self.session.globals.get_mut(global) {
            info.span = meta.span;
            info.library = library;
        }
        let value = hir::Expr::Sigil {
            meta,
            tag,
            content,
            flags,
        };
        let define = hir::Define {
            meta,
            global,
            signature: None,
            value: Some(value),
        };
        self.defines.push(Defined {
            define,
            mentions: vec![self.session.global(known::REGEX)],
            computed: true,
        });
        self.body.mention(global);
        hir::Expr::Global { meta, global }
    }
}
