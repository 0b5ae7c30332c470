//! The checks of `lifted`: those of `loops`.
//!
//! Not checked: that a local function which remains is used as a value.

use super::bodies::{bodies, local_functions, tails};

bodies! {
    lifted, |cx, tail|
    functions: |function| Signature::new(&function.params, function.performs, function.fails, function.result);
    captures: |_: &Function| Vec::new();
    statements: {
        Stmt::Functions { functions, .. } => locals(cx, functions),
    }
    results: {
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

fn further(_cx: &mut Typing<'_>, _program: &Program) {}
