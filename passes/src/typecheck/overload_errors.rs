//! What is said of operators of domains that do not fit.

use ir_defs::tables::GlobalId;
use ir_defs::terminals::Operator;
use nanopass::{Span, TyId};
use rustc_hash::FxHashSet;

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
        let domains = overloads
            .iter()
            .filter_map(|&index| self.overloads.get(index));
        let several = domains
            .map(|overload| overload.domain)
            .collect::<FxHashSet<_>>()
            .len()
            > 1;
        for &index in overloads {
            let Some(overload) = self.overloads.get(index).cloned() else {
                continue;
            };
            let shown = self.show(overload.scheme.ty);
            let text = spelling(overload.op);
            diagnostic = match several {
                true => {
                    let domain = self.session.core.text(overload.domain).to_string();
                    diagnostic.note(format!("`({text}) : {shown}` of `{domain}`"))
                }
                false => diagnostic.note(format!("`({text}) : {shown}`")),
            };
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
    pub(super) fn operators_of(&mut self, ty: TyId, place: Span) -> Vec<&'static str> {
        let mut found = Vec::new();
        for overload in self.overloads.clone().iter() {
            let text = spelling(overload.op);
            if !found.contains(&text)
                && self.sees(place, overload.domain)
                && self.meets(overload.left, ty, false) == Fit::Yes
            {
                found.push(text);
            }
        }
        found
    }

    /// Says which domain would have to be in scope for an operator at such a left operand, if there is one.
    pub(super) fn mention_unseen(
        &mut self,
        diagnostic: nanopass::Diagnostic,
        op: Operator,
        operand: TyId,
        place: Span,
    ) -> nanopass::Diagnostic {
        let overloads = self.overloads.clone();
        let unseen = overloads.iter().find(|overload| {
            overload.op == op
                && !self.sees(place, overload.domain)
                && self.meets(overload.left, operand, false) != Fit::No
        });
        let Some(overload) = unseen else {
            return diagnostic;
        };
        match self.session.domain_homes.get(&overload.domain).cloned() {
            Some((module, name)) => diagnostic
                .note(format!(
                    "the domain `{name}` defines it, and is not in scope here"
                ))
                .help(format!("add `use {module} (domain {name})`")),
            None => diagnostic.note(format!(
                "the domain `{}` defines it, and its module does not export that",
                self.session.core.text(overload.domain)
            )),
        }
    }

    /// A constraint on a type that several domains meet.
    pub(super) fn ambiguous_carrier(&mut self, op: Operator, span: Span, ty: TyId) {
        if self.is_doubtful(span) {
            return;
        }
        let (text, shown) = (spelling(op), self.show(ty));
        let overloads = self.overloads.clone();
        let candidates: Vec<usize> = overloads
            .iter()
            .enumerate()
            .filter(|(_, overload)| overload.op == op && overload.instance.is_some())
            .filter(|(_, overload)| self.meets(overload.left, ty, false) != Fit::No)
            .map(|(index, _)| index)
            .collect();
        let diagnostic = errors::error(
            AMBIGUOUS_OPERATOR,
            format!("several domains define `{text}` for `{shown}`"),
            span,
            "",
        );
        let diagnostic = self
            .candidates(diagnostic, &candidates)
            .help("import only one of them, or hide one: `use … hiding (domain D)`");
        self.session.report(diagnostic);
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
        let operands = [
            (operator.left, operator.left_span),
            (operator.right, operator.right_span),
        ];
        let unknown = operands
            .into_iter()
            .find(|&(ty, _)| {
                let ty = self.resolve(ty);
                self.session.types.has_hole(ty)
            })
            .map(|(_, span)| span);
        let diagnostic = errors::error(
            AMBIGUOUS_OPERATOR,
            format!("`{text}` may mean {} operators here", overloads.len()),
            operator.span,
            "",
        );
        let diagnostic = match unknown {
            Some(unknown) => diagnostic.label(unknown, "the type of this operand is not known"),
            None => diagnostic,
        };
        let diagnostic = self.candidates(diagnostic, &overloads).help(match unknown {
            Some(_) => "give the operand a type by a signature",
            None => "import only one of the domains, or hide one: `use … hiding (domain D)`",
        });
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
        let left = operator.left;
        let diagnostic = self.mention_unseen(diagnostic, operator.op, left, operator.span);
        self.session.report(diagnostic);
        self.domain_failed(operator);
    }
}
