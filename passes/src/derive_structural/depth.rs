//! Types that are part of themselves, and how the functions of such a type keep from using the stack.
//!
//! A function that calls itself in tail position is a loop. Where a type is part of itself elsewhere too, as the left
//! one of two subtrees, its functions come in two forms. The first one calls itself and counts how many levels it may
//! still enter. Where there are more, the second form does it, in continuation-passing style (Reynolds 1972): what is
//! to be done afterwards is a function on the heap, so that each call is a tail call.
//!
//! ```text
//! eq<T> = a b => switch (eq-within<T> a b 256) | 0 => False | 1 => True | _ => eq-deep<T> a b None
//! eq-within<T> = a b depth => …  if depth = 0 then 3 else
//!                                  switch (eq-within<T> a.0 b.0 (depth - 1)) | 1 => eq-within<T> a.1 b.1 depth | r => r
//! eq-deep<T> = a b rest => …  eq-deep<T> a.0 b.0 (Some (_ => eq-deep<T> a.1 b.1 rest))
//! ```
//!
//! So data of any depth takes a bounded part of the stack, and data of usual depth takes no memory and little more time
//! than by the first form alone, which the functions of lists and of other types keep. A comparison that gets too deep
//! starts again, for if it went on from there, the first form would allocate, and have roots to save at each level. A
//! text goes on, as it allocates anyway.

use ir_defs::derived::Expr;
use ir_defs::terminals::{Binder, Derivation};
use nanopass::TyId;
use rustc_hash::FxHashMap;

use super::build::var;
use super::{Derive, Shape};
use crate::components::components;

/// How many levels are entered on the stack. Balanced trees are not half as deep.
const LEVELS: i64 = 256;

/// Which form of a function.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Manner {
    /// Calls what it needs.
    Plain,
    /// Enters a number of levels, which is its last parameter.
    Within,
    /// Calls in tail position only; what comes afterwards is its last parameter.
    Deep,
}

/// What a comparison has found that counts levels, as a number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Finding {
    /// The first value is smaller; or the two are not equal.
    Less = 0,
    Same = 1,
    Greater = 2,
    /// There are more levels.
    TooDeep = 3,
}

impl Manner {
    pub fn suffix(self) -> &'static str {
        match self {
            Manner::Plain => "",
            Manner::Within => "-within",
            Manner::Deep => "-deep",
        }
    }
}

/// The function that is being made.
#[derive(Clone, Copy)]
pub(super) struct Way {
    pub derivation: Derivation,
    pub ty: TyId,
    pub manner: Manner,
    /// The last parameter where the manner has one: how many levels may be entered, or what comes afterwards.
    last: Option<Binder>,
}

impl Way {
    /// The last parameter as an argument that is passed on.
    pub fn last(self) -> Option<Expr> {
        self.last.map(var)
    }
}

impl Derive<'_> {
    pub(super) fn way(&mut self, derivation: Derivation, ty: TyId, manner: Manner) -> Way {
        let last = match manner {
            Manner::Plain => None,
            Manner::Within => {
                let int = self.session.int();
                Some(self.binder("depth", int))
            }
            Manner::Deep => {
                let rest = self.rest_type(derivation);
                Some(self.binder("rest", rest))
            }
        };
        Way {
            derivation,
            ty,
            manner,
            last,
        }
    }

    /// The function of some parameters, and of the one that its manner adds.
    pub(super) fn in_manner(&mut self, way: Way, mut params: Vec<Binder>, body: Expr) -> Expr {
        params.extend(way.last);
        self.lambda(params, body)
    }

    /// What a function in a manner computes: a comparison that counts levels gives a [`Finding`].
    pub(super) fn outcome_in(&mut self, derivation: Derivation, manner: Manner) -> TyId {
        match (derivation, manner) {
            (Derivation::Eq | Derivation::Compare, Manner::Within) => self.session.int(),
            _ => self.outcome(derivation),
        }
    }

    /// What an operation computes: `Bool`, `Ordering`, or the pieces of a text.
    pub(super) fn outcome(&mut self, derivation: Derivation) -> TyId {
        match derivation {
            Derivation::Eq => self.session.bool(),
            Derivation::Compare => self.session.ty_con("Ordering"),
            _ => self.pieces_type(),
        }
    }

    /// The type of what comes afterwards, a function of what it goes on from.
    pub(super) fn afterwards(&mut self, derivation: Derivation) -> TyId {
        let result = self.outcome(derivation);
        let given = match derivation {
            Derivation::Eq | Derivation::Compare => self.session.unit(),
            _ => result,
        };
        self.session.fun(&[given], result)
    }

    /// The type of the last parameter of a deep function: `None` at the end.
    pub(super) fn rest_type(&mut self, derivation: Derivation) -> TyId {
        let function = self.afterwards(derivation);
        let option = self.session.ty_con("Option");
        self.session.types.apply(option, vec![function])
    }

    /// Nothing afterwards.
    pub(super) fn nothing(&mut self, derivation: Derivation) -> Expr {
        let (ty, function) = (self.rest_type(derivation), self.afterwards(derivation));
        self.construct("None", ty, vec![function], Vec::new())
    }

    /// A function of one parameter as what comes afterwards.
    pub(super) fn then(&mut self, derivation: Derivation, param: Binder, body: Expr) -> Expr {
        let (ty, function) = (self.rest_type(derivation), self.afterwards(derivation));
        let body = self.lambda(vec![param], body);
        self.construct("Some", ty, vec![function], vec![body])
    }

    /// How many levels the first call may enter.
    pub(super) fn levels(&mut self) -> Expr {
        self.int(LEVELS)
    }

    /// The argument for a call that enters a level.
    pub(super) fn one_level(&mut self, depth: Expr) -> Expr {
        let (int, one) = (self.session.int(), self.int(1));
        self.prim("int.sub", int, vec![depth, one])
    }

    /// `body`, or another expression where no level may be entered. Does nothing where `body` enters none.
    pub(super) fn unless_too_deep(
        &mut self,
        way: Way,
        parts: &[TyId],
        body: Expr,
        too_deep: impl FnOnce(&mut Self) -> Expr,
    ) -> Expr {
        match way.last {
            Some(depth)
                if way.manner == Manner::Within && self.enters(way.derivation, way.ty, parts) =>
            {
                let too_deep = too_deep(self);
                let zero = self.on_int(0, too_deep);
                self.switch(depth, vec![zero], Some(body))
            }
            _ => body,
        }
    }

    /// Whether a part of the type is one whose functions call those of the type, and need to count.
    pub(super) fn connected(&mut self, way: Way, part: TyId) -> bool {
        way.manner != Manner::Plain && self.same_component(way.derivation, way.ty, part)
    }

    fn same_component(&mut self, derivation: Derivation, ty: TyId, part: TyId) -> bool {
        self.component(derivation, ty)
            .is_some_and(|component| self.component(derivation, part) == Some(component))
    }

    /// Whether the functions of a type come in two forms.
    pub(super) fn is_deep(&mut self, derivation: Derivation, ty: TyId) -> bool {
        self.component(derivation, ty).is_some()
    }

    /// Whether parts in the order in which their functions are called make a function call itself elsewhere than in
    /// tail position.
    fn enters(&mut self, derivation: Derivation, ty: TyId, parts: &[TyId]) -> bool {
        parts.iter().enumerate().any(|(index, &part)| {
            let is_last = index + 1 == parts.len();
            // Behind the last part of a text there is a bracket, which is a loop where a function calls itself.
            let is_tail = is_last
                && (part == ty || matches!(derivation, Derivation::Eq | Derivation::Compare));
            !is_tail && self.same_component(derivation, ty, part)
        })
    }

    /// The number of the set of types that are parts of one another, if their functions come in two forms.
    fn component(&mut self, derivation: Derivation, ty: TyId) -> Option<usize> {
        if let Some(&known) = self.components.get(&(derivation, ty)) {
            return known;
        }
        let mut mentions = FxHashMap::default();
        let mut unseen = vec![ty];
        while let Some(ty) = unseen.pop() {
            if !mentions.contains_key(&ty) && !self.components.contains_key(&(derivation, ty)) {
                let parts = self.parts(derivation, ty).concat();
                unseen.extend(&parts);
                mentions.insert(ty, parts);
            }
        }
        for (types, is_recursive) in components(&[ty], &mentions) {
            let number = self.components.len();
            for &ty in &types {
                self.components
                    .insert((derivation, ty), is_recursive.then_some(number));
            }
            let enters = is_recursive
                && types.iter().any(|&ty| {
                    let all = self.parts(derivation, ty);
                    all.iter().any(|parts| self.enters(derivation, ty, parts))
                });
            if !enters {
                for ty in types {
                    self.components.insert((derivation, ty), None);
                }
            }
        }
        self.components.get(&(derivation, ty)).copied().flatten()
    }

    /// For each constructor the parts in the order in which their functions are called; none where the operation is a
    /// primitive's or the user's.
    fn parts(&mut self, derivation: Derivation, ty: TyId) -> Vec<Vec<TyId>> {
        if self.session.ground(ty).is_some() || self.overriding(derivation, ty).is_some() {
            return Vec::new();
        }
        match self.shape(ty) {
            Shape::Tuple(items) => vec![items],
            Shape::Record(fields) => vec![fields.into_iter().map(|(_, ty)| ty).collect()],
            Shape::Data(constructors) => constructors
                .into_iter()
                .map(|(_, mut fields)| {
                    if derivation == Derivation::Eq {
                        self.recursive_last(ty, &mut fields, |&ty| ty);
                    }
                    fields
                })
                .collect(),
            Shape::Opaque => Vec::new(),
        }
    }

    /// Moves the component of the type itself behind those that are compared by primitives, which are total.
    pub(super) fn recursive_last<P>(
        &self,
        ty: TyId,
        parts: &mut Vec<P>,
        type_of: impl Fn(&P) -> TyId,
    ) {
        let Some(place) = parts.iter().rposition(|part| type_of(part) == ty) else {
            return;
        };
        let behind = parts.get(place + 1..).unwrap_or_default();
        if behind
            .iter()
            .all(|part| self.session.ground(type_of(part)).is_some())
        {
            let recursive = parts.remove(place);
            parts.push(recursive);
        }
    }
}
