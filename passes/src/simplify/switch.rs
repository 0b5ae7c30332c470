//! Known constructors, and switches on the result of a switch.

use ir_defs::direct::{Bind, Branch, Expr, Field};
use ir_defs::tables::ConId;
use ir_defs::terminals::{Binder, Flag, IntLit, LabelId, Lit};
use nanopass::{Meta, Symbol};

use super::copy::copy;
use super::facts::is_at_most;
use super::walk::{Known, Simplifier, block, branch_body, retype};

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
    fn residual(
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

    /// switch (switch s (A → C a) (B → e)) (C x → f) (D → g)
    ///   ⇒ switch s (A → let x = a in f) (B → switch e (C x → f) (D → g))
    ///
    /// It pays where some result is a known constructor. An arm that is needed more than once is copied if small, and
    /// else becomes a join point; so does the rest of the switch if more than one result is unknown.
    fn switch_of_switch(
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

    /// A variable that nobody uses, to evaluate something.
    fn unused(&mut self, value: &Expr) -> Binder {
        let meta = value.meta();
        Binder::new(self.session.core.fresh_named("unused", meta.span), meta.ty)
    }

    /// A component of a record that has been simplified.
    pub fn select(&mut self, meta: Meta, record: Expr, label: Symbol) -> Expr {
        match record {
            Expr::Let { binds, body, .. } => {
                let body = self.select(meta, *body, label);
                block(meta, binds, body)
            }
            Expr::Fail { .. } => retype(record, meta),
            // { a: e, b: f }.a ⇒ let x = e, y = f in x
            Expr::Record { fields, .. } => {
                let place = fields.iter().position(|field| field.label == label);
                let values = fields
                    .into_iter()
                    .map(|Field { value, .. }| value)
                    .collect();
                self.component(meta, values, place)
            }
            Expr::Var { var, .. } => match self.known.get(&var) {
                Some(Known::Record(fields)) => {
                    let atom = fields
                        .iter()
                        .find(|(known, _)| *known == label)
                        .map(|(_, atom)| atom.clone());
                    self.known_atom(
                        atom,
                        Expr::Select {
                            meta,
                            record: Box::new(record),
                            label,
                        },
                    )
                }
                _ => Expr::Select {
                    meta,
                    record: Box::new(record),
                    label,
                },
            },
            record => Expr::Select {
                meta,
                record: Box::new(record),
                label,
            },
        }
    }

    /// A component of a tuple that has been simplified.
    pub fn item(&mut self, meta: Meta, tuple: Expr, index: IntLit) -> Expr {
        let place = index.0 as usize;
        match tuple {
            Expr::Let { binds, body, .. } => {
                let body = self.item(meta, *body, index);
                block(meta, binds, body)
            }
            Expr::Fail { .. } => retype(tuple, meta),
            // (e, f).0 ⇒ let x = e, y = f in x
            Expr::Tuple { items, .. } => self.component(meta, items, Some(place)),
            Expr::Var { var, .. } => match self.known.get(&var) {
                Some(Known::Tuple(items)) => {
                    let atom = items.get(place).cloned();
                    self.known_atom(
                        atom,
                        Expr::Item {
                            meta,
                            tuple: Box::new(tuple),
                            index,
                        },
                    )
                }
                _ => Expr::Item {
                    meta,
                    tuple: Box::new(tuple),
                    index,
                },
            },
            tuple => Expr::Item {
                meta,
                tuple: Box::new(tuple),
                index,
            },
        }
    }

    fn known_atom(&mut self, atom: Option<Expr>, otherwise: Expr) -> Expr {
        let Some(atom) = atom else { return otherwise };
        self.changed = true;
        if let Expr::Var { var, .. } = atom {
            self.uses.add(var);
        }
        atom
    }

    fn component(&mut self, meta: Meta, values: Vec<Expr>, place: Option<usize>) -> Expr {
        self.changed = true;
        let mut out = Vec::new();
        let mut component = None;
        for (index, value) in values.into_iter().enumerate() {
            if Some(index) == place {
                component = Some(self.named("part", value, &mut out));
            } else if !self.facts.is_total(&value) {
                self.named("unused", value, &mut out);
            }
        }
        let component = component.unwrap_or(Expr::Tuple {
            meta,
            items: Vec::new(),
        });
        block(meta, out, component)
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

fn takes_lit(branch: &Branch, lit: &Lit) -> bool {
    matches!(branch, Branch::OnLit { lit: on, .. } if on == lit)
}

fn var_of(meta: Meta, binder: Binder) -> Expr {
    Expr::Var {
        meta: meta.with_ty(binder.ty),
        var: binder.var,
    }
}
