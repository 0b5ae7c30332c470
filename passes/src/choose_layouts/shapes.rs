//! The representation of each type, and the shape of each constructor's values.

use ir_defs::Session;
use ir_defs::reps::{Layout, Rep};
use ir_defs::tables::{ConId, TyConId};
use ir_defs::types::Type;
use nanopass::TyId;
use rustc_hash::FxHashMap;

/// The most value words that an object's header can count.
const MAX_POINTERS: usize = 255;
/// The most 4-byte raw words that an object's header can count, less two for padding.
const MAX_RAW_WORDS: usize = 2045;

/// Where a field is: in which of an object's parts, at which place of that part's layout.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    pub part: usize,
    pub index: u32,
}

/// How the values of one constructor, tuple or record look.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// They have no width.
    Nothing,
    /// A number among the constructors of an enumeration.
    Small(u32),
    /// A constructor without fields among others with fields.
    Immediate(u32),
    /// The value is its one field of width, the one with this index.
    Erased(usize),
    /// An object, or a chain of objects if the fields are too many: each part but the last has the next one as its
    /// first field. A field without width has no place.
    Object {
        parts: Vec<Layout>,
        places: Vec<Option<Place>>,
    },
}

/// Answers questions about types, and remembers the answers.
pub(super) struct Shapes<'s> {
    pub session: &'s mut Session,
    reps: FxHashMap<TyId, Rep>,
    /// The types whose only field is being looked at: one that is met again is a cycle.
    open: Vec<TyId>,
}

impl<'s> Shapes<'s> {
    pub fn new(session: &'s mut Session) -> Shapes<'s> {
        Shapes {
            session,
            reps: FxHashMap::default(),
            open: Vec::new(),
        }
    }

    /// The representation of a type's values.
    pub fn rep(&mut self, ty: TyId) -> Rep {
        if let Some(&rep) = self.reps.get(&ty) {
            return rep;
        }
        let rep = self.compute(ty);
        // An answer from inside an open cycle depends on where the cycle was entered; only the entry's own is kept.
        if self.open.is_empty() {
            self.reps.insert(ty, rep);
        }
        rep
    }

    fn compute(&mut self, ty: TyId) -> Rep {
        match self.session.types.get(ty).clone() {
            Type::Con(con) => match self.session.tycons.name(con) {
                "Int" => Rep::I64,
                "Float" => Rep::F64,
                "Char" => Rep::I32,
                "Unit" => Rep::Nothing,
                _ => self.data_rep(ty),
            },
            Type::Apply(..) => self.data_rep(ty),
            Type::Tuple(items) => self.product_rep(ty, &items),
            Type::Record { fields, .. } => {
                let types: Vec<TyId> = fields.iter().map(|&(_, field)| field).collect();
                self.product_rep(ty, &types)
            }
            Type::Fun(..) | Type::Row { .. } | Type::Var(_) | Type::Hole(_) | Type::Error => {
                Rep::Value
            }
        }
    }

    fn data_rep(&mut self, ty: TyId) -> Rep {
        let Some((data, args)) = self.session.as_data(ty) else {
            return Rep::Value;
        };
        let constructors = self.constructors(data);
        match constructors.as_slice() {
            &[con] => {
                let fields = self.session.field_types(con, &args);
                self.product_rep(ty, &fields)
            }
            all if all.iter().all(|&con| self.arity(con) == 0) => Rep::I32,
            _ => Rep::Value,
        }
    }

    /// A product of one field of width is that field, unless that leads back to the product itself.
    fn product_rep(&mut self, ty: TyId, fields: &[TyId]) -> Rep {
        match self.only_field(ty, fields) {
            Only::None => Rep::Nothing,
            Only::One(_, rep) => rep,
            Only::Many => Rep::Value,
        }
    }

    fn only_field(&mut self, ty: TyId, fields: &[TyId]) -> Only {
        if self.open.contains(&ty) {
            return Only::Many;
        }
        self.open.push(ty);
        let mut only = Only::None;
        for (index, &field) in fields.iter().enumerate() {
            let rep = self.rep(field);
            if rep == Rep::Nothing {
                continue;
            }
            only = match only {
                Only::None if !self.leads_back(field) => Only::One(index, rep),
                _ => Only::Many,
            };
            if matches!(only, Only::Many) {
                break;
            }
        }
        self.open.pop();
        only
    }

    /// Whether a field's type is one of the products that are being looked at, so that erasing would never end.
    fn leads_back(&mut self, field: TyId) -> bool {
        let mut at = field;
        let mut seen = Vec::new();
        loop {
            if self.open.contains(&at) {
                return true;
            }
            if seen.contains(&at) {
                return false;
            }
            seen.push(at);
            let fields = match self.session.types.get(at).clone() {
                Type::Tuple(items) => items,
                Type::Record { fields, .. } => fields.iter().map(|&(_, field)| field).collect(),
                _ => match self.session.as_data(at) {
                    Some((data, args)) => match self.constructors(data).as_slice() {
                        &[con] => self.session.field_types(con, &args),
                        _ => return false,
                    },
                    None => return false,
                },
            };
            match fields.as_slice() {
                &[field] => at = field,
                _ => return false,
            }
        }
    }

    fn constructors(&self, data: TyConId) -> Vec<ConId> {
        self.session
            .tycons
            .get(data)
            .map(|info| info.constructors.clone())
            .unwrap_or_default()
    }

    fn arity(&self, con: ConId) -> u32 {
        self.session
            .constructors
            .get(con)
            .map_or(0, |info| info.arity)
    }

    /// How many constructors of a data type are objects, and how many are immediates.
    pub fn census(&mut self, con: ConId, args: &[TyId]) -> (u32, u32) {
        let data = self
            .session
            .constructors
            .get(con)
            .and_then(|info| info.data);
        let (mut objects, mut immediates) = (0, 0);
        for con in data.map(|data| self.constructors(data)).unwrap_or_default() {
            match self.constructor(con, args) {
                Shape::Object { .. } => objects += 1,
                _ => immediates += 1,
            }
        }
        (objects, immediates)
    }

    /// The shape of a constructor's values, at the given arguments of its data type.
    pub fn constructor(&mut self, con: ConId, args: &[TyId]) -> Shape {
        let Some(info) = self.session.constructors.get(con) else {
            return Shape::Nothing;
        };
        let index = info.index;
        let siblings = info
            .data
            .map(|data| self.constructors(data))
            .unwrap_or_default();
        let fields = self.session.field_types(con, args);
        if siblings.len() > 1 {
            return if siblings.iter().all(|&con| self.arity(con) == 0) {
                Shape::Small(index)
            } else if fields.iter().all(|&field| self.rep(field) == Rep::Nothing) {
                Shape::Immediate(index)
            } else {
                self.object(index, &fields)
            };
        }
        let ty = self.data_type(con, args);
        self.product(ty, &fields)
    }

    fn data_type(&mut self, con: ConId, args: &[TyId]) -> TyId {
        let Some(data) = self
            .session
            .constructors
            .get(con)
            .and_then(|info| info.data)
        else {
            return TyId::NONE;
        };
        let head = self.session.types.intern(Type::Con(data));
        self.session.types.apply(head, args.to_vec())
    }

    /// The shape of a tuple or record, or of the only constructor of a data type.
    pub fn product(&mut self, ty: TyId, fields: &[TyId]) -> Shape {
        match self.only_field(ty, fields) {
            Only::None => Shape::Nothing,
            Only::One(index, _) => Shape::Erased(index),
            Only::Many => self.object(0, fields),
        }
    }

    /// The layout of the closure that captures variables of these types, and their places in it.
    pub fn object(&mut self, tag: u32, fields: &[TyId]) -> Shape {
        let reps: Vec<Rep> = fields.iter().map(|&field| self.rep(field)).collect();
        let mut order: Vec<usize> = (0..reps.len())
            .filter(|&index| reps.get(index) != Some(&Rep::Nothing))
            .collect();
        order.sort_by_key(|&index| reps.get(index).map(|rep| rank(*rep)));
        let mut parts = vec![Layout {
            tag,
            fields: Vec::new(),
        }];
        let mut places = vec![None; fields.len()];
        for index in order {
            let rep = reps.get(index).copied().unwrap_or(Rep::Value);
            if parts.last().is_some_and(|part| is_full(part, rep)) {
                parts.push(Layout {
                    tag: 0,
                    fields: Vec::new(),
                });
            }
            let part = parts.len() - 1;
            if let (Some(layout), Some(place)) = (parts.last_mut(), places.get_mut(index)) {
                *place = Some(Place {
                    part,
                    index: layout.fields.len() as u32,
                });
                layout.fields.push(rep);
            }
        }
        // Each part but the last holds the next one, before its own fields.
        let last = parts.len() - 1;
        for part in parts.iter_mut().take(last) {
            part.fields.insert(0, Rep::Value);
        }
        for place in places.iter_mut().flatten() {
            place.index += u32::from(place.part < last);
        }
        Shape::Object { parts, places }
    }
}

enum Only {
    None,
    One(usize, Rep),
    Many,
}

/// The place of a representation in an object: value words first, so that scanning is a loop over a count.
fn rank(rep: Rep) -> u8 {
    match rep {
        Rep::Value => 0,
        Rep::I64 | Rep::F64 => 1,
        Rep::I32 => 2,
        Rep::Nothing => 3,
    }
}

/// Whether one more field would be more than the header can count, with room for the next part.
fn is_full(part: &Layout, rep: Rep) -> bool {
    let pointers = part
        .fields
        .iter()
        .filter(|&&field| field == Rep::Value)
        .count();
    let raw: usize = part.fields.iter().map(|&field| words(field)).sum();
    match rep {
        Rep::Value => pointers + 2 > MAX_POINTERS,
        other => raw + words(other) > MAX_RAW_WORDS,
    }
}

fn words(rep: Rep) -> usize {
    match rep {
        Rep::I64 | Rep::F64 => 2,
        Rep::I32 => 1,
        Rep::Value | Rep::Nothing => 0,
    }
}
