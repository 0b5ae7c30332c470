//! Patterns: they fit what they match, and bind variables of the types of its parts.

use nanopass::TyId;

use super::super::language::Pattern;
use super::Check;
use crate::types::Type;

impl Check<'_> {
    pub(super) fn pattern(&mut self, pattern: &mut Pattern, subject: TyId) {
        self.at(pattern.meta());
        let said = pattern.meta().ty;
        if said.is_none() {
            pattern.meta_mut().ty = subject;
        }
        match pattern {
            Pattern::Wild { type_, .. } => {
                let ty = *type_;
                self.expect("a pattern", ty, subject);
            }
            Pattern::Bind { binder, .. } => {
                self.expect("a pattern", binder.ty, subject);
                self.bind_plain(binder);
            }
            Pattern::As {
                binder, pattern, ..
            } => {
                self.expect("a pattern", binder.ty, subject);
                self.bind_plain(binder);
                self.pattern(pattern, subject);
            }
            Pattern::Lit { lit, .. } => {
                let ty = self.types.lit(lit);
                self.expect("a pattern", ty, subject);
            }
            Pattern::Con {
                con, types, args, ..
            } => match self.types.constructor(*con, types) {
                Some((data, fields)) => {
                    self.expect("a pattern", data, subject);
                    if fields.len() != args.len() {
                        self.violation("a constructor pattern with a wrong number of arguments");
                    }
                    for (arg, field) in args.iter_mut().zip(fields) {
                        self.pattern(arg, field);
                    }
                }
                None => {
                    let name = self.types.session.constructors.name(*con);
                    self.violation(format!(
                        "the constructor {name} is not defined, or has other type parameters"
                    ));
                }
            },
            Pattern::Tuple { items, .. } => match self.types.get(subject).clone() {
                Type::Tuple(types) if types.len() == items.len() => {
                    for (item, ty) in items.iter_mut().zip(types) {
                        self.pattern(item, ty);
                    }
                }
                Type::Error => {}
                _ => self.violation("a tuple pattern for what is no such tuple"),
            },
            Pattern::List {
                item, items, rest, ..
            } => {
                let item = *item;
                let list = self.types.list(item);
                self.expect("a pattern", list, subject);
                for pattern in items {
                    self.pattern(pattern, item);
                }
                if let Some(rest) = rest {
                    self.pattern(rest, list);
                }
            }
            Pattern::Record { type_, fields, .. } => {
                let ty = *type_;
                self.expect("a pattern", ty, subject);
                for field in fields {
                    match self.types.field(ty, field.label) {
                        Some(found) => {
                            field.meta.ty = found;
                            self.pattern(&mut field.pattern, found);
                        }
                        None if self.is_error(ty) => {}
                        None => self.violation(
                            "a record pattern names a field that the record does not have",
                        ),
                    }
                }
            }
        }
    }
}
