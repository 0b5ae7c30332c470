//! `name-intermediates`: `nary` → `anf`
//!
//! Every intermediate result gets a name, so the order of evaluation can be read off.
//!
//! ```text
//! (prim int.add (call f … x) (switch y …))       (let t (call f … x))
//!                                                (let t.1 (switch y …))
//!                                                (prim int.add t t.1)
//! ```
//!
//! Design: a body is a flat list of statements and a result. What a `Let` binds inside of an expression becomes
//! statements of the body around it: binders are unique in the whole program, so nothing is captured. Branches,
//! targets of join points and bodies of `Attempt` are bodies of their own. A `Switch` whose value is needed in the
//! middle stays where it is; to make the rest of the body a continuation of each branch is left to whom it helps,
//! because here it would only hide what the branches give. A `Join` in the middle is a `Block`, since its jumps must
//! not leave it.
//!
//! All items of a list literal are there before the list is, so a literal of thousands that are computed would need as
//! many variables at once, more than a WASM function can have. [`long_lists`] builds such a list in two steps.
//!
//! Plain functions over the two languages, because each form changes; the recursion is as deep as the nesting of the
//! source, never as a list literal or a block is long.

mod long_lists;

use ir_defs::terminals::{Binder, Flag};
use ir_defs::{Session, anf as b, nary as a};
use nanopass::{Meta, TyId};

/// Names every intermediate result.
pub fn run(program: a::Program, session: &mut Session) -> b::Program {
    let mut pass = NameIntermediates {
        session,
        doing: Doing::NOTHING,
    };
    let a::Program {
        data,
        functions,
        values,
        main,
    } = program;
    let functions = functions
        .into_iter()
        .map(|function| pass.function(function))
        .collect();
    let values = values.into_iter().map(|value| pass.value(value)).collect();
    b::Program {
        data,
        functions,
        values,
        main,
    }
}

struct NameIntermediates<'s> {
    session: &'s mut Session,
    doing: Doing,
}

/// What the code at work may do: for functions that are made of pieces of it.
#[derive(Clone, Copy)]
struct Doing {
    performs: Flag,
    fails: Option<TyId>,
}

impl Doing {
    const NOTHING: Doing = Doing {
        performs: Flag(false),
        fails: None,
    };
}

type Statements = Vec<b::Stmt>;

impl NameIntermediates<'_> {
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
        b::Function {
            meta,
            global,
            params,
            performs,
            fails,
            result,
            body: self.body_doing(performs, fails, body),
        }
    }

    fn value(&mut self, value: a::Value) -> b::Value {
        let a::Value {
            meta,
            global,
            type_,
            static_,
            body,
        } = value;
        b::Value {
            meta,
            global,
            type_,
            static_,
            body: self.body(body),
        }
    }

    /// The body of code that may do this.
    fn body_doing(&mut self, performs: Flag, fails: Option<TyId>, expr: a::Expr) -> b::Body {
        let outer = std::mem::replace(&mut self.doing, Doing { performs, fails });
        let body = self.body(expr);
        self.doing = outer;
        body
    }

    fn body(&mut self, expr: a::Expr) -> b::Body {
        let meta = expr.meta();
        let mut statements = Vec::new();
        let result = Box::new(self.result(expr, &mut statements));
        b::Body {
            meta,
            statements,
            result,
        }
    }

    /// The result of a body: join points may become statements of it.
    fn result(&mut self, expr: a::Expr, statements: &mut Statements) -> b::Rhs {
        let mut expr = expr;
        loop {
            match expr {
                a::Expr::Let { binds, body, .. } => {
                    self.binds(binds, statements);
                    expr = *body;
                }
                a::Expr::Join {
                    meta,
                    label,
                    params,
                    target,
                    body,
                } => {
                    let target = self.body(*target);
                    statements.push(b::Stmt::Join {
                        meta,
                        label,
                        params,
                        target,
                    });
                    expr = *body;
                }
                other => return self.rhs(other, statements),
            }
        }
    }

    /// What a statement binds, after the statements that compute its parts.
    fn rhs(&mut self, expr: a::Expr, statements: &mut Statements) -> b::Rhs {
        match expr {
            a::Expr::Lit { .. }
            | a::Expr::Var { .. }
            | a::Expr::Global { .. }
            | a::Expr::Closure { .. } => {
                let meta = expr.meta();
                b::Rhs::Atom {
                    meta,
                    atom: self.atom(expr, statements),
                }
            }
            a::Expr::Construct {
                meta,
                con,
                types,
                args,
            } => b::Rhs::Construct {
                meta,
                con,
                types,
                args: self.atoms(args, statements),
            },
            a::Expr::Prim {
                meta,
                prim,
                result,
                args,
            } => b::Rhs::Prim {
                meta,
                prim,
                result,
                args: self.atoms(args, statements),
            },
            a::Expr::Call {
                meta,
                function,
                performs,
                fails,
                result,
                args,
            } => b::Rhs::Call {
                meta,
                function,
                performs,
                fails,
                result,
                args: self.atoms(args, statements),
            },
            a::Expr::CallLocal {
                meta,
                function,
                performs,
                fails,
                result,
                args,
            } => b::Rhs::CallLocal {
                meta,
                function,
                performs,
                fails,
                result,
                args: self.atoms(args, statements),
            },
            a::Expr::Apply {
                meta,
                fun,
                performs,
                args,
            } => {
                let fun = self.atom(*fun, statements);
                b::Rhs::Apply {
                    meta,
                    fun,
                    performs,
                    args: self.atoms(args, statements),
                }
            }
            a::Expr::Let { binds, body, .. } => {
                self.binds(binds, statements);
                self.rhs(*body, statements)
            }
            a::Expr::Tuple { meta, items } => b::Rhs::Tuple {
                meta,
                items: self.atoms(items, statements),
            },
            a::Expr::List { meta, item, items } if long_lists::is_long(&items) => {
                self.long_list(meta, item, items, statements)
            }
            a::Expr::List { meta, item, items } => b::Rhs::List {
                meta,
                item,
                items: self.atoms(items, statements),
            },
            a::Expr::Record { meta, fields } => {
                let fields = fields
                    .into_iter()
                    .map(|a::Field { meta, label, value }| b::Field {
                        meta,
                        label,
                        value: self.atom(value, statements),
                    })
                    .collect();
                b::Rhs::Record { meta, fields }
            }
            a::Expr::Select {
                meta,
                record,
                label,
            } => b::Rhs::Select {
                meta,
                record: self.atom(*record, statements),
                label,
            },
            a::Expr::Item { meta, tuple, index } => b::Rhs::Item {
                meta,
                tuple: self.atom(*tuple, statements),
                index,
            },
            a::Expr::Switch {
                meta,
                subject,
                branches,
                otherwise,
            } => {
                let subject = self.atom(*subject, statements);
                let branches = branches
                    .into_iter()
                    .map(|branch| self.branch(branch))
                    .collect();
                let otherwise = otherwise.map(|otherwise| Box::new(self.body(*otherwise)));
                b::Rhs::Switch {
                    meta,
                    subject,
                    branches,
                    otherwise,
                }
            }
            a::Expr::Join { meta, .. } => b::Rhs::Block {
                meta,
                body: Box::new(self.body(expr)),
            },
            a::Expr::Jump {
                meta,
                label,
                args,
                type_,
            } => b::Rhs::Jump {
                meta,
                label,
                args: self.atoms(args, statements),
                type_,
            },
            a::Expr::Fail {
                meta,
                payload,
                type_,
            } => b::Rhs::Fail {
                meta,
                payload: self.atom(*payload, statements),
                type_,
            },
            a::Expr::Attempt { meta, fails, body } => b::Rhs::Attempt {
                meta,
                fails,
                body: Box::new(self.body_doing(self.doing.performs, Some(fails), *body)),
            },
        }
    }

    fn atoms(&mut self, exprs: Vec<a::Expr>, statements: &mut Statements) -> Vec<b::Atom> {
        exprs
            .into_iter()
            .map(|expr| self.atom(expr, statements))
            .collect()
    }

    /// A name for what has none, if it is no atom.
    fn atom(&mut self, expr: a::Expr, statements: &mut Statements) -> b::Atom {
        match expr {
            a::Expr::Lit { meta, lit } => b::Atom::Lit { meta, lit },
            a::Expr::Var { meta, var } => b::Atom::Var { meta, var },
            a::Expr::Global {
                meta,
                global,
                type_,
            } => b::Atom::Global {
                meta,
                global,
                type_,
            },
            a::Expr::Let { binds, body, .. } => {
                self.binds(binds, statements);
                self.atom(*body, statements)
            }
            expr => {
                let meta = expr.meta();
                let name = if matches!(expr, a::Expr::Closure { .. }) {
                    "fun"
                } else {
                    "t"
                };
                let binder = Binder::new(self.session.core.fresh_named(name, meta.span), meta.ty);
                self.bind(meta, binder, expr, statements);
                b::Atom::Var {
                    meta,
                    var: binder.var,
                }
            }
        }
    }

    /// Adjacent recursive closures are one group.
    fn binds(&mut self, binds: Vec<a::Bind>, statements: &mut Statements) {
        let mut group: Vec<b::Local> = Vec::new();
        for a::Bind {
            meta,
            binder,
            recursive,
            value,
        } in binds
        {
            match value {
                a::Expr::Closure {
                    params,
                    performs,
                    fails,
                    result,
                    body,
                    ..
                } if recursive == Flag(true) => {
                    group.push(b::Local {
                        meta,
                        binder,
                        params,
                        performs,
                        fails,
                        result,
                        body: self.body_doing(performs, fails, *body),
                    });
                }
                value => {
                    flush(&mut group, statements);
                    self.bind(meta, binder, value, statements);
                }
            }
        }
        flush(&mut group, statements);
    }

    fn bind(&mut self, meta: Meta, binder: Binder, value: a::Expr, statements: &mut Statements) {
        let statement = match value {
            a::Expr::Closure {
                params,
                performs,
                fails,
                result,
                body,
                ..
            } => {
                let body = self.body_doing(performs, fails, *body);
                let local = b::Local {
                    meta,
                    binder,
                    params,
                    performs,
                    fails,
                    result,
                    body,
                };
                b::Stmt::Functions {
                    meta,
                    functions: vec![local],
                }
            }
            value => b::Stmt::Let {
                meta,
                binder,
                value: self.rhs(value, statements),
            },
        };
        statements.push(statement);
    }

    fn branch(&mut self, branch: a::Branch) -> b::Branch {
        match branch {
            a::Branch::OnCon {
                meta,
                con,
                fields,
                body,
            } => b::Branch::OnCon {
                meta,
                con,
                fields,
                body: self.body(body),
            },
            a::Branch::OnLit { meta, lit, body } => b::Branch::OnLit {
                meta,
                lit,
                body: self.body(body),
            },
        }
    }
}

fn flush(group: &mut Vec<b::Local>, statements: &mut Statements) {
    if let Some(first) = group.first() {
        let meta = first.meta;
        statements.push(b::Stmt::Functions {
            meta,
            functions: std::mem::take(group),
        });
    }
}
