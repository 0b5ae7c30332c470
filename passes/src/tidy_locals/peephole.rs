//! What two or three neighbours can do as one.
//!
//! | before | after |
//! |---|---|
//! | a push without effect, `drop` | |
//! | `set x`, `get x` | `tee x` |
//! | `tee x`, `drop` | `set x` |
//! | `get x`, `set x` | |
//! | `0`, `eq` | `eqz` |
//! | the address of data, a constant, `i32.add` | an address inside the data |
//! | a truth value, `1`, `i32.eq`, or `0`, `i32.ne` | the truth value |
//! | a comparison of integers, `i32.eqz` | the opposite comparison |
//! | `i32.eqz`, `if a else b` | `if b else a` |

use ir_defs::ops::{PLAIN_OPS, WasmOp};
use ir_defs::terminals::IntLit;
use ir_defs::wasm::Instr;
use nanopass::Meta;

/// Comparisons and their opposites. Of floats only equality has one, because of `NaN`.
const OPPOSITES: &[(&str, &str)] = &[
    ("i32.eq", "i32.ne"),
    ("i32.lt_s", "i32.ge_s"),
    ("i32.lt_u", "i32.ge_u"),
    ("i32.gt_s", "i32.le_s"),
    ("i32.gt_u", "i32.le_u"),
    ("i64.eq", "i64.ne"),
    ("i64.lt_s", "i64.ge_s"),
    ("i64.lt_u", "i64.ge_u"),
    ("i64.gt_s", "i64.le_s"),
    ("i64.gt_u", "i64.le_u"),
    ("f64.eq", "f64.ne"),
];

/// Comparisons without an opposite that is one instruction.
const OTHERS: &[&str] = &["i32.eqz", "i64.eqz", "f64.lt", "f64.gt", "f64.le", "f64.ge"];

/// Rewrites a list.
pub(super) fn peephole(list: &mut Vec<Instr>) {
    let mut out: Vec<Instr> = Vec::with_capacity(list.len());
    for instr in list.drain(..) {
        push(instr, &mut out);
    }
    *list = out;
}

/// Adds an instruction to what is rewritten already.
fn push(mut instr: Instr, out: &mut Vec<Instr>) {
    let meta = instr.meta();
    match (out.as_slice(), &mut instr) {
        ([.., last], Instr::Op { op, .. }) if name(*op) == Some("drop") => {
            if let Instr::Tee { meta, var } = *last {
                out.pop();
                return push(Instr::Set { meta, var }, out);
            }
            if is_pure_push(last) {
                out.pop();
                return;
            }
        }
        ([.., Instr::Set { var, .. }], Instr::Get { var: read, .. }) if var == read => {
            let var = *var;
            out.pop();
            return push(Instr::Tee { meta, var }, out);
        }
        // Copies of a local to itself, which sharing locals leaves.
        ([.., Instr::Get { var, .. }], Instr::Set { var: written, .. }) if var == written => {
            out.pop();
            return;
        }
        ([.., Instr::Get { var, .. }], Instr::Tee { var: written, .. }) if var == written => {
            return;
        }
        (
            [
                ..,
                before,
                Instr::Op {
                    op: WasmOp::I32Const(constant),
                    ..
                },
            ],
            Instr::Op { op, .. },
        ) => match (name(*op), constant) {
            (Some("i32.eq"), 1) | (Some("i32.ne"), 0) if is_truth_value(before) => {
                out.pop();
                return;
            }
            (Some("i32.eq"), 0) => {
                out.pop();
                return plain("i32.eqz", meta, out);
            }
            (Some("i32.add"), 0..) => {
                if let Some(inside) = inside(before, *constant) {
                    out.truncate(out.len() - 2);
                    return out.push(inside);
                }
            }
            _ => {}
        },
        (
            [
                ..,
                Instr::Op {
                    op: WasmOp::I64Const(0),
                    ..
                },
            ],
            Instr::Op { op, .. },
        ) if name(*op) == Some("i64.eq") => {
            out.pop();
            return plain("i64.eqz", meta, out);
        }
        ([.., Instr::Op { op: before, .. }], Instr::Op { op, .. })
            if name(*op) == Some("i32.eqz") =>
        {
            if let Some(opposite) = name(*before).and_then(opposite) {
                out.pop();
                return plain(opposite, meta, out);
            }
        }
        ([.., Instr::Op { op: before, .. }], Instr::If { then, else_, .. })
            if name(*before) == Some("i32.eqz") && !else_.is_empty() =>
        {
            std::mem::swap(then, else_);
            out.pop();
        }
        _ => {}
    }
    out.push(instr);
}

/// An address that is so many bytes further.
fn inside(address: &Instr, bytes: i32) -> Option<Instr> {
    let Instr::Address { meta, data, offset } = address else {
        return None;
    };
    Some(Instr::Address {
        meta: *meta,
        data: data.clone(),
        offset: IntLit(offset.0.checked_add_signed(bytes)?),
    })
}

fn plain(name: &str, meta: Meta, out: &mut Vec<Instr>) {
    if let Some(op) = WasmOp::plain(name) {
        push(Instr::Op { meta, op }, out);
    }
}

fn name(op: WasmOp) -> Option<&'static str> {
    match op {
        WasmOp::Plain(index) => PLAIN_OPS.get(usize::from(index)).map(|op| op.name),
        _ => None,
    }
}

/// Whether an instruction does nothing but push.
fn is_pure_push(instr: &Instr) -> bool {
    match instr {
        Instr::Get { .. }
        | Instr::GlobalGet { .. }
        | Instr::Address { .. }
        | Instr::TableIndex { .. } => true,
        Instr::Op { op, .. } => matches!(
            op,
            WasmOp::I32Const(_) | WasmOp::I64Const(_) | WasmOp::F64Const(_)
        ),
        _ => false,
    }
}

/// Whether an instruction leaves 0 or 1.
fn is_truth_value(instr: &Instr) -> bool {
    let Instr::Op { op, .. } = instr else {
        return false;
    };
    name(*op).is_some_and(|name| opposite(name).is_some() || OTHERS.contains(&name))
}

fn opposite(name: &str) -> Option<&'static str> {
    OPPOSITES.iter().find_map(|&(one, other)| match name {
        name if name == one => Some(other),
        name if name == other => Some(one),
        _ => None,
    })
}
