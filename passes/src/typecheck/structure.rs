//! Structural classes: what they ask of the parts of a type.

use super::Checker;
use super::rows::Tail;
use ir_defs::tables::{ClassId, TyConId, TyConKind};
use ir_defs::types::{TyVarId, Type};
use nanopass::TyId;
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

/// Types that one search for structural evidence may look at.
const STRUCTURE: usize = 5_000;

impl Checker<'_> {
    /// What a structural class asks of the parts of a type; `None` where a function is in the way.
    pub(super) fn structure(&mut self, class: ClassId, ty: TyId) -> Option<Vec<TyId>> {
        match self.get(ty).clone() {
            Type::Tuple(items) => Some(items),
            Type::Record { .. } => {
                let view = self.record_view(ty);
                // The fields of an unknown rest could be anything.
                (view.tail == Tail::Closed).then(|| view.fields.iter().map(|&(_, ty)| ty).collect())
            }
            Type::Con(con) => self.data_structure(class, con, &[]),
            Type::Apply(head, args) => {
                let head = self.shallow(head);
                match *self.get(head) {
                    Type::Con(con) => self.data_structure(class, con, &args),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    pub(super) fn data_structure(
        &mut self,
        class: ClassId,
        con: TyConId,
        args: &[TyId],
    ) -> Option<Vec<TyId>> {
        let info = self.session.tycons.get(con)?;
        match info.kind {
            TyConKind::Data => {
                let replace: FxHashMap<TyVarId, TyId> = info
                    .params
                    .clone()
                    .into_iter()
                    .zip(args.iter().copied())
                    .collect();
                let needs = self.data_needs(class, con)?;
                Some(
                    needs
                        .iter()
                        .map(|&need| self.session.types.substitute(need, &replace))
                        .collect(),
                )
            }
            TyConKind::Builtin => matches!(
                info.short.as_str(),
                "Int" | "Float" | "Char" | "Text" | "Bytes"
            )
            .then(Vec::new),
            _ => None,
        }
    }

    /// What a structural class asks of the parameters of a data type, whose fields may lead back to it.
    pub(super) fn data_needs(&mut self, class: ClassId, con: TyConId) -> Option<Rc<[TyId]>> {
        if let Some(known) = self.needs.get(&(class, con)) {
            return known.clone();
        }
        let needs = self.explore(class, con).map(Rc::from);
        self.needs.insert((class, con), needs.clone());
        needs
    }

    pub(super) fn explore(&mut self, class: ClassId, con: TyConId) -> Option<Vec<TyId>> {
        let mut needs = Vec::new();
        let mut seen = FxHashSet::default();
        let mut stack = self.fields_of(con, None);
        while let Some(ty) = stack.pop() {
            if !seen.insert(ty) {
                continue;
            }
            if seen.len() > STRUCTURE {
                self.endless.insert(con);
                return None;
            }
            match self.get(ty).clone() {
                Type::Var(_) => needs.push(ty),
                Type::Error => {}
                Type::Tuple(items) => stack.extend(items),
                Type::Record { fields, tail: None } => {
                    stack.extend(fields.iter().map(|&(_, ty)| ty))
                }
                Type::Con(_) | Type::Apply(..) => {
                    let (head, args) = match self.get(ty).clone() {
                        Type::Apply(head, args) => (head, args),
                        _ => (ty, Vec::new()),
                    };
                    let Type::Con(inner) = *self.get(head) else {
                        needs.push(ty);
                        continue;
                    };
                    if let Some(instance) = self.instances.get(&(class, inner)).cloned() {
                        let (_, replace) = self.instantiate(&instance.types);
                        let expected = self.session.types.substitute(instance.head, &replace);
                        self.unify(ty, expected).ok()?;
                        for constraint in &instance.constraints {
                            let part = self
                                .session
                                .types
                                .substitute(*constraint.types.first()?, &replace);
                            if constraint.class == class {
                                stack.push(self.resolve(part));
                            }
                        }
                        continue;
                    }
                    match self.session.tycons.get(inner).map(|info| info.kind.clone()) {
                        Some(TyConKind::Data) => stack.extend(self.fields_of(inner, Some(&args))),
                        _ => {
                            self.data_structure(class, inner, &args)?;
                        }
                    }
                }
                _ => return None,
            }
        }
        Some(needs)
    }

    /// The types of all fields of a data type's constructors, at arguments or over its parameters.
    pub(super) fn fields_of(&mut self, con: TyConId, args: Option<&[TyId]>) -> Vec<TyId> {
        let Some(info) = self.session.tycons.get(con) else {
            return Vec::new();
        };
        let (params, constructors) = (info.params.clone(), info.constructors.clone());
        let replace: FxHashMap<TyVarId, TyId> = match args {
            Some(args) => params.into_iter().zip(args.iter().copied()).collect(),
            None => FxHashMap::default(),
        };
        let mut fields = Vec::new();
        for con in constructors {
            let types = self
                .session
                .constructors
                .get(con)
                .map(|info| info.fields.clone())
                .unwrap_or_default();
            fields.extend(
                types
                    .into_iter()
                    .map(|ty| self.session.types.substitute(ty, &replace)),
            );
        }
        fields
    }
}
