//! Functions and literals as values, and the operands of a form.

use std::rc::Rc;

use ir_defs::mono::{Bind, Expr};
use ir_defs::terminals::{Binder, Lit};

use super::env::{Bound, Env};
use super::{Function, Value};
use crate::Stop;

/// The operand of an expression that is evaluated after `count` others.
pub(super) fn operand(e: &Expr, count: usize) -> Option<&Expr> {
    match e {
        Expr::Construct { args, .. } | Expr::Prim { args, .. } | Expr::Jump { args, .. } => {
            args.get(count)
        }
        Expr::Tuple { items, .. } | Expr::List { items, .. } => items.get(count),
        Expr::Record { fields, .. } => fields.get(count).map(|field| &field.value),
        Expr::Select { record: of, .. } | Expr::Item { tuple: of, .. } => {
            (count == 0).then_some(&**of)
        }
        Expr::Apply { fun, args, .. } => match count {
            0 => Some(fun),
            count => args.get(count - 1),
        },
        _ => None,
    }
}

pub(super) fn recursive(bind: &Bind) -> Option<Bound<'_>> {
    let mut value = &bind.value;
    while let Expr::Widen { effect, .. } = value {
        value = effect;
    }
    match value {
        Expr::Lambda { params, body, .. } if bind.recursive.0 => {
            Some(Bound::Recursive(bind.binder.var, params, body))
        }
        _ => None,
    }
}

pub(super) fn lambda<'p>(mut e: &'p Expr, env: &Env<'p>) -> Option<Value<'p>> {
    while let Expr::Widen { effect, .. } = e {
        e = effect;
    }
    match e {
        Expr::Lambda { params, body, .. } => Some(closure(params, body, env.clone())),
        _ => None,
    }
}

pub(super) fn closure<'p>(params: &'p [Binder], body: &'p Expr, env: Env<'p>) -> Value<'p> {
    function(Function::Closure {
        params,
        body,
        given: Vec::new(),
        env,
    })
}

pub(super) fn function(function: Function<'_>) -> Value<'_> {
    Value::Function(Rc::new(function))
}

pub(super) fn literal<'p>(lit: &Lit) -> Value<'p> {
    match lit {
        Lit::Int(value) => Value::Int(*value),
        Lit::Float(value) => Value::Float(*value),
        Lit::Char(value) => Value::Char(*value),
        Lit::Text(value) => Value::text(value),
    }
}

pub(super) fn is_literal(value: &Value<'_>, lit: &Lit) -> bool {
    match (value, lit) {
        (Value::Int(a), Lit::Int(b)) => a == b,
        (Value::Float(a), Lit::Float(b)) => a == b,
        (Value::Char(a), Lit::Char(b)) => a == b,
        (Value::Text(a), Lit::Text(b)) => **a == **b,
        _ => false,
    }
}

pub(super) fn first<'a, 'p>(values: &'a [Value<'p>]) -> Result<&'a Value<'p>, Stop> {
    values
        .first()
        .ok_or_else(|| broken("an operand is missing"))
}

pub(super) fn broken(what: &str) -> Stop {
    Stop::Broken(what.to_owned())
}
