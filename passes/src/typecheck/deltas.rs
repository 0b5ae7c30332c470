//! Literals with a suffix: `10px` is a call of the function that the suffix is.
//!
//! The function's parameter says what the number is: an `Int`, a `Float`, or a `Text` of the digits, which may be of any
//! length. Where the function takes any type, the number is an `Int` if it is a whole one.

use ir_defs::kernel;
use ir_defs::known::{self, Digits};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::Lit;
use ir_defs::typed::Expr;
use ir_defs::types::Type;
use nanopass::{Meta, TyId};

use super::Checker;
use super::errors::{self, *};

/// The value of digits without a sign; `None` beyond 64 bits.
fn whole_magnitude(digits: &str) -> Option<u64> {
    match digits.as_bytes() {
        [b'0', b'x', ..] => u64::from_str_radix(digits.get(2..)?, 16),
        [b'0', b'b', ..] => u64::from_str_radix(digits.get(2..)?, 2),
        _ => digits.parse(),
    }
    .ok()
}

/// The value of digits as written, with a sign; `None` beyond the range of `Int`.
fn whole(number: &str) -> Option<i64> {
    let (negative, digits) = match number.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, number),
    };
    let magnitude = whole_magnitude(digits)?;
    match negative {
        true => 0i64.checked_sub_unsigned(magnitude),
        false => i64::try_from(magnitude).ok(),
    }
}

fn is_whole(number: &str) -> bool {
    let hexadecimal = number.trim_start_matches('-').starts_with("0x");
    hexadecimal || !number.contains(['.', 'e', 'E'])
}

/// Whether a suffix takes a number, whose value is not asked for.
fn takes(digits: Digits, number: &str) -> bool {
    let magnitude = number.trim_start_matches('-');
    let prefixed = magnitude.starts_with("0x") || magnitude.starts_with("0b");
    match digits {
        Digits::Whole => is_whole(number),
        Digits::Fraction => !prefixed && !magnitude.contains(['e', 'E']),
        Digits::Decimal => !prefixed,
        Digits::Unsigned => is_whole(number) && whole_magnitude(magnitude).is_some(),
    }
}

/// The bits of a number that is beyond the range of `Int`, where the suffix knows numbers without a sign.
fn unsigned(digits: Option<Digits>, number: &str) -> Option<i64> {
    match digits {
        Some(Digits::Unsigned) => whole_magnitude(number).map(|value| value as i64),
        _ => None,
    }
}

impl Checker<'_> {
    /// `10px`
    pub(super) fn delta(&mut self, meta: Meta, suffix: GlobalId, number: &str) -> Expr {
        let fun = self.use_global(meta, suffix);
        let Some((param, result)) = self.suffix_type(meta, fun.meta().ty) else {
            return self.failed(meta);
        };
        let known = self.shallow(param);
        let digits = self.digits_of(suffix);
        if digits.is_some_and(|digits| !takes(digits, number)) {
            self.not_taken(meta, suffix, number);
            return self.failed(meta);
        }
        let lit = if known == self.known.text {
            Lit::Text(number.into())
        } else if known == self.known.float {
            Lit::Float(match whole(number) {
                // Hexadecimal digits are no notation of `Float`.
                Some(value) => value as f64,
                None => number.parse().unwrap_or(f64::NAN),
            })
        } else if is_whole(number) {
            match whole(number).or_else(|| unsigned(digits, number)) {
                Some(value) => Lit::Int(value),
                None => {
                    self.error(
                        OUT_OF_RANGE,
                        "this number is out of the range of `Int`",
                        meta.span,
                        "",
                    );
                    return self.failed(meta);
                }
            }
        } else {
            Lit::Float(number.parse().unwrap_or(f64::NAN))
        };
        let found = self.lit_type(&lit);
        if !self.suffix_takes(meta, suffix, found, param) {
            return self.failed(meta);
        }
        let lit = Expr::Lit {
            meta: meta.with_ty(found),
            lit,
        };
        Expr::Apply {
            meta: meta.with_ty(result),
            fun: Box::new(fun),
            args: vec![lit],
        }
    }

    /// What the library says of the numbers of a suffix.
    fn digits_of(&self, suffix: GlobalId) -> Option<Digits> {
        let name = self.session.globals.name(suffix);
        let mut suffixes = known::SUFFIXES.iter();
        suffixes
            .find(|(known, _)| *known == name)
            .map(|&(_, digits)| digits)
    }

    fn not_taken(&mut self, meta: Meta, suffix: GlobalId, number: &str) {
        let name = self.global_name(suffix);
        let suffix_text = name.trim_start_matches('1').to_string();
        let (takes, help) = match self.digits_of(suffix) {
            Some(Digits::Whole) => (
                "whole numbers",
                "write a number with a fraction with `dec` or `rat`",
            ),
            Some(Digits::Fraction) => (
                "decimal digits with or without a fraction",
                "write the number without an exponent",
            ),
            Some(Digits::Decimal) => ("decimal numbers", "write the number in decimal digits"),
            Some(Digits::Unsigned) | None => (
                "whole numbers from 0 to 18446744073709551615",
                "numbers of any length have the suffix `n`",
            ),
        };
        let diagnostic = errors::error(
            SUFFIX_NUMBER,
            format!("the suffix `{suffix_text}` takes {takes}, and this is `{number}`"),
            meta.span,
            "",
        )
        .help(help);
        self.session.report(diagnostic);
    }

    /// `(e)px`: a number stands for its digits where the suffix takes a `Text`.
    pub(super) fn suffixed(&mut self, meta: Meta, suffix: GlobalId, value: kernel::Expr) -> Expr {
        let at = value.meta();
        let fun = self.use_global(meta, suffix);
        let value = self.infer(value);
        let Some((param, result)) = self.suffix_type(meta, fun.meta().ty) else {
            return self.failed(meta);
        };
        let (known, found) = (self.shallow(param), self.shallow(value.meta().ty));
        let number = found == self.known.int || found == self.known.float;
        if found == self.known.float && self.digits_of(suffix) == Some(Digits::Whole) {
            let written = self.session.core.sources.text(at.span).to_string();
            self.not_taken(at, suffix, &written);
            return self.failed(meta);
        }
        let value = if known == self.known.text && number {
            let to_text = self.known.to_text;
            self.convert_by(value, known::TO_TEXT, to_text, found, known)
        } else if self.suffix_takes(at, suffix, found, param) {
            value
        } else {
            return self.failed(meta);
        };
        Expr::Apply {
            meta: meta.with_ty(result),
            fun: Box::new(fun),
            args: vec![value],
        }
    }

    fn suffix_type(&mut self, meta: Meta, ty: TyId) -> Option<(TyId, TyId)> {
        let ty = self.shallow(ty);
        match *self.get(ty) {
            Type::Fun(param, result) => Some((param, result)),
            Type::Hole(hole) => {
                self.site = meta.span;
                Some(self.become_function(hole))
            }
            _ => None,
        }
    }

    fn suffix_takes(&mut self, meta: Meta, suffix: GlobalId, found: TyId, param: TyId) -> bool {
        self.site = meta.span;
        if self.unify(found, param).is_ok() {
            return true;
        }
        let name = self.global_name(suffix);
        let suffix_text = name.trim_start_matches('1');
        let (found, wanted) = (self.show(found), self.show(param));
        let place = self.session.globals.get(suffix).map(|info| info.span);
        let mut diagnostic = errors::error(
            TYPE_MISMATCH,
            format!("the suffix `{suffix_text}` takes `{wanted}`, and this is `{found}`"),
            meta.span,
            "",
        );
        if let Some(place) = place.filter(|place| !place.is_none()) {
            diagnostic = diagnostic.label(place, "the suffix is defined here");
        }
        self.session.report(diagnostic);
        false
    }
}
