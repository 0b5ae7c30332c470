//! Join points: a target goes to its jumps if there is one, or if it is small.

use ir_defs::direct::Expr;
use ir_defs::terminals::{Binder, LabelId};
use nanopass::{Meta, TyId};

use super::copy::copy;
use super::facts::is_at_most;
use super::walk::{Simplifier, Target};

/// The target of a join point is copied to its jumps up to this size.
const TARGET_SIZE: usize = 4;

impl Simplifier<'_> {
    pub fn join(
        &mut self,
        meta: Meta,
        label: LabelId,
        params: Vec<Binder>,
        target: Expr,
        body: Expr,
    ) -> Expr {
        match self.uses.var(label.0).count {
            // join j x = t in e ⇒ e, if e does not jump to j
            0 => {
                self.changed = true;
                return self.expr(body);
            }
            // join j x = t in …jump j a… ⇒ …let x = a in t…, if that is the only jump
            1 => {
                self.changed = true;
                self.targets.insert(label, Target::Once(params, target));
                return self.expr(body);
            }
            _ => {}
        }
        let target = self.expr(target);
        if is_at_most(&target, TARGET_SIZE) {
            self.changed = true;
            self.targets.insert(label, Target::Small(params, target));
            return self.expr(body);
        }
        let body = Box::new(self.expr(body));
        Expr::Join {
            meta,
            label,
            params,
            target: Box::new(target),
            body,
        }
    }

    pub fn jump(&mut self, meta: Meta, label: LabelId, args: Vec<Expr>, type_: TyId) -> Expr {
        let (params, target) = match self.targets.get(&label) {
            Some(Target::Small(params, target)) => {
                let target = Expr::Lambda {
                    meta,
                    params: params.clone(),
                    body: Box::new(target.clone()),
                };
                match copy(&target, self.session, &mut self.uses) {
                    Expr::Lambda { params, body, .. } => (params, *body),
                    other => return other,
                }
            }
            Some(Target::Once(..)) => match self.targets.remove(&label) {
                Some(Target::Once(params, target)) => (params, target),
                _ => {
                    return Expr::Jump {
                        meta,
                        label,
                        args,
                        type_,
                    };
                }
            },
            None => {
                return Expr::Jump {
                    meta,
                    label,
                    args: self.exprs(args),
                    type_,
                };
            }
        };
        self.beta(meta, params, target, args, None)
    }
}
