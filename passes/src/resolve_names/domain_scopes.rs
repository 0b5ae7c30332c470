//! Which domains a module sees and exports.

use ir_defs::ast;
use nanopass::{Span, Symbol};

use super::Resolver;
use super::modules::{Module, Slot};
use super::names::{ModuleId, Selection};

impl Resolver<'_> {
    /// The domains that a module exports, in the order of the file, then those that it passes on.
    pub(super) fn exported_domains(&mut self, id: ModuleId) -> Vec<ModuleId> {
        let Some(module) = self.module(id) else {
            return Vec::new();
        };
        let mut found: Vec<ModuleId> = module
            .domains
            .iter()
            .filter(|(name, _)| module.exports_all || module.export_domains.contains_key(name))
            .map(|(_, definition)| definition.entity)
            .collect();
        let mut passed_on: Vec<(Span, Symbol)> = module
            .export_domains
            .iter()
            .filter(|(name, _)| module.domains.iter().all(|(own, _)| own != *name))
            .map(|(&name, &span)| (span, name))
            .collect();
        passed_on.sort();
        for (_, name) in passed_on {
            found.extend(self.exported_domain(id, name));
        }
        found
    }

    /// The domain that a module exports under a name.
    pub(super) fn exported_domain(&mut self, id: ModuleId, name: Symbol) -> Option<ModuleId> {
        let module = self.module(id)?;
        let listed = module.export_domains.contains_key(&name);
        if let Some((_, own)) = module.domains.iter().find(|(own, _)| *own == name) {
            return (module.exports_all || listed).then_some(own.entity);
        }
        if !listed || !self.looking_domains.insert((id, name)) {
            return None;
        }
        let found = self.imported_domains(id, &module, name).into_iter().next();
        self.looking_domains.remove(&(id, name));
        found.map(|(domain, _)| domain)
    }

    /// What a name of a domain means in a module.
    pub(super) fn find_domain(&mut self, id: ModuleId, name: Symbol) -> Option<ModuleId> {
        let module = self.module(id)?;
        if let Some(outer) = module.outer {
            return self.find_domain(outer, name);
        }
        if let Some((_, own)) = module.domains.iter().find(|(own, _)| *own == name) {
            return Some(own.entity);
        }
        let found = self.imported_domains(id, &module, name).into_iter().next();
        if let Some((domain, _)) = found {
            return Some(domain);
        }
        let prelude = self
            .prelude()
            .filter(|&prelude| module.prelude && prelude != id)?;
        self.exported_domain(prelude, name)
    }

    pub(super) fn imported_domains(
        &mut self,
        id: ModuleId,
        module: &Module,
        name: Symbol,
    ) -> Vec<(ModuleId, Span)> {
        let mut found = Vec::new();
        for (index, import) in module.imports.iter().enumerate() {
            let Some(target) = import.target.filter(|&target| target != id) else {
                continue;
            };
            let (wanted, listed, span) = match &import.selection {
                Selection::Nothing => continue,
                Selection::Everything => (name, None, import.span),
                Selection::Hiding(names) if names.iter().any(|hidden| hides(hidden, name)) => {
                    continue;
                }
                Selection::Hiding(_) => (name, None, import.span),
                Selection::Only(names) => {
                    let exposed = names.iter().find(|exposed| {
                        exposed.domain.0 && exposed.alias.unwrap_or(exposed.name).name == name
                    });
                    let Some(exposed) = exposed else { continue };
                    let exposed = exposed.name;
                    (exposed.name, Some(exposed.name), exposed.span)
                }
            };
            if let Some(domain) = self.exported_domain(target, wanted) {
                self.used_imports.insert((id, index, listed));
                found.push((domain, span));
            }
        }
        found
    }

    /// Tells `typecheck` which domains a file sees, for it decides what operators mean.
    pub(super) fn note_operator_scopes(&mut self) {
        let users: Vec<(ModuleId, Span)> = self
            .arithmetic
            .iter()
            .map(|(&module, &place)| (module, place))
            .collect();
        for (mut module, place) in users {
            while let Some(outer) = self.module(module).and_then(|table| table.outer) {
                module = outer;
            }
            let Some((file, _)) = self.session.core.sources.file_of(place) else {
                continue;
            };
            if self.session.operator_scopes.contains_key(&file) {
                continue;
            }
            let seen = self.seen_domains(module);
            let paths = seen.into_iter().map(|domain| self.domain_symbol(domain));
            let paths = paths.collect();
            self.session.operator_scopes.insert(file, paths);
        }
        for index in 0..self.modules.len() {
            let home = ModuleId(index);
            // Nothing of a module that was not parsed is in the program.
            let parsed = self.modules.get(index).is_some_and(Slot::is_parsed);
            if !parsed || self.module(home).is_none_or(|table| table.outer.is_some()) {
                continue;
            }
            for domain in self.exported_domains(home) {
                let path = self.path(domain);
                let symbol = self.domain_symbol(domain);
                let name = path.rsplit('.').next().unwrap_or_default().to_string();
                let module = self.path(home);
                let homes = &mut self.session.domain_homes;
                homes.entry(symbol).or_insert((module, name));
            }
        }
    }

    pub(super) fn domain_symbol(&mut self, domain: ModuleId) -> Symbol {
        let path = self.path(domain);
        self.session.core.intern(&path)
    }

    /// The domains that a module sees without a qualifier.
    pub(super) fn seen_domains(&mut self, id: ModuleId) -> Vec<ModuleId> {
        let Some(module) = self.module(id) else {
            return Vec::new();
        };
        let own = module.domains.iter().map(|(_, own)| own.entity);
        let mut seen: Vec<ModuleId> = own.collect();
        for import in &module.imports {
            let Some(target) = import.target.filter(|&target| target != id) else {
                continue;
            };
            let names: &[ast::Exposed] = match &import.selection {
                Selection::Nothing | Selection::Everything => &[],
                Selection::Hiding(names) | Selection::Only(names) => names,
            };
            let names = names.iter().filter(|exposed| exposed.domain.0);
            let named: Vec<ModuleId> = names
                .filter_map(|exposed| self.exported_domain(target, exposed.name.name))
                .collect();
            match &import.selection {
                Selection::Nothing => {}
                Selection::Only(_) => seen.extend(named),
                Selection::Everything | Selection::Hiding(_) => {
                    let exported = self.exported_domains(target);
                    seen.extend(
                        exported
                            .into_iter()
                            .filter(|domain| !named.contains(domain)),
                    );
                }
            }
        }
        if let Some(prelude) = self
            .prelude()
            .filter(|&prelude| module.prelude && prelude != id)
        {
            seen.extend(self.exported_domains(prelude));
        }
        seen
    }

    /// What an unqualified name means that a domain of the module itself has.
    pub(super) fn in_own_domains<T>(
        &mut self,
        module: &Module,
        mut find: impl FnMut(&Module) -> Option<(T, Span)>,
    ) -> Vec<(T, Span)> {
        let mut found = Vec::new();
        for (_, domain) in &module.domains {
            if let Some(table) = self.module(domain.entity) {
                found.extend(find(&table));
            }
        }
        found
    }
}

/// Whether an entry of a `hiding` list hides a domain.
pub(super) fn hides(hidden: &ast::Exposed, domain: Symbol) -> bool {
    hidden.domain.0 && hidden.name.name == domain
}
