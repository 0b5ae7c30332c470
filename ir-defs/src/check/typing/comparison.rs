//! Whether two types are the same, and whether a type may stand in a whole program.

use nanopass::TyId;

use super::{Typing, show};
use crate::types::{Type, each_part};

impl Typing<'_> {
    /// A type that the program writes down: without variables, capabilities and open rows.
    pub(in crate::check) fn written(&mut self, ty: TyId) {
        if !self.is_closed(ty) {
            let message = format!("`{}` is no type of a whole program", self.show_type(ty));
            self.violation(message);
        }
    }

    fn is_closed(&mut self, ty: TyId) -> bool {
        if let Some(&closed) = self.closed.get(&ty) {
            return closed;
        }
        let found = self.types.get(ty).clone();
        let mut closed = match &found {
            Type::Var(_) | Type::Hole(_) | Type::Error => false,
            Type::Record { tail, .. } => tail.is_none(),
            Type::Row {
                capabilities, tail, ..
            } => capabilities.is_empty() && tail.is_none(),
            _ => true,
        };
        each_part(&found, |part| closed = closed && self.is_closed(part));
        self.closed.insert(ty, closed);
        closed
    }

    pub(in crate::check) fn expect(&mut self, what: &str, expected: TyId, found: TyId) {
        if !self.same(expected, found) {
            let message = format!(
                "{what} of type `{}` where `{}` belongs",
                self.show_type(found),
                self.show_type(expected)
            );
            self.violation(message);
        }
    }

    pub(in crate::check) fn expect_all(&mut self, what: &str, expected: &[TyId], found: &[TyId]) {
        if expected.len() != found.len() {
            self.violation(format!(
                "{what} of {} values, not {}",
                expected.len(),
                found.len()
            ));
        }
        for (&expected, &found) in expected.iter().zip(found) {
            self.expect(what, expected, found);
        }
    }

    /// Whether two types are equal; without their `Fail` in `direct`. What is unknown was reported before.
    pub(in crate::check) fn same(&mut self, a: TyId, b: TyId) -> bool {
        if a == b
            || a.is_none()
            || b.is_none()
            || self.types.has_error(a)
            || self.types.has_error(b)
        {
            return true;
        }
        self.direct && self.strip(a) == self.strip(b)
    }

    fn strip(&mut self, ty: TyId) -> TyId {
        if let Some(&stripped) = self.without_fail.get(&ty) {
            return stripped;
        }
        let stripped = match self.types.get(ty).clone() {
            Type::Row {
                capabilities, tail, ..
            } => self.types.intern(Type::Row {
                capabilities,
                fail: None,
                tail,
            }),
            Type::Apply(head, args) => {
                let args = args.into_iter().map(|arg| self.strip(arg)).collect();
                self.types.apply(head, args)
            }
            Type::Fun(param, result) => {
                let (param, result) = (self.strip(param), self.strip(result));
                self.types.intern(Type::Fun(param, result))
            }
            Type::Tuple(items) => {
                let items = items.into_iter().map(|item| self.strip(item)).collect();
                self.types.intern(Type::Tuple(items))
            }
            Type::Record { fields, tail } => {
                let fields = fields
                    .into_iter()
                    .map(|(label, field)| (label, self.strip(field)))
                    .collect();
                self.types.intern(Type::Record { fields, tail })
            }
            Type::Con(_) | Type::Var(_) | Type::Hole(_) | Type::Error => ty,
        };
        self.without_fail.insert(ty, stripped);
        stripped
    }

    /// A type for messages. What only this check has made is not in the session's table.
    pub(super) fn show_type(&self, ty: TyId) -> String {
        if ty.index() < self.session.types.len() {
            show(&ty, self.session)
        } else {
            "another type".to_owned()
        }
    }
}
