//! The resolved languages, which the generator prints.

use std::collections::{BTreeMap, BTreeSet};

use super::page::Relation;

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
    pub(super) fn mentions(&self) -> BTreeSet<&str> {
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

    pub(super) fn reachable(&self) -> BTreeSet<String> {
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
