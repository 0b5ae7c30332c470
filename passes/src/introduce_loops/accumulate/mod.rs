//! Recursion under `+`, `*` and the joining of texts and lists becomes a loop that accumulates.
//!
//! ```text
//! (function sum [xs] …                       (function sum [xs.1] …
//!   (switch xs                                 (loop l [xs acc] [xs.1 0]
//!     (on-con Nil [] 0)                          (switch xs
//!     (on-con Cons [h t]                           (on-con Nil [] (prim int.add acc 0))
//!       (let s (call sum t))                       (on-con Cons [h t]
//!       (prim int.add h s))))                        (let acc.1 (prim int.add acc h)) (jump l t acc.1)))))
//! ```
//!
//! `Int` wraps, so `+` and `*` are associative and commutative whatever the numbers are: an operand that is known before
//! the call joins the accumulator before it. Of texts only associativity is used, so the call is always the first
//! operand of `++`, or always the last. Everything else keeps its place, and what stood after the call must be total,
//! because it is done before it. `fib` becomes a loop of half its calls, as a C compiler makes it.
//!
//! Where products and sums are mixed, as in `h + x * go t`, there are two accumulators, for `m * go t + c`; a subtraction
//! from something changes the sign of the product. `f t ++ [x]` accumulates a list that stands behind what is found at
//! the end, so `reverse` written that way takes time in proportion to its list.
//!
//! `Float` is left alone: its addition is not associative, and a sum must be the one that was written. Nor are the
//! operations of one function of several kinds: where most places join texts in one order, the others stay calls.
//!
//! [`sites`] finds the places, [`tail`] rewrites them.

mod sites;
mod tail;

use ir_defs::Session;
use ir_defs::loops::{Atom, Body, Function, Local, Program, Rhs, Stmt, VisitMut, walk_mut_local};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Binder, Lit};
use nanopass::{Meta, TyId};

use super::recursion::{Itself, Peers};
use sites::Join;
use tail::Tail;

/// Makes accumulating loops.
pub fn run(program: &mut Program, peers: &Peers, session: &mut Session) {
    let mut pass = Accumulate {
        session,
        peers,
        around: None,
    };
    pass.program(program);
}

struct Accumulate<'s> {
    session: &'s mut Session,
    peers: &'s Peers,
    around: Option<GlobalId>,
}

impl VisitMut for Accumulate<'_> {
    fn function(&mut self, function: &mut Function) {
        self.around = Some(function.global);
        self.body(&mut function.body);
        let itself = Itself::Global(function.global);
        self.looped(
            itself,
            &mut function.params,
            function.result,
            &mut function.body,
        );
        self.around = None;
    }

    fn local(&mut self, local: &mut Local) {
        walk_mut_local(self, local);
        let itself = Itself::Local(local.binder.var);
        self.looped(itself, &mut local.params, local.result, &mut local.body);
    }
}

impl Accumulate<'_> {
    fn looped(&mut self, itself: Itself, params: &mut Vec<Binder>, result: TyId, body: &mut Body) {
        let Some(join) = sites::join(itself, body, self.session) else {
            return;
        };
        if !self.peers.may_go_on(itself, self.around, body) {
            return;
        }
        let meta = body.meta;
        let name =
            |session: &mut Session| Binder::new(session.core.fresh_named("acc", meta.span), result);
        let tail = Tail {
            itself,
            join,
            label: self.session.fresh_label("loop"),
            accumulator: name(self.session),
            product: (join == Join::Affine).then(|| name(self.session)),
        };
        let empty = Body {
            meta,
            statements: Vec::new(),
            result: Box::new(Rhs::Atom {
                meta,
                atom: var(meta, tail.accumulator),
            }),
        };
        let old = std::mem::replace(body, empty);
        let repeated = self.body_of(&tail, old);
        let outer: Vec<Binder> = params
            .iter()
            .map(|param| Binder::new(self.session.core.fresh_var_like(param.var), param.ty))
            .collect();
        let mut inner = std::mem::replace(params, outer);
        let mut initial: Vec<Atom> = params.iter().map(|param| var(meta, *param)).collect();
        let mut statements = Vec::new();
        if let Some(product) = tail.product {
            inner.push(product);
            initial.push(literal(meta, result, 1));
        }
        inner.push(tail.accumulator);
        initial.push(match join {
            Join::Add | Join::Affine => literal(meta, result, 0),
            Join::Multiply => literal(meta, result, 1),
            Join::Before | Join::Behind => Atom::Lit {
                meta: meta.with_ty(result),
                lit: Lit::Text("".into()),
            },
            Join::ListBehind(_) => {
                let empty = self.empty(meta.with_ty(result));
                self.named("acc", empty, &mut statements)
            }
        });
        body.statements = statements;
        *body.result = Rhs::Loop {
            meta,
            label: tail.label,
            params: inner,
            initial,
            body: Box::new(repeated),
        };
    }

    fn named(&mut self, name: &str, value: Rhs, statements: &mut Vec<Stmt>) -> Atom {
        let meta = value.meta();
        let binder = Binder::new(self.session.core.fresh_named(name, meta.span), meta.ty);
        statements.push(Stmt::Let {
            meta,
            binder,
            value,
        });
        var(meta, binder)
    }
}

fn var(meta: Meta, binder: Binder) -> Atom {
    Atom::Var {
        meta: meta.with_ty(binder.ty),
        var: binder.var,
    }
}

fn literal(meta: Meta, ty: TyId, value: i64) -> Atom {
    Atom::Lit {
        meta: meta.with_ty(ty),
        lit: Lit::Int(value),
    }
}
