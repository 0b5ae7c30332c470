//! Coercions: where a type is expected, a record may lose fields, and a text and what may stand for one are converted.

use super::Checker;
use super::classes::Origin;
use super::errors::{Cause, SIMILAR_FIELD};
use super::patches::near::Near;
use super::rows::Tail;
use ir_defs::known;
use ir_defs::tables::{ClassId, GlobalKind};
use ir_defs::typed::Expr;
use ir_defs::types::Type;
use nanopass::{Diagnostic, TyId};

impl Checker<'_> {
    /// Makes an expression fit where a type is expected. At an argument, a field or an annotated result, a record may lose
    /// fields, and a text and what may stand for one are converted.
    pub(super) fn fit(&mut self, expr: Expr, expected: TyId, cause: &Cause) -> Expr {
        let meta = expr.meta();
        if cause.coerces() {
            let (found, expected) = (self.shallow(meta.ty), self.shallow(expected));
            if found == expected {
                return expr;
            }
            match (self.get(found), self.get(expected)) {
                (Type::Record { .. }, Type::Record { .. }) => {
                    if let Some(fields) = self.narrowing(found, expected) {
                        for (found, expected) in fields {
                            self.expect(meta.span, found, expected, cause);
                        }
                        self.warn_of_dropped(&expr, expected);
                        return Expr::Narrow {
                            meta: meta.with_ty(expected),
                            record: Box::new(expr),
                            type_: expected,
                        };
                    }
                }
                (Type::Hole(_) | Type::Error, _) | (_, Type::Hole(_) | Type::Error) => {}
                _ if expected == self.known.text => {
                    if let Some(con) = self.head_con(found)
                        && self.instances.contains_key(&(self.known.to_text, con))
                    {
                        return self.convert_by(
                            expr,
                            known::TO_TEXT,
                            self.known.to_text,
                            found,
                            expected,
                        );
                    }
                }
                _ if found == self.known.text => {
                    if let Some(con) = self.head_con(expected)
                        && self.instances.contains_key(&(self.known.from_text, con))
                    {
                        return self.convert_by(
                            expr,
                            known::FROM_TEXT,
                            self.known.from_text,
                            expected,
                            expected,
                        );
                    }
                }
                _ => {}
            }
        }
        let mut expr = match self.widen(expr, expected, cause) {
            Ok(widened) => return widened,
            Err(expr) => expr,
        };
        if !self.expect(meta.span, meta.ty, expected, cause) {
            // What is made of it is taken to be right.
            self.misfit = meta.ty;
            expr.meta_mut().ty = expected;
        }
        expr
    }

    /// Warns if a record with a spread is written with a field that is lost at once, and is spelt almost like one that the
    /// spread brings.
    fn warn_of_dropped(&mut self, expr: &Expr, expected: TyId) {
        let mut expr = expr;
        // The parts of a literal with a spread are bound before they are put together.
        while let Expr::Let { body, .. } = expr {
            expr = body;
        }
        let Expr::Extend { fields, .. } = expr else {
            return;
        };
        let expected = self.record_view(expected).fields;
        let text = |label| self.session.core.text(label).to_string();
        if fields
            .iter()
            .all(|field| expected.iter().any(|&(label, _)| label == field.label))
        {
            return;
        }
        let brought: Vec<String> = expected
            .iter()
            .map(|&(label, _)| label)
            .filter(|label| fields.iter().all(|field| field.label != *label))
            .map(text)
            .collect();
        let brought = Near::of(brought.iter().map(String::as_str));
        let mut warnings = Vec::new();
        for field in fields {
            let name = text(field.label);
            let is_kept = expected.iter().any(|&(label, _)| label == field.label);
            if is_kept {
                continue;
            }
            if let Some(near) = brought.find(&name) {
                warnings.push(
                    Diagnostic::warning(
                        SIMILAR_FIELD,
                        format!("the field `{name}` is lost here, and there is a field `{near}`"),
                    )
                    .at(field.value.meta().span, "not a field of the expected type")
                    .help(format!("is `{near}` meant?")),
                );
            }
        }
        for warning in warnings {
            self.session.report(warning);
        }
    }

    /// The same for an expression that was typed when there were already so many errors: if one was found in it, a type
    /// that does not fit is no news.
    pub(super) fn fit_since(
        &mut self,
        errors: usize,
        expr: Expr,
        expected: TyId,
        cause: &Cause,
    ) -> Expr {
        if self.errors() == errors {
            return self.fit(expr, expected, cause);
        }
        let mut expr = expr;
        if !self.expect_since(errors, expr.meta(), expected, cause) {
            expr.meta_mut().ty = expected;
        }
        expr
    }

    /// The fields that are shared, if `found` has all of the closed record `expected` and more.
    pub(super) fn narrowing(&mut self, found: TyId, expected: TyId) -> Option<Vec<(TyId, TyId)>> {
        let (found, expected) = (self.record_view(found), self.record_view(expected));
        if expected.tail != Tail::Closed || matches!(found.tail, Tail::Hole(..)) {
            return None;
        }
        if found.tail == Tail::Closed && found.fields.len() <= expected.fields.len() {
            return None;
        }
        let mut candidates = found.fields.iter();
        let mut shared = Vec::with_capacity(expected.fields.len());
        // Both are in the order of their labels.
        for &(label, ty) in &expected.fields {
            let &(_, found) = candidates.by_ref().find(|(other, _)| *other == label)?;
            shared.push((found, ty));
        }
        Some(shared)
    }

    /// A call of `toText` or `fromText`.
    pub(super) fn convert_by(
        &mut self,
        expr: Expr,
        member: &str,
        class: ClassId,
        at: TyId,
        result: TyId,
    ) -> Expr {
        let meta = expr.meta();
        let member = self.session.globals.id(member);
        if self.session.global_kind(member) != GlobalKind::Member(class) {
            self.expect(meta.span, meta.ty, result, &Cause::Other);
            return expr;
        }
        let evidence = self.want(class, at, meta.span, Origin::Use(member));
        let ty = self.fun(meta.ty, result);
        let fun = Expr::Member {
            meta: meta.with_ty(ty),
            member,
            evidence,
            types: Vec::new(),
            own: Vec::new(),
        };
        Expr::Apply {
            meta: meta.with_ty(result),
            fun: Box::new(fun),
            args: vec![expr],
        }
    }
}
