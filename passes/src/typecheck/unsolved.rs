//! What is said of a constraint that does not hold.

use super::Checker;
use super::classes::{Origin, Wanted};
use super::errors::*;
use ir_defs::terminals::Operator;
use ir_defs::types::Type;
use nanopass::{Span, TyId};

impl Checker<'_> {
    /// Reports that a class does not hold at a type.
    pub(super) fn no_instance(&mut self, wanted: &Wanted, ty: TyId) {
        if self.is_doubtful(wanted.span) {
            return;
        }
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
                match self.operators_of(ty).as_slice() {
                    [] => diagnostic,
                    found if found.contains(&text) => diagnostic.note(format!(
                        "one is needed that takes `{shown}` and gives `{shown}`"
                    )),
                    found => {
                        let found: Vec<String> =
                            found.iter().map(|text| format!("`{text}`")).collect();
                        let list = list(&found);
                        diagnostic.note(format!("domains give `{shown}` {list}"))
                    }
                }
            };
            self.session.report(diagnostic);
            return;
        }
        if wanted.origin == Origin::Operator(Operator::Append) && self.unknown_head(ty).is_none() {
            return self.cannot_join(wanted.span, ty);
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

    /// `++` of what is neither a text nor a list.
    fn cannot_join(&mut self, span: Span, ty: TyId) {
        let shown = self.show(ty);
        let diagnostic = error(
            OPERATOR,
            format!("`++` is not defined for `{shown}`"),
            span,
            "",
        );
        let number = ty == self.known.int || ty == self.known.float;
        let effect = self.as_effect(ty).is_some();
        let diagnostic = match self.get(ty) {
            _ if number => diagnostic
                .help("`++` joins texts and lists: add numbers with `+`, or write them into a text: `\"{…}\"`"),
            Type::Var(_) => diagnostic.help(format!(
                "write `with ({shown}: Semigroup)` behind the signature"
            )),
            Type::Record { .. } => diagnostic.help("merge records with spreads: `{ ...a, ...b }`"),
            Type::Fun(..) => diagnostic.help("this is a function; an argument is missing"),
            _ if effect => {
                diagnostic.help("it is an effect: run it with `<-` and use its result")
            }
            _ => {
                let shown = self.show_argument(ty);
                diagnostic.help(format!(
                    "`++` is a member of `Semigroup`; an instance would be written `instance Semigroup {shown} = {{ … }}`"
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
