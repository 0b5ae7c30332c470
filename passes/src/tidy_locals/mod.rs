//! `tidy-locals`: `wasm` → `wasm`
//!
//! Values stay on the stack where they can, and locals are shared where they can.
//!
//! ```text
//! before:  (get n) (i64.const 1) i64.sub (set t) (get t) (call $main.fib) (set u) (get u) (get v) i64.add
//! after:   (get n) (i64.const 1) i64.sub (call $main.fib) (get v) i64.add
//! ```
//!
//! Design: five steps for each function, none of which moves a computation: blocks that nobody leaves early dissolve
//! ([`flatten`]); what is set and never read is dropped ([`liveness`]); a value that is read once stays on the stack
//! if it lies there in the right order ([`schedule`]); locals of one type that never hold something at the same time
//! become one ([`coalesce`]); neighbours that are one instruction become it ([`peephole`]). Passes before this one
//! give each intermediate result a local of its own, and need not care.

mod coalesce;
mod flatten;
mod liveness;
mod peephole;
mod schedule;
mod spans;

use ir_defs::Session;
use ir_defs::ops::{FuncType, WasmName};
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
        each_list(&mut function.body, &mut peephole::peephole);
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
