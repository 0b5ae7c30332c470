//! Blocks and branches that do nothing.

use ir_defs::terminals::LabelId;
use ir_defs::wasm::Instr;

/// Drops what no control reaches, branches to where control goes anyway, and blocks and loops that no branch names.
pub(super) fn flatten(list: &mut Vec<Instr>) {
    let mut out = Vec::with_capacity(list.len());
    for mut instr in list.drain(..) {
        match &mut instr {
            Instr::Block {
                label,
                body,
                results,
                ..
            } => {
                drop_last_branch(body, *label, !results.is_empty());
                flatten(body);
            }
            Instr::Loop { body, .. } => flatten(body),
            Instr::If {
                then,
                else_,
                label,
                results,
                ..
            } => {
                for arm in [then, else_] {
                    if let Some(label) = label {
                        drop_last_branch(arm, *label, !results.is_empty());
                    }
                    flatten(arm);
                }
            }
            _ => {}
        }
        match instr {
            // A block with parameters would need them below its own values, as they already are.
            Instr::Block { label, body, .. } | Instr::Loop { label, body, .. }
                if !names(&body, label) =>
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

/// A branch to the end of the block at the end of the block. In arms at its end, too, if the types agree.
fn drop_last_branch(body: &mut Vec<Instr>, block: LabelId, has_results: bool) {
    match body.last_mut() {
        Some(Instr::Br { label, .. }) if *label == block => {
            body.pop();
        }
        Some(Instr::If {
            then,
            else_,
            results,
            ..
        }) if results.is_empty() && !has_results => {
            drop_last_branch(then, block, false);
            drop_last_branch(else_, block, false);
        }
        _ => {}
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

fn names(list: &[Instr], wanted: LabelId) -> bool {
    list.iter().any(|instr| match instr {
        Instr::Br { label, .. } | Instr::BrIf { label, .. } => *label == wanted,
        Instr::BrTable {
            labels, otherwise, ..
        } => *otherwise == wanted || labels.contains(&wanted),
        Instr::Block { body, .. } | Instr::Loop { body, .. } => names(body, wanted),
        Instr::If { then, else_, .. } => names(then, wanted) || names(else_, wanted),
        _ => false,
    })
}
