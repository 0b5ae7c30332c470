//! Functions and their instructions.

use ir_defs::ops::{FuncType, MEMORY_OPS, PLAIN_OPS, WasmOp, WasmType};
use ir_defs::terminals::LabelId;
use ir_defs::wasm::{Function, Instr, WasmLocal};
use nanopass::VarId;
use wasm_encoder as e;

use super::{Emitter, Space, numbered, value_type};

impl Emitter {
    pub(super) fn function(&mut self, function: &Function) -> e::Function {
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
        if let Some(rows) = &mut self.rows {
            rows.push((out.byte_len(), instr.meta().span));
        }
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

/// Parameters, then locals by type, which takes the fewest groups.
pub(super) fn ordered_locals(function: &Function) -> Vec<WasmLocal> {
    let mut locals = function.locals.clone();
    locals.sort_by_key(|local| local.type_);
    function.params.iter().cloned().chain(locals).collect()
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
