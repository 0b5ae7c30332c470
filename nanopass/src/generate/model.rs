//! The resolved languages: diffs applied, names checked, sharing and boxing decided.

use std::collections::{BTreeMap, BTreeSet};

use super::naming::{kebab, snake};
use super::page::{EdgeLine, FormLine, Name, Page, Relation, Section, Sign, TerminalRow, TypeLine};
use super::{Error, Place};
use crate::nearest::nearest;

/// Everything that is to be generated.
#[derive(Debug)]
pub(super) struct Model {
    /// The languages, each after its parent.
    pub languages: Vec<Language>,
    /// The Rust path of each terminal.
    pub terminals: BTreeMap<String, String>,
}

#[derive(Debug)]
pub(super) struct Language {
    pub name: String,
    /// The file name of the page.
    pub page: String,
    pub purpose: String,
    /// The `lang` block of the page.
    pub block: String,
    pub parent: Option<(Relation, usize)>,
    pub entry: String,
    /// Whether `crate::check::<language>::check` exists.
    pub check: bool,
    /// Whether `crate::check::<language>::retype` recomputes the types of nodes after reading.
    pub retype: bool,
    pub nonterminals: Vec<Nonterminal>,
    pub edges: Vec<Edge>,
}

/// A `Rewrite` trait to generate.
#[derive(Debug)]
pub(super) struct Edge {
    pub from: usize,
    pub explicit: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Nonterminal {
    pub name: String,
    pub docs: Vec<String>,
    pub meta: bool,
    pub scope: bool,
    pub unit: bool,
    pub forms: Vec<Form>,
    /// The language whose file defines the Rust type.
    pub origin: usize,
}

#[derive(Clone, Debug)]
pub(super) struct Form {
    pub name: String,
    pub docs: Vec<String>,
    pub bare: bool,
    pub scope: bool,
    pub unit: bool,
    pub fields: Vec<Field>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Field {
    pub name: String,
    pub ty: Type,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Type {
    Nonterminal(String),
    Terminal(String),
    List(Box<Type>),
    Optional(Box<Type>),
    Tuple(Vec<Type>),
}

impl Type {
    /// Calls `each` with every nonterminal that occurs, and whether it is inside a list.
    pub fn nonterminals<'a>(&'a self, in_list: bool, each: &mut impl FnMut(&'a str, bool)) {
        match self {
            Type::Nonterminal(name) => each(name, in_list),
            Type::Terminal(_) => {}
            Type::List(item) => item.nonterminals(true, each),
            Type::Optional(item) => item.nonterminals(in_list, each),
            Type::Tuple(items) => items
                .iter()
                .for_each(|item| item.nonterminals(in_list, each)),
        }
    }

    /// Calls `each` with every terminal that occurs.
    pub fn terminals<'a>(&'a self, each: &mut impl FnMut(&'a str)) {
        match self {
            Type::Nonterminal(_) => {}
            Type::Terminal(name) => each(name),
            Type::List(item) | Type::Optional(item) => item.terminals(each),
            Type::Tuple(items) => items.iter().for_each(|item| item.terminals(each)),
        }
    }
}

impl Form {
    /// Whether both have the same fields.
    pub fn same_fields(&self, other: &Form) -> bool {
        self.fields == other.fields
    }

    /// Whether both have the same fields and attributes; documentation aside.
    pub fn same(&self, other: &Form) -> bool {
        self.name == other.name
            && self.same_fields(other)
            && (self.bare, self.scope, self.unit) == (other.bare, other.scope, other.unit)
    }
}

impl Nonterminal {
    /// Whether it is a struct: one form that is named like the nonterminal.
    pub fn is_struct(&self) -> bool {
        matches!(self.forms.as_slice(), [form] if form.name == self.name)
    }

    /// The form of a name.
    pub fn form(&self, name: &str) -> Option<&Form> {
        self.forms.iter().find(|form| form.name == name)
    }

    /// Whether both have the same forms and attributes; documentation aside.
    pub fn same(&self, other: &Nonterminal) -> bool {
        (self.meta, self.scope, self.unit) == (other.meta, other.scope, other.unit)
            && self.forms.len() == other.forms.len()
            && self
                .forms
                .iter()
                .zip(&other.forms)
                .all(|(left, right)| left.same(right))
    }

    /// The names of the nonterminals that it mentions.
    fn mentions(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        for field in self.forms.iter().flat_map(|form| &form.fields) {
            field.ty.nonterminals(false, &mut |name, _| {
                names.insert(name);
            });
        }
        names
    }
}

impl Language {
    /// The nonterminal of a name.
    pub fn nonterminal(&self, name: &str) -> Option<&Nonterminal> {
        self.nonterminals
            .iter()
            .find(|nonterminal| nonterminal.name == name)
    }

    /// The names of the terminals that the language uses, sorted.
    pub fn terminals(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        for field in self
            .nonterminals
            .iter()
            .flat_map(|nonterminal| &nonterminal.forms)
            .flat_map(|form| &form.fields)
        {
            field.ty.terminals(&mut |name| {
                names.insert(name);
            });
        }
        names
    }

    /// Whether a field of `owner` that holds `target` outside of any list must be boxed: whether `target` holds
    /// `owner` again without a list in between.
    pub fn boxed(&self, owner: &str, target: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut todo = vec![target];
        while let Some(name) = todo.pop() {
            if name == owner {
                return true;
            }
            if !seen.insert(name) {
                continue;
            }
            let Some(nonterminal) = self.nonterminal(name) else {
                continue;
            };
            for field in nonterminal.forms.iter().flat_map(|form| &form.fields) {
                field.ty.nonterminals(false, &mut |name, in_list| {
                    if !in_list {
                        todo.push(name);
                    }
                });
            }
        }
        false
    }

    fn reachable(&self) -> BTreeSet<String> {
        let mut seen = BTreeSet::new();
        let mut todo = vec![self.entry.clone()];
        while let Some(name) = todo.pop() {
            if let Some(nonterminal) = self.nonterminal(&name)
                && seen.insert(name)
            {
                todo.extend(nonterminal.mentions().into_iter().map(str::to_owned));
            }
        }
        seen
    }
}

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

    fn sections(
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

    /// Drops what the entry does not reach; what this page itself introduces must be reached.
    fn reach(&mut self, page: &Page, language: &mut Language) {
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
    fn clashes(&mut self, page: &Page, language: &Language) {
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
    fn bare_clashes(&mut self, page: &Page, language: &Language) {
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

    fn edges(&mut self, page: &Page, language: &mut Language, index: usize) {
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
