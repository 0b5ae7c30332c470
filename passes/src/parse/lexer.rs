//! Finds where one token ends: numbers, characters, sigils, names, punctuation, comments.
//!
//! Every function here looks at a byte slice that ends where the scanner wants it to, and never behind it.

use super::token::{KEYWORDS, PUNCTUATION, TokenKind};

/// A token, or what is wrong with it. A wrong one has an end too, so that the scanner can go on.
pub enum Lexeme {
    Token(TokenKind, usize),
    Wrong {
        end: usize,
        what: Wrong,
    },
    /// A raw text literal that is not closed.
    Unclosed,
}

/// What is wrong with a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wrong {
    /// A character that no token begins with.
    Character,
    /// `'ab'`, `''`, `'a`.
    CharLiteral,
    /// `x'`
    Prime,
    /// A sigil whose content does not end on its line.
    Sigil,
    /// `~` without a tag and a bracket.
    Tilde,
    /// `10X`: a number that runs into a name.
    NumberRunsOn,
    /// `_name`.
    Underscore,
}

fn is_keyword(word: &[u8]) -> bool {
    KEYWORDS
        .binary_search_by(|keyword| keyword.as_bytes().cmp(word))
        .is_ok()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The end of the longest run of bytes from `at` that satisfy `test`.
fn run(bytes: &[u8], at: usize, test: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .position(|&byte| !test(byte))
        .unwrap_or(rest.len())
}

/// The end of a name that starts at `at`, or `at` if none does.
pub fn name_end(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(byte) if byte.is_ascii_alphabetic() => run(bytes, at, is_word),
        _ => at,
    }
}

/// Whether `%` at `at` belongs to the number or parenthesis before it, since no operand follows.
pub fn is_percent_suffix(bytes: &[u8], at: usize) -> bool {
    let begins_operand = |byte: &u8| is_word(*byte) || b"([{\"'~.".contains(byte);
    bytes.get(at) == Some(&b'%') && !bytes.get(at + 1).is_some_and(begins_operand)
}

/// The end of the suffix that starts at `at`, if one does: `px` in `10px`.
pub fn suffix_end(bytes: &[u8], at: usize) -> Option<usize> {
    if is_percent_suffix(bytes, at) {
        return Some(at + 1);
    }
    bytes.get(at).filter(|byte| byte.is_ascii_lowercase())?;
    let end = run(bytes, at, is_word);
    let word = bytes.get(at..end)?;
    (!is_keyword(word)).then_some(end)
}

/// The token that starts at `at`, where neither white space nor a comment starts.
pub fn token(source: &str, limit: usize, at: usize) -> Lexeme {
    let bytes = source.as_bytes().get(..limit).unwrap_or_default();
    let rest = bytes.get(at..).unwrap_or_default();
    let Some(&first) = rest.first() else {
        return Lexeme::Token(TokenKind::Unknown, at);
    };
    match first {
        b'a'..=b'z' | b'A'..=b'Z' => {
            let end = run(bytes, at, is_word);
            let word = bytes.get(at..end).unwrap_or_default();
            let kind = if first.is_ascii_uppercase() {
                TokenKind::Upper
            } else if is_keyword(word) {
                TokenKind::Keyword
            } else {
                TokenKind::Lower
            };
            Lexeme::Token(kind, end)
        }
        b'0'..=b'9' => number(bytes, at),
        b'\'' => character(source, bytes, at),
        b'"' if rest.starts_with(b"\"\"\"") => match find(bytes, at + 3, b"\"\"\"") {
            Some(end) => Lexeme::Token(TokenKind::RawText, end + 3),
            None => Lexeme::Unclosed,
        },
        b'"' => Lexeme::Token(TokenKind::Quote, at + 1),
        b'~' => sigil(bytes, at),
        b'(' | b'[' | b'{' => Lexeme::Token(TokenKind::Open, at + 1),
        b')' | b']' | b'}' => Lexeme::Token(TokenKind::Close, at + 1),
        b'_' if rest.get(1).is_some_and(|&byte| is_word(byte)) => Lexeme::Wrong {
            end: run(bytes, at, is_word),
            what: Wrong::Underscore,
        },
        _ => match PUNCTUATION.iter().find(|text| {
            text.as_bytes().first() == Some(&first) && rest.starts_with(text.as_bytes())
        }) {
            Some(text) => Lexeme::Token(TokenKind::Punct, at + text.len()),
            // A run of what cannot be a token is one mistake.
            None => {
                let rest = source.get(at..limit).unwrap_or_default();
                let foreign =
                    |c: char| !c.is_ascii() || c.is_ascii_control() && !c.is_ascii_whitespace();
                let first = first_width(rest);
                let more = rest.get(first..).unwrap_or_default();
                let more = more.find(|c| !foreign(c)).unwrap_or(more.len());
                let more = if first > 1 { more } else { 0 };
                Lexeme::Wrong {
                    end: at + first.max(1) + more,
                    what: Wrong::Character,
                }
            }
        },
    }
}

/// The position of `needle` in `bytes` from `at` on.
pub fn find(bytes: &[u8], at: usize, needle: &[u8]) -> Option<usize> {
    let rest = bytes.get(at..)?;
    rest.windows(needle.len())
        .position(|window| window == needle)
        .map(|offset| at + offset)
}

/// Digits with single or several `_` between them.
fn digits(bytes: &[u8], at: usize, test: fn(&u8) -> bool) -> usize {
    let mut end = at;
    loop {
        let next = run(bytes, end, |byte| byte == b'_');
        // An underscore belongs to the number only between digits.
        if (next > end && end == at) || !bytes.get(next).is_some_and(test) {
            return end;
        }
        end = run(bytes, next, |byte| test(&byte));
    }
}

fn number(bytes: &[u8], at: usize) -> Lexeme {
    if let Some(end) = instant(bytes, at) {
        return Lexeme::Token(TokenKind::Number, end);
    }
    let prefixed = match bytes.get(at + 1) {
        Some(b'x') if bytes.get(at) == Some(&b'0') => digits(bytes, at + 2, u8::is_ascii_hexdigit),
        Some(b'b') if bytes.get(at) == Some(&b'0') => {
            digits(bytes, at + 2, |byte| matches!(byte, b'0' | b'1'))
        }
        _ => at + 2,
    };
    let mut end = prefixed;
    if prefixed == at + 2 {
        end = digits(bytes, at, u8::is_ascii_digit);
        if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
            end = digits(bytes, end + 1, u8::is_ascii_digit);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = matches!(bytes.get(end + 1), Some(b'+' | b'-'));
            let exponent = end + 1 + usize::from(sign);
            if bytes.get(exponent).is_some_and(u8::is_ascii_digit) {
                end = digits(bytes, exponent, u8::is_ascii_digit);
            }
        }
    }
    if let Some(end) = suffix_end(bytes, end) {
        return Lexeme::Token(TokenKind::Number, end);
    }
    match bytes.get(end) {
        Some(byte) if byte.is_ascii_digit() || byte.is_ascii_uppercase() => Lexeme::Wrong {
            end: run(bytes, end, is_word),
            what: Wrong::NumberRunsOn,
        },
        _ => Lexeme::Token(TokenKind::Number, end),
    }
}

/// The end of an instant literal such as `2024-05-21T12:00:00.5+02:00`.
fn instant(bytes: &[u8], at: usize) -> Option<usize> {
    let matches = |at: usize, pattern: &[u8]| {
        let part = bytes.get(at..at + pattern.len())?;
        let same = |(byte, wanted): (&u8, &u8)| match wanted {
            b'0' => byte.is_ascii_digit(),
            _ => byte == wanted,
        };
        part.iter()
            .zip(pattern)
            .all(same)
            .then_some(at + pattern.len())
    };
    let mut end = matches(at, b"0000-00-00T00:00:00")?;
    if let Some(fraction) = matches(end, b".0") {
        end = run(bytes, fraction, |byte| byte.is_ascii_digit());
    }
    matches(end, b"Z")
        .or_else(|| matches(end, b"+00:00"))
        .or_else(|| matches(end, b"-00:00"))
}

fn character(source: &str, bytes: &[u8], at: usize) -> Lexeme {
    let content = match bytes.get(at + 1) {
        Some(b'\\') if bytes.get(at + 2..at + 4) == Some(b"u{") => {
            run(bytes, at + 4, |byte| byte.is_ascii_alphanumeric()) + 1
        }
        Some(b'\\') => at + 2 + source.get(at + 2..).map_or(0, first_width),
        _ => at + 1 + source.get(at + 1..).map_or(0, first_width),
    };
    let empty = bytes.get(at + 1) == Some(&b'\'');
    let newline = bytes.get(at + 1) == Some(&b'\n');
    if bytes.get(content) == Some(&b'\'') && !empty && !newline {
        return Lexeme::Token(TokenKind::Char, content + 1);
    }
    if at > 0 && bytes.get(at - 1).is_some_and(|&byte| is_word(byte)) {
        return Lexeme::Wrong {
            end: at + 1,
            what: Wrong::Prime,
        };
    }
    let end = run(bytes, at + 1, |byte| byte != b'\'' && byte != b'\n');
    Lexeme::Wrong {
        end: end + usize::from(bytes.get(end) == Some(&b'\'')),
        what: Wrong::CharLiteral,
    }
}

fn first_width(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

fn sigil(bytes: &[u8], at: usize) -> Lexeme {
    let tag_end = match bytes.get(at + 1) {
        Some(byte) if byte.is_ascii_lowercase() => run(bytes, at + 1, is_word),
        _ => at + 1,
    };
    let tag = bytes.get(at..tag_end).unwrap_or_default();
    let open = bytes.get(tag_end).copied();
    match (tag, open) {
        (b"~", _) => {}
        (b"~map", Some(b'{')) | (b"~set", Some(b'[')) => {
            return Lexeme::Token(TokenKind::Tag, tag_end);
        }
        (_, Some(open @ (b'(' | b'[' | b'{' | b'/'))) => {
            return match sigil_content(bytes, tag_end, open) {
                Some(end) => Lexeme::Token(TokenKind::Sigil, end),
                None => Lexeme::Wrong {
                    end: run(bytes, tag_end, |byte| byte != b'\n'),
                    what: Wrong::Sigil,
                },
            };
        }
        _ => {}
    }
    Lexeme::Wrong {
        end: tag_end,
        what: Wrong::Tilde,
    }
}

/// The end of a sigil whose bracket is at `at`. The content stays on one line; brackets of its own kind nest.
fn sigil_content(bytes: &[u8], at: usize, open: u8) -> Option<usize> {
    let close = match open {
        b'(' => b')',
        b'[' => b']',
        b'{' => b'}',
        _ => b'/',
    };
    let mut depth = 1usize;
    let mut position = at + 1;
    loop {
        match bytes.get(position)? {
            b'\n' => return None,
            b'\\' if bytes.get(position + 1) != Some(&b'\n') => position += 1,
            &byte if byte == close => depth -= 1,
            &byte if byte == open => depth += 1,
            _ => {}
        }
        position += 1;
        if depth == 0 {
            let flags = |byte: u8| byte.is_ascii_lowercase();
            return Some(if open == b'/' {
                run(bytes, position, flags)
            } else {
                position
            });
        }
    }
}

/// The end of the block comment that starts at `at`, with the comments that it holds; `None` if it is not closed.
pub fn block_comment(bytes: &[u8], at: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut position = at;
    loop {
        match bytes.get(position..position + 2)? {
            b"/*" => {
                depth += 1;
                position += 2;
            }
            b"*/" => {
                depth -= 1;
                position += 2;
                if depth == 0 {
                    return Some(position);
                }
            }
            _ => position += 1,
        }
    }
}
