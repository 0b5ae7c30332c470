//! Constructors, and components of known tuples and records.

use ir_defs::direct::{Branch, Expr, Field};
use ir_defs::tables::ConId;
use ir_defs::terminals::IntLit;
use nanopass::{Meta, Symbol, TyId};

use super::case_of_case::push;
use super::walk::{Known, Simplifier, block, retype};

/// A choice of more parts than this does not go out of a constructor.
const LEAVES: usize = 16;

impl Simplifier<'_> {
    /// A constructor of arguments that have been simplified.
    ///
    /// C e (switch s (A → f x) (B → g)) ⇒ let y = e in switch s (A → C y (f x)) (B → C y g)
    ///
    /// for a call `f x` of the definition at work: what recurs right under a constructor can be a loop.
    pub fn construct(&mut self, meta: Meta, con: ConId, types: Vec<TyId>, args: Vec<Expr>) -> Expr {
        let whole = |args| Expr::Construct {
            meta,
            con,
            types: types.clone(),
            args,
        };
        let chosen = args.iter().position(|arg| {
            matches!(arg, Expr::Switch { .. }) && self.is_recursive_choice(arg, &mut { LEAVES })
        });
        let Some(place) = chosen else {
            return whole(args);
        };
        let others = args.get(place + 1..).unwrap_or_default();
        if !others.iter().all(|arg| self.facts.is_total(arg)) {
            return whole(args);
        }
        self.changed = true;
        let mut out = Vec::new();
        let mut subject = None;
        let mut atoms = Vec::with_capacity(args.len());
        for (index, arg) in args.into_iter().enumerate() {
            if index == place {
                atoms.push(Expr::Tuple {
                    meta,
                    items: Vec::new(),
                });
                subject = Some(arg);
            } else {
                atoms.push(self.named("part", arg, &mut out));
            }
        }
        let Some(subject) = subject else {
            return block(meta, out, whole(atoms));
        };
        let mut uses = Vec::new();
        let pushed = push(subject, meta, &mut |leaf| {
            let mut args = atoms.clone();
            uses.extend(args.iter().filter_map(|arg| match arg {
                Expr::Var { var, .. } => Some(*var),
                _ => None,
            }));
            if let Some(arg) = args.get_mut(place) {
                *arg = leaf;
            }
            whole(args)
        });
        for var in uses {
            self.uses.add(var);
        }
        block(meta, out, pushed)
    }

    /// Whether one of a few results is a call of the definition at work.
    fn is_recursive_choice(&self, expr: &Expr, left: &mut usize) -> bool {
        if *left == 0 {
            return false;
        }
        *left -= 1;
        match expr {
            Expr::Let { body, .. } => self.is_recursive_choice(body, left),
            Expr::Switch {
                branches,
                otherwise,
                ..
            } => {
                let mut found = false;
                for branch in branches {
                    let (Branch::OnCon { body, .. } | Branch::OnLit { body, .. }) = branch;
                    found |= self.is_recursive_choice(body, left);
                }
                if let Some(otherwise) = otherwise {
                    found |= self.is_recursive_choice(otherwise, left);
                }
                found && *left > 0
            }
            Expr::Apply { fun, .. } => {
                matches!(**fun, Expr::Global { global, .. } if Some(global) == self.current)
            }
            _ => false,
        }
    }

    /// A component of a record that has been simplified.
    pub fn select(&mut self, meta: Meta, record: Expr, label: Symbol) -> Expr {
        match record {
            Expr::Let { binds, body, .. } => {
                let body = self.select(meta, *body, label);
                block(meta, binds, body)
            }
            Expr::Fail { .. } => retype(record, meta),
            // { a: e, b: f }.a ⇒ let x = e, y = f in x
            Expr::Record { fields, .. } => {
                let place = fields.iter().position(|field| field.label == label);
                let values = fields
                    .into_iter()
                    .map(|Field { value, .. }| value)
                    .collect();
                self.component(meta, values, place)
            }
            Expr::Var { var, .. } => match self.known.get(&var) {
                Some(Known::Record(fields)) => {
                    let atom = fields
                        .iter()
                        .find(|(known, _)| *known == label)
                        .map(|(_, atom)| atom.clone());
                    self.known_atom(
                        atom,
                        Expr::Select {
                            meta,
                            record: Box::new(record),
                            label,
                        },
                    )
                }
                _ => Expr::Select {
                    meta,
                    record: Box::new(record),
                    label,
                },
            },
            record => Expr::Select {
                meta,
                record: Box::new(record),
                label,
            },
        }
    }

    /// A component of a tuple that has been simplified.
    pub fn item(&mut self, meta: Meta, tuple: Expr, index: IntLit) -> Expr {
        let place = index.0 as usize;
        match tuple {
            Expr::Let { binds, body, .. } => {
                let body = self.item(meta, *body, index);
                block(meta, binds, body)
            }
            Expr::Fail { .. } => retype(tuple, meta),
            // (e, f).0 ⇒ let x = e, y = f in x
            Expr::Tuple { items, .. } => self.component(meta, items, Some(place)),
            Expr::Var { var, .. } => match self.known.get(&var) {
                Some(Known::Tuple(items)) => {
                    let atom = items.get(place).cloned();
                    self.known_atom(
                        atom,
                        Expr::Item {
                            meta,
                            tuple: Box::new(tuple),
                            index,
                        },
                    )
                }
                _ => Expr::Item {
                    meta,
                    tuple: Box::new(tuple),
                    index,
                },
            },
            tuple => Expr::Item {
                meta,
                tuple: Box::new(tuple),
                index,
            },
        }
    }

    fn known_atom(&mut self, atom: Option<Expr>, otherwise: Expr) -> Expr {
        let Some(atom) = atom else { return otherwise };
        self.changed = true;
        if let Expr::Var { var, .. } = atom {
            self.uses.add(var);
        }
        atom
    }

    fn component(&mut self, meta: Meta, values: Vec<Expr>, place: Option<usize>) -> Expr {
        self.changed = true;
        let mut out = Vec::new();
        let mut component = None;
        for (index, value) in values.into_iter().enumerate() {
            if Some(index) == place {
                component = Some(self.named("part", value, &mut out));
            } else if !self.facts.is_total(&value) {
                self.named("unused", value, &mut out);
            }
        }
        let component = component.unwrap_or(Expr::Tuple {
            meta,
            items: Vec::new(),
        });
        block(meta, out, component)
    }
}
