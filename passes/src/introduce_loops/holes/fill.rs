//! The second form of a function, which puts its result into a hole.

use ir_defs::loops::{Body, Rhs};
use ir_defs::terminals::Binder;

use super::super::copy::copy;
use super::first::Cells;
use super::groups::Group;
use super::{Destination, Holes, var};
use crate::bodies::{map_branch, map_joins};

impl Holes<'_> {
    /// The second form of a function.
    pub(super) fn filling(
        &mut self,
        group: &Group,
        params: &[Binder],
        body: &Body,
    ) -> (Vec<Binder>, Body) {
        let (mut params, body) = copy(params, body, self.session);
        let meta = body.meta;
        let cell = self.session.core.fresh_named("cell", meta.span);
        let cell = Binder::new(cell, group.result);
        params.push(cell);
        let place = group.field.is_none().then(|| {
            let var = self.session.core.fresh_named("place", meta.span);
            Binder::new(var, self.session.ty_con("place"))
        });
        params.extend(place);
        let to = Destination { cell, place };
        let body = self.fill_body(group, &to, body);
        (params, body)
    }

    /// A body whose result goes into a hole.
    fn fill_body(&mut self, group: &Group, to: &Destination, body: Body) -> Body {
        let unit = self.session.unit();
        if let Some(site) = self.site(group, &body) {
            let mut cells = Cells::default();
            self.cells(group, site, body, Some(to), &mut cells);
            let Cells {
                meta,
                mut statements,
                outermost,
                call,
            } = cells;
            let meta = meta.with_ty(unit);
            if let Some(value) = outermost {
                let fill = self.fill(group, meta, to, value);
                self.do_first(fill, &mut statements);
            }
            let result = call.unwrap_or(Rhs::Tuple {
                meta,
                items: Vec::new(),
            });
            return Body {
                meta,
                statements,
                result: Box::new(result),
            };
        }
        let Body {
            meta,
            statements,
            result,
        } = body;
        let meta = meta.with_ty(unit);
        let mut statements = map_joins(statements, |target| self.fill_body(group, to, target));
        let callee = group
            .callee(&result)
            .filter(|&callee| group.fill(callee).is_some());
        let result = match *result {
            Rhs::Call { meta, ref args, .. } | Rhs::CallLocal { meta, ref args, .. }
                if callee.is_some() =>
            {
                let cell = var(meta, to.cell);
                let place = to.place.map(|place| var(meta, place));
                self.fill_call(group, callee.unwrap_or(0), meta, args.clone(), cell, place)
            }
            Rhs::Switch {
                meta,
                subject,
                branches,
                otherwise,
            } => Rhs::Switch {
                meta: meta.with_ty(unit),
                subject,
                branches: branches
                    .into_iter()
                    .map(|branch| map_branch(branch, |body| self.fill_body(group, to, body)))
                    .collect(),
                otherwise: otherwise.map(|body| Box::new(self.fill_body(group, to, *body))),
            },
            Rhs::Jump {
                meta, label, args, ..
            } => Rhs::Jump {
                meta: meta.with_ty(unit),
                label,
                args,
                type_: unit,
            },
            Rhs::Fail { meta, payload, .. } => Rhs::Fail {
                meta: meta.with_ty(unit),
                payload,
                type_: unit,
            },
            other => {
                let meta = other.meta();
                let value = self.named("value", other, &mut statements);
                self.fill(group, meta, to, value)
            }
        };
        Body {
            meta,
            statements,
            result: Box::new(result),
        }
    }
}
