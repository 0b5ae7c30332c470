//! From the names of a page to the names of Rust and of the text form.

/// `NoPipes` to `no_pipes`.
pub(super) fn snake(camel: &str) -> String {
    split(camel, '_')
}

/// `NoPipes` to `no-pipes`: the name of a form in the text form.
pub(super) fn kebab(camel: &str) -> String {
    split(camel, '-')
}

fn split(camel: &str, separator: char) -> String {
    let mut text = String::new();
    let mut previous_lower = false;
    for letter in camel.chars() {
        if letter.is_ascii_uppercase() && previous_lower {
            text.push(separator);
        }
        previous_lower = !letter.is_ascii_uppercase();
        text.push(letter.to_ascii_lowercase());
    }
    text
}

/// A Rust identifier for a snake-case name: keywords get a trailing `_`.
pub(super) fn ident(snake: &str) -> String {
    const KEYWORDS: &[&str] = &[
        "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
        "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
        "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
        "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type",
        "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
    ];
    if KEYWORDS.contains(&snake) {
        format!("{snake}_")
    } else {
        snake.to_owned()
    }
}
