//! The checks of `loops`: those of `anf`; a loop's initial values are of the types of its parameters; a tail call is in
//! tail position, not in the initialiser of a value and not in an `Attempt`; a hole is a field of its constructor, and
//! what fills it is told by a place.
//!
//! Not checked: that every call in tail position is a tail call; that a hole is filled once, with what its field holds,
//! before anyone looks at the object.

use super::bodies::{bodies, holes, local_functions, several, tails};

bodies! {
    loops, |cx, tail|
    functions: |function| Signature::new(&function.params, function.performs, function.fails, function.result);
    captures: |_: &Function| Vec::new();
    statements: {
        Stmt::LetResults { meta, binders, value } => {
            let is_call = matches!(value, Rhs::Call { .. } | Rhs::CallLocal { .. });
            let_results(cx, meta, binders, value, is_call);
        },
        Stmt::Functions { functions, .. } => locals(cx, functions),
    }
    atoms: {
        Atom::Place { con, types, field, .. } => cx.place(*con, types, field.0),
    }
    results: {
        Rhs::Results { items, .. } => results(cx, items, tail),
        Rhs::CallLocal { function, performs, fails, result, args, .. } => {
            let args = atoms(cx, args);
            cx.call_local(*function, *performs, *fails, *result, &args)
        },
        Rhs::Open { con, types, hole, args, .. } => open(cx, *con, types, *hole, args),
        Rhs::Fill { cell, place, value, .. } => fill(cx, cell, place, value),
        Rhs::Loop { label, params, initial, body, .. } => looped(cx, *label, params, initial, body, tail),
        Rhs::TailCall { function, performs, fails, result, args, .. } => {
            must_be_tail(cx, tail);
            let args = atoms(cx, args);
            cx.call(*function, *performs, *fails, *result, &args)
        },
        Rhs::TailCallLocal { function, performs, fails, result, args, .. } => {
            must_be_tail(cx, tail);
            let args = atoms(cx, args);
            cx.call_local(*function, *performs, *fails, *result, &args)
        },
        Rhs::TailApply { fun, performs, args, .. } => {
            must_be_tail(cx, tail);
            let fun = atom(cx, fun);
            let args = atoms(cx, args);
            cx.apply_value(fun, *performs, &args)
        },
    }
}
local_functions!(loops);
tails!();
several!();
holes!();

fn further(_cx: &mut Typing<'_>, _program: &Program) {}
