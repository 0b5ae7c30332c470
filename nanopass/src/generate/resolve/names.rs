//! What is reached, what clashes in Rust, and where rewrites lead.

use std::collections::BTreeMap;

use super::super::Error;
use super::super::model::{Edge, Field, Language, Type};
use super::super::naming::{kebab, snake};
use super::super::page::{EdgeLine, Page};
use super::{Resolver, suggestion};

impl Resolver {
    /// Drops what the entry does not reach; what this page itself introduces must be reached.
    pub(super) fn reach(&mut self, page: &Page, language: &mut Language) {
        let reachable = language.reachable();
        for section in &page.sections {
            if !reachable.contains(&section.name.text) {
                let message = format!(
                    "`{}` is never reached from `{}`",
                    section.name.text, language.entry
                );
                self.error(&section.name.place, message);
            }
        }
        language
            .nonterminals
            .retain(|nonterminal| reachable.contains(&nonterminal.name));
        for nonterminal in &language.nonterminals {
            if nonterminal.forms.is_empty()
                && let Some(section) = page
                    .sections
                    .iter()
                    .find(|section| section.name.text == nonterminal.name)
                && !section.items.is_empty()
            {
                let message = format!("`{}` has no forms left but is still used", nonterminal.name);
                self.errors
                    .push(Error::new(section.name.place.clone(), message));
            }
            for field in nonterminal.forms.iter().flat_map(|form| &form.fields) {
                field.ty.nonterminals(false, &mut |name, _| {
                    if language.nonterminal(name).is_none() {
                        let message =
                            format!("`{}` uses `{name}`, which is gone", nonterminal.name);
                        self.errors
                            .push(Error::new(page.name.place.clone(), message));
                    }
                });
            }
        }
    }

    /// Names that would clash in Rust or in the text form.
    pub(super) fn clashes(&mut self, page: &Page, language: &Language) {
        let mut methods: BTreeMap<String, String> = BTreeMap::new();
        for nonterminal in &language.nonterminals {
            let own = (snake(&nonterminal.name), nonterminal.name.clone());
            let forms = nonterminal
                .forms
                .iter()
                .filter(|_| !nonterminal.is_struct())
                .map(|form| {
                    let method = format!("{}_{}", snake(&nonterminal.name), snake(&form.name));
                    (method, format!("{}.{}", nonterminal.name, form.name))
                });
            for (method, what) in std::iter::once(own).chain(forms) {
                if let Some(other) = methods.insert(method.clone(), what.clone()) {
                    let message = format!("`{what}` and `{other}` both want the method `{method}`");
                    self.error(&page.name.place, message);
                }
            }
            let mut texts: BTreeMap<String, &str> = BTreeMap::new();
            for form in &nonterminal.forms {
                if let Some(other) = texts.insert(kebab(&form.name), &form.name) {
                    let message = format!("the forms `{}` and `{other}` print alike", form.name);
                    self.error(&page.name.place, message);
                }
            }
        }
    }

    /// A `@bare` nonterminal must not have a form that prints like one of the forms beside it.
    pub(super) fn bare_clashes(&mut self, page: &Page, language: &Language) {
        for outer in &language.nonterminals {
            for form in outer.forms.iter().filter(|form| form.bare) {
                let [
                    Field {
                        ty: Type::Nonterminal(name),
                        ..
                    },
                ] = form.fields.as_slice()
                else {
                    continue;
                };
                let inner = language
                    .nonterminal(name)
                    .map_or(&[][..], |inner| &inner.forms);
                for other in inner
                    .iter()
                    .filter(|other| !other.bare && outer.form(&other.name).is_some())
                {
                    let message = format!(
                        "`{}.{}` is `@bare`, but both `{}` and `{name}` have a form `{}`",
                        outer.name, form.name, outer.name, other.name
                    );
                    self.error(&page.name.place, message);
                }
            }
        }
    }

    pub(super) fn edges(&mut self, page: &Page, language: &mut Language, index: usize) {
        let mut edges: BTreeMap<usize, bool> = BTreeMap::new();
        if let Some((_, parent)) = language.parent {
            edges.insert(parent, false);
        }
        for line in &page.edges {
            match (line, language.parent) {
                (EdgeLine::Own, _) => {
                    edges.insert(index, false);
                }
                (
                    EdgeLine::From {
                        language: from,
                        explicit,
                    },
                    _,
                ) => {
                    let earlier = self
                        .model
                        .languages
                        .iter()
                        .position(|other| other.name == from.text);
                    let own = (from.text == language.name).then_some(index);
                    match earlier.or(own) {
                        Some(found) => {
                            edges.insert(found, *explicit);
                        }
                        None => {
                            let names = self
                                .model
                                .languages
                                .iter()
                                .map(|language| language.name.as_str());
                            let near = suggestion(&from.text, names);
                            let message = format!(
                                "there is no language `{}` before this one{near}",
                                from.text
                            );
                            self.error(&from.place, message);
                        }
                    }
                }
                (EdgeLine::None, Some((_, parent))) => {
                    edges.remove(&parent);
                }
                (EdgeLine::Explicit, Some((_, parent))) => {
                    edges.insert(parent, true);
                }
                (EdgeLine::Plain, Some(_)) => {}
                (_, None) if page.parent.is_none() => {
                    self.error(&page.name.place, "there is no parent to have an edge from");
                }
                (_, None) => {}
            }
        }
        language.edges = edges
            .into_iter()
            .map(|(from, explicit)| Edge { from, explicit })
            .collect();
    }
}
