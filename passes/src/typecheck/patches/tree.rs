//! The paths of a patch as one tree.

use ir_defs::tables::ConId;
use ir_defs::terminals::Lit;
use ir_defs::typed::{Change, Evidence, Expr, FieldChange};
use ir_defs::{kernel, known};
use nanopass::{Meta, Span, Symbol, TyId};
use rustc_hash::FxHashMap;

use super::super::Checker;
use super::super::rows::{RecordView, Tail};
use super::near::Near;

/// The whole value.
pub(super) const ROOT: usize = 0;

/// All places that the paths of a patch lead to or through.
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    /// Whether a field is added or removed somewhere, so that types change.
    pub(super) retypes: bool,
}

/// One place in the value that is patched.
pub(super) struct Node {
    pub(super) meta: Meta,
    /// What stands here before the patch; nothing for a field that the record lacks.
    pub(super) ty: Option<TyId>,
    pub(super) what: What,
    /// Why the type of what is here may not change.
    pub(super) fixed: Option<Fixed>,
}

/// What is done at a place.
pub(super) enum What {
    Nothing,
    Leaf(Leaf),
    Fields(Fields),
    /// One after the other.
    Steps(Vec<(Step, usize)>),
}

/// The end of a path.
pub(super) enum Leaf {
    Replace(Expr),
    Transform(Expr),
    /// A transformation of what an `Option` or a `Result` holds.
    Lifted {
        con: ConId,
        types: Vec<TyId>,
        function: Expr,
    },
    Remove,
}

/// The fields of a record.
#[derive(Default)]
pub(super) struct Fields {
    /// The types of all fields, where there are no others.
    pub(super) known: Option<FxHashMap<Symbol, TyId>>,
    pub(super) children: Vec<(Symbol, usize)>,
    pub(super) index: FxHashMap<Symbol, usize>,
    /// Labels by their spelling, once one is added.
    pub(super) near: Option<Near>,
}

/// A step that is not into a field of a record.
pub(super) enum Step {
    Payload {
        con: ConId,
        types: Vec<TyId>,
    },
    Items,
    ItemsWhere {
        predicate: Expr,
    },
    Values,
    ValuesWhere {
        predicate: Expr,
    },
    Key {
        key: Expr,
        literal: Option<Lit>,
        evidence: Evidence,
    },
}

/// Why a type may not change under a step.
#[derive(Clone, Copy)]
pub(super) struct Fixed {
    pub(super) span: Span,
    pub(super) why: &'static str,
}

impl Tree {
    pub(super) fn new(meta: Meta) -> Tree {
        Tree {
            nodes: vec![Node {
                meta,
                ty: Some(meta.ty),
                what: What::Nothing,
                fixed: None,
            }],
            retypes: false,
        }
    }

    pub(super) fn add(&mut self, node: Node) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }
}

impl Step {
    /// Whether two steps in a row lead to the same place.
    pub(super) fn is_same(&self, other: &Step) -> bool {
        match (self, other) {
            (Step::Payload { con: a, .. }, Step::Payload { con: b, .. }) => a == b,
            (Step::Items, Step::Items) | (Step::Values, Step::Values) => true,
            (Step::Key { literal: a, .. }, Step::Key { literal: b, .. }) => a.is_some() && a == b,
            _ => false,
        }
    }
}

/// The literal that a key is.
pub(super) fn literal(key: &kernel::Expr) -> Option<Lit> {
    match key {
        kernel::Expr::Lit { lit, .. } => Some(lit.clone()),
        _ => None,
    }
}

impl Checker<'_> {
    /// The change that a part of the tree is, and the type of what it makes.
    pub(super) fn build_change(&mut self, tree: &mut Tree, at: usize) -> (Change, TyId) {
        let error = self.known.error;
        let Some(node) = tree.nodes.get_mut(at) else {
            return (several(Meta::NONE, Vec::new()), error);
        };
        let what = std::mem::replace(&mut node.what, What::Nothing);
        let (meta, ty) = (node.meta, node.ty.unwrap_or(error));
        match what {
            What::Nothing => (several(meta.with_ty(ty), Vec::new()), ty),
            What::Leaf(leaf) => (leaf_change(meta.with_ty(ty), leaf), ty),
            What::Fields(fields) => self.build_fields(tree, meta, ty, fields),
            What::Steps(steps) => {
                let mut changes = Vec::with_capacity(steps.len());
                let mut current = ty;
                for (step, child) in steps {
                    let (change, result) = self.build_step(tree, current, step, child);
                    current = result;
                    changes.push(change);
                }
                match changes.pop() {
                    Some(only) if changes.is_empty() => (only, current),
                    last => {
                        changes.extend(last);
                        (several(meta.with_ty(current), changes), current)
                    }
                }
            }
        }
    }

    fn build_fields(
        &mut self,
        tree: &mut Tree,
        meta: Meta,
        ty: TyId,
        fields: Fields,
    ) -> (Change, TyId) {
        let mut changes = Vec::with_capacity(fields.children.len());
        let mut types: FxHashMap<Symbol, Option<TyId>> = FxHashMap::default();
        let mut added = Vec::new();
        for (label, child) in fields.children {
            let Some(node) = tree.nodes.get(child) else {
                continue;
            };
            let field_meta = node.meta;
            if node.ty.is_none() {
                let (value, ty) = self.build_added(tree, child);
                added.push((label, ty));
                changes.push(FieldChange::Add {
                    meta: field_meta.with_ty(ty),
                    label,
                    value,
                });
            } else if matches!(node.what, What::Leaf(Leaf::Remove)) {
                types.insert(label, None);
                let meta = field_meta.with_ty(self.known.unit);
                changes.push(FieldChange::Remove { meta, label });
            } else {
                let (change, ty) = self.build_change(tree, child);
                types.insert(label, Some(ty));
                changes.push(FieldChange::Change {
                    meta: field_meta.with_ty(ty),
                    label,
                    change,
                });
            }
        }
        let view = self.record_view(ty);
        let kept = view
            .fields
            .into_iter()
            .filter_map(|(label, old)| match types.get(&label) {
                Some(new) => new.map(|new| (label, new)),
                None => Some((label, old)),
            });
        let fields = kept.chain(added).collect();
        let tail = match view.tail {
            Tail::Closed => None,
            Tail::Hole(_, tail) | Tail::Var(tail) => Some(tail),
        };
        let result = self.session.record(fields, tail);
        let change = Change::Fields {
            meta: meta.with_ty(result),
            fields: changes,
        };
        (change, result)
    }

    /// The value of a field that the record lacks: what it is set to, or a record of such.
    fn build_added(&mut self, tree: &mut Tree, at: usize) -> (Expr, TyId) {
        let Some(node) = tree.nodes.get_mut(at) else {
            return (self.failed(Meta::NONE), self.known.error);
        };
        let meta = node.meta;
        match std::mem::replace(&mut node.what, What::Nothing) {
            What::Leaf(Leaf::Replace(value)) => {
                let ty = value.meta().ty;
                (value, ty)
            }
            What::Fields(inner) => {
                let mut fields = Vec::with_capacity(inner.children.len());
                let mut types = Vec::with_capacity(inner.children.len());
                for (label, child) in inner.children {
                    let (value, ty) = self.build_added(tree, child);
                    types.push((label, ty));
                    fields.push(ir_defs::typed::Field {
                        meta: meta.with_ty(ty),
                        label,
                        value,
                    });
                }
                let ty = self.session.record(types, None);
                let meta = meta.with_ty(ty);
                (Expr::Record { meta, fields }, ty)
            }
            _ => (self.failed(meta), self.known.error),
        }
    }

    fn build_step(
        &mut self,
        tree: &mut Tree,
        current: TyId,
        step: Step,
        child: usize,
    ) -> (Change, TyId) {
        let meta = tree.nodes.get(child).map_or(Meta::NONE, |node| node.meta);
        let same = meta.with_ty(current);
        if let Step::Key { key, evidence, .. } = step {
            let change = self.build_key(tree, same, key, evidence, child);
            return (change, current);
        }
        let removes = tree
            .nodes
            .get(child)
            .is_some_and(|node| matches!(node.what, What::Leaf(Leaf::Remove)));
        let step = match step {
            Step::ItemsWhere { predicate } if removes => {
                return (
                    self.dropping(same, known::LIST_DROP_WHERE, predicate),
                    current,
                );
            }
            Step::ValuesWhere { predicate } if removes => {
                return (
                    self.dropping(same, known::MAP_DROP_WHERE, predicate),
                    current,
                );
            }
            step => step,
        };
        let (change, inner) = self.build_change(tree, child);
        let change = Box::new(change);
        match step {
            Step::Payload { con, types } => {
                let meta = same;
                let change = Change::Payload {
                    meta,
                    con,
                    types,
                    change,
                };
                (change, current)
            }
            Step::ItemsWhere { predicate } => {
                let meta = same;
                let change = Change::ItemsWhere {
                    meta,
                    predicate: Box::new(predicate),
                    change,
                };
                (change, current)
            }
            Step::ValuesWhere { predicate } => {
                let meta = same;
                let change = Change::ValuesWhere {
                    meta,
                    predicate: Box::new(predicate),
                    change,
                };
                (change, current)
            }
            Step::Values => {
                let ty = match self.as_map(current) {
                    Some((key, _)) => self.map_of(key, inner),
                    None => self.known.error,
                };
                let meta = meta.with_ty(ty);
                (Change::Values { meta, change }, ty)
            }
            Step::Items | Step::Key { .. } => {
                let ty = self.session.list(inner);
                let meta = meta.with_ty(ty);
                (Change::Items { meta, change }, ty)
            }
        }
    }

    /// The change that leaves out what a predicate selects of a list or a map, by a function of the library.
    fn dropping(&mut self, meta: Meta, function: &str, predicate: Expr) -> Change {
        let global = self.session.global(function);
        let fun = self.use_global(meta, global);
        let of_collection = self.fun(meta.ty, meta.ty);
        let whole = self.fun(predicate.meta().ty, of_collection);
        // The function takes every collection of the kind, and the predicate was made for its items.
        let _ = self.unify(fun.meta().ty, whole);
        let function = Expr::Apply {
            meta: meta.with_ty(of_collection),
            fun: Box::new(fun),
            args: vec![predicate],
        };
        Change::Transform {
            meta,
            function: Box::new(function),
        }
    }

    fn build_key(
        &mut self,
        tree: &mut Tree,
        meta: Meta,
        key: Expr,
        evidence: Evidence,
        child: usize,
    ) -> Change {
        let key = Box::new(key);
        let what = tree
            .nodes
            .get_mut(child)
            .map(|node| std::mem::replace(&mut node.what, What::Nothing));
        match what {
            Some(What::Leaf(Leaf::Remove)) => Change::Delete {
                meta,
                key,
                evidence,
            },
            Some(What::Leaf(Leaf::Replace(value))) => Change::Insert {
                meta,
                key,
                evidence,
                value: Box::new(value),
            },
            what => {
                if let (Some(node), Some(what)) = (tree.nodes.get_mut(child), what) {
                    node.what = what;
                }
                let (change, _) = self.build_change(tree, child);
                let change = Box::new(change);
                Change::Key {
                    meta,
                    key,
                    evidence,
                    change,
                }
            }
        }
    }

    /// The type of what a place holds after the steps so far, which may have added or removed fields.
    pub(super) fn type_so_far(&mut self, tree: &Tree, at: usize) -> TyId {
        let Some(node) = tree.nodes.get(at) else {
            return self.known.error;
        };
        let ty = node.ty.unwrap_or(self.known.error);
        if !tree.retypes {
            return ty;
        }
        match &node.what {
            What::Leaf(Leaf::Replace(value)) if node.ty.is_none() => value.meta().ty,
            What::Nothing | What::Leaf(_) => ty,
            What::Fields(fields) => {
                let mut types: FxHashMap<Symbol, Option<TyId>> = FxHashMap::default();
                for &(label, child) in &fields.children {
                    let removed = tree
                        .nodes
                        .get(child)
                        .is_some_and(|node| matches!(node.what, What::Leaf(Leaf::Remove)));
                    let ty = (!removed).then(|| self.type_so_far(tree, child));
                    types.insert(label, ty);
                }
                let view = node.ty.map(|ty| self.record_view(ty));
                let tail = match &view {
                    Some(RecordView {
                        tail: Tail::Hole(_, tail) | Tail::Var(tail),
                        ..
                    }) => Some(*tail),
                    _ => None,
                };
                let mut result: Vec<(Symbol, TyId)> = Vec::new();
                for (label, old) in view.map(|view| view.fields).unwrap_or_default() {
                    match types.remove(&label) {
                        Some(None) => {}
                        Some(Some(ty)) => result.push((label, ty)),
                        None => result.push((label, old)),
                    }
                }
                result.extend(
                    types
                        .into_iter()
                        .filter_map(|(label, ty)| Some((label, ty?))),
                );
                self.session.record(result, tail)
            }
            What::Steps(steps) => {
                let mut current = ty;
                for (step, child) in steps {
                    match step {
                        Step::Items => {
                            let item = self.type_so_far(tree, *child);
                            current = self.session.list(item);
                        }
                        Step::Values => {
                            let value = self.type_so_far(tree, *child);
                            if let Some((key, _)) = self.as_map(current) {
                                current = self.map_of(key, value);
                            }
                        }
                        _ => {}
                    }
                }
                current
            }
        }
    }
}

fn several(meta: Meta, changes: Vec<Change>) -> Change {
    Change::Several { meta, changes }
}

pub(super) fn leaf_change(meta: Meta, leaf: Leaf) -> Change {
    match leaf {
        Leaf::Replace(value) => Change::Replace {
            meta,
            value: Box::new(value),
        },
        Leaf::Transform(function) => Change::Transform {
            meta,
            function: Box::new(function),
        },
        Leaf::Lifted {
            con,
            types,
            function,
        } => {
            let content = match types.last() {
                Some(&content) => meta.with_ty(content),
                None => meta,
            };
            Change::Payload {
                meta,
                con,
                types,
                change: Box::new(Change::Transform {
                    meta: content,
                    function: Box::new(function),
                }),
            }
        }
        Leaf::Remove => several(meta, Vec::new()),
    }
}
