//! The checks of `derived`: those of `mono` (see [`super::mono`]), and `order` names all values.

use nanopass::{TyId, Violation};

use super::typing::{Doing, Typing, typed_blocks, typed_programs, typed_trees};
use crate::Session;

typed_programs!(derived, direct: false, complete: true);
typed_blocks!(derived);
typed_trees!(derived, |cx| {
    Expr::Do { steps, tail, .. } => sequence(cx, steps, tail),
    Expr::Widen { effect, type_, .. } => widen(cx, effect, *type_),
});

fn further(_cx: &mut Typing<'_>, _program: &Program) {}
