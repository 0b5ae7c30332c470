//! The checks of `direct`: well typed without regard to failures, as [`super::typing`] says; what does something stands
//! inside a `Suspend`, and what may fail inside an `Attempt` or a `Suspend` of that failure; `order` names all values.

use nanopass::{TyId, Violation};

use super::typing::{Doing, Typing, typed_programs, typed_trees};
use crate::Session;

typed_programs!(direct, direct: true, complete: true);
typed_trees!(direct, |cx| {
    Expr::Suspend { fails, body, .. } => {
        fails.iter().for_each(|&ty| cx.written(ty));
        let result = cx.within(Doing::Effects(*fails), |cx| cx.inner(|cx| cx.scope(|cx| expr(cx, body))));
        cx.effect(*fails, result)
    },
    Expr::Perform { effect, .. } => {
        let ty = cx.inner(|cx| expr(cx, effect));
        match cx.as_effect(ty) {
            Some((fails, result)) => {
                cx.does(fails);
                result
            }
            None => {
                cx.violation("what is performed is an effect");
                TyId::NONE
            }
        }
    },
    Expr::Fail { payload, type_, .. } => {
        let fails = cx.inner(|cx| expr(cx, payload));
        cx.written(*type_);
        cx.does(Some(fails));
        *type_
    },
    Expr::Attempt { fails, body, .. } => {
        cx.written(*fails);
        cx.does(None);
        let result = cx.within(Doing::Effects(Some(*fails)), |cx| cx.inner(|cx| cx.scope(|cx| expr(cx, body))));
        cx.applied("Result", vec![*fails, result])
    },
});

fn narrowest(e: &Expr) -> &Expr {
    e
}

fn further(_cx: &mut Typing<'_>, _program: &Program) {}
