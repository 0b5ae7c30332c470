//! Random programs of a language, from its grammar: for tests of printers, readers and passes.

use std::collections::BTreeMap;

use super::naming::kebab;
use super::page::{self, Input, TypeLine};
use crate::Doc;

/// A grammar as data; see [`crate::LanguageInfo::grammar`].
pub struct Grammar {
    entry: String,
    nonterminals: BTreeMap<String, Vec<Form>>,
    /// The least height of a tree of each nonterminal.
    heights: BTreeMap<String, usize>,
}

struct Form {
    name: String,
    bare: bool,
    fields: Vec<TypeLine>,
}

/// Makes choices and terminals for [`Grammar::sample`].
pub trait Chooser {
    /// A number below `count`, which is not 0.
    fn choose(&mut self, count: usize) -> usize;

    /// The text form of a terminal of this name; `None` if there is no such terminal.
    fn terminal(&mut self, name: &str) -> Option<Doc>;
}

impl Grammar {
    /// Reads the text of an expanded grammar.
    pub fn parse(text: &str) -> Result<Grammar, String> {
        let input = Input {
            path: "grammar".to_owned(),
            text: format!("```lang\n{text}\n```\n"),
        };
        let page = page::read_page(&input).map_err(|error| error.to_string())?;
        let page = page.ok_or("this is no grammar")?;
        let entry = page.entry.ok_or("the grammar has no entry")?.text;
        let mut nonterminals = BTreeMap::new();
        for section in page.sections {
            let forms = section.items.into_iter().map(|(_, line)| Form {
                name: kebab(&line.name.text),
                bare: line.attributes.iter().any(|name| name.text == "@bare"),
                fields: line.fields.into_iter().map(|(_, ty)| ty).collect(),
            });
            nonterminals.insert(section.name.text, forms.collect::<Vec<_>>());
        }
        let mut grammar = Grammar {
            entry,
            nonterminals,
            heights: BTreeMap::new(),
        };
        grammar.measure();
        Ok(grammar)
    }

    /// The forms that are printed under a name of their own: the nonterminal, and that name. What is `@bare` is
    /// printed as its only field and is left out.
    pub fn forms(&self) -> impl Iterator<Item = (&str, &str)> {
        self.nonterminals.iter().flat_map(|(nonterminal, forms)| {
            let named = forms.iter().filter(|form| !form.bare);
            named.map(|form| (nonterminal.as_str(), form.name.as_str()))
        })
    }

    /// Computes the heights as the least fixpoint.
    fn measure(&mut self) {
        loop {
            let mut changed = false;
            for (name, forms) in &self.nonterminals {
                let height = forms.iter().filter_map(|form| self.form_height(form)).min();
                if let Some(height) = height
                    && self.heights.get(name) != Some(&height)
                {
                    self.heights.insert(name.clone(), height);
                    changed = true;
                }
            }
            if !changed {
                return;
            }
        }
    }

    /// The least height of a tree of the form, as far as it is known.
    fn form_height(&self, form: &Form) -> Option<usize> {
        let mut height = 0;
        for field in &form.fields {
            height = height.max(self.type_height(field)?);
        }
        Some(height + 1)
    }

    fn type_height(&self, ty: &TypeLine) -> Option<usize> {
        match ty {
            TypeLine::Name(name) if self.nonterminals.contains_key(&name.text) => {
                self.heights.get(&name.text).copied()
            }
            TypeLine::Name(_) | TypeLine::List(_) | TypeLine::Optional(_) => Some(0),
            TypeLine::Tuple(items) => items
                .iter()
                .try_fold(0, |height, item| Some(height.max(self.type_height(item)?))),
        }
    }

    /// A random program of about `size` nodes, in the text form. An error names what the chooser does not know.
    pub fn sample(&self, size: usize, chooser: &mut dyn Chooser) -> Result<Doc, String> {
        let mut sampler = Sampler {
            grammar: self,
            left: size,
            chooser,
        };
        sampler.nonterminal(&self.entry)
    }
}

struct Sampler<'a> {
    grammar: &'a Grammar,
    /// How many nodes may still be made. When none is left, the lowest forms are taken.
    left: usize,
    chooser: &'a mut dyn Chooser,
}

impl Sampler<'_> {
    fn nonterminal(&mut self, name: &str) -> Result<Doc, String> {
        let grammar = self.grammar;
        let forms = grammar
            .nonterminals
            .get(name)
            .map_or(&[][..], Vec::as_slice);
        let least = grammar.heights.get(name).copied();
        let exhausted = self.left == 0;
        self.left = self.left.saturating_sub(1);
        let possible: Vec<&Form> = forms
            .iter()
            .filter(|form| match grammar.form_height(form) {
                Some(height) => !exhausted || Some(height) == least,
                None => false,
            })
            .collect();
        if possible.is_empty() {
            return Err(format!("`{name}` has no finite tree"));
        }
        let chosen = self.chooser.choose(possible.len());
        let Some(form) = possible.get(chosen) else {
            return Err(format!("the choice {chosen} is too large"));
        };
        let mut fields = Vec::new();
        for field in &form.fields {
            fields.push(self.value(field)?);
        }
        match (form.bare, fields.pop(), form.fields.last()) {
            (true, Some(only), _) => Ok(only),
            (_, Some(Doc::Brackets(items)), Some(TypeLine::List(_))) => {
                fields.extend(items);
                Ok(Doc::form(form.name.clone(), fields))
            }
            (_, last, _) => {
                fields.extend(last);
                Ok(Doc::form(form.name.clone(), fields))
            }
        }
    }

    fn value(&mut self, ty: &TypeLine) -> Result<Doc, String> {
        match ty {
            TypeLine::Name(name) if self.grammar.nonterminals.contains_key(&name.text) => {
                self.nonterminal(&name.text)
            }
            TypeLine::Name(name) => {
                let terminal = self.chooser.terminal(&name.text);
                terminal
                    .ok_or_else(|| format!("there is no sample of the terminal `{}`", name.text))
            }
            TypeLine::Optional(_) if self.left == 0 || self.chooser.choose(3) == 0 => {
                Ok(Doc::atom("_"))
            }
            TypeLine::Optional(item) => self.value(item),
            TypeLine::List(item) => {
                let count = if self.left == 0 {
                    0
                } else {
                    self.chooser.choose(4)
                };
                let items: Result<Vec<Doc>, String> =
                    (0..count).map(|_| self.value(item)).collect();
                Ok(Doc::brackets(items?))
            }
            TypeLine::Tuple(items) => {
                let items: Result<Vec<Doc>, String> =
                    items.iter().map(|item| self.value(item)).collect();
                Ok(Doc::list(items?))
            }
        }
    }
}
