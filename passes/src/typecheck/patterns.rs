//! Patterns.

use ir_defs::kernel;
use ir_defs::terminals::{Binder, Lit};
use ir_defs::typed::{FieldPattern, Pattern};
use ir_defs::types::Type;
use nanopass::{Meta, Span, TyId};

use super::errors::Cause;
use super::rows::Tail;
use super::{Binding, Checker};

impl Checker<'_> {
    pub(super) fn lit_type(&self, lit: &Lit) -> TyId {
        match lit {
            Lit::Int(_) => self.known.int,
            Lit::Float(_) => self.known.float,
            Lit::Char(_) => self.known.char,
            Lit::Text(_) => self.known.text,
        }
    }

    /// A pattern for values of a type; `subject` is where they come from.
    pub(super) fn pattern(&mut self, pattern: kernel::Pattern, ty: TyId, subject: Span) -> Pattern {
        match pattern {
            kernel::Pattern::Wild { meta } => Pattern::Wild {
                meta: meta.with_ty(ty),
                type_: ty,
            },
            kernel::Pattern::Error { meta } => {
                self.reported_before = true;
                Pattern::Wild {
                    meta: meta.with_ty(self.known.error),
                    type_: self.known.error,
                }
            }
            kernel::Pattern::Bind { meta, binder } => {
                self.bind_local(binder.var, Binding::Mono(ty));
                Pattern::Bind {
                    meta: meta.with_ty(ty),
                    binder: Binder::new(binder.var, ty),
                }
            }
            kernel::Pattern::As {
                meta,
                binder,
                pattern,
            } => {
                self.bind_local(binder.var, Binding::Mono(ty));
                let pattern = self.pattern(*pattern, ty, subject);
                Pattern::As {
                    meta: meta.with_ty(ty),
                    binder: Binder::new(binder.var, ty),
                    pattern: Box::new(pattern),
                }
            }
            kernel::Pattern::Lit { meta, lit } => {
                let lit_ty = self.lit_type(&lit);
                self.expect_pattern(meta, lit_ty, ty, subject);
                Pattern::Lit {
                    meta: meta.with_ty(lit_ty),
                    lit,
                }
            }
            kernel::Pattern::Con { meta, con, args } => {
                let (types, data_ty) = self.data_at(con, ty);
                self.expect_pattern(meta, data_ty, ty, subject);
                let fields = self.session.field_types(con, &types);
                let args = args
                    .into_iter()
                    .enumerate()
                    .map(|(index, arg)| {
                        let field = fields.get(index).copied().unwrap_or(self.known.error);
                        self.pattern(arg, field, subject)
                    })
                    .collect();
                Pattern::Con {
                    meta: meta.with_ty(data_ty),
                    con,
                    types,
                    args,
                }
            }
            kernel::Pattern::Tuple { meta, items } => {
                let shallow = self.shallow(ty);
                let types = match self.get(shallow).clone() {
                    Type::Tuple(types) if types.len() == items.len() => types,
                    _ => {
                        let types: Vec<TyId> = items.iter().map(|_| self.fresh_type()).collect();
                        let tuple = self.session.tuple(types.clone());
                        self.expect_pattern(meta, tuple, ty, subject);
                        types
                    }
                };
                let tuple = self.session.tuple(types.clone());
                let items = items
                    .into_iter()
                    .zip(types)
                    .map(|(item, ty)| self.pattern(item, ty, subject))
                    .collect();
                Pattern::Tuple {
                    meta: meta.with_ty(tuple),
                    items,
                }
            }
            kernel::Pattern::List { meta, items, rest } => {
                let item_ty = self.fresh_type();
                let list = self.session.list(item_ty);
                self.expect_pattern(meta, list, ty, subject);
                let items = items
                    .into_iter()
                    .map(|item| self.pattern(item, item_ty, subject))
                    .collect();
                let rest = rest.map(|rest| Box::new(self.pattern(*rest, list, subject)));
                Pattern::List {
                    meta: meta.with_ty(list),
                    item: item_ty,
                    items,
                    rest,
                }
            }
            kernel::Pattern::Record { meta, fields } => {
                let typed = fields
                    .into_iter()
                    .map(|field| {
                        let field_ty = self.field_type(ty, field.label, field.meta.span, subject);
                        let pattern = self.pattern(field.pattern, field_ty, subject);
                        FieldPattern {
                            meta: field.meta.with_ty(field_ty),
                            label: field.label,
                            pattern,
                        }
                    })
                    .collect::<Vec<_>>();
                if typed.is_empty() && self.record_view(ty).tail == Tail::Closed {
                    let tail = self.hole(ir_defs::types::Kind::Fields, false);
                    let open = self.session.record(Vec::new(), Some(tail));
                    self.expect_pattern(meta, open, ty, subject);
                }
                Pattern::Record {
                    meta: meta.with_ty(ty),
                    type_: ty,
                    fields: typed,
                }
            }
        }
    }

    fn expect_pattern(&mut self, meta: Meta, found: TyId, expected: TyId, subject: Span) {
        self.expect(meta.span, found, expected, &Cause::Pattern { subject });
    }

    /// The arguments of a constructor's data type, those of `ty` if it is that type, and the data type.
    pub(super) fn data_at(&mut self, con: ir_defs::tables::ConId, ty: TyId) -> (Vec<TyId>, TyId) {
        let Some(data) = self
            .session
            .constructors
            .get(con)
            .and_then(|info| info.data)
        else {
            return (Vec::new(), self.known.error);
        };
        let ty = self.shallow(ty);
        if let Some((found, args)) = self.session.as_data(ty)
            && found == data
        {
            return (args, ty);
        }
        let params = self
            .session
            .tycons
            .get(data)
            .map(|info| info.params.clone())
            .unwrap_or_default();
        let (args, _) = self.instantiate(&params);
        let head = self.session.types.intern(Type::Con(data));
        let data_ty = self.session.types.apply(head, args.clone());
        (args, data_ty)
    }
}
