//! Switches on the result of a switch.

use ir_defs::direct::{Bind, Branch, Expr};
use ir_defs::tables::ConId;
use ir_defs::terminals::{Binder, Flag, LabelId, Lit};
use nanopass::Meta;

use super::copy::copy;
use super::facts::is_at_most;
use super::switch::var_of;
use super::walk::{Simplifier, block, branch_body, retype};

/// A branch is copied to where it is known to be taken up to this size; a larger one becomes a join point.
const ARM_SIZE: usize = 4;
/// A switch is not pushed into one with more results than this.
const MAX_LEAVES: usize = 64;

/// A switch's branches and default, each as a function of the fields that it binds.
struct Arms {
    arms: Vec<Arm>,
    branches: Vec<Pattern>,
    /// The place of the default.
    otherwise: Option<usize>,
}

struct Arm {
    meta: Meta,
    fields: Vec<Binder>,
    code: Code,
}

enum Pattern {
    Con(ConId),
    Lit(Lit),
}

/// Where the code of an arm is.
enum Code {
    /// In its one place, once that is reached.
    Once(Option<Expr>),
    /// Copied to each place.
    Small(Expr),
    /// At a join point.
    Shared(LabelId),
}

/// What a result of a switch is known to be.
enum Leaf {
    /// It takes this arm.
    Arm(usize),
    Unknown,
}

impl Simplifier<'_> {
    /// switch (switch s (A → C a) (B → e)) (C x → f) (D → g)
    ///   ⇒ switch s (A → let x = a in f) (B → switch e (C x → f) (D → g))
    ///
    /// It pays where some result is a known constructor. An arm that is needed more than once is copied if small, and
    /// else becomes a join point; so does the rest of the switch if more than one result is unknown.
    pub fn switch_of_switch(
        &mut self,
        meta: Meta,
        subject: Expr,
        branches: Vec<Branch>,
        otherwise: Option<Box<Expr>>,
    ) -> Expr {
        let mut arms = Arms::of(branches, otherwise);
        let mut leaves = Vec::new();
        arms.leaves(&subject, &mut leaves);
        let unknown = leaves
            .iter()
            .filter(|leaf| matches!(leaf, Leaf::Unknown))
            .count();
        if leaves.len() > MAX_LEAVES || unknown == leaves.len() {
            let (branches, otherwise) = arms.into_switch();
            return self.residual(meta, subject, branches, otherwise);
        }
        self.changed = true;
        let mut joins = Vec::new();
        for (place, arm) in arms.arms.iter_mut().enumerate() {
            let taken = leaves
                .iter()
                .filter(|leaf| matches!(leaf, Leaf::Arm(arm) if *arm == place))
                .count();
            let places = taken + usize::from(unknown > 0);
            let Code::Once(code) = &mut arm.code else {
                continue;
            };
            let Some(body) = code.take().filter(|_| places > 0) else {
                continue;
            };
            let body = self.expr(body);
            arm.code = if places == 1 {
                Code::Once(Some(body))
            } else if is_at_most(&body, ARM_SIZE) {
                Code::Small(body)
            } else {
                let label = self.session.fresh_label("join");
                let params = arm.fields.clone();
                arm.fields = params.iter().map(|field| self.fresh_like(*field)).collect();
                joins.push((label, params, body));
                Code::Shared(label)
            };
        }
        // The whole switch, for results that are not known.
        let mut rest = None;
        if unknown > 1 {
            let ty = subject.meta().ty;
            let param = Binder::new(
                self.session
                    .core
                    .fresh_named("subject", subject.meta().span),
                ty,
            );
            let switch = self.rest(meta, var_of(meta, param), &mut arms);
            let label = self.session.fresh_label("join");
            joins.push((label, vec![param], switch));
            rest = Some(label);
        }
        let pushed = push(subject, meta, &mut |leaf| match arms.leaf(&leaf) {
            Leaf::Arm(place) => self.take(meta, leaf, place, &mut arms),
            Leaf::Unknown => match rest {
                Some(label) => Expr::Jump {
                    meta,
                    label,
                    args: vec![leaf],
                    type_: meta.ty,
                },
                None => self.rest(meta, leaf, &mut arms),
            },
        });
        joins
            .into_iter()
            .rev()
            .fold(pushed, |body, (label, params, target)| Expr::Join {
                meta,
                label,
                params,
                target: Box::new(target),
                body: Box::new(body),
            })
    }

    /// The arm at `place`, for a known result.
    fn take(&mut self, meta: Meta, leaf: Expr, place: usize, arms: &mut Arms) -> Expr {
        let args = match leaf {
            Expr::Construct { args, .. } => args,
            _ => Vec::new(),
        };
        let is_default = arms.otherwise == Some(place);
        let Some(arm) = arms.arms.get_mut(place) else {
            return Expr::Tuple { meta, items: args };
        };
        if let (Code::Shared(label), false) = (&arm.code, is_default) {
            return Expr::Jump {
                meta,
                label: *label,
                args,
                type_: meta.ty,
            };
        }
        let (fields, body) = self.code(meta, arm);
        let fields = if is_default {
            args.iter().map(|arg| self.unused(arg)).collect()
        } else {
            fields
        };
        let binds = fields
            .into_iter()
            .zip(args)
            .map(|(binder, value)| Bind {
                meta: value.meta(),
                binder,
                recursive: Flag(false),
                value,
            })
            .collect();
        block(meta, binds, body)
    }

    /// The code of an arm at one of its places, with the variables that it binds.
    fn code(&mut self, meta: Meta, arm: &mut Arm) -> (Vec<Binder>, Expr) {
        match &mut arm.code {
            Code::Once(body) => match body.take() {
                Some(body) => (std::mem::take(&mut arm.fields), body),
                None => (
                    Vec::new(),
                    Expr::Tuple {
                        meta,
                        items: Vec::new(),
                    },
                ),
            },
            Code::Small(body) => {
                let arm = Expr::Lambda {
                    meta,
                    params: arm.fields.clone(),
                    body: Box::new(body.clone()),
                };
                match copy(&arm, self.session, &mut self.uses) {
                    Expr::Lambda { params, body, .. } => (params, *body),
                    other => (Vec::new(), other),
                }
            }
            Code::Shared(label) => {
                let fields: Vec<Binder> = arm
                    .fields
                    .iter()
                    .map(|field| self.fresh_like(*field))
                    .collect();
                let args = fields.iter().map(|field| var_of(meta, *field)).collect();
                (
                    fields,
                    Expr::Jump {
                        meta,
                        label: *label,
                        args,
                        type_: meta.ty,
                    },
                )
            }
        }
    }

    /// The switch with all arms on a result that is not known.
    fn rest(&mut self, meta: Meta, subject: Expr, arms: &mut Arms) -> Expr {
        let mut branches = Vec::with_capacity(arms.branches.len());
        for (pattern, arm) in arms.branches.iter().zip(arms.arms.iter_mut()) {
            let at = arm.meta;
            let (fields, body) = self.code(meta, arm);
            branches.push(match pattern {
                Pattern::Con(con) => Branch::OnCon {
                    meta: at,
                    con: *con,
                    fields,
                    body,
                },
                Pattern::Lit(lit) => Branch::OnLit {
                    meta: at,
                    lit: lit.clone(),
                    body,
                },
            });
        }
        let otherwise = arms.otherwise.and_then(|place| arms.arms.get_mut(place));
        let otherwise = otherwise.map(|arm| Box::new(self.code(meta, arm).1));
        Expr::Switch {
            meta,
            subject: Box::new(subject),
            branches,
            otherwise,
        }
    }

    fn fresh_like(&mut self, binder: Binder) -> Binder {
        Binder::new(self.session.core.fresh_var_like(binder.var), binder.ty)
    }
}

impl Arms {
    fn of(branches: Vec<Branch>, otherwise: Option<Box<Expr>>) -> Arms {
        let mut arms = Arms {
            arms: Vec::new(),
            branches: Vec::new(),
            otherwise: None,
        };
        for branch in branches {
            let (meta, pattern, fields, body) = match branch {
                Branch::OnCon {
                    meta,
                    con,
                    fields,
                    body,
                } => (meta, Pattern::Con(con), fields, body),
                Branch::OnLit { meta, lit, body } => (meta, Pattern::Lit(lit), Vec::new(), body),
            };
            arms.branches.push(pattern);
            arms.arms.push(Arm {
                meta,
                fields,
                code: Code::Once(Some(body)),
            });
        }
        if let Some(body) = otherwise {
            arms.otherwise = Some(arms.arms.len());
            arms.arms.push(Arm {
                meta: body.meta(),
                fields: Vec::new(),
                code: Code::Once(Some(*body)),
            });
        }
        arms
    }

    /// The switch again, if no arm has been taken.
    fn into_switch(self) -> (Vec<Branch>, Option<Box<Expr>>) {
        let mut bodies = self.arms.into_iter().filter_map(|arm| match arm.code {
            Code::Once(Some(body)) => Some((arm.meta, arm.fields, body)),
            _ => None,
        });
        let mut branches = Vec::with_capacity(self.branches.len());
        for pattern in self.branches {
            if let Some((meta, fields, body)) = bodies.next() {
                branches.push(match pattern {
                    Pattern::Con(con) => Branch::OnCon {
                        meta,
                        con,
                        fields,
                        body,
                    },
                    Pattern::Lit(lit) => Branch::OnLit { meta, lit, body },
                });
            }
        }
        (branches, bodies.next().map(|(_, _, body)| Box::new(body)))
    }

    /// What a result takes.
    fn leaf(&self, leaf: &Expr) -> Leaf {
        let place = match leaf {
            Expr::Construct { con, .. } => self
                .branches
                .iter()
                .position(|pattern| matches!(pattern, Pattern::Con(on) if on == con)),
            Expr::Lit { lit, .. } => self
                .branches
                .iter()
                .position(|pattern| matches!(pattern, Pattern::Lit(on) if on == lit)),
            _ => return Leaf::Unknown,
        };
        place.or(self.otherwise).map_or(Leaf::Unknown, Leaf::Arm)
    }

    /// All results of an expression, up to one more than is allowed.
    fn leaves(&self, expr: &Expr, leaves: &mut Vec<Leaf>) {
        if leaves.len() > MAX_LEAVES {
            return;
        }
        match expr {
            Expr::Let { body, .. } => self.leaves(body, leaves),
            Expr::Switch {
                branches,
                otherwise,
                ..
            } => {
                for branch in branches {
                    let (Branch::OnCon { body, .. } | Branch::OnLit { body, .. }) = branch;
                    self.leaves(body, leaves);
                }
                if let Some(otherwise) = otherwise {
                    self.leaves(otherwise, leaves);
                }
            }
            Expr::Join { target, body, .. } => {
                self.leaves(target, leaves);
                self.leaves(body, leaves);
            }
            Expr::Jump { .. } | Expr::Fail { .. } => {}
            leaf => leaves.push(self.leaf(leaf)),
        }
    }
}

/// Puts `leaf` around each result of an expression; the whole is what `meta` says.
pub(super) fn push(expr: Expr, meta: Meta, leaf: &mut dyn FnMut(Expr) -> Expr) -> Expr {
    let at = |old: Meta| old.with_ty(meta.ty);
    match expr {
        Expr::Let {
            meta: old,
            binds,
            body,
        } => Expr::Let {
            meta: at(old),
            binds,
            body: Box::new(push(*body, meta, leaf)),
        },
        Expr::Switch {
            meta: old,
            subject,
            mut branches,
            otherwise,
        } => {
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
                *body = push(taken, meta, leaf);
                *branch.meta_mut() = at(branch.meta());
            }
            let otherwise = otherwise.map(|otherwise| Box::new(push(*otherwise, meta, leaf)));
            Expr::Switch {
                meta: at(old),
                subject,
                branches,
                otherwise,
            }
        }
        Expr::Join {
            meta: old,
            label,
            params,
            target,
            body,
        } => {
            let target = Box::new(push(*target, meta, leaf));
            let body = Box::new(push(*body, meta, leaf));
            Expr::Join {
                meta: at(old),
                label,
                params,
                target,
                body,
            }
        }
        // A jump stays inside, and a failure leaves.
        Expr::Jump { .. } | Expr::Fail { .. } => retype(expr, meta),
        other => leaf(other),
    }
}
