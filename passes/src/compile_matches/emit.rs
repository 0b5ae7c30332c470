//! From a graph of tests to expressions.

use ir_defs::switched as b;
use ir_defs::terminals::{Binder, IntLit, LabelId};
use ir_defs::typed::{self as a, Pattern};
use ir_defs::typed_to_switched::Rewrite as _;
use nanopass::{Meta, VarId};

use super::tree::{Node, NodeId, Tree};
use super::{Matches, bind, let_, var};
use crate::check_matches::matrix::{Head, Part, Place};

/// How many guards nest before the next one begins a join point: a chain of `else if` may be as long as a file.
const GUARD_DEPTH: usize = 64;

/// What an arm does, once its pattern has matched.
pub(super) struct Arm {
    pub(super) guard: Option<a::Expr>,
    body: Option<a::Expr>,
    /// The variables of its pattern.
    binders: Vec<Binder>,
    /// The join point of its body, if several nodes take it.
    label: Option<LabelId>,
    /// The function that its guard has become, if several nodes ask it.
    guard_function: Option<Binder>,
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

struct Emit<'m, 's> {
    pass: &'m mut Matches<'s>,
    meta: Meta,
    nodes: Vec<Option<Node>>,
    places: Vec<Binder>,
    arms: Vec<Arm>,
    /// The join point of each node that several others lead to.
    labels: Vec<Option<LabelId>>,
    /// The join points that each node dominates most nearly, those first that others lead to.
    joins: Vec<Vec<NodeId>>,
}

impl Matches<'_> {
    /// The expression of a tree, whose nodes take these arms.
    pub(super) fn emit(&mut self, meta: Meta, tree: Tree, arms: Vec<Arm>) -> b::Expr {
        let Tree {
            nodes,
            root,
            places,
        } = tree;
        let mut emit = Emit {
            pass: self,
            meta,
            labels: vec![None; nodes.len()],
            joins: vec![Vec::new(); nodes.len()],
            nodes: nodes.into_iter().map(Some).collect(),
            places,
            arms,
        };
        let reached = emit.find_joins(root);
        emit.find_shared_arms(&reached);
        emit.all(root)
    }
}

impl Emit<'_, '_> {
    fn node(&self, node: NodeId) -> Option<&Node> {
        self.nodes.get(node).and_then(Option::as_ref)
    }

    /// Finds the nodes that are reached, and gives a label to each that several others lead to, at its nearest
    /// dominator. Nodes come after those that they lead to, so each is seen after all that lead to it.
    fn find_joins(&mut self, root: NodeId) -> Vec<NodeId> {
        let mut before: Vec<Vec<NodeId>> = vec![Vec::new(); self.nodes.len()];
        let mut dominator = vec![root; self.nodes.len()];
        let mut reached = Vec::new();
        for node in (0..=root).rev() {
            let leading = before.get_mut(node).map(std::mem::take).unwrap_or_default();
            if node != root && leading.is_empty() {
                continue;
            }
            reached.push(node);
            for next in self.node(node).map(Node::next).unwrap_or_default() {
                if let Some(before) = before.get_mut(next) {
                    before.push(node);
                }
            }
            let Some(nearest) = leading
                .iter()
                .copied()
                .reduce(|a, b| common(&dominator, a, b))
            else {
                continue;
            };
            if let Some(dominator) = dominator.get_mut(node) {
                *dominator = nearest;
            }
            if leading.len() > 1 {
                let label = self.pass.session.fresh_label("join");
                if let (Some(place), Some(joins)) =
                    (self.labels.get_mut(node), self.joins.get_mut(nearest))
                {
                    *place = Some(label);
                    joins.push(node);
                }
            }
        }
        reached
    }

    /// Gives a label to each arm that several nodes take, and a function to its guard.
    fn find_shared_arms(&mut self, reached: &[NodeId]) {
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

    /// The whole tree inside the join points of its shared arms and the functions of their guards.
    fn all(mut self, root: NodeId) -> b::Expr {
        let mut functions = Vec::new();
        for index in 0..self.arms.len() {
            functions.extend(self.guard_function(index));
        }
        let mut result = self.here(root);
        for index in 0..self.arms.len() {
            let Some(arm) = self.arms.get_mut(index) else {
                continue;
            };
            if let (Some(label), Some(body)) = (arm.label, arm.body.take()) {
                let params = std::mem::take(&mut arm.binders);
                let target = Box::new(self.pass.expr(body));
                result = b::Expr::Join {
                    meta: self.meta,
                    label,
                    params,
                    target,
                    body: Box::new(result),
                };
            }
        }
        let_(self.meta, functions, result)
    }

    fn guard_function(&mut self, index: usize) -> Option<b::Bind> {
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

    /// A node where it is led to: a jump if it is a join point, else its code.
    fn there(&mut self, node: NodeId) -> b::Expr {
        match self.labels.get(node) {
            Some(Some(label)) if !self.is_jump(node) => b::Expr::Jump {
                meta: self.meta,
                label: *label,
                args: Vec::new(),
                type_: self.meta.ty,
            },
            _ => self.here(node),
        }
    }

    /// Whether a node is only the jump to an arm that has a label of its own; that jump stands for itself.
    fn is_jump(&self, node: NodeId) -> bool {
        match self.node(node) {
            Some(Node::Leaf { arm, .. }) => {
                self.arms.get(*arm).is_some_and(|arm| arm.label.is_some())
            }
            _ => false,
        }
    }

    /// The code of a node, with the join points that it dominates around it.
    fn here(&mut self, node: NodeId) -> b::Expr {
        let mut code = self.code(node);
        let joins = self
            .joins
            .get_mut(node)
            .map(std::mem::take)
            .unwrap_or_default();
        for join in joins {
            if let Some(&Some(label)) = self.labels.get(join)
                && !self.is_jump(join)
            {
                let target = Box::new(self.here(join));
                code = b::Expr::Join {
                    meta: self.meta,
                    label,
                    params: Vec::new(),
                    target,
                    body: Box::new(code),
                };
            }
        }
        code
    }

    fn code(&mut self, node: NodeId) -> b::Expr {
        let meta = self.meta;
        // A jump to a shared arm may be made several times; everything else is made once.
        if self.is_jump(node)
            && let Some(Node::Leaf { arm, binds }) = self.node(node)
        {
            let (arm, binds) = (*arm, binds.clone());
            return self.take(arm, &binds);
        }
        match self.nodes.get_mut(node).and_then(Option::take) {
            None | Some(Node::Fail) => self.fail(),
            Some(Node::Leaf { arm, binds }) => self.take(arm, &binds),
            Some(Node::Guard {
                arm,
                binds,
                otherwise,
            }) => self.guards(arm, binds, otherwise),
            Some(Node::Parts { place, parts, next }) => {
                let binds = parts
                    .into_iter()
                    .map(|(part, child)| self.part(place, part, child))
                    .collect();
                let body = self.there(next);
                let_(meta, binds, body)
            }
            Some(Node::Switch {
                place,
                branches,
                otherwise,
            }) => {
                let branches = branches.into_iter().map(|branch| {
                    let body = self.there(branch.next);
                    let fields = branch
                        .fields
                        .iter()
                        .map(|&(_, field)| self.place(field))
                        .collect();
                    match branch.head {
                        Head::Con(con) => Some(b::Branch::OnCon {
                            meta,
                            con,
                            fields,
                            body,
                        }),
                        head => head.lit().map(|lit| b::Branch::OnLit { meta, lit, body }),
                    }
                });
                let branches = branches.collect::<Vec<_>>().into_iter().flatten().collect();
                let otherwise = otherwise.map(|otherwise| Box::new(self.there(otherwise)));
                let subject = self.place(place);
                let subject = Box::new(var(meta.with_ty(subject.ty), subject));
                b::Expr::Switch {
                    meta,
                    subject,
                    branches,
                    otherwise,
                }
            }
        }
    }

    /// What stands where no arm is left; an error has been reported.
    fn fail(&mut self) -> b::Expr {
        b::Expr::Con {
            meta: self.meta,
            con: self.pass.session.constructors.id("Unit"),
            types: Vec::new(),
        }
    }

    fn place(&self, place: Place) -> Binder {
        self.places
            .get(place as usize)
            .copied()
            .unwrap_or(Binder::untyped(VarId(u32::MAX)))
    }

    fn part(&self, place: Place, part: Part, child: Place) -> b::Bind {
        let (whole, child) = (self.place(place), self.place(child));
        let meta = self.meta.with_ty(child.ty);
        let whole = Box::new(var(self.meta.with_ty(whole.ty), whole));
        let value = match part {
            Part::Index(index) => b::Expr::Item {
                meta,
                tuple: whole,
                index: IntLit(index as u32),
            },
            Part::Label(label) => b::Expr::Select {
                meta,
                record: whole,
                label,
            },
        };
        bind(meta, child, value)
    }

    /// The variables that the binders of an arm stand for, in their order.
    fn arguments(&self, arm: usize, binds: &Binds) -> Vec<b::Expr> {
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

    fn rename(&mut self, binds: &Binds) {
        for &(name, place) in binds {
            let place = self.place(place);
            self.pass.renamed.insert(name, place.var);
        }
    }

    /// An arm whose pattern and guard have matched.
    fn take(&mut self, arm: usize, binds: &Binds) -> b::Expr {
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
    fn guards(&mut self, arm: usize, binds: Binds, otherwise: NodeId) -> b::Expr {
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

    fn guard(&mut self, arm: usize, binds: &Binds, otherwise: b::Expr) -> b::Expr {
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

/// The nearest node that dominates both; the dominator of a node has a larger number.
fn common(dominator: &[NodeId], mut a: NodeId, mut b: NodeId) -> NodeId {
    while a != b {
        let low = if a < b { &mut a } else { &mut b };
        match dominator.get(*low) {
            Some(&next) if next > *low => *low = next,
            _ => break,
        }
    }
    a.max(b)
}
