//! What a suffix means in a module.

use ir_defs::ast;
use ir_defs::hir;
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Ident, TextLit};
use nanopass::{Diagnostic, Meta, Span, Symbol, nearest};

use super::Resolver;
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
}
