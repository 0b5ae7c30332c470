//! The checks of `wasm`: names are defined once, and those of the program's own functions, globals and data where they
//! are used; locals belong to their function and labels are those around; the stack has what each instruction takes,
//! by WebAssembly's own rules, and a block's end what the block gives; data has room for its relocations.
//!
//! Not checked: what belongs to the runtime, which is a name with a colon (`text:concat`) until `link-runtime` has
//! brought it. After a call of such a function the stack is unknown.

use nanopass::{Span, VarId, Violation};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::Session;
use crate::ops::{FuncType, MEMORY_OPS, PLAIN_OPS, WasmName, WasmOp, WasmType};
use crate::terminals::LabelId;
use crate::wasm::{Export, Function, Initial, Instr, Module, Relocation};

/// What the grammar cannot say.
pub fn check(program: &Module, session: &Session) -> Vec<Violation> {
    let mut check = Check {
        session,
        module: Names::of(program),
        violations: Vec::new(),
        function: String::new(),
        span: Span::NONE,
        locals: FxHashMap::default(),
        labels: Vec::new(),
        results: Vec::new(),
        stack: Vec::new(),
        bottom: 0,
        unknown: false,
    };
    check.definitions(program);
    let mut owners = FxHashSet::default();
    for function in &program.functions {
        check.function(function, &mut owners);
    }
    check.violations
}

/// What the names of a module stand for.
struct Names<'m> {
    functions: FxHashMap<&'m WasmName, FuncType>,
    globals: FxHashMap<&'m WasmName, (WasmType, bool)>,
    data: FxHashSet<&'m WasmName>,
}

impl<'m> Names<'m> {
    fn of(program: &'m Module) -> Names<'m> {
        let imports = program
            .imports
            .iter()
            .map(|import| (&import.name, import.type_.clone()));
        let functions = program.functions.iter().map(|function| {
            let params = function.params.iter().map(|local| local.type_).collect();
            let results = function.results.clone();
            (&function.name, FuncType { params, results })
        });
        let globals = program.globals.iter();
        Names {
            functions: imports.chain(functions).collect(),
            globals: globals
                .map(|global| (&global.name, (global.type_, global.mutable.0)))
                .collect(),
            data: program.data.iter().map(|data| &data.name).collect(),
        }
    }
}

struct Check<'m, 's> {
    session: &'s Session,
    module: Names<'m>,
    violations: Vec<Violation>,
    // Of the function in hand.
    function: String,
    span: Span,
    locals: FxHashMap<VarId, WasmType>,
    /// The labels around, with what a branch to them takes.
    labels: Vec<(Option<LabelId>, Vec<WasmType>)>,
    results: Vec<WasmType>,
    /// The types of what is known to be on the stack.
    stack: Vec<WasmType>,
    /// Where the stack of the block in hand begins.
    bottom: usize,
    /// Whether anything may lie below what is known, down to `bottom`: behind a branch, or a call of the runtime.
    unknown: bool,
}

impl Check<'_, '_> {
    fn report(&mut self, message: impl Into<String>) {
        let message = message.into();
        let message = if self.function.is_empty() {
            message
        } else {
            format!("{}: {message}", self.function)
        };
        self.violations
            .push(Violation::new(message, String::new(), self.span));
    }

    fn definitions(&mut self, program: &Module) {
        let imports = program.imports.iter().map(|import| &import.name);
        let names = imports
            .chain(program.functions.iter().map(|function| &function.name))
            .chain(program.globals.iter().map(|global| &global.name))
            .chain(program.data.iter().map(|data| &data.name));
        let mut seen = FxHashSet::default();
        for name in names {
            if !seen.insert(name) {
                self.report(format!("${} is defined twice", name.0));
            }
        }
        for name in &program.elements {
            self.called(name);
        }
        for export in &program.exports {
            match export {
                Export::Func { name, .. } => _ = self.called(name),
                Export::Global { name, .. } => _ = self.global(name),
                Export::Memory { .. } => {}
            }
        }
        for global in &program.globals {
            let ty = match &global.initial {
                Initial::Const {
                    op: WasmOp::I64Const(_),
                } => WasmType::I64,
                Initial::Const {
                    op: WasmOp::F64Const(_),
                } => WasmType::F64,
                Initial::Const {
                    op: WasmOp::I32Const(_),
                }
                | Initial::HeapBase
                | Initial::HeapLimit => WasmType::I32,
                Initial::Address { data, .. } => {
                    self.data(data);
                    WasmType::I32
                }
                Initial::Const { .. } => {
                    self.report(format!("${} begins with no constant", global.name.0));
                    continue;
                }
            };
            if ty != global.type_ {
                self.report(format!("${} begins with an {}", global.name.0, ty.text()));
            }
        }
        for data in &program.data {
            for relocation in &data.relocations {
                let at = match relocation {
                    Relocation::DataAddress { at, data, .. } => {
                        self.data(data);
                        at
                    }
                    Relocation::TableIndex { at, function, .. } => {
                        self.called(function);
                        at
                    }
                };
                if at.0 as usize + 4 > data.bytes.0.len() {
                    self.report(format!(
                        "a relocation at {} lies outside of ${}",
                        at.0, data.name.0
                    ));
                }
            }
        }
    }

    /// The type of a function; `None` for what the runtime has, or nobody.
    fn called(&mut self, name: &WasmName) -> Option<FuncType> {
        let found = self.module.functions.get(name).cloned();
        self.expect_defined(found.is_some(), name, "function");
        found
    }

    fn global(&mut self, name: &WasmName) -> Option<(WasmType, bool)> {
        let found = self.module.globals.get(name).copied();
        self.expect_defined(found.is_some(), name, "global");
        found
    }

    fn data(&mut self, name: &WasmName) {
        let found = self.module.data.contains(name);
        self.expect_defined(found, name, "data");
    }

    fn expect_defined(&mut self, found: bool, name: &WasmName, what: &str) {
        if !found && !name.0.contains(':') {
            self.report(format!("there is no {what} ${}", name.0));
        }
    }

    /// `owners` are the locals of the functions before.
    fn function(&mut self, function: &Function, owners: &mut FxHashSet<VarId>) {
        self.function = format!("${}", function.name.0);
        self.span = function.meta.span;
        self.locals.clear();
        for local in function.params.iter().chain(&function.locals) {
            if !owners.insert(local.var) {
                let name = self.session.core.var_name(local.var);
                self.report(format!("the local {name} is declared twice"));
            }
            self.locals.insert(local.var, local.type_);
        }
        self.results = function.results.clone();
        self.labels.clear();
        self.block(&function.body, None, &[], &[], &function.results);
        self.function = String::new();
    }

    /// A list of instructions with a stack of its own, which begins with `params` and ends with `results`.
    fn block(
        &mut self,
        body: &[Instr],
        label: Option<LabelId>,
        branch: &[WasmType],
        params: &[WasmType],
        results: &[WasmType],
    ) {
        let outer = (self.bottom, self.unknown);
        self.bottom = self.stack.len();
        self.unknown = false;
        self.stack.extend(params);
        self.labels.push((label, branch.to_vec()));
        for instr in body {
            self.instr(instr);
        }
        self.labels.pop();
        self.pop(results);
        let left = self.stack.len() - self.bottom;
        if left > 0 {
            self.report(format!("{left} values are left at the end of a block"));
        }
        self.stack.truncate(self.bottom);
        (self.bottom, self.unknown) = outer;
    }

    /// Takes values of these types off the stack, the last one from the top.
    fn pop(&mut self, types: &[WasmType]) {
        for expected in types.iter().rev() {
            match self.pop_any() {
                Some(found) if found != *expected => {
                    self.report(format!(
                        "{} where {} is taken",
                        found.text(),
                        expected.text()
                    ));
                }
                _ => {}
            }
        }
    }

    /// Takes a value off the stack; `None` if it is not known or not there.
    fn pop_any(&mut self) -> Option<WasmType> {
        if self.stack.len() > self.bottom {
            return self.stack.pop();
        }
        if !self.unknown {
            self.report("the stack is empty where a value is taken");
            // One report is enough.
            self.unknown = true;
        }
        None
    }

    /// Nothing is known of the stack from here on.
    fn forget(&mut self) {
        self.stack.truncate(self.bottom);
        self.unknown = true;
    }

    fn call(&mut self, ty: Option<FuncType>) {
        match ty {
            Some(ty) => {
                self.pop(&ty.params);
                self.stack.extend(ty.results);
            }
            None => self.forget(),
        }
    }

    /// A call in tail position gives what the function gives.
    fn return_call(&mut self, ty: Option<FuncType>) {
        if let Some(ty) = ty {
            self.pop(&ty.params);
            if ty.results != self.results {
                self.report("a tail call gives other results than the function");
            }
        }
        self.forget();
    }

    fn indirect(&mut self, ty: &FuncType) -> Option<FuncType> {
        self.pop(&[WasmType::I32]);
        Some(ty.clone())
    }

    fn local(&mut self, var: VarId) -> Option<WasmType> {
        let found = self.locals.get(&var).copied();
        if found.is_none() {
            let name = self.session.core.var_name(var).to_string();
            self.report(format!("the local {name} is not declared"));
        }
        found
    }

    /// What a branch to a label takes.
    fn label(&mut self, label: LabelId) -> Vec<WasmType> {
        let found = self
            .labels
            .iter()
            .rev()
            .find(|(other, _)| *other == Some(label));
        match found {
            Some((_, types)) => types.clone(),
            None => {
                let name = self.session.core.var_name(label.0).to_string();
                self.report(format!("the label {name} is not around this branch"));
                Vec::new()
            }
        }
    }

    fn instr(&mut self, instr: &Instr) {
        let span = instr.meta().span;
        if span != Span::NONE {
            self.span = span;
        }
        match instr {
            Instr::Op { op, .. } => self.operation(*op),
            Instr::Get { var, .. } => {
                let ty = self.local(*var);
                self.push(ty);
            }
            Instr::Set { var, .. } => {
                let ty = self.local(*var);
                self.take(ty);
            }
            Instr::Tee { var, .. } => {
                let ty = self.local(*var);
                self.take(ty);
                self.push(ty);
            }
            Instr::GlobalGet { global, .. } => {
                let ty = self.global(global).map(|(ty, _)| ty);
                self.push(ty);
            }
            Instr::GlobalSet { global, .. } => {
                let found = self.global(global);
                if let Some((_, false)) = found {
                    self.report(format!("${} is constant", global.0));
                }
                self.take(found.map(|(ty, _)| ty));
            }
            Instr::Address { data, .. } => {
                self.data(data);
                self.stack.push(WasmType::I32);
            }
            Instr::TableIndex { function, .. } => {
                self.called(function);
                self.stack.push(WasmType::I32);
            }
            Instr::Call { function, .. } => {
                let ty = self.called(function);
                self.call(ty);
            }
            Instr::ReturnCall { function, .. } => {
                let ty = self.called(function);
                self.return_call(ty);
            }
            Instr::CallIndirect { type_, .. } => {
                let ty = self.indirect(type_);
                self.call(ty);
            }
            Instr::ReturnCallIndirect { type_, .. } => {
                let ty = self.indirect(type_);
                self.return_call(ty);
            }
            Instr::Block {
                label,
                params,
                results,
                body,
                ..
            } => {
                self.pop(params);
                self.block(body, Some(*label), results, params, results);
                self.stack.extend(results);
            }
            Instr::Loop {
                label,
                params,
                results,
                body,
                ..
            } => {
                self.pop(params);
                self.block(body, Some(*label), params, params, results);
                self.stack.extend(results);
            }
            Instr::If {
                label,
                params,
                results,
                then,
                else_,
                ..
            } => {
                self.pop(&[WasmType::I32]);
                self.pop(params);
                self.block(then, *label, results, params, results);
                self.block(else_, *label, results, params, results);
                self.stack.extend(results);
            }
            Instr::Br { label, .. } => {
                let types = self.label(*label);
                self.pop(&types);
                self.forget();
            }
            Instr::BrIf { label, .. } => {
                self.pop(&[WasmType::I32]);
                let types = self.label(*label);
                self.pop(&types);
                self.stack.extend(types);
            }
            Instr::BrTable {
                labels, otherwise, ..
            } => {
                self.pop(&[WasmType::I32]);
                let types = self.label(*otherwise);
                if labels.iter().any(|label| self.label(*label) != types) {
                    self.report("the labels of a table take different values");
                }
                self.pop(&types);
                self.forget();
            }
            Instr::Return { .. } => {
                let results = self.results.clone();
                self.pop(&results);
                self.forget();
            }
            Instr::Unreachable { .. } => self.forget(),
        }
    }

    fn push(&mut self, ty: Option<WasmType>) {
        match ty {
            Some(ty) => self.stack.push(ty),
            None => self.forget(),
        }
    }

    fn take(&mut self, ty: Option<WasmType>) {
        match ty {
            Some(ty) => self.pop(&[ty]),
            None => _ = self.pop_any(),
        }
    }

    fn operation(&mut self, op: WasmOp) {
        match op {
            WasmOp::I32Const(_) => self.stack.push(WasmType::I32),
            WasmOp::I64Const(_) => self.stack.push(WasmType::I64),
            WasmOp::F64Const(_) => self.stack.push(WasmType::F64),
            WasmOp::Memory { op, .. } => {
                let Some(op) = MEMORY_OPS.get(usize::from(op)) else {
                    return;
                };
                if op.store {
                    self.pop(&[WasmType::I32, op.ty]);
                } else {
                    self.pop(&[WasmType::I32]);
                    self.stack.push(op.ty);
                }
            }
            WasmOp::Plain(index) => {
                let Some(op) = PLAIN_OPS.get(usize::from(index)) else {
                    return;
                };
                // All values of any type in one instruction have the same.
                let mut any = None;
                for letter in op.params.chars().rev() {
                    match wasm_type(letter).or(any) {
                        Some(ty) => self.pop(&[ty]),
                        None => any = self.pop_any(),
                    }
                }
                for letter in op.results.chars() {
                    let ty = wasm_type(letter).or(any);
                    self.push(ty);
                }
            }
        }
    }
}

/// The type that a letter of the table of instructions stands for; `None` for any type.
fn wasm_type(letter: char) -> Option<WasmType> {
    match letter {
        'i' => Some(WasmType::I32),
        'l' => Some(WasmType::I64),
        'f' => Some(WasmType::F32),
        'd' => Some(WasmType::F64),
        _ => None,
    }
}
