//! The two spaces of names: what stands in expressions and patterns, and what stands in types.

use ir_defs::tables::TyConKind;
use nanopass::Symbol;
use rustc_hash::FxHashMap;

use super::Resolver;
use super::modules::{Definition, Module};
use super::names::{Found, ModuleId, TypeName, Value};

/// What looking for a name has to know about its space.
pub(super) trait Namespace: Copy + Eq {
    /// What has been found.
    fn cache<'r>(
        resolver: &'r mut Resolver<'_>,
    ) -> &'r mut FxHashMap<(ModuleId, Symbol), Found<Self>>;

    /// The definitions of a module.
    fn own(module: &Module) -> &FxHashMap<Symbol, Definition<Self>>;

    /// What the compiler itself knows under a name.
    fn builtin(resolver: &Resolver<'_>, name: Symbol) -> Option<Self>;

    /// What a domain brings along under a name: its own, its carrier, or a part of its carrier.
    fn of_domain(resolver: &mut Resolver<'_>, domain: ModuleId, name: Symbol) -> Option<Self>;

    /// What a module exports under a name, if looking for that is not going on already.
    fn exported(resolver: &mut Resolver<'_>, id: ModuleId, name: Symbol) -> Option<Self>;

    /// What an exported type or class brings along under a name.
    fn part(
        resolver: &mut Resolver<'_>,
        target: ModuleId,
        parent: Symbol,
        name: Symbol,
    ) -> Option<Self>;

    /// Whether a name that means nothing is a variable.
    fn is_variable(resolver: &Resolver<'_>, name: Symbol) -> bool;
}

impl Namespace for Value {
    fn cache<'r>(
        resolver: &'r mut Resolver<'_>,
    ) -> &'r mut FxHashMap<(ModuleId, Symbol), Found<Self>> {
        &mut resolver.value_cache
    }

    fn own(module: &Module) -> &FxHashMap<Symbol, Definition<Self>> {
        &module.values
    }

    fn builtin(resolver: &Resolver<'_>, name: Symbol) -> Option<Self> {
        let text = resolver.session.core.text(name);
        let id = resolver.session.constructors.find(text)?;
        let info = resolver.session.constructors.get(id)?;
        (!text.contains('.') && info.data.is_some()).then_some(Value::Con(id))
    }

    fn of_domain(resolver: &mut Resolver<'_>, domain: ModuleId, name: Symbol) -> Option<Self> {
        let table = resolver.module(domain)?;
        if let Some(own) = table.values.get(&name) {
            return Some(own.entity);
        }
        let carrier = resolver.domain_carrier(domain)?;
        resolver.part_of(carrier, name)
    }

    fn exported(resolver: &mut Resolver<'_>, id: ModuleId, name: Symbol) -> Option<Self> {
        resolver.exported_value(id, name)
    }

    fn part(
        resolver: &mut Resolver<'_>,
        target: ModuleId,
        parent: Symbol,
        name: Symbol,
    ) -> Option<Self> {
        let parent = resolver.exported_type(target, parent)?;
        resolver.part_of(parent, name)
    }

    /// In an expression every variable is bound.
    fn is_variable(_: &Resolver<'_>, _: Symbol) -> bool {
        false
    }
}

impl Namespace for TypeName {
    fn cache<'r>(
        resolver: &'r mut Resolver<'_>,
    ) -> &'r mut FxHashMap<(ModuleId, Symbol), Found<Self>> {
        &mut resolver.type_cache
    }

    fn own(module: &Module) -> &FxHashMap<Symbol, Definition<Self>> {
        &module.types
    }

    fn builtin(resolver: &Resolver<'_>, name: Symbol) -> Option<Self> {
        let text = resolver.session.core.text(name);
        let id = resolver.session.tycons.find(text)?;
        let info = resolver.session.tycons.get(id)?;
        let known = matches!(info.kind, TyConKind::Builtin | TyConKind::Data);
        (!text.contains('.') && known).then_some(TypeName::Con(id))
    }

    fn of_domain(resolver: &mut Resolver<'_>, domain: ModuleId, name: Symbol) -> Option<Self> {
        let table = resolver.module(domain)?;
        if let Some(own) = table.types.get(&name) {
            return Some(own.entity);
        }
        (table.carrier == Some(name)).then(|| resolver.domain_carrier(domain))?
    }

    fn exported(resolver: &mut Resolver<'_>, id: ModuleId, name: Symbol) -> Option<Self> {
        resolver.exported_type(id, name)
    }

    /// Types have no types as parts.
    fn part(_: &mut Resolver<'_>, _: ModuleId, _: Symbol, _: Symbol) -> Option<Self> {
        None
    }

    fn is_variable(resolver: &Resolver<'_>, name: Symbol) -> bool {
        resolver.is_variable(name)
    }
}

impl Resolver<'_> {
    pub(super) fn find_value(&mut self, id: ModuleId, name: Symbol) -> Found<Value> {
        self.find(id, name)
    }

    pub(super) fn find_type(&mut self, id: ModuleId, name: Symbol) -> Found<TypeName> {
        self.find(id, name)
    }
}
