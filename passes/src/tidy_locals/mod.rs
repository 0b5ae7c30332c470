//! `tidy-locals`: `wasm` → `wasm`. Values stay on the stack where they can, and locals are shared where they can.
//!
//! ```text
//! before:  (get n) (i64.const 1) i64.sub (set t) (get t) (call $main.fib) (set u) (get u) (get v) i64.add
//! after:   (get n) (i64.const 1) i64.sub (call $main.fib) (get v) i64.add
//! ```
//!
//! Four steps for each function, none of which moves a computation: blocks that nobody leaves early dissolve
//! ([`flatten`]); what is set and never read is dropped ([`liveness`]); a value that is read once stays on the stack if
//! it lies there in the right order ([`schedule`]); locals of one type that never hold something at the same time become
//! one ([`coalesce`]). Passes before this one give each intermediate result a local of its own, and need not care.

mod coalesce;
mod flatten;
mod liveness;
mod schedule;

use ir_defs::Session;
use ir_defs::ops::{FuncType, PLAIN_OPS, WasmName, WasmOp};
use ir_defs::session::OptLevel;
use ir_defs::wasm::{Function, Instr, Module};
use rustc_hash::FxHashMap;

/// Tidies all functions.
pub fn run(program: Module, session: &mut Session) -> Module {
    let mut program = program;
    // Who debugs wants to see each variable.
    let coalesces = !session.options.debug && session.options.optimize != OptLevel::O0;
    let types = function_types(&program);
    for function in &mut program.functions {
        flatten::flatten(&mut function.body);
        liveness::drop_dead_sets(function);
        schedule::schedule(function, &types);
        if coalesces {
            coalesce::coalesce(function);
        }
        each_list(&mut function.body, &mut peephole);
        drop_unused_locals(function);
    }
    program
}

/// The types of all functions that a call can name.
fn function_types(program: &Module) -> FxHashMap<WasmName, FuncType> {
    let imports = program
        .imports
        .iter()
        .map(|import| (import.name.clone(), import.type_.clone()));
    let functions = program.functions.iter().map(|function| {
        let params = function.params.iter().map(|local| local.type_).collect();
        (
            function.name.clone(),
            FuncType {
                params,
                results: function.results.clone(),
            },
        )
    });
    imports.chain(functions).collect()
}

/// Calls `change` with each list of instructions, inner ones first.
fn each_list(list: &mut Vec<Instr>, change: &mut dyn FnMut(&mut Vec<Instr>)) {
    for instr in list.iter_mut() {
        match instr {
            Instr::Block { body, .. } | Instr::Loop { body, .. } => each_list(body, change),
            Instr::If { then, else_, .. } => {
                each_list(then, change);
                each_list(else_, change);
            }
            _ => {}
        }
    }
    change(list);
}

/// What two neighbours can do as one.
fn peephole(list: &mut Vec<Instr>) {
    let mut out: Vec<Instr> = Vec::with_capacity(list.len());
    for instr in list.drain(..) {
        match (out.last(), &instr) {
            // A value that was pushed for nothing.
            (Some(Instr::Get { .. } | Instr::Address { .. } | Instr::GlobalGet { .. }), drop)
                if is_plain(drop, "drop") =>
            {
                out.pop();
            }
            (Some(Instr::Op { op, .. }), drop) if is_plain(drop, "drop") && is_constant(*op) => {
                out.pop();
            }
            (Some(Instr::Tee { meta, var }), drop) if is_plain(drop, "drop") => {
                let set = Instr::Set {
                    meta: *meta,
                    var: *var,
                };
                out.pop();
                out.push(set);
            }
            (Some(Instr::Set { var, meta }), Instr::Get { var: read, .. }) if var == read => {
                let tee = Instr::Tee {
                    meta: *meta,
                    var: *var,
                };
                out.pop();
                out.push(tee);
            }
            // A copy to itself, which sharing locals leaves.
            (Some(Instr::Get { var, .. }), Instr::Set { var: written, .. }) if var == written => {
                out.pop();
            }
            (Some(Instr::Get { var, .. }), Instr::Tee { var: written, .. }) if var == written => {}
            _ => out.push(instr),
        }
    }
    *list = out;
}

fn is_plain(instr: &Instr, name: &str) -> bool {
    match instr {
        Instr::Op {
            op: WasmOp::Plain(index),
            ..
        } => PLAIN_OPS
            .get(usize::from(*index))
            .is_some_and(|op| op.name == name),
        _ => false,
    }
}

fn is_constant(op: WasmOp) -> bool {
    matches!(
        op,
        WasmOp::I32Const(_) | WasmOp::I64Const(_) | WasmOp::F64Const(_)
    )
}

fn drop_unused_locals(function: &mut Function) {
    let mut used = rustc_hash::FxHashSet::default();
    each_list(&mut function.body, &mut |list| {
        for instr in list.iter() {
            if let Instr::Get { var, .. } | Instr::Set { var, .. } | Instr::Tee { var, .. } = instr
            {
                used.insert(*var);
            }
        }
    });
    function.locals.retain(|local| used.contains(&local.var));
}
