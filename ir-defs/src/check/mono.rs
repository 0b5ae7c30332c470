//! The checks of `mono`: well typed, as [`super::typing`] says; the steps of a `Do` fail with one type; `Widen` only
//! adds a failure; an override is a function of its type; `order`, once it is filled, names values.

use nanopass::{TyId, Violation};

use super::typing::{Doing, Typing, typed_blocks, typed_programs, typed_trees};
use crate::Session;

typed_programs!(mono, direct: false, complete: false);
typed_blocks!(mono);
typed_trees!(mono, |cx| {
    Expr::Derived { derivation, type_, .. } => cx.derived(*derivation, *type_),
    Expr::Do { steps, tail, .. } => sequence(cx, steps, tail),
    Expr::Widen { effect, type_, .. } => widen(cx, effect, *type_),
});

fn further(cx: &mut Typing<'_>, program: &Program) {
    for found in &program.overrides {
        let expected = cx.derived(found.derivation, found.type_);
        cx.global(found.global, expected);
    }
}
