//! From a graph of tests to expressions.

use ir_defs::switched as b;
use ir_defs::terminals::{Binder, IntLit, LabelId};
use ir_defs::unpatched_to_switched::Rewrite as _;
use nanopass::{Meta, VarId};

use super::arms::Arm;
use super::tree::{Node, NodeId, Tree};
use super::{Matches, bind, let_, var};
use crate::check_matches::matrix::{Head, Part, Place};

/// The graph that is being turned into an expression.
pub(super) struct Emit<'m, 's> {
    pub(super) pass: &'m mut Matches<'s>,
    pub(super) meta: Meta,
    pub(super) nodes: Vec<Option<Node>>,
    places: Vec<Binder>,
    pub(super) arms: Vec<Arm>,
    /// The join point of each node that several others lead to.
    pub(super) labels: Vec<Option<LabelId>>,
    /// The join points that each node dominates most nearly, those first that others lead to.
    pub(super) joins: Vec<Vec<NodeId>>,
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
    pub(super) fn node(&self, node: NodeId) -> Option<&Node> {
        self.nodes.get(node).and_then(Option::as_ref)
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

    /// A node where it is led to: a jump if it is a join point, else its code.
    pub(super) fn there(&mut self, node: NodeId) -> b::Expr {
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
    pub(super) fn fail(&mut self) -> b::Expr {
        b::Expr::Con {
            meta: self.meta,
            con: self.pass.session.constructors.id("Unit"),
            types: Vec::new(),
        }
    }

    pub(super) fn place(&self, place: Place) -> Binder {
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
}
