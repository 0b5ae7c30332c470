//! Qualified names: what stands before the dot, and what it holds.

use ir_defs::tables::ClassId;
use ir_defs::terminals::Ident;
use nanopass::Symbol;

use super::Resolver;
use super::lookup::one_or_many;
use super::modules::Module;
use super::names::{Found, ModuleId, TypeName, Value};
use crate::codes;

/// What may stand before the dot of a qualified name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Qualified {
    /// A module, and the import that gives it this name.
    Module(ModuleId, Option<usize>),
    /// A class, before the name of a member.
    Class(ClassId),
    /// A module that the library does not have yet.
    Missing(String),
}
impl Resolver<'_> {
    // Qualified names.

    /// What a name means before a dot; empty if it is no qualifier.
    pub(super) fn find_qualifier(&mut self, id: ModuleId, name: Symbol) -> Vec<Qualified> {
        if let Some(found) = self.qualifier_cache.get(&(id, name)) {
            return found.clone();
        }
        let found = self.find_qualifier_uncached(id, name);
        self.qualifier_cache.insert((id, name), found.clone());
        found
    }

    fn find_qualifier_uncached(&mut self, id: ModuleId, name: Symbol) -> Vec<Qualified> {
        let Some(module) = self.module(id) else {
            return Vec::new();
        };
        let mut found = self.qualifiers_of_imports(&module, name);
        if self.is_upper(name)
            && let Found::One(entity) = self.find_type(id, name)
        {
            if let TypeName::Class(class) = entity {
                found.push(Qualified::Class(class));
            }
            if let Some(&home) = self.facts.home_of_type.get(&entity) {
                found.push(Qualified::Module(home, None));
            }
        }
        if self.is_upper(name)
            && let Some(domain) = self.find_domain(id, name)
        {
            found.push(Qualified::Module(domain, None));
        }
        if let Some(outer) = module.outer.filter(|_| found.is_empty()) {
            return self.find_qualifier(outer, name);
        }
        if found.is_empty() || self.is_type_of_prelude(id, name) {
            self.add_qualifiers_of_prelude(id, &module, name, &mut found);
        }
        found
    }

    /// What the prelude calls by a name, before what was found. A type such as `Json` qualifies what its functions'
    /// module exports, wherever it is defined itself.
    fn add_qualifiers_of_prelude(
        &mut self,
        id: ModuleId,
        module: &Module,
        name: Symbol,
        found: &mut Vec<Qualified>,
    ) {
        let Some(prelude) = self
            .prelude()
            .filter(|&prelude| prelude != id && (module.prelude || module.library))
            .and_then(|prelude| self.module(prelude))
        else {
            return;
        };
        let mut all = self.qualifiers_of_imports(&prelude, name);
        for qualified in &mut all {
            if let Qualified::Module(_, import) = qualified {
                // The imports of another module are not counted as used.
                *import = None;
            }
        }
        found.retain(|qualified| !all.contains(qualified));
        all.append(found);
        *found = all;
    }

    fn is_type_of_prelude(&mut self, id: ModuleId, name: Symbol) -> bool {
        if !self.is_upper(name) {
            return false;
        }
        let Found::One(entity) = self.find_type(id, name) else {
            return false;
        };
        self.prelude()
            .is_some_and(|prelude| self.exported_type(prelude, name) == Some(entity))
    }

    fn qualifiers_of_imports(&self, module: &Module, name: Symbol) -> Vec<Qualified> {
        let imports = module
            .imports
            .iter()
            .enumerate()
            .filter(|(_, import)| import.qualifier == name);
        imports
            .map(|(index, import)| match import.target {
                Some(target) => Qualified::Module(target, Some(index)),
                None => Qualified::Missing(self.text(import.path.name)),
            })
            .collect()
    }

    /// The value of a qualified name; reports one that is not there.
    pub(super) fn qualified_value(
        &mut self,
        id: ModuleId,
        qualifiers: &[Qualified],
        name: Ident,
    ) -> Found<Value> {
        self.qualified(
            id,
            qualifiers,
            name,
            |resolver, qualified| match *qualified {
                Qualified::Module(target, _) if target == id => resolver.own_value(id, name.name),
                Qualified::Module(target, _) => resolver.exported_value(target, name.name),
                Qualified::Class(class) => resolver.part_of(TypeName::Class(class), name.name),
                Qualified::Missing(_) => None,
            },
        )
    }

    /// The type of a qualified name; reports one that is not there.
    pub(super) fn qualified_type(
        &mut self,
        id: ModuleId,
        qualifiers: &[Qualified],
        name: Ident,
    ) -> Found<TypeName> {
        self.qualified(
            id,
            qualifiers,
            name,
            |resolver, qualified| match *qualified {
                Qualified::Module(target, _) => resolver.exported_type(target, name.name),
                Qualified::Class(_) | Qualified::Missing(_) => None,
            },
        )
    }

    fn qualified<T: Copy + PartialEq>(
        &mut self,
        id: ModuleId,
        qualifiers: &[Qualified],
        name: Ident,
        mut find: impl FnMut(&mut Self, &Qualified) -> Option<T>,
    ) -> Found<T> {
        let mut candidates = Vec::new();
        for qualified in qualifiers {
            let import = match qualified {
                Qualified::Module(_, import) => *import,
                _ => None,
            };
            if let Some(import) = import {
                self.used_imports.insert((id, import, None));
            }
            let Some(entity) = find(self, qualified) else {
                continue;
            };
            if candidates.iter().any(|&(other, _)| other == entity) {
                continue;
            }
            let module = self.module(id);
            let place =
                import.and_then(|import| module?.imports.get(import).map(|import| import.span));
            candidates.push((entity, place.unwrap_or(name.span)));
        }
        if !candidates.is_empty() {
            return one_or_many(candidates);
        }
        for qualified in qualifiers {
            match qualified {
                Qualified::Missing(path) => {
                    // A user's own import of a missing module has been reported where it stands.
                    if path.starts_with("aivi.") && !self.imports_path(id, path) {
                        let message = format!("there is no module `{path}`");
                        self.error(codes::UNKNOWN_MODULE, message, name.span, "");
                    }
                    return Found::Reported;
                }
                Qualified::Module(target, _) => {
                    self.report_not_exported(*target, name);
                    return Found::Reported;
                }
                Qualified::Class(_) => {}
            }
        }
        Found::Nothing
    }

    fn imports_path(&mut self, id: ModuleId, path: &str) -> bool {
        let Some(module) = self.module(id) else {
            return false;
        };
        !module.library
            && module
                .imports
                .iter()
                .any(|import| self.session.core.text(import.path.name) == path)
    }
}
