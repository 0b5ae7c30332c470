//! `aivic passes` and `aivic language`: what the compiler says about itself.

use ir_defs::LANGUAGES;
use passes::pipeline::PIPELINE;

use crate::output;

/// The table of passes.
pub(crate) fn passes() -> u8 {
    let rows: Vec<[String; 3]> = PIPELINE
        .passes
        .iter()
        .enumerate()
        .map(|(index, pass)| {
            let edge = format!("{} -> {}", shown(pass.from), shown(pass.to));
            [
                format!("{:>2} {}", index + 1, pass.name),
                edge,
                pass.summary(),
            ]
        })
        .collect();
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(String::len)
            .max()
            .unwrap_or(0)
    };
    let (first, second) = (width(0), width(1));
    let table: String = rows
        .iter()
        .map(|[name, edge, summary]| format!("{name:first$}  {edge:second$}  {summary}\n"))
        .collect();
    output::show(&table)
}

/// The grammar of a language, and its difference from the language before it.
pub(crate) fn language(name: &str) -> Result<u8, String> {
    let wanted = name.replace('-', "_");
    let Some(info) = LANGUAGES.iter().find(|info| info.name == wanted) else {
        let names = nanopass::nearest(&wanted, LANGUAGES.iter().map(|info| info.name));
        let names: Vec<String> = names
            .iter()
            .map(|name| format!("`{}`", shown(name)))
            .collect();
        let hint = match names.is_empty() {
            true => "; `aivic passes` shows them".to_owned(),
            false => format!("; did you mean {}?", names.join(" or ")),
        };
        return Err(format!("there is no language `{name}`{hint}"));
    };
    let mut text = format!(
        "{}: {}\n\n{}\n",
        shown(info.name),
        info.purpose,
        info.grammar.trim_end()
    );
    if let Some(parent) = info.parent
        && !info.diff.trim().is_empty()
    {
        text.push_str(&format!(
            "\nAgainst {}:\n\n{}\n",
            shown(parent),
            info.diff.trim_end()
        ));
    }
    Ok(output::show(&text))
}

/// A name as people read it.
fn shown(name: &str) -> String {
    name.replace('_', "-")
}
