//! Types: names become type constructors or variables, row operators get their labels.

use ir_defs::tables::ClassId;
use ir_defs::terminals::Ident;
use ir_defs::{ast, hir};
use nanopass::{Diagnostic, Meta, Span, Symbol};
use rustc_hash::FxHashMap;

use super::Resolver;
use super::names::{Found, ModuleId, TypeName};
use super::qualifiers::Qualified;
use super::suggest::is_alike;
use crate::codes;

/// Which type variables may stand in a type.
#[derive(Clone, Copy)]
pub(super) enum Vars<'a> {
    /// Any: a signature quantifies what it mentions.
    Any,
    /// Only the parameters of a declaration.
    Params(&'a [Symbol]),
}

/// Operators on record types that take labels.
const LABEL_OPERATORS: &[&str] = &["Pick", "Omit", "Optional", "Required", "Rename"];

impl Resolver<'_> {
    pub(super) fn signature(
        &mut self,
        type_: ast::Type,
        constraints: Vec<ast::Constraint>,
    ) -> hir::Signature {
        let meta = type_.meta();
        let type_ = self.type_(type_, Vars::Any);
        let constraints = self.constraints(constraints, Vars::Any);
        hir::Signature {
            meta,
            type_,
            constraints,
        }
    }

    pub(super) fn constraints(
        &mut self,
        constraints: Vec<ast::Constraint>,
        vars: Vars,
    ) -> Vec<hir::Constraint> {
        constraints
            .into_iter()
            .map(|constraint| self.constraint(constraint, vars))
            .collect()
    }

    fn constraint(&mut self, constraint: ast::Constraint, vars: Vars) -> hir::Constraint {
        let meta = Meta::at(constraint.type_.meta().span.to(constraint.class.span));
        let errors = self.session.core.diagnostics.error_count();
        let type_ = self.type_(constraint.type_, vars);
        // `with (Eq: A)` is one mistake.
        let class = if self.session.core.diagnostics.error_count() > errors {
            None
        } else {
            self.class_named(constraint.class)
        };
        let class = class.unwrap_or_else(|| self.session.classes.id(ir_defs::known::ERROR_CLASS));
        hir::Constraint { meta, class, type_ }
    }

    /// The class of a name, or of an operator: `+` is the class of the types that have it.
    pub(super) fn class_named(&mut self, name: Ident) -> Option<ClassId> {
        let text = self.text(name.name);
        if ir_defs::terminals::Operator::of(&text).is_some() {
            return Some(self.session.classes.id(&text));
        }
        match self.type_entity(name, "class")? {
            TypeName::Class(class) => {
                self.reach_class(class);
                Some(class)
            }
            _ => {
                self.error(
                    codes::CLASS_OR_TYPE,
                    format!("`{text}` is a type, not a class"),
                    name.span,
                    "a class is expected here",
                );
                None
            }
        }
    }

    /// What a name in a type means; reports one that means nothing. `noun` is what it should mean.
    fn type_entity(&mut self, name: Ident, noun: &str) -> Option<TypeName> {
        let module = self.body.module;
        let text = self.text(name.name);
        let found = match text.rsplit_once('.') {
            Some((before, last)) => {
                let qualifier = self.session.core.intern(before);
                let last = Ident {
                    name: self.session.core.intern(last),
                    span: name.span,
                };
                let qualifiers = self.find_qualifier(module, qualifier);
                if qualifiers.is_empty() {
                    self.report_unknown_qualifier(Ident {
                        name: qualifier,
                        span: name.span,
                    });
                    return None;
                }
                self.qualified_type(module, &qualifiers, last)
            }
            None => self.find_type(module, name.name),
        };
        match found {
            Found::One(entity) => {
                if let Some(advice) = self.facts.deprecated_types.get(&entity).cloned() {
                    self.report_deprecated(&text, name.span, advice);
                }
                Some(entity)
            }
            Found::Many(candidates) => {
                let places: Vec<Span> = candidates.iter().map(|&(_, span)| span).collect();
                self.report_ambiguous(name, &places);
                None
            }
            Found::Reported => None,
            Found::Nothing if self.may_define(module, &text) => None,
            Found::Nothing => {
                if let Some(domain) = self.find_domain(module, name.name) {
                    self.report_domain_as_type(name, domain);
                    return None;
                }
                let mut names = self.names_in_scope(module);
                names.retain(|name| name.starts_with(char::is_uppercase));
                if noun == "class" {
                    names.retain(|name| {
                        let name = self.session.core.intern(name);
                        let found = self.find_type(module, name);
                        matches!(found, Found::One(TypeName::Class(_)))
                    });
                }
                // The beginning of the alias has been reported, with a bar for this name.
                if self.is_constructor_behind(module, name.name) {
                    return None;
                }
                let message = format!("there is no {noun} `{text}`");
                if self.report_foreign_type(name, &message) {
                    return None;
                }
                let alias = self.alias_of_constructor(module, name.name);
                if let Some(alias) = alias.map(|alias| self.text(alias))
                    && !names
                        .iter()
                        .any(|near| *near != alias && is_alike(&text, near))
                {
                    self.report_alias_of_constructor(module, name, &alias);
                    return None;
                }
                self.report_unknown(codes::UNKNOWN_TYPE, message, name, &names, Some(module));
                None
            }
        }
    }

    /// The alias that begins with a name which is no type, so that it is meant to be a constructor.
    pub(super) fn alias_of_constructor(
        &mut self,
        module: ModuleId,
        name: Symbol,
    ) -> Option<Symbol> {
        let alias = *self.facts.alias_heads.get(&(module, name))?;
        let is_type = !matches!(self.find_type(module, name), Found::Nothing);
        (!is_type).then_some(alias)
    }

    /// Whether a name that is no type stands among the arguments of what is meant to be a constructor: `Broken` in
    /// `Mistake = Missing Text Broken Int`.
    fn is_constructor_behind(&mut self, module: ModuleId, name: Symbol) -> bool {
        let Some(&(head, _)) = self.facts.alias_parts.get(&(module, name)) else {
            return false;
        };
        let is_type = !matches!(self.find_type(module, name), Found::Nothing);
        !is_type && self.alias_of_constructor(module, head).is_some()
    }

    fn report_alias_of_constructor(&mut self, module: ModuleId, name: Ident, alias: &str) {
        let text = self.text(name.name);
        let parts = self.facts.alias_parts.iter();
        let mut behind: Vec<(Span, Symbol)> = parts
            .filter(|((of, _), (head, _))| *of == module && *head == name.name)
            .map(|(&(_, part), &(_, span))| (span, part))
            .collect();
        behind.sort();
        behind.retain(|&(_, part)| self.is_constructor_behind(module, part));
        let mut diagnostic =
            Diagnostic::error(codes::UNKNOWN_TYPE, format!("there is no type `{text}`"))
                .at(name.span, format!("`{alias}` is an alias of it here"));
        diagnostic = match behind.first() {
            None => diagnostic
                .help(format!(
                    "a data type of one constructor has a leading bar: `type {alias} = | {text} …`"
                ))
                .edit(name.span.start(), "| ", "add a bar"),
            Some(&(_, first)) => diagnostic.help(format!(
                "the constructors of a data type have bars between them: `{alias} = {text} … | {} …`",
                self.text(first)
            )),
        };
        for (span, _) in behind {
            diagnostic = diagnostic.edit(span.start(), "| ", "add bars");
        }
        self.session.report(diagnostic);
    }

    /// Whether a name is meant as the constructor of what is an alias in a module. That is reported there, for which
    /// the alias is made part of the program.
    pub(super) fn constructor_of_alias(&mut self, module: ModuleId, name: Symbol) -> bool {
        let head = match self.facts.alias_parts.get(&(module, name)).copied() {
            Some((head, _)) if self.is_constructor_behind(module, name) => head,
            _ => name,
        };
        let Some(alias) = self.alias_of_constructor(module, head) else {
            return false;
        };
        if let Found::One(TypeName::Con(con)) = self.find_type(module, alias) {
            self.reach_type(con);
        }
        true
    }

    /// The same for a name that the module, or a module that it imports, is meant to define.
    pub(super) fn is_constructor_of_alias(&mut self, module: ModuleId, name: Symbol) -> bool {
        let targets: Vec<ModuleId> = self
            .module(module)
            .map(|module| {
                module
                    .imports
                    .iter()
                    .filter_map(|import| import.target)
                    .collect()
            })
            .unwrap_or_default();
        // The domains of a module have tables of their own.
        let modules: Vec<ModuleId> = std::iter::once(module)
            .chain(targets)
            .flat_map(|module| {
                let domains = self.module(module).map(|module| {
                    let domains = module.domains.iter();
                    domains.map(|(_, domain)| domain.entity).collect::<Vec<_>>()
                });
                std::iter::once(module).chain(domains.unwrap_or_default())
            })
            .collect();
        modules
            .into_iter()
            .any(|module| self.constructor_of_alias(module, name))
    }

    /// Whether a name that is no type in scope is a type variable: lower-case, or one capital letter and digits.
    pub(super) fn is_variable(&self, name: Symbol) -> bool {
        let text = self.session.core.text(name);
        let mut chars = text.chars();
        match chars.next() {
            Some(first) if first.is_lowercase() => !text.contains('.'),
            Some(_) => chars.all(|rest| rest.is_ascii_digit()),
            None => false,
        }
    }

    pub(super) fn type_(&mut self, type_: ast::Type, vars: Vars) -> hir::Type {
        match type_ {
            ast::Type::Name { meta, name } => self.type_name(meta, name, vars),
            ast::Type::Apply { meta, head, args } => self.type_apply(meta, *head, args, vars),
            ast::Type::Fun {
                meta,
                params,
                result,
            } => hir::Type::Fun {
                meta,
                params: self.types(params, vars),
                result: Box::new(self.type_(*result, vars)),
            },
            ast::Type::Tuple { meta, items } => hir::Type::Tuple {
                meta,
                items: self.types(items, vars),
            },
            ast::Type::Record { meta, fields, tail } => hir::Type::Record {
                meta,
                fields: self.type_fields(fields, vars),
                tail: self.tail(tail, vars),
            },
            ast::Type::Row { meta, items, tail } => hir::Type::Row {
                meta,
                items: self.types(items, vars),
                tail: self.tail(tail, vars),
            },
            ast::Type::With {
                meta,
                base,
                extension,
            } => hir::Type::With {
                meta,
                base: Box::new(self.type_(*base, vars)),
                extension: Box::new(self.type_(*extension, vars)),
            },
            ast::Type::Pipe { meta, first, steps } => {
                // `R |> Omit (a)` is `Omit (a) R`.
                let piped = steps.into_iter().fold(*first, |argument, step| match step {
                    ast::Type::Apply { head, mut args, .. } => {
                        args.push(argument);
                        ast::Type::Apply { meta, head, args }
                    }
                    head => ast::Type::Apply {
                        meta,
                        head: Box::new(head),
                        args: vec![argument],
                    },
                });
                self.type_(piped, vars)
            }
            ast::Type::Star { meta } => hir::Type::Star { meta },
            ast::Type::Error { meta } => hir::Type::Error { meta },
        }
    }

    fn types(&mut self, types: Vec<ast::Type>, vars: Vars) -> Vec<hir::Type> {
        types
            .into_iter()
            .map(|type_| self.type_(type_, vars))
            .collect()
    }

    fn type_fields(&mut self, fields: Vec<ast::TypeField>, vars: Vars) -> Vec<hir::TypeField> {
        let mut seen: FxHashMap<Symbol, Span> = FxHashMap::default();
        let mut resolved = Vec::new();
        for field in fields {
            if let Some(&first) = seen.get(&field.name.name) {
                self.report_duplicate_label(field.name, first);
            }
            seen.insert(field.name.name, field.name.span);
            let meta = Meta::at(field.name.span);
            let type_ = self.type_(field.type_, vars);
            resolved.push(hir::TypeField {
                meta,
                label: field.name.name,
                type_,
            });
        }
        resolved
    }

    /// Reports fields that a record literal gives twice. What a spread brings may be replaced, and it may replace what
    /// stands before it.
    pub(super) fn distinct_fields(&mut self, fields: &[ast::FieldInit]) {
        let mut seen: FxHashMap<Symbol, Span> = FxHashMap::default();
        for field in fields {
            match field {
                ast::FieldInit::Set { name, .. } => {
                    match seen.get(&name.name).copied() {
                        Some(first) => self.report_duplicate_label(*name, first),
                        None => {
                            seen.insert(name.name, name.span);
                        }
                    };
                }
                ast::FieldInit::Spread { .. } => seen.clear(),
            }
        }
    }

    fn report_duplicate_label(&mut self, name: Ident, first: Span) {
        let text = self.text(name.name);
        self.session.report(
            Diagnostic::error(
                codes::DUPLICATE_DEFINITION,
                format!("a second field `{text}` in one record"),
            )
            .at(name.span, "again here")
            .label(first, "first here"),
        );
    }

    fn tail(&mut self, tail: Option<Ident>, vars: Vars) -> Option<Symbol> {
        let tail = tail?;
        self.check_variable(tail, vars);
        Some(tail.name)
    }

    fn check_variable(&mut self, name: Ident, vars: Vars) {
        if let Vars::Params(params) = vars
            && !params.contains(&name.name)
        {
            let text = self.text(name.name);
            let alias = self.alias_of_constructor(self.body.module, name.name);
            if let Some(alias) = alias.map(|alias| self.text(alias)) {
                return self.report_alias_of_constructor(self.body.module, name, &alias);
            }
            self.session.report(
                Diagnostic::error(
                    codes::UNBOUND_TYPE_VARIABLE,
                    format!("the type variable `{text}` is no parameter of this declaration"),
                )
                .at(name.span, "not a parameter")
                .help(format!("add `{text}` after the name that is declared")),
            );
        }
    }

    fn type_name(&mut self, meta: Meta, name: Ident, vars: Vars) -> hir::Type {
        let variable = self.is_variable(name.name)
            && matches!(self.find_type(self.body.module, name.name), Found::Nothing);
        if variable {
            self.check_variable(name, vars);
            return hir::Type::Var {
                meta,
                name: name.name,
            };
        }
        match self.type_entity(name, "type") {
            Some(TypeName::Con(con)) => {
                self.reach_type(con);
                hir::Type::Con { meta, con }
            }
            Some(TypeName::Class(_)) => {
                let text = self.text(name.name);
                self.session.report(
                    Diagnostic::error(
                        codes::CLASS_OR_TYPE,
                        format!("`{text}` is a class, not a type"),
                    )
                    .at(name.span, "a type is expected here")
                    .help(format!(
                        "a constraint stands behind the signature: `with (A: {text})`"
                    )),
                );
                hir::Type::Error { meta }
            }
            None => hir::Type::Error { meta },
        }
    }

    fn type_apply(
        &mut self,
        meta: Meta,
        head: ast::Type,
        mut args: Vec<ast::Type>,
        vars: Vars,
    ) -> hir::Type {
        if let ast::Type::Name { name, .. } = &head {
            let text = self.text(name.name);
            let is_operator = LABEL_OPERATORS.contains(&text.as_str())
                && matches!(self.find_type(self.body.module, name.name), Found::Nothing);
            if is_operator {
                let operator = *name;
                let (Some(record), Some(labels), None) = (args.pop(), args.pop(), args.pop())
                else {
                    self.report_labels(&text, operator.span);
                    return hir::Type::Error { meta };
                };
                let record = Box::new(self.type_(record, vars));
                return self.label_operator(meta, operator, labels, record);
            }
        }
        let head = self.type_(head, vars);
        let args = self.types(args, vars);
        // What an unknown type makes of its arguments is not known either.
        if matches!(head, hir::Type::Error { .. }) {
            return hir::Type::Error { meta };
        }
        hir::Type::Apply {
            meta,
            head: Box::new(head),
            args,
        }
    }

    fn label_operator(
        &mut self,
        meta: Meta,
        operator: Ident,
        labels: ast::Type,
        record: Box<hir::Type>,
    ) -> hir::Type {
        let text = self.text(operator.name);
        if text == "Rename" {
            if let ast::Type::Record {
                fields, tail: None, ..
            } = labels
            {
                let pairs: Option<Vec<(Symbol, Symbol)>> = fields
                    .into_iter()
                    .map(|field| match field.type_ {
                        ast::Type::Name { name, .. } => Some((field.name.name, name.name)),
                        _ => None,
                    })
                    .collect();
                if let Some(labels) = pairs {
                    return hir::Type::Rename {
                        meta,
                        labels,
                        record,
                    };
                }
            }
        } else {
            let items = match labels {
                ast::Type::Tuple { items, .. } => items,
                one => vec![one],
            };
            let labels: Option<Vec<Symbol>> = items
                .into_iter()
                .map(|item| match item {
                    ast::Type::Name { name, .. } => Some(name.name),
                    _ => None,
                })
                .collect();
            if let Some(labels) = labels {
                return hir::Type::Labels {
                    meta,
                    operator: operator.name,
                    labels,
                    record,
                };
            }
        }
        self.report_labels(&text, operator.span);
        hir::Type::Error { meta }
    }

    fn report_labels(&mut self, operator: &str, span: Span) {
        let example = if operator == "Rename" {
            "Rename { a: b } R".to_string()
        } else {
            format!("{operator} (a, b) R")
        };
        self.session.report(
            Diagnostic::error(
                codes::LABELS_EXPECTED,
                format!("`{operator}` takes labels and a record type"),
            )
            .at(span, format!("as in `{example}`")),
        );
    }

    /// Says that what stands before a dot is neither a module nor a type nor a class.
    pub(super) fn report_unknown_qualifier(&mut self, name: Ident) {
        let module = self.body.module;
        let text = self.text(name.name);
        if self.may_define(module, &text) {
            return;
        }
        let message = format!("there is no module, type or class `{text}` here");
        if self.report_foreign_type(name, &message) {
            return;
        }
        let mut names = self.qualifier_names(module);
        names.sort();
        self.report_unknown(codes::UNKNOWN_NAME, message, name, &names, None);
    }

    fn qualifier_names(&mut self, module: super::names::ModuleId) -> Vec<String> {
        let mut names = Vec::new();
        let prelude = self.find_module(super::modules::PRELUDE).ok().flatten();
        for id in [Some(module), prelude].into_iter().flatten() {
            let Some(module) = self.module(id) else {
                continue;
            };
            names.extend(
                module
                    .imports
                    .iter()
                    .map(|import| self.text(import.qualifier)),
            );
            names.extend(module.types.keys().map(|&name| self.text(name)));
        }
        names
    }

    /// The class before a dot, for a member that the class does not have.
    pub(super) fn first_class(qualifiers: &[Qualified]) -> Option<ClassId> {
        qualifiers.iter().find_map(|qualified| match qualified {
            Qualified::Class(class) => Some(*class),
            _ => None,
        })
    }
}
