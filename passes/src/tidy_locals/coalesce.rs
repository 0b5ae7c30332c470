//! Locals of one type that never hold something needed at the same time become one. Greedy colouring of the
//! interference graph (Chaitin 1982); copies do not interfere, and try to share a local, so that they vanish. The
//! graph of a large function would be too large: see [`super::spans`].

use ir_defs::wasm::{Function, Instr, WasmLocal};
use nanopass::VarId;
use rustc_hash::FxHashMap;

use super::liveness::{LocalSet, Locals, OnWrite, Walk};

/// Beyond this many locals the graph is too large for what it gains.
const LIMIT: usize = 2048;

struct Interference {
    /// For each local, those that must not share with it.
    edges: Vec<LocalSet>,
    /// For each local, another that it is copied from.
    copies: Vec<Option<usize>>,
}

impl OnWrite for Interference {
    fn write(&mut self, local: usize, copied: Option<usize>, live: &LocalSet) -> bool {
        let mut others = live.clone();
        others.remove(local);
        if let Some(copied) = copied {
            others.remove(copied);
            if let Some(copy) = self.copies.get_mut(local) {
                *copy = Some(copied);
            }
        }
        if let Some(edges) = self.edges.get_mut(local) {
            edges.union(&others);
        }
        true
    }
}

/// A local that others share.
struct Slot {
    local: WasmLocal,
    /// The last local that may not be in it.
    excludes: Option<usize>,
}

/// Shares locals.
pub(super) fn coalesce(function: &mut Function) {
    let locals = Locals::of(function);
    let count = locals.vars.len();
    if count > LIMIT {
        return super::spans::share(function, &locals);
    }
    let mut graph = Interference {
        edges: vec![LocalSet::new(count); count],
        copies: vec![None; count],
    };
    let at_start = Walk::function(function, &locals, &mut graph);
    // Parameters that are read, and locals that are read before they are written and hold zero, exist from the start.
    for local in at_start.iter() {
        if let Some(edges) = graph.edges.get_mut(local) {
            edges.union(&at_start);
            edges.remove(local);
        }
    }
    symmetric(&mut graph.edges);

    let params = function.params.len();
    let declared: Vec<&WasmLocal> = function.params.iter().chain(&function.locals).collect();
    let source = |number: usize| graph.copies.get(number).copied().flatten();
    // Copies first, while the locals that they are copied from have room; those of parameters before all.
    let mut order: Vec<usize> = (params..count).collect();
    order.sort_by_key(|number| source(*number).unwrap_or(usize::MAX));
    let mut slots: Vec<Slot> = Vec::new();
    let mut place: Vec<Option<usize>> = vec![None; count];
    for number in (0..params).chain(order) {
        let (Some(edges), Some(local)) = (graph.edges.get(number), declared.get(number)) else {
            continue;
        };
        for other in edges.iter() {
            let place = place.get(other).copied().flatten();
            if let Some(slot) = place.and_then(|place| slots.get_mut(place)) {
                slot.excludes = Some(number);
            }
        }
        // A local that must start as zero cannot be a parameter's.
        let first = if at_start.contains(number) { params } else { 0 };
        let fits = |index: &usize| {
            *index >= first
                && slots.get(*index).is_some_and(|slot| {
                    slot.local.type_ == local.type_ && slot.excludes != Some(number)
                })
        };
        let found = if number < params {
            None
        } else {
            let preferred = source(number).and_then(|copied| place.get(copied).copied().flatten());
            preferred
                .filter(fits)
                .or_else(|| (first..slots.len()).find(fits))
        };
        let index = found.unwrap_or_else(|| {
            slots.push(Slot {
                local: (*local).clone(),
                excludes: None,
            });
            slots.len() - 1
        });
        if let Some(place) = place.get_mut(number) {
            *place = Some(index);
        }
    }

    let shared: FxHashMap<VarId, VarId> = locals
        .vars
        .iter()
        .zip(&place)
        .filter_map(|(var, slot)| Some((*var, slots.get((*slot)?)?.local.var)))
        .collect();
    rename(&mut function.body, &shared);
    function.locals = slots
        .into_iter()
        .skip(params)
        .map(|slot| slot.local)
        .collect();
}

fn symmetric(edges: &mut [LocalSet]) {
    for a in 0..edges.len() {
        let neighbours: Vec<usize> = edges
            .get(a)
            .map(|set| set.iter().collect())
            .unwrap_or_default();
        for b in neighbours {
            if let Some(set) = edges.get_mut(b) {
                set.insert(a);
            }
        }
    }
}

/// Writes the locals that are shared in place of those that share them.
pub(super) fn rename(list: &mut Vec<Instr>, shared: &FxHashMap<VarId, VarId>) {
    super::each_list(list, &mut |list| {
        for instr in list.iter_mut() {
            if let Instr::Get { var, .. } | Instr::Set { var, .. } | Instr::Tee { var, .. } = instr
                && let Some(other) = shared.get(var)
            {
                *var = *other;
            }
        }
    });
}
