//! `e or d` and `e or` arms: with the `Result` that is in scope.

use ir_defs::known::Need;
use ir_defs::tables::ConId;
use ir_defs::terminals::{Binder, Ident};
use ir_defs::{ast, hir};
use nanopass::{Diagnostic, Meta};

use super::Resolver;
use super::names::{Found, TypeName, Value};
use crate::codes;

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

    /// What an effect that fails is handled by. Its arms match the error itself.
    pub(super) fn fallback(&mut self, handler: Option<ast::Handler>) -> Option<hir::Handler> {
        let handler = handler?;
        self.need(Need::Fallback);
        if let ast::Handler::Arms { arms } = &handler
            && let Some(name) = arms.iter().find_map(|arm| self.constructor_of_result(arm))
        {
            let text = self.text(name.name);
            let diagnostic = Diagnostic::error(
                codes::TYPE_MISMATCH,
                "after an effect, the arms of `or` match the error itself",
            )
            .at(name.span, format!("the error is no `{text}`"))
            .help("leave `Err` out; to match a `Result` that the effect gives, bind it first and write `or` after `=`");
            self.session.report(diagnostic);
            let meta = Meta::at(name.span);
            let arm = hir::Arm {
                meta,
                pattern: hir::Pattern::Wild { meta },
                guard: None,
                body: hir::Expr::Error { meta },
            };
            return Some(hir::Handler::Arms { arms: vec![arm] });
        }
        Some(self.handler(handler))
    }

    /// The `Ok` or `Err` of the library's `Result` that an arm matches.
    fn constructor_of_result(&mut self, arm: &ast::Arm) -> Option<Ident> {
        let mut pattern = &arm.pattern;
        while let ast::Pattern::Paren { inner, .. } = pattern {
            pattern = inner;
        }
        let ast::Pattern::Con { name, .. } = pattern else {
            return None;
        };
        let Found::One(Value::Con(con)) = self.find_value(self.body.module, name.name) else {
            return None;
        };
        let constructors = &self.session.constructors;
        let of_result = ["Ok", "Err"].map(|name| constructors.find(name));
        of_result.contains(&Some(con)).then_some(*name)
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
