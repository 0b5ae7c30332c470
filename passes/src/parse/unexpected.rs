//! What to say where the grammar cannot go on: the token that is in the way, what would fit, and, for the mistakes
//! that people make, what they probably meant.

use nanopass::Diagnostic;

use super::messages::{Place, Reporter};
use super::token::{Token, TokenKind, needs_operand};
use crate::codes;

/// An item that does not parse, and the token where that shows; `at` is behind the last one if more is missing.
pub struct Stuck<'a> {
    pub source: &'a str,
    pub tokens: &'a [Token],
    pub at: usize,
}

impl Stuck<'_> {
    pub(super) fn text(&self, index: Option<usize>) -> &str {
        let token = index.and_then(|index| self.tokens.get(index));
        token.map_or("", |token| token.text(self.source))
    }

    pub(super) fn kind(&self, index: Option<usize>) -> Option<TokenKind> {
        index
            .and_then(|index| self.tokens.get(index))
            .map(|token| token.kind)
    }

    pub(super) fn place(&self, index: usize) -> Place {
        match (self.tokens.get(index), self.tokens.last()) {
            (Some(token), _) => Place::of(token),
            (None, Some(last)) => Place::new(last.hi as usize, last.hi as usize),
            (None, None) => Place::new(0, 0),
        }
    }

    /// The indices of the brackets that are open before the token, the innermost last.
    pub(super) fn open_brackets(&self) -> Vec<usize> {
        let mut open = Vec::new();
        for (index, token) in self.tokens.iter().enumerate().take(self.at) {
            match token.kind {
                TokenKind::Open => open.push(index),
                TokenKind::Quote
                    if open
                        .last()
                        .is_some_and(|&last| self.kind(Some(last)) == Some(TokenKind::Quote)) =>
                {
                    open.pop();
                }
                TokenKind::Quote => open.push(index),
                TokenKind::Close => {
                    open.pop();
                }
                _ => {}
            }
        }
        open
    }

    /// The texts of the tokens before the stuck one, inside the same bracket and the same entry, the nearest first;
    /// what stands in brackets of its own is left out.
    pub(super) fn before(&self) -> Vec<&str> {
        let mut texts = Vec::new();
        let mut depth = 0usize;
        for token in self.tokens.iter().take(self.at).rev() {
            let text = token.text(self.source);
            match token.kind {
                TokenKind::Close => depth += 1,
                TokenKind::Open if depth == 0 => break,
                TokenKind::Open => depth -= 1,
                TokenKind::Chunk | TokenKind::Quote => {}
                _ if depth == 0 && matches!(text, "," | ";") => break,
                _ if depth == 0 => texts.push(text),
                _ => {}
            }
        }
        texts
    }

    /// The keyword that the declaration begins with, behind its decorators.
    fn declares(&self) -> &str {
        let keyword = self
            .tokens
            .iter()
            .find(|token| token.kind == TokenKind::Keyword);
        keyword.map_or("", |token| token.text(self.source))
    }

    /// Whether white space stands before the item on its line.
    fn is_indented(&self) -> bool {
        let before = self
            .tokens
            .first()
            .and_then(|first| first.lo.checked_sub(1));
        let before = before.and_then(|at| self.source.as_bytes().get(at as usize));
        before.is_some_and(|byte| matches!(byte, b' ' | b'\t'))
    }

    /// Whether the token stands in a hole of a text.
    fn in_hole(&self) -> bool {
        let open = self.open_brackets();
        let [.., text, hole] = open.as_slice() else {
            return false;
        };
        self.kind(Some(*text)) == Some(TokenKind::Quote) && self.text(Some(*hole)) == "{"
    }

    /// Reports the mistake.
    pub fn report(&self, reporter: &mut Reporter) {
        let diagnostic = self
            .incomplete(reporter)
            .or_else(|| self.foreign(reporter))
            .or_else(|| self.nameless(reporter))
            .or_else(|| self.keyword_as_name(reporter));
        let diagnostic = diagnostic.unwrap_or_else(|| self.unexpected(reporter));
        reporter.push(diagnostic);
    }

    /// A declaration or a statement that runs into the next one: the stuck `=`, `:` or `<-` belongs to a name at the
    /// start of a line.
    fn incomplete(&self, reporter: &Reporter) -> Option<Diagnostic> {
        let name = self.at.checked_sub(1).filter(|&name| name > 0)?;
        let line_start = self.tokens.get(name)?.lo.checked_sub(1)?;
        let in_first_column = self.source.as_bytes().get(line_start as usize) == Some(&b'\n');
        let found = self.text(Some(self.at));
        if !matches!(found, "=" | ":" | "<-") || self.kind(Some(name)) != Some(TokenKind::Lower) {
            return None;
        }
        if !in_first_column {
            let last = self.text(Some(name - 1));
            let lacks = matches!(self.kind(Some(name - 1)), Some(TokenKind::Punct))
                && needs_operand(last)
                && !matches!(last, "," | "|");
            return (lacks && found != ":" && self.starts_line(name)).then(|| {
                let message = format!("nothing follows the `{last}` of this line");
                Diagnostic::error(codes::UNEXPECTED_TOKEN, message).at(
                    reporter.span(self.place(name - 1)),
                    "expected an expression after it",
                )
            });
        }
        let before = Stuck {
            source: self.source,
            tokens: self.tokens.get(..name)?,
            at: name,
        };
        let end = before.place(name);
        if let Some(&open) = before.open_brackets().last() {
            let text = self.text(Some(open));
            let closing = match text {
                "(" => ")",
                "[" => "]",
                "{" => "}",
                _ => return None,
            };
            return Some(reporter.unclosed_bracket(self.place(open), text, closing, end));
        }
        let expected = before.expected(&before.before());
        let diagnostic =
            Diagnostic::error(codes::UNEXPECTED_TOKEN, "this declaration is not complete");
        Some(diagnostic.at(reporter.span(end), expected))
    }

    /// `class = Eq A => { … }`: the name stands behind the `=`.
    fn nameless(&self, reporter: &Reporter) -> Option<Diagnostic> {
        let keyword = self.tokens.iter().position(|token| {
            let text = token.text(self.source);
            token.kind == TokenKind::Keyword
                && matches!(
                    text,
                    "class" | "capability" | "domain" | "type" | "instance"
                )
        })?;
        let equals = Some(keyword + 1);
        let name = self.text(Some(keyword + 2));
        if self.text(equals) != "=" || self.kind(Some(keyword + 2)) != Some(TokenKind::Upper) {
            return None;
        }
        let word = self.text(Some(keyword));
        let message = format!("the name of this {word} is missing");
        let diagnostic = Diagnostic::error(codes::UNEXPECTED_TOKEN, message)
            .at(
                reporter.span(self.place(keyword + 1)),
                "expected a name that begins with a capital letter",
            )
            .help(format!(
                "the name stands before the `=`: `{word} {name} … = …`"
            ));
        Some(diagnostic)
    }

    /// `type = 1`, `effect => …`, `f or`: a reserved word where a name is meant.
    fn keyword_as_name(&self, reporter: &Reporter) -> Option<Diagnostic> {
        let names_something = |text: &str| matches!(text, "=" | ":" | "=>" | "<-" | "," | ")");
        let (previous, at) = (self.at.checked_sub(1), Some(self.at));
        let index = if self.kind(at) == Some(TokenKind::Keyword) {
            let next = self.text(Some(self.at + 1));
            let operand_missing = match self.kind(previous) {
                None | Some(TokenKind::Open) => true,
                Some(TokenKind::Punct) => needs_operand(self.text(previous)),
                _ => false,
            };
            let continues = matches!(self.text(at), "then" | "else" | "or" | "when" | "with");
            (names_something(next) || (operand_missing && !continues)).then_some(self.at)
        } else if self.kind(previous) == Some(TokenKind::Keyword) && names_something(self.text(at))
        {
            previous
        } else {
            None
        }?;
        let word = self.text(Some(index));
        // A declaration keyword in the middle of an expression is a declaration that came too early.
        let misplaced = index > 0
            && matches!(
                word,
                "module" | "use" | "export" | "class" | "instance" | "domain"
            );
        if misplaced && !names_something(self.text(Some(index + 1))) {
            return None;
        }
        let diagnostic = Diagnostic::error(
            codes::KEYWORD_AS_NAME,
            format!("`{word}` is a keyword and cannot be a name"),
        )
        .at(reporter.span(self.place(index)), "a reserved word")
        .help(format!(
            "another name, such as `{word}_` or `the{}`, is free",
            capitalised(word)
        ));
        Some(diagnostic)
    }

    fn unexpected(&self, reporter: &Reporter) -> Diagnostic {
        let previous = self.at.checked_sub(1);
        let before = self.before();
        let found = self.text(Some(self.at));
        let message = if self.at >= self.tokens.len() {
            match self.text(previous) {
                "" => "expected a declaration".to_owned(),
                _ => "this declaration is not complete".to_owned(),
            }
        } else {
            format!("unexpected {}", self.described(self.at))
        };
        let span = reporter.span(self.place(self.at));
        let mut diagnostic =
            Diagnostic::error(codes::UNEXPECTED_TOKEN, message).at(span, self.expected(&before));
        if let Some(&open) = self.open_brackets().last()
            && self.at > open + 1
            && matches!(self.kind(Some(self.at)), Some(TokenKind::Close) | None)
        {
            diagnostic = diagnostic.label(reporter.span(self.place(open)), "inside of this");
        }
        match self.hint(found, &before) {
            Some(hint) => diagnostic.help(hint),
            None => diagnostic,
        }
    }

    /// A token in words.
    pub(super) fn described(&self, index: usize) -> String {
        let text = self.text(Some(index));
        match self.kind(Some(index)) {
            Some(TokenKind::Keyword) => format!("keyword `{text}`"),
            Some(TokenKind::Number) => format!("number `{text}`"),
            Some(TokenKind::Quote | TokenKind::Chunk | TokenKind::RawText) => "text".to_owned(),
            Some(TokenKind::Lower | TokenKind::Upper) => format!("name `{text}`"),
            _ => format!("`{text}`"),
        }
    }

    /// What would fit.
    fn expected(&self, before: &[&str]) -> String {
        let previous = self.at.checked_sub(1);
        let text = self.text(previous);
        let needs = match self.kind(previous) {
            None => return "expected a declaration".to_owned(),
            Some(TokenKind::Punct) => needs_operand(text),
            Some(TokenKind::Keyword) => true,
            _ => false,
        };
        if needs {
            let what = match text {
                "effect" | "generate" | "resource" | "patch" | "<|" => "`{`",
                "?" | "or" if text == "?" => "`|` and a pattern",
                "|" => "a pattern",
                ":" if before.len() == 2 && self.open_brackets().is_empty() => "a type",
                "->" if before.contains(&":") => "a type",
                "=" if before.len() == 2 && self.kind(Some(0)) == Some(TokenKind::Upper) => {
                    "a type"
                }
                "use" | "module" => "the path of a module",
                "class" | "capability" | "domain" | "type" => {
                    "a name that begins with a capital letter"
                }
                "instance" => "the name of a class",
                "over" => "a type",
                "export" | "hiding" | "as" => "a name",
                _ => "an expression",
            };
            return format!("expected {what} after `{text}`");
        }
        if text == "@" {
            return "expected the name of a decorator".to_owned();
        }
        let open_if = before.iter().position(|&text| text == "if");
        let then = before.iter().position(|&text| text == "then");
        if let Some(open_if) = open_if
            && then.is_none_or(|then| open_if < then)
        {
            return "expected `then`".to_owned();
        }
        let bar = before.iter().position(|&text| text == "|");
        let arrow = before.iter().position(|&text| text == "=>");
        if let Some(bar) = bar
            && arrow.is_none_or(|arrow| bar < arrow)
        {
            return "expected `=>` and the arm's result".to_owned();
        }
        let open = self.open_brackets();
        match open.last().map(|&open| self.text(Some(open))) {
            Some("(") => "expected `,` or `)`".to_owned(),
            Some("[") => "expected `,`, a new line or `]`".to_owned(),
            Some("{") => "expected a new line or `}`".to_owned(),
            _ if before
                .last()
                .is_some_and(|first| matches!(*first, "use" | "export" | "module")) =>
            {
                "expected the end of the line".to_owned()
            }
            _ if before.contains(&"=") || before.contains(&":") => {
                "expected the end of the declaration".to_owned()
            }
            _ if self.declares() == "instance" => "expected `=` and the members".to_owned(),
            _ => "expected `=` or `:` and a definition".to_owned(),
        }
    }

    /// What was probably meant.
    fn hint(&self, found: &str, before: &[&str]) -> Option<String> {
        let brackets = self.open_brackets();
        let bracket = brackets.last().map(|&open| self.text(Some(open)));
        let has = |text: &str| before.contains(&text);
        let previous = self.text(self.at.checked_sub(1));
        let is_operator = |text: &str| {
            super::token::continues_line(text) && !matches!(text, "=" | "=>" | "->" | "|" | "?")
        };
        let names_type = self.kind(Some(0)) == Some(TokenKind::Upper) && self.text(Some(1)) == "=";
        let hint = match found {
            _ if names_type && brackets.is_empty() && !has("|") => {
                "a name that begins with a capital letter is that of a type; values and functions begin with a small one"
            }
            _ if previous == "(" && is_operator(found) => {
                "a section has a `_` for its argument: `(_ + 1)`"
            }
            ")" if is_operator(previous) || previous == "-" => {
                "a section has a `_` for its argument: `(1 + _)`"
            }
            _ if self.in_hole() => {
                "a brace in a text begins an expression; for a brace itself, write `\\{`"
            }
            ":" if self.declares() == "instance" => {
                "the constraints of an instance stand behind its head: `instance C (T A) with (A: C) = { … }`"
            }
            "&" if matches!(self.declares(), "class" | "instance") => {
                "classes are joined with `with`: `class Ord A = Eq A with { … }`"
            }
            "&" if has(":") && !has("=") || names_type => {
                "records are merged with `with`: `A with B`"
            }
            "@" if names_type || bracket == Some("{") => {
                "decorators stand above a definition; a field has none"
            }
            "async" => "there is no concurrency; what a `generate` block computes has no effects",
            "|" if brackets.is_empty()
                && !has("=")
                && self.kind(Some(0)) == Some(TokenKind::Lower) =>
            {
                "conditions stand in arms: `classify = n => n ? | _ when n < 0 => \"negative\" | _ => \"other\"`"
            }
            "<" if self.kind(Some(self.at + 1)) == Some(TokenKind::Lower)
                || self.text(Some(self.at + 1)) == ">" =>
            {
                "an operand is missing before `<`; there are no literals of HTML"
            }
            _ if self.declares() == "export" => {
                "`export` lists names; their definitions are declarations of their own"
            }
            "=" if has("if") && !has("then") => "to compare, write `==`",
            "=" if has("|") => "the result of an arm follows `=>`",
            "=" if matches!(bracket, Some("(" | "[")) => {
                "to compare, write `==`; a function is written `x => …`"
            }
            "=" if has("=") => "to compare, write `==`",
            "->" => "functions and arms are written with `=>`; `->` stands in types",
            "|" if !names_type => "`|` begins an arm; write `?` after the value that is matched",
            "<-" => {
                "`<-` stands in `effect`, `generate` and `resource` blocks; to compare with a negative number, write `< -`"
            }
            ":" if bracket.is_some() => {
                "a type stands in a signature of its own, on the line above a top-level definition"
            }
            ":=" => "`:=` stands in patches only; nothing is assigned in AIVI",
            ".." => "a range stands in square brackets: `[1..10]`",
            "..." => "`...` begins an entry of a list, a record or a type in braces",
            "&" => "the operator is `&&`",
            "^" => "there is no such operator; see `math.pow`",
            ";" => "`;` separates statements in braces",
            "else" if !has("then") => "`if c then a else b` is the whole form",
            _ if self.declares() == "module" => {
                "a file holds one module, whose header is its first line"
            }
            _ if self.at >= self.tokens.len() && !has("=") && !has(":") && self.is_indented() => {
                "at the top level stand declarations only; if this line goes on with the one above, put the expression \
                 into parentheses"
            }
            _ if self.at >= self.tokens.len() && !has("=") && !has(":") => {
                "at the top level stand declarations only, as `name = …`; what the program does is its `main`"
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}
