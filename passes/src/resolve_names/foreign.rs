//! Names of other languages that are bound nowhere, and what stands for them here.

use ir_defs::terminals::{Ident, Operator};
use ir_defs::{ast, hir};
use nanopass::{Diagnostic, Meta, Span};

use super::Resolver;
use super::foreign_names::{Advice, FORMS, TYPES, VALUES};
use super::names::Found;
use crate::codes;

fn find(table: &'static [Advice], name: &str) -> Option<&'static Advice> {
    table.iter().find(|advice| advice.names.contains(&name))
}

impl Resolver<'_> {
    /// Reports a value that is bound nowhere, if it is one of another language.
    pub(super) fn report_foreign_value(&mut self, name: Ident) -> bool {
        let text = self.text(name.name);
        let Some(advice) = find(&VALUES, &text).or_else(|| find(&FORMS, &text)) else {
            return false;
        };
        let message = if self.is_upper(name.name) {
            format!("there is no constructor `{text}`")
        } else {
            format!("`{text}` is not bound")
        };
        self.report_foreign(codes::UNKNOWN_NAME, message, name, advice);
        true
    }

    /// Reports a type or class that there is not, if it is one of another language.
    pub(super) fn report_foreign_type(&mut self, name: Ident, message: &str) -> bool {
        let Some(advice) = find(&TYPES, &self.text(name.name)) else {
            return false;
        };
        self.report_foreign(codes::UNKNOWN_TYPE, message.to_owned(), name, advice);
        true
    }

    fn report_foreign(
        &mut self,
        code: &'static str,
        message: String,
        name: Ident,
        advice: &Advice,
    ) {
        let mut diagnostic = Diagnostic::error(code, message)
            .at(name.span, "not found")
            .help(advice.help);
        if !advice.replacement.is_empty() {
            let write = format!("write `{}`", advice.replacement);
            diagnostic = diagnostic.edit(name.span, advice.replacement, write);
        }
        self.session.report(diagnostic);
    }

    /// `case x of`, `x mod 2`, `for x in xs { … }`: reports the word that is bound nowhere. What stands beside it is a
    /// mistake only together with it.
    pub(super) fn foreign_form(
        &mut self,
        meta: Meta,
        fun: &ast::Expr,
        args: &[ast::Expr],
    ) -> Option<hir::Expr> {
        let parts = || std::iter::once(fun).chain(args);
        let name = parts().find_map(|part| {
            let &ast::Expr::Name { name, .. } = part else {
                return None;
            };
            find(&FORMS, self.session.core.text(name.name))?;
            let unbound = !self.body.is_local(name.name)
                && matches!(self.find_value(self.body.module, name.name), Found::Nothing);
            unbound.then_some(name)
        })?;
        let advice = find(&FORMS, self.session.core.text(name.name))?;
        let text = self.text(name.name);
        self.report_foreign(
            codes::UNKNOWN_NAME,
            format!("`{text}` is not bound"),
            name,
            advice,
        );
        for part in parts() {
            if let ast::Expr::Name { name, .. } = part {
                let message = format!("`{}` is not bound", self.text(name.name));
                self.excused.push((meta.span, message));
            }
        }
        Some(hir::Expr::Error { meta })
    }

    /// `3 -- a comment`: words behind two minus signs. Gives back the operand if it may be one.
    pub(super) fn foreign_comment(&mut self, link: &ast::Link) -> bool {
        let minus = link.position.span;
        let ast::Expr::Prefix { meta, op, .. } = &link.operand else {
            return false;
        };
        let sources = &self.session.core.sources;
        let dashes = Span::new(minus.lo, meta.span.lo + 1);
        let is_comment = link.op == Operator::Sub
            && *op == Operator::Negate
            && sources.text(dashes) == "--"
            && sources.text(meta.span).starts_with("- ");
        if !is_comment {
            return false;
        }
        let before = self.session.core.diagnostics.error_count();
        let operand = link.operand.clone();
        let fails = self.quietly(|resolver| {
            resolver.expr(operand);
            resolver.session.core.diagnostics.error_count() > before
        });
        if fails {
            let diagnostic = Diagnostic::error(codes::UNKNOWN_NAME, "`--` begins no comment")
                .at(dashes, "")
                .help("a comment begins with `//`")
                .edit(dashes, "//", "write `//`");
            self.session.report(diagnostic);
        }
        fails
    }

    /// Looks at expressions so that what they mention counts as used, without saying what is wrong in them.
    pub(super) fn quietly<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        let before = self.session.core.diagnostics.len();
        let result = work(self);
        let list = self.session.core.diagnostics.take();
        for diagnostic in list.into_iter().take(before) {
            self.session.report(diagnostic);
        }
        result
    }

    /// One report for each name that is nowhere, with the other places where it stands; none for names that belong to
    /// a form of another language.
    pub(super) fn join_reports(&mut self) {
        let mut list = self.session.core.diagnostics.take();
        list.sort_by_key(|diagnostic| diagnostic.span().lo);
        let mut joined: Vec<Diagnostic> = Vec::with_capacity(list.len());
        let mut first: rustc_hash::FxHashMap<(String, usize), (usize, usize)> =
            rustc_hash::FxHashMap::default();
        for diagnostic in list {
            let joins = matches!(&*diagnostic.code, codes::UNKNOWN_NAME | codes::UNKNOWN_TYPE);
            if joins && self.is_excused(&diagnostic) {
                continue;
            }
            let file = self.session.core.sources.file_of(diagnostic.span());
            let Some((_, file)) = file.filter(|_| joins) else {
                joined.push(diagnostic);
                continue;
            };
            let key = (diagnostic.message.clone(), file.span().lo as usize);
            let Some(&(index, others)) = first.get(&key) else {
                first.insert(key, (joined.len(), 0));
                joined.push(diagnostic);
                continue;
            };
            if let Some(earlier) = joined.get_mut(index)
                && earlier.span() != diagnostic.span()
            {
                earlier.edits.extend(diagnostic.edits.iter().cloned());
                if others < MOST_PLACES {
                    *earlier = earlier.clone().label(diagnostic.span(), "here too");
                }
                first.insert(key, (index, others + 1));
            }
        }
        for &(index, others) in first.values() {
            if let Some(diagnostic) = joined.get_mut(index).filter(|_| others > MOST_PLACES) {
                let more = others - MOST_PLACES;
                diagnostic.notes.push(format!("and in {more} more places"));
            }
        }
        for diagnostic in joined {
            self.session.report(diagnostic);
        }
    }

    fn is_excused(&self, diagnostic: &Diagnostic) -> bool {
        let sources = &self.session.core.sources;
        self.excused.iter().any(|(form, message)| {
            let span = diagnostic.span();
            let between = Span::new(span.lo.min(form.lo), span.hi.max(form.hi));
            *message == diagnostic.message
                && !(form.lo <= span.lo && span.hi <= form.hi)
                && !sources.text(between).contains('\n')
        })
    }
}

/// How many places of one unknown name are shown beside the first.
const MOST_PLACES: usize = 4;
