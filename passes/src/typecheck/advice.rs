//! Likely fixes.

use super::Checker;
use super::errors::*;
use crate::codes::*;
use ir_defs::known;
use ir_defs::types::Type;
use nanopass::{Diagnostic, Severity, Span, TyId};

impl Checker<'_> {
    /// Advice that follows from the two types.
    pub(super) fn type_help(
        &mut self,
        diagnostic: Diagnostic,
        found: TyId,
        expected: TyId,
        cause: &Cause,
    ) -> Diagnostic {
        let known = &self.known;
        if let Cause::Operand { op, .. } = cause
            && [(known.int, known.float), (known.float, known.int)].contains(&(found, expected))
        {
            return diagnostic
                .note(format!("`{}` takes two `Int`s or two `Float`s", op.text()))
                .help("write a whole `Float` with a fraction, `3.0`, or convert the `Int` with `int.toFloat`");
        }
        if (found, expected) == (known.int, known.float) {
            return diagnostic
                .help("convert it with `int.toFloat`, or write the number with a fraction: `1.0`");
        }
        if (found, expected) == (known.float, known.int) {
            return diagnostic.help("convert it with `int.fromFloat`");
        }
        if expected == known.text
            && (found == known.int
                || found == known.float
                || found == known.bool
                || found == known.char)
        {
            return diagnostic.help("convert it with `toText`, or write it into a text: `\"{…}\"`");
        }
        let used = matches!(cause, Cause::Argument { .. } | Cause::Operand { .. });
        if used && found == known.text && (expected == known.int || expected == known.float) {
            let parse = if expected == known.int {
                "text.parseInt"
            } else {
                "text.parseFloat"
            };
            return diagnostic.help(format!(
                "read a number out of a text with `{parse}`, which gives an `Option`"
            ));
        }
        if let Some(help) = self.lacks_arguments(found, expected) {
            return diagnostic.help(help);
        }
        if self.as_resource(found).is_some() {
            let help = "a resource gives its value by `<-` in an `effect` block, without `or`";
            return diagnostic.help(help);
        }
        if let Some((_, value)) = self.as_effect(expected)
            && self.as_effect(found).is_none()
            && self.could_be(found, value)
        {
            return diagnostic.help("make an effect of a plain value: `pure …`");
        }
        let names = [expected, found].map(|ty| {
            let data = self.session.as_data(ty);
            data.map_or("", |(con, _)| self.session.tycons.name(con))
        });
        match names {
            ["List", known::GENERATOR_TYPE] => {
                return diagnostic.help("collect its elements with `Generator.toList`");
            }
            [known::GENERATOR_TYPE, "List"] => {
                return diagnostic.help("make a generator of it with `Generator.fromList`");
            }
            _ => {}
        }
        if let Some((con, args)) = self.session.as_data(expected)
            && let &[arg] = args.as_slice()
            && self.could_be(found, arg)
        {
            match self.session.tycons.name(con) {
                "Option" if matches!(cause, Cause::Operand { .. }) => {
                    return diagnostic.help(
                        "the other operand may be `None`: match on it, or give a default with `??`",
                    );
                }
                "Option" => return diagnostic.help("wrap it: `Some …`"),
                "List" => return diagnostic.help("make it a list of one element: `[…]`"),
                _ => {}
            }
        }
        if let Some((con, args)) = self.session.as_data(found)
            && self.session.tycons.name(con) == "Option"
            && let &[arg] = args.as_slice()
            && self.could_be(arg, expected)
        {
            return diagnostic.help("it may be `None`: match on it, or give a default with `??`");
        }
        diagnostic
    }

    /// A function is found where its result is expected: it lacks arguments.
    pub(super) fn lacks_arguments(&mut self, found: TyId, expected: TyId) -> Option<String> {
        let mut result = self.shallow(found);
        let mut missing = 0;
        while let Type::Fun(_, rest) = *self.get(result) {
            result = self.shallow(rest);
            missing += 1;
        }
        let fits = missing > 0
            && !matches!(self.get(expected), Type::Fun(..))
            && self.could_be(result, expected);
        fits.then(|| match missing {
            1 => "this is a function; an argument is missing".to_string(),
            _ => format!("this is a function; {missing} arguments are missing"),
        })
    }

    /// Whether two types may be equal, without deciding anything.
    pub(super) fn could_be(&mut self, a: TyId, b: TyId) -> bool {
        let (a, b) = (self.shallow(a), self.shallow(b));
        match (self.get(a).clone(), self.get(b).clone()) {
            (Type::Hole(_) | Type::Error, _) | (_, Type::Hole(_) | Type::Error) => true,
            (Type::Apply(f, xs), Type::Apply(g, ys)) => {
                xs.len() == ys.len()
                    && self.could_be(f, g)
                    && xs.iter().zip(&ys).all(|(&x, &y)| self.could_be(x, y))
            }
            (Type::Fun(p, r), Type::Fun(q, s)) => self.could_be(p, q) && self.could_be(r, s),
            (Type::Tuple(xs), Type::Tuple(ys)) => {
                xs.len() == ys.len() && xs.iter().zip(&ys).all(|(&x, &y)| self.could_be(x, y))
            }
            (Type::Record { .. }, Type::Record { .. }) | (Type::Row { .. }, Type::Row { .. }) => {
                true
            }
            _ => a == b,
        }
    }

    /// If the first two arguments of a call fit in the other order, says so instead of what has been reported of each.
    pub(super) fn suggest_swap(&mut self, given: &[(Span, TyId, TyId)], errors_before: usize) {
        let &[
            (first_span, first, first_param),
            (second_span, second, second_param),
            ..,
        ] = given
        else {
            return;
        };
        if self.could_be(first, first_param)
            || !self.could_be(first, second_param)
            || !self.could_be(second, first_param)
        {
            return;
        }
        let mut errors = 0;
        for mut diagnostic in self.session.core.diagnostics.take() {
            let mine = errors >= errors_before && diagnostic.code == TYPE_MISMATCH;
            errors += usize::from(diagnostic.severity == Severity::Error);
            if mine && diagnostic.span() == second_span {
                continue;
            }
            if mine && diagnostic.span() == first_span {
                diagnostic.helps.clear();
                diagnostic = diagnostic.help("the first two arguments seem to be swapped");
            }
            self.session.report(diagnostic);
        }
    }
}
