//! Warnings of imports and definitions that nothing uses.

use nanopass::Diagnostic;

use super::Resolver;
use super::names::{ModuleId, Selection};
use crate::codes;

impl Resolver<'_> {
    /// Looks at all modules of the user.
    pub(super) fn warn_unused(&mut self) {
        for index in 0..self.modules.len() {
            let id = ModuleId(index);
            let parsed = self.modules.get(index).is_some_and(|slot| slot.is_parsed());
            if parsed && !self.is_library(id) {
                self.warn_unused_imports(id);
                self.warn_unused_definitions(id);
            }
        }
    }

    fn warn_unused_imports(&mut self, id: ModuleId) {
        let Some(module) = self.module(id) else {
            return;
        };
        // Which domain an operator belongs to is not known before types are.
        let operators = self.has_arithmetic(id);
        let mut warnings = Vec::new();
        for (index, import) in module.imports.iter().enumerate() {
            if import.target.is_none() {
                continue;
            }
            let path = self.text(import.path.name);
            let brings_operators = import
                .target
                .is_some_and(|target| operators && !self.exported_domains(target).is_empty());
            let whole = self.used_imports.contains(&(id, index, None)) || brings_operators;
            let Selection::Only(names) = &import.selection else {
                if !whole {
                    warnings.push(
                        Diagnostic::warning(
                            codes::UNUSED_IMPORT,
                            format!("nothing uses the import of `{path}`"),
                        )
                        .at(import.span, "unused")
                        .edit(import.span, "", "remove the import"),
                    );
                }
                continue;
            };
            let whole = self.used_imports.contains(&(id, index, None));
            let unused: Vec<_> = names
                .iter()
                .filter(|exposed| {
                    let name = (id, index, Some(exposed.name.name));
                    !(self.used_imports.contains(&name) || operators && exposed.domain.0)
                })
                .collect();
            if unused.len() == names.len() && !whole {
                warnings.push(
                    Diagnostic::warning(
                        codes::UNUSED_IMPORT,
                        format!("nothing uses the import of `{path}`"),
                    )
                    .at(import.span, "unused")
                    .edit(import.span, "", "remove the import"),
                );
                continue;
            }
            for exposed in unused {
                let text = self.text(exposed.name.name);
                warnings.push(
                    Diagnostic::warning(
                        codes::UNUSED_IMPORT,
                        format!("nothing uses `{text}`, which is imported from `{path}`"),
                    )
                    .at(exposed.name.span, "unused"),
                );
            }
        }
        self.warnings.extend(warnings);
    }

    /// Whether a module or a domain of it has arithmetic.
    fn has_arithmetic(&mut self, id: ModuleId) -> bool {
        let domains = self.module(id).map(|module| module.domains.clone());
        let mut tables = domains.unwrap_or_default().into_iter();
        self.arithmetic.contains_key(&id)
            || tables.any(|(_, domain)| self.arithmetic.contains_key(&domain.entity))
    }

    fn warn_unused_definitions(&mut self, id: ModuleId) {
        let Some(module) = self.module(id) else {
            return;
        };
        if module.exports_all {
            return;
        }
        for &(name, global) in &module.globals {
            let text = self.text(name);
            let info = self.session.globals.get(global);
            let test = info.is_some_and(|info| info.test);
            let needed = module.exports.contains_key(&name)
                || self.reached.mentioned.contains(&global)
                || test
                // A module of a program may be a program by itself.
                || text == "main";
            if needed {
                continue;
            }
            let span = info.map_or(nanopass::Span::NONE, |info| info.span);
            self.warnings.push(
                Diagnostic::warning(
                    codes::UNUSED_DEFINITION,
                    format!("`{text}` is neither exported nor used"),
                )
                .at(span, "unused"),
            );
        }
    }
}
