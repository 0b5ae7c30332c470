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

use nanopass::{Span, Symbol, Syntax, TyId, VarId, Violation};
use rustc_hash::{FxHashMap, FxHashSet};

use super::calls::Functions;
use super::scope::Scopes;
use crate::Session;
use crate::known;
use crate::prims::{Prim, PrimType};
use crate::tables::{ConId, GlobalId};
use crate::terminals::{Binder, Derivation, LabelId, Lit};
use crate::types::{Type, TypeTable, each_part};

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

    /// A type that the program writes down: without variables, capabilities and open rows.
    pub(super) fn written(&mut self, ty: TyId) {
        if !self.is_closed(ty) {
            let message = format!("`{}` is no type of a whole program", self.show(ty));
            self.violation(message);
        }
    }

    fn is_closed(&mut self, ty: TyId) -> bool {
        if let Some(&closed) = self.closed.get(&ty) {
            return closed;
        }
        let found = self.types.get(ty).clone();
        let mut closed = match &found {
            Type::Var(_) | Type::Hole(_) | Type::Error => false,
            Type::Record { tail, .. } => tail.is_none(),
            Type::Row {
                capabilities, tail, ..
            } => capabilities.is_empty() && tail.is_none(),
            _ => true,
        };
        each_part(&found, |part| closed = closed && self.is_closed(part));
        self.closed.insert(ty, closed);
        closed
    }

    pub(super) fn con(&mut self, name: &str) -> TyId {
        match self.session.tycons.find(name) {
            Some(con) => self.types.intern(Type::Con(con)),
            None => TyId::NONE,
        }
    }

    pub(super) fn applied(&mut self, name: &str, args: Vec<TyId>) -> TyId {
        let head = self.con(name);
        self.types.apply(head, args)
    }

    pub(super) fn fun(&mut self, params: &[TyId], result: TyId) -> TyId {
        params.iter().rev().fold(result, |result, &param| {
            self.types.intern(Type::Fun(param, result))
        })
    }

    pub(super) fn effect(&mut self, fail: Option<TyId>, result: TyId) -> TyId {
        let row = self.types.intern(Type::Row {
            capabilities: Vec::new(),
            fail,
            tail: None,
        });
        self.applied("Effect", vec![row, result])
    }

    /// The failure and the result of an effect.
    pub(super) fn as_effect(&mut self, ty: TyId) -> Option<(Option<TyId>, TyId)> {
        let Type::Apply(head, args) = self.types.get(ty) else {
            return None;
        };
        let (head, &[row, result]) = (*head, args.as_slice()) else {
            return None;
        };
        let Type::Row { fail, .. } = self.types.get(row) else {
            return None;
        };
        let fail = *fail;
        (head == self.con("Effect")).then_some((fail, result))
    }

    pub(super) fn lit(&mut self, lit: &Lit) -> TyId {
        self.con(match lit {
            Lit::Int(_) => "Int",
            Lit::Float(_) => "Float",
            Lit::Char(_) => "Char",
            Lit::Text(_) => "Text",
        })
    }

    pub(super) fn tuple(&mut self, items: Vec<TyId>) -> TyId {
        if items.len() < 2 {
            self.violation("a tuple has at least two components");
        }
        match items.as_slice() {
            [] => self.con("Unit"),
            &[item] => item,
            _ => self.types.intern(Type::Tuple(items)),
        }
    }

    pub(super) fn record(&mut self, fields: Vec<(Symbol, TyId)>) -> TyId {
        if !fields.is_sorted_by_key(|(label, _)| self.session.core.text(*label)) {
            self.violation("the fields of a record are in alphabetical order");
        }
        self.types.intern(Type::Record { fields, tail: None })
    }

    pub(super) fn select(&mut self, record: TyId, label: Symbol) -> TyId {
        let found = match self.types.get(record) {
            Type::Record { fields, .. } => fields
                .iter()
                .find(|(other, _)| *other == label)
                .map(|&(_, ty)| ty),
            _ => None,
        };
        found.unwrap_or_else(|| {
            let message = format!(
                "`{}` has no field `{}`",
                self.show(record),
                self.session.core.text(label)
            );
            self.violation(message);
            TyId::NONE
        })
    }

    pub(super) fn item(&mut self, tuple: TyId, index: u32) -> TyId {
        let found = match self.types.get(tuple) {
            Type::Tuple(items) => items.get(index as usize).copied(),
            _ => None,
        };
        found.unwrap_or_else(|| {
            let message = format!("`{}` has no component {index}", self.show(tuple));
            self.violation(message);
            TyId::NONE
        })
    }

    pub(super) fn apply(&mut self, fun: TyId, args: &[TyId]) -> TyId {
        let mut result = fun;
        for &arg in args {
            let &Type::Fun(param, rest) = self.types.get(result) else {
                let message = format!(
                    "`{}` is applied to {} arguments",
                    self.show(fun),
                    args.len()
                );
                self.violation(message);
                return TyId::NONE;
            };
            self.expect("an argument", param, arg);
            result = rest;
        }
        result
    }

    pub(super) fn construct(&mut self, con: ConId, types: &[TyId], args: &[TyId]) -> TyId {
        types.iter().for_each(|&ty| self.written(ty));
        let (data, fields) = self.constructor(con, types);
        self.expect_all("a constructor", &fields, args);
        data
    }

    /// The type that a constructor builds at these arguments, and the types of its fields.
    fn constructor(&mut self, con: ConId, types: &[TyId]) -> (TyId, Vec<TyId>) {
        let session = self.session;
        let info = session.constructors.get(con);
        let Some((info, data, params)) = info.and_then(|info| {
            let data = info.data?;
            Some((info, data, &session.tycons.get(data)?.params))
        }) else {
            let name = session.constructors.name(con);
            self.violation(format!("the constructor `{name}` is not defined"));
            return (TyId::NONE, Vec::new());
        };
        if params.len() != types.len() {
            let name = session.tycons.name(data);
            self.violation(format!(
                "`{name}` has {} parameters, not {}",
                params.len(),
                types.len()
            ));
        }
        let replace = params.iter().copied().zip(types.iter().copied()).collect();
        let fields = info
            .fields
            .iter()
            .map(|&field| self.types.substitute(field, &replace))
            .collect();
        let head = self.types.intern(Type::Con(data));
        (self.types.apply(head, types.to_vec()), fields)
    }

    /// An object whose field `hole` is given later, and the others now.
    pub(super) fn open(&mut self, con: ConId, types: &[TyId], hole: u32, args: &[TyId]) -> TyId {
        types.iter().for_each(|&ty| self.written(ty));
        let (data, mut fields) = self.constructor(con, types);
        if (hole as usize) < fields.len() {
            fields.remove(hole as usize);
        } else {
            self.violation(format!("a constructor has no field {hole}"));
        }
        self.expect_all("a constructor with a hole", &fields, args);
        data
    }

    /// The place of a field.
    pub(super) fn place(&mut self, con: ConId, types: &[TyId], field: u32) -> TyId {
        types.iter().for_each(|&ty| self.written(ty));
        let (_, fields) = self.constructor(con, types);
        if (field as usize) >= fields.len() {
            self.violation(format!("a constructor has no field {field}"));
        }
        self.place_type()
    }

    pub(super) fn place_type(&mut self) -> TyId {
        self.con("place")
    }

    pub(super) fn unit(&mut self) -> TyId {
        self.con("Unit")
    }

    /// Filling a field of which the place is known.
    pub(super) fn fill(&mut self, con: ConId, types: &[TyId], field: u32, cell: TyId, value: TyId) {
        let (data, fields) = self.constructor(con, types);
        self.expect("a cell", data, cell);
        if let Some(&field) = fields.get(field as usize) {
            self.expect("what fills a hole", field, value);
        }
    }

    /// A branch on a constructor binds its fields.
    pub(super) fn on_con(&mut self, subject: TyId, con: ConId, fields: &[Binder]) {
        let types = match self.types.get(subject) {
            Type::Apply(_, args) => args.clone(),
            _ => Vec::new(),
        };
        let (data, expected) = self.constructor(con, &types);
        self.expect("the subject of a switch", data, subject);
        let found: Vec<TyId> = fields.iter().map(|field| field.ty).collect();
        self.expect_all("a branch", &expected, &found);
        fields.iter().for_each(|field| self.bind(field));
    }

    pub(super) fn on_lit(&mut self, subject: TyId, lit: &Lit) {
        let ty = self.lit(lit);
        self.expect("the subject of a switch", ty, subject);
    }

    /// The type of branches that were checked to agree with one another.
    pub(super) fn agree(&mut self, types: &[TyId]) -> TyId {
        let Some((&first, rest)) = types.split_first() else {
            self.violation("a switch without branches");
            return TyId::NONE;
        };
        let mut all = first;
        for &ty in rest {
            self.expect("a branch", all, ty);
            all = self.larger(all, ty);
        }
        all
    }

    /// Of two types that differ in what may fail at most, the one where more may, as far as results go.
    fn larger(&mut self, a: TyId, b: TyId) -> TyId {
        if a == b || !self.direct {
            return a;
        }
        match (self.types.get(a).clone(), self.types.get(b).clone()) {
            (Type::Fun(param, a), Type::Fun(_, b)) => {
                let result = self.larger(a, b);
                self.fun(&[param], result)
            }
            _ => match (self.as_effect(a), self.as_effect(b)) {
                (Some((None, _)), Some((Some(_), _))) => b,
                _ => a,
            },
        }
    }

    pub(super) fn derived(&mut self, derivation: Derivation, ty: TyId) -> TyId {
        self.written(ty);
        match derivation {
            Derivation::Eq => {
                let bool = self.con("Bool");
                self.fun(&[ty, ty], bool)
            }
            Derivation::Compare => {
                let ordering = self.con("Ordering");
                self.fun(&[ty, ty], ordering)
            }
            _ => {
                let text = self.con("Text");
                self.fun(&[ty], text)
            }
        }
    }

    /// A primitive with all its arguments.
    pub(super) fn prim(&mut self, prim: Prim, result: Option<TyId>, args: &[TyId]) -> TyId {
        result.iter().for_each(|&ty| self.written(ty));
        let info = prim.info();
        if args.len() != info.params.len() {
            self.violation(format!(
                "`{}` takes {} arguments, not {}",
                info.name,
                info.params.len(),
                args.len()
            ));
            return result.unwrap_or(TyId::NONE);
        }
        if info.name.starts_with("effect.") {
            return self.effect_prim(prim, result, args);
        }
        if info.name == "static.run" {
            let given = args.first().and_then(|&effect| self.as_effect(effect));
            return given.map(|(_, value)| value).unwrap_or_else(|| {
                self.violation("the argument of `static.run` is no effect");
                TyId::NONE
            });
        }
        let mut any = None;
        for (param, &arg) in info.params.iter().zip(args) {
            let expected = match (param, any) {
                (PrimType::A, None) => {
                    any = Some(arg);
                    arg
                }
                (PrimType::ArrayOfA, None) => {
                    any = match self.types.get(arg) {
                        Type::Apply(_, items) => items.first().copied(),
                        _ => None,
                    };
                    self.prim_type(*param, any)
                }
                _ => self.prim_type(*param, any),
            };
            if !self.same(expected, arg) {
                self.expect(&format!("an argument of `{}`", info.name), expected, arg);
            }
        }
        let open = any.is_none() && matches!(info.result, PrimType::A | PrimType::ArrayOfA);
        let ty = match result {
            Some(result) if open => {
                if info.result == PrimType::ArrayOfA {
                    let array = self.con("Array");
                    if !matches!(self.types.get(result), Type::Apply(head, _) if *head == array) {
                        self.violation(format!("`{}` gives an array", info.name));
                    }
                }
                result
            }
            None if open => {
                self.violation(format!("the type of what `{}` gives is missing", info.name));
                TyId::NONE
            }
            Some(_) => {
                self.violation(format!(
                    "the arguments of `{}` determine what it gives",
                    info.name
                ));
                self.prim_type(info.result, any)
            }
            None => self.prim_type(info.result, any),
        };
        if !prim.is_effect() {
            return ty;
        }
        if self.direct {
            self.does(None);
            return ty;
        }
        self.effect(None, ty)
    }

    fn prim_type(&mut self, ty: PrimType, any: Option<TyId>) -> TyId {
        let name = match ty {
            PrimType::Int => "Int",
            PrimType::Float => "Float",
            PrimType::Bool => "Bool",
            PrimType::Char => "Char",
            PrimType::Text => "Text",
            PrimType::Bytes => "Bytes",
            PrimType::Unit => "Unit",
            PrimType::Ordering => "Ordering",
            PrimType::A => return any.unwrap_or(TyId::NONE),
            PrimType::ArrayOfA => return self.applied("Array", vec![any.unwrap_or(TyId::NONE)]),
            PrimType::ArrayOfText => {
                let text = self.con("Text");
                return self.applied("Array", vec![text]);
            }
            PrimType::ArrayOfBytes => {
                let bytes = self.con("Bytes");
                return self.applied("Array", vec![bytes]);
            }
        };
        self.con(name)
    }

    /// What makes effects of effects. Rows agree, for `Widen` has made them equal.
    fn effect_prim(&mut self, prim: Prim, result: Option<TyId>, args: &[TyId]) -> TyId {
        let name = prim.name();
        if self.direct {
            self.violation(format!("`{name}` is a form of its own here"));
            return TyId::NONE;
        }
        let ty = match (name, args) {
            ("effect.pure", &[value]) => Some(self.effect(None, value)),
            ("effect.fail", &[error]) => result
                .and_then(|result| self.as_effect(result))
                .map(|(_, value)| self.effect(Some(error), value)),
            ("effect.attempt", &[effect]) => {
                let given = result
                    .and_then(|result| self.as_effect(result))
                    .map(|(_, given)| given);
                let fails = match given.map(|given| self.types.get(given)) {
                    Some(Type::Apply(_, parts)) => parts.first().copied(),
                    _ => None,
                };
                self.as_effect(effect)
                    .zip(fails)
                    .map(|((fail, value), fails)| {
                        let result = self.applied("Result", vec![fail.unwrap_or(fails), value]);
                        self.effect(None, result)
                    })
            }
            ("effect.bind", &[first, then]) => self.effect_after(first, then),
            ("effect.bracket", &[acquire, release, consume]) => {
                if let Some(ty) = self.effect_after(acquire, release) {
                    let released = self
                        .as_effect(ty)
                        .map_or(TyId::NONE, |(_, released)| released);
                    let unit = self.con("Unit");
                    self.expect("a release", unit, released);
                }
                self.effect_after(acquire, consume)
            }
            ("effect.on-failure", &[undo, effect]) => {
                if let (Some((fails, released)), Some((others, _))) =
                    (self.as_effect(undo), self.as_effect(effect))
                {
                    let unit = self.con("Unit");
                    self.expect("what is done after a failure", unit, released);
                    if fails != others {
                        self.violation("effects in sequence fail with one type");
                    }
                }
                self.as_effect(effect).map(|_| effect)
            }
            _ => None,
        };
        match (ty, result) {
            (Some(ty), Some(result)) => self.expect(name, ty, result),
            (None, _) => self.violation(format!("the arguments of `{name}` are no effects")),
            (Some(_), None) => {}
        }
        ty.or(result).unwrap_or(TyId::NONE)
    }

    /// The effect that `then` gives for what `first` gives.
    fn effect_after(&mut self, first: TyId, then: TyId) -> Option<TyId> {
        let (fails, value) = self.as_effect(first)?;
        let &Type::Fun(param, ty) = self.types.get(then) else {
            return None;
        };
        self.expect("what an effect gives", param, value);
        let (then_fails, _) = self.as_effect(ty)?;
        if fails != then_fails {
            self.violation("effects in sequence fail with one type");
        }
        Some(ty)
    }

    /// Something is done that may fail as given.
    pub(super) fn does(&mut self, fails: Option<TyId>) {
        match (self.doing, fails) {
            (Doing::Nothing, _) => self.violation("something is done outside of an effect"),
            (Doing::Effects(None), Some(_)) => self.violation("something fails where nothing may"),
            (Doing::Effects(Some(expected)), Some(fails)) => {
                self.expect("a failure", expected, fails)
            }
            (Doing::Effects(_), None) => {}
        }
    }

    /// Whether `ty` may be seen as `wider`: only effects and resources under arrows differ, and only where the second may
    /// fail.
    fn widens(&mut self, ty: TyId, wider: TyId) -> bool {
        match (self.types.get(ty).clone(), self.types.get(wider).clone()) {
            (Type::Fun(param, result), Type::Fun(other, wider)) => {
                param == other && self.widens(result, wider)
            }
            _ => match (self.as_effect(ty), self.as_effect(wider)) {
                (Some((fails, value)), Some((wider, other))) => {
                    value == other && (fails.is_none() || fails == wider)
                }
                _ => ty == wider || self.widens_resource(ty, wider),
            },
        }
    }

    fn widens_resource(&self, ty: TyId, wider: TyId) -> bool {
        let fail = |row: TyId| match self.types.get(row) {
            Type::Row { fail, .. } => *fail,
            _ => None,
        };
        match (self.types.get(ty), self.types.get(wider)) {
            (Type::Apply(head, from), Type::Apply(other, to)) if head == other => {
                let resource = matches!(self.types.get(*head), Type::Con(con)
                    if self.session.tycons.name(*con) == known::RESOURCE_TYPE);
                match (from.as_slice(), to.as_slice()) {
                    (&[from, value], &[to, other]) => {
                        let fails = fail(from);
                        resource && value == other && (fails.is_none() || fails == fail(to))
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    pub(super) fn expect(&mut self, what: &str, expected: TyId, found: TyId) {
        if !self.same(expected, found) {
            let message = format!(
                "{what} of type `{}` where `{}` belongs",
                self.show(found),
                self.show(expected)
            );
            self.violation(message);
        }
    }

    pub(super) fn expect_all(&mut self, what: &str, expected: &[TyId], found: &[TyId]) {
        if expected.len() != found.len() {
            self.violation(format!(
                "{what} of {} values, not {}",
                expected.len(),
                found.len()
            ));
        }
        for (&expected, &found) in expected.iter().zip(found) {
            self.expect(what, expected, found);
        }
    }

    /// Whether two types are equal; without their `Fail` in `direct`. What is unknown was reported before.
    pub(super) fn same(&mut self, a: TyId, b: TyId) -> bool {
        if a == b
            || a.is_none()
            || b.is_none()
            || self.types.has_error(a)
            || self.types.has_error(b)
        {
            return true;
        }
        self.direct && self.strip(a) == self.strip(b)
    }

    fn strip(&mut self, ty: TyId) -> TyId {
        if let Some(&stripped) = self.without_fail.get(&ty) {
            return stripped;
        }
        let stripped = match self.types.get(ty).clone() {
            Type::Row {
                capabilities, tail, ..
            } => self.types.intern(Type::Row {
                capabilities,
                fail: None,
                tail,
            }),
            Type::Apply(head, args) => {
                let args = args.into_iter().map(|arg| self.strip(arg)).collect();
                self.types.apply(head, args)
            }
            Type::Fun(param, result) => {
                let (param, result) = (self.strip(param), self.strip(result));
                self.types.intern(Type::Fun(param, result))
            }
            Type::Tuple(items) => {
                let items = items.into_iter().map(|item| self.strip(item)).collect();
                self.types.intern(Type::Tuple(items))
            }
            Type::Record { fields, tail } => {
                let fields = fields
                    .into_iter()
                    .map(|(label, field)| (label, self.strip(field)))
                    .collect();
                self.types.intern(Type::Record { fields, tail })
            }
            Type::Con(_) | Type::Var(_) | Type::Hole(_) | Type::Error => ty,
        };
        self.without_fail.insert(ty, stripped);
        stripped
    }

    /// A step of a block gives what its variable takes, and fails as the others do or not at all.
    pub(super) fn step(&mut self, fails: &mut Option<TyId>, ty: TyId, given: Option<TyId>) {
        let Some((found, result)) = self.as_effect(ty) else {
            self.violation("a step is an effect");
            return;
        };
        if let Some(given) = given {
            self.expect("what a step gives", given, result);
        }
        match (*fails, found) {
            (Some(expected), Some(found)) => self.expect("a failure", expected, found),
            _ => *fails = fails.or(found),
        }
    }

    pub(super) fn widen(&mut self, ty: TyId, wider: TyId) -> TyId {
        self.written(wider);
        if !self.widens(ty, wider) {
            let message = format!(
                "`{}` cannot be seen as `{}`",
                self.show(ty),
                self.show(wider)
            );
            self.violation(message);
        }
        wider
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

    /// A type for messages. What only this check has made is not in the session's table.
    fn show(&self, ty: TyId) -> String {
        if ty.index() < self.session.types.len() {
            show(&ty, self.session)
        } else {
            "another type".to_owned()
        }
    }
}

/// The text of a node in one line.
pub(super) fn show(node: &dyn Syntax<Session>, session: &Session) -> String {
    nanopass::print_node(node, session, 80)
}

/// The walk over the expressions of a language that has the forms of `mono`; the further arms are given.
macro_rules! typed_trees {
    ($language:ident, |$cx:ident| { $($pattern:pat => $ty:expr,)* }) => {
        use $crate::$language::{Bind, Branch, Expr};

        /// Computes the type of a node and of all below it.
        fn expr($cx: &mut Typing<'_>, e: &mut Expr) -> TyId {
            $cx.at(e.meta().span);
            let ty = match e {
                Expr::Lit { lit, .. } => $cx.lit(lit),
                Expr::Var { var, .. } => $cx.var(*var),
                Expr::Global { global, type_, .. } => $cx.global(*global, *type_),
                Expr::Construct { con, types, args, .. } => {
                    let args = exprs($cx, args);
                    $cx.construct(*con, types, &args)
                }
                Expr::Prim { prim, result, args, .. } => {
                    let args = exprs($cx, args);
                    $cx.prim(*prim, *result, &args)
                }
                Expr::Lambda { params, body, .. } => $cx.within(Doing::Nothing, |cx| {
                    cx.inner(|cx| {
                        cx.scope(|cx| {
                            params.iter().for_each(|param| cx.bind(param));
                            let result = expr(cx, body);
                            let params: Vec<TyId> = params.iter().map(|param| param.ty).collect();
                            cx.fun(&params, result)
                        })
                    })
                }),
                Expr::Apply { fun, args, .. } => {
                    let fun = $cx.inner(|cx| expr(cx, fun));
                    let args = exprs($cx, args);
                    $cx.apply(fun, &args)
                }
                Expr::Let { binds, body, .. } => $cx.scope(|cx| {
                    binds.iter_mut().for_each(|found| bind(cx, found));
                    expr(cx, body)
                }),
                Expr::Tuple { items, .. } => {
                    let items = exprs($cx, items);
                    $cx.tuple(items)
                }
                Expr::List { item, items, .. } => {
                    $cx.written(*item);
                    for ty in exprs($cx, items) {
                        $cx.expect("an element", *item, ty);
                    }
                    $cx.applied("List", vec![*item])
                }
                Expr::Record { fields, .. } => {
                    let mut types = Vec::with_capacity(fields.len());
                    for field in fields {
                        let ty = $cx.inner(|cx| expr(cx, &mut field.value));
                        field.meta.ty = ty;
                        types.push((field.label, ty));
                    }
                    $cx.record(types)
                }
                Expr::Select { record, label, .. } => {
                    let record = $cx.inner(|cx| expr(cx, record));
                    $cx.select(record, *label)
                }
                Expr::Item { tuple, index, .. } => {
                    let tuple = $cx.inner(|cx| expr(cx, tuple));
                    $cx.item(tuple, index.0)
                }
                Expr::Switch { subject, branches, otherwise, .. } => {
                    if !$cx.direct && !matches!(**subject, Expr::Var { .. }) {
                        $cx.violation("the subject of a switch is a variable");
                    }
                    let subject = $cx.inner(|cx| expr(cx, subject));
                    let mut types: Vec<TyId> =
                        branches.iter_mut().map(|found| branch($cx, subject, found)).collect();
                    types.extend(otherwise.iter_mut().map(|found| expr($cx, found)));
                    $cx.agree(&types)
                }
                Expr::Join { label, params, target, body, .. } => {
                    let ty = $cx.scope(|cx| {
                        params.iter().for_each(|param| cx.bind(param));
                        expr(cx, target)
                    });
                    let body = $cx.join(*label, params, |cx| expr(cx, body));
                    $cx.agree(&[ty, body])
                }
                Expr::Jump { label, args, type_, .. } => {
                    let args = exprs($cx, args);
                    $cx.jump(*label, &args, *type_)
                }
                $($pattern => $ty,)*
            };
            let said = e.meta().ty;
            if !$cx.same(said, ty) {
                $cx.at(e.meta().span);
                let node = $crate::check::typing::show(e, $cx.session);
                $cx.expect(&format!("`{node}`"), said, ty);
            }
            e.meta_mut().ty = ty;
            ty
        }

        fn exprs(cx: &mut Typing<'_>, all: &mut [Expr]) -> Vec<TyId> {
            cx.inner(|cx| all.iter_mut().map(|e| expr(cx, e)).collect())
        }

        fn bind(cx: &mut Typing<'_>, bind: &mut Bind) {
            let Bind { meta, binder, recursive, value } = bind;
            if recursive.0 {
                cx.bind(binder);
            }
            let ty = cx.inner(|cx| expr(cx, value));
            cx.at(meta.span);
            if !recursive.0 {
                cx.bind(binder);
            }
            cx.expect("a binding", binder.ty, ty);
            meta.ty = binder.ty;
        }

        fn branch(cx: &mut Typing<'_>, subject: TyId, branch: &mut Branch) -> TyId {
            cx.at(branch.meta().span);
            let ty = cx.scope(|cx| match branch {
                Branch::OnCon { con, fields, body, .. } => {
                    cx.on_con(subject, *con, fields);
                    expr(cx, body)
                }
                Branch::OnLit { lit, body, .. } => {
                    cx.on_lit(subject, lit);
                    expr(cx, body)
                }
            });
            branch.meta_mut().ty = ty;
            ty
        }
    };
}

/// `Do` and `Widen`, in `mono` and `derived`.
macro_rules! typed_blocks {
    ($language:ident) => {
        use $crate::$language::Step;

        fn sequence(cx: &mut Typing<'_>, steps: &mut [Step], tail: &mut Expr) -> TyId {
            cx.inner(|cx| {
                cx.scope(|cx| {
                    let mut fails = None;
                    for step in steps {
                        match step {
                            Step::Run {
                                meta,
                                binder,
                                effect,
                            } => {
                                let ty = expr(cx, effect);
                                cx.at(meta.span);
                                meta.ty = binder.ty;
                                cx.step(&mut fails, ty, Some(binder.ty));
                                cx.bind(binder);
                            }
                            Step::Let { meta, bind: found } => {
                                bind(cx, found);
                                meta.ty = found.binder.ty;
                            }
                        }
                    }
                    let ty = expr(cx, tail);
                    cx.step(&mut fails, ty, None);
                    let result = cx.as_effect(ty).map_or(TyId::NONE, |(_, result)| result);
                    cx.effect(fails, result)
                })
            })
        }

        fn widen(cx: &mut Typing<'_>, effect: &mut Expr, ty: TyId) -> TyId {
            let found = cx.inner(|cx| expr(cx, effect));
            cx.widen(found, ty)
        }

        /// What an expression is, however widely it is seen.
        fn narrowest(mut e: &Expr) -> &Expr {
            while let Expr::Widen { effect, .. } = e {
                e = effect;
            }
            e
        }
    };
}

/// The walk over a whole program with definitions, an order of values, and `main`. `complete` says whether all values
/// must be in the order.
macro_rules! typed_programs {
    ($language:ident, direct: $direct:literal, complete: $complete:literal) => {
        use $crate::$language::Program;

        /// What the grammar cannot say.
        pub fn check(program: &Program, session: &Session) -> Vec<Violation> {
            let mut cx = Typing::new(session, session.types.clone(), $direct);
            let mut copy = program.clone();
            walk(&mut cx, &mut copy);
            order(&mut cx, program);
            further(&mut cx, program);
            cx.finish().1
        }

        /// Computes the types of all nodes of a program that was read from text.
        pub fn retype(program: &mut Program, session: &mut Session) {
            let types = std::mem::take(&mut session.types);
            let mut cx = Typing::new(session, types, $direct);
            walk(&mut cx, program);
            session.types = cx.finish().0;
        }

        fn walk(cx: &mut Typing<'_>, program: &mut Program) {
            for define in &program.defines {
                cx.at(define.meta.span);
                cx.define(define.global, define.type_);
            }
            for define in &mut program.defines {
                let ty = cx.inner(|cx| cx.scope(|cx| expr(cx, &mut define.value)));
                cx.at(define.meta.span);
                cx.expect("a definition", define.type_, ty);
                define.meta.ty = define.type_;
            }
        }

        fn order(cx: &mut Typing<'_>, program: &Program) {
            cx.main(program.main);
            let values = program.defines.iter().filter(|define| {
                !matches!(narrowest(&define.value), Expr::Lambda { .. })
                    && cx.as_effect(define.type_).is_none()
            });
            let values: Vec<_> = values.map(|define| define.global).collect();
            cx.order(&program.order, &values, $complete);
        }
    };
}

pub(super) use {typed_blocks, typed_programs, typed_trees};
