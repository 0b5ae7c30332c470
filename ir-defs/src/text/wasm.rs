//! The leaves of the WASM language: `$heap.alloc`, `i32`, `(func [i32] [i64])`, `i64.add`, `(i32.const 5)`,
//! `(i32.load 4)`.

use std::sync::Arc;

use nanopass::{Doc, Printer, ReadError, Reader, Sexp, Syntax};

use crate::Session;
use crate::ops::{FuncType, MEMORY_OPS, PLAIN_OPS, WasmName, WasmOp, WasmType};

/// `$main.fib`
impl Syntax<Session> for WasmName {
    fn doc(&self, _: &mut Printer<'_, Session>) -> Doc {
        Doc::name(&format!("${}", self.0))
    }

    fn accepts(sexp: &Sexp) -> bool {
        sexp.name()
            .is_some_and(|name| name.len() > 1 && name.starts_with('$'))
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<WasmName, ReadError> {
        match sexp.name().and_then(|name| name.strip_prefix('$')) {
            Some(name) => Ok(WasmName(Arc::from(name))),
            None => Err(rd.error(sexp, "a symbolic name: `$main.fib`")),
        }
    }
}

impl Syntax<Session> for WasmType {
    fn doc(&self, _: &mut Printer<'_, Session>) -> Doc {
        Doc::atom(self.text())
    }

    fn accepts(sexp: &Sexp) -> bool {
        sexp.atom().is_some_and(|word| WasmType::of(word).is_some())
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<WasmType, ReadError> {
        sexp.atom()
            .and_then(WasmType::of)
            .ok_or_else(|| rd.error(sexp, "a value type: `i32`"))
    }
}

/// `(func [i32] [i64])`
impl Syntax<Session> for FuncType {
    fn doc(&self, p: &mut Printer<'_, Session>) -> Doc {
        Doc::form("func", vec![self.params.doc(p), self.results.doc(p)])
    }

    fn accepts(sexp: &Sexp) -> bool {
        sexp.is_form(&["func"])
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<FuncType, ReadError> {
        match sexp.form() {
            Some(("func", [params, results])) => Ok(FuncType {
                params: Vec::read(params, rd)?,
                results: Vec::read(results, rd)?,
            }),
            _ => Err(rd.error(sexp, "a function type: `(func [i32] [i64])`")),
        }
    }
}

/// A constant's value and a memory instruction's offset stand behind the name; an alignment that is not the natural
/// one (its exponent) behind the offset.
impl Syntax<Session> for WasmOp {
    fn doc(&self, _: &mut Printer<'_, Session>) -> Doc {
        let constant = |name, value: String| Doc::form(name, vec![Doc::atom(value)]);
        match *self {
            WasmOp::I32Const(value) => constant("i32.const", value.to_string()),
            WasmOp::I64Const(value) => constant("i64.const", value.to_string()),
            WasmOp::F64Const(bits) => constant("f64.const", format!("0x{bits:016x}")),
            WasmOp::Plain(index) => Doc::atom(
                PLAIN_OPS
                    .get(usize::from(index))
                    .map_or("nop", |op| op.name),
            ),
            WasmOp::Memory { op, offset, align } => {
                let (name, natural) = MEMORY_OPS
                    .get(usize::from(op))
                    .map_or(("nop", 0), |op| (op.name, op.align));
                let mut items = vec![Doc::atom(offset.to_string())];
                if align != natural {
                    items.push(Doc::atom(align.to_string()));
                }
                Doc::form(name, items)
            }
        }
    }

    fn accepts(sexp: &Sexp) -> bool {
        match sexp.form() {
            Some((name, _)) => {
                name.ends_with(".const") || MEMORY_OPS.iter().any(|op| op.name == name)
            }
            None => sexp
                .atom()
                .is_some_and(|word| WasmOp::plain(word).is_some()),
        }
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<WasmOp, ReadError> {
        let op = match sexp.form() {
            Some(("i32.const", [value])) => number(value).map(WasmOp::I32Const),
            Some(("i64.const", [value])) => number(value).map(WasmOp::I64Const),
            Some(("f64.const", [value])) => value
                .atom()
                .and_then(|word| u64::from_str_radix(word.strip_prefix("0x")?, 16).ok())
                .map(WasmOp::F64Const),
            Some((name, [offset, rest @ ..])) => {
                number(offset).and_then(|offset| match (WasmOp::memory(name, offset)?, rest) {
                    (op, []) => Some(op),
                    (WasmOp::Memory { op, offset, .. }, [align]) => Some(WasmOp::Memory {
                        op,
                        offset,
                        align: number(align)?,
                    }),
                    _ => None,
                })
            }
            _ => sexp.atom().and_then(WasmOp::plain),
        };
        op.ok_or_else(|| {
            rd.error(
                sexp,
                "an instruction: `i64.add`, `(i32.const 5)`, `(i32.load 4)`",
            )
        })
    }
}

fn number<T: std::str::FromStr>(sexp: &Sexp) -> Option<T> {
    sexp.atom().and_then(|word| word.parse().ok())
}
