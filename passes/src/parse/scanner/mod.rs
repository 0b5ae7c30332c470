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

mod lines;
mod nesting;
mod texts;

use std::ops::Range;

use nanopass::Diagnostic;

use lines::starts_declaration;

use super::lexer::{self, Lexeme, Wrong};
use super::messages::{Place, Reporter};
use super::token::{Token, TokenKind};

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
    /// The column in which declarations begin.
    column: usize,
}

impl Item {
    /// Whether it begins in the column where declarations begin.
    pub fn in_column(&self, source: &str, tokens: &[Token]) -> bool {
        let lo = tokens.first().map_or(0, |token| token.lo as usize);
        let before = source.get(..lo).unwrap_or_default();
        let line = before.rfind('\n').map_or(0, |newline| newline + 1);
        lo - line == self.column
    }
}

impl Scan {
    /// The first token inside of an item that begins like a declaration of its own, outside of all brackets. An item
    /// that lacks its end runs into the next one.
    pub fn next_declaration(&self, source: &str, item: &Item) -> Option<usize> {
        let mut depth = 0usize;
        // Decorators stand on lines of their own, above what they belong to.
        let decorated = self
            .tokens
            .get(item.tokens.start)
            .is_some_and(|first| first.text(source) == "@");
        let mut first = !decorated;
        for index in item.tokens.clone() {
            let token = self.tokens.get(index)?;
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth = depth.saturating_sub(1),
                TokenKind::Quote | TokenKind::Chunk => {}
                _ if depth == 0
                    && index > item.tokens.start
                    && starts_declaration(source.as_bytes(), item.column, token.lo as usize) =>
                {
                    if first {
                        return Some(index);
                    }
                    // More decorators may follow the first.
                    first = token.text(source) != "@";
                }
                _ => {}
            }
        }
        None
    }
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
    /// Between `\"` and `\"`, as a text in a hole of another one may be written.
    InnerText,
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
            column: self.column,
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
            if self.in_text() {
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
            let lexeme = self.lexeme(position);
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

    /// The text of the `back`th token from the end, in the item that starts at token `first`.
    fn previous(&self, first: usize, back: usize) -> Option<(TokenKind, &str)> {
        let index = self.tokens.len().checked_sub(back)?;
        let token = self.tokens.get(index).filter(|_| index >= first)?;
        Some((token.kind, token.text(self.source)))
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
                    self.reporter.in_hole = self
                        .frames
                        .iter()
                        .any(|frame| frame.kind == FrameKind::Hole);
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
