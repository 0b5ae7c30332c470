//! The forms of a function that gives a tuple.

use ir_defs::loops::{Atom, Body, Field as RecordField, Rhs, Stmt};
use ir_defs::terminals::{Binder, Flag, IntLit};
use ir_defs::types::Type;
use nanopass::{Meta, TyId};

use super::super::super::copy::copy;
use super::super::super::recursion::Itself;
use super::super::{Destination, Holes, call_of, var};
use super::ways::Site;
use super::{Definition, Made, Mask, Tuples, has};
use crate::bodies::{map_branch, map_joins};

/// The form at work.
struct Form<'t> {
    tuples: &'t Tuples,
    itself: Itself,
    performs: Flag,
    fails: Option<TyId>,
    /// What the first form gives.
    whole: TyId,
    mask: Mask,
    /// The cells whose holes it fills, by component.
    cells: Vec<Option<Binder>>,
    result: TyId,
}

impl Holes<'_> {
    /// Makes the forms with holes, and opens the first holes in the one without.
    pub(in super::super) fn tuple_bodies(
        &mut self,
        tuples: &Tuples,
        of: Definition<'_>,
    ) -> Vec<Made> {
        let mut made = Vec::with_capacity(tuples.forms.len());
        for further in &tuples.forms {
            let Some(itself) = further.itself else {
                continue;
            };
            let (mut params, body) = copy(of.params, of.body, self.session);
            let mut cells = vec![None; tuples.types.len()];
            for (component, (cell, &ty)) in cells.iter_mut().zip(&tuples.types).enumerate() {
                if has(further.mask, component) {
                    let var = self.session.core.fresh_named("cell", body.meta.span);
                    *cell = Some(Binder::new(var, ty));
                    params.push(Binder::new(var, ty));
                }
            }
            let rest = tuples.rest(further.mask);
            let types: Vec<TyId> = rest
                .iter()
                .filter_map(|&at| tuples.types.get(at))
                .copied()
                .collect();
            let result = match types.as_slice() {
                [] => self.session.unit(),
                &[only] => only,
                _ => self.session.tuple(types),
            };
            let form = Form {
                tuples,
                itself: of.itself,
                performs: of.performs,
                fails: of.fails,
                whole: of.result,
                mask: further.mask,
                cells,
                result,
            };
            let body = self.tuple_body(&form, body);
            made.push(Made {
                itself,
                params,
                result,
                body,
            });
        }
        let first = Form {
            tuples,
            itself: of.itself,
            performs: of.performs,
            fails: of.fails,
            whole: of.result,
            mask: 0,
            cells: vec![None; tuples.types.len()],
            result: of.result,
        };
        let meta = of.body.meta;
        let empty = Body {
            meta,
            statements: Vec::new(),
            result: Box::new(Rhs::Tuple {
                meta,
                items: Vec::new(),
            }),
        };
        let body = std::mem::replace(of.body, empty);
        *of.body = self.tuple_body(&first, body);
        made
    }

    fn tuple_body(&mut self, form: &Form<'_>, body: Body) -> Body {
        if let Some(site) = self.tuple_site(form.itself, &form.tuples.types, &body) {
            return self.tuple_cells(form, site, body);
        }
        let Body {
            meta,
            statements,
            result,
        } = body;
        let ty = form.result;
        let mut statements = map_joins(statements, |target| self.tuple_body(form, target));
        let result = match *result {
            Rhs::Switch {
                meta,
                subject,
                branches,
                otherwise,
            } => Rhs::Switch {
                meta: meta.with_ty(ty),
                subject,
                branches: branches
                    .into_iter()
                    .map(|branch| map_branch(branch, |body| self.tuple_body(form, body)))
                    .collect(),
                otherwise: otherwise.map(|body| Box::new(self.tuple_body(form, *body))),
            },
            Rhs::Jump {
                meta, label, args, ..
            } => Rhs::Jump {
                meta: meta.with_ty(ty),
                label,
                args,
                type_: ty,
            },
            Rhs::Fail { meta, payload, .. } => Rhs::Fail {
                meta: meta.with_ty(ty),
                payload,
                type_: ty,
            },
            other if form.mask == 0 => other,
            other => self.tuple_end(form, other, &mut statements),
        };
        Body {
            meta: meta.with_ty(ty),
            statements,
            result: Box::new(result),
        }
    }

    /// A result, whose components go into the holes, or are given.
    fn tuple_end(&mut self, form: &Form<'_>, result: Rhs, statements: &mut Vec<Stmt>) -> Rhs {
        let meta = result.meta();
        if let (Some(args), Some(itself)) =
            (form.itself.called(&result), form.tuples.form(form.mask))
        {
            let mut args = args.to_vec();
            args.extend(form.cells.iter().flatten().map(|&cell| var(meta, cell)));
            return call_of(meta, itself, form.performs, form.fails, form.result, args);
        }
        let components: Vec<Atom> = match result {
            Rhs::Tuple { items, .. } => items,
            Rhs::Record { fields, .. } => fields.into_iter().map(|field| field.value).collect(),
            other => {
                let whole = self.named("value", other, statements);
                (0..form.tuples.types.len())
                    .map(|component| {
                        self.part(
                            form.whole,
                            &form.tuples.types,
                            whole.clone(),
                            component,
                            statements,
                        )
                    })
                    .collect()
            }
        };
        let mut rest = Vec::new();
        for (component, value) in components.into_iter().enumerate() {
            match form.cells.get(component).copied().flatten() {
                Some(cell) => self.fill_component(form, component, meta, cell, value, statements),
                None => rest.push(value),
            }
        }
        self.given(form, meta, rest)
    }

    fn fill_component(
        &mut self,
        form: &Form<'_>,
        component: usize,
        meta: Meta,
        cell: Binder,
        value: Atom,
        statements: &mut Vec<Stmt>,
    ) {
        let Some(Some(field)) = form.tuples.fields.get(component) else {
            return;
        };
        let to = Destination { cell, place: None };
        let place = self.place_atom(meta, field.clone());
        let fill = Rhs::Fill {
            meta: meta.with_ty(self.session.unit()),
            cell: var(meta, to.cell),
            place,
            value,
        };
        self.do_first(fill, statements);
    }

    /// What a form gives of the components that have no holes.
    fn given(&mut self, form: &Form<'_>, meta: Meta, rest: Vec<Atom>) -> Rhs {
        let meta = meta.with_ty(form.result);
        if form.mask == 0
            && let Type::Record { fields, .. } = self.session.types.get(form.whole)
        {
            let fields = fields.iter().zip(rest);
            let fields = fields.map(|(&(label, ty), value)| RecordField {
                meta: meta.with_ty(ty),
                label,
                value,
            });
            return Rhs::Record {
                meta,
                fields: fields.collect(),
            };
        }
        match rest.as_slice() {
            [] => Rhs::Construct {
                meta,
                con: self.session.constructors.id("Unit"),
                types: Vec::new(),
                args: Vec::new(),
            },
            [only] => Rhs::Atom {
                meta,
                atom: only.clone(),
            },
            _ => Rhs::Tuple { meta, items: rest },
        }
    }

    /// A component of a tuple or record.
    fn part(
        &mut self,
        whole: TyId,
        types: &[TyId],
        of: Atom,
        component: usize,
        statements: &mut Vec<Stmt>,
    ) -> Atom {
        let ty = types.get(component).copied().unwrap_or(TyId::NONE);
        let meta = of.meta().with_ty(ty);
        let label = match self.session.types.get(whole) {
            Type::Record { fields, .. } => fields.get(component).map(|&(label, _)| label),
            _ => None,
        };
        let value = match label {
            Some(label) => Rhs::Select {
                meta,
                record: of,
                label,
            },
            None => Rhs::Item {
                meta,
                tuple: of,
                index: IntLit(component as u32),
            },
        };
        self.named("part", value, statements)
    }

    /// A body with a site: cells, what goes into the holes, the call, and what that gives.
    fn tuple_cells(&mut self, form: &Form<'_>, site: Site, body: Body) -> Body {
        let Body {
            meta, statements, ..
        } = body;
        let next = site.next(form.mask);
        let mut out = Vec::with_capacity(statements.len());
        let mut chains: Vec<Option<Stmt>> = Vec::with_capacity(statements.len());
        let mut call = None;
        for (place, statement) in statements.into_iter().enumerate() {
            let is_of_chain = site.ways.iter().any(|way| way.chain.contains(&place));
            chains.push(None);
            match statement {
                Stmt::Let { value, .. } if place == site.place => call = Some(value),
                _ if site.parts.contains(&place) => {}
                statement if is_of_chain => {
                    if let Some(last) = chains.last_mut() {
                        *last = Some(statement);
                    }
                }
                other => out.push(other),
            }
        }
        let (at, mut args) = match call {
            Some(Rhs::Call { meta, args, .. } | Rhs::CallLocal { meta, args, .. }) => (meta, args),
            _ => (meta, Vec::new()),
        };
        // The cells, by the component of the call that goes into each; what is outermost, by that of the result.
        let mut holes: Vec<Option<Atom>> = vec![None; form.tuples.types.len()];
        let mut outermost: Vec<Option<Atom>> = vec![None; form.tuples.types.len()];
        for (component, way) in site.ways.iter().enumerate() {
            let mut inner = None;
            let mut outer = None;
            for (index, place) in way.chain.iter().enumerate() {
                let Some(Stmt::Let {
                    meta,
                    binder,
                    value,
                }) = chains.get_mut(*place).and_then(Option::take)
                else {
                    continue;
                };
                let value = match (value, &way.field) {
                    (
                        Rhs::Construct {
                            meta,
                            con,
                            types,
                            mut args,
                        },
                        Some(field),
                    ) if index == 0 => {
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
                    (other, _) => other,
                };
                out.push(Stmt::Let {
                    meta,
                    binder,
                    value,
                });
                inner.get_or_insert(var(meta, binder));
                outer = Some(var(meta, binder));
            }
            let cell = form.cells.get(component).copied().flatten();
            if let (Some(cell), Some(value)) = (cell, outer.clone()) {
                self.fill_component(form, component, at, cell, value, &mut out);
            }
            let hole = inner.or_else(|| cell.map(|cell| var(at, cell)));
            if let Some(slot) = holes.get_mut(way.of) {
                *slot = hole;
            }
            if let Some(slot) = outermost.get_mut(component) {
                *slot = outer;
            }
        }
        args.extend(holes.into_iter().flatten());
        let given = form.tuples.rest(next);
        let types: Vec<TyId> = given
            .iter()
            .filter_map(|&of| form.tuples.types.get(of))
            .copied()
            .collect();
        let result = match (next, types.as_slice()) {
            (0, _) => form.whole,
            (_, []) => self.session.unit(),
            (_, &[only]) => only,
            _ => self.session.tuple(types.clone()),
        };
        let callee = match next {
            0 => Some(form.itself),
            _ => form.tuples.form(next),
        };
        let callee = callee.unwrap_or(form.itself);
        let call = call_of(at, callee, form.performs, form.fails, result, args);
        let meta = meta.with_ty(form.result);
        if site.is_last(form.mask) {
            return Body {
                meta,
                statements: out,
                result: Box::new(call),
            };
        }
        let value = self.named("rest", call, &mut out);
        let mut rest = Vec::new();
        for (component, way) in site.ways.iter().enumerate() {
            if has(form.mask, component) {
                continue;
            }
            let atom = match outermost.get_mut(component).and_then(Option::take) {
                Some(cell) => cell,
                None => {
                    let index = given.iter().position(|&of| of == way.of).unwrap_or(0);
                    match given.len() {
                        1 => value.clone(),
                        _ => self.part(result, &types, value.clone(), index, &mut out),
                    }
                }
            };
            rest.push(atom);
        }
        let result = self.given(form, at, rest);
        Body {
            meta,
            statements: out,
            result: Box::new(result),
        }
    }
}
