//! What functions share: data segments, the failure cell, the places of faults, the start.

use std::sync::Arc;

use ir_defs::Session;
use ir_defs::host::{HostFunction, Width};
use ir_defs::ops::{FuncType, WasmName, WasmOp, WasmType};
use ir_defs::reps::Rep;
use ir_defs::rooted::{Static, Value, Word};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{ByteString, Flag, IntLit, TextLit};
use ir_defs::wasm::{Data, Function, Global, Import, Initial, Relocation};
use nanopass::{Diagnostic, Meta, Span};
use rustc_hash::FxHashMap;

use super::code::{Code, runtime, wasm_type};
use crate::codes;
use ir_defs::layout::{Kind, plain_header};

/// The module under construction.
pub(super) struct ModuleLowering<'s> {
    pub session: &'s mut Session,
    pub data: Vec<Data>,
    pub imports: Vec<Import>,
    places: FxHashMap<Span, WasmName>,
    /// Where calls would be tail calls, if the options allowed them.
    pub plain_calls: Vec<Span>,
}

/// Whether a failure is on its way.
pub(super) fn failed() -> WasmName {
    WasmName("failed".into())
}

/// What the failure on its way holds, one global for each representation.
pub(super) fn payload(rep: Rep) -> WasmName {
    WasmName(format!("failure.{}", rep.text()).into())
}

impl<'s> ModuleLowering<'s> {
    pub fn new(session: &'s mut Session) -> ModuleLowering<'s> {
        ModuleLowering {
            session,
            data: Vec::new(),
            imports: Vec::new(),
            places: FxHashMap::default(),
            plain_calls: Vec::new(),
        }
    }

    /// Warns, once, of the program's own calls that use the stack because the options allow no tail calls.
    pub fn report_plain_calls(&mut self) {
        let Some(first) = self.plain_calls.first() else {
            return;
        };
        let message = match self.plain_calls.len() {
            1 => "a call that could be a tail call uses the stack".to_owned(),
            count => format!("{count} calls that could be tail calls use the stack"),
        };
        let warning = Diagnostic::warning(codes::PLAIN_TAIL_CALLS, message)
            .at(*first, "the function waits here for what it calls")
            .help("`--no-tail-call` asks for that: leave it out where the engine has tail calls");
        self.session.report(warning);
    }

    pub fn name(&self, global: GlobalId) -> WasmName {
        WasmName(Arc::from(self.session.globals.name(global)))
    }

    /// The function of the host, which the module imports from now on.
    pub fn import(&mut self, function: &HostFunction) -> WasmName {
        let name = WasmName(format!("{}#{}", function.module, function.field).into());
        let width = |width: &Width| match width {
            Width::I32 => WasmType::I32,
            Width::I64 => WasmType::I64,
            Width::F64 => WasmType::F64,
        };
        if !self.imports.iter().any(|import| import.name == name) {
            self.imports.push(Import {
                module: TextLit(function.module.as_str().into()),
                field: TextLit(function.field.as_str().into()),
                name: name.clone(),
                type_: FuncType {
                    params: function.params.iter().map(width).collect(),
                    results: function.result.iter().map(width).collect(),
                },
            });
        }
        name
    }

    /// A mutable global, zero at first.
    pub fn variable(name: WasmName, rep: Rep) -> Option<Global> {
        let op = match rep {
            Rep::I32 | Rep::Value => WasmOp::I32Const(0),
            Rep::I64 => WasmOp::I64Const(0),
            Rep::F64 => WasmOp::F64Const(0),
            Rep::Nothing | Rep::Results(_) => return None,
        };
        let type_ = wasm_type(rep)?;
        Some(Global {
            name,
            type_,
            mutable: Flag(true),
            initial: Initial::Const { op },
        })
    }

    /// The failure cell: a flag, and one payload for each representation.
    pub fn failure_cell() -> Vec<Global> {
        let payloads =
            [Rep::I32, Rep::I64, Rep::F64, Rep::Value].map(|rep| Self::variable(payload(rep), rep));
        let flag = Self::variable(failed(), Rep::I32);
        flag.into_iter()
            .chain(payloads.into_iter().flatten())
            .collect()
    }

    /// The function that shows the collector the variables which may hold pointers: top-level values, and the payload
    /// of a failure. It calls `collect:root` with each, and sets it to what that gives.
    pub fn each_root(&self, values: &[Value]) -> Function {
        let values = values.iter().filter(|value| value.rep == Rep::Value);
        let names = values.map(|value| self.name(value.global));
        let mut code = Code::new(Meta::NONE);
        for name in names.chain([payload(Rep::Value)]) {
            code.global_get(name.clone());
            code.call(runtime("collect", "root"));
            code.global_set(name);
        }
        Function {
            meta: Meta::NONE,
            name: runtime("program", "each_root"),
            params: Vec::new(),
            results: Vec::new(),
            locals: Vec::new(),
            body: code.instrs,
        }
    }

    /// A static object as a data segment.
    pub fn object(&mut self, object: Static) {
        let mut bytes = Vec::new();
        let mut relocations = Vec::new();
        for word in object.words {
            let at = IntLit(bytes.len() as u32);
            match word {
                Word::Number { value } => bytes.extend(value.0.to_le_bytes()),
                Word::Address { static_ } => {
                    let data = self.name(static_);
                    relocations.push(Relocation::DataAddress {
                        at,
                        data,
                        offset: IntLit(0),
                    });
                    bytes.extend([0; 4]);
                }
                Word::Code { function, arity } => {
                    let function = self.name(function);
                    relocations.push(Relocation::TableIndex {
                        at,
                        function,
                        arity,
                    });
                    bytes.extend([0; 4]);
                }
                Word::Chars { text } => bytes.extend(text.0.as_bytes()),
            }
        }
        let name = self.name(object.name);
        self.data.push(segment(name, bytes, relocations));
    }

    /// A text object that names a place in the source: `file.aivi:3:7`. Equal places are one.
    pub fn place(&mut self, span: Span) -> WasmName {
        if let Some(name) = self.places.get(&span) {
            return name.clone();
        }
        let place = self.session.core.sources.locate(span);
        let text = place.map_or_else(
            || "unknown place".to_owned(),
            |place| format!("{}:{}:{}", place.name, place.line, place.column),
        );
        let name = WasmName(format!("place.{}", self.places.len()).into());
        let mut bytes = plain_header(Kind::Bytes).to_le_bytes().to_vec();
        bytes.extend((text.len() as u32).to_le_bytes());
        bytes.extend(text.as_bytes());
        self.data.push(segment(name.clone(), bytes, Vec::new()));
        self.places.insert(span, name.clone());
        name
    }
}

/// A segment of whole double words.
fn segment(name: WasmName, mut bytes: Vec<u8>, relocations: Vec<Relocation>) -> Data {
    let zeros = bytes.len().next_multiple_of(8) - bytes.len();
    bytes.extend(std::iter::repeat_n(0, zeros));
    Data {
        name,
        at: None,
        align: IntLit(8),
        bytes: ByteString(Arc::from(bytes)),
        zeros: IntLit(0),
        relocations,
    }
}
