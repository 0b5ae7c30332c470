//! The leaves of the WASM language: names, types and the instructions without control flow.

use std::sync::Arc;

/// The symbolic name of a function, global or data segment: `main.fib`, `heap.alloc`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct WasmName(pub Arc<str>);

/// A value type of the portable profile.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum WasmType {
    /// 32-bit integer
    I32,
    /// 64-bit integer
    I64,
    /// 32-bit float; only inside the runtime
    F32,
    /// 64-bit float
    F64,
}

/// A function type.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct FuncType {
    /// The types of the parameters.
    pub params: Vec<WasmType>,
    /// The types of the results.
    pub results: Vec<WasmType>,
}

/// An instruction without control flow, names or locals.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum WasmOp {
    /// `i32.const`
    I32Const(i32),
    /// `i64.const`
    I64Const(i64),
    /// `f64.const`, by its bits
    F64Const(u64),
    /// A load or store: an index into the table of memory instructions, the offset, the alignment's exponent.
    Memory {
        /// The index of the instruction.
        op: u8,
        /// Added to the address.
        offset: u32,
        /// The exponent of the alignment.
        align: u8,
    },
    /// Any other: an index into the table of plain instructions.
    Plain(u8),
}

/// What is known of a plain instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PlainOp {
    /// The name in the text format.
    pub name: &'static str,
    /// The bytes in the binary format.
    pub code: &'static [u8],
    /// The operands, one letter each: `i` i32, `l` i64, `f` f32, `d` f64, `*` any one type.
    pub params: &'static str,
    /// The results, likewise.
    pub results: &'static str,
}

/// What is known of a load or store.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MemoryOp {
    /// The name in the text format.
    pub name: &'static str,
    /// The byte in the binary format.
    pub code: u8,
    /// The exponent of the natural alignment.
    pub align: u8,
    /// The type of what is loaded or stored.
    pub ty: WasmType,
    /// Whether it stores.
    pub store: bool,
}

const fn plain(
    name: &'static str,
    code: &'static [u8],
    params: &'static str,
    results: &'static str,
) -> PlainOp {
    PlainOp {
        name,
        code,
        params,
        results,
    }
}

const fn memory(name: &'static str, code: u8, align: u8, ty: WasmType, store: bool) -> MemoryOp {
    MemoryOp {
        name,
        code,
        align,
        ty,
        store,
    }
}

/// The plain instructions.
#[rustfmt::skip]
pub const PLAIN_OPS: &[PlainOp] = &[
    plain("nop", &[0x01], "", ""),
    plain("drop", &[0x1A], "*", ""),
    plain("select", &[0x1B], "**i", "*"),
    plain("i32.eqz", &[0x45], "i", "i"),
    plain("i32.eq", &[0x46], "ii", "i"),
    plain("i32.ne", &[0x47], "ii", "i"),
    plain("i32.lt_s", &[0x48], "ii", "i"),
    plain("i32.lt_u", &[0x49], "ii", "i"),
    plain("i32.gt_s", &[0x4A], "ii", "i"),
    plain("i32.gt_u", &[0x4B], "ii", "i"),
    plain("i32.le_s", &[0x4C], "ii", "i"),
    plain("i32.le_u", &[0x4D], "ii", "i"),
    plain("i32.ge_s", &[0x4E], "ii", "i"),
    plain("i32.ge_u", &[0x4F], "ii", "i"),
    plain("i32.clz", &[0x67], "i", "i"),
    plain("i32.ctz", &[0x68], "i", "i"),
    plain("i32.popcnt", &[0x69], "i", "i"),
    plain("i32.add", &[0x6A], "ii", "i"),
    plain("i32.sub", &[0x6B], "ii", "i"),
    plain("i32.mul", &[0x6C], "ii", "i"),
    plain("i32.div_s", &[0x6D], "ii", "i"),
    plain("i32.div_u", &[0x6E], "ii", "i"),
    plain("i32.rem_s", &[0x6F], "ii", "i"),
    plain("i32.rem_u", &[0x70], "ii", "i"),
    plain("i32.and", &[0x71], "ii", "i"),
    plain("i32.or", &[0x72], "ii", "i"),
    plain("i32.xor", &[0x73], "ii", "i"),
    plain("i32.shl", &[0x74], "ii", "i"),
    plain("i32.shr_s", &[0x75], "ii", "i"),
    plain("i32.shr_u", &[0x76], "ii", "i"),
    plain("i32.rotl", &[0x77], "ii", "i"),
    plain("i32.rotr", &[0x78], "ii", "i"),
    plain("i32.wrap_i64", &[0xA7], "l", "i"),
    plain("i32.trunc_f32_s", &[0xA8], "f", "i"),
    plain("i32.trunc_f32_u", &[0xA9], "f", "i"),
    plain("i32.trunc_f64_s", &[0xAA], "d", "i"),
    plain("i32.trunc_f64_u", &[0xAB], "d", "i"),
    plain("i32.reinterpret_f32", &[0xBC], "f", "i"),
    plain("i32.extend8_s", &[0xC0], "i", "i"),
    plain("i32.extend16_s", &[0xC1], "i", "i"),
    plain("i64.eqz", &[0x50], "l", "i"),
    plain("i64.eq", &[0x51], "ll", "i"),
    plain("i64.ne", &[0x52], "ll", "i"),
    plain("i64.lt_s", &[0x53], "ll", "i"),
    plain("i64.lt_u", &[0x54], "ll", "i"),
    plain("i64.gt_s", &[0x55], "ll", "i"),
    plain("i64.gt_u", &[0x56], "ll", "i"),
    plain("i64.le_s", &[0x57], "ll", "i"),
    plain("i64.le_u", &[0x58], "ll", "i"),
    plain("i64.ge_s", &[0x59], "ll", "i"),
    plain("i64.ge_u", &[0x5A], "ll", "i"),
    plain("i64.clz", &[0x79], "l", "l"),
    plain("i64.ctz", &[0x7A], "l", "l"),
    plain("i64.popcnt", &[0x7B], "l", "l"),
    plain("i64.add", &[0x7C], "ll", "l"),
    plain("i64.sub", &[0x7D], "ll", "l"),
    plain("i64.mul", &[0x7E], "ll", "l"),
    plain("i64.div_s", &[0x7F], "ll", "l"),
    plain("i64.div_u", &[0x80], "ll", "l"),
    plain("i64.rem_s", &[0x81], "ll", "l"),
    plain("i64.rem_u", &[0x82], "ll", "l"),
    plain("i64.and", &[0x83], "ll", "l"),
    plain("i64.or", &[0x84], "ll", "l"),
    plain("i64.xor", &[0x85], "ll", "l"),
    plain("i64.shl", &[0x86], "ll", "l"),
    plain("i64.shr_s", &[0x87], "ll", "l"),
    plain("i64.shr_u", &[0x88], "ll", "l"),
    plain("i64.rotl", &[0x89], "ll", "l"),
    plain("i64.rotr", &[0x8A], "ll", "l"),
    plain("i64.extend_i32_s", &[0xAC], "i", "l"),
    plain("i64.extend_i32_u", &[0xAD], "i", "l"),
    plain("i64.trunc_f32_s", &[0xAE], "f", "l"),
    plain("i64.trunc_f32_u", &[0xAF], "f", "l"),
    plain("i64.trunc_f64_s", &[0xB0], "d", "l"),
    plain("i64.trunc_f64_u", &[0xB1], "d", "l"),
    plain("i64.reinterpret_f64", &[0xBD], "d", "l"),
    plain("i64.extend8_s", &[0xC2], "l", "l"),
    plain("i64.extend16_s", &[0xC3], "l", "l"),
    plain("i64.extend32_s", &[0xC4], "l", "l"),
    plain("f32.eq", &[0x5B], "ff", "i"),
    plain("f32.ne", &[0x5C], "ff", "i"),
    plain("f32.lt", &[0x5D], "ff", "i"),
    plain("f32.gt", &[0x5E], "ff", "i"),
    plain("f32.le", &[0x5F], "ff", "i"),
    plain("f32.ge", &[0x60], "ff", "i"),
    plain("f32.abs", &[0x8B], "f", "f"),
    plain("f32.neg", &[0x8C], "f", "f"),
    plain("f32.ceil", &[0x8D], "f", "f"),
    plain("f32.floor", &[0x8E], "f", "f"),
    plain("f32.trunc", &[0x8F], "f", "f"),
    plain("f32.nearest", &[0x90], "f", "f"),
    plain("f32.sqrt", &[0x91], "f", "f"),
    plain("f32.add", &[0x92], "ff", "f"),
    plain("f32.sub", &[0x93], "ff", "f"),
    plain("f32.mul", &[0x94], "ff", "f"),
    plain("f32.div", &[0x95], "ff", "f"),
    plain("f32.min", &[0x96], "ff", "f"),
    plain("f32.max", &[0x97], "ff", "f"),
    plain("f32.copysign", &[0x98], "ff", "f"),
    plain("f32.convert_i32_s", &[0xB2], "i", "f"),
    plain("f32.convert_i32_u", &[0xB3], "i", "f"),
    plain("f32.convert_i64_s", &[0xB4], "l", "f"),
    plain("f32.convert_i64_u", &[0xB5], "l", "f"),
    plain("f32.demote_f64", &[0xB6], "d", "f"),
    plain("f32.reinterpret_i32", &[0xBE], "i", "f"),
    plain("f64.eq", &[0x61], "dd", "i"),
    plain("f64.ne", &[0x62], "dd", "i"),
    plain("f64.lt", &[0x63], "dd", "i"),
    plain("f64.gt", &[0x64], "dd", "i"),
    plain("f64.le", &[0x65], "dd", "i"),
    plain("f64.ge", &[0x66], "dd", "i"),
    plain("f64.abs", &[0x99], "d", "d"),
    plain("f64.neg", &[0x9A], "d", "d"),
    plain("f64.ceil", &[0x9B], "d", "d"),
    plain("f64.floor", &[0x9C], "d", "d"),
    plain("f64.trunc", &[0x9D], "d", "d"),
    plain("f64.nearest", &[0x9E], "d", "d"),
    plain("f64.sqrt", &[0x9F], "d", "d"),
    plain("f64.add", &[0xA0], "dd", "d"),
    plain("f64.sub", &[0xA1], "dd", "d"),
    plain("f64.mul", &[0xA2], "dd", "d"),
    plain("f64.div", &[0xA3], "dd", "d"),
    plain("f64.min", &[0xA4], "dd", "d"),
    plain("f64.max", &[0xA5], "dd", "d"),
    plain("f64.copysign", &[0xA6], "dd", "d"),
    plain("f64.convert_i32_s", &[0xB7], "i", "d"),
    plain("f64.convert_i32_u", &[0xB8], "i", "d"),
    plain("f64.convert_i64_s", &[0xB9], "l", "d"),
    plain("f64.convert_i64_u", &[0xBA], "l", "d"),
    plain("f64.promote_f32", &[0xBB], "f", "d"),
    plain("f64.reinterpret_i64", &[0xBF], "l", "d"),
    plain("i32.trunc_sat_f32_s", &[0xFC, 0x00], "f", "i"),
    plain("i32.trunc_sat_f32_u", &[0xFC, 0x01], "f", "i"),
    plain("i32.trunc_sat_f64_s", &[0xFC, 0x02], "d", "i"),
    plain("i32.trunc_sat_f64_u", &[0xFC, 0x03], "d", "i"),
    plain("i64.trunc_sat_f32_s", &[0xFC, 0x04], "f", "l"),
    plain("i64.trunc_sat_f32_u", &[0xFC, 0x05], "f", "l"),
    plain("i64.trunc_sat_f64_s", &[0xFC, 0x06], "d", "l"),
    plain("i64.trunc_sat_f64_u", &[0xFC, 0x07], "d", "l"),
    plain("memory.size", &[0x3F, 0x00], "", "i"),
    plain("memory.grow", &[0x40, 0x00], "i", "i"),
    plain("memory.copy", &[0xFC, 0x0A, 0x00, 0x00], "iii", ""),
    plain("memory.fill", &[0xFC, 0x0B, 0x00], "iii", ""),
];

/// The loads and stores.
#[rustfmt::skip]
pub const MEMORY_OPS: &[MemoryOp] = &[
    memory("i32.load", 0x28, 2, WasmType::I32, false),
    memory("i64.load", 0x29, 3, WasmType::I64, false),
    memory("f32.load", 0x2A, 2, WasmType::F32, false),
    memory("f64.load", 0x2B, 3, WasmType::F64, false),
    memory("i32.load8_s", 0x2C, 0, WasmType::I32, false),
    memory("i32.load8_u", 0x2D, 0, WasmType::I32, false),
    memory("i32.load16_s", 0x2E, 1, WasmType::I32, false),
    memory("i32.load16_u", 0x2F, 1, WasmType::I32, false),
    memory("i64.load8_s", 0x30, 0, WasmType::I64, false),
    memory("i64.load8_u", 0x31, 0, WasmType::I64, false),
    memory("i64.load16_s", 0x32, 1, WasmType::I64, false),
    memory("i64.load16_u", 0x33, 1, WasmType::I64, false),
    memory("i64.load32_s", 0x34, 2, WasmType::I64, false),
    memory("i64.load32_u", 0x35, 2, WasmType::I64, false),
    memory("i32.store", 0x36, 2, WasmType::I32, true),
    memory("i64.store", 0x37, 3, WasmType::I64, true),
    memory("f32.store", 0x38, 2, WasmType::F32, true),
    memory("f64.store", 0x39, 3, WasmType::F64, true),
    memory("i32.store8", 0x3A, 0, WasmType::I32, true),
    memory("i32.store16", 0x3B, 1, WasmType::I32, true),
    memory("i64.store8", 0x3C, 0, WasmType::I64, true),
    memory("i64.store16", 0x3D, 1, WasmType::I64, true),
    memory("i64.store32", 0x3E, 2, WasmType::I64, true),
];

impl WasmOp {
    /// The plain instruction of a name.
    pub fn plain(name: &str) -> Option<WasmOp> {
        PLAIN_OPS
            .iter()
            .position(|op| op.name == name)
            .map(|index| WasmOp::Plain(index as u8))
    }

    /// The load or store of a name, with natural alignment.
    pub fn memory(name: &str, offset: u32) -> Option<WasmOp> {
        let index = MEMORY_OPS.iter().position(|op| op.name == name)?;
        let align = MEMORY_OPS.get(index)?.align;
        Some(WasmOp::Memory {
            op: index as u8,
            offset,
            align,
        })
    }
}

impl WasmType {
    /// The name in the text format.
    pub fn text(self) -> &'static str {
        match self {
            WasmType::I32 => "i32",
            WasmType::I64 => "i64",
            WasmType::F32 => "f32",
            WasmType::F64 => "f64",
        }
    }

    /// The type of a name.
    pub fn of(text: &str) -> Option<WasmType> {
        [WasmType::I32, WasmType::I64, WasmType::F32, WasmType::F64]
            .into_iter()
            .find(|ty| ty.text() == text)
    }
}
