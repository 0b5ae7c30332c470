//! The text form of a language: `Syntax` for each nonterminal, `Language` for the entry.

use std::fmt::Write as _;

use super::model::{Form, Language, Nonterminal, Type};
use super::naming::{ident, kebab};

/// Writes `Syntax` for the nonterminals that this language defines.
pub(super) fn emit(index: usize, language: &Language, text: &mut String) {
    for nonterminal in language
        .nonterminals
        .iter()
        .filter(|nonterminal| nonterminal.origin == index)
    {
        forms(nonterminal, text);
        let name = &nonterminal.name;
        let _ = writeln!(text, "impl nanopass::Syntax<crate::Session> for {name} {{");
        doc(nonterminal, text);
        accepts(nonterminal, text);
        read(nonterminal, text);
        text.push_str("}\n\n");
    }
}

/// Writes `Language` for the entry. It is defined anew in each language with an entry type of its own.
pub(super) fn emit_entry(index: usize, language: &Language, text: &mut String) {
    let shared = language
        .nonterminal(&language.entry)
        .is_some_and(|entry| entry.origin != index);
    if shared {
        return;
    }
    let name = &language.name;
    let (violations, session) = if language.check {
        (
            format!("crate::check::{name}::check(self, session)"),
            "session",
        )
    } else {
        ("Vec::new()".to_owned(), "_session")
    };
    let read = if language.retype {
        format!(
            "let mut program = nanopass::read_file(file, session)?;\n\
             crate::check::{name}::retype(&mut program, session);\nOk(program)"
        )
    } else {
        "nanopass::read_file(file, session)".to_owned()
    };
    let _ = writeln!(
        text,
        "impl nanopass::Language for {entry} {{\n\
         type Session = crate::Session;\n\n\
         const NAME: &'static str = {name:?};\n\n\
         fn print(&self, session: &crate::Session, options: nanopass::PrintOptions) -> String {{\n\
         nanopass::print(self, session, options)\n}}\n\n\
         fn read(file: nanopass::FileId, session: &mut crate::Session) -> Result<Self, nanopass::ReadError> {{\n\
         {read}\n}}\n\n\
         fn check(&self, {session}: &crate::Session) -> Vec<nanopass::Violation> {{\n{violations}\n}}\n}}\n",
        entry = language.entry,
    );
}

/// Whether the last field's items are spliced.
fn spliced(form: &Form) -> bool {
    matches!(
        form.fields.last().map(|field| &field.ty),
        Some(Type::List(_))
    )
}

fn path(nonterminal: &Nonterminal, form: &Form) -> String {
    if nonterminal.is_struct() {
        form.name.clone()
    } else {
        format!("{}::{}", nonterminal.name, form.name)
    }
}

fn doc(nonterminal: &Nonterminal, text: &mut String) {
    let used = nonterminal.meta
        || nonterminal.unit
        || nonterminal
            .forms
            .iter()
            .any(|form| !form.fields.is_empty() || !form.bare);
    let _ = writeln!(
        text,
        "fn doc(&self, {}: &mut nanopass::Printer<'_, crate::Session>) -> nanopass::Doc {{",
        if used { "p" } else { "_p" }
    );
    if nonterminal.unit {
        text.push_str("p.enter_unit();\n");
    }
    let wrapped = nonterminal.meta || nonterminal.unit;
    if wrapped {
        text.push_str("let doc = ");
    }
    text.push_str("match self {\n");
    for form in &nonterminal.forms {
        let fields: Vec<String> = form.fields.iter().map(|field| ident(&field.name)).collect();
        let rest = if nonterminal.meta { " { .. }" } else { "" };
        let pattern = match (fields.is_empty(), nonterminal.meta) {
            (true, _) => rest.to_owned(),
            (false, true) => format!(" {{ {}, .. }}", fields.join(", ")),
            (false, false) => format!(" {{ {} }}", fields.join(", ")),
        };
        let mut value = match (form.bare, fields.as_slice()) {
            (true, [field]) => format!("{field}.doc(p)"),
            _ => format!(
                "p.form({:?}, &[{}], {})",
                kebab(&form.name),
                fields.join(", "),
                spliced(form)
            ),
        };
        if form.unit && !nonterminal.unit {
            value = format!("{{ p.enter_unit(); let doc = {value}; p.leave_unit(); doc }}");
        }
        let _ = writeln!(text, "{}{pattern} => {value},", path(nonterminal, form));
    }
    text.push('}');
    if wrapped {
        text.push_str(";\n");
        if nonterminal.unit {
            text.push_str("p.leave_unit();\n");
        }
        text.push_str(match (nonterminal.meta, nonterminal.is_struct()) {
            (true, true) => "p.typed(self.meta, doc)",
            (true, false) => "p.typed(self.meta(), doc)",
            (false, _) => "doc",
        });
    }
    text.push_str("}\n\n");
}

/// The type that a bare form holds.
fn bare_type(form: &Form) -> Option<&str> {
    match form.fields.as_slice() {
        [field] if form.bare => match &field.ty {
            Type::Terminal(name) | Type::Nonterminal(name) => Some(name),
            _ => None,
        },
        _ => None,
    }
}

fn accepts(nonterminal: &Nonterminal, text: &mut String) {
    let mut tests = Vec::new();
    if !form_names(nonterminal).is_empty() {
        tests.push(format!("sexp.is_form({}::FORMS)", nonterminal.name));
    }
    for form in &nonterminal.forms {
        if let Some(ty) = bare_type(form) {
            tests.push(format!(
                "<{ty} as nanopass::Syntax<crate::Session>>::accepts(sexp)"
            ));
        }
    }
    text.push_str("fn accepts(sexp: &nanopass::Sexp) -> bool {\n");
    if nonterminal.meta {
        text.push_str("let sexp = sexp.untyped();\n");
    }
    let _ = writeln!(text, "{}\n}}\n", tests.join(" || "));
}

/// The names of the forms as a constant.
fn forms(nonterminal: &Nonterminal, text: &mut String) {
    let _ = writeln!(
        text,
        "impl {} {{\n/// How the forms print that print with a name.\n\
         pub const FORMS: &'static [&'static str] = &[{}];\n}}\n",
        nonterminal.name,
        form_names(nonterminal).join(", ")
    );
}

/// The quoted names of the forms that print with their name.
fn form_names(nonterminal: &Nonterminal) -> Vec<String> {
    let named = nonterminal
        .forms
        .iter()
        .filter(|form| bare_type(form).is_none());
    named
        .map(|form| format!("{:?}", kebab(&form.name)))
        .collect()
}

fn read(nonterminal: &Nonterminal, text: &mut String) {
    text.push_str(
        "fn read(sexp: &nanopass::Sexp, rd: &mut nanopass::Reader<'_, crate::Session>) \
         -> Result<Self, nanopass::ReadError> {\n",
    );
    if nonterminal.meta {
        text.push_str("let (sexp, meta) = rd.meta(sexp)?;\n");
    }
    if nonterminal.unit {
        text.push_str("rd.enter_unit();\nlet node = ");
    } else {
        text.push_str("Ok(");
    }
    text.push_str("match sexp.form() {\n");
    for form in nonterminal
        .forms
        .iter()
        .filter(|form| bare_type(form).is_none())
    {
        let names: Vec<String> = form
            .fields
            .iter()
            .map(|field| format!("{:?}", field.name))
            .collect();
        let rest = spliced(form);
        let fields: Vec<String> = form
            .fields
            .iter()
            .enumerate()
            .map(|(at, field)| {
                let method = if rest && at + 1 == form.fields.len() {
                    "rest"
                } else {
                    "next"
                };
                format!("{}: fields.{method}(rd)?", ident(&field.name))
            })
            .collect();
        let checked = format!("rd.fields(sexp, &[{}], {rest})?;\n", names.join(", "));
        let fetch = if fields.is_empty() {
            checked
        } else {
            format!("let mut fields = {checked}")
        };
        let node = construct(nonterminal, form, &fields);
        let _ = writeln!(
            text,
            "Some(({:?}, _)) => {{ {fetch}{} }}",
            kebab(&form.name),
            in_unit(nonterminal, form, node)
        );
    }
    for form in &nonterminal.forms {
        let (Some(ty), [field]) = (bare_type(form), form.fields.as_slice()) else {
            continue;
        };
        let fields = [format!(
            "{}: nanopass::Syntax::read(sexp, rd)?",
            ident(&field.name)
        )];
        let node = in_unit(nonterminal, form, construct(nonterminal, form, &fields));
        let _ = writeln!(
            text,
            "_ if <{ty} as nanopass::Syntax<crate::Session>>::accepts(sexp) => {{ {node} }}"
        );
    }
    let _ = writeln!(
        text,
        "_ => return Err(rd.not_a(sexp, {:?}, {}::FORMS)),\n}}",
        format!("{} {}", article(&nonterminal.name), nonterminal.name),
        nonterminal.name
    );
    text.push_str(if nonterminal.unit {
        ";\nrd.leave_unit();\nOk(node)\n}\n"
    } else {
        ")\n}\n"
    });
}

fn construct(nonterminal: &Nonterminal, form: &Form, fields: &[String]) -> String {
    let meta = nonterminal.meta.then(|| "meta".to_owned());
    let all: Vec<String> = meta.into_iter().chain(fields.iter().cloned()).collect();
    let path = path(nonterminal, form);
    if all.is_empty() {
        path
    } else {
        format!("{path} {{ {} }}", all.join(", "))
    }
}

fn in_unit(nonterminal: &Nonterminal, form: &Form, node: String) -> String {
    if form.unit && !nonterminal.unit {
        format!("rd.enter_unit(); let node = {node}; rd.leave_unit(); node")
    } else {
        node
    }
}

fn article(name: &str) -> &'static str {
    if name.starts_with(['A', 'E', 'I', 'O', 'U']) {
        "an"
    } else {
        "a"
    }
}
