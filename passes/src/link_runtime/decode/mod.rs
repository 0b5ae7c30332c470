//! Decodes a file of the runtime into the wasm language.
//!
//! The file's indices become names: `file:name` for what it exports, `file:$name` for its other functions and globals,
//! `file:name` for the data segment at the global `name` of `data`, `zeroed:name` for a zeroed area. Locals and labels
//! become variables of the session. What a file of the runtime never holds (tables, elements, a start function, data at
//! fixed addresses) is an error.

mod instructions;

use std::collections::HashMap;
use std::sync::Arc;

use ir_defs::Session;
use ir_defs::ops::{FuncType, WasmName, WasmOp, WasmType};
use ir_defs::terminals::{ByteString, Flag, IntLit, TextLit};
use ir_defs::wasm::{Data, Function, Global, Import, Initial, Memory, Module, WasmLocal};
use nanopass::{Meta, Span};
use runtime_wat::File;
use wasmparser::{
    ConstExpr, DataKind, ExternalKind, FunctionBody, KnownCustom, Name, Operator, Parser, Payload,
    TypeRef, ValType,
};

use instructions::Body;

const META: Meta = Meta::NONE;

/// The module that stands for the program.
pub(super) const PROGRAM: &str = "program";

/// Where the shadow stack ends. It is large enough for a recursion as deep as engines usually allow.
const STACK_TOP: u32 = 4 << 20;

/// The part of a limited memory that the shadow stack may take: a quarter.
const PARTS: u64 = 4;

/// Reads a file. The text of an error is for the compiler's authors: the files of the runtime are tested.
pub(super) fn decode(file: &File, session: &mut Session) -> Result<Module, String> {
    let binary = file.binary()?;
    let decoder = Decoder {
        file: file.name,
        session,
        types: Vec::new(),
        function_types: Vec::new(),
        functions: Vec::new(),
        globals: Vec::new(),
        bodies: Vec::new(),
        labels: HashMap::new(),
        locals: HashMap::new(),
        module: Module {
            imports: Vec::new(),
            globals: Vec::new(),
            functions: Vec::new(),
            elements: Vec::new(),
            data: Vec::new(),
            memory: None,
            exports: Vec::new(),
        },
    };
    decoder.sections(&binary).map_err(|error| error.to_string())
}

type Result2<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// What an index of a global stands for.
#[derive(Clone)]
enum Place {
    Global(WasmName),
    Data(WasmName),
    Link(Initial),
}

struct Decoder<'a> {
    file: &'static str,
    session: &'a mut Session,
    types: Vec<FuncType>,
    function_types: Vec<u32>,
    functions: Vec<WasmName>,
    globals: Vec<Place>,
    bodies: Vec<FunctionBody<'a>>,
    /// Names of labels and locals, by function and index.
    labels: HashMap<(u32, u32), String>,
    locals: HashMap<(u32, u32), String>,
    module: Module,
}

impl<'a> Decoder<'a> {
    fn sections(mut self, binary: &'a [u8]) -> Result2<Module> {
        let mut functions = HashMap::new();
        let mut globals = HashMap::new();
        let mut exports = Vec::new();
        let mut own_globals = Vec::new();
        let mut data = Vec::new();
        for payload in Parser::new(0).parse_all(binary) {
            match payload? {
                Payload::TypeSection(section) => {
                    for ty in section.into_iter_err_on_gc_types() {
                        let ty = ty?;
                        let types = |list: &[ValType]| {
                            list.iter()
                                .map(|ty| value_type(*ty))
                                .collect::<Result2<Vec<_>>>()
                        };
                        self.types.push(FuncType {
                            params: types(ty.params())?,
                            results: types(ty.results())?,
                        });
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        self.import(import.module, import.name, import.ty)?;
                    }
                }
                Payload::FunctionSection(section) => {
                    for ty in section {
                        self.function_types.push(ty?);
                    }
                }
                Payload::MemorySection(section) => {
                    for memory in section {
                        let memory = memory?;
                        let pages = IntLit(memory.initial as u32);
                        let maximum = memory.maximum.map(|pages| IntLit(pages as u32));
                        self.module.memory = Some(Memory { pages, maximum });
                    }
                }
                Payload::GlobalSection(section) => {
                    own_globals = section.into_iter().collect::<Result<_, _>>()?
                }
                Payload::ExportSection(section) => {
                    exports = section.into_iter().collect::<Result<_, _>>()?
                }
                Payload::CodeSectionEntry(body) => self.bodies.push(body),
                Payload::DataSection(section) => {
                    data = section.into_iter().collect::<Result<_, _>>()?
                }
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(names) = section.as_known() {
                        for name in names {
                            match name? {
                                Name::Function(map) => read_names(map, &mut functions)?,
                                Name::Global(map) => read_names(map, &mut globals)?,
                                Name::Local(map) => read_indirect_names(map, &mut self.locals)?,
                                Name::Label(map) => read_indirect_names(map, &mut self.labels)?,
                                _ => {}
                            }
                        }
                    }
                }
                Payload::Version { .. } | Payload::CodeSectionStart { .. } | Payload::End(_) => {}
                other => return Err(format!("a section that no file has: {other:?}").into()),
            }
        }
        for index in self.functions.len()..self.function_types.len() {
            let name = self.own_name(index as u32, ExternalKind::Func, &exports, &functions);
            self.functions.push(name);
        }
        for global in own_globals {
            let index = self.globals.len() as u32;
            let name = self.own_name(index, ExternalKind::Global, &exports, &globals);
            let initial = self.initial(&global.init_expr)?;
            let (type_, mutable) = (value_type(global.ty.content_type)?, Flag(global.ty.mutable));
            self.module.globals.push(Global {
                name: name.clone(),
                type_,
                mutable,
                initial,
            });
            self.globals.push(Place::Global(name));
        }
        for segment in data {
            let DataKind::Active { offset_expr, .. } = segment.kind else {
                return Err("passive data".into());
            };
            let Initial::Address { data: name, .. } = self.initial(&offset_expr)? else {
                return Err("data at a fixed address".into());
            };
            let bytes = ByteString(Arc::from(segment.data));
            let (align, zeros) = (IntLit(8), IntLit(0));
            self.module.data.push(Data {
                name,
                at: None,
                align,
                bytes,
                zeros,
                relocations: Vec::new(),
            });
        }
        let imported = self.function_types.len() - self.bodies.len();
        for (index, body) in std::mem::take(&mut self.bodies).into_iter().enumerate() {
            let function = self.function((imported + index) as u32, &body)?;
            self.module.functions.push(function);
        }
        Ok(self.module)
    }

    fn import(&mut self, module: &str, name: &str, ty: TypeRef) -> Result2<()> {
        match ty {
            TypeRef::Func(index) => {
                let symbol = named(module, name);
                if runtime_wat::file(module).is_none() && module != PROGRAM {
                    let type_ = self
                        .types
                        .get(index as usize)
                        .cloned()
                        .ok_or("a type index")?;
                    let (module, field) = (TextLit(Arc::from(module)), TextLit(Arc::from(name)));
                    self.module.imports.push(Import {
                        module,
                        field,
                        name: symbol.clone(),
                        type_,
                    });
                }
                self.function_types.push(index);
                self.functions.push(symbol);
            }
            TypeRef::Global(_) => {
                let place = match (module, name, module.strip_prefix("zeroed ")) {
                    ("link", "heap_base", _) => Place::Link(Initial::HeapBase),
                    ("link", "heap_limit", _) => Place::Link(Initial::HeapLimit),
                    ("link", "first_limit", _) => Place::Link(self.first_limit()),
                    ("link", "stack_top", _) => Place::Data(self.stack()),
                    ("link", "stress", _) => {
                        let stress = self.session.options.collector_stress;
                        Place::Link(constant(i32::from(stress)))
                    }
                    ("link", "max_pages", _) => {
                        let pages = self.session.options.max_pages.unwrap_or(0);
                        Place::Link(constant(pages.cast_signed()))
                    }
                    ("data", name, _) => Place::Data(named(self.file, name)),
                    (_, name, Some(size)) => Place::Data(self.zeroed(name, size.parse()?)),
                    (module, name, _) => Place::Global(named(module, name)),
                };
                self.globals.push(place);
            }
            TypeRef::Memory(_) => {}
            other => return Err(format!("an import that no file has: {other:?}").into()),
        }
        Ok(())
    }

    /// Under stress there is no room at first.
    fn first_limit(&self) -> Initial {
        if self.session.options.collector_stress {
            Initial::HeapBase
        } else {
            Initial::HeapLimit
        }
    }

    /// The end of the shadow stack, which lies at the bottom of the memory: an empty area of its own, behind it.
    fn stack(&mut self) -> WasmName {
        let name = named("link", "stack_top");
        let limit = self.session.options.max_pages;
        let share = limit.map_or(u64::MAX, |pages| (u64::from(pages) << 16) / PARTS);
        let top = u32::try_from(share).map_or(STACK_TOP, |share| share.min(STACK_TOP));
        self.module.data.push(Data {
            name: name.clone(),
            at: Some(IntLit(top)),
            align: IntLit(8),
            bytes: ByteString(Arc::from([])),
            zeros: IntLit(0),
            relocations: Vec::new(),
        });
        name
    }

    fn zeroed(&mut self, name: &str, size: u32) -> WasmName {
        let name = named("zeroed", name);
        self.module.data.push(Data {
            name: name.clone(),
            at: None,
            align: IntLit(8),
            bytes: ByteString(Arc::from([])),
            zeros: IntLit(size),
            relocations: Vec::new(),
        });
        name
    }

    /// The name of a function or global of this file.
    fn own_name(
        &self,
        index: u32,
        kind: ExternalKind,
        exports: &[wasmparser::Export<'_>],
        names: &HashMap<u32, String>,
    ) -> WasmName {
        if let Some(export) = exports
            .iter()
            .find(|export| export.kind == kind && export.index == index)
        {
            return named(self.file, export.name);
        }
        let name = names
            .get(&index)
            .cloned()
            .unwrap_or_else(|| index.to_string());
        named(self.file, &format!("${name}"))
    }

    fn initial(&self, expr: &ConstExpr) -> Result2<Initial> {
        let op = match expr.get_operators_reader().read()? {
            Operator::I32Const { value } => WasmOp::I32Const(value),
            Operator::I64Const { value } => WasmOp::I64Const(value),
            Operator::F64Const { value } => WasmOp::F64Const(value.bits()),
            Operator::GlobalGet { global_index } => match self.globals.get(global_index as usize) {
                Some(Place::Link(initial)) => return Ok(initial.clone()),
                Some(Place::Data(data)) => {
                    return Ok(Initial::Address {
                        data: data.clone(),
                        offset: IntLit(0),
                    });
                }
                _ => return Err("a global initialised by another".into()),
            },
            other => return Err(format!("an initialiser that no file has: {other:?}").into()),
        };
        Ok(Initial::Const { op })
    }

    fn function(&mut self, index: u32, body: &FunctionBody) -> Result2<Function> {
        let name = self
            .functions
            .get(index as usize)
            .cloned()
            .ok_or("a function index")?;
        let ty = self
            .function_types
            .get(index as usize)
            .and_then(|ty| self.types.get(*ty as usize));
        let FuncType { params, results } = ty.cloned().ok_or("a type index")?;
        let mut locals = Vec::new();
        for group in body.get_locals_reader()? {
            let (count, ty) = group?;
            locals.extend(std::iter::repeat_n(value_type(ty)?, count as usize));
        }
        let mut variables = Vec::new();
        for ty in params.iter().chain(&locals) {
            let local = variables.len() as u32;
            let name = self
                .locals
                .get(&(index, local))
                .map_or("local", String::as_str);
            variables.push(WasmLocal {
                var: self.session.core.fresh_named(name, Span::NONE),
                type_: *ty,
            });
        }
        let reader = body.get_binary_reader_for_operators()?;
        let vars = variables.iter().map(|local| local.var).collect();
        let mut body = Body {
            decoder: self,
            function: index,
            reader,
            vars,
            open: Vec::new(),
            next_label: 0,
        };
        let (body, _) = body.list()?;
        let locals = variables.split_off(params.len());
        Ok(Function {
            meta: META,
            name,
            params: variables,
            results,
            locals,
            body,
        })
    }
}

fn constant(value: i32) -> Initial {
    Initial::Const {
        op: WasmOp::I32Const(value),
    }
}

fn named(file: &str, name: &str) -> WasmName {
    WasmName(Arc::from(format!("{file}:{name}")))
}

fn value_type(ty: ValType) -> Result2<WasmType> {
    Ok(match ty {
        ValType::I32 => WasmType::I32,
        ValType::I64 => WasmType::I64,
        ValType::F32 => WasmType::F32,
        ValType::F64 => WasmType::F64,
        other => return Err(format!("a type that no file has: {other}").into()),
    })
}

fn read_names(map: wasmparser::NameMap, names: &mut HashMap<u32, String>) -> Result2<()> {
    for naming in map {
        let naming = naming?;
        names.insert(naming.index, naming.name.to_string());
    }
    Ok(())
}

fn read_indirect_names(
    map: wasmparser::IndirectNameMap,
    names: &mut HashMap<(u32, u32), String>,
) -> Result2<()> {
    for function in map {
        let function = function?;
        for naming in function.names {
            let naming = naming?;
            names.insert((function.index, naming.index), naming.name.to_string());
        }
    }
    Ok(())
}
