//! Primitives of known arguments.
//!
//! `Int` wraps, `Float` is IEEE 754, and both are as the machine computes them. What faults is never folded: it
//! faults where and when it is evaluated. A result that is `NaN` is not folded either, because its bits are the
//! machine's to choose. Each rule stands beside the equation that it uses.

use std::sync::Arc;

use ir_defs::direct::Expr;
use ir_defs::prims::Prim;
use ir_defs::terminals::Lit;
use nanopass::{Meta, TyId};

use super::walk::Simplifier;

/// A text is not folded to one that is longer than this: the program would grow.
const MAX_TEXT: usize = 200;

/// What a primitive is known to give.
enum Folded {
    Lit(Lit),
    Bool(bool),
    /// `Less`, `Equal` or `Greater`.
    Ordering(std::cmp::Ordering),
    /// One of its arguments.
    Arg(usize),
}

impl Simplifier<'_> {
    /// A primitive whose arguments have been simplified.
    pub fn prim(&mut self, meta: Meta, prim: Prim, result: Option<TyId>, args: Vec<Expr>) -> Expr {
        let Some(folded) = fold(prim.name(), &args) else {
            return Expr::Prim {
                meta,
                prim,
                result,
                args,
            };
        };
        // The arguments that are forgotten must not be missed.
        let kept = match folded {
            Folded::Arg(kept) => Some(kept),
            _ => None,
        };
        let total = args
            .iter()
            .enumerate()
            .all(|(place, arg)| Some(place) == kept || self.facts.is_total(arg));
        if !total {
            return Expr::Prim {
                meta,
                prim,
                result,
                args,
            };
        }
        self.changed = true;
        let con = match folded {
            Folded::Lit(lit) => return Expr::Lit { meta, lit },
            Folded::Arg(place) => match args.into_iter().nth(place) {
                Some(arg) => return arg,
                None => {
                    return Expr::Prim {
                        meta,
                        prim,
                        result,
                        args: Vec::new(),
                    };
                }
            },
            Folded::Bool(false) => "False",
            Folded::Bool(true) => "True",
            Folded::Ordering(std::cmp::Ordering::Less) => "Less",
            Folded::Ordering(std::cmp::Ordering::Equal) => "Equal",
            Folded::Ordering(std::cmp::Ordering::Greater) => "Greater",
        };
        let con = self.session.constructors.id(con);
        Expr::Construct {
            meta,
            con,
            types: Vec::new(),
            args: Vec::new(),
        }
    }
}

fn lit(expr: &Expr) -> Option<&Lit> {
    match expr {
        Expr::Lit { lit, .. } => Some(lit),
        _ => None,
    }
}

fn is_same_var(a: &Expr, b: &Expr) -> bool {
    matches!((a, b), (Expr::Var { var: a, .. }, Expr::Var { var: b, .. }) if a == b)
}

fn fold(prim: &str, args: &[Expr]) -> Option<Folded> {
    match args {
        [a] => fold_unary(prim, lit(a)?),
        [a, b] => match (lit(a), lit(b)) {
            (Some(a), Some(b)) => fold_binary(prim, a, b),
            (a_lit, b_lit) => fold_algebra(prim, a_lit, b_lit)
                .or_else(|| is_same_var(a, b).then(|| fold_same(prim))?),
        },
        _ => None,
    }
}

fn fold_unary(prim: &str, arg: &Lit) -> Option<Folded> {
    Some(Folded::Lit(match (prim, arg) {
        ("int.neg", Lit::Int(a)) => Lit::Int(a.wrapping_neg()),
        ("int.to-float", Lit::Int(a)) => Lit::Float(*a as f64),
        ("int.to-text", Lit::Int(a)) => Lit::Text(Arc::from(a.to_string())),
        ("int.popcount", Lit::Int(a)) => Lit::Int(i64::from(a.count_ones())),
        ("int.clz", Lit::Int(a)) => Lit::Int(i64::from(a.leading_zeros())),
        ("int.ctz", Lit::Int(a)) => Lit::Int(i64::from(a.trailing_zeros())),
        ("float.neg", Lit::Float(a)) if !a.is_nan() => Lit::Float(-a),
        ("float.abs", Lit::Float(a)) if !a.is_nan() => Lit::Float(a.abs()),
        // Toward zero, saturating, and 0 for NaN: what `as` does.
        ("float.to-int", Lit::Float(a)) => Lit::Int(*a as i64),
        ("char.code", Lit::Char(a)) => Lit::Int(i64::from(u32::from(*a))),
        ("char.from-code", Lit::Int(a)) => {
            Lit::Char(u32::try_from(*a).ok().and_then(char::from_u32)?)
        }
        ("char.to-text", Lit::Char(a)) => Lit::Text(Arc::from(a.to_string())),
        ("text.size", Lit::Text(a)) => Lit::Int(a.len() as i64),
        ("text.length", Lit::Text(a)) => Lit::Int(a.chars().count() as i64),
        _ => return None,
    }))
}

fn fold_binary(prim: &str, a: &Lit, b: &Lit) -> Option<Folded> {
    match (a, b) {
        (Lit::Int(a), Lit::Int(b)) => fold_int(prim, *a, *b),
        (Lit::Float(a), Lit::Float(b)) => fold_float(prim, *a, *b),
        (Lit::Char(a), Lit::Char(b)) => fold_order(prim.strip_prefix("char.")?, a.cmp(b)),
        (Lit::Text(a), Lit::Text(b)) => match prim {
            "text.concat" if a.len() + b.len() <= MAX_TEXT => {
                Some(Folded::Lit(Lit::Text(Arc::from(format!("{a}{b}")))))
            }
            "text.eq" => Some(Folded::Bool(a == b)),
            // By code points, as the order of UTF-8's bytes.
            "text.compare" => Some(Folded::Ordering(a.as_bytes().cmp(b.as_bytes()))),
            _ => None,
        },
        _ => None,
    }
}

fn fold_int(prim: &str, a: i64, b: i64) -> Option<Folded> {
    let int = match prim {
        "int.add" => a.wrapping_add(b),
        "int.sub" => a.wrapping_sub(b),
        "int.mul" => a.wrapping_mul(b),
        "int.div" if b != 0 => a.wrapping_div(b),
        "int.rem" if b != 0 => a.wrapping_rem(b),
        "int.and" => a & b,
        "int.or" => a | b,
        "int.xor" => a ^ b,
        // The machine takes the count modulo 64.
        "int.shl" => a.wrapping_shl(b as u32),
        "int.shr" => a.wrapping_shr(b as u32),
        "int.ushr" => (a as u64).wrapping_shr(b as u32) as i64,
        _ => return fold_order(prim.strip_prefix("int.")?, a.cmp(&b)),
    };
    Some(Folded::Lit(Lit::Int(int)))
}

fn fold_order(prim: &str, order: std::cmp::Ordering) -> Option<Folded> {
    Some(Folded::Bool(match prim {
        "eq" => order.is_eq(),
        "ne" => order.is_ne(),
        "lt" => order.is_lt(),
        "le" => order.is_le(),
        "gt" => order.is_gt(),
        "ge" => order.is_ge(),
        "compare" => return Some(Folded::Ordering(order)),
        _ => return None,
    }))
}

fn fold_float(prim: &str, a: f64, b: f64) -> Option<Folded> {
    let float = match prim {
        "float.add" => a + b,
        "float.sub" => a - b,
        "float.mul" => a * b,
        "float.div" => a / b,
        "float.eq" => return Some(Folded::Bool(a == b)),
        "float.ne" => return Some(Folded::Bool(a != b)),
        "float.lt" => return Some(Folded::Bool(a < b)),
        "float.le" => return Some(Folded::Bool(a <= b)),
        "float.gt" => return Some(Folded::Bool(a > b)),
        "float.ge" => return Some(Folded::Bool(a >= b)),
        _ => return None,
    };
    (!float.is_nan()).then_some(Folded::Lit(Lit::Float(float)))
}

/// One argument is known.
fn fold_algebra(prim: &str, a: Option<&Lit>, b: Option<&Lit>) -> Option<Folded> {
    let is_empty = |lit: Option<&Lit>| matches!(lit, Some(Lit::Text(text)) if text.is_empty());
    let (a_int, b_int) = (int(a), int(b));
    match prim {
        // 0 + x = x, 0 | x = x, 0 ^ x = x
        "int.add" | "int.or" | "int.xor" if a_int == Some(0) => Some(Folded::Arg(1)),
        // x + 0 = x, x - 0 = x, x | 0 = x, x ^ 0 = x, x << 0 = x, x >> 0 = x
        "int.add" | "int.sub" | "int.or" | "int.xor" | "int.shl" | "int.shr" | "int.ushr"
            if b_int == Some(0) =>
        {
            Some(Folded::Arg(0))
        }
        // 1 * x = x
        "int.mul" if a_int == Some(1) => Some(Folded::Arg(1)),
        // x * 1 = x, x / 1 = x
        "int.mul" | "int.div" if b_int == Some(1) => Some(Folded::Arg(0)),
        // 0 * x = 0, x * 0 = 0, 0 & x = 0, x & 0 = 0
        "int.mul" | "int.and" if a_int == Some(0) || b_int == Some(0) => {
            Some(Folded::Lit(Lit::Int(0)))
        }
        // "" ++ x = x, x ++ "" = x
        "text.concat" if is_empty(a) => Some(Folded::Arg(1)),
        "text.concat" if is_empty(b) => Some(Folded::Arg(0)),
        _ => None,
    }
}

fn int(lit: Option<&Lit>) -> Option<i64> {
    match lit {
        Some(Lit::Int(int)) => Some(*int),
        _ => None,
    }
}

/// Both arguments are one variable. A `Float` may be `NaN`, which is not equal to itself.
fn fold_same(prim: &str) -> Option<Folded> {
    match prim {
        // x - x = 0, x ^ x = 0
        "int.sub" | "int.xor" => Some(Folded::Lit(Lit::Int(0))),
        // x & x = x, x | x = x
        "int.and" | "int.or" => Some(Folded::Arg(0)),
        "text.eq" => Some(Folded::Bool(true)),
        "text.compare" => Some(Folded::Ordering(std::cmp::Ordering::Equal)),
        _ => {
            let prim = prim
                .strip_prefix("int.")
                .or_else(|| prim.strip_prefix("char."))?;
            fold_order(prim, std::cmp::Ordering::Equal)
        }
    }
}
