//! `link-runtime`: `wasm` → `wasm`
//!
//! The files of the runtime that the program needs are merged into it.
//!
//! ```text
//! before:  (function $main.main … (address $main.text 0) (call $host/console:print))
//! after:   … and the functions, globals, data and imports of host/console, host/stream, heap …
//! ```
//!
//! Design: a name of the runtime is `file:name`, which no name of a program can be. A file comes whole; what is not
//! reached leaves with `shake`. The files are WAT, decoded here into the language of the compiler's own code, so that
//! linking is a union and needs no relocations.

mod decode;

use std::collections::BTreeSet;

use ir_defs::Session;
use ir_defs::ops::WasmName;
use ir_defs::session::Collector;
use ir_defs::terminals::{IntLit, TextLit};
use ir_defs::wasm::{Export, Function, Initial, Instr, Module, Relocation};
use nanopass::{Diagnostic, Meta, nearest};
use rustc_hash::FxHashSet;

use crate::codes;

/// Links the runtime to a program.
pub fn run(program: Module, session: &mut Session) -> Module {
    let mut program = program;
    let mut loaded = BTreeSet::new();
    let collector = collector_name(session.options.collector);
    // What shows the program's roots is only of interest to a collector.
    let is_roots = |function: &Function| function.name.0.starts_with("program:");
    let (mut roots, functions): (Vec<Function>, _) =
        program.functions.into_iter().partition(is_roots);
    program.functions = functions;
    if roots.is_empty() {
        // A program that was written by hand.
        roots.push(no_roots());
    }
    let mut wanted = files(&program);
    // The memory is nobody's reference.
    wanted.insert("heap".to_string());
    while let Some(name) = wanted.pop_first() {
        if !loaded.insert(name.clone()) {
            continue;
        }
        // A name of no file is reported below, once for each reference.
        let Some(file) = runtime_wat::file_with(&name, collector) else {
            continue;
        };
        match decode::decode(file, session) {
            Ok(part) => {
                wanted.extend(files(&part));
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
    if loaded.contains("arena") {
        // How the host gets room for what it gives.
        program.exports.push(Export::Func {
            field: TextLit("cabi_realloc".into()),
            name: WasmName("arena:realloc".into()),
        });
    }
    if loaded.contains("collect") {
        program.functions.append(&mut roots);
        if session.options.collector_counts {
            export_counts(&mut program);
        }
    }
    if let (Some(memory), Some(pages)) = (&mut program.memory, session.options.max_pages) {
        memory.maximum = Some(IntLit(pages.max(memory.pages.0)));
    }
    report_missing(&program, session);
    program
}

/// The function that shows the collector no root.
fn no_roots() -> Function {
    Function {
        meta: Meta::NONE,
        name: WasmName("program:each_root".into()),
        params: Vec::new(),
        results: Vec::new(),
        locals: Vec::new(),
        body: Vec::new(),
    }
}

fn collector_name(collector: Collector) -> &'static str {
    match collector {
        Collector::Bump => "bump",
        Collector::MarkSweep => "mark-sweep",
        Collector::Generational => "generational",
    }
}

/// Exports the collector's exported globals under their names in the runtime.
fn export_counts(program: &mut Module) {
    for (name, _) in runtime_wat::COUNTS {
        let name = WasmName(format!("collect:{name}").into());
        if program.globals.iter().any(|global| global.name == name) {
            program.exports.push(Export::Global {
                field: TextLit(name.0.clone()),
                name,
            });
        }
    }
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
    // Zeroed areas are shared by name.
    let shared: FxHashSet<WasmName> = {
        let names: FxHashSet<&WasmName> = part.data.iter().map(|data| &data.name).collect();
        let there = program.data.iter().map(|data| &data.name);
        there.filter(|name| names.contains(name)).cloned().collect()
    };
    let new = part.data.into_iter();
    program
        .data
        .extend(new.filter(|data| !shared.contains(&data.name)));
    program.globals.extend(part.globals);
    program.functions.extend(part.functions);
    program.memory = program.memory.take().or(part.memory);
}

/// The files that what a module speaks of belongs to.
fn files(module: &Module) -> BTreeSet<String> {
    let mut files = FxHashSet::default();
    references(module, &mut |name| {
        files.extend(name.0.split_once(':').map(|(file, _)| file));
    });
    files.into_iter().map(str::to_owned).collect()
}

/// A name of the runtime that no file defines is a fault of the compiler: code generation and runtime disagree.
fn report_missing(program: &Module, session: &mut Session) {
    let mut defined: FxHashSet<&str> = program
        .functions
        .iter()
        .map(|function| &*function.name.0)
        .collect();
    defined.extend(program.imports.iter().map(|import| &*import.name.0));
    defined.extend(program.globals.iter().map(|global| &*global.name.0));
    defined.extend(program.data.iter().map(|data| &*data.name.0));
    let mut missing = BTreeSet::new();
    references(program, &mut |name| {
        if !defined.contains(&*name.0) {
            missing.insert(name);
        }
    });
    for name in missing {
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

/// Calls `found` with all functions, globals and data that a module speaks of.
fn references<'m>(module: &'m Module, found: &mut dyn FnMut(&'m WasmName)) {
    module.elements.iter().for_each(&mut *found);
    for export in &module.exports {
        match export {
            Export::Func { name, .. } | Export::Global { name, .. } => found(name),
            Export::Memory { .. } => {}
        }
    }
    for global in &module.globals {
        if let Initial::Address { data, .. } = &global.initial {
            found(data);
        }
    }
    for data in &module.data {
        data.relocations.iter().map(target).for_each(&mut *found);
    }
    for function in &module.functions {
        each_reference(&function.body, found);
    }
}

/// What a relocation writes the place of.
pub(crate) fn target(relocation: &Relocation) -> &WasmName {
    match relocation {
        Relocation::DataAddress { data, .. } => data,
        Relocation::TableIndex { function, .. } => function,
    }
}

/// Calls `found` with each function, global and data segment that the instructions speak of.
pub(crate) fn each_reference<'m>(body: &'m [Instr], found: &mut dyn FnMut(&'m WasmName)) {
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

#[cfg(test)]
mod tests {
    use ir_defs::ops::WasmOp;

    use super::*;
    use ir_defs::layout::{Kind, LENGTH_OFFSET, plain_header, start};

    /// What a function of `object` stores as the header of what it makes.
    fn header(module: &Module, name: &str) -> Option<i32> {
        let name = format!("object:{name}");
        let function = module
            .functions
            .iter()
            .find(|function| *function.name.0 == *name)?;
        let op = |instr: &Instr| match instr {
            Instr::Op { op, .. } => Some(*op),
            _ => None,
        };
        let store = WasmOp::memory("i32.store", 0);
        function.body.windows(2).find_map(|pair| match pair {
            [first, second] if op(second) == store => match op(first) {
                Some(WasmOp::I32Const(header)) => Some(header),
                _ => None,
            },
            _ => None,
        })
    }

    /// The layout is defined in Rust; the runtime's files hold its numbers.
    #[test]
    fn the_runtime_makes_objects_as_the_layout_says() {
        let mut session = Session::bare();
        let file = runtime_wat::file("object").expect("a file");
        let module = decode::decode(file, &mut session).expect("it is decoded");
        let expected = |kind| Some(plain_header(kind).cast_signed());
        assert_eq!(header(&module, "bytes_new"), expected(Kind::Bytes));
        assert_eq!(header(&module, "array_new"), expected(Kind::Array));
    }

    /// Whether a memory instruction stands in a body.
    fn accesses(body: &[Instr], wanted: Option<WasmOp>) -> bool {
        body.iter().any(|instr| match instr {
            Instr::Op { op, .. } => Some(*op) == wanted,
            Instr::Block { body, .. } | Instr::Loop { body, .. } => accesses(body, wanted),
            Instr::If { then, else_, .. } => accesses(then, wanted) || accesses(else_, wanted),
            _ => false,
        })
    }

    #[test]
    fn the_runtime_finds_lengths_and_items_where_the_layout_has_them() {
        let items = start(Kind::Array);
        let bytes = start(Kind::Bytes);
        for (file, name, op, offset) in [
            ("object", "bytes_new", "i32.store", LENGTH_OFFSET),
            ("object", "array_new", "i32.store", LENGTH_OFFSET),
            ("object", "array_length", "i32.load", LENGTH_OFFSET),
            ("object", "array_get", "i32.load", items),
            ("object", "array_put", "i32.store", items),
            ("text", "eq", "i32.load", LENGTH_OFFSET),
            ("text", "eq", "i64.load", bytes),
            ("text", "compare", "i64.load", bytes),
            ("text", "concat_all", "i32.load", items),
        ] {
            let mut session = Session::bare();
            let found = runtime_wat::file(file).expect("a file");
            let module = decode::decode(found, &mut session).expect("it is decoded");
            let symbol = format!("{file}:{name}");
            let function = module
                .functions
                .iter()
                .find(|function| *function.name.0 == *symbol)
                .expect("a function");
            let wanted = WasmOp::memory(op, offset);
            assert!(
                wanted.is_some() && accesses(&function.body, wanted),
                "{symbol}: {op} at {offset}"
            );
        }
    }

    #[test]
    fn every_file_is_decoded_and_valid() {
        let collectors = runtime_wat::COLLECTORS.iter().map(|(_, file)| file);
        for file in runtime_wat::FILES.iter().chain(collectors) {
            let mut session = Session::bare();
            let module = decode::decode(file, &mut session).expect("it is decoded");
            assert_eq!(
                ir_defs::check::wasm::check(&module, &session),
                [],
                "{}",
                file.path
            );
            for export in runtime_wat::EXPORTS
                .iter()
                .filter(|export| export.file == file.name)
            {
                let name = format!("{}:{}", export.file, export.name);
                assert!(
                    module
                        .functions
                        .iter()
                        .any(|function| *function.name.0 == *name),
                    "{name}"
                );
            }
        }
    }

    /// Where objects may move is known from the primitive alone.
    #[test]
    fn primitives_collect_where_the_runtime_does() {
        use ir_defs::prims::{Lowering, PRIMS, Prim};
        for info in PRIMS {
            if let Lowering::Runtime(file, name) | Lowering::Effect(file, name) = info.lowering
                && let Some(export) = runtime_wat::export(file, name)
            {
                let prim = Prim::named(info.name).expect("a primitive");
                assert_eq!(prim.collects(), export.may_collect, "{}", info.name);
            }
        }
    }

    /// Primitives that are calls of the runtime have the types of what they call.
    #[test]
    fn the_runtime_has_what_primitives_call() {
        use ir_defs::prims::{Lowering, PRIMS, PrimType};
        use runtime_wat::Type;
        let wasm = |ty: &PrimType| match ty {
            PrimType::Int => Some(Type::I64),
            PrimType::Float => Some(Type::F64),
            PrimType::Bool | PrimType::Char | PrimType::Ordering => Some(Type::I32),
            PrimType::Text
            | PrimType::Bytes
            | PrimType::A
            | PrimType::ArrayOfA
            | PrimType::ArrayOfText
            | PrimType::ArrayOfBytes => Some(Type::Value),
            PrimType::Unit => None,
        };
        for info in PRIMS {
            let (Lowering::Runtime(file, name) | Lowering::Effect(file, name)) = info.lowering
            else {
                continue;
            };
            let export = runtime_wat::export(file, name);
            let export = export.unwrap_or_else(|| panic!("{}: {file}:{name}", info.name));
            let mut params: Vec<Type> = info.params.iter().filter_map(wasm).collect();
            let mut results: Vec<Type> = wasm(&info.result).into_iter().collect();
            match info.name {
                // It is told its place in the source as well, and like `uncaught` never returns.
                "panic" => {
                    params.push(Type::Value);
                    results.clear();
                }
                "uncaught" => results.clear(),
                _ => {}
            }
            assert_eq!(export.params, params, "{}", info.name);
            assert_eq!(export.results, results, "{}", info.name);
        }
    }
}
