//! What code does, how that may fail, and which effects may be seen as others.

use nanopass::TyId;

use super::{Doing, Typing};
use crate::known;
use crate::types::Type;

impl Typing<'_> {
    pub(in crate::check) fn effect(&mut self, fail: Option<TyId>, result: TyId) -> TyId {
        let row = self.types.intern(Type::Row {
            capabilities: Vec::new(),
            fail,
            tail: None,
        });
        self.applied("Effect", vec![row, result])
    }

    /// The failure and the result of an effect.
    pub(in crate::check) fn as_effect(&mut self, ty: TyId) -> Option<(Option<TyId>, TyId)> {
        let Type::Apply(head, args) = self.types.get(ty) else {
            return None;
        };
        let (head, &[row, result]) = (*head, args.as_slice()) else {
            return None;
        };
        let Type::Row { fail, .. } = self.types.get(row) else {
            return None;
        };
        let fail = *fail;
        (head == self.con("Effect")).then_some((fail, result))
    }

    /// Something is done that may fail as given.
    pub(in crate::check) fn does(&mut self, fails: Option<TyId>) {
        match (self.doing, fails) {
            (Doing::Nothing, _) => self.violation("something is done outside of an effect"),
            (Doing::Effects(None), Some(_)) => self.violation("something fails where nothing may"),
            (Doing::Effects(Some(expected)), Some(fails)) => {
                self.expect("a failure", expected, fails)
            }
            (Doing::Effects(_), None) => {}
        }
    }

    /// Whether `ty` may be seen as `wider`: only effects and resources under arrows differ, and only where the second may
    /// fail.
    fn widens(&mut self, ty: TyId, wider: TyId) -> bool {
        match (self.types.get(ty).clone(), self.types.get(wider).clone()) {
            (Type::Fun(param, result), Type::Fun(other, wider)) => {
                param == other && self.widens(result, wider)
            }
            _ => match (self.as_effect(ty), self.as_effect(wider)) {
                (Some((fails, value)), Some((wider, other))) => {
                    value == other && (fails.is_none() || fails == wider)
                }
                _ => ty == wider || self.widens_resource(ty, wider),
            },
        }
    }

    fn widens_resource(&self, ty: TyId, wider: TyId) -> bool {
        let fail = |row: TyId| match self.types.get(row) {
            Type::Row { fail, .. } => *fail,
            _ => None,
        };
        match (self.types.get(ty), self.types.get(wider)) {
            (Type::Apply(head, from), Type::Apply(other, to)) if head == other => {
                let resource = matches!(self.types.get(*head), Type::Con(con)
                    if self.session.tycons.name(*con) == known::RESOURCE_TYPE);
                match (from.as_slice(), to.as_slice()) {
                    (&[from, value], &[to, other]) => {
                        let fails = fail(from);
                        resource && value == other && (fails.is_none() || fails == fail(to))
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// A step of a block gives what its variable takes, and fails as the others do or not at all.
    pub(in crate::check) fn step(
        &mut self,
        fails: &mut Option<TyId>,
        ty: TyId,
        given: Option<TyId>,
    ) {
        let Some((found, result)) = self.as_effect(ty) else {
            self.violation("a step is an effect");
            return;
        };
        if let Some(given) = given {
            self.expect("what a step gives", given, result);
        }
        match (*fails, found) {
            (Some(expected), Some(found)) => self.expect("a failure", expected, found),
            _ => *fails = fails.or(found),
        }
    }

    pub(in crate::check) fn widen(&mut self, ty: TyId, wider: TyId) -> TyId {
        self.written(wider);
        if !self.widens(ty, wider) {
            let message = format!(
                "`{}` cannot be seen as `{}`",
                self.show_type(ty),
                self.show_type(wider)
            );
            self.violation(message);
        }
        wider
    }
}
