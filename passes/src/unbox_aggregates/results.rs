//! Functions that build what they give get a form that gives its components.
//!
//! ```text
//! (function split [n] … (tuple Int Int)             (function split.results [n] … (results Int Int)
//!   (let q (prim int.div n 10))                       (let q (prim int.div n 10))
//!   (let r (prim int.rem n 10))                       (let r (prim int.rem n 10))
//!   (tuple q r))                                      (results q r))
//! … (let p (call split n)) … (item p 0) …           … (let-results [a b] (call split.results n)) … a …
//! ```
//!
//! This is constructed product result analysis (Baker-Finch, Glynn and Peyton Jones, "Constructed product result
//! analysis for Haskell", 2004), for functions with a name. A function qualifies if each of its results is a tuple or
//! record that it has just built, or what another such function gives to a tail call; and some caller asks for
//! components. Loops have their parameters split before, so a loop's result is built at its end.
//!
//! Callers that take the result apart, and those that give several results themselves, name the components, and build
//! the whole where they need one. Everybody else calls the function under its old name, whose body is a call of the new
//! form: that is what closures, exports and tail calls of functions with one result find. It goes if nobody does.

use ir_defs::Session;
use ir_defs::loops::{
    Atom, Body, Function, Local, Program, Rhs, Stmt, Visit, VisitMut, walk_mut_body, walk_mut_stmt,
};
use ir_defs::reps::MAX_RESULTS;
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Binder, Flag};
use nanopass::{Meta, TyId, VarId};
use rustc_hash::{FxHashMap, FxHashSet};

use super::asked::{Asked, Callee, Candidate};
use super::{components, ends, whole};

/// Makes functions of several results; whether there are any.
pub fn run(program: &mut Program, session: &mut Session) -> bool {
    let mut asked = Asked::default();
    asked.program(program);
    let main = program.main.map(Callee::Global);
    let chosen = asked.choose(|callee, candidate| {
        let found = components(candidate.result, session).map_or(0, |found| found.len());
        Some(callee) != main && (2..=MAX_RESULTS).contains(&found)
    });
    if chosen.is_empty() {
        return false;
    }
    let mut forms = FxHashMap::default();
    for callee in chosen {
        let Some(&Candidate { result, meta, .. }) = asked.candidates.get(&callee) else {
            continue;
        };
        let types = components(result, session).unwrap_or_default();
        let form = match callee {
            Callee::Global(global) => {
                let name = format!("{}.results", session.globals.name(global));
                Callee::Global(session.fresh_global(&name))
            }
            Callee::Local(_) => Callee::Local(session.core.fresh_named("results", meta.span)),
        };
        let several = session.results(types.clone());
        forms.insert(
            callee,
            Form {
                callee: form,
                types,
                several,
            },
        );
    }
    let mut pass = Several {
        session,
        forms,
        asked,
        is_inside: false,
    };
    pass.program(program);
    let Several { forms, .. } = pass;
    remove_unused(program, &forms);
    true
}

/// The second form of a function.
struct Form {
    callee: Callee,
    /// The types of the components.
    types: Vec<TyId>,
    /// The type of all of them.
    several: TyId,
}

struct Several<'s> {
    session: &'s mut Session,
    forms: FxHashMap<Callee, Form>,
    asked: Asked,
    /// Whether the function at work gives several results.
    is_inside: bool,
}

impl VisitMut for Several<'_> {
    fn program(&mut self, program: &mut Program) {
        for mut function in std::mem::take(&mut program.functions) {
            let callee = Callee::Global(function.global);
            if !self.forms.contains_key(&callee) {
                self.body(&mut function.body);
                program.functions.push(function);
                continue;
            }
            let form = self.form(callee, function.body);
            let (params, body) = self.boxing(
                callee,
                &function.params,
                function.performs,
                function.fails,
                function.result,
            );
            if let Some((result, body, Callee::Global(global))) = form {
                program.functions.push(Function {
                    meta: function.meta,
                    global,
                    params: function.params,
                    performs: function.performs,
                    fails: function.fails,
                    result,
                    body,
                });
            }
            program.functions.push(Function {
                meta: function.meta,
                global: function.global,
                params,
                performs: function.performs,
                fails: function.fails,
                result: function.result,
                body,
            });
        }
        for value in &mut program.values {
            self.body(&mut value.body);
        }
    }

    fn stmt(&mut self, statement: &mut Stmt) {
        let Stmt::Functions { functions, .. } = statement else {
            return walk_mut_stmt(self, statement);
        };
        for mut local in std::mem::take(functions) {
            let callee = Callee::Local(local.binder.var);
            if !self.forms.contains_key(&callee) {
                let outer = std::mem::replace(&mut self.is_inside, false);
                self.body(&mut local.body);
                self.is_inside = outer;
                functions.push(local);
                continue;
            }
            let form = self.form(callee, local.body);
            let (params, body) = self.boxing(
                callee,
                &local.params,
                local.performs,
                local.fails,
                local.result,
            );
            if let Some((result, body, Callee::Local(var))) = form {
                let ty = self.type_of(&local.params, local.performs, local.fails, result);
                functions.push(Local {
                    meta: local.meta.with_ty(ty),
                    binder: Binder::new(var, ty),
                    params: local.params,
                    performs: local.performs,
                    fails: local.fails,
                    result,
                    body,
                });
            }
            functions.push(Local {
                meta: local.meta,
                binder: local.binder,
                params,
                performs: local.performs,
                fails: local.fails,
                result: local.result,
                body,
            });
        }
    }

    fn body(&mut self, body: &mut Body) {
        walk_mut_body(self, body);
        let is_called = |statement: &Stmt| matches!(statement, Stmt::Let { value, .. } if self.taken(value).is_some());
        if !body.statements.iter().any(is_called) {
            return;
        }
        let mut out = Vec::with_capacity(body.statements.len() + 1);
        for statement in std::mem::take(&mut body.statements) {
            match statement {
                Stmt::Let {
                    meta,
                    binder,
                    value,
                } if self.is_apart(binder.var, &value) => {
                    self.apart(meta, binder, value, &mut out);
                }
                other => out.push(other),
            }
        }
        body.statements = out;
    }
}

impl Several<'_> {
    fn taken(&self, call: &Rhs) -> Option<&Form> {
        self.forms.get(&Callee::of(call)?)
    }

    fn is_apart(&self, var: VarId, call: &Rhs) -> bool {
        self.taken(call).is_some() && (self.is_inside || self.asked.is_apart(var))
    }

    /// A call whose results have names, and the whole, which goes if nobody needs it.
    fn apart(&mut self, meta: Meta, binder: Binder, call: Rhs, out: &mut Vec<Stmt>) {
        let Some(form) = self.taken(&call) else {
            return;
        };
        let (callee, types, several) = (form.callee, form.types.clone(), form.several);
        let parts: Vec<Binder> = types
            .into_iter()
            .map(|ty| Binder::new(self.session.core.fresh_var_like(binder.var), ty))
            .collect();
        out.push(Stmt::LetResults {
            meta: meta.with_ty(several),
            binders: parts.clone(),
            value: renamed(call, callee, several),
        });
        out.push(Stmt::Let {
            meta,
            binder,
            value: whole(meta.with_ty(binder.ty), parts, self.session),
        });
    }

    /// The body of the second form, with its type and its name.
    fn form(&mut self, of: Callee, body: Body) -> Option<(TyId, Body, Callee)> {
        let form = self.forms.get(&of)?;
        let (callee, several) = (form.callee, form.several);
        let forms = &self.forms;
        let mut end = |rhs: Rhs, _: &mut Vec<Stmt>| match rhs {
            Rhs::Tuple { meta, items } => Rhs::Results {
                meta: meta.with_ty(several),
                items,
            },
            Rhs::Record { meta, fields } => Rhs::Results {
                meta: meta.with_ty(several),
                items: fields.into_iter().map(|field| field.value).collect(),
            },
            other => match Callee::of(&other).and_then(|callee| forms.get(&callee)) {
                Some(form) => renamed(other, form.callee, several),
                None => other,
            },
        };
        let mut body = ends::body(body, several, &mut end);
        let outer = std::mem::replace(&mut self.is_inside, true);
        self.body(&mut body);
        self.is_inside = outer;
        Some((several, body, callee))
    }

    /// New parameters, and the body that calls the second form and builds the whole.
    fn boxing(
        &mut self,
        of: Callee,
        params: &[Binder],
        performs: Flag,
        fails: Option<TyId>,
        result: TyId,
    ) -> (Vec<Binder>, Body) {
        let span = self.asked.candidates.get(&of).map(|found| found.meta.span);
        let meta = span.map_or(Meta::NONE, Meta::at).with_ty(result);
        let params: Vec<Binder> = params
            .iter()
            .map(|param| Binder::new(self.session.core.fresh_var_like(param.var), param.ty))
            .collect();
        let args = params
            .iter()
            .map(|param| Atom::Var {
                meta: meta.with_ty(param.ty),
                var: param.var,
            })
            .collect();
        let (callee, types, several) = match self.forms.get(&of) {
            Some(form) => (form.callee, form.types.clone(), form.several),
            None => (of, Vec::new(), result),
        };
        let parts: Vec<Binder> = types
            .into_iter()
            .map(|ty| Binder::new(self.session.core.fresh_named("part", meta.span), ty))
            .collect();
        let value = call(
            meta.with_ty(several),
            callee,
            performs,
            fails,
            several,
            args,
        );
        let statements = vec![Stmt::LetResults {
            meta: meta.with_ty(several),
            binders: parts.clone(),
            value,
        }];
        let body = Body {
            meta,
            statements,
            result: Box::new(whole(meta, parts, self.session)),
        };
        (params, body)
    }

    fn type_of(
        &mut self,
        params: &[Binder],
        performs: Flag,
        fails: Option<TyId>,
        result: TyId,
    ) -> TyId {
        let types: Vec<TyId> = params.iter().map(|param| param.ty).collect();
        let result = match performs.0 {
            true => {
                let row = self.session.row(Vec::new(), fails, None);
                self.session.effect(row, result)
            }
            false => result,
        };
        self.session.fun(&types, result)
    }
}

fn call(
    meta: Meta,
    callee: Callee,
    performs: Flag,
    fails: Option<TyId>,
    result: TyId,
    args: Vec<Atom>,
) -> Rhs {
    match callee {
        Callee::Global(function) => Rhs::Call {
            meta,
            function,
            performs,
            fails,
            result,
            args,
        },
        Callee::Local(function) => Rhs::CallLocal {
            meta,
            function,
            performs,
            fails,
            result,
            args,
        },
    }
}

/// The same call of a second form.
fn renamed(call: Rhs, form: Callee, several: TyId) -> Rhs {
    let mut call = call;
    call.meta_mut().ty = several;
    match (&mut call, form) {
        (
            Rhs::Call {
                function, result, ..
            }
            | Rhs::TailCall {
                function, result, ..
            },
            Callee::Global(global),
        ) => {
            *function = global;
            *result = several;
        }
        (
            Rhs::CallLocal {
                function, result, ..
            }
            | Rhs::TailCallLocal {
                function, result, ..
            },
            Callee::Local(var),
        ) => {
            *function = var;
            *result = several;
        }
        _ => {}
    }
    call
}

/// Removes the first forms that nobody needs.
fn remove_unused(program: &mut Program, forms: &FxHashMap<Callee, Form>) {
    #[derive(Default)]
    struct Used {
        globals: FxHashSet<GlobalId>,
        vars: FxHashSet<VarId>,
    }
    impl Visit for Used {
        /// What a function is called is no use of it.
        fn function(&mut self, function: &Function) {
            self.body(&function.body);
        }

        fn global_id(&mut self, global: &GlobalId) {
            self.globals.insert(*global);
        }

        fn var_id(&mut self, var: &VarId) {
            self.vars.insert(*var);
        }
    }
    struct Remove<'u> {
        used: &'u Used,
        forms: &'u FxHashMap<Callee, Form>,
    }
    impl VisitMut for Remove<'_> {
        fn body(&mut self, body: &mut Body) {
            walk_mut_body(self, body);
            body.statements.retain_mut(|statement| {
                let Stmt::Functions { functions, .. } = statement else {
                    return true;
                };
                functions.retain(|local| {
                    let var = local.binder.var;
                    self.used.vars.contains(&var) || !self.forms.contains_key(&Callee::Local(var))
                });
                !functions.is_empty()
            });
        }
    }
    let mut used = Used::default();
    used.program(program);
    program.functions.retain(|function| {
        let global = function.global;
        used.globals.contains(&global) || !forms.contains_key(&Callee::Global(global))
    });
    Remove { used: &used, forms }.program(program);
}
