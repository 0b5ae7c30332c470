//! `emit`: `wasm` → `binary`
//!
//! Names become indices, data gets addresses, and the module its bytes.
//!
//! ```text
//! before:  (call $host/console:print)
//! after:   10 02
//! ```
//!
//! Design: addresses are given out here, where it is known what is left: from 16 up (no object is at the null word),
//! first scratch areas, then the data with bytes, then the other areas of zeros, then the heap. Zeros take no room in
//! the module. Nothing is decided otherwise, so the module has the functions, globals and locals of the program in its
//! order. The bytes are validated against the portable profile before anybody sees them.
//!
//! - `code`: functions and instructions; `data`: addresses and bytes;
//! - `names`: the name section and the producers; `dwarf`: lines for debuggers, with `-g`.

mod code;
mod data;
mod dwarf;
mod names;

use ir_defs::Session;
use ir_defs::binary::Binary;
use ir_defs::ops::{FuncType, WasmName, WasmOp, WasmType};
use ir_defs::terminals::LabelId;
use ir_defs::wasm::{Export, Initial, Instr, Module};
use nanopass::{Diagnostic, Span, VarId};
use rustc_hash::FxHashMap;
use wasm_encoder as e;
use wasmparser::{Validator, WasmFeatures};

use crate::codes;
use data::place;
use dwarf::FunctionLines;
use names::{names, producers};

/// Where data begins. Below lies the null word.
const FIRST_ADDRESS: u32 = 16;

/// The size of a zeroed area up to which it is scratch memory.
const SCRATCH: u32 = 16;

/// Two pieces of data with no more bytes between them share a segment.
const SMALL_GAP: usize = 8;

const PAGE: u32 = 1 << 16;

/// Encodes a module.
pub fn run(program: Module, session: &mut Session) -> Binary {
    let mut emitter = Emitter::new(&program, session);
    let binary = emitter.module(&program, session);
    let undefined = std::mem::take(&mut emitter.undefined);
    for name in undefined {
        session.report(Diagnostic::error(
            codes::INVALID_MODULE,
            format!("the module speaks of `{name}`, which it lacks"),
        ));
    }
    if let Some(maximum) = emitter.maximum
        && emitter.pages > maximum
    {
        let (needs, has) = (emitter.pages * (PAGE >> 10), maximum * (PAGE >> 10));
        session.report(
            Diagnostic::error(
                codes::MEMORY_LIMIT,
                format!("the program begins with {needs} KiB of memory, and may have {has} KiB"),
            )
            .help("allow it more with `--max-memory`"),
        );
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
    /// The most pages that the memory may have.
    maximum: Option<u32>,
    undefined: Vec<String>,
    // Of the function in hand.
    locals: FxHashMap<VarId, u32>,
    /// How many blocks are open, and at which depth each label was opened.
    depth: u32,
    labels: FxHashMap<LabelId, u32>,
    /// Where its instructions begin and come from, if somebody asks.
    rows: Option<Vec<(usize, Span)>>,
}

impl Emitter {
    fn new(program: &Module, session: &Session) -> Emitter {
        let names = program.imports.iter().map(|import| &import.name);
        let names = names.chain(program.functions.iter().map(|function| &function.name));
        let (addresses, heap_base) = place(&program.data);
        let least = program.memory.as_ref().map_or(0, |memory| memory.pages.0);
        let maximum = program.memory.as_ref().and_then(|memory| memory.maximum);
        Emitter {
            types: Vec::new(),
            functions: numbered(names, 0),
            globals: numbered(program.globals.iter().map(|global| &global.name), 0),
            addresses,
            elements: numbered(program.elements.iter(), 1),
            heap_base,
            pages: least.max(heap_base.div_ceil(PAGE)),
            maximum: maximum.map(|pages| pages.0),
            undefined: Vec::new(),
            locals: FxHashMap::default(),
            depth: 0,
            labels: FxHashMap::default(),
            rows: (session.options.debug || session.options.places).then(Vec::new),
        }
    }

    fn module(&mut self, program: &Module, session: &mut Session) -> Vec<u8> {
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
        let mut lines = Vec::new();
        for function in &program.functions {
            let params = function.params.iter().map(|local| local.type_).collect();
            functions.function(self.ty(FuncType {
                params,
                results: function.results.clone(),
            }));
            let body = self.function(function);
            if let Some(rows) = &mut self.rows {
                lines.push(FunctionLines {
                    name: function.name.0.to_string(),
                    span: function.meta.span,
                    rows: std::mem::take(rows),
                    length: body.byte_len(),
                });
            }
            code.function(&body);
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
            module.section(&self.memory());
        }
        if !globals.is_empty() {
            module.section(&globals);
        }
        module.section(&exports);
        if !program.elements.is_empty() {
            module.section(&self.element_section(program));
        }
        let before = module.as_slice().len();
        module.section(&code);
        if session.options.places {
            let contents = module.as_slice().len() - dwarf::contents_length(&lines);
            debug_assert!(
                before < contents,
                "a section begins with its number and its length"
            );
            session.code_places = dwarf::places(&lines, contents);
        }
        if !data.is_empty() {
            module.section(&data);
        }
        module.section(&names(program, session));
        module.section(&producers());
        if session.options.debug {
            for (name, data) in dwarf::sections(&lines, session) {
                module.section(&e::CustomSection {
                    name: name.into(),
                    data: data.into(),
                });
            }
        }
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

    fn memory(&self) -> e::MemorySection {
        let minimum = u64::from(self.pages);
        let maximum = self.maximum.map(u64::from);
        let mut section = e::MemorySection::new();
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
