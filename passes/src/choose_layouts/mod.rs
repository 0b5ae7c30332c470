//! `choose-layouts`: `closed` → `laid-out`
//!
//! Gives each type a representation and each object an order of fields; types are gone after it.
//!
//! ```text
//! (switch s [(on-con #main.Circle [(r Float)] …) (on-con #main.Dot [] …)] _)
//! (switch s [(on-object 0 1 1 (body [(let (r f64) (field s (layout 0 f64) 0))] …)) (on-immediate 1 1 1 …)] _)
//! ```
//!
//! Design: offsets are not chosen here, so that linear memory and WasmGC share everything up to this point. What has
//! no width disappears here and nowhere else. A body in the middle of another one, such as the branch of a match on a
//! type of one constructor, becomes statements of that other one, or a `Switch` without branches if it has join
//! points.

mod arrays;
mod choices;
mod closures;
mod objects;
mod shapes;

use ir_defs::Session;
use ir_defs::closed::{self, Visit};
use ir_defs::laid_out;
use ir_defs::reps::{Local, Rep};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Binder, IntLit, Lit};
use nanopass::{TyId, VarId};
use rustc_hash::{FxHashMap, FxHashSet};

use shapes::Shapes;

/// Runs the pass.
pub fn run(program: closed::Program, session: &mut Session) -> laid_out::Program {
    let facts = Facts::of(&program);
    let mut pass = ChooseLayouts {
        shapes: Shapes::new(session),
        facts,
    };
    let functions = program
        .functions
        .into_iter()
        .map(|function| pass.function(function))
        .collect();
    let values = program
        .values
        .into_iter()
        .map(|value| pass.value(value))
        .collect();
    laid_out::Program {
        functions,
        values,
        main: program.main,
    }
}

/// What the pass must know of the whole program before it starts.
#[derive(Default)]
struct Facts {
    /// The type of each variable.
    types: FxHashMap<VarId, TyId>,
    /// The variables that are used.
    used: FxHashSet<VarId>,
    functions: FxHashSet<GlobalId>,
}

impl Facts {
    fn of(program: &closed::Program) -> Facts {
        let mut facts = Facts {
            functions: program
                .functions
                .iter()
                .map(|function| function.global)
                .collect(),
            ..Facts::default()
        };
        facts.program(program);
        facts
    }
}

impl Visit for Facts {
    fn binder(&mut self, binder: &Binder) {
        self.types.insert(binder.var, binder.ty);
    }

    fn var_id(&mut self, var: &VarId) {
        self.used.insert(*var);
    }
}

struct ChooseLayouts<'s> {
    shapes: Shapes<'s>,
    facts: Facts,
}

impl ChooseLayouts<'_> {
    fn function(&mut self, function: closed::Function) -> laid_out::Function {
        let (environment, mut statements) = match function.closure.0 {
            true => {
                let (environment, statements) =
                    self.environment(&function.captures, function.meta.span);
                (Some(environment), statements)
            }
            false => (None, Vec::new()),
        };
        let mut body = self.body(function.body, function.result);
        statements.append(&mut body.statements);
        body.statements = statements;
        laid_out::Function {
            meta: function.meta,
            global: function.global,
            environment,
            arity: IntLit(function.params.len() as u32 + u32::from(function.performs.0)),
            params: self.locals(&function.params),
            fails: function.fails.map(|fails| self.shapes.rep(fails)),
            result: self.shapes.rep(function.result),
            body,
        }
    }

    fn value(&mut self, value: closed::Value) -> laid_out::Value {
        laid_out::Value {
            meta: value.meta,
            global: value.global,
            rep: self.shapes.rep(value.type_),
            body: self.body(value.body, value.type_),
        }
    }

    /// The local of a binder; `None` if it has no width.
    fn local(&mut self, binder: Binder) -> Option<Local> {
        let rep = self.shapes.rep(binder.ty);
        (rep != Rep::Nothing).then_some(Local {
            var: binder.var,
            rep,
        })
    }

    fn locals(&mut self, binders: &[Binder]) -> Vec<Local> {
        binders
            .iter()
            .filter_map(|&binder| self.local(binder))
            .collect()
    }

    /// `ty` is the type of the body's result.
    fn body(&mut self, body: closed::Body, ty: TyId) -> laid_out::Body {
        let mut out = Vec::with_capacity(body.statements.len());
        for statement in body.statements {
            self.stmt(statement, ty, &mut out);
        }
        let result = self.rhs(*body.result, ty, &mut out);
        laid_out::Body {
            meta: body.meta,
            statements: out,
            result: Box::new(result),
        }
    }

    fn stmt(&mut self, stmt: closed::Stmt, ty: TyId, out: &mut Vec<laid_out::Stmt>) {
        match stmt {
            closed::Stmt::Let {
                meta,
                binder,
                value,
            } => {
                let value = self.rhs(value, binder.ty, out);
                match self.local(binder) {
                    Some(local) => out.push(laid_out::Stmt::Let { meta, local, value }),
                    None if matches!(value, laid_out::Rhs::Atom { .. }) => {}
                    None => out.push(laid_out::Stmt::Do { meta, value }),
                }
            }
            closed::Stmt::LetResults {
                meta,
                binders,
                value,
            } => {
                let value = self.rhs(value, ty, out);
                let locals = self.locals(&binders);
                out.push(match locals.as_slice() {
                    [] => laid_out::Stmt::Do { meta, value },
                    &[local] => laid_out::Stmt::Let { meta, local, value },
                    _ => laid_out::Stmt::LetResults {
                        meta,
                        locals,
                        value,
                    },
                });
            }
            closed::Stmt::Join {
                meta,
                label,
                params,
                target,
            } => {
                let params = self.locals(&params);
                let target = self.body(target, ty);
                out.push(laid_out::Stmt::Join {
                    meta,
                    label,
                    params,
                    target,
                });
            }
            closed::Stmt::Closures { meta, closures } => {
                let closures = closures
                    .into_iter()
                    .map(|closure| self.make_closure(closure, out))
                    .collect();
                out.push(laid_out::Stmt::Closures { meta, closures });
            }
        }
    }

    fn atom_type(&mut self, atom: &closed::Atom) -> TyId {
        match atom {
            closed::Atom::Var { var, .. } => {
                self.facts.types.get(var).copied().unwrap_or(TyId::NONE)
            }
            closed::Atom::Global { type_, .. } => *type_,
            closed::Atom::Lit { lit, .. } => match lit {
                Lit::Int(_) => self.shapes.session.int(),
                Lit::Float(_) => self.shapes.session.float(),
                Lit::Char(_) => self.shapes.session.char(),
                Lit::Text(_) => self.shapes.session.text(),
            },
            closed::Atom::Place { .. } => self.shapes.session.ty_con("place"),
        }
    }

    fn atom(&mut self, atom: closed::Atom, out: &mut Vec<laid_out::Stmt>) -> laid_out::Atom {
        let ty = self.atom_type(&atom);
        let rep = self.shapes.rep(ty);
        let meta = atom.meta();
        if rep == Rep::Nothing {
            return laid_out::Atom::Nothing { meta };
        }
        match atom {
            closed::Atom::Var { var, .. } => laid_out::Atom::Var { meta, var },
            closed::Atom::Lit {
                lit: Lit::Char(char),
                ..
            } => laid_out::Atom::Small {
                meta,
                value: IntLit(u32::from(char)),
            },
            closed::Atom::Lit { lit, .. } => laid_out::Atom::Lit { meta, lit },
            closed::Atom::Place {
                con, types, field, ..
            } => self.place(meta, con, &types, field.0 as usize),
            closed::Atom::Global { global, .. } if self.facts.functions.contains(&global) => {
                laid_out::Atom::Code {
                    meta,
                    function: global,
                }
            }
            closed::Atom::Global { global, .. } => {
                self.name("slot", laid_out::Rhs::Slot { meta, global, rep }, rep, out)
            }
        }
    }

    /// Names an intermediate result.
    fn name(
        &mut self,
        name: &str,
        value: laid_out::Rhs,
        rep: Rep,
        out: &mut Vec<laid_out::Stmt>,
    ) -> laid_out::Atom {
        let meta = value.meta();
        let var = self.shapes.session.core.fresh_named(name, meta.span);
        out.push(laid_out::Stmt::Let {
            meta,
            local: Local { var, rep },
            value,
        });
        laid_out::Atom::Var { meta, var }
    }

    /// The atoms of arguments; those without width are gone.
    fn atoms(
        &mut self,
        atoms: Vec<closed::Atom>,
        out: &mut Vec<laid_out::Stmt>,
    ) -> Vec<laid_out::Atom> {
        let atoms = atoms.into_iter().map(|atom| self.atom(atom, out));
        atoms
            .filter(|atom| !matches!(atom, laid_out::Atom::Nothing { .. }))
            .collect()
    }

    /// `ty` is the type of the result; statements that it needs go to `out`.
    fn rhs(&mut self, rhs: closed::Rhs, ty: TyId, out: &mut Vec<laid_out::Stmt>) -> laid_out::Rhs {
        match rhs {
            closed::Rhs::Atom { meta, atom } => laid_out::Rhs::Atom {
                meta,
                atom: self.atom(atom, out),
            },
            closed::Rhs::Results { meta, items } => {
                let mut items = self.atoms(items, out);
                if items.len() > 1 {
                    return laid_out::Rhs::Results { meta, items };
                }
                let atom = items.pop().unwrap_or(laid_out::Atom::Nothing { meta });
                laid_out::Rhs::Atom { meta, atom }
            }
            closed::Rhs::Construct {
                meta,
                con,
                types,
                args,
            } => {
                let shape = self.shapes.constructor(con, &types);
                self.build(meta, shape, args, out)
            }
            closed::Rhs::Open {
                meta,
                con,
                types,
                hole,
                args,
            } => self.open(meta, con, &types, hole.0 as usize, args, out),
            closed::Rhs::Fill {
                meta,
                cell,
                place,
                value,
            } => laid_out::Rhs::Fill {
                meta,
                cell: self.atom(cell, out),
                place: self.atom(place, out),
                value: self.atom(value, out),
            },
            closed::Rhs::Tuple { meta, items } => {
                let types: Vec<TyId> = items.iter().map(|item| self.atom_type(item)).collect();
                let shape = self.shapes.product(&types);
                self.build(meta, shape, items, out)
            }
            closed::Rhs::Record { meta, fields } => {
                let (types, atoms): (Vec<TyId>, Vec<closed::Atom>) = fields
                    .into_iter()
                    .map(|field| (self.atom_type(&field.value), field.value))
                    .unzip();
                let shape = self.shapes.product(&types);
                self.build(meta, shape, atoms, out)
            }
            closed::Rhs::Select {
                meta,
                record,
                label,
            } => self.select(meta, record, label, out),
            closed::Rhs::Item { meta, tuple, index } => {
                self.item(meta, tuple, index.0 as usize, out)
            }
            closed::Rhs::List { meta, item, items } => self.list(meta, item, items, out),
            closed::Rhs::Prim {
                meta, prim, args, ..
            } => self.prim(meta, prim, args, ty, out),
            closed::Rhs::Call {
                meta,
                function,
                fails,
                result,
                args,
                ..
            } => laid_out::Rhs::Call {
                meta,
                function,
                fails: fails.map(|fails| self.shapes.rep(fails)),
                result: self.shapes.rep(result),
                args: self.atoms(args, out),
            },
            closed::Rhs::TailCall {
                meta,
                function,
                fails,
                result,
                args,
                ..
            } => laid_out::Rhs::TailCall {
                meta,
                function,
                fails: fails.map(|fails| self.shapes.rep(fails)),
                result: self.shapes.rep(result),
                args: self.atoms(args, out),
            },
            closed::Rhs::Apply {
                meta,
                fun,
                performs,
                args,
            } => {
                let (fun, signature, arity, args) = self.application(fun, performs, args, out);
                laid_out::Rhs::Apply {
                    meta,
                    fun,
                    signature,
                    arity,
                    args,
                }
            }
            closed::Rhs::TailApply {
                meta,
                fun,
                performs,
                args,
            } => {
                let (fun, signature, arity, args) = self.application(fun, performs, args, out);
                laid_out::Rhs::TailApply {
                    meta,
                    fun,
                    signature,
                    arity,
                    args,
                }
            }
            closed::Rhs::Switch {
                meta,
                subject,
                branches,
                otherwise,
            } => self.switch(
                meta,
                subject,
                branches,
                otherwise.map(|body| *body),
                ty,
                out,
            ),
            closed::Rhs::Jump {
                meta, label, args, ..
            } => laid_out::Rhs::Jump {
                meta,
                label,
                args: self.atoms(args, out),
            },
            closed::Rhs::Loop {
                meta,
                label,
                params,
                initial,
                body,
            } => {
                let initial = self.atoms(initial, out);
                let params = self.locals(&params);
                laid_out::Rhs::Loop {
                    meta,
                    label,
                    params,
                    initial,
                    body: Box::new(self.body(*body, ty)),
                }
            }
            closed::Rhs::Fail { meta, payload, .. } => {
                let fails = self.atom_type(&payload);
                laid_out::Rhs::Fail {
                    meta,
                    rep: self.shapes.rep(fails),
                    payload: self.atom(payload, out),
                }
            }
            closed::Rhs::Block { meta, body } => {
                let body = self.body(*body, ty);
                self.splice(meta, body, out)
            }
            closed::Rhs::Attempt { meta, fails, body } => self.attempt(meta, fails, *body, ty),
        }
    }
}
