//! Recursion under `+`, `*` and the joining of texts becomes a loop that accumulates.
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
//! because it is done before it now. `fib` becomes a loop of half its calls, as a C compiler makes it.
//!
//! One operation a function: the one that most places have; the others stay calls.

use ir_defs::Session;
use ir_defs::loops::{Atom, Body, Function, Local, Program, Rhs, Stmt, VisitMut, walk_mut_local};
use ir_defs::prims::Prim;
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Binder, LabelId, Lit};
use nanopass::{Meta, TyId, VarId};

use super::recursion::{Itself, Peers, branch_body, map_branch, only_use, pending, rhs_at};

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

/// How the accumulator and what is found at the end are joined.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Join {
    Add,
    Multiply,
    /// The accumulated text stands before the rest.
    Before,
    /// It stands behind it.
    Behind,
}

impl Join {
    const ALL: [Join; 4] = [Join::Add, Join::Multiply, Join::Before, Join::Behind];

    fn prim(self) -> &'static str {
        match self {
            Join::Add => "int.add",
            Join::Multiply => "int.mul",
            Join::Before | Join::Behind => "text.concat",
        }
    }

    fn identity(self) -> Lit {
        match self {
            Join::Add => Lit::Int(0),
            Join::Multiply => Lit::Int(1),
            Join::Before | Join::Behind => Lit::Text("".into()),
        }
    }
}

/// A call whose result is joined with other things, and nothing else.
struct Site {
    /// The statement of the call.
    place: usize,
    join: Join,
    /// The statements of the joining, which go.
    chain: Vec<usize>,
    /// What is joined, in this order, with the primitive that does so: a number may be subtracted.
    operands: Vec<(&'static str, Atom)>,
}

impl Accumulate<'_> {
    fn looped(&mut self, itself: Itself, params: &mut Vec<Binder>, result: TyId, body: &mut Body) {
        let mut counts = [0; 4];
        count(itself, body, &mut counts);
        // Of several that are equal, the first.
        let best = Join::ALL
            .into_iter()
            .zip(counts)
            .rev()
            .max_by_key(|(_, count)| *count)
            .filter(|(_, count)| *count > 0);
        let Some((join, _)) = best else { return };
        if !self.peers.may_go_on(itself, self.around, body) {
            return;
        }
        let meta = body.meta;
        let accumulator = Binder::new(self.session.core.fresh_named("acc", meta.span), result);
        let tail = Tail {
            itself,
            join,
            label: self.session.fresh_label("loop"),
            accumulator,
        };
        let empty = Body {
            meta,
            statements: Vec::new(),
            result: Box::new(tail.value(meta)),
        };
        let old = std::mem::replace(body, empty);
        let repeated = self.tail(&tail, old);
        let outer: Vec<Binder> = params
            .iter()
            .map(|param| Binder::new(self.session.core.fresh_var_like(param.var), param.ty))
            .collect();
        let mut inner = std::mem::replace(params, outer);
        let mut initial: Vec<Atom> = params.iter().map(|param| var(meta, *param)).collect();
        initial.push(Atom::Lit {
            meta: meta.with_ty(result),
            lit: join.identity(),
        });
        inner.push(accumulator);
        *body.result = Rhs::Loop {
            meta,
            label: tail.label,
            params: inner,
            initial,
            body: Box::new(repeated),
        };
    }

    /// A body at whose end the accumulator is joined with the result.
    fn tail(&mut self, tail: &Tail, body: Body) -> Body {
        if let Some(site) = site(tail.itself, &body)
            && site.join == tail.join
        {
            return self.again(tail, site, body);
        }
        let Body {
            meta,
            statements,
            result,
        } = body;
        let mut statements: Vec<Stmt> = statements
            .into_iter()
            .map(|statement| match statement {
                Stmt::Join {
                    meta,
                    label,
                    params,
                    target,
                } => Stmt::Join {
                    meta,
                    label,
                    params,
                    target: self.tail(tail, target),
                },
                other => other,
            })
            .collect();
        let result = match *result {
            call if tail.itself.called(&call).is_some() => match call {
                Rhs::Call { meta, args, .. } | Rhs::CallLocal { meta, args, .. } => {
                    tail.jump(meta, args, var(meta, tail.accumulator))
                }
                other => other,
            },
            Rhs::Switch {
                meta,
                subject,
                branches,
                otherwise,
            } => Rhs::Switch {
                meta,
                subject,
                branches: branches
                    .into_iter()
                    .map(|branch| map_branch(branch, |body| self.tail(tail, body)))
                    .collect(),
                otherwise: otherwise.map(|body| Box::new(self.tail(tail, *body))),
            },
            jump @ (Rhs::Jump { .. } | Rhs::Fail { .. }) => jump,
            Rhs::Atom {
                atom: Atom::Lit { lit, .. },
                meta,
            } if lit == tail.join.identity() => tail.value(meta),
            other => {
                let meta = other.meta();
                let value = match other {
                    Rhs::Atom { atom, .. } => atom,
                    value => self.named("value", value, &mut statements),
                };
                let accumulated = var(meta, tail.accumulator);
                let args = match tail.join {
                    Join::Add | Join::Multiply | Join::Before => vec![accumulated, value],
                    Join::Behind => vec![value, accumulated],
                };
                prim(meta, tail.join.prim(), args)
            }
        };
        Body {
            meta,
            statements,
            result: Box::new(result),
        }
    }

    /// Joins what is known, and begins again.
    fn again(&mut self, tail: &Tail, site: Site, body: Body) -> Body {
        let Body {
            meta, statements, ..
        } = body;
        let mut kept = Vec::with_capacity(statements.len());
        let mut call = None;
        for (place, statement) in statements.into_iter().enumerate() {
            match statement {
                Stmt::Let { value, .. } if place == site.place => call = Some(value),
                _ if site.chain.contains(&place) => {}
                other => kept.push(other),
            }
        }
        let mut accumulated = var(meta, tail.accumulator);
        // The outermost first: a ++ (b ++ f t) adds a, then b.
        for (name, operand) in site.operands.into_iter().rev() {
            let at = operand.meta();
            let args = match tail.join {
                Join::Behind => vec![operand, accumulated],
                _ => vec![accumulated, operand],
            };
            accumulated = self.named("acc", prim(at, name, args), &mut kept);
        }
        let args = match call {
            Some(Rhs::Call { args, .. } | Rhs::CallLocal { args, .. }) => args,
            _ => Vec::new(),
        };
        Body {
            meta,
            statements: kept,
            result: Box::new(tail.jump(meta, args, accumulated)),
        }
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

/// The loop that is being made.
struct Tail {
    itself: Itself,
    join: Join,
    label: LabelId,
    accumulator: Binder,
}

impl Tail {
    fn jump(&self, meta: Meta, args: Vec<Atom>, accumulated: Atom) -> Rhs {
        let mut args = args;
        args.push(accumulated);
        let type_ = self.accumulator.ty;
        Rhs::Jump {
            meta: meta.with_ty(type_),
            label: self.label,
            args,
            type_,
        }
    }

    fn value(&self, meta: Meta) -> Rhs {
        Rhs::Atom {
            meta: meta.with_ty(self.accumulator.ty),
            atom: var(meta, self.accumulator),
        }
    }
}

fn var(meta: Meta, binder: Binder) -> Atom {
    Atom::Var {
        meta: meta.with_ty(binder.ty),
        var: binder.var,
    }
}

fn prim(meta: Meta, name: &str, args: Vec<Atom>) -> Rhs {
    Rhs::Prim {
        meta,
        prim: Prim::named(name).unwrap_or(Prim(0)),
        result: None,
        args,
    }
}

/// How many places in tail position have each way of joining.
fn count(itself: Itself, body: &Body, counts: &mut [usize; 4]) {
    if let Some(site) = site(itself, body) {
        for (join, count) in Join::ALL.into_iter().zip(counts.iter_mut()) {
            *count += usize::from(join == site.join);
        }
        return;
    }
    for statement in &body.statements {
        if let Stmt::Join { target, .. } = statement {
            count(itself, target, counts);
        }
    }
    if let Rhs::Switch {
        branches,
        otherwise,
        ..
    } = &*body.result
    {
        branches
            .iter()
            .for_each(|branch| count(itself, branch_body(branch), counts));
        otherwise
            .iter()
            .for_each(|body| count(itself, body, counts));
    }
}

fn site(itself: Itself, body: &Body) -> Option<Site> {
    let (place, result) = pending(itself, body)?;
    let mut site: Option<Site> = None;
    let mut current = result;
    let mut after = place;
    loop {
        after = only_use(body, after, current)?;
        let is_result = after == body.statements.len();
        let (join, name, operand) = match rhs_at(body, after)? {
            Rhs::Prim { prim, args, .. } => joined(prim.name(), args, current)?,
            Rhs::Atom { .. } if is_result => return site,
            _ => return None,
        };
        let found = site.get_or_insert(Site {
            place,
            join,
            chain: Vec::new(),
            operands: Vec::new(),
        });
        if found.join != join {
            return None;
        }
        found.operands.push((name, operand));
        found.chain.push(after);
        if is_result {
            return site;
        }
        match body.statements.get(after) {
            Some(Stmt::Let { binder, .. }) => current = binder.var,
            _ => return None,
        }
    }
}

/// The joining of a variable with something else.
fn joined(name: &str, args: &[Atom], current: VarId) -> Option<(Join, &'static str, Atom)> {
    let [left, right] = args else { return None };
    let is_left = matches!(left, Atom::Var { var, .. } if *var == current);
    let operand = if is_left { right } else { left }.clone();
    Some(match (name, is_left) {
        ("int.add", _) => (Join::Add, "int.add", operand),
        ("int.sub", true) => (Join::Add, "int.sub", operand),
        ("int.mul", _) => (Join::Multiply, "int.mul", operand),
        ("text.concat", true) => (Join::Behind, "text.concat", operand),
        ("text.concat", false) => (Join::Before, "text.concat", operand),
        _ => return None,
    })
}
