//! `lower-to-wasm`: `rooted` → `wasm`
//!
//! Variables become locals, bodies become structured blocks, and the failure of a call is tested where it returns.
//!
//! ```text
//! before:  (function @main.abs [(n i64)] _ i64
//!            (body [(let (neg i32) (prim int.lt i32 n 0))] (switch neg [(branch 1 …)] …)))
//! after:   (function $main.abs [(wasm-local n i64)] [i64] [(wasm-local neg i32) …]
//!            (get n) (i64.const 0) i64.lt_s (set neg) (get neg) (i32.const 1) i32.eq (if …))
//! ```
//!
//! Design: each variable has a local of its own, and a value goes through it even if it is used at once; `tidy-locals`
//! removes what is in excess, so that this pass stays a plain translation. A function of the runtime is known by
//! `file:name` until `link-runtime` brings it. A join point is a block that the rest of the body breaks out of. A
//! frame of the shadow stack is left by whatever leaves its body: the result, a jump, a tail call, a failure.

mod allocate;
mod code;
mod control;
mod frame;
mod module;
mod prims;
mod values;

use ir_defs::Session;
use ir_defs::ops::WasmOp;
use ir_defs::reps::{Local, Rep, Results};
use ir_defs::rooted::{self, Atom, Body, Rhs, Stmt};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{LabelId, Lit, TextLit};
use ir_defs::wasm::{Export, Function, Instr, Module, WasmLocal};
use nanopass::{Meta, VarId};
use rustc_hash::FxHashMap;

use code::{Code, results, wasm_type};
use frame::Frame;
use module::{ModuleLowering, failed};

/// Runs the pass.
pub fn run(program: rooted::Program, session: &mut Session) -> Module {
    let mut module = ModuleLowering::new(session);
    let mut functions = Vec::with_capacity(program.functions.len() + 1);
    let main = program.main;
    let fails = program
        .functions
        .iter()
        .find(|function| Some(function.global) == main)
        .is_some_and(|function| function.fails.is_some());
    for function in program.functions {
        let known = module.plain_calls.len();
        let library = module
            .session
            .globals
            .name(function.global)
            .starts_with("aivi.");
        functions
            .push(FunctionLowering::new(&mut module, function.fails.is_some()).function(function));
        if library {
            module.plain_calls.truncate(known);
        }
    }
    module.report_plain_calls();
    let mut globals = ModuleLowering::failure_cell();
    for value in &program.values {
        globals.extend(ModuleLowering::variable(
            module.name(value.global),
            value.rep,
        ));
    }
    functions.push(module.each_root(&program.values));
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
        imports: module.imports,
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
    /// The variables that are table indices, with the closures that they are loaded from. They are loaded where they
    /// are used, which is once, behind the arguments of a call.
    indices: FxHashMap<VarId, Atom>,
    /// Where a failure goes: the nearest attempt, or the end of the function.
    handler: Option<LabelId>,
    /// The block around the body that a failure leaves, once something does.
    failure_exit: Option<LabelId>,
    may_fail: bool,
    /// The frame around.
    frame: Option<Frame>,
}

impl<'m, 's> FunctionLowering<'m, 's> {
    fn new(module: &'m mut ModuleLowering<'s>, may_fail: bool) -> Self {
        FunctionLowering {
            module,
            locals: Vec::new(),
            params: FxHashMap::default(),
            indices: FxHashMap::default(),
            handler: None,
            failure_exit: None,
            may_fail,
            frame: None,
        }
    }

    fn function(mut self, function: rooted::Function) -> Function {
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
        if !code.ends() {
            code.push(Instr::Return { meta });
        }
        let mut whole = Code::new(meta);
        whole.block(label, Vec::new(), code);
        whole.dummy(result);
        whole
    }

    /// Computes the top-level values in their order, then runs `main`.
    fn start(
        mut self,
        values: Vec<rooted::Value>,
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
        let mut room = None;
        let mut open = vec![std::mem::replace(code, Code::new(code.meta))];
        while let Some(statement) = statements.next() {
            let Some(code) = open.last_mut() else { return };
            code.meta = statement.meta();
            match statement {
                Stmt::Let {
                    local,
                    value: Rhs::TableIndex { closure, .. },
                    ..
                } => {
                    self.indices.insert(local.var, closure);
                }
                Stmt::Let { local, value, .. } => {
                    self.declare(local);
                    match value {
                        Rhs::Allocate { bytes, header, .. } => {
                            self.object(&mut room, local.var, bytes.0, header.0, code);
                        }
                        value => {
                            self.rhs(value, local.rep, code);
                            if local.rep != Rep::Nothing {
                                code.set(local.var);
                            }
                        }
                    }
                }
                Stmt::LetResults { locals, value, .. } => {
                    let reps: Vec<Rep> = locals.iter().map(|local| local.rep).collect();
                    let rep = Results::of(&reps).map_or(Rep::Nothing, Rep::Results);
                    self.rhs(value, rep, code);
                    // The last one is on top.
                    for &local in locals.iter().rev() {
                        self.declare(local);
                        code.set(local.var);
                    }
                }
                Stmt::Do { value, .. } => self.rhs(value, Rep::Nothing, code),
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
                Stmt::Fill {
                    object,
                    offset,
                    value,
                    ..
                } => self.fill(&object, &offset, &value, code),
                Stmt::Save { slot, value, .. } => self.save(slot.0, value, code),
                Stmt::Clear { slot, .. } => self.clear(slot.0, code),
                Stmt::Reload { value, slot, .. } => self.reload(value, slot.0, code),
                Stmt::Reserve {
                    bytes,
                    kept,
                    cleared,
                    ..
                } => {
                    let first = first_object(statements.as_slice());
                    room = Some(self.reserve(bytes.0, &kept, &cleared, first, code));
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
                    self.bind_label(label, params);
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
            inner.leave(end);
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
            Atom::Var { var, .. } => match self.indices.get(var).cloned() {
                Some(closure) => self.table_index(&closure, code),
                None => code.get(*var),
            },
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
}

/// The variable of the object that is allocated next.
fn first_object(statements: &[Stmt]) -> Option<Local> {
    match statements.first() {
        Some(Stmt::Let {
            local,
            value: Rhs::Allocate { .. },
            ..
        }) => Some(*local),
        _ => None,
    }
}

fn wasm_local(local: Local) -> Option<WasmLocal> {
    wasm_type(local.rep).map(|type_| WasmLocal {
        var: local.var,
        type_,
    })
}

fn store_name(rep: Rep) -> &'static str {
    match rep {
        Rep::I64 => "i64.store",
        Rep::F64 => "f64.store",
        Rep::I32 | Rep::Value | Rep::Nothing | Rep::Results(_) => "i32.store",
    }
}
