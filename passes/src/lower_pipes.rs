//! `lower-pipes`: `plain-literals` → `no-pipes`
//!
//! `|>` becomes application and `??` a match on the `Option`.
//!
//! ```text
//! xs |> filter p |> sum      sum (filter p xs)
//! order |> .total            order ? | it => it.total
//! a ?? b                     a ? | Some v => v | None => b
//! ```
//!
//! Design: the value is the last argument of the application that stands there, so `x |> f a` is one call of two
//! arguments and not a call of a partial application. A function that is written where it is called is a match, because
//! then the type of its parameter is known before its body is looked at.
//! A pipe or a chain of operators may be as long as a file, and a tree must stay shallow. So every 64 links the value
//! so far is named, by a match on a plain variable and not by a `let`, because what a match binds is not generalised:
//! the program means the same for the type checker, wherever it is cut. A long `??` is cut into halves instead, each
//! an `Option`, because its right side must wait until it is needed.

use ir_defs::Session;
use ir_defs::no_pipes as b;
use ir_defs::plain_literals as a;
use ir_defs::plain_literals_to_no_pipes::Rewrite;
use ir_defs::terminals::{Binder, Reason};
use nanopass::{Meta, VarId};

/// How many links nest before the value so far gets a name.
const LIMIT: usize = 64;

/// Turns pipes into applications.
pub fn run(program: a::Entry, session: &mut Session) -> b::Entry {
    Pipes { session }.program(program)
}

struct Pipes<'s> {
    session: &'s mut Session,
}

/// Values that got names, the first one first; each may use those before it.
#[derive(Default)]
struct Named(Vec<(VarId, b::Expr)>);

impl Named {
    /// Gives `value` a name and returns its use.
    fn name(&mut self, value: b::Expr, session: &mut Session) -> b::Expr {
        let meta = value.meta();
        let var = session.core.fresh_named("so_far", meta.span);
        self.0.push((var, value));
        b::Expr::Var { meta, var }
    }

    /// The names around their uses.
    fn around(self, meta: Meta, body: b::Expr) -> b::Expr {
        self.0.into_iter().rev().fold(body, |body, (var, value)| {
            let pattern = b::Pattern::Bind {
                meta: value.meta(),
                binder: Binder::untyped(var),
            };
            match_(meta, Reason::Project, value, vec![arm(meta, pattern, body)])
        })
    }
}

impl Pipes<'_> {
    /// `first ?? … ?? last`, from the right.
    fn coalesce(&mut self, meta: Meta, items: Vec<b::Expr>, last: b::Expr) -> b::Expr {
        items.into_iter().rev().fold(last, |otherwise, item| {
            let meta = Meta::at(item.meta().span.to(meta.span));
            let var = self.session.core.fresh_named("value", item.meta().span);
            let some = self.some(
                item.meta(),
                b::Pattern::Bind {
                    meta: item.meta(),
                    binder: Binder::untyped(var),
                },
            );
            let content = arm(
                item.meta(),
                some,
                b::Expr::Var {
                    meta: item.meta(),
                    var,
                },
            );
            let none = self.none(item.meta());
            let default = arm(otherwise.meta(), none, otherwise);
            match_(meta, Reason::Coalesce, item, vec![content, default])
        })
    }

    /// The first of the options that is not `None`, or else the last one.
    fn first_some(&mut self, meta: Meta, mut items: Vec<b::Expr>) -> b::Expr {
        if items.len() > 1 {
            let right = items.split_off(items.len() / 2);
            let (left, right) = (self.first_some(meta, items), self.first_some(meta, right));
            let var = self.session.core.fresh_named("option", meta.span);
            let some = Box::new(self.some(meta, b::Pattern::Wild { meta }));
            let whole = b::Pattern::As {
                meta,
                binder: Binder::untyped(var),
                pattern: some,
            };
            let none = self.none(meta);
            let arms = vec![
                arm(meta, whole, b::Expr::Var { meta, var }),
                arm(meta, none, right),
            ];
            return match_(meta, Reason::Coalesce, left, arms);
        }
        items.pop().unwrap_or(b::Expr::Error { meta })
    }

    fn some(&mut self, meta: Meta, content: b::Pattern) -> b::Pattern {
        b::Pattern::Con {
            meta,
            con: self.session.constructors.id("Some"),
            args: vec![content],
        }
    }

    fn none(&mut self, meta: Meta) -> b::Pattern {
        b::Pattern::Con {
            meta,
            con: self.session.constructors.id("None"),
            args: Vec::new(),
        }
    }
}

impl Rewrite for Pipes<'_> {
    fn expr_pipe(&mut self, meta: Meta, first: Box<a::Expr>, steps: Vec<a::Expr>) -> b::Expr {
        let mut value = self.expr(*first);
        let mut named = Named::default();
        for (index, step) in steps.into_iter().enumerate() {
            if index > 0 && index % LIMIT == 0 {
                value = named.name(value, self.session);
            }
            let meta = Meta::at(value.meta().span.to(step.meta().span));
            value = match self.expr(step) {
                b::Expr::Apply { fun, mut args, .. } => {
                    args.push(value);
                    b::Expr::Apply { meta, fun, args }
                }
                b::Expr::Lambda {
                    mut params, body, ..
                } if params.len() == 1 => match params.pop() {
                    Some(param) => match_(
                        meta,
                        Reason::Binding,
                        value,
                        vec![arm(body.meta(), param, *body)],
                    ),
                    None => *body,
                },
                fun => b::Expr::Apply {
                    meta,
                    fun: Box::new(fun),
                    args: vec![value],
                },
            };
        }
        named.around(meta, value)
    }

    fn expr_coalesce(&mut self, meta: Meta, first: Box<a::Expr>, rest: Vec<a::Expr>) -> b::Expr {
        let mut items = vec![self.expr(*first)];
        items.extend(rest.into_iter().map(|item| self.expr(item)));
        let Some(last) = items.pop() else {
            return b::Expr::Error { meta };
        };
        if items.len() > LIMIT {
            items = vec![self.first_some(meta, items)];
        }
        self.coalesce(meta, items, last)
    }

    fn expr_chain(&mut self, meta: Meta, first: Box<a::Expr>, links: Vec<a::Link>) -> b::Expr {
        let mut named = Named::default();
        let mut first = self.expr(*first);
        let mut now = Vec::new();
        for link in links {
            if now.len() == LIMIT {
                let meta = Meta::at(first.meta().span.to(link.meta.span));
                let value = b::Expr::Chain {
                    meta,
                    first: Box::new(first),
                    links: std::mem::take(&mut now),
                };
                first = named.name(value, self.session);
            }
            now.push(self.link(link));
        }
        named.around(
            meta,
            b::Expr::Chain {
                meta,
                first: Box::new(first),
                links: now,
            },
        )
    }
}

fn match_(meta: Meta, reason: Reason, subject: b::Expr, arms: Vec<b::Arm>) -> b::Expr {
    b::Expr::Match {
        meta,
        reason,
        subject: Box::new(subject),
        arms,
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
