//! A producer that has a name moves to the one place where it is consumed.
//!
//! ```text
//! let rest = produce n in switch (p x) (True → Cons x (consume rest)) (False → consume rest)
//! ⇒ switch (p x) (True → Cons x (consume (produce n))) (False → consume (produce n))
//! ```
//!
//! Whatever way is taken, it is used at most once, and never in a function or an effect, which may run more often. What
//! is not total moves only over what is total, and only if it is used on each way.

use ir_defs::direct::{Bind, Expr, Visit, VisitMut, walk_expr, walk_mut_expr};
use ir_defs::terminals::{Binder, Flag};
use nanopass::VarId;

use super::shapes::is_var;
use super::{Fuse, body_of};
use crate::simplify::facts::{Facts, is_at_most};

/// An argument of a producer that is copied to several uses has at most so many nodes.
const ARGUMENT_SIZE: usize = 4;
/// A variable with more mentions than this stays.
const MENTIONS: usize = 8;
/// So much code is looked at for the uses of a variable.
const REACH: usize = 400;

impl Fuse<'_> {
    /// Moves the producers among the bindings of a block to where they are consumed.
    pub(super) fn float(&mut self, binds: &mut Vec<Bind>, body: &mut Expr) {
        let mut place = 0;
        while let Some(bind) = binds.get(place) {
            let var = bind.binder.var;
            let mentions = self.counts.get(&var).copied().unwrap_or(0);
            let may_move = !bind.recursive.0
                && (1..=MENTIONS).contains(&mentions)
                && self.produced(&bind.value).is_some()
                && self.is_consumed(var, binds.get(place + 1..).unwrap_or_default(), body)
                && self.reaches(bind, binds.get(place + 1..).unwrap_or_default(), body);
            if !may_move {
                place += 1;
                continue;
            }
            let Bind { value, .. } = binds.remove(place);
            let (value, named) = self.with_simple_arguments(value, mentions > 1);
            let count = named.len();
            binds.splice(place..place, named);
            place += count;
            let mut put = Put {
                var,
                value,
                is_done: false,
            };
            for bind in binds.iter_mut().skip(place) {
                put.is_done = false;
                put.expr(&mut bind.value);
                // Later bindings have been visited, the body has not.
                if put.is_done {
                    self.expr(&mut bind.value);
                }
            }
            put.expr(body);
        }
    }

    /// Whether all mentions of a variable are arguments that a known function consumes.
    fn is_consumed(&self, var: VarId, binds: &[Bind], body: &Expr) -> bool {
        struct Mentions<'f, 's> {
            fuse: &'f Fuse<'s>,
            var: VarId,
            consumed: usize,
            left: usize,
        }
        impl Visit for Mentions<'_, '_> {
            fn expr(&mut self, expr: &Expr) {
                if self.left == 0 {
                    return;
                }
                self.left -= 1;
                if let Some((consumer, args)) = super::called(expr) {
                    for (place, arg) in args.iter().enumerate() {
                        if is_var(arg, self.var) && self.fuse.consumer(consumer, place).is_some() {
                            self.consumed += 1;
                        }
                    }
                }
                walk_expr(self, expr);
            }
        }
        let mut mentions = Mentions {
            fuse: self,
            var,
            consumed: 0,
            left: REACH,
        };
        for bind in binds {
            mentions.expr(&bind.value);
        }
        mentions.expr(body);
        self.counts.get(&var) == Some(&mentions.consumed)
    }

    /// Whether a producer may be computed where it is used.
    fn reaches(&self, bind: &Bind, binds: &[Bind], body: &Expr) -> bool {
        let scan = Scan {
            facts: &self.facts,
            var: bind.binder.var,
            is_total: self.facts.is_total(&bind.value),
        };
        let values = binds.iter().map(|bind| &bind.value);
        if binds
            .iter()
            .any(|bind| bind.recursive.0 && scan.mentions(&bind.value))
        {
            return false;
        }
        match scan.sequence(values.chain(std::iter::once(body))) {
            Some(found) => match found.uses {
                Uses::Never => false,
                Uses::Once => true,
                Uses::Sometimes => scan.is_total,
            },
            None => false,
        }
    }

    /// Whether a variable is used at most once, whatever way is taken, and in no function.
    pub(super) fn is_used_once(&self, var: VarId, body: &Expr) -> bool {
        let scan = Scan {
            facts: &self.facts,
            var,
            is_total: true,
        };
        scan.expr(body).is_some()
    }

    /// A call whose arguments may be computed later; those that may not get a name.
    fn with_simple_arguments(&mut self, call: Expr, is_copied: bool) -> (Expr, Vec<Bind>) {
        let Expr::Apply { meta, fun, args } = call else {
            return (call, Vec::new());
        };
        let mut named = Vec::new();
        let args = args
            .into_iter()
            .map(|arg| {
                let stays = matches!(
                    arg,
                    Expr::Lit { .. } | Expr::Var { .. } | Expr::Global { .. }
                ) || (self.facts.is_total(&arg)
                    && (!is_copied || is_at_most(&arg, ARGUMENT_SIZE))
                    && !has_binders(&arg, is_copied));
                if stays {
                    return arg;
                }
                let meta = arg.meta();
                let binder = Binder::new(self.session.core.fresh_named("arg", meta.span), meta.ty);
                named.push(Bind {
                    meta,
                    binder,
                    recursive: Flag(false),
                    value: arg,
                });
                Expr::Var {
                    meta,
                    var: binder.var,
                }
            })
            .collect();
        (Expr::Apply { meta, fun, args }, named)
    }
}

/// Whether an expression that is copied binds variables, which a copy must not.
fn has_binders(expr: &Expr, is_copied: bool) -> bool {
    struct Find(bool);
    impl Visit for Find {
        fn binder(&mut self, _binder: &Binder) {
            self.0 = true;
        }
    }
    let mut find = Find(false);
    if is_copied {
        find.expr(expr);
    }
    find.0
}

/// Puts an expression in the place of a variable.
pub(super) fn put(var: VarId, value: &Expr, body: &mut Expr) {
    let mut put = Put {
        var,
        value: value.clone(),
        is_done: false,
    };
    put.expr(body);
}

struct Put {
    var: VarId,
    value: Expr,
    is_done: bool,
}

impl VisitMut for Put {
    fn expr(&mut self, expr: &mut Expr) {
        if is_var(expr, self.var) {
            self.is_done = true;
            *expr = self.value.clone();
        } else {
            walk_mut_expr(self, expr);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Uses {
    Never,
    /// On each way.
    Once,
    /// At most once, whatever way is taken.
    Sometimes,
}

/// What is found of the uses of a variable.
#[derive(Clone, Copy)]
struct Found {
    uses: Uses,
    /// Whether all that is done before the use is total; all that is done, if there is none.
    is_total: bool,
}

struct Scan<'f> {
    facts: &'f Facts,
    var: VarId,
    /// Whether what is to be moved is total.
    is_total: bool,
}

impl Scan<'_> {
    fn mentions(&self, expr: &Expr) -> bool {
        struct Find {
            var: VarId,
            found: bool,
        }
        impl Visit for Find {
            fn var_id(&mut self, var: &VarId) {
                self.found |= *var == self.var;
            }
        }
        let mut find = Find {
            var: self.var,
            found: false,
        };
        find.expr(expr);
        find.found
    }

    /// `None` if it may not be moved there.
    fn expr(&self, expr: &Expr) -> Option<Found> {
        if !self.mentions(expr) {
            return Some(Found {
                uses: Uses::Never,
                is_total: self.is_total || self.facts.is_total(expr),
            });
        }
        match expr {
            Expr::Var { .. } => Some(Found {
                uses: Uses::Once,
                is_total: true,
            }),
            Expr::Lit { .. }
            | Expr::Global { .. }
            | Expr::Lambda { .. }
            | Expr::Suspend { .. }
            | Expr::Jump { .. } => None,
            Expr::Construct { args: parts, .. }
            | Expr::Prim { args: parts, .. }
            | Expr::Tuple { items: parts, .. }
            | Expr::List { items: parts, .. } => self.sequence(parts.iter()),
            Expr::Apply { fun, args, .. } => {
                self.sequence(std::iter::once(&**fun).chain(args.iter()))
            }
            Expr::Record { fields, .. } => self.sequence(fields.iter().map(|field| &field.value)),
            Expr::Select { record: part, .. }
            | Expr::Item { tuple: part, .. }
            | Expr::Perform { effect: part, .. }
            | Expr::Fail { payload: part, .. }
            | Expr::Attempt { body: part, .. } => self.expr(part),
            Expr::Let { binds, body, .. } => {
                let is_captured = binds
                    .iter()
                    .any(|bind| bind.recursive.0 && self.mentions(&bind.value));
                if is_captured {
                    return None;
                }
                let values = binds.iter().map(|bind| &bind.value);
                self.sequence(values.chain(std::iter::once(&**body)))
            }
            Expr::Switch {
                subject,
                branches,
                otherwise,
                ..
            } => {
                let before = self.expr(subject)?;
                let ways = branches
                    .iter()
                    .map(body_of)
                    .chain(otherwise.as_deref())
                    .map(|way| self.expr(way))
                    .collect::<Option<Vec<Found>>>()?;
                before.then(merge(&ways), self.is_total)
            }
            // The target is a part of some ways through the body.
            Expr::Join { target, body, .. } => {
                if self.mentions(body) {
                    return if self.mentions(target) {
                        None
                    } else {
                        self.expr(body)
                    };
                }
                let found = self.expr(target)?;
                self.is_total.then_some(Found {
                    uses: Uses::Sometimes,
                    ..found
                })
            }
        }
    }

    fn sequence<'e>(&self, parts: impl Iterator<Item = &'e Expr>) -> Option<Found> {
        let mut found = Found {
            uses: Uses::Never,
            is_total: true,
        };
        for part in parts {
            found = found.then(self.expr(part)?, self.is_total)?;
        }
        Some(found)
    }
}

impl Found {
    /// One after the other; `moves` says that what is used may move over everything.
    fn then(self, after: Found, moves: bool) -> Option<Found> {
        match (self.uses, after.uses) {
            (Uses::Never, Uses::Never) => Some(Found {
                uses: Uses::Never,
                is_total: self.is_total && after.is_total,
            }),
            (Uses::Never, uses) => (moves || self.is_total).then_some(Found {
                uses,
                is_total: self.is_total && after.is_total,
            }),
            (_, Uses::Never) => Some(self),
            _ => None,
        }
    }
}

/// One or the other.
fn merge(ways: &[Found]) -> Found {
    let all = |uses| ways.iter().all(|way| way.uses == uses);
    let uses = if all(Uses::Never) {
        Uses::Never
    } else if all(Uses::Once) {
        Uses::Once
    } else {
        Uses::Sometimes
    };
    Found {
        uses,
        is_total: ways.iter().all(|way| way.is_total),
    }
}
