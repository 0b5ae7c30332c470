//! A body that ends otherwise: choices, loops and join points stay, and what they give becomes something else.

use crate::bodies::{map_branch, map_joins};
use ir_defs::loops::{Body, Rhs, Stmt};
use nanopass::TyId;

/// Makes something else of a result; what that needs first goes to the statements.
pub(super) type End<'e> = &'e mut dyn FnMut(Rhs, &mut Vec<Stmt>) -> Rhs;

/// The body, which gives something of the type `ty` in the end.
pub(super) fn body(body: Body, ty: TyId, end: End<'_>) -> Body {
    let Body {
        meta,
        statements,
        result,
    } = body;
    let mut statements = map_joins(statements, |target| self::body(target, ty, end));
    let result = rhs(*result, ty, end, &mut statements);
    Body {
        meta: meta.with_ty(ty),
        statements,
        result: Box::new(result),
    }
}

/// The same for a right-hand side.
pub(super) fn rhs(rhs: Rhs, ty: TyId, end: End<'_>, statements: &mut Vec<Stmt>) -> Rhs {
    match rhs {
        Rhs::Switch {
            meta,
            subject,
            branches,
            otherwise,
        } => Rhs::Switch {
            meta: meta.with_ty(ty),
            subject,
            branches: branches
                .into_iter()
                .map(|branch| map_branch(branch, |inner| body(inner, ty, end)))
                .collect(),
            otherwise: otherwise.map(|otherwise| Box::new(body(*otherwise, ty, end))),
        },
        Rhs::Block { meta, body: inner } => Rhs::Block {
            meta: meta.with_ty(ty),
            body: Box::new(body(*inner, ty, end)),
        },
        Rhs::Loop {
            meta,
            label,
            params,
            initial,
            body: repeated,
        } => Rhs::Loop {
            meta: meta.with_ty(ty),
            label,
            params,
            initial,
            body: Box::new(body(*repeated, ty, end)),
        },
        Rhs::Jump {
            meta, label, args, ..
        } => Rhs::Jump {
            meta: meta.with_ty(ty),
            label,
            args,
            type_: ty,
        },
        Rhs::Fail { meta, payload, .. } => Rhs::Fail {
            meta: meta.with_ty(ty),
            payload,
            type_: ty,
        },
        other => end(other, statements),
    }
}
