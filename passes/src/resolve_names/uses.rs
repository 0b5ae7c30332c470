//! Names in expressions: variables, definitions, fields and what a module or a class qualifies.

use ir_defs::session::ImplicitField;
use ir_defs::tables::GlobalId;
use ir_defs::terminals::Ident;
use ir_defs::{ast, hir};
use nanopass::{Diagnostic, Meta, Span};

use super::Resolver;
use super::locals::Variable;
use super::names::{Found, TypeName, Value};
use super::patterns::BUILTIN_CONSTRUCTORS;
use crate::codes;

impl Resolver<'_> {
    // Names.

    pub(super) fn name(&mut self, meta: Meta, name: Ident) -> hir::Expr {
        match self.body.local(name.name) {
            Some(Variable::Var(var)) => return hir::Expr::Var { meta, var },
            Some(Variable::Broken) => return hir::Expr::Error { meta },
            None => {}
        }
        match self.find_value(self.body.module, name.name) {
            Found::One(value) => self.value(meta, value),
            Found::Many(candidates) => {
                let places: Vec<Span> = candidates.iter().map(|&(_, span)| span).collect();
                self.report_ambiguous(name, &places);
                hir::Expr::Error { meta }
            }
            Found::Reported => hir::Expr::Error { meta },
            Found::Nothing => self.unbound(meta, name),
        }
    }

    /// A use of a definition, which is thereby part of the program.
    pub(super) fn value(&mut self, meta: Meta, value: Value) -> hir::Expr {
        match value {
            Value::Global(global) => {
                self.use_global(global, meta.span);
                hir::Expr::Global { meta, global }
            }
            Value::Con(con) => {
                self.reach_constructor(con);
                hir::Expr::Con { meta, con }
            }
        }
    }

    fn use_global(&mut self, global: GlobalId, span: Span) {
        self.body.mention(global);
        self.reach_global(global);
        let deprecated = self
            .session
            .globals
            .get(global)
            .and_then(|info| info.deprecated.clone());
        if let Some(advice) = deprecated {
            let name = self.session.globals.name(global);
            let name = name.rsplit('.').next().unwrap_or(name).to_string();
            self.report_deprecated(&name, span, advice);
        }
    }

    /// Warns of the use of what is marked `@deprecated`; the library knows what it does.
    pub(super) fn report_deprecated(&mut self, name: &str, span: Span, advice: String) {
        if !self.is_library(self.body.module) {
            self.warnings.push(
                Diagnostic::warning(codes::DEPRECATED, format!("`{name}` is deprecated"))
                    .at(span, advice),
            );
        }
    }

    /// A name that is bound nowhere: a field of the implicit element inside a predicate, else an error.
    fn unbound(&mut self, meta: Meta, name: Ident) -> hir::Expr {
        let text = self.text(name.name);
        if text == "Unit"
            && let Some(con) = self.session.constructors.find("Unit")
        {
            return hir::Expr::Con { meta, con };
        }
        let upper = self.is_upper(name.name);
        if !upper && let Some(element) = self.body.elements.last_mut() {
            element.used = true;
            let field = ImplicitField {
                span: name.span,
                reported: false,
            };
            let fields = self.session.implicit_fields.entry(name.name);
            fields.or_default().push(field);
            let record = Box::new(hir::Expr::Var {
                meta,
                var: element.var,
            });
            return hir::Expr::Select {
                meta,
                record,
                label: name.name,
            };
        }
        let module = self.body.module;
        if self.may_define(module, &text) {
            return hir::Expr::Error { meta };
        }
        if let (true, Found::One(entity)) = (upper, self.find_type(module, name.name)) {
            self.report_type_as_value(name, entity);
            return hir::Expr::Error { meta };
        }
        if upper && self.is_constructor_of_alias(module, name.name)
            || self.report_foreign_value(name)
        {
            return hir::Expr::Error { meta };
        }
        let mut names = self.names_in_scope(module);
        if upper {
            names.extend(BUILTIN_CONSTRUCTORS.iter().map(ToString::to_string));
        }
        let message = if upper {
            format!("there is no constructor `{text}`")
        } else {
            format!("`{text}` is not bound")
        };
        self.report_unknown(codes::UNKNOWN_NAME, message, name, &names, Some(module));
        hir::Expr::Error { meta }
    }

    /// Says that a name is one of a type or a class where a value is expected.
    pub(super) fn report_type_as_value(&mut self, name: Ident, entity: TypeName) {
        let text = self.text(name.name);
        let what = match entity {
            TypeName::Con(_) => "type",
            TypeName::Class(_) => "class",
        };
        let constructors: Vec<String> = match entity {
            TypeName::Con(con) => self.facts.constructors.get(&con),
            _ => None,
        }
        .into_iter()
        .flatten()
        .map(|&(name, _)| format!("`{}`", self.text(name)))
        .filter(|name| !name.contains('.'))
        .collect();
        let mut diagnostic = Diagnostic::error(
            codes::UNKNOWN_NAME,
            format!("`{text}` is a {what}, not a value"),
        )
        .at(name.span, "a value is expected here");
        if !constructors.is_empty() {
            let list = constructors.join(", ");
            diagnostic = diagnostic.help(format!("its constructors are {list}"));
        }
        self.session.report(diagnostic);
    }

    /// `a.b`: a member of a module, a type or a class if `a` is one and no variable hides it, else a field.
    pub(super) fn select(&mut self, meta: Meta, record: ast::Expr, field: Ident) -> hir::Expr {
        if let ast::Expr::Name { name, .. } = &record {
            let name = *name;
            let module = self.body.module;
            let upper = self.is_upper(name.name);
            let hidden = self.body.is_local(name.name)
                || (!upper && self.own_value(module, name.name).is_some());
            if hidden {
                self.note_hidden_module(meta, name);
            } else {
                let qualifiers = self.find_qualifier(module, name.name);
                if !qualifiers.is_empty() {
                    return self.qualified_expr(meta, &qualifiers, name, field);
                }
                if upper && matches!(self.find_value(module, name.name), Found::Nothing) {
                    self.report_unknown_qualifier(name);
                    return hir::Expr::Error { meta };
                }
            }
        }
        hir::Expr::Select {
            meta,
            record: self.boxed(record),
            label: field.name,
        }
    }

    /// Remembers that a variable hides a module, in case it has no such field.
    fn note_hidden_module(&mut self, meta: Meta, name: Ident) {
        let qualifiers = self.find_qualifier(self.body.module, name.name);
        let module = qualifiers.iter().find_map(|qualified| match qualified {
            super::qualifiers::Qualified::Module(module, _) => Some(self.path(*module)),
            _ => None,
        });
        if let Some(path) = module {
            self.session.hidden_modules.insert(meta.span, path);
        }
    }

    fn qualified_expr(
        &mut self,
        meta: Meta,
        qualifiers: &[super::qualifiers::Qualified],
        before: Ident,
        name: Ident,
    ) -> hir::Expr {
        match self.qualified_value(self.body.module, qualifiers, name) {
            Found::One(value) => return self.value(meta, value),
            Found::Many(candidates) => {
                let places: Vec<Span> = candidates.iter().map(|&(_, span)| span).collect();
                self.report_ambiguous(name, &places);
            }
            Found::Reported => {}
            Found::Nothing => {
                let (class, text) = (self.text(before.name), self.text(name.name));
                let members: Vec<String> = Self::first_class(qualifiers)
                    .and_then(|class| self.facts.members.get(&class))
                    .map(|members| {
                        members
                            .iter()
                            .map(|&(name, _, _)| self.text(name))
                            .collect()
                    })
                    .unwrap_or_default();
                let message = format!("the class `{class}` has no member `{text}`");
                self.report_unknown(codes::UNKNOWN_NAME, message, name, &members, None);
            }
        }
        hir::Expr::Error { meta }
    }
}
