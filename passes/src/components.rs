//! The order in which definitions are simplified: those that one mentions come before it. The same of types, by their
//! parts.
//!
//! Tarjan's algorithm (1972) for strongly connected components, with its stack on the heap.

use std::hash::Hash;

use rustc_hash::FxHashMap;

/// All `nodes`, callees first, each with whether it can reach itself.
pub fn callees_first<N: Copy + Eq + Hash>(
    nodes: &[N],
    mentions: &FxHashMap<N, Vec<N>>,
) -> Vec<(N, bool)> {
    components(nodes, mentions)
        .into_iter()
        .flat_map(|(component, is_recursive)| {
            component.into_iter().map(move |node| (node, is_recursive))
        })
        .collect()
}

/// The sets of nodes that reach one another, callees first, each with whether they do. A node without an entry in
/// `mentions` is left out.
pub fn components<N: Copy + Eq + Hash>(
    nodes: &[N],
    mentions: &FxHashMap<N, Vec<N>>,
) -> Vec<(Vec<N>, bool)> {
    let mut search = Search {
        mentions,
        marks: FxHashMap::default(),
        open: Vec::new(),
        order: Vec::new(),
    };
    for &node in nodes {
        search.visit(node);
    }
    search.order
}

struct Mark {
    index: usize,
    low: usize,
    is_open: bool,
}

struct Search<'m, N> {
    mentions: &'m FxHashMap<N, Vec<N>>,
    marks: FxHashMap<N, Mark>,
    open: Vec<N>,
    order: Vec<(Vec<N>, bool)>,
}

impl<N: Copy + Eq + Hash> Search<'_, N> {
    fn mentions_of(&self, node: N) -> &[N] {
        self.mentions.get(&node).map_or(&[], Vec::as_slice)
    }

    fn enter(&mut self, node: N) -> bool {
        if self.marks.contains_key(&node) || !self.mentions.contains_key(&node) {
            return false;
        }
        let index = self.marks.len();
        self.marks.insert(
            node,
            Mark {
                index,
                low: index,
                is_open: true,
            },
        );
        self.open.push(node);
        true
    }

    fn lower(&mut self, node: N, low: usize) {
        if let Some(mark) = self.marks.get_mut(&node) {
            mark.low = mark.low.min(low);
        }
    }

    fn visit(&mut self, root: N) {
        if !self.enter(root) {
            return;
        }
        let mut path = vec![(root, 0)];
        while let Some((node, next)) = path.pop() {
            if let Some(&mentioned) = self.mentions_of(node).get(next) {
                path.push((node, next + 1));
                if self.enter(mentioned) {
                    path.push((mentioned, 0));
                } else if let Some(index) = self
                    .marks
                    .get(&mentioned)
                    .filter(|mark| mark.is_open)
                    .map(|mark| mark.index)
                {
                    self.lower(node, index);
                }
                continue;
            }
            let Some(&Mark { index, low, .. }) = self.marks.get(&node) else {
                continue;
            };
            if let Some(&(caller, _)) = path.last() {
                self.lower(caller, low);
            }
            if low == index {
                self.close(node);
            }
        }
    }

    /// All open nodes from `first` on are one component.
    fn close(&mut self, first: N) {
        let start = self
            .open
            .iter()
            .rposition(|&open| open == first)
            .unwrap_or(0);
        let component = self.open.split_off(start);
        let is_recursive = component.len() > 1 || self.mentions_of(first).contains(&first);
        for node in &component {
            if let Some(mark) = self.marks.get_mut(node) {
                mark.is_open = false;
            }
        }
        self.order.push((component, is_recursive));
    }
}
