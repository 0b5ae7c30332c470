//! The body of a function that accumulates.

use ir_defs::loops::{Atom, Body, Rhs, Stmt};
use ir_defs::prims::Prim;
use ir_defs::terminals::{Binder, Lit};
use nanopass::VarId;
use rustc_hash::{FxHashMap, FxHashSet};

use super::super::recursion::Itself;
use super::sites::{Site, site};
use super::{Sum, Sums, var};
use crate::bodies::{map_branch, map_joins};

impl Sums<'_> {
    /// The body of the function that accumulates.
    pub(super) fn body_of(&mut self, sum: &Sum, body: Body) -> Body {
        if let Some(site) = site(sum.itself, sum.accumulators.len(), &body) {
            return self.again(sum, site, body);
        }
        let Body {
            meta,
            statements,
            result,
        } = body;
        let mut statements = map_joins(statements, |target| self.body_of(sum, target));
        let result = match *result {
            Rhs::Tuple { meta, items } => {
                let items = items.into_iter().zip(&sum.accumulators);
                let items = items
                    .map(|(item, accumulator)| match accumulator {
                        None => item,
                        Some(accumulator) => {
                            let known = var(meta, *accumulator);
                            match item {
                                Atom::Lit {
                                    lit: Lit::Int(0), ..
                                } => known,
                                item => self.added("int.add", known, item, &mut statements),
                            }
                        }
                    })
                    .collect();
                Rhs::Tuple { meta, items }
            }
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
                    .map(|branch| map_branch(branch, |body| self.body_of(sum, body)))
                    .collect(),
                otherwise: otherwise.map(|body| Box::new(self.body_of(sum, *body))),
            },
            call if sum.itself.called(&call).is_some() => {
                let known = sum.accumulators.iter().flatten();
                let known = known.map(|known| var(meta, *known)).collect();
                sum.called(call, known)
            }
            other => other,
        };
        Body {
            meta,
            statements,
            result: Box::new(result),
        }
    }

    /// Adds before the call what was added behind it.
    fn again(&mut self, sum: &Sum, site: Site, body: Body) -> Body {
        let Body {
            meta,
            statements,
            result,
        } = body;
        let mut gone = FxHashSet::default();
        for (added, accumulator) in site.components.iter().zip(&sum.accumulators) {
            if let (Some(added), Some(_)) = (added, accumulator) {
                gone.extend(added.steps.iter().map(|(place, ..)| *place));
            }
        }
        let (mut before, mut behind, mut call) = (Vec::new(), Vec::new(), None);
        for (place, statement) in statements.into_iter().enumerate() {
            match statement {
                Stmt::Let {
                    meta,
                    binder,
                    value,
                } if place == site.place => call = Some((meta, binder, value)),
                _ if gone.contains(&place) => {}
                other if site.needing.contains(&place) => behind.push(other),
                other => before.push(other),
            }
        }
        let mut known = Vec::new();
        let mut parts: FxHashMap<usize, VarId> = FxHashMap::default();
        let all = site.components.into_iter().zip(&sum.accumulators);
        for (component, (added, accumulator)) in all.enumerate() {
            let (Some(added), Some(accumulator)) = (added, accumulator) else {
                continue;
            };
            let mut so_far = var(meta, *accumulator);
            for (_, prim, operand) in added.steps {
                so_far = self.added(prim.name(), so_far, operand, &mut before);
            }
            known.push(so_far);
            parts.extend(added.part.map(|part| (component, part)));
        }
        let result = match *result {
            Rhs::Tuple { meta, mut items } => {
                for (component, item) in items.iter_mut().enumerate() {
                    if let Some(&var) = parts.get(&component) {
                        *item = Atom::Var {
                            meta: item.meta(),
                            var,
                        };
                    }
                }
                Rhs::Tuple { meta, items }
            }
            other => other,
        };
        let Some((at, binder, value)) = call else {
            return Body {
                meta,
                statements: before,
                result: Box::new(result),
            };
        };
        let value = sum.called(value, known);
        let result = if is_whole(binder.var, &behind, &result) {
            value
        } else {
            before.push(Stmt::Let {
                meta: at,
                binder,
                value,
            });
            before.append(&mut behind);
            result
        };
        Body {
            meta,
            statements: before,
            result: Box::new(result),
        }
    }

    fn added(&mut self, name: &str, left: Atom, right: Atom, statements: &mut Vec<Stmt>) -> Atom {
        let meta = right.meta().with_ty(self.session.int());
        let binder = Binder::new(self.session.core.fresh_named("acc", meta.span), meta.ty);
        statements.push(Stmt::Let {
            meta,
            binder,
            value: Rhs::Prim {
                meta,
                prim: Prim::named(name).unwrap_or(Prim(0)),
                result: None,
                args: vec![left, right],
            },
        });
        var(meta, binder)
    }
}

impl Sum {
    /// A call of the function as one of that which accumulates.
    fn called(&self, call: Rhs, known: Vec<Atom>) -> Rhs {
        match (call, self.made) {
            (
                Rhs::Call {
                    meta,
                    performs,
                    fails,
                    result,
                    mut args,
                    ..
                },
                Itself::Global(function),
            ) => {
                args.extend(known);
                Rhs::Call {
                    meta,
                    function,
                    performs,
                    fails,
                    result,
                    args,
                }
            }
            (
                Rhs::CallLocal {
                    meta,
                    performs,
                    fails,
                    result,
                    mut args,
                    ..
                },
                Itself::Local(function),
            ) => {
                args.extend(known);
                Rhs::CallLocal {
                    meta,
                    function,
                    performs,
                    fails,
                    result,
                    args,
                }
            }
            (other, _) => other,
        }
    }
}

/// Whether a result is all that a call gives, in order, and the statements only take that apart.
fn is_whole(call: VarId, statements: &[Stmt], result: &Rhs) -> bool {
    let Rhs::Tuple { items, .. } = result else {
        return false;
    };
    let mut parts = Vec::new();
    for statement in statements {
        match statement {
            Stmt::Let {
                binder,
                value:
                    Rhs::Item {
                        tuple: Atom::Var { var, .. },
                        index,
                        ..
                    },
                ..
            } if *var == call => parts.push((binder.var, index.0 as usize)),
            _ => return false,
        }
    }
    items.iter().enumerate().all(
        |(component, item)| matches!(item, Atom::Var { var, .. } if parts.contains(&(*var, component))),
    )
}
