//! Switches, and what they tell of their subject.

use ir_defs::direct::{Branch, Expr};
use ir_defs::tables::ConId;
use ir_defs::terminals::{Binder, Lit};
use nanopass::Meta;

use super::walk::{Known, Simplifier, block, retype};

impl Simplifier<'_> {
    /// A switch on a subject that has been simplified.
    pub fn switch(
        &mut self,
        meta: Meta,
        subject: Expr,
        branches: Vec<Branch>,
        otherwise: Option<Box<Expr>>,
    ) -> Expr {
        match subject {
            // switch (let x = e in s) … ⇒ let x = e in switch s …
            Expr::Let { binds, body, .. } => {
                let body = self.switch(meta, *body, branches, otherwise);
                block(meta, binds, body)
            }
            // switch (fail p) … ⇒ fail p
            Expr::Fail { .. } => retype(subject, meta),
            Expr::Construct { con, args, .. } => {
                self.known_con(meta, con, args, branches, otherwise)
            }
            Expr::List { ref items, .. } if items.is_empty() => {
                let nil = self.session.constructors.id("List.Nil");
                self.known_con(meta, nil, Vec::new(), branches, otherwise)
            }
            Expr::Lit { ref lit, .. } => {
                match branches.iter().position(|branch| takes_lit(branch, lit)) {
                    // switch l (l → e) … ⇒ e
                    Some(place) => {
                        self.changed = true;
                        let mut branches = branches;
                        let branch = branches.swap_remove(place);
                        let (Branch::OnCon { body, .. } | Branch::OnLit { body, .. }) = branch;
                        self.expr(body)
                    }
                    None => match otherwise {
                        Some(otherwise) => {
                            self.changed = true;
                            self.expr(*otherwise)
                        }
                        None => self.residual(meta, subject, branches, None),
                    },
                }
            }
            Expr::Var { var, .. } => match self.known.get(&var) {
                Some(Known::Construct(con, args)) => {
                    let (con, args) = (*con, args.clone());
                    self.known_con(meta, con, args, branches, otherwise)
                }
                _ => self.residual(meta, subject, branches, otherwise),
            },
            Expr::Switch { .. } | Expr::Join { .. } => {
                self.switch_of_switch(meta, subject, branches, otherwise)
            }
            subject => self.residual(meta, subject, branches, otherwise),
        }
    }

    /// switch (C a b) … (C x y → e) … ⇒ let x = a, y = b in e
    fn known_con(
        &mut self,
        meta: Meta,
        con: ConId,
        args: Vec<Expr>,
        branches: Vec<Branch>,
        otherwise: Option<Box<Expr>>,
    ) -> Expr {
        self.changed = true;
        let mut out = Vec::new();
        let taken = branches
            .into_iter()
            .find(|branch| matches!(branch, Branch::OnCon { con: on, .. } if *on == con));
        let (fields, body) = match (taken, otherwise) {
            (Some(Branch::OnCon { fields, body, .. }), _) => (fields, body),
            (_, Some(otherwise)) => {
                let fields = args.iter().map(|arg| self.unused(arg)).collect();
                (fields, *otherwise)
            }
            // No branch takes it, so it is never evaluated; a check of an earlier language would have told.
            (_, None) => {
                let subject = Expr::Construct {
                    meta,
                    con,
                    types: Vec::new(),
                    args,
                };
                return Expr::Switch {
                    meta,
                    subject: Box::new(subject),
                    branches: Vec::new(),
                    otherwise: None,
                };
            }
        };
        for (field, arg) in fields.into_iter().zip(args) {
            if let Some(failure) = self.bind_simplified(arg.meta(), field, arg, &mut out) {
                return block(meta, out, retype(failure, meta));
            }
        }
        match self.expr(body) {
            Expr::Let { binds, body, .. } => {
                out.extend(binds);
                block(meta, out, *body)
            }
            body => block(meta, out, body),
        }
    }

    /// A switch that stays.
    pub fn residual(
        &mut self,
        meta: Meta,
        subject: Expr,
        branches: Vec<Branch>,
        otherwise: Option<Box<Expr>>,
    ) -> Expr {
        let var = match &subject {
            Expr::Var { var, .. } => Some(*var),
            _ => None,
        };
        let branches: Vec<Branch> = branches
            .into_iter()
            .map(|branch| match branch {
                Branch::OnCon {
                    meta,
                    con,
                    fields,
                    body,
                } => {
                    let parts = fields.iter().map(|field| var_of(meta, *field)).collect();
                    let body = self.refined(var, Known::Construct(con, parts), body);
                    Branch::OnCon {
                        meta,
                        con,
                        fields,
                        body,
                    }
                }
                Branch::OnLit { meta, lit, body } => {
                    let body = self.refined(var, Known::Lit(lit.clone()), body);
                    Branch::OnLit { meta, lit, body }
                }
            })
            .collect();
        // switch e (A → A) (B → B) ⇒ e, for constructors without fields
        let is_identity = otherwise.is_none()
            && !branches.is_empty()
            && meta.ty == subject.meta().ty
            && branches.iter().all(|branch| match branch {
                Branch::OnCon {
                    con: on,
                    body: Expr::Construct { con, args, .. },
                    ..
                } => on == con && args.is_empty(),
                _ => false,
            });
        if is_identity {
            self.changed = true;
            return subject;
        }
        let otherwise = otherwise.map(|otherwise| Box::new(self.expr(*otherwise)));
        Expr::Switch {
            meta,
            subject: Box::new(subject),
            branches,
            otherwise,
        }
    }

    /// A variable that nobody uses, to evaluate something.
    pub fn unused(&mut self, value: &Expr) -> Binder {
        let meta = value.meta();
        Binder::new(self.session.core.fresh_named("unused", meta.span), meta.ty)
    }
}

fn takes_lit(branch: &Branch, lit: &Lit) -> bool {
    matches!(branch, Branch::OnLit { lit: on, .. } if on == lit)
}

pub(super) fn var_of(meta: Meta, binder: Binder) -> Expr {
    Expr::Var {
        meta: meta.with_ty(binder.ty),
        var: binder.var,
    }
}
