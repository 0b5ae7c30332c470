//! What a module exports.

use nanopass::{Span, Symbol};

use super::Resolver;
use super::names::{ModuleId, TypeName, Value};
use super::namespace::Namespace;

impl Resolver<'_> {
    // Exports.

    /// The constructor of a type, or the member of a class, of the given name.
    pub(super) fn part_of(&self, entity: TypeName, name: Symbol) -> Option<Value> {
        match entity {
            TypeName::Con(con) => self
                .facts
                .constructors
                .get(&con)?
                .iter()
                .find(|(other, _)| *other == name)
                .map(|&(_, id)| Value::Con(id)),
            TypeName::Class(class) => self
                .facts
                .members
                .get(&class)?
                .iter()
                .find(|(other, _, _)| *other == name)
                .map(|&(_, global, _)| Value::Global(global)),
        }
    }

    /// What a module exports under a name.
    pub(super) fn exported<N: Namespace>(&mut self, id: ModuleId, name: Symbol) -> Option<N> {
        N::exported(self, id, name)
    }

    /// Whether a module exports anything under a name, but for domains.
    pub(super) fn is_exported(&mut self, id: ModuleId, name: Symbol) -> bool {
        self.exported_value(id, name).is_some() || self.exported_type(id, name).is_some()
    }

    /// The value or constructor that a module exports under a name.
    pub(super) fn exported_value(&mut self, id: ModuleId, name: Symbol) -> Option<Value> {
        if !self.looking.insert((id, name, false)) {
            return None;
        }
        let found = self.exported_value_unguarded(id, name);
        self.looking.remove(&(id, name, false));
        found
    }

    fn exported_value_unguarded(&mut self, id: ModuleId, name: Symbol) -> Option<Value> {
        let module = self.module(id)?;
        let listed = module.exports.contains_key(&name);
        if let Some(own) = module.values.get(&name) {
            let with_parent = own
                .parent
                .is_some_and(|parent| module.exports.contains_key(&parent));
            if module.exports_all || listed || with_parent {
                return Some(own.entity);
            }
        }
        for domain in self.exported_domains(id) {
            if let Some(value) = Value::of_domain(self, domain, name) {
                return Some(value);
            }
        }
        if module.values.contains_key(&name) {
            return None;
        }
        if listed {
            let imported = self.imported::<Value>(id, &module, name).into_iter().next();
            if let Some(imported) = imported {
                self.used_imports
                    .insert((id, imported.import, imported.listed));
                return Some(imported.entity);
            }
            return Value::builtin(self, name).filter(|_| module.library);
        }
        if module.is_prelude {
            return Value::builtin(self, name);
        }
        // A type that is passed on takes its constructors along, a class its members.
        let mut passed_on: Vec<(Span, Symbol)> = module
            .exports
            .iter()
            .filter(|(name, _)| !module.types.contains_key(*name))
            .map(|(&name, &span)| (span, name))
            .collect();
        passed_on.sort();
        for (_, parent) in passed_on {
            if self.is_upper(parent)
                && let Some(entity) = self.exported_type(id, parent)
                && let Some(part) = self.part_of(entity, name)
            {
                return Some(part);
            }
        }
        None
    }

    /// The type, class or capability that a module exports under a name.
    pub(super) fn exported_type(&mut self, id: ModuleId, name: Symbol) -> Option<TypeName> {
        if !self.looking.insert((id, name, true)) {
            return None;
        }
        let found = self.exported_type_unguarded(id, name);
        self.looking.remove(&(id, name, true));
        found
    }

    fn exported_type_unguarded(&mut self, id: ModuleId, name: Symbol) -> Option<TypeName> {
        let module = self.module(id)?;
        let listed = module.exports.contains_key(&name);
        if let Some(own) = module.types.get(&name)
            && (module.exports_all || listed)
        {
            return Some(own.entity);
        }
        for domain in self.exported_domains(id) {
            if let Some(entity) = TypeName::of_domain(self, domain, name) {
                return Some(entity);
            }
        }
        if !listed || module.types.contains_key(&name) {
            return None;
        }
        let imported = self
            .imported::<TypeName>(id, &module, name)
            .into_iter()
            .next();
        if let Some(imported) = imported {
            self.used_imports
                .insert((id, imported.import, imported.listed));
            return Some(imported.entity);
        }
        TypeName::builtin(self, name).filter(|_| module.library)
    }
}
