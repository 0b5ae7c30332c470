//! Which signatures of domains' operators may fit an operand, by the constructor of its type: so that a use of an operator
//! does not look at the signatures of every domain.

use ir_defs::tables::TyConId;
use ir_defs::terminals::Operator;
use rustc_hash::FxHashMap;

/// An operand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Side {
    Left,
    Right,
}

/// The signatures, by their places, in ascending order.
#[derive(Clone, Default)]
pub(super) struct OverloadHeads {
    all: FxHashMap<Operator, Vec<usize>>,
    /// By the constructor of the operand's type; `None` for those that say none: variables and records.
    by_head: FxHashMap<(Operator, Side, Option<TyConId>), Vec<usize>>,
}

impl OverloadHeads {
    /// Adds a signature, which comes after all others.
    pub fn add(&mut self, op: Operator, place: usize) {
        self.all.entry(op).or_default().push(place);
    }

    /// Says what an operand of a signature begins with.
    pub fn add_head(&mut self, op: Operator, side: Side, head: Option<TyConId>, place: usize) {
        let places = self.by_head.entry((op, side, head)).or_default();
        places.push(place);
    }

    /// Whether an operator has any signature.
    pub fn has(&self, op: Operator) -> bool {
        self.all.contains_key(&op)
    }

    /// The signatures that an operand may fit whose type has this constructor; `None` where it has none, or none that is
    /// known.
    pub fn candidates(&self, op: Operator, side: Side, head: Option<TyConId>) -> Vec<usize> {
        let Some(head) = head else {
            return self.all.get(&op).cloned().unwrap_or_default();
        };
        let of = |head| self.by_head.get(&(op, side, head)).into_iter().flatten();
        let mut places: Vec<usize> = of(Some(head)).chain(of(None)).copied().collect();
        places.sort_unstable();
        places
    }
}
