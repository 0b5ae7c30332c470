//! Patterns: variables are bound, constructors get their arguments by arity.

use std::collections::VecDeque;

use ir_defs::known::Need;
use ir_defs::tables::ConId;
use ir_defs::terminals::Ident;
use ir_defs::{ast, hir};
use nanopass::{Diagnostic, Meta, Span, Symbol};
use rustc_hash::FxHashMap;

use super::Resolver;
use super::names::{Found, Value};
use crate::codes;

/// The names that a pattern has bound so far, with their places.
type Bound = FxHashMap<Symbol, Span>;

/// Constructors that are no module's, for suggestions.
pub(super) const BUILTIN_CONSTRUCTORS: &[&str] = &[
    "None", "Some", "Ok", "Err", "True", "False", "Unit", "Less", "Equal", "Greater",
];

/// The variables that a pattern binds, from left to right.
pub(super) fn variables(pattern: &ast::Pattern, names: &mut Vec<Ident>) {
    match pattern {
        ast::Pattern::Bind { name, .. } => names.push(*name),
        ast::Pattern::As { name, pattern, .. } => {
            names.push(*name);
            variables(pattern, names);
        }
        ast::Pattern::Con { args: items, .. } | ast::Pattern::Tuple { items, .. } => {
            items.iter().for_each(|item| variables(item, names));
        }
        ast::Pattern::List { items, rest, .. } => {
            items.iter().for_each(|item| variables(item, names));
            names.extend(rest.as_ref().and_then(|rest| rest.name));
        }
        ast::Pattern::Record { fields, .. } => {
            for field in fields {
                if (field.named.0 || field.pattern.is_none())
                    && let Some(label) = field.path.last()
                {
                    names.push(*label);
                }
                if let Some(pattern) = &field.pattern {
                    variables(pattern, names);
                }
            }
        }
        ast::Pattern::Paren { inner, .. } => variables(inner, names),
        ast::Pattern::Wild { .. }
        | ast::Pattern::Lit { .. }
        | ast::Pattern::Delta { .. }
        | ast::Pattern::Instant { .. }
        | ast::Pattern::Error { .. } => {}
    }
}

impl Resolver<'_> {
    /// Resolves patterns that stand side by side and binds their variables, each name once.
    pub(super) fn patterns(&mut self, patterns: Vec<ast::Pattern>) -> Vec<hir::Pattern> {
        let mut bound = Bound::default();
        patterns
            .into_iter()
            .map(|pattern| self.pattern_in(pattern, &mut bound))
            .collect()
    }

    /// Resolves a pattern and binds its variables.
    pub(super) fn pattern(&mut self, pattern: ast::Pattern) -> hir::Pattern {
        self.pattern_in(pattern, &mut Bound::default())
    }

    /// `bound` holds the names that the same pattern has bound so far.
    fn pattern_in(&mut self, pattern: ast::Pattern, bound: &mut Bound) -> hir::Pattern {
        match pattern {
            ast::Pattern::Wild { meta } => hir::Pattern::Wild { meta },
            ast::Pattern::Bind { meta, name } => self.bind_pattern(meta, name, bound),
            ast::Pattern::As {
                meta,
                name,
                pattern,
            } => {
                let mark = self.enter();
                let whole = self.bind_pattern(meta, name, bound);
                let pattern = Box::new(self.pattern_in(*pattern, bound));
                if matches!(*pattern, hir::Pattern::Error { .. }) {
                    // What it stands for is not known, so nothing that is said of its uses is news.
                    self.body.break_since(mark);
                    return *pattern;
                }
                match whole {
                    hir::Pattern::Bind { binder, .. } => hir::Pattern::As {
                        meta,
                        binder,
                        pattern,
                    },
                    _ => *pattern,
                }
            }
            ast::Pattern::Lit { meta, lit } => hir::Pattern::Lit { meta, lit },
            ast::Pattern::Delta {
                meta,
                number,
                suffix,
            } => {
                self.need(Need::Equality);
                match self.delta(meta, number, suffix) {
                    hir::Expr::Delta { suffix, number, .. } => hir::Pattern::Delta {
                        meta,
                        suffix,
                        number,
                    },
                    _ => hir::Pattern::Error { meta },
                }
            }
            ast::Pattern::Instant { meta, text } => {
                self.need(Need::Equality);
                self.need(Need::Instant);
                hir::Pattern::Instant { meta, text }
            }
            ast::Pattern::Con { meta, name, args } => {
                let mark = self.enter();
                let mut rest = VecDeque::from(args);
                let mut pattern = self.con_pattern(meta, name, &mut rest, bound);
                if let (false, hir::Pattern::Con { con, .. }) = (rest.is_empty(), &pattern) {
                    self.report_extra(name, *con, rest.len(), meta.span);
                    pattern = hir::Pattern::Error { meta };
                }
                // The variables of the rest are bound all the same, so that one mistake stays one error.
                for extra in rest {
                    self.pattern_in(extra, bound);
                }
                if matches!(pattern, hir::Pattern::Error { .. }) {
                    self.body.break_since(mark);
                }
                pattern
            }
            ast::Pattern::Tuple { meta, items } => {
                let items = items
                    .into_iter()
                    .map(|item| self.pattern_in(item, bound))
                    .collect();
                hir::Pattern::Tuple { meta, items }
            }
            ast::Pattern::List { meta, items, rest } => {
                let items = items
                    .into_iter()
                    .map(|item| self.pattern_in(item, bound))
                    .collect();
                let rest = rest.map(|rest| {
                    Box::new(match rest.name {
                        Some(name) => self.bind_pattern(rest.meta, name, bound),
                        None => hir::Pattern::Wild { meta: rest.meta },
                    })
                });
                hir::Pattern::List { meta, items, rest }
            }
            ast::Pattern::Record { meta, fields } => {
                let fields = fields
                    .into_iter()
                    .map(|field| self.field_pattern(field, bound))
                    .collect();
                hir::Pattern::Record { meta, fields }
            }
            ast::Pattern::Paren { inner, .. } => self.pattern_in(*inner, bound),
            ast::Pattern::Error { meta } => hir::Pattern::Error { meta },
        }
    }

    fn bind_pattern(&mut self, meta: Meta, name: Ident, bound: &mut Bound) -> hir::Pattern {
        if let Some(&first) = bound.get(&name.name) {
            let text = self.text(name.name);
            self.session.report(
                Diagnostic::error(
                    codes::DUPLICATE_VARIABLE,
                    format!("a pattern binds `{text}` twice"),
                )
                .at(name.span, "again here")
                .label(first, "first here")
                .help("give one of them another name, and compare them in a guard: `when a == b`"),
            );
            return hir::Pattern::Error { meta };
        }
        bound.insert(name.name, name.span);
        hir::Pattern::Bind {
            meta,
            binder: self.bind(name),
        }
    }

    /// `a.b.c: p` is `{ a: { b: { c: p } } }`; without a pattern the last label is a variable, with `@` it is both.
    fn field_pattern(&mut self, field: ast::FieldPattern, bound: &mut Bound) -> hir::FieldPattern {
        let meta = field.meta;
        let mut path = field.path;
        let Some(last) = path.pop() else {
            let label = self.session.core.intern("");
            return hir::FieldPattern {
                meta,
                label,
                pattern: hir::Pattern::Error { meta },
            };
        };
        let name_meta = Meta::at(last.span);
        let is_short = field.pattern.is_none();
        let mut pattern = match (field.named.0, field.pattern) {
            (true, Some(pattern)) => self.pattern_in(
                ast::Pattern::As {
                    meta,
                    name: last,
                    pattern: Box::new(pattern),
                },
                bound,
            ),
            (false, Some(pattern)) => self.pattern_in(pattern, bound),
            (_, None) => self.bind_pattern(name_meta, last, bound),
        };
        if field.named.0 {
            self.advise(last, "write `:` for `@` to take it apart without a name");
        } else if is_short {
            self.advise(last, "leave out a field that is not needed");
        }
        let mut label = last.name;
        for outer in path.into_iter().rev() {
            let inner = hir::FieldPattern {
                meta,
                label,
                pattern,
            };
            pattern = hir::Pattern::Record {
                meta,
                fields: vec![inner],
            };
            label = outer.name;
        }
        hir::FieldPattern {
            meta,
            label,
            pattern,
        }
    }

    /// A constructor with as many of the patterns after it as its arity says.
    fn con_pattern(
        &mut self,
        meta: Meta,
        name: Ident,
        rest: &mut VecDeque<ast::Pattern>,
        bound: &mut Bound,
    ) -> hir::Pattern {
        let Some(con) = self.constructor_named(name) else {
            return hir::Pattern::Error { meta };
        };
        let arity = self
            .session
            .constructors
            .get(con)
            .map_or(0, |info| info.arity);
        let mut args = Vec::new();
        let mut span = name.span;
        for _ in 0..arity {
            let Some(next) = rest.pop_front() else {
                self.report_missing(name, con, args.len(), meta.span);
                return hir::Pattern::Error { meta };
            };
            span = span.to(next.meta().span);
            args.push(match next {
                ast::Pattern::Con { meta, name, args } if args.is_empty() => {
                    self.con_pattern(meta, name, rest, bound)
                }
                other => self.pattern_in(other, bound),
            });
        }
        let args_span = args.last().map_or(span, |last| span.to(last.meta().span));
        hir::Pattern::Con {
            meta: Meta::at(args_span),
            con,
            args,
        }
    }

    /// The parameters of a lambda, which are atomic. A constructor that lacks its parentheses, as in `Some x => …`, is
    /// reported, and takes what follows it, so that the function has as many parameters as are meant.
    pub(super) fn parameters(&mut self, params: Vec<ast::Pattern>) -> Vec<hir::Pattern> {
        let is_bare = |param: &ast::Pattern| matches!(param, ast::Pattern::Con { args, .. } if args.is_empty());
        if !params.iter().any(is_bare) {
            return self.patterns(params);
        }
        let mut rest: VecDeque<ast::Pattern> = params.into();
        let mut joined = Vec::new();
        let mut lacking: Vec<Span> = Vec::new();
        while let Some(param) = rest.pop_front() {
            let arity = match &param {
                ast::Pattern::Con { name, args, .. } if args.is_empty() => {
                    // One that there is not takes all that follows: it is reported as such.
                    self.arity_of(*name).unwrap_or(rest.len())
                }
                _ => 0,
            };
            if arity == 0 || arity > rest.len() {
                joined.push(param);
                continue;
            }
            let ast::Pattern::Con { meta, name, .. } = param else {
                continue;
            };
            let args: Vec<ast::Pattern> = rest.drain(..arity).collect();
            let end = args.last().map_or(meta.span, |last| last.meta().span);
            let meta = Meta::at(meta.span.to(end));
            if self.arity_of(name).is_some() {
                self.report_unparenthesised(name, meta.span);
            }
            lacking.push(meta.span);
            joined.push(ast::Pattern::Con { meta, name, args });
        }
        let mut bound = Bound::default();
        let mut resolved = Vec::with_capacity(joined.len());
        for param in joined {
            let meta = param.meta();
            let mark = self.enter();
            let pattern = self.pattern_in(param, &mut bound);
            if lacking.contains(&meta.span) {
                self.body.break_since(mark);
                resolved.push(hir::Pattern::Error { meta });
            } else {
                resolved.push(pattern);
            }
        }
        resolved
    }

    /// The number of arguments of a constructor; `None` if there is none of the name.
    fn arity_of(&mut self, name: Ident) -> Option<usize> {
        match self.find_value(self.body.module, name.name) {
            Found::One(Value::Con(con)) => {
                let info = self.session.constructors.get(con);
                info.map(|info| info.arity as usize)
            }
            Found::Nothing => match self.session.core.text(name.name) {
                "Unit" => Some(0),
                text if text.contains('.') => Some(0),
                _ => None,
            },
            _ => Some(0),
        }
    }

    fn report_unparenthesised(&mut self, name: Ident, span: Span) {
        let (text, whole) = (self.text(name.name), self.session.core.sources.text(span));
        let help = format!("write `({whole}) => …`");
        let diagnostic = Diagnostic::error(
            codes::PATTERN_ARITY,
            format!("`{text}` and what follows it are separate parameters here"),
        )
        .at(
            span,
            "the parameters of a function are patterns side by side",
        )
        .help(help)
        .edit(span.start(), "(", "open parentheses")
        .edit(span.end(), ")", "close them");
        self.session.report(diagnostic);
    }

    fn report_missing(&mut self, name: Ident, con: ConId, given: usize, span: Span) {
        let given = if given == 0 {
            "none given".to_string()
        } else {
            format!("{given} given")
        };
        self.report_arity(name, con, span, given);
    }

    fn report_extra(&mut self, name: Ident, con: ConId, extra: usize, span: Span) {
        self.report_arity(name, con, span, format!("{extra} too many"));
    }

    fn report_arity(&mut self, name: Ident, con: ConId, span: Span, given: String) {
        let text = self.text(name.name);
        let info = self.session.constructors.get(con);
        let (arity, defined) = info.map_or((0, Span::NONE), |info| (info.arity, info.span));
        let takes = match arity {
            0 => "takes no argument".to_string(),
            1 => "takes one argument".to_string(),
            _ => format!("takes {arity} arguments"),
        };
        let mut diagnostic = Diagnostic::error(
            codes::PATTERN_ARITY,
            format!("the constructor `{text}` {takes}"),
        )
        .at(span, given);
        if !defined.is_none() {
            diagnostic = diagnostic.label(defined, "defined here");
        }
        self.session.report(diagnostic);
    }

    /// The constructor of a name in a pattern; reports one that is not there.
    pub(super) fn constructor_named(&mut self, name: Ident) -> Option<ConId> {
        let module = self.body.module;
        let text = self.text(name.name);
        let found = match text.rsplit_once('.') {
            Some((before, last)) => {
                let qualifier = Ident {
                    name: self.session.core.intern(before),
                    span: name.span,
                };
                let last = Ident {
                    name: self.session.core.intern(last),
                    span: name.span,
                };
                let qualifiers = self.find_qualifier(module, qualifier.name);
                if qualifiers.is_empty() {
                    self.report_unknown_qualifier(qualifier);
                    return None;
                }
                self.qualified_value(module, &qualifiers, last)
            }
            None => self.find_value(module, name.name),
        };
        match found {
            Found::One(Value::Con(con)) => {
                self.reach_constructor(con);
                Some(con)
            }
            Found::Many(candidates) => {
                let places: Vec<Span> = candidates.iter().map(|&(_, span)| span).collect();
                self.report_ambiguous(name, &places);
                None
            }
            Found::Reported => None,
            Found::One(Value::Global(_)) | Found::Nothing => {
                if text == "Unit" {
                    return self.session.constructors.find("Unit");
                }
                if self.may_define(module, &text) {
                    return None;
                }
                if let Found::One(entity) = self.find_type(module, name.name) {
                    self.report_type_as_value(name, entity);
                    return None;
                }
                // The alias that was meant to define it has been reported.
                if self.is_constructor_of_alias(module, name.name)
                    || self.report_foreign_value(name)
                {
                    return None;
                }
                let mut names = self.names_in_scope(module);
                names.extend(BUILTIN_CONSTRUCTORS.iter().map(ToString::to_string));
                names.retain(|name| name.starts_with(char::is_uppercase));
                let message = format!("there is no constructor `{text}`");
                self.report_unknown(codes::UNKNOWN_NAME, message, name, &names, Some(module));
                None
            }
        }
    }
}
