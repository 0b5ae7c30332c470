//! Choices among numbers and texts.

use ir_defs::laid_out;
use ir_defs::memory::{Atom, Body, Branch, Rhs, Stmt};
use ir_defs::prims::Prim;
use ir_defs::reps::Rep;
use ir_defs::terminals::{IntLit, Lit};
use nanopass::Meta;

use super::LowerData;
use super::switches::{Fallback, body_of, unreachable};

/// Up to so many literals are compared one after the other; more are searched by halves.
const LINEAR: usize = 4;

impl LowerData<'_> {
    /// Few literals are compared in order; many numbers and texts are searched by halves.
    pub(super) fn literals(
        &mut self,
        meta: Meta,
        subject: Atom,
        branches: Vec<laid_out::Branch>,
        otherwise: Option<Body>,
    ) -> Body {
        let mut cases: Vec<(Lit, Body)> = branches
            .into_iter()
            .filter_map(|branch| match branch {
                laid_out::Branch::OnLit { lit, body, .. } => Some((lit, self.body(body))),
                _ => None,
            })
            .collect();
        let is_searched = cases.len() > LINEAR
            && cases
                .iter()
                .all(|(lit, _)| matches!(lit, Lit::Int(_) | Lit::Text(_)));
        if !is_searched {
            return self.shared(meta, otherwise, 1, |pass, default| {
                pass.in_order(meta, &subject, cases, default)
            });
        }
        cases.sort_by(|(a, _), (b, _)| match (a, b) {
            (Lit::Int(a), Lit::Int(b)) => a.cmp(b),
            (Lit::Text(a), Lit::Text(b)) => a.cmp(b),
            _ => std::cmp::Ordering::Equal,
        });
        self.shared(meta, otherwise, 2, |pass, default| {
            pass.search(meta, &subject, cases, default)
        })
    }

    /// Compares with the literal in the middle, then goes on in one half.
    fn search(
        &mut self,
        meta: Meta,
        subject: &Atom,
        mut cases: Vec<(Lit, Body)>,
        default: &mut Fallback,
    ) -> Body {
        if cases.len() <= LINEAR {
            return self.in_order(meta, subject, cases, default);
        }
        let mut right = cases.split_off(cases.len() / 2);
        let mut statements = Vec::new();
        let choice = match right.first().map(|(lit, _)| lit.clone()) {
            // The comparison of texts tells whether they are equal, too.
            Some(lit @ Lit::Text(_)) => {
                let (_, equal) = right.remove(0);
                let order = self.test(meta, "text.compare", subject, lit, &mut statements);
                let less = self.search(meta, subject, cases, default);
                let greater = self.search(meta, subject, right, default);
                // `Less`, `Equal`, `Greater`.
                let branch = |value, body| Branch {
                    meta,
                    value: IntLit(value),
                    body,
                };
                Rhs::Switch {
                    meta,
                    subject: order,
                    branches: vec![branch(0, less), branch(1, equal)],
                    otherwise: Some(Box::new(greater)),
                }
            }
            Some(lit) => {
                let condition = self.test(meta, "int.lt", subject, lit, &mut statements);
                let then = self.search(meta, subject, cases, default);
                let other = self.search(meta, subject, right, default);
                Rhs::If {
                    meta,
                    condition,
                    then: Box::new(then),
                    else_: Box::new(other),
                }
            }
            None => return self.in_order(meta, subject, cases, default),
        };
        body_of(meta, statements, choice)
    }

    fn in_order(
        &mut self,
        meta: Meta,
        subject: &Atom,
        cases: Vec<(Lit, Body)>,
        default: &mut Fallback,
    ) -> Body {
        let last = default.take(meta).unwrap_or_else(|| unreachable(meta));
        cases.into_iter().rev().fold(last, |rest, (lit, body)| {
            let equal = match lit {
                Lit::Int(_) => "int.eq",
                Lit::Float(_) => "float.eq",
                Lit::Char(_) => "char.eq",
                Lit::Text(_) => "text.eq",
            };
            let mut statements = Vec::new();
            let condition = self.test(meta, equal, subject, lit, &mut statements);
            let choice = Rhs::If {
                meta,
                condition,
                then: Box::new(body),
                else_: Box::new(rest),
            };
            body_of(meta, statements, choice)
        })
    }

    /// A primitive on the subject and a literal; its result is an i32.
    fn test(
        &mut self,
        meta: Meta,
        prim: &str,
        subject: &Atom,
        lit: Lit,
        out: &mut Vec<Stmt>,
    ) -> Atom {
        let lit = self.atom(laid_out::Atom::Lit { meta, lit });
        // The primitives that are named here exist.
        let prim = Prim::named(prim).unwrap_or(Prim(0));
        let rhs = Rhs::Prim {
            meta,
            prim,
            rep: Rep::I32,
            args: vec![subject.clone(), lit],
        };
        self.name("test", rhs, Rep::I32, out)
    }
}
