//! From S-expressions to trees.

use std::fmt;

use rustc_hash::FxHashMap;

use super::printer::base_name;
use super::{Sexp, Syntax};
use crate::{Context, FileId, Meta, Span, TyId, VarId, nearest};

/// Text that is not a program of the language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReadError {
    /// The name of the file.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// What is wrong, and what was expected.
    pub message: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {}",
            self.file, self.line, self.column, self.message
        )
    }
}

impl std::error::Error for ReadError {}

/// Reads a whole source file as one node.
pub fn read_file<C: Context, T: Syntax<C>>(file: FileId, cx: &mut C) -> Result<T, ReadError> {
    let source = cx
        .core()
        .sources
        .get(file)
        .map(|source| (source.text.clone(), source.span().lo));
    let (text, start) = source.unwrap_or_default();
    let mut reader = Reader {
        cx,
        start,
        units: vec![FxHashMap::default()],
    };
    match Sexp::parse(&text) {
        Ok(sexp) => T::read(&sexp, &mut reader),
        Err(error) => Err(reader.error_at(error.at as u32, error.message)),
    }
}

/// What reading needs to know.
pub struct Reader<'a, C> {
    cx: &'a mut C,
    /// The position of the text's first byte.
    start: u32,
    /// The variables of each unit, by name.
    units: Vec<FxHashMap<String, VarId>>,
}

impl<C: Context> Reader<'_, C> {
    /// The session.
    pub fn cx(&self) -> &C {
        self.cx
    }

    /// The session, to change.
    pub fn cx_mut(&mut self) -> &mut C {
        self.cx
    }

    /// The place of an S-expression among all sources.
    pub fn span(&self, sexp: &Sexp) -> Span {
        Span::new(self.start + sexp.lo, self.start + sexp.hi)
    }

    /// The variable of a name in this unit.
    pub fn var(&mut self, name: &str, span: Span) -> VarId {
        if let Some(&var) = self.units.last().and_then(|unit| unit.get(name)) {
            return var;
        }
        let var = self.cx.core_mut().fresh_named(base_name(name), span);
        if let Some(unit) = self.units.last_mut() {
            unit.insert(name.to_owned(), var);
        }
        var
    }

    /// Begins a `@unit`: names mean new variables.
    pub fn enter_unit(&mut self) {
        self.units.push(FxHashMap::default());
    }

    /// Ends a `@unit`.
    pub fn leave_unit(&mut self) {
        self.units.pop();
    }

    /// The node without its type, and its meta: its place in the text, and its type if that is given.
    pub fn meta<'s>(&mut self, sexp: &'s Sexp) -> Result<(&'s Sexp, Meta), ReadError> {
        match sexp.form() {
            Some((":", [node, ty])) => {
                let ty: TyId = C::read_type(ty, self)?;
                Ok((node, Meta::new(self.span(node), ty)))
            }
            _ => Ok((sexp, Meta::at(self.span(sexp)))),
        }
    }

    /// The fields of a form, whose names are given; with `rest`, the last field takes any number of items.
    pub fn fields<'s>(
        &mut self,
        sexp: &'s Sexp,
        names: &[&str],
        rest: bool,
    ) -> Result<Fields<'s>, ReadError> {
        let (form, items) = sexp.form().unwrap_or(("", &[]));
        let fits = if rest {
            items.len() + 1 >= names.len()
        } else {
            items.len() == names.len()
        };
        if fits {
            return Ok(Fields {
                items: items.iter(),
            });
        }
        let mut shape = format!(
            "({}",
            std::iter::once(form)
                .chain(names.iter().copied())
                .collect::<Vec<_>>()
                .join(" ")
        );
        shape.push_str(if rest { " …)" } else { ")" });
        Err(self.fail(
            sexp,
            format!("expected `{shape}`, found {} fields", items.len()),
        ))
    }

    /// An error at an S-expression: "expected WHAT, found …".
    pub fn error(&self, sexp: &Sexp, what: &str) -> ReadError {
        self.fail(sexp, format!("expected {what}, found {}", sexp.summary()))
    }

    /// An error at an S-expression that is none of the given forms.
    pub fn not_a(&self, sexp: &Sexp, what: &str, forms: &[&str]) -> ReadError {
        let near = sexp
            .form()
            .map(|(name, _)| nearest(name, forms.iter().copied()))
            .unwrap_or_default();
        let near: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
        let hint = if near.is_empty() {
            let all: Vec<String> = forms.iter().map(|name| format!("`{name}`")).collect();
            if all.is_empty() {
                String::new()
            } else {
                format!("; the forms are {}", all.join(", "))
            }
        } else {
            format!("; did you mean {}?", near.join(" or "))
        };
        self.fail(
            sexp,
            format!("expected {what}, found {}{hint}", sexp.summary()),
        )
    }

    /// An error at an S-expression.
    pub fn fail(&self, sexp: &Sexp, message: impl Into<String>) -> ReadError {
        self.error_at(sexp.lo, message.into())
    }

    fn error_at(&self, offset: u32, message: String) -> ReadError {
        let position = self.start + offset;
        match self.cx.core().sources.locate(Span::new(position, position)) {
            Some(place) => ReadError {
                file: place.name.to_owned(),
                line: place.line,
                column: place.column,
                message,
            },
            None => ReadError {
                file: String::new(),
                line: 1,
                column: 1,
                message,
            },
        }
    }
}

/// The fields of a form that are still to be read.
pub struct Fields<'s> {
    items: std::slice::Iter<'s, Sexp>,
}

impl Fields<'_> {
    /// Reads the next field. The number of fields has been checked by [`Reader::fields`].
    pub fn next<C: Context, T: Syntax<C>>(
        &mut self,
        rd: &mut Reader<'_, C>,
    ) -> Result<T, ReadError> {
        match self.items.next() {
            Some(sexp) => T::read(sexp, rd),
            None => Err(rd.error_at(0, "a field is missing".to_owned())),
        }
    }

    /// Reads all further items.
    pub fn rest<C: Context, T: Syntax<C>>(
        &mut self,
        rd: &mut Reader<'_, C>,
    ) -> Result<Vec<T>, ReadError> {
        self.items.by_ref().map(|sexp| T::read(sexp, rd)).collect()
    }
}
