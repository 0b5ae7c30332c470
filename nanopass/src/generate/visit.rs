//! The visitors of a language: `Visit` and `VisitMut`, and their walks.

use std::fmt::Write as _;

use super::model::{Form, Language, Nonterminal, Type};
use super::naming::{ident, snake};

/// Writes both visitors.
pub(super) fn emit(language: &Language, text: &mut String) {
    visitor(language, text, "Visit", "walk", "");
    visitor(language, text, "VisitMut", "walk_mut", "mut ");
}

fn visitor(language: &Language, text: &mut String, name: &str, walk: &str, mutable: &str) {
    let what = if mutable.is_empty() {
        "Visits a tree"
    } else {
        "Changes a tree in place"
    };
    let _ = writeln!(
        text,
        "/// {what}: one method per nonterminal, whose default visits the children, and one per terminal.\n\
         pub trait {name} {{"
    );
    for nonterminal in &language.nonterminals {
        let method = snake(&nonterminal.name);
        let ty = &nonterminal.name;
        let _ = writeln!(
            text,
            "fn {}(&mut self, node: &{mutable}{ty}) {{ {walk}_{method}(self, node) }}",
            ident(&method)
        );
    }
    for terminal in language.terminals() {
        let method = ident(&snake(terminal));
        let _ = writeln!(
            text,
            "fn {method}(&mut self, _terminal: &{mutable}{terminal}) {{}}"
        );
    }
    if language
        .nonterminals
        .iter()
        .any(|nonterminal| nonterminal.meta)
    {
        let _ = writeln!(
            text,
            "fn meta(&mut self, _meta: &{mutable}nanopass::Meta) {{}}"
        );
    }
    if language
        .nonterminals
        .iter()
        .any(|nt| nt.scope || nt.forms.iter().any(|form| form.scope))
    {
        let _ = writeln!(
            text,
            "/// Called before the children of a node marked `@scope`.\nfn enter_scope(&mut self) {{}}"
        );
        let _ = writeln!(
            text,
            "/// Called after the children of a node marked `@scope`.\nfn leave_scope(&mut self) {{}}"
        );
    }
    text.push_str("}\n\n");
    for nonterminal in &language.nonterminals {
        walk_function(language, nonterminal, text, name, walk, mutable);
    }
}

fn walk_function(
    language: &Language,
    nt: &Nonterminal,
    text: &mut String,
    name: &str,
    walk: &str,
    mutable: &str,
) {
    let method = snake(&nt.name);
    let ty = &nt.name;
    let used = nt.meta
        || nt.scope
        || nt
            .forms
            .iter()
            .any(|form| form.scope || !form.fields.is_empty());
    let v = if used { "v" } else { "_v" };
    let _ = writeln!(
        text,
        "/// Visits the children of a `{ty}`.\n\
         pub fn {walk}_{method}<V: {name} + ?Sized>({v}: &mut V, node: &{mutable}{ty}) {{"
    );
    let (enter, leave) = if nt.scope {
        ("v.enter_scope();\n", "v.leave_scope();\n")
    } else {
        ("", "")
    };
    text.push_str(enter);
    if nt.is_struct() {
        for form in &nt.forms {
            let _ = write!(text, "let {} = node;", pattern(nt, form));
            form_body(language, nt, form, text, mutable);
        }
    } else {
        text.push_str("match node {");
        for form in &nt.forms {
            let _ = write!(text, "{} => {{", pattern(nt, form));
            form_body(language, nt, form, text, mutable);
            text.push_str("}\n");
        }
        text.push_str("}\n");
    }
    text.push_str(leave);
    text.push_str("}\n\n");
}

/// The pattern that binds every field of a form.
fn pattern(nonterminal: &Nonterminal, form: &Form) -> String {
    let path = if nonterminal.is_struct() {
        form.name.clone()
    } else {
        format!("{}::{}", nonterminal.name, form.name)
    };
    let meta = nonterminal.meta.then(|| "meta".to_owned());
    let fields: Vec<String> = meta
        .into_iter()
        .chain(form.fields.iter().map(|field| ident(&field.name)))
        .collect();
    if fields.is_empty() {
        path
    } else {
        format!("{path} {{ {} }}", fields.join(", "))
    }
}

fn form_body(
    language: &Language,
    nonterminal: &Nonterminal,
    form: &Form,
    text: &mut String,
    mutable: &str,
) {
    // A scope on a struct is the same on its nonterminal and on its form.
    let scope = form.scope && !nonterminal.scope;
    if scope {
        text.push_str("v.enter_scope();\n");
    }
    if nonterminal.meta {
        text.push_str("v.meta(meta);\n");
    }
    for field in &form.fields {
        visit_value(language, &ident(&field.name), &field.ty, text, mutable);
    }
    if scope {
        text.push_str("v.leave_scope();\n");
    }
}

/// Visits the value that the reference `value` points to.
fn visit_value(language: &Language, value: &str, ty: &Type, text: &mut String, mutable: &str) {
    match ty {
        Type::Nonterminal(name) | Type::Terminal(name) => {
            let _ = writeln!(text, "v.{}({value});", ident(&snake(name)));
        }
        Type::List(item) => {
            let (pattern, body) = item_visit(language, item, mutable);
            let _ = writeln!(text, "for {pattern} in {value} {{ {body} }}");
        }
        Type::Optional(item) => {
            let (pattern, body) = item_visit(language, item, mutable);
            let _ = writeln!(text, "if let Some({pattern}) = {value} {{ {body} }}");
        }
        Type::Tuple(_) => {
            let (pattern, body) = item_visit(language, ty, mutable);
            let _ = writeln!(text, "let {pattern} = {value}; {body}");
        }
    }
}

/// A pattern for a value, and the statements that visit what it binds.
fn item_visit(language: &Language, ty: &Type, mutable: &str) -> (String, String) {
    let mut body = String::new();
    let Type::Tuple(items) = ty else {
        visit_value(language, "item", ty, &mut body, mutable);
        return ("item".to_owned(), body);
    };
    let names: Vec<String> = (0..items.len())
        .map(|index| format!("item_{index}"))
        .collect();
    for (name, item) in names.iter().zip(items) {
        visit_value(language, name, item, &mut body, mutable);
    }
    (format!("({})", names.join(", ")), body)
}
