//! Which variables share a slot: those that are never in their slots at the same time.
//!
//! A variable has its slot from the first to the last node, in the order of the text, at which it is held there:
//! linear scan (M. Poletto and V. Sarkar, "Linear scan register allocation", 1999). So the work grows with the
//! variables and not with their pairs.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use nanopass::VarId;
use rustc_hash::FxHashMap;

use super::graph::{Graph, NodeId};
use super::set::Set;

/// The first and the last node of each variable that is saved.
#[derive(Default)]
pub(super) struct Spans(FxHashMap<VarId, (NodeId, NodeId)>);

impl Spans {
    /// A variable is saved at a node.
    pub fn save(&mut self, var: VarId, node: NodeId) {
        self.0.entry(var).or_insert((node, node));
        self.hold(var, node, node);
    }

    /// A variable is held from one node to another. Code that is never reached may want some that are not saved.
    pub fn hold(&mut self, var: VarId, first: NodeId, last: NodeId) {
        if let Some(span) = self.0.get_mut(&var) {
            *span = (span.0.min(first), span.1.max(last));
        }
    }

    /// Where control goes back in the text, to the head of a loop, a join point or a handler, what is held there is
    /// held all the way. `held` has what is held before each block.
    pub fn extend_over_returns(&mut self, graph: &Graph, held: &[Set<VarId>]) {
        for (block, held) in graph.blocks.iter().zip(held) {
            let from = block.predecessors.iter().filter_map(|&from| {
                let end = graph.blocks.get(from)?.nodes.end.checked_sub(1)?;
                (end >= block.nodes.start).then_some(end)
            });
            if let Some(last) = from.max() {
                held.iter()
                    .for_each(|var| self.hold(var, block.nodes.start, last));
            }
        }
    }

    /// The first free slot for each, in the order in which they begin.
    pub fn slots(self) -> FxHashMap<VarId, u32> {
        let mut order: Vec<(NodeId, VarId, NodeId)> = self
            .0
            .into_iter()
            .map(|(var, (first, last))| (first, var, last))
            .collect();
        order.sort_unstable();
        let mut slots = FxHashMap::default();
        let mut free: BinaryHeap<Reverse<u32>> = BinaryHeap::new();
        let mut taken: BinaryHeap<Reverse<(NodeId, u32)>> = BinaryHeap::new();
        for (first, var, last) in order {
            while let Some(&Reverse((end, slot))) = taken.peek()
                && end < first
            {
                taken.pop();
                free.push(Reverse(slot));
            }
            let next = taken.len() as u32;
            let slot = free.pop().map_or(next, |Reverse(slot)| slot);
            taken.push(Reverse((last, slot)));
            slots.insert(var, slot);
        }
        slots
    }
}
