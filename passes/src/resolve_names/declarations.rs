//! Declarations: data types, aliases, capabilities, classes, instances.

use ir_defs::ast::{self, Item};
use ir_defs::hir;
use ir_defs::tables::{ClassId, GlobalId, GlobalInfo, GlobalKind, TyConId};
use ir_defs::terminals::Ident;
use nanopass::{Diagnostic, Meta, Span, Symbol, nearest};
use rustc_hash::FxHashMap;

use super::Resolver;
use super::names::{Found, ModuleId, TypeName, TypeSource};
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

fn type_params(params: Vec<ast::TypeParam>) -> (Vec<Symbol>, Vec<hir::TypeParam>) {
    let names = params.iter().map(|param| param.name.name).collect();
    let params = params
        .into_iter()
        .map(|param| hir::TypeParam {
            name: param.name.name,
            arity: param.arity,
        })
        .collect();
    (names, params)
}

impl Resolver<'_> {
    pub(super) fn work_type(&mut self, con: TyConId) {
        let Some(TypeSource { module, item }) = self.types.remove(&con) else {
            return;
        };
        self.begin(module);
        match item {
            Item::Data {
                name,
                params,
                constructors,
                ..
            } => {
                let (names, params) = type_params(params);
                let ids = self
                    .session
                    .tycons
                    .get(con)
                    .map(|info| info.constructors.clone())
                    .unwrap_or_default();
                let mut ids = ids.into_iter().peekable();
                let mut resolved = Vec::new();
                for constructor in constructors {
                    let at = constructor.name.span;
                    // A constructor that is defined twice has no id of its own; that has been reported.
                    let belongs = |id: &ir_defs::tables::ConId| {
                        self.session
                            .constructors
                            .get(*id)
                            .is_some_and(|info| info.span == at)
                    };
                    let Some(id) = ids.next_if(belongs) else {
                        continue;
                    };
                    let fields = constructor
                        .fields
                        .into_iter()
                        .map(|field| self.type_(field, Vars::Params(&names)))
                        .collect();
                    resolved.push(hir::Constructor {
                        meta: Meta::at(at),
                        con: id,
                        fields,
                    });
                }
                let meta = Meta::at(name.span);
                self.program.data.push(hir::DataDecl {
                    meta,
                    con,
                    params,
                    constructors: resolved,
                });
            }
            Item::Alias {
                name,
                params,
                type_,
                ..
            } => {
                let (names, params) = type_params(params);
                let type_ = self.type_(type_, Vars::Params(&names));
                self.program.aliases.push(hir::AliasDecl {
                    meta: Meta::at(name.span),
                    con,
                    params,
                    type_,
                });
            }
            Item::Capability {
                name,
                fails,
                members,
                ..
            } => {
                let fails = fails.map(|fails| self.type_(fails, Vars::Params(&[])));
                let operations = members
                    .into_iter()
                    .filter_map(|member| match member {
                        Item::Sig {
                            name,
                            type_,
                            constraints,
                            ..
                        } => {
                            let global = self.global_of(module, name)?;
                            let signature = self.signature(type_, constraints);
                            Some(hir::Declared {
                                meta: Meta::at(name.span),
                                global,
                                signature,
                            })
                        }
                        _ => None,
                    })
                    .collect();
                let meta = Meta::at(name.span);
                self.program.capabilities.push(hir::CapabilityDecl {
                    meta,
                    con,
                    fails,
                    operations,
                });
            }
            _ => {}
        }
        self.end(None);
    }

    /// The global that a member's or operation's name stands for in its module.
    fn global_of(&mut self, module: ModuleId, name: Ident) -> Option<GlobalId> {
        let module = self.module(module)?;
        let definition = module
            .values
            .get(&name.name)
            .filter(|definition| definition.span == name.span)?;
        match definition.entity {
            super::Value::Global(global) => Some(global),
            super::Value::Con(_) => None,
        }
    }

    pub(super) fn work_class(&mut self, class: ClassId) {
        let Some(TypeSource { module, item }) = self.classes.remove(&class) else {
            return;
        };
        let Item::Class {
            name,
            params,
            supers,
            constraints,
            members,
            ..
        } = item
        else {
            return;
        };
        self.begin(module);
        let (names, params) = type_params(params);
        let mut resolved_supers = Vec::new();
        for super_class in supers {
            resolved_supers.extend(self.super_class(super_class, &names));
        }
        // A constraint on a parameter is a superclass; one on another variable belongs to the members that have it.
        let (on_params, on_others): (Vec<_>, Vec<_>) =
            constraints.into_iter().partition(|constraint| {
                head_name(&constraint.type_).is_some_and(|variable| names.contains(&variable))
            });
        resolved_supers.extend(self.constraints(on_params, Vars::Params(&names)));
        let mut defaults: FxHashMap<Symbol, ast::Expr> = FxHashMap::default();
        let mut signatures = Vec::new();
        for member in members {
            match member {
                Item::Sig {
                    name,
                    type_,
                    constraints,
                    ..
                } => signatures.push((name, type_, constraints)),
                Item::Define { name, value, .. } => {
                    defaults.insert(name.name, value);
                }
                _ => {}
            }
        }
        let mut resolved = Vec::new();
        for (name, type_, mut constraints) in signatures {
            let Some(global) = self.global_of(module, name) else {
                continue;
            };
            for constraint in &on_others {
                if head_name(&constraint.type_).is_some_and(|variable| mentions(&type_, variable)) {
                    constraints.push(constraint.clone());
                }
            }
            let signature = self.signature(type_, constraints);
            let default = defaults.remove(&name.name).map(|value| self.expr(value));
            resolved.push(hir::Member {
                meta: Meta::at(name.span),
                global,
                signature,
                default,
            });
        }
        let meta = Meta::at(name.span);
        self.program.classes.push(hir::ClassDecl {
            meta,
            class,
            params,
            supers: resolved_supers,
            members: resolved,
        });
        self.end(None);
    }

    /// `Eq A` before `with`.
    fn super_class(&mut self, type_: ast::Type, params: &[Symbol]) -> Option<hir::Constraint> {
        let meta = type_.meta();
        let (head, mut args) = match type_ {
            ast::Type::Apply { head, args, .. } => (*head, args),
            other => (other, Vec::new()),
        };
        let ast::Type::Name { name, .. } = head else {
            self.error(
                codes::CLASS_OR_TYPE,
                "a superclass is the name of a class and a type".to_string(),
                meta.span,
                "as in `Eq A`",
            );
            return None;
        };
        let class = self.class_named(name)?;
        let argument = args.pop()?;
        let type_ = self.type_(argument, Vars::Params(params));
        Some(hir::Constraint { meta, class, type_ })
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
                    diagnostic = diagnostic.help(format!("did you mean `{first}`?"));
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
        self.report_missing_members(class_name, &expected, &given);
        methods
    }

    fn report_missing_members(
        &mut self,
        class_name: Ident,
        expected: &[(Symbol, GlobalId, bool)],
        given: &FxHashMap<Symbol, Span>,
    ) {
        let class_text = self.text(class_name.name);
        let missing: Vec<String> = expected
            .iter()
            .filter(|(name, _, has_default)| !has_default && !given.contains_key(name))
            .map(|&(name, _, _)| format!("`{}`", self.text(name)))
            .collect();
        let all_default = expected.iter().all(|&(_, _, has_default)| has_default);
        if missing.is_empty() && (expected.is_empty() || !all_default || !given.is_empty()) {
            return;
        }
        // In a class whose members define each other, one of them is needed.
        let needed = if missing.is_empty() {
            let all: Vec<String> = expected
                .iter()
                .map(|&(name, _, _)| format!("`{}`", self.text(name)))
                .collect();
            all.join(" or ")
        } else {
            missing.join(", ")
        };
        self.session.report(
            Diagnostic::error(
                codes::INSTANCE_MEMBERS,
                format!("this instance of `{class_text}` lacks {needed}"),
            )
            .at(class_name.span, "not complete"),
        );
    }

    /// An instance stands in the module of its class or of one of its types.
    fn check_orphan(
        &mut self,
        module: ModuleId,
        class: ClassId,
        class_name: Ident,
        heads: &[ast::Type],
    ) {
        if self.is_library(module)
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

/// Whether a variable occurs in a type.
fn mentions(type_: &ast::Type, variable: Symbol) -> bool {
    struct Finder(Symbol, bool);
    impl ast::Visit for Finder {
        fn ident(&mut self, name: &Ident) {
            self.1 |= name.name == self.0;
        }
    }
    let mut finder = Finder(variable, false);
    ast::Visit::type_(&mut finder, type_);
    finder.1
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
