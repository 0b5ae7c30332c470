//! Literals, flags, operators: leaves that are no names.

use std::sync::Arc;

use nanopass::{Doc, Printer, ReadError, Reader, Sexp, Syntax, TyId, VarId};

use crate::Session;
use crate::prims::Prim;
use crate::reps::{Layout, Local, Rep, Results};
use crate::terminals::{
    Binder, ByteString, DERIVATIONS, Derivation, EvVar, Flag, Ident, IntLit, LabelId, Lit,
    Operator, REASONS, Reason, TextLit,
};

/// A terminal that is one of a table of words.
macro_rules! words {
    ($type:ty, $what:literal, $text:expr, $of:expr) => {
        impl Syntax<Session> for $type {
            fn doc(&self, _: &mut Printer<'_, Session>) -> Doc {
                Doc::atom($text(*self))
            }

            fn accepts(sexp: &Sexp) -> bool {
                sexp.atom().is_some_and(|word| $of(word).is_some())
            }

            fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<$type, ReadError> {
                sexp.atom()
                    .and_then($of)
                    .ok_or_else(|| rd.error(sexp, $what))
            }
        }
    };
}

fn spelling<T: PartialEq>(table: &[(T, &'static str)], item: T) -> &'static str {
    table
        .iter()
        .find(|(other, _)| *other == item)
        .map_or("?", |(_, text)| text)
}

fn spelled<T: Copy>(table: &[(T, &str)], word: &str) -> Option<T> {
    table
        .iter()
        .find(|(_, text)| *text == word)
        .map(|&(item, _)| item)
}

words!(Operator, "an operator", Operator::text, Operator::of);
words!(
    Reason,
    "a reason",
    |reason| spelling(REASONS, reason),
    |word| spelled(REASONS, word)
);
words!(Prim, "a primitive", Prim::name, Prim::named);
words!(
    Derivation,
    "a structural operation",
    |derivation| spelling(DERIVATIONS, derivation),
    |word| spelled(DERIVATIONS, word)
);
words!(
    Flag,
    "`yes` or `no`",
    |flag: Flag| if flag.0 { "yes" } else { "no" },
    |word| match word {
        "yes" => Some(Flag(true)),
        "no" => Some(Flag(false)),
        _ => None,
    }
);

impl Syntax<Session> for IntLit {
    fn doc(&self, _: &mut Printer<'_, Session>) -> Doc {
        Doc::atom(self.0.to_string())
    }

    fn accepts(sexp: &Sexp) -> bool {
        sexp.atom().is_some_and(|word| word.parse::<u32>().is_ok())
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<IntLit, ReadError> {
        let number = sexp.atom().and_then(|word| word.parse().ok());
        number.map(IntLit).ok_or_else(|| rd.error(sexp, "a number"))
    }
}

/// A float always has a point, an exponent or letters, so that it differs from an integer.
fn float_text(value: f64) -> String {
    if value.is_nan() {
        return format!("+nan:{:x}", value.to_bits());
    }
    if value.is_infinite() {
        return if value > 0.0 { "+inf" } else { "-inf" }.to_owned();
    }
    format!("{value:?}")
}

fn float_of(word: &str) -> Option<f64> {
    match word {
        "+inf" => Some(f64::INFINITY),
        "-inf" => Some(f64::NEG_INFINITY),
        _ => match word.strip_prefix("+nan:") {
            Some(bits) => u64::from_str_radix(bits, 16).ok().map(f64::from_bits),
            None => word.parse().ok(),
        },
    }
}

fn is_number(word: &str) -> bool {
    let digits = word.strip_prefix(['-', '+']).unwrap_or(word);
    digits.starts_with(|first: char| first.is_ascii_digit())
        || matches!(word, "+inf" | "-inf")
        || word.starts_with("+nan:")
}

/// `42`, `1.5`, `"text"`, `(char 97)` with a comment of its own in the name: `(char a)` where that is a word.
impl Syntax<Session> for Lit {
    fn doc(&self, _: &mut Printer<'_, Session>) -> Doc {
        match self {
            Lit::Int(value) => Doc::atom(value.to_string()),
            Lit::Float(value) => Doc::atom(float_text(*value)),
            Lit::Char(char) => Doc::form("char", vec![Doc::text(&char.to_string())]),
            Lit::Text(text) => Doc::text(text),
        }
    }

    fn accepts(sexp: &Sexp) -> bool {
        sexp.text().is_some() || sexp.is_form(&["char"]) || sexp.atom().is_some_and(is_number)
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<Lit, ReadError> {
        if let Some(text) = sexp.text() {
            return Ok(Lit::Text(Arc::from(text)));
        }
        if let Some(("char", [text])) = sexp.form()
            && let Some(text) = text.text()
        {
            let mut chars = text.chars();
            if let (Some(char), None) = (chars.next(), chars.next()) {
                return Ok(Lit::Char(char));
            }
        }
        let word = sexp.atom().unwrap_or("");
        if let Ok(value) = word.parse() {
            return Ok(Lit::Int(value));
        }
        match float_of(word).filter(|_| is_number(word)) {
            Some(value) => Ok(Lit::Float(value)),
            None => Err(rd.error(sexp, "a literal")),
        }
    }
}

impl Syntax<Session> for TextLit {
    fn doc(&self, _: &mut Printer<'_, Session>) -> Doc {
        Doc::text(&self.0)
    }

    fn accepts(sexp: &Sexp) -> bool {
        sexp.text().is_some()
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<TextLit, ReadError> {
        match sexp.text() {
            Some(text) => Ok(TextLit(Arc::from(text))),
            None => Err(rd.error(sexp, "a quoted text")),
        }
    }
}

/// Two hexadecimal digits a byte.
impl Syntax<Session> for ByteString {
    fn doc(&self, _: &mut Printer<'_, Session>) -> Doc {
        let digits: String = self.0.iter().map(|byte| format!("{byte:02x}")).collect();
        Doc::text(&digits)
    }

    fn accepts(sexp: &Sexp) -> bool {
        sexp.text().is_some()
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<ByteString, ReadError> {
        let digits = sexp.text().unwrap_or("?");
        let bytes: Option<Vec<u8>> = digits
            .as_bytes()
            .chunks(2)
            .map(|pair| {
                let pair = std::str::from_utf8(pair)
                    .ok()
                    .filter(|pair| pair.len() == 2)?;
                u8::from_str_radix(pair, 16).ok()
            })
            .collect();
        match bytes {
            Some(bytes) => Ok(ByteString(Arc::from(bytes))),
            None => Err(rd.error(sexp, "a quoted text of hexadecimal digits")),
        }
    }
}

impl Syntax<Session> for Ident {
    fn doc(&self, p: &mut Printer<'_, Session>) -> Doc {
        Doc::name(p.cx().core.text(self.name))
    }

    fn accepts(sexp: &Sexp) -> bool {
        sexp.name().is_some()
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<Ident, ReadError> {
        let span = rd.span(sexp);
        match sexp.name() {
            Some(name) => Ok(Ident {
                name: rd.cx_mut().core.intern(name),
                span,
            }),
            None => Err(rd.error(sexp, "a name")),
        }
    }
}

/// `x` without a type, `(x Int)` with one.
impl Syntax<Session> for Binder {
    fn doc(&self, p: &mut Printer<'_, Session>) -> Doc {
        if self.ty.is_none() {
            return p.var(self.var);
        }
        // `(list Int)` would read as a pattern, so a variable of that name stands between bars.
        let name = p.var_name(self.var);
        let var = if crate::typed::Pattern::FORMS.contains(&name.as_str()) {
            Doc::barred(&name)
        } else {
            p.var(self.var)
        };
        Doc::list(vec![var, self.ty.doc(p)])
    }

    fn accepts(sexp: &Sexp) -> bool {
        match sexp.list() {
            // `(char "a")` is a literal.
            Some([var, ty]) => <VarId as Syntax<Session>>::accepts(var) && ty.text().is_none(),
            _ => <VarId as Syntax<Session>>::accepts(sexp),
        }
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<Binder, ReadError> {
        match sexp.list() {
            Some([var, ty]) => Ok(Binder::new(VarId::read(var, rd)?, TyId::read(ty, rd)?)),
            Some(_) => Err(rd.error(sexp, "a variable and its type: `(x Int)`")),
            None => Ok(Binder::untyped(VarId::read(sexp, rd)?)),
        }
    }
}

/// `i64`, or `(results i64 value)`.
impl Syntax<Session> for Rep {
    fn doc(&self, _: &mut Printer<'_, Session>) -> Doc {
        match self {
            Rep::Results(results) => {
                let reps = results.reps().map(|rep| Doc::atom(rep.text()));
                Doc::form("results", reps.collect())
            }
            rep => Doc::atom(rep.text()),
        }
    }

    fn accepts(sexp: &Sexp) -> bool {
        sexp.atom().is_some_and(|word| Rep::of(word).is_some()) || sexp.is_form(&["results"])
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<Rep, ReadError> {
        let found = match sexp.form() {
            Some(("results", reps)) => {
                let reps = reps.iter().map(|rep| Rep::read(rep, rd));
                let reps = reps.collect::<Result<Vec<_>, _>>()?;
                Results::of(&reps).map(Rep::Results)
            }
            _ => sexp.atom().and_then(Rep::of),
        };
        found.ok_or_else(|| rd.error(sexp, "a representation"))
    }
}

/// `(x i64)`
impl Syntax<Session> for Local {
    fn doc(&self, p: &mut Printer<'_, Session>) -> Doc {
        Doc::list(vec![p.var(self.var), self.rep.doc(p)])
    }

    fn accepts(sexp: &Sexp) -> bool {
        matches!(sexp.list(), Some([_, rep]) if Rep::accepts(rep))
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<Local, ReadError> {
        match sexp.list() {
            Some([var, rep]) => Ok(Local {
                var: VarId::read(var, rd)?,
                rep: Rep::read(rep, rd)?,
            }),
            _ => Err(rd.error(sexp, "a variable and its representation: `(x i64)`")),
        }
    }
}

impl Syntax<Session> for EvVar {
    fn doc(&self, p: &mut Printer<'_, Session>) -> Doc {
        p.var(self.0)
    }

    fn accepts(sexp: &Sexp) -> bool {
        <VarId as Syntax<Session>>::accepts(sexp)
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<EvVar, ReadError> {
        VarId::read(sexp, rd).map(EvVar)
    }
}

impl Syntax<Session> for LabelId {
    fn doc(&self, p: &mut Printer<'_, Session>) -> Doc {
        p.var(self.0)
    }

    fn accepts(sexp: &Sexp) -> bool {
        <VarId as Syntax<Session>>::accepts(sexp)
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<LabelId, ReadError> {
        VarId::read(sexp, rd).map(LabelId)
    }
}

/// `(layout 1 value i64)`: the tag, then the fields.
impl Syntax<Session> for Layout {
    fn doc(&self, p: &mut Printer<'_, Session>) -> Doc {
        let mut items = vec![Doc::atom(self.tag.to_string())];
        items.extend(self.fields.iter().map(|field| field.doc(p)));
        Doc::form("layout", items)
    }

    fn accepts(sexp: &Sexp) -> bool {
        sexp.is_form(&["layout"])
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<Layout, ReadError> {
        let Some(("layout", [tag, fields @ ..])) = sexp.form() else {
            return Err(rd.error(sexp, "a layout: `(layout 0 value i64)`"));
        };
        let tag = IntLit::read(tag, rd)?.0;
        let fields = fields
            .iter()
            .map(|field| Rep::read(field, rd))
            .collect::<Result<_, _>>()?;
        Ok(Layout { tag, fields })
    }
}
