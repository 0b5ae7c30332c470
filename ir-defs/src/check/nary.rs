//! The checks of `nary`: what [`super::typing`] asks of types and names; a call has exactly the parameters of the known
//! function that it names, and agrees with its definition on what is performed, given, and failed with ([`super::calls`]);
//! recursive bindings are closures; what does something stands in a function that performs.
//!
//! Not checked: that values come in an order in which each can be computed.

use nanopass::{TyId, Violation};

use super::calls::Signature;
use super::typing::{Typing, show};
use crate::Session;
use crate::nary::{Bind, Branch, Expr, Program};

/// What the grammar cannot say.
pub fn check(program: &Program, session: &Session) -> Vec<Violation> {
    let mut cx = Typing::new(session, session.types.clone(), true);
    walk(&mut cx, &mut program.clone());
    cx.finish().1
}

/// Computes the types of all nodes of a program that was read from text.
pub fn retype(program: &mut Program, session: &mut Session) {
    let types = std::mem::take(&mut session.types);
    let mut cx = Typing::new(session, types, true);
    walk(&mut cx, program);
    session.types = cx.finish().0;
}

fn walk(cx: &mut Typing<'_>, program: &mut Program) {
    for function in &mut program.functions {
        cx.at(function.meta.span);
        let signature = Signature::new(
            &function.params,
            function.performs,
            function.fails,
            function.result,
        );
        function.meta.ty = cx.type_of(&signature);
        cx.define_function(function.global, signature);
    }
    for value in &mut program.values {
        cx.at(value.meta.span);
        cx.define(value.global, value.type_);
        value.meta.ty = value.type_;
    }
    for function in &mut program.functions {
        let signature = Signature::new(
            &function.params,
            function.performs,
            function.fails,
            function.result,
        );
        cx.function(&function.params, &signature, |cx| {
            expr(cx, &mut function.body)
        });
    }
    for value in &mut program.values {
        let ty = cx.inner(|cx| cx.scope(|cx| expr(cx, &mut value.body)));
        cx.at(value.meta.span);
        cx.expect("a value", value.type_, ty);
    }
    cx.main(program.main);
}

/// Computes the type of a node and of all below it.
fn expr(cx: &mut Typing<'_>, e: &mut Expr) -> TyId {
    cx.at(e.meta().span);
    let ty = match e {
        Expr::Lit { lit, .. } => cx.lit(lit),
        Expr::Var { var, .. } => cx.var(*var),
        Expr::Global { global, type_, .. } => cx.global_value(*global, *type_),
        Expr::Construct {
            con, types, args, ..
        } => {
            let args = exprs(cx, args);
            cx.construct(*con, types, &args)
        }
        Expr::Prim {
            prim, result, args, ..
        } => {
            let args = exprs(cx, args);
            cx.prim(*prim, *result, &args)
        }
        Expr::Closure {
            params,
            performs,
            fails,
            result,
            body,
            ..
        } => {
            let signature = Signature::new(params, *performs, *fails, *result);
            cx.function(params, &signature, |cx| expr(cx, body))
        }
        Expr::Call {
            function,
            performs,
            fails,
            result,
            args,
            ..
        } => {
            let args = exprs(cx, args);
            cx.call(*function, *performs, *fails, *result, &args)
        }
        Expr::CallLocal {
            function,
            performs,
            fails,
            result,
            args,
            ..
        } => {
            let args = exprs(cx, args);
            cx.call_local(*function, *performs, *fails, *result, &args)
        }
        Expr::Apply {
            fun,
            performs,
            args,
            ..
        } => {
            let fun = cx.inner(|cx| expr(cx, fun));
            let args = exprs(cx, args);
            cx.apply_value(fun, *performs, &args)
        }
        Expr::Let { binds, body, .. } => cx.scope(|cx| {
            block(cx, binds);
            expr(cx, body)
        }),
        Expr::Tuple { items, .. } => {
            let items = exprs(cx, items);
            cx.tuple(items)
        }
        Expr::List { item, items, .. } => {
            let items = exprs(cx, items);
            cx.list(*item, &items)
        }
        Expr::Record { fields, .. } => {
            let mut types = Vec::with_capacity(fields.len());
            for field in fields {
                field.meta.ty = cx.inner(|cx| expr(cx, &mut field.value));
                types.push((field.label, field.meta.ty));
            }
            cx.record(types)
        }
        Expr::Select { record, label, .. } => {
            let record = cx.inner(|cx| expr(cx, record));
            cx.select(record, *label)
        }
        Expr::Item { tuple, index, .. } => {
            let tuple = cx.inner(|cx| expr(cx, tuple));
            cx.item(tuple, index.0)
        }
        Expr::Switch {
            subject,
            branches,
            otherwise,
            ..
        } => {
            let subject = cx.inner(|cx| expr(cx, subject));
            let mut types: Vec<TyId> = branches
                .iter_mut()
                .map(|found| branch(cx, subject, found))
                .collect();
            types.extend(otherwise.iter_mut().map(|found| expr(cx, found)));
            cx.agree(&types)
        }
        Expr::Join {
            label,
            params,
            target,
            body,
            ..
        } => {
            let target = cx.scope(|cx| {
                params.iter().for_each(|param| cx.bind(param));
                expr(cx, target)
            });
            let body = cx.join(*label, params, |cx| expr(cx, body));
            cx.agree(&[target, body])
        }
        Expr::Jump {
            label, args, type_, ..
        } => {
            let args = exprs(cx, args);
            cx.jump(*label, &args, *type_)
        }
        Expr::Fail { payload, type_, .. } => {
            let payload = cx.inner(|cx| expr(cx, payload));
            cx.fail(payload, *type_)
        }
        Expr::Attempt { fails, body, .. } => cx.attempt(*fails, |cx| expr(cx, body)),
    };
    let said = e.meta().ty;
    if !cx.same(said, ty) {
        cx.at(e.meta().span);
        let node = show(e, cx.session);
        cx.expect(&format!("`{node}`"), said, ty);
    }
    e.meta_mut().ty = ty;
    ty
}

fn exprs(cx: &mut Typing<'_>, all: &mut [Expr]) -> Vec<TyId> {
    cx.inner(|cx| all.iter_mut().map(|e| expr(cx, e)).collect())
}

/// Adjacent recursive bindings see one another.
fn block(cx: &mut Typing<'_>, binds: &mut [Bind]) {
    let mut rest = binds;
    while !rest.is_empty() {
        let group = rest.iter().take_while(|bind| bind.recursive.0).count();
        let (now, later) = std::mem::take(&mut rest).split_at_mut(group.max(1));
        for bind in now.iter() {
            match &bind.value {
                Expr::Closure {
                    params,
                    performs,
                    fails,
                    result,
                    ..
                } => {
                    let signature = Signature::new(params, *performs, *fails, *result);
                    cx.functions.locals.insert(bind.binder.var, signature);
                }
                _ if group > 0 => {
                    cx.at(bind.meta.span);
                    cx.violation("a recursive binding is a closure");
                }
                _ => {}
            }
            if group > 0 {
                cx.bind(&bind.binder);
            }
        }
        for Bind {
            meta,
            binder,
            value,
            ..
        } in now
        {
            let ty = cx.inner(|cx| expr(cx, value));
            cx.at(meta.span);
            if group == 0 {
                cx.bind(binder);
            }
            cx.expect("a binding", binder.ty, ty);
            meta.ty = binder.ty;
        }
        rest = later;
    }
}

fn branch(cx: &mut Typing<'_>, subject: TyId, branch: &mut Branch) -> TyId {
    cx.at(branch.meta().span);
    let ty = cx.scope(|cx| match branch {
        Branch::OnCon {
            con, fields, body, ..
        } => {
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
