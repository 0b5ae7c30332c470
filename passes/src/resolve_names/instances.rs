//! Instances: their members against those of the class, and where they may stand.

use ir_defs::ast::{self, Item};
use ir_defs::hir;
use ir_defs::tables::{ClassId, GlobalId, GlobalInfo, GlobalKind};
use ir_defs::terminals::Ident;
use nanopass::{Diagnostic, Meta, Span, Symbol, nearest};
use rustc_hash::FxHashMap;

use super::Resolver;
use super::names::{Found, ModuleId, TypeName};
use super::suggest::is_alike;
use super::types::Vars;
use crate::codes;

/// The name of the type constructor that an instance's head begins with.
pub(super) fn head_name(head: &ast::Type) -> Option<Symbol> {
    match head {
        ast::Type::Name { name, .. } => Some(name.name),
        ast::Type::Apply { head, .. } => head_name(head),
        _ => None,
    }
}

impl Resolver<'_> {
    /// An instance of a class that there is not may be meant for one whose name is like it.
    fn note_lost_instance(&mut self, module: ModuleId, class: Ident, heads: &[ast::Type]) {
        let text = self.text(class.name);
        let names = self.names_in_scope(module);
        let alike = names.iter().filter(|name| is_alike(&text, name));
        let classes: Vec<Symbol> = alike.map(|name| self.session.core.intern(name)).collect();
        let words = heads.iter().filter_map(head_name).chain(classes);
        self.session.lost_instances.extend(words);
    }

    pub(super) fn work_instance(&mut self, index: usize) {
        let Some(instance) = self.instances.get_mut(index) else {
            return;
        };
        let module = instance.module;
        let Some(Item::Instance {
            class: class_name,
            heads,
            constraints,
            members,
            ..
        }) = instance.item.take()
        else {
            return;
        };
        self.begin(module);
        let Some(class) = self.class_named(class_name) else {
            self.note_lost_instance(module, class_name, &heads);
            return;
        };
        self.check_orphan(module, class, class_name, &heads);
        let head_text: Vec<String> = heads
            .iter()
            .map(|head| head_name(head).map_or_else(|| shape(head), |name| self.text(name)))
            .collect();
        let unique = format!(
            "{}.{}.{}",
            self.path(module),
            self.text(class_name.name),
            head_text.join(".")
        );
        let global = self.session.fresh_global(&unique);
        if let Some(info) = self.session.globals.get_mut(global) {
            *info = GlobalInfo {
                kind: GlobalKind::Instance,
                span: class_name.span,
                library: self.modules.get(module.0).is_some_and(|slot| slot.library),
                ..GlobalInfo::default()
            };
        }
        let heads: Vec<hir::Type> = heads
            .into_iter()
            .map(|head| self.type_(head, Vars::Any))
            .collect();
        let constraints = self.constraints(constraints, Vars::Any);
        let members = self.instance_members(class, class_name, members);
        let meta = Meta::at(class_name.span);
        self.program.instances.push(hir::InstanceDecl {
            meta,
            instance: global,
            class,
            heads,
            constraints,
            members,
        });
        self.end(None);
    }

    fn instance_members(
        &mut self,
        class: ClassId,
        class_name: Ident,
        members: Vec<ast::FieldInit>,
    ) -> Vec<hir::Method> {
        let expected = self.facts.members.get(&class).cloned().unwrap_or_default();
        let class_text = self.text(class_name.name);
        let mut given: FxHashMap<Symbol, Span> = FxHashMap::default();
        let mut misspelt = Vec::new();
        let mut methods = Vec::new();
        for member in members {
            let (name, value) = match member {
                ast::FieldInit::Set { name, value, .. } => (name, value),
                ast::FieldInit::Spread { meta, .. } => {
                    self.error(
                        codes::INSTANCE_MEMBERS,
                        "an instance names its members one by one".to_string(),
                        meta.span,
                        "not a member",
                    );
                    continue;
                }
            };
            let text = self.text(name.name);
            let found = expected.iter().find(|(member, _, _)| *member == name.name);
            let value = self.expr(value);
            let Some(&(_, member, _)) = found else {
                let names: Vec<String> = expected
                    .iter()
                    .map(|&(name, _, _)| self.text(name))
                    .collect();
                let near = nearest(&text, names.iter().map(String::as_str));
                let mut diagnostic = Diagnostic::error(
                    codes::INSTANCE_MEMBERS,
                    format!("the class `{class_text}` has no member `{text}`"),
                )
                .at(name.span, "not a member");
                if let Some(first) = near.first() {
                    diagnostic = diagnostic.help(format!("did you mean `{first}`?")).edit(
                        name.span,
                        *first,
                        "use the nearest name",
                    );
                    misspelt.push((*first).to_string());
                }
                self.session.report(diagnostic);
                continue;
            };
            if let Some(&first) = given.get(&name.name) {
                self.session.report(
                    Diagnostic::error(
                        codes::DUPLICATE_DEFINITION,
                        format!("a second definition of `{text}`"),
                    )
                    .at(name.span, "again here")
                    .label(first, "first here"),
                );
                continue;
            }
            given.insert(name.name, name.span);
            methods.push(hir::Method {
                meta: Meta::at(name.span),
                member,
                value,
            });
        }
        // What is misspelt is not missing as well.
        let missing: Vec<(Symbol, GlobalId, bool)> = expected
            .into_iter()
            .filter(|(name, _, _)| {
                !given.contains_key(name) && !misspelt.contains(&self.text(*name))
            })
            .collect();
        self.report_missing_members(class_name, &missing);
        methods
    }

    /// Reports the members that an instance must have and has not.
    fn report_missing_members(&mut self, class_name: Ident, missing: &[(Symbol, GlobalId, bool)]) {
        let quoted = |names: &[Symbol]| -> Vec<String> {
            names
                .iter()
                .map(|&name| format!("`{}`", self.text(name)))
                .collect()
        };
        let required: Vec<Symbol> = missing
            .iter()
            .filter(|(_, _, has_default)| !has_default)
            .map(|&(name, _, _)| name)
            .collect();
        let (needed, why) = if !required.is_empty() {
            (quoted(&required).join(", "), None)
        } else if let Some(circle) = self.default_circle(missing) {
            let names = quoted(&circle);
            (
                names.join(" or "),
                Some(format!(
                    "the defaults of {} need each other",
                    names.join(" and ")
                )),
            )
        } else {
            return;
        };
        let class_text = self.text(class_name.name);
        let mut diagnostic = Diagnostic::error(
            codes::INSTANCE_MEMBERS,
            format!("this instance of `{class_text}` lacks {needed}"),
        )
        .at(class_name.span, "not complete");
        if let Some(why) = why {
            diagnostic = diagnostic.note(why);
        }
        self.session.report(diagnostic);
    }

    /// Members whose defaults need each other, if an instance lacks them all; in the order of the class.
    fn default_circle(&self, missing: &[(Symbol, GlobalId, bool)]) -> Option<Vec<Symbol>> {
        let needs = |name: Symbol| -> &[Symbol] {
            missing
                .iter()
                .find(|(member, _, _)| *member == name)
                .and_then(|(_, global, _)| self.facts.default_needs.get(global))
                .map_or(&[], Vec::as_slice)
        };
        for &(start, _, _) in missing {
            // Everything that the default needs among what is missing; the circle is what needs the start in turn.
            let reached = |from: Symbol| {
                let mut seen: Vec<Symbol> = Vec::new();
                let mut stack = vec![from];
                while let Some(name) = stack.pop() {
                    for &next in needs(name) {
                        let is_missing = missing.iter().any(|(member, _, _)| *member == next);
                        if is_missing && !seen.contains(&next) {
                            seen.push(next);
                            stack.push(next);
                        }
                    }
                }
                seen
            };
            let after = reached(start);
            let circle: Vec<Symbol> = missing
                .iter()
                .map(|&(name, _, _)| name)
                .filter(|&name| {
                    name == start || (after.contains(&name) && reached(name).contains(&start))
                })
                .collect();
            if circle.len() > 1 {
                return Some(circle);
            }
        }
        None
    }

    /// An instance stands in the module of its class or of one of its types.
    fn check_orphan(
        &mut self,
        module: ModuleId,
        class: ClassId,
        class_name: Ident,
        heads: &[ast::Type],
    ) {
        // What could not be parsed may have defined the class or the type.
        if self.is_library(module)
            || self.may_define(module, &self.text(class_name.name))
            || self.facts.home_of_type.get(&TypeName::Class(class)) == Some(&module)
        {
            return;
        }
        let heads: Vec<Symbol> = heads.iter().filter_map(head_name).collect();
        let local = heads
            .iter()
            .any(|&head| match self.find_type(module, head) {
                Found::One(entity) => self.facts.home_of_type.get(&entity) == Some(&module),
                // An unknown type is reported where it is resolved.
                _ => true,
            });
        if local {
            return;
        }
        let text = self.text(class_name.name);
        self.session.report(
            Diagnostic::error(
                codes::ORPHAN_INSTANCE,
                format!("neither the class `{text}` nor the type of this instance is defined in this module"),
            )
            .at(class_name.span, "an orphan")
            .help("put it into the module of the type, or wrap the type in a data type of your own"),
        );
    }
}

/// The name of a head that has none: a function, a tuple.
fn shape(head: &ast::Type) -> String {
    match head {
        ast::Type::Fun { .. } => "Function".to_string(),
        ast::Type::Tuple { items, .. } => format!("Tuple{}", items.len()),
        ast::Type::Record { .. } => "Record".to_string(),
        _ => "Type".to_string(),
    }
}
