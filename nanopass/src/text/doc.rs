//! The display tree, and its layout.

use std::borrow::Cow;

use pretty::{Arena, DocAllocator as _, DocBuilder};

/// The width that the layout aims at, in columns.
pub const WIDTH: usize = 100;

/// The display tree of all languages: atoms and lists.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Doc {
    /// A word that stands as it is.
    Atom(Cow<'static, str>),
    /// `( … )`
    List(Vec<Doc>),
    /// `[ … ]`
    Brackets(Vec<Doc>),
}

impl Doc {
    /// A word that stands as it is: a number, an operator, a keyword. It must not contain white space, brackets,
    /// quotes, bars or semicolons; [`Doc::name`] takes any text.
    pub fn atom(text: impl Into<Cow<'static, str>>) -> Doc {
        Doc::Atom(text.into())
    }

    /// A name; between bars if it would not read back as a name.
    pub fn name(text: &str) -> Doc {
        let mut chars = text.chars();
        let first = chars.next();
        let number = match first {
            Some('+' | '-') => chars.next().is_some_and(|second| second.is_ascii_digit()),
            Some(first) => first.is_ascii_digit(),
            None => true,
        };
        let odd = |letter: char| {
            letter.is_whitespace() || letter.is_control() || "()[]\"|;".contains(letter)
        };
        if number || matches!(text, "_" | ":" | "-") || text.contains(odd) {
            Doc::barred(text)
        } else {
            Doc::Atom(Cow::Owned(text.to_owned()))
        }
    }

    /// A name between bars.
    pub fn barred(text: &str) -> Doc {
        Doc::Atom(Cow::Owned(quoted(text, '|')))
    }

    /// A quoted text.
    pub fn text(text: &str) -> Doc {
        Doc::Atom(Cow::Owned(quoted(text, '"')))
    }

    /// `( … )`
    pub fn list(items: Vec<Doc>) -> Doc {
        Doc::List(items)
    }

    /// `[ … ]`
    pub fn brackets(items: Vec<Doc>) -> Doc {
        Doc::Brackets(items)
    }

    /// `(name …)`
    pub fn form(name: impl Into<Cow<'static, str>>, fields: Vec<Doc>) -> Doc {
        let mut items = vec![Doc::atom(name)];
        items.extend(fields);
        Doc::List(items)
    }

    /// Lays the tree out in at most `width` columns where that is possible; ends with a newline.
    pub fn render(&self, width: usize) -> String {
        let arena = Arena::new();
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.lay_out(&arena).render_fmt(width, &mut text);
        text.push('\n');
        text
    }

    /// The tree in one line.
    pub fn flat(&self) -> String {
        let mut text = String::new();
        self.write_flat(&mut text);
        text
    }

    fn write_flat(&self, text: &mut String) {
        let (open, items, close) = match self {
            Doc::Atom(atom) => return text.push_str(atom),
            Doc::List(items) => ('(', items, ')'),
            Doc::Brackets(items) => ('[', items, ']'),
        };
        text.push(open);
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                text.push(' ');
            }
            item.write_flat(text);
        }
        text.push(close);
    }

    /// What always shares a line with its neighbours: words, and short lists of words in brackets.
    fn is_word(&self) -> bool {
        match self {
            Doc::Atom(_) => true,
            Doc::List(items) => items.len() <= 1 && items.iter().all(Doc::is_atom),
            Doc::Brackets(items) => items.len() <= 8 && items.iter().all(Doc::is_atom),
        }
    }

    fn is_atom(&self) -> bool {
        matches!(self, Doc::Atom(_))
    }

    /// How many of the items stay on the first line of a list that needs several: words, and up to two short forms,
    /// such as the pattern of an arm, if something larger follows.
    fn head(items: &[Doc]) -> usize {
        let short = |item: &Doc| match item {
            Doc::List(items) => items.len() <= 4 && items.iter().all(Doc::is_atom),
            other => other.is_word(),
        };
        let head = items.iter().take_while(|item| short(item)).count();
        let forms = items
            .iter()
            .take(head)
            .filter(|item| !item.is_word())
            .count();
        if forms <= 2 && head < items.len() {
            head
        } else {
            items.iter().take_while(|item| item.is_word()).count()
        }
    }

    fn lay_out<'a>(&'a self, arena: &'a Arena<'a>) -> DocBuilder<'a, Arena<'a>> {
        let (open, items, close) = match self {
            Doc::Atom(atom) => return arena.text(atom.as_ref()),
            Doc::List(items) => ("(", items, ")"),
            Doc::Brackets(items) => ("[", items, "]"),
        };
        let head = if open == "(" { Doc::head(items) } else { 0 };
        let mut inner = arena.nil();
        let mut word_before = true;
        for (index, item) in items.iter().enumerate() {
            let word = item.is_word() || index < head;
            if index > 0 {
                inner = inner.append(if word && word_before {
                    arena.softline()
                } else {
                    arena.line()
                });
            }
            word_before = word;
            // What shares a line is not broken inside.
            inner = inner.append(if word {
                arena.text(item.flat())
            } else {
                item.lay_out(arena)
            });
        }
        let indent = if open == "(" { 2 } else { 1 };
        arena
            .text(open)
            .append(inner.nest(indent))
            .append(close)
            .group()
    }
}

/// `text` between two `quote`s, escaped.
fn quoted(text: &str, quote: char) -> String {
    let mut result = String::with_capacity(text.len() + 2);
    result.push(quote);
    for letter in text.chars() {
        match letter {
            '\n' => result.push_str("\\n"),
            '\t' => result.push_str("\\t"),
            '\r' => result.push_str("\\r"),
            '\\' => result.push_str("\\\\"),
            _ if letter == quote => {
                result.push('\\');
                result.push(quote);
            }
            _ if letter.is_control() => result.push_str(&letter.escape_unicode().to_string()),
            _ => result.push(letter),
        }
    }
    result.push(quote);
    result
}
