//! The sections of a page: each gives a nonterminal in full, or as a difference from the parent's.

use std::collections::BTreeSet;

use super::super::Place;
use super::super::model::{Field, Form, Language, Nonterminal, Type};
use super::super::page::{FormLine, Name, Page, Section, Sign, TypeLine};
use super::{Resolver, suggestion};

impl Resolver {
    pub(super) fn sections(
        &mut self,
        page: &Page,
        extends: bool,
        known: &BTreeSet<String>,
        language: &mut Language,
    ) {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for section in &page.sections {
            let name = section.name.text.as_str();
            if !seen.insert(name) {
                self.error(
                    &section.name.place,
                    format!("the nonterminal `{name}` has two sections"),
                );
                continue;
            }
            let [meta, scope, unit] =
                self.attributes(&section.attributes, ["meta", "scope", "unit"]);
            let index = language
                .nonterminals
                .iter()
                .position(|nonterminal| nonterminal.name == name);
            match index {
                Some(index) if extends => {
                    let mut nonterminal = language.nonterminals[index].clone();
                    let same = (meta, scope, unit)
                        == (nonterminal.meta, nonterminal.scope, nonterminal.unit);
                    if !section.attributes.is_empty() && !same {
                        let message = format!("`extends` cannot change the attributes of `{name}`");
                        self.error(&section.name.place, message);
                    }
                    if !section.docs.is_empty() {
                        nonterminal.docs = section.docs.clone();
                    }
                    self.changes(section, known, &mut nonterminal);
                    language.nonterminals[index] = nonterminal;
                }
                _ => {
                    let mut nonterminal = Nonterminal {
                        name: name.to_owned(),
                        docs: section.docs.clone(),
                        meta,
                        scope,
                        unit,
                        forms: Vec::new(),
                        origin: 0,
                    };
                    self.plain_forms(section, extends, known, &mut nonterminal);
                    language.nonterminals.push(nonterminal);
                }
            }
        }
    }

    fn plain_forms(
        &mut self,
        section: &Section,
        extends: bool,
        known: &BTreeSet<String>,
        into: &mut Nonterminal,
    ) {
        for (sign, line) in &section.items {
            if *sign != Sign::Plain {
                let why = if extends {
                    "the parent has no such nonterminal"
                } else {
                    "this language is given in full"
                };
                self.error(
                    &line.name.place,
                    format!("{why}: list plain forms, without `-`, `+` or `~`"),
                );
            }
            if into.form(&line.name.text).is_some() {
                let message = format!("`{}` has two forms `{}`", into.name, line.name.text);
                self.error(&line.name.place, message);
                continue;
            }
            let form = self.form(line, known, into.meta);
            into.forms.push(form);
        }
        if section.items.is_empty() {
            self.error(&section.name.place, format!("`{}` has no forms", into.name));
        }
    }

    fn changes(&mut self, section: &Section, known: &BTreeSet<String>, into: &mut Nonterminal) {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        if section.items.is_empty() {
            self.error(
                &section.name.place,
                format!("nothing changes in `{}`", into.name),
            );
        }
        for (sign, line) in &section.items {
            let name = line.name.text.as_str();
            if !seen.insert(name) {
                self.error(&line.name.place, format!("`{name}` is changed twice"));
                continue;
            }
            let index = into.forms.iter().position(|form| form.name == name);
            let missing = || {
                let near = suggestion(name, into.forms.iter().map(|form| form.name.as_str()));
                format!("`{}` has no form `{name}`{near}", into.name)
            };
            match (sign, index) {
                (Sign::Plain, _) => {
                    self.error(
                        &line.name.place,
                        "a diff marks each form: `-` gone, `+` new, `~` reshaped",
                    );
                }
                (Sign::Remove, Some(index)) => {
                    into.forms.remove(index);
                    if !line.fields.is_empty() {
                        self.error(&line.name.place, "a form that is gone is only named");
                    }
                }
                (Sign::Remove | Sign::Reshape, None) => {
                    let message = missing();
                    self.error(&line.name.place, message);
                }
                (Sign::Add, Some(_)) => {
                    let message = format!(
                        "`{}` already has a form `{name}`; `~` reshapes it",
                        into.name
                    );
                    self.error(&line.name.place, message);
                }
                (Sign::Add, None) => {
                    let form = self.form(line, known, into.meta);
                    into.forms.push(form);
                }
                (Sign::Reshape, Some(index)) => {
                    let form = self.form(line, known, into.meta);
                    if form.same(&into.forms[index]) {
                        self.error(&line.name.place, format!("`{name}` keeps its shape"));
                    }
                    into.forms[index] = form;
                }
            }
        }
    }

    /// Which of the allowed attributes are given.
    fn attributes<const N: usize>(&mut self, given: &[Name], allowed: [&str; N]) -> [bool; N] {
        for name in given {
            let text = name.text.trim_start_matches('@');
            if !allowed.contains(&text) {
                let all = allowed.map(|name| format!("@{name}"));
                let message = format!(
                    "there is no attribute `@{text}` here, only {}",
                    all.join(", ")
                );
                self.error(&name.place, message);
            }
        }
        allowed.map(|wanted| {
            given
                .iter()
                .any(|name| name.text.trim_start_matches('@') == wanted)
        })
    }

    fn form(&mut self, line: &FormLine, known: &BTreeSet<String>, meta: bool) -> Form {
        let [bare, scope, unit] = self.attributes(&line.attributes, ["bare", "scope", "unit"]);
        let mut fields: Vec<Field> = Vec::new();
        for (name, ty) in &line.fields {
            if fields.iter().any(|field| field.name == name.text) {
                self.error(
                    &name.place,
                    format!("`{}` has two fields `{}`", line.name.text, name.text),
                );
            }
            if meta && name.text == "meta" {
                self.error(&name.place, "the field `meta` is given by `@meta`");
            }
            if let Some(ty) = self.ty(ty, known) {
                fields.push(Field {
                    name: name.text.clone(),
                    ty,
                });
            }
        }
        let single = match fields.as_slice() {
            [field] => matches!(field.ty, Type::Terminal(_) | Type::Nonterminal(_)),
            _ => false,
        };
        if bare && !single {
            let message = "a `@bare` form has exactly one field: a terminal or a nonterminal";
            self.error(&line.name.place, message);
        }
        Form {
            name: line.name.text.clone(),
            docs: line.docs.clone(),
            bare,
            scope,
            unit,
            fields,
        }
    }

    fn ty(&mut self, line: &TypeLine, known: &BTreeSet<String>) -> Option<Type> {
        Some(match line {
            TypeLine::Name(name) if known.contains(&name.text) => {
                Type::Nonterminal(name.text.clone())
            }
            TypeLine::Name(name) if self.model.terminals.contains_key(&name.text) => {
                Type::Terminal(name.text.clone())
            }
            TypeLine::Name(name) => {
                let candidates = known
                    .iter()
                    .chain(self.model.terminals.keys())
                    .map(String::as_str);
                let near = suggestion(&name.text, candidates);
                let message = format!(
                    "`{}` is neither a nonterminal nor a terminal{near}",
                    name.text
                );
                self.error(&name.place, message);
                return None;
            }
            TypeLine::Tuple(items) => {
                let items: Vec<Option<Type>> =
                    items.iter().map(|item| self.ty(item, known)).collect();
                Type::Tuple(items.into_iter().collect::<Option<_>>()?)
            }
            TypeLine::List(item) => Type::List(Box::new(self.ty(item, known)?)),
            TypeLine::Optional(item) => {
                let item = self.ty(item, known)?;
                if let (Type::Optional(_), TypeLine::Optional(inner)) = (&item, line) {
                    self.error(&inner.place(), "`??`: one `?` is enough");
                }
                Type::Optional(Box::new(item))
            }
        })
    }
}

impl TypeLine {
    fn place(&self) -> Place {
        match self {
            TypeLine::Name(name) => name.place.clone(),
            TypeLine::List(item) | TypeLine::Optional(item) => item.place(),
            TypeLine::Tuple(items) => items.first().map_or_else(
                || Place {
                    path: String::new(),
                    line: 0,
                    column: 0,
                },
                TypeLine::place,
            ),
        }
    }
}
