//! `emit`: `wasm` → `binary`. Names become indices, data gets addresses, and the module its bytes.
//!
//! ```text
//! before:  (call $host/console:print)
//! after:   10 02
//! ```
//!
//! Addresses are given out here, where it is known what is left: from 16 up (no object is at the null word), first
//! scratch areas, then the data with bytes, then the other areas of zeros, then the heap. Zeros take no room in the
//! module. Nothing is decided otherwise,
//! so the module has the functions, globals and locals of the program in its order. The bytes are validated against
//! the portable profile before anybody sees them.

use ir_defs::Session;
use ir_defs::binary::Binary;
use ir_defs::ops::{FuncType, MEMORY_OPS, PLAIN_OPS, WasmName, WasmOp, WasmType};
use ir_defs::terminals::LabelId;
use ir_defs::wasm::{Data, Export, Function, Initial, Instr, Module, Relocation, WasmLocal};
use nanopass::{Diagnostic, VarId};
use rustc_hash::FxHashMap;
use wasm_encoder as e;
use wasmparser::{Validator, WasmFeatures};

use crate::codes;

/// Where data begins. Below lies the null word.
const FIRST_ADDRESS: u32 = 16;

/// The size of a zeroed area up to which it is scratch memory.
const SCRATCH: u32 = 16;

/// Two pieces of data with no more bytes between them share a segment.
const SMALL_GAP: usize = 8;

const PAGE: u32 = 1 << 16;

/// Encodes a module.
pub fn run(program: Module, session: &mut Session) -> Binary {
    let mut emitter = Emitter::new(&program);
    let binary = emitter.module(&program, session);
    let undefined = std::mem::take(&mut emitter.undefined);
    for name in undefined {
        session.report(Diagnostic::error(
            codes::INVALID_MODULE,
            format!("the module speaks of `{name}`, which it lacks"),
        ));
    }
    let profile = WasmFeatures::WASM2
        .difference(WasmFeatures::SIMD)
        .union(WasmFeatures::TAIL_CALL);
    let ungranted = crate::granted::ungranted(&binary, session);
    for import in ungranted {
        session.report(Diagnostic::error(
            codes::UNGRANTED_IMPORT,
            format!("the module imports `{import}`, which the types of its exports do not name"),
        ));
    }
    if !session.core.diagnostics.has_errors()
        && let Err(error) = Validator::new_with_features(profile).validate_all(&binary)
    {
        session.report(Diagnostic::error(
            codes::INVALID_MODULE,
            format!("the module is not valid: {error}"),
        ));
    }
    Binary(binary)
}

struct Emitter {
    types: Vec<FuncType>,
    functions: FxHashMap<WasmName, u32>,
    globals: FxHashMap<WasmName, u32>,
    addresses: FxHashMap<WasmName, u32>,
    elements: FxHashMap<WasmName, u32>,
    heap_base: u32,
    pages: u32,
    undefined: Vec<String>,
    // Of the function in hand.
    locals: FxHashMap<VarId, u32>,
    /// How many blocks are open, and at which depth each label was opened.
    depth: u32,
    labels: FxHashMap<LabelId, u32>,
}

impl Emitter {
    fn new(program: &Module) -> Emitter {
        let names = program.imports.iter().map(|import| &import.name);
        let names = names.chain(program.functions.iter().map(|function| &function.name));
        let (addresses, heap_base) = place(&program.data);
        let least = program.memory.as_ref().map_or(0, |memory| memory.pages.0);
        Emitter {
            types: Vec::new(),
            functions: numbered(names, 0),
            globals: numbered(program.globals.iter().map(|global| &global.name), 0),
            addresses,
            elements: numbered(program.elements.iter(), 1),
            heap_base,
            pages: least.max(heap_base.div_ceil(PAGE)),
            undefined: Vec::new(),
            locals: FxHashMap::default(),
            depth: 0,
            labels: FxHashMap::default(),
        }
    }

    fn module(&mut self, program: &Module, session: &Session) -> Vec<u8> {
        let mut imports = e::ImportSection::new();
        for import in &program.imports {
            let ty = self.ty(import.type_.clone());
            imports.import(
                &import.module.0,
                &import.field.0,
                e::EntityType::Function(ty),
            );
        }
        let mut functions = e::FunctionSection::new();
        let mut code = e::CodeSection::new();
        for function in &program.functions {
            let params = function.params.iter().map(|local| local.type_).collect();
            functions.function(self.ty(FuncType {
                params,
                results: function.results.clone(),
            }));
            code.function(&self.function(function));
        }
        let globals = self.globals(program);
        let exports = self.exports(program);
        let data = self.data(program);
        // All types are known now.
        let mut types = e::TypeSection::new();
        for ty in &self.types {
            types.ty().function(
                ty.params.iter().map(value_type),
                ty.results.iter().map(value_type),
            );
        }

        let mut module = e::Module::new();
        if !types.is_empty() {
            module.section(&types);
        }
        if !imports.is_empty() {
            module.section(&imports);
        }
        module.section(&functions);
        if !program.elements.is_empty() || calls_indirectly(program) {
            module.section(&self.table());
        }
        if program.memory.is_some() {
            module.section(&self.memory(program));
        }
        if !globals.is_empty() {
            module.section(&globals);
        }
        module.section(&exports);
        if !program.elements.is_empty() {
            module.section(&self.element_section(program));
        }
        module.section(&code);
        if !data.is_empty() {
            module.section(&data);
        }
        module.section(&names(program, session));
        module.section(&producers());
        module.finish()
    }

    /// The index of a function type.
    fn ty(&mut self, ty: FuncType) -> u32 {
        let index = self
            .types
            .iter()
            .position(|other| *other == ty)
            .unwrap_or_else(|| {
                self.types.push(ty);
                self.types.len() - 1
            });
        index as u32
    }

    fn index(&mut self, space: Space, name: &WasmName) -> u32 {
        let map = match space {
            Space::Function => &self.functions,
            Space::Global => &self.globals,
            Space::Data => &self.addresses,
            Space::Element => &self.elements,
        };
        map.get(name).copied().unwrap_or_else(|| {
            self.undefined.push(name.0.to_string());
            0
        })
    }

    fn table(&self) -> e::TableSection {
        let size = self.elements.len() as u64 + 1;
        let mut section = e::TableSection::new();
        let (element_type, table64, shared) = (e::RefType::FUNCREF, false, false);
        section.table(e::TableType {
            element_type,
            table64,
            minimum: size,
            maximum: Some(size),
            shared,
        });
        section
    }

    fn memory(&self, program: &Module) -> e::MemorySection {
        let maximum = program
            .memory
            .as_ref()
            .and_then(|memory| memory.maximum)
            .map(|pages| u64::from(pages.0));
        let mut section = e::MemorySection::new();
        let minimum = u64::from(self.pages);
        section.memory(e::MemoryType {
            minimum,
            maximum,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        section
    }

    fn globals(&mut self, program: &Module) -> e::GlobalSection {
        let mut section = e::GlobalSection::new();
        for global in &program.globals {
            let initial = match &global.initial {
                Initial::Const {
                    op: WasmOp::I64Const(value),
                } => e::ConstExpr::i64_const(*value),
                Initial::Const {
                    op: WasmOp::F64Const(bits),
                } => e::ConstExpr::f64_const(f64::from_bits(*bits).into()),
                Initial::Const {
                    op: WasmOp::I32Const(value),
                } => e::ConstExpr::i32_const(*value),
                // The check of the language knows no other constant.
                Initial::Const { .. } => e::ConstExpr::i32_const(0),
                Initial::Address { data, offset } => {
                    e::ConstExpr::i32_const((self.index(Space::Data, data) + offset.0) as i32)
                }
                Initial::HeapBase => e::ConstExpr::i32_const(self.heap_base as i32),
                Initial::HeapLimit => e::ConstExpr::i32_const((self.pages * PAGE) as i32),
            };
            let ty = e::GlobalType {
                val_type: value_type(&global.type_),
                mutable: global.mutable.0,
                shared: false,
            };
            section.global(ty, &initial);
        }
        section
    }

    fn exports(&mut self, program: &Module) -> e::ExportSection {
        let mut section = e::ExportSection::new();
        for export in &program.exports {
            match export {
                Export::Func { field, name } => {
                    section.export(
                        &field.0,
                        e::ExportKind::Func,
                        self.index(Space::Function, name),
                    );
                }
                Export::Global { field, name } => {
                    section.export(
                        &field.0,
                        e::ExportKind::Global,
                        self.index(Space::Global, name),
                    );
                }
                Export::Memory { field } => {
                    section.export(&field.0, e::ExportKind::Memory, 0);
                }
            }
        }
        section
    }

    fn element_section(&mut self, program: &Module) -> e::ElementSection {
        let functions: Vec<u32> = program
            .elements
            .iter()
            .map(|name| self.index(Space::Function, name))
            .collect();
        let mut section = e::ElementSection::new();
        section.active(
            None,
            &e::ConstExpr::i32_const(1),
            e::Elements::Functions(functions.into()),
        );
        section
    }

    /// Neighbours in memory share a segment, and zeros at a segment's end are the memory's own.
    fn data(&mut self, program: &Module) -> e::DataSection {
        let mut pieces: Vec<(usize, Vec<u8>)> = Vec::new();
        for data in program.data.iter().filter(|data| !data.bytes.0.is_empty()) {
            pieces.push((
                self.index(Space::Data, &data.name) as usize,
                self.bytes(data),
            ));
        }
        pieces.sort_by_key(|(at, _)| *at);
        let mut segments: Vec<(usize, Vec<u8>)> = Vec::new();
        for (at, mut bytes) in pieces {
            bytes.truncate(
                bytes
                    .iter()
                    .rposition(|byte| *byte != 0)
                    .map_or(0, |last| last + 1),
            );
            if bytes.is_empty() {
                continue;
            }
            match segments.last_mut() {
                Some((start, segment)) if at <= *start + segment.len() + SMALL_GAP => {
                    segment.resize(at - *start, 0);
                    segment.extend(bytes);
                }
                _ => segments.push((at, bytes)),
            }
        }
        let mut section = e::DataSection::new();
        for (at, bytes) in segments {
            section.active(0, &e::ConstExpr::i32_const(at as i32), bytes);
        }
        section
    }

    /// The bytes with the addresses and table indices that they hold.
    fn bytes(&mut self, data: &Data) -> Vec<u8> {
        let mut bytes = data.bytes.0.to_vec();
        for relocation in &data.relocations {
            let (at, word) = match relocation {
                Relocation::DataAddress { at, data, offset } => {
                    (at.0, self.index(Space::Data, data) + offset.0)
                }
                Relocation::TableIndex {
                    at,
                    function,
                    arity,
                } => (at.0, self.index(Space::Element, function) << 8 | arity.0),
            };
            if let Some(place) = bytes.get_mut(at as usize..at as usize + 4) {
                place.copy_from_slice(&word.to_le_bytes());
            }
        }
        bytes
    }

    fn function(&mut self, function: &Function) -> e::Function {
        let locals = ordered_locals(function);
        self.locals = numbered(locals.iter().map(|local| &local.var), 0);
        self.labels.clear();
        let mut groups: Vec<(u32, e::ValType)> = Vec::new();
        for local in locals.iter().skip(function.params.len()) {
            let ty = value_type(&local.type_);
            match groups.last_mut() {
                Some((count, last)) if *last == ty => *count += 1,
                _ => groups.push((1, ty)),
            }
        }
        let mut encoded = e::Function::new(groups);
        self.list(&function.body, &mut encoded);
        encoded.instruction(&e::Instruction::End);
        encoded
    }

    fn list(&mut self, list: &[Instr], out: &mut e::Function) {
        for instr in list {
            self.instr(instr, out);
        }
    }

    fn instr(&mut self, instr: &Instr, out: &mut e::Function) {
        use e::Instruction as I;
        match instr {
            Instr::Op { op, .. } => operation(*op, out),
            Instr::Get { var, .. } => _ = out.instruction(&I::LocalGet(self.local(*var))),
            Instr::Set { var, .. } => _ = out.instruction(&I::LocalSet(self.local(*var))),
            Instr::Tee { var, .. } => _ = out.instruction(&I::LocalTee(self.local(*var))),
            Instr::GlobalGet { global, .. } => {
                out.instruction(&I::GlobalGet(self.index(Space::Global, global)));
            }
            Instr::GlobalSet { global, .. } => {
                out.instruction(&I::GlobalSet(self.index(Space::Global, global)));
            }
            Instr::Address { data, offset, .. } => {
                out.instruction(&I::I32Const(
                    (self.index(Space::Data, data) + offset.0) as i32,
                ));
            }
            Instr::TableIndex { function, .. } => {
                out.instruction(&I::I32Const(self.index(Space::Element, function) as i32));
            }
            Instr::Call { function, .. } => {
                _ = out.instruction(&I::Call(self.index(Space::Function, function)))
            }
            Instr::ReturnCall { function, .. } => {
                out.instruction(&I::ReturnCall(self.index(Space::Function, function)));
            }
            Instr::CallIndirect { type_, .. } => {
                let type_index = self.ty(type_.clone());
                out.instruction(&I::CallIndirect {
                    type_index,
                    table_index: 0,
                });
            }
            Instr::ReturnCallIndirect { type_, .. } => {
                let type_index = self.ty(type_.clone());
                out.instruction(&I::ReturnCallIndirect {
                    type_index,
                    table_index: 0,
                });
            }
            Instr::Block {
                label,
                params,
                results,
                body,
                ..
            } => {
                let ty = self.block_type(params, results);
                out.instruction(&I::Block(ty));
                self.nested(Some(*label), body, out);
                out.instruction(&I::End);
            }
            Instr::Loop {
                label,
                params,
                results,
                body,
                ..
            } => {
                let ty = self.block_type(params, results);
                out.instruction(&I::Loop(ty));
                self.nested(Some(*label), body, out);
                out.instruction(&I::End);
            }
            Instr::If {
                label,
                params,
                results,
                then,
                else_,
                ..
            } => {
                let ty = self.block_type(params, results);
                out.instruction(&I::If(ty));
                self.nested(*label, then, out);
                if !else_.is_empty() {
                    out.instruction(&I::Else);
                    self.nested(*label, else_, out);
                }
                out.instruction(&I::End);
            }
            Instr::Br { label, .. } => _ = out.instruction(&I::Br(self.depth(*label))),
            Instr::BrIf { label, .. } => _ = out.instruction(&I::BrIf(self.depth(*label))),
            Instr::BrTable {
                labels, otherwise, ..
            } => {
                let depths: Vec<u32> = labels.iter().map(|label| self.depth(*label)).collect();
                out.instruction(&I::BrTable(depths.into(), self.depth(*otherwise)));
            }
            Instr::Return { .. } => _ = out.instruction(&I::Return),
            Instr::Unreachable { .. } => _ = out.instruction(&I::Unreachable),
        }
    }

    fn nested(&mut self, label: Option<LabelId>, body: &[Instr], out: &mut e::Function) {
        self.depth += 1;
        if let Some(label) = label {
            self.labels.insert(label, self.depth);
        }
        self.list(body, out);
        if let Some(label) = label {
            self.labels.remove(&label);
        }
        self.depth -= 1;
    }

    fn block_type(&mut self, params: &[WasmType], results: &[WasmType]) -> e::BlockType {
        match (params, results) {
            ([], []) => e::BlockType::Empty,
            ([], [result]) => e::BlockType::Result(value_type(result)),
            _ => e::BlockType::FunctionType(self.ty(FuncType {
                params: params.to_vec(),
                results: results.to_vec(),
            })),
        }
    }

    fn local(&mut self, var: VarId) -> u32 {
        self.locals.get(&var).copied().unwrap_or_else(|| {
            self.undefined.push(format!("local {}", var.0));
            0
        })
    }

    fn depth(&mut self, label: LabelId) -> u32 {
        match self.labels.get(&label) {
            Some(opened) => self.depth - opened,
            None => {
                self.undefined.push(format!("label {}", label.0.0));
                0
            }
        }
    }
}

/// What an index counts.
#[derive(Clone, Copy)]
enum Space {
    Function,
    Global,
    Data,
    Element,
}

fn numbered<'a, K: Clone + Eq + std::hash::Hash + 'a>(
    keys: impl Iterator<Item = &'a K>,
    from: u32,
) -> FxHashMap<K, u32> {
    keys.cloned().zip(from..).collect()
}

/// The address of each piece of data, and the first address behind them all.
fn place(data: &[Data]) -> (FxHashMap<WasmName, u32>, u32) {
    let mut addresses = FxHashMap::default();
    let mut next = FIRST_ADDRESS;
    let size = |data: &Data| data.bytes.0.len() as u32 + data.zeros.0;
    for data in data {
        if let Some(at) = data.at {
            addresses.insert(data.name.clone(), at.0);
            next = next.max(at.0 + size(data));
        }
    }
    // Scratch areas, which code names most, get the shortest addresses; what is large comes last.
    let rank = |data: &&Data| match (data.bytes.0.is_empty(), data.zeros.0) {
        (true, zeros) if zeros <= SCRATCH => 0,
        (false, _) => 1,
        (true, _) => 2,
    };
    let mut free: Vec<&Data> = data.iter().filter(|data| data.at.is_none()).collect();
    free.sort_by_key(rank);
    for data in free {
        let at = next.next_multiple_of(data.align.0.max(1));
        addresses.insert(data.name.clone(), at);
        next = at + size(data);
    }
    (addresses, next.next_multiple_of(8))
}

/// Parameters, then locals by type, which takes the fewest groups.
fn ordered_locals(function: &Function) -> Vec<WasmLocal> {
    let mut locals = function.locals.clone();
    locals.sort_by_key(|local| local.type_);
    function.params.iter().cloned().chain(locals).collect()
}

fn calls_indirectly(program: &Module) -> bool {
    fn any(list: &[Instr]) -> bool {
        list.iter().any(|instr| match instr {
            Instr::CallIndirect { .. } | Instr::ReturnCallIndirect { .. } => true,
            Instr::Block { body, .. } | Instr::Loop { body, .. } => any(body),
            Instr::If { then, else_, .. } => any(then) || any(else_),
            _ => false,
        })
    }
    program.functions.iter().any(|function| any(&function.body))
}

fn value_type(ty: &WasmType) -> e::ValType {
    match ty {
        WasmType::I32 => e::ValType::I32,
        WasmType::I64 => e::ValType::I64,
        WasmType::F32 => e::ValType::F32,
        WasmType::F64 => e::ValType::F64,
    }
}

fn operation(op: WasmOp, out: &mut e::Function) {
    match op {
        WasmOp::I32Const(value) => _ = out.instruction(&e::Instruction::I32Const(value)),
        WasmOp::I64Const(value) => _ = out.instruction(&e::Instruction::I64Const(value)),
        WasmOp::F64Const(bits) => {
            _ = out.instruction(&e::Instruction::F64Const(f64::from_bits(bits).into()))
        }
        WasmOp::Plain(index) => {
            out.raw(
                PLAIN_OPS
                    .get(usize::from(index))
                    .map_or(&[][..], |op| op.code)
                    .iter()
                    .copied(),
            );
        }
        WasmOp::Memory { op, offset, align } => {
            let mut bytes = vec![
                MEMORY_OPS.get(usize::from(op)).map_or(0, |op| op.code),
                align,
            ];
            e::Encode::encode(&offset, &mut bytes);
            out.raw(bytes);
        }
    }
}

/// The names of functions and globals, for messages; of locals with `-g`.
fn names(program: &Module, session: &Session) -> e::NameSection {
    let map = |names: &mut dyn Iterator<Item = &str>| {
        let mut map = e::NameMap::new();
        for (index, name) in (0..).zip(names) {
            map.append(index, name);
        }
        map
    };
    let imports = program.imports.iter().map(|import| &*import.name.0);
    let mut functions = imports.chain(program.functions.iter().map(|function| &*function.name.0));
    let mut section = e::NameSection::new();
    section.functions(&map(&mut functions));
    if session.options.debug {
        let mut all = e::IndirectNameMap::new();
        for (index, function) in (program.imports.len() as u32..).zip(&program.functions) {
            let locals = ordered_locals(function);
            all.append(
                index,
                &map(&mut locals.iter().map(|local| session.core.var_name(local.var))),
            );
        }
        section.locals(&all);
    }
    if !program.globals.is_empty() {
        section.globals(&map(&mut program
            .globals
            .iter()
            .map(|global| &*global.name.0)));
    }
    section
}

fn producers() -> e::ProducersSection {
    let mut language = e::ProducersField::new();
    language.value("AIVI", "");
    let mut compiler = e::ProducersField::new();
    compiler.value("aivic", env!("CARGO_PKG_VERSION"));
    let mut section = e::ProducersSection::new();
    section
        .field("language", &language)
        .field("processed-by", &compiler);
    section
}
