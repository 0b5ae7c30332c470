//! Functions that get a second form: one that calls itself under a constructor, or several that call one another so.

use ir_defs::loops::{Body, Function, Local, Rhs, Stmt};
use ir_defs::terminals::{Binder, Flag};
use nanopass::{Meta, TyId};
use rustc_hash::FxHashMap;

use super::super::recursion::{Itself, Peers, branch_body};
use super::tuples::Definition;
use super::{Field, Holes};

/// Functions that may call one another and give the same type.
pub(super) struct Group {
    /// What the functions give, and what the holes are of.
    pub result: TyId,
    /// The place of all holes, if it is one.
    pub field: Option<Field>,
    members: Vec<Member>,
    /// Where each member stands among them.
    places: FxHashMap<Itself, usize>,
}

/// What is known of a function.
pub(super) struct Member {
    pub performs: Flag,
    pub fails: Option<TyId>,
    /// The second form, if there is one.
    fill: Option<Itself>,
}

impl Group {
    /// The member that is called.
    pub fn callee(&self, rhs: &Rhs) -> Option<usize> {
        self.places.get(&Itself::callee(rhs)?).copied()
    }

    /// A member and its second form.
    pub fn fill(&self, callee: usize) -> Option<(&Member, Itself)> {
        let member = self.members.get(callee)?;
        Some((member, member.fill?))
    }
}

/// The parts of a function that change.
struct Parts<'f> {
    itself: Itself,
    meta: Meta,
    params: &'f [Binder],
    performs: Flag,
    fails: Option<TyId>,
    body: &'f mut Body,
}

/// A second form: its name, its parameters and its body.
struct Form {
    itself: Itself,
    params: Vec<Binder>,
    result: TyId,
    body: Body,
}

impl Holes<'_> {
    /// The further forms of top-level functions, by the places of these.
    pub(super) fn globals(
        &mut self,
        functions: &mut [Function],
        peers: &Peers,
    ) -> FxHashMap<usize, Vec<Function>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut known: FxHashMap<(usize, TyId), usize> = FxHashMap::default();
        for (place, function) in functions.iter().enumerate() {
            // A function that calls no other one is a group of its own.
            let Some(number) = peers.number(function.global) else {
                continue;
            };
            let next = groups.len();
            let group = *known.entry((number, function.result)).or_insert(next);
            match groups.get_mut(group) {
                Some(group) => group.push(place),
                None => groups.push(vec![place]),
            }
        }
        let mut further: FxHashMap<usize, Vec<Function>> = FxHashMap::default();
        let mut functions: Vec<Option<&mut Function>> = functions.iter_mut().map(Some).collect();
        for group in groups {
            let mut members: Vec<&mut Function> = group
                .iter()
                .filter_map(|place| functions.get_mut(*place)?.take())
                .collect();
            let result = members
                .first()
                .map_or(TyId::NONE, |function| function.result);
            let parts = members
                .iter_mut()
                .map(|function| Parts {
                    itself: Itself::Global(function.global),
                    meta: function.meta,
                    params: &function.params,
                    performs: function.performs,
                    fails: function.fails,
                    body: &mut function.body,
                })
                .collect();
            let forms = self.forms(result, parts);
            for ((place, function), forms) in group.iter().zip(&members).zip(forms) {
                let forms = forms.into_iter().filter_map(|form| match form.itself {
                    Itself::Global(global) => Some(Function {
                        meta: function.meta,
                        global,
                        params: form.params,
                        performs: function.performs,
                        fails: function.fails,
                        result: form.result,
                        body: form.body,
                    }),
                    Itself::Local(_) => None,
                });
                further.entry(*place).or_default().extend(forms);
            }
            if let Some(first) = group.first() {
                further.entry(*first).or_default().append(&mut self.made);
            }
        }
        further
    }

    /// Adds the further forms of local functions to their group.
    pub(super) fn locals(&mut self, functions: &mut Vec<Local>) {
        let mut results: Vec<TyId> = Vec::new();
        for local in functions.iter() {
            if !results.contains(&local.result) {
                results.push(local.result);
            }
        }
        let mut further = Vec::new();
        for result in results {
            let members = functions.iter_mut().filter(|local| local.result == result);
            let parts = members
                .map(|local| Parts {
                    itself: Itself::Local(local.binder.var),
                    meta: local.meta,
                    params: &local.params,
                    performs: local.performs,
                    fails: local.fails,
                    body: &mut local.body,
                })
                .collect();
            let forms = self.forms(result, parts);
            let members = functions.iter().filter(|local| local.result == result);
            for (local, forms) in members.zip(forms) {
                for form in forms {
                    further.extend(self.local_form(local, form));
                }
            }
        }
        functions.append(&mut further);
    }

    fn local_form(&mut self, local: &Local, form: Form) -> Option<Local> {
        let Itself::Local(var) = form.itself else {
            return None;
        };
        let types: Vec<TyId> = form.params.iter().map(|param| param.ty).collect();
        let result = match local.performs.0 {
            true => {
                let row = self.session.row(Vec::new(), local.fails, None);
                self.session.effect(row, form.result)
            }
            false => form.result,
        };
        let ty = self.session.fun(&types, result);
        Some(Local {
            meta: local.meta.with_ty(ty),
            binder: Binder::new(var, ty),
            params: form.params,
            performs: local.performs,
            fails: local.fails,
            result: form.result,
            body: form.body,
        })
    }

    /// The further forms of each member of a group.
    fn forms(&mut self, result: TyId, parts: Vec<Parts<'_>>) -> Vec<Vec<Form>> {
        if self.session.as_data(result).is_none() {
            return parts
                .into_iter()
                .map(|parts| self.tuple_forms(result, parts))
                .collect();
        }
        let mut group = Group {
            result,
            field: None,
            members: parts
                .iter()
                .map(|parts| Member {
                    performs: parts.performs,
                    fails: parts.fails,
                    fill: None,
                })
                .collect(),
            places: parts
                .iter()
                .enumerate()
                .map(|(place, parts)| (parts.itself, place))
                .collect(),
        };
        let bodies: Vec<&Body> = parts.iter().map(|parts| &*parts.body).collect();
        let Some(wanted) = self.wanted(&mut group, &bodies) else {
            return Vec::new();
        };
        for ((parts, member), wanted) in parts.iter().zip(&mut group.members).zip(wanted) {
            if wanted {
                member.fill = Some(self.named_like(parts.itself, parts.meta, "fill"));
            }
        }
        let unit = self.session.unit();
        let mut forms = Vec::with_capacity(parts.len());
        for (place, parts) in parts.into_iter().enumerate() {
            let fill = group.fill(place).map(|(_, itself)| itself);
            let form = fill.map(|itself| {
                let (params, body) = self.filling(&group, parts.params, parts.body);
                Form {
                    itself,
                    params,
                    result: unit,
                    body,
                }
            });
            self.open_first(&group, parts.body);
            forms.push(form.into_iter().collect());
        }
        forms
    }

    /// A name for a further form of a function.
    fn named_like(&mut self, itself: Itself, meta: Meta, name: &str) -> Itself {
        match itself {
            Itself::Global(global) => {
                let name = format!("{}.{name}", self.session.globals.name(global));
                Itself::Global(self.session.fresh_global(&name))
            }
            Itself::Local(_) => Itself::Local(self.session.core.fresh_named(name, meta.span)),
        }
    }

    fn tuple_forms(&mut self, result: TyId, parts: Parts<'_>) -> Vec<Form> {
        let definition = Definition {
            itself: parts.itself,
            params: parts.params,
            performs: parts.performs,
            fails: parts.fails,
            result,
            body: parts.body,
        };
        let Some(mut tuples) = self.tuples(&definition) else {
            return Vec::new();
        };
        let span = parts.meta;
        for form in &mut tuples.forms {
            form.itself = Some(self.named_like(parts.itself, span, "fill"));
        }
        let made = self.tuple_bodies(&tuples, definition);
        made.into_iter()
            .map(|made| Form {
                itself: made.itself,
                params: made.params,
                result: made.result,
                body: made.body,
            })
            .collect()
    }

    /// Which members of a group need a second form, if any does: those that are called under a constructor, and those
    /// that such a form calls at its end. Finds out where the holes are.
    fn wanted(&mut self, group: &mut Group, bodies: &[&Body]) -> Option<Vec<bool>> {
        let mut fields = Vec::new();
        let mut calls = Vec::with_capacity(bodies.len());
        let mut open: Vec<usize> = Vec::new();
        for body in bodies {
            let mut found = Vec::new();
            self.sites(group, body, &mut found);
            let mut callees: Vec<usize> = found.iter().map(|(callee, _)| *callee).collect();
            open.extend(&callees);
            fields.extend(found.into_iter().map(|(_, field)| field));
            last_calls(group, body, &mut callees);
            calls.push(callees);
        }
        let first = fields.first()?.clone();
        group.field = fields.iter().all(|field| *field == first).then_some(first);
        let mut wanted = vec![false; bodies.len()];
        while let Some(member) = open.pop() {
            if let Some(wanted) = wanted.get_mut(member)
                && !std::mem::replace(wanted, true)
            {
                open.extend(calls.get(member).into_iter().flatten());
            }
        }
        Some(wanted)
    }
}

/// The members that a body calls at its end.
fn last_calls(group: &Group, body: &Body, callees: &mut Vec<usize>) {
    for statement in &body.statements {
        if let Stmt::Join { target, .. } = statement {
            last_calls(group, target, callees);
        }
    }
    match &*body.result {
        Rhs::Switch {
            branches,
            otherwise,
            ..
        } => {
            for branch in branches {
                last_calls(group, branch_body(branch), callees);
            }
            if let Some(body) = otherwise {
                last_calls(group, body, callees);
            }
        }
        other => callees.extend(group.callee(other)),
    }
}
