//! From a name to what it means in a module: its own definitions, its imports, the prelude, qualifiers.

use ir_defs::ast;
use ir_defs::tables::TyConKind;
use ir_defs::terminals::Ident;
use nanopass::{Diagnostic, Span, Symbol};

use super::Resolver;
use super::modules::{Module, PRELUDE};
use super::names::{Found, ModuleId, Selection, TypeName, Value};
use crate::codes;

/// A definition that an import brings in: which import, and the name in its list if it has one.
pub(super) struct Imported<T> {
    pub(super) entity: T,
    pub(super) import: usize,
    pub(super) listed: Option<Symbol>,
    pub(super) span: Span,
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

    pub(super) fn builtin_value(&self, name: Symbol) -> Option<Value> {
        let text = self.session.core.text(name);
        let id = self.session.constructors.find(text)?;
        let info = self.session.constructors.get(id)?;
        (!text.contains('.') && info.data.is_some()).then_some(Value::Con(id))
    }

    pub(super) fn builtin_type(&self, name: Symbol) -> Option<TypeName> {
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

    pub(super) fn imported_values(
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

    pub(super) fn imported_types(
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

pub(super) fn one_or_many<T: Copy>(candidates: Vec<(T, Span)>) -> Found<T> {
    match candidates.as_slice() {
        [] => Found::Nothing,
        &[(entity, _)] => Found::One(entity),
        _ => Found::Many(candidates),
    }
}
