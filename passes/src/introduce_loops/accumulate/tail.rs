//! The body of an accumulating loop.

use ir_defs::loops::{Atom, Body, Rhs, Stmt};
use ir_defs::prims::Prim;
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Binder, Flag, LabelId, Lit};
use nanopass::{Meta, TyId};

use super::super::recursion::Itself;
use super::sites::{Join, Site, Step, site};
use super::{Accumulate, literal, var};
use crate::bodies::{map_branch, map_joins};

/// A list of at most so many items is put before the accumulated one cell by cell.
const MAX_ITEMS: usize = 8;

/// The loop that is being made.
pub(super) struct Tail {
    pub itself: Itself,
    pub join: Join,
    pub label: LabelId,
    pub accumulator: Binder,
    /// What the result is multiplied by, before the accumulator is added.
    pub product: Option<Binder>,
}

/// What has been accumulated.
#[derive(Clone)]
struct Accumulated {
    product: Option<Atom>,
    sum: Atom,
}

impl Tail {
    fn known(&self, meta: Meta) -> Accumulated {
        Accumulated {
            product: self.product.map(|product| var(meta, product)),
            sum: var(meta, self.accumulator),
        }
    }

    fn jump(&self, meta: Meta, args: Vec<Atom>, accumulated: Accumulated) -> Rhs {
        let mut args = args;
        args.extend(accumulated.product);
        args.push(accumulated.sum);
        let type_ = self.accumulator.ty;
        Rhs::Jump {
            meta: meta.with_ty(type_),
            label: self.label,
            args,
            type_,
        }
    }

    /// Whether this site is one of those that the loop is made for.
    fn takes(&self, site: &Site) -> bool {
        match self.join {
            Join::Affine => matches!(site.join, Join::Add | Join::Multiply | Join::Affine),
            join => site.join == join,
        }
    }
}

impl Accumulate<'_> {
    /// A body at whose end the accumulator is joined with the result.
    pub(super) fn body_of(&mut self, tail: &Tail, body: Body) -> Body {
        if let Some(site) = site(tail.itself, &body, self.session)
            && tail.takes(&site)
        {
            return self.again(tail, site, body);
        }
        let Body {
            meta,
            statements,
            result,
        } = body;
        let mut statements = map_joins(statements, |target| self.body_of(tail, target));
        let result = match *result {
            call if tail.itself.called(&call).is_some() => match call {
                Rhs::Call { meta, args, .. } | Rhs::CallLocal { meta, args, .. } => {
                    tail.jump(meta, args, tail.known(meta))
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
                    .map(|branch| map_branch(branch, |body| self.body_of(tail, body)))
                    .collect(),
                otherwise: otherwise.map(|body| Box::new(self.body_of(tail, *body))),
            },
            jump @ (Rhs::Jump { .. } | Rhs::Fail { .. }) => jump,
            other => self.end(tail, other, &mut statements),
        };
        Body {
            meta,
            statements,
            result: Box::new(result),
        }
    }

    /// The accumulator joined with what is found at the end.
    fn end(&mut self, tail: &Tail, value: Rhs, statements: &mut Vec<Stmt>) -> Rhs {
        let meta = value.meta();
        let Accumulated { product, sum } = tail.known(meta);
        let atom = |atom| Rhs::Atom {
            meta: meta.with_ty(tail.accumulator.ty),
            atom,
        };
        match (tail.join, &value) {
            (
                Join::Add | Join::Affine,
                Rhs::Atom {
                    atom:
                        Atom::Lit {
                            lit: Lit::Int(0), ..
                        },
                    ..
                },
            ) => return atom(sum),
            (
                Join::Multiply,
                Rhs::Atom {
                    atom:
                        Atom::Lit {
                            lit: Lit::Int(1), ..
                        },
                    ..
                },
            ) => return atom(sum),
            (Join::ListBehind(_), Rhs::List { items, .. }) if items.is_empty() => return atom(sum),
            (Join::ListBehind(_), Rhs::Construct { args, .. }) if args.is_empty() => {
                return atom(sum);
            }
            (
                Join::Before | Join::Behind,
                Rhs::Atom {
                    atom:
                        Atom::Lit {
                            lit: Lit::Text(text),
                            ..
                        },
                    ..
                },
            ) if text.is_empty() => {
                return atom(sum);
            }
            _ => {}
        }
        let value = match value {
            Rhs::Atom { atom, .. } => atom,
            value => self.named("value", value, statements),
        };
        match tail.join {
            Join::Add => prim(meta, "int.add", sum, value),
            Join::Multiply => prim(meta, "int.mul", sum, value),
            Join::Before => prim(meta, "text.concat", sum, value),
            Join::Behind => prim(meta, "text.concat", value, sum),
            Join::ListBehind(append) => appended(append, meta, value, sum),
            Join::Affine => {
                let value = self.multiplied(meta, product, value, statements);
                prim(meta, "int.add", sum, value)
            }
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
        let mut accumulated = tail.known(meta);
        // The outermost first: a ++ (b ++ f t) adds a, then b.
        for (step, operand) in site.steps.into_iter().rev() {
            accumulated = self.step(tail, step, operand, accumulated, &mut kept);
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

    fn step(
        &mut self,
        tail: &Tail,
        step: Step,
        operand: Atom,
        known: Accumulated,
        statements: &mut Vec<Stmt>,
    ) -> Accumulated {
        let at = operand.meta();
        let Accumulated { product, sum } = known;
        if tail.join == Join::Affine {
            if step == Step::Multiply {
                let product = self.multiplied(at, product, operand, statements);
                let product = Some(product);
                return Accumulated { product, sum };
            }
            // m * (x - y) + c = -m * y + (m * x + c)
            let added = self.multiplied(at, product.clone(), operand, statements);
            let name = match step {
                Step::Subtract => "int.sub",
                _ => "int.add",
            };
            let sum = self.named("acc", prim(at, name, sum, added), statements);
            let product = match (step, product) {
                (Step::SubtractFrom, Some(product)) => {
                    let zero = literal(at, tail.accumulator.ty, 0);
                    Some(self.named("acc", prim(at, "int.sub", zero, product), statements))
                }
                (_, product) => product,
            };
            return Accumulated { product, sum };
        }
        let value = match step {
            Step::Add => prim(at, "int.add", sum, operand),
            Step::Subtract | Step::SubtractFrom => prim(at, "int.sub", sum, operand),
            Step::Multiply => prim(at, "int.mul", sum, operand),
            Step::Before => prim(at, "text.concat", sum, operand),
            Step::Behind => prim(at, "text.concat", operand, sum),
            Step::ListBehind(append) => self.before(append, at, operand, sum, statements),
        };
        let sum = self.named("acc", value, statements);
        Accumulated { product, sum }
    }

    fn multiplied(
        &mut self,
        meta: Meta,
        product: Option<Atom>,
        value: Atom,
        statements: &mut Vec<Stmt>,
    ) -> Atom {
        match (product, value) {
            (None, value) => value,
            (
                Some(product),
                Atom::Lit {
                    lit: Lit::Int(1), ..
                },
            ) => product,
            (Some(product), value) => {
                self.named("acc", prim(meta, "int.mul", product, value), statements)
            }
        }
    }

    /// A list in front of the accumulated one: cells, if its items are known.
    fn before(
        &mut self,
        append: GlobalId,
        meta: Meta,
        list: Atom,
        sum: Atom,
        statements: &mut Vec<Stmt>,
    ) -> Rhs {
        let items = statements
            .iter()
            .find_map(|statement| match (statement, &list) {
                (
                    Stmt::Let {
                        binder,
                        value: Rhs::List { items, .. },
                        ..
                    },
                    Atom::Var { var, .. },
                ) if binder.var == *var && (1..=MAX_ITEMS).contains(&items.len()) => {
                    Some(items.clone())
                }
                _ => None,
            });
        let Some(items) = items else {
            return appended(append, meta, list, sum);
        };
        let mut rest = sum;
        let mut cell = None;
        for item in items.into_iter().rev() {
            if let Some(cell) = cell.take() {
                rest = self.named("acc", cell, statements);
            }
            cell = Some(Rhs::Construct {
                meta,
                con: self.session.constructors.id("List.Cons"),
                types: self.item(meta.ty),
                args: vec![item, rest.clone()],
            });
        }
        cell.unwrap_or(Rhs::Atom { meta, atom: rest })
    }

    /// The empty list of a type.
    pub(super) fn empty(&mut self, meta: Meta) -> Rhs {
        Rhs::Construct {
            meta,
            con: self.session.constructors.id("List.Nil"),
            types: self.item(meta.ty),
            args: Vec::new(),
        }
    }

    fn item(&self, list: TyId) -> Vec<TyId> {
        let data = self.session.as_data(list);
        data.map(|(_, types)| types).unwrap_or_default()
    }
}

fn appended(append: GlobalId, meta: Meta, list: Atom, rest: Atom) -> Rhs {
    let result = list.meta().ty;
    Rhs::Call {
        meta: meta.with_ty(result),
        function: append,
        performs: Flag(false),
        fails: None,
        result,
        args: vec![list, rest],
    }
}

fn prim(meta: Meta, name: &str, left: Atom, right: Atom) -> Rhs {
    Rhs::Prim {
        meta,
        prim: Prim::named(name).unwrap_or(Prim(0)),
        result: None,
        args: vec![left, right],
    }
}
