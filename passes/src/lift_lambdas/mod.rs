//! `lift-lambdas`: `loops` → `lifted`
//!
//! Local functions that are only called become top-level functions.
//!
//! ```text
//! (function f [x] …                       (function f [x] … (tail-call f.lam.0 … x 0))
//!   (functions (local go [i] …            (function f.lam.0 [x i] …
//!     (let j (prim int.add i x))            (let j (prim int.add i x))
//!     (tail-call-local go … j)))            (tail-call f.lam.0 … x j))
//!   (tail-call-local go … 0))
//! ```
//!
//! Design: this is Johnsson's lambda lifting (1985): the free variables of a function become parameters, and so do
//! those of each function that it calls and that is lifted too, to a fixpoint ([`free`]). A call then needs no
//! closure, no allocation and no indirect jump.
//!
//! A function that is also used as a value keeps one closure, made where it was bound, whose code calls the lifted
//! function; so its known calls are as fast. One that is used as a value in its own group would need that closure
//! before it exists: it stays what it is, and its calls apply the value.

mod free;

use ir_defs::loops_to_lifted::{Rewrite, walk_function, walk_value};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Binder, Flag};
use ir_defs::{Session, lifted as b, loops as a};
use nanopass::{Meta, TyId, VarId};
use rustc_hash::FxHashMap;

use free::{Fate, Locals};

/// Moves local functions whose calls are known to the top level.
pub fn run(program: a::Program, session: &mut Session) -> b::Program {
    LiftLambdas {
        session,
        locals: Locals::default(),
        lifted: Vec::new(),
    }
    .program(program)
}

struct LiftLambdas<'s> {
    session: &'s mut Session,
    /// The local functions of the definition at work.
    locals: Locals,
    /// Those of them that have been lifted, with their places in the order of the text.
    lifted: Vec<(usize, b::Function)>,
}

impl Rewrite for LiftLambdas<'_> {
    fn program(&mut self, program: a::Program) -> b::Program {
        let a::Program {
            data,
            functions,
            values,
            main,
        } = program;
        let mut all = Vec::with_capacity(functions.len());
        for function in functions {
            self.locals = Locals::of_function(&function, self.session);
            let mut function = walk_function(self, function);
            self.rename(&mut function.body, &FxHashMap::default());
            all.push(function);
            all.extend(self.take_lifted());
        }
        let values = values
            .into_iter()
            .map(|value| {
                self.locals = Locals::of_value(&value, self.session);
                let mut value = walk_value(self, value);
                self.rename(&mut value.body, &FxHashMap::default());
                all.extend(self.take_lifted());
                value
            })
            .collect();
        b::Program {
            data,
            functions: all,
            values,
            main,
        }
    }

    fn body(&mut self, body: a::Body) -> b::Body {
        let a::Body {
            meta,
            statements,
            result,
        } = body;
        let mut kept = Vec::with_capacity(statements.len());
        for statement in statements {
            match statement {
                a::Stmt::Functions { meta, functions } => {
                    self.functions(meta, functions, &mut kept)
                }
                other => kept.push(self.stmt(other)),
            }
        }
        b::Body {
            meta,
            statements: kept,
            result: Box::new(self.rhs(*result)),
        }
    }

    fn rhs_call_local(
        &mut self,
        meta: Meta,
        function: VarId,
        performs: Flag,
        fails: Option<TyId>,
        result: TyId,
        args: Vec<a::Atom>,
    ) -> b::Rhs {
        match self.target(meta, function, args) {
            Target::Lifted(function, args) => b::Rhs::Call {
                meta,
                function,
                performs,
                fails,
                result,
                args,
            },
            Target::Value(fun, args) => b::Rhs::Apply {
                meta,
                fun,
                performs,
                args,
            },
        }
    }

    fn rhs_tail_call_local(
        &mut self,
        meta: Meta,
        function: VarId,
        performs: Flag,
        fails: Option<TyId>,
        result: TyId,
        args: Vec<a::Atom>,
    ) -> b::Rhs {
        match self.target(meta, function, args) {
            Target::Lifted(function, args) => b::Rhs::TailCall {
                meta,
                function,
                performs,
                fails,
                result,
                args,
            },
            Target::Value(fun, args) => b::Rhs::TailApply {
                meta,
                fun,
                performs,
                args,
            },
        }
    }
}

/// What a call of a local function calls, with all arguments.
enum Target {
    Lifted(GlobalId, Vec<b::Atom>),
    Value(b::Atom, Vec<b::Atom>),
}

impl LiftLambdas<'_> {
    fn take_lifted(&mut self) -> impl Iterator<Item = b::Function> + use<> {
        let mut lifted = std::mem::take(&mut self.lifted);
        lifted.sort_by_key(|(place, _)| *place);
        lifted.into_iter().map(|(_, function)| function)
    }

    fn target(&mut self, meta: Meta, function: VarId, args: Vec<a::Atom>) -> Target {
        match self.locals.get(function) {
            Some(local) => match local.fate {
                Fate::Lifted { global, .. } => {
                    Target::Lifted(global, with_free(meta, &local.free, args))
                }
                Fate::Stays => Target::Value(
                    b::Atom::Var {
                        meta: meta.with_ty(local.binder.ty),
                        var: function,
                    },
                    args,
                ),
            },
            None => Target::Value(
                b::Atom::Var {
                    meta: meta.with_ty(TyId::NONE),
                    var: function,
                },
                args,
            ),
        }
    }

    fn functions(&mut self, meta: Meta, group: Vec<a::Local>, statements: &mut Vec<b::Stmt>) {
        let mut staying = Vec::new();
        let mut closures = Vec::new();
        for local in group {
            match self.locals.get(local.binder.var).map(|local| local.fate) {
                Some(Fate::Lifted { global, closure }) => {
                    if let Some(var) = closure {
                        closures.push(self.closure_of(&local, global, var));
                    }
                    self.lift(local, global);
                }
                Some(Fate::Stays) | None => staying.push(self.local(local)),
            }
        }
        if !staying.is_empty() {
            statements.push(b::Stmt::Functions {
                meta,
                functions: staying,
            });
        }
        statements.extend(closures.into_iter().map(|closure| b::Stmt::Functions {
            meta,
            functions: vec![closure],
        }));
    }

    fn lift(&mut self, local: a::Local, global: GlobalId) {
        let a::Local {
            meta,
            binder,
            params,
            performs,
            fails,
            result,
            body,
        } = local;
        let mut body = self.body(body);
        let Some(local) = self.locals.get(binder.var) else {
            return;
        };
        let place = local.place;
        let mut all = Vec::with_capacity(local.free.len() + params.len());
        let mut renamed = FxHashMap::default();
        for free in &local.free {
            let var = self.session.core.fresh_var_like(free.var);
            renamed.insert(free.var, var);
            all.push(Binder::new(var, free.ty));
        }
        all.extend(params);
        self.rename(&mut body, &renamed);
        self.lifted.push((
            place,
            b::Function {
                meta,
                global,
                params: all,
                performs,
                fails,
                result,
                body,
            },
        ));
    }

    /// The value that a lifted function is used as: a closure over its free variables that calls it.
    fn closure_of(&mut self, local: &a::Local, function: GlobalId, var: VarId) -> b::Local {
        let &a::Local {
            meta,
            binder,
            performs,
            fails,
            result,
            ..
        } = local;
        let params: Vec<Binder> = local
            .params
            .iter()
            .map(|param| Binder::new(self.session.core.fresh_var_like(param.var), param.ty))
            .collect();
        let args = params
            .iter()
            .map(|param| b::Atom::Var {
                meta: meta.with_ty(param.ty),
                var: param.var,
            })
            .collect();
        let args = match self.locals.get(binder.var) {
            Some(local) => with_free(meta, &local.free, args),
            None => args,
        };
        let meta = meta.with_ty(result);
        let call = b::Rhs::TailCall {
            meta,
            function,
            performs,
            fails,
            result,
            args,
        };
        let body = b::Body {
            meta,
            statements: Vec::new(),
            result: Box::new(call),
        };
        b::Local {
            meta: local.meta,
            binder: Binder::new(var, binder.ty),
            params,
            performs,
            fails,
            result,
            body,
        }
    }

    /// Gives free variables the names that they have as parameters, and values of lifted functions those of closures.
    fn rename(&self, body: &mut b::Body, renamed: &FxHashMap<VarId, VarId>) {
        struct Rename<'r> {
            locals: &'r Locals,
            renamed: &'r FxHashMap<VarId, VarId>,
        }
        impl b::VisitMut for Rename<'_> {
            fn atom(&mut self, atom: &mut b::Atom) {
                if let b::Atom::Var { var, .. } = atom {
                    let value = self.locals.value_of(*var);
                    *var = self.renamed.get(&value).copied().unwrap_or(value);
                }
            }
        }
        if !self.locals.is_empty() {
            b::VisitMut::body(
                &mut Rename {
                    locals: &self.locals,
                    renamed,
                },
                body,
            );
        }
    }
}

fn with_free(meta: Meta, free: &[Binder], args: Vec<b::Atom>) -> Vec<b::Atom> {
    let free = free.iter().map(|free| b::Atom::Var {
        meta: meta.with_ty(free.ty),
        var: free.var,
    });
    free.chain(args).collect()
}
