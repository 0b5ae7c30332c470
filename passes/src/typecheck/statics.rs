//! What `@static` stands before: a value, or an effect, whose result is the value.
//!
//! `resolve-names` makes it the argument of `staticValue`; where it turns out to be an effect, that becomes `staticRun`.
//! The compiler can read files and do nothing else.

use ir_defs::kernel;
use ir_defs::known::{STATIC_RUN, STATIC_VALUE};
use ir_defs::tables::GlobalId;
use ir_defs::typed::Expr;
use ir_defs::types::{Kind, Type};
use nanopass::{Meta, Span, TyId};

use super::Checker;
use super::errors::{self, Cause};

impl Checker<'_> {
    /// The argument of `@static`, if an expression is its mark.
    pub(super) fn is_static(&self, fun: &kernel::Expr, args: &[kernel::Expr]) -> bool {
        args.len() == 1
            && matches!(fun, kernel::Expr::Global { global, .. }
                if self.session.globals.find(STATIC_VALUE) == Some(*global))
    }

    /// Replaces the effect that the signature of an `@static` speaks of by its result, and remembers it.
    pub(super) fn static_signature(&mut self, define: &kernel::Define, ty: TyId) -> TyId {
        let Some(kernel::Expr::Apply { fun, args, .. }) = &define.value else {
            return ty;
        };
        if !self.is_static(fun, args) {
            return ty;
        }
        match self.as_effect(ty) {
            Some((_, result)) => {
                self.static_effects.insert(define.global, ty);
                result
            }
            None => ty,
        }
    }

    /// A value under `@static`; `expected` is what its definition, or the pattern around it, expects.
    pub(super) fn static_value(
        &mut self,
        meta: Meta,
        args: Vec<kernel::Expr>,
        expected: Option<(TyId, &Cause)>,
    ) -> Expr {
        let Some(value) = args.into_iter().next() else {
            return self.failed(meta);
        };
        let declared = std::mem::replace(&mut self.static_effect, TyId::NONE);
        let outer = (self.computing, self.signature.take());
        self.computing = true;
        let plain = matches!(
            value,
            kernel::Expr::Tuple { .. } | kernel::Expr::List { .. } | kernel::Expr::Record { .. }
        );
        let value = match expected {
            _ if matches!(value, kernel::Expr::Do { .. }) => {
                let wide = if declared.is_none() {
                    let result = self.fresh_type();
                    self.readable(result)
                } else {
                    declared
                };
                self.check(value, wide, &Cause::Other)
            }
            _ if !declared.is_none() => {
                let cause = expected.map_or(Cause::Other, |(_, cause)| cause.clone());
                self.check(value, declared, &cause)
            }
            Some((expected, cause)) if plain => self.check(value, expected, cause),
            _ => self.infer(value),
        };
        let value_meta = value.meta();
        let ty = self.shallow(value_meta.ty);
        let name = match self.as_effect(ty) {
            Some((row, _)) if !declared.is_none() => {
                self.reads_only(row, value_meta.span);
                STATIC_RUN
            }
            Some((_, result)) => {
                let wide = self.readable(result);
                self.expect(value_meta.span, ty, wide, &Cause::Other);
                STATIC_RUN
            }
            None => STATIC_VALUE,
        };
        (self.computing, self.signature) = outer;
        let global = self.session.global(name);
        self.marked(meta, global, value)
    }

    /// The effect that needs nothing but files, may fail, and gives this.
    fn readable(&mut self, result: TyId) -> TyId {
        let file = self.session.tycons.id("aivi.file.File");
        let fail = self.hole(Kind::Star, true);
        let row = self.session.row(vec![file], Some(fail), None);
        self.session.effect(row, result)
    }

    /// Reports what a declared row holds beside files.
    fn reads_only(&mut self, row: TyId, span: Span) {
        let file = self.session.tycons.id("aivi.file.File");
        let row = self.shallow(row);
        let mut others = self.row_view(row).capabilities;
        others.retain(|&con| con != file);
        if !others.is_empty() {
            let names: Vec<String> = others
                .iter()
                .map(|&con| format!("`{}`", self.con_name(con)))
                .collect();
            let diagnostic = self.not_in_row(span, &others, &errors::list(&names), row);
            self.session.report(diagnostic);
        }
    }

    /// `global value`, where the global is of type `A -> B` and takes any argument.
    fn marked(&mut self, meta: Meta, global: GlobalId, value: Expr) -> Expr {
        let fun = self.use_global(Meta::at(meta.span), global);
        let ty = self.shallow(fun.meta().ty);
        let &Type::Fun(param, result) = self.get(ty) else {
            return value;
        };
        let value_meta = value.meta();
        self.expect(value_meta.span, value_meta.ty, param, &Cause::Other);
        Expr::Apply {
            meta: meta.with_ty(result),
            fun: Box::new(fun),
            args: vec![value],
        }
    }
}
