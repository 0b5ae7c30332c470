//! `lower-to-wasm`: memory → wasm
//!
//! Variables become locals, bodies become structured blocks, and the failure of a call is tested where it returns.
//!
//! ```text
//! (function @main.abs [(n i64)] _ i64 (body (let (neg i32) (prim int.lt i32 n 0)) (switch neg …)))
//! (function $main.abs [(n i64)] [i64] [(neg i32)] (get n) (i64.const 0) i64.lt_s (set neg) (get neg) (if …))
//! ```
//!
//! Decision: each variable has a local of its own, and a value goes through it even if it is used at once; `tidy-locals`
//! removes what is in excess, so that this pass stays a plain translation. A function of the runtime is known by
//! `file:name` until `link-runtime` brings it. A join point is a block that the rest of the body breaks out of.

mod code;
mod module;
mod prims;

use ir_defs::Session;
use ir_defs::memory::{self, Atom, Body, Rhs, Stmt};
use ir_defs::ops::{FuncType, WasmOp, WasmType};
use ir_defs::reps::{Local, Rep};
use ir_defs::session::OptLevel;
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{LabelId, Lit, TextLit};
use ir_defs::wasm::{Export, Function, Instr, Module, WasmLocal};
use nanopass::{Meta, VarId};
use rustc_hash::FxHashMap;

use code::{Code, results, runtime, wasm_type};
use module::{ModuleLowering, failed, payload};

/// Runs the pass.
pub fn run(program: memory::Program, session: &mut Session) -> Module {
    let mut module = ModuleLowering::new(session);
    let mut functions = Vec::with_capacity(program.functions.len() + 1);
    let main = program.main;
    let fails = program
        .functions
        .iter()
        .find(|function| Some(function.global) == main)
        .is_some_and(|function| function.fails.is_some());
    for function in program.functions {
        functions
            .push(FunctionLowering::new(&mut module, function.fails.is_some()).function(function));
    }
    let mut globals = ModuleLowering::failure_cell();
    for value in &program.values {
        globals.extend(ModuleLowering::variable(
            module.name(value.global),
            value.rep,
        ));
    }
    functions.push(FunctionLowering::new(&mut module, false).start(program.values, main, fails));
    for object in program.statics {
        module.object(object);
    }
    let start = Export::Func {
        field: TextLit("_start".into()),
        name: start_name(),
    };
    let memory = Export::Memory {
        field: TextLit("memory".into()),
    };
    Module {
        imports: Vec::new(),
        globals,
        functions,
        elements: Vec::new(),
        data: module.data,
        memory: None,
        exports: vec![memory, start],
    }
}

fn start_name() -> ir_defs::ops::WasmName {
    ir_defs::ops::WasmName("_start".into())
}

/// One function under construction.
struct FunctionLowering<'m, 's> {
    module: &'m mut ModuleLowering<'s>,
    locals: Vec<WasmLocal>,
    /// The parameters of each join point and loop in scope.
    params: FxHashMap<LabelId, Vec<Local>>,
    /// Where a failure goes: the nearest attempt, or the end of the function.
    handler: Option<LabelId>,
    /// The block around the body that a failure leaves, once something does.
    failure_exit: Option<LabelId>,
    may_fail: bool,
}

impl<'m, 's> FunctionLowering<'m, 's> {
    fn new(module: &'m mut ModuleLowering<'s>, may_fail: bool) -> Self {
        FunctionLowering {
            module,
            locals: Vec::new(),
            params: FxHashMap::default(),
            handler: None,
            failure_exit: None,
            may_fail,
        }
    }

    fn function(mut self, function: memory::Function) -> Function {
        let name = self.module.name(function.global);
        let params = function
            .params
            .iter()
            .filter_map(|&param| wasm_local(param))
            .collect();
        let mut code = Code::new(function.meta);
        self.body(function.body, function.result, &mut code);
        Function {
            meta: function.meta,
            name,
            params,
            results: results(function.result),
            body: self.with_exit(code, function.result).instrs,
            locals: self.locals,
        }
    }

    /// The body in a block that failures leave, if there are any; what the function gives then does not matter.
    fn with_exit(&mut self, mut code: Code, result: Rep) -> Code {
        let Some(label) = self.failure_exit else {
            return code;
        };
        let meta = code.meta;
        code.push(Instr::Return { meta });
        let mut whole = Code::new(meta);
        whole.block(label, Vec::new(), code);
        whole.dummy(result);
        whole
    }

    /// Computes the top-level values in their order, then runs `main`.
    fn start(
        mut self,
        values: Vec<memory::Value>,
        main: Option<GlobalId>,
        fails: bool,
    ) -> Function {
        let mut code = Code::new(Meta::NONE);
        for value in values {
            let name = self.module.name(value.global);
            code.meta = value.meta;
            self.body(value.body, value.rep, &mut code);
            if value.rep != Rep::Nothing {
                code.global_set(name);
            }
        }
        code.meta = Meta::NONE;
        if let Some(main) = main {
            let main = self.module.name(main);
            code.call(main);
            // `sequence-effects` has wrapped a `main` that fails, so that only a bug can leave a failure here.
            if fails {
                code.global_get(failed());
                let mut trap = code.nested();
                trap.unreachable();
                let otherwise = code.nested();
                code.if_(Vec::new(), trap, otherwise);
            }
        }
        Function {
            meta: Meta::NONE,
            name: start_name(),
            params: Vec::new(),
            results: Vec::new(),
            body: code.instrs,
            locals: self.locals,
        }
    }

    /// Declares a local.
    fn declare(&mut self, local: Local) {
        self.locals.extend(wasm_local(local));
    }

    fn temporary(&mut self, name: &str, rep: Rep, meta: Meta) -> VarId {
        let var = self.module.session.core.fresh_named(name, meta.span);
        self.declare(Local { var, rep });
        var
    }

    fn label(&mut self, name: &str) -> LabelId {
        self.module.session.fresh_label(name)
    }

    /// Leaves the body's result on the stack, if it has width.
    fn body(&mut self, body: Body, rep: Rep, code: &mut Code) {
        let outer = std::mem::replace(&mut code.meta, body.meta);
        let mut statements = body.statements.into_iter();
        self.statements(&mut statements, *body.result, rep, code);
        code.meta = outer;
    }

    /// The rest of a body. A join point wraps what follows it in the block that its jumps leave.
    fn statements(
        &mut self,
        statements: &mut std::vec::IntoIter<Stmt>,
        result: Rhs,
        rep: Rep,
        code: &mut Code,
    ) {
        let mut joins = Vec::new();
        let mut open = vec![std::mem::replace(code, Code::new(code.meta))];
        for statement in statements {
            let Some(code) = open.last_mut() else { return };
            code.meta = statement.meta();
            match statement {
                Stmt::Let { local, value, .. } => {
                    self.declare(local);
                    self.rhs(value, local.rep, code);
                    if local.rep != Rep::Nothing {
                        code.set(local.var);
                    }
                }
                Stmt::Do { value, .. } => {
                    let rep = discarded_rep(&value);
                    self.rhs(value, rep, code);
                    if rep != Rep::Nothing {
                        code.plain("drop");
                    }
                }
                Stmt::Store {
                    rep,
                    object,
                    offset,
                    value,
                    ..
                } => {
                    self.atom(&object, code);
                    self.atom(&value, code);
                    code.memory(store_name(rep), offset.0);
                }
                Stmt::Join {
                    label,
                    params,
                    target,
                    meta,
                } => {
                    for &param in &params {
                        self.declare(param);
                    }
                    self.params.insert(label, params);
                    joins.push((label, target, meta));
                    open.push(Code::new(meta));
                }
            }
        }
        let Some(mut inner) = open.pop() else { return };
        inner.meta = result.meta();
        self.rhs(result, rep, &mut inner);
        // From the innermost join point outwards: `block $end (block $join … br $end) target end`.
        while let Some((label, target, meta)) = joins.pop() {
            let end = self.label("end");
            inner.meta = meta;
            inner.br(end);
            let mut block = Code::new(meta);
            block.block(label, Vec::new(), inner);
            self.body(target, rep, &mut block);
            let Some(mut outer) = open.pop() else { return };
            outer.meta = meta;
            outer.block(end, results(rep), block);
            inner = outer;
        }
        *code = inner;
    }

    fn atoms(&mut self, atoms: &[Atom], code: &mut Code) {
        for atom in atoms {
            self.atom(atom, code);
        }
    }

    fn atom(&mut self, atom: &Atom, code: &mut Code) {
        match atom {
            Atom::Var { var, .. } => code.get(*var),
            Atom::Lit { lit, .. } => match lit {
                Lit::Int(value) => code.i64(*value),
                Lit::Float(value) => code.op(WasmOp::F64Const(value.to_bits())),
                Lit::Char(char) => code.i32(u32::from(*char)),
                // Texts are addresses from `lower-data` on.
                Lit::Text(_) => code.unreachable(),
            },
            Atom::Small { value, .. } => code.i32(value.0),
            Atom::Immediate { value, .. } => code.i32(value.0 << 1 | 1),
            Atom::Address { static_, .. } => {
                let name = self.module.name(*static_);
                code.address(name);
            }
            Atom::Code {
                function, arity, ..
            } => {
                let meta = code.meta;
                let function = self.module.name(*function);
                code.push(Instr::TableIndex { meta, function });
                code.i32(8);
                code.plain("i32.shl");
                code.i32(arity.0);
                code.plain("i32.or");
            }
            Atom::Nothing { .. } => {}
        }
    }

    /// Leaves the value on the stack, if `rep` has width.
    fn rhs(&mut self, rhs: Rhs, rep: Rep, code: &mut Code) {
        let outer = std::mem::replace(&mut code.meta, rhs.meta());
        match rhs {
            Rhs::Atom { atom, .. } => self.atom(&atom, code),
            Rhs::Allocate {
                bytes,
                header,
                meta,
            } => self.allocate(meta, bytes.0, header.0, code),
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
                use crate::lower_data::layout::{TAG_MASK, TAG_SHIFT};
                self.atom(&object, code);
                code.memory("i32.load", 0);
                code.i32(TAG_SHIFT);
                code.plain("i32.shr_u");
                code.i32(TAG_MASK);
                code.plain("i32.and");
            }
            Rhs::Arity { closure, .. } => {
                self.atom(&closure, code);
                code.memory("i32.load8_u", crate::lower_data::layout::CODE_OFFSET);
            }
            Rhs::TableIndex { closure, .. } => {
                self.atom(&closure, code);
                code.memory("i32.load", crate::lower_data::layout::CODE_OFFSET);
                code.i32(8);
                code.plain("i32.shr_u");
            }
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
                fails,
                args,
                ..
            } => {
                self.atoms(&args, code);
                let function = self.module.name(function);
                if self.module.session.options.tail_calls {
                    code.push(Instr::ReturnCall { meta, function });
                } else {
                    code.call(function);
                    self.test_failure(fails, code);
                }
            }
            Rhs::TailCallIndirect {
                meta,
                code: index,
                params,
                fails,
                result,
                args,
            } => {
                self.atoms(&args, code);
                self.atom(&index, code);
                let type_ = closure_type(&params, result);
                if self.module.session.options.tail_calls {
                    code.push(Instr::ReturnCallIndirect { meta, type_ });
                } else {
                    code.call_indirect(type_);
                    self.test_failure(fails, code);
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
                let (mut yes, mut no) = (code.nested(), code.nested());
                self.body(*then, rep, &mut yes);
                self.body(*else_, rep, &mut no);
                code.if_(results(rep), yes, no);
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
                self.params.insert(label, params);
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
            Rhs::Attempt {
                body,
                failure,
                handler,
                ..
            } => {
                self.attempt(*body, failure, *handler, rep, code);
            }
        }
        code.meta = outer;
    }

    fn attempt(&mut self, body: Body, failure: Local, handler: Body, rep: Rep, code: &mut Code) {
        let (end, label) = (self.label("end"), self.label("handler"));
        let outer = self.handler.replace(label);
        let mut inner = code.nested();
        self.body(body, rep, &mut inner);
        inner.br(end);
        self.handler = outer;
        let mut block = code.nested();
        block.block(label, Vec::new(), inner);
        block.i32(0);
        block.global_set(failed());
        if failure.rep != Rep::Nothing {
            self.declare(failure);
            block.global_get(payload(failure.rep));
            block.set(failure.var);
        }
        self.body(handler, rep, &mut block);
        code.block(end, results(rep), block);
    }

    /// Where a failure goes.
    fn failure_target(&mut self) -> LabelId {
        if let Some(handler) = self.handler {
            return handler;
        }
        match self.failure_exit {
            Some(exit) => exit,
            None => {
                let exit = self.label("failure");
                self.failure_exit = Some(exit);
                exit
            }
        }
    }

    /// After a call that may fail. Where nobody expects a failure, none can come.
    fn test_failure(&mut self, fails: Option<Rep>, code: &mut Code) {
        if fails.is_none() || (self.handler.is_none() && !self.may_fail) {
            return;
        }
        let label = self.failure_target();
        code.global_get(failed());
        code.br_if(label);
    }

    /// All arguments are on the stack before the first parameter changes.
    fn jump(&mut self, label: LabelId, args: &[Atom], code: &mut Code) {
        self.atoms(args, code);
        let params = self.params.get(&label).cloned().unwrap_or_default();
        for param in params.iter().rev() {
            code.set(param.var);
        }
        code.br(label);
    }

    /// Bump allocation in place; the runtime is asked for room when there is none.
    fn allocate(&mut self, meta: Meta, bytes: u32, header: u32, code: &mut Code) {
        let object = self.temporary("object", Rep::Value, meta);
        if matches!(
            self.module.session.options.optimize,
            OptLevel::O0 | OptLevel::Os
        ) {
            code.i32(bytes);
            code.call(runtime("collect", "alloc"));
            code.tee(object);
        } else {
            code.global_get(runtime("heap", "free"));
            code.tee(object);
            code.i32(bytes);
            code.plain("i32.add");
            code.global_get(runtime("heap", "limit"));
            code.plain("i32.gt_u");
            let mut slow = code.nested();
            slow.i32(bytes);
            slow.call(runtime("collect", "reserve"));
            slow.global_get(runtime("heap", "free"));
            slow.set(object);
            let otherwise = code.nested();
            code.if_(Vec::new(), slow, otherwise);
            code.get(object);
            code.i32(bytes);
            code.plain("i32.add");
            code.global_set(runtime("heap", "free"));
            code.get(object);
        }
        code.i32(header);
        code.memory("i32.store", 0);
        code.get(object);
    }

    fn switch(
        &mut self,
        subject: &Atom,
        mut branches: Vec<memory::Branch>,
        otherwise: Option<Body>,
        rep: Rep,
        code: &mut Code,
    ) {
        // Branches that cover everything: the last one needs no test.
        let otherwise = otherwise.or_else(|| branches.pop().map(|branch| branch.body));
        let Some(otherwise) = otherwise else {
            return code.unreachable();
        };
        if branches.is_empty() {
            return self.body(otherwise, rep, code);
        }
        if branches.len() == 1
            && let Some(branch) = branches.pop()
        {
            self.equals(subject, branch.value.0, code);
            let (mut yes, mut no) = (code.nested(), code.nested());
            self.body(branch.body, rep, &mut yes);
            self.body(otherwise, rep, &mut no);
            return code.if_(results(rep), yes, no);
        }
        branches.sort_by_key(|branch| branch.value.0);
        let labels: Vec<(u32, LabelId)> = branches
            .iter()
            .map(|branch| (branch.value.0, self.label("case")))
            .collect();
        let (end, default) = (self.label("end"), self.label("default"));
        let mut inner = code.nested();
        self.dispatch(subject, &labels, default, &mut inner);
        for (branch, (_, label)) in branches.into_iter().zip(labels) {
            let mut block = code.nested();
            block.block(label, Vec::new(), inner);
            self.body(branch.body, rep, &mut block);
            block.br(end);
            inner = block;
        }
        let mut block = code.nested();
        block.block(default, Vec::new(), inner);
        self.body(otherwise, rep, &mut block);
        code.block(end, results(rep), block);
    }

    /// 1 if the subject is this number.
    fn equals(&mut self, subject: &Atom, value: u32, code: &mut Code) {
        self.atom(subject, code);
        if value == 0 {
            code.plain("i32.eqz");
        } else {
            code.i32(value);
            code.plain("i32.eq");
        }
    }

    /// Goes to the label of the subject's number: by a table where the numbers are dense, else by halves.
    fn dispatch(
        &mut self,
        subject: &Atom,
        labels: &[(u32, LabelId)],
        default: LabelId,
        code: &mut Code,
    ) {
        let (Some(&(first, _)), Some(&(last, _))) = (labels.first(), labels.last()) else {
            return code.br(default);
        };
        let room = (last - first) as usize + 1;
        if labels.len() > 2 && room <= 4 * labels.len() {
            let mut table = vec![default; room];
            for &(value, label) in labels {
                if let Some(slot) = table.get_mut((value - first) as usize) {
                    *slot = label;
                }
            }
            self.atom(subject, code);
            if first > 0 {
                code.i32(first);
                code.plain("i32.sub");
            }
            let meta = code.meta;
            return code.push(Instr::BrTable {
                meta,
                labels: table,
                otherwise: default,
            });
        }
        if labels.len() <= 4 {
            for &(value, label) in labels {
                self.equals(subject, value, code);
                code.br_if(label);
            }
            return code.br(default);
        }
        let (left, right) = labels.split_at(labels.len() / 2);
        let pivot = right.first().map_or(last, |&(value, _)| value);
        self.atom(subject, code);
        code.i32(pivot);
        code.plain("i32.lt_u");
        let (mut below, mut above) = (code.nested(), code.nested());
        self.dispatch(subject, left, default, &mut below);
        self.dispatch(subject, right, default, &mut above);
        code.if_(Vec::new(), below, above);
        code.unreachable();
    }
}

fn wasm_local(local: Local) -> Option<WasmLocal> {
    wasm_type(local.rep).map(|type_| WasmLocal {
        var: local.var,
        type_,
    })
}

/// The type of a closure's code: the closure itself comes first.
fn closure_type(params: &[Rep], result: Rep) -> FuncType {
    let params = params.iter().filter_map(|&rep| wasm_type(rep));
    FuncType {
        params: std::iter::once(WasmType::I32).chain(params).collect(),
        results: results(result),
    }
}

/// What a statement leaves that nobody wants. Only calls and primitives can; blocks are told to leave nothing.
fn discarded_rep(rhs: &Rhs) -> Rep {
    match rhs {
        Rhs::Call { result, .. } | Rhs::CallIndirect { result, .. } => *result,
        Rhs::Prim { rep, .. } | Rhs::Slot { rep, .. } | Rhs::Load { rep, .. } => *rep,
        Rhs::Allocate { .. } => Rep::Value,
        _ => Rep::Nothing,
    }
}

fn load_name(rep: Rep) -> &'static str {
    match rep {
        Rep::I64 => "i64.load",
        Rep::F64 => "f64.load",
        Rep::I32 | Rep::Value | Rep::Nothing => "i32.load",
    }
}

fn store_name(rep: Rep) -> &'static str {
    match rep {
        Rep::I64 => "i64.store",
        Rep::F64 => "f64.store",
        Rep::I32 | Rep::Value | Rep::Nothing => "i32.store",
    }
}
