//! `lower-generators`: `no-pipes` → `no-generators`
//!
//! A `generate` block becomes a function of nothing that gives the next element and the generator of the rest.
//!
//! ```text
//! generate {                        generating (_ =>
//!   x <- xs                           each (source xs) (x more =>
//!   x -> x > 2                          if x > 2
//!   yield x                             then yielding x more
//! }                                     else next more) empty)
//!
//! loop n = 0 => {                   looping 0 (again n more =>
//!   yield n                           yielding n (make (_ => again (n + 1) more))) empty
//!   recurse n + 1
//! }
//! ```
//!
//! Design: statements are compiled with the generator that comes after them, their *continuation*: a `yield` hands it
//! out, a guard that fails asks it for its next element, and what is drawn from a source for one element continues
//! with the rest of that source. So an element costs the same however many blocks and loops it comes out of, `recurse`
//! at the end of a loop is a tail call, and `recurse` before other statements interleaves as it reads. A continuation
//! is a function that is made and not called, so nothing is computed before it is asked for. A loop is a call of the
//! library and no recursive binding, because its state has the type of its first value, which has to be known before
//! the body is typed; a binding would be generalised before it.

use ir_defs::no_generators as b;
use ir_defs::no_pipes as a;
use ir_defs::no_pipes_to_no_generators::Rewrite;
use ir_defs::terminals::{Binder, Reason};
use ir_defs::{Session, known};
use nanopass::{Diagnostic, Meta, VarId};

use crate::codes;

/// How many elements in a row are functions in a list; fewer nest.
const ROW: usize = 4;
/// How many statements of a block nest in each other.
const DEPTH_LIMIT: usize = 1_000;

/// Turns `generate` blocks into step functions.
pub fn run(program: a::Entry, session: &mut Session) -> b::Entry {
    Generators {
        session,
        loops: Vec::new(),
        depth: 0,
    }
    .program(program)
}

struct Generators<'s> {
    session: &'s mut Session,
    /// The functions that begin the loops around the current statement anew, the innermost last.
    loops: Vec<VarId>,
    /// How many statements of the current block are around the current one.
    depth: usize,
}

/// What comes after the statements of a block.
#[derive(Clone, Copy)]
enum Rest {
    Nothing,
    Generator(VarId),
}

type Statements = std::iter::Peekable<std::vec::IntoIter<a::Stmt>>;

impl Generators<'_> {
    /// The next element of what statements generate: an `Option` of it and the generator after it.
    fn step(&mut self, meta: Meta, mut statements: Statements, rest: Rest) -> b::Expr {
        let Some(statement) = statements.next() else {
            return self.end(meta, rest);
        };
        self.depth += 1;
        let step = if self.depth > DEPTH_LIMIT {
            if self.depth == DEPTH_LIMIT + 1 {
                self.too_deep(statement.meta());
            }
            b::Expr::Error { meta }
        } else {
            self.statement(meta, statement, statements, rest)
        };
        self.depth -= 1;
        step
    }

    fn statement(
        &mut self,
        block: Meta,
        statement: a::Stmt,
        mut more: Statements,
        rest: Rest,
    ) -> b::Expr {
        match statement {
            a::Stmt::Let { .. } => {
                let mut lets = vec![self.stmt(statement)];
                while let Some(next) = more.next_if(|next| matches!(next, a::Stmt::Let { .. })) {
                    lets.push(self.stmt(next));
                }
                b::Expr::Block {
                    meta: block,
                    statements: lets,
                    result: Box::new(self.step(block, more, rest)),
                }
            }
            a::Stmt::Run {
                meta,
                pattern,
                source,
                ..
            } => {
                let source = self.expr(source);
                let source = b::Expr::Source {
                    meta: source.meta(),
                    collection: Box::new(source),
                };
                let after = self.fresh("more", meta);
                let body = self.step(block, more, Rest::Generator(after));
                let body = lambda(meta, vec![pattern, bind(meta, after)], body);
                let rest = self.generator(meta, rest);
                self.call(meta, known::GENERATOR_EACH, vec![source, body, rest])
            }
            a::Stmt::Yield { meta, value } => {
                let mut values = vec![(meta, self.expr(value))];
                while let Some(a::Stmt::Yield { meta, value }) =
                    more.next_if(|next| matches!(next, a::Stmt::Yield { .. }))
                {
                    values.push((meta, self.expr(value)));
                }
                self.yields(block, values, more, rest)
            }
            a::Stmt::Guard {
                meta,
                subject,
                predicate,
            } => {
                let test = self.condition(subject, predicate);
                let yes = self.step(block, more, rest);
                let no = self.end(meta, rest);
                let arms = vec![self.arm(meta, "True", yes), self.arm(meta, "False", no)];
                match_(block, Reason::Guard, test, arms)
            }
            a::Stmt::Loop {
                meta,
                pattern,
                initial,
                body,
            } => {
                let initial = self.expr(initial);
                let (again, after) = (self.fresh("again", meta), self.fresh("more", meta));
                self.loops.push(again);
                let body = self.step(meta, body.into_iter().peekable(), Rest::Generator(after));
                self.loops.pop();
                let params = vec![bind(meta, again), pattern, bind(meta, after)];
                let body = lambda(meta, params, body);
                let rest = self.later(block, more, rest);
                self.call(meta, known::GENERATOR_LOOPING, vec![initial, body, rest])
            }
            a::Stmt::Recurse { meta, value } => {
                let value = self.expr(value);
                let rest = self.later(block, more, rest);
                match self.loops.last() {
                    Some(&var) => b::Expr::Apply {
                        meta,
                        fun: Box::new(b::Expr::Var { meta, var }),
                        args: vec![value, rest],
                    },
                    None => b::Expr::Error { meta },
                }
            }
            // `resolve-names` has reported it.
            a::Stmt::Expr { .. } => self.step(block, more, rest),
        }
    }

    /// Elements in a row, and what comes after them. The first one is computed here and now.
    fn yields(
        &mut self,
        block: Meta,
        values: Vec<(Meta, b::Expr)>,
        more: Statements,
        rest: Rest,
    ) -> b::Expr {
        let after = self.later(block, more, rest);
        if values.len() >= ROW {
            let items = values
                .into_iter()
                .map(|(meta, value)| lambda(meta, vec![b::Pattern::Wild { meta }], value))
                .collect();
            let items = b::Expr::List { meta: block, items };
            return self.call(block, known::GENERATOR_YIELDS, vec![items, after]);
        }
        let mut values = values.into_iter().rev();
        let Some((meta, last)) = values.next() else {
            return self.end(block, rest);
        };
        let mut step = self.call(meta, known::GENERATOR_YIELD, vec![last, after]);
        for (meta, value) in values {
            let after = self.make(meta, step);
            step = self.call(meta, known::GENERATOR_YIELD, vec![value, after]);
        }
        step
    }

    /// What statements generate, as a generator of which nothing is computed yet.
    fn later(&mut self, block: Meta, mut statements: Statements, rest: Rest) -> b::Expr {
        match statements.peek() {
            None => self.generator(block, rest),
            Some(first) => {
                let meta = first.meta();
                let step = self.step(block, statements, rest);
                self.make(meta, step)
            }
        }
    }

    /// `make (_ => step)`
    fn make(&mut self, meta: Meta, step: b::Expr) -> b::Expr {
        let step = lambda(meta, vec![b::Pattern::Wild { meta }], step);
        self.call(meta, known::GENERATOR_MAKE, vec![step])
    }

    fn generator(&mut self, meta: Meta, rest: Rest) -> b::Expr {
        match rest {
            Rest::Nothing => b::Expr::Global {
                meta,
                global: self.session.global(known::GENERATOR_EMPTY),
            },
            Rest::Generator(var) => b::Expr::Var { meta, var },
        }
    }

    /// The next element where the statements have none.
    fn end(&mut self, meta: Meta, rest: Rest) -> b::Expr {
        match rest {
            Rest::Nothing => b::Expr::Con {
                meta,
                con: self.session.constructors.id("None"),
            },
            Rest::Generator(var) => {
                let args = vec![b::Expr::Var { meta, var }];
                self.call(meta, known::GENERATOR_NEXT, args)
            }
        }
    }

    /// Whether a guard lets its subject pass.
    fn condition(&mut self, subject: a::Expr, predicate: a::Expr) -> b::Expr {
        let subject = self.expr(subject);
        match self.expr(predicate) {
            b::Expr::Lambda {
                meta,
                mut params,
                body,
            } if params.len() == 1 => match params.pop() {
                // A match on a plain name knows its type before the condition is looked at.
                Some(pattern) => {
                    let arm = b::Arm {
                        meta: body.meta(),
                        pattern,
                        guard: None,
                        body: *body,
                    };
                    match_(meta, Reason::Binding, subject, vec![arm])
                }
                None => *body,
            },
            predicate => b::Expr::Apply {
                meta: predicate.meta(),
                fun: Box::new(predicate),
                args: vec![subject],
            },
        }
    }

    fn arm(&mut self, meta: Meta, con: &str, body: b::Expr) -> b::Arm {
        let con = self.session.constructors.id(con);
        b::Arm {
            meta,
            pattern: b::Pattern::Con {
                meta,
                con,
                args: Vec::new(),
            },
            guard: None,
            body,
        }
    }

    fn call(&mut self, meta: Meta, name: &str, args: Vec<b::Expr>) -> b::Expr {
        let fun = b::Expr::Global {
            meta,
            global: self.session.global(name),
        };
        b::Expr::Apply {
            meta,
            fun: Box::new(fun),
            args,
        }
    }

    fn fresh(&mut self, name: &str, meta: Meta) -> VarId {
        self.session.core.fresh_named(name, meta.span)
    }

    fn too_deep(&mut self, meta: Meta) {
        self.session.report(
            Diagnostic::error(
                codes::TOO_DEEP,
                format!(
                    "this block has more than {DEPTH_LIMIT} statements that depend on each other"
                ),
            )
            .at(meta.span, "")
            .help("yield the elements of several shorter generators: `x <- other; yield x`"),
        );
    }
}

impl Rewrite for Generators<'_> {
    fn expr_generate(&mut self, meta: Meta, statements: Vec<a::Stmt>) -> b::Expr {
        let loops = std::mem::take(&mut self.loops);
        let depth = std::mem::take(&mut self.depth);
        let step = self.step(meta, statements.into_iter().peekable(), Rest::Nothing);
        (self.loops, self.depth) = (loops, depth);
        let step = lambda(meta, vec![b::Pattern::Wild { meta }], step);
        self.call(meta, known::GENERATOR_BLOCK, vec![step])
    }

    fn stmt_guard(&mut self, meta: Meta, _subject: a::Expr, _predicate: a::Expr) -> b::Stmt {
        misplaced(meta)
    }

    fn stmt_loop(
        &mut self,
        meta: Meta,
        _pattern: a::Pattern,
        _initial: a::Expr,
        _body: Vec<a::Stmt>,
    ) -> b::Stmt {
        misplaced(meta)
    }

    fn stmt_recurse(&mut self, meta: Meta, _value: a::Expr) -> b::Stmt {
        misplaced(meta)
    }
}

/// What stands for a statement of a generator outside of one, which `build-ast` reports.
fn misplaced(meta: Meta) -> b::Stmt {
    b::Stmt::Let {
        meta,
        pattern: b::Pattern::Wild { meta },
        recursive: ir_defs::terminals::Flag(false),
        value: b::Expr::Error { meta },
    }
}

fn bind(meta: Meta, var: VarId) -> b::Pattern {
    b::Pattern::Bind {
        meta,
        binder: Binder::untyped(var),
    }
}

fn lambda(meta: Meta, params: Vec<b::Pattern>, body: b::Expr) -> b::Expr {
    b::Expr::Lambda {
        meta,
        params,
        body: Box::new(body),
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
