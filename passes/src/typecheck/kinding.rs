//! The kinds of written types.

use super::Checker;
use super::errors::{self, KIND_MISMATCH};
use super::kinds::{K, Kinds, Scope, lift, show};
use ir_defs::kernel::Type;
use ir_defs::tables::{TyConId, TyConKind};
use ir_defs::types::Kind;
use nanopass::{Meta, Span, Symbol};

impl Checker<'_> {
    /// The kinds of a constructor's parameters.
    pub(super) fn con_kinds(&self, con: TyConId, kinds: &Kinds) -> Vec<K> {
        if let Some(params) = kinds.cons.get(&con) {
            return params.clone();
        }
        if let Some(params) = self.kinds.get(&con) {
            return params.iter().map(lift).collect();
        }
        let params = self
            .session
            .tycons
            .get(con)
            .map(|info| info.params.clone())
            .unwrap_or_default();
        params
            .iter()
            .map(|var| {
                self.session
                    .types
                    .var(*var)
                    .map_or(K::Star, |info| lift(&info.kind))
            })
            .collect()
    }

    /// Requires a type to be of a kind.
    pub(super) fn expect_kind(
        &mut self,
        ty: &Type,
        expected: &K,
        scope: &mut Scope,
        kinds: &mut Kinds,
    ) {
        let found = self.kind_of(ty, scope, kinds);
        if let Some(found) = found
            && !kinds.unify(&found, expected)
        {
            let (found, expected) = (kinds.known(&found), kinds.known(expected));
            let span = ty.meta().span;
            self.bad_types.insert(span);
            if let (Type::Con { con, .. }, Kind::Row) = (ty, &found) {
                let name = self.con_name(*con);
                let diagnostic = errors::error(
                    KIND_MISMATCH,
                    format!("`{name}` is a capability, not a type of values"),
                    span,
                    "",
                )
                .help(format!(
                    "it stands in the row of an effect: `Effect {name} …`"
                ));
                self.session.report(diagnostic);
                return;
            }
            let message = match (&expected, &found) {
                (Kind::Star, Kind::Arrow(params, _)) => match ty {
                    Type::Apply { head, args, .. } => {
                        let name = match &**head {
                            Type::Con { con, .. } => format!("`{}`", self.con_name(*con)),
                            _ => "this type".to_owned(),
                        };
                        let all = errors::count(args.len() + params.len(), "argument");
                        let mut diagnostic = errors::error(
                            KIND_MISMATCH,
                            format!("{name} takes {all}, and this gives it {}", args.len()),
                            span,
                            format!("{} more", errors::count(params.len(), "argument")),
                        );
                        if matches!(name.as_str(), "`Effect`" | "`Resource`") {
                            diagnostic = diagnostic
                                .help("the first is what it may do: a capability, an error type or a row in braces");
                        }
                        self.session.report(diagnostic);
                        return;
                    }
                    _ => format!(
                        "this type needs {}",
                        errors::count(params.len(), "argument")
                    ),
                },
                _ => format!("expected {}, found {}", show(&expected), show(&found)),
            };
            self.error(
                KIND_MISMATCH,
                message,
                span,
                format!("this is {}", show(&found)),
            );
        }
    }

    /// The kind of a type; `None` where an error has been reported.
    pub(super) fn kind_of(&mut self, ty: &Type, scope: &mut Scope, kinds: &mut Kinds) -> Option<K> {
        match ty {
            Type::Con { con, .. } => self.kind_of_application(ty.meta(), *con, &[], scope, kinds),
            Type::Var { name, .. } => Some(self.var_kind(*name, scope, kinds)),
            Type::Apply { head, args, meta } => {
                if let Type::Con { con, .. } = &**head {
                    return self.kind_of_application(*meta, *con, args, scope, kinds);
                }
                let head_kind = self.kind_of(head, scope, kinds)?;
                let mut params = Vec::new();
                for arg in args {
                    params.push(self.kind_of(arg, scope, kinds)?);
                }
                let result = kinds.fresh();
                if !kinds.unify(&head_kind, &K::Arrow(params, Box::new(result.clone()))) {
                    let found = show(&kinds.known(&head_kind));
                    self.error(
                        KIND_MISMATCH,
                        format!(
                            "this is {found}, and it is given {}",
                            errors::count(args.len(), "argument")
                        ),
                        head.meta().span,
                        "",
                    );
                    return None;
                }
                // Nothing else in the language gives a constructor back, so what is applied is a type of values.
                Some(result)
            }
            Type::Fun { params, result, .. } => {
                let stars = params
                    .iter()
                    .filter(|param| matches!(param, Type::Star { .. }));
                let stars = stars.count();
                for param in params
                    .iter()
                    .filter(|param| !matches!(param, Type::Star { .. }))
                {
                    self.expect_kind(param, &K::Star, scope, kinds);
                }
                if matches!(**result, Type::Star { .. }) {
                    return Some(K::Arrow(vec![K::Star; stars + 1], Box::new(K::Star)));
                }
                self.expect_kind(result, &K::Star, scope, kinds);
                Some(K::Star)
            }
            Type::Tuple { items, .. } => {
                let stars = items
                    .iter()
                    .filter(|item| matches!(item, Type::Star { .. }))
                    .count();
                for item in items
                    .iter()
                    .filter(|item| !matches!(item, Type::Star { .. }))
                {
                    self.expect_kind(item, &K::Star, scope, kinds);
                }
                Some(if stars == 0 {
                    K::Star
                } else {
                    K::Arrow(vec![K::Star; stars], Box::new(K::Star))
                })
            }
            Type::Record { fields, tail, .. } => {
                for field in fields {
                    self.expect_kind(&field.type_, &K::Star, scope, kinds);
                }
                if let Some(tail) = tail {
                    let kind = self.var_kind(*tail, scope, kinds);
                    // Only the place says whether `{ ...r }` is a record or a row.
                    if fields.is_empty() && matches!(kinds.shallow(&kind), K::Row) {
                        return Some(K::Row);
                    }
                    self.require(ty.meta().span, &kind, &K::Fields, kinds);
                }
                Some(K::Star)
            }
            Type::Row { items, tail, .. } => {
                for item in items {
                    if let Type::Apply { head, args, .. } = item
                        && matches!(&**head, Type::Con { con, .. } if *con == self.known.fail)
                    {
                        for arg in args {
                            self.expect_kind(arg, &K::Star, scope, kinds);
                        }
                    }
                }
                if let Some(tail) = tail {
                    let kind = self.var_kind(*tail, scope, kinds);
                    self.require(ty.meta().span, &kind, &K::Row, kinds);
                }
                Some(K::Row)
            }
            Type::With {
                base, extension, ..
            } => {
                self.expect_kind(base, &K::Star, scope, kinds);
                self.expect_kind(extension, &K::Star, scope, kinds);
                Some(K::Star)
            }
            Type::Labels { record, .. } | Type::Rename { record, .. } => {
                self.expect_kind(record, &K::Star, scope, kinds);
                Some(K::Star)
            }
            Type::Star { .. } => Some(K::Star),
            Type::Error { .. } => None,
        }
    }

    pub(super) fn require(&mut self, span: Span, found: &K, expected: &K, kinds: &mut Kinds) {
        if !kinds.unify(found, expected) {
            let (found, expected) = (show(&kinds.known(found)), show(&kinds.known(expected)));
            self.error(
                KIND_MISMATCH,
                format!("expected {expected}, found {found}"),
                span,
                "",
            );
        }
    }

    pub(super) fn var_kind(&mut self, name: Symbol, scope: &mut Scope, kinds: &mut Kinds) -> K {
        if let Some(kind) = scope.get(&name) {
            return kind.clone();
        }
        let kind = kinds.fresh();
        if kinds.implicit {
            scope.insert(name, kind.clone());
        }
        kind
    }

    pub(super) fn kind_of_application(
        &mut self,
        meta: Meta,
        con: TyConId,
        args: &[Type],
        scope: &mut Scope,
        kinds: &mut Kinds,
    ) -> Option<K> {
        let params = self.con_kinds(con, kinds);
        if args.len() > params.len() {
            self.bad_types.insert(meta.span);
            let name = self.con_name(con);
            let takes = if params.is_empty() {
                "takes no arguments".to_string()
            } else {
                format!("takes {}", errors::count(params.len(), "argument"))
            };
            self.error(
                KIND_MISMATCH,
                format!("the type `{name}` {takes}, and it is given {}", args.len()),
                meta.span,
                "",
            );
            return None;
        }
        let effect = self.is_effect(con);
        for (index, (arg, param)) in args.iter().zip(&params).enumerate() {
            let is_row = is_empty_braces(arg) && matches!(kinds.shallow(param), K::Row);
            if is_row || effect && index == 0 {
                self.row_argument_kind(arg, scope, kinds);
            } else if !matches!(arg, Type::Star { .. }) {
                self.expect_kind(arg, param, scope, kinds);
            }
        }
        let capability = matches!(
            self.session.tycons.get(con).map(|info| &info.kind),
            Some(TyConKind::Capability { .. })
        );
        if capability {
            return Some(K::Row);
        }
        let given = args
            .iter()
            .take_while(|arg| !matches!(arg, Type::Star { .. }))
            .count();
        let rest = params.get(given..).unwrap_or_default();
        let result = self.alias_kind(con);
        Some(if rest.is_empty() {
            result
        } else {
            K::Arrow(rest.to_vec(), Box::new(result))
        })
    }

    /// The kind of a constructor with all its arguments: `*`, but an alias may be of a row.
    pub(super) fn alias_kind(&self, con: TyConId) -> K {
        match self.aliases.get(&con).map(|alias| &alias.type_) {
            Some(Type::Row { .. }) => K::Row,
            _ => K::Star,
        }
    }

    /// What stands directly under `Effect`: a row, a capability, an error type, or a variable that is decided later.
    pub(super) fn row_argument_kind(&mut self, arg: &Type, scope: &mut Scope, kinds: &mut Kinds) {
        match arg {
            Type::Var { name, meta } => {
                let kind = self.var_kind(*name, scope, kinds);
                kinds.postponed.push((kind, meta.span));
            }
            Type::Record {
                fields,
                tail: Some(tail),
                meta,
            } if fields.is_empty() => {
                let kind = self.var_kind(*tail, scope, kinds);
                self.require(meta.span, &kind, &K::Row, kinds);
            }
            Type::Record {
                fields, tail: None, ..
            } if fields.is_empty() => {}
            _ => {
                let found = self.kind_of(arg, scope, kinds);
                if let Some(K::Arrow(params, _)) = found.as_ref().map(|found| kinds.shallow(found))
                {
                    self.error(
                        KIND_MISMATCH,
                        format!(
                            "this type needs {}",
                            errors::count(params.len(), "argument")
                        ),
                        arg.meta().span,
                        "",
                    );
                }
            }
        }
    }
}

/// `{}` or `{ ...R }`: a record or a row, as the place decides.
pub(super) fn is_empty_braces(ty: &Type) -> bool {
    matches!(ty, Type::Record { fields, .. } if fields.is_empty())
}
