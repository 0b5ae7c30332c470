//! Which locals are read later. A backward walk; loops are walked until the set at their head no longer grows.

use ir_defs::ops::WasmOp;
use ir_defs::terminals::LabelId;
use ir_defs::wasm::{Function, Instr};
use nanopass::VarId;
use rustc_hash::FxHashMap;

/// A set of locals, by their number in a [`Locals`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct LocalSet(Vec<u64>);

impl LocalSet {
    pub fn new(count: usize) -> LocalSet {
        LocalSet(vec![0; count.div_ceil(64)])
    }

    pub fn insert(&mut self, local: usize) {
        if let Some(word) = self.0.get_mut(local / 64) {
            *word |= 1 << (local % 64);
        }
    }

    pub fn remove(&mut self, local: usize) {
        if let Some(word) = self.0.get_mut(local / 64) {
            *word &= !(1 << (local % 64));
        }
    }

    pub fn contains(&self, local: usize) -> bool {
        self.0
            .get(local / 64)
            .is_some_and(|word| word >> (local % 64) & 1 == 1)
    }

    pub fn union(&mut self, other: &LocalSet) {
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    pub fn clear(&mut self) {
        self.0.fill(0);
    }

    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(index, word)| {
            std::iter::successors(Some(*word), |word| Some(word & word.wrapping_sub(1)))
                .take_while(|word| *word != 0)
                .map(move |word| index * 64 + word.trailing_zeros() as usize)
        })
    }
}

/// The locals of a function, parameters first, numbered.
pub(super) struct Locals {
    pub vars: Vec<VarId>,
    numbers: FxHashMap<VarId, usize>,
}

impl Locals {
    pub fn of(function: &Function) -> Locals {
        let vars: Vec<VarId> = function
            .params
            .iter()
            .chain(&function.locals)
            .map(|local| local.var)
            .collect();
        let numbers = vars
            .iter()
            .enumerate()
            .map(|(number, var)| (*var, number))
            .collect();
        Locals { vars, numbers }
    }

    /// The number of a local. Each is declared; see the check of the language.
    pub fn number(&self, var: VarId) -> usize {
        self.numbers.get(&var).copied().unwrap_or(usize::MAX)
    }
}

/// What a walk does where a local is written, with what is live after.
pub(super) trait OnWrite {
    /// `copied` is the local that the written value was read from just before, if it was. Whether to keep the write.
    fn write(&mut self, local: usize, copied: Option<usize>, live: &LocalSet) -> bool;

    /// What is live where a loop begins.
    fn head(&mut self, _loop: LabelId, _live: &LocalSet) {}
}

/// A backward walk over a function.
pub(super) struct Walk<'a, W> {
    locals: &'a Locals,
    on_write: &'a mut W,
    /// What is live where a branch to a label goes.
    labels: FxHashMap<LabelId, LocalSet>,
    /// Whether the sets are final, so that writes may be changed.
    is_final: bool,
}

impl<'a, W: OnWrite> Walk<'a, W> {
    /// Walks the body; what is live at its start.
    pub fn function(function: &mut Function, locals: &'a Locals, on_write: &'a mut W) -> LocalSet {
        let mut walk = Walk {
            locals,
            on_write,
            labels: FxHashMap::default(),
            is_final: true,
        };
        let mut live = LocalSet::new(locals.vars.len());
        walk.list(&mut function.body, &mut live);
        live
    }

    fn list(&mut self, list: &mut Vec<Instr>, live: &mut LocalSet) {
        let mut index = list.len();
        while index > 0 {
            index -= 1;
            let copied = match index.checked_sub(1).and_then(|before| list.get(before)) {
                Some(Instr::Get { var, .. }) => Some(self.locals.number(*var)),
                _ => None,
            };
            let Some(instr) = list.get_mut(index) else {
                continue;
            };
            match instr {
                Instr::Set { var, meta } => {
                    let local = self.locals.number(*var);
                    if !self.write(local, copied, live)
                        && let Some(op) = WasmOp::plain("drop")
                    {
                        *instr = Instr::Op { meta: *meta, op };
                    }
                    live.remove(local);
                }
                Instr::Tee { var, .. } => {
                    let local = self.locals.number(*var);
                    if !self.write(local, copied, live) {
                        list.remove(index);
                    }
                    live.remove(local);
                }
                instr => self.instr(instr, live),
            }
        }
    }

    fn write(&mut self, local: usize, copied: Option<usize>, live: &LocalSet) -> bool {
        !self.is_final || self.on_write.write(local, copied, live)
    }

    fn instr(&mut self, instr: &mut Instr, live: &mut LocalSet) {
        match instr {
            Instr::Get { var, .. } => live.insert(self.locals.number(*var)),
            Instr::Block { label, body, .. } => {
                self.labels.insert(*label, live.clone());
                self.list(body, live);
                self.labels.remove(label);
            }
            Instr::Loop { label, body, .. } => self.repeat(*label, body, live),
            Instr::If {
                label, then, else_, ..
            } => {
                if let Some(label) = label {
                    self.labels.insert(*label, live.clone());
                }
                let mut other = live.clone();
                self.list(then, live);
                self.list(else_, &mut other);
                live.union(&other);
                if let Some(label) = label {
                    self.labels.remove(label);
                }
            }
            Instr::Br { label, .. } => {
                live.clear();
                self.join(*label, live);
            }
            Instr::BrIf { label, .. } => self.join(*label, live),
            Instr::BrTable {
                labels, otherwise, ..
            } => {
                live.clear();
                for label in labels.iter().chain([&*otherwise]) {
                    self.join(*label, live);
                }
            }
            Instr::Return { .. }
            | Instr::Unreachable { .. }
            | Instr::ReturnCall { .. }
            | Instr::ReturnCallIndirect { .. } => live.clear(),
            _ => {}
        }
    }

    /// A loop's head starts from what an earlier walk over it found, so nested loops do not multiply their walks.
    fn repeat(&mut self, label: LabelId, body: &mut Vec<Instr>, live: &mut LocalSet) {
        let after = live.clone();
        let mut head = self
            .labels
            .remove(&label)
            .unwrap_or_else(|| LocalSet::new(self.locals.vars.len()));
        let was_final = std::mem::replace(&mut self.is_final, false);
        loop {
            self.labels.insert(label, head.clone());
            let mut start = after.clone();
            self.list(body, &mut start);
            start.union(&head);
            if start == head {
                break;
            }
            head = start;
        }
        self.is_final = was_final;
        if was_final {
            self.list(body, &mut after.clone());
            self.on_write.head(label, &head);
        }
        *live = head;
    }

    fn join(&self, label: LabelId, live: &mut LocalSet) {
        if let Some(more) = self.labels.get(&label) {
            live.union(more);
        }
    }
}

/// Writes that nobody reads.
struct DropDead;

impl OnWrite for DropDead {
    fn write(&mut self, local: usize, _: Option<usize>, live: &LocalSet) -> bool {
        live.contains(local)
    }
}

/// Drops writes to locals that are not read later. What was to be written is computed all the same.
pub(super) fn drop_dead_sets(function: &mut Function) {
    let locals = Locals::of(function);
    Walk::function(function, &locals, &mut DropDead);
}
