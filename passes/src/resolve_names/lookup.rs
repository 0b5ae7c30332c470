//! From a name to what it means in a module: its own definitions, its imports, the prelude, qualifiers.

use ir_defs::ast;
use ir_defs::terminals::Ident;
use nanopass::{Diagnostic, Span, Symbol};

use super::Resolver;
use super::modules::{Module, PRELUDE};
use super::names::{Found, ModuleId, Selection, TypeName, Value};
use super::namespace::Namespace;
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

    /// What an unqualified name means in a module, in expressions and patterns or in types.
    pub(super) fn find<N: Namespace>(&mut self, id: ModuleId, name: Symbol) -> Found<N> {
        if let Some(found) = N::cache(self).get(&(id, name)) {
            return found.clone();
        }
        let found = self.find_uncached(id, name);
        N::cache(self).insert((id, name), found.clone());
        found
    }

    fn find_uncached<N: Namespace>(&mut self, id: ModuleId, name: Symbol) -> Found<N> {
        let Some(module) = self.module(id) else {
            return Found::Nothing;
        };
        let mut candidates = Vec::new();
        if let Some(own) = N::own(&module).get(&name) {
            if module.library || module.outer.is_some() {
                return Found::One(own.entity);
            }
            candidates.push((own.entity, own.span));
        } else {
            candidates = self.in_own_domains(&module, |domain| {
                let own = N::own(domain).get(&name)?;
                Some((own.entity, own.span))
            });
        }
        if let Some(outer) = module.outer {
            return self.find(outer, name);
        }
        for imported in self.imported(id, &module, name) {
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
            if let Some(entity) = self.of_prelude(id, &module, name) {
                return Found::One(entity);
            }
            if !N::is_variable(self, name) && self.is_reported(&module, name) {
                return Found::Reported;
            }
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
                            && target.is_none_or(|target| !self.is_exported(target, listed))
                    }),
                })
    }

    fn of_prelude<N: Namespace>(
        &mut self,
        id: ModuleId,
        module: &Module,
        name: Symbol,
    ) -> Option<N> {
        match self.prelude() {
            Some(prelude) if module.prelude && prelude != id => self
                .exported(prelude, name)
                .or_else(|| module.library.then(|| N::builtin(self, name))?),
            // Without a library (in tests of single passes) the built-in names stand in for the prelude.
            None if module.prelude => N::builtin(self, name),
            _ if module.library => N::builtin(self, name),
            _ => None,
        }
    }

    pub(super) fn prelude(&mut self) -> Option<ModuleId> {
        self.find_module(PRELUDE).ok().flatten()
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

    /// All that a name means by the imports of a module.
    pub(super) fn imported<N: Namespace>(
        &mut self,
        id: ModuleId,
        module: &Module,
        name: Symbol,
    ) -> Vec<Imported<N>> {
        let mut found = Vec::new();
        for (index, import) in module.imports.iter().enumerate() {
            let Some(target) = import.target.filter(|&target| target != id) else {
                continue;
            };
            let all = match &import.selection {
                Selection::Nothing => None,
                Selection::Hiding(names) if self.is_hidden(target, names, name) => None,
                Selection::Everything | Selection::Hiding(_) => self.exported(target, name),
                Selection::Only(names) => {
                    let listed = self.listed(target, names, name, module.is_prelude);
                    found.extend(listed.into_iter().map(|(entity, listed)| Imported {
                        entity,
                        import: index,
                        listed: Some(listed.name),
                        span: listed.span,
                    }));
                    None
                }
            };
            found.extend(all.map(|entity| Imported {
                entity,
                import: index,
                listed: None,
                span: import.span,
            }));
        }
        found
    }

    /// What a list of imported names brings in under a name: by itself, else with a type or class.
    fn listed<N: Namespace>(
        &mut self,
        target: ModuleId,
        names: &[ast::Exposed],
        name: Symbol,
        is_prelude: bool,
    ) -> Vec<(N, Ident)> {
        let mut found = Vec::new();
        for exposed in names {
            let listed = exposed.name;
            let entity = if exposed.domain.0 {
                self.exported_domain(target, listed.name)
                    .and_then(|domain| N::of_domain(self, domain, name))
            } else if exposed.alias.unwrap_or(listed).name == name {
                self.exported(target, listed.name)
            } else {
                None
            };
            found.extend(entity.map(|entity| (entity, listed)));
        }
        // The prelude names each member of a class that it passes on.
        if !found.is_empty() || is_prelude {
            return found;
        }
        for exposed in names {
            let listed = exposed.name;
            if !exposed.domain.0
                && self.is_upper(listed.name)
                && let Some(part) = N::part(self, target, listed.name, name)
            {
                found.push((part, listed));
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
        let brings = Value::of_domain(self, domain, name).is_some()
            || TypeName::of_domain(self, domain, name).is_some();
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
