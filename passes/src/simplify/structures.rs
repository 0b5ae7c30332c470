//! Components of known tuples and records.

use ir_defs::direct::{Expr, Field};
use ir_defs::terminals::IntLit;
use nanopass::{Meta, Symbol};

use super::walk::{Known, Simplifier, block, retype};

impl Simplifier<'_> {
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
