//! Numbers in a tuple that grow under `+` become parameters that accumulate.
//!
//! ```text
//! (function count [xs] …                          (function count [xs.1] … (call count.sums xs.1 0))
//!   (switch xs                                    (function count.sums [xs acc] …
//!     (on-con Nil [] (tuple 0 Nil))                 (switch xs
//!     (on-con Cons [h t]                              (on-con Nil [] (tuple acc Nil))
//!       (let r (call count t))                        (on-con Cons [h t]
//!       (let n (item r 0)) (let ys (item r 1))          (let acc.1 (prim int.add acc 1))
//!       (let m (prim int.add n 1))                      (let r (call count.sums t acc.1))
//!       (let zs (construct Cons h ys))                  (let n (item r 0)) (let ys (item r 1))
//!       (tuple m zs))))                                 (let zs (construct Cons h ys))
//!                                                       (tuple n zs))))
//! ```
//!
//! Then the number only goes through, and what is left is a tail call, or a matter of holes in the other components.
//! `Int` wraps, so it does not matter when something is added. All that stands behind the call is total, so what is added
//! may be computed before it. A function is left alone where it ends otherwise than by a tuple, a call of itself, or a
//! jump to code that does; and so is a component that has another use anywhere.
//!
//! [`sites`] finds the calls, [`bodies`] rewrites them.

mod bodies;
mod sites;

use ir_defs::Session;
use ir_defs::loops::{Atom, Body, Function, Local, Program, Rhs, Stmt, VisitMut, walk_mut_stmt};
use ir_defs::terminals::{Binder, Lit};
use ir_defs::types::Type;
use nanopass::{Meta, TyId};

use super::recursion::Itself;
use sites::sites_of;

/// Adds the functions that accumulate.
pub fn run(program: &mut Program, session: &mut Session) {
    let mut pass = Sums { session };
    let functions = std::mem::take(&mut program.functions);
    for mut function in functions {
        pass.body(&mut function.body);
        let made = pass.global(&mut function);
        program.functions.push(function);
        program.functions.extend(made);
    }
    for value in &mut program.values {
        pass.body(&mut value.body);
    }
}

struct Sums<'s> {
    session: &'s mut Session,
}

impl VisitMut for Sums<'_> {
    fn stmt(&mut self, statement: &mut Stmt) {
        walk_mut_stmt(self, statement);
        if let Stmt::Functions { functions, .. } = statement {
            let mut made = Vec::new();
            for local in functions.iter_mut() {
                made.extend(self.local(local));
            }
            functions.append(&mut made);
        }
    }
}

/// What a function that accumulates is made of.
struct Sum {
    itself: Itself,
    made: Itself,
    /// By the component.
    accumulators: Vec<Option<Binder>>,
}

impl Sums<'_> {
    fn global(&mut self, function: &mut Function) -> Option<Function> {
        let itself = Itself::Global(function.global);
        let summed = self.summed(itself, function.result, &function.body)?;
        let name = format!("{}.sums", self.session.globals.name(function.global));
        let global = self.session.fresh_global(&name);
        let sum = self.sum(itself, Itself::Global(global), function.meta, &summed);
        let params = function.params.clone();
        let body = std::mem::replace(&mut function.body, nothing(function.meta));
        let mut made = Function {
            meta: function.meta,
            global,
            params,
            performs: function.performs,
            fails: function.fails,
            result: function.result,
            body: self.body_of(&sum, body),
        };
        made.params.extend(sum.accumulators.iter().flatten());
        self.begin(&mut function.params);
        let args = self.initial(function.meta, &function.params, &summed);
        function.body = ends_in(Rhs::Call {
            meta: made.body.meta.with_ty(function.result),
            function: global,
            performs: function.performs,
            fails: function.fails,
            result: function.result,
            args,
        });
        Some(made)
    }

    fn local(&mut self, local: &mut Local) -> Option<Local> {
        let itself = Itself::Local(local.binder.var);
        let summed = self.summed(itself, local.result, &local.body)?;
        let var = self.session.core.fresh_named("sums", local.meta.span);
        let sum = self.sum(itself, Itself::Local(var), local.meta, &summed);
        let body = std::mem::replace(&mut local.body, nothing(local.meta));
        let mut made = Local {
            meta: local.meta,
            binder: local.binder,
            params: local.params.clone(),
            performs: local.performs,
            fails: local.fails,
            result: local.result,
            body: self.body_of(&sum, body),
        };
        made.params.extend(sum.accumulators.iter().flatten());
        let types: Vec<TyId> = made.params.iter().map(|param| param.ty).collect();
        let result = match local.performs.0 {
            true => {
                let row = self.session.row(Vec::new(), local.fails, None);
                self.session.effect(row, local.result)
            }
            false => local.result,
        };
        made.binder = Binder::new(var, self.session.fun(&types, result));
        made.meta = made.meta.with_ty(made.binder.ty);
        self.begin(&mut local.params);
        let args = self.initial(local.meta, &local.params, &summed);
        local.body = ends_in(Rhs::CallLocal {
            meta: made.body.meta.with_ty(local.result),
            function: var,
            performs: local.performs,
            fails: local.fails,
            result: local.result,
            args,
        });
        Some(made)
    }

    /// Other parameters for the function that only begins, as the old ones go to the one that accumulates.
    fn begin(&mut self, params: &mut [Binder]) {
        for param in params {
            *param = Binder::new(self.session.core.fresh_var_like(param.var), param.ty);
        }
    }

    fn initial(&mut self, meta: Meta, params: &[Binder], summed: &[bool]) -> Vec<Atom> {
        let int = self.session.int();
        let zeros = summed.iter().filter(|summed| **summed);
        let params = params.iter().map(|param| var(meta, *param));
        params.chain(zeros.map(|_| zero(meta, int))).collect()
    }

    fn sum(&mut self, itself: Itself, made: Itself, meta: Meta, summed: &[bool]) -> Sum {
        let int = self.session.int();
        let mut accumulator = || Binder::new(self.session.core.fresh_named("acc", meta.span), int);
        Sum {
            itself,
            made,
            accumulators: summed
                .iter()
                .map(|summed| summed.then(&mut accumulator))
                .collect(),
        }
    }

    /// The components that only grow by numbers, if there is one that does.
    fn summed(&mut self, itself: Itself, result: TyId, body: &Body) -> Option<Vec<bool>> {
        let Type::Tuple(types) = self.session.types.get(result) else {
            return None;
        };
        let types = types.clone();
        let mut sites = Vec::new();
        if !sites_of(itself, types.len(), body, &mut sites) {
            return None;
        }
        let int = self.session.int();
        let summed: Vec<bool> = types
            .iter()
            .enumerate()
            .map(|(component, ty)| {
                let all = || {
                    sites
                        .iter()
                        .map(|site| site.components.get(component).and_then(Option::as_ref))
                };
                *ty == int
                    && all().all(|added| added.is_some())
                    && all().flatten().any(|added| !added.steps.is_empty())
            })
            .collect();
        summed.contains(&true).then_some(summed)
    }
}

/// A body for the time in which a function has none.
fn nothing(meta: Meta) -> Body {
    ends_in(Rhs::Tuple {
        meta,
        items: Vec::new(),
    })
}

fn ends_in(result: Rhs) -> Body {
    Body {
        meta: result.meta(),
        statements: Vec::new(),
        result: Box::new(result),
    }
}

fn var(meta: Meta, binder: Binder) -> Atom {
    Atom::Var {
        meta: meta.with_ty(binder.ty),
        var: binder.var,
    }
}

fn zero(meta: Meta, int: TyId) -> Atom {
    Atom::Lit {
        meta: meta.with_ty(int),
        lit: Lit::Int(0),
    }
}
