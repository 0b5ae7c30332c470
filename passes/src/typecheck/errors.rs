//! What is said about a program that does not fit its types.

use ir_defs::kernel;
use ir_defs::tables::{ConId, GlobalId};
use ir_defs::terminals::{Operator, Reason};
use ir_defs::types::Type;
use nanopass::{Diagnostic, Severity, Span, Symbol, TyId, VarId, nearest};

use super::Checker;
use super::classes::{Origin, Wanted};
use super::unify::Clash;
pub(super) use crate::codes::*;

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
    /// Another element of the list decided.
    Item {
        first: Span,
    },
    /// The other operand decided.
    Operand {
        op: Operator,
        other: Span,
    },
    /// The operands decided what an operator gives.
    Result {
        op: Operator,
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
    /// A use of the binding inside itself.
    Recursive,
    Other,
}

impl Cause {
    /// Whether coercions are tried here.
    pub(super) fn coerces(&self) -> bool {
        matches!(
            self,
            Cause::Argument { .. } | Cause::Field { .. } | Cause::Signature { .. }
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

fn ordinal(index: usize) -> String {
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

    pub(super) fn unsupported(&mut self, form: String, span: Span) {
        self.error(
            NOT_SUPPORTED,
            format!("not supported yet: {form}"),
            span,
            "",
        );
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

    /// Reports that two types differ.
    pub(super) fn mismatch(
        &mut self,
        span: Span,
        found: TyId,
        expected: TyId,
        clash: Clash,
        cause: &Cause,
    ) {
        if self.implicit_clash(span, &clash) {
            return;
        }
        let (found, expected) = (self.resolve(found), self.resolve(expected));
        let diagnostic = match clash {
            Clash::Infinite(hole, ty) => self.infinite(span, hole, ty),
            Clash::Size => error(
                TYPE_SIZE,
                "the types here are too large to compare",
                span,
                "",
            ),
            Clash::Failures(a, b) => self.failures(span, a, b, cause),
            Clash::Fails(failure) => self.may_fail(span, failure, cause),
            Clash::Capabilities(missing) => {
                let names: Vec<String> = missing
                    .iter()
                    .map(|&con| format!("`{}`", self.con_name(con)))
                    .collect();
                self.not_in_row(span, &list(&names), expected, cause)
            }
            Clash::Labels { missing, extra } => {
                self.labels(span, found, expected, &missing, &extra, cause)
            }
            Clash::Types(inner_found, inner_expected) => {
                self.types(span, found, expected, inner_found, inner_expected, cause)
            }
        };
        let diagnostic = self.explain(diagnostic, span, cause);
        self.session.report(diagnostic);
    }

    fn infinite(&mut self, span: Span, hole: TyId, ty: TyId) -> Diagnostic {
        // The type would contain itself: it is shown with itself as `A`.
        let name = self.session.core.intern("A");
        let (_, var) = self.quantify(name, ir_defs::types::Kind::Star);
        let shown = match *self.get(hole) {
            Type::Hole(index) => {
                self.holes[index as usize].bound = var;
                let shown = self.show(ty);
                self.holes[index as usize].bound = TyId::NONE;
                shown
            }
            _ => self.show(ty),
        };
        error(INFINITE_TYPE, "this would have an infinite type", span, "")
            .note(format!(
                "the type `A` would be equal to `{shown}`, which contains it"
            ))
            .help("often an argument is missing, or a function is given to itself")
    }

    fn failures(&mut self, span: Span, a: TyId, b: TyId, cause: &Cause) -> Diagnostic {
        let shown = |checker: &mut Self, ty: TyId| {
            if ty == checker.known.nothing {
                "nothing".to_string()
            } else {
                format!("`{}`", checker.show(ty))
            }
        };
        let (a_shown, b_shown) = (shown(self, a), shown(self, b));
        let here = match cause {
            Cause::Step { .. } | Cause::Tail => "the block around it",
            Cause::Signature { .. } | Cause::Inside { .. } => "the signature",
            _ => "the effect that is expected here",
        };
        error(
            FAILURE_MISMATCH,
            "two effects fail with different types",
            span,
            format!("this fails with {a_shown}"),
        )
        .note(format!("{here} fails with {b_shown}"))
        .help("turn one error into the other with `mapFail`, or handle it with `or`")
    }

    fn may_fail(&mut self, span: Span, failure: TyId, cause: &Cause) -> Diagnostic {
        let shown = self.show_argument(failure);
        let expected = match (&self.signature, cause) {
            (Some((name, _)), _) => format!("the row of `{name}` has no `Fail {shown}`"),
            _ => "an effect that cannot fail is expected here".to_string(),
        };
        let mut diagnostic = error(
            FAILURE_MISMATCH,
            format!("this may fail with `{shown}`, and {expected}"),
            span,
            "",
        );
        if let Some((name, place)) = self.signature.clone() {
            diagnostic = diagnostic.label(place, format!("the signature of `{name}`"));
        }
        diagnostic.help(format!(
            "handle the failure with `or` or `attempt`, or write `Fail {shown}` into the row"
        ))
    }

    fn not_in_row(&mut self, span: Span, names: &str, expected: TyId, cause: &Cause) -> Diagnostic {
        let _ = cause;
        match self.signature.clone() {
            Some((name, place)) => error(
                CAPABILITY,
                format!("{names} is not in the effect row of `{name}`"),
                span,
                format!("this needs {names}"),
            )
            .label(place, "the signature says what it may do")
            .help(format!("write {names} into the row of `{name}`")),
            None => {
                let shown = self.show(expected);
                error(
                    CAPABILITY,
                    format!("this needs {names}, which is not allowed here"),
                    span,
                    "",
                )
                .note(format!("expected `{shown}`"))
            }
        }
    }

    fn labels(
        &mut self,
        span: Span,
        found: TyId,
        expected: TyId,
        missing: &[Symbol],
        extra: &[Symbol],
        cause: &Cause,
    ) -> Diagnostic {
        let (found, expected) = (self.show(found), self.show(expected));
        let text = |checker: &Self, labels: &[Symbol]| -> Vec<String> {
            labels
                .iter()
                .map(|&label| checker.session.core.text(label).to_string())
                .collect()
        };
        let (missing, extra) = (text(self, missing), text(self, extra));
        let _ = cause;
        let quoted = |labels: &[String]| {
            list(
                &labels
                    .iter()
                    .map(|label| format!("`{label}`"))
                    .collect::<Vec<_>>(),
            )
        };
        let mut diagnostic = error(
            TYPE_MISMATCH,
            format!("expected `{expected}`, found `{found}`"),
            span,
            match (missing.is_empty(), extra.is_empty()) {
                (false, _) => format!(
                    "this lacks the field{} {}",
                    if missing.len() == 1 { "" } else { "s" },
                    quoted(&missing)
                ),
                _ => format!("this has {} too, which is not expected", quoted(&extra)),
            },
        );
        if let [one] = missing.as_slice()
            && let Some(near) = nearest(one, extra.iter().map(String::as_str)).first()
        {
            diagnostic = diagnostic.help(format!("it has a field `{near}`; is `{one}` meant?"));
        }
        diagnostic
    }

    fn types(
        &mut self,
        span: Span,
        found: TyId,
        expected: TyId,
        inner_found: TyId,
        inner_expected: TyId,
        cause: &Cause,
    ) -> Diagnostic {
        let (found_shown, expected_shown) = (self.show(found), self.show(expected));
        if let Some((_, result)) = self.as_effect(expected)
            && self.as_effect(found).is_none()
            && matches!(cause, Cause::Step { .. } | Cause::Tail | Cause::Main)
        {
            let _ = result;
            return match cause {
                Cause::Step {
                    reason: Reason::Statement,
                } => error(
                    NOT_AN_EFFECT,
                    "a statement must be an effect",
                    span,
                    format!("this is a plain `{found_shown}`"),
                )
                .help(self.lacks_arguments(found, expected).unwrap_or_else(|| {
                    "bind a plain value with `name = …`, or give it back at the end with `pure`"
                        .into()
                })),
                Cause::Step { .. } => error(
                    NOT_AN_EFFECT,
                    "`<-` runs an effect",
                    span,
                    format!("this is a plain `{found_shown}`"),
                )
                .help("bind a plain value with `=`"),
                Cause::Main => error(
                    MAIN,
                    "`main` must be an effect that gives `Unit`",
                    span,
                    format!("this has the type `{found_shown}`"),
                )
                .help("write `main = effect { … }`"),
                _ => error(
                    NOT_AN_EFFECT,
                    "the last expression of an `effect` block must be an effect",
                    span,
                    format!("this is a plain `{found_shown}`"),
                )
                .help("give a plain value back with `pure`"),
            };
        }
        if let (Some((_, value)), None) = (self.as_effect(found), self.as_effect(expected))
            && !matches!(self.get(expected), Type::Var(_))
        {
            let message = format!("expected `{expected_shown}`, found the effect `{found_shown}`");
            let diagnostic = error(EFFECT_AS_VALUE, message, span, "this has not been run");
            return if self.could_be(value, expected) {
                diagnostic.help("run it with `name <- …` in an `effect` block, and use the name")
            } else {
                diagnostic
            };
        }
        if let Cause::Pattern { .. } = cause {
            return error(
                TYPE_MISMATCH,
                format!(
                    "this pattern is for `{found_shown}`, and what is matched is `{expected_shown}`"
                ),
                span,
                "",
            );
        }
        let rigid = [(inner_found, inner_expected), (inner_expected, inner_found)]
            .into_iter()
            .find(|&(ty, _)| matches!(self.get(ty), Type::Var(_)));
        let mut diagnostic = error(
            TYPE_MISMATCH,
            format!("expected `{expected_shown}`, found `{found_shown}`"),
            span,
            "",
        );
        if let Some((var, other)) = rigid {
            let (var_shown, other_shown) = (self.show(var), self.show(other));
            diagnostic = error(
                RIGID,
                format!("expected `{expected_shown}`, found `{found_shown}`"),
                span,
                "",
            );
            diagnostic = match self.signature.clone() {
                Some((name, place)) => diagnostic.label(
                    place,
                    format!("the signature of `{name}` says that `{var_shown}` may be any type, so it need not be `{other_shown}`"),
                ),
                None => diagnostic.note(format!("`{var_shown}` may be any type, so it need not be `{other_shown}`")),
            };
        } else if inner_found != found {
            let (a, b) = (self.show(inner_found), self.show(inner_expected));
            if a != found_shown && a != b {
                diagnostic = diagnostic.note(format!("`{a}` is not `{b}`"));
            }
        }
        self.type_help(diagnostic, found, expected, cause)
    }

    /// Advice that follows from the two types.
    fn type_help(
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
        if let Some(help) = self.lacks_arguments(found, expected) {
            return diagnostic.help(help);
        }
        if let Some((con, args)) = self.session.as_data(expected)
            && let &[arg] = args.as_slice()
            && self.could_be(found, arg)
        {
            match self.session.tycons.name(con) {
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
    fn lacks_arguments(&mut self, found: TyId, expected: TyId) -> Option<String> {
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

    /// The other place that forced the type.
    fn explain(&mut self, diagnostic: Diagnostic, span: Span, cause: &Cause) -> Diagnostic {
        match cause {
            Cause::Argument {
                callee,
                place,
                index,
            } => {
                let what = match self.callee_name(*callee) {
                    Some(name) => format!("it is the {} argument of `{name}`", ordinal(*index)),
                    None => format!("it is the {} argument of this function", ordinal(*index)),
                };
                if *place == span {
                    diagnostic
                } else {
                    diagnostic.label(*place, what)
                }
            }
            Cause::Branch { reason, first } => {
                let text = match reason {
                    Reason::If => "the other branch of the `if` decides",
                    Reason::Logic => "the other operand decides",
                    Reason::Clauses => "the first clause decides",
                    _ => "the first arm decides",
                };
                diagnostic.label(*first, text)
            }
            Cause::Item { first } => {
                diagnostic.label(*first, "the first element of the list decides")
            }
            Cause::Operand { op, other } => {
                let op = if *op == Operator::Negate {
                    "-"
                } else {
                    op.text()
                };
                diagnostic.label(*other, format!("the other operand of `{op}` is here"))
            }
            Cause::Result { op } => {
                diagnostic.note(format!("`{}` gives what its operands are", op.text()))
            }
            Cause::Condition { reason: Reason::If } => {
                diagnostic.note("the condition of an `if` is a `Bool`")
            }
            Cause::Condition {
                reason: Reason::Coalesce,
            } => diagnostic.note("`??` gives the content of an `Option`, or what follows it"),
            Cause::Condition { reason: Reason::Or } => diagnostic.note(
                "`or` takes a `Result` here; directly after `<-`, and in a statement, it takes an effect",
            ),
            Cause::Condition {
                reason: Reason::Spread,
            } => diagnostic.note("`...` in a list takes a `List`"),
            Cause::Condition { .. } => diagnostic.note("`&&` and `||` take `Bool`s"),
            Cause::Guard => diagnostic.note("a guard is a `Bool`"),
            Cause::Field { label } => {
                let label = self.session.core.text(*label).to_string();
                diagnostic.note(format!("it is the value of the field `{label}`"))
            }
            Cause::Signature { place } | Cause::Inside { place } => {
                let known = diagnostic
                    .secondary
                    .iter()
                    .any(|label| label.span == *place);
                if known || *place == span {
                    diagnostic
                } else {
                    diagnostic.label(*place, "the signature decides")
                }
            }
            Cause::Pattern { subject } => {
                if *subject == span {
                    diagnostic
                } else {
                    diagnostic.label(*subject, "what is matched is here")
                }
            }
            Cause::Spread => diagnostic.note("`...` spreads a record"),
            Cause::Recursive => diagnostic.note("this is how the definition uses itself"),
            Cause::Step { .. } | Cause::Tail | Cause::Main | Cause::Other => diagnostic,
        }
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

    /// Reports that a class does not hold at a type.
    pub(super) fn no_instance(&mut self, wanted: &Wanted, ty: TyId) {
        let shown = self.show(ty);
        if let Some(op) = self.arithmetic(wanted.class) {
            let text = if op == Operator::Negate {
                "-"
            } else {
                op.text()
            };
            let mut diagnostic = error(
                OPERATOR,
                format!("`{text}` is not defined for `{shown}`"),
                wanted.span,
                "",
            );
            diagnostic = if op == Operator::Add
                && (ty == self.known.text
                    || self
                        .head_con(ty)
                        .is_some_and(|con| self.session.tycons.name(con) == "List"))
            {
                diagnostic.help("join with `++`")
            } else if self.as_effect(ty).is_some() {
                diagnostic.help("it is an effect: run it with `<-` and use its result")
            } else if matches!(self.get(ty), Type::Fun(..)) {
                diagnostic.help("this is a function; an argument is missing")
            } else if matches!(self.get(ty), Type::Var(_)) {
                diagnostic.help(format!(
                    "write `with ({shown}: {text})` behind the signature"
                ))
            } else {
                diagnostic
            };
            self.session.report(diagnostic);
            return;
        }
        let class = self.class_name(wanted.class);
        let what = match wanted.origin {
            Origin::Operator(op) => format!("`{}` needs it", op.text()),
            Origin::Use(global) => format!("`{}` needs it", self.global_name(global)),
            Origin::Superclass => "it is a superclass".to_string(),
            Origin::Main => "what `main` fails with is printed".to_string(),
            Origin::Local => String::new(),
        };
        let whole = self.show(wanted.ty);
        let mut diagnostic = error(
            NO_INSTANCE,
            format!("`{class}` does not hold for `{shown}`"),
            wanted.span,
            what,
        );
        if whole != shown {
            diagnostic = diagnostic.note(format!("it is needed for `{whole}`"));
        }
        if self.is_structural(wanted.class) && !matches!(self.get(ty), Type::Var(_)) {
            diagnostic = diagnostic.note(format!(
                "`{class}` holds for every type without functions and effects in it"
            ));
        }
        diagnostic = match self.get(ty) {
            Type::Var(_) => diagnostic.help(format!(
                "write `with ({shown}: {class})` behind the signature"
            )),
            Type::Fun(..) | Type::Record { .. } => diagnostic,
            _ => {
                let shown = self.show_argument(ty);
                diagnostic.help(format!(
                    "an instance would be written `instance {class} {shown} = {{ … }}`"
                ))
            }
        };
        self.session.report(diagnostic);
    }

    pub(super) fn endless_constraint(&mut self, wanted: &Wanted) {
        let (class, shown) = (self.class_name(wanted.class), self.show(wanted.ty));
        self.error(
            ENDLESS_INSTANCE,
            format!("finding `{class}` for `{shown}` does not end"),
            wanted.span,
            "",
        );
    }

    pub(super) fn ambiguous(&mut self, wanted: &Wanted) {
        let class = self.class_name(wanted.class);
        let diagnostic = error(
            AMBIGUOUS_INSTANCE,
            format!("nothing decides for which type `{class}` is needed here"),
            wanted.span,
            "",
        )
        .help("give a type by a signature, or use the result where a type is expected");
        self.session.report(diagnostic);
    }
}
