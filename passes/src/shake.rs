//! `shake`: `wasm` → `wasm`
//!
//! What the roots do not reach is gone: functions, globals, data and imports.
//!
//! ```text
//! before:  (function $text:compare …) (import "wasi_snapshot_preview1" "args_get" …) …
//! after:   only what an export, or code that an export reaches, speaks of
//! ```
//!
//! Design: roots are the exports. An exported function that does nothing but call another one is replaced by that one:
//! so a program without top-level values starts with its `main`. A function is in the table exactly if code or data
//! that is reached takes its index, so the table is no root but follows.

use ir_defs::Session;
use ir_defs::ops::WasmName;
use ir_defs::wasm::{Export, Initial, Instr, Module, Relocation};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::link_runtime::{each_reference, target};

/// Drops what is not reached.
pub fn run(program: Module, _session: &mut Session) -> Module {
    let mut program = program;
    skip_forwarders(&mut program);
    // In the order in which `reach` numbers them.
    let mut reached = reach(&program).into_iter();
    let mut is_reached = || reached.next() == Some(true);
    program.imports.retain(|_| is_reached());
    program.globals.retain(|_| is_reached());
    program.data.retain(|_| is_reached());
    program.functions.retain(|_| is_reached());
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

/// Whether the exports reach each definition: imports, globals, data, functions, in this order.
fn reach(program: &Module) -> Vec<bool> {
    let imports = program.imports.iter().map(|import| &import.name);
    let globals = program.globals.iter().map(|global| &global.name);
    let data = program.data.iter().map(|data| &data.name);
    let functions = program.functions.iter().map(|function| &function.name);
    let names = imports.chain(globals).chain(data).chain(functions);
    // Definitions of one name are one.
    let mut numbers: FxHashMap<&WasmName, usize> = FxHashMap::default();
    let of_names: Vec<usize> = names
        .map(|name| {
            let next = numbers.len();
            *numbers.entry(name).or_insert(next)
        })
        .collect();
    let mut uses: Vec<Vec<usize>> = vec![Vec::new(); numbers.len()];
    let number = |name: &WasmName| numbers.get(name).copied();
    for global in &program.globals {
        if let Initial::Address { data, .. } = &global.initial
            && let Some(list) = number(&global.name).and_then(|global| uses.get_mut(global))
        {
            list.extend(number(data));
        }
    }
    for data in &program.data {
        if let Some(list) = number(&data.name).and_then(|data| uses.get_mut(data)) {
            list.extend(data.relocations.iter().map(target).filter_map(number));
        }
    }
    for function in &program.functions {
        if let Some(list) = number(&function.name).and_then(|function| uses.get_mut(function)) {
            each_reference(&function.body, &mut |name| list.extend(number(name)));
        }
    }
    let mut reached = vec![false; numbers.len()];
    let exported = program.exports.iter().filter_map(exported);
    let mut open: Vec<usize> = exported
        .filter_map(|name| numbers.get(name).copied())
        .collect();
    while let Some(number) = open.pop() {
        if let Some(reached) = reached.get_mut(number)
            && !std::mem::replace(reached, true)
        {
            open.extend(uses.get(number).into_iter().flatten());
        }
    }
    let is_reached = |number| reached.get(number) == Some(&true);
    of_names.into_iter().map(is_reached).collect()
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
