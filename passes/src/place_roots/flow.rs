//! Dataflow over a function's graph: sets that grow or shrink along the edges until nothing changes.

use super::graph::{BlockId, Graph, NodeId};
use super::set::{Element, Set};

/// Changes the set on one side of a node into that on the other.
pub(super) type Transfer<'t, T> = &'t dyn Fn(NodeId, &mut Set<T>);

/// All blocks, each behind its successors where there is no loop.
fn postorder(graph: &Graph) -> Vec<BlockId> {
    let mut order = Vec::with_capacity(graph.blocks.len());
    let mut seen = vec![false; graph.blocks.len()];
    for start in 0..graph.blocks.len() {
        let mut open = vec![(start, false)];
        while let Some((block, is_done)) = open.pop() {
            if is_done {
                order.push(block);
                continue;
            }
            let Some(seen) = seen.get_mut(block) else {
                continue;
            };
            if std::mem::replace(seen, true) {
                continue;
            }
            open.push((block, true));
            let successors = graph.blocks.get(block).map(|block| &block.successors);
            open.extend(successors.into_iter().flatten().map(|&next| (next, false)));
        }
    }
    order
}

/// What holds before each block, from what holds at the beginnings of those that can follow it: the union.
pub(super) fn backward<T: Element + PartialEq>(
    graph: &Graph,
    transfer: Transfer<'_, T>,
) -> Vec<Set<T>> {
    let order = postorder(graph);
    let mut before: Vec<Set<T>> = vec![Set::new(); graph.blocks.len()];
    let mut changes = true;
    while changes {
        changes = false;
        for &block in &order {
            let mut set = behind(graph, &before, block);
            if let Some(block) = graph.blocks.get(block) {
                block
                    .nodes
                    .clone()
                    .rev()
                    .for_each(|node| transfer(node, &mut set));
            }
            if let Some(known) = before.get_mut(block)
                && *known != set
            {
                *known = set;
                changes = true;
            }
        }
    }
    before
}

fn behind<T: Element + PartialEq>(graph: &Graph, before: &[Set<T>], block: BlockId) -> Set<T> {
    let successors = graph.blocks.get(block).map(|block| &block.successors);
    let sets = successors.into_iter().flatten();
    let sets = sets.filter_map(|&next| before.get(next));
    sets.fold(Set::new(), |mut union, set| {
        union.unite(set);
        union
    })
}

/// Shows each node with what holds behind it.
pub(super) fn each_backward<T: Element + PartialEq>(
    graph: &Graph,
    before: &[Set<T>],
    transfer: Transfer<'_, T>,
    visit: &mut dyn FnMut(NodeId, &Set<T>),
) {
    for (index, block) in graph.blocks.iter().enumerate() {
        let mut set = behind(graph, before, index);
        for node in block.nodes.clone().rev() {
            visit(node, &set);
            transfer(node, &mut set);
        }
    }
}

/// How sets meet where control does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Meet {
    /// What holds on one way or another.
    Union,
    /// What holds on all ways.
    Intersection,
}

/// Shows each node with what holds before it, from what holds at the ends of the blocks that it can follow; at the
/// beginning of the function nothing does.
pub(super) fn each_forward<T: Element + PartialEq>(
    graph: &Graph,
    meet: Meet,
    transfer: Transfer<'_, T>,
    visit: &mut dyn FnMut(NodeId, &Set<T>),
) {
    let mut order = postorder(graph);
    order.reverse();
    // `None` where control has not come yet, which restricts nothing.
    let mut ends: Vec<Option<Set<T>>> = vec![None; graph.blocks.len()];
    let before = |ends: &[Option<Set<T>>], block: BlockId| -> Set<T> {
        let predecessors = graph.blocks.get(block).map(|block| &block.predecessors);
        let predecessors = predecessors.into_iter().flatten();
        let sets = predecessors.filter_map(|&from| ends.get(from).and_then(Option::as_ref));
        let mut sets = sets;
        let first = sets.next().cloned().unwrap_or_default();
        sets.fold(first, |mut all, set| match meet {
            Meet::Union => {
                all.unite(set);
                all
            }
            Meet::Intersection => all.intersection(set),
        })
    };
    let mut changes = true;
    while changes {
        changes = false;
        for &block in &order {
            let mut set = before(&ends, block);
            if let Some(block) = graph.blocks.get(block) {
                block
                    .nodes
                    .clone()
                    .for_each(|node| transfer(node, &mut set));
            }
            if let Some(end) = ends.get_mut(block)
                && end.as_ref() != Some(&set)
            {
                *end = Some(set);
                changes = true;
            }
        }
    }
    for (index, block) in graph.blocks.iter().enumerate() {
        let mut set = before(&ends, index);
        for node in block.nodes.clone() {
            visit(node, &set);
            transfer(node, &mut set);
        }
    }
}
