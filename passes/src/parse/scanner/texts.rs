//! Text literals and their holes.

use super::super::lexer::{self, Lexeme};
use super::super::messages::Place;
use super::super::token::TokenKind;
use super::{Failure, FrameKind, MAX_DEPTH, Scanner};

/// A quotation mark of a text in a hole, written like one of the text around it.
const ESCAPED_QUOTE: &[u8] = b"\\\"";

impl Scanner<'_> {
    /// Whether the scanner is between the quotation marks of a text.
    pub(super) fn in_text(&self) -> bool {
        matches!(
            self.frame_kind(),
            Some(FrameKind::Text | FrameKind::InnerText)
        )
    }

    /// The token at a position outside of texts. In a hole, the quotation marks of a text may be escaped.
    pub(super) fn lexeme(&self, position: usize) -> Lexeme {
        let in_hole = || {
            let mut frames = self.frames.iter();
            frames.any(|frame| frame.kind == FrameKind::Hole)
        };
        if self.bytes[position..self.limit].starts_with(ESCAPED_QUOTE) && in_hole() {
            return Lexeme::Token(TokenKind::Quote, position + 2);
        }
        lexer::token(self.source, self.limit, position)
    }

    /// Scans characters of a text literal, and the quotation mark or brace that ends them.
    pub(super) fn text_part(&mut self, start: usize) -> Result<usize, Failure> {
        let inner = self.frame_kind() == Some(FrameKind::InnerText);
        let mut position = start;
        while position < self.limit {
            match self.bytes[position] {
                b'\\' if inner && self.bytes[position..].starts_with(ESCAPED_QUOTE) => break,
                // The brace of `\u{…}` opens no hole.
                b'\\' if self.bytes.get(position + 1..position + 3) == Some(b"u{") => position += 3,
                b'\\' => position += 2,
                b'"' | b'{' => break,
                _ => position += 1,
            }
        }
        // The quotation mark of the text around it does not end a text in a hole.
        let end = self.bytes[..self.limit].get(position).copied();
        let Some(end) = end.filter(|&end| !inner || end != b'"') else {
            let token = self.frames.last().map_or(0, |frame| frame.token);
            return Err(self.unclosed(token));
        };
        if position > start {
            self.push(TokenKind::Chunk, start, position);
        }
        if end == b'{' {
            self.open_hole(position);
            return Ok(position + 1);
        }
        if let Some(frame) = self.frames.pop() {
            self.nested.truncate(frame.nested);
        }
        let length = if inner { ESCAPED_QUOTE.len() } else { 1 };
        self.push(TokenKind::Quote, position, position + length);
        if inner {
            // What closes a text is the last byte for the grammar.
            self.mask[position] = b'#';
        }
        Ok(position + length)
    }

    fn open_hole(&mut self, position: usize) {
        self.open(FrameKind::Hole);
        self.push(TokenKind::Open, position, position + 1);
        if self.frames.len() > MAX_DEPTH && !self.too_deep {
            self.too_deep = true;
            self.sound = false;
            let place = Place::new(position, position + 1);
            self.reporter.too_deep(place, MAX_DEPTH);
        }
    }

    /// Shows the grammar a `\"` that opens a text: what opens one is the first byte, and the second is content.
    pub(super) fn mask_inner_quote(&mut self, position: usize) {
        self.mask[position] = b'"';
        self.mask[position + 1] = b'#';
    }
}
