//! Cuts a file into items and masks what the grammar need not see.
//!
//! The scanner knows everything about LANGUAGE.md's section 1: tokens, comments, brackets, and which line breaks
//! count. It writes a *masked copy* of the file, byte for byte as long as the original, in which
//!
//! - comments, and line breaks that do not count, are spaces, and a line break that counts is one `\n`;
//! - what a literal holds is hidden, so that the grammar never looks into one (see [`mask_token`]).
//!
//! Recovery: an item with a bracket that does not match is scanned again, as if the file ended at the next line
//! that looks like the start of a declaration. All repeated scanning together is bounded by a multiple of the
//! file's size; beyond that bound every item ends at such a line at once.

use std::ops::Range;

use nanopass::Diagnostic;

use super::lexer::{self, Lexeme, Wrong};
use super::messages::{Place, Reporter};
use super::token::{self, Token, TokenKind};

/// How deep brackets, `if`, `?` and texts in holes of texts may nest.
pub const MAX_DEPTH: usize = 2_000;

/// How often the size of the file may be scanned in vain before every item is cut at the next declaration.
const RESCAN_FACTOR: usize = 4;

/// A file cut into items.
pub struct Scan {
    /// The masked copy.
    pub mask: String,
    /// The tokens of the whole file, in order, [`TokenKind::Unknown`] ones included.
    pub tokens: Vec<Token>,
    /// The declarations, in order.
    pub items: Vec<Item>,
}

/// The tokens of one declaration.
#[derive(Clone, Debug)]
pub struct Item {
    /// Indices into [`Scan::tokens`].
    pub tokens: Range<usize>,
    /// Whether it may be parsed: nothing was reported that makes its text meaningless.
    pub sound: bool,
    /// Whether it begins like a declaration in the column where declarations begin, so that one can go on here
    /// after an error.
    pub starts: bool,
}

/// An open bracket.
struct Frame {
    kind: FrameKind,
    /// The token that opened it.
    token: usize,
    /// How many entries of `Scanner::nested` lie outside of it.
    nested: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum FrameKind {
    /// `(`: line breaks are white space.
    Paren,
    /// `[` and `{`: line breaks count.
    Sequence,
    /// The brace of a hole in a text: line breaks are white space.
    Hole,
    /// Between the quotation marks of a text.
    Text,
}

/// A construct without brackets whose parts nest: it is deep to whoever walks it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nested {
    If,
    Arms,
    Keyword,
}

/// Why an item cannot be scanned to its end.
type Failure = Box<Diagnostic>;

struct Scanner<'a> {
    source: &'a str,
    bytes: &'a [u8],
    reporter: &'a mut Reporter,
    mask: Vec<u8>,
    tokens: Vec<Token>,
    items: Vec<Item>,
    /// The scanner sees nothing at or behind this position.
    limit: usize,
    frames: Vec<Frame>,
    nested: Vec<Nested>,
    /// The brace that opened `module a.b = { … }`, while it is open.
    braced: Option<Token>,
    /// The column, in bytes, in which declarations start.
    column: usize,
    /// Positions of lines that look like the start of a declaration; found when first needed.
    starts: Option<Vec<usize>>,
    /// Whether the item in progress nests too deeply; no more is said about its brackets then.
    too_deep: bool,
    /// What [`Item::sound`] of the item in progress will be.
    sound: bool,
    /// The token up to which the item in progress consists of decorators.
    decorators: usize,
}

/// Scans a file; what is wrong with its tokens and brackets goes to the reporter.
pub fn scan(source: &str, reporter: &mut Reporter) -> Scan {
    let mut scanner = Scanner {
        source,
        bytes: source.as_bytes(),
        reporter,
        mask: vec![b' '; source.len()],
        tokens: Vec::new(),
        items: Vec::new(),
        limit: source.len(),
        frames: Vec::new(),
        nested: Vec::new(),
        braced: None,
        column: 0,
        starts: None,
        too_deep: false,
        sound: true,
        decorators: 0,
    };
    scanner.file();
    Scan {
        mask: String::from_utf8(scanner.mask).unwrap_or_default(),
        tokens: scanner.tokens,
        items: scanner.items,
    }
}

impl Scanner<'_> {
    fn file(&mut self) {
        let mut position = if self.source.starts_with('\u{feff}') {
            3
        } else {
            0
        };
        let mut wasted = 0;
        while position < self.bytes.len() {
            let first_token = self.tokens.len();
            let errors = self.reporter.len();
            self.limit = if wasted > RESCAN_FACTOR * self.bytes.len() {
                self.next_start(position)
            } else {
                self.bytes.len()
            };
            let mut outcome = self.item(position);
            if outcome.is_err() && self.limit == self.bytes.len() {
                let seen = self.tokens.last().map_or(position, |last| last.hi as usize);
                wasted += self.bytes.len() - position;
                self.tokens.truncate(first_token);
                self.reporter.truncate(errors);
                if let Some(range) = self.mask.get_mut(position..) {
                    let dirty = (seen + 1).saturating_sub(position).min(range.len());
                    range[..dirty].fill(b' ');
                }
                self.limit = self.next_start(position);
                outcome = self.item(position);
            }
            let end = match outcome {
                Ok(end) => end,
                Err(failure) => {
                    if !self.too_deep {
                        self.reporter.push(*failure);
                    }
                    self.sound = false;
                    self.rest_of_item(position);
                    self.limit
                }
            };
            if self.tokens.len() > first_token {
                self.finish_item(first_token);
            }
            position = end;
        }
        // An item that failed may have run over the brace.
        if let Some(brace) = self.braced
            && self.items.iter().all(|item| item.sound)
        {
            let end = self.tokens.last().map_or(0, |last| last.hi as usize);
            let end = Place::new(end, end);
            let unclosed = self
                .reporter
                .unclosed_bracket(Place::of(&brace), "{", "}", end);
            self.reporter.push(unclosed);
        }
    }

    /// Turns what the failed item did not reach into one unknown token.
    fn rest_of_item(&mut self, start: usize) {
        let from = self.tokens.last().map_or(0, |last| last.hi as usize);
        let from = from.max(start);
        let rest = self.source.get(from..self.limit).unwrap_or_default();
        let lo = from + (rest.len() - rest.trim_start().len());
        let hi = from + rest.trim_end().len();
        if lo < hi {
            self.push(TokenKind::Unknown, lo, hi);
        }
    }

    fn finish_item(&mut self, first: usize) {
        let tokens = first..self.tokens.len();
        let starts = self.tokens.get(first).is_some_and(|token| {
            self.is_start(token.lo as usize) || token.text(self.source) == "}"
        });
        self.items.push(Item {
            tokens,
            sound: self.sound,
            starts,
        });
    }

    /// Scans one item from `start` on and gives the position where the next one may start.
    fn item(&mut self, start: usize) -> Result<usize, Failure> {
        self.frames.clear();
        self.nested.clear();
        self.too_deep = false;
        self.sound = true;
        let first = self.tokens.len();
        self.decorators = first;
        let mut position = start;
        loop {
            if self.frame_kind() == Some(FrameKind::Text) {
                position = self.text_part(position)?;
                continue;
            }
            let trivia_start = position;
            let newline;
            (position, newline) = self.trivia(position)?;
            if position >= self.limit {
                return match self.frames.last() {
                    Some(frame) => Err(self.unclosed(frame.token)),
                    None => Ok(self.limit),
                };
            }
            let lexeme = lexer::token(self.source, self.limit, position);
            if let Some(newline) = newline
                && self.newline_counts(first, &lexeme, position)
            {
                if self.frames.is_empty() {
                    return Ok(trivia_start);
                }
                self.mask[newline] = b'\n';
                self.close_nested();
            }
            if self.braced.is_some()
                && self.frames.is_empty()
                && self.tokens.len() > first
                && self.bytes.get(position) == Some(&b'}')
            {
                return Ok(trivia_start);
            }
            position = self.token(first, lexeme, position)?;
            if self.opens_module(first) {
                self.braced = self.tokens.last().copied();
                self.frames.clear();
                self.find_column(position);
                return Ok(position);
            }
            if self.braced.is_some() && self.tokens.len() == first + 1 && self.frames.is_empty() {
                let token = self.tokens[first];
                if token.kind == TokenKind::Close && token.text(self.source) == "}" {
                    self.braced = None;
                    return Ok(position);
                }
            }
        }
    }

    /// Skips white space and comments; gives the position of the first line break among them.
    fn trivia(&self, start: usize) -> Result<(usize, Option<usize>), Failure> {
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

    fn frame_kind(&self) -> Option<FrameKind> {
        self.frames.last().map(|frame| frame.kind)
    }

    /// The text of the `back`th token from the end, in the item that starts at token `first`.
    fn previous(&self, first: usize, back: usize) -> Option<(TokenKind, &str)> {
        let index = self.tokens.len().checked_sub(back)?;
        let token = self.tokens.get(index).filter(|_| index >= first)?;
        Some((token.kind, token.text(self.source)))
    }

    /// Whether a line break between the last token and the one at `position` ends or separates something.
    fn newline_counts(&mut self, first: usize, next: &Lexeme, position: usize) -> bool {
        if matches!(
            self.frame_kind(),
            Some(FrameKind::Paren | FrameKind::Hole | FrameKind::Text)
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
    fn before_colon(&self, position: usize) -> bool {
        let rest = self.bytes.get(position..self.limit).unwrap_or_default();
        let rest = rest.trim_ascii_start();
        rest.first() == Some(&b':') && rest.get(1) != Some(&b'=')
    }

    fn token(&mut self, first: usize, lexeme: Lexeme, lo: usize) -> Result<usize, Failure> {
        match lexeme {
            Lexeme::Unclosed => {
                let place = Place::new(lo, lo + 3);
                let diagnostic = self.reporter.unclosed_text(place);
                Err(Box::new(diagnostic))
            }
            Lexeme::Wrong { end, what } => {
                let text = self.source.get(lo..end).unwrap_or_default();
                // Where one character is foreign, others of the same declaration are too.
                if self.sound || what != Wrong::Character {
                    self.reporter.wrong_token(what, text, Place::new(lo, end));
                }
                self.sound = false;
                self.push(TokenKind::Unknown, lo, end);
                Ok(end)
            }
            Lexeme::Token(kind, end) => {
                let (kind, end) = self.reclassify(first, kind, lo, end);
                self.structure(first, kind, lo, end)?;
                Ok(end)
            }
        }
    }

    /// A keyword may be a field's name, and letters or `%` may be the suffix of the parenthesis that they touch.
    fn reclassify(
        &self,
        first: usize,
        kind: TokenKind,
        lo: usize,
        end: usize,
    ) -> (TokenKind, usize) {
        let touches = |text: &str| {
            let last = self.tokens.last().filter(|_| self.tokens.len() > first);
            last.is_some_and(|last| last.hi as usize == lo && last.text(self.source) == text)
        };
        if kind == TokenKind::Keyword {
            let is_field = touches(".") || (!self.frames.is_empty() && self.before_colon(end));
            if is_field {
                return (TokenKind::Lower, end);
            }
        }
        // `fails` is a keyword in this one place.
        if kind == TokenKind::Lower
            && self.source.get(lo..end) == Some("fails")
            && self.previous(first, 2) == Some((TokenKind::Keyword, "capability"))
        {
            return (TokenKind::Keyword, end);
        }
        if touches(")")
            && let Some(end) = lexer::suffix_end(&self.bytes[..self.limit], lo)
        {
            return (TokenKind::Suffix, end);
        }
        (kind, end)
    }

    /// Pushes a token and keeps track of brackets and of depth.
    fn structure(
        &mut self,
        first: usize,
        kind: TokenKind,
        lo: usize,
        hi: usize,
    ) -> Result<(), Failure> {
        let text = self.source.get(lo..hi).unwrap_or_default();
        let previous = self
            .tokens
            .len()
            .checked_sub(1)
            .filter(|&last| last >= first);
        let previous = previous.map_or("", |last| self.tokens[last].text(self.source));
        match (kind, text) {
            (TokenKind::Open, "(") => self.open(FrameKind::Paren),
            (TokenKind::Open, _) => self.open(FrameKind::Sequence),
            (TokenKind::Quote, _) => self.open(FrameKind::Text),
            (TokenKind::Close, _) => self.close(lo, text)?,
            (TokenKind::Punct, "," | ";") => self.close_nested(),
            (TokenKind::Punct, "?") => self.nested.push(Nested::Arms),
            (TokenKind::Punct, "|") => {
                if matches!(previous, "or" | "=" | ":") {
                    self.nested.push(Nested::Arms);
                } else {
                    self.close_to(Nested::Arms);
                }
            }
            (TokenKind::Keyword, "if") if previous == "else" => self.close_to(Nested::If),
            (TokenKind::Keyword, "if") => self.nested.push(Nested::If),
            (TokenKind::Keyword, "yield" | "recurse" | "loop") => self.nested.push(Nested::Keyword),
            _ => {}
        }
        self.push(kind, lo, hi);
        let depth = self.frames.len() + self.nested.len();
        if depth > MAX_DEPTH && !self.too_deep {
            self.too_deep = true;
            self.sound = false;
            self.reporter.too_deep(Place::new(lo, hi), MAX_DEPTH);
        }
        Ok(())
    }

    fn open(&mut self, kind: FrameKind) {
        self.frames.push(Frame {
            kind,
            token: self.tokens.len(),
            nested: self.nested.len(),
        });
    }

    /// Ends the constructs without brackets that are open inside the innermost bracket.
    fn close_nested(&mut self) {
        let outside = self.frames.last().map_or(0, |frame| frame.nested);
        self.nested.truncate(outside);
    }

    /// Ends those inside the innermost construct of this kind, if there is one inside the innermost bracket.
    fn close_to(&mut self, kind: Nested) {
        let outside = self.frames.last().map_or(0, |frame| frame.nested);
        let inside = self.nested.get(outside..).unwrap_or_default();
        if let Some(index) = inside.iter().rposition(|&nested| nested == kind) {
            self.nested.truncate(outside + index + 1);
        }
    }

    fn close(&mut self, lo: usize, text: &str) -> Result<(), Failure> {
        let Some(frame) = self.frames.last() else {
            if self.braced.is_some() && text == "}" {
                return Ok(());
            }
            let diagnostic = self.reporter.unmatched(Place::new(lo, lo + 1), text);
            return Err(Box::new(diagnostic));
        };
        let opening = self.tokens.get(frame.token).copied();
        let expected = opening.map_or("", |open| closing(open.text(self.source)));
        if expected != text {
            let place = Place::new(lo, lo + 1);
            let diagnostic = self.reporter.mismatched(place, text, opening, expected);
            return Err(Box::new(diagnostic));
        }
        self.nested.truncate(frame.nested);
        self.frames.pop();
        Ok(())
    }

    fn unclosed(&self, token: usize) -> Failure {
        let opening = self.tokens.get(token).copied();
        let place = opening.map_or(Place::new(0, 0), |open| Place::of(&open));
        let text = opening.map_or("", |open| open.text(self.source));
        let end = self
            .tokens
            .last()
            .map_or(self.limit, |last| last.hi as usize);
        let diagnostic = if text == "\"" {
            self.reporter.unclosed_text(place)
        } else {
            let at = Place::new(end, end);
            self.reporter
                .unclosed_bracket(place, text, closing(text), at)
        };
        Box::new(diagnostic)
    }

    /// Scans characters of a text literal, and the quotation mark or brace that ends them.
    fn text_part(&mut self, start: usize) -> Result<usize, Failure> {
        let mut position = start;
        while position < self.limit {
            match self.bytes[position] {
                // The brace of `\u{…}` opens no hole.
                b'\\' if self.bytes.get(position + 1..position + 3) == Some(b"u{") => position += 3,
                b'\\' => position += 2,
                b'"' | b'{' => break,
                _ => position += 1,
            }
        }
        let Some(&end) = self.bytes[..self.limit].get(position) else {
            let token = self.frames.last().map_or(0, |frame| frame.token);
            return Err(self.unclosed(token));
        };
        if position > start {
            self.push(TokenKind::Chunk, start, position);
        }
        if end == b'"' {
            if let Some(frame) = self.frames.pop() {
                self.nested.truncate(frame.nested);
            }
            self.push(TokenKind::Quote, position, position + 1);
        } else {
            self.open(FrameKind::Hole);
            self.push(TokenKind::Open, position, position + 1);
            if self.frames.len() > MAX_DEPTH && !self.too_deep {
                self.too_deep = true;
                self.sound = false;
                let place = Place::new(position, position + 1);
                self.reporter.too_deep(place, MAX_DEPTH);
            }
        }
        Ok(position + 1)
    }

    fn push(&mut self, kind: TokenKind, lo: usize, hi: usize) {
        if let Some(mask) = self.mask.get_mut(lo..hi) {
            mask_token(kind, &self.bytes[lo..hi], mask);
        }
        self.tokens.push(Token {
            kind,
            lo: lo as u32,
            hi: hi as u32,
        });
    }

    /// Whether the item so far is `module a.b = {`, after decorators.
    fn opens_module(&self, first: usize) -> bool {
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
    fn find_column(&mut self, position: usize) {
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
    fn is_start(&self, position: usize) -> bool {
        let Some(line) = position.checked_sub(self.column) else {
            return false;
        };
        let first = line == 0 || self.bytes.get(line - 1) == Some(&b'\n');
        let first = first || (line == 3 && self.source.starts_with('\u{feff}'));
        let indent = self.bytes.get(line..position).unwrap_or_default();
        first
            && indent.iter().all(|byte| matches!(byte, b' ' | b'\t'))
            && looks_like_start(self.bytes.get(position..).unwrap_or_default())
    }

    /// The first position after the line of `position` where a declaration seems to start, or the file's end.
    fn next_start(&mut self, position: usize) -> usize {
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

/// The bracket that closes one.
fn closing(open: &str) -> &'static str {
    match open {
        "(" => ")",
        "[" => "]",
        "{" => "}",
        _ => "",
    }
}

/// Whether a line that begins with these bytes begins a declaration: with a keyword of one, a decorator, a name
/// before `:` or `=`, or a capital letter and, on the same line, `=`.
fn looks_like_start(bytes: &[u8]) -> bool {
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

/// Writes what the grammar sees of a token. A name is `x`s, with a capital one in front for a capital letter; a
/// number is `0`s, a suffix `s`s; a literal shows what it is by its first byte, and `#` for the rest.
fn mask_token(kind: TokenKind, token: &[u8], mask: &mut [u8]) {
    let first = match kind {
        TokenKind::Lower | TokenKind::Upper => {
            mask.fill(b'x');
            if let Some(byte) = mask.first_mut().filter(|_| kind == TokenKind::Upper) {
                *byte = b'X';
            }
            return;
        }
        TokenKind::Number => {
            mask.fill(b'0');
            return;
        }
        TokenKind::Suffix => {
            mask.fill(b's');
            return;
        }
        TokenKind::Char => b'\'',
        TokenKind::RawText => b'$',
        TokenKind::Sigil => b'~',
        TokenKind::Chunk | TokenKind::Unknown => b'#',
        _ => {
            mask.copy_from_slice(token);
            return;
        }
    };
    mask.fill(b'#');
    if let Some(byte) = mask.first_mut() {
        *byte = first;
    }
}
