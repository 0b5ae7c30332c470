//! What is said of a constraint that does not hold.

use std::rc::Rc;

use super::Checker;
use super::classes::{Need, Origin, Wanted};
use super::errors::*;
use ir_defs::tables::{ClassId, TyConId};
use ir_defs::terminals::Operator;
use ir_defs::types::{Kind, Type};
use nanopass::{Span, TyId};

impl Checker<'_> {
    /// Reports that a class does not hold at a type.
    pub(super) fn no_instance(&mut self, wanted: &Wanted, ty: TyId) {
        let excused = matches!(self.get(ty), Type::Var(var) if self.excused.contains(var));
        if excused || self.is_doubtful(wanted.span) || self.broken_classes.contains(&wanted.class) {
            return;
        }
        if self.is_lost(wanted.class, ty) {
            return;
        }
        let shown = self.show(ty);
        let tuple_advice = match self.get(ty) {
            Type::Fun(..) | Type::Tuple(_) => self.tuple_advice(wanted.span),
            _ => None,
        };
        if let Some(op) = self.arithmetic(wanted.class) {
            if self.session.operators_missing {
                return;
            }
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
            } else if let Some(advice) = tuple_advice {
                diagnostic.help(advice)
            } else if let Some((_, value)) = self.as_effect(ty) {
                let value = self.shallow(value);
                diagnostic.help(if value == self.known.unit {
                    format!("an argument ends before `{text}`: put the whole of it in parentheses, `f (a {text} b)`")
                } else {
                    "it is an effect: run it with `<-` and use its result".to_string()
                })
            } else if let Some(help) = self.default_help(ty) {
                diagnostic.help(help)
            } else if matches!(self.get(ty), Type::Fun(..)) {
                diagnostic.help(if op == Operator::Sub {
                    "this is a function; a negative argument stands in parentheses, as in `f (-1)`"
                } else {
                    "this is a function; an argument is missing"
                })
            } else if matches!(self.get(ty), Type::Var(_)) {
                diagnostic.help(self.constraint_help(ty, text))
            } else {
                let diagnostic = self.mention_unseen(diagnostic, op, ty, wanted.span);
                match self.operators_of(ty, wanted.span).as_slice() {
                    [] if op == Operator::Div && shown == "Path" => {
                        diagnostic.help("join paths with `path.join`")
                    }
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
        if self.is_structural(wanted.class)
            && let Some(con) = self.head_con(ty)
            && self.endless.contains(&con)
        {
            return self.endless_structure(wanted, ty);
        }
        // A function in a structure keeps all structural classes from it, which is said once.
        if self.is_structural(wanted.class)
            && matches!(self.get(ty), Type::Fun(..))
            && !self.functions_reported.insert(wanted.span)
        {
            return;
        }
        let class = self.class_name(wanted.class);
        let mut diagnostic = error(
            NO_INSTANCE,
            format!("`{class}` does not hold for `{shown}`"),
            wanted.span,
            self.needed_by(wanted.origin),
        );
        if let Some(whole) = wanted.part_of.as_ref().map(outermost) {
            let (class, shown) = (self.class_name(whole.class), self.show(whole.ty));
            diagnostic = diagnostic.note(format!("`{class}` for `{shown}` needs it"));
        }
        if self.is_structural(wanted.class) && !matches!(self.get(ty), Type::Var(_)) {
            diagnostic = diagnostic.note(format!(
                "`{class}` holds for every type without functions and effects in it"
            ));
        }
        let is_function = matches!(self.get(ty), Type::Fun(..));
        if let Some(advice) = tuple_advice {
            diagnostic = diagnostic.help(advice);
        } else if is_function && self.is_structural(wanted.class) && wanted.part_of.is_none() {
            let is_value = match wanted.origin {
                Origin::Use(global) => {
                    self.global_name(global) != self.session.core.sources.text(wanted.span)
                }
                _ => false,
            };
            let help = self.missing_argument_help(ty, wanted.span, is_value);
            diagnostic = diagnostic.help(help);
        } else if self.as_effect(ty).is_some() {
            diagnostic = diagnostic.help("it is an effect: run it with `<-` and use its result");
        } else if let Some(help) = self.instance_help(wanted.class, ty) {
            diagnostic = diagnostic.help(help);
        }
        self.session.report(diagnostic);
    }

    /// Whether the instance may be one that could not be read, which has been reported.
    fn is_lost(&mut self, class: ClassId, ty: TyId) -> bool {
        if self.session.lost_instances.is_empty() {
            return false;
        }
        let Some(con) = self.head_con(ty) else {
            return false;
        };
        let names = [self.class_name(class), self.con_name(con)];
        names.iter().all(|name| {
            let name = self.session.core.lookup(name);
            name.is_some_and(|name| self.session.lost_instances.contains(&name))
        })
    }

    /// How to reach the value inside of an `Option` or a `Result`.
    fn default_help(&mut self, ty: TyId) -> Option<&'static str> {
        let (con, _) = self.session.as_data(ty)?;
        match self.session.tycons.name(con) {
            "Option" => Some("it may be `None`: match on it, or give a default with `??`"),
            "Result" => Some("it may be an `Err`: match on it, or give a default with `or`"),
            _ => None,
        }
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
        let inside = self.default_help(ty);
        let diagnostic = match self.get(ty) {
            _ if number => diagnostic
                .help("`++` joins texts and lists: add numbers with `+`, or write them into a text: `\"{…}\"`"),
            Type::Var(_) => diagnostic.help(self.constraint_help(ty, "Semigroup")),
            Type::Record { .. } => diagnostic.help("merge records with spreads: `{ ...a, ...b }`"),
            Type::Fun(..) => diagnostic.help("this is a function; an argument is missing"),
            _ if effect => {
                diagnostic.help("it is an effect: run it with `<-` and use its result")
            }
            _ if inside.is_some() => diagnostic.help(inside.unwrap_or_default()),
            _ => match self.instance_help(self.known.semigroup, ty) {
                Some(help) => diagnostic.help(format!("`++` is a member of `Semigroup`; {help}")),
                None => diagnostic,
            },
        };
        self.session.report(diagnostic);
    }

    /// A data type that holds itself at a larger type has no end of parts to compare or to print.
    fn endless_structure(&mut self, wanted: &Wanted, ty: TyId) {
        let (class, shown) = (self.class_name(wanted.class), self.show(ty));
        let name = self
            .head_con(ty)
            .map_or(String::new(), |con| self.con_name(con));
        let argument = self.show_argument(ty);
        let diagnostic = error(
            ENDLESS_INSTANCE,
            format!("`{class}` for `{shown}` would be needed at endlessly many types"),
            wanted.span,
            "",
        )
        .note(format!("a part of `{name}` is a `{name}` at a larger type"))
        .help(format!(
            "write the instance by hand: `instance {class} {argument} = {{ … }}`"
        ));
        self.session.report(diagnostic);
    }

    fn needed_by(&self, origin: Origin) -> String {
        match origin {
            Origin::Operator(op) => format!("`{}` needs it", op.text()),
            Origin::Use(global) => format!("`{}` needs it", self.global_name(global)),
            Origin::Superclass(class) => {
                format!("it is a superclass of `{}`", self.class_name(class))
            }
            Origin::Main => "what `main` fails with is printed".to_string(),
            Origin::Local => String::new(),
        }
    }

    /// Where a constraint on a variable is written.
    fn constraint_help(&mut self, ty: TyId, class: &str) -> String {
        let shown = self.show(ty);
        let place = match self.get(ty) {
            Type::Var(var) if self.instance_vars.contains(var) => "head of the instance",
            _ => "signature",
        };
        format!("write `with ({shown}: {class})` behind the {place}")
    }

    /// What would make a class hold at a type.
    fn instance_help(&mut self, class: ClassId, ty: TyId) -> Option<String> {
        let name = self.class_name(class);
        match self.get(ty) {
            Type::Var(_) => return Some(self.constraint_help(ty, &name)),
            Type::Record { .. } => {
                return (!self.is_structural(class)).then(|| {
                    "a record carries no instance; wrap it in a data type of your own".to_string()
                });
            }
            Type::Fun(..) if self.is_structural(class) => {
                return Some("this is a function; is an argument missing?".to_string());
            }
            _ => {}
        }
        let con = self.head_con(ty)?;
        let library_class = self
            .session
            .classes
            .get(class)
            .and_then(|info| info.members.first())
            .and_then(|member| self.session.globals.get(member.global))
            .is_some_and(|member| member.library);
        if library_class
            && self
                .session
                .tycons
                .get(con)
                .is_some_and(|info| info.library)
        {
            return None;
        }
        let head = self.instance_head_text(class, con, ty);
        Some(format!(
            "an instance would be written `instance {name} {head} = {{ … }}`"
        ))
    }

    /// The type of an instance for a constructor, as the class wants it: `(Box A)`, `(Box *)`.
    fn instance_head_text(&mut self, class: ClassId, con: TyConId, ty: TyId) -> String {
        let stars = self
            .session
            .classes
            .get(class)
            .and_then(|info| info.params.first())
            .and_then(|&param| self.session.types.var(param))
            .map_or(0, |info| match &info.kind {
                Kind::Arrow(params, _) => params.len(),
                Kind::Star | Kind::Row | Kind::Fields => 0,
            });
        let number = self
            .session
            .tycons
            .get(con)
            .map_or(0, |info| info.params.len());
        let args: Vec<String> = (0..number)
            .map(|index| {
                if index + stars >= number {
                    "*".to_string()
                } else {
                    char::from(b'A' + (index % 26) as u8).to_string()
                }
            })
            .collect();
        match self.get(ty) {
            Type::Fun(..) => format!("({})", args.join(" -> ")),
            Type::Tuple(_) => format!("({})", args.join(", ")),
            _ if args.is_empty() => self.con_name(con),
            _ => format!("({} {})", self.con_name(con), args.join(" ")),
        }
    }

    pub(super) fn endless_constraint(&mut self, wanted: &Wanted, need: &Rc<Need>) {
        let mut chain = vec![need];
        let mut above = need.part_of.as_ref();
        while let Some(next) = above {
            chain.push(next);
            above = next.part_of.as_ref();
        }
        chain.reverse();
        let parts: Vec<(ClassId, TyId)> = chain
            .iter()
            .map(|need| (need.class, need.ty))
            .chain([(wanted.class, wanted.ty)])
            .take(3)
            .collect();
        let mut steps: Vec<String> = Vec::new();
        for (class, ty) in parts {
            let (class, shown) = (self.class_name(class), self.show(ty));
            steps.push(format!("`{class}` for `{shown}`"));
        }
        let Some((first, rest)) = steps.split_first() else {
            return;
        };
        let mut diagnostic = error(
            ENDLESS_INSTANCE,
            format!("finding {first} does not end"),
            wanted.span,
            self.needed_by(wanted.origin),
        )
        .note(match rest {
            [again] if again == first => format!("it needs {again} again"),
            _ => format!("it needs {}, and so on", rest.join(", which needs ")),
        });
        let asks = chain.first().and_then(|first| {
            let con = self.head_con(first.ty)?;
            self.instances.get(&(first.class, con))
        });
        if let Some(instance) = asks {
            diagnostic = diagnostic.label(instance.span, "this instance asks for it");
        }
        self.session.report(diagnostic.help(
            "the constraints of an instance must be on types smaller than its own, as in `(A: …)`",
        ));
    }

    pub(super) fn ambiguous(&mut self, wanted: &Wanted) {
        if self.broken_classes.contains(&wanted.class) {
            return;
        }
        let class = self.class_name(wanted.class);
        let diagnostic = error(
            AMBIGUOUS_INSTANCE,
            format!("nothing decides for which type `{class}` is needed here"),
            wanted.span,
            self.needed_by(wanted.origin),
        )
        .help("give a type by a signature, or use the result where a type is expected");
        self.session.report(diagnostic);
    }
}

/// The constraint of the program that a constraint is a part of.
fn outermost(need: &Rc<Need>) -> &Rc<Need> {
    let mut need = need;
    while let Some(above) = &need.part_of {
        need = above;
    }
    need
}
