//! Warnings of imports and definitions that nothing uses.

use nanopass::Diagnostic;

use super::Resolver;
use super::names::{ModuleId, Selection};
use crate::codes;

impl Resolver<'_> {
    /// Looks at all modules of the user.
    pub(super) fn warn_unused(&mut self, entry: ModuleId) {
        for index in 0..self.modules.len() {
            let id = ModuleId(index);
            let parsed = self.modules.get(index).is_some_and(|slot| slot.is_parsed());
            if parsed && !self.is_library(id) {
                self.warn_unused_imports(id);
                self.warn_unused_definitions(id, id == entry);
            }
        }
    }

    fn warn_unused_imports(&mut self, id: ModuleId) {
        let Some(module) = self.module(id) else {
            return;
        };
        let used = |name| self.used_imports.contains(&name);
        let mut warnings = Vec::new();
        for (index, import) in module.imports.iter().enumerate() {
            if import.target.is_none() {
                continue;
            }
            let path = self.text(import.path.name);
            let whole = used((id, index, None));
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
            let unused: Vec<_> = names
                .iter()
                .filter(|exposed| !used((id, index, Some(exposed.name.name))))
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

    fn warn_unused_definitions(&mut self, id: ModuleId, entry: bool) {
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
                || (entry && text == "main");
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
