//! "Did you mean …?" and "add `use …`".

use ir_defs::terminals::Ident;
use nanopass::{Diagnostic, Symbol, edit_distance, nearest};

use super::modules::PRELUDE;
use super::names::{ModuleId, Selection};
use super::{Resolver, absent};

/// How many errors get a suggestion: looking for it costs a walk over all names.
const MOST_SUGGESTIONS: usize = 40;

/// Whether a suggestion could be meant: a third of the letters may differ, or one of a short name.
pub(super) fn is_alike(name: &str, candidate: &str) -> bool {
    let letters = name.chars().count();
    // One letter instead of another says nothing, and neither does a type's name instead of a value's.
    if letters == 1 || starts_large(name) != starts_large(candidate) {
        return name.eq_ignore_ascii_case(candidate);
    }
    edit_distance(name, candidate) <= (letters / 3).max(1)
        || candidate.chars().count() > 3
            && letters > 3
            && (name.contains(candidate) || candidate.contains(name))
}

fn starts_large(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

/// The modules that most names are wanted of, before all others.
const USUAL: [&str; 6] = [
    "aivi.list",
    "aivi.text",
    "aivi.int",
    "aivi.option",
    "aivi.map",
    "aivi.float",
];

impl Resolver<'_> {
    /// Reports a name that is not there, with the nearest ones, or with the modules that would bring it.
    pub(super) fn report_unknown(
        &mut self,
        code: &'static str,
        message: String,
        name: Ident,
        candidates: &[String],
        search_from: Option<ModuleId>,
    ) {
        let text = self.text(name.name);
        if search_from.is_some_and(|from| self.missing.contains(&(from, name.name))) {
            return;
        }
        let mut diagnostic = Diagnostic::error(code, message).at(name.span, "not found");
        if let (Some(from), Some(help)) = (search_from, absent::word(&text)) {
            self.missing.insert((from, name.name));
            self.session.report(diagnostic.help(help));
            return;
        }
        if self.suggestions >= MOST_SUGGESTIONS {
            self.session.report(diagnostic);
            return;
        }
        self.suggestions += 1;
        // A module that has exactly this name says more than another name that looks like it.
        let exporting = search_from
            .map(|from| self.exporting_modules(from, name.name))
            .unwrap_or_default();
        let alike = candidates
            .iter()
            .map(String::as_str)
            .filter(|candidate| is_alike(&text, candidate));
        let mut near = nearest(&text, alike);
        // The first letter is rarely the wrong one.
        near.sort_by_key(|near| near.chars().next() != text.chars().next());
        if let (Some(path), Some(from)) = (exporting.first(), search_from) {
            self.missing.insert((from, name.name));
            let qualifier = path.rsplit('.').next().unwrap_or(path);
            diagnostic = diagnostic.help(format!(
                "`{path}` has it: add `use {path} ({text})`, or write `{qualifier}.{text}`"
            ));
        } else if let Some(first) = near.first() {
            let list: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
            diagnostic = diagnostic
                .help(format!("did you mean {}?", list.join(" or ")))
                .edit(name.span, *first, "use the nearest name");
        }
        self.session.report(diagnostic);
    }

    /// Modules that export a name: those that the module imports in part, then those of the library; parses all of
    /// them, which only a mistake is worth.
    fn exporting_modules(&mut self, from: ModuleId, name: Symbol) -> Vec<String> {
        let mut found = Vec::new();
        let imports = self
            .module(from)
            .map(|module| module.imports.clone())
            .unwrap_or_default();
        for import in imports {
            let Some(target) = import.target else {
                continue;
            };
            if self.is_exported(target, name) {
                found.push(self.path(target));
            }
        }
        for path in self.session.loader.modules() {
            if !path.starts_with("aivi.") || path == PRELUDE || path.starts_with("aivi.intrinsics")
            {
                continue;
            }
            let Ok(Some(id)) = self.find_module(&path) else {
                continue;
            };
            if id != from && self.is_exported(id, name) {
                found.push(path);
            }
        }
        // The core types come from no module of their own.
        if found.is_empty()
            && let Ok(Some(core)) = self.find_module("aivi")
            && self.exported_type(core, name).is_some()
        {
            found.push("aivi".to_string());
        }
        found.sort_by_key(|path| {
            USUAL
                .iter()
                .position(|usual| usual == path)
                .unwrap_or(USUAL.len())
        });
        found
    }

    /// All names that a module exports, for suggestions.
    pub(super) fn exported_names(&mut self, id: ModuleId) -> Vec<String> {
        let Some(module) = self.module(id) else {
            return Vec::new();
        };
        let mut names: Vec<Symbol> = module.exports.keys().copied().collect();
        for (&name, definition) in &module.values {
            let with_parent = definition
                .parent
                .is_some_and(|parent| module.exports.contains_key(&parent));
            if module.exports_all || with_parent {
                names.push(name);
            }
        }
        if module.exports_all {
            names.extend(module.types.keys());
        }
        let mut names: Vec<String> = names.into_iter().map(|name| self.text(name)).collect();
        names.sort();
        names.dedup();
        names
    }

    /// All names that stand unqualified in a module, for suggestions; local variables first.
    pub(super) fn names_in_scope(&mut self, id: ModuleId) -> Vec<String> {
        if self.suggestions >= MOST_SUGGESTIONS {
            return Vec::new();
        }
        let mut names: Vec<String> = self
            .body
            .names()
            .into_iter()
            .map(|name| self.text(name))
            .collect();
        let Some(module) = self.module(id) else {
            return names;
        };
        if let Some(outer) = module.outer {
            names.extend(self.names_in_scope(outer));
        }
        for (_, domain) in &module.domains {
            names.extend(self.exported_names(domain.entity));
        }
        let own: Vec<Symbol> = module
            .values
            .keys()
            .chain(module.types.keys())
            .copied()
            .collect();
        names.extend(own.into_iter().map(|name| self.text(name)));
        for import in &module.imports {
            let Some(target) = import.target else {
                continue;
            };
            match &import.selection {
                Selection::Nothing => {}
                Selection::Everything | Selection::Hiding(_) => {
                    names.extend(self.exported_names(target))
                }
                Selection::Only(list) => {
                    for exposed in list {
                        let listed = exposed.name.name;
                        if self.is_exported(target, listed) {
                            names.push(self.text(exposed.alias.unwrap_or(exposed.name).name));
                        }
                    }
                }
            }
        }
        if module.prelude
            && let Ok(Some(prelude)) = self.find_module(PRELUDE)
        {
            names.extend(self.exported_names(prelude));
        }
        names
    }
}
