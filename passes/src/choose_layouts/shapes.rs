//! The representation of each type, and the shape of each constructor's values.

use std::rc::Rc;

use ir_defs::Session;
use ir_defs::layout::{MAX_POINTERS, MAX_RAW_WORDS};
use ir_defs::reps::{Layout, Rep, Results};
use ir_defs::tables::{ConId, TyConId};
use ir_defs::types::Type;
use nanopass::{Symbol, TyId};
use rustc_hash::FxHashMap;

/// So many instances of one type inside one another, each made after the one around it, are a type that grows without
/// end, such as `type N A = | N (N (List A))`, which has no values. In a type as it is written, what is inside is made
/// before what is around it.
const MAX_INSTANCES: usize = 16;

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
    /// The only constructor of its type: the value is its one field of width, the one with this index.
    Erased(usize),
    /// The only constructor with a field among immediates: the value is that field, the one with this index, whose
    /// own values are always addresses. `Some text` is the text.
    Bare(usize),
    /// An object, or a chain of objects if the fields are too many: each part but the last has the next one as its
    /// first field. A field without width has no place.
    Object {
        parts: Vec<Layout>,
        places: Vec<Option<Place>>,
    },
}

/// The shapes of the constructors of a data type, in their order.
#[derive(Debug)]
pub(super) struct Variants {
    pub shapes: Vec<Shape>,
    /// How many of several constructors are addresses.
    pub boxed: u32,
    /// How many of several constructors are immediates.
    pub immediates: u32,
}

/// Answers questions about types, and remembers the answers.
pub(super) struct Shapes<'s> {
    pub session: &'s mut Session,
    reps: FxHashMap<TyId, Rep>,
    variants: FxHashMap<TyId, Rc<Variants>>,
    products: FxHashMap<TyId, Rc<Shape>>,
    /// The places of the fields of record types.
    labels: FxHashMap<TyId, FxHashMap<Symbol, usize>>,
    /// The types whose only field is being looked at: one that is met again is a cycle.
    open: Vec<TyId>,
}

impl<'s> Shapes<'s> {
    pub fn new(session: &'s mut Session) -> Shapes<'s> {
        Shapes {
            session,
            reps: FxHashMap::default(),
            variants: FxHashMap::default(),
            products: FxHashMap::default(),
            labels: FxHashMap::default(),
            open: Vec::new(),
        }
    }

    /// The representation of a type's values.
    pub fn rep(&mut self, ty: TyId) -> Rep {
        if let Some(&rep) = self.reps.get(&ty) {
            return rep;
        }
        // A cycle of single-field types, as in `type L = | L L`, has no values, so any word will do: all of its types
        // are value words, whichever of them is asked for first.
        if self.open.contains(&ty) || self.is_endless(ty) {
            return Rep::Value;
        }
        self.open.push(ty);
        let rep = self.compute(ty);
        self.open.pop();
        self.reps.insert(ty, rep);
        rep
    }

    fn is_endless(&self, ty: TyId) -> bool {
        let head = |ty: TyId| match self.session.types.get(ty) {
            Type::Apply(head, _) => Some(*head),
            _ => None,
        };
        let wanted = head(ty);
        let is_around = |other: &&TyId| **other < ty && head(**other) == wanted;
        wanted.is_some() && self.open.iter().filter(is_around).count() >= MAX_INSTANCES
    }

    fn compute(&mut self, ty: TyId) -> Rep {
        match self.session.types.get(ty).clone() {
            Type::Con(con) => match self.session.tycons.name(con) {
                "Int" => Rep::I64,
                "Float" => Rep::F64,
                "Char" | "place" => Rep::I32,
                "Unit" => Rep::Nothing,
                _ => self.data_rep(ty),
            },
            Type::Apply(..) => match self.session.as_results(ty).map(<[TyId]>::to_vec) {
                Some(items) => self.results_rep(&items),
                None => self.data_rep(ty),
            },
            Type::Tuple(items) => self.product_rep(&items),
            Type::Record { fields, .. } => {
                let types: Vec<TyId> = fields.iter().map(|&(_, field)| field).collect();
                self.product_rep(&types)
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
        match self.constructors(data).as_slice() {
            &[con] => {
                let fields = self.session.field_types(con, &args);
                self.product_rep(&fields)
            }
            all if all.iter().all(|&con| self.arity(con) == 0) => Rep::I32,
            _ => Rep::Value,
        }
    }

    /// Of what a function of several results gives: those of width, which may be one or none.
    fn results_rep(&mut self, items: &[TyId]) -> Rep {
        let reps: Vec<Rep> = items.iter().map(|&item| self.rep(item)).collect();
        let wide: Vec<Rep> = reps
            .into_iter()
            .filter(|&rep| rep != Rep::Nothing)
            .collect();
        match wide.as_slice() {
            [] => Rep::Nothing,
            &[only] => only,
            // No function gives more than fit.
            several => Results::of(several).map_or(Rep::Nothing, Rep::Results),
        }
    }

    /// A product of one field of width is that field.
    fn product_rep(&mut self, fields: &[TyId]) -> Rep {
        match self.wide(fields) {
            Wide::None => Rep::Nothing,
            Wide::One(_, rep) => rep,
            Wide::Many => Rep::Value,
        }
    }

    /// How many of the fields have a width.
    fn wide(&mut self, fields: &[TyId]) -> Wide {
        let mut wide = Wide::None;
        for (index, &field) in fields.iter().enumerate() {
            let rep = self.rep(field);
            wide = match wide {
                before if rep == Rep::Nothing => before,
                Wide::None => Wide::One(index, rep),
                _ => return Wide::Many,
            };
        }
        wide
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

    /// The place of a constructor among those of its type.
    pub fn index(&self, con: ConId) -> usize {
        self.session
            .constructors
            .get(con)
            .map_or(0, |info| info.index as usize)
    }

    /// The shape of a constructor's values, at the given arguments of its data type.
    pub fn constructor(&mut self, con: ConId, args: &[TyId]) -> Shape {
        let data = self
            .session
            .constructors
            .get(con)
            .and_then(|info| info.data);
        let Some(data) = data else {
            return Shape::Nothing;
        };
        let head = self.session.types.intern(Type::Con(data));
        let ty = self.session.types.apply(head, args.to_vec());
        let index = self.index(con);
        let shape = self
            .variants(ty)
            .and_then(|variants| variants.shapes.get(index).cloned());
        shape.unwrap_or(Shape::Nothing)
    }

    /// The shapes of a data type's constructors; `None` if it is no data type.
    pub fn variants(&mut self, ty: TyId) -> Option<Rc<Variants>> {
        if let Some(variants) = self.variants.get(&ty) {
            return Some(variants.clone());
        }
        let (data, args) = self.session.as_data(ty)?;
        let fields: Vec<Vec<TyId>> = self
            .constructors(data)
            .into_iter()
            .map(|con| self.session.field_types(con, &args))
            .collect();
        let variants = Rc::new(self.compute_variants(&fields));
        self.variants.insert(ty, variants.clone());
        Some(variants)
    }

    fn compute_variants(&mut self, fields: &[Vec<TyId>]) -> Variants {
        if let [only] = fields {
            return Variants {
                shapes: vec![self.product(only)],
                boxed: 0,
                immediates: 0,
            };
        }
        let is_enumeration = fields.iter().all(Vec::is_empty);
        let wide: Vec<Wide> = fields.iter().map(|fields| self.wide(fields)).collect();
        let boxed = wide
            .iter()
            .filter(|wide| !matches!(wide, Wide::None))
            .count();
        let mut tag = 0;
        let mut shapes = Vec::with_capacity(fields.len());
        for (number, (fields, wide)) in (0..).zip(fields.iter().zip(wide)) {
            let bare = match wide {
                Wide::One(index, Rep::Value) if boxed == 1 => fields
                    .get(index)
                    .is_some_and(|&field| self.is_address(field))
                    .then_some(index),
                _ => None,
            };
            shapes.push(match (wide, bare) {
                (Wide::None, _) if is_enumeration => Shape::Small(number),
                (Wide::None, _) => Shape::Immediate(number),
                (_, Some(index)) => Shape::Bare(index),
                _ => {
                    tag += 1;
                    self.object(tag - 1, fields, |_| false)
                }
            });
        }
        Variants {
            boxed: boxed as u32,
            immediates: (shapes.len() - boxed) as u32,
            shapes,
        }
    }

    /// Whether the values of a type are addresses, none of them an immediate.
    fn is_address(&mut self, ty: TyId) -> bool {
        let fields = match self.session.types.get(ty).clone() {
            Type::Fun(..) => return true,
            Type::Con(con) if matches!(self.session.tycons.name(con), "Text" | "Bytes") => {
                return true;
            }
            Type::Tuple(items) => items,
            Type::Record { fields, .. } => fields.iter().map(|&(_, field)| field).collect(),
            _ => {
                let Some((data, args)) = self.session.as_data(ty) else {
                    return false;
                };
                let constructors = self.constructors(data);
                if let &[con] = constructors.as_slice() {
                    self.session.field_types(con, &args)
                } else {
                    return constructors.into_iter().all(|con| {
                        let fields = self.session.field_types(con, &args);
                        !matches!(self.wide(&fields), Wide::None)
                    });
                }
            }
        };
        // The field of a product of one field may be any value word again.
        matches!(self.wide(&fields), Wide::Many)
    }

    /// The place of a field among those of a record type.
    pub fn field(&mut self, ty: TyId, label: Symbol) -> usize {
        if !self.labels.contains_key(&ty) {
            let fields = match self.session.types.get(ty) {
                Type::Record { fields, .. } => fields.as_slice(),
                _ => &[],
            };
            let places = fields.iter().enumerate();
            let places = places.map(|(place, &(label, _))| (label, place)).collect();
            self.labels.insert(ty, places);
        }
        let places = self.labels.get(&ty);
        places
            .and_then(|places| places.get(&label).copied())
            .unwrap_or(0)
    }

    /// The shape of a tuple or record type.
    pub fn product_type(&mut self, ty: TyId) -> Rc<Shape> {
        if let Some(shape) = self.products.get(&ty) {
            return shape.clone();
        }
        let fields: Vec<TyId> = match self.session.types.get(ty) {
            Type::Record { fields, .. } => fields.iter().map(|&(_, field)| field).collect(),
            Type::Tuple(items) => items.clone(),
            _ => Vec::new(),
        };
        let shape = Rc::new(self.product(&fields));
        self.products.insert(ty, shape.clone());
        shape
    }

    /// The shape of a tuple or record, or of the only constructor of a data type.
    pub fn product(&mut self, fields: &[TyId]) -> Shape {
        match self.wide(fields) {
            Wide::None => Shape::Nothing,
            Wide::One(index, _) => Shape::Erased(index),
            Wide::Many => self.object(0, fields, |_| false),
        }
    }

    /// The layouts of an object with these fields, and their places. Value words are first, and among them those of the
    /// types for which `first` holds.
    pub fn object(&mut self, tag: u32, fields: &[TyId], first: impl Fn(&Type) -> bool) -> Shape {
        let mut order: Vec<(u8, bool, usize, Rep)> = Vec::with_capacity(fields.len());
        for (index, &field) in fields.iter().enumerate() {
            let rep = self.rep(field);
            if rep != Rep::Nothing {
                let later = !first(self.session.types.get(field));
                order.push((rank(rep), later, index, rep));
            }
        }
        order.sort_unstable();
        let empty = |tag| Layout {
            tag,
            fields: Vec::new(),
        };
        let mut parts = vec![empty(tag)];
        let mut places = vec![None; fields.len()];
        let mut filled = Filled::default();
        for (_, _, index, rep) in order {
            if filled.is_full(rep) {
                parts.push(empty(0));
                filled = Filled::default();
            }
            filled.add(rep);
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

/// Which fields of a product have a width.
#[derive(Clone, Copy)]
enum Wide {
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
        Rep::Nothing | Rep::Results(_) => 3,
    }
}

/// What a part of an object holds.
#[derive(Default)]
struct Filled {
    pointers: usize,
    raw: usize,
}

impl Filled {
    /// Whether one more field would be more than the header can count, with room for the next part.
    fn is_full(&self, rep: Rep) -> bool {
        match rep {
            Rep::Value => self.pointers + 2 > MAX_POINTERS as usize,
            // Two words may be padding.
            other => self.raw + words(other) + 2 > MAX_RAW_WORDS as usize,
        }
    }

    fn add(&mut self, rep: Rep) {
        self.pointers += usize::from(rep == Rep::Value);
        self.raw += words(rep);
    }
}

fn words(rep: Rep) -> usize {
    match rep {
        Rep::I64 | Rep::F64 => 2,
        Rep::I32 => 1,
        Rep::Value | Rep::Nothing | Rep::Results(_) => 0,
    }
}
