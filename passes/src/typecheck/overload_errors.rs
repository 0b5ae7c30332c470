//! What is said of operators of domains that do not fit.

use ir_defs::tables::GlobalId;
use ir_defs::terminals::Operator;
use nanopass::{Span, TyId};

use super::domains::spelling;
use super::errors::{self, *};
use super::operators::Pending;
use super::overloads::{Choice, Fit};
use super::{Binding, Checker};

impl Checker<'_> {
    pub(super) fn report_overlap(
        &mut self,
        op: Operator,
        span: Span,
        left: TyId,
        right: Option<TyId>,
        first: Option<Span>,
    ) {
        let text = spelling(op);
        let left = self.show(left);
        let operands = match right {
            Some(right) => format!("`{left}` and `{}`", self.show(right)),
            None => format!("`{left}`"),
        };
        let mut diagnostic = errors::error(
            OPERATOR_OVERLAP,
            format!("a second `{text}` for {operands}"),
            span,
            "",
        );
        diagnostic = match first {
            Some(first) => diagnostic.label(first, "the first one is here"),
            None => diagnostic.note(format!("numbers have `{text}` by themselves")),
        };
        self.session.report(diagnostic);
    }

    fn candidates(
        &mut self,
        mut diagnostic: nanopass::Diagnostic,
        overloads: &[usize],
    ) -> nanopass::Diagnostic {
        for &index in overloads {
            let Some(overload) = self.overloads.get(index).cloned() else {
                continue;
            };
            let shown = self.show(overload.scheme.ty);
            let text = spelling(overload.op);
            diagnostic = diagnostic.note(format!("`({text}) : {shown}`"));
        }
        diagnostic
    }

    /// Says what an operator of a domain takes and gives.
    pub(super) fn note_overload(
        &mut self,
        diagnostic: nanopass::Diagnostic,
        op: Operator,
        global: GlobalId,
    ) -> nanopass::Diagnostic {
        match self.globals.get(&global).cloned() {
            Some(Binding::Poly { scheme, .. }) => {
                let shown = self.show(scheme.ty);
                diagnostic.note(format!("`({}) : {shown}`", spelling(op)))
            }
            _ => diagnostic,
        }
    }

    /// The operators that domains give a type.
    pub(super) fn operators_of(&mut self, ty: TyId) -> Vec<&'static str> {
        let mut found = Vec::new();
        for overload in self.overloads.clone().iter() {
            let text = spelling(overload.op);
            if !found.contains(&text) && self.meets(overload.left, ty, false) == Fit::Yes {
                found.push(text);
            }
        }
        found
    }

    pub(super) fn report_ambiguous_operator(&mut self, operator: &Pending, choices: &[Choice]) {
        let text = spelling(operator.op);
        let overloads: Vec<usize> = choices
            .iter()
            .filter_map(|choice| match choice {
                Choice::Overload(index) => Some(*index),
                Choice::Same => None,
            })
            .collect();
        let unknown = match self.unknown_head(operator.left) {
            Some(_) => operator.left_span,
            None => operator.right_span,
        };
        let diagnostic = errors::error(
            AMBIGUOUS_OPERATOR,
            format!("`{text}` may mean {} operators here", overloads.len()),
            operator.span,
            "",
        )
        .label(unknown, "the type of this operand is not known");
        let diagnostic = self
            .candidates(diagnostic, &overloads)
            .help("give the operand a type by a signature");
        self.session.report(diagnostic);
        self.domain_failed(operator);
    }

    pub(super) fn report_no_overload(&mut self, operator: &Pending, overloads: &[usize]) {
        if self.session.operators_missing {
            return self.domain_failed(operator);
        }
        let text = spelling(operator.op);
        let (left, right) = (self.show(operator.left), self.show(operator.right));
        let diagnostic = errors::error(
            OPERATOR,
            format!("`{text}` is not defined for `{left}` and `{right}`"),
            operator.span,
            "",
        )
        .label(operator.left_span, format!("this is `{left}`"))
        .label(operator.right_span, format!("this is `{right}`"));
        let diagnostic = self.candidates(diagnostic, overloads);
        self.session.report(diagnostic);
        self.domain_failed(operator);
    }
}
