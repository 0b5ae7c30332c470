//! Calls of closures: the arity of the code is tested against the number of arguments.
//!
//! Eval/apply (Marlow and Peyton Jones 2004): with exactly its arguments, code is called at once; with more than it
//! takes, its result is applied to the rest; with fewer, a partial application is built, a closure over the function
//! and the arguments so far. The functions that do so are made on demand, one for each signature and number of
//! arguments.

use ir_defs::laid_out::CallSignature;
use ir_defs::memory::{Atom, Body, Branch, Function, Rhs, Stmt};
use ir_defs::reps::{Local, Rep};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::IntLit;
use nanopass::{Meta, VarId};
use rustc_hash::FxHashMap;

use super::LowerData;

/// The functions that have been asked for, by name.
#[derive(Default)]
pub(super) struct Appliers {
    pub known: FxHashMap<String, GlobalId>,
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

/// What code that takes some of a signature's arguments expects, and what it gives: the whole result, or a function.
pub(super) struct Prefix {
    pub params: Vec<Rep>,
    pub fails: Option<Rep>,
    pub result: Rep,
}

pub(super) fn prefix(signature: &CallSignature, count: u32) -> Prefix {
    let params = signature.params.iter().take(count as usize);
    let is_whole = count == room(signature);
    Prefix {
        params: params.copied().collect(),
        fails: signature.fails.filter(|_| is_whole),
        result: if is_whole {
            signature.result
        } else {
            Rep::Value
        },
    }
}

pub(super) fn spell(signature: &CallSignature) -> String {
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

pub(super) fn has_width(rep: Rep) -> bool {
    rep != Rep::Nothing
}

pub(super) fn var(var: VarId) -> Atom {
    Atom::Var {
        meta: Meta::NONE,
        var,
    }
}

pub(super) fn body(statements: Vec<Stmt>, result: Rhs) -> Body {
    Body {
        meta: Meta::NONE,
        statements,
        result: Box::new(result),
    }
}

pub(super) fn let_(local: Local, value: Rhs) -> Stmt {
    Stmt::Let {
        meta: Meta::NONE,
        local,
        value,
    }
}

/// The closure, and after it those of the arguments that have a width.
pub(super) fn with_closure(closure: Local, args: &[Local]) -> Vec<Atom> {
    let args = args.iter().filter(|arg| has_width(arg.rep));
    std::iter::once(&closure)
        .chain(args)
        .map(|arg| var(arg.var))
        .collect()
}

/// A call of a closure's code with exactly the arguments that it takes; the closure is the first of `args`.
fn call_code(meta: Meta, code: Atom, prefix: Prefix, args: Vec<Atom>, tail: bool) -> Rhs {
    let Prefix {
        params,
        fails,
        result,
    } = prefix;
    let params = params.into_iter().filter(|&rep| has_width(rep)).collect();
    if tail {
        Rhs::TailCallIndirect {
            meta,
            code,
            params,
            fails,
            result,
            args,
        }
    } else {
        Rhs::CallIndirect {
            meta,
            code,
            params,
            fails,
            result,
            args,
        }
    }
}

/// A closure and what it is applied to.
pub(super) struct Application<'s> {
    pub closure: Atom,
    pub signature: &'s CallSignature,
    /// The number of arguments, of which those without width are not in `args`.
    pub given: u32,
    pub args: Vec<Atom>,
    pub tail: bool,
}

impl LowerData<'_> {
    /// A call of a closure. The usual case, an exact call, stands in place.
    pub(super) fn apply(
        &mut self,
        meta: Meta,
        application: Application<'_>,
        out: &mut Vec<Stmt>,
    ) -> Rhs {
        let Application {
            closure,
            signature,
            given,
            args,
            tail,
        } = application;
        let index = Rhs::TableIndex {
            meta,
            closure: closure.clone(),
        };
        let test = Rhs::Arity {
            meta,
            closure: closure.clone(),
        };
        let mut all = vec![closure];
        all.extend(args);
        let exact = prefix(signature, given);
        // All code takes at least one argument, so that where there is room for one only, it takes that one.
        if room(signature) == 1 {
            let code = self.name("code", index, Rep::I32, out);
            return call_code(meta, code, exact, all, tail);
        }
        let function = self.applier(signature, given);
        let (fails, result, args) = (exact.fails, exact.result, all.clone());
        let other = if tail {
            Rhs::TailCall {
                meta,
                function,
                fails,
                result,
                args,
            }
        } else {
            Rhs::Call {
                meta,
                function,
                fails,
                result,
                args,
            }
        };
        let arity = self.name("arity", test, Rep::I32, out);
        let mut statements = Vec::new();
        let code = self.name("code", index, Rep::I32, &mut statements);
        let branch = Branch {
            meta,
            value: IntLit(given),
            body: Body {
                meta,
                statements,
                result: Box::new(call_code(meta, code, exact, all, tail)),
            },
        };
        let other = Body {
            meta,
            statements: Vec::new(),
            result: Box::new(other),
        };
        Rhs::Switch {
            meta,
            subject: arity,
            branches: vec![branch],
            otherwise: Some(Box::new(other)),
        }
    }

    pub(super) fn local(&mut self, name: &str, rep: Rep) -> Local {
        Local {
            var: self.session.core.fresh_named(name, nanopass::Span::NONE),
            rep,
        }
    }

    /// Parameters of these representations.
    pub(super) fn args(&mut self, reps: &[Rep]) -> Vec<Local> {
        reps.iter().map(|&rep| self.local("arg", rep)).collect()
    }

    /// The table index of a closure's code, after the statement that loads it.
    fn code(&mut self, closure: Local) -> (Stmt, Atom) {
        let code = self.local("code", Rep::I32);
        let index = Rhs::TableIndex {
            meta: Meta::NONE,
            closure: var(closure.var),
        };
        (let_(code, index), var(code.var))
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
        let Prefix {
            params,
            fails,
            result,
        } = prefix(signature, given);
        let args = self.args(&params);
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
        let test = Rhs::Arity {
            meta: Meta::NONE,
            closure: var(closure.var),
        };
        let switch = Rhs::Switch {
            meta: Meta::NONE,
            subject: var(arity.var),
            branches,
            otherwise: None,
        };
        let mut params = vec![closure];
        params.extend(args.iter().filter(|arg| has_width(arg.rep)));
        self.appliers.functions.push(Function {
            meta: Meta::NONE,
            global,
            params,
            fails,
            result,
            body: body(vec![let_(arity, test)], switch),
        });
        global
    }

    /// Calls code that takes just these arguments.
    pub(super) fn exactly(
        &mut self,
        signature: &CallSignature,
        arity: u32,
        closure: Local,
        args: &[Local],
    ) -> Body {
        let (load, code) = self.code(closure);
        let args = with_closure(closure, args);
        let call = call_code(Meta::NONE, code, prefix(signature, arity), args, true);
        body(vec![load], call)
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
        let (load, code) = self.code(closure);
        let function = self.local("function", Rep::Value);
        let first = with_closure(closure, first);
        let call = call_code(Meta::NONE, code, prefix(signature, arity), first, false);
        let mut statements = vec![load, let_(function, call)];
        let others = with_closure(function, others);
        let rest = rest(signature, arity);
        let application = Application {
            closure: var(function.var),
            signature: &rest,
            given: given - arity,
            args: others.into_iter().skip(1).collect(),
            tail: true,
        };
        let result = self.apply(Meta::NONE, application, &mut statements);
        body(statements, result)
    }
}
