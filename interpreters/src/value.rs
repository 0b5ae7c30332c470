//! Values, which all interpreters share but for their functions.

use std::cell::{OnceCell, RefCell};
use std::fmt;
use std::rc::Rc;

/// A value; `F` is what a function or an effect is in an interpreter.
pub enum Value<F> {
    /// `Int`
    Int(i64),
    /// `Float`
    Float(f64),
    /// `Char`
    Char(char),
    /// `Text`
    Text(Rc<str>),
    /// `Bytes`
    Bytes(Rc<[u8]>),
    /// A constructor without fields, by its place among those of its type; the empty record.
    Tag(u32),
    /// A constructor with fields, a tuple, or a record with its fields in alphabetical order.
    Object(Rc<Object<F>>),
    /// Places that are filled while something is under construction.
    Array(Rc<RefCell<Vec<Value<F>>>>),
    /// A function or an effect.
    Function(F),
}

/// Fields, and the place of their constructor among those of its type (0 for tuples and records).
pub struct Object<F> {
    /// The place of the constructor.
    pub tag: u32,
    /// The fields; what stands in the place of a hole means nothing.
    pub fields: Vec<Value<F>>,
    /// The place of the hole, and what has filled it.
    pub filled: OnceCell<(usize, Value<F>)>,
}

impl<F> Value<F> {
    /// `Unit`
    pub const UNIT: Value<F> = Value::Tag(0);

    /// `Bool`
    pub fn bool(value: bool) -> Value<F> {
        Value::Tag(u32::from(value))
    }

    /// `Ordering`
    pub fn ordering(order: std::cmp::Ordering) -> Value<F> {
        Value::Tag(match order {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Equal => 1,
            std::cmp::Ordering::Greater => 2,
        })
    }

    /// A text.
    pub fn text(text: &str) -> Value<F> {
        Value::Text(Rc::from(text))
    }

    /// An array of texts.
    pub fn texts(texts: impl IntoIterator<Item = String>) -> Value<F> {
        let texts = texts.into_iter().map(|text| Value::text(&text)).collect();
        Value::Array(Rc::new(RefCell::new(texts)))
    }

    /// A constructor, a tuple or a record.
    pub fn object(tag: u32, fields: Vec<Value<F>>) -> Value<F> {
        if fields.is_empty() {
            Value::Tag(tag)
        } else {
            let filled = OnceCell::new();
            Value::Object(Rc::new(Object {
                tag,
                fields,
                filled,
            }))
        }
    }

    /// An object with a hole; `args` are its other fields.
    pub fn open(tag: u32, hole: usize, args: Vec<Value<F>>) -> Value<F> {
        let mut fields = args;
        fields.insert(hole.min(fields.len()), Value::UNIT);
        Value::object(tag, fields)
    }

    /// Fills the hole of an object; whether there was one.
    pub fn fill(&self, place: usize, value: Value<F>) -> bool {
        match self {
            Value::Object(object) => object.filled.set((place, value)).is_ok(),
            _ => false,
        }
    }

    /// A list.
    pub fn list(items: Vec<Value<F>>) -> Value<F> {
        let nil = Value::Tag(0);
        items
            .into_iter()
            .rev()
            .fold(nil, |rest, item| Value::object(1, vec![item, rest]))
    }

    /// The place of the constructor that made it, and its fields; for values without holes.
    pub fn parts(&self) -> (u32, &[Value<F>]) {
        match self {
            Value::Tag(tag) => (*tag, &[]),
            Value::Object(object) => (object.tag, &object.fields),
            _ => (0, &[]),
        }
    }

    /// A field of an object.
    pub fn field(&self, index: usize) -> Value<F>
    where
        F: Clone,
    {
        if let Value::Object(object) = self
            && let Some((place, value)) = object.filled.get()
            && *place == index
        {
            return value.clone();
        }
        self.parts().1.get(index).cloned().unwrap_or(Value::UNIT)
    }

    /// The place of the constructor that made it, and its fields, holes filled.
    pub fn whole(&self) -> (u32, Vec<Value<F>>)
    where
        F: Clone,
    {
        let (tag, fields) = self.parts();
        let mut fields = fields.to_vec();
        if let Value::Object(object) = self
            && let Some((place, value)) = object.filled.get()
            && let Some(field) = fields.get_mut(*place)
        {
            *field = value.clone();
        }
        (tag, fields)
    }
}

impl<F: Clone> Clone for Value<F> {
    fn clone(&self) -> Self {
        match self {
            Value::Int(value) => Value::Int(*value),
            Value::Float(value) => Value::Float(*value),
            Value::Char(value) => Value::Char(*value),
            Value::Text(value) => Value::Text(value.clone()),
            Value::Bytes(value) => Value::Bytes(value.clone()),
            Value::Tag(tag) => Value::Tag(*tag),
            Value::Object(object) => Value::Object(object.clone()),
            Value::Array(array) => Value::Array(array.clone()),
            Value::Function(function) => Value::Function(function.clone()),
        }
    }
}

/// Takes a structure apart from a list of its parts, because a long list is a deep structure.
impl<F> Drop for Object<F> {
    fn drop(&mut self) {
        let mut parts = std::mem::take(&mut self.fields);
        parts.extend(self.filled.take().map(|(_, value)| value));
        while let Some(part) = parts.pop() {
            if let Value::Object(object) = part
                && let Some(mut object) = Rc::into_inner(object)
            {
                parts.append(&mut object.fields);
                parts.extend(object.filled.take().map(|(_, value)| value));
            }
        }
    }
}

/// For messages about broken programs.
impl<F> fmt::Debug for Value<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Int(value) => write!(f, "{value}"),
            Value::Float(value) => write!(f, "{value:?}"),
            Value::Char(value) => write!(f, "{value:?}"),
            Value::Text(value) => write!(f, "{value:?}"),
            Value::Bytes(value) => write!(f, "{value:?}"),
            Value::Tag(tag) => write!(f, "#{tag}"),
            Value::Object(object) => write!(f, "#{}/{}", object.tag, object.fields.len()),
            Value::Array(_) => write!(f, "an array"),
            Value::Function(_) => write!(f, "a function"),
        }
    }
}
