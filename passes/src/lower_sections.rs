//! `lower-sections`: `hir` → `no-sections`
//!
//! Sections, accessors and predicates become lambdas; parentheses, which only bounded sections, go.
//!
//! ```text
//! tags: append _ ["vip"]      tags: it => append it ["vip"]
//! (_ * 2)                     it => it * 2
//! .owner.name                 it => it.owner.name
//! filter (price > 80)         filter (element => element.price > 80)
//! ```
//!
//! Design: each place that bounds a section opens a frame. A `_` fills the innermost frame with a variable, and a
//! frame that is filled when it closes becomes a lambda. So no expression is walked twice, and a `_` finds its
//! lambda however deep it stands: arguments, blocks, interpolations and branches open no frame.
//! A predicate is a frame that is filled from the beginning, by its element.

use ir_defs::Session;
use ir_defs::hir as a;
use ir_defs::hir_to_no_sections::{self as edge, Rewrite};
use ir_defs::no_sections as b;
use ir_defs::terminals::{Binder, Flag, Reason};
use nanopass::{Diagnostic, Meta, Span, Symbol, VarId};

use crate::codes;

/// Turns sections into lambdas.
pub fn run(program: a::Entry, session: &mut Session) -> b::Entry {
    Sections {
        session,
        frames: Vec::new(),
    }
    .program(program)
}

struct Sections<'s> {
    session: &'s mut Session,
    frames: Vec<Frame>,
}

/// What may become the body of a lambda.
#[derive(Default)]
struct Frame {
    parameter: Option<VarId>,
    /// Where the first `_` stands.
    hole: Option<Span>,
    reported: bool,
}

impl Sections<'_> {
    /// Rewrites an expression that bounds the sections inside it.
    fn bounded(&mut self, expr: a::Expr) -> b::Expr {
        self.framed(expr, Frame::default())
    }

    fn framed(&mut self, expr: a::Expr, frame: Frame) -> b::Expr {
        let meta = expr.meta();
        self.frames.push(frame);
        let body = self.expr(expr);
        self.close(meta, body)
    }

    /// Closes the innermost frame around `body`.
    fn close(&mut self, meta: Meta, body: b::Expr) -> b::Expr {
        match self.frames.pop() {
            // What its type would be is not known, so that nothing more is said of it.
            Some(Frame { reported: true, .. }) => b::Expr::Error { meta },
            Some(Frame {
                parameter: Some(var),
                hole,
                reported: false,
            }) => {
                let meta_of_hole = hole.map_or(meta, Meta::at);
                lambda(
                    meta,
                    b::Pattern::Bind {
                        meta: meta_of_hole,
                        binder: Binder::untyped(var),
                    },
                    body,
                )
            }
            _ => body,
        }
    }

    fn match_(
        &mut self,
        meta: Meta,
        reason: Reason,
        subject: a::Expr,
        arms: Vec<a::Arm>,
    ) -> b::Expr {
        b::Expr::Match {
            meta,
            reason,
            subject: Box::new(self.expr(subject)),
            arms: arms.into_iter().map(|arm| self.arm(arm)).collect(),
        }
    }
}

impl Rewrite for Sections<'_> {
    fn define(&mut self, node: a::Define) -> b::Define {
        let a::Define {
            meta,
            global,
            signature,
            value,
        } = node;
        b::Define {
            meta,
            global,
            signature,
            value: value.map(|value| self.bounded(value)),
        }
    }

    fn member(&mut self, node: a::Member) -> b::Member {
        let a::Member {
            meta,
            global,
            signature,
            default,
        } = node;
        b::Member {
            meta,
            global,
            signature,
            default: default.map(|value| self.bounded(value)),
        }
    }

    fn method(&mut self, node: a::Method) -> b::Method {
        let a::Method {
            meta,
            member,
            value,
        } = node;
        b::Method {
            meta,
            member,
            value: self.bounded(value),
        }
    }

    fn expr_hole(&mut self, meta: Meta) -> b::Expr {
        let Some(frame) = self.frames.last_mut() else {
            return b::Expr::Error { meta };
        };
        if let (Some(first), false) = (frame.hole, frame.reported) {
            frame.reported = true;
            self.session.report(
                Diagnostic::error(codes::TWO_HOLES, "a section has only one `_`")
                    .at(meta.span, "the second `_`")
                    .label(first, "the first `_`")
                    .help("name the parameters instead: `x y => …`"),
            );
            return b::Expr::Error { meta };
        }
        frame.hole.get_or_insert(meta.span);
        let core = &mut self.session.core;
        let var = *frame
            .parameter
            .get_or_insert_with(|| core.fresh_named("it", meta.span));
        b::Expr::Var { meta, var }
    }

    fn expr_paren(&mut self, _meta: Meta, inner: Box<a::Expr>) -> b::Expr {
        self.bounded(*inner)
    }

    fn expr_accessor(&mut self, meta: Meta, labels: Vec<Symbol>) -> b::Expr {
        let var = self.session.core.fresh_named("it", meta.span);
        let body = labels
            .into_iter()
            .fold(b::Expr::Var { meta, var }, |record, label| {
                b::Expr::Select {
                    meta,
                    record: Box::new(record),
                    label,
                }
            });
        lambda(
            meta,
            b::Pattern::Bind {
                meta,
                binder: Binder::untyped(var),
            },
            body,
        )
    }

    fn expr_predicate(&mut self, meta: Meta, element: Binder, body: Box<a::Expr>) -> b::Expr {
        let param = b::Pattern::Bind {
            meta,
            binder: element,
        };
        match strip(*body) {
            // A predicate that is a pattern: `filter (Some _)`.
            a::Expr::Match {
                meta,
                subject,
                arms,
            } if is_var(&subject, element.var) => {
                let body = self.match_(meta, Reason::Predicate, *subject, arms);
                lambda(meta, param, body)
            }
            body => self.framed(
                body,
                Frame {
                    parameter: Some(element.var),
                    ..Frame::default()
                },
            ),
        }
    }

    fn expr_match(&mut self, meta: Meta, subject: Box<a::Expr>, arms: Vec<a::Arm>) -> b::Expr {
        self.match_(meta, Reason::Match, *subject, arms)
    }

    fn expr_lambda(&mut self, meta: Meta, params: Vec<a::Pattern>, body: Box<a::Expr>) -> b::Expr {
        b::Expr::Lambda {
            meta,
            params,
            body: Box::new(self.bounded(*body)),
        }
    }

    fn clause(&mut self, node: a::Clause) -> b::Clause {
        let a::Clause {
            meta,
            patterns,
            guard,
            body,
        } = node;
        b::Clause {
            meta,
            patterns,
            guard: guard.map(|guard| self.expr(guard)),
            body: self.bounded(body),
        }
    }

    fn arm(&mut self, node: a::Arm) -> b::Arm {
        let a::Arm {
            meta,
            pattern,
            guard,
            body,
        } = node;
        b::Arm {
            meta,
            pattern,
            guard: guard.map(|guard| self.expr(guard)),
            body: self.bounded(body),
        }
    }

    fn expr_pipe(&mut self, meta: Meta, first: Box<a::Expr>, steps: Vec<a::Expr>) -> b::Expr {
        let first = Box::new(self.bounded(*first));
        b::Expr::Pipe {
            meta,
            first,
            steps: steps.into_iter().map(|step| self.bounded(step)).collect(),
        }
    }

    /// The parentheses of a tuple are parentheses: `(_, 1)` is `x => (x, 1)`.
    fn expr_tuple(&mut self, meta: Meta, items: Vec<a::Expr>) -> b::Expr {
        self.frames.push(Frame::default());
        let body = edge::walk_expr_tuple(self, meta, items);
        self.close(meta, body)
    }

    fn element_item(&mut self, meta: Meta, value: a::Expr) -> b::Element {
        b::Element::Item {
            meta,
            value: self.bounded(value),
        }
    }

    fn element_spread(&mut self, meta: Meta, value: a::Expr) -> b::Element {
        b::Element::Spread {
            meta,
            value: self.bounded(value),
        }
    }

    fn element_range(&mut self, meta: Meta, from: a::Expr, to: a::Expr) -> b::Element {
        b::Element::Range {
            meta,
            from: self.bounded(from),
            to: self.bounded(to),
        }
    }

    fn expr_patch_function(&mut self, meta: Meta, entries: Vec<a::PatchEntry>) -> b::Expr {
        let var = self.session.core.fresh_named("it", meta.span);
        let entries = entries
            .into_iter()
            .map(|entry| self.patch_entry(entry))
            .collect();
        let param = b::Pattern::Bind {
            meta,
            binder: Binder::untyped(var),
        };
        let target = Box::new(b::Expr::Var { meta, var });
        lambda(
            meta,
            param,
            b::Expr::Patch {
                meta,
                target,
                entries,
            },
        )
    }

    fn patch_step_key(&mut self, meta: Meta, key: a::Expr) -> b::PatchStep {
        b::PatchStep::Key {
            meta,
            key: self.bounded(key),
        }
    }

    fn patch_step_where(&mut self, meta: Meta, predicate: a::Expr) -> b::PatchStep {
        b::PatchStep::Where {
            meta,
            predicate: self.bounded(predicate),
        }
    }

    fn instruction_apply(&mut self, value: a::Expr) -> b::Instruction {
        b::Instruction::Apply {
            value: self.bounded(value),
        }
    }

    fn instruction_store(&mut self, value: a::Expr) -> b::Instruction {
        b::Instruction::Store {
            value: self.bounded(value),
        }
    }

    fn map_entry_entry(&mut self, meta: Meta, key: a::Expr, value: a::Expr) -> b::MapEntry {
        b::MapEntry::Entry {
            meta,
            key: self.bounded(key),
            value: self.bounded(value),
        }
    }

    fn map_entry_spread(&mut self, meta: Meta, value: a::Expr) -> b::MapEntry {
        b::MapEntry::Spread {
            meta,
            value: self.bounded(value),
        }
    }

    fn field_init_set(&mut self, meta: Meta, label: Symbol, value: a::Expr) -> b::FieldInit {
        b::FieldInit::Set {
            meta,
            label,
            value: self.bounded(value),
        }
    }

    fn field_init_spread(&mut self, meta: Meta, value: a::Expr) -> b::FieldInit {
        b::FieldInit::Spread {
            meta,
            value: self.bounded(value),
        }
    }

    fn stmt_let(
        &mut self,
        meta: Meta,
        pattern: a::Pattern,
        recursive: Flag,
        value: a::Expr,
    ) -> b::Stmt {
        b::Stmt::Let {
            meta,
            pattern,
            recursive,
            value: self.bounded(value),
        }
    }

    fn stmt_run(
        &mut self,
        meta: Meta,
        pattern: a::Pattern,
        source: a::Expr,
        handler: Option<a::Handler>,
    ) -> b::Stmt {
        let source = self.bounded(source);
        b::Stmt::Run {
            meta,
            pattern,
            source,
            handler: handler.map(|handler| self.handler(handler)),
        }
    }

    fn stmt_yield(&mut self, meta: Meta, value: a::Expr) -> b::Stmt {
        b::Stmt::Yield {
            meta,
            value: self.bounded(value),
        }
    }

    fn stmt_loop(
        &mut self,
        meta: Meta,
        pattern: a::Pattern,
        initial: a::Expr,
        body: Vec<a::Stmt>,
    ) -> b::Stmt {
        b::Stmt::Loop {
            meta,
            pattern,
            initial: self.bounded(initial),
            body: body.into_iter().map(|stmt| self.stmt(stmt)).collect(),
        }
    }

    fn stmt_recurse(&mut self, meta: Meta, value: a::Expr) -> b::Stmt {
        b::Stmt::Recurse {
            meta,
            value: self.bounded(value),
        }
    }
}

fn lambda(meta: Meta, param: b::Pattern, body: b::Expr) -> b::Expr {
    b::Expr::Lambda {
        meta,
        params: vec![param],
        body: Box::new(body),
    }
}

/// The expression without the parentheses around it.
fn strip(expr: a::Expr) -> a::Expr {
    match expr {
        a::Expr::Paren { inner, .. } => strip(*inner),
        other => other,
    }
}

fn is_var(expr: &a::Expr, var: VarId) -> bool {
    matches!(expr, a::Expr::Var { var: other, .. } if *other == var)
}
