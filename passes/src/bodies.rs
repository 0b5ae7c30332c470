//! Bodies of `loops` in which what stands at the ends changes: each part takes the type of what it has got.

use ir_defs::loops::{Body, Branch, Stmt};

/// Rewrites the body of a branch.
pub(crate) fn map_branch(branch: Branch, rewrite: impl FnOnce(Body) -> Body) -> Branch {
    match branch {
        Branch::OnCon {
            meta,
            con,
            fields,
            body,
        } => {
            let body = rewrite(body);
            Branch::OnCon {
                meta: meta.with_ty(body.meta.ty),
                con,
                fields,
                body,
            }
        }
        Branch::OnLit { meta, lit, body } => {
            let body = rewrite(body);
            Branch::OnLit {
                meta: meta.with_ty(body.meta.ty),
                lit,
                body,
            }
        }
    }
}

/// Rewrites the bodies of the join points among statements.
pub(crate) fn map_joins(statements: Vec<Stmt>, mut rewrite: impl FnMut(Body) -> Body) -> Vec<Stmt> {
    statements
        .into_iter()
        .map(|statement| match statement {
            Stmt::Join {
                meta,
                label,
                params,
                target,
            } => {
                let target = rewrite(target);
                Stmt::Join {
                    meta: meta.with_ty(target.meta.ty),
                    label,
                    params,
                    target,
                }
            }
            other => other,
        })
        .collect()
}
