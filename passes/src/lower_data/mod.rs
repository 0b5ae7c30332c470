//! `lower-data`: `laid-out` → `memory`
//!
//! Objects become addresses: construction is allocation and stores, projection a load, a choice a comparison.
//!
//! ```text
//! (construct (layout 1 value i64) xs n)
//! (let (object value) (allocate 16 4202513)) (store value object 4 xs) (store i64 object 8 n) object
//! ```
//!
//! Design: the offsets and the header are defined in one place, [`ir_defs::layout`], against which the runtime's
//! constants are tested. A value word keeps a representation of its own, so that the passes after this one know which
//! variables hold what a collector must see. An object of constants is static data, and so is a top-level value that
//! is one: neither costs anything at run time. A variable that is another name of an atom is replaced by it, so that
//! constants are seen.

mod apply;
mod literals;
mod objects;
mod partial;
mod statics;
mod switches;

use ir_defs::Session;
use ir_defs::laid_out::{self, Visit};
use ir_defs::layout::{Kind, offset, offsets};
use ir_defs::memory::{Atom, Body, Function, Program, Rhs, Stmt, Value};
use ir_defs::reps::Rep;
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{IntLit, Lit};
use nanopass::VarId;
use rustc_hash::{FxHashMap, FxHashSet};

/// Runs the pass.
pub fn run(program: laid_out::Program, session: &mut Session) -> Program {
    let mut used = Used::default();
    used.program(&program);
    let mut statics = statics::Statics::default();
    for function in &program.functions {
        statics.arities.insert(function.global, function.arity.0);
    }
    let mut pass = LowerData {
        session,
        used: used.vars,
        known: FxHashMap::default(),
        constants: FxHashMap::default(),
        statics,
        appliers: apply::Appliers::default(),
    };
    // Values first, so that functions see which of them are constants.
    let values = program
        .values
        .into_iter()
        .filter_map(|value| pass.value(value))
        .collect();
    let mut functions: Vec<Function> = program
        .functions
        .into_iter()
        .map(|function| pass.function(function))
        .collect();
    functions.append(&mut pass.appliers.functions);
    Program {
        functions,
        values,
        statics: pass.statics.list,
        main: program.main,
    }
}

/// The variables that are used: a capture that is not need not be loaded.
#[derive(Default)]
struct Used {
    vars: FxHashSet<VarId>,
}

impl Visit for Used {
    fn var_id(&mut self, var: &VarId) {
        self.vars.insert(*var);
    }
}

struct LowerData<'s> {
    session: &'s mut Session,
    used: FxHashSet<VarId>,
    /// The variables that are other names of atoms.
    known: FxHashMap<VarId, Atom>,
    /// The top-level values that are constants.
    constants: FxHashMap<GlobalId, Atom>,
    statics: statics::Statics,
    appliers: apply::Appliers,
}

impl LowerData<'_> {
    fn function(&mut self, function: laid_out::Function) -> Function {
        let mut params = Vec::with_capacity(function.params.len() + 1);
        let mut statements = Vec::new();
        if let Some(environment) = &function.environment {
            self.check_arity(function.meta, function.arity.0);
            params.push(environment.closure);
            let offsets = offsets(&environment.layout, Kind::Closure);
            for (&local, &offset) in environment.captures.iter().zip(&offsets.fields) {
                if self.used.contains(&local.var) {
                    let meta = function.meta;
                    let object = Atom::Var {
                        meta,
                        var: environment.closure.var,
                    };
                    let value = Rhs::Load {
                        meta,
                        rep: local.rep,
                        object,
                        offset: IntLit(offset),
                    };
                    statements.push(Stmt::Let { meta, local, value });
                }
            }
        }
        params.extend(function.params);
        let mut body = self.body(function.body);
        if !statements.is_empty() {
            statements.append(&mut body.statements);
            body.statements = statements;
        }
        Function {
            meta: function.meta,
            global: function.global,
            params,
            fails: function.fails,
            result: function.result,
            body,
        }
    }

    /// `None` if it is a constant, which needs no room and no initialisation.
    fn value(&mut self, value: laid_out::Value) -> Option<Value> {
        let body = self.body(value.body);
        if let Rhs::Atom { atom, .. } = &*body.result
            && body.statements.is_empty()
            && is_constant(atom)
        {
            self.constants.insert(value.global, atom.clone());
            return None;
        }
        Some(Value {
            meta: value.meta,
            global: value.global,
            rep: value.rep,
            body,
        })
    }

    fn body(&mut self, body: laid_out::Body) -> Body {
        let mut statements = Vec::with_capacity(body.statements.len());
        for statement in body.statements {
            self.stmt(statement, &mut statements);
        }
        let mut result = self.rhs(*body.result, &mut statements);
        // A block at the end goes on with this body.
        while let Rhs::Switch {
            branches,
            otherwise: Some(block),
            ..
        } = &mut result
            && branches.is_empty()
        {
            statements.append(&mut block.statements);
            let empty = Rhs::Atom {
                meta: block.meta,
                atom: Atom::Nothing { meta: block.meta },
            };
            result = std::mem::replace(&mut *block.result, empty);
        }
        Body {
            meta: body.meta,
            statements,
            result: Box::new(result),
        }
    }

    fn stmt(&mut self, stmt: laid_out::Stmt, out: &mut Vec<Stmt>) {
        match stmt {
            laid_out::Stmt::Let { meta, local, value } => match self.rhs(value, out) {
                Rhs::Atom { atom, .. } => {
                    self.known.insert(local.var, atom);
                }
                value => out.push(Stmt::Let { meta, local, value }),
            },
            laid_out::Stmt::LetResults {
                meta,
                locals,
                value,
            } => {
                let value = self.rhs(value, out);
                out.push(Stmt::LetResults {
                    meta,
                    locals,
                    value,
                });
            }
            laid_out::Stmt::Do { meta, value } => {
                let value = self.rhs(value, out);
                if !matches!(value, Rhs::Atom { .. }) {
                    out.push(Stmt::Do { meta, value });
                }
            }
            laid_out::Stmt::Join {
                meta,
                label,
                params,
                target,
            } => {
                let target = self.body(target);
                out.push(Stmt::Join {
                    meta,
                    label,
                    params,
                    target,
                });
            }
            laid_out::Stmt::Closures { closures, .. } => self.closures(closures, out),
        }
    }

    fn atom(&mut self, atom: laid_out::Atom) -> Atom {
        match atom {
            laid_out::Atom::Var { meta, var } => match self.known.get(&var) {
                Some(atom) => atom.clone(),
                None => Atom::Var { meta, var },
            },
            laid_out::Atom::Lit {
                meta,
                lit: Lit::Text(text),
            } => Atom::Address {
                meta,
                static_: self.statics.text(&text, self.session),
            },
            laid_out::Atom::Lit {
                meta,
                lit: Lit::Char(char),
            } => Atom::Small {
                meta,
                value: IntLit(u32::from(char)),
            },
            laid_out::Atom::Lit { meta, lit } => Atom::Lit { meta, lit },
            laid_out::Atom::Small { meta, value } => Atom::Small { meta, value },
            laid_out::Atom::Immediate { meta, value } => Atom::Immediate { meta, value },
            laid_out::Atom::Code { meta, function } => Atom::Address {
                meta,
                static_: self.statics.closure(function, self.session),
            },
            laid_out::Atom::Place {
                meta,
                layout,
                index,
            } => {
                let offset = offset(&layout, Kind::Fields, index.0 as usize);
                Atom::Small {
                    meta,
                    value: IntLit(offset),
                }
            }
            laid_out::Atom::Nothing { meta } => Atom::Nothing { meta },
        }
    }

    /// Arguments; those without width are gone.
    fn atoms(&mut self, atoms: Vec<laid_out::Atom>) -> Vec<Atom> {
        let wide = atoms
            .into_iter()
            .filter(|atom| !matches!(atom, laid_out::Atom::Nothing { .. }));
        wide.map(|atom| self.atom(atom)).collect()
    }

    fn rhs(&mut self, rhs: laid_out::Rhs, out: &mut Vec<Stmt>) -> Rhs {
        match rhs {
            laid_out::Rhs::Atom { meta, atom } => Rhs::Atom {
                meta,
                atom: self.atom(atom),
            },
            laid_out::Rhs::Results { meta, items } => Rhs::Results {
                meta,
                items: self.atoms(items),
            },
            laid_out::Rhs::Construct {
                meta,
                layout,
                fields,
            } => self.construct(meta, layout, fields, out),
            laid_out::Rhs::Open {
                meta,
                layout,
                hole,
                fields,
            } => self.open(meta, layout, hole.0 as usize, fields, out),
            laid_out::Rhs::Fill {
                meta,
                cell,
                place,
                value,
            } => {
                let object = self.atom(cell);
                let offset = self.atom(place);
                let value = self.atom(value);
                out.push(Stmt::Fill {
                    meta,
                    object,
                    offset,
                    value,
                });
                let atom = Atom::Nothing { meta };
                Rhs::Atom { meta, atom }
            }
            laid_out::Rhs::Field {
                meta,
                object,
                layout,
                index,
            } => {
                let rep = layout
                    .fields
                    .get(index.0 as usize)
                    .copied()
                    .unwrap_or(Rep::Value);
                let offset = IntLit(offset(&layout, Kind::Fields, index.0 as usize));
                Rhs::Load {
                    meta,
                    rep,
                    object: self.atom(object),
                    offset,
                }
            }
            laid_out::Rhs::Prim {
                meta,
                prim,
                rep,
                args,
            } => Rhs::Prim {
                meta,
                prim,
                rep,
                args: self.atoms(args),
            },
            laid_out::Rhs::Slot { meta, global, rep } => match self.constants.get(&global) {
                Some(atom) => Rhs::Atom {
                    meta,
                    atom: atom.clone(),
                },
                None => Rhs::Slot { meta, global, rep },
            },
            laid_out::Rhs::Call {
                meta,
                function,
                fails,
                result,
                args,
            } => Rhs::Call {
                meta,
                function,
                fails,
                result,
                args: self.atoms(args),
            },
            laid_out::Rhs::TailCall {
                meta,
                function,
                fails,
                result,
                args,
            } => Rhs::TailCall {
                meta,
                function,
                fails,
                result,
                args: self.atoms(args),
            },
            laid_out::Rhs::Apply {
                meta,
                fun,
                signature,
                arity,
                args,
            } => {
                let application = apply::Application {
                    closure: self.atom(fun),
                    signature: &signature,
                    given: arity.0,
                    args: self.atoms(args),
                    tail: false,
                };
                self.apply(meta, application, out)
            }
            laid_out::Rhs::TailApply {
                meta,
                fun,
                signature,
                arity,
                args,
            } => {
                let application = apply::Application {
                    closure: self.atom(fun),
                    signature: &signature,
                    given: arity.0,
                    args: self.atoms(args),
                    tail: true,
                };
                self.apply(meta, application, out)
            }
            laid_out::Rhs::Switch {
                meta,
                subject,
                branches,
                otherwise,
            } => self.switch(meta, subject, branches, otherwise, out),
            laid_out::Rhs::Jump { meta, label, args } => Rhs::Jump {
                meta,
                label,
                args: self.atoms(args),
            },
            laid_out::Rhs::Loop {
                meta,
                label,
                params,
                initial,
                body,
            } => Rhs::Loop {
                meta,
                label,
                params,
                initial: self.atoms(initial),
                body: Box::new(self.body(*body)),
            },
            laid_out::Rhs::Fail { meta, rep, payload } => Rhs::Fail {
                meta,
                rep,
                payload: self.atom(payload),
            },
            laid_out::Rhs::Attempt {
                meta,
                body,
                failure,
                handler,
            } => Rhs::Attempt {
                meta,
                body: Box::new(self.body(*body)),
                failure,
                handler: Box::new(self.body(*handler)),
            },
        }
    }
}

/// Whether an atom is known at compile time.
fn is_constant(atom: &Atom) -> bool {
    !matches!(atom, Atom::Var { .. } | Atom::Code { .. })
}
