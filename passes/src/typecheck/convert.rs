//! From written types to interned ones: aliases are expanded, short forms of effect rows spelt out, operators on records
//! computed.

use ir_defs::kernel::{Constraint, Signature, Type};
use ir_defs::tables::{ClassConstraint, TyConId, TyConKind};
use ir_defs::types::{Kind, TyVarId, Type as Ty};
use nanopass::{Span, Symbol, TyId};
use rustc_hash::FxHashMap;

use super::errors::{self, *};
use super::kinding::is_empty_braces;
use super::kinds::{K, Kinds, Scope as KindScope};
use super::{Checker, Scheme};

/// What the names in a written type stand for.
#[derive(Default)]
pub(super) struct Scope {
    pub(super) vars: FxHashMap<Symbol, TyId>,
    /// The capabilities that `Effect T A` leaves to inference, one tail for a whole signature; `None` where that form is
    /// not allowed.
    pub(super) flexible: Option<Option<TyId>>,
}

impl Scope {
    /// A scope that holds the given variables only.
    pub(super) fn of(vars: impl IntoIterator<Item = (Symbol, TyId)>) -> Scope {
        Scope {
            vars: vars.into_iter().collect(),
            flexible: None,
        }
    }
}

impl Checker<'_> {
    /// A constructor's name as the user writes it.
    pub(super) fn con_name(&self, con: TyConId) -> String {
        let name = self.session.tycons.name(con);
        match self.session.tycons.get(con) {
            Some(info) if !info.short.is_empty() => info.short.clone(),
            _ => name.rsplit('.').next().unwrap_or(name).to_string(),
        }
    }

    /// Whether the first argument of a constructor is an effect row, with its short forms.
    pub(super) fn is_effect(&self, con: TyConId) -> bool {
        con == self.known.effect || con == self.known.resource
    }

    /// A new quantified variable as a type.
    pub(super) fn quantify(&mut self, name: Symbol, kind: Kind) -> (TyVarId, TyId) {
        let var = self.session.types.fresh_var(name, kind);
        (var, self.session.types.intern(Ty::Var(var)))
    }

    /// The scheme of a signature. `outer` are the variables of the class around it; `open` makes the records that are
    /// parameters open. The type has a hole where the capabilities are left to inference.
    pub(super) fn signature(&mut self, signature: &Signature, outer: &Scope, open: bool) -> Scheme {
        let mut kinds = Kinds::of_signature();
        let mut scope = KindScope::default();
        for (&name, &ty) in &outer.vars {
            if let Ty::Var(var) = *self.get(ty)
                && let Some(info) = self.session.types.var(var)
            {
                scope.insert(name, super::kinds::lift(&info.kind));
            }
        }
        let errors = self.session.core.diagnostics.error_count();
        self.expect_kind(
            &signature.type_,
            &super::kinds::K::Star,
            &mut scope,
            &mut kinds,
        );
        // A type of the wrong kind has been reported, and agrees with every definition.
        let broken_type = self.session.core.diagnostics.error_count() > errors;
        // A constraint with a mistake has been reported, and asks nothing of those who use the name.
        let broken: Vec<bool> = signature
            .constraints
            .iter()
            .map(|constraint| {
                let errors = self.session.core.diagnostics.error_count();
                self.constraint_kind(constraint, &mut scope, &mut kinds);
                constraint.class == self.known.error_class
                    || self.session.core.diagnostics.error_count() > errors
            })
            .collect();
        kinds.settle();
        let mut names: Vec<Symbol> = Vec::new();
        type_vars(&signature.type_, &mut names);
        let known: Vec<Symbol> = names.iter().chain(outer.vars.keys()).copied().collect();
        self.reject_undecided(&signature.constraints, &known, "the type before it");
        for constraint in &signature.constraints {
            type_vars(&constraint.type_, &mut names);
        }
        let mut types = Vec::new();
        let mut vars = outer.vars.clone();
        for name in names {
            if vars.contains_key(&name) {
                continue;
            }
            let kind = scope
                .get(&name)
                .map_or(Kind::Star, |kind| kinds.known(kind));
            let (var, ty) = self.quantify(name, kind);
            types.push(var);
            vars.insert(name, ty);
        }
        let mut scope = Scope {
            vars,
            flexible: open.then_some(None),
        };
        if broken_type {
            return Scheme::mono(self.known.error);
        }
        let ty = self.convert_binding(&signature.type_, &mut scope, open, &mut types);
        if broken.contains(&true) {
            // Whatever the definition asks of its variables may be what was meant.
            self.excused.extend(&types);
        }
        let constraints = signature
            .constraints
            .iter()
            .zip(broken)
            .filter(|(_, broken)| !broken)
            .map(|(constraint, _)| self.constraint(constraint, &mut scope))
            .collect();
        Scheme {
            types: types.into(),
            constraints,
            ty,
        }
    }

    pub(super) fn constraint_kind(
        &mut self,
        constraint: &Constraint,
        scope: &mut KindScope,
        kinds: &mut Kinds,
    ) {
        let param = self
            .session
            .classes
            .get(constraint.class)
            .and_then(|class| class.params.first().copied());
        let kind = param
            .and_then(|param| self.session.types.var(param))
            .map(|info| super::kinds::lift(&info.kind));
        match kind {
            Some(kind) => self.expect_kind(&constraint.type_, &kind, scope, kinds),
            None => {
                self.kind_of(&constraint.type_, scope, kinds);
            }
        }
    }

    /// Constraints without those that have a mistake.
    pub(super) fn constraints(
        &mut self,
        constraints: &[Constraint],
        scope: &mut Scope,
    ) -> Vec<ClassConstraint> {
        let error = self.known.error_class;
        constraints
            .iter()
            .filter(|constraint| constraint.class != error)
            .map(|constraint| self.constraint(constraint, scope))
            .collect()
    }

    fn constraint(&mut self, constraint: &Constraint, scope: &mut Scope) -> ClassConstraint {
        let ty = self.convert(&constraint.type_, scope);
        ClassConstraint {
            class: constraint.class,
            types: vec![ty],
        }
    }

    /// The type of a binding's signature, whose record parameters are open.
    fn convert_binding(
        &mut self,
        ty: &Type,
        scope: &mut Scope,
        open: bool,
        types: &mut Vec<TyVarId>,
    ) -> TyId {
        let Type::Fun { params, result, .. } = ty else {
            return self.convert(ty, scope);
        };
        let mut converted = Vec::new();
        for param in params {
            let mut param_ty = self.convert(param, scope);
            if open
                && matches!(param, Type::Record { tail: None, .. })
                && let Ty::Record { fields, tail: None } = self.get(param_ty).clone()
            {
                let name = self.session.core.intern("rest");
                let (var, tail) = self.quantify(name, Kind::Fields);
                types.push(var);
                param_ty = self.session.record(fields, Some(tail));
            }
            converted.push(param_ty);
        }
        let result = self.convert_binding(result, scope, open, types);
        self.session.fun(&converted, result)
    }

    /// A written type of values or constructor.
    pub(super) fn convert(&mut self, ty: &Type, scope: &mut Scope) -> TyId {
        if !self.bad_types.is_empty() && self.bad_types.contains(&ty.meta().span) {
            return self.known.error;
        }
        match ty {
            Type::Con { con, meta } => self.convert_con(*con, &[], meta.span, scope),
            Type::Var { name, .. } => scope.vars.get(name).copied().unwrap_or(self.known.error),
            Type::Apply { head, args, meta } => match &**head {
                Type::Con { con, .. } => self.convert_con(*con, args, meta.span, scope),
                _ => {
                    let head = self.convert(head, scope);
                    let args = self.convert_args(args, scope);
                    self.session.types.apply(head, args)
                }
            },
            Type::Fun { params, result, .. } => {
                let params = self.convert_args(params, scope);
                if matches!(**result, Type::Star { .. }) {
                    // `R -> *`: functions from `R`, as a constructor of one parameter; `* -> *` has two.
                    let arrow = self.session.ty_con("function");
                    return self.session.types.apply(arrow, params);
                }
                let result = self.convert(result, scope);
                self.session.fun(&params, result)
            }
            Type::Tuple { items, .. } => {
                let given = items
                    .iter()
                    .take_while(|item| !matches!(item, Type::Star { .. }))
                    .count();
                let converted = self.convert_args(items, scope);
                if given < items.len() {
                    return match self.session.types.tuple_con(items.len()) {
                        Some(con) => {
                            let head = self.session.types.intern(Ty::Con(con));
                            self.session.types.apply(head, converted)
                        }
                        None => self.known.error,
                    };
                }
                self.session.tuple(converted)
            }
            Type::Record { fields, tail, .. } => {
                let mut converted: Vec<(Symbol, TyId)> = Vec::new();
                for field in fields {
                    let field_ty = self.convert(&field.type_, scope);
                    // `resolve-names` reports a label that stands twice.
                    if !converted.iter().any(|(label, _)| *label == field.label) {
                        converted.push((field.label, field_ty));
                    }
                }
                let tail = tail.and_then(|tail| scope.vars.get(&tail).copied());
                self.session.record(converted, tail)
            }
            Type::Row { .. } => self.convert_row(ty, scope),
            Type::With {
                base,
                extension,
                meta,
            } => self.convert_with(base, extension, meta.span, scope),
            Type::Labels {
                operator,
                labels,
                record,
                meta,
            } => self.convert_labels(*operator, labels, record, meta.span, scope),
            Type::Rename {
                labels,
                record,
                meta,
            } => self.convert_rename(labels, record, meta.span, scope),
            Type::Star { .. } | Type::Error { .. } => self.known.error,
        }
    }

    /// Arguments up to the first `*`.
    fn convert_args(&mut self, args: &[Type], scope: &mut Scope) -> Vec<TyId> {
        args.iter()
            .take_while(|arg| !matches!(arg, Type::Star { .. }))
            .map(|arg| self.convert(arg, scope))
            .collect()
    }

    pub(super) fn convert_con(
        &mut self,
        con: TyConId,
        args: &[Type],
        span: Span,
        scope: &mut Scope,
    ) -> TyId {
        if self.aliases.contains_key(&con) {
            return self.expand_alias(con, args, span, scope);
        }
        if matches!(
            self.session.tycons.get(con).map(|info| &info.kind),
            Some(TyConKind::Capability { .. })
        ) {
            return self.session.row(vec![con], None, None);
        }
        if con == self.known.fail {
            let shown = match args.first() {
                Some(arg) => {
                    let arg = self.convert(arg, scope);
                    self.show_argument(arg)
                }
                None => "T".to_string(),
            };
            let diagnostic = errors::error(
                ROW_ITEM,
                "`Fail` is no type of values",
                span,
                "it belongs into an effect row",
            )
            .help(format!(
                "a row is written in braces: `Effect {{ Fail {shown} }} …`"
            ));
            self.session.report(diagnostic);
            return self.known.error;
        }
        let head = self.session.types.intern(Ty::Con(con));
        if self.is_effect(con)
            && let Some((row, rest)) = args.split_first()
            && !matches!(row, Type::Star { .. })
        {
            let mut converted = vec![self.convert_row_argument(row, scope)];
            converted.extend(self.convert_args(rest, scope));
            return self.session.types.apply(head, converted);
        }
        let args = self.convert_args_of(con, args, scope);
        self.session.types.apply(head, args)
    }

    /// Arguments of a constructor, with braces as the rows that its parameters may be.
    fn convert_args_of(&mut self, con: TyConId, args: &[Type], scope: &mut Scope) -> Vec<TyId> {
        if !args.iter().any(is_empty_braces) {
            return self.convert_args(args, scope);
        }
        let mut kinds = self.con_kinds(con, &Kinds::of_signature()).into_iter();
        args.iter()
            .take_while(|arg| !matches!(arg, Type::Star { .. }))
            .map(|arg| match kinds.next() {
                Some(K::Row) if is_empty_braces(arg) => self.convert_row_argument(arg, scope),
                _ => self.convert(arg, scope),
            })
            .collect()
    }

    fn expand_alias(&mut self, con: TyConId, args: &[Type], span: Span, scope: &mut Scope) -> TyId {
        let Some(body) = self.alias_body(con, span) else {
            return self.known.error;
        };
        let params = self
            .session
            .tycons
            .get(con)
            .map(|info| info.params.clone())
            .unwrap_or_default();
        if args.len() < params.len() {
            let name = self.con_name(con);
            self.error(
                KIND_MISMATCH,
                format!(
                    "the alias `{name}` needs {}",
                    errors::count(params.len(), "argument")
                ),
                span,
                format!("{} given here", args.len()),
            );
            return self.known.error;
        }
        let args = self.convert_args_of(con, args, scope);
        let replace = params.into_iter().zip(args.iter().copied()).collect();
        let expanded = self.session.types.substitute(body, &replace);
        if matches!(
            self.get(expanded),
            Ty::Record { .. } | Ty::Tuple(_) | Ty::Fun(..)
        ) {
            let mut name = self.con_name(con);
            for &arg in &args {
                name.push(' ');
                name.push_str(&self.show_argument(arg));
            }
            self.alias_names.entry(expanded).or_insert(name);
        }
        expanded
    }

    /// What an alias stands for, over its parameters.
    pub(super) fn alias_body(&mut self, con: TyConId, span: Span) -> Option<TyId> {
        if let Some(body) = self.session.tycons.get(con).and_then(|info| info.alias) {
            return Some(body);
        }
        if self.expanding.contains(&con) {
            let name = self.con_name(con);
            let diagnostic = errors::error(
                TYPE_ALIAS_CYCLE,
                format!("the alias `{name}` contains itself"),
                span,
                "",
            )
            .help(format!(
                "a data type may contain itself: `type {name} = | {name} …`"
            ));
            self.session.report(diagnostic);
            if let Some(info) = self.session.tycons.get_mut(con) {
                info.alias = Some(self.known.error);
            }
            return Some(self.known.error);
        }
        self.expanding.push(con);
        let alias = self.aliases.get(&con)?.clone();
        let params = self
            .session
            .tycons
            .get(con)
            .map(|info| info.params.clone())
            .unwrap_or_default();
        let vars: Vec<TyId> = params
            .iter()
            .map(|&var| self.session.types.intern(Ty::Var(var)))
            .collect();
        let mut scope = Scope::of(alias.params.iter().map(|param| param.name).zip(vars));
        let body = self.convert(&alias.type_, &mut scope);
        self.expanding.pop();
        let info = self.session.tycons.get_mut(con)?;
        Some(*info.alias.get_or_insert(body))
    }
}

/// The variables of a written type in order of first occurrence.
pub(super) fn type_vars(ty: &Type, names: &mut Vec<Symbol>) {
    let mut add = |name: Symbol| {
        if !names.contains(&name) {
            names.push(name);
        }
    };
    match ty {
        Type::Var { name, .. } => add(*name),
        Type::Record { fields, tail, .. } => {
            for field in fields {
                type_vars(&field.type_, names);
            }
            if let Some(tail) = tail
                && !names.contains(tail)
            {
                names.push(*tail);
            }
        }
        Type::Row { items, tail, .. } => {
            for item in items {
                type_vars(item, names);
            }
            if let Some(tail) = tail
                && !names.contains(tail)
            {
                names.push(*tail);
            }
        }
        Type::Apply { head, args, .. } => {
            type_vars(head, names);
            args.iter().for_each(|arg| type_vars(arg, names));
        }
        Type::Fun { params, result, .. } => {
            params.iter().for_each(|param| type_vars(param, names));
            type_vars(result, names);
        }
        Type::Tuple { items, .. } => items.iter().for_each(|item| type_vars(item, names)),
        Type::With {
            base, extension, ..
        } => {
            type_vars(base, names);
            type_vars(extension, names);
        }
        Type::Labels { record, .. } | Type::Rename { record, .. } => type_vars(record, names),
        Type::Con { .. } | Type::Star { .. } | Type::Error { .. } => {}
    }
}
