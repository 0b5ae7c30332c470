//! What is said where effects differ: in what they fail with, or in their capabilities.

use super::Checker;
use super::errors::*;
use ir_defs::tables::TyConId;
use ir_defs::types::Type;
use nanopass::{Diagnostic, Span, TyId};

impl Checker<'_> {
    pub(super) fn failures(&mut self, span: Span, a: TyId, b: TyId, cause: &Cause) -> Diagnostic {
        let shown = |checker: &mut Self, ty: TyId| {
            if ty == checker.known.nothing {
                "nothing".to_string()
            } else {
                format!("`{}`", checker.show(ty))
            }
        };
        let (a_shown, b_shown) = (shown(self, a), shown(self, b));
        let here = match cause {
            Cause::Step { .. } | Cause::Tail => "the block around it",
            Cause::Signature { .. } | Cause::Inside { .. } => "the signature",
            _ => "the effect that is expected here",
        };
        error(
            FAILURE_MISMATCH,
            "two effects fail with different types",
            span,
            format!("this fails with {a_shown}"),
        )
        .note(format!("{here} fails with {b_shown}"))
        .help("turn one error into the other with `mapFail`, or handle it with `or`")
    }

    pub(super) fn may_fail(&mut self, span: Span, failure: TyId, cause: &Cause) -> Diagnostic {
        let shown = self.show_argument(failure);
        let expected = match (&self.signature, cause) {
            (Some((name, _)), _) => format!("the row of `{name}` has no `Fail {shown}`"),
            _ => "an effect that cannot fail is expected here".to_string(),
        };
        let mut diagnostic = error(
            FAILURE_MISMATCH,
            format!("this may fail with `{shown}`, and {expected}"),
            span,
            "",
        );
        if let Some((name, place)) = self.signature.clone() {
            diagnostic = diagnostic.label(place, format!("the signature of `{name}`"));
        }
        diagnostic.help(format!(
            "handle the failure with `or` or `attempt`, or write `Fail {shown}` into the row"
        ))
    }

    pub(super) fn not_in_row(
        &mut self,
        span: Span,
        missing: &[TyConId],
        names: &str,
        expected: TyId,
    ) -> Diagnostic {
        match self.signature.clone() {
            None if self.computing => error(
                CAPABILITY,
                format!("{names} is not there while the program is compiled"),
                span,
                format!("this needs {names}"),
            )
            .help("an `@static` can read files and do nothing else"),
            // What the signature allows is refused by something inside of the definition.
            Some((name, place)) if !self.signature_allows(missing) => error(
                CAPABILITY,
                format!("{names} is not in the effect row of `{name}`"),
                span,
                format!("this needs {names}"),
            )
            .label(place, "the signature says what it may do")
            .help(format!("write {names} into the row of `{name}`")),
            _ => {
                let shown = self.show(expected);
                error(
                    CAPABILITY,
                    format!("this needs {names}, which is not allowed here"),
                    span,
                    "",
                )
                .note(format!("expected `{shown}`"))
            }
        }
    }

    /// Whether the row of the definition's signature has all of these capabilities.
    fn signature_allows(&mut self, capabilities: &[TyConId]) -> bool {
        let Some(mut ty) = self.signature_type else {
            return false;
        };
        while let Type::Fun(_, result) = *self.get(ty) {
            ty = result;
        }
        let Some((row, _)) = self.as_effect(ty) else {
            return false;
        };
        let view = self.row_view(row);
        capabilities
            .iter()
            .all(|capability| view.capabilities.contains(capability))
    }
}
