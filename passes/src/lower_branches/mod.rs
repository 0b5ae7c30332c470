//! `lower-branches`: `no-blocks` → `kernel`
//!
//! `if`, `&&`, `?`, `or`, clauses of a function and destructuring become `case`, the single eliminator.
//!
//! ```text
//! if a then x else y             case if a | True => x | False => y
//! if a … else if b … else z      case if Unit | _ when a => x | _ when b => y | _ => z
//! a && b                         case logic a | True => b | False => False
//! r or d                         case or r | Ok value => value | Err _ => d
//! f = 0 n => e                   f = lambda [m n] (case clauses (m, n) | (0, n) => e | (m, n) => g)
//! f = m n => g
//! (a, b) = e                     pair = e; a = case binding pair | (a, _) => a; b = case project pair | (_, b) => b
//! ```
//!
//! Design:
//! - An `else if` chain is one case with a guard per branch, because its length must not become depth; long `&&` and
//!   `||` are cut into halves.
//! - The parameters of clauses are matched as a tuple, which `compile-matches` never builds.
//! - A destructuring binding becomes one binding per variable, so that a block stays a flat list and each variable
//!   generalises by itself (see [`destructure`]). A parameter's pattern is matched around the body.
//! - A parameter that is a plain name is a binder; no case is made for it.

mod destructure;
mod functions;

use ir_defs::kernel as b;
use ir_defs::no_blocks as a;
use ir_defs::no_blocks_to_kernel::Rewrite;
use ir_defs::terminals::{Binder, Flag, Operator, Reason};
use ir_defs::{Session, known};
use nanopass::{Meta, Span};

/// How many `&&` or `||` nest to the right.
const LOGIC_LIMIT: usize = 32;

/// Turns everything that branches or takes apart into `case`.
pub fn run(program: a::Entry, session: &mut Session) -> b::Entry {
    Branches {
        session,
        more: Vec::new(),
    }
    .program(program)
}

struct Branches<'s> {
    session: &'s mut Session,
    /// The projections of the step that has just been rewritten.
    more: Vec<b::Bind>,
}

impl Branches<'_> {
    fn fresh(&mut self, name: &str, span: Span) -> Binder {
        Binder::untyped(self.session.core.fresh_named(name, span))
    }

    fn con(&mut self, meta: Meta, name: &str) -> b::Expr {
        b::Expr::Con {
            meta,
            con: self.session.constructors.id(name),
        }
    }

    fn on(&mut self, meta: Meta, con: &str, args: Vec<b::Pattern>, body: b::Expr) -> b::Arm {
        arm(
            meta,
            b::Pattern::Con {
                meta,
                con: self.session.constructors.id(con),
                args,
            },
            body,
        )
    }

    fn on_bool(
        &mut self,
        meta: Meta,
        reason: Reason,
        test: b::Expr,
        yes: b::Expr,
        no: b::Expr,
    ) -> b::Expr {
        let arms = vec![
            self.on(yes.meta(), "True", Vec::new(), yes),
            self.on(no.meta(), "False", Vec::new(), no),
        ];
        case(meta, reason, test, arms)
    }

    /// `a && b && …`, where the value `stop` of an item ends the evaluation.
    fn logic(&mut self, meta: Meta, mut items: Vec<b::Expr>, stop: bool) -> b::Expr {
        if items.len() > LOGIC_LIMIT {
            let right = items.split_off(items.len() / 2);
            items = vec![self.logic(meta, items, stop), self.logic(meta, right, stop)];
        }
        let Some(last) = items.pop() else {
            return b::Expr::Error { meta };
        };
        items.into_iter().rev().fold(last, |rest, item| {
            let meta = Meta::at(item.meta().span.to(rest.meta().span));
            let known = self.con(item.meta(), if stop { "True" } else { "False" });
            let (yes, no) = if stop { (known, rest) } else { (rest, known) };
            self.on_bool(meta, Reason::Logic, item, yes, no)
        })
    }
}

impl Rewrite for Branches<'_> {
    fn expr_lambda(&mut self, meta: Meta, params: Vec<a::Pattern>, body: Box<a::Expr>) -> b::Expr {
        let body = self.expr(*body);
        self.function(meta, params, Reason::Binding, body)
    }

    fn expr_clauses(&mut self, meta: Meta, clauses: Vec<a::Clause>) -> b::Expr {
        self.clauses(meta, clauses)
    }

    fn expr_if(
        &mut self,
        meta: Meta,
        mut branches: Vec<(a::Expr, a::Expr)>,
        otherwise: Box<a::Expr>,
    ) -> b::Expr {
        let otherwise = self.expr(*otherwise);
        if branches.len() == 1
            && let Some((test, then)) = branches.pop()
        {
            let (test, then) = (self.expr(test), self.expr(then));
            return self.on_bool(meta, Reason::If, test, then, otherwise);
        }
        let mut arms: Vec<b::Arm> = branches
            .into_iter()
            .map(|(test, then)| {
                let (test, body) = (self.expr(test), self.expr(then));
                let pattern = b::Pattern::Wild { meta: test.meta() };
                b::Arm {
                    meta: body.meta(),
                    pattern,
                    guard: Some(test),
                    body,
                }
            })
            .collect();
        arms.push(arm(
            otherwise.meta(),
            b::Pattern::Wild {
                meta: otherwise.meta(),
            },
            otherwise,
        ));
        let subject = self.con(meta, "Unit");
        case(meta, Reason::If, subject, arms)
    }

    fn expr_match(
        &mut self,
        meta: Meta,
        reason: Reason,
        subject: Box<a::Expr>,
        arms: Vec<a::Arm>,
    ) -> b::Expr {
        let subject = self.expr(*subject);
        case(
            meta,
            reason,
            subject,
            arms.into_iter().map(|arm| self.arm(arm)).collect(),
        )
    }

    fn expr_or(&mut self, meta: Meta, subject: Box<a::Expr>, handler: Box<a::Handler>) -> b::Expr {
        let subject = self.expr(*subject);
        let at = subject.meta();
        let value = self.fresh("value", at.span);
        let mut arms = vec![self.on(
            at,
            "Ok",
            vec![b::Pattern::Bind {
                meta: at,
                binder: value,
            }],
            var(at, value),
        )];
        match *handler {
            a::Handler::Default { value } => {
                let value = self.expr(*value);
                let at = value.meta();
                arms.push(self.on(at, "Err", vec![b::Pattern::Wild { meta: at }], value));
            }
            a::Handler::Arms { arms: written } => {
                arms.extend(written.into_iter().map(|arm| self.arm(arm)))
            }
        }
        case(meta, Reason::Or, subject, arms)
    }

    fn expr_any(&mut self, meta: Meta, items: Vec<a::Expr>) -> b::Expr {
        let items = items.into_iter().map(|item| self.expr(item)).collect();
        self.logic(meta, items, true)
    }

    fn expr_all(&mut self, meta: Meta, items: Vec<a::Expr>) -> b::Expr {
        let items = items.into_iter().map(|item| self.expr(item)).collect();
        self.logic(meta, items, false)
    }

    fn expr_prefix(&mut self, meta: Meta, op: Operator, operand: Box<a::Expr>) -> b::Expr {
        let operand = self.expr(*operand);
        if op == Operator::Not {
            let fun = b::Expr::Global {
                meta,
                global: self.session.global(known::NOT),
            };
            b::Expr::Apply {
                meta,
                fun: Box::new(fun),
                args: vec![operand],
            }
        } else {
            b::Expr::Negate {
                meta,
                operand: Box::new(operand),
            }
        }
    }

    fn expr_block(
        &mut self,
        meta: Meta,
        statements: Vec<a::Stmt>,
        result: Box<a::Expr>,
    ) -> b::Expr {
        let mut binds = Vec::with_capacity(statements.len());
        for a::Stmt::Let {
            meta,
            pattern,
            recursive,
            value,
        } in statements
        {
            let value = self.expr(value);
            let (first, more) = self.destructure(meta, pattern, recursive, value);
            binds.push(first);
            binds.extend(more);
        }
        let body = self.expr(*result);
        if binds.is_empty() {
            return body;
        }
        b::Expr::Let {
            meta,
            binds,
            body: Box::new(body),
        }
    }

    fn expr_do(&mut self, meta: Meta, statements: Vec<a::Step>, tail: Box<a::Expr>) -> b::Expr {
        let mut steps = Vec::with_capacity(statements.len());
        for step in statements {
            steps.push(self.step(step));
            steps.extend(self.more.drain(..).map(|bind| b::Step::Let {
                meta: bind.meta,
                bind,
            }));
        }
        b::Expr::Do {
            meta,
            steps,
            tail: Box::new(self.expr(*tail)),
        }
    }

    fn step_run(
        &mut self,
        meta: Meta,
        reason: Reason,
        pattern: a::Pattern,
        effect: a::Expr,
    ) -> b::Step {
        let effect = self.expr(effect);
        let (binder, rest) = self.name_pattern(pattern, "value");
        if let Some(pattern) = rest {
            self.more = self.projections(meta, binder, &pattern);
        }
        b::Step::Run {
            meta,
            reason,
            binder,
            effect,
        }
    }

    fn step_let(
        &mut self,
        meta: Meta,
        pattern: a::Pattern,
        recursive: Flag,
        value: a::Expr,
    ) -> b::Step {
        let value = self.expr(value);
        let (first, more) = self.destructure(meta, pattern, recursive, value);
        self.more = more;
        b::Step::Let { meta, bind: first }
    }
}

fn bind(meta: Meta, binder: Binder, recursive: Flag, value: b::Expr) -> b::Bind {
    b::Bind {
        meta,
        binder,
        recursive,
        value,
    }
}

fn var(meta: Meta, binder: Binder) -> b::Expr {
    b::Expr::Var {
        meta,
        var: binder.var,
    }
}

fn arm(meta: Meta, pattern: b::Pattern, body: b::Expr) -> b::Arm {
    b::Arm {
        meta,
        pattern,
        guard: None,
        body,
    }
}

fn case(meta: Meta, reason: Reason, subject: b::Expr, arms: Vec<b::Arm>) -> b::Expr {
    b::Expr::Case {
        meta,
        reason,
        subject: Box::new(subject),
        arms,
    }
}

/// A tuple; of one item, that item.
fn tuple(meta: Meta, mut items: Vec<b::Expr>) -> b::Expr {
    match items.pop() {
        Some(item) if items.is_empty() => item,
        last => {
            items.extend(last);
            b::Expr::Tuple { meta, items }
        }
    }
}

/// The same for a pattern.
fn pattern_tuple(meta: Meta, mut items: Vec<b::Pattern>) -> b::Pattern {
    match items.pop() {
        Some(item) if items.is_empty() => item,
        last => {
            items.extend(last);
            b::Pattern::Tuple { meta, items }
        }
    }
}
