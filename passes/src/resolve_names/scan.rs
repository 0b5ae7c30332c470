//! From a parsed module to its table of names; the definitions themselves are put aside until they are reached.

use std::rc::Rc;

use ir_defs::ast::{self, Item};
use ir_defs::prims::Prim;
use ir_defs::tables::{GlobalId, GlobalInfo, GlobalKind, McpExport};
use ir_defs::terminals::Ident;
use nanopass::{Diagnostic, Span, Symbol};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Resolver;
use super::decorators::{Decorated, Marks};
use super::modules::{Definition, Module, PRELUDE, State};
use super::names::{
    Import, InstanceSource, ModuleId, Selection, TypeName, Value, ValueBody, ValueSource,
};
use crate::codes;

/// A module, or a domain, while it is being scanned.
pub(super) struct Scan {
    pub id: ModuleId,
    pub path: String,
    pub module: Module,
    signatures: FxHashMap<Symbol, Signature>,
    definitions: Vec<(Ident, ValueBody, Marks)>,
    /// What the module offers to tools, with the decorator that says so.
    offered: Vec<(Ident, McpExport, Span)>,
}

struct Signature {
    name: Ident,
    type_: ast::Type,
    constraints: Vec<ast::Constraint>,
    marks: Marks,
    used: bool,
}

impl Scan {
    pub(super) fn new(id: ModuleId, path: String, module: Module) -> Scan {
        Scan {
            id,
            path,
            module,
            signatures: FxHashMap::default(),
            definitions: Vec::new(),
            offered: Vec::new(),
        }
    }
}

impl Resolver<'_> {
    /// Fills the table of a module. Names in types and bodies are not looked at.
    pub(super) fn scan(&mut self, id: ModuleId, ast: ast::Module) {
        let path = self.path(id);
        let library = self.is_library(id);
        let start = ast
            .items
            .first()
            .map_or(Span::NONE, |item| item.meta().span.start());
        let mut module = Module {
            span: ast.path.map_or(start, |path| path.span),
            library,
            prelude: path != PRELUDE,
            is_prelude: path == PRELUDE,
            exports_all: ast.path.is_none(),
            instances: self.instances.len()..self.instances.len(),
            ..Module::default()
        };
        let marks = self.decorators(&ast.decorators, Decorated::Module, library);
        module.prelude &= !marks.no_prelude;
        let mut scan = Scan::new(id, path, module);
        for item in ast.items {
            self.scan_item(&mut scan, item);
        }
        self.scan_values(&mut scan);
        self.check_offered(&scan);
        export_domains(&mut scan.module);
        scan.module.instances.end = self.instances.len();
        if let Some(slot) = self.modules.get_mut(id.0) {
            slot.state = State::Ready(Rc::new(scan.module));
        }
    }

    pub(super) fn scan_item(&mut self, scan: &mut Scan, item: Item) {
        let library = scan.module.library;
        match item {
            Item::Use {
                meta,
                path,
                selection,
                alias,
            } => {
                let target = self.import_target(path, library);
                let qualifier = alias.map_or_else(
                    || {
                        let text = self.text(path.name);
                        self.session
                            .core
                            .intern(text.rsplit('.').next().unwrap_or(&text))
                    },
                    |alias| alias.name,
                );
                let selection = match selection {
                    ast::Selection::Everything if alias.is_some() => Selection::Nothing,
                    ast::Selection::Everything => Selection::Everything,
                    ast::Selection::Only { names } => Selection::Only(names),
                    ast::Selection::Hiding { names } => Selection::Hiding(names),
                };
                scan.module.imports.push(Import {
                    span: meta.span,
                    path,
                    target,
                    qualifier,
                    selection,
                });
            }
            Item::Export { names, .. } => {
                for exposed in names {
                    let exports = match exposed.domain.0 {
                        true => &mut scan.module.export_domains,
                        false => &mut scan.module.exports,
                    };
                    exports.insert(exposed.name.name, exposed.name.span);
                }
            }
            Item::ExportAll { .. } => scan.module.exports_all = true,
            Item::Sig {
                name,
                type_,
                constraints,
                decorators,
                ..
            } => {
                let marks = self.decorators(&decorators, Decorated::Value, library);
                let signature = Signature {
                    name,
                    type_,
                    constraints,
                    marks,
                    used: false,
                };
                if let Some(first) = scan.signatures.get(&name.name) {
                    let first = first.name.span;
                    self.report_duplicate("signature", name, first);
                } else {
                    scan.signatures.insert(name.name, signature);
                }
            }
            Item::Define {
                name,
                value,
                decorators,
                ..
            } => {
                let marks = self.decorators(&decorators, Decorated::Value, library);
                scan.definitions.push((name, ValueBody::Expr(value), marks));
            }
            Item::Destructure {
                meta,
                pattern,
                value,
                decorators,
            } => {
                let marks = self.decorators(&decorators, Decorated::Value, library);
                self.scan_destructure(scan, meta.span, pattern, value, marks);
            }
            Item::Data { .. }
            | Item::Alias { .. }
            | Item::Capability { .. }
            | Item::Class { .. } => {
                self.scan_type(scan, item);
            }
            Item::Instance { ref decorators, .. } => {
                self.decorators(decorators, Decorated::Instance, library);
                self.instances.push(InstanceSource {
                    module: scan.id,
                    item: Some(item),
                });
            }
            Item::Domain { .. } => self.scan_domain(scan, item),
            // A suffix stands in a domain only; the grammar of items has reported any other.
            Item::Delta { meta, .. } | Item::Error { meta } => {
                self.note_unparsed(scan.id, meta.span);
            }
        }
    }

    fn scan_destructure(
        &mut self,
        scan: &mut Scan,
        span: Span,
        pattern: ast::Pattern,
        value: ast::Expr,
        marks: Marks,
    ) {
        let mut names = Vec::new();
        super::patterns::variables(&pattern, &mut names);
        let label = names
            .iter()
            .map(|name| self.text(name.name))
            .collect::<Vec<_>>()
            .join("-");
        let whole = self
            .session
            .fresh_global(&format!("{}.{label}.whole", scan.path));
        let count = names.len();
        self.define_global(whole, span, scan, GlobalKind::Value, &marks);
        self.values.insert(
            whole,
            ValueSource {
                module: scan.id,
                span,
                signature: None,
                value: Some(ValueBody::Parts {
                    pattern,
                    value,
                    names: names.clone(),
                }),
            },
        );
        if names.is_empty() {
            let hidden = self.session.core.intern("_");
            scan.module.globals.push((hidden, whole));
        }
        let mut bound = FxHashSet::default();
        for (index, name) in names.into_iter().enumerate() {
            // A name that one pattern binds twice is reported with the pattern.
            if !bound.insert(name.name) {
                continue;
            }
            scan.definitions.push((
                name,
                ValueBody::Part {
                    whole,
                    index,
                    count,
                },
                Marks::default(),
            ));
        }
    }

    /// Joins definitions with their signatures.
    pub(super) fn scan_values(&mut self, scan: &mut Scan) {
        for (name, value, marks) in std::mem::take(&mut scan.definitions) {
            let Some(value) = self.join_scattered(scan, name, value) else {
                continue;
            };
            let Some(global) = self.add_value(scan, name, None) else {
                continue;
            };
            let signature = scan.signatures.get_mut(&name.name).map(|signature| {
                signature.used = true;
                (
                    signature.type_.clone(),
                    signature.constraints.clone(),
                    signature.marks.clone(),
                )
            });
            let marks = match &signature {
                Some((_, _, of_signature)) => marks.or(of_signature),
                None => marks,
            };
            if let Some(at) = marks.intrinsic.as_ref().map(|(_, span)| *span) {
                self.report_decorator(
                    "intrinsic",
                    at,
                    "an intrinsic has a signature and no definition",
                );
            }
            self.define_global(global, name.span, scan, GlobalKind::Value, &marks);
            scan.offered
                .extend(marks.mcp.map(|(offered, at)| (name, offered, at)));
            if let Some((type_, _, _)) = &signature {
                self.note_predicates(global, type_);
            }
            scan.module.globals.push((name.name, global));
            self.values.insert(
                global,
                ValueSource {
                    module: scan.id,
                    span: name.span,
                    signature: signature.map(|(type_, constraints, _)| (type_, constraints)),
                    value: Some(value),
                },
            );
        }
        let mut alone: Vec<Signature> = std::mem::take(&mut scan.signatures)
            .into_values()
            .filter(|signature| !signature.used)
            .collect();
        alone.sort_by_key(|signature| signature.name.span);
        for signature in alone {
            self.scan_signature_alone(scan, signature);
        }
    }

    /// A signature without a definition: an intrinsic, or an error.
    fn scan_signature_alone(&mut self, scan: &mut Scan, signature: Signature) {
        let name = signature.name;
        let Some(global) = self.add_value(scan, name, None) else {
            return;
        };
        let kind = match &signature.marks.intrinsic {
            Some((prim, _)) => GlobalKind::Intrinsic(*prim),
            None if signature.marks.broken
                || self.may_define(scan.id, &self.text(signature.name.name)) =>
            {
                GlobalKind::Value
            }
            None => {
                let text = self.text(name.name);
                self.session.report(
                    Diagnostic::error(
                        codes::SIGNATURE_ALONE,
                        format!("`{text}` has a signature and no definition"),
                    )
                    .at(name.span, "nothing defines it")
                    .help(format!("add `{text} = …`")),
                );
                GlobalKind::Value
            }
        };
        self.define_global(global, name.span, scan, kind, &signature.marks);
        self.note_predicates(global, &signature.type_);
        scan.module.globals.push((name.name, global));
        self.values.insert(
            global,
            ValueSource {
                module: scan.id,
                span: name.span,
                signature: Some((signature.type_, signature.constraints)),
                value: None,
            },
        );
    }

    pub(super) fn define_global(
        &mut self,
        global: GlobalId,
        span: Span,
        scan: &Scan,
        kind: GlobalKind,
        marks: &Marks,
    ) {
        if let Some(info) = self.session.globals.get_mut(global) {
            *info = GlobalInfo {
                kind,
                span,
                library: scan.module.library,
                inline: marks.inline,
                deprecated: marks.deprecated.clone(),
                test: marks.test,
                static_: marks.static_,
                mcp: marks.mcp.map(|(mcp, _)| mcp),
            };
        }
    }

    /// Reports what is to be offered to tools and is not exported.
    fn check_offered(&mut self, scan: &Scan) {
        if scan.module.exports_all {
            return;
        }
        for (name, offered, at) in &scan.offered {
            if scan.module.exports.contains_key(&name.name) {
                continue;
            }
            let decorator = match offered {
                McpExport::Tool => "mcp_tool",
                McpExport::Resource => "mcp_resource",
            };
            let text = self.text(name.name);
            self.session.report(
                Diagnostic::error(
                    codes::DECORATOR,
                    format!("`@{decorator}` stands before `{text}`, which is not exported"),
                )
                .at(*at, "only what a module exports can be offered")
                .help(format!("add `{text}` to the `export` of the module")),
            );
        }
    }

    pub(super) fn note_deprecated(&mut self, entity: TypeName, marks: &Marks) {
        if let Some(advice) = &marks.deprecated {
            self.facts.deprecated_types.insert(entity, advice.clone());
        }
    }

    /// A new name among the values of a module; `None` if there is one already, which is reported.
    pub(super) fn add_value(
        &mut self,
        scan: &mut Scan,
        name: Ident,
        parent: Option<Symbol>,
    ) -> Option<GlobalId> {
        if let Some(first) = scan.module.values.get(&name.name) {
            let first = first.span;
            self.report_duplicate("definition", name, first);
            return None;
        }
        let unique = format!("{}.{}", scan.path, self.session.core.text(name.name));
        let global = self.session.global(&unique);
        let definition = Definition {
            entity: Value::Global(global),
            span: name.span,
            parent,
        };
        scan.module.values.insert(name.name, definition);
        Some(global)
    }

    pub(super) fn add_type(&mut self, scan: &mut Scan, name: Ident, entity: TypeName) -> bool {
        if let Some(first) = scan.module.types.get(&name.name) {
            let first = first.span;
            self.report_duplicate("definition", name, first);
            return false;
        }
        let definition = Definition {
            entity,
            span: name.span,
            parent: None,
        };
        scan.module.types.insert(name.name, definition);
        let home = scan.module.outer.unwrap_or(scan.id);
        self.facts.home_of_type.insert(entity, home);
        true
    }

    pub(super) fn report_duplicate(&mut self, what: &str, name: Ident, first: Span) {
        let text = self.text(name.name);
        self.session.report(
            Diagnostic::error(
                codes::DUPLICATE_DEFINITION,
                format!("a second {what} of `{text}`"),
            )
            .at(name.span, "again here")
            .label(first, "first here"),
        );
    }

    /// The primitive that `@intrinsic` names.
    pub(super) fn intrinsic_named(&mut self, name: &str, span: Span) -> Option<Prim> {
        let prim = Prim::named(name);
        if prim.is_none() {
            let near = nanopass::nearest(name, ir_defs::prims::PRIMS.iter().map(|info| info.name));
            let mut diagnostic = Diagnostic::error(
                codes::UNKNOWN_INTRINSIC,
                format!("there is no primitive operation `{name}`"),
            )
            .at(span, "unknown");
            if let Some(first) = near.first() {
                diagnostic = diagnostic.help(format!("did you mean `{first}`?"));
            }
            self.session.report(diagnostic);
        }
        prim
    }
}

/// A name in the list of exports that is only that of a domain of the module exports the domain.
fn export_domains(module: &mut Module) {
    for (name, _) in &module.domains {
        if !module.values.contains_key(name)
            && !module.types.contains_key(name)
            && let Some(span) = module.exports.remove(name)
        {
            module.export_domains.insert(*name, span);
        }
    }
}
