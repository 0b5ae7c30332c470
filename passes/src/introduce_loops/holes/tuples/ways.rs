//! How the components of a result come out of those of a call.

use ir_defs::loops::{Atom, Body, Rhs, Stmt, Visit, walk_rhs};
use nanopass::{TyId, VarId};
use rustc_hash::FxHashMap;

use super::super::super::recursion::{Itself, branch_body, pending};
use super::super::{Field, Holes, MAX_FIELDS};
use super::{Mask, has};

/// What one component of a result is.
pub(super) struct Way {
    /// The component of the call that it is, or has at its end.
    pub of: usize,
    /// The constructors around that, from the inside out.
    pub chain: Vec<usize>,
    /// The hole in the innermost of them.
    pub field: Option<Field>,
}

/// A call whose components all go, each once, into those of the result.
pub(super) struct Site {
    /// The statement of the call.
    pub place: usize,
    /// By the component of the result.
    pub ways: Vec<Way>,
    /// The statements that take the result of the call apart.
    pub parts: Vec<usize>,
}

impl Site {
    /// The components of the call that have holes, where those of the result are `mask`.
    pub fn next(&self, mask: Mask) -> Mask {
        let ways = self.ways.iter().enumerate();
        ways.filter(|(component, way)| has(mask, *component) || way.field.is_some())
            .fold(0, |next, (_, way)| next | 1 << way.of)
    }

    /// Whether what the call gives is what the function gives, where those are its holes.
    pub fn is_last(&self, mask: Mask) -> bool {
        let mut before = None;
        self.ways.iter().enumerate().all(|(component, way)| {
            if has(mask, component) {
                return true;
            }
            let in_order = before.is_none_or(|before| before < way.of);
            before = Some(way.of);
            way.field.is_none() && in_order
        })
    }
}

impl Holes<'_> {
    /// The sites of a body, and the number of its right-hand sides.
    pub(super) fn tuple_sites(
        &mut self,
        itself: Itself,
        types: &[TyId],
        body: &Body,
        sites: &mut Vec<Site>,
        size: &mut usize,
    ) {
        struct Size<'s>(&'s mut usize);
        impl Visit for Size<'_> {
            fn rhs(&mut self, rhs: &Rhs) {
                *self.0 += 1;
                walk_rhs(self, rhs);
            }
        }
        if *size == 0 {
            Size(size).body(body);
        }
        if let Some(site) = self.tuple_site(itself, types, body) {
            return sites.push(site);
        }
        for statement in &body.statements {
            if let Stmt::Join { target, .. } = statement {
                self.tuple_sites(itself, types, target, sites, size);
            }
        }
        if let Rhs::Switch {
            branches,
            otherwise,
            ..
        } = &*body.result
        {
            for branch in branches {
                self.tuple_sites(itself, types, branch_body(branch), sites, size);
            }
            if let Some(body) = otherwise {
                self.tuple_sites(itself, types, body, sites, size);
            }
        }
    }

    pub(super) fn tuple_site(
        &mut self,
        itself: Itself,
        types: &[TyId],
        body: &Body,
    ) -> Option<Site> {
        let items: Vec<&Atom> = match &*body.result {
            Rhs::Tuple { items, .. } => items.iter().collect(),
            Rhs::Record { fields, .. } => fields.iter().map(|field| &field.value).collect(),
            _ => return None,
        };
        let (place, result) = pending(|rhs| itself.called(rhs).is_some(), body)?;
        let mut trace = Trace {
            body,
            place,
            of: FxHashMap::default(),
            uses: FxHashMap::default(),
        };
        let mut parts = Vec::new();
        for (index, statement) in body.statements.iter().enumerate().skip(place + 1) {
            trace.stmt(statement);
            if let Stmt::Let { binder, value, .. } = statement
                && let Some(component) = self.component_of(value, result)
            {
                trace.of.insert(binder.var, component);
                parts.push(index);
            }
        }
        trace.rhs(&body.result);
        if trace.uses.get(&result).copied().unwrap_or(0) != parts.len()
            || items.len() != types.len()
        {
            return None;
        }
        let mut ways = Vec::with_capacity(items.len());
        let mut seen: Mask = 0;
        for item in items {
            let Atom::Var { var, .. } = item else {
                return None;
            };
            let way = self.way(&trace, *var, types)?;
            if has(seen, way.of) {
                return None;
            }
            seen |= 1 << way.of;
            ways.push(way);
        }
        Some(Site { place, ways, parts })
    }

    /// The component of a variable that a right-hand side is.
    fn component_of(&self, rhs: &Rhs, whole: VarId) -> Option<usize> {
        match rhs {
            Rhs::Item {
                tuple: Atom::Var { var, .. },
                index,
                ..
            } if *var == whole => Some(index.0 as usize),
            Rhs::Select {
                record: record @ Atom::Var { var, .. },
                label,
                ..
            } if *var == whole => match self.session.types.get(record.meta().ty) {
                ir_defs::types::Type::Record { fields, .. } => {
                    fields.iter().position(|(name, _)| name == label)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// How a variable comes out of a component of the call. Each variable on the way has no other use.
    fn way(&mut self, trace: &Trace<'_>, var: VarId, types: &[TyId]) -> Option<Way> {
        if trace.uses.get(&var) != Some(&1) {
            return None;
        }
        if let Some(&of) = trace.of.get(&var) {
            return Some(Way {
                of,
                chain: Vec::new(),
                field: None,
            });
        }
        let (index, value) = trace.bound(var)?;
        let args: Vec<&Atom> = match value {
            Rhs::Construct { args, .. } if args.len() <= MAX_FIELDS => args.iter().collect(),
            Rhs::Tuple { items, .. } => items.iter().collect(),
            Rhs::Record { fields, .. } => fields.iter().map(|field| &field.value).collect(),
            _ => return None,
        };
        let mut found = None;
        for (field, arg) in args.into_iter().enumerate() {
            if let Atom::Var { var, .. } = arg
                && (trace.of.contains_key(var) || trace.bound(*var).is_some())
                && let Some(way) = self.way(trace, *var, types)
            {
                // Two components in one object have no holes.
                if found.is_some() {
                    return None;
                }
                found = Some((field, way));
            }
        }
        let (field, mut way) = found?;
        if way.field.is_none() {
            let Rhs::Construct {
                con, types: args, ..
            } = value
            else {
                return None;
            };
            let hole = Field {
                con: *con,
                types: args.clone(),
                field,
            };
            let component = types.get(way.of).copied()?;
            self.has_hole(&hole, component).then_some(())?;
            way.field = Some(hole);
        }
        way.chain.push(index);
        Some(way)
    }
}

/// What follows a call.
struct Trace<'b> {
    body: &'b Body,
    place: usize,
    /// The components of its result, by their variables.
    of: FxHashMap<VarId, usize>,
    uses: FxHashMap<VarId, usize>,
}

impl Trace<'_> {
    /// The statement behind the call that binds a variable.
    fn bound(&self, wanted: VarId) -> Option<(usize, &Rhs)> {
        let statements = self.body.statements.iter().enumerate();
        statements
            .skip(self.place + 1)
            .find_map(|(index, statement)| match statement {
                Stmt::Let { binder, value, .. } if binder.var == wanted => Some((index, value)),
                _ => None,
            })
    }
}

impl Visit for Trace<'_> {
    fn var_id(&mut self, var: &VarId) {
        *self.uses.entry(*var).or_default() += 1;
    }
}
