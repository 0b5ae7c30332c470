//! The walks over the trees of a language, which each language instantiates with its own forms.

/// The walk over the expressions of a language that has the forms of `mono`; the further arms are given.
macro_rules! typed_trees {
    ($language:ident, |$cx:ident| { $($pattern:pat => $ty:expr,)* }) => {
        use $crate::$language::{Bind, Branch, Expr};

        /// Computes the type of a node and of all below it.
        fn expr($cx: &mut Typing<'_>, e: &mut Expr) -> TyId {
            $cx.at(e.meta().span);
            let ty = match e {
                Expr::Lit { lit, .. } => $cx.lit(lit),
                Expr::Var { var, .. } => $cx.var(*var),
                Expr::Global { global, type_, .. } => $cx.global(*global, *type_),
                Expr::Construct { con, types, args, .. } => {
                    let args = exprs($cx, args);
                    $cx.construct(*con, types, &args)
                }
                Expr::Prim { prim, result, args, .. } => {
                    let args = exprs($cx, args);
                    $cx.prim(*prim, *result, &args)
                }
                Expr::Lambda { params, body, .. } => $cx.within(Doing::Nothing, |cx| {
                    cx.inner(|cx| {
                        cx.scope(|cx| {
                            params.iter().for_each(|param| cx.bind(param));
                            let result = expr(cx, body);
                            let params: Vec<TyId> = params.iter().map(|param| param.ty).collect();
                            cx.fun(&params, result)
                        })
                    })
                }),
                Expr::Apply { fun, args, .. } => {
                    let fun = $cx.inner(|cx| expr(cx, fun));
                    let args = exprs($cx, args);
                    $cx.apply(fun, &args)
                }
                Expr::Let { binds, body, .. } => $cx.scope(|cx| {
                    binds.iter_mut().for_each(|found| bind(cx, found));
                    expr(cx, body)
                }),
                Expr::Tuple { items, .. } => {
                    let items = exprs($cx, items);
                    $cx.tuple(items)
                }
                Expr::List { item, items, .. } => {
                    $cx.written(*item);
                    for ty in exprs($cx, items) {
                        $cx.expect("an element", *item, ty);
                    }
                    $cx.applied("List", vec![*item])
                }
                Expr::Record { fields, .. } => {
                    let mut types = Vec::with_capacity(fields.len());
                    for field in fields {
                        let ty = $cx.inner(|cx| expr(cx, &mut field.value));
                        field.meta.ty = ty;
                        types.push((field.label, ty));
                    }
                    $cx.record(types)
                }
                Expr::Select { record, label, .. } => {
                    let record = $cx.inner(|cx| expr(cx, record));
                    $cx.select(record, *label)
                }
                Expr::Item { tuple, index, .. } => {
                    let tuple = $cx.inner(|cx| expr(cx, tuple));
                    $cx.item(tuple, index.0)
                }
                Expr::Switch { subject, branches, otherwise, .. } => {
                    if !$cx.direct && !matches!(**subject, Expr::Var { .. }) {
                        $cx.violation("the subject of a switch is a variable");
                    }
                    let subject = $cx.inner(|cx| expr(cx, subject));
                    let mut types: Vec<TyId> =
                        branches.iter_mut().map(|found| branch($cx, subject, found)).collect();
                    types.extend(otherwise.iter_mut().map(|found| expr($cx, found)));
                    $cx.agree(&types)
                }
                Expr::Join { label, params, target, body, .. } => {
                    let ty = $cx.scope(|cx| {
                        params.iter().for_each(|param| cx.bind(param));
                        expr(cx, target)
                    });
                    let body = $cx.join(*label, params, |cx| expr(cx, body));
                    $cx.agree(&[ty, body])
                }
                Expr::Jump { label, args, type_, .. } => {
                    let args = exprs($cx, args);
                    $cx.jump(*label, &args, *type_)
                }
                $($pattern => $ty,)*
            };
            let said = e.meta().ty;
            if !$cx.same(said, ty) {
                $cx.at(e.meta().span);
                let node = $crate::check::typing::show(e, $cx.session);
                $cx.expect(&format!("`{node}`"), said, ty);
            }
            e.meta_mut().ty = ty;
            ty
        }

        fn exprs(cx: &mut Typing<'_>, all: &mut [Expr]) -> Vec<TyId> {
            cx.inner(|cx| all.iter_mut().map(|e| expr(cx, e)).collect())
        }

        fn bind(cx: &mut Typing<'_>, bind: &mut Bind) {
            let Bind { meta, binder, recursive, value } = bind;
            if recursive.0 {
                cx.bind(binder);
            }
            let ty = cx.inner(|cx| expr(cx, value));
            cx.at(meta.span);
            if !recursive.0 {
                cx.bind(binder);
            }
            cx.expect("a binding", binder.ty, ty);
            meta.ty = binder.ty;
        }

        fn branch(cx: &mut Typing<'_>, subject: TyId, branch: &mut Branch) -> TyId {
            cx.at(branch.meta().span);
            let ty = cx.scope(|cx| match branch {
                Branch::OnCon { con, fields, body, .. } => {
                    cx.on_con(subject, *con, fields);
                    expr(cx, body)
                }
                Branch::OnLit { lit, body, .. } => {
                    cx.on_lit(subject, lit);
                    expr(cx, body)
                }
            });
            branch.meta_mut().ty = ty;
            ty
        }
    };
}

/// `Do` and `Widen`, in `mono` and `derived`.
macro_rules! typed_blocks {
    ($language:ident) => {
        use $crate::$language::Step;

        fn sequence(cx: &mut Typing<'_>, steps: &mut [Step], tail: &mut Expr) -> TyId {
            cx.inner(|cx| {
                cx.scope(|cx| {
                    let mut fails = None;
                    for step in steps {
                        match step {
                            Step::Run {
                                meta,
                                binder,
                                effect,
                            } => {
                                let ty = expr(cx, effect);
                                cx.at(meta.span);
                                meta.ty = binder.ty;
                                cx.step(&mut fails, ty, Some(binder.ty));
                                cx.bind(binder);
                            }
                            Step::Let { meta, bind: found } => {
                                bind(cx, found);
                                meta.ty = found.binder.ty;
                            }
                        }
                    }
                    let ty = expr(cx, tail);
                    cx.step(&mut fails, ty, None);
                    let result = cx.as_effect(ty).map_or(TyId::NONE, |(_, result)| result);
                    cx.effect(fails, result)
                })
            })
        }

        fn widen(cx: &mut Typing<'_>, effect: &mut Expr, ty: TyId) -> TyId {
            let found = cx.inner(|cx| expr(cx, effect));
            cx.widen(found, ty)
        }

        /// What an expression is, however widely it is seen.
        fn narrowest(mut e: &Expr) -> &Expr {
            while let Expr::Widen { effect, .. } = e {
                e = effect;
            }
            e
        }
    };
}

/// The walk over a whole program with definitions, an order of values, and `main`. `complete` says whether all values
/// must be in the order.
macro_rules! typed_programs {
    ($language:ident, direct: $direct:literal, complete: $complete:literal) => {
        use $crate::$language::Program;

        /// What the grammar cannot say.
        pub fn check(program: &Program, session: &Session) -> Vec<Violation> {
            let mut cx = Typing::new(session, session.types.clone(), $direct);
            let mut copy = program.clone();
            walk(&mut cx, &mut copy);
            order(&mut cx, program);
            further(&mut cx, program);
            cx.finish().1
        }

        /// Computes the types of all nodes of a program that was read from text.
        pub fn retype(program: &mut Program, session: &mut Session) {
            let types = std::mem::take(&mut session.types);
            let mut cx = Typing::new(session, types, $direct);
            walk(&mut cx, program);
            session.types = cx.finish().0;
        }

        fn walk(cx: &mut Typing<'_>, program: &mut Program) {
            for define in &program.defines {
                cx.at(define.meta.span);
                cx.define(define.global, define.type_);
            }
            for define in &mut program.defines {
                let ty = cx.inner(|cx| cx.scope(|cx| expr(cx, &mut define.value)));
                cx.at(define.meta.span);
                cx.expect("a definition", define.type_, ty);
                define.meta.ty = define.type_;
            }
        }

        fn order(cx: &mut Typing<'_>, program: &Program) {
            cx.main(program.main);
            let values = program.defines.iter().filter(|define| {
                !matches!(narrowest(&define.value), Expr::Lambda { .. })
                    && cx.as_effect(define.type_).is_none()
            });
            let values: Vec<_> = values.map(|define| define.global).collect();
            cx.order(&program.order, &values, $complete);
        }
    };
}

pub(in crate::check) use {typed_blocks, typed_programs, typed_trees};
