//! The checks of `typed`: those of [`well_typed`], and of patches.
//!
//! - what replaces a value has its type, and what transforms one is a function from its type to itself;
//! - a record has the fields that are changed or removed, lacks those that are added, and has a known rest for that;
//! - a predicate is one of the items or entries, a key is one of the map's, with evidence for their order;
//! - a change of some items, or of one constructor's field, keeps the type.

use nanopass::TyId;

mod language {
    pub(super) use crate::typed::*;
}

#[allow(
    clippy::duplicate_mod,
    reason = "`typed` and `unpatched` differ in one form and share their checks"
)]
#[path = "well_typed/mod.rs"]
mod well_typed;

use crate::known;
use crate::tables::ClassConstraint;
use language::{Change, Evidence, Expr, FieldChange};
use rustc_hash::FxHashMap;
use well_typed::Check;
pub use well_typed::{check, retype};

/// The type of a patch.
fn own_form(check: &mut Check<'_>, form: &mut Expr) -> TyId {
    let Expr::Patch { target, change, .. } = form else {
        return check.types.error();
    };
    let ty = check.expr(target);
    check.change(change, ty)
}

impl Check<'_> {
    /// The type of what a change makes of a value.
    fn change(&mut self, change: &mut Change, ty: TyId) -> TyId {
        self.at(change.meta());
        let result = self.changed(change, ty);
        let meta = change.meta_mut();
        if meta.ty.is_none() {
            meta.ty = result;
        }
        result
    }

    fn changed(&mut self, change: &mut Change, ty: TyId) -> TyId {
        match change {
            Change::Replace { value, .. } => {
                let found = self.expr(value);
                self.expect("a replacement", found, ty);
                ty
            }
            Change::Transform { function, .. } => {
                let found = self.expr(function);
                let expected = self.types.fun(&[ty], ty);
                self.expect("a transformation", found, expected);
                ty
            }
            Change::Several { changes, .. } => {
                let mut ty = ty;
                for change in changes {
                    ty = self.change(change, ty);
                }
                ty
            }
            Change::Fields { fields, .. } => self.changed_fields(fields, ty),
            Change::Payload {
                con, types, change, ..
            } => {
                match self.types.constructor(*con, types) {
                    Some((data, fields)) => {
                        self.expect("what is changed", ty, data);
                        match fields.as_slice() {
                            [field] => self.same_after(change, *field),
                            _ => self.violation("a changed constructor has not one field"),
                        }
                    }
                    None => self.violation("a changed constructor is not defined"),
                }
                ty
            }
            Change::Items { change, .. } => match self.argument("List", 0, ty) {
                Some(item) => {
                    let item = self.change(change, item);
                    self.types.list(item)
                }
                None => ty,
            },
            Change::ItemsWhere {
                predicate, change, ..
            } => {
                if let Some(item) = self.argument("List", 0, ty) {
                    self.predicate(predicate, item);
                    self.same_after(change, item);
                }
                ty
            }
            Change::Values { change, .. } => {
                let Some((key, value)) = self.map_parts(ty) else {
                    return ty;
                };
                let value = self.change(change, value);
                let map = self.types.con(known::MAP_TYPE);
                self.types.table.apply(map, vec![key, value])
            }
            Change::ValuesWhere {
                predicate, change, ..
            } => {
                if let Some((key, value)) = self.map_parts(ty) {
                    let label = |name| self.types.session.core.lookup(name);
                    if let (Some(k), Some(v)) = (label("key"), label("value")) {
                        let entry = self.types.record(vec![(k, key), (v, value)], None);
                        self.predicate(predicate, entry);
                    }
                    self.same_after(change, value);
                }
                ty
            }
            Change::Key {
                key,
                evidence,
                change,
                ..
            } => {
                if let Some(value) = self.key(key, evidence, ty) {
                    self.same_after(change, value);
                }
                ty
            }
            Change::Insert {
                key,
                evidence,
                value,
                ..
            } => {
                let expected = self.key(key, evidence, ty);
                let found = self.expr(value);
                if let Some(expected) = expected {
                    self.expect("the value of a key", found, expected);
                }
                ty
            }
            Change::Delete { key, evidence, .. } => {
                self.key(key, evidence, ty);
                ty
            }
        }
    }

    fn changed_fields(&mut self, fields: &mut [FieldChange], ty: TyId) -> TyId {
        let Some((known, tail)) = self.types.as_record(ty) else {
            if !self.is_error(ty) {
                self.violation("the fields of what is no record are changed");
            }
            return self.types.error();
        };
        let mut places: FxHashMap<_, _> = known.iter().copied().collect();
        let mut changed = FxHashMap::default();
        let mut added = Vec::new();
        let known = known.to_vec();
        for field in fields {
            self.at(field.meta());
            let (label, result) = match field {
                FieldChange::Change { label, change, .. } => {
                    let Some(old) = places.get(label).copied() else {
                        self.violation("a field is changed that the record does not have");
                        continue;
                    };
                    (*label, Some(self.change(change, old)))
                }
                FieldChange::Add { label, value, .. } => {
                    let value = self.expr(value);
                    if places.insert(*label, value).is_some() {
                        self.violation("a field is added that the record has");
                    }
                    if tail.is_some() {
                        self.violation("a field is added to a record with an unknown rest");
                    }
                    added.push((*label, value));
                    continue;
                }
                FieldChange::Remove { label, .. } => {
                    if !places.contains_key(label) {
                        self.violation("a field is removed that the record does not have");
                    }
                    (*label, None)
                }
            };
            if changed.insert(label, result).is_some() {
                self.violation("a field is changed twice");
            }
        }
        let kept = known
            .into_iter()
            .filter_map(|(label, old)| match changed.get(&label) {
                Some(new) => new.map(|new| (label, new)),
                None => Some((label, old)),
            });
        let fields = kept.chain(added).collect();
        self.types.record(fields, tail)
    }

    /// A change that must keep the type.
    fn same_after(&mut self, change: &mut Change, ty: TyId) {
        let found = self.change(change, ty);
        self.expect("what is changed in some places only", found, ty);
    }

    fn predicate(&mut self, predicate: &mut Expr, item: TyId) {
        let found = self.expr(predicate);
        let bool = self.types.con("Bool");
        let expected = self.types.fun(&[item], bool);
        self.expect("a predicate", found, expected);
    }

    /// Checks a key of a map and the evidence for the order of the keys; gives the type of the values.
    fn key(&mut self, key: &mut Expr, evidence: &Evidence, ty: TyId) -> Option<TyId> {
        let found = self.expr(key);
        let (expected, value) = self.map_parts(ty)?;
        self.expect("a key", found, expected);
        if let Some(class) = self.types.session.classes.find(known::ORD_CLASS) {
            let wanted = ClassConstraint {
                class,
                types: vec![expected],
            };
            self.evidence_for(std::slice::from_ref(evidence), &[wanted]);
        }
        Some(value)
    }

    fn map_parts(&mut self, ty: TyId) -> Option<(TyId, TyId)> {
        Some((
            self.argument(known::MAP_TYPE, 0, ty)?,
            self.argument(known::MAP_TYPE, 1, ty)?,
        ))
    }

    /// The argument of a type that must be of this constructor.
    fn argument(&mut self, con: &str, index: usize, ty: TyId) -> Option<TyId> {
        let found = self.types.as_data(ty).and_then(|(found, args)| {
            let same = self.types.session.tycons.name(found) == con;
            same.then(|| args.get(index).copied())?
        });
        if found.is_none() && !self.is_error(ty) {
            let shown = self.types.show(ty);
            self.violation(format!("{shown} is no {con}"));
        }
        found
    }
}
