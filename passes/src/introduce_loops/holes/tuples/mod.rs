//! Functions that give a tuple or record, each of whose components may have a hole of its own.
//!
//! ```text
//! (function unzip [xs] …                          (function unzip.fill [xs cell cell.1] …
//!   (switch xs                                      (switch xs
//!     (on-con Nil [] (tuple Nil Nil))                 (on-con Nil [] (fill cell … Nil) (fill cell.1 … Nil))
//!     (on-con Cons [p t]                              (on-con Cons [p t]
//!       (let r (call unzip t))                          (let c (open Cons 1 x)) (let d (open Cons 1 y))
//!       (let a (item r 0)) (let b (item r 1))           (fill cell … c) (fill cell.1 … d)
//!       (let c (construct Cons x a))                    (call unzip.fill t c d)))
//!       (let d (construct Cons y b))
//!       (tuple c d))))
//! ```
//!
//! A form of a function is known by the set of its components that have holes; it gives the others. Where a result
//! grows in a component without a hole, that gets one: its cell is made, the call is one of a form of more holes, and the
//! cell and what that form gives are put together behind it. So `partition`, of which only one component grows in each
//! round, has four forms: without holes, with the one, with the other, with both. A result need not be where it was:
//! `(b, [x, ...a])` of `(a, b)` fills the first hole by what is second in the rest, and `span` gives the component that
//! only goes through to whoever called first.
//!
//! [`ways`] finds the calls, [`bodies`] makes the forms.

mod bodies;
mod ways;

use ir_defs::loops::Body;
use ir_defs::terminals::{Binder, Flag};
use ir_defs::types::Type;
use nanopass::TyId;

use super::super::recursion::Itself;
use super::{Field, Holes};

/// Tuples of more components have no holes, so that forms are few.
const MAX_COMPONENTS: usize = 4;
/// A function has so many forms at most, and together they have so many right-hand sides at most.
const MAX_FORMS: usize = 8;
const MAX_SIZE: usize = 1000;

/// A function that gives a tuple or record.
pub(super) struct Definition<'f> {
    pub itself: Itself,
    pub params: &'f [Binder],
    pub performs: Flag,
    pub fails: Option<TyId>,
    pub result: TyId,
    pub body: &'f mut Body,
}

/// The components that have holes, a bit for each.
type Mask = u8;

fn has(mask: Mask, component: usize) -> bool {
    mask >> component & 1 == 1
}

/// A form with holes.
pub(super) struct Form {
    mask: Mask,
    /// Its name, once it has one.
    pub itself: Option<Itself>,
}

/// What is decided for a function.
pub(super) struct Tuples {
    types: Vec<TyId>,
    /// Where the holes of each component are, if it has any.
    fields: Vec<Option<Field>>,
    pub forms: Vec<Form>,
}

/// A further form of a function.
pub(super) struct Made {
    pub itself: Itself,
    pub params: Vec<Binder>,
    pub result: TyId,
    pub body: Body,
}

impl Tuples {
    fn form(&self, mask: Mask) -> Option<Itself> {
        let form = self.forms.iter().find(|form| form.mask == mask)?;
        form.itself
    }

    /// The components that a form gives.
    fn rest(&self, mask: Mask) -> Vec<usize> {
        (0..self.types.len())
            .filter(|&component| !has(mask, component))
            .collect()
    }
}

impl Holes<'_> {
    fn components(&self, result: TyId) -> Option<Vec<TyId>> {
        let types: Vec<TyId> = match self.session.types.get(result) {
            Type::Tuple(items) => items.clone(),
            Type::Record { fields, .. } => fields.iter().map(|&(_, ty)| ty).collect(),
            _ => return None,
        };
        (1..=MAX_COMPONENTS).contains(&types.len()).then_some(types)
    }

    /// The forms that a function needs, if one of its components can have holes.
    pub(super) fn tuples(&mut self, of: &Definition<'_>) -> Option<Tuples> {
        let types = self.components(of.result)?;
        let mut sites = Vec::new();
        let mut size = 0;
        self.tuple_sites(of.itself, &types, of.body, &mut sites, &mut size);
        let grows = |site: &ways::Site| site.ways.iter().any(|way| way.field.is_some());
        if !sites.iter().any(grows) {
            return None;
        }
        let fields = fields(&types, &sites)?;
        // The forms that are reached from the one without holes.
        let mut masks: Vec<Mask> = vec![0];
        let mut done = 0;
        while let Some(&mask) = masks.get(done) {
            done += 1;
            for site in &sites {
                let next = site.next(mask);
                if !masks.contains(&next) {
                    masks.push(next);
                }
            }
        }
        if masks.len() > MAX_FORMS || masks.len() * size > MAX_SIZE {
            return None;
        }
        let forms = masks.into_iter().filter(|&mask| mask != 0);
        Some(Tuples {
            types,
            fields,
            forms: forms.map(|mask| Form { mask, itself: None }).collect(),
        })
    }
}

/// Where the holes of each component are: each always in the same field. Where components change places, all are one.
fn fields(types: &[TyId], sites: &[ways::Site]) -> Option<Vec<Option<Field>>> {
    let mut fields: Vec<Option<Field>> = vec![None; types.len()];
    let mut changes_places = false;
    for site in sites {
        for (component, way) in site.ways.iter().enumerate() {
            changes_places |= way.of != component;
            let (Some(found), Some(known)) = (&way.field, fields.get_mut(way.of)) else {
                continue;
            };
            if known.get_or_insert_with(|| found.clone()) != found {
                return None;
            }
        }
    }
    if changes_places {
        let one = fields.iter().flatten().next().cloned();
        if fields
            .iter()
            .flatten()
            .any(|field| Some(field) != one.as_ref())
        {
            return None;
        }
        fields.fill(one);
    }
    Some(fields)
}
