//! Values that are written once and read once, later in the same list, stay on the stack.
//!
//! The list is run on a stack of what is there. In place of `set`, the value is kept *pending*; a `get` of what is
//! pending on top costs nothing. Where an instruction needs what lies below a pending value, the `set` was needed after
//! all, and is put back where it stood. Nothing is moved, so the order of evaluation is what it was.

use ir_defs::ops::{FuncType, MEMORY_OPS, PLAIN_OPS, WasmName, WasmOp};
use ir_defs::terminals::LabelId;
use ir_defs::wasm::{Function, Instr};
use nanopass::VarId;
use rustc_hash::{FxHashMap, FxHashSet};

/// Leaves values on the stack.
pub(super) fn schedule(function: &mut Function, types: &FxHashMap<WasmName, FuncType>) {
    let once = used_once(&function.body);
    let mut scheduler = Scheduler {
        types,
        once: &once,
        labels: FxHashMap::default(),
        results: function.results.len(),
    };
    let body = std::mem::take(&mut function.body);
    function.body = scheduler.list(body, 0, function.results.len());
}

/// The variables with one write and one later read in one list.
fn used_once(body: &[Instr]) -> FxHashSet<VarId> {
    #[derive(Default)]
    struct Uses {
        writes: u32,
        reads: u32,
        written_in: u32,
        read_in: u32,
    }
    fn walk(list: &[Instr], number: u32, next: &mut u32, uses: &mut FxHashMap<VarId, Uses>) {
        for instr in list {
            match instr {
                Instr::Set { var, .. } => {
                    let uses = uses.entry(*var).or_default();
                    uses.writes += 1;
                    uses.written_in = number;
                }
                // A second write, so that it never qualifies.
                Instr::Tee { var, .. } => uses.entry(*var).or_default().writes += 2,
                Instr::Get { var, .. } => {
                    let uses = uses.entry(*var).or_default();
                    // A read before the write would be of another value.
                    uses.reads += if uses.writes == 0 { 2 } else { 1 };
                    uses.read_in = number;
                }
                _ => {}
            }
            let lists: &[&Vec<Instr>] = match instr {
                Instr::Block { body, .. } | Instr::Loop { body, .. } => &[body],
                Instr::If { then, else_, .. } => &[then, else_],
                _ => &[],
            };
            for list in lists {
                *next += 1;
                walk(list, *next, next, uses);
            }
        }
    }
    let mut uses = FxHashMap::default();
    walk(body, 0, &mut 0, &mut uses);
    let qualifies =
        |uses: &Uses| uses.writes == 1 && uses.reads == 1 && uses.written_in == uses.read_in;
    uses.into_iter()
        .filter(|(_, uses)| qualifies(uses))
        .map(|(var, _)| var)
        .collect()
}

/// What lies on the stack.
enum Entry {
    Value,
    /// A value whose `set` would stand at this index of the output.
    Pending {
        set: Instr,
        var: VarId,
        at: usize,
    },
}

/// A list under construction.
#[derive(Default)]
struct Output {
    /// A place for each instruction; empty where a `set` has been saved.
    instrs: Vec<Option<Instr>>,
    stack: Vec<Entry>,
}

impl Output {
    /// Takes `count` values off the stack. What is pending above them was not to be there.
    fn pop(&mut self, count: usize) {
        let mut left = count;
        while left > 0 {
            match self.stack.pop() {
                Some(Entry::Value) => left -= 1,
                Some(Entry::Pending { set, at, .. }) => self.put_back(set, at),
                // Behind a branch the stack holds what anybody wants.
                None => return,
            }
        }
    }

    fn push(&mut self, count: usize) {
        self.stack.extend((0..count).map(|_| Entry::Value));
    }

    fn put_back(&mut self, set: Instr, at: usize) {
        if let Some(place) = self.instrs.get_mut(at) {
            *place = Some(set);
        }
    }

    /// The pending values on top of the stack, the lowest first.
    fn pending_on_top(&self) -> Vec<VarId> {
        let pending = |entry: &Entry| match entry {
            Entry::Pending { var, .. } => Some(*var),
            Entry::Value => None,
        };
        let mut vars: Vec<VarId> = self.stack.iter().rev().map_while(pending).collect();
        vars.reverse();
        vars
    }
}

struct Scheduler<'a> {
    types: &'a FxHashMap<WasmName, FuncType>,
    once: &'a FxHashSet<VarId>,
    /// How many values a branch to a label takes.
    labels: FxHashMap<LabelId, usize>,
    /// How many values a return takes.
    results: usize,
}

impl Scheduler<'_> {
    fn list(&mut self, list: Vec<Instr>, params: usize, results: usize) -> Vec<Instr> {
        let mut out = Output::default();
        out.push(params);
        let mut rest = list.into_iter().peekable();
        let mut goes_on = true;
        while let Some(instr) = rest.next() {
            goes_on = !super::flatten::never_goes_on(&instr);
            match instr {
                Instr::Set { var, .. } if self.once.contains(&var) => {
                    out.pop(1);
                    let at = out.instrs.len();
                    out.instrs.push(None);
                    out.stack.push(Entry::Pending {
                        set: instr,
                        var,
                        at,
                    });
                }
                Instr::Get { var, .. } if self.once.contains(&var) => {
                    let pending = out.pending_on_top();
                    let Some(index) = pending.iter().position(|other| *other == var) else {
                        self.read_out_of_order(instr, var, &mut out);
                        continue;
                    };
                    // The reads that follow may want the values above in their order. Else those are in the way.
                    let wanted = pending.get(index + 1..).unwrap_or_default();
                    let mut taken = 1;
                    for next in wanted {
                        if !matches!(rest.peek(), Some(Instr::Get { var, .. }) if var == next) {
                            break;
                        }
                        rest.next();
                        taken += 1;
                    }
                    for above in (0..pending.len() - index).rev() {
                        let Some(Entry::Pending { set, at, .. }) = out.stack.pop() else {
                            continue;
                        };
                        if above >= taken {
                            out.put_back(set, at);
                        }
                    }
                    out.push(taken);
                }
                instr => self.instr(instr, &mut out),
            }
        }
        if goes_on {
            out.pop(results);
        }
        while let Some(entry) = out.stack.pop() {
            if let Entry::Pending { set, at, .. } = entry {
                out.put_back(set, at);
            }
        }
        out.instrs.into_iter().flatten().collect()
    }

    /// A read of what is pending below a value, or no longer.
    fn read_out_of_order(&self, get: Instr, wanted: VarId, out: &mut Output) {
        let found = out
            .stack
            .iter()
            .rposition(|entry| matches!(entry, Entry::Pending { var, .. } if *var == wanted));
        if let Some(index) = found
            && let Entry::Pending { set, at, .. } = out.stack.remove(index)
        {
            out.put_back(set, at);
        }
        out.instrs.push(Some(get));
        out.push(1);
    }

    fn instr(&mut self, instr: Instr, out: &mut Output) {
        let (takes, gives) = self.effect(&instr);
        out.pop(takes);
        let instr = match instr {
            Instr::Block {
                meta,
                label,
                params,
                results,
                body,
            } => {
                self.labels.insert(label, results.len());
                let body = self.list(body, params.len(), results.len());
                Instr::Block {
                    meta,
                    label,
                    params,
                    results,
                    body,
                }
            }
            Instr::Loop {
                meta,
                label,
                params,
                results,
                body,
            } => {
                self.labels.insert(label, params.len());
                let body = self.list(body, params.len(), results.len());
                Instr::Loop {
                    meta,
                    label,
                    params,
                    results,
                    body,
                }
            }
            Instr::If {
                meta,
                label,
                params,
                results,
                then,
                else_,
            } => {
                if let Some(label) = label {
                    self.labels.insert(label, results.len());
                }
                let then = self.list(then, params.len(), results.len());
                let else_ = self.list(else_, params.len(), results.len());
                Instr::If {
                    meta,
                    label,
                    params,
                    results,
                    then,
                    else_,
                }
            }
            instr => instr,
        };
        out.instrs.push(Some(instr));
        out.push(gives);
    }

    /// How many values an instruction takes off the stack, and how many it leaves there.
    fn effect(&self, instr: &Instr) -> (usize, usize) {
        let call = |ty: &FuncType| (ty.params.len(), ty.results.len());
        let named = |name: &WasmName| self.types.get(name).map_or((0, 0), call);
        let arity = |label: &LabelId| self.labels.get(label).copied().unwrap_or(0);
        match instr {
            Instr::Op { op, .. } => operation(*op),
            Instr::Get { .. }
            | Instr::GlobalGet { .. }
            | Instr::Address { .. }
            | Instr::TableIndex { .. } => (0, 1),
            Instr::Set { .. } | Instr::GlobalSet { .. } => (1, 0),
            Instr::Tee { .. } => (1, 1),
            Instr::Call { function, .. } => named(function),
            Instr::ReturnCall { function, .. } => (named(function).0, 0),
            Instr::CallIndirect { type_, .. } => (type_.params.len() + 1, type_.results.len()),
            Instr::ReturnCallIndirect { type_, .. } => (type_.params.len() + 1, 0),
            Instr::Block {
                params, results, ..
            }
            | Instr::Loop {
                params, results, ..
            } => (params.len(), results.len()),
            Instr::If {
                params, results, ..
            } => (params.len() + 1, results.len()),
            Instr::Br { label, .. } => (arity(label), 0),
            Instr::BrIf { label, .. } => (arity(label) + 1, arity(label)),
            Instr::BrTable { otherwise, .. } => (arity(otherwise) + 1, 0),
            Instr::Return { .. } => (self.results, 0),
            Instr::Unreachable { .. } => (0, 0),
        }
    }
}

fn operation(op: WasmOp) -> (usize, usize) {
    match op {
        WasmOp::I32Const(_) | WasmOp::I64Const(_) | WasmOp::F64Const(_) => (0, 1),
        WasmOp::Memory { op, .. } => match MEMORY_OPS.get(usize::from(op)) {
            Some(op) if op.store => (2, 0),
            _ => (1, 1),
        },
        WasmOp::Plain(index) => PLAIN_OPS
            .get(usize::from(index))
            .map_or((0, 0), |op| (op.params.len(), op.results.len())),
    }
}
