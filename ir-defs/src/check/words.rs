//! What `laid_out` and `memory` share: variables have representations, labels parameters, functions signatures.
//!
//! Where something is not defined, that is reported once and the checks that depend on it are left out.

use nanopass::{Span, VarId, Violation};
use rustc_hash::{FxHashMap, FxHashSet};

use super::scope::Scopes;
use crate::Session;
use crate::layout::{Kind, offsets};
use crate::prims::{Lowering, Prim, PrimType};
use crate::reps::{Layout, Local, Rep, Results};
use crate::tables::GlobalId;
use crate::terminals::{LabelId, Lit};

/// What a right-hand side is for.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    /// What its value should be; `None` if nobody takes it.
    pub rep: Option<Rep>,
    /// Whether it ends the function.
    pub tail: bool,
}

impl Wanted {
    /// The value of a variable.
    pub fn value(rep: Rep) -> Wanted {
        Wanted {
            rep: Some(rep),
            tail: false,
        }
    }
}

/// What is known of a function.
#[derive(Clone)]
pub(super) struct Signature {
    /// Those with width; the closure is not among them in `laid_out`, and is the first in `memory`.
    pub params: Vec<Rep>,
    pub fails: Option<Rep>,
    pub result: Rep,
    /// What the closure holds, if the function is the code of one; always `None` in `memory`.
    pub environment: Option<Layout>,
}

pub(super) struct Words<'s> {
    session: &'s Session,
    vars: Scopes<'s>,
    labels: Scopes<'s>,
    reps: FxHashMap<VarId, Rep>,
    params: FxHashMap<LabelId, Vec<Rep>>,
    pub functions: FxHashMap<GlobalId, Signature>,
    slots: FxHashMap<GlobalId, Rep>,
    /// How many arguments code words say that a function takes.
    pub arities: FxHashMap<GlobalId, u32>,
    pub statics: FxHashSet<GlobalId>,
    globals: FxHashSet<GlobalId>,
    /// What a failure here holds: that of the nearest attempt, else that of the function.
    failure: Option<Rep>,
    /// What the function in hand fails with and gives.
    function: (Option<Rep>, Rep),
}

impl<'s> Words<'s> {
    pub fn new(session: &'s Session) -> Words<'s> {
        Words {
            session,
            vars: Scopes::new(session, "variable"),
            labels: Scopes::new(session, "label"),
            reps: FxHashMap::default(),
            params: FxHashMap::default(),
            functions: FxHashMap::default(),
            slots: FxHashMap::default(),
            arities: FxHashMap::default(),
            statics: FxHashSet::default(),
            globals: FxHashSet::default(),
            failure: None,
            function: (None, Rep::Nothing),
        }
    }

    pub fn finish(self) -> Vec<Violation> {
        let mut violations = self.vars.finish();
        violations.extend(self.labels.finish());
        violations
    }

    pub fn at(&mut self, span: Span) {
        self.vars.at(span);
        self.labels.at(span);
    }

    pub fn violation(&mut self, message: impl Into<String>) {
        self.vars.violation(message);
    }

    pub fn name(&self, global: GlobalId) -> &'s str {
        self.session.globals.name(global)
    }

    // Definitions.

    /// Defines a function, a top-level value or a static.
    pub fn define(&mut self, global: GlobalId) {
        if !self.globals.insert(global) {
            self.violation(format!("@{} is defined twice", self.name(global)));
        }
    }

    pub fn define_function(&mut self, global: GlobalId, signature: Signature) {
        self.define(global);
        self.functions.insert(global, signature);
    }

    /// Makes the slot of a value readable.
    pub fn initialise(&mut self, global: GlobalId, rep: Rep) {
        self.slots.insert(global, rep);
    }

    /// The start calls `main` without arguments and takes nothing from it.
    pub fn main(&mut self, main: Option<GlobalId>) {
        let Some(main) = main else { return };
        let Some(signature) = self.functions.get(&main).cloned() else {
            return self.violation(format!("@{} is not defined", self.name(main)));
        };
        if !signature.params.is_empty() || signature.result != Rep::Nothing {
            self.violation("main has parameters or a result");
        }
        if signature.environment.is_some() {
            self.violation("main is the code of a closure");
        }
        if signature.fails.is_some() {
            self.violation("the failure of main is not handled");
        }
    }

    // Scopes.

    pub fn scope(&mut self, visit: impl FnOnce(&mut Self)) {
        self.vars.enter();
        self.labels.enter();
        visit(self);
        self.labels.leave();
        self.vars.leave();
    }

    /// Visits the body of a function, or of a value, which fails with nothing.
    pub fn function(
        &mut self,
        fails: Option<Rep>,
        result: Rep,
        visit: impl FnOnce(&mut Self, Wanted),
    ) {
        self.function = (fails, result);
        self.failure = fails;
        let wanted = Wanted {
            rep: Some(result),
            tail: true,
        };
        self.scope(|cx| visit(cx, wanted));
    }

    /// Visits what is not in tail position, and so sees no label.
    pub fn inner(&mut self, visit: impl FnOnce(&mut Self)) {
        let hidden = self.labels.hide();
        visit(self);
        self.labels.show(hidden);
    }

    /// Visits the body of an attempt, whose failure is taken by a handler.
    pub fn attempt(&mut self, failure: Rep, visit: impl FnOnce(&mut Self)) {
        let outer = self.failure.replace(failure);
        self.inner(visit);
        self.failure = outer;
    }

    /// What has no width has no variable.
    pub fn bind(&mut self, local: Local) {
        if local.rep == Rep::Nothing {
            self.violation("a variable without width");
        }
        if matches!(local.rep, Rep::Results(_)) {
            self.violation("a variable of several results");
        }
        self.vars.bind(local.var);
        self.reps.insert(local.var, local.rep);
    }

    pub fn bind_all(&mut self, locals: &[Local]) {
        locals.iter().for_each(|&local| self.bind(local));
    }

    pub fn bind_label(&mut self, label: LabelId, params: &[Local]) {
        self.labels.bind(label.0);
        let params = params.iter().map(|param| param.rep).collect();
        self.params.insert(label, params);
    }

    // Uses.

    pub fn var(&mut self, var: VarId) -> Option<Rep> {
        self.vars.used(var);
        self.reps.get(&var).copied()
    }

    /// What a literal is; characters are small numbers here.
    pub fn lit(&mut self, lit: &Lit) -> Option<Rep> {
        match lit {
            Lit::Int(_) => Some(Rep::I64),
            Lit::Float(_) => Some(Rep::F64),
            Lit::Text(_) => Some(Rep::Value),
            Lit::Char(_) => {
                self.violation("a character that is no small number");
                None
            }
        }
    }

    pub fn expect(&mut self, what: &str, wanted: Rep, found: Option<Rep>) {
        if let Some(found) = found
            && found != wanted
        {
            let (found, wanted) = (found.described(), wanted.described());
            self.violation(format!("{what} is {found}, not {wanted}"));
        }
    }

    pub fn expect_all(&mut self, what: &str, wanted: &[Rep], found: &[Option<Rep>]) {
        if wanted.len() != found.len() {
            return self.violation(format!("{what}: {} for {}", found.len(), wanted.len()));
        }
        for (&wanted, &found) in wanted.iter().zip(found) {
            self.expect(what, wanted, found);
        }
    }

    /// What a right-hand side gives, against what is wanted.
    pub fn gives(&mut self, wanted: Wanted, found: Option<Rep>) {
        if let Some(wanted) = wanted.rep {
            self.expect("the result", wanted, found);
        }
    }

    /// What the variables of a call's results want of it.
    pub fn named(&mut self, locals: &[Local], is_call: bool) -> Wanted {
        let reps: Vec<Rep> = locals.iter().map(|local| local.rep).collect();
        let rep = Results::of(&reps).map(Rep::Results);
        if !is_call {
            self.violation("results of what is no call");
        } else if rep.is_none() {
            self.violation(format!("{} variables for results", reps.len()));
        }
        Wanted { rep, tail: false }
    }

    /// Several results, which end a function.
    pub fn results(&mut self, wanted: Wanted, found: &[Option<Rep>]) {
        if !wanted.tail {
            self.violation("several results that are not those of the function");
        }
        let Some(reps) = found.iter().copied().collect::<Option<Vec<Rep>>>() else {
            return;
        };
        match Results::of(&reps).map(Rep::Results) {
            Some(found) => self.gives(wanted, Some(found)),
            None => self.violation(format!("{} results, or one without width", reps.len())),
        }
    }

    /// Code of closures gives one result.
    pub fn one_result(&mut self, rep: Rep) {
        if matches!(rep, Rep::Results(_)) {
            self.violation("the code of a closure gives several results");
        }
    }

    pub fn slot(&mut self, global: GlobalId, rep: Rep) {
        match self.slots.get(&global).copied() {
            Some(slot) => self.expect("the slot", rep, Some(slot)),
            None => self.violation(format!("@{} is not initialised", self.name(global))),
        }
    }

    pub fn signature(&mut self, function: GlobalId) -> Option<Signature> {
        let signature = self.functions.get(&function).cloned();
        if signature.is_none() {
            self.violation(format!("@{} is not defined", self.name(function)));
        }
        signature
    }

    pub fn call(
        &mut self,
        function: GlobalId,
        fails: Option<Rep>,
        result: Rep,
        args: &[Option<Rep>],
    ) {
        let Some(signature) = self.signature(function) else {
            return;
        };
        if signature.environment.is_some() {
            self.violation(format!("@{} is the code of a closure", self.name(function)));
        }
        self.expect_all("an argument", &signature.params, args);
        self.expect("the result of the call", result, Some(signature.result));
        if fails != signature.fails {
            self.violation(format!(
                "the call does not say how @{} fails",
                self.name(function)
            ));
        }
    }

    /// What a call gives and may fail with, against its place. A tail call leaves what it gives to the caller.
    pub fn returns(&mut self, wanted: Wanted, fails: Option<Rep>, result: Rep, is_tail_call: bool) {
        self.gives(wanted, Some(result));
        if let Some(fails) = fails {
            self.fails(fails);
        }
        if !is_tail_call {
            return;
        }
        if !wanted.tail {
            self.violation("a tail call that is not in tail position");
        }
        self.expect("the result of the tail call", self.function.1, Some(result));
    }

    /// A failure that comes from here.
    pub fn fails(&mut self, rep: Rep) {
        match self.failure {
            Some(failure) => self.expect("the failure", failure, Some(rep)),
            None => self.violation("a failure that nobody handles"),
        }
    }

    pub fn jump(&mut self, label: LabelId, args: &[Option<Rep>]) {
        self.labels.used(label.0);
        if let Some(params) = self.params.get(&label).cloned() {
            self.expect_all("an argument of the jump", &params, args);
        }
    }

    pub fn prim(&mut self, prim: Prim, rep: Rep, args: &[Option<Rep>]) {
        let info = prim.info();
        let is_item = matches!(prim.name(), "array.get" | "array.set");
        if matches!(info.lowering, Lowering::Special)
            && !matches!(prim.name(), "array.new" | "array.get" | "array.set")
        {
            self.violation(format!("{} is no operation here", prim.name()));
        }
        let params: Vec<Rep> = info
            .params
            .iter()
            .filter_map(|&param| prim_rep(param))
            .filter(|&rep| rep != Rep::Nothing)
            .collect();
        self.expect_all(prim.name(), &params, args);
        match prim_rep(info.result) {
            Some(result) if info.result != PrimType::A || is_item => {
                self.expect(prim.name(), rep, Some(result));
            }
            _ => {}
        }
    }
}

/// What a primitive takes or gives; arrays hold value words.
fn prim_rep(ty: PrimType) -> Option<Rep> {
    Some(match ty {
        PrimType::Int => Rep::I64,
        PrimType::Float => Rep::F64,
        PrimType::Bool | PrimType::Char | PrimType::Ordering => Rep::I32,
        PrimType::Text
        | PrimType::Bytes
        | PrimType::ArrayOfA
        | PrimType::ArrayOfText
        | PrimType::ArrayOfBytes
        | PrimType::A => Rep::Value,
        PrimType::Unit => Rep::Nothing,
    })
}

/// What is wrong with the order or the number of an object's fields.
pub(super) fn layout_fault(layout: &Layout, kind: Kind) -> Option<&'static str> {
    let rank = |rep: &Rep| match rep {
        Rep::Value => 0,
        Rep::I64 | Rep::F64 => 1,
        Rep::I32 => 2,
        Rep::Nothing | Rep::Results(_) => 3,
    };
    let fields = &layout.fields;
    if fields.iter().any(|field| matches!(field, Rep::Results(_))) {
        return Some("a field of several results");
    }
    if fields.contains(&Rep::Nothing) {
        return Some("a field without width");
    }
    if fields.is_empty() && kind == Kind::Fields {
        return Some("an object without fields");
    }
    if !fields.is_sorted_by_key(rank) {
        return Some("a layout whose fields are not in order");
    }
    // Too many constructors are an error of the program, which `lower-data` reports.
    let untagged = Layout {
        tag: 0,
        ..layout.clone()
    };
    if !offsets(&untagged, kind).fits {
        return Some("a layout with more fields than a header counts");
    }
    None
}
