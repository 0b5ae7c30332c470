//! The checks of `anf`: what [`super::typing`] asks of types and names and [`super::calls`] of calls; a join point is
//! jumped to from the rest of its body, in tail position.

use super::bodies::{bodies, local_functions};

bodies! {
    anf, |cx, tail|
    functions: |function| Signature::new(&function.params, function.performs, function.fails, function.result);
    captures: |_: &Function| Vec::new();
    statements: {
        Stmt::Functions { functions, .. } => locals(cx, functions),
    }
    atoms: {}
    results: {
        Rhs::CallLocal { function, performs, fails, result, args, .. } => {
            let args = atoms(cx, args);
            cx.call_local(*function, *performs, *fails, *result, &args)
        },
    }
}
local_functions!(anf);

fn further(_cx: &mut Typing<'_>, _program: &Program) {}
