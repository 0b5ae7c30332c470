//! Types as the canonical ABI of the component model lays them out: what an operation of the host takes and gives.
//!
//! | type | WIT | in memory | as parameters |
//! |---|---|---|---|
//! | `Int`, `Float` | `s64`, `f64` | 8 bytes | i64, f64 |
//! | `Bool`, `Char` | `bool`, `char` | 1 byte, 4 bytes | i32 |
//! | `Text`, `Bytes` | `string`, `list<u8>` | address and size, 4 bytes each | i32 i32 |
//! | `List A` | `list<a>` | address and count, 4 bytes each | i32 i32 |
//! | tuples, records | `tuple`, `record`, fields in alphabetical order | one field after the other, each aligned | those of the fields |
//! | `Option A`, data types | `option`, `enum`, `variant` | the case in 1 or 2 bytes, then its field | i32, then the fields of all cases on top of one another |
//! | `Result E A` | `result<a, e>`, `Ok` first | the same | the same |
//!
//! Several fields of a constructor are a tuple. `Unit` is no value: it takes no place as a parameter, as a result, and
//! on either side of a `Result`; it has no form anywhere else.

use ir_defs::Session;
use ir_defs::host::Width;
use ir_defs::tables::ConId;
use ir_defs::types::Type;
use nanopass::{Symbol, TyId};

/// What a type is to the host.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    Int,
    Float,
    Char,
    Text,
    Bytes,
    Unit,
    List(TyId),
    Tuple(Vec<TyId>),
    Record(Vec<(Symbol, TyId)>),
    /// The cases in the host's order.
    Variant(Vec<Case>),
}

/// A constructor and its fields.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Case {
    pub con: ConId,
    pub fields: Vec<TyId>,
}

/// A type without a form, and why it has none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NoForm {
    pub ty: TyId,
    pub reason: &'static str,
}

/// How much memory a value takes, and at which addresses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Layout {
    pub size: u32,
    pub align: u32,
}

impl Layout {
    const NOTHING: Layout = Layout { size: 0, align: 1 };

    const fn of(size: u32) -> Layout {
        Layout { size, align: size }
    }
}

/// The next multiple of an alignment.
pub(crate) fn aligned(place: u32, align: u32) -> u32 {
    place.next_multiple_of(align)
}

/// How many parts a type may have, and how deep they may nest: layouts are computed anew for each question.
const PART_LIMIT: usize = 10_000;
const DEPTH_LIMIT: usize = 16;

/// What a type is, itself; its parts may have no form.
pub(crate) fn form(ty: TyId, session: &mut Session) -> Result<Form, NoForm> {
    let refuse = |reason| Err(NoForm { ty, reason });
    match session.types.get(ty).clone() {
        Type::Tuple(items) => return Ok(Form::Tuple(items)),
        Type::Record { tail: Some(_), .. } => return refuse("its fields are not all known"),
        Type::Record { fields, .. } if fields.is_empty() => return refuse("it has no fields"),
        Type::Record { fields, .. } => return Ok(Form::Record(fields)),
        Type::Fun(..) => return refuse("it is a function"),
        Type::Var(_) | Type::Hole(_) => return refuse("it is a type variable"),
        _ => {}
    }
    if session.as_effect(ty).is_some() {
        return refuse("it is an effect");
    }
    let Some((con, args)) = named(ty, session) else {
        return refuse("it is no type of plain data");
    };
    match (session.tycons.name(con), args.as_slice()) {
        ("Int", _) => Ok(Form::Int),
        ("Float", _) => Ok(Form::Float),
        ("Char", _) => Ok(Form::Char),
        ("Text", _) => Ok(Form::Text),
        ("Bytes", _) => Ok(Form::Bytes),
        ("Unit", _) => Ok(Form::Unit),
        ("List", &[item]) => Ok(Form::List(item)),
        (name, _) => {
            let host_order = name == "Result";
            let constructors = session
                .tycons
                .get(con)
                .map(|info| info.constructors.clone())
                .unwrap_or_default();
            let mut cases = Vec::with_capacity(constructors.len());
            for con in constructors {
                let fields = session.field_types(con, &args);
                cases.push(Case { con, fields });
            }
            if cases.is_empty() {
                return refuse("it has no constructors");
            }
            if host_order {
                cases.reverse();
            }
            Ok(Form::Variant(cases))
        }
    }
}

/// The constructor of a named type and its arguments.
fn named(ty: TyId, session: &Session) -> Option<(ir_defs::tables::TyConId, Vec<TyId>)> {
    match session.types.get(ty) {
        Type::Con(con) => Some((*con, Vec::new())),
        Type::Apply(head, args) => match session.types.get(*head) {
            Type::Con(con) => Some((*con, args.clone())),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a whole type has a form; if not, the part that has none.
pub(crate) fn check(ty: TyId, session: &mut Session) -> Result<(), NoForm> {
    check_within(ty, &mut Vec::new(), &mut 0, session)
}

fn check_within(
    ty: TyId,
    around: &mut Vec<TyId>,
    parts: &mut usize,
    session: &mut Session,
) -> Result<(), NoForm> {
    let refuse = |reason| Err(NoForm { ty, reason });
    *parts += 1;
    if around.contains(&ty) {
        return refuse("it contains itself");
    }
    // A type that has another argument at each level has no end either.
    if *parts > PART_LIMIT || around.len() > DEPTH_LIMIT {
        return refuse("it is too large");
    }
    let form = form(ty, session)?;
    around.push(ty);
    let inner: Vec<TyId> = match form {
        Form::List(item) => vec![item],
        Form::Tuple(items) => items,
        Form::Record(fields) => fields.into_iter().map(|(_, field)| field).collect(),
        Form::Variant(cases) => cases.into_iter().flat_map(|case| case.fields).collect(),
        Form::Int | Form::Float | Form::Char | Form::Text | Form::Bytes | Form::Unit => Vec::new(),
    };
    let is_result = named(ty, session).is_some_and(|(con, _)| session.tycons.name(con) == "Result");
    for part in inner {
        if !is_result && form_is_unit(part, session) {
            return Err(NoForm {
                ty: part,
                reason: "it is no value",
            });
        }
        check_within(part, around, parts, session)?;
    }
    around.pop();
    Ok(())
}

fn form_is_unit(ty: TyId, session: &mut Session) -> bool {
    matches!(form(ty, session), Ok(Form::Unit))
}

/// The bytes that tell so many cases apart.
pub(crate) fn tag_size(cases: usize) -> u32 {
    if cases <= 256 { 1 } else { 2 }
}

/// How a value of a type that has a form lies in memory.
pub(crate) fn layout(ty: TyId, session: &mut Session) -> Layout {
    match form(ty, session) {
        Ok(Form::Int | Form::Float) => Layout::of(8),
        Ok(Form::Char) => Layout::of(4),
        Ok(Form::Text | Form::Bytes | Form::List(_)) => Layout { size: 8, align: 4 },
        Ok(Form::Unit) | Err(_) => Layout::NOTHING,
        Ok(Form::Tuple(items)) => sequence(&items, session).1,
        Ok(Form::Record(fields)) => {
            let items: Vec<TyId> = fields.into_iter().map(|(_, field)| field).collect();
            sequence(&items, session).1
        }
        Ok(Form::Variant(cases)) => {
            let (field, align) = payload(&cases, session);
            let largest = cases
                .iter()
                .map(|case| sequence(&case.fields, session).1.size)
                .max()
                .unwrap_or(0);
            Layout {
                size: aligned(field + largest, align),
                align,
            }
        }
    }
}

/// The places of values that lie one after the other, and their layout together.
pub(crate) fn sequence(items: &[TyId], session: &mut Session) -> (Vec<u32>, Layout) {
    let mut places = Vec::with_capacity(items.len());
    let mut all = Layout::NOTHING;
    for &item in items {
        let one = layout(item, session);
        let place = aligned(all.size, one.align);
        places.push(place);
        all.size = place + one.size;
        all.align = all.align.max(one.align);
    }
    all.size = aligned(all.size, all.align);
    (places, all)
}

/// Where the field of a case lies, and the alignment of the whole.
pub(crate) fn payload(cases: &[Case], session: &mut Session) -> (u32, u32) {
    let tag = tag_size(cases.len());
    let align = cases
        .iter()
        .map(|case| sequence(&case.fields, session).1.align)
        .max()
        .unwrap_or(1);
    (aligned(tag, align), align.max(tag))
}

/// The values that a value of a type is as a parameter.
pub(crate) fn flat(ty: TyId, session: &mut Session) -> Vec<Width> {
    match form(ty, session) {
        Ok(Form::Int) => vec![Width::I64],
        Ok(Form::Float) => vec![Width::F64],
        Ok(Form::Char) => vec![Width::I32],
        Ok(Form::Text | Form::Bytes | Form::List(_)) => vec![Width::I32, Width::I32],
        Ok(Form::Unit) | Err(_) => Vec::new(),
        Ok(Form::Tuple(items)) => flat_sequence(&items, session),
        Ok(Form::Record(fields)) => {
            let items: Vec<TyId> = fields.into_iter().map(|(_, field)| field).collect();
            flat_sequence(&items, session)
        }
        Ok(Form::Variant(cases)) => {
            let mut joined = vec![Width::I32];
            for case in &cases {
                for (index, width) in flat_sequence(&case.fields, session).into_iter().enumerate() {
                    match joined.get_mut(index + 1) {
                        Some(other) => *other = join(*other, width),
                        None => joined.push(width),
                    }
                }
            }
            joined
        }
    }
}

/// The values that several are, one after the other.
pub(crate) fn flat_sequence(items: &[TyId], session: &mut Session) -> Vec<Width> {
    items.iter().flat_map(|&item| flat(item, session)).collect()
}

/// What holds either.
fn join(a: Width, b: Width) -> Width {
    if a == b { a } else { Width::I64 }
}

/// A name as WIT writes it: `stockLevel` is `stock-level`.
pub(crate) fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for letter in name.chars() {
        let dash = !letter.is_ascii_alphanumeric();
        if (dash || letter.is_ascii_uppercase()) && !kebab.is_empty() && !kebab.ends_with('-') {
            kebab.push('-');
        }
        if !dash {
            kebab.push(letter.to_ascii_lowercase());
        }
    }
    kebab
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kebab_case() {
        assert_eq!(kebab("stockLevel"), "stock-level");
        assert_eq!(kebab("a.b"), "a-b");
        assert_eq!(kebab("get_item2"), "get-item2");
    }

    fn option(item: TyId, session: &mut Session) -> TyId {
        let option = session.ty_con("Option");
        session.types.apply(option, vec![item])
    }

    fn result(error: TyId, value: TyId, session: &mut Session) -> TyId {
        let result = session.ty_con("Result");
        session.types.apply(result, vec![error, value])
    }

    #[test]
    fn layouts_are_those_of_the_canonical_abi() {
        let session = &mut Session::bare();
        let (int, float, bool, text) = (
            session.int(),
            session.float(),
            session.bool(),
            session.text(),
        );
        let char = session.char();
        let unit = session.unit();
        assert_eq!(layout(bool, session), Layout { size: 1, align: 1 });
        assert_eq!(flat(bool, session), [Width::I32]);
        let pair = session.tuple(vec![bool, int]);
        assert_eq!(layout(pair, session), Layout { size: 16, align: 8 });
        assert_eq!(flat(pair, session), [Width::I32, Width::I64]);
        let three = session.tuple(vec![bool, char, bool]);
        assert_eq!(sequence(&[bool, char, bool], session).0, [0, 4, 8]);
        assert_eq!(layout(three, session), Layout { size: 12, align: 4 });
        let some = option(bool, session);
        assert_eq!(layout(some, session), Layout { size: 2, align: 1 });
        let some = option(text, session);
        assert_eq!(layout(some, session), Layout { size: 12, align: 4 });
        assert_eq!(flat(some, session), [Width::I32, Width::I32, Width::I32]);
        let either = result(float, int, session);
        assert_eq!(layout(either, session), Layout { size: 16, align: 8 });
        assert_eq!(flat(either, session), [Width::I32, Width::I64]);
        let either = result(text, float, session);
        assert_eq!(flat(either, session), [Width::I32, Width::I64, Width::I32]);
        let either = result(text, unit, session);
        assert_eq!(flat(either, session), [Width::I32, Width::I32, Width::I32]);
    }

    #[test]
    fn what_has_no_form_is_named() {
        let session = &mut Session::bare();
        let (int, unit) = (session.int(), session.unit());
        let function = session.fun(&[int], int);
        let list = session.list(function);
        let refused = check(list, session).expect_err("a function");
        assert_eq!((refused.ty, refused.reason), (function, "it is a function"));
        let some = option(unit, session);
        assert!(check(some, session).is_err());
        let either = result(unit, unit, session);
        assert_eq!(check(either, session), Ok(()));
    }
}
