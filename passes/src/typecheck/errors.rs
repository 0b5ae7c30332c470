//! What is said about a program that does not fit its types.

use ir_defs::kernel;
use ir_defs::tables::{ConId, GlobalId};
use ir_defs::terminals::{Operator, Reason};
use nanopass::{Diagnostic, Meta, Span, Symbol, TyId, VarId};

use super::Checker;
pub(super) use crate::codes::*;

/// How many of the expressions with a wrong type are searched: a group of a thousand mistakes is not looked at for each.
const NEAREST: usize = 64;

/// Why a type is expected of an expression.
#[derive(Clone, Debug)]
pub(super) enum Cause {
    /// It is an argument, counted from 0.
    Argument {
        callee: Callee,
        place: Span,
        index: usize,
    },
    /// Another arm decided.
    Branch {
        reason: Reason,
        first: Span,
    },
    /// Another element of the generator decided.
    Yield {
        first: Span,
    },
    /// Another element of the list decided.
    Item {
        first: Span,
    },
    /// The other operand decided.
    Operand {
        op: Operator,
        other: Span,
    },
    /// A domain's signature of the operator decided.
    Overload {
        op: Operator,
        other: Span,
        global: GlobalId,
    },
    /// The operands decided what an operator gives.
    Result {
        op: Operator,
        /// The domain's definition that they chose.
        global: Option<GlobalId>,
    },
    Condition {
        reason: Reason,
    },
    Guard,
    Field {
        label: Symbol,
    },
    /// A signature at this place.
    Signature {
        place: Span,
    },
    /// A part of what a signature says.
    Inside {
        place: Span,
    },
    /// What is matched decided.
    Pattern {
        subject: Span,
    },
    /// What `...` is in front of.
    Spread,
    /// A step of an effect.
    Step {
        reason: Reason,
    },
    /// The last expression of an effect.
    Tail,
    Main,
    /// It replaces what the path of a patch leads to, which has this type.
    Path {
        place: Span,
        ty: TyId,
    },
    /// A function that transforms what the path of a patch leads to.
    Transformation {
        place: Span,
        ty: TyId,
    },
    /// It selects items, or a key, in the path of a patch.
    Selector,
    /// A use of the binding inside itself.
    Recursive,
    Other,
}

/// What a form of the language takes that has become a call of the library.
pub(super) fn form_takes(name: &str) -> Option<&'static str> {
    Some(match name {
        "range" => "a range goes from an `Int` to an `Int`",
        "Cons" | "append" | "concat" => "`...` in a list takes a `List` of the same elements",
        "not" => "`!` takes a `Bool`",
        _ => return None,
    })
}

impl Cause {
    /// Whether coercions are tried here.
    pub(super) fn coerces(&self) -> bool {
        matches!(
            self,
            Cause::Argument { .. }
                | Cause::Field { .. }
                | Cause::Signature { .. }
                | Cause::Path { .. }
        )
    }

    /// For the components of an expression.
    pub(super) fn inside(&self) -> Cause {
        match self {
            Cause::Signature { place } => Cause::Inside { place: *place },
            Cause::Argument { .. } => Cause::Other,
            other => other.clone(),
        }
    }

    /// For the result of a lambda.
    pub(super) fn result(&self) -> Cause {
        match self {
            Cause::Argument { .. } => Cause::Other,
            other => other.clone(),
        }
    }
}

/// What is called.
#[derive(Clone, Copy, Debug)]
pub(super) enum Callee {
    Global(GlobalId),
    Var(VarId),
    Con(ConId),
    Unnamed,
}

impl Callee {
    pub(super) fn of(fun: &kernel::Expr) -> Callee {
        match fun {
            kernel::Expr::Global { global, .. } => Callee::Global(*global),
            kernel::Expr::Var { var, .. } => Callee::Var(*var),
            kernel::Expr::Con { con, .. } => Callee::Con(*con),
            _ => Callee::Unnamed,
        }
    }
}

/// An error at a place.
pub(super) fn error(
    code: &'static str,
    message: impl Into<String>,
    span: Span,
    label: impl Into<String>,
) -> Diagnostic {
    Diagnostic::error(code, message).at(span, label)
}

/// `1 argument`, `2 arguments`
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

/// `a, b and c`
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

pub(super) fn ordinal(index: usize) -> String {
    match index {
        0 => "first".into(),
        1 => "second".into(),
        2 => "third".into(),
        _ => format!("{}th", index + 1),
    }
}

impl Checker<'_> {
    pub(super) fn error(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        span: Span,
        label: impl Into<String>,
    ) {
        self.session.report(error(code, message, span, label));
    }

    pub(super) fn callee_name(&self, callee: Callee) -> Option<String> {
        match callee {
            Callee::Global(global) => Some(self.global_name(global)),
            Callee::Var(var) => Some(self.session.core.var_name(var).to_string()),
            Callee::Con(con) => {
                let name = self.session.constructors.name(con);
                Some(name.rsplit('.').next().unwrap_or(name).to_string())
            }
            Callee::Unnamed => None,
        }
    }

    /// How many errors have been reported, with those of earlier passes that have been reached.
    pub(super) fn errors(&self) -> usize {
        self.session.core.diagnostics.error_count() + self.names_reported
    }

    /// Whether a place is inside of an expression whose type is known to be wrong. A mistake that is found there later
    /// follows from the one that has been reported.
    pub(super) fn is_doubtful(&self, span: Span) -> bool {
        let inside = |outer: &Span| outer.lo <= span.lo && span.hi <= outer.hi;
        self.doubtful.iter().rev().take(NEAREST).any(inside)
    }

    /// Requires the type of an expression to be another. If an error has been reported in it since there were `errors`,
    /// a type that is another is no news.
    pub(super) fn expect_since(
        &mut self,
        errors: usize,
        meta: Meta,
        expected: TyId,
        cause: &Cause,
    ) -> bool {
        if self.errors() == errors {
            return self.expect(meta.span, meta.ty, expected, cause);
        }
        let fits = self.unify(meta.ty, expected).is_ok();
        if !fits {
            self.doubtful.push(meta.span);
        }
        fits
    }

    /// Requires a type to be another; reports it if it is not.
    ///
    /// Gives whether it is; what depends on one that is not should not be reported again.
    pub(super) fn expect(
        &mut self,
        span: Span,
        found: TyId,
        expected: TyId,
        cause: &Cause,
    ) -> bool {
        if found == expected {
            return true;
        }
        let site = std::mem::replace(&mut self.site, span);
        let result = self.unify(found, expected);
        self.site = site;
        match result {
            Ok(()) => true,
            Err(clash) => {
                self.mismatch(span, found, expected, clash, cause);
                false
            }
        }
    }
}
