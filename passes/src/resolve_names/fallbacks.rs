//! `e or d` and `e or` arms: with the `Result` that is in scope.

use ir_defs::tables::ConId;
use ir_defs::terminals::Binder;
use ir_defs::{ast, hir};
use nanopass::Meta;

use super::Resolver;
use super::names::{Found, TypeName};

impl Resolver<'_> {
    /// `e or d`. A module whose own `Result`, with `Ok` and `Err`, hides that of the library means its own: there the
    /// form is the match that it abbreviates.
    pub(super) fn or(
        &mut self,
        meta: Meta,
        subject: ast::Expr,
        handler: ast::Handler,
    ) -> hir::Expr {
        let subject = Box::new(self.expr(subject));
        let handler = self.handler(handler);
        let Some((ok, err)) = self.own_result() else {
            return hir::Expr::Or {
                meta,
                subject,
                handler: Box::new(handler),
            };
        };
        let at = subject.meta();
        let name = self.session.core.intern("value");
        let var = self.session.core.fresh_var(name, at.span);
        let mut arms = vec![hir::Arm {
            meta: at,
            pattern: hir::Pattern::Con {
                meta: at,
                con: ok,
                args: vec![hir::Pattern::Bind {
                    meta: at,
                    binder: Binder::untyped(var),
                }],
            },
            guard: None,
            body: hir::Expr::Var { meta: at, var },
        }];
        match handler {
            hir::Handler::Default { value } => {
                let at = value.meta();
                arms.push(hir::Arm {
                    meta: at,
                    pattern: hir::Pattern::Con {
                        meta: at,
                        con: err,
                        args: vec![hir::Pattern::Wild { meta: at }],
                    },
                    guard: None,
                    body: *value,
                });
            }
            hir::Handler::Arms { arms: written } => arms.extend(written),
        }
        hir::Expr::Match {
            meta,
            subject,
            arms,
        }
    }

    /// The constructors `Ok` and `Err` of a `Result` that is not the library's.
    fn own_result(&mut self) -> Option<(ConId, ConId)> {
        let name = self.session.core.lookup("Result")?;
        let Found::One(TypeName::Con(con)) = self.find_type(self.body.module, name) else {
            return None;
        };
        if self.session.tycons.find("Result") == Some(con) {
            return None;
        }
        let named = |text: &str| {
            let constructors = self.facts.constructors.get(&con)?.iter();
            let mut constructors =
                constructors.filter(|(name, _)| self.session.core.text(*name) == text);
            constructors.next().map(|&(_, con)| con)
        };
        Some((named("Ok")?, named("Err")?))
    }
}
