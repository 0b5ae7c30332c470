//! The checks of `closed`: those of `lifted`; the code of a closure is made into a closure, with captures of the types
//! that it reads, or named as a value if it has none, and is never called; what is called has no captures, and is no
//! value.

use super::bodies::{bodies, holes, several, tails};
use crate::closed::MakeClosure;

bodies! {
    closed, |cx, tail|
    functions: |function| {
        let captures = function.captures.iter().map(|capture| capture.ty).collect();
        let signature = Signature::new(&function.params, function.performs, function.fails, function.result);
        Signature { captures: Some(function.closure.0.then_some(captures)), ..signature }
    };
    captures: |function: &Function| function.captures.clone();
    statements: {
        Stmt::LetResults { meta, binders, value } => {
            let is_call = matches!(value, Rhs::Call { .. });
            let_results(cx, meta, binders, value, is_call);
        },
        Stmt::Closures { closures, .. } => {
            closures.iter().for_each(|closure| cx.bind(&closure.binder));
            closures.iter_mut().for_each(|closure| make(cx, closure));
        },
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
tails!();
several!();
holes!();

fn make(cx: &mut Typing<'_>, closure: &mut MakeClosure) {
    let MakeClosure {
        meta,
        binder,
        function,
        captures,
    } = closure;
    cx.at(meta.span);
    meta.ty = binder.ty;
    let found = atoms(cx, captures);
    let name = cx.session.globals.name(*function);
    match cx.functions.globals.get(function).cloned() {
        Some(signature) => {
            match &signature.captures {
                Some(Some(captures)) => cx.expect_all("a closure", captures, &found),
                _ => cx.violation(format!("`{name}` is no code of a closure")),
            }
            let ty = cx.type_of(&signature);
            cx.expect("a closure", binder.ty, ty);
        }
        None => cx.violation(format!("`{name}` is not defined")),
    }
}

fn further(cx: &mut Typing<'_>, program: &Program) {
    for function in &program.functions {
        if !function.closure.0 && !function.captures.is_empty() {
            cx.at(function.meta.span);
            cx.violation(format!(
                "`{}` has captures, and is no code of a closure",
                cx.session.globals.name(function.global)
            ));
        }
    }
}
