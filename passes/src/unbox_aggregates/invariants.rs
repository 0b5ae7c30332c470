//! What a loop does not change leaves it.
//!
//! ```text
//! (loop l [i r] [n s] … (select r x) … (jump l j r))   (let x (select s x)) (loop l [i] [n] … x … (jump l j))
//! ```
//!
//! A parameter that every jump passes on is what the loop began with. A component of something from outside is loaded
//! before the loop, and once for all its places: a load cannot fail, and is worth less than a round. So is what an
//! instruction computes of operands from outside. What takes more than that, or allocates, leaves the loop only if every
//! round does it; and division, which may fault, only if the first round does it before anything else can be noticed.
//!
//! A product of a counter stays one: a multiplication costs what an addition does, and one more variable would not.

use ir_defs::loops::{
    Atom, Body, Program, Rhs, Stmt, Visit, VisitMut, walk_mut_body, walk_mut_rhs, walk_rhs,
};
use ir_defs::prims::Lowering;
use ir_defs::terminals::{Binder, LabelId};
use nanopass::{Symbol, VarId};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::introduce_loops::last_literal;
use crate::simplify::facts::is_total_call;

/// So many components and results leave one loop at most: each is one more variable that lives in all of it.
const MAX_HOISTED: usize = 8;

pub fn run(program: &mut Program) {
    let mut jumps = Jumps::default();
    jumps.program(program);
    let mut drop = DropParams {
        jumps: jumps.0,
        dropped: FxHashMap::default(),
        replaced: FxHashMap::default(),
    };
    drop.program(program);
    Hoist.program(program);
}

/// What the jumps to each label pass.
#[derive(Default)]
struct Jumps(FxHashMap<LabelId, Vec<Vec<Atom>>>);

impl Visit for Jumps {
    fn rhs(&mut self, rhs: &Rhs) {
        if let Rhs::Jump { label, args, .. } = rhs {
            self.0.entry(*label).or_default().push(args.clone());
        }
        walk_rhs(self, rhs);
    }
}

/// Drops the parameters of loops that are passed on by every jump.
struct DropParams {
    jumps: FxHashMap<LabelId, Vec<Vec<Atom>>>,
    dropped: FxHashMap<LabelId, Vec<usize>>,
    replaced: FxHashMap<VarId, Atom>,
}

impl VisitMut for DropParams {
    fn atom(&mut self, atom: &mut Atom) {
        if let Atom::Var { var, .. } = atom
            && let Some(found) = self.replaced.get(var)
        {
            *atom = found.clone();
        }
    }

    fn rhs(&mut self, rhs: &mut Rhs) {
        match rhs {
            Rhs::Loop {
                label,
                params,
                initial,
                body,
                ..
            } => {
                initial.iter_mut().for_each(|atom| self.atom(atom));
                let jumps = self.jumps.remove(label).unwrap_or_default();
                let is_passed_on = |place: usize, param: &Binder| {
                    jumps.iter().all(|args| {
                        matches!(args.get(place), Some(Atom::Var { var, .. }) if *var == param.var)
                    })
                };
                let places: Vec<usize> = params
                    .iter()
                    .enumerate()
                    .filter(|(place, param)| is_passed_on(*place, param))
                    .map(|(place, _)| place)
                    .collect();
                for &place in &places {
                    if let (Some(param), Some(atom)) = (params.get(place), initial.get(place)) {
                        self.replaced.insert(param.var, atom.clone());
                    }
                }
                without(params, &places);
                without(initial, &places);
                self.dropped.insert(*label, places);
                self.body(body);
            }
            Rhs::Jump { label, args, .. } => {
                if let Some(places) = self.dropped.get(label) {
                    without(args, places);
                }
                args.iter_mut().for_each(|atom| self.atom(atom));
            }
            other => walk_mut_rhs(self, other),
        }
    }
}

fn without<T>(list: &mut Vec<T>, places: &[usize]) {
    let mut place = 0;
    list.retain(|_| {
        place += 1;
        !places.contains(&(place - 1))
    });
}

/// Moves loads of components and computations in front of loops, from the innermost one outwards.
struct Hoist;

impl VisitMut for Hoist {
    fn body(&mut self, body: &mut Body) {
        walk_mut_body(self, body);
        let statements = std::mem::take(&mut body.statements);
        let mut out = Vec::with_capacity(statements.len());
        for mut statement in statements {
            if let Stmt::Let { value, .. } = &mut statement {
                hoisted(value, &mut out);
            }
            out.push(statement);
        }
        hoisted(&mut body.result, &mut out);
        body.statements = out;
    }
}

fn hoisted(rhs: &mut Rhs, out: &mut Vec<Stmt>) {
    let Rhs::Loop { body, params, .. } = rhs else {
        return;
    };
    let mut inside = Inside::default();
    inside.0.extend(params.iter().map(|param| param.var));
    inside.body(body);
    let mut take = Take {
        inside: inside.0,
        taken: Vec::new(),
        known: FxHashMap::default(),
        replaced: FxHashMap::default(),
        is_every_round: true,
        is_first: true,
    };
    take.body(body);
    let Take {
        taken, replaced, ..
    } = take;
    out.extend(taken);
    if !replaced.is_empty() {
        Rename(replaced).body(body);
    }
}

/// The variables that are bound in a loop.
#[derive(Default)]
struct Inside(FxHashSet<VarId>);

impl Visit for Inside {
    fn binder(&mut self, binder: &Binder) {
        self.0.insert(binder.var);
    }
}

#[derive(PartialEq, Eq, Hash, Clone, Copy)]
enum Component {
    Item(VarId, u32),
    Field(VarId, Symbol),
}

struct Take {
    inside: FxHashSet<VarId>,
    taken: Vec<Stmt>,
    known: FxHashMap<Component, VarId>,
    /// Second names of the same components.
    replaced: FxHashMap<VarId, VarId>,
    /// Whether each round comes to what is visited.
    is_every_round: bool,
    /// Whether nothing before it in the round can be noticed.
    is_first: bool,
}

impl Take {
    /// Visits what not every round may come to.
    fn nested(&mut self, visit: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.is_every_round, false);
        visit(self);
        self.is_every_round = outer;
    }

    /// Whether a computation with operands from outside may be done before the loop, and should.
    fn leaves(&self, rhs: &Rhs) -> bool {
        let Rhs::Prim { prim, args, .. } = rhs else {
            return false;
        };
        let is_outside = |arg: &Atom| match arg {
            Atom::Var { var, .. } => !self.inside.contains(var),
            Atom::Lit { .. } => true,
            Atom::Global { .. } | Atom::Place { .. } => false,
        };
        let info = prim.info();
        let may = match info.name {
            "int.div" | "int.rem" if !is_total_call(*prim, last_literal(args)) => {
                self.is_every_round && self.is_first
            }
            _ if !is_total_call(*prim, last_literal(args)) => false,
            _ => self.is_every_round || matches!(info.lowering, Lowering::Inline),
        };
        may && args.iter().all(is_outside)
    }

    fn component(&self, rhs: &Rhs) -> Option<Component> {
        let (of, component) = match rhs {
            Rhs::Item {
                tuple: Atom::Var { var, .. },
                index,
                ..
            } => (var, Component::Item(*var, index.0)),
            Rhs::Select {
                record: Atom::Var { var, .. },
                label,
                ..
            } => (var, Component::Field(*var, *label)),
            _ => return None,
        };
        (!self.inside.contains(of)).then_some(component)
    }
}

impl VisitMut for Take {
    fn body(&mut self, body: &mut Body) {
        let statements = std::mem::take(&mut body.statements);
        let mut kept = Vec::with_capacity(statements.len());
        let is_every_round = self.is_every_round;
        for mut statement in statements {
            let Stmt::Let { binder, value, .. } = &mut statement else {
                self.nested(|take| take.stmt(&mut statement));
                self.is_first &= matches!(statement, Stmt::Join { .. } | Stmt::Functions { .. });
                kept.push(statement);
                continue;
            };
            let has_room = self.taken.len() < MAX_HOISTED;
            match self.component(value) {
                Some(component) => match self.known.get(&component) {
                    Some(&known) => {
                        self.replaced.insert(binder.var, known);
                        continue;
                    }
                    None if has_room => {
                        self.known.insert(component, binder.var);
                        self.inside.remove(&binder.var);
                        self.taken.push(statement);
                        continue;
                    }
                    None => {}
                },
                None if has_room && self.leaves(value) => {
                    self.inside.remove(&binder.var);
                    self.taken.push(statement);
                    continue;
                }
                None => {}
            }
            self.nested(|take| take.rhs(value));
            self.is_first &= is_unnoticed(value);
            kept.push(statement);
        }
        body.statements = kept;
        self.nested(|take| take.rhs(&mut body.result));
        self.is_every_round = is_every_round;
    }

    /// What a local function loads is loaded when it is called.
    fn local(&mut self, _local: &mut ir_defs::loops::Local) {}
}

struct Rename(FxHashMap<VarId, VarId>);

impl VisitMut for Rename {
    fn atom(&mut self, atom: &mut Atom) {
        if let Atom::Var { var, .. } = atom
            && let Some(&known) = self.0.get(var)
        {
            *var = known;
        }
    }
}

/// Whether nobody can tell that it has been evaluated.
fn is_unnoticed(rhs: &Rhs) -> bool {
    match rhs {
        Rhs::Atom { .. }
        | Rhs::Construct { .. }
        | Rhs::Tuple { .. }
        | Rhs::List { .. }
        | Rhs::Record { .. }
        | Rhs::Select { .. }
        | Rhs::Item { .. }
        | Rhs::Open { .. } => true,
        Rhs::Prim { prim, args, .. } => is_total_call(*prim, last_literal(args)),
        _ => false,
    }
}
