//! `link-runtime`: `wasm` → `wasm`. The files of the runtime that the program needs are merged into it.
//!
//! ```text
//! before:  (function $main.main … (address $main.text 0) (call $host/console:print))
//! after:   … and the functions, globals, data and imports of host/console, host/stream, heap …
//! ```
//!
//! A name of the runtime is `file:name`, which no name of a program can be. A file comes whole; what is not reached
//! leaves with `shake`. The files are WAT, decoded here into the language of the compiler's own code, so that linking
//! is a union and needs no relocations.

mod decode;

use std::collections::BTreeSet;

use ir_defs::Session;
use ir_defs::ops::WasmName;
use ir_defs::wasm::{Export, Initial, Instr, Module, Relocation};
use nanopass::{Diagnostic, nearest};

use crate::codes;

/// Links the runtime to a program.
pub fn run(program: Module, session: &mut Session) -> Module {
    let mut program = program;
    let mut loaded = BTreeSet::new();
    let mut wanted = files(&references(&program));
    // The memory is nobody's reference.
    wanted.insert("heap".to_string());
    while let Some(name) = wanted.pop_first() {
        if !loaded.insert(name.clone()) {
            continue;
        }
        // A name of no file is reported below, once for each reference.
        let Some(file) = runtime_wat::file(&name) else {
            continue;
        };
        match decode::decode(file, session) {
            Ok(part) => {
                wanted.extend(files(&references(&part)));
                merge(&mut program, part);
            }
            Err(error) => {
                session.report(Diagnostic::error(
                    codes::RUNTIME,
                    format!("{}: {error}", file.path),
                ));
            }
        }
    }
    report_missing(&program, session);
    program
}

fn merge(program: &mut Module, part: Module) {
    for import in part.imports {
        if !program
            .imports
            .iter()
            .any(|other| other.name == import.name)
        {
            program.imports.push(import);
        }
    }
    for data in part.data {
        // Zeroed areas are shared by name.
        if !program.data.iter().any(|other| other.name == data.name) {
            program.data.push(data);
        }
    }
    program.globals.extend(part.globals);
    program.functions.extend(part.functions);
    program.memory = program.memory.take().or(part.memory);
}

/// The files that the names belong to.
fn files(names: &BTreeSet<WasmName>) -> BTreeSet<String> {
    names
        .iter()
        .filter_map(|name| Some(name.0.split_once(':')?.0.to_string()))
        .collect()
}

/// A name of the runtime that no file defines is a fault of the compiler: code generation and runtime disagree.
fn report_missing(program: &Module, session: &mut Session) {
    let mut defined: BTreeSet<&str> = program
        .functions
        .iter()
        .map(|function| &*function.name.0)
        .collect();
    defined.extend(program.imports.iter().map(|import| &*import.name.0));
    defined.extend(program.globals.iter().map(|global| &*global.name.0));
    defined.extend(program.data.iter().map(|data| &*data.name.0));
    for name in references(program) {
        if defined.contains(&*name.0) {
            continue;
        }
        let exports = runtime_wat::EXPORTS
            .iter()
            .map(|export| format!("{}:{}", export.file, export.name));
        let exports: Vec<String> = exports.collect();
        let candidates = exports
            .iter()
            .map(String::as_str)
            .chain(defined.iter().copied());
        let mut error = Diagnostic::error(codes::RUNTIME, format!("nothing defines `{}`", name.0));
        if let [first, ..] = nearest(&name.0, candidates).as_slice() {
            error = error.help(format!("the nearest name is `{first}`"));
        }
        session.core.report(error);
    }
}

/// All functions, globals and data that a module speaks of.
pub(crate) fn references(module: &Module) -> BTreeSet<WasmName> {
    let mut found: BTreeSet<WasmName> = module.elements.iter().cloned().collect();
    for export in &module.exports {
        match export {
            Export::Func { name, .. } | Export::Global { name, .. } => {
                found.insert(name.clone());
            }
            Export::Memory { .. } => {}
        }
    }
    for global in &module.globals {
        if let Initial::Address { data, .. } = &global.initial {
            found.insert(data.clone());
        }
    }
    for data in &module.data {
        found.extend(
            data.relocations
                .iter()
                .map(|relocation| target(relocation).clone()),
        );
    }
    for function in &module.functions {
        each_reference(&function.body, &mut |name| {
            found.insert(name.clone());
        });
    }
    found
}

/// What a relocation writes the place of.
pub(crate) fn target(relocation: &Relocation) -> &WasmName {
    match relocation {
        Relocation::DataAddress { data, .. } => data,
        Relocation::TableIndex { function, .. } => function,
    }
}

/// Calls `found` with each function, global and data segment that the instructions speak of.
pub(crate) fn each_reference(body: &[Instr], found: &mut dyn FnMut(&WasmName)) {
    for instr in body {
        match instr {
            Instr::GlobalGet { global: name, .. }
            | Instr::GlobalSet { global: name, .. }
            | Instr::Address { data: name, .. }
            | Instr::TableIndex { function: name, .. }
            | Instr::Call { function: name, .. }
            | Instr::ReturnCall { function: name, .. } => found(name),
            Instr::Block { body, .. } | Instr::Loop { body, .. } => each_reference(body, found),
            Instr::If { then, else_, .. } => {
                each_reference(then, found);
                each_reference(else_, found);
            }
            Instr::Op { .. }
            | Instr::Get { .. }
            | Instr::Set { .. }
            | Instr::Tee { .. }
            | Instr::CallIndirect { .. }
            | Instr::ReturnCallIndirect { .. }
            | Instr::Br { .. }
            | Instr::BrIf { .. }
            | Instr::BrTable { .. }
            | Instr::Return { .. }
            | Instr::Unreachable { .. } => {}
        }
    }
}
