//! Bindings whose left side is a pattern.
//!
//! ```text
//! (a, Some b) = e      pair = e
//!                      a = case binding pair | (a, Some _) => a
//!                      b = case project pair | (_, Some b) => b
//! ```
//!
//! The first projection matches the whole pattern, so whether it can fail is checked once; the others keep only the
//! path to their variable. A pattern of many variables is first cut into tuples of fewer ones, so that the work stays
//! near-linear in its width.

use ir_defs::kernel as b;
use ir_defs::terminals::{Binder, Flag, Reason};
use nanopass::Meta;
use rustc_hash::FxHashMap;

use super::{Branches, arm, bind, case, pattern_tuple, tuple, var};
use nanopass::VarId;

/// How many variables are projected one by one.
const WIDTH: usize = 32;

impl Branches<'_> {
    /// `pattern = value` as a binding of the value, or of the one variable, and the bindings that follow it.
    pub(super) fn destructure(
        &mut self,
        meta: Meta,
        pattern: b::Pattern,
        recursive: Flag,
        value: b::Expr,
    ) -> (b::Bind, Vec<b::Bind>) {
        let (binder, rest) = self.name_pattern(pattern, "value");
        let more = rest
            .map(|pattern| self.projections(meta, binder, &pattern))
            .unwrap_or_default();
        (bind(meta, binder, recursive, value), more)
    }

    /// Binds the variables of a pattern that is to match the value of a variable.
    pub(super) fn projections(
        &mut self,
        meta: Meta,
        whole: Binder,
        pattern: &b::Pattern,
    ) -> Vec<b::Bind> {
        let mut binders = Vec::new();
        binders_of(pattern, &mut binders);
        if binders.is_empty() {
            let unused = self.fresh("unused", meta.span);
            let body = self.con(meta, "Unit");
            return vec![bind(
                meta,
                unused,
                Flag(false),
                projection(Reason::Binding, whole, pattern.clone(), body),
            )];
        }
        let mut binds = Vec::with_capacity(binders.len());
        self.project_each(meta, whole, pattern, &binders, Reason::Binding, &mut binds);
        binds
    }

    fn project_each(
        &mut self,
        meta: Meta,
        whole: Binder,
        pattern: &b::Pattern,
        binders: &[(Meta, Binder)],
        mut reason: Reason,
        binds: &mut Vec<b::Bind>,
    ) {
        let size = if binders.len() > WIDTH {
            WIDTH.max(binders.len() / 8)
        } else {
            1
        };
        for part in binders.chunks(size) {
            // The variables inside the case are others than those that it defines.
            let inner: FxHashMap<VarId, Binder> = part
                .iter()
                .map(|(_, outer)| {
                    (
                        outer.var,
                        Binder::untyped(self.session.core.fresh_var_like(outer.var)),
                    )
                })
                .collect();
            let kept = match reason {
                Reason::Binding => renamed(pattern, &inner),
                _ => path(pattern, &inner).unwrap_or(b::Pattern::Wild { meta }),
            };
            let items = part
                .iter()
                .filter_map(|(meta, outer)| Some(var(*meta, *inner.get(&outer.var)?)))
                .collect();
            let value = projection(reason, whole, kept, tuple(meta, items));
            reason = Reason::Project;
            if let [(at, single)] = part {
                binds.push(bind(*at, *single, Flag(false), value));
            } else {
                let some = self.fresh("part", meta.span);
                binds.push(bind(meta, some, Flag(false), value));
                let items = part
                    .iter()
                    .map(|&(meta, binder)| b::Pattern::Bind { meta, binder })
                    .collect();
                self.project_each(meta, some, &pattern_tuple(meta, items), part, reason, binds);
            }
        }
    }
}

fn projection(reason: Reason, whole: Binder, pattern: b::Pattern, body: b::Expr) -> b::Expr {
    let meta = pattern.meta();
    case(
        meta,
        reason,
        var(meta, whole),
        vec![arm(meta, pattern, body)],
    )
}

/// The binders of a pattern, from left to right.
fn binders_of(pattern: &b::Pattern, out: &mut Vec<(Meta, Binder)>) {
    match pattern {
        b::Pattern::Wild { .. } | b::Pattern::Lit { .. } | b::Pattern::Error { .. } => {}
        b::Pattern::Bind { meta, binder } => out.push((*meta, *binder)),
        b::Pattern::As {
            meta,
            binder,
            pattern,
        } => {
            out.push((*meta, *binder));
            binders_of(pattern, out);
        }
        b::Pattern::Con { args, .. } => args.iter().for_each(|arg| binders_of(arg, out)),
        b::Pattern::Tuple { items, .. } => items.iter().for_each(|item| binders_of(item, out)),
        b::Pattern::List { items, rest, .. } => {
            items.iter().for_each(|item| binders_of(item, out));
            rest.iter().for_each(|rest| binders_of(rest, out));
        }
        b::Pattern::Record { fields, .. } => fields
            .iter()
            .for_each(|field| binders_of(&field.pattern, out)),
    }
}

/// The whole pattern, with only the variables that have a new name.
fn renamed(pattern: &b::Pattern, names: &FxHashMap<VarId, Binder>) -> b::Pattern {
    let each = |patterns: &[b::Pattern]| {
        patterns
            .iter()
            .map(|pattern| renamed(pattern, names))
            .collect()
    };
    match pattern {
        b::Pattern::Bind { meta, binder } => match names.get(&binder.var) {
            Some(&binder) => b::Pattern::Bind {
                meta: *meta,
                binder,
            },
            None => b::Pattern::Wild { meta: *meta },
        },
        b::Pattern::As {
            meta,
            binder,
            pattern,
        } => {
            let pattern = renamed(pattern, names);
            match names.get(&binder.var) {
                Some(&binder) => b::Pattern::As {
                    meta: *meta,
                    binder,
                    pattern: Box::new(pattern),
                },
                None => pattern,
            }
        }
        b::Pattern::Con { meta, con, args } => b::Pattern::Con {
            meta: *meta,
            con: *con,
            args: each(args),
        },
        b::Pattern::Tuple { meta, items } => b::Pattern::Tuple {
            meta: *meta,
            items: each(items),
        },
        b::Pattern::List { meta, items, rest } => {
            let rest = rest.as_ref().map(|rest| Box::new(renamed(rest, names)));
            b::Pattern::List {
                meta: *meta,
                items: each(items),
                rest,
            }
        }
        b::Pattern::Record { meta, fields } => {
            let fields = fields.iter().map(|field| b::FieldPattern {
                meta: field.meta,
                label: field.label,
                pattern: renamed(&field.pattern, names),
            });
            b::Pattern::Record {
                meta: *meta,
                fields: fields.collect(),
            }
        }
        b::Pattern::Wild { .. } | b::Pattern::Lit { .. } | b::Pattern::Error { .. } => {
            pattern.clone()
        }
    }
}

/// What of a pattern leads to the variables that have a new name; `None` if there is none of them in it.
fn path(pattern: &b::Pattern, names: &FxHashMap<VarId, Binder>) -> Option<b::Pattern> {
    let each = |patterns: &[b::Pattern]| {
        let mut found = false;
        let patterns = patterns.iter().map(|pattern| match path(pattern, names) {
            Some(pattern) => {
                found = true;
                pattern
            }
            None => b::Pattern::Wild {
                meta: pattern.meta(),
            },
        });
        let patterns: Vec<b::Pattern> = patterns.collect();
        (found, patterns)
    };
    match pattern {
        b::Pattern::Wild { .. } | b::Pattern::Lit { .. } | b::Pattern::Error { .. } => None,
        b::Pattern::Bind { meta, binder } => {
            names.get(&binder.var).map(|&binder| b::Pattern::Bind {
                meta: *meta,
                binder,
            })
        }
        b::Pattern::As {
            meta,
            binder,
            pattern,
        } => {
            let inside = path(pattern, names);
            match names.get(&binder.var) {
                Some(&binder) => {
                    let pattern = Box::new(inside.unwrap_or(b::Pattern::Wild { meta: *meta }));
                    Some(b::Pattern::As {
                        meta: *meta,
                        binder,
                        pattern,
                    })
                }
                None => inside,
            }
        }
        b::Pattern::Con { meta, con, args } => {
            let (found, args) = each(args);
            found.then_some(b::Pattern::Con {
                meta: *meta,
                con: *con,
                args,
            })
        }
        b::Pattern::Tuple { meta, items } => {
            let (found, items) = each(items);
            found.then_some(b::Pattern::Tuple { meta: *meta, items })
        }
        b::Pattern::List { meta, items, rest } => {
            let (found, items) = each(items);
            let rest_path = rest.as_ref().and_then(|rest| path(rest, names));
            let found = found || rest_path.is_some();
            let rest = rest
                .as_ref()
                .map(|_| Box::new(rest_path.unwrap_or(b::Pattern::Wild { meta: *meta })));
            found.then_some(b::Pattern::List {
                meta: *meta,
                items,
                rest,
            })
        }
        b::Pattern::Record { meta, fields } => {
            let fields: Vec<b::FieldPattern> = fields
                .iter()
                .filter_map(|field| {
                    let pattern = path(&field.pattern, names)?;
                    Some(b::FieldPattern {
                        meta: field.meta,
                        label: field.label,
                        pattern,
                    })
                })
                .collect();
            (!fields.is_empty()).then_some(b::Pattern::Record {
                meta: *meta,
                fields,
            })
        }
    }
}
