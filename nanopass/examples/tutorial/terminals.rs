//! The leaves of the trees. A terminal is a type that can be printed and read.

use nanopass::{Context, Doc, Printer, ReadError, Reader, Sexp, Syntax};

/// An integer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Number(pub i64);

impl<C: Context> Syntax<C> for Number {
    fn doc(&self, p: &mut Printer<'_, C>) -> Doc {
        self.0.doc(p)
    }

    fn accepts(sexp: &Sexp) -> bool {
        <i64 as Syntax<C>>::accepts(sexp)
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, C>) -> Result<Number, ReadError> {
        Syntax::read(sexp, rd).map(Number)
    }
}

/// A terminal that is a letter and a number.
macro_rules! lettered {
    ($(#[doc = $doc:literal] $name:ident $letter:literal $what:literal;)*) => { $(
        #[doc = $doc]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub struct $name(pub u32);

        impl<C: Context> Syntax<C> for $name {
            fn doc(&self, _: &mut Printer<'_, C>) -> Doc {
                Doc::atom(format!("{}{}", $letter, self.0))
            }

            fn accepts(sexp: &Sexp) -> bool {
                sexp.atom().is_some_and(|word| word.starts_with($letter))
            }

            fn read(sexp: &Sexp, rd: &mut Reader<'_, C>) -> Result<$name, ReadError> {
                let number = sexp.atom().and_then(|word| word.strip_prefix($letter)?.parse().ok());
                number.map($name).ok_or_else(|| rd.error(sexp, $what))
            }
        }
    )* };
}

lettered! {
    #[doc = "A place in the frame of the stack machine: `s0`."]
    Slot 's' "a slot such as `s0`";
    #[doc = "A place in the code: `l0`."]
    Label 'l' "a label such as `l0`";
}
