//! Calls of closures: the arity of the code is tested against the number of arguments.
//!
//! Eval/apply (Marlow and Peyton Jones 2004): with exactly its arguments, code is called at once; with more than it
//! takes, its result is applied to the rest; with fewer, a partial application is built, a closure over the function
//! and the arguments so far. The functions that do so are made on demand, one for each signature and number of arguments.

use ir_defs::laid_out::CallSignature;
use ir_defs::memory::{Atom, Body, Branch, Function, Rhs, Stmt};
use ir_defs::reps::{Layout, Local, Rep};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::IntLit;
use nanopass::{Meta, VarId};
use rustc_hash::FxHashMap;

use super::LowerData;
use super::layout::{Kind, offsets};

/// The functions that have been asked for, by name.
#[derive(Default)]
pub(super) struct Appliers {
    known: FxHashMap<String, GlobalId>,
    pub functions: Vec<Function>,
}

/// How many arguments the signature has room for, the effect's token included.
fn room(signature: &CallSignature) -> u32 {
    signature.params.len() as u32 + u32::from(signature.performs.0)
}

/// The signature that is left after some arguments.
fn rest(signature: &CallSignature, given: u32) -> CallSignature {
    let mut rest = signature.clone();
    rest.params = signature
        .params
        .iter()
        .skip(given as usize)
        .copied()
        .collect();
    rest
}

/// The first `count` parameters, and what code that takes so many arguments gives: the whole result, or a function.
fn prefix(signature: &CallSignature, count: u32) -> (Vec<Rep>, Option<Rep>, Rep) {
    let params = signature
        .params
        .iter()
        .take(count as usize)
        .copied()
        .collect();
    if count == room(signature) {
        (params, signature.fails, signature.result)
    } else {
        (params, None, Rep::Value)
    }
}

fn spell(signature: &CallSignature) -> String {
    let mut name = String::new();
    for param in &signature.params {
        name.push_str(param.text());
        name.push('.');
    }
    if signature.performs.0 {
        name.push_str("do.");
    }
    if let Some(fails) = signature.fails {
        name.push_str("fails.");
        name.push_str(fails.text());
        name.push('.');
    }
    name.push_str(signature.result.text());
    name
}

/// Those that have a width.
fn wide(reps: Vec<Rep>) -> Vec<Rep> {
    reps.into_iter().filter(|&rep| has_width(rep)).collect()
}

fn has_width(rep: Rep) -> bool {
    rep != Rep::Nothing
}

fn var(var: VarId) -> Atom {
    Atom::Var {
        meta: Meta::NONE,
        var,
    }
}

fn body(statements: Vec<Stmt>, result: Rhs) -> Body {
    Body {
        meta: Meta::NONE,
        statements,
        result: Box::new(result),
    }
}

fn load(rep: Rep, object: VarId, offset: u32) -> Rhs {
    Rhs::Load {
        meta: Meta::NONE,
        rep,
        object: var(object),
        offset: IntLit(offset),
    }
}

impl LowerData<'_> {
    /// A call of a closure with `given` arguments. The usual case, an exact call, stands in place.
    pub(super) fn apply(
        &mut self,
        meta: Meta,
        closure: Atom,
        signature: &CallSignature,
        given: u32,
        args: Vec<Atom>,
        tail: bool,
        out: &mut Vec<Stmt>,
    ) -> Rhs {
        let (params, fails, result) = prefix(signature, given);
        let slow = self.applier(signature, given);
        let arity = self.name(
            "arity",
            Rhs::Arity {
                meta,
                closure: closure.clone(),
            },
            Rep::I32,
            out,
        );
        let mut exact = Vec::new();
        let code = self.name(
            "code",
            Rhs::TableIndex {
                meta,
                closure: closure.clone(),
            },
            Rep::I32,
            &mut exact,
        );
        let mut all = vec![closure];
        all.extend(args);
        let call = if tail {
            Rhs::TailCallIndirect {
                meta,
                code,
                params: wide(params),
                fails,
                result,
                args: all.clone(),
            }
        } else {
            Rhs::CallIndirect {
                meta,
                code,
                params: wide(params),
                fails,
                result,
                args: all.clone(),
            }
        };
        let exact = Body {
            meta,
            statements: exact,
            result: Box::new(call),
        };
        let other = if tail {
            Rhs::TailCall {
                meta,
                function: slow,
                fails,
                result,
                args: all,
            }
        } else {
            Rhs::Call {
                meta,
                function: slow,
                fails,
                result,
                args: all,
            }
        };
        let other = Body {
            meta,
            statements: Vec::new(),
            result: Box::new(other),
        };
        let branch = Branch {
            meta,
            value: IntLit(given),
            body: exact,
        };
        Rhs::Switch {
            meta,
            subject: arity,
            branches: vec![branch],
            otherwise: Some(Box::new(other)),
        }
    }

    fn local(&mut self, name: &str, rep: Rep) -> Local {
        Local {
            var: self.session.core.fresh_named(name, nanopass::Span::NONE),
            rep,
        }
    }

    /// The function that applies a closure of this signature to so many arguments, whatever its arity.
    fn applier(&mut self, signature: &CallSignature, given: u32) -> GlobalId {
        let name = format!("apply.{}.{given}", spell(signature));
        if let Some(&known) = self.appliers.known.get(&name) {
            return known;
        }
        let global = self.session.fresh_global(&name);
        self.appliers.known.insert(name, global);

        let closure = self.local("closure", Rep::Value);
        let (reps, fails, result) = prefix(signature, given);
        let args: Vec<Local> = reps.iter().map(|&rep| self.local("arg", rep)).collect();
        let mut branches = Vec::new();
        for arity in 1..=room(signature) {
            let body = if arity == given {
                self.exactly(signature, arity, closure, &args)
            } else if arity < given {
                self.more(signature, arity, given, closure, &args)
            } else {
                self.fewer(signature, arity, given, closure, &args)
            };
            branches.push(Branch {
                meta: Meta::NONE,
                value: IntLit(arity),
                body,
            });
        }
        let arity = self.local("arity", Rep::I32);
        let get = Rhs::Arity {
            meta: Meta::NONE,
            closure: var(closure.var),
        };
        let statements = vec![Stmt::Let {
            meta: Meta::NONE,
            local: arity,
            value: get,
        }];
        let switch = Rhs::Switch {
            meta: Meta::NONE,
            subject: var(arity.var),
            branches,
            otherwise: None,
        };
        let mut params = vec![closure];
        params.extend(args.iter().filter(|arg| has_width(arg.rep)));
        let function = Function {
            meta: Meta::NONE,
            global,
            params,
            fails,
            result,
            body: body(statements, switch),
        };
        self.appliers.functions.push(function);
        global
    }

    /// Calls code that takes just these arguments.
    fn exactly(
        &mut self,
        signature: &CallSignature,
        arity: u32,
        closure: Local,
        args: &[Local],
    ) -> Body {
        let code = self.local("code", Rep::I32);
        let get = Rhs::TableIndex {
            meta: Meta::NONE,
            closure: var(closure.var),
        };
        let statements = vec![Stmt::Let {
            meta: Meta::NONE,
            local: code,
            value: get,
        }];
        let (params, fails, result) = prefix(signature, arity);
        let args = with_closure(closure, args);
        let code = var(code.var);
        body(
            statements,
            Rhs::TailCallIndirect {
                meta: Meta::NONE,
                code,
                params: wide(params),
                fails,
                result,
                args,
            },
        )
    }

    /// Calls code that takes fewer, then applies its result to the rest.
    fn more(
        &mut self,
        signature: &CallSignature,
        arity: u32,
        given: u32,
        closure: Local,
        args: &[Local],
    ) -> Body {
        let (first, others) = args.split_at((arity as usize).min(args.len()));
        let code = self.local("code", Rep::I32);
        let get = Rhs::TableIndex {
            meta: Meta::NONE,
            closure: var(closure.var),
        };
        let function = self.local("function", Rep::Value);
        let (params, fails, result) = prefix(signature, arity);
        let call = Rhs::CallIndirect {
            meta: Meta::NONE,
            code: var(code.var),
            params: wide(params),
            fails,
            result,
            args: with_closure(closure, first),
        };
        let statements = vec![
            Stmt::Let {
                meta: Meta::NONE,
                local: code,
                value: get,
            },
            Stmt::Let {
                meta: Meta::NONE,
                local: function,
                value: call,
            },
        ];
        let rest = rest(signature, arity);
        let next = self.applier(&rest, given - arity);
        let (_, fails, result) = prefix(signature, given);
        let args = with_closure(function, others);
        body(
            statements,
            Rhs::TailCall {
                meta: Meta::NONE,
                function: next,
                fails,
                result,
                args,
            },
        )
    }

    /// Builds a closure over the function and the arguments so far.
    fn fewer(
        &mut self,
        signature: &CallSignature,
        arity: u32,
        given: u32,
        closure: Local,
        args: &[Local],
    ) -> Body {
        let function = self.partial(signature, arity, given);
        let held = held(args.iter().map(|arg| arg.rep));
        let offsets = offsets(&held.layout, Kind::Closure);
        let object = self.local("partial", Rep::Value);
        let allocate = Rhs::Allocate {
            meta: Meta::NONE,
            bytes: IntLit(offsets.size),
            header: IntLit(offsets.header),
        };
        let store = |rep, offset: u32, value| Stmt::Store {
            meta: Meta::NONE,
            rep,
            object: var(object.var),
            offset: IntLit(offset),
            value,
        };
        let code = Atom::Code {
            meta: Meta::NONE,
            function,
            arity: IntLit(arity - given),
        };
        let mut statements = vec![
            Stmt::Let {
                meta: Meta::NONE,
                local: object,
                value: allocate,
            },
            store(Rep::I32, super::layout::CODE_OFFSET, code),
        ];
        for (place, &offset) in held.order.iter().zip(&offsets.fields) {
            let local = place.and_then(|index| args.get(index)).unwrap_or(&closure);
            statements.push(store(local.rep, offset, var(local.var)));
        }
        body(
            statements,
            Rhs::Atom {
                meta: Meta::NONE,
                atom: var(object.var),
            },
        )
    }

    /// The code of a partial application: the function takes `arity` arguments and was given `given`.
    fn partial(&mut self, signature: &CallSignature, arity: u32, given: u32) -> GlobalId {
        let name = format!("partial.{}.{given}.{arity}", spell(signature));
        if let Some(&known) = self.appliers.known.get(&name) {
            return known;
        }
        let global = self.session.fresh_global(&name);
        self.appliers.known.insert(name, global);

        let itself = self.local("closure", Rep::Value);
        let function = self.local("function", Rep::Value);
        let (reps, fails, result) = prefix(signature, arity);
        let args: Vec<Local> = reps.iter().map(|&rep| self.local("arg", rep)).collect();
        let (first, others) = args.split_at((given as usize).min(args.len()));
        let held = held(first.iter().map(|arg| arg.rep));
        let offsets = offsets(&held.layout, Kind::Closure);
        let mut statements = Vec::new();
        for (place, &offset) in held.order.iter().zip(&offsets.fields) {
            let local = *place
                .and_then(|index| first.get(index))
                .unwrap_or(&function);
            let value = load(local.rep, itself.var, offset);
            statements.push(Stmt::Let {
                meta: Meta::NONE,
                local,
                value,
            });
        }
        let code = self.local("code", Rep::I32);
        let get = Rhs::TableIndex {
            meta: Meta::NONE,
            closure: var(function.var),
        };
        statements.push(Stmt::Let {
            meta: Meta::NONE,
            local: code,
            value: get,
        });
        let all = with_closure(function, &args);
        let call = Rhs::TailCallIndirect {
            meta: Meta::NONE,
            code: var(code.var),
            params: wide(reps),
            fails,
            result,
            args: all,
        };
        let mut params = vec![itself];
        params.extend(others.iter().filter(|arg| has_width(arg.rep)));
        let body = body(statements, call);
        let function = Function {
            meta: Meta::NONE,
            global,
            params,
            fails,
            result,
            body,
        };
        self.appliers.functions.push(function);
        global
    }
}

fn with_closure(closure: Local, args: &[Local]) -> Vec<Atom> {
    let args = args
        .iter()
        .filter(|arg| has_width(arg.rep))
        .map(|arg| var(arg.var));
    std::iter::once(var(closure.var)).chain(args).collect()
}

/// What a partial application holds.
struct Held {
    layout: Layout,
    /// For each field, which argument it is; `None` is the function.
    order: Vec<Option<usize>>,
}

fn held(reps: impl Iterator<Item = Rep>) -> Held {
    let mut fields = vec![(Rep::Value, None)];
    fields.extend(
        reps.enumerate()
            .filter(|(_, rep)| has_width(*rep))
            .map(|(index, rep)| (rep, Some(index))),
    );
    fields.sort_by_key(|(rep, _)| match rep {
        Rep::Value => 0,
        Rep::I64 | Rep::F64 => 1,
        Rep::I32 | Rep::Nothing => 2,
    });
    let (fields, order) = fields.into_iter().unzip();
    Held {
        layout: Layout { tag: 0, fields },
        order,
    }
}
