//! Data types, aliases, capabilities, classes and instances: what the tables of the session know after this pass.

use std::rc::Rc;

use ir_defs::kernel::{self, ClassDecl, InstanceDecl, TypeParam};
use ir_defs::tables::{
    ClassConstraint, ClassInfo, ConInfo, GlobalKind, MemberInfo, TyConId, TyConInfo, TyConKind,
};
use ir_defs::types::{Kind, Type};
use nanopass::{Span, TyId};
use rustc_hash::FxHashMap;

use super::classes::InstanceHead;
use super::convert::{Scope, type_vars};
use super::errors::{self, *};
use super::kinds::{K, Kinds, Scope as KindScope};
use super::{Binding, Checker};

impl Checker<'_> {
    /// Reads all declarations but the signatures of bindings.
    pub(super) fn declare(&mut self, program: &kernel::Program) {
        self.declare_names(program);
        self.infer_kinds(program);
        for capability in &program.capabilities {
            let fails = capability
                .fails
                .as_ref()
                .map(|ty| self.convert(ty, &mut Scope::default()));
            if let Some(info) = self.session.tycons.get_mut(capability.con) {
                info.kind = TyConKind::Capability { fails };
            }
        }
        for alias in &program.aliases {
            self.alias_body(alias.con, alias.meta.span);
        }
        for data in &program.data {
            let params = self
                .session
                .tycons
                .get(data.con)
                .map(|info| info.params.clone())
                .unwrap_or_default();
            let vars: Vec<TyId> = params
                .iter()
                .map(|&var| self.session.types.intern(Type::Var(var)))
                .collect();
            for (index, con) in data.constructors.iter().enumerate() {
                let mut scope = Scope::of(
                    data.params
                        .iter()
                        .map(|param| param.name)
                        .zip(vars.iter().copied()),
                );
                let fields: Vec<TyId> = con
                    .fields
                    .iter()
                    .map(|ty| self.convert(ty, &mut scope))
                    .collect();
                if let Some(info) = self.session.constructors.get_mut(con.con) {
                    *info = ConInfo {
                        data: Some(data.con),
                        index: index as u32,
                        arity: fields.len() as u32,
                        fields,
                        span: con.meta.span,
                    };
                }
            }
        }
        for class in &program.classes {
            self.declare_class(class);
        }
        self.reject_class_circles(&program.classes);
        for capability in &program.capabilities {
            for operation in &capability.operations {
                let scheme = self.signature(&operation.signature, &Scope::default(), false);
                if let Some(info) = self.session.globals.get_mut(operation.global)
                    && info.kind == GlobalKind::Value
                {
                    info.kind = GlobalKind::Operation(capability.con);
                }
                if matches!(
                    self.session.global_kind(operation.global),
                    GlobalKind::Operation(_)
                ) {
                    let span = operation.signature.meta.span;
                    self.check_operation(capability.con, &scheme, span);
                }
                self.globals.insert(
                    operation.global,
                    Binding::Poly {
                        scheme,
                        own: Rc::from([]),
                    },
                );
            }
        }
        for instance in &program.instances {
            self.declare_instance(instance);
        }
    }

    /// Says of each declared name what it is.
    fn declare_names(&mut self, program: &kernel::Program) {
        for alias in &program.aliases {
            self.aliases.insert(alias.con, alias.clone());
            self.declare_name(alias.con, TyConKind::Alias, alias.meta.span);
        }
        for capability in &program.capabilities {
            self.declare_name(
                capability.con,
                TyConKind::Capability { fails: None },
                capability.meta.span,
            );
        }
        for data in &program.data {
            self.declare_name(data.con, TyConKind::Data, data.meta.span);
            if let Some(info) = self.session.tycons.get_mut(data.con) {
                info.constructors = data.constructors.iter().map(|con| con.con).collect();
            }
        }
        self.tell_apart(program);
    }

    /// Types of one name, such as the `Delta`s of domains, are shown with their modules.
    fn tell_apart(&mut self, program: &kernel::Program) {
        let data = program.data.iter().map(|data| data.con);
        let aliases = program.aliases.iter().map(|alias| alias.con);
        let capabilities = program.capabilities.iter().map(|capability| capability.con);
        let mut named: FxHashMap<String, Vec<TyConId>> = FxHashMap::default();
        for con in data.chain(aliases).chain(capabilities) {
            named.entry(self.con_name(con)).or_default().push(con);
        }
        for con in named.into_values().filter(|cons| cons.len() > 1).flatten() {
            let name = self.session.tycons.name(con).to_string();
            if let Some(info) = self.session.tycons.get_mut(con) {
                info.short = name;
            }
        }
    }

    fn declare_name(&mut self, con: TyConId, kind: TyConKind, span: Span) {
        let short = self.con_name(con);
        if let Some(info) = self.session.tycons.get_mut(con) {
            let library = info.library;
            *info = TyConInfo {
                kind,
                short,
                span,
                library,
                ..TyConInfo::default()
            };
        }
    }

    /// Infers the kinds of all parameters, all declarations together, and makes the variables.
    fn infer_kinds(&mut self, program: &kernel::Program) {
        let mut kinds = Kinds::default();
        let arities =
            |params: &[TypeParam]| params.iter().map(|param| param.arity.0).collect::<Vec<_>>();
        let scope_of = |params: &[TypeParam], kinds: Vec<K>| -> KindScope {
            params.iter().map(|param| param.name).zip(kinds).collect()
        };
        let mut data_scopes = Vec::new();
        for data in &program.data {
            let params = kinds.declare(data.con, &arities(&data.params));
            data_scopes.push(scope_of(&data.params, params));
        }
        let mut alias_scopes = Vec::new();
        for alias in &program.aliases {
            let params = kinds.declare(alias.con, &arities(&alias.params));
            alias_scopes.push(scope_of(&alias.params, params));
        }
        let mut class_scopes = Vec::new();
        for class in &program.classes {
            let params = class
                .params
                .iter()
                .map(|param| kinds.of_arity(param.arity.0))
                .collect();
            class_scopes.push(scope_of(&class.params, params));
        }
        for (data, scope) in program.data.iter().zip(&mut data_scopes) {
            for field in data.constructors.iter().flat_map(|con| &con.fields) {
                self.expect_kind(field, &K::Star, scope, &mut kinds);
            }
        }
        for (alias, scope) in program.aliases.iter().zip(&mut alias_scopes) {
            let broken = self
                .session
                .tycons
                .get(alias.con)
                .is_some_and(|info| info.alias.is_some());
            if !broken {
                self.kind_of(&alias.type_, scope, &mut kinds);
            }
        }
        for (class, scope) in program.classes.iter().zip(&class_scopes) {
            for member in &class.members {
                // The variables of the member are its own; only the class's parameters are shared.
                let mut own = scope.clone();
                let mut names = Vec::new();
                type_vars(&member.signature.type_, &mut names);
                for name in names {
                    own.entry(name).or_insert_with(|| kinds.fresh());
                }
                self.expect_kind(&member.signature.type_, &K::Star, &mut own, &mut kinds);
            }
        }
        kinds.settle();
        for (data, scope) in program.data.iter().zip(&data_scopes) {
            self.make_params(data.con, &data.params, scope, &kinds);
        }
        for (alias, scope) in program.aliases.iter().zip(&alias_scopes) {
            self.make_params(alias.con, &alias.params, scope, &kinds);
        }
        for (class, scope) in program.classes.iter().zip(&class_scopes) {
            let params = class
                .params
                .iter()
                .map(|param| {
                    let kind = scope
                        .get(&param.name)
                        .map_or(Kind::Star, |kind| kinds.known(kind));
                    self.quantify(param.name, kind).0
                })
                .collect();
            if let Some(info) = self.session.classes.get_mut(class.class) {
                *info = ClassInfo {
                    params,
                    span: class.meta.span,
                    ..ClassInfo::default()
                };
            }
        }
    }

    fn make_params(
        &mut self,
        con: TyConId,
        params: &[TypeParam],
        scope: &KindScope,
        kinds: &Kinds,
    ) {
        let mut known = Vec::new();
        let mut vars = Vec::new();
        for param in params {
            let kind = scope
                .get(&param.name)
                .map_or(Kind::Star, |kind| kinds.known(kind));
            vars.push(self.quantify(param.name, kind.clone()).0);
            known.push(kind);
        }
        self.kinds.insert(con, known);
        if let Some(info) = self.session.tycons.get_mut(con) {
            info.params = vars;
        }
    }

    fn declare_class(&mut self, class: &ClassDecl) {
        let one_parameter = self.has_one_parameter(class);
        let params = self
            .session
            .classes
            .get(class.class)
            .map(|info| info.params.clone())
            .unwrap_or_default();
        let vars: Vec<TyId> = params
            .iter()
            .map(|&var| self.session.types.intern(Type::Var(var)))
            .collect();
        let names = || {
            class
                .params
                .iter()
                .map(|param| param.name)
                .zip(vars.iter().copied())
        };
        let mut scope = Scope::of(names());
        let supers = self.constraints(&class.supers, &mut scope);
        let mut members = Vec::new();
        for member in &class.members {
            let scheme = self.signature(&member.signature, &Scope::of(names()), false);
            if one_parameter {
                self.mentions_parameter(class, member);
            }
            let name = self.session.globals.name(member.global).to_string();
            let default = member
                .default
                .is_some()
                .then(|| self.session.globals.id(&format!("{name}.default")));
            if let Some(info) = self.session.globals.get_mut(member.global) {
                info.kind = GlobalKind::Member(class.class);
            }
            members.push(MemberInfo {
                global: member.global,
                types: scheme.types.to_vec(),
                constraints: scheme.constraints.to_vec(),
                ty: scheme.ty,
                default,
            });
            // As a global, a member is quantified over the class's parameters first, and needs the class first.
            let mut types = params.clone();
            types.extend(scheme.types.iter().copied());
            let mut constraints = vec![ClassConstraint {
                class: class.class,
                types: vars.clone(),
            }];
            constraints.extend(scheme.constraints.iter().cloned());
            let scheme = super::Scheme {
                types: types.into(),
                constraints: constraints.into(),
                ty: scheme.ty,
            };
            if let Some(default) = default {
                self.globals.insert(
                    default,
                    Binding::Poly {
                        scheme: scheme.clone(),
                        own: Rc::from([]),
                    },
                );
            }
            self.globals.insert(
                member.global,
                Binding::Member {
                    scheme,
                    params: params.len(),
                },
            );
        }
        if let Some(info) = self.session.classes.get_mut(class.class) {
            info.supers = supers;
            info.members = members;
        }
    }

    /// An instance that cannot be declared is reported; what needs it is not reported again.
    fn declare_instance(&mut self, instance: &InstanceDecl) {
        let errors = self.session.core.diagnostics.error_count();
        if self.instance_head(instance).is_none()
            || self.session.core.diagnostics.error_count() > errors
        {
            self.broken_classes.insert(instance.class);
        }
    }

    fn instance_head(&mut self, instance: &InstanceDecl) -> Option<()> {
        if !self.has_one_head(instance) {
            return None;
        }
        let head = instance.heads.first()?;
        let errors = self.session.core.diagnostics.error_count();
        let mut kinds = Kinds::of_signature();
        let mut kind_scope = KindScope::default();
        let param = self
            .session
            .classes
            .get(instance.class)
            .and_then(|class| class.params.first().copied());
        let kind = param
            .and_then(|param| self.session.types.var(param))
            .map(|info| super::kinds::lift(&info.kind));
        self.expect_kind(head, &kind.unwrap_or(K::Star), &mut kind_scope, &mut kinds);
        for constraint in &instance.constraints {
            self.constraint_kind(constraint, &mut kind_scope, &mut kinds);
        }
        kinds.settle();
        let mut names = Vec::new();
        type_vars(head, &mut names);
        self.reject_undecided(&instance.constraints, &names, "the type of this instance");
        if self.session.core.diagnostics.error_count() > errors {
            return None;
        }
        let mut types = Vec::new();
        let mut scope = Scope::default();
        for name in names {
            let kind = kind_scope
                .get(&name)
                .map_or(Kind::Star, |kind| kinds.known(kind));
            let (var, ty) = self.quantify(name, kind);
            types.push(var);
            scope.vars.insert(name, ty);
        }
        let converted = self.convert(head, &mut scope);
        let constraints = self.constraints(&instance.constraints, &mut scope);
        if constraints.len() < instance.constraints.len() {
            self.excused.extend(&types);
        }
        if let Some(info) = self.session.globals.get_mut(instance.instance) {
            info.kind = GlobalKind::Instance;
            if info.span.is_none() {
                info.span = instance.meta.span;
            }
        }
        let Some(con) = self.head_con(converted) else {
            if !matches!(self.get(converted), Type::Error) {
                self.bad_head(head, converted);
            }
            return None;
        };
        let info = InstanceHead {
            instance: instance.instance,
            span: instance.meta.span,
            types,
            head: converted,
            constraints,
        };
        if let Some(other) = self.instances.get(&(instance.class, con)) {
            let other = other.span;
            // An instance that stands in the wrong place has been reported for that.
            let orphan = |span: Span| {
                self.session.core.diagnostics.iter().any(|diagnostic| {
                    diagnostic.code == ORPHAN_INSTANCE
                        && diagnostic.primary.iter().any(|label| label.span == span)
                })
            };
            if orphan(other) {
                self.instances.insert((instance.class, con), Rc::new(info));
                return Some(());
            }
            if orphan(instance.meta.span) {
                return Some(());
            }
            let (class, con) = (self.class_name(instance.class), self.con_name(con));
            let diagnostic = errors::error(
                INSTANCE_OVERLAP,
                format!("a second instance of `{class}` for `{con}`"),
                instance.meta.span,
                "",
            )
            .label(other, "the first one is here");
            self.session.report(diagnostic);
            return Some(());
        }
        let head = Rc::new(info);
        self.heads.insert(instance.instance, head.clone());
        self.instances.insert((instance.class, con), head);
        Some(())
    }

    fn bad_head(&mut self, head: &kernel::Type, converted: TyId) {
        let shown = self.show(converted);
        let diagnostic = errors::error(
            INSTANCE_HEAD,
            format!("an instance is of a type constructor, not of `{shown}`"),
            head.meta().span,
            "",
        );
        let diagnostic = match self.get(converted) {
            Type::Record { .. } => diagnostic.help(
                "records are structural and carry no instance; wrap it: `type Name = | Name { … }`",
            ),
            Type::Var(_) => {
                diagnostic.help("write one instance for each type, or a function with a constraint")
            }
            _ => diagnostic,
        };
        self.session.report(diagnostic);
    }
}
