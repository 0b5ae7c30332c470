//! Environments: what variables and labels stand for.

use std::rc::Rc;

use ir_defs::mono::Expr;
use ir_defs::terminals::{Binder, LabelId};
use nanopass::VarId;

use super::{Value, closure};

/// Variables and labels, innermost first.
#[derive(Clone)]
pub(super) struct Env<'p>(Option<Rc<Entry<'p>>>);

pub(super) struct Entry<'p> {
    bound: Bound<'p>,
    next: Env<'p>,
}

pub(super) enum Bound<'p> {
    Var(VarId, Value<'p>),
    /// A function that sees itself: its closure has this entry in its environment.
    Recursive(VarId, &'p [Binder], &'p Expr),
    /// A join point; its target sees what is outside of it.
    Label(LabelId, &'p [Binder], &'p Expr),
}
impl<'p> Env<'p> {
    /// Nothing is in scope.
    pub(super) fn empty() -> Env<'p> {
        Env(None)
    }

    pub(super) fn with(&self, bound: Bound<'p>) -> Env<'p> {
        Env(Some(Rc::new(Entry {
            bound,
            next: self.clone(),
        })))
    }

    pub(super) fn bind(&self, var: VarId, value: Value<'p>) -> Env<'p> {
        self.with(Bound::Var(var, value))
    }

    pub(super) fn bind_all(
        &self,
        binders: &[Binder],
        values: impl IntoIterator<Item = Value<'p>>,
    ) -> Env<'p> {
        binders
            .iter()
            .zip(values)
            .fold(self.clone(), |env, (binder, value)| {
                env.bind(binder.var, value)
            })
    }

    pub(super) fn var(&self, var: VarId) -> Option<Value<'p>> {
        let mut env = self;
        while let Some(entry) = &env.0 {
            match &entry.bound {
                Bound::Var(other, value) if *other == var => return Some(value.clone()),
                Bound::Recursive(other, params, body) if *other == var => {
                    return Some(closure(params, body, env.clone()));
                }
                _ => env = &entry.next,
            }
        }
        None
    }

    pub(super) fn label(&self, label: LabelId) -> Option<(&'p [Binder], &'p Expr, Env<'p>)> {
        let mut env = self;
        while let Some(entry) = &env.0 {
            match &entry.bound {
                Bound::Label(other, params, target) if *other == label => {
                    return Some((params, target, entry.next.clone()));
                }
                _ => env = &entry.next,
            }
        }
        None
    }
}
