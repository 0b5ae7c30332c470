//! Decodes literals: numbers, characters, texts, sigils.

use std::sync::Arc;

use ir_defs::ast::{Expr, Part};
use ir_defs::cst::Node;
use ir_defs::syntax::{SyntaxKind, Token};
use ir_defs::terminals::Lit;
use nanopass::{Meta, Span};

use super::{Builder, nodes, text};
use crate::codes;

impl Builder<'_> {
    /// A literal that is one token.
    pub(super) fn literal(&mut self, token: &Token) -> Expr {
        let meta = Meta::at(token.span);
        let written: &str = &token.text;
        match written.as_bytes() {
            [b'0'..=b'9', ..] if is_instant(written) => Expr::Instant {
                meta,
                text: text(written),
            },
            [b'0'..=b'9', ..] => {
                let (number, suffix) = written.split_at(number_end(written));
                if suffix.is_empty() {
                    let lit = self.number(number, false, token.span);
                    return Expr::Lit { meta, lit };
                }
                let start = token.span.lo + number.len() as u32;
                let suffix = self.ident_of(suffix, Span::new(start, token.span.hi));
                Expr::Delta {
                    meta,
                    number: text(&number.replace('_', "")),
                    suffix,
                }
            }
            [b'~', ..] => self.sigil(token),
            _ => match self.constant(token) {
                Some(lit) => Expr::Lit { meta, lit },
                None => Expr::Error { meta },
            },
        }
    }

    /// The constant that a token stands for in a pattern too: a number without a suffix, a character, raw text.
    pub(super) fn constant(&mut self, token: &Token) -> Option<Lit> {
        let written: &str = &token.text;
        match written.as_bytes() {
            [b'0'..=b'9', ..] if number_end(written) == written.len() && !is_instant(written) => {
                Some(self.number(written, false, token.span))
            }
            [b'\'', ..] => {
                let content = written.get(1..written.len() - 1).unwrap_or_default();
                let decoded = self.unescape(content, token.span.lo + 1);
                decoded.chars().next().map(Lit::Char)
            }
            [b'"', ..] => Some(Lit::Text(Arc::from(raw_block(written)))),
            _ => None,
        }
    }

    /// A number without a suffix; `negative` if a minus belongs to it.
    pub(super) fn number(&mut self, written: &str, negative: bool, span: Span) -> Lit {
        let digits = written.replace('_', "");
        let (digits, radix) = match digits.as_bytes() {
            [b'0', b'x', ..] => (digits.get(2..).unwrap_or_default(), 16),
            [b'0', b'b', ..] => (digits.get(2..).unwrap_or_default(), 2),
            _ => (digits.as_str(), 10),
        };
        if radix == 10 && digits.contains(['.', 'e', 'E']) {
            let value: f64 = digits.parse().unwrap_or(f64::INFINITY);
            if value.is_infinite() {
                self.error(
                    codes::OUT_OF_RANGE,
                    "this number is too large for a `Float`",
                    span,
                    "",
                );
                return Lit::Float(0.0);
            }
            return Lit::Float(if negative { -value } else { value });
        }
        let magnitude = u64::from_str_radix(digits, radix).ok();
        let value = magnitude.and_then(|magnitude| {
            if negative {
                0i64.checked_sub_unsigned(magnitude)
            } else {
                i64::try_from(magnitude).ok()
            }
        });
        Lit::Int(value.unwrap_or_else(|| {
            let message = "this number is out of the range of `Int`";
            self.error(
                codes::OUT_OF_RANGE,
                message,
                span,
                "an `Int` is between -9223372036854775808 and 9223372036854775807; see `aivi.number.bigint`",
            );
            0
        }))
    }

    /// A text with its holes.
    pub(super) fn text_literal(&mut self, children: &[Node], span: Span) -> Expr {
        let meta = Meta::at(span);
        let mut parts = Vec::new();
        for child in nodes::inside(children) {
            match child {
                Node::Leaf { token } => {
                    let decoded = self.unescape(&token.text, token.span.lo);
                    parts.push(Part::Literal {
                        text: text(&decoded),
                    });
                }
                Node::Branch { children, .. } => match children.as_slice() {
                    [_, inner, _] => parts.push(Part::Hole {
                        value: self.expr(inner),
                    }),
                    _ => {
                        let hole = nodes::span(child);
                        self.unexpected(
                            "an expression is missing between these braces",
                            hole,
                            "for a brace, write `\\{`",
                        );
                        parts.push(Part::Hole {
                            value: Expr::Error {
                                meta: Meta::at(hole),
                            },
                        });
                    }
                },
            }
        }
        match parts.as_slice() {
            [] => Expr::Lit {
                meta,
                lit: Lit::Text(Arc::from("")),
            },
            [Part::Literal { text }] => Expr::Lit {
                meta,
                lit: Lit::Text(text.0.clone()),
            },
            _ => Expr::Interpolate { meta, parts },
        }
    }

    /// Replaces escapes; `start` is the position of the first byte. A line break is `\n` however the file ends lines.
    fn unescape(&mut self, written: &str, start: u32) -> String {
        let mut result = String::with_capacity(written.len());
        let mut rest = written;
        while let Some((before, after)) = rest.split_once(['\\', '\r']) {
            result.push_str(before);
            let special = written.len() - after.len() - 1;
            let is_return = written.as_bytes().get(special) == Some(&b'\r');
            if is_return {
                if !after.starts_with('\n') {
                    result.push('\r');
                }
                rest = after;
                continue;
            }
            let length = match escape(after) {
                Ok((letter, length)) => {
                    result.push(letter);
                    length
                }
                Err(length) => {
                    let lo = start + special as u32;
                    let shown = after.get(..length).unwrap_or_default();
                    self.error(
                        codes::BAD_ESCAPE,
                        format!("`\\{shown}` is not an escape"),
                        Span::new(lo, lo + 1 + length as u32),
                        "the escapes are \\n \\t \\r \\0 \\\\ \\\" \\' \\{ \\} and \\u{…} with the hexadecimal number of a \
                         character; for a backslash, write `\\\\`",
                    );
                    length
                }
            };
            rest = after.get(length..).unwrap_or_default();
        }
        result.push_str(rest);
        result
    }

    /// A sigil whose content is not AIVI: `~tag(content)`, `~tag/content/flags`.
    fn sigil(&mut self, token: &Token) -> Expr {
        let written = token.text.get(1..).unwrap_or_default();
        let tag_end = written.find(['(', '[', '{', '/']).unwrap_or(written.len());
        let (tag, rest) = written.split_at(tag_end);
        let content = rest.get(1..).unwrap_or_default();
        let end = content.rfind([')', ']', '}', '/']).unwrap_or(content.len());
        let flags = content.get(end + 1..).unwrap_or_default();
        let lo = token.span.lo + 1;
        Expr::Sigil {
            meta: Meta::at(token.span),
            tag: self.ident_of(tag, Span::new(lo, lo + tag.len() as u32)),
            content: text(content.get(..end).unwrap_or_default()),
            flags: text(flags),
        }
    }

    /// `.a.b`
    pub(super) fn accessor(&mut self, node: &Node) -> Expr {
        let mut fields = Vec::new();
        for field in nodes::children(node) {
            if let Some([_, name]) = nodes::branch(field, SyntaxKind::Field)
                && let Some(token) = nodes::token(name)
            {
                fields.push(self.ident(token));
            }
        }
        Expr::Accessor {
            meta: Meta::at(nodes::span(node)),
            fields,
        }
    }
}

/// Whether a token that begins with a digit is an instant.
pub(super) fn is_instant(written: &str) -> bool {
    written.len() >= 20
        && written.as_bytes().get(10) == Some(&b'T')
        && written.as_bytes().get(4) == Some(&b'-')
}

/// Whether a token is a number with a suffix.
pub(super) fn is_suffixed(written: &str) -> bool {
    written.starts_with(|first: char| first.is_ascii_digit())
        && !is_instant(written)
        && number_end(written) < written.len()
}

/// Where the suffix of a number begins.
pub(super) fn number_end(written: &str) -> usize {
    let bytes = written.as_bytes();
    let run = |from: usize, test: fn(&u8) -> bool| {
        let rest = bytes.get(from..).unwrap_or_default();
        from + rest.iter().take_while(|byte| test(byte)).count()
    };
    let digit: fn(&u8) -> bool = |byte| byte.is_ascii_digit() || *byte == b'_';
    let prefixed = match bytes {
        [b'0', b'x', next, ..] if next.is_ascii_hexdigit() => {
            run(2, |byte| byte.is_ascii_hexdigit() || *byte == b'_')
        }
        [b'0', b'b', b'0' | b'1', ..] => run(2, |byte| matches!(byte, b'0' | b'1' | b'_')),
        _ => 0,
    };
    if prefixed > 0 {
        return prefixed;
    }
    let mut end = run(0, digit);
    if bytes.get(end) == Some(&b'.') {
        end = run(end + 1, digit);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if bytes.get(end + 1 + sign).is_some_and(u8::is_ascii_digit) {
            end = run(end + 1 + sign, digit);
        }
    }
    end
}

/// The character that an escape stands for, given what follows the backslash, and the length of that; the length of
/// what is wrong otherwise.
fn escape(rest: &str) -> Result<(char, usize), usize> {
    let Some(first) = rest.chars().next() else {
        return Err(0);
    };
    let letter = match first {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        '0' => '\0',
        '\\' | '"' | '\'' | '{' | '}' => first,
        'u' => {
            let Some(digits) = rest.strip_prefix("u{") else {
                return Err(1);
            };
            let Some(end) = digits.find('}') else {
                return Err(2);
            };
            let number = digits
                .get(..end)
                .and_then(|digits| u32::from_str_radix(digits, 16).ok());
            return match number.and_then(char::from_u32) {
                Some(letter) => Ok((letter, end + 3)),
                None => Err(end + 3),
            };
        }
        _ => return Err(first.len_utf8()),
    };
    Ok((letter, 1))
}

/// The content of `"""…"""`. What stands on a line of its own next to the quotes is not part of it: neither the line
/// break after the opening ones nor the one before the closing ones. The white space that all lines begin with, that
/// of the closing quotes included, is dropped.
fn raw_block(written: &str) -> String {
    let inner = written.get(3..written.len() - 3).unwrap_or_default();
    let inner = inner.replace("\r\n", "\n");
    let mut lines: Vec<&str> = inner.split('\n').collect();
    let is_blank = |line: &&str| line.trim().is_empty();
    if lines.len() == 1 {
        return inner;
    }
    let indent = |line: &&str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let closing = lines.last().filter(|last| is_blank(last)).map(indent);
    let first_is_content = !lines.first().is_some_and(is_blank);
    let body = lines
        .iter()
        .skip(usize::from(first_is_content))
        .filter(|line| !is_blank(line));
    let common = body.map(indent).chain(closing).min().unwrap_or(0);
    if closing.is_some() {
        lines.pop();
    }
    let mut result: Vec<&str> = Vec::with_capacity(lines.len());
    for (number, line) in lines.into_iter().enumerate() {
        match number {
            0 if first_is_content => result.push(line),
            0 => {}
            _ => result.push(line.get(common..).unwrap_or_default()),
        }
    }
    result.join("\n")
}
