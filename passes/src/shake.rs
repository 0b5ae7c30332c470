//! `shake`: `wasm` → `wasm`. What the roots do not reach is gone: functions, globals, data and imports.
//!
//! ```text
//! before:  (function $text:compare …) (import "wasi_snapshot_preview1" "args_get" …) …
//! after:   only what an export, or code that an export reaches, speaks of
//! ```
//!
//! Roots are the exports. An exported function that does nothing but call another one is replaced by that one: so a
//! program without top-level values starts with its `main`. A function is in the table exactly if code or data that is reached takes its index, so the
//! table is no root but follows.

use ir_defs::Session;
use ir_defs::ops::WasmName;
use ir_defs::wasm::{Export, Initial, Instr, Module, Relocation};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::link_runtime::{each_reference, target};

/// Drops what is not reached.
pub fn run(program: Module, _session: &mut Session) -> Module {
    let mut program = program;
    skip_forwarders(&mut program);
    let reached: FxHashSet<WasmName> = reach(&program).into_iter().cloned().collect();
    let is_reached = |name: &WasmName| reached.contains(name);
    program.imports.retain(|import| is_reached(&import.name));
    program.globals.retain(|global| is_reached(&global.name));
    program
        .functions
        .retain(|function| is_reached(&function.name));
    program.data.retain(|data| is_reached(&data.name));
    program.elements = indexed(&program);
    program
}

/// Exports what an exported function without parameters only calls.
fn skip_forwarders(program: &mut Module) {
    for export in &mut program.exports {
        let Export::Func { name, .. } = export else {
            continue;
        };
        let find = |name: &WasmName| {
            let mut functions = program.functions.iter();
            functions.find(|function| function.name == *name)
        };
        let Some(outer) = find(name) else { continue };
        if let [Instr::Call { function, .. } | Instr::ReturnCall { function, .. }] =
            outer.body.as_slice()
            && let Some(inner) = find(function)
            && outer.params.is_empty()
            && inner.params.is_empty()
            && outer.results == inner.results
        {
            *name = inner.name.clone();
        }
    }
}

/// All names that the exports reach.
fn reach(program: &Module) -> FxHashSet<&WasmName> {
    let mut uses: FxHashMap<&WasmName, Vec<&WasmName>> = FxHashMap::default();
    for global in &program.globals {
        if let Initial::Address { data, .. } = &global.initial {
            uses.entry(&global.name).or_default().push(data);
        }
    }
    for data in &program.data {
        let list = uses.entry(&data.name).or_default();
        list.extend(data.relocations.iter().map(target));
    }
    for function in &program.functions {
        let list = uses.entry(&function.name).or_default();
        each_reference(&function.body, &mut |name| list.push(name));
    }
    let mut reached = FxHashSet::default();
    let mut open: Vec<&WasmName> = program.exports.iter().filter_map(exported).collect();
    while let Some(name) = open.pop() {
        if reached.insert(name)
            && let Some(list) = uses.get(name)
        {
            open.extend(list);
        }
    }
    reached
}

fn exported(export: &Export) -> Option<&WasmName> {
    match export {
        Export::Func { name, .. } | Export::Global { name, .. } => Some(name),
        Export::Memory { .. } => None,
    }
}

/// The functions whose table index the module's code or data holds, in the order of their first use.
fn indexed(program: &Module) -> Vec<WasmName> {
    let mut found = Vec::new();
    let mut seen = FxHashSet::default();
    let mut add = |function: &WasmName| {
        if seen.insert(function.clone()) {
            found.push(function.clone());
        }
    };
    for relocation in program.data.iter().flat_map(|data| &data.relocations) {
        if let Relocation::TableIndex { function, .. } = relocation {
            add(function);
        }
    }
    for function in &program.functions {
        indexed_in(&function.body, &mut add);
    }
    found
}

fn indexed_in(body: &[Instr], add: &mut dyn FnMut(&WasmName)) {
    for instr in body {
        match instr {
            Instr::TableIndex { function, .. } => add(function),
            Instr::Block { body, .. } | Instr::Loop { body, .. } => indexed_in(body, add),
            Instr::If { then, else_, .. } => {
                indexed_in(then, add);
                indexed_in(else_, add);
            }
            _ => {}
        }
    }
}
