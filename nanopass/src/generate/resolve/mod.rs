//! From pages to languages: diffs are applied, names checked, sharing and boxing decided.

mod names;
mod sections;

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Language, Model};
use super::page::{EdgeLine, Page, Relation, TerminalRow};
use super::{Error, Place};
use crate::nearest::nearest;

/// Resolves all pages. Reports as many errors as can be told apart.
pub(super) fn resolve(pages: Vec<Page>, terminals: Vec<TerminalRow>) -> Result<Model, Vec<Error>> {
    let mut resolver = Resolver {
        model: Model {
            languages: Vec::new(),
            terminals: terminals
                .into_iter()
                .map(|row| (row.name.text, row.path))
                .collect(),
        },
        errors: Vec::new(),
    };
    for page in resolver.order(pages) {
        resolver.page(page);
    }
    if resolver.errors.is_empty() {
        Ok(resolver.model)
    } else {
        Err(resolver.errors)
    }
}

struct Resolver {
    model: Model,
    errors: Vec<Error>,
}

/// `; did you mean …?`, or nothing.
fn suggestion<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let near: Vec<String> = nearest(name, candidates)
        .into_iter()
        .map(|name| format!("`{name}`"))
        .collect();
    if near.is_empty() {
        String::new()
    } else {
        format!("; did you mean {}?", near.join(" or "))
    }
}
impl Resolver {
    fn error(&mut self, place: &Place, message: impl Into<String>) {
        self.errors.push(Error::new(place.clone(), message));
    }

    /// Puts each page after its parent and after the languages that its edges come from; reports doubled names, unknown parents and cycles.
    fn order(&mut self, pages: Vec<Page>) -> Vec<Page> {
        let mut waiting: Vec<Page> = Vec::new();
        for page in pages {
            if let Some(other) = waiting
                .iter()
                .find(|other| other.name.text == page.name.text)
            {
                let message = format!(
                    "the language `{}` is also defined in {}",
                    page.name.text, other.path
                );
                self.error(&page.name.place, message);
            } else {
                waiting.push(page);
            }
        }
        let names: Vec<String> = waiting.iter().map(|page| page.name.text.clone()).collect();
        waiting.retain(|page| match &page.parent {
            Some((_, parent)) if !names.contains(&parent.text) => {
                let near = suggestion(&parent.text, names.iter().map(String::as_str));
                let message = format!("there is no language `{}`{near}", parent.text);
                self.errors.push(Error::new(parent.place.clone(), message));
                false
            }
            _ => true,
        });
        let mut ordered: Vec<Page> = Vec::new();
        while !waiting.is_empty() {
            let ready = waiting.iter().position(|page| {
                let parent = page.parent.as_ref().map(|(_, parent)| parent);
                let sources = page.edges.iter().filter_map(|edge| match edge {
                    EdgeLine::From { language, .. } => Some(language),
                    _ => None,
                });
                parent.into_iter().chain(sources).all(|name| {
                    let own = name.text == page.name.text
                        && parent.is_none_or(|parent| parent.text != name.text);
                    own || !waiting.iter().any(|waiting| waiting.name.text == name.text)
                })
            });
            match ready {
                Some(index) => ordered.push(waiting.remove(index)),
                None => {
                    // What waits for a page that was rejected has been told the reason there.
                    if self.errors.is_empty() {
                        for page in &waiting {
                            let message = format!(
                                "the language `{}` needs itself, through `extends`, `follows` or `edge from`",
                                page.name.text
                            );
                            self.errors
                                .push(Error::new(page.name.place.clone(), message));
                        }
                    }
                    break;
                }
            }
        }
        ordered
    }

    fn page(&mut self, page: Page) {
        let index = self.model.languages.len();
        let errors = self.errors.len();
        let parent = page.parent.as_ref().and_then(|(relation, name)| {
            let found = self
                .model
                .languages
                .iter()
                .position(|language| language.name == name.text);
            found.map(|parent| (*relation, parent))
        });
        let extends = match parent {
            Some((Relation::Extends, parent)) => Some(parent),
            _ => None,
        };
        let mut language = Language {
            name: page.name.text.clone(),
            page: page
                .path
                .rsplit(['/', '\\'])
                .next()
                .unwrap_or(&page.path)
                .to_owned(),
            purpose: page.purpose.clone(),
            block: page.block.clone(),
            parent,
            entry: String::new(),
            check: page.check,
            retype: page.retype,
            nonterminals: Vec::new(),
            edges: Vec::new(),
        };
        if let Some(parent) = extends {
            let parent = &self.model.languages[parent];
            language.entry = parent.entry.clone();
            language.nonterminals = parent.nonterminals.clone();
        }
        // The names that a type may mention; a nonterminal hides a terminal of the
        // same name.
        let mut known: BTreeSet<String> = language
            .nonterminals
            .iter()
            .map(|nt| nt.name.clone())
            .collect();
        known.extend(
            page.sections
                .iter()
                .map(|section| section.name.text.clone()),
        );
        self.sections(&page, extends.is_some(), &known, &mut language);
        match &page.entry {
            Some(entry) if language.nonterminal(&entry.text).is_none() => {
                let near = suggestion(&entry.text, known.iter().map(String::as_str));
                self.error(
                    &entry.place,
                    format!("there is no nonterminal `{}`{near}", entry.text),
                );
                return;
            }
            Some(entry) => language.entry = entry.text.clone(),
            None if extends.is_none() => {
                self.error(
                    &page.name.place,
                    "a language that is given in full names its entry: `entry Nonterminal`",
                );
                return;
            }
            None => {}
        }
        self.reach(&page, &mut language);
        self.clashes(&page, &language);
        self.bare_clashes(&page, &language);
        share(&self.model, &mut language, index);
        if let Some((_, parent)) = language.parent
            && self.errors.len() == errors
            && language
                .nonterminal(&language.entry)
                .is_some_and(|entry| entry.origin != index)
        {
            let parent = &self.model.languages[parent].name;
            let message = format!("nothing differs from `{parent}`: the language is not needed");
            self.error(&page.name.place, message);
        }
        self.edges(&page, &mut language, index);
        self.model.languages.push(language);
    }
}

/// Decides which nonterminals are the parent's: those with the same definition that mention only such ones (the
/// greatest fixpoint).
fn share(model: &Model, language: &mut Language, index: usize) {
    let mut shared: BTreeMap<String, usize> = BTreeMap::new();
    if let Some((_, parent)) = language.parent {
        for nonterminal in &language.nonterminals {
            if let Some(other) = model.languages[parent].nonterminal(&nonterminal.name)
                && nonterminal.same(other)
            {
                shared.insert(nonterminal.name.clone(), other.origin);
            }
        }
    }
    loop {
        let lost: Vec<String> = language
            .nonterminals
            .iter()
            .filter(|nt| {
                shared.contains_key(&nt.name)
                    && nt.mentions().iter().any(|name| !shared.contains_key(*name))
            })
            .map(|nonterminal| nonterminal.name.clone())
            .collect();
        if lost.is_empty() {
            break;
        }
        lost.iter().for_each(|name| {
            shared.remove(name);
        });
    }
    for nonterminal in &mut language.nonterminals {
        nonterminal.origin = shared.get(&nonterminal.name).copied().unwrap_or(index);
    }
}
