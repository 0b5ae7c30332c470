//! One edge: the trait `Rewrite` from a language to another.

use std::fmt::Write as _;

use super::language::{header, import, rust_type};
use super::model::{Edge, Form, Language, Model, Nonterminal, Type};
use super::naming::{ident, snake};

/// The file of an edge that lands in the language `to`.
pub(super) fn emit(model: &Model, edge: &Edge, to: usize) -> String {
    let emitter = Emitter {
        model,
        a: &model.languages[edge.from],
        b: &model.languages[to],
        own: edge.from == to,
    };
    emitter.emit(edge.explicit)
}

struct Emitter<'a> {
    model: &'a Model,
    a: &'a Language,
    b: &'a Language,
    /// The edge from a language to itself: everything has a method.
    own: bool,
}

impl Emitter<'_> {
    /// Whether the trait has a method for a nonterminal of `a`: not for what is moved, nor for what is gone.
    fn rewritten(&self, name: &str) -> bool {
        match (self.a.nonterminal(name), self.b.nonterminal(name)) {
            (Some(from), Some(to)) => self.own || from.origin != to.origin,
            _ => false,
        }
    }

    fn nonterminals(&self) -> impl Iterator<Item = (&Nonterminal, &Nonterminal)> {
        let pairs = self
            .a
            .nonterminals
            .iter()
            .filter(|nonterminal| self.rewritten(&nonterminal.name));
        pairs.filter_map(|nonterminal| Some((nonterminal, self.b.nonterminal(&nonterminal.name)?)))
    }

    /// The form of `to` that `form` is rebuilt as, if it is the same.
    fn same<'b>(&self, from: &Nonterminal, form: &Form, to: &'b Nonterminal) -> Option<&'b Form> {
        to.form(&form.name)
            .filter(|other| other.same_fields(form) && from.meta == to.meta)
    }

    fn emit(&self, explicit: bool) -> String {
        let mut text = String::new();
        let (a, b) = (&self.a.name, &self.b.name);
        header(
            &mut text,
            &format!("From `{a}` to `{b}`."),
            &[&self.a.page, &self.b.page],
        );
        let mut terminals = std::collections::BTreeSet::new();
        for (from, _) in self.nonterminals().filter(|(from, _)| !from.is_struct()) {
            for field in from.forms.iter().flat_map(|form| &form.fields) {
                field.ty.terminals(&mut |name| {
                    terminals.insert(name);
                });
            }
        }
        for name in terminals {
            if let Some(path) = self.model.terminals.get(name) {
                import(name, path, &mut text);
            }
        }
        let _ = writeln!(text, "use super::{a} as a;");
        if !self.own {
            let _ = writeln!(text, "use super::{b} as b;");
        }
        let _ = writeln!(
            text,
            "\n/// Rewrites `{a}` to `{b}`: a method per nonterminal and per form, given its children as they were.\n\
             /// A method without a default is a form that `{b}` lacks or that has changed its shape{}.\n\
             pub trait Rewrite {{",
            if explicit {
                "; this edge is explicit,\n/// so no form has a default"
            } else {
                ""
            }
        );
        for (from, to) in self.nonterminals() {
            self.methods(from, to, explicit, &mut text);
        }
        text.push_str("}\n\n");
        for (from, to) in self.nonterminals() {
            self.walks(from, to, &mut text);
        }
        text
    }

    /// The module of the target in paths.
    fn target(&self) -> &'static str {
        if self.own { "a" } else { "b" }
    }

    fn methods(&self, from: &Nonterminal, to: &Nonterminal, explicit: bool, text: &mut String) {
        let method = snake(&from.name);
        let result = format!("{}::{}", self.target(), to.name);
        let head = format!(
            "fn {}(&mut self, node: a::{}) -> {result}",
            ident(&method),
            from.name
        );
        let defaulted = match from.forms.as_slice() {
            [form] if from.is_struct() => !explicit && self.same(from, form, to).is_some(),
            _ => true,
        };
        if defaulted {
            let _ = writeln!(text, "{head} {{ walk_{method}(self, node) }}");
        } else {
            let _ = writeln!(text, "{head};");
        }
        if from.is_struct() {
            return;
        }
        for form in &from.forms {
            let method = format!("{method}_{}", snake(&form.name));
            let head = format!(
                "fn {method}(&mut self{}) -> {result}",
                self.parameters(from, form)
            );
            if !explicit && self.same(from, form, to).is_some() {
                let arguments = arguments(from, form);
                let arguments = if arguments.is_empty() {
                    arguments
                } else {
                    format!(", {arguments}")
                };
                let _ = writeln!(text, "{head} {{ walk_{method}(self{arguments}) }}");
            } else {
                let _ = writeln!(text, "{head};");
            }
        }
    }

    fn parameters(&self, from: &Nonterminal, form: &Form) -> String {
        let mut text = String::new();
        if from.meta {
            text.push_str(", meta: nanopass::Meta");
        }
        for field in &form.fields {
            let ty = rust_type(self.a, &from.name, &field.ty, "a::", false);
            let _ = write!(text, ", {}: {ty}", ident(&field.name));
        }
        text
    }

    fn walks(&self, from: &Nonterminal, to: &Nonterminal, text: &mut String) {
        let method = snake(&from.name);
        let name = &from.name;
        let result = format!("{}::{}", self.target(), to.name);
        let r = match from.forms.as_slice() {
            [form] if from.is_struct() => self.rewriter(form),
            _ => "r",
        };
        let head = format!(
            "pub fn walk_{method}<R: Rewrite + ?Sized>({r}: &mut R, node: a::{name}) -> {result}"
        );
        if let ([form], true) = (from.forms.as_slice(), from.is_struct()) {
            if self.same(from, form, to).is_some() {
                let pattern = braces(&arguments(from, form));
                let _ = writeln!(
                    text,
                    "/// Rebuilds a `{name}` with its children rewritten.\n{head} {{\nlet a::{name}{pattern} = node;\n{}\n}}\n",
                    self.rebuild(from, form, to)
                );
            }
            return;
        }
        let _ = writeln!(
            text,
            "/// Calls the method of the form.\n{head} {{\nmatch node {{"
        );
        for form in &from.forms {
            let arguments = arguments(from, form);
            let _ = writeln!(
                text,
                "a::{name}::{}{} => r.{method}_{}({arguments}),",
                form.name,
                braces(&arguments),
                snake(&form.name)
            );
        }
        text.push_str("}\n}\n\n");
        for form in &from.forms {
            if self.same(from, form, to).is_none() {
                continue;
            }
            let _ = writeln!(
                text,
                "/// Rebuilds a `{name}::{form_name}` with its children rewritten.\n\
                 pub fn walk_{method}_{form_snake}<R: Rewrite + ?Sized>({r}: &mut R{}) -> {result} {{\n{}\n}}\n",
                self.parameters(from, form),
                self.rebuild(from, form, to),
                form_name = form.name,
                form_snake = snake(&form.name),
                r = self.rewriter(form),
            );
        }
    }

    /// The name of the rewriter in the function that rebuilds a form: `_r` if no child is rewritten.
    fn rewriter(&self, form: &Form) -> &'static str {
        let mut used = false;
        for field in &form.fields {
            field
                .ty
                .nonterminals(false, &mut |name, _| used |= self.rewritten(name));
        }
        if used { "r" } else { "_r" }
    }

    /// The expression that rebuilds a form from its fields, which are bound by their names.
    fn rebuild(&self, from: &Nonterminal, form: &Form, to: &Nonterminal) -> String {
        let target = self.target();
        let path = if to.is_struct() {
            format!("{target}::{}", to.name)
        } else {
            format!("{target}::{}::{}", to.name, form.name)
        };
        let mut fields = Vec::new();
        if from.meta {
            fields.push("meta".to_owned());
        }
        for field in &form.fields {
            let name = ident(&field.name);
            match self.convert(&from.name, &name, &field.ty, false) {
                Some(value) => fields.push(format!("{name}: {value}")),
                None => fields.push(name),
            }
        }
        format!("{path}{}", braces(&fields.join(", ")))
    }

    /// The expression that converts `value`; `None` if it is moved as it is.
    fn convert(&self, owner: &str, value: &str, ty: &Type, in_list: bool) -> Option<String> {
        match ty {
            Type::Terminal(_) => None,
            Type::Nonterminal(name) => {
                let from_box = !in_list && self.a.boxed(owner, name);
                let to_box = !in_list && self.b.boxed(owner, name);
                let rewritten = self.rewritten(name);
                if !rewritten && from_box == to_box {
                    return None;
                }
                let mut text = if from_box {
                    format!("*{value}")
                } else {
                    value.to_owned()
                };
                if rewritten {
                    text = format!("r.{}({text})", ident(&snake(name)));
                }
                Some(if to_box {
                    format!("Box::new({text})")
                } else {
                    text
                })
            }
            Type::List(item) => {
                let (pattern, body) = self.closure(owner, item, true)?;
                Some(format!(
                    "{value}.into_iter().map(|{pattern}| {body}).collect()"
                ))
            }
            Type::Optional(item) => {
                let (pattern, body) = self.closure(owner, item, in_list)?;
                Some(format!("{value}.map(|{pattern}| {body})"))
            }
            Type::Tuple(_) => {
                let (pattern, body) = self.closure(owner, ty, in_list)?;
                Some(format!("{{ let {pattern} = {value}; {body} }}"))
            }
        }
    }

    /// The parameter and the body of a closure that converts one value.
    fn closure(&self, owner: &str, ty: &Type, in_list: bool) -> Option<(String, String)> {
        let Type::Tuple(items) = ty else {
            return Some(("item".to_owned(), self.convert(owner, "item", ty, in_list)?));
        };
        let names: Vec<String> = (0..items.len())
            .map(|index| format!("item_{index}"))
            .collect();
        let values: Vec<Option<String>> = names
            .iter()
            .zip(items)
            .map(|(name, item)| self.convert(owner, name, item, in_list))
            .collect();
        if values.iter().all(Option::is_none) {
            return None;
        }
        let values: Vec<String> = values
            .into_iter()
            .zip(&names)
            .map(|(value, name)| value.unwrap_or(name.clone()))
            .collect();
        Some((
            format!("({})", names.join(", ")),
            format!("({})", values.join(", ")),
        ))
    }
}

/// The names of the fields, separated by commas.
fn arguments(nonterminal: &Nonterminal, form: &Form) -> String {
    let meta = nonterminal.meta.then(|| "meta".to_owned());
    meta.into_iter()
        .chain(form.fields.iter().map(|field| ident(&field.name)))
        .collect::<Vec<_>>()
        .join(", ")
}

fn braces(fields: &str) -> String {
    if fields.is_empty() {
        String::new()
    } else {
        format!(" {{ {fields} }}")
    }
}
