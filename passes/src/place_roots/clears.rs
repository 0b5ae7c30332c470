//! Slots that hold nothing yet, or something that nobody needs, are emptied where the collector looks: the first would
//! lead it astray, the second would keep garbage.

use ir_defs::rooted::Stmt;
use ir_defs::terminals::IntLit;
use nanopass::Meta;
use rustc_hash::FxHashMap;

use super::edit::Edit;
use super::flow::{Meet, backward, each_backward, each_forward};
use super::graph::{Graph, Kind, NodeId};
use super::set::{Element, Set};

/// What a slot may hold that is not the null word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Content {
    /// A value word.
    Value(u32),
    /// Whatever was in memory.
    Anything(u32),
}

/// Slots have smaller numbers.
const ANYTHING: u32 = 1 << 31;

impl Element for Content {
    fn number(self) -> u32 {
        match self {
            Content::Value(slot) => slot,
            Content::Anything(slot) => slot | ANYTHING,
        }
    }

    fn of(number: u32) -> Content {
        if number < ANYTHING {
            Content::Value(number)
        } else {
            Content::Anything(number & !ANYTHING)
        }
    }
}

/// By node: the slots to be emptied.
#[derive(Default)]
pub(super) struct Clears {
    slots: FxHashMap<NodeId, Vec<u32>>,
}

impl Clears {
    /// For a function with its frames.
    pub fn of(graph: &Graph) -> Clears {
        let kind = |node: NodeId| graph.nodes.get(node).map_or(Kind::Plain, |node| node.kind);
        let hold = |node: NodeId, set: &mut Set<Content>| match kind(node) {
            Kind::Reload(slot) => set.insert(Content::Value(slot)),
            Kind::Save(slot) => set.remove(Content::Value(slot)),
            Kind::Frame(_) => set.clear(),
            _ => {}
        };
        let before = backward(graph, &hold);
        // What is reloaded later.
        let mut held: FxHashMap<NodeId, Set<Content>> = FxHashMap::default();
        each_backward(graph, &before, &hold, &mut |node, set| {
            if matches!(kind(node), Kind::Collect | Kind::Reserve) {
                held.insert(node, set.clone());
            }
        });
        let transfer = |node: NodeId, set: &mut Set<Content>| {
            if !graph.nodes.get(node).is_some_and(|node| node.is_framed) {
                set.clear();
            }
            match kind(node) {
                Kind::Frame(slots) => set.extend((0..slots).map(Content::Anything)),
                Kind::Save(slot) => {
                    set.remove(Content::Anything(slot));
                    set.insert(Content::Value(slot));
                }
                Kind::Collect => *set = held.get(&node).cloned().unwrap_or_default(),
                _ => {}
            }
        };
        let mut slots = FxHashMap::default();
        each_forward(graph, Meet::Union, &transfer, &mut |node, set| {
            let Some(held) = held.get(&node) else { return };
            if !graph.nodes.get(node).is_some_and(|node| node.is_framed) {
                return;
            }
            let is_reserve = kind(node) == Kind::Reserve;
            let not_held = set.difference(held);
            let found = not_held.iter().filter_map(|content| match content {
                Content::Anything(slot) => (!held.contains(Content::Value(slot))).then_some(slot),
                Content::Value(slot) => (!is_reserve).then_some(slot),
            });
            let found: Set<u32> = found.collect();
            if !found.is_empty() {
                slots.insert(node, found.iter().collect());
            }
        });
        Clears { slots }
    }
}

impl Edit for Clears {
    fn before(&mut self, node: NodeId) -> Vec<Stmt> {
        let slots = self.slots.remove(&node).unwrap_or_default();
        let clear = |slot| Stmt::Clear {
            meta: Meta::NONE,
            slot: IntLit(slot),
        };
        slots.into_iter().map(clear).collect()
    }

    fn behind(&mut self, _node: NodeId) -> Vec<Stmt> {
        Vec::new()
    }

    fn reserve(&mut self, node: NodeId, statement: &mut Stmt) {
        if let Stmt::Reserve { cleared, .. } = statement {
            let slots = self.slots.remove(&node).unwrap_or_default();
            cleared.extend(slots.into_iter().map(IntLit));
        }
    }
}
