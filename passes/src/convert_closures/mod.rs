//! `convert-closures`: `lifted` → `closed`
//!
//! The functions that remain as values become closure objects.
//!
//! ```text
//! (function f [x] …                               (function f no [] [x] …
//!   (functions (local g [y] …                       (closures (make-closure g f.closure.0 x))
//!     (prim int.add x y)))                          (apply h … g))
//!   (apply h … g))                                (function f.closure.0 yes [x] [y] … (prim int.add x y))
//! ```
//!
//! Design: the captures of a function are its free variables, found by [`captures`]. Functions of one group that
//! capture one another are allocated at once, or made again by each other if they are many ([`groups`]). A function
//! that captures nothing, or only functions of that kind, is static: its code is named where its value stood, and
//! nothing is allocated.
//!
//! The code of a closure receives the closure beside its parameters, so it cannot be the function that known calls
//! call. A top-level function that is called and used as a value has a second one for the value, which calls the
//! first; one that is only a value is itself the code.

mod captures;
mod groups;

use ir_defs::lifted_to_closed::{Rewrite, walk_value};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Binder, Flag};
use ir_defs::{Session, closed as b, lifted as a};
use nanopass::{Meta, VarId};
use rustc_hash::FxHashMap;

use captures::{Captured, Closures, Uses};
use groups::Remade;

/// Makes closures of local functions and of top-level functions that are values.
pub fn run(program: a::Program, session: &mut Session) -> b::Program {
    let uses = Uses::of(&program);
    ConvertClosures {
        session,
        uses,
        wrappers: FxHashMap::default(),
        closures: Closures::default(),
        code: Vec::new(),
    }
    .program(program)
}

struct ConvertClosures<'s> {
    session: &'s mut Session,
    uses: Uses,
    /// The functions that are called, with the code of their values.
    wrappers: FxHashMap<GlobalId, GlobalId>,
    /// The local functions of the definition at work.
    closures: Closures,
    /// Their code, with their places in the order of the text.
    code: Vec<(usize, b::Function)>,
}

impl Rewrite for ConvertClosures<'_> {
    fn program(&mut self, program: a::Program) -> b::Program {
        let a::Program {
            data,
            functions,
            values,
            main,
        } = program;
        self.uses.called.extend(main);
        let mut wrappers = FxHashMap::default();
        for a::Function { global, .. } in &functions {
            if self.uses.valued.contains(global) && self.uses.called.contains(global) {
                let name = format!("{}.value", self.session.globals.name(*global));
                wrappers.insert(*global, self.session.fresh_global(&name));
            }
        }
        self.wrappers = wrappers;
        let mut all = Vec::with_capacity(functions.len());
        for function in functions {
            self.closures = Closures::of_function(&function, self.session);
            let wrapper = self.wrapper(&function);
            all.push(self.function(function));
            all.extend(self.take_code());
            all.extend(wrapper);
        }
        let values = values
            .into_iter()
            .map(|value| {
                self.closures = Closures::of_value(&value, self.session);
                let mut value = walk_value(self, value);
                self.rename(&mut value.body, &FxHashMap::default());
                all.extend(self.take_code());
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

    fn function(&mut self, function: a::Function) -> b::Function {
        let a::Function {
            meta,
            global,
            params,
            performs,
            fails,
            result,
            body,
        } = function;
        let mut body = self.body(body);
        self.rename(&mut body, &FxHashMap::default());
        let closure =
            Flag(self.uses.valued.contains(&global) && !self.wrappers.contains_key(&global));
        b::Function {
            meta,
            global,
            closure,
            captures: Vec::new(),
            params,
            performs,
            fails,
            result,
            body,
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
                    let remade = self.remade(&functions);
                    let closures: Vec<_> = functions
                        .into_iter()
                        .filter_map(|local| self.closure(local, remade.as_ref()))
                        .collect();
                    if !closures.is_empty() {
                        kept.push(b::Stmt::Closures { meta, closures });
                    }
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

    fn stmt_functions(&mut self, meta: Meta, functions: Vec<a::Local>) -> b::Stmt {
        let remade = self.remade(&functions);
        let closures = functions
            .into_iter()
            .filter_map(|local| self.closure(local, remade.as_ref()))
            .collect();
        b::Stmt::Closures { meta, closures }
    }
}

impl ConvertClosures<'_> {
    fn take_code(&mut self) -> impl Iterator<Item = b::Function> + use<> {
        let mut code = std::mem::take(&mut self.code);
        code.sort_by_key(|(place, _)| *place);
        code.into_iter().map(|(_, function)| function)
    }

    /// Makes the code of a local function, and says how its value is made, if it is not static.
    fn closure(&mut self, local: a::Local, remade: Option<&Remade>) -> Option<b::MakeClosure> {
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
        let &Captured {
            place,
            code,
            is_static,
            ..
        } = self.closures.get(binder.var)?;
        let remade = remade.filter(|_| !is_static);
        let captured = match remade {
            Some(remade) => remade.captures.clone(),
            None => self.closures.captures(binder.var),
        };
        let mut renamed = FxHashMap::default();
        let mut captures = Vec::with_capacity(captured.len());
        let mut atoms = Vec::with_capacity(captured.len());
        for capture in captured {
            let var = self.session.core.fresh_var_like(capture.var);
            renamed.insert(capture.var, var);
            captures.push(Binder::new(var, capture.ty));
            atoms.push(b::Atom::Var {
                meta: meta.with_ty(capture.ty),
                var: capture.var,
            });
        }
        let made =
            remade.and_then(|remade| self.make_again(binder.var, remade, body.meta, &mut renamed));
        self.rename(&mut body, &renamed);
        if let Some(made) = made {
            body.statements.insert(0, made);
        }
        let closure = Flag(true);
        let function = b::Function {
            meta,
            global: code,
            closure,
            captures,
            params,
            performs,
            fails,
            result,
            body,
        };
        self.code.push((place, function));
        (!is_static).then_some(b::MakeClosure {
            meta,
            binder,
            function: code,
            captures: atoms,
        })
    }

    /// The code of a called function's value.
    fn wrapper(&mut self, function: &a::Function) -> Option<b::Function> {
        let &a::Function {
            meta,
            global: callee,
            performs,
            fails,
            result,
            ..
        } = function;
        let global = *self.wrappers.get(&callee)?;
        let params: Vec<Binder> = function
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
        let meta = meta.with_ty(result);
        let call = b::Rhs::TailCall {
            meta,
            function: callee,
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
        let (closure, captures) = (Flag(true), Vec::new());
        Some(b::Function {
            meta: function.meta,
            global,
            closure,
            captures,
            params,
            performs,
            fails,
            result,
            body,
        })
    }

    /// Names captures as the code does, and the code of what is static.
    fn rename(&self, body: &mut b::Body, renamed: &FxHashMap<VarId, VarId>) {
        struct Rename<'r> {
            closures: &'r Closures,
            wrappers: &'r FxHashMap<GlobalId, GlobalId>,
            renamed: &'r FxHashMap<VarId, VarId>,
        }
        impl b::VisitMut for Rename<'_> {
            fn atom(&mut self, atom: &mut b::Atom) {
                match atom {
                    b::Atom::Var { meta, var } => {
                        if let Some(&renamed) = self.renamed.get(var) {
                            *var = renamed;
                        } else if let Some(&Captured {
                            code,
                            is_static: true,
                            binder,
                            ..
                        }) = self.closures.get(*var)
                        {
                            *atom = b::Atom::Global {
                                meta: *meta,
                                global: code,
                                type_: binder.ty,
                            };
                        }
                    }
                    b::Atom::Global { global, .. } => {
                        if let Some(&wrapper) = self.wrappers.get(global) {
                            *global = wrapper;
                        }
                    }
                    b::Atom::Lit { .. } | b::Atom::Place { .. } => {}
                }
            }
        }
        b::VisitMut::body(
            &mut Rename {
                closures: &self.closures,
                wrappers: &self.wrappers,
                renamed,
            },
            body,
        );
    }
}
