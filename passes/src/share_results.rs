//! `share-results`: `loops` → `loops`
//!
//! What has been computed is not computed again.
//!
//! ```text
//! (let a (prim int.mul x x)) (let b (select r y))         (let a (prim int.mul x x)) (let b (select r y))
//! (switch c [(True (let d (prim int.mul x x)) …)          (switch c [(True … a for d …)
//!            (False (let e (select r y)) …)])                        (False … b for e …)])
//! ```
//!
//! Design: a result is known in the rest of its body and in what nests there: branches, loops, targets of join points.
//! In a local function it would be one more thing to capture, so nothing of the outside is known there. Shared are
//! primitives that are one or a few instructions, and components of tuples and records: results that nobody can tell
//! from a second one, and that are not kept alive for long instead. Division is among them: where the first one did
//! not fault, the second one does not. The operands of what commutes stand in one order, so that `x + y` is `y + x`.
//!
//! This is common subexpression elimination along the dominator tree, which here is the nesting of bodies. It stands
//! after `unbox-aggregates`, which names components by what they are.

use ir_defs::Session;
use ir_defs::loops::{
    Atom, Body, Branch, Function, Local, Program, Rhs, Stmt, Value, VisitMut, walk_mut_rhs,
};
use ir_defs::prims::{Lowering, Prim};
use ir_defs::session::OptLevel;
use ir_defs::terminals::Lit;
use nanopass::{Symbol, VarId};
use rustc_hash::FxHashMap;

use crate::simplify::facts::is_total_prim;

/// Shares results; as it is at `-O0`.
pub fn run(program: Program, session: &mut Session) -> Program {
    let mut program = program;
    if session.options.optimize != OptLevel::O0 {
        Share::default().program(&mut program);
    }
    program
}

/// An operand, told apart from others.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Operand {
    Var(VarId),
    Int(i64),
    /// The bits of a number.
    Float(u64),
    Char(char),
}

/// A computation, told apart from others.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Computation {
    Prim(Prim, Vec<Operand>),
    Item(VarId, u32),
    Select(VarId, Symbol),
}

#[derive(Default)]
struct Share {
    known: FxHashMap<Computation, VarId>,
    /// What has become known, in its order, to be forgotten at the end of a body.
    order: Vec<Computation>,
    replaced: FxHashMap<VarId, VarId>,
}

impl Share {
    fn computation(&self, rhs: &Rhs) -> Option<Computation> {
        match rhs {
            Rhs::Prim { prim, args, .. } if is_shared(*prim) => {
                let mut operands = args.iter().map(operand).collect::<Option<Vec<_>>>()?;
                if commutes(*prim) {
                    operands.sort();
                }
                Some(Computation::Prim(*prim, operands))
            }
            Rhs::Item {
                tuple: Atom::Var { var, .. },
                index,
                ..
            } => Some(Computation::Item(*var, index.0)),
            Rhs::Select {
                record: Atom::Var { var, .. },
                label,
                ..
            } => Some(Computation::Select(*var, *label)),
            _ => None,
        }
    }

    /// Walks what knows nothing of what is outside.
    fn apart(&mut self, body: &mut Body) {
        let known = std::mem::take(&mut self.known);
        let order = std::mem::take(&mut self.order);
        self.body(body);
        self.known = known;
        self.order = order;
    }
}

impl VisitMut for Share {
    fn function(&mut self, function: &mut Function) {
        self.apart(&mut function.body);
    }

    fn value(&mut self, value: &mut Value) {
        self.apart(&mut value.body);
    }

    fn local(&mut self, local: &mut Local) {
        self.apart(&mut local.body);
    }

    fn branch(&mut self, branch: &mut Branch) {
        let (Branch::OnCon { body, .. } | Branch::OnLit { body, .. }) = branch;
        self.body(body);
    }

    fn body(&mut self, body: &mut Body) {
        let start = self.order.len();
        let statements = std::mem::take(&mut body.statements);
        let mut kept = Vec::with_capacity(statements.len());
        for mut statement in statements {
            if let Stmt::Let { binder, value, .. } = &mut statement {
                self.rhs(value);
                if let Some(computation) = self.computation(value) {
                    if let Some(&known) = self.known.get(&computation) {
                        self.replaced.insert(binder.var, known);
                        continue;
                    }
                    self.known.insert(computation.clone(), binder.var);
                    self.order.push(computation);
                }
            } else {
                self.stmt(&mut statement);
            }
            kept.push(statement);
        }
        body.statements = kept;
        self.rhs(&mut body.result);
        if let Some(computation) = self.computation(&body.result)
            && let Some(&var) = self.known.get(&computation)
        {
            let meta = body.result.meta();
            let atom = Atom::Var { meta, var };
            *body.result = Rhs::Atom { meta, atom };
        }
        for computation in self.order.drain(start..) {
            self.known.remove(&computation);
        }
    }

    fn rhs(&mut self, rhs: &mut Rhs) {
        walk_mut_rhs(self, rhs);
    }

    fn atom(&mut self, atom: &mut Atom) {
        if let Atom::Var { var, .. } = atom
            && let Some(&known) = self.replaced.get(var)
        {
            *var = known;
        }
    }
}

fn operand(atom: &Atom) -> Option<Operand> {
    Some(match atom {
        Atom::Var { var, .. } => Operand::Var(*var),
        Atom::Lit { lit, .. } => match lit {
            Lit::Int(value) => Operand::Int(*value),
            Lit::Float(value) => Operand::Float(value.to_bits()),
            Lit::Char(value) => Operand::Char(*value),
            Lit::Text(_) => return None,
        },
        Atom::Global { .. } | Atom::Place { .. } => return None,
    })
}

/// Whether a second result of the same operands is the first one.
fn is_shared(prim: Prim) -> bool {
    let info = prim.info();
    let is_short = matches!(info.lowering, Lowering::Inline);
    let divides = matches!(info.name, "int.div" | "int.rem");
    is_short && (is_total_prim(prim) || divides)
}

fn commutes(prim: Prim) -> bool {
    matches!(
        prim.name(),
        "int.add"
            | "int.mul"
            | "int.and"
            | "int.or"
            | "int.xor"
            | "int.eq"
            | "int.ne"
            | "float.add"
            | "float.mul"
            | "float.eq"
            | "float.ne"
    )
}
