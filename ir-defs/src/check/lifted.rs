//! The checks of `lifted`: those of `loops`.
//!
//! Not checked: that a local function which remains is used as a value.

use super::bodies::{bodies, holes, local_functions, several, tails};

bodies! {
    lifted, |cx, tail|
    functions: |function| Signature::new(&function.params, function.performs, function.fails, function.result);
    captures: |_: &Function| Vec::new();
    statements: {
        Stmt::LetResults { meta, binders, value } => {
            let is_call = matches!(value, Rhs::Call { .. });
            let_results(cx, meta, binders, value, is_call);
        },
        Stmt::Functions { functions, .. } => locals(cx, functions),
    }
    atoms: {
        Atom::Place { con, types, field, .. } => cx.place(*con, types, field.0),
    }
    results: {
        Rhs::Results { items, .. } => results(cx, items, tail),
        Rhs::Open { con, types, hole, args, .. } => open(cx, *con, types, *hole, args),
        Rhs::Fill { cell, place, value, .. } => fill(cx, cell, place, value),
        Rhs::Loop { label, params, initial, body, .. } => looped(cx, *label, params, initial, body, tail),
        Rhs::TailCall { function, performs, fails, result, args, .. } => {
            must_be_tail(cx, tail);
            let args = atoms(cx, args);
            cx.call(*function, *performs, *fails, *result, &args)
        },
        Rhs::TailApply { fun, performs, args, .. } => {
            must_be_tail(cx, tail);
            let fun = atom(cx, fun);
            let args = atoms(cx, args);
            cx.apply_value(fun, *performs, &args)
        },
    }
}
local_functions!(lifted);
tails!();
several!();
holes!();

fn further(_cx: &mut Typing<'_>, _program: &Program) {}
