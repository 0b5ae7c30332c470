//! Brackets, and what nests without them.

use super::super::messages::Place;
use super::super::token::TokenKind;
use super::{Failure, Frame, FrameKind, MAX_DEPTH, Nested, Scanner};

impl Scanner<'_> {
    pub(super) fn frame_kind(&self) -> Option<FrameKind> {
        self.frames.last().map(|frame| frame.kind)
    }

    /// Pushes a token and keeps track of brackets and of depth.
    pub(super) fn structure(
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
            (TokenKind::Quote, "\"") => self.open(FrameKind::Text),
            (TokenKind::Quote, _) => self.open(FrameKind::InnerText),
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
        if kind == TokenKind::Quote && self.frame_kind() == Some(FrameKind::InnerText) {
            self.mask_inner_quote(lo);
        }
        let depth = self.frames.len() + self.nested.len();
        if depth > MAX_DEPTH && !self.too_deep {
            self.too_deep = true;
            self.sound = false;
            self.reporter.too_deep(Place::new(lo, hi), MAX_DEPTH);
        }
        Ok(())
    }

    pub(super) fn open(&mut self, kind: FrameKind) {
        self.frames.push(Frame {
            kind,
            token: self.tokens.len(),
            nested: self.nested.len(),
        });
    }

    /// Ends the constructs without brackets that are open inside the innermost bracket.
    pub(super) fn close_nested(&mut self) {
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

    pub(super) fn unclosed(&self, token: usize) -> Failure {
        let opening = self.tokens.get(token).copied();
        let place = opening.map_or(Place::new(0, 0), |open| Place::of(&open));
        let text = opening.map_or("", |open| open.text(self.source));
        let end = self
            .tokens
            .last()
            .map_or(self.limit, |last| last.hi as usize);
        let in_hole = self
            .frames
            .iter()
            .any(|frame| frame.kind == FrameKind::Hole);
        let is_quote = opening.is_some_and(|open| open.kind == TokenKind::Quote);
        let diagnostic = if is_quote && in_hole {
            self.reporter.unclosed_hole(place)
        } else if is_quote {
            self.reporter.unclosed_text(place)
        } else {
            let at = Place::new(end, end);
            self.reporter
                .unclosed_bracket(place, text, closing(text), at)
        };
        Box::new(diagnostic)
    }
}

/// The bracket that closes one.
pub(super) fn closing(open: &str) -> &'static str {
    match open {
        "(" => ")",
        "[" => "]",
        "{" => "}",
        _ => "",
    }
}
