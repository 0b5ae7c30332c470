//! Types as the user writes them.

use ir_defs::types::{Kind, Type};
use nanopass::TyId;

use super::Checker;
use super::rows::{Failure, Tail};

/// Characters after which a printed type is cut off.
const LENGTH: usize = 400;

/// What surrounds a type: whether it needs parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Place {
    Top,
    Param,
    Argument,
}

impl Checker<'_> {
    /// A type in source notation.
    pub(super) fn show(&mut self, ty: TyId) -> String {
        let ty = self.resolve(ty);
        let mut out = String::new();
        self.write(ty, Place::Top, &mut out);
        cut(out)
    }

    /// A type in source notation, in parentheses where it is an argument.
    pub(super) fn show_argument(&mut self, ty: TyId) -> String {
        let ty = self.resolve(ty);
        let mut out = String::new();
        self.write(ty, Place::Argument, &mut out);
        cut(out)
    }

    fn write(&mut self, ty: TyId, place: Place, out: &mut String) {
        if out.len() > LENGTH {
            return;
        }
        let ty = self.shallow(ty);
        if let Some(name) = self.alias_names.get(&ty).cloned() {
            let parenthesise = place == Place::Argument && name.contains(' ');
            wrap(parenthesise, out, |out| out.push_str(&name));
            return;
        }
        match self.get(ty).clone() {
            Type::Con(con) => out.push_str(&self.con_name(con)),
            Type::Var(var) => {
                let name = self.session.types.var(var).map(|info| info.name);
                let name = name
                    .map_or("?", |name| self.session.core.text(name))
                    .to_string();
                out.push_str(&name);
            }
            Type::Hole(_) | Type::Error => out.push('_'),
            Type::Fun(param, result) => {
                if place != Place::Top {
                    out.push('(');
                }
                self.write(param, Place::Param, out);
                out.push_str(" -> ");
                self.write(result, Place::Top, out);
                if place != Place::Top {
                    out.push(')');
                }
            }
            Type::Tuple(items) => {
                out.push('(');
                for (index, item) in items.into_iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    self.write(item, Place::Top, out);
                }
                out.push(')');
            }
            Type::Apply(head, args) => {
                if place == Place::Argument {
                    out.push('(');
                }
                self.write(head, Place::Argument, out);
                for arg in args {
                    out.push(' ');
                    self.write(arg, Place::Argument, out);
                }
                if place == Place::Argument {
                    out.push(')');
                }
            }
            Type::Record { .. } => {
                let view = self.record_view(ty);
                let mut items = Vec::new();
                for (label, field) in view.fields {
                    let mut item = format!("{}: ", self.session.core.text(label));
                    self.write(field, Place::Top, &mut item);
                    items.push(item);
                    if items.iter().map(String::len).sum::<usize>() > LENGTH {
                        break;
                    }
                }
                items.extend(self.write_tail(view.tail));
                braces(&items, out);
            }
            Type::Row { .. } => {
                let view = self.row_view(ty);
                let mut items: Vec<String> = view
                    .capabilities
                    .iter()
                    .map(|&con| self.con_name(con))
                    .collect();
                if let Failure::Type(failure) = view.fail {
                    let mut item = "Fail ".to_string();
                    self.write(failure, Place::Argument, &mut item);
                    items.push(item);
                }
                // An unknown tail says nothing to the user: the row was opened.
                if !matches!(view.tail, Tail::Hole(..)) {
                    items.extend(self.write_tail(view.tail));
                }
                braces(&items, out);
            }
        }
    }

    fn write_tail(&mut self, tail: Tail) -> Option<String> {
        match tail {
            Tail::Closed => None,
            Tail::Hole(..) => Some("...".into()),
            Tail::Var(ty) => match *self.get(ty) {
                Type::Var(var) => {
                    let info = self.session.types.var(var)?;
                    let implicit =
                        info.kind == Kind::Fields && self.session.core.text(info.name) == "rest";
                    if implicit {
                        return Some("...".into());
                    }
                    Some(format!("...{}", self.session.core.text(info.name)))
                }
                _ => None,
            },
        }
    }
}

fn braces(items: &[String], out: &mut String) {
    if items.is_empty() {
        out.push_str("{}");
    } else {
        out.push_str("{ ");
        out.push_str(&items.join(", "));
        out.push_str(" }");
    }
}

fn wrap(parenthesise: bool, out: &mut String, write: impl FnOnce(&mut String)) {
    if parenthesise {
        out.push('(');
    }
    write(out);
    if parenthesise {
        out.push(')');
    }
}

fn cut(mut text: String) -> String {
    if text.len() > LENGTH
        && let Some((end, _)) = text.char_indices().nth(LENGTH)
    {
        text.truncate(end);
        text.push('…');
    }
    text
}
