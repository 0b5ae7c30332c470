//! `lower-effects`: `no-generators` → `no-blocks`
//!
//! An `effect` block becomes one flat `Do`: steps in order, and the effect whose result is the block's.
//!
//! ```text
//! effect {                          do
//!   x <- read p or "none"             run  result <- attempt (read p)
//!                                     run  x <- pure (result ? | Ok value => value | Err _ => "none")
//!   print x                           run  statement _ <- print x
//!   if big x then warn else Unit      if big x then warn else pure Unit
//! }
//! ```
//!
//! A `resource` block becomes a call of the library on such a `Do`, which gives what is yielded and the effect that
//! releases it.
//!
//! ```text
//! resource {                        make (do
//!   h <- open p                       run  h <- open p
//!   yield h                ──►        pure (h, do close h))
//!   close h
//! }
//! ```
//!
//! Design: a fallback is a match on what `attempt` gives. Both sides are values, not effects: `or` says what the failed
//! effect would have given. So the match gives a value where no failure is left, which is exactly when the last arm is
//! unguarded and cannot fail, by its shape alone. Otherwise a last arm fails on, and all arms are effects.

use ir_defs::no_blocks as b;
use ir_defs::no_generators as a;
use ir_defs::no_generators_to_no_blocks::{Rewrite, walk_expr_block};
use ir_defs::tables::ConId;
use ir_defs::terminals::{Binder, Flag, Reason};
use ir_defs::{Session, known};
use nanopass::{Diagnostic, Meta, VarId};
use rustc_hash::FxHashSet;

use crate::codes;

/// Turns effect blocks into `Do`.
pub fn run(program: a::Entry, session: &mut Session) -> b::Entry {
    let mut single: FxHashSet<ConId> = program
        .data
        .iter()
        .filter(|data| data.constructors.len() == 1)
        .flat_map(|data| data.constructors.iter().map(|constructor| constructor.con))
        .collect();
    single.insert(session.constructors.id("Unit"));
    Effects {
        session,
        single,
        lacks_keyword: false,
    }
    .program(program)
}

struct Effects<'s> {
    session: &'s mut Session,
    /// The constructors that are the only ones of their types.
    single: FxHashSet<ConId>,
    /// The block that is being rewritten lacks its keyword, which has been reported.
    lacks_keyword: bool,
}

impl Effects<'_> {
    /// `attempt source` as a step, and the effect that gives what it gave or what the handler makes of its failure.
    fn fallback(
        &mut self,
        meta: Meta,
        source: b::Expr,
        handler: a::Handler,
        steps: &mut Vec<b::Step>,
    ) -> b::Expr {
        let at = source.meta();
        let result = self.session.core.fresh_named("result", at.span);
        let attempt = self.call(at, known::ATTEMPT, source);
        steps.push(b::Step::Run {
            meta: at,
            reason: Reason::Fallback,
            pattern: bind(at, result),
            effect: attempt,
        });
        let (written, total) = match handler {
            a::Handler::Default { value } => {
                let meta = value.meta();
                let pattern = a::Pattern::Wild { meta };
                let arm = a::Arm {
                    meta,
                    pattern,
                    guard: None,
                    body: *value,
                };
                (vec![arm], true)
            }
            a::Handler::Arms { arms } => {
                let last = arms.last();
                let total =
                    last.is_some_and(|arm| arm.guard.is_none() && self.is_total(&arm.pattern));
                (arms, total)
            }
        };
        let value = self.session.core.fresh_named("value", at.span);
        let given = b::Expr::Var {
            meta: at,
            var: value,
        };
        let given = self.pure_unless(total, given);
        let mut arms = vec![self.arm_on(at, "Ok", bind(at, value), given)];
        for a::Arm {
            meta,
            pattern,
            guard,
            body,
        } in written
        {
            let guard = guard.map(|guard| self.expr(guard));
            let body = self.expr(body);
            let body = self.pure_unless(total, body);
            let arm = self.arm_on(pattern.meta(), "Err", pattern, body);
            arms.push(b::Arm { meta, guard, ..arm });
        }
        if !total {
            let error = self.session.core.fresh_named("error", meta.span);
            let again = b::Expr::Var { meta, var: error };
            let again = self.call(meta, known::FAIL, again);
            arms.push(self.arm_on(meta, "Err", bind(meta, error), again));
        }
        let subject = Box::new(b::Expr::Var {
            meta: at,
            var: result,
        });
        let chosen = b::Expr::Match {
            meta,
            reason: Reason::Fallback,
            subject,
            arms,
        };
        self.pure_unless(!total, chosen)
    }

    /// `pure value`, unless the value stands for itself.
    fn pure_unless(&mut self, plain: bool, value: b::Expr) -> b::Expr {
        if plain {
            value
        } else {
            self.call(value.meta(), known::PURE, value)
        }
    }

    fn arm_on(&mut self, meta: Meta, con: &str, content: b::Pattern, body: b::Expr) -> b::Arm {
        let con = self.session.constructors.id(con);
        b::Arm {
            meta,
            pattern: b::Pattern::Con {
                meta,
                con,
                args: vec![content],
            },
            guard: None,
            body,
        }
    }

    fn call(&mut self, meta: Meta, name: &str, arg: b::Expr) -> b::Expr {
        let fun = b::Expr::Global {
            meta,
            global: self.session.global(name),
        };
        b::Expr::Apply {
            meta,
            fun: Box::new(fun),
            args: vec![arg],
        }
    }

    fn pure_unit(&mut self, meta: Meta) -> b::Expr {
        let con = self.session.constructors.id("Unit");
        self.call(meta, known::PURE, b::Expr::Con { meta, con })
    }

    /// Whether a pattern matches every value of its type, judged by its shape.
    fn is_total(&self, pattern: &b::Pattern) -> bool {
        match pattern {
            b::Pattern::Wild { .. } | b::Pattern::Bind { .. } | b::Pattern::Error { .. } => true,
            b::Pattern::As { pattern, .. } => self.is_total(pattern),
            b::Pattern::Lit { .. } => false,
            b::Pattern::Con { con, args, .. } => {
                self.single.contains(con) && args.iter().all(|arg| self.is_total(arg))
            }
            b::Pattern::Tuple { items, .. } => items.iter().all(|item| self.is_total(item)),
            b::Pattern::List { items, rest, .. } => {
                items.is_empty() && rest.as_ref().is_some_and(|rest| self.is_total(rest))
            }
            b::Pattern::Record { fields, .. } => {
                fields.iter().all(|field| self.is_total(&field.pattern))
            }
        }
    }

    /// An expression that stands as a statement: in it, `else Unit` reads `else pure Unit`.
    fn statement(&mut self, expr: b::Expr) -> b::Expr {
        match expr {
            b::Expr::If {
                meta,
                branches,
                otherwise,
            } => {
                let branches = branches
                    .into_iter()
                    .map(|(test, then)| (test, self.statement(then)))
                    .collect();
                let unit = self.session.constructors.id("Unit");
                let otherwise = match *otherwise {
                    b::Expr::Con { meta, con } if con == unit => self.pure_unit(meta),
                    otherwise => self.statement(otherwise),
                };
                b::Expr::If {
                    meta,
                    branches,
                    otherwise: Box::new(otherwise),
                }
            }
            other => other,
        }
    }

    /// Statements in order; the last one, if it is an expression, is the result.
    fn block(&mut self, meta: Meta, mut statements: Vec<a::Stmt>) -> b::Expr {
        let last = statements.pop_if(|last| matches!(last, a::Stmt::Expr { .. }));
        let mut steps = Vec::with_capacity(statements.len());
        for statement in statements {
            let step = self.step(statement, &mut steps);
            steps.push(step);
        }
        let tail = match last {
            Some(a::Stmt::Expr {
                meta,
                value,
                handler,
            }) => self.performed(meta, value, handler, &mut steps),
            _ => self.pure_unit(meta),
        };
        b::Expr::Do {
            meta,
            steps,
            tail: Box::new(tail),
        }
    }

    /// A statement as a step; a fallback puts another one before it.
    fn step(&mut self, statement: a::Stmt, steps: &mut Vec<b::Step>) -> b::Step {
        match statement {
            a::Stmt::Let {
                meta,
                pattern,
                recursive,
                value,
            } => b::Step::Let {
                meta,
                pattern,
                recursive,
                value: self.expr(value),
            },
            a::Stmt::Run {
                meta,
                pattern,
                source,
                handler,
            } => {
                let source = self.expr(source);
                let effect = match handler {
                    Some(handler) => self.fallback(meta, source, handler, steps),
                    None => source,
                };
                b::Step::Run {
                    meta,
                    reason: Reason::Run,
                    pattern,
                    effect,
                }
            }
            a::Stmt::Expr {
                meta,
                value,
                handler,
            } => b::Step::Run {
                meta,
                reason: Reason::Statement,
                pattern: b::Pattern::Wild { meta },
                effect: self.performed(meta, value, handler, steps),
            },
            // Only a `resource` block has it, which takes it out.
            a::Stmt::Yield { meta, .. } => b::Step::Let {
                meta,
                pattern: b::Pattern::Wild { meta },
                recursive: Flag(false),
                value: b::Expr::Error { meta },
            },
        }
    }

    /// An expression that stands as a statement, with its fallback.
    fn performed(
        &mut self,
        meta: Meta,
        value: a::Expr,
        handler: Option<a::Handler>,
        steps: &mut Vec<b::Step>,
    ) -> b::Expr {
        let value = self.expr(value);
        let value = self.statement(value);
        match handler {
            Some(handler) => self.fallback(meta, value, handler, steps),
            None => value,
        }
    }

    /// What stands in a plain block although only an `effect` block has it.
    fn misplaced(&mut self, meta: Meta, what: &str, help: &str, pattern: b::Pattern) -> b::Stmt {
        if !std::mem::replace(&mut self.lacks_keyword, true) {
            self.session.report(
                Diagnostic::error(
                    codes::STATEMENT_IN_BLOCK,
                    format!("{what} outside of an `effect` block"),
                )
                .at(
                    meta.span,
                    "a block without `effect` holds only bindings and a result",
                )
                .help(help),
            );
        }
        b::Stmt::Let {
            meta,
            pattern,
            recursive: Flag(false),
            value: b::Expr::Error { meta },
        }
    }
}

impl Rewrite for Effects<'_> {
    fn expr_block(
        &mut self,
        meta: Meta,
        statements: Vec<a::Stmt>,
        result: Box<a::Expr>,
    ) -> b::Expr {
        let outer = std::mem::replace(&mut self.lacks_keyword, false);
        let block = walk_expr_block(self, meta, statements, result);
        self.lacks_keyword = outer;
        block
    }

    fn expr_effect(&mut self, meta: Meta, statements: Vec<a::Stmt>) -> b::Expr {
        self.block(meta, statements)
    }

    fn expr_resource(&mut self, meta: Meta, mut statements: Vec<a::Stmt>) -> b::Expr {
        let at = statements
            .iter()
            .position(|statement| matches!(statement, a::Stmt::Yield { .. }))
            .unwrap_or(statements.len());
        let mut after = statements.split_off(at).into_iter();
        let Some(a::Stmt::Yield {
            meta: yielded,
            value,
        }) = after.next()
        else {
            return b::Expr::Error { meta };
        };
        let mut steps = Vec::with_capacity(statements.len());
        for statement in statements {
            let step = self.step(statement, &mut steps);
            steps.push(step);
        }
        let value = self.expr(value);
        let release = self.block(meta, after.collect());
        let pair = b::Expr::Tuple {
            meta: yielded,
            items: vec![value, release],
        };
        let tail = Box::new(self.call(yielded, known::PURE, pair));
        self.call(meta, known::RESOURCE, b::Expr::Do { meta, steps, tail })
    }

    fn stmt_yield(&mut self, meta: Meta, _value: a::Expr) -> b::Stmt {
        let help = "`yield` stands in `generate` and `resource` blocks";
        self.misplaced(meta, "`yield`", help, b::Pattern::Wild { meta })
    }

    fn stmt_run(
        &mut self,
        meta: Meta,
        pattern: a::Pattern,
        _source: a::Expr,
        _handler: Option<a::Handler>,
    ) -> b::Stmt {
        self.misplaced(
            meta,
            "`<-`",
            "write `effect { … }` around the statements, or `=` for `<-`",
            pattern,
        )
    }

    fn stmt_expr(&mut self, meta: Meta, _value: a::Expr, _handler: Option<a::Handler>) -> b::Stmt {
        let help = "write `effect { … }` around the statements, or give the value a name";
        self.misplaced(meta, "a statement", help, b::Pattern::Wild { meta })
    }
}

fn bind(meta: Meta, var: VarId) -> b::Pattern {
    b::Pattern::Bind {
        meta,
        binder: Binder::untyped(var),
    }
}
