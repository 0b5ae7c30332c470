//! What programmers of other languages write first, and how AIVI says it.
//!
//! Only an item that does not parse comes here: every word below is free to be a name where it can be one.

use nanopass::Diagnostic;

use super::foreign_words::{DECLARATIONS, EXPRESSIONS, OPERATORS};
use super::messages::{Place, Reporter};
use super::token::{Token, TokenKind};
use super::unexpected::Stuck;
use crate::codes;

fn advice(table: &[(&[&'static str], &'static str)], word: &str) -> Option<&'static str> {
    let entry = table.iter().find(|(words, _)| words.contains(&word));
    entry.map(|&(_, advice)| advice)
}

/// Whether an item begins with such a word, and something follows that it would declare.
pub fn begins_declaration(source: &str, tokens: &[Token]) -> bool {
    let [word, next, ..] = tokens else {
        return false;
    };
    let follows = matches!(
        next.kind,
        TokenKind::Lower | TokenKind::Upper | TokenKind::Keyword | TokenKind::Quote
    );
    word.kind == TokenKind::Lower && follows && advice(&DECLARATIONS, word.text(source)).is_some()
}

impl Stuck<'_> {
    /// A construct of another language, if it looks like one.
    pub(super) fn foreign(&self, reporter: &Reporter) -> Option<Diagnostic> {
        self.foreign_comment(reporter)
            .or_else(|| self.foreign_declaration(reporter))
            .or_else(|| self.missing_equals(reporter))
            .or_else(|| self.foreign_operator(reporter))
            .or_else(|| self.foreign_type(reporter))
            .or_else(|| self.foreign_word(reporter))
            .or_else(|| self.foreign_mark(reporter))
    }

    /// An error at some tokens, with advice.
    fn at_tokens(
        &self,
        reporter: &Reporter,
        (first, last): (usize, usize),
        message: String,
        help: &str,
    ) -> Diagnostic {
        let place = Place::between(self.place(first), self.place(last));
        Diagnostic::error(codes::UNEXPECTED_TOKEN, message)
            .at(reporter.span(place), "")
            .help(help)
    }

    /// The same, where putting another text there helps.
    fn replace(
        &self,
        reporter: &Reporter,
        tokens: (usize, usize),
        message: String,
        (help, by): (&str, &str),
    ) -> Diagnostic {
        let place = Place::between(self.place(tokens.0), self.place(tokens.1));
        self.at_tokens(reporter, tokens, message, help).edit(
            reporter.span(place),
            by,
            format!("write `{by}`"),
        )
    }

    /// Whether nothing stands between a token and the one before it.
    fn touches(&self, index: usize) -> bool {
        let before = index
            .checked_sub(1)
            .and_then(|before| self.tokens.get(before));
        matches!((before, self.tokens.get(index)), (Some(before), Some(token)) if before.hi == token.lo)
    }

    /// Whether the stuck token is in a type: a signature, or a declaration of one.
    fn in_type(&self, before: &[&str]) -> bool {
        let declares = self.kind(Some(0)) == Some(TokenKind::Upper) || self.text(Some(0)) == "type";
        declares || before.contains(&":") && !before.contains(&"=") && !before.contains(&"|")
    }

    /// The nearest word before the stuck token, in the same brackets and entry.
    fn word_before(&self, words: &[&str]) -> Option<usize> {
        let mut depth = 0usize;
        for (index, token) in self.tokens.iter().enumerate().take(self.at).rev() {
            let text = token.text(self.source);
            match token.kind {
                TokenKind::Close => depth += 1,
                TokenKind::Open if depth == 0 => return None,
                TokenKind::Open => depth -= 1,
                TokenKind::Lower if depth == 0 && words.contains(&text) => return Some(index),
                _ => {}
            }
        }
        None
    }

    /// The tokens from the stuck one to the end of its brackets, without what stands in brackets of its own.
    fn following(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut depth = 0usize;
        let tokens = self.tokens.iter().enumerate().skip(self.at);
        let inside = tokens.map_while(move |(index, token)| {
            let here = depth;
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close if depth == 0 => return None,
                TokenKind::Close => depth -= 1,
                _ => {}
            }
            Some((index, token.text(self.source), here == 0))
        });
        inside
            .filter(|&(.., outermost)| outermost)
            .map(|(index, text, _)| (index, text))
    }

    /// `-- text`
    fn foreign_comment(&self, reporter: &Reporter) -> Option<Diagnostic> {
        let dashes = self.text(Some(0)) == "-" && self.text(Some(1)) == "-" && self.touches(1);
        dashes.then(|| {
            let help = ("a comment begins with `//`", "//");
            self.replace(reporter, (0, 1), "`--` begins no comment".to_owned(), help)
        })
    }

    /// `import a.b`, `data T = A | B`, `struct P { … }`, `type alias P = …`
    fn foreign_declaration(&self, reporter: &Reporter) -> Option<Diagnostic> {
        let word = self.text(Some(0));
        if word == "type" && self.text(Some(1)) == "alias" {
            let help = "an alias is written `type Name = Text`, or without `type`";
            let message = "`alias` is no part of a declaration".to_owned();
            let gap = Place::between(self.place(1), self.place(2).start());
            let diagnostic = self.at_tokens(reporter, (1, 1), message, help);
            return Some(diagnostic.edit(reporter.span(gap), "", "leave `alias` out"));
        }
        if word == "domain"
            && self.kind(Some(1)) == Some(TokenKind::Upper)
            && self.text(Some(2)) != "over"
        {
            let name = self.text(Some(1));
            let message = format!("the domain `{name}` does not say which type it is over");
            let help = format!(
                "write `over`, its type and its body: `domain {name} over Int = {{ 1px = 1 }}`"
            );
            return Some(self.at_tokens(reporter, (1, 1), message, &help));
        }
        if word == "domain" && self.text(Some(2)) == "over" && self.at == self.tokens.len() {
            let name = self.text(Some(1));
            let message = format!("the domain `{name}` has no body");
            let help = "write behind its type what it defines: `= { 1px = 1 }`";
            let last = self.at.saturating_sub(1);
            return Some(self.at_tokens(reporter, (0, last), message, help));
        }
        if word == "use"
            && (self.kind(Some(self.at)) == Some(TokenKind::Quote)
                || matches!(self.text(Some(self.at)), "/" | ":"))
        {
            let message = format!("unexpected {}", self.described(self.at));
            let help = "the path of a module is names and dots: `use aivi.text`";
            return Some(self.at_tokens(reporter, (self.at, self.at), message, help));
        }
        if word == "-" {
            let message = "a line that begins with `-` begins a new declaration".to_owned();
            let help = "to go on with a subtraction, put the `-` at the end of the line above";
            return Some(self.at_tokens(reporter, (0, 0), message, help));
        }
        if self.text(Some(1)) == "?" && self.touches(1) && self.text(Some(self.at)) == "=" {
            let message = "a name holds no `?`".to_owned();
            let help = "what answers a question has a name such as `isEven`";
            return Some(self.at_tokens(reporter, (1, 1), message, help));
        }
        if word == "export" && self.text(Some(self.at)) == "=" {
            let help = "`export name` stands on a line of its own, beside the definition";
            return Some(self.at_tokens(
                reporter,
                (0, 0),
                "`export` does not stand before a definition".to_owned(),
                help,
            ));
        }
        let help =
            advice(&DECLARATIONS, word).filter(|_| begins_declaration(self.source, self.tokens))?;
        let message = format!("`{word}` begins no declaration");
        let diagnostic = self.at_tokens(reporter, (0, 0), message, help);
        let rest = self.tokens.get(1..).unwrap_or_default();
        let is_path = rest.iter().all(|token| {
            matches!(token.kind, TokenKind::Lower | TokenKind::Upper)
                && token.text(self.source) != "exposing"
                || token.text(self.source) == "."
        });
        let is_data = rest.iter().any(|token| token.text(self.source) == "|")
            && self.kind(Some(1)) == Some(TokenKind::Upper)
            && self.kind(Some(self.at)) == Some(TokenKind::Punct);
        Some(match word {
            "import" if is_path => {
                let span = reporter.span(self.place(0));
                diagnostic.edit(span, "use", "write `use`")
            }
            "data" if is_data => {
                let gap = Place::between(self.place(0), self.place(1).start());
                diagnostic.edit(reporter.span(gap), "", "leave `data` out")
            }
            _ => diagnostic,
        })
    }

    /// `class Shape A { … }`, `instance Eq T where`
    fn missing_equals(&self, reporter: &Reporter) -> Option<Diagnostic> {
        let word = self.text(Some(0));
        let example = match word {
            "class" => "class Shape A = { area : A -> Float }",
            "instance" => "instance Shape Circle = { area: c => 1.0 }",
            "capability" => "capability Stock = { count : Text -> Effect Stock Int }",
            "domain" => "domain Pixels over Int = { 1px = 1 }",
            _ => return None,
        };
        let text = |index: usize| self.text(Some(index));
        let place =
            (1..self.tokens.len()).find(|&index| matches!(text(index), "=" | "{" | "where"))?;
        if text(place) == "=" || place > self.at {
            return None;
        }
        let help = format!("write `{example}`");
        if text(place) == "where" {
            let message = format!("the members of a {word} stand in braces");
            return Some(self.at_tokens(reporter, (place, place), message, &help));
        }
        let message = format!("`=` is missing before the members of this {word}");
        let diagnostic = self.at_tokens(reporter, (place, place), message, &help);
        let start = reporter.span(self.place(place).start());
        Some(diagnostic.edit(start, "= ", "add `=`"))
    }

    /// `**`, `>>=`, `x += 1`
    fn foreign_operator(&self, reporter: &Reporter) -> Option<Diagnostic> {
        let is_mark = |index: usize| self.kind(Some(index)) == Some(TokenKind::Punct);
        // The run of marks that the stuck one is in.
        let mut first = self.at;
        while first > 0 && is_mark(first - 1) && (first == self.at || self.touches(first)) {
            first -= 1;
        }
        let mut last = self.at;
        while is_mark(last + 1) && self.touches(last + 1) {
            last += 1;
        }
        for start in first..=self.at {
            for end in (start + 1..=last).rev() {
                let place = Place::between(self.place(start), self.place(end));
                let text = reporter.text(place, self.source);
                let Some((_, help)) = OPERATORS.iter().find(|(known, _)| *known == text) else {
                    continue;
                };
                let message = format!("`{text}` is no operator of AIVI");
                let by = match text {
                    "===" => "==",
                    "!==" => "!=",
                    "=<" => "<=",
                    "..=" => "..",
                    "- >" => "->",
                    "= >" => "=>",
                    "< -" => "<-",
                    "/=" if self.starts_line(start.saturating_sub(1)) => "",
                    "/=" => "!=",
                    _ => "",
                };
                return Some(if by.is_empty() {
                    self.at_tokens(reporter, (start, end), message, help)
                } else {
                    self.replace(reporter, (start, end), message, (help, by))
                });
            }
        }
        None
    }

    /// Whether only white space stands before a token on its line.
    pub(super) fn starts_line(&self, index: usize) -> bool {
        let lo = self.tokens.get(index).map_or(0, |token| token.lo as usize);
        let before = self.source.get(..lo).unwrap_or_default();
        let indent = before.rsplit('\n').next().unwrap_or_default();
        indent.trim().is_empty()
    }

    /// `f :: Int`, `[Int]`, `List<Int>`, `Int => Int`, `{ x = Int }`
    fn foreign_type(&self, reporter: &Reporter) -> Option<Diagnostic> {
        let found = self.text(Some(self.at));
        let previous = self.at.checked_sub(1)?;
        let before = self.before();
        if found == ":" && self.text(Some(previous)) == ":" && self.touches(self.at) {
            let place = (previous, self.at);
            let message = "`::` is no operator of AIVI".to_owned();
            return Some(if previous == 1 {
                let help = ("a signature has one colon: `name : Type`", ":");
                self.replace(reporter, place, message, help)
            } else {
                let help =
                    "a list with a first element is `[x, ...xs]`, in expressions and in patterns";
                self.at_tokens(reporter, place, message, help)
            });
        }
        if !self.in_type(&before) {
            return None;
        }
        let unexpected = format!("unexpected `{found}` in a type");
        let here = (self.at, self.at);
        let declares = self.kind(Some(0)) == Some(TokenKind::Upper);
        Some(match found {
            "=>" if !declares && self.is_constraint() => {
                let help =
                    "a constraint stands behind the type: `name : List A -> A with (A: Ord)`";
                self.at_tokens(reporter, here, unexpected, help)
            }
            "=>" if !declares => {
                let help = ("the type of a function is written with `->`", "->");
                self.replace(reporter, here, unexpected, help)
            }
            "[" => {
                let help = "the type of a list is `List A`";
                let diagnostic = self.at_tokens(reporter, here, unexpected, help);
                let follows_type = matches!(
                    self.kind(Some(previous)),
                    Some(TokenKind::Upper | TokenKind::Lower | TokenKind::Close)
                );
                if follows_type || self.text(Some(self.at + 2)) != "]" {
                    return Some(diagnostic);
                }
                let list = Place::between(self.place(self.at), self.place(self.at + 2));
                let by = format!("List {}", self.text(Some(self.at + 1)));
                let message = format!("write `{by}`");
                diagnostic.edit(reporter.span(list), by, message)
            }
            "<" => self.at_tokens(
                reporter,
                here,
                unexpected,
                "the arguments of a type follow it: `List Int`, `Map Text Int`",
            ),
            "?" => self.at_tokens(
                reporter,
                here,
                unexpected,
                "the type of a value that may be missing is `Option Int`",
            ),
            "=" if self.bracket() == Some("{") => {
                let message = "the type of a field is written with `:`".to_owned();
                let diagnostic = self.at_tokens(reporter, here, message, "write `{ x: Int }`");
                let equals = self.following().filter(|&(_, text)| text == "=");
                equals.fold(diagnostic, |diagnostic, (index, _)| {
                    diagnostic.edit(reporter.span(self.place(index)), ":", "write `:`")
                })
            }
            _ => return None,
        })
    }

    /// What stands before the bracket that the stuck token is in.
    /// Whether what stands before an arrow seems to be a constraint: `name : Ord a =>`, `name : (Ord a, Show a) =>`.
    fn is_constraint(&self) -> bool {
        let first = if self.kind(Some(2)) == Some(TokenKind::Open) {
            3
        } else {
            2
        };
        self.text(Some(1)) == ":"
            && self.kind(Some(first)) == Some(TokenKind::Upper)
            && self.kind(Some(first + 1)) == Some(TokenKind::Lower)
            && !self.before().contains(&"->")
    }

    fn before_bracket(&self) -> &str {
        let open = self.open_brackets().last().copied();
        self.text(open.and_then(|open| open.checked_sub(1)))
    }

    fn in_map(&self) -> bool {
        self.before_bracket() == "~map"
    }

    fn in_patch(&self) -> bool {
        matches!(self.before_bracket(), "<|" | "patch")
    }

    /// The bracket that the stuck token is in.
    pub(super) fn bracket(&self) -> Option<&str> {
        let open = self.open_brackets().last().copied();
        open.map(|open| self.text(Some(open)))
    }

    /// `let x = 1 in e`, `e where x = 1`, `elif`, `match x with`, `for x in xs { … }`
    fn foreign_word(&self, reporter: &Reporter) -> Option<Diagnostic> {
        let found = self.text(Some(self.at));
        if found == "=" {
            for word in ["let", "where"] {
                if let Some(index) = self.word_before(&[word]).filter(|&index| index > 0) {
                    let message = format!("`{word}` begins no local definition");
                    let help = "local definitions stand in a block before its result: `{ y = x + 1; y * 2 }`";
                    return Some(self.at_tokens(reporter, (index, index), message, help));
                }
            }
        }
        if found == "then"
            && let Some(index) = self.word_before(&["elif", "elseif", "elsif", "elsf"])
        {
            let message = format!("`{}` is no part of an `if`", self.text(Some(index)));
            let help = ("write `else if`", "else if");
            return Some(self.replace(reporter, (index, index), message, help));
        }
        for (words, help) in EXPRESSIONS {
            if let Some(index) = self.word_before(words).filter(|&index| index > 0) {
                let message = format!("`{}` is no keyword of AIVI", self.text(Some(index)));
                return Some(self.at_tokens(reporter, (index, index), message, help));
            }
        }
        None
    }

    /// Punctuation that means something else elsewhere.
    fn foreign_mark(&self, reporter: &Reporter) -> Option<Diagnostic> {
        let found = self.text(Some(self.at));
        let previous = self.at.checked_sub(1)?;
        let before = self.before();
        let has = |text: &str| before.contains(&text);
        let follows = |text: &str| self.following().any(|(_, other)| other == text);
        let bracket = self.bracket();
        let here = (self.at, self.at);
        let unexpected = || format!("unexpected {}", self.described(self.at));
        let in_arm = has("|") && !has("=>") && self.kind(Some(0)) != Some(TokenKind::Upper);
        if found == ":" && bracket == Some("{") && self.in_map() {
            let help = ("an entry of a map is written `key => value`", "=>");
            return Some(self.replace(reporter, here, unexpected(), help));
        }
        if found == "=" && self.in_patch() {
            let help = ("an instruction is written `field: value`", ":");
            return Some(self.replace(reporter, here, unexpected(), help));
        }
        if found == ":"
            && bracket == Some("{")
            && has(":")
            && self.kind(Some(previous)) == Some(TokenKind::Lower)
            && self.kind(Some(previous.saturating_sub(1))) != Some(TokenKind::Punct)
        {
            let message = format!("a `,` is missing before `{}`", self.text(Some(previous)));
            let gap = reporter.span(self.place(previous.saturating_sub(1)).end());
            let help = "fields are separated by `,` or a new line";
            let diagnostic = self.at_tokens(reporter, (previous, previous), message, help);
            return Some(diagnostic.edit(gap, ",", "add `,`"));
        }
        let help = match found {
            "|" if self.kind(Some(0)) == Some(TokenKind::Lower)
                && self.text(Some(1)) == "="
                && self.kind(Some(2)) == Some(TokenKind::Upper)
                && self.kind(Some(self.at + 1)) == Some(TokenKind::Upper)
                && !has("?") =>
            {
                "the name of a type begins with a capital letter: `Shape = Circle Int | Square Int`"
            }
            "|" if self.text(Some(previous)) == "=>" && !has("|") => {
                "clauses follow `=` alone: a lambda matches its parameter, `x => x ? | 0 => …`"
            }
            "|" if self.text(Some(previous)) == "=>" => "the arm before it has no result",
            _ if self.text(Some(previous)) == "?"
                && self.starts_line(self.at)
                && matches!(
                    self.kind(Some(self.at)),
                    Some(TokenKind::Upper | TokenKind::Number | TokenKind::Open | TokenKind::Quote)
                ) =>
            {
                "each arm begins with `|`"
            }
            "|" if bracket == Some("[") && follows("<-") => {
                "write `generate { x <- xs; yield x * 2 }`, or `List.map (x => x * 2) xs`"
            }
            "|" | "with" if bracket == Some("{") && !has("=") => {
                "to change fields of a record, write `{ ...record, field: value }`"
            }
            "|" if in_arm && !follows("=>") => "a function is written `x => …`",
            "|" if in_arm => "an arm has one pattern: write an arm for each",
            "|" if has("=") && !has("?") && follows("=") => {
                "clauses are arms with `when` as their guard: `f = | n when n > 1 => 2 | _ => 3`"
            }
            "if" if in_arm => {
                let help = ("the guard of an arm is written with `when`", "when");
                return Some(self.replace(reporter, here, unexpected(), help));
            }
            "as" if in_arm => "a pattern gets a name by `@`: `xs@[x, ...]`",
            "=" if in_arm && self.text(Some(self.at + 1)) != "=" => {
                let help = ("the result of an arm follows `=>`", "=>");
                return Some(self.replace(reporter, here, unexpected(), help));
            }
            "->" if bracket != Some("{") || has("|") => {
                let help = "functions and arms are written with `=>`; `->` stands in types";
                let diagnostic = self.at_tokens(reporter, here, unexpected(), help);
                let arrows = self.following().filter(|&(_, text)| text == "->");
                return Some(arrows.fold(diagnostic, |diagnostic, (index, _)| {
                    diagnostic.edit(reporter.span(self.place(index)), "=>", "write `=>`")
                }));
            }
            ".." if matches!(self.text(Some(previous)), "[" | "{" | ",") => {
                let help = ("a spread has three dots: `...xs`", "...");
                return Some(self.replace(reporter, here, unexpected(), help));
            }
            "..."
                if bracket == Some("[") && self.kind(Some(previous)) == Some(TokenKind::Number) =>
            {
                let help = ("a range has two dots: `[1..10]`", "..");
                return Some(self.replace(reporter, here, unexpected(), help));
            }
            "else" if has("if") && !has("then") => {
                "write `if condition then a else b`; the parts need no braces"
            }
            ":" if bracket.is_none() && has("=") && !has("?") => {
                "a list with a first element is `[x, ...xs]`"
            }
            _ if self.text(Some(previous)) == "."
                && self.kind(Some(self.at)) == Some(TokenKind::Number) =>
            {
                "a tuple is taken apart by a pattern: `(a, b) = pair`"
            }
            _ if self.text(Some(previous)) == "." => {
                "functions are composed by a lambda: `x => f (g x)`"
            }
            _ if self.text(Some(previous)) == "?" && follows(":") => {
                "a choice is written `if condition then a else b`"
            }
            _ => return None,
        };
        Some(self.at_tokens(reporter, here, unexpected(), help))
    }
}
