//! Right-hand sides.

use ir_defs::ops::{FuncType, WasmType};
use ir_defs::reps::Rep;
use ir_defs::rooted::{Atom, Rhs};
use ir_defs::wasm::Instr;

use super::FunctionLowering;
use super::code::{Code, results, wasm_type};
use super::module::{failed, payload};
use ir_defs::layout::{CODE_OFFSET, TAG_MASK, TAG_SHIFT};

impl FunctionLowering<'_, '_> {
    /// Leaves the value on the stack, if `rep` has width.
    pub(super) fn rhs(&mut self, rhs: Rhs, rep: Rep, code: &mut Code) {
        let outer = std::mem::replace(&mut code.meta, rhs.meta());
        let unwanted = match rep {
            Rep::Nothing => left(&rhs),
            _ => 0,
        };
        match rhs {
            Rhs::Atom { .. } if rep == Rep::Nothing => {}
            Rhs::Atom { atom, .. } => self.atom(&atom, code),
            Rhs::Results { items, .. } => self.atoms(&items, code),
            // `place-roots` gives each object a name.
            Rhs::Allocate { .. } => code.unreachable(),
            Rhs::Load {
                rep,
                object,
                offset,
                ..
            } => {
                self.atom(&object, code);
                code.memory(load_name(rep), offset.0);
            }
            Rhs::IsImmediate { value, .. } => {
                self.atom(&value, code);
                code.i32(1);
                code.plain("i32.and");
            }
            Rhs::Untag { value, .. } => {
                self.atom(&value, code);
                code.i32(1);
                code.plain("i32.shr_u");
            }
            Rhs::Tag { object, .. } => {
                self.atom(&object, code);
                code.memory("i32.load", 0);
                code.i32(TAG_SHIFT);
                code.plain("i32.shr_u");
                code.i32(TAG_MASK);
                code.plain("i32.and");
            }
            Rhs::Arity { closure, .. } => {
                self.atom(&closure, code);
                code.memory("i32.load8_u", CODE_OFFSET);
            }
            Rhs::TableIndex { closure, .. } => self.table_index(&closure, code),
            Rhs::Prim {
                meta, prim, args, ..
            } => self.prim(meta, prim, &args, code),
            Rhs::Slot { global, .. } => {
                let name = self.module.name(global);
                code.global_get(name);
            }
            Rhs::Call {
                function,
                fails,
                args,
                ..
            } => {
                self.atoms(&args, code);
                let function = self.module.name(function);
                code.call(function);
                self.test_failure(fails, code);
            }
            Rhs::CallIndirect {
                code: index,
                params,
                fails,
                result,
                args,
                ..
            } => {
                self.atoms(&args, code);
                self.atom(&index, code);
                code.call_indirect(closure_type(&params, result));
                self.test_failure(fails, code);
            }
            Rhs::TailCall {
                meta,
                function,
                args,
                ..
            } => {
                self.leave_frame(code);
                self.atoms(&args, code);
                let function = self.module.name(function);
                // Without `return_call`, the caller leaves at once with what the callee gave, be it a failure.
                if self.module.session.options.tail_calls {
                    code.push(Instr::ReturnCall { meta, function });
                } else {
                    self.module.plain_calls.push(meta.span);
                    code.call(function);
                }
            }
            Rhs::TailCallIndirect {
                meta,
                code: index,
                params,
                result,
                args,
                ..
            } => {
                self.leave_frame(code);
                self.atoms(&args, code);
                self.atom(&index, code);
                let type_ = closure_type(&params, result);
                if self.module.session.options.tail_calls {
                    code.push(Instr::ReturnCallIndirect { meta, type_ });
                } else {
                    self.module.plain_calls.push(meta.span);
                    code.call_indirect(type_);
                }
            }
            Rhs::Switch {
                subject,
                branches,
                otherwise,
                ..
            } => {
                self.switch(&subject, branches, otherwise.map(|body| *body), rep, code);
            }
            Rhs::If {
                condition,
                then,
                else_,
                ..
            } => {
                self.atom(&condition, code);
                self.choice(*then, *else_, rep, code);
            }
            Rhs::Jump { label, args, .. } => self.jump(label, &args, code),
            Rhs::Loop {
                label,
                params,
                initial,
                body,
                ..
            } => {
                self.atoms(&initial, code);
                for &param in params.iter().rev() {
                    self.declare(param);
                    code.set(param.var);
                }
                self.bind_label(label, params);
                let mut inner = code.nested();
                self.body(*body, rep, &mut inner);
                code.loop_(label, results(rep), inner);
            }
            Rhs::Fail {
                rep: payload_rep,
                payload: value,
                ..
            } => {
                self.atom(&value, code);
                if payload_rep != Rep::Nothing {
                    code.global_set(payload(payload_rep));
                }
                code.i32(1);
                code.global_set(failed());
                let label = self.failure_target();
                code.br(label);
            }
            Rhs::Frame { slots, body, .. } => self.frame(slots.0, *body, rep, code),
            Rhs::Attempt {
                body,
                failure,
                handler,
                ..
            } => {
                self.attempt(*body, failure, *handler, rep, code);
            }
        }
        for _ in 0..unwanted {
            code.plain("drop");
        }
        code.meta = outer;
    }

    pub(super) fn table_index(&mut self, closure: &Atom, code: &mut Code) {
        self.atom(closure, code);
        code.memory("i32.load", CODE_OFFSET);
        code.i32(8);
        code.plain("i32.shr_u");
    }
}

/// The type of a closure's code: the closure itself comes first.
fn closure_type(params: &[Rep], result: Rep) -> FuncType {
    let params = params.iter().filter_map(|&rep| wasm_type(rep));
    FuncType {
        params: std::iter::once(WasmType::I32).chain(params).collect(),
        results: results(result),
    }
}

/// How many values a right-hand side leaves, wanted or not. Atoms and bodies inside it are told what is wanted.
fn left(rhs: &Rhs) -> usize {
    let rep = match rhs {
        Rhs::Call { result, .. } | Rhs::CallIndirect { result, .. } => *result,
        Rhs::Prim { rep, .. } | Rhs::Slot { rep, .. } | Rhs::Load { rep, .. } => *rep,
        Rhs::IsImmediate { .. }
        | Rhs::Untag { .. }
        | Rhs::Tag { .. }
        | Rhs::Arity { .. }
        | Rhs::TableIndex { .. } => Rep::Value,
        Rhs::Atom { .. }
        | Rhs::Results { .. }
        | Rhs::TailCall { .. }
        | Rhs::TailCallIndirect { .. }
        | Rhs::Switch { .. }
        | Rhs::If { .. }
        | Rhs::Jump { .. }
        | Rhs::Loop { .. }
        | Rhs::Fail { .. }
        | Rhs::Frame { .. }
        | Rhs::Allocate { .. }
        | Rhs::Attempt { .. } => Rep::Nothing,
    };
    results(rep).len()
}

fn load_name(rep: Rep) -> &'static str {
    match rep {
        Rep::I64 => "i64.load",
        Rep::F64 => "f64.load",
        Rep::I32 | Rep::Value | Rep::Nothing | Rep::Results(_) => "i32.load",
    }
}
