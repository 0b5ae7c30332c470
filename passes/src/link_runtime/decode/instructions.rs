//! Decodes the bodies of functions: instructions, blocks and labels.

use ir_defs::ops::{FuncType, MEMORY_OPS, PLAIN_OPS, WasmOp, WasmType};
use ir_defs::terminals::{IntLit, LabelId};
use ir_defs::wasm::{Initial, Instr};
use nanopass::{Span, VarId};
use wasmparser::BinaryReader;

use super::{Decoder, META, Place, Result2};

/// Adds an instruction. A choice that the linker knows is made at once, so that nothing of the other way is linked.
pub(super) fn push(instr: Instr, list: &mut Vec<Instr>) {
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
pub(super) enum Terminator {
    End,
    Else,
}

pub(super) struct Body<'d, 'a, 'r> {
    pub(super) decoder: &'d mut Decoder<'a>,
    pub(super) function: u32,
    pub(super) reader: BinaryReader<'r>,
    pub(super) vars: Vec<VarId>,
    /// The labels around, outermost first.
    pub(super) open: Vec<LabelId>,
    pub(super) next_label: u32,
}
impl Body<'_, '_, '_> {
    pub(super) fn list(&mut self) -> Result2<(Vec<Instr>, Terminator)> {
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

pub(super) fn op(op: WasmOp) -> Instr {
    Instr::Op { meta: META, op }
}
