//! The order in which definitions are simplified: those that one mentions come before it.
//!
//! Tarjan's algorithm (1972) for strongly connected components, with its stack on the heap.

use ir_defs::tables::GlobalId;
use rustc_hash::FxHashMap;

/// All `globals`, callees first, each with whether it can reach itself.
pub fn callees_first(
    globals: &[GlobalId],
    mentions: &FxHashMap<GlobalId, Vec<GlobalId>>,
) -> Vec<(GlobalId, bool)> {
    components(globals, mentions)
        .into_iter()
        .flat_map(|(component, is_recursive)| {
            component
                .into_iter()
                .map(move |global| (global, is_recursive))
        })
        .collect()
}

/// The sets of globals that reach one another, callees first, each with whether they do.
pub fn components(
    globals: &[GlobalId],
    mentions: &FxHashMap<GlobalId, Vec<GlobalId>>,
) -> Vec<(Vec<GlobalId>, bool)> {
    let mut search = Search {
        mentions,
        marks: FxHashMap::default(),
        open: Vec::new(),
        order: Vec::new(),
    };
    for &global in globals {
        search.visit(global);
    }
    search.order
}

struct Mark {
    index: usize,
    low: usize,
    is_open: bool,
}

struct Search<'m> {
    mentions: &'m FxHashMap<GlobalId, Vec<GlobalId>>,
    marks: FxHashMap<GlobalId, Mark>,
    open: Vec<GlobalId>,
    order: Vec<(Vec<GlobalId>, bool)>,
}

impl Search<'_> {
    fn mentions_of(&self, global: GlobalId) -> &[GlobalId] {
        self.mentions.get(&global).map_or(&[], Vec::as_slice)
    }

    fn enter(&mut self, global: GlobalId) -> bool {
        if self.marks.contains_key(&global) || !self.mentions.contains_key(&global) {
            return false;
        }
        let index = self.marks.len();
        self.marks.insert(
            global,
            Mark {
                index,
                low: index,
                is_open: true,
            },
        );
        self.open.push(global);
        true
    }

    fn lower(&mut self, global: GlobalId, low: usize) {
        if let Some(mark) = self.marks.get_mut(&global) {
            mark.low = mark.low.min(low);
        }
    }

    fn visit(&mut self, root: GlobalId) {
        if !self.enter(root) {
            return;
        }
        let mut path = vec![(root, 0)];
        while let Some((global, next)) = path.pop() {
            if let Some(&mentioned) = self.mentions_of(global).get(next) {
                path.push((global, next + 1));
                if self.enter(mentioned) {
                    path.push((mentioned, 0));
                } else if let Some(index) = self
                    .marks
                    .get(&mentioned)
                    .filter(|mark| mark.is_open)
                    .map(|mark| mark.index)
                {
                    self.lower(global, index);
                }
                continue;
            }
            let Some(&Mark { index, low, .. }) = self.marks.get(&global) else {
                continue;
            };
            if let Some(&(caller, _)) = path.last() {
                self.lower(caller, low);
            }
            if low == index {
                self.close(global);
            }
        }
    }

    /// All open globals from `first` on are one component.
    fn close(&mut self, first: GlobalId) {
        let start = self
            .open
            .iter()
            .rposition(|&open| open == first)
            .unwrap_or(0);
        let component = self.open.split_off(start);
        let is_recursive = component.len() > 1 || self.mentions_of(first).contains(&first);
        for global in &component {
            if let Some(mark) = self.marks.get_mut(global) {
                mark.is_open = false;
            }
        }
        self.order.push((component, is_recursive));
    }
}
