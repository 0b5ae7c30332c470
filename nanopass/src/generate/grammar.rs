//! Grammars as text: the expanded language, and its difference from the parent.

use std::fmt::Write as _;

use super::model::{Form, Language, Nonterminal, Type};

/// The whole language in the notation of the pages.
pub(super) fn full(language: &Language) -> String {
    let mut text = format!("language {}  entry {}\n", language.name, language.entry);
    for nonterminal in &language.nonterminals {
        text.push('\n');
        section(&mut text, nonterminal, "");
    }
    text
}

/// What changed since the parent, in the notation of `extends`; empty without a parent.
pub(super) fn diff(language: &Language, parent: &Language) -> String {
    let mut text = String::new();
    for nonterminal in &language.nonterminals {
        let Some(old) = parent.nonterminal(&nonterminal.name) else {
            section(&mut text, nonterminal, "+ ");
            continue;
        };
        let gone = old
            .forms
            .iter()
            .filter(|form| nonterminal.form(&form.name).is_none());
        let mut lines: Vec<String> = gone.map(|form| format!("  - {}", form.name)).collect();
        lines.extend(
            nonterminal
                .forms
                .iter()
                .filter_map(|form| match old.form(&form.name) {
                    None => Some(format!("  + {}", form_text(form))),
                    Some(before) if !before.same(form) => Some(format!("  ~ {}", form_text(form))),
                    Some(_) => None,
                }),
        );
        if !lines.is_empty() {
            let _ = writeln!(
                text,
                "{}{}:\n{}",
                nonterminal.name,
                attributes(nonterminal),
                lines.join("\n")
            );
        }
    }
    for nonterminal in &parent.nonterminals {
        if language.nonterminal(&nonterminal.name).is_none() {
            let _ = writeln!(text, "- {}", nonterminal.name);
        }
    }
    text
}

fn section(text: &mut String, nonterminal: &Nonterminal, sign: &str) {
    for line in &nonterminal.docs {
        let _ = writeln!(text, "/// {line}");
    }
    let head = format!("{sign}{}{}:", nonterminal.name, attributes(nonterminal));
    if nonterminal.is_struct() && nonterminal.forms.iter().all(|form| form.docs.is_empty()) {
        let forms: Vec<String> = nonterminal.forms.iter().map(form_text).collect();
        let _ = writeln!(text, "{head} {}", forms.join(" "));
        return;
    }
    let _ = writeln!(text, "{head}");
    for form in &nonterminal.forms {
        for line in &form.docs {
            let _ = writeln!(text, "  /// {line}");
        }
        let _ = writeln!(text, "  {sign}{}", form_text(form));
    }
}

fn attributes(nonterminal: &Nonterminal) -> String {
    marks([
        ("meta", nonterminal.meta),
        ("scope", nonterminal.scope),
        ("unit", nonterminal.unit),
    ])
}

fn marks<const N: usize>(marks: [(&str, bool); N]) -> String {
    marks
        .iter()
        .filter(|(_, set)| *set)
        .map(|(name, _)| format!(" @{name}"))
        .collect()
}

/// A form in the notation of the pages.
pub(super) fn form_text(form: &Form) -> String {
    let fields: Vec<String> = form
        .fields
        .iter()
        .map(|field| format!("{}: {}", field.name, ty(&field.ty)))
        .collect();
    let fields = if fields.is_empty() {
        String::new()
    } else {
        format!(" {{ {} }}", fields.join(", "))
    };
    format!(
        "{}{fields}{}",
        form.name,
        marks([
            ("bare", form.bare),
            ("scope", form.scope),
            ("unit", form.unit)
        ])
    )
}

fn ty(ty_: &Type) -> String {
    match ty_ {
        Type::Nonterminal(name) | Type::Terminal(name) => name.clone(),
        Type::List(item) => format!("{}*", ty(item)),
        Type::Optional(item) => format!("{}?", ty(item)),
        Type::Tuple(items) => format!("({})", items.iter().map(ty).collect::<Vec<_>>().join(", ")),
    }
}
