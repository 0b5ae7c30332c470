//! What can be printed and read.

use super::printer::is_var_name;
use super::{Doc, Printer, ReadError, Reader, Sexp};
use crate::{Context, Symbol, TyId, VarId};

/// Something with a text form: terminals by hand, nonterminals by the generator, their containers here.
pub trait Syntax<C: Context> {
    /// The display tree.
    fn doc(&self, p: &mut Printer<'_, C>) -> Doc;

    /// Whether `sexp` looks like this type, judged by its first word or its kind. Decides between the `@bare` forms
    /// of a nonterminal; what it accepts may still fail to read.
    fn accepts(sexp: &Sexp) -> bool
    where
        Self: Sized;

    /// Reads what [`Syntax::doc`] prints.
    fn read(sexp: &Sexp, rd: &mut Reader<'_, C>) -> Result<Self, ReadError>
    where
        Self: Sized;
}

impl<C: Context> Syntax<C> for VarId {
    fn doc(&self, p: &mut Printer<'_, C>) -> Doc {
        p.var(*self)
    }

    fn accepts(sexp: &Sexp) -> bool {
        sexp.is_barred() || sexp.atom().is_some_and(is_var_name)
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, C>) -> Result<VarId, ReadError> {
        let Some(name) = sexp.name().filter(|_| <VarId as Syntax<C>>::accepts(sexp)) else {
            return Err(rd.error(sexp, "a variable"));
        };
        let span = rd.span(sexp);
        Ok(rd.var(name, span))
    }
}

impl<C: Context> Syntax<C> for Symbol {
    fn doc(&self, p: &mut Printer<'_, C>) -> Doc {
        Doc::name(p.cx().core().text(*self))
    }

    fn accepts(sexp: &Sexp) -> bool {
        sexp.name().is_some()
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, C>) -> Result<Symbol, ReadError> {
        match sexp.name() {
            Some(name) => Ok(rd.cx_mut().core_mut().intern(name)),
            None => Err(rd.error(sexp, "a name")),
        }
    }
}

/// The context prints and reads types; no type is `-`.
impl<C: Context> Syntax<C> for TyId {
    fn doc(&self, p: &mut Printer<'_, C>) -> Doc {
        if self.is_none() {
            Doc::atom("-")
        } else {
            C::type_doc(*self, p)
        }
    }

    fn accepts(_: &Sexp) -> bool {
        true
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, C>) -> Result<TyId, ReadError> {
        if sexp.is("-") {
            Ok(TyId::NONE)
        } else {
            C::read_type(sexp, rd)
        }
    }
}

impl<C: Context> Syntax<C> for bool {
    fn doc(&self, _: &mut Printer<'_, C>) -> Doc {
        Doc::atom(if *self { "true" } else { "false" })
    }

    fn accepts(sexp: &Sexp) -> bool {
        sexp.is("true") || sexp.is("false")
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, C>) -> Result<bool, ReadError> {
        match sexp.atom() {
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            _ => Err(rd.error(sexp, "`true` or `false`")),
        }
    }
}

impl<C: Context> Syntax<C> for String {
    fn doc(&self, _: &mut Printer<'_, C>) -> Doc {
        Doc::text(self)
    }

    fn accepts(sexp: &Sexp) -> bool {
        sexp.text().is_some()
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, C>) -> Result<String, ReadError> {
        sexp.text()
            .map(str::to_owned)
            .ok_or_else(|| rd.error(sexp, "a quoted text"))
    }
}

macro_rules! numbers {
    ($($number:ty),*) => { $(
        impl<C: Context> Syntax<C> for $number {
            fn doc(&self, _: &mut Printer<'_, C>) -> Doc {
                Doc::atom(self.to_string())
            }

            fn accepts(sexp: &Sexp) -> bool {
                sexp.atom().is_some_and(|word| word.parse::<$number>().is_ok())
            }

            fn read(sexp: &Sexp, rd: &mut Reader<'_, C>) -> Result<$number, ReadError> {
                let number = sexp.atom().and_then(|word| word.parse().ok());
                number.ok_or_else(|| rd.error(sexp, concat!("a number (", stringify!($number), ")")))
            }
        }
    )* };
}

numbers!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);

impl<C: Context, T: Syntax<C>> Syntax<C> for Box<T> {
    fn doc(&self, p: &mut Printer<'_, C>) -> Doc {
        (**self).doc(p)
    }

    fn accepts(sexp: &Sexp) -> bool {
        T::accepts(sexp)
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, C>) -> Result<Box<T>, ReadError> {
        T::read(sexp, rd).map(Box::new)
    }
}

impl<C: Context, T: Syntax<C>> Syntax<C> for Vec<T> {
    fn doc(&self, p: &mut Printer<'_, C>) -> Doc {
        Doc::Brackets(self.iter().map(|item| item.doc(p)).collect())
    }

    fn accepts(sexp: &Sexp) -> bool {
        sexp.brackets().is_some()
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, C>) -> Result<Vec<T>, ReadError> {
        let items = sexp
            .brackets()
            .ok_or_else(|| rd.error(sexp, "a list `[…]`"))?;
        items.iter().map(|item| T::read(item, rd)).collect()
    }
}

impl<C: Context, T: Syntax<C>> Syntax<C> for Option<T> {
    fn doc(&self, p: &mut Printer<'_, C>) -> Doc {
        self.as_ref().map_or(Doc::atom("_"), |item| item.doc(p))
    }

    fn accepts(sexp: &Sexp) -> bool {
        sexp.is("_") || T::accepts(sexp)
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, C>) -> Result<Option<T>, ReadError> {
        if sexp.is("_") {
            Ok(None)
        } else {
            T::read(sexp, rd).map(Some)
        }
    }
}

macro_rules! tuples {
    ($($count:literal: $($name:ident $part:ident),*;)*) => { $(
        impl<C: Context, $($part: Syntax<C>),*> Syntax<C> for ($($part,)*) {
            fn doc(&self, p: &mut Printer<'_, C>) -> Doc {
                let ($($name,)*) = self;
                Doc::List(vec![$($name.doc(p)),*])
            }

            fn accepts(sexp: &Sexp) -> bool {
                sexp.list().is_some_and(|items| items.len() == $count)
            }

            fn read(sexp: &Sexp, rd: &mut Reader<'_, C>) -> Result<($($part,)*), ReadError> {
                let Some([$($name),*]) = sexp.list() else {
                    return Err(rd.error(sexp, concat!("a tuple of ", $count)));
                };
                Ok(($($part::read($name, rd)?,)*))
            }
        }
    )* };
}

tuples! {
    2: a A, b B;
    3: a A, b B, c C3;
    4: a A, b B, c C3, d D;
    5: a A, b B, c C3, d D, e E;
}
