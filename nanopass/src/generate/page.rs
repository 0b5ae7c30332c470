//! Reads the pages: the prose, the `lang` block, and the table of terminals.

use pest::Parser;
use pest::iterators::Pair;
use pest_derive::Parser;

use super::{Error, Place};

#[derive(Parser)]
#[grammar = "generate/lang.pest"]
struct LangParser;

/// A file as the generator gets it.
#[derive(Clone, Debug)]
pub struct Input {
    /// The path to name in errors and in the headers of generated files.
    pub path: String,
    /// The text.
    pub text: String,
}

/// A language page.
#[derive(Clone, Debug)]
pub(super) struct Page {
    pub path: String,
    pub name: Name,
    pub parent: Option<(Relation, Name)>,
    pub entry: Option<Name>,
    pub edges: Vec<EdgeLine>,
    pub check: bool,
    pub retype: bool,
    pub sections: Vec<Section>,
    /// The first sentence of the prose.
    pub purpose: String,
    /// The `lang` block as it was written.
    pub block: String,
}

/// A name and where it was written.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub text: String,
    pub place: Place,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Relation {
    Extends,
    Follows,
}

/// An `edge` line of the header.
#[derive(Clone, Debug)]
pub(super) enum EdgeLine {
    /// `edge`
    Plain,
    /// `edge none`
    None,
    /// `edge explicit`
    Explicit,
    /// `edge self`
    Own,
    /// `edge from L` and `edge from L explicit`
    From { language: Name, explicit: bool },
}

/// A section: a nonterminal and its forms, or its changes.
#[derive(Clone, Debug)]
pub(super) struct Section {
    pub docs: Vec<String>,
    pub name: Name,
    pub attributes: Vec<Name>,
    pub items: Vec<(Sign, FormLine)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sign {
    Plain,
    Remove,
    Add,
    Reshape,
}

/// A form as it was written.
#[derive(Clone, Debug)]
pub(super) struct FormLine {
    pub docs: Vec<String>,
    pub name: Name,
    pub fields: Vec<(Name, TypeLine)>,
    pub attributes: Vec<Name>,
}

/// A field's type as it was written.
#[derive(Clone, Debug)]
pub(super) enum TypeLine {
    Name(Name),
    Tuple(Vec<TypeLine>),
    List(Box<TypeLine>),
    Optional(Box<TypeLine>),
}

/// A row of the table of terminals.
#[derive(Clone, Debug)]
pub(super) struct TerminalRow {
    pub name: Name,
    pub path: String,
}

/// Reads a language page. `Ok(None)` if the page has no `lang` block.
pub(super) fn read_page(input: &Input) -> Result<Option<Page>, Error> {
    let Some((offset, block)) = find_block(input)? else {
        return Ok(None);
    };
    let mut pairs = LangParser::parse(Rule::block, block)
        .map_err(|error| syntax_error(input, offset, error))?;
    let reader = PageReader { input, offset };
    let Some(root) = pairs.next() else {
        return Ok(None);
    };
    let mut page = Page {
        path: input.path.clone(),
        name: Name {
            text: String::new(),
            place: reader.place(offset),
        },
        parent: None,
        entry: None,
        edges: Vec::new(),
        check: false,
        retype: false,
        sections: Vec::new(),
        purpose: purpose(&input.text),
        block: block.trim_end().to_owned(),
    };
    for pair in root.into_inner() {
        match pair.as_rule() {
            Rule::header => reader.header(pair, &mut page),
            Rule::section => page.sections.push(reader.section(pair)),
            _ => {}
        }
    }
    Ok(Some(page))
}

/// Finds the one fenced block and its offset in the page.
fn find_block(input: &Input) -> Result<Option<(usize, &str)>, Error> {
    let mut found = None;
    let mut rest = 0;
    while let Some(open) = input
        .text
        .get(rest..)
        .and_then(|text| fence(text, "```lang"))
    {
        let start = rest + open + "```lang".len();
        let Some(length) = input.text.get(start..).and_then(|text| fence(text, "```")) else {
            return Err(Error::new(
                Place::of(input, start - "```lang".len()),
                "this `lang` block is never closed",
            ));
        };
        if found.is_some() {
            return Err(Error::new(
                Place::of(input, start - "```lang".len()),
                "a page has only one `lang` block",
            ));
        }
        found = input
            .text
            .get(start..start + length)
            .map(|block| (start, block));
        rest = start + length + "```".len();
    }
    Ok(found)
}

/// The offset of the first line that begins with `mark`, followed by the end of the line.
fn fence(text: &str, mark: &str) -> Option<usize> {
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_end() == mark {
            return Some(offset);
        }
        offset += line.len();
    }
    None
}

/// The first sentence of the first paragraph that is neither heading nor block.
fn purpose(text: &str) -> String {
    let lines = text
        .lines()
        .map(str::trim)
        .skip_while(|line| line.is_empty() || line.starts_with('#'));
    let paragraph: Vec<&str> = lines
        .take_while(|line| !line.is_empty() && !line.starts_with("```") && !line.starts_with('#'))
        .collect();
    let paragraph = paragraph.join(" ");
    match paragraph.find(". ") {
        Some(end) => paragraph[..=end].to_owned(),
        None => paragraph,
    }
}

fn syntax_error(input: &Input, offset: usize, error: pest::error::Error<Rule>) -> Error {
    use pest::error::{ErrorVariant, InputLocation};
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let expected = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => {
            let mut names: Vec<&str> = positives.iter().map(|&rule| describe(rule)).collect();
            names.sort_unstable();
            names.dedup();
            names.retain(|name| *name != "white space");
            names.join(", ")
        }
        ErrorVariant::CustomError { message } => message.clone(),
    };
    Error::new(
        Place::of(input, offset + at),
        format!("expected {expected}"),
    )
}

fn describe(rule: Rule) -> &'static str {
    match rule {
        Rule::EOI => "the end of the block",
        Rule::block | Rule::header => "`language name`",
        Rule::parent | Rule::relation => "`extends` or `follows`",
        Rule::entry => "`entry`",
        Rule::option => "`edge`, `check` or `retype`",
        Rule::check => "`check`",
        Rule::retype => "`retype`",
        Rule::edge | Rule::edge_word => "`edge`",
        Rule::edge_kind => "`self`, `explicit` or `none`",
        Rule::from => "`from`",
        Rule::section | Rule::section_head => "a section `Nonterminal:`",
        Rule::item | Rule::form => "a form",
        Rule::sign => "`-`, `+` or `~`",
        Rule::fields => "`{ field: Type }`",
        Rule::field => "a field `name: Type`",
        Rule::ty | Rule::base => "a type",
        Rule::tuple => "a tuple `(T, U)`",
        Rule::suffix => "`*` or `?`",
        Rule::attribute => "an attribute such as `@meta`",
        Rule::doc => "a doc comment",
        Rule::camel => "a capitalised name",
        Rule::snake => "a lower-case name",
        Rule::tail | Rule::WHITESPACE | Rule::COMMENT => "white space",
    }
}

struct PageReader<'a> {
    input: &'a Input,
    offset: usize,
}

impl PageReader<'_> {
    fn place(&self, offset: usize) -> Place {
        Place::of(self.input, offset)
    }

    fn name(&self, pair: &Pair<Rule>) -> Name {
        Name {
            text: pair.as_str().to_owned(),
            place: self.place(self.offset + pair.as_span().start()),
        }
    }

    fn header(&self, pair: Pair<Rule>, page: &mut Page) {
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::snake => page.name = self.name(&part),
                Rule::parent => {
                    let mut inner = part.into_inner();
                    if let (Some(relation), Some(name)) = (inner.next(), inner.next()) {
                        let extends = relation.as_str().trim() == "extends";
                        let relation = if extends {
                            Relation::Extends
                        } else {
                            Relation::Follows
                        };
                        page.parent = Some((relation, self.name(&name)));
                    }
                }
                Rule::entry => page.entry = part.into_inner().next().map(|name| self.name(&name)),
                Rule::option => part
                    .into_inner()
                    .for_each(|option| self.option(option, page)),
                _ => {}
            }
        }
    }

    fn option(&self, pair: Pair<Rule>, page: &mut Page) {
        if pair.as_rule() == Rule::check {
            page.check = true;
            return;
        }
        if pair.as_rule() == Rule::retype {
            page.retype = true;
            return;
        }
        let line = match pair
            .into_inner()
            .find(|part| part.as_rule() != Rule::edge_word)
        {
            None => EdgeLine::Plain,
            Some(kind) if kind.as_rule() == Rule::from => {
                let explicit = kind.as_str().trim_end().ends_with(" explicit");
                match kind.into_inner().next() {
                    Some(name) => EdgeLine::From {
                        language: self.name(&name),
                        explicit,
                    },
                    None => EdgeLine::Plain,
                }
            }
            Some(kind) => match kind.as_str().trim() {
                "self" => EdgeLine::Own,
                "explicit" => EdgeLine::Explicit,
                _ => EdgeLine::None,
            },
        };
        page.edges.push(line);
    }

    fn section(&self, pair: Pair<Rule>) -> Section {
        let place = self.place(self.offset + pair.as_span().start());
        let mut section = Section {
            docs: Vec::new(),
            name: Name {
                text: String::new(),
                place,
            },
            attributes: Vec::new(),
            items: Vec::new(),
        };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::doc => section.docs.push(doc_text(part.as_str())),
                Rule::section_head => {
                    for part in part.into_inner() {
                        match part.as_rule() {
                            Rule::camel => section.name = self.name(&part),
                            _ => section.attributes.push(self.name(&part)),
                        }
                    }
                }
                _ => section.items.push(self.item(part)),
            }
        }
        section
    }

    fn item(&self, pair: Pair<Rule>) -> (Sign, FormLine) {
        let place = self.place(self.offset + pair.as_span().start());
        let name = Name {
            text: String::new(),
            place,
        };
        let mut form = FormLine {
            docs: Vec::new(),
            name,
            fields: Vec::new(),
            attributes: Vec::new(),
        };
        let mut sign = Sign::Plain;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::doc => form.docs.push(doc_text(part.as_str())),
                Rule::sign => {
                    sign = match part.as_str() {
                        "-" => Sign::Remove,
                        "+" => Sign::Add,
                        _ => Sign::Reshape,
                    }
                }
                _ => {
                    for part in part.into_inner() {
                        match part.as_rule() {
                            Rule::camel => form.name = self.name(&part),
                            Rule::attribute => form.attributes.push(self.name(&part)),
                            _ => {
                                form.fields = part
                                    .into_inner()
                                    .filter_map(|field| self.field(field))
                                    .collect()
                            }
                        }
                    }
                }
            }
        }
        (sign, form)
    }

    fn field(&self, pair: Pair<Rule>) -> Option<(Name, TypeLine)> {
        let mut inner = pair.into_inner();
        let name = inner.next()?;
        Some((self.name(&name), self.ty(inner.next()?)?))
    }

    fn ty(&self, pair: Pair<Rule>) -> Option<TypeLine> {
        let mut inner = pair.into_inner();
        let base = inner.next()?.into_inner().next()?;
        let mut ty = match base.as_rule() {
            Rule::camel => TypeLine::Name(self.name(&base)),
            _ => TypeLine::Tuple(base.into_inner().filter_map(|part| self.ty(part)).collect()),
        };
        for suffix in inner {
            ty = match suffix.as_str() {
                "*" => TypeLine::List(Box::new(ty)),
                _ => TypeLine::Optional(Box::new(ty)),
            };
        }
        Some(ty)
    }
}

fn doc_text(line: &str) -> String {
    let text = line.trim_start_matches('/').trim_end();
    text.strip_prefix(' ').unwrap_or(text).to_owned()
}

/// Reads the table of terminals: name, Rust path, meaning.
pub(super) fn read_terminals(input: &Input) -> Result<Vec<TerminalRow>, Error> {
    let mut rows: Vec<TerminalRow> = Vec::new();
    let mut offset = 0;
    for line in input.text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let line = line.trim();
        if !line.starts_with('|') {
            continue;
        }
        let cells: Vec<String> = line
            .trim_matches('|')
            .splitn(3, '|')
            .map(|cell| cell.trim().trim_matches('`').to_owned())
            .collect();
        let place = Place::of(input, start);
        let [name, path, _] = cells.as_slice() else {
            return Err(Error::new(
                place,
                "a terminal has three columns: name, Rust path, meaning",
            ));
        };
        let capital = name.starts_with(|first: char| first.is_ascii_uppercase());
        if !capital || !path.contains("::") {
            // The heading of the table and the ruler below it.
            continue;
        }
        if rows.iter().any(|row| row.name.text == *name) {
            return Err(Error::new(
                place,
                format!("the terminal `{name}` is listed twice"),
            ));
        }
        rows.push(TerminalRow {
            name: Name {
                text: name.clone(),
                place,
            },
            path: path.clone(),
        });
    }
    Ok(rows)
}
