//! What is known at a place of a function.

use nanopass::VarId;
use rustc_hash::{FxHashMap, FxHashSet};

/// What a slot of the frame holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Content {
    /// Whatever was in memory.
    Anything,
    /// Some value word, or the null word.
    Value,
    /// This variable.
    Holds(VarId),
}

#[derive(Clone, PartialEq, Default, Debug)]
pub(super) struct State {
    /// The variables that are not stale.
    pub fresh: FxHashSet<VarId>,
    /// Of the frame around, if there is one.
    pub slots: Vec<Content>,
    /// What is left of the reserved room.
    pub room: u32,
    /// The objects that were allocated since the last collection point, with the offsets that nothing was stored to.
    pub objects: FxHashMap<VarId, FxHashSet<u32>>,
}

impl State {
    /// Whether all objects have all their value words.
    pub fn is_filled(&self) -> bool {
        self.objects.values().all(FxHashSet::is_empty)
    }

    /// What holds where two ways meet.
    pub fn join(a: Option<State>, b: Option<State>) -> Option<State> {
        let (mut a, b) = match (a, b) {
            (Some(a), Some(b)) => (a, b),
            (a, b) => return a.or(b),
        };
        a.fresh.retain(|var| b.fresh.contains(var));
        for (slot, other) in a.slots.iter_mut().zip(&b.slots) {
            *slot = match (*slot, *other) {
                (same, other) if same == other => same,
                (Content::Anything, _) | (_, Content::Anything) => Content::Anything,
                _ => Content::Value,
            };
        }
        a.room = a.room.min(b.room);
        for (var, missing) in b.objects {
            a.objects.entry(var).or_default().extend(missing);
        }
        Some(a)
    }
}
