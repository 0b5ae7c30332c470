//! Records: complete, in alphabetical order, computed in the order in which they were written.

use ir_defs::mono as m;
use ir_defs::switched as s;
use ir_defs::types::Type;
use nanopass::{Meta, Span, Symbol, TyId};

use super::Monomorphize;

impl<'p> Monomorphize<'p, '_> {
    pub(super) fn fields(&mut self, fields: &'p [s::Field]) -> Vec<m::Field> {
        let mut result = Vec::with_capacity(fields.len());
        for field in fields {
            let value = self.expr(&field.value);
            result.push(m::Field {
                meta: field.meta.with_ty(value.meta().ty),
                label: field.label,
                value,
            });
        }
        result
    }

    /// The fields of a record type.
    pub(super) fn record_fields(&self, ty: TyId) -> Vec<(Symbol, TyId)> {
        match self.session.types.get(ty) {
            Type::Record { fields, .. } => fields.clone(),
            _ => Vec::new(),
        }
    }

    /// Selections of the fields of `base` that are wanted, and the binding of `base` that they speak of.
    pub(super) fn selections(
        &mut self,
        base: m::Expr,
        wanted: impl Fn(Symbol) -> bool,
    ) -> (Vec<m::Bind>, Vec<m::Field>) {
        let meta = base.meta();
        let types = self.record_fields(meta.ty);
        let mut binds = Vec::new();
        let base = self.name_value("record", base, &mut binds);
        let fields = types
            .into_iter()
            .filter(|(label, _)| wanted(*label))
            .map(|(label, ty)| {
                let meta = meta.with_ty(ty);
                m::Field {
                    meta,
                    label,
                    value: m::Expr::Select {
                        meta,
                        record: Box::new(base.clone()),
                        label,
                    },
                }
            });
        (binds, fields.collect())
    }

    /// A record of these fields, which are evaluated in the order given and after `binds`.
    pub(super) fn record(
        &mut self,
        span: Span,
        mut binds: Vec<m::Bind>,
        mut fields: Vec<m::Field>,
    ) -> m::Expr {
        let ty = self.session.record(
            fields
                .iter()
                .map(|field| (field.label, field.value.meta().ty))
                .collect(),
            None,
        );
        let labels: Vec<Symbol> = self
            .record_fields(ty)
            .into_iter()
            .map(|(label, _)| label)
            .collect();
        let place = |field: &m::Field| labels.iter().position(|label| *label == field.label);
        if !fields.is_sorted_by_key(place) {
            let mut named = Vec::with_capacity(fields.len());
            for m::Field { meta, label, value } in fields {
                let total = matches!(&value, m::Expr::Select { record, .. } if matches!(**record, m::Expr::Var { .. }));
                let name = self.session.core.text(label).to_owned();
                let value = if total {
                    value
                } else {
                    self.name_value(&name, value, &mut binds)
                };
                named.push(m::Field { meta, label, value });
            }
            fields = named;
            fields.sort_by_key(place);
        }
        let record = m::Expr::Record {
            meta: Meta::new(span, ty),
            fields,
        };
        self.wrap(binds, record)
    }
}
