//! Decodes a file of the runtime into the wasm language.
//!
//! The file's indices become names: `file:name` for what it exports, `file:$name` for its other functions and globals,
//! `file:name` for the data segment at the global `name` of `data`, `zeroed:name` for a zeroed area. Locals and labels
//! become variables of the session. What a file of the runtime never holds (tables, elements, a start function, data at
//! fixed addresses) is an error.

use std::collections::HashMap;
use std::sync::Arc;

use ir_defs::Session;
use ir_defs::ops::{FuncType, MEMORY_OPS, PLAIN_OPS, WasmName, WasmOp, WasmType};
use ir_defs::terminals::{ByteString, Flag, IntLit, LabelId, TextLit};
use ir_defs::wasm::{Data, Function, Global, Import, Initial, Instr, Memory, Module, WasmLocal};
use nanopass::{Meta, Span, VarId};
use runtime_wat::File;
use wasmparser::{
    BinaryReader, ConstExpr, DataKind, ExternalKind, FunctionBody, KnownCustom, Name, Operator,
    Parser, Payload, TypeRef, ValType,
};

const META: Meta = Meta::NONE;

/// The module that stands for the program.
pub(super) const PROGRAM: &str = "program";

/// Where the shadow stack ends. It is large enough for a recursion as deep as engines usually allow.
const STACK_TOP: u32 = 4 << 20;

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
        self.module.data.push(Data {
            name: name.clone(),
            at: Some(IntLit(STACK_TOP)),
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

/// Adds an instruction. A choice that the linker knows is made at once, so that nothing of the other way is linked.
fn push(instr: Instr, list: &mut Vec<Instr>) {
    let known = match list.last() {
        Some(Instr::Op {
            op: WasmOp::I32Const(value),
            ..
        }) => Some(*value != 0),
        _ => None,
    };
    match (instr, known) {
        (
            Instr::If {
                meta: _,
                label: None,
                params,
                results,
                then,
                else_,
            },
            Some(known),
        ) if params.is_empty() && results.is_empty() => {
            list.pop();
            // No branch inside is to this block, which has no label.
            let chosen = if known { then } else { else_ };
            list.extend(chosen);
        }
        (instr, _) => list.push(instr),
    }
}

/// What ends a list of instructions.
#[derive(PartialEq)]
enum Terminator {
    End,
    Else,
}

struct Body<'d, 'a, 'r> {
    decoder: &'d mut Decoder<'a>,
    function: u32,
    reader: BinaryReader<'r>,
    vars: Vec<VarId>,
    /// The labels around, outermost first.
    open: Vec<LabelId>,
    next_label: u32,
}

impl Body<'_, '_, '_> {
    fn list(&mut self) -> Result2<(Vec<Instr>, Terminator)> {
        let mut list = Vec::new();
        loop {
            let code = self.reader.read_u8()?;
            match code {
                0x0B => return Ok((list, Terminator::End)),
                0x05 => return Ok((list, Terminator::Else)),
                _ => {
                    let instr = self.instr(code)?;
                    push(instr, &mut list);
                }
            }
        }
    }

    fn instr(&mut self, code: u8) -> Result2<Instr> {
        let meta = META;
        Ok(match code {
            0x00 => Instr::Unreachable { meta },
            0x02..=0x04 => self.structured(code)?,
            0x0C => Instr::Br {
                meta,
                label: self.label()?,
            },
            0x0D => Instr::BrIf {
                meta,
                label: self.label()?,
            },
            0x0E => {
                let count = self.reader.read_var_u32()?;
                let labels = (0..count).map(|_| self.label()).collect::<Result2<_>>()?;
                Instr::BrTable {
                    meta,
                    labels,
                    otherwise: self.label()?,
                }
            }
            0x0F => Instr::Return { meta },
            0x10 | 0x12 => {
                let index = self.reader.read_var_u32()?;
                let function = self
                    .decoder
                    .functions
                    .get(index as usize)
                    .cloned()
                    .ok_or("a function index")?;
                if code == 0x10 {
                    Instr::Call { meta, function }
                } else {
                    Instr::ReturnCall { meta, function }
                }
            }
            0x20 => Instr::Get {
                meta,
                var: self.var()?,
            },
            0x21 => Instr::Set {
                meta,
                var: self.var()?,
            },
            0x22 => Instr::Tee {
                meta,
                var: self.var()?,
            },
            0x23 | 0x24 => self.global(code == 0x24)?,
            0x41 => op(WasmOp::I32Const(self.reader.read_var_i32()?)),
            0x42 => op(WasmOp::I64Const(self.reader.read_var_i64()?)),
            0x44 => op(WasmOp::F64Const(self.reader.read_f64()?.bits())),
            0x28..=0x3E => {
                let index = MEMORY_OPS
                    .iter()
                    .position(|op| op.code == code)
                    .ok_or("a memory instruction")?;
                let align = self.reader.read_var_u32()? as u8;
                let offset = self.reader.read_var_u32()?;
                op(WasmOp::Memory {
                    op: index as u8,
                    offset,
                    align,
                })
            }
            _ => self.plain(code)?,
        })
    }

    /// Instructions without operands of interest are known by their bytes.
    fn plain(&mut self, code: u8) -> Result2<Instr> {
        let second = if code == 0xFC {
            Some(self.reader.read_u8()?)
        } else {
            None
        };
        let is_it = |bytes: &[u8]| {
            bytes.first() == Some(&code) && (second.is_none() || bytes.get(1) == second.as_ref())
        };
        let index = PLAIN_OPS.iter().position(|op| is_it(op.code));
        let index = index
            .ok_or_else(|| format!("an instruction that no file has: {code:#x} {second:?}"))?;
        let read = 1 + usize::from(second.is_some());
        for expected in PLAIN_OPS
            .get(index)
            .and_then(|op| op.code.get(read..))
            .unwrap_or_default()
        {
            if self.reader.read_u8()? != *expected {
                return Err("a memory other than the first".into());
            }
        }
        Ok(op(WasmOp::Plain(index as u8)))
    }

    fn structured(&mut self, code: u8) -> Result2<Instr> {
        let meta = META;
        let FuncType { params, results } = self.block_type()?;
        let (function, index) = (self.function, self.next_label);
        self.next_label += 1;
        let kind = match code {
            0x02 => "block",
            0x03 => "loop",
            _ => "if",
        };
        let name = self.decoder.labels.get(&(function, index)).cloned();
        let label = LabelId(
            self.decoder
                .session
                .core
                .fresh_named(name.as_deref().unwrap_or(kind), Span::NONE),
        );
        self.open.push(label);
        let (body, terminator) = self.list()?;
        let else_ = if terminator == Terminator::Else {
            self.list()?.0
        } else {
            Vec::new()
        };
        self.open.pop();
        Ok(match code {
            0x02 => Instr::Block {
                meta,
                label,
                params,
                results,
                body,
            },
            0x03 => Instr::Loop {
                meta,
                label,
                params,
                results,
                body,
            },
            _ => Instr::If {
                meta,
                label: name.map(|_| label),
                params,
                results,
                then: body,
                else_,
            },
        })
    }

    fn block_type(&mut self) -> Result2<FuncType> {
        let result = |ty| FuncType {
            params: Vec::new(),
            results: vec![ty],
        };
        Ok(match self.reader.read_var_s33()? {
            -0x40 => FuncType::default(),
            -0x01 => result(WasmType::I32),
            -0x02 => result(WasmType::I64),
            -0x03 => result(WasmType::F32),
            -0x04 => result(WasmType::F64),
            index => {
                let index = usize::try_from(index)?;
                self.decoder
                    .types
                    .get(index)
                    .cloned()
                    .ok_or("a type index")?
            }
        })
    }

    fn label(&mut self) -> Result2<LabelId> {
        let depth = self.reader.read_var_u32()? as usize;
        let index = self
            .open
            .len()
            .checked_sub(depth + 1)
            .ok_or("a branch out of the function")?;
        Ok(self.open.get(index).copied().ok_or("a label")?)
    }

    fn var(&mut self) -> Result2<VarId> {
        let index = self.reader.read_var_u32()?;
        Ok(self.vars.get(index as usize).copied().ok_or("a local")?)
    }

    fn global(&mut self, set: bool) -> Result2<Instr> {
        let meta = META;
        let index = self.reader.read_var_u32()?;
        match self.decoder.globals.get(index as usize) {
            Some(Place::Global(global)) if set => Ok(Instr::GlobalSet {
                meta,
                global: global.clone(),
            }),
            Some(Place::Global(global)) => Ok(Instr::GlobalGet {
                meta,
                global: global.clone(),
            }),
            Some(Place::Link(Initial::Const { op: value })) if !set => Ok(op(*value)),
            Some(Place::Data(data)) if !set => Ok(Instr::Address {
                meta,
                data: data.clone(),
                offset: IntLit(0),
            }),
            _ => Err("a global that only the linker knows".into()),
        }
    }
}

fn op(op: WasmOp) -> Instr {
    Instr::Op { meta: META, op }
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
