//! What `mono`, `derived` and `direct` have in common: the types of their nodes, from the bottom up.
//!
//! [`Typing`] knows the types of what is in scope and of primitives; [`typed_trees`](macro@typed_trees) makes the walk
//! over a language's own trees. The walk computes the type of each node, compares it with the one that the node has, if
//! any, and writes it there. So one code checks programs and gives types to those that were read from text.
//!
//! Checked here: globals, variables and labels are bound once and used where they are visible; constructors, primitives
//! and jumps have all their arguments, of the right types; functions are applied to what they take; records are
//! sorted; branches belong to the type of their subject; no type variable, capability or open row is left.
//! Not checked: that the branches of a switch cover its type (`switched` checks it, and no pass removes branches), and
//! that integers in `Item` come from the source.

mod comparison;
mod effects;
mod operations;
mod values;
mod walk;

use nanopass::{Span, Syntax, TyId, VarId, Violation};
use rustc_hash::{FxHashMap, FxHashSet};

use super::calls::Functions;
use super::scope::Scopes;
use crate::Session;
use crate::tables::GlobalId;
use crate::terminals::{Binder, LabelId};
use crate::types::TypeTable;

pub(super) use walk::{typed_blocks, typed_programs, typed_trees};

/// Whether code may do something here, and how that may fail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Doing {
    /// Nothing may be done.
    Nothing,
    /// What is done may fail with this, or not at all.
    Effects(Option<TyId>),
}

/// What is known while the types of a program are computed.
pub(super) struct Typing<'s> {
    pub(super) session: &'s Session,
    /// The session's types, and those that computing adds.
    types: TypeTable,
    globals: FxHashMap<GlobalId, TyId>,
    /// What is known of functions, from `nary` on.
    pub(super) functions: Functions,
    vars: FxHashMap<VarId, TyId>,
    label_params: FxHashMap<LabelId, Vec<TyId>>,
    scopes: Scopes<'s>,
    labels: Scopes<'s>,
    /// Whether effects are functions of nothing, and types are compared without their `Fail`.
    pub(super) direct: bool,
    doing: Doing,
    without_fail: FxHashMap<TyId, TyId>,
    closed: FxHashMap<TyId, bool>,
}

impl<'s> Typing<'s> {
    pub(super) fn new(session: &'s Session, types: TypeTable, direct: bool) -> Typing<'s> {
        Typing {
            session,
            types,
            globals: FxHashMap::default(),
            functions: Functions::default(),
            vars: FxHashMap::default(),
            label_params: FxHashMap::default(),
            scopes: Scopes::new(session, "variable"),
            labels: Scopes::new(session, "label"),
            direct,
            doing: Doing::Nothing,
            without_fail: FxHashMap::default(),
            closed: FxHashMap::default(),
        }
    }

    pub(super) fn finish(self) -> (TypeTable, Vec<Violation>) {
        let mut violations = self.scopes.finish();
        violations.extend(self.labels.finish());
        (self.types, violations)
    }

    pub(super) fn at(&mut self, span: Span) {
        self.scopes.at(span);
        self.labels.at(span);
    }

    pub(super) fn violation(&mut self, message: impl Into<String>) {
        self.scopes.violation(message);
    }

    /// Runs `walk` for code that is not in tail position: no label around it can be jumped to.
    pub(super) fn inner<R>(&mut self, walk: impl FnOnce(&mut Self) -> R) -> R {
        let hidden = self.labels.hide();
        let result = walk(self);
        self.labels.show(hidden);
        result
    }

    pub(super) fn scope<R>(&mut self, walk: impl FnOnce(&mut Self) -> R) -> R {
        self.scopes.enter();
        let result = walk(self);
        self.scopes.leave();
        result
    }

    /// Runs `walk` for code that may do something, or nothing.
    pub(super) fn within<R>(&mut self, doing: Doing, walk: impl FnOnce(&mut Self) -> R) -> R {
        let outer = std::mem::replace(&mut self.doing, doing);
        let result = walk(self);
        self.doing = outer;
        result
    }

    pub(super) fn bind(&mut self, binder: &Binder) {
        self.written(binder.ty);
        if self.as_results(binder.ty).is_some() {
            self.violation("a variable of several results");
        }
        self.scopes.bind(binder.var);
        self.vars.insert(binder.var, binder.ty);
    }

    pub(super) fn var(&mut self, var: VarId) -> TyId {
        self.scopes.used(var);
        self.vars.get(&var).copied().unwrap_or(TyId::NONE)
    }

    pub(super) fn global(&mut self, global: GlobalId, ty: TyId) -> TyId {
        self.written(ty);
        match self.globals.get(&global).copied() {
            Some(defined) => self.expect("a global", defined, ty),
            None => {
                let name = self.session.globals.name(global);
                self.violation(format!("`{name}` is not defined"));
            }
        }
        ty
    }

    pub(super) fn join<R>(
        &mut self,
        label: LabelId,
        params: &[Binder],
        walk: impl FnOnce(&mut Self) -> R,
    ) -> R {
        self.label_params
            .insert(label, params.iter().map(|param| param.ty).collect());
        self.labels.enter();
        self.labels.bind(label.0);
        let result = walk(self);
        self.labels.leave();
        result
    }

    pub(super) fn jump(&mut self, label: LabelId, args: &[TyId], ty: TyId) -> TyId {
        self.written(ty);
        self.labels.used(label.0);
        if let Some(params) = self.label_params.get(&label).cloned() {
            self.expect_all("a jump", &params, args);
        }
        ty
    }

    pub(super) fn define(&mut self, global: GlobalId, ty: TyId) {
        self.written(ty);
        if self.globals.insert(global, ty).is_some() {
            let name = self.session.globals.name(global);
            self.violation(format!("`{name}` is defined twice"));
        }
    }

    pub(super) fn main(&mut self, main: Option<GlobalId>) {
        let Some(main) = main else { return };
        match self.globals.get(&main).copied() {
            None => self.violation("`main` is not defined"),
            Some(ty) if matches!(self.as_effect(ty), Some((None, _))) => {}
            Some(_) => self.violation("`main` is an effect that cannot fail"),
        }
    }

    /// The order of initialisation names values, each once, and all of them if it is `complete`.
    pub(super) fn order(&mut self, order: &[GlobalId], values: &[GlobalId], complete: bool) {
        let all: FxHashSet<GlobalId> = values.iter().copied().collect();
        let mut ordered = FxHashSet::default();
        for global in order {
            let name = self.session.globals.name(*global);
            if !all.contains(global) {
                self.violation(format!("`{name}` in the order is no value"));
            }
            if !ordered.insert(*global) {
                self.violation(format!("`{name}` is twice in the order"));
            }
        }
        for global in values
            .iter()
            .filter(|global| complete && !ordered.contains(global))
        {
            let name = self.session.globals.name(*global);
            self.violation(format!("`{name}` is not in the order"));
        }
    }
}

/// The text of a node in one line.
pub(super) fn show(node: &dyn Syntax<Session>, session: &Session) -> String {
    nanopass::print_node(node, session, 80)
}
