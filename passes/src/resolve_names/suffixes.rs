//! Which domains a module sees and exports, and what a suffix means in it.

use ir_defs::ast;
use ir_defs::hir;
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Ident, TextLit};
use nanopass::{Diagnostic, Meta, Span, Symbol, nearest};

use super::Resolver;
use super::modules::{Module, Slot};
use super::names::{ModuleId, Selection};
use super::suggest::is_alike;
use crate::codes;

/// A suffix that a module sees: its function, its domain, and what brings it into scope.
#[derive(Clone, Copy)]
struct Suffix {
    global: GlobalId,
    domain: ModuleId,
    place: Span,
}

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

    fn imported_domains(
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

    fn domain_symbol(&mut self, domain: ModuleId) -> Symbol {
        let path = self.path(domain);
        self.session.core.intern(&path)
    }

    /// The domains that a module sees without a qualifier.
    fn seen_domains(&mut self, id: ModuleId) -> Vec<ModuleId> {
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

    /// All suffixes of a name that a module sees, each once.
    fn suffixes(&mut self, id: ModuleId, name: Symbol) -> Vec<Suffix> {
        let Some(module) = self.module(id) else {
            return Vec::new();
        };
        if let Some(outer) = module.outer {
            return self.suffixes(outer, name);
        }
        let mut found: Vec<Suffix> = Vec::new();
        for domain in self.suffix_homes.get(&name).cloned().unwrap_or_default() {
            let is_own = self
                .module(domain)
                .is_some_and(|table| table.outer == Some(id));
            if is_own && let Some((global, place)) = self.suffix_of(domain, name) {
                found.push(Suffix {
                    global,
                    domain,
                    place,
                });
            }
        }
        for (index, import) in module.imports.iter().enumerate() {
            let Some(target) = import.target.filter(|&target| target != id) else {
                continue;
            };
            let domains: Vec<(ModuleId, Option<Symbol>, Span)> = match &import.selection {
                Selection::Nothing => continue,
                Selection::Everything => self.exported_domains(target),
                Selection::Hiding(names) => {
                    let hidden: Vec<ModuleId> = names
                        .iter()
                        .filter(|hidden| hidden.domain.0)
                        .filter_map(|hidden| self.exported_domain(target, hidden.name.name))
                        .collect();
                    let mut all = self.exported_domains(target);
                    all.retain(|domain| !hidden.contains(domain));
                    all
                }
                Selection::Only(names) => {
                    let listed = names.iter().filter(|exposed| exposed.domain.0);
                    let listed: Vec<Ident> = listed.map(|exposed| exposed.name).collect();
                    for exposed in listed {
                        let domain = self.exported_domain(target, exposed.name);
                        let suffix = domain.and_then(|domain| self.suffix_of(domain, name));
                        if let (Some(domain), Some((global, _))) = (domain, suffix) {
                            self.used_imports.insert((id, index, Some(exposed.name)));
                            found.push(Suffix {
                                global,
                                domain,
                                place: exposed.span,
                            });
                        }
                    }
                    continue;
                }
            }
            .into_iter()
            .map(|domain| (domain, None, import.span))
            .collect();
            for (domain, listed, place) in domains {
                if let Some((global, _)) = self.suffix_of(domain, name) {
                    self.used_imports.insert((id, index, listed));
                    found.push(Suffix {
                        global,
                        domain,
                        place,
                    });
                }
            }
        }
        if found.is_empty()
            && let Some(prelude) = self
                .prelude()
                .filter(|&prelude| module.prelude && prelude != id)
        {
            for domain in self.exported_domains(prelude) {
                if let Some((global, place)) = self.suffix_of(domain, name) {
                    found.push(Suffix {
                        global,
                        domain,
                        place,
                    });
                }
            }
        }
        let mut seen = Vec::new();
        found.retain(|suffix| {
            let first = !seen.contains(&suffix.global);
            seen.push(suffix.global);
            first
        });
        found
    }

    fn suffix_of(&mut self, domain: ModuleId, name: Symbol) -> Option<(GlobalId, Span)> {
        let table = self.module(domain)?;
        let suffix = table.suffixes.get(&name)?;
        Some((suffix.entity, suffix.span))
    }

    /// The function of a suffix, which is thereby part of the program.
    fn suffix(&mut self, suffix: Ident) -> Option<GlobalId> {
        let module = self.body.module;
        match self.suffixes(module, suffix.name).as_slice() {
            &[Suffix { global, .. }] => {
                self.body.mention(global);
                self.reach_global(global);
                Some(global)
            }
            [] => {
                self.report_unknown_suffix(suffix);
                None
            }
            several => {
                let text = self.text(suffix.name);
                let names: Vec<String> = several
                    .iter()
                    .map(|suffix| format!("`{}`", self.path(suffix.domain)))
                    .collect();
                let mut diagnostic = Diagnostic::error(
                    codes::AMBIGUOUS_NAME,
                    format!(
                        "the suffix `{text}` could be of the domains {}",
                        names.join(" and ")
                    ),
                )
                .at(suffix.span, "which one?");
                for (suffix, name) in several.iter().zip(names) {
                    diagnostic = diagnostic.label(suffix.place, format!("{name} comes from here"));
                }
                self.session.report(
                    diagnostic
                        .help("import only one of them, or hide one: `use … hiding (domain D)`"),
                );
                None
            }
        }
    }

    fn report_unknown_suffix(&mut self, suffix: Ident) {
        let module = self.body.module;
        let around = self.module(module).and_then(|table| table.outer);
        let text = self.text(suffix.name);
        if self.may_define(module, &text)
            || around.is_some_and(|outer| self.may_define(outer, &text))
        {
            return;
        }
        if self.imports_missing(around.unwrap_or(module)) {
            return;
        }
        let text = self.text(suffix.name);
        let mut diagnostic = Diagnostic::error(
            codes::UNKNOWN_SUFFIX,
            format!("there is no suffix `{text}` here"),
        )
        .at(suffix.span, "not the suffix of a domain in scope");
        let mut alike = Vec::new();
        let mut homes = Vec::new();
        for path in self.session.loader.modules() {
            // Files that the program does not mention may be anything.
            let mentioned = self.by_path.contains_key(&path);
            if path == super::modules::PRELUDE || !(mentioned || path.starts_with("aivi.")) {
                continue;
            }
            let Ok(Some(id)) = self.find_module(&path) else {
                continue;
            };
            for domain in self.exported_domains(id) {
                let domain_path = self.path(domain);
                let short = domain_path.rsplit('.').next().unwrap_or_default();
                if self.suffix_of(domain, suffix.name).is_some() {
                    homes.push(format!("`use {path} (domain {short})`"));
                }
            }
        }
        for domain in 0..self.domains.len() {
            let Some(domain) = self.domains.get(domain).map(|source| source.module) else {
                continue;
            };
            let names = self
                .module(domain)
                .map(|table| table.suffixes.keys().copied().collect::<Vec<_>>());
            for name in names.unwrap_or_default() {
                if self.suffixes(module, name).len() == 1 {
                    alike.push(self.text(name));
                }
            }
        }
        alike.sort();
        alike.dedup();
        let near = nearest(
            &text,
            alike
                .iter()
                .map(String::as_str)
                .filter(|other| is_alike(&text, other)),
        );
        if let Some(home) = homes.first() {
            diagnostic = diagnostic.help(format!("add {home}"));
        } else if let Some(first) = near.first() {
            diagnostic = diagnostic.help(format!("did you mean `{first}`?")).edit(
                suffix.span,
                *first,
                "use the nearest suffix",
            );
        }
        self.session.report(diagnostic);
    }

    /// Whether an import is missing or could not be parsed, which has been reported; it may have brought anything.
    fn imports_missing(&mut self, id: ModuleId) -> bool {
        let Some(module) = self.module(id) else {
            return true;
        };
        let mut targets = module.imports.iter().map(|import| import.target);
        targets.any(|target| target.is_none_or(|target| self.broken.contains_key(&target)))
    }

    /// `10px`
    pub(super) fn delta(&mut self, meta: Meta, number: TextLit, suffix: Ident) -> hir::Expr {
        match self.suffix(suffix) {
            Some(suffix) => hir::Expr::Delta {
                meta,
                suffix,
                number,
            },
            None => hir::Expr::Error { meta },
        }
    }

    /// `(e)px`
    pub(super) fn suffixed(&mut self, meta: Meta, value: ast::Expr, suffix: Ident) -> hir::Expr {
        self.need(ir_defs::known::Need::Interpolation);
        let value = self.boxed(value);
        match self.suffix(suffix) {
            Some(suffix) => hir::Expr::Suffixed {
                meta,
                suffix,
                value,
            },
            None => hir::Expr::Error { meta },
        }
    }

    /// Says that a name is one of a domain where a type is expected.
    pub(super) fn report_domain_as_type(&mut self, name: Ident, domain: ModuleId) {
        let text = self.text(name.name);
        let carrier = self.module(domain).and_then(|table| table.carrier);
        let mut diagnostic = Diagnostic::error(
            codes::CLASS_OR_TYPE,
            format!("`{text}` is a domain, not a type"),
        )
        .at(name.span, "a type is expected here");
        if let Some(carrier) = carrier {
            let carrier = self.text(carrier);
            diagnostic = diagnostic.help(format!("its values are of the type `{carrier}`"));
        }
        self.session.report(diagnostic);
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
