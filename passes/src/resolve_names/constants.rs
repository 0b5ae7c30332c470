//! Literals that are definitions of their own, so that their values are made once, before `main`, however often the
//! place is reached: regular expressions, and the exact numbers of the library, whose suffixes read digits.

use ir_defs::hir;
use ir_defs::known::{self, Digits, Need};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Ident, TextLit};
use nanopass::{Meta, Symbol};

use super::Resolver;
use super::groups::Defined;

impl Resolver<'_> {
    /// `~r/pattern/flags`
    pub(super) fn regex(
        &mut self,
        meta: Meta,
        tag: Symbol,
        content: TextLit,
        flags: TextLit,
    ) -> hir::Expr {
        self.need(Need::Regex);
        let value = hir::Expr::Sigil {
            meta,
            tag,
            content,
            flags,
        };
        let regex = self.session.global(known::REGEX);
        let global = self.constant(meta, "regex", value, regex);
        self.body.mention(global);
        hir::Expr::Global { meta, global }
    }

    /// `10px`, and `42n` as a constant of its module.
    pub(super) fn number(&mut self, meta: Meta, number: TextLit, suffix: Ident) -> hir::Expr {
        let delta = self.delta(meta, number, suffix);
        let hir::Expr::Delta { suffix, number, .. } = &delta else {
            return delta;
        };
        if !self.is_exact(*suffix, &number.0) {
            return delta;
        }
        let key = (self.body.module, *suffix, number.0.clone());
        let global = match self.numbers.get(&key) {
            Some(&global) => global,
            None => {
                let suffix = *suffix;
                let global = self.constant(meta, "number", delta, suffix);
                self.numbers.insert(key, global);
                global
            }
        };
        self.body.mention(global);
        hir::Expr::Global { meta, global }
    }

    /// Whether a number is one that its suffix reads at run time and takes for sure. The module of the suffix itself
    /// may need its literals to read numbers.
    fn is_exact(&self, suffix: GlobalId, number: &str) -> bool {
        let name = self.session.globals.name(suffix);
        let known = known::SUFFIXES.iter().find(|(known, _)| *known == name);
        let plain = |fraction: bool| {
            number
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'-' || (fraction && byte == b'.'))
        };
        let taken = match known {
            Some((_, Digits::Whole)) => plain(false),
            Some((_, Digits::Fraction | Digits::Decimal)) => plain(true),
            Some((_, Digits::Unsigned)) | None => false,
        };
        taken && !name.starts_with(&format!("{}.", self.path(self.body.module)))
    }

    /// Defines the value of a literal, and says under which name.
    fn constant(
        &mut self,
        meta: Meta,
        kind: &str,
        value: hir::Expr,
        mentioned: GlobalId,
    ) -> GlobalId {
        self.constants += 1;
        let module = self.body.module;
        let name = format!("{}.{kind}.{}", self.path(module), self.constants);
        let global = self.session.global(&name);
        let library = self.is_library(module);
        if let Some(info) = self.session.globals.get_mut(global) {
            info.span = meta.span;
            info.library = library;
        }
        self.defines.push(Defined {
            define: hir::Define {
                meta,
                global,
                signature: None,
                value: Some(value),
            },
            mentions: vec![mentioned],
            computed: true,
        });
        global
    }
}
