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
