//! Instructions, and how they are put together.

use ir_defs::ops::{FuncType, WasmName, WasmOp, WasmType};
use ir_defs::reps::Rep;
use ir_defs::terminals::{IntLit, LabelId};
use ir_defs::wasm::Instr;
use nanopass::{Meta, VarId};

/// The type of a variable of a representation; `None` for what has no width, and for several results.
pub(super) fn wasm_type(rep: Rep) -> Option<WasmType> {
    match rep {
        Rep::I32 | Rep::Value => Some(WasmType::I32),
        Rep::I64 => Some(WasmType::I64),
        Rep::F64 => Some(WasmType::F64),
        Rep::Nothing | Rep::Results(_) => None,
    }
}

/// The results of a block that gives what a representation says.
pub(super) fn results(rep: Rep) -> Vec<WasmType> {
    match rep {
        Rep::Results(results) => results.reps().filter_map(wasm_type).collect(),
        single => wasm_type(single).into_iter().collect(),
    }
}

/// The name of a function of the runtime, by file and export.
pub(super) fn runtime(file: &str, name: &str) -> WasmName {
    WasmName(format!("{file}:{name}").into())
}

/// A sequence of instructions under construction, all with the same meta.
pub(super) struct Code {
    pub meta: Meta,
    pub instrs: Vec<Instr>,
}

impl Code {
    pub fn new(meta: Meta) -> Code {
        Code {
            meta,
            instrs: Vec::new(),
        }
    }

    /// An empty sequence at the same place.
    pub fn nested(&self) -> Code {
        Code::new(self.meta)
    }

    pub fn push(&mut self, instr: Instr) {
        self.instrs.push(instr);
    }

    /// An instruction of the table of plain ones. All names that this pass uses are in it.
    pub fn plain(&mut self, name: &str) {
        let op = WasmOp::plain(name);
        debug_assert!(op.is_some(), "{name}");
        if let Some(op) = op {
            self.op(op);
        }
    }

    /// A load or store with natural alignment.
    pub fn memory(&mut self, name: &str, offset: u32) {
        let op = WasmOp::memory(name, offset);
        debug_assert!(op.is_some(), "{name}");
        if let Some(op) = op {
            self.op(op);
        }
    }

    pub fn op(&mut self, op: WasmOp) {
        let meta = self.meta;
        self.push(Instr::Op { meta, op });
    }

    pub fn i32(&mut self, value: u32) {
        self.op(WasmOp::I32Const(value.cast_signed()));
    }

    pub fn i64(&mut self, value: i64) {
        self.op(WasmOp::I64Const(value));
    }

    pub fn get(&mut self, var: VarId) {
        let meta = self.meta;
        self.push(Instr::Get { meta, var });
    }

    pub fn set(&mut self, var: VarId) {
        let meta = self.meta;
        self.push(Instr::Set { meta, var });
    }

    pub fn tee(&mut self, var: VarId) {
        let meta = self.meta;
        self.push(Instr::Tee { meta, var });
    }

    pub fn global_get(&mut self, global: WasmName) {
        let meta = self.meta;
        self.push(Instr::GlobalGet { meta, global });
    }

    pub fn global_set(&mut self, global: WasmName) {
        let meta = self.meta;
        self.push(Instr::GlobalSet { meta, global });
    }

    pub fn address(&mut self, data: WasmName) {
        let meta = self.meta;
        self.push(Instr::Address {
            meta,
            data,
            offset: IntLit(0),
        });
    }

    pub fn call(&mut self, function: WasmName) {
        let meta = self.meta;
        self.push(Instr::Call { meta, function });
    }

    pub fn call_indirect(&mut self, type_: FuncType) {
        let meta = self.meta;
        self.push(Instr::CallIndirect { meta, type_ });
    }

    pub fn br(&mut self, label: LabelId) {
        let meta = self.meta;
        self.push(Instr::Br { meta, label });
    }

    /// Whether what follows is not reached.
    pub fn ends(&self) -> bool {
        matches!(
            self.instrs.last(),
            Some(
                Instr::Br { .. }
                    | Instr::BrTable { .. }
                    | Instr::Return { .. }
                    | Instr::ReturnCall { .. }
                    | Instr::ReturnCallIndirect { .. }
                    | Instr::Unreachable { .. }
            )
        )
    }

    /// Goes to a label, if this is reached.
    pub fn leave(&mut self, label: LabelId) {
        if !self.ends() {
            self.br(label);
        }
    }

    pub fn br_if(&mut self, label: LabelId) {
        let meta = self.meta;
        self.push(Instr::BrIf { meta, label });
    }

    pub fn unreachable(&mut self) {
        let meta = self.meta;
        self.push(Instr::Unreachable { meta });
    }

    pub fn block(&mut self, label: LabelId, results: Vec<WasmType>, body: Code) {
        let meta = self.meta;
        self.push(Instr::Block {
            meta,
            label,
            params: Vec::new(),
            results,
            body: body.instrs,
        });
    }

    pub fn loop_(&mut self, label: LabelId, results: Vec<WasmType>, body: Code) {
        let meta = self.meta;
        self.push(Instr::Loop {
            meta,
            label,
            params: Vec::new(),
            results,
            body: body.instrs,
        });
    }

    pub fn if_(&mut self, results: Vec<WasmType>, then: Code, other: Code) {
        let meta = self.meta;
        self.push(Instr::If {
            meta,
            label: None,
            params: Vec::new(),
            results,
            then: then.instrs,
            else_: other.instrs,
        });
    }

    /// Any value of a representation.
    pub fn dummy(&mut self, rep: Rep) {
        match rep {
            Rep::I32 | Rep::Value => self.i32(0),
            Rep::I64 => self.i64(0),
            Rep::F64 => self.op(WasmOp::F64Const(0)),
            Rep::Nothing => {}
            Rep::Results(results) => results.reps().for_each(|rep| self.dummy(rep)),
        }
    }
}

/// Whether something breaks to a label. What dispatches failures does so by `br` and `br_if` only.
pub(super) fn breaks_to(list: &[Instr], wanted: LabelId) -> bool {
    list.iter().any(|instr| match instr {
        Instr::Br { label, .. } | Instr::BrIf { label, .. } => *label == wanted,
        Instr::Block { body, .. } | Instr::Loop { body, .. } => breaks_to(body, wanted),
        Instr::If { then, else_, .. } => breaks_to(then, wanted) || breaks_to(else_, wanted),
        _ => false,
    })
}
