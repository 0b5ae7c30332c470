//! Declarations: data types, aliases, capabilities, classes.

use ir_defs::ast::{self, Item};
use ir_defs::hir;
use ir_defs::tables::{ClassId, GlobalId, TyConId};
use ir_defs::terminals::Ident;
use nanopass::{Meta, Symbol};
use rustc_hash::FxHashMap;

use super::Resolver;
use super::instances::head_name;
use super::names::{ModuleId, TypeSource};
use super::types::Vars;
use crate::codes;

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
