//! What `anf`, `loops`, `lifted` and `closed` have in common: the types of bodies, statements and results.
//!
//! As [`super::typing`] for trees, the walk computes each type, compares it with the one that is written, and writes
//! it. [`bodies`](macro@bodies) makes the walk over one language's own enums; the forms that not all of them have are
//! given. `tail` tells whether the result of what is walked is the result of the function around it.

/// The walk over a language with bodies. The further statements and right-hand sides are given.
macro_rules! bodies {
    (
        $language:ident, |$cx:ident, $tail:ident|
        functions: |$function:ident| $signature:expr;
        captures: $captures:expr;
        statements: { $($statement:pat => $bound:expr,)* }
        atoms: { $($atom:pat => $atom_type:expr,)* }
        results: { $($pattern:pat => $ty:expr,)* }
    ) => {
        use nanopass::{TyId, Violation};

        use super::calls::Signature;
        use super::typing::{Typing, show};
        use $crate::Session;
        use $crate::$language::{Atom, Body, Branch, Function, Program, Rhs, Stmt};
        use $crate::terminals::Binder;

        /// What the grammar cannot say.
        pub fn check(program: &Program, session: &Session) -> Vec<Violation> {
            let mut cx = Typing::new(session, session.types.clone(), true);
            walk(&mut cx, &mut program.clone());
            further(&mut cx, program);
            cx.finish().1
        }

        /// Computes the types of all nodes of a program that was read from text.
        pub fn retype(program: &mut Program, session: &mut Session) {
            let types = std::mem::take(&mut session.types);
            let mut cx = Typing::new(session, types, true);
            walk(&mut cx, program);
            session.types = cx.finish().0;
        }

        fn signature($function: &Function) -> Signature {
            $signature
        }

        fn walk(cx: &mut Typing<'_>, program: &mut Program) {
            for function in &mut program.functions {
                cx.at(function.meta.span);
                let signature = signature(function);
                function.meta.ty = cx.type_of(&signature);
                cx.define_function(function.global, signature);
            }
            for value in &mut program.values {
                cx.at(value.meta.span);
                cx.define(value.global, value.type_);
                value.meta.ty = value.type_;
            }
            for function in &mut program.functions {
                cx.at(function.meta.span);
                let signature = signature(function);
                let captures: Vec<Binder> = $captures(function);
                cx.scope(|cx| {
                    captures.iter().for_each(|capture| cx.bind(capture));
                    cx.function(&function.params, &signature, |cx| body(cx, &mut function.body, true));
                });
            }
            for value in &mut program.values {
                let ty = cx.inner(|cx| body(cx, &mut value.body, false));
                cx.at(value.meta.span);
                cx.expect("a value", value.type_, ty);
            }
            cx.main(program.main);
        }

        fn body(cx: &mut Typing<'_>, found: &mut Body, tail: bool) -> TyId {
            let Body { meta, statements, result } = found;
            let ty = cx.scope(|cx| rest(cx, statements, result, tail));
            meta.ty = ty;
            ty
        }

        /// Statements and what follows them. A label is visible in the rest of the body.
        fn rest(cx: &mut Typing<'_>, statements: &mut [Stmt], result: &mut Rhs, tail: bool) -> TyId {
            let mut statements = statements;
            while let Some((first, later)) = std::mem::take(&mut statements).split_first_mut() {
                if let Stmt::Join { meta, label, params, target } = first {
                    cx.at(meta.span);
                    let target = cx.scope(|cx| {
                        params.iter().for_each(|param| cx.bind(param));
                        body(cx, target, tail)
                    });
                    let after = cx.join(*label, params, |cx| rest(cx, later, result, tail));
                    let ty = cx.agree(&[target, after]);
                    meta.ty = ty;
                    return ty;
                }
                statement(cx, first);
                statements = later;
            }
            rhs(cx, result, tail)
        }

        fn statement($cx: &mut Typing<'_>, found: &mut Stmt) {
            $cx.at(found.meta().span);
            match found {
                Stmt::Let { meta, binder, value } => {
                    let ty = $cx.inner(|cx| rhs(cx, value, false));
                    $cx.at(meta.span);
                    $cx.bind(binder);
                    $cx.expect("a binding", binder.ty, ty);
                    meta.ty = binder.ty;
                }
                Stmt::Join { .. } => {}
                $($statement => $bound,)*
            }
        }

        fn rhs($cx: &mut Typing<'_>, found: &mut Rhs, $tail: bool) -> TyId {
            $cx.at(found.meta().span);
            let ty = match found {
                Rhs::Atom { atom: found, .. } => atom($cx, found),
                Rhs::Construct { con, types, args, .. } => {
                    let args = atoms($cx, args);
                    $cx.construct(*con, types, &args)
                }
                Rhs::Prim { prim, result, args, .. } => {
                    let args = atoms($cx, args);
                    $cx.prim(*prim, *result, &args)
                }
                Rhs::Call { function, performs, fails, result, args, .. } => {
                    let args = atoms($cx, args);
                    $cx.call(*function, *performs, *fails, *result, &args)
                }
                Rhs::Apply { fun, performs, args, .. } => {
                    let fun = atom($cx, fun);
                    let args = atoms($cx, args);
                    $cx.apply_value(fun, *performs, &args)
                }
                Rhs::Tuple { items, .. } => {
                    let items = atoms($cx, items);
                    $cx.tuple(items)
                }
                Rhs::List { item, items, .. } => {
                    let items = atoms($cx, items);
                    $cx.list(*item, &items)
                }
                Rhs::Record { fields, .. } => {
                    let mut types = Vec::with_capacity(fields.len());
                    for field in fields {
                        field.meta.ty = atom($cx, &mut field.value);
                        types.push((field.label, field.meta.ty));
                    }
                    $cx.record(types)
                }
                Rhs::Select { record, label, .. } => {
                    let record = atom($cx, record);
                    $cx.select(record, *label)
                }
                Rhs::Item { tuple, index, .. } => {
                    let tuple = atom($cx, tuple);
                    $cx.item(tuple, index.0)
                }
                Rhs::Switch { subject, branches, otherwise, .. } => {
                    let subject = atom($cx, subject);
                    let mut types: Vec<TyId> =
                        branches.iter_mut().map(|found| branch($cx, subject, found, $tail)).collect();
                    types.extend(otherwise.iter_mut().map(|found| body($cx, found, $tail)));
                    $cx.agree(&types)
                }
                Rhs::Jump { label, args, type_, .. } => {
                    let args = atoms($cx, args);
                    $cx.jump(*label, &args, *type_)
                }
                Rhs::Fail { payload, type_, .. } => {
                    let payload = atom($cx, payload);
                    $cx.fail(payload, *type_)
                }
                Rhs::Attempt { fails, body: found, .. } => $cx.attempt(*fails, |cx| body(cx, found, false)),
                Rhs::Block { body: found, .. } => body($cx, found, $tail),
                $($pattern => $ty,)*
            };
            let said = found.meta().ty;
            if !$cx.same(said, ty) {
                $cx.at(found.meta().span);
                let node = show(found, $cx.session);
                $cx.expect(&format!("`{node}`"), said, ty);
            }
            found.meta_mut().ty = ty;
            ty
        }

        fn atom($cx: &mut Typing<'_>, found: &mut Atom) -> TyId {
            $cx.at(found.meta().span);
            let ty = match found {
                Atom::Lit { lit, .. } => $cx.lit(lit),
                Atom::Var { var, .. } => $cx.var(*var),
                Atom::Global { global, type_, .. } => $cx.global_value(*global, *type_),
                $($atom => $atom_type,)*
            };
            found.meta_mut().ty = ty;
            ty
        }

        fn atoms(cx: &mut Typing<'_>, all: &mut [Atom]) -> Vec<TyId> {
            all.iter_mut().map(|found| atom(cx, found)).collect()
        }

        fn branch(cx: &mut Typing<'_>, subject: TyId, branch: &mut Branch, tail: bool) -> TyId {
            cx.at(branch.meta().span);
            let ty = cx.scope(|cx| match branch {
                Branch::OnCon { con, fields, body: found, .. } => {
                    cx.on_con(subject, *con, fields);
                    body(cx, found, tail)
                }
                Branch::OnLit { lit, body: found, .. } => {
                    cx.on_lit(subject, lit);
                    body(cx, found, tail)
                }
            });
            branch.meta_mut().ty = ty;
            ty
        }
    };
}

/// The walk over the local functions of a language that has them.
macro_rules! local_functions {
    ($language:ident) => {
        use $crate::$language::Local;

        fn locals(cx: &mut Typing<'_>, functions: &mut [Local]) {
            let signature = |local: &Local| {
                Signature::new(&local.params, local.performs, local.fails, local.result)
            };
            for local in functions.iter() {
                cx.bind(&local.binder);
                cx.functions
                    .locals
                    .insert(local.binder.var, signature(local));
            }
            for local in functions {
                cx.at(local.meta.span);
                let known = signature(local);
                let ty = cx.function(&local.params, &known, |cx| body(cx, &mut local.body, true));
                cx.expect("a local function", local.binder.ty, ty);
                local.meta.ty = local.binder.ty;
            }
        }
    };
}

/// The loops and tail calls of a language that has them.
macro_rules! tails {
    () => {
        fn must_be_tail(cx: &mut Typing<'_>, tail: bool) {
            if !tail {
                cx.violation("a tail call that is not in tail position");
            }
        }

        fn looped(
            cx: &mut Typing<'_>,
            label: $crate::terminals::LabelId,
            params: &[Binder],
            initial: &mut [Atom],
            found: &mut Body,
            tail: bool,
        ) -> TyId {
            let initial = atoms(cx, initial);
            let types: Vec<TyId> = params.iter().map(|param| param.ty).collect();
            cx.expect_all("a loop", &types, &initial);
            cx.scope(|cx| {
                params.iter().for_each(|param| cx.bind(param));
                cx.join(label, params, |cx| body(cx, found, tail))
            })
        }
    };
}

/// The forms of several results.
macro_rules! several {
    () => {
        fn let_results(
            cx: &mut Typing<'_>,
            meta: &mut nanopass::Meta,
            binders: &[Binder],
            value: &mut Rhs,
            is_call: bool,
        ) {
            let ty = cx.inner(|cx| rhs(cx, value, false));
            cx.at(meta.span);
            if !is_call {
                cx.violation("results of what is no call");
            }
            binders.iter().for_each(|binder| cx.bind(binder));
            match cx.as_results(ty) {
                Some(found) => {
                    let expected: Vec<TyId> = binders.iter().map(|binder| binder.ty).collect();
                    cx.expect_all("results", &expected, &found);
                }
                None => cx.violation("a call that gives one result"),
            }
            meta.ty = ty;
        }

        fn results(cx: &mut Typing<'_>, items: &mut [Atom], tail: bool) -> TyId {
            if !tail {
                cx.violation("several results that are not those of the function");
            }
            if !(2..=$crate::reps::MAX_RESULTS).contains(&items.len()) {
                cx.violation(format!("{} results", items.len()));
            }
            let items = atoms(cx, items);
            cx.applied("results", items)
        }
    };
}

/// The forms of holes.
macro_rules! holes {
    () => {
        fn open(
            cx: &mut Typing<'_>,
            con: $crate::tables::ConId,
            types: &[TyId],
            hole: $crate::terminals::IntLit,
            args: &mut [Atom],
        ) -> TyId {
            let args = atoms(cx, args);
            cx.open(con, types, hole.0, &args)
        }

        fn fill(cx: &mut Typing<'_>, cell: &mut Atom, place: &mut Atom, value: &mut Atom) -> TyId {
            let found = atom(cx, cell);
            let told = atom(cx, place);
            let filled = atom(cx, value);
            if let Atom::Place {
                con, types, field, ..
            } = place
            {
                cx.fill(*con, types, field.0, found, filled);
            }
            let expected = cx.place_type();
            cx.expect("a place", expected, told);
            cx.unit()
        }
    };
}

pub(super) use {bodies, holes, local_functions, several, tails};
