//! Sharing locals in large functions: one that is written behind the last use of another of its type takes its place.
//! Linear scan (M. Poletto and V. Sarkar, "Linear scan register allocation", 1999), in the order of the text.
//!
//! A local is in use from the first to the last instruction that names it. Control goes back in the text at loops only,
//! so what is live at the head of a loop is in use in all of it; parameters, and what is read before it is written, are
//! in use from the start.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use ir_defs::ops::WasmType;
use ir_defs::terminals::LabelId;
use ir_defs::wasm::{Function, Instr, WasmLocal};
use nanopass::VarId;
use rustc_hash::FxHashMap;

use super::coalesce::rename;
use super::liveness::{LocalSet, Locals, OnWrite, Walk};

/// What is live at the heads of loops.
#[derive(Default)]
struct Heads(FxHashMap<LabelId, LocalSet>);

impl OnWrite for Heads {
    fn write(&mut self, _: usize, _: Option<usize>, _: &LocalSet) -> bool {
        true
    }

    fn head(&mut self, label: LabelId, live: &LocalSet) {
        self.0.insert(label, live.clone());
    }
}

/// The first and the last instruction at which each local is in use.
struct Spans<'a> {
    locals: &'a Locals,
    heads: &'a Heads,
    spans: Vec<Option<(usize, usize)>>,
    position: usize,
}

impl Spans<'_> {
    fn add(&mut self, local: usize, first: usize, last: usize) {
        if let Some(span) = self.spans.get_mut(local) {
            let (start, end) = span.unwrap_or((first, last));
            *span = Some((start.min(first), end.max(last)));
        }
    }

    fn list(&mut self, list: &[Instr]) {
        for instr in list {
            self.position += 1;
            match instr {
                Instr::Get { var, .. } | Instr::Set { var, .. } | Instr::Tee { var, .. } => {
                    self.add(self.locals.number(*var), self.position, self.position);
                }
                Instr::Loop { label, body, .. } => {
                    let first = self.position;
                    self.list(body);
                    let heads = self.heads;
                    for local in heads.0.get(label).into_iter().flat_map(LocalSet::iter) {
                        self.add(local, first, self.position);
                    }
                }
                Instr::Block { body, .. } => self.list(body),
                Instr::If { then, else_, .. } => {
                    self.list(then);
                    self.list(else_);
                }
                _ => {}
            }
        }
    }
}

/// Shares the locals of a function.
pub(super) fn share(function: &mut Function, locals: &Locals) {
    let mut heads = Heads::default();
    let at_start = Walk::function(function, locals, &mut heads);
    let mut spans = Spans {
        locals,
        heads: &heads,
        spans: vec![None; locals.vars.len()],
        position: 0,
    };
    spans.list(&function.body);
    let params = function.params.len();
    for local in at_start.iter().chain(0..params) {
        spans.add(local, 0, 0);
    }
    let declared = function.params.iter().chain(&function.locals);
    let mut order: Vec<(usize, usize, usize, &WasmLocal)> = declared
        .zip(spans.spans)
        .enumerate()
        .filter_map(|(number, (local, span))| {
            let (first, last) = span?;
            Some((first, number, last, local))
        })
        .collect();
    order.sort_unstable_by_key(|(first, number, ..)| (*first, *number));
    let mut shared: FxHashMap<VarId, VarId> = FxHashMap::default();
    let mut places: Vec<WasmLocal> = Vec::new();
    // By type: the places in use, which are free behind an instruction, and those that are free, in their order.
    let mut taken: FxHashMap<WasmType, BinaryHeap<Reverse<(usize, usize)>>> = FxHashMap::default();
    let mut free: FxHashMap<WasmType, BinaryHeap<Reverse<usize>>> = FxHashMap::default();
    for (first, number, last, local) in order {
        let taken = taken.entry(local.type_).or_default();
        let free = free.entry(local.type_).or_default();
        while let Some(&Reverse((end, place))) = taken.peek()
            && end < first
        {
            taken.pop();
            free.push(Reverse(place));
        }
        // What is read before it is written begins at the start, where nothing is free, and so gets a place of its own.
        let place = match free.pop() {
            Some(Reverse(place)) if number >= params => place,
            _ => {
                places.push(local.clone());
                places.len() - 1
            }
        };
        taken.push(Reverse((last, place)));
        shared.extend(places.get(place).map(|place| (local.var, place.var)));
    }
    rename(&mut function.body, &shared);
    function.locals = places.into_iter().skip(params).collect();
}
