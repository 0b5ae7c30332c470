//! Written effect rows and their short forms.

use super::convert::Scope;
use super::errors::{self, *};
use super::{Checker, GROUP_LEVEL};
use ir_defs::kernel::Type;
use ir_defs::tables::{TyConId, TyConKind};
use ir_defs::types::{Kind, Type as Ty};
use nanopass::{Span, TyId};

impl Checker<'_> {
    /// What stands directly under `Effect`: a row, or one of the short forms.
    pub(super) fn convert_row_argument(&mut self, ty: &Type, scope: &mut Scope) -> TyId {
        match ty {
            Type::Row { .. } => self.convert_row(ty, scope),
            Type::Record { fields, tail, .. } if fields.is_empty() => {
                match tail.and_then(|tail| scope.vars.get(&tail).copied()) {
                    Some(tail) => tail,
                    None => self.known.nothing,
                }
            }
            Type::Con { con, meta } => {
                let kind = self.session.tycons.get(*con).map(|info| info.kind.clone());
                match kind {
                    Some(TyConKind::Capability { .. }) => {
                        let fails = self.capability_fails(*con);
                        self.session.row(vec![*con], fails, None)
                    }
                    _ => {
                        let converted = self.convert_con(*con, &[], meta.span, scope);
                        self.failing_row(converted, meta.span, scope)
                    }
                }
            }
            _ => {
                let converted = self.convert(ty, scope);
                self.failing_row(converted, ty.meta().span, scope)
            }
        }
    }

    /// `Effect T A` with an ordinary type: it may fail with `T`, and the capabilities are left to inference.
    pub(super) fn failing_row(&mut self, ty: TyId, span: Span, scope: &mut Scope) -> TyId {
        if self.is_row(ty) || matches!(self.get(ty), Ty::Error) {
            return ty;
        }
        match scope.flexible {
            Some(Some(tail)) => self.session.row(Vec::new(), Some(ty), Some(tail)),
            Some(None) => {
                let tail = self.hole(Kind::Row, false);
                if let Some(hole) = self.holes.last_mut() {
                    hole.level = GROUP_LEVEL - 1;
                }
                scope.flexible = Some(Some(tail));
                self.session.row(Vec::new(), Some(ty), Some(tail))
            }
            None => {
                let shown = self.show_argument(ty);
                let diagnostic = errors::error(
                    SHORT_ROW,
                    "a declaration must say the whole effect row",
                    span,
                    "",
                )
                .help(format!(
                    "write `{{ Fail {shown} }}`, with the capabilities that it needs"
                ));
                self.session.report(diagnostic);
                self.session.row(Vec::new(), Some(ty), None)
            }
        }
    }

    /// The error type that a capability's operations may fail with.
    pub(super) fn capability_fails(&self, con: TyConId) -> Option<TyId> {
        match self.session.tycons.get(con)?.kind {
            TyConKind::Capability { fails } => fails,
            _ => None,
        }
    }

    /// `{ Console, Fail T, ...r }`
    pub(super) fn convert_row(&mut self, ty: &Type, scope: &mut Scope) -> TyId {
        let Type::Row { items, tail, .. } = ty else {
            return self.convert(ty, scope);
        };
        let mut capabilities = Vec::new();
        let mut fail = None;
        // What a wrong item stands for is not known, so that nothing is said to be missing in the row.
        let mut is_wrong = false;
        for item in items {
            match item {
                Type::Con { con, .. }
                    if matches!(
                        self.session.tycons.get(*con).map(|info| &info.kind),
                        Some(TyConKind::Capability { .. })
                    ) =>
                {
                    capabilities.push(*con);
                }
                Type::Apply { head, args, meta } if matches!(&**head, Type::Con { con, .. } if *con == self.known.fail) =>
                {
                    let failure = args.first().map(|arg| self.convert(arg, scope));
                    if fail.is_some() {
                        self.error(
                            ROW_ITEM,
                            "an effect row has at most one `Fail`",
                            meta.span,
                            "",
                        );
                    }
                    fail = fail.or(failure);
                }
                Type::Error { .. } => is_wrong = true,
                _ => {
                    is_wrong = true;
                    let diagnostic = errors::error(
                        ROW_ITEM,
                        "an effect row holds capabilities and `Fail T`",
                        item.meta().span,
                        "this is neither",
                    )
                    .help("an error type is written `Fail T`");
                    self.session.report(diagnostic);
                }
            }
        }
        let tail = tail.and_then(|tail| scope.vars.get(&tail).copied());
        match tail {
            _ if is_wrong => self.known.error,
            Some(tail) if capabilities.is_empty() && fail.is_none() => tail,
            _ => self.session.row(capabilities, fail, tail),
        }
    }
}
