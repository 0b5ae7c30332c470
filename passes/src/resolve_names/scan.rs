//! From a parsed module to its table of names; the definitions themselves are put aside until they are reached.

use std::rc::Rc;

use ir_defs::ast::{self, Item};
use ir_defs::prims::Prim;
use ir_defs::tables::{ConInfo, GlobalId, GlobalInfo, GlobalKind, McpExport, TyConInfo, TyConKind};
use ir_defs::terminals::Ident;
use nanopass::{Diagnostic, Span, Symbol};
use rustc_hash::FxHashMap;

use super::Resolver;
use super::decorators::{Decorated, Marks};
use super::instances::head_name;
use super::modules::{Definition, Module, PRELUDE, State};
use super::names::{
    Import, InstanceSource, ModuleId, Selection, TypeName, TypeSource, Value, ValueBody,
    ValueSource,
};
use crate::{codes, host_types};

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
        for (index, name) in names.into_iter().enumerate() {
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

    fn note_deprecated(&mut self, entity: TypeName, marks: &Marks) {
        if let Some(advice) = &marks.deprecated {
            self.facts.deprecated_types.insert(entity, advice.clone());
        }
    }

    /// A new name among the values of a module; `None` if there is one already, which is reported.
    fn add_value(
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

    fn add_type(&mut self, scan: &mut Scan, name: Ident, entity: TypeName) -> bool {
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

    fn scan_type(&mut self, scan: &mut Scan, item: Item) {
        let library = scan.module.library;
        let (name, decorators, allowed) = match &item {
            Item::Data {
                name, decorators, ..
            }
            | Item::Alias {
                name, decorators, ..
            } => (*name, decorators, Decorated::Type),
            Item::Capability {
                name, decorators, ..
            } => (*name, decorators, Decorated::Capability),
            Item::Class {
                name, decorators, ..
            } => (*name, decorators, Decorated::Class),
            _ => return,
        };
        let marks = self.decorators(decorators, allowed, library);
        let unique = format!("{}.{}", scan.path, self.session.core.text(name.name));
        if let Item::Class { members, .. } = &item {
            let class = self.session.classes.id(&unique);
            if !self.add_type(scan, name, TypeName::Class(class)) {
                return;
            }
            self.note_deprecated(TypeName::Class(class), &marks);
            if let Some(info) = self.session.classes.get_mut(class) {
                info.span = name.span;
            }
            self.scan_members(scan, members, name.name, GlobalKind::Member(class));
            self.classes.insert(
                class,
                TypeSource {
                    module: scan.id,
                    item,
                },
            );
            return;
        }
        let con = self.session.tycons.id(&unique);
        if !self.add_type(scan, name, TypeName::Con(con)) {
            return;
        }
        self.note_deprecated(TypeName::Con(con), &marks);
        let mut ids = Vec::new();
        let kind = match &item {
            Item::Data { constructors, .. } => {
                let mut named = Vec::new();
                let parent = (!marks.opaque).then_some(name.name);
                for constructor in constructors {
                    if let Some(id) = self.scan_constructor(scan, constructor, parent) {
                        if let Some(info) = self.session.constructors.get_mut(id) {
                            *info = ConInfo {
                                data: Some(con),
                                index: ids.len() as u32,
                                arity: constructor.fields.len() as u32,
                                fields: Vec::new(),
                                span: constructor.name.span,
                            };
                        }
                        ids.push(id);
                        if !marks.opaque {
                            named.push((constructor.name.name, id));
                        }
                    }
                }
                self.facts.constructors.insert(con, named);
                TyConKind::Data
            }
            Item::Capability { members, .. } => {
                self.scan_members(scan, members, name.name, GlobalKind::Operation(con));
                if !library {
                    let module = marks.wit.clone().unwrap_or_else(|| {
                        let (path, name) = (scan.path.as_str(), self.text(name.name));
                        format!(
                            "aivi:{}/{}",
                            host_types::kebab(path),
                            host_types::kebab(&name)
                        )
                    });
                    self.session.host_modules.insert(con, module);
                }
                TyConKind::Capability { fails: None }
            }
            Item::Alias { type_, params, .. } => {
                let head = head_name(type_).filter(|&head| {
                    let is_head = |param: &ast::TypeParam| param.name.name == head;
                    !params.iter().any(is_head)
                });
                if let Some(head) = head {
                    let heads = &mut self.facts.alias_heads;
                    heads.entry((scan.id, head)).or_insert(name.name);
                }
                TyConKind::Alias
            }
            _ => TyConKind::Alias,
        };
        let short = self.text(name.name);
        if let Some(info) = self.session.tycons.get_mut(con) {
            *info = TyConInfo {
                kind,
                short,
                constructors: ids,
                span: name.span,
                library,
                ..TyConInfo::default()
            };
        }
        self.types.insert(
            con,
            TypeSource {
                module: scan.id,
                item,
            },
        );
    }

    fn scan_constructor(
        &mut self,
        scan: &mut Scan,
        constructor: &ast::Constructor,
        parent: Option<Symbol>,
    ) -> Option<ir_defs::tables::ConId> {
        let name = constructor.name;
        if let Some(first) = scan.module.values.get(&name.name) {
            let first = first.span;
            self.report_duplicate("constructor", name, first);
            return None;
        }
        let unique = format!("{}.{}", scan.path, self.session.core.text(name.name));
        let id = self.session.constructors.id(&unique);
        let definition = Definition {
            entity: Value::Con(id),
            span: name.span,
            parent,
        };
        scan.module.values.insert(name.name, definition);
        Some(id)
    }

    /// The members of a class, or the operations of a capability.
    fn scan_members(
        &mut self,
        scan: &mut Scan,
        members: &[Item],
        parent: Symbol,
        kind: GlobalKind,
    ) {
        let mut named: Vec<(Symbol, GlobalId, bool)> = Vec::new();
        let mut defaults = Vec::new();
        for member in members {
            match member {
                Item::Sig {
                    name,
                    type_,
                    decorators,
                    ..
                } => {
                    let Some(global) = self.add_value(scan, *name, Some(parent)) else {
                        continue;
                    };
                    let marks = self.decorators(decorators, Decorated::Member, scan.module.library);
                    let kind = match (&marks.intrinsic, kind) {
                        (Some((prim, _)), GlobalKind::Operation(_)) => GlobalKind::Intrinsic(*prim),
                        _ => kind,
                    };
                    self.define_global(global, name.span, scan, kind, &marks);
                    self.note_predicates(global, type_);
                    named.push((name.name, global, false));
                }
                Item::Define {
                    name,
                    value,
                    decorators,
                    ..
                } => {
                    self.decorators(decorators, Decorated::Member, scan.module.library);
                    match named.iter_mut().find(|(member, _, _)| *member == name.name) {
                        Some((_, global, has_default)) => {
                            *has_default = true;
                            defaults.push((*global, value));
                        }
                        None => {
                            let text = self.text(name.name);
                            self.error(
                                codes::SIGNATURE_ALONE,
                                format!("`{text}` has a body here and no signature before it"),
                                name.span,
                                "no signature",
                            );
                        }
                    }
                }
                _ => {}
            }
        }
        for (global, value) in defaults {
            let mut mentioned = Mentioned::default();
            ast::Visit::expr(&mut mentioned, value);
            mentioned
                .0
                .retain(|name| named.iter().any(|(member, _, _)| member == name));
            self.facts.default_needs.insert(global, mentioned.0);
        }
        match kind {
            GlobalKind::Member(class) => {
                for &(_, global, _) in &named {
                    self.facts.class_of_member.insert(global, class);
                }
                self.facts.members.insert(class, named);
            }
            GlobalKind::Operation(capability) => {
                for (_, global, _) in named {
                    self.facts
                        .capability_of_operation
                        .insert(global, capability);
                }
            }
            _ => {}
        }
    }

    /// Remembers which arguments of a function with this written type are predicates.
    fn note_predicates(&mut self, global: GlobalId, type_: &ast::Type) {
        let ast::Type::Fun { params, .. } = type_ else {
            return;
        };
        let mut positions = 0;
        for (index, param) in params.iter().enumerate().take(64) {
            if let ast::Type::Fun { params, result, .. } = param
                && params.len() == 1
                && let ast::Type::Name { name, .. } = &**result
                && self.session.core.text(name.name) == "Bool"
            {
                positions |= 1 << index;
            }
        }
        if positions != 0 {
            self.facts.predicates.insert(global, positions);
        }
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

/// The names that an expression mentions.
#[derive(Default)]
struct Mentioned(Vec<Symbol>);

impl ast::Visit for Mentioned {
    fn expr(&mut self, expr: &ast::Expr) {
        if let ast::Expr::Name { name, .. } = expr
            && !self.0.contains(&name.name)
        {
            self.0.push(name.name);
        }
        ast::walk_expr(self, expr);
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
