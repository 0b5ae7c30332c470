//! What is said where two types differ.

use super::Checker;
use super::errors::*;
use super::unify::Clash;
use crate::check_matches::INNERMOST_MATCH;
use ir_defs::terminals::{Operator, Reason};
use ir_defs::types::Type;
use nanopass::{Diagnostic, Span, Symbol, TyId, nearest};

impl Checker<'_> {
    /// Reports that two types differ.
    pub(super) fn mismatch(
        &mut self,
        span: Span,
        found: TyId,
        expected: TyId,
        clash: Clash,
        cause: &Cause,
    ) {
        if self.is_doubtful(span) {
            return;
        }
        self.doubtful.push(span);
        if self.implicit_clash(span, &clash) {
            return;
        }
        let sites = [self.decided_at(found), self.decided_at(expected)];
        let (found, expected) = (self.resolve(found), self.resolve(expected));
        if !self.is_news(&clash) {
            return;
        }
        let shows_types = matches!(clash, Clash::Types(..));
        let differing = match &clash {
            Clash::Infinite(_, ty) => vec![*ty],
            Clash::Types(found, expected) => vec![self.resolve(*found), self.resolve(*expected)],
            _ => Vec::new(),
        };
        let namesakes = match clash {
            Clash::Types(found, expected) => self.namesakes(found, expected),
            _ => None,
        };
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
                self.not_in_row(span, &missing, &list(&names), expected)
            }
            Clash::Labels {
                missing,
                extra,
                asked,
            } => self.labels(span, found, expected, &missing, &extra, asked),
            Clash::Types(inner_found, inner_expected) => {
                self.types(span, found, expected, inner_found, inner_expected, cause)
            }
        };
        let mut diagnostic = self.explain(diagnostic, span, cause);
        if let Some(name) = namesakes {
            diagnostic = diagnostic.note(format!(
                "two different types are called `{name}`; a definition hides what an import or the prelude brings"
            ));
        }
        if shows_types && diagnostic.code == TYPE_MISMATCH {
            for (site, ty) in sites.into_iter().zip([found, expected]) {
                let shown = self.show(ty);
                let said = |site: Span| diagnostic.secondary.iter().any(|label| label.span == site);
                if let Some(site) = site.filter(|&site| site != span && !said(site)) {
                    diagnostic = diagnostic.label(site, format!("this decides for `{shown}`"));
                }
            }
        }
        let diagnostic = self.hidden_module_in(diagnostic, &differing);
        self.session.report(diagnostic);
    }

    /// Whether a clash says something that has not been said of the same signature. That a row lacks something is one
    /// mistake, however many statements need it.
    fn is_news(&mut self, clash: &Clash) -> bool {
        let Some((_, place)) = self.signature else {
            return true;
        };
        let lacks = match clash {
            Clash::Failures(found, expected) => vec![self.resolve(*found), self.resolve(*expected)],
            Clash::Fails(failure) => vec![self.resolve(*failure)],
            Clash::Capabilities(missing) => {
                let missing = missing.iter();
                missing
                    .map(|&con| self.session.types.intern(Type::Con(con)))
                    .collect()
            }
            _ => return true,
        };
        self.lacking.insert((place, lacks))
    }

    /// The name that the heads of two types share although they differ.
    fn namesakes(&mut self, found: TyId, expected: TyId) -> Option<String> {
        let (found, expected) = (self.head_con(found)?, self.head_con(expected)?);
        let name = self.con_name(found);
        (found != expected && name == self.con_name(expected)).then_some(name)
    }

    /// The expression that decided a type which was not known at first.
    fn decided_at(&self, ty: TyId) -> Option<Span> {
        let &Type::Hole(hole) = self.get(ty) else {
            return None;
        };
        let hole = self.holes.get(hole as usize)?;
        (!hole.bound.is_none() && !hole.site.is_none()).then_some(hole.site)
    }

    /// Whether a match around this place is of a value of the same data type.
    fn is_matched_around(&mut self, ty: TyId) -> bool {
        let data = |checker: &Self, ty: TyId| checker.session.as_data(ty).map(|(con, _)| con);
        let ty = self.shallow(ty);
        let Some(wanted) = data(self, ty) else {
            return false;
        };
        let around = self.matched.clone();
        around.into_iter().any(|ty| {
            let ty = self.shallow(ty);
            data(self, ty) == Some(wanted)
        })
    }

    pub(super) fn infinite(&mut self, span: Span, hole: TyId, ty: TyId) -> Diagnostic {
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

    pub(super) fn labels(
        &mut self,
        span: Span,
        found: TyId,
        expected: TyId,
        missing: &[Symbol],
        extra: &[Symbol],
        asked: Option<Span>,
    ) -> Diagnostic {
        let (found, expected) = (self.show(found), self.show(expected));
        let text = |checker: &Self, labels: &[Symbol]| -> Vec<String> {
            labels
                .iter()
                .map(|&label| checker.session.core.text(label).to_string())
                .collect()
        };
        let (missing, extra) = (text(self, missing), text(self, extra));
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
        if missing.is_empty() && expected.matches('{').count() == 1 && !expected.contains("...") {
            let open = expected.replace(" }", ", ...R }");
            diagnostic = diagnostic.help(format!(
                "in a signature a tail stands for more fields: `{open}`"
            ));
        }
        let asked = asked.filter(|&asked| asked != span);
        if let Some(asked) = asked {
            diagnostic = diagnostic.label(asked, "the field is asked of it here");
        }
        if let [one] = missing.as_slice()
            && let Some(near) = nearest(one, extra.iter().map(String::as_str)).first()
        {
            diagnostic = diagnostic.help(match asked {
                Some(_) => {
                    format!("there is a field `{near}`; is that meant where `{one}` is asked?")
                }
                None => format!("it has a field `{near}`; is `{one}` meant?"),
            });
        }
        diagnostic
    }

    pub(super) fn types(
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
                Cause::Step { .. } if self.as_resource(found).is_some() => error(
                    NOT_AN_EFFECT,
                    "a statement must be an effect",
                    span,
                    format!("this is a resource, `{found_shown}`"),
                )
                .help("acquire it with `<-`: `_ <- …`"),
                Cause::Step {
                    reason: Reason::Statement,
                } => error(
                    NOT_AN_EFFECT,
                    "a statement must be an effect",
                    span,
                    format!("this is a plain `{found_shown}`"),
                )
                .help(self.effects_help(found, expected).unwrap_or_else(|| {
                    "bind a plain value with `name = …`, or give it back at the end with `pure`"
                        .into()
                })),
                Cause::Step { .. } => error(
                    NOT_AN_EFFECT,
                    "`<-` runs an effect",
                    span,
                    format!("this is a plain `{found_shown}`"),
                )
                .help(
                    self.lacks_arguments(found, expected)
                        .unwrap_or_else(|| "bind a plain value with `=`".into()),
                ),
                Cause::Main => error(
                    MAIN,
                    "`main` must be an effect that gives `Unit`",
                    span,
                    format!("this has the type `{found_shown}`"),
                )
                .help(match self.get(found) {
                    Type::Fun(..) => "`main` takes no argument: the arguments of the program are what `args.all Unit` gives",
                    _ => "write `main = effect { … }`",
                }),
                _ => error(
                    NOT_AN_EFFECT,
                    "the last expression of an `effect` block must be an effect",
                    span,
                    format!("this is a plain `{found_shown}`"),
                )
                .help(
                    self.effects_help(found, expected)
                        .unwrap_or_else(|| "give a plain value back with `pure`".into()),
                ),
            };
        }
        if let (Some((_, value)), None) = (self.as_effect(found), self.as_effect(expected))
            && !matches!(self.get(expected), Type::Var(_))
        {
            let message = format!("expected `{expected_shown}`, found the effect `{found_shown}`");
            let diagnostic = error(EFFECT_AS_VALUE, message, span, "this has not been run");
            let in_arm = matches!(
                cause,
                Cause::Branch {
                    reason: Reason::Fallback,
                    ..
                }
            );
            return if in_arm {
                diagnostic.help("what stands behind `or` is a plain value, without `pure`; to run an effect there, bind `attempt (…)` and match the `Result`")
            } else if self.could_be(value, expected) {
                diagnostic.help("run it with `name <- …` in an `effect` block, and use the name")
            } else if matches!(cause, Cause::Argument { .. }) {
                let shown = self.show(value);
                diagnostic.help(format!(
                    "run it with `name <- …` in an `effect` block, which gives `{shown}`"
                ))
            } else {
                diagnostic
            };
        }
        if let (Some((_, value)), Some((_, wanted))) =
            (self.as_effect(found), self.as_effect(expected))
            && let Some((_, inner)) = self.as_effect(value)
            && self.as_effect(wanted).is_none()
            && self.could_be(inner, wanted)
        {
            let value_shown = self.show(value);
            let message = format!("this effect gives another effect, `{value_shown}`");
            return error(EFFECT_AS_VALUE, message, span, "")
                .note(format!("expected `{expected_shown}`"))
                .help("leave out the `pure` in front of an effect; an arm behind `or` is a plain value");
        }
        if let Cause::Pattern { .. } = cause {
            let diagnostic = error(
                TYPE_MISMATCH,
                format!(
                    "this pattern is for `{found_shown}`, and what is matched is `{expected_shown}`"
                ),
                span,
                "",
            );
            return if self.is_matched_around(found) {
                diagnostic.help(INNERMOST_MATCH)
            } else if let Some(help) = self.content_help(found, expected) {
                diagnostic.help(help)
            } else {
                diagnostic
            };
        }
        if let Type::Apply(head, args) = self.get(expected).clone()
            && let head = self.shallow(head)
            && let Type::Hole(hole) = *self.get(head)
            && !matches!(self.get(found), Type::Apply(..) | Type::Var(_))
        {
            // What depends on it is not reported as well.
            self.holes[hole as usize].bound = self.known.error;
            let (number, example) = match args.as_slice() {
                [_] => ("an argument", "List A"),
                _ => ("arguments", "Result E A"),
            };
            let message = format!(
                "expected a type with {number}, such as `{example}`, found `{found_shown}`"
            );
            return error(TYPE_MISMATCH, message, span, "");
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
            let is_row = self.is_row(var);
            let any = if is_row { "any row" } else { "any type" };
            diagnostic = error(
                RIGID,
                format!("expected `{expected_shown}`, found `{found_shown}`"),
                span,
                "",
            );
            diagnostic = match self.signature.clone() {
                Some((name, place)) => diagnostic.label(
                    place,
                    format!("the signature of `{name}` says that `{var_shown}` may be {any}, so it need not be `{other_shown}`"),
                ),
                None => diagnostic.note(format!("`{var_shown}` may be {any}, so it need not be `{other_shown}`")),
            };
            let names = [var_shown.as_str(), other_shown.as_str()];
            if let Some((name, meant)) = names
                .into_iter()
                .find_map(|name| Some((name, super::advice::meant_type(name)?)))
            {
                return diagnostic.help(format!(
                    "a type begins with a capital letter: `{meant}`; `{name}` is a type variable"
                ));
            }
            if is_row && self.is_row(other) {
                diagnostic = diagnostic.help(format!(
                    "where the signature says `{var_shown}`, write the whole row: `{other_shown}`"
                ));
            }
        } else if inner_found != found {
            let (a, b) = (self.show(inner_found), self.show(inner_expected));
            if a != found_shown && a != b {
                diagnostic = diagnostic.note(format!("`{a}` is not `{b}`"));
            }
        }
        if let Some(help) = self.tuple_advice(span) {
            return diagnostic.help(help);
        }
        if let Some(help) = self.extent_help(found, span, cause) {
            return diagnostic.help(help);
        }
        self.type_help(diagnostic, found, expected, cause)
    }

    /// The other place that forced the type.
    pub(super) fn explain(
        &mut self,
        diagnostic: Diagnostic,
        span: Span,
        cause: &Cause,
    ) -> Diagnostic {
        match cause {
            Cause::Argument {
                callee,
                place,
                index,
            } => {
                // A form of the language has become a call of a function that is not named there.
                let name = self.callee_name(*callee);
                let written = self.session.core.sources.text(*place);
                if let Some(takes) = name.as_deref().and_then(form_takes)
                    && !name.as_deref().is_some_and(|name| written.ends_with(name))
                {
                    self.doubtful.push(*place);
                    let converts = |help: &String| help.starts_with("convert");
                    let mut diagnostic = diagnostic.note(takes);
                    diagnostic.helps.retain(|help| !converts(help));
                    return diagnostic;
                }
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
                    Reason::Coalesce => "what the `Option` holds decides",
                    Reason::Fallback => "what the effect gives decides",
                    Reason::Or => "the value of the `Result` decides",
                    _ => "the first arm decides",
                };
                diagnostic.label(*first, text)
            }
            Cause::Yield { first } => {
                diagnostic.label(*first, "the first `yield` of the block decides")
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
            Cause::Overload { op, other, global } => {
                let text = super::domains::spelling(*op);
                let diagnostic =
                    diagnostic.label(*other, format!("the other operand of `{text}` is here"));
                self.note_overload(diagnostic, *op, *global)
            }
            Cause::Result {
                op,
                global: Some(global),
            } => self.note_overload(diagnostic, *op, *global),
            Cause::Result { op, global: None } => {
                diagnostic.note(format!("`{}` gives what its operands are", op.text()))
            }
            Cause::Condition { reason: Reason::If } => {
                diagnostic.note("the condition of an `if` is a `Bool`")
            }
            Cause::Condition {
                reason: Reason::Coalesce,
            } => diagnostic.note("`??` gives the content of an `Option`, or what follows it"),
            Cause::Condition { reason: Reason::Or } => {
                let diagnostic = diagnostic.note(
                    "`or` takes a `Result` here; directly after `<-`, and in a statement, it takes an effect",
                );
                if diagnostic.code == EFFECT_AS_VALUE {
                    diagnostic
                        .help("run it with `<-`, which the `or` belongs to then: `x <- … or …`")
                } else {
                    diagnostic
                }
            }
            Cause::Condition {
                reason: Reason::Spread,
            } => diagnostic.note("`...` in a list takes a `List`"),
            Cause::Condition {
                reason: Reason::Guard,
            } => diagnostic.note("what follows the `->` of a guard is a `Bool`"),
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
                    let what = if self.signature.is_some() {
                        "the signature decides"
                    } else {
                        "the signature of the member decides"
                    };
                    diagnostic.label(*place, what)
                }
            }
            Cause::Pattern { subject } => {
                if *subject == span {
                    diagnostic
                } else {
                    diagnostic.label(*subject, "what is matched is here")
                }
            }
            Cause::Path { place, ty } => {
                let path = self.session.core.sources.text(*place).to_string();
                let shown = self.show(*ty);
                diagnostic.label(*place, format!("`{path}` has the type `{shown}`"))
            }
            Cause::Transformation { place, ty } => {
                let path = self.session.core.sources.text(*place).to_string();
                let shallow = self.shallow(*ty);
                let is_function = matches!(self.get(shallow), Type::Fun(..));
                let shown = self.show(*ty);
                let diagnostic = diagnostic.label(
                    *place,
                    format!("a function transforms `{path}`, which has the type `{shown}`"),
                );
                if is_function {
                    diagnostic.help(format!("write `{path}: := …` to put a function there"))
                } else {
                    diagnostic
                }
            }
            Cause::Selector => diagnostic
                .note("brackets in a path hold a condition of the items, or a key of a map"),
            Cause::Spread => diagnostic.note("`...` spreads a record"),
            Cause::Recursive => diagnostic.note("this is how the definition uses itself"),
            Cause::Step { .. } | Cause::Tail | Cause::Main | Cause::Other => diagnostic,
        }
    }
}
