//! From rows to a graph of tests.
//!
//! [`Builder::build`] asks place after place (see [`crate::check_matches::matrix`]) and makes a node for each question.
//! Nodes are numbered so that each comes after those that it leads to.

use std::collections::hash_map::Entry;

use ir_defs::Session;
use ir_defs::tables::ConId;
use ir_defs::terminals::{Binder, Lit};
use ir_defs::unpatched::Pattern;
use nanopass::{Diagnostic, Span, TyId, VarId};
use rustc_hash::FxHashMap;

use crate::check_matches::matrix::{self, Child, Head, Lists, Part, Pat, Place, Row, STEP_LIMIT};
use crate::codes;

/// How many tests a tree may have.
const TEST_LIMIT: usize = 20_000;

/// An index into [`Tree::nodes`].
pub(super) type NodeId = usize;

/// A state of the matching.
pub(super) enum Node {
    /// No arm is left. `check-matches` has said so, or the tree was given up.
    Fail,
    /// The arm is taken.
    Leaf {
        arm: usize,
        binds: Vec<(VarId, Place)>,
    },
    /// The arm is taken if its guard holds.
    Guard {
        arm: usize,
        binds: Vec<(VarId, Place)>,
        otherwise: NodeId,
    },
    /// The components of a tuple or a record are named.
    Parts {
        place: Place,
        parts: Vec<Child>,
        next: NodeId,
    },
    /// A place is asked for its constructor or its literal.
    Switch {
        place: Place,
        branches: Vec<Branch>,
        otherwise: Option<NodeId>,
    },
}

/// What follows one answer.
pub(super) struct Branch {
    pub(super) head: Head,
    pub(super) fields: Vec<Child>,
    pub(super) next: NodeId,
}

impl Node {
    /// The nodes that it leads to.
    pub(super) fn next(&self) -> Vec<NodeId> {
        match self {
            Node::Fail | Node::Leaf { .. } => Vec::new(),
            Node::Guard { otherwise, .. } => vec![*otherwise],
            Node::Parts { next, .. } => vec![*next],
            Node::Switch {
                branches,
                otherwise,
                ..
            } => branches
                .iter()
                .map(|branch| branch.next)
                .chain(*otherwise)
                .collect(),
        }
    }
}

/// All states of one match.
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) root: NodeId,
    /// The variable of each place.
    pub(super) places: Vec<Binder>,
}

/// What an arm's node is known by.
type ArmKey = (usize, Vec<(VarId, Place)>, Option<NodeId>);

pub(super) struct Builder<'s> {
    session: &'s mut Session,
    lists: Lists,
    places: Vec<Binder>,
    nodes: Vec<Node>,
    arms: FxHashMap<ArmKey, NodeId>,
    states: FxHashMap<Vec<u32>, NodeId>,
    fail: Option<NodeId>,
    steps: usize,
    tests: usize,
}

impl<'s> Builder<'s> {
    /// A builder that knows the places which the match begins with.
    pub(super) fn new(session: &'s mut Session, lists: Lists, places: Vec<Binder>) -> Builder<'s> {
        Builder {
            session,
            lists,
            places,
            nodes: Vec::new(),
            arms: FxHashMap::default(),
            states: FxHashMap::default(),
            fail: None,
            steps: 0,
            tests: 0,
        }
    }

    /// The graph of all rows. Reports a match that is too large, or that does not cover its values.
    pub(super) fn build(mut self, rows: Vec<Row<'_>>, span: Span) -> Tree {
        let root = self.state(rows);
        if self.is_too_large() {
            self.session.report(
                Diagnostic::error(
                    codes::TREE_TOO_LARGE,
                    "the decision tree of this match is too large",
                )
                .at(span, format!("it has more than {TEST_LIMIT} tests"))
                .help("split it into several matches, or match fewer values at once"),
            );
        } else if self.fail.is_some() {
            self.session.report(
                Diagnostic::error(
                    codes::NOT_EXHAUSTIVE,
                    "this match does not cover every value",
                )
                .at(span, ""),
            );
        }
        Tree {
            nodes: self.nodes,
            root,
            places: self.places,
        }
    }

    fn is_too_large(&self) -> bool {
        self.tests > TEST_LIMIT || self.steps > STEP_LIMIT
    }

    fn add(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    fn fail(&mut self) -> NodeId {
        match self.fail {
            Some(fail) => fail,
            None => {
                let fail = self.add(Node::Fail);
                *self.fail.insert(fail)
            }
        }
    }

    fn arm(
        &mut self,
        arm: usize,
        mut binds: Vec<(VarId, Place)>,
        otherwise: Option<NodeId>,
    ) -> NodeId {
        binds.sort_unstable();
        match self.arms.entry((arm, binds.clone(), otherwise)) {
            Entry::Occupied(node) => *node.get(),
            Entry::Vacant(entry) => {
                self.nodes.push(match otherwise {
                    Some(otherwise) => Node::Guard {
                        arm,
                        binds,
                        otherwise,
                    },
                    None => Node::Leaf { arm, binds },
                });
                *entry.insert(self.nodes.len() - 1)
            }
        }
    }

    /// The node of a state: guards that are tried in order, then a question or an arm.
    fn state(&mut self, mut rows: Vec<Row<'_>>) -> NodeId {
        let guards = rows
            .iter()
            .position(|row| !row.guarded || !row.tests.is_empty())
            .unwrap_or(rows.len());
        let others = rows.split_off(guards);
        let node = match others.first() {
            None => self.fail(),
            Some(first) if first.tests.is_empty() => self.arm(first.arm, first.binds.clone(), None),
            Some(_) => self.test(others),
        };
        rows.into_iter().rev().fold(node, |otherwise, row| {
            self.arm(row.arm, row.binds, Some(otherwise))
        })
    }

    fn test(&mut self, rows: Vec<Row<'_>>) -> NodeId {
        let key = matrix::key(&rows);
        if let Some(&node) = self.states.get(&key) {
            return node;
        }
        self.steps += rows.len();
        if self.is_too_large() {
            return self.fail();
        }
        let Some(place) = matrix::choose(&rows) else {
            return self.fail();
        };
        let (session, places) = (&mut *self.session, &mut self.places);
        let split = matrix::split(rows, place, self.lists, &mut self.steps, |head, pats| {
            components(session, places, place, head, pats)
        });
        let mut groups = split.groups;
        let node = if groups.iter().all(|group| !group.head.is_refutable())
            && let Some(group) = groups.pop()
        {
            let next = self.state(group.rows);
            Node::Parts {
                place,
                parts: group.children,
                next,
            }
        } else {
            self.tests += 1;
            let covered = groups.first().is_some_and(|group| match group.head {
                Head::Con(con) => self.constructors(con) == groups.len(),
                _ => false,
            });
            let branches = groups.into_iter().map(|group| {
                let next = self.state(group.rows);
                Branch {
                    head: group.head,
                    fields: group.children,
                    next,
                }
            });
            let branches = branches.collect();
            let otherwise = (!covered).then(|| self.state(split.others));
            Node::Switch {
                place,
                branches,
                otherwise,
            }
        };
        let node = self.add(node);
        self.states.insert(key, node);
        node
    }

    /// The number of constructors of the type that a constructor belongs to.
    fn constructors(&self, con: ConId) -> usize {
        let data = self
            .session
            .constructors
            .get(con)
            .and_then(|info| self.session.tycons.get(info.data?));
        data.map_or(0, |data| data.constructors.len())
    }
}

/// Places for all fields of a constructor, and for those components of a tuple or a record that are asked for.
fn components(
    session: &mut Session,
    places: &mut Vec<Binder>,
    place: Place,
    head: &Head,
    pats: &[Pat<'_>],
) -> Vec<Child> {
    let whole = places.get(place as usize).copied();
    let parts: Vec<(Part, TyId)> = match head {
        Head::Con(con) => {
            let args = whole
                .and_then(|whole| session.as_data(whole.ty))
                .map(|(_, args)| args)
                .unwrap_or_default();
            let types = session.field_types(*con, &args);
            types
                .into_iter()
                .enumerate()
                .map(|(index, ty)| (Part::Index(index), ty))
                .collect()
        }
        Head::Tuple | Head::Record => asked_parts(session, pats),
        _ => Vec::new(),
    };
    let span = whole.map_or(Span::NONE, |whole| session.core.var(whole.var).span);
    let children = parts.into_iter().map(|(part, ty)| {
        let name = pats.iter().find_map(|pat| pat.part(part)?.name());
        let var = match (name, part) {
            (Some(name), _) => session.core.fresh_var_like(name),
            (None, Part::Label(label)) => session.core.fresh_var(label, span),
            (None, Part::Index(_)) => session.core.fresh_named("field", span),
        };
        places.push(Binder::new(var, ty));
        (part, (places.len() - 1) as Place)
    });
    children.collect()
}

/// The components of tuples or records that any pattern says something about, with their types.
fn asked_parts(session: &mut Session, pats: &[Pat<'_>]) -> Vec<(Part, TyId)> {
    let mut parts: Vec<(Part, TyId)> = Vec::new();
    let mut known: rustc_hash::FxHashSet<Part> = rustc_hash::FxHashSet::default();
    for pat in pats {
        let asked: Vec<(Part, &Pattern)> = match pat {
            Pat::Whole(Pattern::Tuple { items, .. }) => items
                .iter()
                .enumerate()
                .map(|(index, item)| (Part::Index(index), item))
                .collect(),
            Pat::Whole(Pattern::Record { fields, .. }) => fields
                .iter()
                .map(|field| (Part::Label(field.label), &field.pattern))
                .collect(),
            _ => Vec::new(),
        };
        for (part, pattern) in asked {
            if !Pat::Whole(pattern).is_wild() && known.insert(part) {
                parts.push((part, type_of(session, pattern)));
            }
        }
    }
    parts
}

/// The type of the values that a pattern is for.
pub(super) fn type_of(session: &mut Session, pattern: &Pattern) -> TyId {
    match pattern {
        Pattern::Wild { type_, .. } | Pattern::Record { type_, .. } => *type_,
        Pattern::Bind { binder, .. } | Pattern::As { binder, .. } => binder.ty,
        Pattern::Lit { lit, .. } => match lit {
            Lit::Int(_) => session.int(),
            Lit::Float(_) => session.float(),
            Lit::Char(_) => session.char(),
            Lit::Text(_) => session.text(),
        },
        Pattern::Con { con, types, .. } => {
            let Some(data) = session.constructors.get(*con).and_then(|info| info.data) else {
                return TyId::NONE;
            };
            let head = session.types.intern(ir_defs::types::Type::Con(data));
            session.types.apply(head, types.clone())
        }
        Pattern::Tuple { items, .. } => {
            let items = items.iter().map(|item| type_of(session, item)).collect();
            session.tuple(items)
        }
        Pattern::List { item, .. } => session.list(*item),
    }
}
