//! Operators on record types: `A with B`, `Pick`, `Omit`, `Optional`, `Required`, `Rename`.

use super::Checker;
use super::convert::Scope;
use super::errors::{self, *};
use ir_defs::kernel::Type;
use ir_defs::types::Type as Ty;
use nanopass::{Span, Symbol, TyId, nearest};
use rustc_hash::FxHashSet;

impl Checker<'_> {
    /// The fields of a record type whose labels must all be known.
    pub(super) fn closed_record(
        &mut self,
        ty: &Type,
        scope: &mut Scope,
    ) -> Option<Vec<(Symbol, TyId)>> {
        let converted = self.convert(ty, scope);
        match self.get(converted).clone() {
            Ty::Record { fields, tail: None } => Some(fields),
            Ty::Error => None,
            _ => {
                let shown = self.show(converted);
                self.error(
                    RECORD_OPERATOR,
                    "expected a record type whose fields are all known",
                    ty.meta().span,
                    format!("this is `{shown}`"),
                );
                None
            }
        }
    }

    pub(super) fn convert_with(
        &mut self,
        base: &Type,
        extension: &Type,
        span: Span,
        scope: &mut Scope,
    ) -> TyId {
        let (Some(mut fields), Some(more)) = (
            self.closed_record(base, scope),
            self.closed_record(extension, scope),
        ) else {
            return self.known.error;
        };
        for (label, ty) in more {
            if fields.iter().any(|(other, _)| *other == label) {
                let label = self.session.core.text(label).to_string();
                self.error(
                    RECORD_OPERATOR,
                    format!("both records have a field `{label}`"),
                    span,
                    "",
                );
                return self.known.error;
            }
            fields.push((label, ty));
        }
        self.session.record(fields, None)
    }

    /// Whether a record has these fields, each of which is named once.
    fn known_labels(
        &mut self,
        labels: impl Iterator<Item = Symbol>,
        fields: &[(Symbol, TyId)],
        span: Span,
    ) -> bool {
        let mut seen = FxHashSet::default();
        for label in labels {
            if !self.known_label(label, fields, span) {
                return false;
            }
            if !seen.insert(label) {
                let label = self.session.core.text(label).to_string();
                let message = format!("the field `{label}` is named twice");
                self.error(RECORD_OPERATOR, message, span, "");
                return false;
            }
        }
        true
    }

    fn known_label(&mut self, label: Symbol, fields: &[(Symbol, TyId)], span: Span) -> bool {
        if fields.iter().any(|(other, _)| *other == label) {
            return true;
        }
        let name = self.session.core.text(label).to_string();
        let labels: Vec<String> = fields
            .iter()
            .map(|(other, _)| self.session.core.text(*other).to_string())
            .collect();
        let mut diagnostic = errors::error(
            RECORD_OPERATOR,
            format!("the record has no field `{name}`"),
            span,
            "",
        );
        if let Some(near) = nearest(&name, labels.iter().map(String::as_str)).first() {
            diagnostic = diagnostic.help(format!("there is a field `{near}`"));
        }
        self.session.report(diagnostic);
        false
    }

    pub(super) fn convert_labels(
        &mut self,
        operator: Symbol,
        labels: &[Symbol],
        record: &Type,
        span: Span,
        scope: &mut Scope,
    ) -> TyId {
        let Some(fields) = self.closed_record(record, scope) else {
            return self.known.error;
        };
        if !self.known_labels(labels.iter().copied(), &fields, span) {
            return self.known.error;
        }
        let operator = self.session.core.text(operator).to_string();
        let mut result = Vec::new();
        for (label, ty) in fields {
            let named = labels.contains(&label);
            match (operator.as_str(), named) {
                ("Pick", false) | ("Omit", true) => {}
                ("Optional", true) => {
                    let option = self.session.ty_con("Option");
                    let ty = self.session.types.apply(option, vec![ty]);
                    result.push((label, ty));
                }
                ("Required", true) => match self.session.as_data(ty) {
                    Some((con, args))
                        if self.session.tycons.name(con) == "Option" && args.len() == 1 =>
                    {
                        result.push((label, args.first().copied().unwrap_or(ty)));
                    }
                    _ => {
                        let label = self.session.core.text(label).to_string();
                        self.error(
                            RECORD_OPERATOR,
                            format!("the field `{label}` is not an `Option`"),
                            span,
                            "",
                        );
                        return self.known.error;
                    }
                },
                _ => result.push((label, ty)),
            }
        }
        self.session.record(result, None)
    }

    pub(super) fn convert_rename(
        &mut self,
        labels: &[(Symbol, Symbol)],
        record: &Type,
        span: Span,
        scope: &mut Scope,
    ) -> TyId {
        let Some(fields) = self.closed_record(record, scope) else {
            return self.known.error;
        };
        if !self.known_labels(labels.iter().map(|&(from, _)| from), &fields, span) {
            return self.known.error;
        }
        let mut result: Vec<(Symbol, TyId)> = Vec::new();
        for (label, ty) in fields {
            let label = labels
                .iter()
                .find(|(from, _)| *from == label)
                .map_or(label, |&(_, to)| to);
            if result.iter().any(|(other, _)| *other == label) {
                let label = self.session.core.text(label).to_string();
                self.error(
                    RECORD_OPERATOR,
                    format!("two fields would be named `{label}`"),
                    span,
                    "",
                );
                return self.known.error;
            }
            result.push((label, ty));
        }
        self.session.record(result, None)
    }
}
