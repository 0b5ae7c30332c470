//! Where a function calls itself, or one of its group, under a constructor.

use ir_defs::loops::{Atom, Body, Rhs, Stmt};
use nanopass::TyId;

use super::super::recursion::{Uses, branch_body, pending, rhs_at};
use super::groups::Group;
use super::{Field, Holes, MAX_FIELDS, place_of};

/// What the result of a call becomes a part of.
pub(super) struct Site {
    /// The statement of the call.
    pub place: usize,
    /// The member of the group that is called.
    pub callee: usize,
    /// The statements up to the result of the body, from the inside out.
    pub chain: Vec<usize>,
    pub first: First,
}

pub(super) enum First {
    Construct(Field),
    /// This list is appended to the result.
    Append(Atom),
}

impl Holes<'_> {
    /// The calls of members of a group under constructors: which, and where their holes are.
    pub(super) fn sites(&mut self, group: &Group, body: &Body, found: &mut Vec<(usize, Field)>) {
        if let Some(site) = self.site(group, body) {
            let field = match site.first {
                First::Construct(field) => field,
                First::Append(_) => self.cons(group.result),
            };
            found.push((site.callee, field));
            return;
        }
        for statement in &body.statements {
            if let Stmt::Join { target, .. } = statement {
                self.sites(group, target, found);
            }
        }
        if let Rhs::Switch {
            branches,
            otherwise,
            ..
        } = &*body.result
        {
            for branch in branches {
                self.sites(group, branch_body(branch), found);
            }
            if let Some(body) = otherwise {
                self.sites(group, body, found);
            }
        }
    }

    /// The call under a constructor that ends a body.
    pub(super) fn site(&mut self, group: &Group, body: &Body) -> Option<Site> {
        let (place, mut current) = match self.appending(group, body) {
            Some(site) => return Some(site),
            None => pending(|rhs| group.callee(rhs).is_some(), body)?,
        };
        let callee = group.callee(rhs_at(body, place)?)?;
        let mut site: Option<Site> = None;
        let uses = Uses::after(body, place);
        loop {
            let after = uses.only(current)?;
            let is_result = after == body.statements.len();
            match rhs_at(body, after)? {
                Rhs::Atom { .. } if is_result => return site,
                Rhs::Construct {
                    con, types, args, ..
                } if args.len() <= MAX_FIELDS => {
                    let field = place_of(args, current)?;
                    if site.is_none() {
                        // The innermost cell has the hole.
                        let field = Field {
                            con: *con,
                            types: types.clone(),
                            field,
                        };
                        self.has_hole(&field, group.result).then_some(())?;
                        site = Some(Site {
                            place,
                            callee,
                            chain: Vec::new(),
                            first: First::Construct(field),
                        });
                    }
                }
                Rhs::Tuple { .. } | Rhs::Record { .. } if site.is_some() => {}
                _ => return None,
            }
            if let Some(site) = &mut site {
                site.chain.push(after);
            }
            if is_result {
                return site;
            }
            match body.statements.get(after) {
                Some(Stmt::Let { binder, .. }) => current = binder.var,
                _ => return None,
            }
        }
    }

    /// Whether a field is of the type that a function gives, in an object of that type.
    pub(super) fn has_hole(&mut self, field: &Field, result: TyId) -> bool {
        let of = self.session.constructors.get(field.con);
        let Some(data) = of.and_then(|info| info.data) else {
            return false;
        };
        let fields = self.session.field_types(field.con, &field.types);
        let is_of_type = self
            .session
            .as_data(result)
            .is_some_and(|(head, types)| head == data && types == field.types);
        is_of_type && fields.get(field.field) == Some(&result)
    }
}
