//! The first form of a function, which makes the first cell, and the cells of both forms.

use ir_defs::loops::{Atom, Body, Branch, Rhs, Stmt};
use ir_defs::terminals::{Binder, IntLit};
use nanopass::Meta;

use super::groups::Group;
use super::sites::{First, Site};
use super::{Destination, Field, Holes, var};

/// What a body with a site becomes.
pub(super) struct Cells {
    pub meta: Meta,
    pub statements: Vec<Stmt>,
    /// What goes where the result goes; `None` if it is there already.
    pub outermost: Option<Atom>,
    pub call: Option<Rhs>,
}

impl Default for Cells {
    fn default() -> Cells {
        Cells {
            meta: Meta::NONE,
            statements: Vec::new(),
            outermost: None,
            call: None,
        }
    }
}

impl Holes<'_> {
    /// A body that opens the first hole.
    pub(super) fn open_first(&mut self, group: &Group, body: &mut Body) {
        if let Some(site) = self.site(group, body) {
            let empty = Rhs::Tuple {
                meta: body.meta,
                items: Vec::new(),
            };
            let old = Body {
                meta: body.meta,
                statements: std::mem::take(&mut body.statements),
                result: Box::new(std::mem::replace(&mut body.result, empty)),
            };
            if let First::Append(list) = &site.first {
                let list = list.clone();
                *body = self.append_first(group, site, list, old);
                return;
            }
            let mut cells = Cells::default();
            self.cells(group, site, old, None, &mut cells);
            body.statements = cells.statements;
            if let Some(call) = cells.call {
                self.do_first(call, &mut body.statements);
            }
            if let Some(atom) = cells.outermost {
                let meta = body.meta;
                *body.result = Rhs::Atom { meta, atom };
            }
            return;
        }
        for statement in &mut body.statements {
            if let Stmt::Join { target, .. } = statement {
                self.open_first(group, target);
            }
        }
        if let Rhs::Switch {
            branches,
            otherwise,
            ..
        } = &mut *body.result
        {
            for branch in branches {
                let (Branch::OnCon { body, .. } | Branch::OnLit { body, .. }) = branch;
                self.open_first(group, body);
            }
            if let Some(body) = otherwise {
                self.open_first(group, body);
            }
        }
    }

    /// Takes a body with a site apart: what is done first, the cell with the hole and those around it, and the call
    /// that fills it. `to` is where the outermost goes, for a list that is copied there.
    pub(super) fn cells(
        &mut self,
        group: &Group,
        site: Site,
        body: Body,
        to: Option<&Destination>,
        cells: &mut Cells,
    ) {
        let Body {
            meta,
            statements,
            result,
        } = body;
        cells.meta = meta;
        let mut chain = Vec::with_capacity(site.chain.len());
        let mut call = None;
        let end = statements.len();
        for (place, statement) in statements.into_iter().enumerate() {
            match statement {
                Stmt::Let { value, .. } if place == site.place => call = Some(value),
                statement if site.chain.contains(&place) => chain.push(statement),
                other => cells.statements.push(other),
            }
        }
        let is_open_result = site.chain.last() == Some(&end);
        let (at, args) = match call {
            Some(Rhs::Call { meta, args, .. } | Rhs::CallLocal { meta, args, .. }) => (meta, args),
            _ => (meta, Vec::new()),
        };
        let mut values: Vec<(Option<Binder>, Rhs)> = chain
            .into_iter()
            .filter_map(|statement| match statement {
                Stmt::Let { binder, value, .. } => Some((Some(binder), value)),
                Stmt::LetResults { .. } | Stmt::Functions { .. } | Stmt::Join { .. } => None,
            })
            .collect();
        if is_open_result {
            values.push((None, *result));
        }
        match site.first {
            First::Append(list) => {
                let Some(to) = to else { return };
                // The holes of lists are all at their ends, so no place is passed.
                let copied = self.copied(group.result, at, list, var(at, to.cell));
                let last = self.named("cell", copied, &mut cells.statements);
                let field = self.cons(group.result);
                let inner = self.open_chain(&field, values, cells);
                if let Some(value) = cells.outermost.take() {
                    let fill = Rhs::Fill {
                        meta: at.with_ty(self.session.unit()),
                        cell: last.clone(),
                        place: self.place_atom(at, field),
                        value,
                    };
                    self.do_first(fill, &mut cells.statements);
                }
                let cell = inner.unwrap_or(last);
                cells.call = Some(self.fill_call(group, site.callee, at, args, cell, None));
            }
            First::Construct(field) => {
                if let Some(cell) = self.open_chain(&field, values, cells) {
                    let place = group.field.is_none().then(|| self.place_atom(at, field));
                    cells.call = Some(self.fill_call(group, site.callee, at, args, cell, place));
                }
            }
        }
    }

    /// Makes cells from the inside out; the first one has the hole, and is given.
    fn open_chain(
        &mut self,
        field: &Field,
        values: Vec<(Option<Binder>, Rhs)>,
        cells: &mut Cells,
    ) -> Option<Atom> {
        let mut inner = None;
        for (index, (binder, value)) in values.into_iter().enumerate() {
            let meta = value.meta();
            let value = match value {
                Rhs::Construct {
                    meta,
                    con,
                    types,
                    mut args,
                } if index == 0 => {
                    if field.field < args.len() {
                        args.remove(field.field);
                    }
                    Rhs::Open {
                        meta,
                        con,
                        types,
                        hole: IntLit(field.field as u32),
                        args,
                    }
                }
                other => other,
            };
            let binder = binder.unwrap_or_else(|| {
                Binder::new(self.session.core.fresh_named("cell", meta.span), meta.ty)
            });
            cells.statements.push(Stmt::Let {
                meta,
                binder,
                value,
            });
            inner.get_or_insert(var(meta, binder));
            cells.outermost = Some(var(meta, binder));
        }
        inner
    }
}
