//! Names that were read as fields of a predicate's element, where the types show that they are none.

use nanopass::{Span, Symbol, TyId};

use super::errors;
use super::rows::Tail;
use super::unify::Clash;
use super::{Checker, Type};
use crate::codes::UNKNOWN_NAME;

/// How far in the source a mistake may be from the name that causes it: about a few lines.
const NEAR: u32 = 600;

impl Checker<'_> {
    /// Reports a clash that comes from a name that was read as a field, as a name that is not bound.
    ///
    /// Gives whether there is nothing more to report.
    pub(super) fn implicit_clash(&mut self, span: Span, clash: &Clash) -> bool {
        match clash {
            &Clash::Types(found, expected) => [(found, expected), (expected, found)]
                .into_iter()
                .any(|(other, record)| {
                    !matches!(self.get(other), Type::Record { .. } | Type::Hole(_))
                        && self
                            .implicit_labels(record)
                            .into_iter()
                            .any(|label| self.implicit_field(label, span, Some(other), &[]))
                }),
            Clash::Labels { missing, extra, .. } => missing
                .iter()
                .any(|&label| self.implicit_field(label, span, None, extra)),
            _ => false,
        }
    }

    /// The labels of a record whose rest is not known, as the element of a predicate has it.
    fn implicit_labels(&mut self, record: TyId) -> Vec<Symbol> {
        if !matches!(self.get(record), Type::Record { .. }) {
            return Vec::new();
        }
        let view = self.record_view(record);
        match view.tail {
            Tail::Hole(..) => view.fields.iter().map(|&(label, _)| label).collect(),
            Tail::Closed | Tail::Var(_) => Vec::new(),
        }
    }

    /// Reports a label that a name near a place was read as, once; `other` is the type that has no such field, or
    /// `labels` what it has instead.
    pub(super) fn implicit_field(
        &mut self,
        label: Symbol,
        place: Span,
        other: Option<TyId>,
        labels: &[Symbol],
    ) -> bool {
        let Some(names) = self.session.implicit_fields.get_mut(&label) else {
            return false;
        };
        let distance = |span: Span| span.lo.abs_diff(place.lo);
        let name = names.iter_mut().min_by_key(|name| distance(name.span));
        let Some(name) = name.filter(|name| distance(name.span) < NEAR) else {
            return false;
        };
        if std::mem::replace(&mut name.reported, true) {
            return true;
        }
        let span = name.span;
        let text = self.session.core.text(label).to_string();
        let what = match other {
            Some(other) => format!(", which is `{}`", self.show(other)),
            None => String::new(),
        };
        let mut diagnostic = errors::error(
            UNKNOWN_NAME,
            format!("`{text}` is not bound"),
            span,
            format!("read as a field of the element{what}"),
        );
        if place != span {
            diagnostic = diagnostic.label(place, format!("this has no field `{text}`"));
        }
        let labels: Vec<String> = labels
            .iter()
            .map(|&label| self.session.core.text(label).to_string())
            .collect();
        if let Some(near) = nanopass::nearest(&text, labels.iter().map(String::as_str)).first() {
            diagnostic = diagnostic
                .help(format!("the element has a field `{near}`; is that meant?"))
                .edit(span, *near, "use the field of the nearest name");
        }
        self.session.report(diagnostic);
        true
    }
}
