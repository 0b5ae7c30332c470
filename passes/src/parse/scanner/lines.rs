//! Line breaks: which ones count, and which lines look like the start of a declaration.

use super::super::lexer::{self, Lexeme};
use super::super::messages::Place;
use super::super::token::{self, Token, TokenKind};
use super::{Failure, FrameKind, Scanner};

impl Scanner<'_> {
    /// Skips white space and comments; gives the position of the first line break among them.
    pub(super) fn trivia(&self, start: usize) -> Result<(usize, Option<usize>), Failure> {
        let mut position = start;
        let mut newline = None;
        while position < self.limit {
            match self.bytes[position] {
                b'\n' => {
                    newline = newline.or(Some(position));
                    position += 1;
                }
                b' ' | b'\t' | b'\r' | 0x0b | 0x0c => position += 1,
                b'/' if self.bytes.get(position + 1) == Some(&b'/') => {
                    let rest = &self.bytes[position..self.limit];
                    let length = rest.iter().position(|&byte| byte == b'\n');
                    position += length.unwrap_or(rest.len());
                }
                b'/' if self.bytes.get(position + 1) == Some(&b'*') => {
                    let end = lexer::block_comment(&self.bytes[..self.limit], position);
                    let Some(end) = end else {
                        let place = Place::new(position, position + 2);
                        let diagnostic = self.reporter.unclosed_comment(place);
                        return Err(Box::new(diagnostic));
                    };
                    let comment = &self.bytes[position..end];
                    // A comment over several lines counts as a line break.
                    let inside = comment.iter().position(|&byte| byte == b'\n');
                    newline = newline.or(inside.map(|offset| position + offset));
                    position = end;
                }
                _ => break,
            }
        }
        Ok((position, newline))
    }

    /// Skips white space and line comments.
    fn line_trivia(&self, start: usize) -> usize {
        let mut position = start;
        loop {
            let rest = self.bytes.get(position..).unwrap_or_default();
            let trimmed = rest.trim_ascii_start();
            position += rest.len() - trimmed.len();
            if !trimmed.starts_with(b"//") {
                return position;
            }
            let newline = trimmed.iter().position(|&byte| byte == b'\n');
            position += newline.unwrap_or(trimmed.len());
        }
    }

    /// Whether a line break between the last token and the one at `position` ends or separates something.
    pub(super) fn newline_counts(&mut self, first: usize, next: &Lexeme, position: usize) -> bool {
        if matches!(
            self.frame_kind(),
            Some(FrameKind::Paren | FrameKind::Hole | FrameKind::Text | FrameKind::InnerText)
        ) || self.tokens.len() == first
            || self.only_decorators()
        {
            return false;
        }
        let before = self.previous(first, 2);
        let goes_on = match self.previous(first, 1) {
            Some((TokenKind::Keyword | TokenKind::Open | TokenKind::Tag, _)) => true,
            // The star of `export *` and of `[*]`, the minus that removes a field.
            Some((TokenKind::Punct, "*")) => !matches!(
                before,
                Some((TokenKind::Keyword, "export") | (TokenKind::Open, _))
            ),
            Some((TokenKind::Punct, "-")) => !matches!(before, Some((TokenKind::Punct, ":"))),
            Some((TokenKind::Punct, text)) => token::needs_operand(text),
            _ => false,
        };
        let continued = match next {
            Lexeme::Token(kind, end) => {
                let text = self.source.get(position..*end).unwrap_or_default();
                match kind {
                    TokenKind::Keyword => {
                        token::keyword_continues_line(text) && !self.before_colon(*end)
                    }
                    TokenKind::Punct => token::continues_line(text),
                    TokenKind::Close => !self.frames.is_empty(),
                    _ => false,
                }
            }
            _ => false,
        };
        !goes_on && !continued
    }

    /// Whether the item so far consists of decorators, which stand on lines of their own. What has been found to be
    /// decorators is not looked at again.
    fn only_decorators(&mut self) -> bool {
        let mut index = self.decorators;
        let at = |index: usize| self.tokens.get(index).map(|token| token.kind);
        while let Some(token) = self.tokens.get(index) {
            if token.text(self.source) != "@" || at(index + 1).is_none() {
                return false;
            }
            index += 2;
            if at(index) == Some(TokenKind::Quote) {
                let rest = self.tokens.get(index + 1..).unwrap_or_default();
                match rest.iter().position(|token| token.kind == TokenKind::Quote) {
                    Some(length) => index += length + 2,
                    None => return false,
                }
            }
        }
        self.decorators = index;
        true
    }

    /// Whether a `:` that is not `:=` follows, so that what stands before it is a field's name.
    pub(super) fn before_colon(&self, position: usize) -> bool {
        let rest = self.bytes.get(position..self.limit).unwrap_or_default();
        let rest = rest.trim_ascii_start();
        rest.first() == Some(&b':') && rest.get(1) != Some(&b'=')
    }

    /// Whether the item so far is `module a.b = {`, after decorators.
    pub(super) fn opens_module(&self, first: usize) -> bool {
        if self.braced.is_some() || self.frames.len() != 1 || !self.items.is_empty() {
            return false;
        }
        let texts = self.tokens.get(first..).unwrap_or_default();
        let text = |token: &Token| token.text(self.source);
        let [.., equals, brace] = texts else {
            return false;
        };
        if text(brace) != "{" || text(equals) != "=" {
            return false;
        }
        let keyword = texts
            .iter()
            .position(|token| token.kind == TokenKind::Keyword);
        let Some(keyword) = keyword.filter(|&index| text(&texts[index]) == "module") else {
            return false;
        };
        texts
            .get(keyword + 1..texts.len() - 2)
            .is_some_and(|path| path.iter().all(|token| text(token) != "="))
    }

    /// Takes the column of the first line after `position` that holds something for the one of declarations.
    pub(super) fn find_column(&mut self, position: usize) {
        let (first, _) = self.trivia(position).unwrap_or((position, None));
        let before = self.source.get(..first).unwrap_or_default();
        let line = before.rfind('\n').map_or(0, |newline| newline + 1);
        let indented = before
            .get(line..)
            .is_some_and(|indent| indent.bytes().all(|byte| matches!(byte, b' ' | b'\t')));
        self.column = if indented { first - line } else { 0 };
        self.starts = None;
    }

    /// Whether a declaration seems to start at `position`, in the right column.
    pub(super) fn is_start(&self, position: usize) -> bool {
        starts_declaration(self.bytes, self.column, position)
    }

    /// The first position after the line of `position` where a declaration seems to start, or the file's end.
    pub(super) fn next_start(&mut self, position: usize) -> usize {
        if self.starts.is_none() {
            let newlines = self.bytes.iter().enumerate();
            let newlines = newlines.filter(|&(_, &byte)| byte == b'\n');
            let starts = newlines
                .map(|(newline, _)| newline + 1 + self.column)
                .filter(|&start| self.is_start(start))
                .collect();
            self.starts = Some(starts);
        }
        // The item may begin with white space and line comments, which are not what follows it. A block comment is
        // not looked into: it may have no end.
        let from = self.line_trivia(position);
        let starts = self.starts.as_deref().unwrap_or_default();
        let index = starts.partition_point(|&start| start <= from);
        starts.get(index).copied().unwrap_or(self.bytes.len())
    }
}

/// Whether a declaration seems to start at `position`, in this column.
pub(super) fn starts_declaration(bytes: &[u8], column: usize, position: usize) -> bool {
    let Some(line) = position.checked_sub(column) else {
        return false;
    };
    let first = line == 0 || bytes.get(line - 1) == Some(&b'\n');
    let first = first || (line == 3 && bytes.starts_with("\u{feff}".as_bytes()));
    let indent = bytes.get(line..position).unwrap_or_default();
    first
        && indent.iter().all(|byte| matches!(byte, b' ' | b'\t'))
        && looks_like_start(bytes.get(position..).unwrap_or_default())
}

/// Whether a line that begins with these bytes begins a declaration: with a keyword of one, a decorator, a name
/// before `:` or `=`, or a capital letter and, on the same line, `=`.
pub(super) fn looks_like_start(bytes: &[u8]) -> bool {
    let end = lexer::name_end(bytes, 0);
    let word = bytes.get(..end).unwrap_or_default();
    let after = |position: usize| {
        let rest = bytes.get(position..).unwrap_or_default();
        let spaces = rest.iter().take_while(|byte| **byte == b' ').count();
        rest.get(spaces..).unwrap_or_default()
    };
    let defines = |rest: &[u8]| match rest {
        [b'=', next, ..] => !matches!(next, b'=' | b'>'),
        [b':', next, ..] => *next != b'=',
        [b'=' | b':'] => true,
        _ => false,
    };
    match bytes.first() {
        Some(b'@') => bytes.get(1).is_some_and(u8::is_ascii_lowercase),
        Some(b'(') => {
            let operator = bytes.iter().skip(1).take(3);
            let operator = operator.take_while(|byte| !byte.is_ascii_alphanumeric());
            let close = operator.take_while(|byte| **byte != b')').count() + 1;
            bytes.get(close) == Some(&b')') && defines(after(close + 1))
        }
        Some(byte) if byte.is_ascii_uppercase() => {
            let line = bytes
                .split(|&byte| byte == b'\n')
                .next()
                .unwrap_or_default();
            let equals = line.iter().position(|&byte| byte == b'=');
            equals.is_some_and(|equals| {
                defines(&line[equals..])
                    && line[..equals]
                        .iter()
                        .all(|&byte| byte.is_ascii_alphanumeric() || b" \t_(*)".contains(&byte))
            })
        }
        Some(byte) if byte.is_ascii_lowercase() => {
            let is_declaration = |keyword: &&str| keyword.as_bytes() == word;
            token::DECLARATIONS.iter().any(is_declaration)
                || (!token::KEYWORDS.iter().any(is_declaration) && defines(after(end)))
        }
        _ => false,
    }
}
