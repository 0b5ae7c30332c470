//! The tokens that the scanner finds, and how each looks in the masked copy that the grammar reads.

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenKind {
    /// `value`; also a keyword that stands where a field's name does.
    Lower,
    /// `Type`.
    Upper,
    /// `if`, `module` …
    Keyword,
    /// `42`, `0xff`, `2.5e-3`, with its suffix: `10px`, `100%`; an instant.
    Number,
    /// The suffix that touches a closing parenthesis: `(a + b)px`.
    Suffix,
    /// `'a'`.
    Char,
    /// `"""…"""`, the whole of it.
    RawText,
    /// A quotation mark that opens or closes a text literal.
    Quote,
    /// The characters of a text literal between quotation marks and holes.
    Chunk,
    /// A sigil whose content is not AIVI: `~r/a+/i`, the whole of it.
    Sigil,
    /// `~map` or `~set`, whose content is AIVI.
    Tag,
    /// `( [ {`, also the brace that opens a hole in a text.
    Open,
    /// `) ] }`
    Close,
    /// Operators, separators and other punctuation; `_`.
    Punct,
    /// Something that no program holds. The scanner has reported it.
    Unknown,
}

/// A token of a file, with the bytes that it covers.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub kind: TokenKind,
    pub lo: u32,
    pub hi: u32,
}

impl Token {
    /// The token's text in the file that it was found in.
    pub fn text<'a>(&self, source: &'a str) -> &'a str {
        source
            .get(self.lo as usize..self.hi as usize)
            .unwrap_or_default()
    }
}

/// The reserved words, sorted.
pub const KEYWORDS: [&str; 24] = [
    "as",
    "capability",
    "class",
    "domain",
    "effect",
    "else",
    "export",
    "generate",
    "hiding",
    "if",
    "instance",
    "loop",
    "module",
    "or",
    "over",
    "patch",
    "recurse",
    "resource",
    "then",
    "type",
    "use",
    "when",
    "with",
    "yield",
];

/// The keywords that open a declaration.
pub const DECLARATIONS: [&str; 8] = [
    "capability",
    "class",
    "domain",
    "export",
    "instance",
    "module",
    "type",
    "use",
];

/// Operators and separators, the longer before the shorter.
pub const PUNCTUATION: [&str; 36] = [
    "...", "..", "=>", "==", "->", "<-", "<=", "<|", ">=", "!=", "|>", "||", "&&", "??", "++",
    ":=", ".", "=", "<", ">", "!", "|", "?", "+", "-", "*", "×", "/", "%", ":", ",", ";", "@", "_",
    "&", "^",
];

/// Whether a line break after this punctuation cannot end anything, because an operand must follow.
pub fn needs_operand(text: &str) -> bool {
    !matches!(text, "..." | "." | "@" | "_" | "&" | "^" | ";")
}

/// Whether a line that begins with this token goes on with the line before it.
pub fn continues_line(text: &str) -> bool {
    matches!(
        text,
        "|>" | "<|"
            | "??"
            | "||"
            | "&&"
            | "=="
            | "!="
            | "<"
            | "<="
            | ">"
            | ">="
            | "++"
            | "+"
            | "*"
            | "×"
            | "/"
            | "%"
            | "?"
            | "->"
            | "=>"
            | "="
            | "|"
    )
}

/// Whether a line that begins with this keyword goes on with the line before it.
pub fn keyword_continues_line(text: &str) -> bool {
    matches!(text, "then" | "else" | "or" | "when" | "with")
}
