//! Expressions, statements and handlers.

use ir_defs::known::Need;
use ir_defs::terminals::{Operator, TextLit};
use ir_defs::{ast, hir};
use nanopass::{Meta, Span};

use super::Resolver;
use super::predicates::is_condition;
use crate::codes;

/// How many items before a last spread are constructors, and not a list that is joined with another.
const FEW: usize = 8;

/// Whether a list literal is made of parts that the library joins.
fn is_joined(elements: &[ast::Element]) -> bool {
    let items = elements
        .iter()
        .take_while(|element| matches!(element, ast::Element::Item { .. }))
        .count();
    elements.len() > items + 1 || elements.len() == items + 1 && items > FEW
}

impl Resolver<'_> {
    pub(super) fn expr(&mut self, expr: ast::Expr) -> hir::Expr {
        match expr {
            ast::Expr::Lit { meta, lit } => hir::Expr::Lit { meta, lit },
            ast::Expr::Name { meta, name } => self.name(meta, name),
            ast::Expr::Select {
                meta,
                record,
                field,
            } => self.select(meta, *record, field),
            ast::Expr::Apply { meta, fun, args } => self.apply(meta, *fun, args),
            ast::Expr::Lambda { meta, params, body } => {
                let mark = self.enter();
                let params = self.parameters(params);
                let body = self.boxed(*body);
                self.leave(mark);
                hir::Expr::Lambda { meta, params, body }
            }
            ast::Expr::Clauses { meta, clauses } => {
                let clauses = clauses
                    .into_iter()
                    .map(|clause| self.clause(clause))
                    .collect();
                hir::Expr::Clauses { meta, clauses }
            }
            ast::Expr::If {
                meta,
                branches,
                otherwise,
            } => {
                let branches = branches
                    .into_iter()
                    .map(|(condition, then)| (self.expr(condition), self.expr(then)))
                    .collect();
                hir::Expr::If {
                    meta,
                    branches,
                    otherwise: self.boxed(*otherwise),
                }
            }
            ast::Expr::Match {
                meta,
                subject,
                arms,
            } => hir::Expr::Match {
                meta,
                subject: self.boxed(*subject),
                arms: self.arms(arms),
            },
            ast::Expr::Or {
                meta,
                subject,
                handler,
            } => self.or(meta, *subject, *handler),
            ast::Expr::Pipe { meta, first, steps } => hir::Expr::Pipe {
                meta,
                first: self.boxed(*first),
                steps: self.exprs(steps),
            },
            ast::Expr::Coalesce { meta, first, rest } => hir::Expr::Coalesce {
                meta,
                first: self.boxed(*first),
                rest: self.exprs(rest),
            },
            ast::Expr::Any { meta, items } => hir::Expr::Any {
                meta,
                items: self.exprs(items),
            },
            ast::Expr::All { meta, items } => hir::Expr::All {
                meta,
                items: self.exprs(items),
            },
            ast::Expr::Chain { meta, first, links } => {
                let first = self.boxed(*first);
                let links = links.into_iter().map(|link| self.link(link)).collect();
                hir::Expr::Chain { meta, first, links }
            }
            ast::Expr::Prefix { meta, op, operand } => {
                match op {
                    Operator::Not => self.need(Need::Not),
                    _ => self.note_arithmetic(meta.span),
                }
                // The sign of a literal belongs to its number.
                if let (Operator::Negate, ast::Expr::Delta { number, suffix, .. }) = (op, &*operand)
                {
                    let number = TextLit(format!("-{}", number.0).into());
                    return self.number(meta, number, *suffix);
                }
                hir::Expr::Prefix {
                    meta,
                    op,
                    operand: self.boxed(*operand),
                }
            }
            ast::Expr::Tuple { meta, items } => hir::Expr::Tuple {
                meta,
                items: self.exprs(items),
            },
            ast::Expr::List { meta, elements } => {
                if is_joined(&elements) {
                    self.need(Need::Spread);
                }
                let elements = elements
                    .into_iter()
                    .map(|element| self.element(element))
                    .collect();
                hir::Expr::List { meta, elements }
            }
            ast::Expr::Record { meta, fields } => {
                self.distinct_fields(&fields);
                let fields = fields.into_iter().map(|field| self.field(field)).collect();
                hir::Expr::Record { meta, fields }
            }
            ast::Expr::Map { meta, entries } => {
                self.need(Need::Map);
                let entries = entries
                    .into_iter()
                    .map(|entry| self.map_entry(entry))
                    .collect();
                hir::Expr::Map { meta, entries }
            }
            ast::Expr::Set { meta, elements } => {
                self.need(Need::Set);
                if !elements
                    .iter()
                    .all(|element| matches!(element, ast::Element::Item { .. }))
                {
                    self.need(Need::SetSpread);
                }
                let elements = elements
                    .into_iter()
                    .map(|element| self.element(element))
                    .collect();
                hir::Expr::Set { meta, elements }
            }
            ast::Expr::Interpolate { meta, parts } => {
                self.need(Need::Interpolation);
                let parts = parts
                    .into_iter()
                    .map(|part| match part {
                        ast::Part::Literal { text } => hir::Part::Literal { text },
                        ast::Part::Hole { value } => hir::Part::Value {
                            value: self.expr(value),
                        },
                    })
                    .collect();
                hir::Expr::Interpolate { meta, parts }
            }
            ast::Expr::Block {
                meta,
                statements,
                result,
            } => {
                let mark = self.enter();
                let statements = self.statements(statements);
                let result = self.boxed(*result);
                self.leave(mark);
                hir::Expr::Block {
                    meta,
                    statements,
                    result,
                }
            }
            ast::Expr::Effect { meta, statements } => {
                self.need(Need::Effect);
                let mark = self.enter();
                let statements = self.statements(statements);
                self.leave(mark);
                hir::Expr::Effect { meta, statements }
            }
            ast::Expr::Accessor { meta, fields } => {
                let labels = fields.into_iter().map(|field| field.name).collect();
                hir::Expr::Accessor { meta, labels }
            }
            ast::Expr::Hole { meta } => hir::Expr::Hole { meta },
            ast::Expr::When { meta, .. } => {
                self.error(
                    codes::MISPLACED_STATEMENT,
                    "a pattern with a condition stands where no predicate is expected".to_string(),
                    meta.span,
                    "not an expression",
                );
                hir::Expr::Error { meta }
            }
            ast::Expr::Paren { meta, inner } => hir::Expr::Paren {
                meta,
                inner: self.boxed(*inner),
            },
            ast::Expr::Error { meta } => hir::Expr::Error { meta },
            ast::Expr::Sigil {
                meta,
                tag,
                content,
                flags,
            } => self.sigil(meta, tag, content, flags),
            ast::Expr::Instant { meta, text } => {
                self.need(Need::Instant);
                hir::Expr::Instant { meta, text }
            }
            ast::Expr::Delta {
                meta,
                number,
                suffix,
            } => self.number(meta, number, suffix),
            ast::Expr::Suffixed {
                meta,
                value,
                suffix,
            } => self.suffixed(meta, *value, suffix),
            ast::Expr::Generate { meta, statements } => self.generate(meta, statements),
            ast::Expr::Resource { meta, statements } => self.resource(meta, statements),
            ast::Expr::Patch {
                meta,
                target,
                entries,
            } => hir::Expr::Patch {
                meta,
                target: self.boxed(*target),
                entries: self.patch_entries(entries),
            },
            ast::Expr::PatchFunction { meta, entries } => hir::Expr::PatchFunction {
                meta,
                entries: self.patch_entries(entries),
            },
        }
    }

    pub(super) fn boxed(&mut self, expr: ast::Expr) -> Box<hir::Expr> {
        Box::new(self.expr(expr))
    }

    pub(super) fn exprs(&mut self, exprs: Vec<ast::Expr>) -> Vec<hir::Expr> {
        exprs.into_iter().map(|expr| self.expr(expr)).collect()
    }

    /// Remembers that a domain's operator may be meant here.
    fn note_arithmetic(&mut self, place: Span) {
        let module = self.body.module;
        self.arithmetic.insert(module, place);
    }

    fn apply(&mut self, meta: Meta, fun: ast::Expr, args: Vec<ast::Expr>) -> hir::Expr {
        if let Some(error) = self.foreign_form(meta, &fun, &args) {
            self.quietly(|resolver| {
                resolver.expr(fun);
                resolver.exprs(args);
            });
            return error;
        }
        let fun = self.boxed(fun);
        let predicates = match &*fun {
            hir::Expr::Global { global, .. } => {
                self.facts.predicates.get(global).copied().unwrap_or(0)
            }
            _ => 0,
        };
        // A function that is bound nowhere may take a predicate, so the names in it are no second mistake.
        let is_unknown = matches!(&*fun, hir::Expr::Error { .. });
        let args = args
            .into_iter()
            .enumerate()
            .map(|(index, arg)| {
                let is_predicate = index < 64 && predicates & (1 << index) != 0;
                if is_predicate || (is_unknown && is_condition(&arg)) {
                    self.predicate(arg)
                } else {
                    self.expr(arg)
                }
            })
            .collect();
        hir::Expr::Apply { meta, fun, args }
    }

    // Parts of expressions.

    fn link(&mut self, link: ast::Link) -> hir::Link {
        match link.op {
            Operator::Eq | Operator::Ne => self.need(Need::Equality),
            Operator::Lt | Operator::Le | Operator::Gt | Operator::Ge => self.need(Need::Order),
            Operator::Append => self.need(Need::Append),
            _ => self.note_arithmetic(link.position.span),
        }
        if self.foreign_comment(&link) {
            let meta = link.operand.meta();
            return hir::Link {
                meta: Meta::at(link.position.span),
                op: link.op,
                operand: hir::Expr::Error { meta },
            };
        }
        hir::Link {
            meta: Meta::at(link.position.span),
            op: link.op,
            operand: self.expr(link.operand),
        }
    }

    fn element(&mut self, element: ast::Element) -> hir::Element {
        match element {
            ast::Element::Item { meta, value } => hir::Element::Item {
                meta,
                value: self.expr(value),
            },
            ast::Element::Spread { meta, value } => hir::Element::Spread {
                meta,
                value: self.expr(value),
            },
            ast::Element::Range { meta, from, to } => {
                self.need(Need::Range);
                hir::Element::Range {
                    meta,
                    from: self.expr(from),
                    to: self.expr(to),
                }
            }
        }
    }

    fn map_entry(&mut self, entry: ast::MapEntry) -> hir::MapEntry {
        match entry {
            ast::MapEntry::Entry { meta, key, value } => hir::MapEntry::Entry {
                meta,
                key: self.expr(key),
                value: self.expr(value),
            },
            ast::MapEntry::Spread { meta, value } => {
                self.need(Need::MapSpread);
                hir::MapEntry::Spread {
                    meta,
                    value: self.expr(value),
                }
            }
        }
    }

    fn field(&mut self, field: ast::FieldInit) -> hir::FieldInit {
        match field {
            ast::FieldInit::Set { meta, name, value } => hir::FieldInit::Set {
                meta,
                label: name.name,
                value: self.expr(value),
            },
            ast::FieldInit::Spread { meta, value } => hir::FieldInit::Spread {
                meta,
                value: self.expr(value),
            },
        }
    }

    fn clause(&mut self, clause: ast::Clause) -> hir::Clause {
        let start = clause
            .patterns
            .first()
            .map_or(Span::NONE, |pattern| pattern.meta().span);
        let meta = Meta::at(start.to(clause.body.meta().span));
        let mark = self.enter();
        let patterns = self.patterns(clause.patterns);
        let guard = clause.guard.map(|guard| self.expr(guard));
        let body = self.expr(clause.body);
        self.leave(mark);
        hir::Clause {
            meta,
            patterns,
            guard,
            body,
        }
    }

    pub(super) fn arms(&mut self, arms: Vec<ast::Arm>) -> Vec<hir::Arm> {
        arms.into_iter().map(|arm| self.arm(arm)).collect()
    }

    fn arm(&mut self, arm: ast::Arm) -> hir::Arm {
        let meta = Meta::at(arm.pattern.meta().span.to(arm.body.meta().span));
        let mark = self.enter();
        let pattern = self.pattern(arm.pattern);
        let guard = arm.guard.map(|guard| self.expr(guard));
        let body = self.expr(arm.body);
        self.leave(mark);
        hir::Arm {
            meta,
            pattern,
            guard,
            body,
        }
    }
}
