//! The arms of a match: their bodies, their guards, and what both share between nodes.

use ir_defs::switched as b;
use ir_defs::terminals::{Binder, LabelId};
use ir_defs::unpatched::{self as a, Pattern};
use ir_defs::unpatched_to_switched::Rewrite as _;
use nanopass::VarId;

use super::emit::Emit;
use super::tree::{Node, NodeId};
use super::{bind, let_, var};
use crate::check_matches::matrix::Place;

/// How many guards nest before the next one begins a join point: a chain of `else if` may be as long as a file.
const GUARD_DEPTH: usize = 64;

/// What an arm does, once its pattern has matched.
pub(super) struct Arm {
    pub(super) guard: Option<a::Expr>,
    pub(super) body: Option<a::Expr>,
    /// The variables of its pattern.
    pub(super) binders: Vec<Binder>,
    /// The join point of its body, if several nodes take it.
    pub(super) label: Option<LabelId>,
    /// The function that its guard has become, if several nodes ask it.
    pub(super) guard_function: Option<Binder>,
}

impl Arm {
    pub(super) fn new(guard: Option<a::Expr>, body: a::Expr, pattern: &Pattern) -> Arm {
        let mut binders = Vec::new();
        binders_of(pattern, &mut binders);
        Arm {
            guard,
            body: Some(body),
            binders,
            label: None,
            guard_function: None,
        }
    }
}

fn binders_of(pattern: &Pattern, out: &mut Vec<Binder>) {
    match pattern {
        Pattern::Wild { .. } | Pattern::Lit { .. } => {}
        Pattern::Bind { binder, .. } => out.push(*binder),
        Pattern::As {
            binder, pattern, ..
        } => {
            out.push(*binder);
            binders_of(pattern, out);
        }
        Pattern::Con { args: items, .. } | Pattern::Tuple { items, .. } => {
            items.iter().for_each(|item| binders_of(item, out));
        }
        Pattern::List { items, rest, .. } => {
            items.iter().for_each(|item| binders_of(item, out));
            rest.iter().for_each(|rest| binders_of(rest, out));
        }
        Pattern::Record { fields, .. } => fields
            .iter()
            .for_each(|field| binders_of(&field.pattern, out)),
    }
}

/// The variables that a pattern's variables stand for.
type Binds = Vec<(VarId, Place)>;

impl Emit<'_, '_> {
    /// Gives a label to each arm that several nodes take, and a function to its guard.
    pub(super) fn find_shared_arms(&mut self, reached: &[NodeId]) {
        let mut count = vec![0usize; self.arms.len()];
        for &node in reached {
            if let Some(Node::Leaf { arm, .. } | Node::Guard { arm, .. }) = self.node(node)
                && let Some(count) = count.get_mut(*arm)
            {
                *count += 1;
            }
        }
        let session = &mut *self.pass.session;
        for (arm, _) in self
            .arms
            .iter_mut()
            .zip(count)
            .filter(|(_, count)| *count > 1)
        {
            arm.label = Some(session.fresh_label("arm"));
            if let Some(guard) = &arm.guard {
                let fun = session.core.fresh_named("guard", guard.meta().span);
                let mut types: Vec<_> = arm.binders.iter().map(|binder| binder.ty).collect();
                if types.is_empty() {
                    types.push(session.unit());
                }
                let bool = session.bool();
                arm.guard_function = Some(Binder::new(fun, session.fun(&types, bool)));
            }
        }
    }

    pub(super) fn guard_function(&mut self, index: usize) -> Option<b::Bind> {
        let arm = self.arms.get_mut(index)?;
        let fun = arm.guard_function?;
        let guard = arm.guard.take()?;
        let meta = guard.meta();
        let binders = arm.binders.clone();
        let mut params = Vec::with_capacity(binders.len());
        for binder in &binders {
            let fresh = self.pass.session.core.fresh_var_like(binder.var);
            self.pass.renamed.insert(binder.var, fresh);
            params.push(Binder::new(fresh, binder.ty));
        }
        if params.is_empty() {
            let unit = self.pass.session.unit();
            params.push(Binder::new(
                self.pass.session.core.fresh_named("unused", meta.span),
                unit,
            ));
        }
        let body = Box::new(self.pass.expr(guard));
        for binder in &binders {
            self.pass.renamed.remove(&binder.var);
        }
        Some(bind(
            meta,
            fun,
            b::Expr::Lambda {
                meta: meta.with_ty(fun.ty),
                params,
                body,
            },
        ))
    }

    /// The variables that the binders of an arm stand for, in their order.
    pub(super) fn arguments(&self, arm: usize, binds: &Binds) -> Vec<b::Expr> {
        let binders = self
            .arms
            .get(arm)
            .map_or(&[] as &[Binder], |arm| &arm.binders);
        let place = |binder: &Binder| {
            binds
                .iter()
                .find(|(var, _)| *var == binder.var)
                .map(|&(_, place)| place)
        };
        binders
            .iter()
            .filter_map(place)
            .map(|place| self.place(place))
            .map(|place| var(self.meta.with_ty(place.ty), place))
            .collect()
    }

    pub(super) fn rename(&mut self, binds: &Binds) {
        for &(name, place) in binds {
            let place = self.place(place);
            self.pass.renamed.insert(name, place.var);
        }
    }

    /// An arm whose pattern and guard have matched.
    pub(super) fn take(&mut self, arm: usize, binds: &Binds) -> b::Expr {
        if let Some(label) = self.arms.get(arm).and_then(|arm| arm.label) {
            let args = self.arguments(arm, binds);
            return b::Expr::Jump {
                meta: self.meta,
                label,
                args,
                type_: self.meta.ty,
            };
        }
        self.rename(binds);
        match self.arms.get_mut(arm).and_then(|arm| arm.body.take()) {
            Some(body) => self.pass.expr(body),
            None => self.fail(),
        }
    }

    /// A guard, and those that follow it when it does not hold.
    pub(super) fn guards(&mut self, arm: usize, binds: Binds, otherwise: NodeId) -> b::Expr {
        let mut chain = vec![(arm, binds)];
        let mut next = otherwise;
        while matches!(self.labels.get(next), Some(None))
            && self.joins.get(next).is_some_and(Vec::is_empty)
        {
            match self.nodes.get_mut(next) {
                Some(Some(Node::Guard {
                    arm,
                    binds,
                    otherwise,
                })) => {
                    chain.push((*arm, std::mem::take(binds)));
                    next = *otherwise;
                }
                _ => break,
            }
        }
        let mut code = self.there(next);
        let mut joins = Vec::new();
        for (depth, (arm, binds)) in chain.into_iter().rev().enumerate() {
            if depth > 0 && depth % GUARD_DEPTH == 0 {
                let label = self.pass.session.fresh_label("next");
                let jump = b::Expr::Jump {
                    meta: self.meta,
                    label,
                    args: Vec::new(),
                    type_: self.meta.ty,
                };
                joins.push((label, std::mem::replace(&mut code, jump)));
            }
            code = self.guard(arm, &binds, code);
        }
        for (label, target) in joins.into_iter().rev() {
            let (target, body) = (Box::new(target), Box::new(code));
            code = b::Expr::Join {
                meta: self.meta,
                label,
                params: Vec::new(),
                target,
                body,
            };
        }
        code
    }

    pub(super) fn guard(&mut self, arm: usize, binds: &Binds, otherwise: b::Expr) -> b::Expr {
        let test = match self.arms.get(arm).and_then(|arm| arm.guard_function) {
            Some(fun) => {
                let mut args = self.arguments(arm, binds);
                if args.is_empty() {
                    args.push(self.fail());
                }
                let bool = self.pass.session.bool();
                let callee = Box::new(var(self.meta.with_ty(fun.ty), fun));
                b::Expr::Apply {
                    meta: self.meta.with_ty(bool),
                    fun: callee,
                    args,
                }
            }
            None => {
                self.rename(binds);
                match self.arms.get_mut(arm).and_then(|arm| arm.guard.take()) {
                    Some(guard) => self.pass.expr(guard),
                    None => self.fail(),
                }
            }
        };
        let body = self.take(arm, binds);
        let session = &mut *self.pass.session;
        let (on_true, on_false) = (
            session.constructors.id("True"),
            session.constructors.id("False"),
        );
        let branch = |con, body: b::Expr| b::Branch::OnCon {
            meta: body.meta(),
            con,
            fields: Vec::new(),
            body,
        };
        let branches = vec![branch(on_true, body), branch(on_false, otherwise)];
        let meta = test.meta();
        let (binds, subject) = match test {
            subject @ b::Expr::Var { .. } => (Vec::new(), subject),
            test => {
                let name = session.core.fresh_named("guard", meta.span);
                let binder = Binder::new(name, session.bool());
                (vec![bind(meta, binder, test)], var(meta, binder))
            }
        };
        let switch = b::Expr::Switch {
            meta: self.meta,
            subject: Box::new(subject),
            branches,
            otherwise: None,
        };
        let_(self.meta, binds, switch)
    }
}
