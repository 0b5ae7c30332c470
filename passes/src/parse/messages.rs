//! What `parse` says about syntax errors, in the programmer's words.

use nanopass::{Diagnostic, Span};

use super::lexer::Wrong;
use super::token::Token;
use crate::codes;

/// A range of bytes in the file that is being parsed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    lo: usize,
    hi: usize,
}

impl Place {
    pub fn new(lo: usize, hi: usize) -> Place {
        Place { lo, hi }
    }

    pub fn of(token: &Token) -> Place {
        Place::new(token.lo as usize, token.hi as usize)
    }

    /// From the start of one place to the end of another.
    pub fn between(first: Place, last: Place) -> Place {
        Place::new(first.lo, last.hi)
    }

    /// The empty place behind this one.
    pub fn end(self) -> Place {
        Place::new(self.hi, self.hi)
    }

    /// The empty place before this one.
    pub fn start(self) -> Place {
        Place::new(self.lo, self.lo)
    }
}

/// How many syntax errors of one file are reported.
const MAX_ERRORS: usize = 1_000;

/// What is said of `x'`.
const NO_PRIME: &str = "a name holds no `'`";

/// Collects the diagnostics of one file.
pub struct Reporter {
    start: u32,
    list: Vec<Diagnostic>,
    /// Whether what is reported stands in a hole of a text.
    pub in_hole: bool,
}

impl Reporter {
    /// A reporter for a file whose text starts at this position.
    pub fn new(start: u32) -> Reporter {
        Reporter {
            start,
            list: Vec::new(),
            in_hole: false,
        }
    }

    /// The span of a place of the file.
    pub fn span(&self, place: Place) -> Span {
        Span::new(self.start + place.lo as u32, self.start + place.hi as u32)
    }

    /// What stands at a place of the file with this text.
    pub fn text<'a>(&self, place: Place, source: &'a str) -> &'a str {
        source.get(place.lo..place.hi).unwrap_or_default()
    }

    /// Adds a diagnostic, up to a number that nobody reads any more.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        // A keyword that is used as a name is one mistake, however often the name stands there.
        let repeats = diagnostic.code == codes::KEYWORD_AS_NAME || diagnostic.message == NO_PRIME;
        let again = repeats
            && self.list.iter().any(|earlier| {
                earlier.code == diagnostic.code && earlier.message == diagnostic.message
            });
        if self.list.len() < MAX_ERRORS && !again {
            self.list.push(diagnostic);
        }
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn truncate(&mut self, len: usize) {
        self.list.truncate(len);
    }

    /// The diagnostics by their place.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(|diagnostic| diagnostic.span().lo);
        self.list
    }

    /// `;` behind declarations, wherever it stands in the file.
    pub fn semicolons(&mut self, places: &[Place]) {
        let Some(&first) = places.first() else {
            return;
        };
        let message = "a declaration ends with its line, without `;`";
        let mut diagnostic = Diagnostic::error(codes::UNEXPECTED_TOKEN, message)
            .at(self.span(first), "")
            .help("`;` separates the statements of a block that stand on one line");
        if places.len() > 1 {
            let others = places.len() - 1;
            let noun = if others == 1 {
                "declaration"
            } else {
                "declarations"
            };
            diagnostic = diagnostic.note(format!("{others} more {noun} of this file end so"));
        }
        for &place in places {
            diagnostic = diagnostic.edit(self.span(place), "", "leave the `;` out");
        }
        self.push(diagnostic);
    }

    /// A word at the end of a declaration that elsewhere begins an indented block.
    pub fn indented_block(&mut self, place: Place, word: &str, first: &str) {
        let help = match (word, first) {
            ("do" | "begin", _) => "effects run in a block: `effect { … }`",
            ("of", _) => "a match is written `x ? | Some n => n | None => 0`",
            (_, "class") => "members stand in braces: `class Shape A = { area : A -> Float }`",
            (_, "instance") => {
                "members stand in braces: `instance Shape Circle = { area: c => 1.0 }`"
            }
            (_, "module") => {
                "the header of a module is `module a.b` alone, and `export` has lines of its own"
            }
            _ => "local definitions stand in a block before its result: `{ y = x + 1; y * 2 }`",
        };
        let message = format!("`{word}` begins no block");
        let diagnostic = Diagnostic::error(codes::UNEXPECTED_TOKEN, message)
            .at(self.span(place), "")
            .help(help);
        self.push(diagnostic);
    }

    pub fn too_large(&mut self, size: usize, limit: usize) {
        let message = format!(
            "this file has {} MB; the limit is {} MB",
            size.div_ceil(1 << 20),
            limit >> 20
        );
        let at = self.span(Place::new(0, 0));
        let diagnostic = Diagnostic::error(codes::TOO_LARGE, message)
            .at(at, "")
            .help("split it into several modules, or read data at run time");
        self.push(diagnostic);
    }

    pub fn other_module(&mut self, place: Place) {
        let diagnostic = Diagnostic::error(codes::UNEXPECTED_TOKEN, "a file holds one module")
            .at(self.span(place), "a second one begins here")
            .help("the module `a.b` stands in the file `a/b.aivi`; its header is the first line");
        self.push(diagnostic);
    }

    pub fn too_deep(&mut self, place: Place, limit: usize) {
        let message = format!("this nests more than {limit} levels deep");
        let diagnostic = Diagnostic::error(codes::TOO_DEEP, message)
            .at(self.span(place), "one level too many")
            .help("give inner parts names of their own");
        self.push(diagnostic);
    }

    pub fn unclosed_comment(&self, place: Place) -> Diagnostic {
        Diagnostic::error(codes::UNCLOSED_COMMENT, "this comment is not closed")
            .at(self.span(place), "opened here")
            .help("comments nest: each `/*` needs its own `*/`")
    }

    pub fn unclosed_text(&self, place: Place) -> Diagnostic {
        Diagnostic::error(codes::UNCLOSED_TEXT, "this text is not closed")
            .at(self.span(place), "opened here")
            .help("close it with the same quotation marks; inside a text, write `\\\"` for one")
    }

    /// A quotation mark inside of a hole that closes nothing: the hole is not closed, or not meant.
    pub fn unclosed_hole(&self, place: Place) -> Diagnostic {
        Diagnostic::error(codes::UNCLOSED_TEXT, "this text is not closed")
            .at(
                self.span(place),
                "it begins inside of a hole, which `{` opens",
            )
            .help("a hole ends with `}`; for a brace itself, write `\\{`")
    }

    pub fn unclosed_bracket(
        &self,
        open: Place,
        text: &str,
        closing: &str,
        end: Place,
    ) -> Diagnostic {
        Diagnostic::error(codes::UNMATCHED_BRACKET, format!("`{text}` is not closed"))
            .at(
                self.span(end),
                format!("expected `{closing}` here or before"),
            )
            .label(self.span(open), "opened here")
    }

    pub fn mismatched(
        &self,
        place: Place,
        found: &str,
        open: Option<Token>,
        expected: &str,
    ) -> Diagnostic {
        let message = format!("found `{found}` where `{expected}` is expected");
        let diagnostic = Diagnostic::error(codes::UNMATCHED_BRACKET, message)
            .at(self.span(place), format!("expected `{expected}`"));
        match open {
            Some(open) => diagnostic.label(self.span(Place::of(&open)), "opened here"),
            None => diagnostic,
        }
    }

    pub fn unmatched(&self, place: Place, text: &str) -> Diagnostic {
        Diagnostic::error(codes::STRAY_BRACKET, format!("`{text}` closes nothing"))
            .at(self.span(place), "no bracket is open here")
    }

    /// A token that no program holds.
    pub fn wrong_token(&mut self, what: Wrong, text: &str, place: Place) {
        let span = self.span(place);
        let diagnostic = match what {
            Wrong::Character if text.starts_with('\\') && self.in_hole => {
                let message = "unexpected character `\\`";
                Diagnostic::error(codes::UNKNOWN_CHARACTER, message).at(span, "")
                    .help("inside of a hole quotation marks stand without `\\`; for a brace itself, write `\\{`")
            }
            Wrong::Character => unknown_character(text, span),
            Wrong::Prime => {
                Diagnostic::error(codes::UNKNOWN_CHARACTER, NO_PRIME)
                    .at(span, "")
                    .help("names are written with letters, digits and `_`; `x2` or `next` may do")
            }
            Wrong::CharLiteral => {
                Diagnostic::error(codes::MALFORMED_TOKEN, "a character literal holds exactly one character")
                    .at(span, "")
                    .help("a text is written with quotation marks: \"…\"")
            }
            Wrong::Sigil => Diagnostic::error(codes::MALFORMED_TOKEN, "this sigil is not closed on its line")
                .at(span, ""),
            Wrong::Tilde if text == "~" => {
                Diagnostic::error(codes::MALFORMED_TOKEN, "`~` begins a sigil, such as `~set[1, 2]` or `~r/a+/`")
                    .at(span, "no name of a sigil follows")
            }
            Wrong::Tilde => Diagnostic::error(codes::MALFORMED_TOKEN, "a sigil needs its content in brackets")
                .at(span, format!("expected `(`, `[`, `{{` or `/` right after `{text}`")),
            Wrong::NumberRunsOn => Diagnostic::error(codes::MALFORMED_TOKEN, "this number runs into what follows")
                .at(span, "")
                .help("a suffix begins with a lowercase letter, as in `10px`; otherwise put a space between"),
            Wrong::Underscore => {
                Diagnostic::error(codes::UNKNOWN_CHARACTER, "a name cannot begin with `_`")
                    .at(span, "")
                    .help("what is not needed is `_` alone")
                    .edit(span, "_", "write `_`")
            }
        };
        self.push(diagnostic);
    }
}

fn unknown_character(text: &str, span: Span) -> Diagnostic {
    let shown = text.escape_debug().to_string().replace("\\\\", "\\");
    let diagnostic = Diagnostic::error(
        codes::UNKNOWN_CHARACTER,
        format!("unexpected character `{shown}`"),
    )
    .at(span, "");
    let first = text.chars().next().unwrap_or(' ');
    match first {
        '“' | '”' | '„' => {
            diagnostic.help("texts are written with straight quotation marks: \"…\"")
        }
        '‘' | '’' => {
            diagnostic.help("characters are written with straight quotation marks: 'a'")
        }
        '\\' => diagnostic.help("a function is written `x => …`"),
        '$' => diagnostic.help("write `f (g x)`, or from left to right `x |> g |> f`"),
        '`' => diagnostic
            .help("a text is written \"…\", and a function stands before its arguments: `f a b`"),
        '#' => diagnostic.help("a comment is written `// …`"),
        '→' => diagnostic.help("write `->`"),
        '⇒' => diagnostic.help("write `=>`"),
        '≤' => diagnostic.help("write `<=`"),
        '≥' => diagnostic.help("write `>=`"),
        '≠' => diagnostic.help("write `!=`"),
        first if first.is_alphabetic() => {
            diagnostic.help("names are written with the letters a-z and A-Z, digits and `_`")
        }
        first if first.is_whitespace() => {
            diagnostic.help("this is an unusual space; replace it by an ordinary one")
        }
        _ => diagnostic,
    }
}
