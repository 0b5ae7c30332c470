//! Likely fixes.

use super::errors::*;
use super::{Binding, Checker};
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
        if let Some(help) = self.parentheses_help(found, expected, cause) {
            return diagnostic.help(help);
        }
        let known = &self.known;
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
        if matches!(cause, Cause::Signature { .. })
            && let Some(help) = self.parameters_help(found, expected)
        {
            return diagnostic.help(help);
        }
        if let Some(help) = self.lacks_arguments(found, expected) {
            return diagnostic.help(help);
        }
        if let (Type::Fun(_, result), Cause::Argument { .. }) = (self.get(expected).clone(), cause)
            && !matches!(self.get(found), Type::Fun(..))
            && self.could_be(found, result)
        {
            return diagnostic.help(if found == self.known.bool {
                "a condition is read as a predicate where a name in it is bound nowhere; here write `x => …`"
            } else {
                "a function is expected: write `x => …`"
            });
        }
        if self.as_resource(found).is_some() {
            let help = "a resource gives its value by `<-` in an `effect` block";
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
            && let Some(&arg) = args.last()
            && self.could_be(arg, expected)
        {
            match self.session.tycons.name(con) {
                "Option" => {
                    return diagnostic
                        .help("it may be `None`: match on it, or give a default with `??`");
                }
                "Result" => {
                    return diagnostic
                        .help("it may be an `Err`: match on it, or give a default with `or`");
                }
                _ => {}
            }
        }
        diagnostic
    }

    /// A pattern of what a `Result` or an `Option` holds, without the constructor.
    pub(super) fn content_help(&mut self, found: TyId, expected: TyId) -> Option<&'static str> {
        let (con, args) = self.session.as_data(expected)?;
        let name = self.session.tycons.name(con).to_string();
        match (name.as_str(), args.as_slice()) {
            ("Option", &[content]) if self.could_be(found, content) => {
                Some("what an `Option` holds is matched in its constructor: `Some …`")
            }
            ("Result", &[error, _]) if self.could_be(found, error) => {
                Some("the error of a `Result` is matched in its constructor: `Err …`")
            }
            ("Result", &[_, value]) if self.could_be(found, value) => {
                Some("the value of a `Result` is matched in its constructor: `Ok …`")
            }
            _ => None,
        }
    }

    /// A function is found where a type that can be compared or printed is needed.
    pub(super) fn missing_argument_help(&mut self, ty: TyId, span: Span, is_value: bool) -> String {
        let mut params = Vec::new();
        let mut rest = self.shallow(ty);
        while let Type::Fun(param, result) = *self.get(rest) {
            params.push(self.shallow(param));
            rest = self.shallow(result);
        }
        let text = self.session.core.sources.text(span);
        let text = match text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
        {
            Some(hole) => hole.trim_matches(['{', '}']),
            None => text,
        };
        let shown = is_value
            && text.starts_with(|first: char| first.is_ascii_alphabetic())
            && text.len() <= 40
            && !text.contains(['\n', '"']);
        let what = match params.len() {
            1 => "an argument is missing".to_string(),
            number => format!("{number} arguments are missing"),
        };
        let given = match params.as_slice() {
            &[unit] if unit == self.known.unit => " Unit".to_string(),
            _ => " …".repeat(params.len()),
        };
        if shown {
            format!("this is a function; {what}: `{text}{given}`")
        } else {
            format!("this is a function; {what}")
        }
    }

    /// What to do with a plain value where an effect is expected.
    pub(super) fn effects_help(&mut self, found: TyId, expected: TyId) -> Option<String> {
        if let Some((con, args)) = self.session.as_data(found)
            && self.session.tycons.name(con) == "List"
            && let &[item] = args.as_slice()
            && self.as_effect(item).is_some()
        {
            return Some(
                "these effects have not been run: `_ <- logic.traverse (x => …) xs` runs one for each item"
                    .to_string(),
            );
        }
        self.lacks_arguments(found, expected)
    }

    /// How many parameters a definition has and its signature says, where these differ.
    pub(super) fn parameters_help(&mut self, found: TyId, expected: TyId) -> Option<String> {
        let mut count = |ty: TyId| {
            let mut number = 0;
            let mut ty = self.shallow(ty);
            while let Type::Fun(_, result) = *self.get(ty) {
                number += 1;
                ty = self.shallow(result);
            }
            (number, matches!(self.get(ty), Type::Hole(_) | Type::Var(_)))
        };
        let ((found, _), (expected, open)) = (count(found), count(expected));
        if found == expected || open || expected == 0 {
            return None;
        }
        let says = format!(
            "the signature says {}",
            super::errors::count(expected, "parameter")
        );
        Some(match found {
            0 => format!("{says}, and this is no function: write `x => …`"),
            _ => format!("{says}, and this has {found}"),
        })
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

    /// If the arguments of a call fit in another order, says so instead of what has been reported of each; gives whether
    /// it does.
    pub(super) fn suggest_order(
        &mut self,
        callee: Callee,
        given: &[(Span, TyId, TyId)],
        errors_before: usize,
    ) -> bool {
        if (3..=4).contains(&given.len()) && self.fit_otherwise(callee, given) {
            self.other_order(callee, given, errors_before);
            true
        } else {
            self.suggest_swap(callee, given, errors_before)
        }
    }

    /// Whether three or four arguments do not fit as they stand, and fit the function's type in another order.
    fn fit_otherwise(&mut self, callee: Callee, given: &[(Span, TyId, TyId)]) -> bool {
        let Some(params) = self.parameters_of(callee, given.len()) else {
            return false;
        };
        let fits: Vec<Vec<bool>> = given
            .iter()
            .map(|&(_, found, _)| {
                let params = params.iter();
                params.map(|&param| self.could_fit(found, param)).collect()
            })
            .collect();
        let fit = |arg: usize, param: usize| {
            fits.get(arg)
                .and_then(|row| row.get(param))
                .copied()
                .unwrap_or(false)
        };
        let number = given.len();
        // Two that have changed places are told so by themselves.
        let swapped = fit(0, 1) && fit(1, 0) && (2..number).all(|index| fit(index, index));
        let straight = (0..number).all(|index| fit(index, index));
        !straight && !swapped && permuted(number, &mut Vec::new(), &fit)
    }

    /// The types of a definition's parameters as its signature has them.
    fn parameters_of(&mut self, callee: Callee, number: usize) -> Option<Vec<TyId>> {
        self.signature_parts(callee, number)
            .map(|(params, _)| params)
    }

    /// The same, and the type of what follows them.
    fn signature_parts(&mut self, callee: Callee, number: usize) -> Option<(Vec<TyId>, TyId)> {
        let Callee::Global(global) = callee else {
            return None;
        };
        let mut ty = match self.globals.get(&global)? {
            Binding::Poly { scheme, .. } => scheme.ty,
            Binding::Mono(_) | Binding::Member { .. } => return None,
        };
        let mut params = Vec::with_capacity(number);
        for _ in 0..number {
            let Type::Fun(param, result) = *self.get(ty) else {
                return None;
            };
            params.push(param);
            ty = self.shallow(result);
        }
        Some((params, ty))
    }

    /// Whether a call with so many arguments gives what is a type variable in the signature.
    pub(super) fn gives_variable(&mut self, callee: Callee, given: usize) -> bool {
        let parts = self.signature_parts(callee, given);
        parts.is_some_and(|(_, result)| matches!(self.get(result), Type::Var(_)))
    }

    /// Whether an argument may fit a parameter of a signature, whose variables fit anything.
    fn could_fit(&mut self, found: TyId, param: TyId) -> bool {
        let (found, param) = (self.shallow(found), self.shallow(param));
        match (self.get(found).clone(), self.get(param).clone()) {
            (_, Type::Var(_)) | (Type::Hole(_) | Type::Error, _) => true,
            (Type::Apply(f, xs), Type::Apply(g, ys)) => {
                xs.len() == ys.len()
                    && self.could_fit(f, g)
                    && xs.iter().zip(&ys).all(|(&x, &y)| self.could_fit(x, y))
            }
            (Type::Fun(p, r), Type::Fun(q, s)) => self.could_fit(p, q) && self.could_fit(r, s),
            _ => self.could_be(found, param),
        }
    }

    fn other_order(&mut self, callee: Callee, given: &[(Span, TyId, TyId)], errors_before: usize) {
        let signature = match callee {
            Callee::Global(global) => match self.globals.get(&global) {
                Some(Binding::Poly { scheme, .. }) => {
                    let ty = scheme.ty;
                    Some(format!(
                        "`{} : {}`",
                        self.global_name(global),
                        self.show(ty)
                    ))
                }
                _ => None,
            },
            _ => None,
        };
        let mut errors = 0;
        let mut said = false;
        for mut diagnostic in self.session.core.diagnostics.take() {
            let mine = errors >= errors_before
                && diagnostic.code == TYPE_MISMATCH
                && given.iter().any(|&(span, ..)| span == diagnostic.span());
            errors += usize::from(diagnostic.severity == Severity::Error);
            if mine && said {
                continue;
            }
            if mine {
                said = true;
                diagnostic.helps.clear();
                diagnostic = diagnostic.help("the arguments seem to stand in another order");
                if let Some(signature) = &signature {
                    diagnostic = diagnostic.note(signature.clone());
                }
            }
            self.session.report(diagnostic);
        }
    }

    /// If the first two arguments of a call fit in the other order, says so instead of what has been reported of each.
    fn suggest_swap(
        &mut self,
        callee: Callee,
        given: &[(Span, TyId, TyId)],
        errors_before: usize,
    ) -> bool {
        let &[
            (first_span, first, first_param),
            (second_span, second, second_param),
            ..,
        ] = given
        else {
            return false;
        };
        if self.could_be(first, first_param) {
            return false;
        }
        let swapped = match self.parameters_of(callee, 2).as_deref() {
            // What the second argument has made of the second parameter does not count.
            Some(&[first_wanted, second_wanted]) => {
                self.could_fit(first, second_wanted)
                    && self.could_fit(second, first_wanted)
                    && self.could_be(second, first_param)
            }
            _ => self.could_be(first, second_param) && self.could_be(second, first_param),
        };
        if !swapped {
            return false;
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
        true
    }
}

/// Whether some order of the arguments gives each parameter one that fits it.
fn permuted(number: usize, chosen: &mut Vec<usize>, fit: &impl Fn(usize, usize) -> bool) -> bool {
    let param = chosen.len();
    if param == number {
        return true;
    }
    for arg in 0..number {
        if !chosen.contains(&arg) && fit(arg, param) {
            chosen.push(arg);
            if permuted(number, chosen, fit) {
                return true;
            }
            chosen.pop();
        }
    }
    false
}

/// The type that a type variable is probably meant to be: elsewhere the names of types begin with a small letter.
pub(super) fn meant_type(variable: &str) -> Option<&'static str> {
    Some(match variable {
        "int" | "integer" | "long" | "i64" | "i32" | "u32" => "Int",
        "float" | "double" | "f64" | "f32" | "real" => "Float",
        "string" | "str" | "text" => "Text",
        "bool" | "boolean" => "Bool",
        "char" => "Char",
        "unit" | "void" => "Unit",
        "bytes" => "Bytes",
        _ => return None,
    })
}
