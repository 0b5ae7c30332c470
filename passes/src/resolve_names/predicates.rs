//! Sections and predicates: which expressions are functions by their form, and arguments that speak of an implicit
//! element.

use ir_defs::terminals::{Binder, Ident, Lit, Operator, TextLit};
use ir_defs::{ast, hir};
use nanopass::Meta;

use super::Resolver;
use super::locals::Element;
use super::names::{Found, Value};

/// Whether an expression is a function by its form: a lambda, clauses, a section.
pub(super) fn is_function(expr: &ast::Expr) -> bool {
    match expr {
        ast::Expr::Paren { inner, .. } => is_function(inner),
        other => is_lambda(other) || has_hole(other),
    }
}

/// Whether an expression is a function that speaks of its argument by a name, or of nothing but its fields.
fn is_lambda(expr: &ast::Expr) -> bool {
    match expr {
        ast::Expr::Lambda { .. }
        | ast::Expr::Clauses { .. }
        | ast::Expr::Accessor { .. }
        | ast::Expr::PatchFunction { .. } => true,
        ast::Expr::Paren { inner, .. } => is_lambda(inner),
        _ => false,
    }
}

/// Whether an expression in parentheses is a `Bool` by its form: a comparison, `&&`, `||`.
pub(super) fn is_condition(expr: &ast::Expr) -> bool {
    let ast::Expr::Paren { inner, .. } = expr else {
        return false;
    };
    match &**inner {
        ast::Expr::Any { .. } | ast::Expr::All { .. } => true,
        ast::Expr::Chain { links, .. } => links.iter().any(|link| {
            matches!(
                link.op,
                Operator::Eq
                    | Operator::Ne
                    | Operator::Lt
                    | Operator::Le
                    | Operator::Gt
                    | Operator::Ge
            )
        }),
        inner => is_condition(inner),
    }
}

/// `((p when g))` without its parentheses, which bound nothing there; any other expression as it is.
fn without_parens(expr: ast::Expr) -> ast::Expr {
    let mut inner = &expr;
    while let ast::Expr::Paren { inner: next, .. } = inner {
        inner = next;
    }
    match inner {
        ast::Expr::When { .. } => inner.clone(),
        _ => expr,
    }
}

/// Whether a `_` inside makes a section of the whole expression: one that no parentheses, list element, record field,
/// side of a pipe, or body of a lambda or an arm keeps to itself.
fn has_hole(expr: &ast::Expr) -> bool {
    match expr {
        ast::Expr::Hole { .. } => true,
        ast::Expr::Select { record: inner, .. } | ast::Expr::Prefix { operand: inner, .. } => {
            has_hole(inner)
        }
        ast::Expr::Apply { fun, args, .. } => has_hole(fun) || args.iter().any(has_hole),
        ast::Expr::If {
            branches,
            otherwise,
            ..
        } => {
            branches
                .iter()
                .any(|(condition, then)| has_hole(condition) || has_hole(then))
                || has_hole(otherwise)
        }
        ast::Expr::Match { subject, .. } | ast::Expr::Or { subject, .. } => has_hole(subject),
        ast::Expr::Coalesce {
            first, rest: items, ..
        } => has_hole(first) || items.iter().any(has_hole),
        ast::Expr::Any { items, .. }
        | ast::Expr::All { items, .. }
        | ast::Expr::Tuple { items, .. } => items.iter().any(has_hole),
        ast::Expr::Chain { first, links, .. } => {
            has_hole(first) || links.iter().any(|link| has_hole(&link.operand))
        }
        ast::Expr::Interpolate { parts, .. } => parts.iter().any(|part| match part {
            ast::Part::Hole { value } => has_hole(value),
            ast::Part::Literal { .. } => false,
        }),
        _ => false,
    }
}

impl Resolver<'_> {
    /// An argument in the place of a predicate. In a section there `_` is the element, and a bare name its field.
    pub(super) fn predicate(&mut self, arg: ast::Expr) -> hir::Expr {
        self.predicate_or_value(arg, false)
    }

    /// The condition of a guard, as a function of the guarded element whether it speaks of that element or not.
    pub(super) fn condition(&mut self, condition: ast::Expr) -> hir::Expr {
        self.predicate_or_value(condition, true)
    }

    /// `always`: what does not speak of the element is a `Bool`, and no function that is given as it is.
    fn predicate_or_value(&mut self, arg: ast::Expr, always: bool) -> hir::Expr {
        if is_lambda(&arg) {
            return self.expr(arg);
        }
        let meta = arg.meta();
        if let Some(pattern) = self.constructor_pattern(&arg) {
            return self.pattern_predicate(meta, pattern, None);
        }
        let arg = match without_parens(arg) {
            ast::Expr::When { pattern, guard, .. } => {
                return self.pattern_predicate(meta, pattern, Some(*guard));
            }
            other => other,
        };
        let var = self.session.core.fresh_named("element", meta.span);
        self.body.elements.push(Element { var, used: false });
        let body = self.expr(arg);
        match self.body.elements.pop() {
            Some(Element { var, used }) if used || always => hir::Expr::Predicate {
                meta,
                element: Binder::untyped(var),
                body: Box::new(body),
            },
            _ => body,
        }
    }

    /// `filter (Some _)`: whether the element matches.
    fn pattern_predicate(
        &mut self,
        meta: Meta,
        pattern: ast::Pattern,
        guard: Option<ast::Expr>,
    ) -> hir::Expr {
        let element = Binder::untyped(self.session.core.fresh_named("element", meta.span));
        let mark = self.enter();
        let pattern = self.pattern(pattern);
        let guard = guard.map(|guard| self.expr(guard));
        self.leave(mark);
        let [yes, no] = ["True", "False"].map(|name| self.session.constructors.id(name));
        let arms = vec![
            hir::Arm {
                meta,
                pattern,
                guard,
                body: hir::Expr::Con { meta, con: yes },
            },
            hir::Arm {
                meta,
                pattern: hir::Pattern::Wild { meta },
                guard: None,
                body: hir::Expr::Con { meta, con: no },
            },
        ];
        let subject = Box::new(hir::Expr::Var {
            meta,
            var: element.var,
        });
        let body = Box::new(hir::Expr::Match {
            meta,
            subject,
            arms,
        });
        hir::Expr::Predicate {
            meta,
            element,
            body,
        }
    }

    /// The pattern that an expression is when it begins with a constructor. A constructor's own type is never a
    /// function to `Bool`, so no other reading is lost.
    fn constructor_pattern(&mut self, expr: &ast::Expr) -> Option<ast::Pattern> {
        let mut head = expr;
        loop {
            head = match head {
                ast::Expr::Paren { inner, .. } => inner,
                ast::Expr::Apply { fun, .. } => fun,
                _ => break,
            };
        }
        let name = self.constructor_name(head)?;
        let found = match self.session.core.text(name.name).rsplit_once('.') {
            None => self.find_value(self.body.module, name.name),
            Some(_) => Found::One(Value::Con(self.constructor_named(name)?)),
        };
        matches!(found, Found::One(Value::Con(_))).then(|| self.as_pattern(expr))?
    }

    /// `Circle`, or `shapes.Circle` where `shapes` is no variable.
    fn constructor_name(&mut self, expr: &ast::Expr) -> Option<Ident> {
        match expr {
            ast::Expr::Name { name, .. } if self.is_upper(name.name) => Some(*name),
            ast::Expr::Select {
                meta,
                record,
                field,
            } if self.is_upper(field.name) => match &**record {
                ast::Expr::Name { name, .. } if !self.body.is_local(name.name) => {
                    let text = format!("{}.{}", self.text(name.name), self.text(field.name));
                    Some(Ident {
                        name: self.session.core.intern(&text),
                        span: meta.span,
                    })
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn as_pattern(&mut self, expr: &ast::Expr) -> Option<ast::Pattern> {
        let meta = expr.meta();
        Some(match expr {
            ast::Expr::Hole { .. } => ast::Pattern::Wild { meta },
            ast::Expr::Lit { lit, .. } => ast::Pattern::Lit {
                meta,
                lit: lit.clone(),
            },
            ast::Expr::Prefix {
                op: Operator::Negate,
                operand,
                ..
            } => match &**operand {
                ast::Expr::Lit {
                    lit: Lit::Int(number),
                    ..
                } => ast::Pattern::Lit {
                    meta,
                    lit: Lit::Int(number.wrapping_neg()),
                },
                ast::Expr::Lit {
                    lit: Lit::Float(number),
                    ..
                } => ast::Pattern::Lit {
                    meta,
                    lit: Lit::Float(-number),
                },
                ast::Expr::Delta { number, suffix, .. } => ast::Pattern::Delta {
                    meta,
                    number: TextLit(format!("-{}", number.0).into()),
                    suffix: *suffix,
                },
                _ => return None,
            },
            ast::Expr::Delta { number, suffix, .. } => ast::Pattern::Delta {
                meta,
                number: number.clone(),
                suffix: *suffix,
            },
            ast::Expr::Instant { text, .. } => ast::Pattern::Instant {
                meta,
                text: text.clone(),
            },
            ast::Expr::Paren { inner, .. } => ast::Pattern::Paren {
                meta,
                inner: Box::new(self.as_pattern(inner)?),
            },
            ast::Expr::Tuple { items, .. } => ast::Pattern::Tuple {
                meta,
                items: self.as_patterns(items)?,
            },
            ast::Expr::Apply { fun, args, .. } => {
                let name = self.constructor_name(fun)?;
                ast::Pattern::Con {
                    meta,
                    name,
                    args: self.as_patterns(args)?,
                }
            }
            ast::Expr::Name { name, .. } if !self.is_upper(name.name) => {
                ast::Pattern::Bind { meta, name: *name }
            }
            ast::Expr::List { elements, .. } => self.as_list_pattern(meta, elements)?,
            other => ast::Pattern::Con {
                meta,
                name: self.constructor_name(other)?,
                args: Vec::new(),
            },
        })
    }

    fn as_patterns(&mut self, exprs: &[ast::Expr]) -> Option<Vec<ast::Pattern>> {
        exprs.iter().map(|expr| self.as_pattern(expr)).collect()
    }

    fn as_list_pattern(&mut self, meta: Meta, elements: &[ast::Element]) -> Option<ast::Pattern> {
        let mut items = Vec::new();
        let mut rest = None;
        for element in elements {
            match element {
                ast::Element::Item { value, .. } if rest.is_none() => {
                    items.push(self.as_pattern(value)?)
                }
                ast::Element::Spread {
                    meta,
                    value: ast::Expr::Name { name, .. },
                } if rest.is_none() => {
                    rest = Some(ast::Rest {
                        meta: *meta,
                        name: Some(*name),
                    });
                }
                _ => return None,
            }
        }
        Some(ast::Pattern::List { meta, items, rest })
    }
}
