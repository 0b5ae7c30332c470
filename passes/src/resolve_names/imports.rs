//! What is wrong with the header and the imports of a module.

use ir_defs::ast;
use ir_defs::terminals::Ident;
use nanopass::{Diagnostic, Span, Symbol};

use super::names::{ModuleId, Selection};
use super::{Resolver, absent};
use crate::codes;

impl Resolver<'_> {
    pub(super) fn check_header(&mut self, id: ModuleId, ast: &ast::Module) {
        let expected = self.path(id);
        let Some(path) = ast.path else { return };
        let found = self.text(path.name);
        if found != expected {
            self.session.report(
                Diagnostic::error(
                    codes::MODULE_PATH,
                    format!("the file of the module `{expected}` holds the module `{found}`"),
                )
                .at(path.span, format!("expected `{expected}`"))
                .help("a module's path is the path of its file")
                .edit(path.span, expected, "use the path of the file"),
            );
        }
    }

    pub(super) fn report_import_cycle(&mut self, circle: &[(ModuleId, usize)]) {
        let mut places = Vec::new();
        for &(module, next) in circle {
            let import = self
                .module(module)
                .and_then(|found| found.imports.get(next.saturating_sub(1)).cloned());
            if let Some(import) = import {
                places.push((self.path(module), import));
            }
        }
        let Some((first, import)) = places.first().cloned() else {
            return;
        };
        let names: Vec<String> = places.iter().map(|(path, _)| format!("`{path}`")).collect();
        let message = if places.len() == 1 {
            format!("the module `{first}` imports itself")
        } else {
            format!(
                "modules import each other in a circle: {} → `{first}`",
                names.join(" → ")
            )
        };
        let mut diagnostic = Diagnostic::error(codes::IMPORT_CYCLE, message).at(
            import.span,
            format!(
                "`{first}` imports `{}`",
                self.session.core.text(import.path.name)
            ),
        );
        for (path, import) in places.iter().skip(1) {
            let target = self.session.core.text(import.path.name).to_string();
            diagnostic = diagnostic.label(import.span, format!("`{path}` imports `{target}`"));
        }
        self.session
            .report(diagnostic.help("move what both need into a module of its own"));
    }

    /// Whether the names in the lists of a user module's imports and exports exist.
    pub(super) fn check_imports(&mut self, id: ModuleId) {
        let Some(module) = self.module(id) else {
            return;
        };
        for import in &module.imports {
            let Some(target) = import.target else {
                continue;
            };
            let (Selection::Only(names) | Selection::Hiding(names)) = &import.selection else {
                continue;
            };
            for exposed in names {
                self.check_exposed(target, exposed);
            }
        }
        for (&name, &span) in &module.export_domains {
            let text = self.text(name);
            if self.find_domain(id, name).is_none() && !self.may_define(id, &text) {
                let message = format!(
                    "the module exports the domain `{text}`, which it neither defines nor imports"
                );
                let own: Vec<String> = module
                    .domains
                    .iter()
                    .map(|&(own, _)| self.text(own))
                    .collect();
                let name = Ident { name, span };
                self.report_unknown(codes::NOT_EXPORTED, message, name, &own, None);
            }
        }
        let mut exports: Vec<(Symbol, Span)> = module
            .exports
            .iter()
            .map(|(&name, &span)| (name, span))
            .collect();
        exports.sort_by_key(|&(_, span)| span);
        for (name, span) in exports {
            let own = module.values.contains_key(&name) || module.types.contains_key(&name);
            let imported = own
                || !matches!(self.find_value(id, name), super::Found::Nothing)
                || !matches!(self.find_type(id, name), super::Found::Nothing);
            let text = self.text(name);
            // What could not be parsed may have defined it.
            if !imported && !self.may_define(id, &text) {
                let names = self.names_in_scope(id);
                self.report_unknown(
                    codes::NOT_EXPORTED,
                    format!("the module exports `{text}`, which it neither defines nor imports"),
                    Ident { name, span },
                    &names,
                    None,
                );
            }
        }
    }

    fn check_exposed(&mut self, target: ModuleId, exposed: &ast::Exposed) {
        let name = exposed.name;
        if exposed.domain.0 {
            let found = self.exported_domain(target, name.name).is_some();
            if !found
                && self.module(target).is_some()
                && !self.may_define(target, &self.text(name.name))
            {
                self.report_no_domain(target, name);
            }
            return;
        }
        if self.module(target).is_none() || self.is_exported(target, name.name) {
            return;
        }
        self.report_not_exported(target, name);
    }

    fn report_no_domain(&mut self, target: ModuleId, name: Ident) {
        let (path, text) = (self.path(target), self.text(name.name));
        let hidden = self.module(target).and_then(|module| {
            let mut domains = module.domains.iter();
            let found = domains.find(|(own, _)| *own == name.name);
            found.map(|(_, definition)| definition.span)
        });
        if let Some(span) = hidden {
            let diagnostic = Diagnostic::error(
                codes::NOT_EXPORTED,
                format!("the module `{path}` does not export the domain `{text}`"),
            )
            .at(name.span, "private")
            .label(span, "defined here, without an `export`")
            .help(format!("add `domain {text}` to the exports of `{path}`"));
            self.session.report(diagnostic);
            return;
        }
        let domains = self.exported_domains(target);
        let names: Vec<String> = domains
            .into_iter()
            .map(|domain| self.path(domain))
            .map(|path| path.rsplit('.').next().unwrap_or_default().to_string())
            .collect();
        self.report_unknown(
            codes::NOT_EXPORTED,
            format!("the module `{path}` has no domain `{text}`"),
            name,
            &names,
            None,
        );
    }

    /// Says that a module exports no such name, or that it has one that it keeps for itself.
    pub(super) fn report_not_exported(&mut self, target: ModuleId, name: Ident) {
        let path = self.path(target);
        let text = self.text(name.name);
        let Some(module) = self.module(target) else {
            return;
        };
        // What could not be parsed may have defined it.
        if self.may_define(target, &text) || self.constructor_of_alias(target, name.name) {
            return;
        }
        if let Some(entity) = self.exported_type(target, name.name) {
            self.report_type_as_value(name, entity);
            return;
        }
        let hidden = module
            .values
            .get(&name.name)
            .map(|definition| definition.span)
            .or_else(|| {
                module
                    .types
                    .get(&name.name)
                    .map(|definition| definition.span)
            });
        if let Some(span) = hidden {
            let diagnostic = Diagnostic::error(
                codes::NOT_EXPORTED,
                format!("the module `{path}` does not export `{text}`"),
            )
            .at(name.span, "private")
            .label(span, "defined here, without an `export`")
            .help(format!("add `{text}` to the exports of `{path}`"));
            self.session.report(diagnostic);
            return;
        }
        let message = format!("the module `{path}` has no `{text}`");
        if self.exported_domain(target, name.name).is_some() {
            let diagnostic = Diagnostic::error(codes::NOT_EXPORTED, message)
                .at(name.span, "this is a domain")
                .help(format!("write `domain {text}`"))
                .edit(name.span, format!("domain {text}"), "import the domain");
            self.session.report(diagnostic);
            return;
        }
        if self.report_foreign_function(&path, name, &message) {
            return;
        }
        if let Some(help) = absent::word(&text).filter(|_| self.is_library(target)) {
            let diagnostic = Diagnostic::error(codes::NOT_EXPORTED, message)
                .at(name.span, "not found")
                .help(help);
            self.session.report(diagnostic);
            return;
        }
        let mut names = self.exported_names(target);
        if !self.is_upper(name.name) {
            names.retain(|candidate| self.may_be_value(target, candidate));
        }
        self.report_unknown(codes::NOT_EXPORTED, message, name, &names, None);
    }

    /// Whether an exported name is one of a value, constructors too, and not of a type alone.
    pub(super) fn may_be_value(&mut self, target: ModuleId, name: &str) -> bool {
        !name.starts_with(char::is_uppercase)
            || self
                .session
                .core
                .lookup(name)
                .is_some_and(|name| self.exported_value(target, name).is_some())
    }
}
