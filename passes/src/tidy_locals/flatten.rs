//! Blocks and branches that do nothing.

use ir_defs::terminals::LabelId;
use ir_defs::wasm::Instr;
use rustc_hash::FxHashMap;

/// Drops what no control reaches, branches to where control goes anyway, and blocks and loops that no branch names.
pub(super) fn flatten(body: &mut Vec<Instr>) {
    let mut branches = Branches::default();
    branches.count(body);
    branches.flatten(body);
}

/// How many branches name each label. Those in code that is dropped count, too: a block that only they name stays.
#[derive(Default)]
struct Branches(FxHashMap<LabelId, usize>);

impl Branches {
    fn count(&mut self, list: &[Instr]) {
        for instr in list {
            match instr {
                Instr::Br { label, .. } | Instr::BrIf { label, .. } => {
                    *self.0.entry(*label).or_default() += 1;
                }
                Instr::BrTable {
                    labels, otherwise, ..
                } => {
                    for label in labels.iter().chain([otherwise]) {
                        *self.0.entry(*label).or_default() += 1;
                    }
                }
                Instr::Block { body, .. } | Instr::Loop { body, .. } => self.count(body),
                Instr::If { then, else_, .. } => {
                    self.count(then);
                    self.count(else_);
                }
                _ => {}
            }
        }
    }

    fn is_named(&self, label: LabelId) -> bool {
        self.0.get(&label).is_some_and(|count| *count > 0)
    }

    fn flatten(&mut self, list: &mut Vec<Instr>) {
        let mut out = Vec::with_capacity(list.len());
        for mut instr in list.drain(..) {
            match &mut instr {
                Instr::Block {
                    label,
                    body,
                    results,
                    ..
                } => {
                    self.drop_last(body, *label, !results.is_empty());
                    self.flatten(body);
                }
                Instr::Loop { body, .. } => self.flatten(body),
                Instr::If {
                    then,
                    else_,
                    label,
                    results,
                    ..
                } => {
                    for arm in [then, else_] {
                        if let Some(label) = label {
                            self.drop_last(arm, *label, !results.is_empty());
                        }
                        self.flatten(arm);
                    }
                }
                _ => {}
            }
            match instr {
                // Parameters lie on the stack where the body wants them.
                Instr::Block { label, body, .. } | Instr::Loop { label, body, .. }
                    if !self.is_named(label) =>
                {
                    out.extend(body);
                }
                instr => out.push(instr),
            }
            if out.last().is_some_and(never_goes_on) {
                break;
            }
        }
        *list = out;
    }

    /// Drops a branch to the end of the block at the end of the block, and of the arms at its end.
    fn drop_last(&mut self, body: &mut Vec<Instr>, block: LabelId, has_results: bool) {
        match body.last_mut() {
            Some(Instr::Br { label, .. }) if *label == block => {
                body.pop();
                if let Some(count) = self.0.get_mut(&block) {
                    *count -= 1;
                }
            }
            // With results, the arms would have to say so, too.
            Some(Instr::If {
                then,
                else_,
                results,
                ..
            }) if results.is_empty() && !has_results => {
                self.drop_last(then, block, false);
                self.drop_last(else_, block, false);
            }
            _ => {}
        }
    }
}

/// Whether control never reaches what follows.
pub(super) fn never_goes_on(instr: &Instr) -> bool {
    matches!(
        instr,
        Instr::Br { .. }
            | Instr::BrTable { .. }
            | Instr::Return { .. }
            | Instr::ReturnCall { .. }
            | Instr::ReturnCallIndirect { .. }
            | Instr::Unreachable { .. }
    )
}
