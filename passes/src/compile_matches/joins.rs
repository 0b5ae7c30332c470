//! Which nodes of a graph of tests are join points, and where these are made.

use super::emit::Emit;
use super::tree::{Node, NodeId};

impl Emit<'_, '_> {
    /// Finds the nodes that are reached, and gives a label to each that several others lead to, at its nearest
    /// dominator. Nodes come after those that they lead to, so each is seen after all that lead to it.
    pub(super) fn find_joins(&mut self, root: NodeId) -> Vec<NodeId> {
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
