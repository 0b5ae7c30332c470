//! Adjacent clauses of one name become one function.

use ir_defs::ast::{Clause, Expr, FieldInit, Item, Pattern};
use nanopass::Meta;

/// Joins adjacent definitions of one name, `f (Some x) = …` written as `f = (Some x) => …` again and again, into one
/// function by clauses. Definitions that no argument could tell apart are left alone: they are a mistake.
pub(super) fn merge_clauses(items: Vec<Item>) -> Vec<Item> {
    let mut result: Vec<Item> = Vec::with_capacity(items.len());
    let mut items = items.into_iter().peekable();
    while let Some(item) = items.next() {
        let Item::Define {
            meta,
            docs,
            decorators,
            name,
            value,
        } = item
        else {
            result.push(item);
            continue;
        };
        let mut values = vec![(meta, value)];
        let continues = |next: &Item| match next {
            Item::Define {
                name: other,
                decorators,
                value,
                ..
            } => *other == name && decorators.is_empty() && matches!(value, Expr::Lambda { .. }),
            _ => false,
        };
        if matches!(values.first(), Some((_, Expr::Lambda { .. }))) {
            while let Some(Item::Define { meta, value, .. }) = items.next_if(|next| continues(next))
            {
                values.push((meta, value));
            }
        }
        let merged = join(values);
        let mut first = Some((docs, decorators));
        for (meta, value) in merged {
            let (docs, decorators) = first.take().unwrap_or_default();
            result.push(Item::Define {
                meta,
                docs,
                decorators,
                name,
                value,
            });
        }
    }
    result
}

/// The same for the members of an instance.
pub(super) fn merge_members(fields: Vec<FieldInit>) -> Vec<FieldInit> {
    let mut result: Vec<FieldInit> = Vec::with_capacity(fields.len());
    let mut fields = fields.into_iter().peekable();
    while let Some(field) = fields.next() {
        let FieldInit::Set { meta, name, value } = field else {
            result.push(field);
            continue;
        };
        let mut values = vec![(meta, value)];
        let continues = |next: &FieldInit| matches!(next, FieldInit::Set { name: other, value: Expr::Lambda { .. }, .. } if *other == name);
        if matches!(values.first(), Some((_, Expr::Lambda { .. }))) {
            while let Some(FieldInit::Set { meta, value, .. }) =
                fields.next_if(|next| continues(next))
            {
                values.push((meta, value));
            }
        }
        for (meta, value) in join(values) {
            result.push(FieldInit::Set { meta, name, value });
        }
    }
    result
}

/// Makes one function of several lambdas, if a pattern of theirs can fail.
pub(super) fn join(values: Vec<(Meta, Expr)>) -> Vec<(Meta, Expr)> {
    let can_fail = |(_, value): &(Meta, Expr)| match value {
        Expr::Lambda { params, .. } => params.iter().any(refutable),
        _ => false,
    };
    if values.len() < 2 || !values.iter().any(can_fail) {
        return values;
    }
    let span = values
        .iter()
        .fold(nanopass::Span::NONE, |span, (meta, _)| span.to(meta.span));
    let whole = values
        .iter()
        .fold(nanopass::Span::NONE, |span, (_, value)| {
            span.to(value.meta().span)
        });
    let clauses = values.into_iter().filter_map(|(_, value)| match value {
        Expr::Lambda { params, body, .. } => Some(Clause {
            patterns: params,
            guard: None,
            body: *body,
        }),
        _ => None,
    });
    vec![(
        Meta::at(span),
        Expr::Clauses {
            meta: Meta::at(whole),
            clauses: clauses.collect(),
        },
    )]
}

/// Whether a pattern may not match, as far as its form tells.
pub(crate) fn refutable(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Wild { .. } | Pattern::Bind { .. } | Pattern::Error { .. } => false,
        Pattern::Lit { .. }
        | Pattern::Delta { .. }
        | Pattern::Instant { .. }
        | Pattern::Con { .. }
        | Pattern::List { .. } => true,
        Pattern::As { pattern, .. } | Pattern::Paren { inner: pattern, .. } => refutable(pattern),
        Pattern::Tuple { items, .. } => items.iter().any(refutable),
        Pattern::Record { fields, .. } => fields
            .iter()
            .any(|field| field.pattern.as_ref().is_some_and(refutable)),
    }
}
