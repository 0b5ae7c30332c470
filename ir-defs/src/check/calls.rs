//! What `nary` and its descendants have in common: a call of a known function says what the function's definition says.

use nanopass::{TyId, VarId};
use rustc_hash::FxHashMap;

use super::typing::{Doing, Typing};
use crate::tables::GlobalId;
use crate::terminals::{Binder, Flag};

/// What a definition says of a function.
#[derive(Clone)]
pub(super) struct Signature {
    pub(super) params: Vec<TyId>,
    pub(super) performs: Flag,
    pub(super) fails: Option<TyId>,
    pub(super) result: TyId,
    /// What the code of a closure reads from it; absent for a function that is called, `None` before `closed`.
    pub(super) captures: Option<Option<Vec<TyId>>>,
}

impl Signature {
    pub(super) fn new(
        params: &[Binder],
        performs: Flag,
        fails: Option<TyId>,
        result: TyId,
    ) -> Signature {
        let params = params.iter().map(|param| param.ty).collect();
        Signature {
            params,
            performs,
            fails,
            result,
            captures: None,
        }
    }
}

/// The functions of a program.
#[derive(Default)]
pub(super) struct Functions {
    pub(super) globals: FxHashMap<GlobalId, Signature>,
    pub(super) locals: FxHashMap<VarId, Signature>,
}

impl Typing<'_> {
    /// The type of a function as a value.
    pub(super) fn type_of(&mut self, signature: &Signature) -> TyId {
        let result = match signature.performs {
            Flag(true) => self.effect(signature.fails, signature.result),
            Flag(false) => signature.result,
        };
        self.fun(&signature.params, result)
    }

    /// A function of the top level.
    pub(super) fn define_function(&mut self, global: GlobalId, signature: Signature) {
        let ty = self.type_of(&signature);
        self.define(global, ty);
        self.functions.globals.insert(global, signature);
    }

    /// Parameters, and what stands under them.
    pub(super) fn function(
        &mut self,
        params: &[Binder],
        signature: &Signature,
        body: impl FnOnce(&mut Self) -> TyId,
    ) -> TyId {
        let &Signature {
            performs,
            fails,
            result,
            ..
        } = signature;
        self.written(result);
        fails.iter().for_each(|&ty| self.written(ty));
        if signature.params.is_empty() && !performs.0 {
            self.violation("a function takes parameters, or performs");
        }
        if fails.is_some() && !performs.0 {
            self.violation("only a function that performs may fail");
        }
        let doing = if performs.0 {
            Doing::Effects(fails)
        } else {
            Doing::Nothing
        };
        let found = self.within(doing, |cx| {
            cx.inner(|cx| {
                cx.scope(|cx| {
                    params.iter().for_each(|param| cx.bind(param));
                    body(cx)
                })
            })
        });
        self.expect("the result of a function", result, found);
        self.type_of(signature)
    }

    /// A call of a function of the top level.
    pub(super) fn call(
        &mut self,
        global: GlobalId,
        performs: Flag,
        fails: Option<TyId>,
        result: TyId,
        args: &[TyId],
    ) -> TyId {
        let name = self.session.globals.name(global);
        match self.functions.globals.get(&global).cloned() {
            None => self.violation(format!("`{name}` is called, and no function")),
            Some(Signature {
                captures: Some(Some(_)),
                ..
            }) => {
                self.violation(format!("`{name}` is called, and the code of a closure"));
            }
            Some(signature) => self.call_of(name, &signature, performs, fails, result, args),
        }
        self.called(performs, fails, result)
    }

    /// A call of a local function.
    pub(super) fn call_local(
        &mut self,
        var: VarId,
        performs: Flag,
        fails: Option<TyId>,
        result: TyId,
        args: &[TyId],
    ) -> TyId {
        self.var(var);
        let name = self.session.core.var_name(var);
        match self.functions.locals.get(&var).cloned() {
            None => self.violation(format!("`{name}` is called, and no known function")),
            Some(signature) => self.call_of(name, &signature, performs, fails, result, args),
        }
        self.called(performs, fails, result)
    }

    fn call_of(
        &mut self,
        name: &str,
        signature: &Signature,
        performs: Flag,
        fails: Option<TyId>,
        result: TyId,
        args: &[TyId],
    ) {
        if performs != signature.performs {
            self.violation(format!(
                "a call of `{name}` and its definition differ in whether it performs"
            ));
        }
        if fails.is_some() != signature.fails.is_some() {
            self.violation(format!(
                "a call of `{name}` and its definition differ in whether it may fail"
            ));
        }
        if let (Some(expected), Some(found)) = (signature.fails, fails) {
            self.expect("the failure of a call", expected, found);
        }
        self.expect("the result of a call", signature.result, result);
        self.expect_all("a call", &signature.params, args);
    }

    fn called(&mut self, performs: Flag, fails: Option<TyId>, result: TyId) -> TyId {
        if performs.0 {
            self.does(fails);
        }
        result
    }

    /// A call of a value.
    pub(super) fn apply_value(&mut self, fun: TyId, performs: Flag, args: &[TyId]) -> TyId {
        let result = self.apply(fun, args);
        if !performs.0 {
            if args.is_empty() {
                self.violation("a call without arguments that performs nothing");
            }
            return result;
        }
        match self.as_effect(result) {
            Some((fails, result)) => {
                self.does(fails);
                result
            }
            None => {
                self.violation("what is performed is an effect");
                TyId::NONE
            }
        }
    }

    /// A global as a value.
    pub(super) fn global_value(&mut self, global: GlobalId, ty: TyId) -> TyId {
        let captures = self
            .functions
            .globals
            .get(&global)
            .and_then(|signature| signature.captures.as_ref());
        let message = match captures {
            Some(None) => "is a value, and no code of a closure",
            Some(Some(captures)) if !captures.is_empty() => "is a value, and needs captures",
            _ if self.gives_several(global) => "is a value, and gives several results",
            _ => return self.global(global, ty),
        };
        self.violation(format!("`{}` {message}", self.session.globals.name(global)));
        self.global(global, ty)
    }

    fn gives_several(&self, global: GlobalId) -> bool {
        let signature = self.functions.globals.get(&global);
        signature.is_some_and(|signature| self.as_results(signature.result).is_some())
    }

    /// `Ok` of what is attempted, or `Err` of its failure.
    pub(super) fn attempt(&mut self, fails: TyId, body: impl FnOnce(&mut Self) -> TyId) -> TyId {
        self.written(fails);
        self.does(None);
        let result = self.within(Doing::Effects(Some(fails)), |cx| cx.inner(body));
        self.applied("Result", vec![fails, result])
    }

    /// What is failed with leaves; something of type `ty` was expected.
    pub(super) fn fail(&mut self, payload: TyId, ty: TyId) -> TyId {
        self.written(ty);
        self.does(Some(payload));
        ty
    }

    /// A list of items that have been typed.
    pub(super) fn list(&mut self, item: TyId, items: &[TyId]) -> TyId {
        self.written(item);
        for &ty in items {
            self.expect("an element", item, ty);
        }
        self.applied("List", vec![item])
    }
}
