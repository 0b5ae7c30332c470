//! What is saved, reloaded and kept, and in which slot: four dataflow problems and their slots, one after the other.
//!
//! 1. *live*, backward: which variables are used later. What is live behind a collection point, and not its result,
//!    lives across it.
//! 2. *saved*, forward: what lies in its slot on every way. A variable is saved where it first lives across a point; if
//!    that is in a loop around which it lives, before the loop; if a handler uses it, before the attempt.
//! 3. *needed*, backward: what is used again before the next collection point. That is reloaded behind the point, or
//!    where a handler begins; and a `Reserve` keeps it. The rest stays where it is.
//! 4. *held*, backward: which slots hold something that is reloaded later.
//! 5. Slots are given out in the order of the text: see [`super::slots`].

use nanopass::VarId;
use rustc_hash::{FxHashMap, FxHashSet};

use super::flow::{Meet, backward, each_backward, each_forward};
use super::graph::{Graph, Kind, NodeId};
use super::set::Set;
use super::slots::Spans;

/// By node: what to add to the function.
#[derive(Default)]
pub(super) struct Decisions {
    /// Before the node.
    pub saves: FxHashMap<NodeId, Vec<VarId>>,
    /// Behind the node.
    pub reloads: FxHashMap<NodeId, Vec<VarId>>,
    /// Of a `Reserve`.
    pub kept: FxHashMap<NodeId, Vec<VarId>>,
    pub slots: FxHashMap<VarId, u32>,
}

type Vars = Set<VarId>;
type ByNode = FxHashMap<NodeId, Vars>;

fn list(set: &Vars) -> Vec<VarId> {
    set.iter().collect()
}

fn without(set: &Vars, defs: &[VarId]) -> Vars {
    let mut kept = set.clone();
    defs.iter().for_each(|var| kept.remove(*var));
    kept
}

struct Decide<'g> {
    graph: &'g Graph,
    /// What lives across a collection point; what is saved before a loop or an attempt.
    across: ByNode,
    /// The handlers that may be reached with stale variables.
    stale_handlers: FxHashSet<NodeId>,
}

/// Decides for a function.
pub(super) fn decide(graph: &Graph) -> Decisions {
    let mut decide = Decide {
        graph,
        across: ByNode::default(),
        stale_handlers: FxHashSet::default(),
    };
    decide.live();
    let saves = decide.saved();
    let mut decisions = Decisions::default();
    decide.needed(&saves, &mut decisions);
    decide.held(&saves, &mut decisions);
    let saves = saves.into_iter().map(|(node, vars)| (node, list(&vars)));
    decisions.saves = saves.collect();
    decisions
}

impl Decide<'_> {
    fn kind(&self, node: NodeId) -> Kind {
        self.graph
            .nodes
            .get(node)
            .map_or(Kind::Plain, |node| node.kind)
    }

    fn defs(&self, node: NodeId) -> &[VarId] {
        let node = self.graph.nodes.get(node);
        node.map(|node| node.defs.as_slice()).unwrap_or_default()
    }

    fn uses(&self, node: NodeId) -> &[VarId] {
        let node = self.graph.nodes.get(node);
        node.map(|node| node.uses.as_slice()).unwrap_or_default()
    }

    fn live(&mut self) {
        let transfer = |node: NodeId, set: &mut Vars| {
            self.defs(node).iter().for_each(|var| set.remove(*var));
            set.extend(self.uses(node).iter().copied());
        };
        let before = backward(self.graph, &transfer);
        let mut across = ByNode::default();
        // What is live behind the places that regions begin at.
        let mut behind = ByNode::default();
        each_backward(
            self.graph,
            &before,
            &transfer,
            &mut |node, set| match self.kind(node) {
                Kind::Collect => _ = across.insert(node, without(set, self.defs(node))),
                Kind::Enter => _ = behind.insert(node, set.clone()),
                Kind::Handler => _ = behind.insert(node, without(set, self.defs(node))),
                _ => {}
            },
        );
        let mut points: Vec<NodeId> = across.keys().copied().collect();
        points.sort_unstable();
        for region in &self.graph.regions {
            let first = points.partition_point(|&point| point < region.nodes.start);
            let inside = points.iter().skip(first);
            let mut inside = inside
                .take_while(|&&point| point < region.nodes.end)
                .peekable();
            if inside.peek().is_none() {
                continue;
            }
            let saved: Vars = match region.handler {
                Some(handler) => {
                    self.stale_handlers.insert(handler);
                    behind.get(&handler).cloned().unwrap_or_default()
                }
                None => {
                    let around = behind.get(&region.enter).cloned().unwrap_or_default();
                    let inside = inside.filter_map(|point| across.get(point));
                    let mut saved = Vars::new();
                    inside.for_each(|set| saved.unite(&set.intersection(&around)));
                    saved
                }
            };
            across.insert(region.enter, saved);
        }
        self.across = across;
    }

    /// What is to be saved where.
    fn saved(&self) -> ByNode {
        let transfer = |node: NodeId, set: &mut Vars| {
            if let Some(across) = self.across.get(&node) {
                set.unite(across);
            }
            self.defs(node).iter().for_each(|var| set.remove(*var));
        };
        let mut saves = ByNode::default();
        each_forward(
            self.graph,
            Meet::Intersection,
            &transfer,
            &mut |node, set| {
                if let Some(across) = self.across.get(&node) {
                    let missing = across.difference(set);
                    if !missing.is_empty() {
                        saves.insert(node, missing);
                    }
                }
            },
        );
        saves
    }

    fn needed(&self, saves: &ByNode, decisions: &mut Decisions) {
        let reloads = |node: NodeId| match self.kind(node) {
            Kind::Collect => true,
            Kind::Handler => self.stale_handlers.contains(&node),
            _ => false,
        };
        let transfer = |node: NodeId, set: &mut Vars| {
            if reloads(node) {
                set.clear();
            }
            self.defs(node).iter().for_each(|var| set.remove(*var));
            set.extend(self.uses(node).iter().copied());
            if let Some(saved) = saves.get(&node) {
                set.unite(saved);
            }
        };
        let before = backward(self.graph, &transfer);
        each_backward(self.graph, &before, &transfer, &mut |node, set| {
            let vars = list(&without(set, self.defs(node)));
            if vars.is_empty() {
                return;
            }
            if reloads(node) {
                decisions.reloads.insert(node, vars);
            } else if self.kind(node) == Kind::Reserve {
                decisions.kept.insert(node, vars);
            }
        });
    }

    fn held(&self, saves: &ByNode, decisions: &mut Decisions) {
        let transfer = |node: NodeId, set: &mut Vars| {
            if let Some(reloads) = decisions.reloads.get(&node) {
                set.extend(reloads.iter().copied());
            }
            self.defs(node).iter().for_each(|var| set.remove(*var));
            if self.kind(node) == Kind::Collect
                && let Some(across) = self.across.get(&node)
            {
                set.unite(across);
            }
            if let Some(saved) = saves.get(&node) {
                saved.iter().for_each(|var| set.remove(var));
            }
        };
        let before = backward(self.graph, &transfer);
        let mut spans = Spans::default();
        for (&node, saved) in saves {
            saved.iter().for_each(|var| spans.save(var, node));
        }
        for (&node, reloads) in &decisions.reloads {
            reloads.iter().for_each(|var| spans.hold(*var, node, node));
        }
        spans.extend_over_returns(self.graph, &before);
        decisions.slots = spans.slots();
    }
}
