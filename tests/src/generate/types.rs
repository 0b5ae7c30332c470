//! The types of generated values.

pub(super) const LABELS: [&str; 4] = ["a", "b", "c", "d"];

/// A type of a generated value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Ty {
    Int,
    Float,
    Bool,
    Char,
    Text,
    Unit,
    Color,
    Wrap,
    Ordering,
    Tree(Box<Ty>),
    Option(Box<Ty>),
    List(Box<Ty>),
    Result(Box<Ty>, Box<Ty>),
    Tuple(Vec<Ty>),
    /// Of fields `a`, `b`, … .
    Record(Vec<Ty>),
    Fun(Box<Ty>, Box<Ty>),
    /// With its failure, a `Text`, if it may fail.
    Effect(bool, Box<Ty>),
}
impl Ty {
    pub(super) fn text(&self) -> String {
        let all = |items: &[Ty]| items.iter().map(Ty::text).collect::<Vec<_>>().join(" ");
        match self {
            Ty::Int => "Int".to_owned(),
            Ty::Float => "Float".to_owned(),
            Ty::Bool => "Bool".to_owned(),
            Ty::Char => "Char".to_owned(),
            Ty::Text => "Text".to_owned(),
            Ty::Unit => "Unit".to_owned(),
            Ty::Color => "main.Color".to_owned(),
            Ty::Wrap => "main.Wrap".to_owned(),
            Ty::Ordering => "Ordering".to_owned(),
            Ty::Tree(item) => format!("(main.Tree {})", item.text()),
            Ty::Option(item) => format!("(Option {})", item.text()),
            Ty::List(item) => format!("(List {})", item.text()),
            Ty::Result(error, value) => format!("(Result {} {})", error.text(), value.text()),
            Ty::Tuple(items) => format!("(tuple {})", all(items)),
            Ty::Record(fields) => {
                let fields = fields
                    .iter()
                    .zip(LABELS)
                    .map(|(ty, label)| format!("({label} {})", ty.text()));
                format!("(record {})", fields.collect::<Vec<_>>().join(" "))
            }
            Ty::Fun(param, result) => format!("(-> {} {})", param.text(), result.text()),
            Ty::Effect(true, result) => format!("(Effect (row (fail Text)) {})", result.text()),
            Ty::Effect(false, result) => format!("(Effect (row) {})", result.text()),
        }
    }

    /// Whether values can be compared and shown.
    pub(super) fn is_data(&self) -> bool {
        match self {
            Ty::Fun(..) | Ty::Effect(..) => false,
            Ty::Tree(item) | Ty::Option(item) | Ty::List(item) => item.is_data(),
            Ty::Result(error, value) => error.is_data() && value.is_data(),
            Ty::Tuple(items) | Ty::Record(items) => items.iter().all(Ty::is_data),
            _ => true,
        }
    }
}

pub(super) fn boxed(ty: Ty) -> Box<Ty> {
    Box::new(ty)
}
