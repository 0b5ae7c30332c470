//! `==`, the total order and text, by the structure of a type.
//!
//! An operation is a list of what is still to be compared or shown, so it needs no stack. Where the user's instance
//! takes the place of the structure, the operation waits in a frame for the result of its function.

use std::cmp::Ordering;
use std::rc::Rc;

use ir_defs::Session;
use ir_defs::known::{Enclosed, enclosed};
use ir_defs::terminals::Derivation;
use ir_defs::types::Type;
use nanopass::{Symbol, TyId};

use super::{Frame, Machine, State, Value, broken};
use crate::{Stop, prims};

/// The structure of a type, found once.
pub(super) enum Shape {
    Int,
    Float,
    Char,
    Text,
    Bytes,
    Tuple(Vec<TyId>),
    Record(Vec<(Symbol, TyId)>),
    List {
        item: TyId,
        list: TyId,
    },
    /// The names of the constructors and the types of their fields.
    Data(Vec<(String, Vec<TyId>)>),
    Opaque,
}

/// An operation under way.
pub(super) struct Structural<'p> {
    kind: Kind,
    /// What is left, the next last.
    work: Vec<Work<'p>>,
    /// The text so far.
    text: String,
    /// Whether the text that an instance is to give stands in parentheses if it is a negative number.
    encloses_negative: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Eq,
    Compare,
    Show,
}

enum Work<'p> {
    /// Two values of a type are to be compared.
    Pair(TyId, Value<'p>, Value<'p>),
    /// A piece of text.
    Literal(String),
    /// The value of a type is to be shown, perhaps as an argument.
    Show(TyId, Value<'p>, bool),
    /// The text of a `Text` or `Char` by itself.
    Raw(TyId, Value<'p>),
}

impl<'p> Structural<'p> {
    pub(super) fn new(
        derivation: Derivation,
        ty: TyId,
        mut args: Vec<Value<'p>>,
    ) -> Structural<'p> {
        let kind = match derivation {
            Derivation::Eq => Kind::Eq,
            Derivation::Compare => Kind::Compare,
            _ => Kind::Show,
        };
        let second = if kind == Kind::Show { None } else { args.pop() };
        let work = match (args.pop(), second) {
            (Some(a), Some(b)) => vec![Work::Pair(ty, a, b)],
            (Some(value), None) => vec![match derivation {
                Derivation::ToText => Work::Raw(ty, value),
                other => Work::Show(ty, value, other == Derivation::ShowArgument),
            }],
            (None, _) => Vec::new(),
        };
        Structural {
            kind,
            work,
            text: String::new(),
            encloses_negative: false,
        }
    }

    /// Adds to what is left, the first to be done first.
    fn push(&mut self, work: impl DoubleEndedIterator<Item = Work<'p>>) {
        self.work.extend(work.rev());
    }

    fn end(self) -> Value<'p> {
        match self.kind {
            Kind::Eq => Value::bool(true),
            Kind::Compare => Value::ordering(Ordering::Equal),
            Kind::Show => Value::text(&self.text),
        }
    }
}

impl<'p> Machine<'p, '_> {
    fn shape(&mut self, ty: TyId) -> Rc<Shape> {
        if let Some(shape) = self.shapes.get(&ty) {
            return shape.clone();
        }
        let shape = Rc::new(self.find_shape(ty));
        self.shapes.insert(ty, shape.clone());
        shape
    }

    fn find_shape(&mut self, ty: TyId) -> Shape {
        match self.session.types.get(ty).clone() {
            Type::Tuple(items) => return Shape::Tuple(items),
            Type::Record { fields, .. } => return Shape::Record(fields),
            Type::Con(con) => match self.session.tycons.name(con) {
                "Int" => return Shape::Int,
                "Float" => return Shape::Float,
                "Char" => return Shape::Char,
                "Text" => return Shape::Text,
                "Bytes" => return Shape::Bytes,
                _ => {}
            },
            _ => {}
        }
        let Some((data, args)) = self.session.as_data(ty) else {
            return Shape::Opaque;
        };
        if let ("List", &[item]) = (self.session.tycons.name(data), args.as_slice()) {
            return Shape::List { item, list: ty };
        }
        let constructors = self
            .session
            .tycons
            .get(data)
            .map(|info| info.constructors.clone());
        let constructors = constructors.unwrap_or_default().into_iter().map(|con| {
            let name = self.session.constructors.name(con);
            let name = name.rsplit('.').next().unwrap_or(name).to_owned();
            (name, self.session.field_types(con, &args))
        });
        Shape::Data(constructors.collect())
    }

    /// Goes on with an operation until it is done or needs the user's function.
    pub(super) fn structural(&mut self, mut operation: Structural<'p>) -> Result<State<'p>, Stop> {
        while let Some(work) = operation.work.pop() {
            let (derivation, ty, args) = match &work {
                Work::Literal(text) => {
                    operation.text.push_str(text);
                    continue;
                }
                Work::Pair(ty, a, b) if operation.kind == Kind::Eq => {
                    (Derivation::Eq, *ty, vec![a.clone(), b.clone()])
                }
                Work::Pair(ty, a, b) => (Derivation::Compare, *ty, vec![a.clone(), b.clone()]),
                Work::Show(ty, value, _) | Work::Raw(ty, value) => {
                    (Derivation::ToText, *ty, vec![value.clone()])
                }
            };
            if let Some(&global) = self.overrides.get(&(derivation, ty)) {
                if let Work::Show(_, _, true) = &work {
                    match enclosed(self.session, ty) {
                        Enclosed::Always => {
                            operation.text.push('(');
                            operation.work.push(Work::Literal(")".to_owned()));
                        }
                        Enclosed::Negative => operation.encloses_negative = true,
                        Enclosed::Never => {}
                    }
                }
                let fun = self.global(global)?;
                self.stack.push(Frame::Structural(operation));
                return Ok(State::Apply(fun, args));
            }
            let shape = self.shape(ty);
            match work {
                Work::Pair(_, a, b) => {
                    if let Some(result) = pair(&mut operation, &shape, &a, &b)? {
                        return Ok(State::Return(result));
                    }
                }
                Work::Show(_, value, argument) => {
                    show(&mut operation, self.session, &shape, &value, argument)?
                }
                Work::Raw(_, value) => match &value {
                    Value::Text(text) => operation.text.push_str(text),
                    Value::Char(char) => operation.text.push(*char),
                    _ => show(&mut operation, self.session, &shape, &value, false)?,
                },
                Work::Literal(_) => {}
            }
        }
        Ok(State::Return(operation.end()))
    }

    /// The same after the user's function has given its result for a part.
    pub(super) fn continue_structural(
        &mut self,
        mut operation: Structural<'p>,
        result: Value<'p>,
    ) -> Result<State<'p>, Stop> {
        let goes_on = match (operation.kind, &result) {
            (Kind::Show, Value::Text(text)) => {
                let encloses = std::mem::take(&mut operation.encloses_negative);
                let text = parenthesised(text.to_string(), encloses && text.starts_with('-'));
                operation.text.push_str(&text);
                true
            }
            (Kind::Eq, Value::Tag(tag)) => *tag == 1,
            (Kind::Compare, Value::Tag(tag)) => *tag == 1,
            _ => return Err(broken("the result of an instance")),
        };
        if goes_on {
            self.structural(operation)
        } else {
            Ok(State::Return(result))
        }
    }
}

/// Compares two values, or says what of them is to be compared; a result if that is decided.
fn pair<'p>(
    operation: &mut Structural<'p>,
    shape: &Shape,
    a: &Value<'p>,
    b: &Value<'p>,
) -> Result<Option<Value<'p>>, Stop> {
    let order = match (shape, a, b) {
        // On numbers `==` is that of IEEE 754, and the order is total.
        (Shape::Float, Value::Float(a), Value::Float(b)) => match operation.kind {
            Kind::Eq if a == b => Ordering::Equal,
            Kind::Eq => Ordering::Less,
            _ => a
                .partial_cmp(b)
                .unwrap_or_else(|| a.is_nan().cmp(&b.is_nan())),
        },
        (_, Value::Int(a), Value::Int(b)) => a.cmp(b),
        (_, Value::Char(a), Value::Char(b)) => a.cmp(b),
        (_, Value::Text(a), Value::Text(b)) => a.cmp(b),
        (_, Value::Bytes(a), Value::Bytes(b)) => a.cmp(b),
        _ => {
            let ((tag, left), (other, right)) = (a.parts(), b.parts());
            if tag == other {
                let values = left.iter().cloned().zip(right.iter().cloned());
                let pairs = field_types(shape, tag)?.into_iter().zip(values);
                let pairs: Vec<Work<'p>> = pairs.map(|(ty, (a, b))| Work::Pair(ty, a, b)).collect();
                operation.push(pairs.into_iter());
            }
            tag.cmp(&other)
        }
    };
    Ok(match (operation.kind, order) {
        (_, Ordering::Equal) => None,
        (Kind::Eq, _) => Some(Value::bool(false)),
        (_, order) => Some(Value::ordering(order)),
    })
}

/// The types of the fields of a value.
fn field_types(shape: &Shape, tag: u32) -> Result<Vec<TyId>, Stop> {
    match shape {
        Shape::Tuple(items) => Ok(items.clone()),
        Shape::Record(fields) => Ok(fields.iter().map(|&(_, ty)| ty).collect()),
        Shape::List { item, list } => Ok(if tag == 1 {
            vec![*item, *list]
        } else {
            Vec::new()
        }),
        Shape::Data(constructors) => {
            let found = constructors.get(tag as usize);
            found
                .map(|(_, types)| types.clone())
                .ok_or_else(|| broken("an unknown constructor"))
        }
        _ => Err(broken("a value that has no structure")),
    }
}

/// Shows a value, or says what of it is to be shown.
fn show<'p>(
    operation: &mut Structural<'p>,
    session: &Session,
    shape: &Shape,
    value: &Value<'p>,
    argument: bool,
) -> Result<(), Stop> {
    let literal = |text: &str| Work::Literal(text.to_owned());
    let mut work = Vec::new();
    match (shape, value) {
        (_, Value::Int(number)) => {
            let text = number.to_string();
            operation
                .text
                .push_str(&parenthesised(text, argument && *number < 0));
        }
        (_, Value::Float(number)) => {
            let text = prims::float_text(*number);
            operation
                .text
                .push_str(&parenthesised(text, argument && *number < 0.0));
        }
        (_, Value::Text(text)) => operation.text.push_str(&prims::quote(text, '"')),
        (_, Value::Char(char)) => operation
            .text
            .push_str(&prims::quote(&char.to_string(), '\'')),
        (_, Value::Bytes(bytes)) => {
            let text = prims::bytes_text(bytes);
            operation.text.push_str(&parenthesised(text, argument));
        }
        (Shape::List { item, .. }, _) => {
            work.push(literal("["));
            let mut rest = value.clone();
            while let (1, [first, tail]) = rest.parts() {
                if work.len() > 1 {
                    work.push(literal(", "));
                }
                work.push(Work::Show(*item, first.clone(), false));
                let tail = tail.clone();
                rest = tail;
            }
            work.push(literal("]"));
        }
        (Shape::Record(fields), _) if fields.is_empty() => work.push(literal("{}")),
        (Shape::Record(fields), _) => {
            for (index, (label, ty)) in fields.iter().enumerate() {
                let open = if index == 0 { "{ " } else { ", " };
                work.push(Work::Literal(format!(
                    "{open}{}: ",
                    session.core.text(*label)
                )));
                work.push(Work::Show(*ty, value.field(index), false));
            }
            work.push(literal(" }"));
        }
        (Shape::Tuple(items), _) => {
            for (index, ty) in items.iter().enumerate() {
                work.push(literal(if index == 0 { "(" } else { ", " }));
                work.push(Work::Show(*ty, value.field(index), false));
            }
            work.push(literal(")"));
        }
        (Shape::Data(constructors), _) => {
            let (tag, fields) = value.parts();
            let (name, types) = constructors
                .get(tag as usize)
                .ok_or_else(|| broken("an unknown constructor"))?;
            let enclosed = argument && !types.is_empty();
            work.push(literal(name));
            for (ty, field) in types.iter().zip(fields) {
                work.push(literal(" "));
                work.push(Work::Show(*ty, field.clone(), true));
            }
            if enclosed {
                work.insert(0, literal("("));
                work.push(literal(")"));
            }
        }
        _ => return Err(broken("a value that has no text")),
    }
    operation.push(work.into_iter());
    Ok(())
}

fn parenthesised(text: String, enclosed: bool) -> String {
    if enclosed { format!("({text})") } else { text }
}
