//! The types, classes, capabilities and instances of a module's table, with their constructors and members.

use ir_defs::ast::{self, Item};
use ir_defs::tables::{ConInfo, GlobalId, GlobalKind, TyConInfo, TyConKind};
use ir_defs::terminals::Ident;
use nanopass::Symbol;

use super::Resolver;
use super::decorators::Decorated;
use super::instances::head_name;
use super::modules::Definition;
use super::names::{TypeName, TypeSource, Value};
use super::scan::Scan;
use crate::{codes, host_types};

impl Resolver<'_> {
    pub(super) fn scan_type(&mut self, scan: &mut Scan, item: Item) {
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
                    for part in argument_names(type_) {
                        let parts = &mut self.facts.alias_parts;
                        let part_key = (scan.id, part.name);
                        parts.entry(part_key).or_insert((head, part.span));
                    }
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
    pub(super) fn note_predicates(&mut self, global: GlobalId, type_: &ast::Type) {
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

/// The names that are arguments of a type by themselves, without variables.
fn argument_names(type_: &ast::Type) -> impl Iterator<Item = Ident> {
    let args = match type_ {
        ast::Type::Apply { args, .. } => args.as_slice(),
        _ => &[],
    };
    args.iter().filter_map(|arg| match arg {
        ast::Type::Name { name, .. } => Some(*name),
        _ => None,
    })
}
