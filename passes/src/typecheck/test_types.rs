//! What `@test` stands before: a `Bool`, or an effect that gives nothing.

use ir_defs::typed;
use ir_defs::types::Type;
use nanopass::TyId;

use super::Checker;
use super::errors;
use crate::codes;

impl Checker<'_> {
    /// Reports tests that can neither hold nor fail.
    pub(super) fn check_tests(&mut self, groups: &[typed::Group]) {
        for define in groups.iter().flat_map(|group| &group.binds) {
            let info = self.session.globals.get(define.global);
            let Some(span) = info.filter(|info| info.test).map(|info| info.span) else {
                continue;
            };
            if self.is_test(define.type_) {
                continue;
            }
            let shown = self.show(define.type_);
            let is_effect = self.as_effect(define.type_).is_some();
            let help = match self.get(define.type_) {
                Type::Fun(..) => {
                    "a condition on any value is tried on random ones: `forAll ints (n => …)` of `aivi.testing`"
                }
                _ if is_effect => {
                    "bind what the effect gives in a block, and compare it: `assertEq expected found`"
                }
                _ => "compare the value with what is expected: `value == expected`",
            };
            let diagnostic = errors::error(
                codes::TEST_TYPE,
                "a test is a `Bool`, or an effect that gives `Unit`",
                span,
                format!("this has the type `{shown}`"),
            )
            .help(help);
            self.session.report(diagnostic);
        }
    }

    /// Whether a type is one of tests, or open, as that of `panic` is and of what has another error.
    fn is_test(&mut self, ty: TyId) -> bool {
        if self.is_open_or(ty, self.known.bool) {
            return true;
        }
        let effect = self.as_effect(ty);
        effect.is_some_and(|(_, given)| self.is_open_or(given, self.known.unit))
    }

    fn is_open_or(&mut self, ty: TyId, wanted: TyId) -> bool {
        let ty = self.shallow(ty);
        ty == wanted || matches!(self.get(ty), Type::Var(_) | Type::Error)
    }
}
