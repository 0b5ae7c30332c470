//! Performing, failing, attempting.

use ir_defs::direct::{Bind, Expr};
use ir_defs::terminals::{Binder, Flag};
use nanopass::{Meta, TyId};

use super::case_of_case::push;
use super::walk::{Simplifier, block, branch_body, is_atom, retype};

impl Simplifier<'_> {
    pub fn suspend(&mut self, meta: Meta, fails: Option<TyId>, body: Expr) -> Expr {
        let body = Box::new(self.expr(body));
        // Whoever cannot fail need not be asked.
        let may_fail = fails.is_some() && self.facts.may_fail(&body, self.session);
        self.changed |= fails.is_some() && !may_fail;
        Expr::Suspend {
            meta,
            fails: fails.filter(|_| may_fail),
            body,
        }
    }

    /// Performs what has not been simplified.
    pub fn perform(&mut self, meta: Meta, effect: Expr) -> Expr {
        match self.head(effect) {
            Expr::Apply {
                meta: at,
                fun,
                args,
            } => self.apply(at, *fun, args, Some(meta)),
            // perform (suspend e) ⇒ e: what leaves the one leaves the other
            Expr::Suspend { body, .. } => {
                self.changed = true;
                self.expr(*body)
            }
            // perform (let x = e in f) ⇒ let x = e in perform f
            Expr::Let { binds, body, .. } => {
                let body = Expr::Perform { meta, effect: body };
                self.expr(Expr::Let {
                    meta,
                    binds,
                    body: Box::new(body),
                })
            }
            head => match self.inlined_effect(&head) {
                Some(body) => {
                    self.changed = true;
                    self.expr(body)
                }
                None => {
                    let effect = self.expr(head);
                    self.performed(meta, effect)
                }
            },
        }
    }

    /// Performs what has been simplified.
    ///
    /// perform (switch s (A → e) (B → f)) ⇒ switch s (A → perform e) (B → perform f), and so for blocks and join points
    pub fn performed(&mut self, meta: Meta, effect: Expr) -> Expr {
        match effect {
            Expr::Suspend { body, .. } => {
                self.changed = true;
                *body
            }
            Expr::Let { .. } | Expr::Switch { .. } | Expr::Join { .. } | Expr::Fail { .. } => {
                self.changed = true;
                push(effect, meta, &mut |leaf| self.performed(meta, leaf))
            }
            effect => Expr::Perform {
                meta,
                effect: Box::new(effect),
            },
        }
    }

    /// A failure with what has been simplified.
    pub fn fail(&mut self, meta: Meta, payload: Expr, type_: TyId) -> Expr {
        match payload {
            // fail (let x = e in p) ⇒ let x = e in fail p
            Expr::Let { binds, body, .. } => {
                let body = self.fail(meta, *body, type_);
                block(meta, binds, body)
            }
            // fail (fail p) ⇒ fail p
            Expr::Fail { .. } => {
                self.changed = true;
                retype(payload, meta.with_ty(type_))
            }
            payload => Expr::Fail {
                meta,
                payload: Box::new(payload),
                type_,
            },
        }
    }

    /// An attempt of what has been simplified.
    pub fn attempt(&mut self, meta: Meta, fails: TyId, body: Expr) -> Expr {
        match body {
            // attempt (fail p) ⇒ Err p, if p cannot fail
            Expr::Fail { payload, .. } if !self.facts.may_fail(&payload, self.session) => {
                self.changed = true;
                self.result(meta, "Err", fails, *payload)
            }
            // attempt e ⇒ let x = e in Ok x, if e cannot fail
            body if !self.facts.may_fail(&body, self.session) => {
                self.changed = true;
                let mut out = Vec::new();
                let value = self.named_result(body, &mut out);
                let value = self.result(meta, "Ok", fails, value);
                block(meta, out, value)
            }
            // attempt (let x = e in f) ⇒ let x = e in attempt f, if e cannot fail
            Expr::Let {
                meta: at,
                mut binds,
                body,
            } => {
                let safe = binds
                    .iter()
                    .take_while(|bind| {
                        bind.recursive.0 || !self.facts.may_fail(&bind.value, self.session)
                    })
                    .count();
                let rest = binds.split_off(safe);
                self.changed |= safe > 0;
                let attempt = if rest.is_empty() {
                    self.attempt(meta, fails, *body)
                } else {
                    Expr::Attempt {
                        meta,
                        fails,
                        body: Box::new(Expr::Let {
                            meta: at,
                            binds: rest,
                            body,
                        }),
                    }
                };
                block(meta, binds, attempt)
            }
            // attempt (switch s (A → e) (B → f)) ⇒ switch s (A → attempt e) (B → attempt f), if s cannot fail, and if
            // that decides some of them
            Expr::Switch {
                meta: at,
                subject,
                mut branches,
                otherwise,
            } => {
                let decided = |body: &Expr| {
                    matches!(body, Expr::Fail { payload, .. } if !self.facts.may_fail(payload, self.session))
                        || !self.facts.may_fail(body, self.session)
                };
                let pays = !self.facts.may_fail(&subject, self.session)
                    && (branches
                        .iter_mut()
                        .any(|branch| decided(branch_body(branch)))
                        || otherwise
                            .as_ref()
                            .is_some_and(|otherwise| decided(otherwise)));
                if !pays {
                    let body = Expr::Switch {
                        meta: at,
                        subject,
                        branches,
                        otherwise,
                    };
                    return Expr::Attempt {
                        meta,
                        fails,
                        body: Box::new(body),
                    };
                }
                self.changed = true;
                for branch in &mut branches {
                    let body = branch_body(branch);
                    let old = body.meta();
                    let taken = std::mem::replace(
                        body,
                        Expr::Tuple {
                            meta: old,
                            items: Vec::new(),
                        },
                    );
                    *body = self.attempt(meta, fails, taken);
                    *branch.meta_mut() = branch.meta().with_ty(meta.ty);
                }
                let otherwise =
                    otherwise.map(|otherwise| Box::new(self.attempt(meta, fails, *otherwise)));
                Expr::Switch {
                    meta,
                    subject,
                    branches,
                    otherwise,
                }
            }
            body => Expr::Attempt {
                meta,
                fails,
                body: Box::new(body),
            },
        }
    }

    /// An atom for the result of an attempt that cannot fail.
    fn named_result(&mut self, body: Expr, out: &mut Vec<Bind>) -> Expr {
        match body {
            Expr::Let { binds, body, .. } => {
                out.extend(binds);
                self.named_result(*body, out)
            }
            body if is_atom(&body) => body,
            body => {
                let meta = body.meta();
                let binder =
                    Binder::new(self.session.core.fresh_named("result", meta.span), meta.ty);
                out.push(Bind {
                    meta,
                    binder,
                    recursive: Flag(false),
                    value: body,
                });
                Expr::Var {
                    meta,
                    var: binder.var,
                }
            }
        }
    }

    /// `Ok` or `Err` of a value.
    fn result(&mut self, meta: Meta, con: &str, fails: TyId, value: Expr) -> Expr {
        let con = self.session.constructors.id(con);
        let types = match self.session.as_data(meta.ty) {
            Some((_, types)) => types,
            None => vec![fails, TyId::NONE],
        };
        Expr::Construct {
            meta,
            con,
            types,
            args: vec![retype(value, meta)],
        }
    }
}
