//! S-expressions, read from text.

/// How deep lists may nest. The readers of the languages recurse by nesting.
pub const NESTING_LIMIT: usize = 20_000;

/// An S-expression with its place in the text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sexp {
    /// The offset of its first byte.
    pub lo: u32,
    /// The offset after its last byte.
    pub hi: u32,
    /// What it is.
    pub kind: SexpKind,
}

/// The kinds of S-expressions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SexpKind {
    /// A word.
    Atom(Box<str>),
    /// A name between bars, without them.
    Barred(Box<str>),
    /// A quoted text, without its quotes.
    Text(Box<str>),
    /// `( … )`
    List(Vec<Sexp>),
    /// `[ … ]`
    Brackets(Vec<Sexp>),
}

/// Text that is no S-expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SexpError {
    /// The offset in the text.
    pub at: usize,
    /// What is wrong.
    pub message: String,
}

impl Sexp {
    /// Reads a text that is one S-expression, with comments and white space around it.
    pub fn parse(text: &str) -> Result<Sexp, SexpError> {
        let mut all = Lexer { text, at: 0 }.all()?;
        match (all.pop(), all.first()) {
            (Some(only), None) => Ok(only),
            (Some(_), Some(first)) => Err(SexpError {
                at: first.hi as usize,
                message: "expected the end of the text".to_owned(),
            }),
            (None, _) => Err(SexpError {
                at: text.len(),
                message: "expected `(`, found the end of the text".to_owned(),
            }),
        }
    }

    /// The word, if it is one (not between bars).
    pub fn atom(&self) -> Option<&str> {
        match &self.kind {
            SexpKind::Atom(text) => Some(text),
            _ => None,
        }
    }

    /// The name: a word, or what stands between bars.
    pub fn name(&self) -> Option<&str> {
        match &self.kind {
            SexpKind::Atom(text) | SexpKind::Barred(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is a name between bars.
    pub fn is_barred(&self) -> bool {
        matches!(self.kind, SexpKind::Barred(_))
    }

    /// Whether it is exactly this word.
    pub fn is(&self, word: &str) -> bool {
        self.atom() == Some(word)
    }

    /// The quoted text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            SexpKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items of `( … )`.
    pub fn list(&self) -> Option<&[Sexp]> {
        match &self.kind {
            SexpKind::List(items) => Some(items),
            _ => None,
        }
    }

    /// The items of `[ … ]`.
    pub fn brackets(&self) -> Option<&[Sexp]> {
        match &self.kind {
            SexpKind::Brackets(items) => Some(items),
            _ => None,
        }
    }

    /// The name and the fields of `(name …)`.
    pub fn form(&self) -> Option<(&str, &[Sexp])> {
        let (head, fields) = self.list()?.split_first()?;
        Some((head.atom()?, fields))
    }

    /// Whether it is `(name …)` with one of these names.
    pub fn is_form(&self, names: &[&str]) -> bool {
        self.form().is_some_and(|(name, _)| names.contains(&name))
    }

    /// The node of `(: node type)`; otherwise itself.
    pub fn untyped(&self) -> &Sexp {
        match self.form() {
            Some((":", [node, _])) => node,
            _ => self,
        }
    }

    /// A short rendition for messages.
    pub fn summary(&self) -> String {
        match &self.kind {
            SexpKind::Atom(text) => format!("`{text}`"),
            SexpKind::Barred(text) => format!("`|{text}|`"),
            SexpKind::Text(_) => "a quoted text".to_owned(),
            SexpKind::List(items) => match items.first().and_then(Sexp::atom) {
                Some(name) if items.len() > 1 => format!("`({name} …)`"),
                Some(name) => format!("`({name})`"),
                None => "`(…)`".to_owned(),
            },
            SexpKind::Brackets(_) => "`[…]`".to_owned(),
        }
    }
}

/// A list that is still open.
struct Open {
    at: usize,
    square: bool,
    items: Vec<Sexp>,
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl Lexer<'_> {
    /// All S-expressions of the text. Keeps the open lists on a stack of its own, so nesting costs no frames.
    fn all(mut self) -> Result<Vec<Sexp>, SexpError> {
        let mut stack: Vec<Open> = Vec::new();
        let mut done = Vec::new();
        loop {
            self.skip();
            let at = self.at;
            let Some(first) = self.peek() else { break };
            let kind = match first {
                '(' | '[' => {
                    if stack.len() >= NESTING_LIMIT {
                        let message = format!("lists nest deeper than {NESTING_LIMIT} levels");
                        return Err(SexpError { at, message });
                    }
                    self.at += 1;
                    stack.push(Open {
                        at,
                        square: first == '[',
                        items: Vec::new(),
                    });
                    continue;
                }
                ')' | ']' => {
                    let Some(open) = stack.pop() else {
                        return Err(SexpError {
                            at,
                            message: format!("this `{first}` closes nothing"),
                        });
                    };
                    if open.square != (first == ']') {
                        let expected = if open.square { ']' } else { ')' };
                        return Err(SexpError {
                            at,
                            message: format!("expected `{expected}`, found `{first}`"),
                        });
                    }
                    self.at += 1;
                    let kind = if open.square {
                        SexpKind::Brackets(open.items)
                    } else {
                        SexpKind::List(open.items)
                    };
                    let sexp = Sexp {
                        lo: open.at as u32,
                        hi: self.at as u32,
                        kind,
                    };
                    stack
                        .last_mut()
                        .map_or(&mut done, |open| &mut open.items)
                        .push(sexp);
                    continue;
                }
                '"' => SexpKind::Text(self.quoted('"')?),
                '|' => SexpKind::Barred(self.quoted('|')?),
                _ => SexpKind::Atom(self.word()),
            };
            let sexp = Sexp {
                lo: at as u32,
                hi: self.at as u32,
                kind,
            };
            stack
                .last_mut()
                .map_or(&mut done, |open| &mut open.items)
                .push(sexp);
        }
        match stack.pop() {
            Some(open) => Err(SexpError {
                at: open.at,
                message: "this list is never closed".to_owned(),
            }),
            None => Ok(done),
        }
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start().len();
            self.at += blank;
            let rest = self.rest();
            if !rest.starts_with(';') {
                return;
            }
            self.at += rest.find('\n').unwrap_or(rest.len());
        }
    }

    fn word(&mut self) -> Box<str> {
        let ends = |letter: char| letter.is_whitespace() || "()[]\"|;".contains(letter);
        let rest = self.rest();
        let word: Box<str> = rest
            .get(..rest.find(ends).unwrap_or(rest.len()))
            .unwrap_or("")
            .into();
        self.at += word.len();
        word
    }

    fn quoted(&mut self, quote: char) -> Result<Box<str>, SexpError> {
        let start = self.at;
        let mut text = String::new();
        let mut letters = self.text.get(start + 1..).unwrap_or("").char_indices();
        while let Some((offset, letter)) = letters.next() {
            let at = start + 1 + offset;
            if letter == quote {
                self.at = at + 1;
                return Ok(text.into());
            }
            if letter != '\\' {
                text.push(letter);
                continue;
            }
            text.push(match letters.next() {
                Some((_, 'n')) => '\n',
                Some((_, 't')) => '\t',
                Some((_, 'r')) => '\r',
                Some((_, 'u')) => {
                    let code: String = letters
                        .by_ref()
                        .map(|(_, letter)| letter)
                        .take_while(|&letter| letter != '}')
                        .collect();
                    let code = u32::from_str_radix(code.trim_start_matches('{'), 16)
                        .ok()
                        .and_then(char::from_u32);
                    code.ok_or_else(|| SexpError {
                        at,
                        message: "this is no character".to_owned(),
                    })?
                }
                Some((_, other)) => other,
                None => break,
            });
        }
        Err(SexpError {
            at: start,
            message: format!("this `{quote}` is never closed"),
        })
    }
}
