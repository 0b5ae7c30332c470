//! From a name to what it means in a module: its own definitions, its imports, the prelude, qualifiers.

use ir_defs::ast;
use ir_defs::tables::{ClassId, TyConKind};
use ir_defs::terminals::Ident;
use nanopass::{Diagnostic, Span, Symbol};

use super::Resolver;
use super::modules::{Module, PRELUDE};
use super::names::{Found, ModuleId, Selection, TypeName, Value};
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

/// A definition that an import brings in: which import, and the name in its list if it has one.
struct Imported<T> {
    entity: T,
    import: usize,
    listed: Option<Symbol>,
    span: Span,
}

impl Resolver<'_> {
    // Unqualified names.

    /// What an unqualified name means in the expressions and patterns of a module.
    pub(super) fn find_value(&mut self, id: ModuleId, name: Symbol) -> Found<Value> {
        if let Some(found) = self.value_cache.get(&(id, name)) {
            return found.clone();
        }
        let found = self.find_value_uncached(id, name);
        self.value_cache.insert((id, name), found.clone());
        found
    }

    fn find_value_uncached(&mut self, id: ModuleId, name: Symbol) -> Found<Value> {
        let Some(module) = self.module(id) else {
            return Found::Nothing;
        };
        let mut candidates = Vec::new();
        if let Some(own) = module.values.get(&name) {
            if module.library || module.outer.is_some() {
                return Found::One(own.entity);
            }
            candidates.push((own.entity, own.span));
        } else {
            candidates = self.in_own_domains(&module, |domain| {
                let own = domain.values.get(&name)?;
                Some((own.entity, own.span))
            });
        }
        if let Some(outer) = module.outer {
            return self.find_value(outer, name);
        }
        for imported in self.imported_values(id, &module, name) {
            self.used_imports
                .insert((id, imported.import, imported.listed));
            if candidates
                .iter()
                .all(|&(entity, _)| entity != imported.entity)
            {
                candidates.push((imported.entity, imported.span));
            }
        }
        if candidates.is_empty()
            && let Some(entity) = self.prelude_value(id, &module, name)
        {
            return Found::One(entity);
        }
        if candidates.is_empty() && self.is_reported(&module, name) {
            return Found::Reported;
        }
        one_or_many(candidates)
    }

    /// Whether a name that is nowhere may have come from an import that is wrong, which has been reported.
    fn is_reported(&mut self, module: &Module, name: Symbol) -> bool {
        !module.library
            && module
                .imports
                .iter()
                .any(|import| match (&import.selection, import.target) {
                    (Selection::Nothing, _)
                    | (Selection::Everything | Selection::Hiding(_), Some(_)) => false,
                    (Selection::Everything | Selection::Hiding(_), None) => true,
                    (Selection::Only(names), target) => names.iter().any(|exposed| {
                        let listed = exposed.name.name;
                        !exposed.domain.0
                            && exposed.alias.unwrap_or(exposed.name).name == name
                            && target.is_none_or(|target| {
                                self.exported_value(target, listed).is_none()
                                    && self.exported_type(target, listed).is_none()
                            })
                    }),
                })
    }

    fn prelude_value(&mut self, id: ModuleId, module: &Module, name: Symbol) -> Option<Value> {
        let prelude = self.prelude();
        match prelude {
            Some(prelude) if module.prelude && prelude != id => self
                .exported_value(prelude, name)
                .or_else(|| module.library.then(|| self.builtin_value(name))?),
            // Without a library (in tests of single passes) the built-in names stand in for the prelude.
            None if module.prelude => self.builtin_value(name),
            _ if module.library => self.builtin_value(name),
            _ => None,
        }
    }

    /// What an unqualified name means in the types of a module.
    pub(super) fn find_type(&mut self, id: ModuleId, name: Symbol) -> Found<TypeName> {
        if let Some(found) = self.type_cache.get(&(id, name)) {
            return found.clone();
        }
        let found = self.find_type_uncached(id, name);
        self.type_cache.insert((id, name), found.clone());
        found
    }

    fn find_type_uncached(&mut self, id: ModuleId, name: Symbol) -> Found<TypeName> {
        let Some(module) = self.module(id) else {
            return Found::Nothing;
        };
        let mut candidates = Vec::new();
        if let Some(own) = module.types.get(&name) {
            if module.library || module.outer.is_some() {
                return Found::One(own.entity);
            }
            candidates.push((own.entity, own.span));
        } else {
            candidates = self.in_own_domains(&module, |domain| {
                let own = domain.types.get(&name)?;
                Some((own.entity, own.span))
            });
        }
        if let Some(outer) = module.outer {
            return self.find_type(outer, name);
        }
        for imported in self.imported_types(id, &module, name) {
            self.used_imports
                .insert((id, imported.import, imported.listed));
            if candidates
                .iter()
                .all(|&(entity, _)| entity != imported.entity)
            {
                candidates.push((imported.entity, imported.span));
            }
        }
        if candidates.is_empty() {
            let prelude = self.prelude();
            let entity = match prelude {
                Some(prelude) if module.prelude && prelude != id => self
                    .exported_type(prelude, name)
                    .or_else(|| module.library.then(|| self.builtin_type(name))?),
                None if module.prelude => self.builtin_type(name),
                _ if module.library => self.builtin_type(name),
                _ => None,
            };
            if let Some(entity) = entity {
                return Found::One(entity);
            }
            // A name that could be a variable stays one.
            if !self.is_variable(name) && self.is_reported(&module, name) {
                return Found::Reported;
            }
        }
        one_or_many(candidates)
    }

    pub(super) fn prelude(&mut self) -> Option<ModuleId> {
        self.find_module(PRELUDE).ok().flatten()
    }

    fn builtin_value(&self, name: Symbol) -> Option<Value> {
        let text = self.session.core.text(name);
        let id = self.session.constructors.find(text)?;
        let info = self.session.constructors.get(id)?;
        (!text.contains('.') && info.data.is_some()).then_some(Value::Con(id))
    }

    fn builtin_type(&self, name: Symbol) -> Option<TypeName> {
        let text = self.session.core.text(name);
        let id = self.session.tycons.find(text)?;
        let info = self.session.tycons.get(id)?;
        let known = matches!(info.kind, TyConKind::Builtin | TyConKind::Data);
        (!text.contains('.') && known).then_some(TypeName::Con(id))
    }

    /// A definition of the module itself.
    pub(super) fn own_value(&mut self, id: ModuleId, name: Symbol) -> Option<Value> {
        let module = self.module(id)?;
        let own = module.values.get(&name).map(|definition| definition.entity);
        own.or_else(|| self.own_value(module.outer?, name))
    }

    /// A definition of the module itself, by the text of its name.
    pub(super) fn own_value_named(&mut self, id: ModuleId, name: &str) -> Option<Value> {
        let name = self.session.core.lookup(name)?;
        self.own_value(id, name)
    }

    // Imports.

    fn imported_values(
        &mut self,
        id: ModuleId,
        module: &Module,
        name: Symbol,
    ) -> Vec<Imported<Value>> {
        let mut found = Vec::new();
        for (index, import) in module.imports.iter().enumerate() {
            let Some(target) = import.target else {
                continue;
            };
            if target == id {
                continue;
            }
            match &import.selection {
                Selection::Nothing => {}
                Selection::Hiding(names) if self.is_hidden(target, names, name) => {}
                Selection::Everything | Selection::Hiding(_) => {
                    if let Some(entity) = self.exported_value(target, name) {
                        found.push(Imported {
                            entity,
                            import: index,
                            listed: None,
                            span: import.span,
                        });
                    }
                }
                Selection::Only(names) => {
                    if let Some((entity, exposed)) =
                        self.listed_value(target, names, name, module.is_prelude)
                    {
                        let span = exposed.name.span;
                        found.push(Imported {
                            entity,
                            import: index,
                            listed: Some(exposed.name.name),
                            span,
                        });
                    }
                }
            }
        }
        found
    }

    /// A value that a list of imported names brings in: by itself, or with the type or class that it belongs to.
    fn listed_value<'a>(
        &mut self,
        target: ModuleId,
        names: &'a [ast::Exposed],
        name: Symbol,
        is_prelude: bool,
    ) -> Option<(Value, &'a ast::Exposed)> {
        for exposed in names {
            if exposed.domain.0 {
                let domain = self.exported_domain(target, exposed.name.name);
                if let Some(entity) = domain.and_then(|domain| self.domain_value(domain, name)) {
                    return Some((entity, exposed));
                }
            } else if exposed.alias.unwrap_or(exposed.name).name == name
                && let Some(entity) = self.exported_value(target, exposed.name.name)
            {
                return Some((entity, exposed));
            }
        }
        // The prelude names each member of a class that it passes on.
        if is_prelude {
            return None;
        }
        for exposed in names {
            if !exposed.domain.0
                && self.is_upper(exposed.name.name)
                && let Some(entity) = self.exported_type(target, exposed.name.name)
                && let Some(part) = self.part_of(entity, name)
            {
                return Some((part, exposed));
            }
        }
        None
    }

    fn imported_types(
        &mut self,
        id: ModuleId,
        module: &Module,
        name: Symbol,
    ) -> Vec<Imported<TypeName>> {
        let mut found = Vec::new();
        for (index, import) in module.imports.iter().enumerate() {
            let Some(target) = import.target else {
                continue;
            };
            if target == id {
                continue;
            }
            match &import.selection {
                Selection::Nothing => {}
                Selection::Hiding(names) if self.is_hidden(target, names, name) => {}
                Selection::Everything | Selection::Hiding(_) => {
                    if let Some(entity) = self.exported_type(target, name) {
                        found.push(Imported {
                            entity,
                            import: index,
                            listed: None,
                            span: import.span,
                        });
                    }
                }
                Selection::Only(names) => {
                    for exposed in names {
                        let entity = if exposed.domain.0 {
                            self.exported_domain(target, exposed.name.name)
                                .and_then(|domain| self.domain_type(domain, name))
                        } else if exposed.alias.unwrap_or(exposed.name).name == name {
                            self.exported_type(target, exposed.name.name)
                        } else {
                            None
                        };
                        if let Some(entity) = entity {
                            let span = exposed.name.span;
                            found.push(Imported {
                                entity,
                                import: index,
                                listed: Some(exposed.name.name),
                                span,
                            });
                        }
                    }
                }
            }
        }
        found
    }

    /// Whether a `hiding` list hides a name, by itself or with the domain that brings it along.
    fn is_hidden(&mut self, target: ModuleId, names: &[ast::Exposed], name: Symbol) -> bool {
        names.iter().any(|exposed| match exposed.domain.0 {
            false => exposed.name.name == name,
            true => self
                .exported_domain(target, exposed.name.name)
                .is_some_and(|domain| self.is_hidden_with(target, domain, name)),
        })
    }

    /// Whether a name comes with a domain only, so that hiding the domain hides it: what the domain defines, and its
    /// carrier where nothing else exports that.
    fn is_hidden_with(&mut self, target: ModuleId, domain: ModuleId, name: Symbol) -> bool {
        let (Some(table), Some(module)) = (self.module(domain), self.module(target)) else {
            return false;
        };
        if table.values.contains_key(&name) || table.types.contains_key(&name) {
            return true;
        }
        let brings =
            self.domain_value(domain, name).is_some() || self.domain_type(domain, name).is_some();
        let carrier = table.carrier;
        let by_itself = module.exports_all
            || carrier.is_some_and(|carrier| module.exports.contains_key(&carrier));
        brings
            && !by_itself
            && !self
                .exported_domains(target)
                .into_iter()
                .filter(|&other| other != domain)
                .any(|other| {
                    self.module(other)
                        .is_some_and(|table| table.carrier == carrier)
                })
    }

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
            if let Some(value) = self.domain_value(domain, name) {
                return Some(value);
            }
        }
        if module.values.contains_key(&name) {
            return None;
        }
        if listed {
            let imported = self.imported_values(id, &module, name).into_iter().next();
            if let Some(imported) = imported {
                self.used_imports
                    .insert((id, imported.import, imported.listed));
                return Some(imported.entity);
            }
            return self.builtin_value(name).filter(|_| module.library);
        }
        if module.is_prelude {
            return self.builtin_value(name);
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
            if let Some(entity) = self.domain_type(domain, name) {
                return Some(entity);
            }
        }
        if !listed || module.types.contains_key(&name) {
            return None;
        }
        let imported = self.imported_types(id, &module, name).into_iter().next();
        if let Some(imported) = imported {
            self.used_imports
                .insert((id, imported.import, imported.listed));
            return Some(imported.entity);
        }
        self.builtin_type(name).filter(|_| module.library)
    }

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
        if found.is_empty()
            && (module.prelude || module.library)
            && let Some(prelude) = self.prelude()
            && prelude != id
            && let Some(prelude) = self.module(prelude)
        {
            // The imports of another module are not counted as used.
            found = self.qualifiers_of_imports(&prelude, name);
            for qualified in &mut found {
                if let Qualified::Module(_, import) = qualified {
                    *import = None;
                }
            }
        }
        found
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
                        self.not_supported(&format!("the module `{path}`"), name.span);
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

    // Reports.

    /// Says that an unqualified name could mean several definitions.
    pub(super) fn report_ambiguous(&mut self, name: Ident, places: &[Span]) {
        let text = self.text(name.name);
        let mut diagnostic = Diagnostic::error(
            codes::AMBIGUOUS_NAME,
            format!("`{text}` could mean {} definitions", places.len()),
        )
        .at(name.span, "which one?");
        for &place in places {
            diagnostic = diagnostic.label(place, format!("`{text}` comes from here"));
        }
        self.session.report(diagnostic.help(format!(
            "write it qualified, as in `module.{text}`, or hide it: `use … hiding ({text})`"
        )));
    }
}

fn one_or_many<T: Copy>(candidates: Vec<(T, Span)>) -> Found<T> {
    match candidates.as_slice() {
        [] => Found::Nothing,
        &[(entity, _)] => Found::One(entity),
        _ => Found::Many(candidates),
    }
}
