//! Whether a function that calls itself comes to an end, what else it calls aside.
//!
//! Each call must come with something that gets less: parameters are compared in some order, as words are in a
//! dictionary (Abel and Altenkirch 2002). A parameter gets less if what is passed on is
//!
//! - a part of what it was: values are finite;
//! - `n - 1` where `n` is known to be above something, or `n + 1` below something, so that it does not wrap around;
//! - `n - 1` or `n + 1` where `n` is known to differ from what does not change: `Int` wraps, so it gets there.

use ir_defs::Session;
use ir_defs::direct::{Branch, Expr, Visit, walk_expr};
use ir_defs::tables::{ConId, GlobalId};
use ir_defs::terminals::{Binder, Lit};
use nanopass::VarId;
use rustc_hash::FxHashMap;

/// Whether all calls that a function makes of itself bring it nearer to its end.
pub(super) fn ends(global: GlobalId, params: &[Binder], body: &Expr, session: &Session) -> bool {
    let mut calls = Calls {
        session,
        global,
        params,
        known: FxHashMap::default(),
        conditions: Vec::new(),
        calls: Vec::new(),
        holds: true,
    };
    for (place, param) in params.iter().enumerate() {
        calls.known.insert(param.var, Known::Param(place));
    }
    calls.expr(body);
    calls.holds && decreases(calls.calls, params.len())
}

/// What is passed on for a parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Same,
    Less(Measure),
    Other,
}

/// In what sense it is less.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Measure {
    Part,
    /// As a number, without wrapping around: up or down.
    Number {
        up: bool,
    },
    /// Nearer to a bound, which is the same in each call.
    Distance {
        up: bool,
        bound: Bound,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    Number(i64),
    Param(usize),
}

/// What a variable is.
#[derive(Clone, Copy)]
enum Known {
    Param(usize),
    PartOf(usize),
    /// A parameter and a number.
    Plus(usize, i64),
}

/// What is known of a parameter where a call stands.
#[derive(Clone, Copy)]
struct Condition {
    param: usize,
    relation: Relation,
    bound: Bound,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    Differs,
    Below,
    AtMost,
    Above,
    AtLeast,
}

struct Calls<'e> {
    session: &'e Session,
    global: GlobalId,
    params: &'e [Binder],
    known: FxHashMap<VarId, Known>,
    conditions: Vec<Condition>,
    calls: Vec<Vec<Change>>,
    holds: bool,
}

impl Visit for Calls<'_> {
    fn expr(&mut self, expr: &Expr) {
        if !self.holds {
            return;
        }
        match expr {
            Expr::Global { global, .. } => self.holds = *global != self.global,
            Expr::Apply { fun, args, .. } => match **fun {
                Expr::Global { global, .. }
                    if global == self.global && args.len() == self.params.len() =>
                {
                    let changes = args
                        .iter()
                        .enumerate()
                        .map(|(place, arg)| self.change(place, arg))
                        .collect();
                    self.calls.push(changes);
                    args.iter().for_each(|arg| self.expr(arg));
                }
                _ => walk_expr(self, expr),
            },
            Expr::Let { binds, body, .. } => {
                for bind in binds {
                    self.expr(&bind.value);
                    if let Some(known) = self.known(&bind.value) {
                        self.known.insert(bind.binder.var, known);
                    }
                }
                self.expr(body);
            }
            Expr::Switch {
                subject,
                branches,
                otherwise,
                ..
            } => {
                self.expr(subject);
                let before = self.conditions.len();
                for branch in branches {
                    match branch {
                        Branch::OnCon {
                            con, fields, body, ..
                        } => {
                            if let Some(Known::Param(place) | Known::PartOf(place)) =
                                self.known(subject)
                            {
                                for field in fields {
                                    self.known.insert(field.var, Known::PartOf(place));
                                }
                            }
                            self.learn(subject, self.truth(*con));
                            self.expr(body);
                        }
                        Branch::OnLit { body, .. } => self.expr(body),
                    }
                    self.conditions.truncate(before);
                }
                if let Some(otherwise) = otherwise {
                    self.learn_otherwise(subject, branches);
                    self.expr(otherwise);
                    self.conditions.truncate(before);
                }
            }
            _ => walk_expr(self, expr),
        }
    }
}

impl Calls<'_> {
    fn known(&self, expr: &Expr) -> Option<Known> {
        match expr {
            Expr::Var { var, .. } => self.known.get(var).copied(),
            Expr::Item { tuple: of, .. } | Expr::Select { record: of, .. } => {
                match self.known(of)? {
                    Known::Param(place) | Known::PartOf(place) => Some(Known::PartOf(place)),
                    Known::Plus(..) => None,
                }
            }
            Expr::Prim { prim, args, .. } => {
                let [a, b] = args.as_slice() else { return None };
                let (of, plus) = match (prim.info().name, number(a), number(b)) {
                    ("int.add", None, Some(plus)) => (a, plus),
                    ("int.add", Some(plus), None) => (b, plus),
                    ("int.sub", None, Some(minus)) => (a, minus.checked_neg()?),
                    _ => return None,
                };
                match self.known(of)? {
                    Known::Param(place) => Some(Known::Plus(place, plus)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn change(&self, place: usize, arg: &Expr) -> Change {
        match self.known(arg) {
            Some(Known::Param(of)) if of == place => Change::Same,
            Some(Known::PartOf(of)) if of == place => Change::Less(Measure::Part),
            Some(Known::Plus(of, plus)) if of == place => {
                let numbers = self.conditions.iter().find_map(|known| {
                    (known.param == place && known.stays_in_range(plus))
                        .then_some(Measure::Number { up: plus > 0 })
                });
                let distance = || {
                    self.conditions.iter().find_map(|known| {
                        let differs = known.param == place
                            && known.relation == Relation::Differs
                            && matches!(plus, 1 | -1);
                        differs.then_some(Measure::Distance {
                            up: plus > 0,
                            bound: known.bound,
                        })
                    })
                };
                numbers
                    .or_else(distance)
                    .map_or(Change::Other, Change::Less)
            }
            _ => Change::Other,
        }
    }

    /// Which truth value a constructor is.
    fn truth(&self, con: ConId) -> Option<bool> {
        match self.session.constructors.name(con) {
            "True" => Some(true),
            "False" => Some(false),
            _ => None,
        }
    }

    /// What a comparison tells where it is true, or false.
    fn learn(&mut self, subject: &Expr, truth: Option<bool>) {
        let (Expr::Prim { prim, args, .. }, Some(is_true)) = (subject, truth) else {
            return;
        };
        let [a, b] = args.as_slice() else { return };
        use Relation::{Above, AtLeast, AtMost, Below, Differs};
        let (relation, mirrored) = match (prim.info().name, is_true) {
            ("int.eq", false) | ("int.ne", true) => (Differs, Differs),
            ("int.lt", true) | ("int.ge", false) => (Below, Above),
            ("int.le", true) | ("int.gt", false) => (AtMost, AtLeast),
            ("int.gt", true) | ("int.le", false) => (Above, Below),
            ("int.ge", true) | ("int.lt", false) => (AtLeast, AtMost),
            _ => return,
        };
        for (of, bound, relation) in [(a, b, relation), (b, a, mirrored)] {
            if let (Some(Known::Param(param)), Some(bound)) = (self.known(of), self.bound(bound)) {
                self.conditions.push(Condition {
                    param,
                    relation,
                    bound,
                });
            }
        }
    }

    fn learn_otherwise(&mut self, subject: &Expr, branches: &[Branch]) {
        if let [Branch::OnCon { con, .. }] = branches {
            let truth = self.truth(*con).map(|truth| !truth);
            self.learn(subject, truth);
        }
        let Some(Known::Param(param)) = self.known(subject) else {
            return;
        };
        for branch in branches {
            if let Branch::OnLit {
                lit: Lit::Int(number),
                ..
            } = branch
            {
                self.conditions.push(Condition {
                    param,
                    relation: Relation::Differs,
                    bound: Bound::Number(*number),
                });
            }
        }
    }

    fn bound(&self, expr: &Expr) -> Option<Bound> {
        match (number(expr), self.known(expr)) {
            (Some(number), _) => Some(Bound::Number(number)),
            (None, Some(Known::Param(param))) => Some(Bound::Param(param)),
            _ => None,
        }
    }
}

impl Condition {
    /// Whether a number that is added does not leave the range of `Int`, in the direction away from the bound.
    fn stays_in_range(self, plus: i64) -> bool {
        let plus = i128::from(plus);
        // The nearest value to the end of the range that the parameter may have: the bound of a parameter may be the end.
        let (least, most) = match self.bound {
            Bound::Number(bound) => (i128::from(bound), i128::from(bound)),
            Bound::Param(_) => (i128::from(i64::MIN), i128::from(i64::MAX)),
        };
        match self.relation {
            Relation::Above => plus < 0 && least + 1 + plus >= i128::from(i64::MIN),
            Relation::AtLeast => plus < 0 && least + plus >= i128::from(i64::MIN),
            Relation::Below => plus > 0 && most - 1 + plus <= i128::from(i64::MAX),
            Relation::AtMost => plus > 0 && most + plus <= i128::from(i64::MAX),
            Relation::Differs => false,
        }
    }
}

fn number(expr: &Expr) -> Option<i64> {
    match expr {
        Expr::Lit {
            lit: Lit::Int(number),
            ..
        } => Some(*number),
        _ => None,
    }
}

/// Whether calls with these changes come to an end, by some order of the parameters.
fn decreases(calls: Vec<Vec<Change>>, params: usize) -> bool {
    let mut calls = calls;
    while !calls.is_empty() {
        let before = calls.len();
        for param in 0..params {
            let change = |call: &Vec<Change>| call.get(param).copied().unwrap_or(Change::Other);
            let Some(measure) = calls.iter().find_map(|call| match change(call) {
                Change::Less(measure) => Some(measure),
                _ => None,
            }) else {
                continue;
            };
            let all = calls.iter().all(|call| {
                matches!(change(call), Change::Same) || change(call) == Change::Less(measure)
            });
            let bound_stays = match measure {
                Measure::Distance {
                    bound: Bound::Param(bound),
                    ..
                } => calls
                    .iter()
                    .all(|call| call.get(bound) == Some(&Change::Same)),
                _ => true,
            };
            if all && bound_stays {
                calls.retain(|call| change(call) == Change::Same);
                break;
            }
        }
        if calls.len() == before {
            return false;
        }
    }
    true
}
