//! Expressions, statements and handlers.

use ir_defs::known::{self, Need};
use ir_defs::session::ImplicitField;
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Ident, Operator, TextLit};
use ir_defs::{ast, hir};
use nanopass::{Diagnostic, Meta, Span, Symbol};

use super::Resolver;
use super::groups::Defined;
use super::locals::Variable;
use super::names::{Found, TypeName, Value};
use super::patterns::BUILTIN_CONSTRUCTORS;
use crate::codes;

/// The tags of sigils.
const SIGILS: [&str; 5] = ["d", "map", "path", "r", "set"];

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
                    return self.delta(meta, number, *suffix);
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
            } => self.delta(meta, number, suffix),
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

    /// `~tag(content)`
    fn sigil(&mut self, meta: Meta, tag: Ident, content: TextLit, flags: TextLit) -> hir::Expr {
        match self.session.core.text(tag.name) {
            "d" => {
                self.need(Need::Date);
                let tag = tag.name;
                hir::Expr::Sigil {
                    meta,
                    tag,
                    content,
                    flags,
                }
            }
            "path" => {
                self.need(Need::Path);
                let tag = tag.name;
                hir::Expr::Sigil {
                    meta,
                    tag,
                    content,
                    flags,
                }
            }
            "r" => self.regex(meta, tag.name, content, flags),
            other if matches!(other, "set" | "map") => {
                let (what, example) = match other {
                    "set" => ("elements", "~set[1, 2]"),
                    _ => ("entries", "~map{ \"a\" => 1 }"),
                };
                let message = format!("the {what} of `~{other}` stand in other brackets");
                let diagnostic = Diagnostic::error(codes::INVALID_LITERAL, message)
                    .at(meta.span, "")
                    .help(format!("write `{example}`"));
                self.session.report(diagnostic);
                hir::Expr::Error { meta }
            }
            other => {
                let message = format!("there is no sigil `~{other}`");
                if other.len() < 3 {
                    // Names of one or two letters are all alike.
                    let list: Vec<String> =
                        SIGILS.iter().map(|sigil| format!("`~{sigil}`")).collect();
                    let diagnostic = Diagnostic::error(codes::UNKNOWN_SIGIL, message)
                        .at(tag.span, "not found")
                        .help(format!("the sigils are {}", list.join(", ")));
                    self.session.report(diagnostic);
                    return hir::Expr::Error { meta };
                }
                self.report_unknown(
                    codes::UNKNOWN_SIGIL,
                    message,
                    tag,
                    &SIGILS.map(str::to_string),
                    None,
                );
                hir::Expr::Error { meta }
            }
        }
    }

    /// `~r/pattern/flags`, which is a definition of its own, so that its program is made once.
    fn regex(&mut self, meta: Meta, tag: Symbol, content: TextLit, flags: TextLit) -> hir::Expr {
        self.need(Need::Regex);
        self.regexes += 1;
        let module = self.body.module;
        let name = format!("{}.regex.{}", self.path(module), self.regexes);
        let global = self.session.global(&name);
        let library = self.is_library(module);
        if let Some(info) = self.session.globals.get_mut(global) {
            info.span = meta.span;
            info.library = library;
        }
        let value = hir::Expr::Sigil {
            meta,
            tag,
            content,
            flags,
        };
        let define = hir::Define {
            meta,
            global,
            signature: None,
            value: Some(value),
        };
        self.defines.push(Defined {
            define,
            mentions: vec![self.session.global(known::REGEX)],
            computed: true,
        });
        self.body.mention(global);
        hir::Expr::Global { meta, global }
    }

    // Names.

    pub(super) fn name(&mut self, meta: Meta, name: Ident) -> hir::Expr {
        match self.body.local(name.name) {
            Some(Variable::Var(var)) => return hir::Expr::Var { meta, var },
            Some(Variable::Broken) => return hir::Expr::Error { meta },
            None => {}
        }
        match self.find_value(self.body.module, name.name) {
            Found::One(value) => self.value(meta, value),
            Found::Many(candidates) => {
                let places: Vec<Span> = candidates.iter().map(|&(_, span)| span).collect();
                self.report_ambiguous(name, &places);
                hir::Expr::Error { meta }
            }
            Found::Reported => hir::Expr::Error { meta },
            Found::Nothing => self.unbound(meta, name),
        }
    }

    /// A use of a definition, which is thereby part of the program.
    pub(super) fn value(&mut self, meta: Meta, value: Value) -> hir::Expr {
        match value {
            Value::Global(global) => {
                self.use_global(global, meta.span);
                hir::Expr::Global { meta, global }
            }
            Value::Con(con) => {
                self.reach_constructor(con);
                hir::Expr::Con { meta, con }
            }
        }
    }

    fn use_global(&mut self, global: GlobalId, span: Span) {
        self.body.mention(global);
        self.reach_global(global);
        let deprecated = self
            .session
            .globals
            .get(global)
            .and_then(|info| info.deprecated.clone());
        if let Some(advice) = deprecated {
            let name = self.session.globals.name(global);
            let name = name.rsplit('.').next().unwrap_or(name).to_string();
            self.report_deprecated(&name, span, advice);
        }
    }

    /// Warns of the use of what is marked `@deprecated`; the library knows what it does.
    pub(super) fn report_deprecated(&mut self, name: &str, span: Span, advice: String) {
        if !self.is_library(self.body.module) {
            self.warnings.push(
                Diagnostic::warning(codes::DEPRECATED, format!("`{name}` is deprecated"))
                    .at(span, advice),
            );
        }
    }

    /// A name that is bound nowhere: a field of the implicit element inside a predicate, else an error.
    fn unbound(&mut self, meta: Meta, name: Ident) -> hir::Expr {
        let text = self.text(name.name);
        if text == "Unit"
            && let Some(con) = self.session.constructors.find("Unit")
        {
            return hir::Expr::Con { meta, con };
        }
        let upper = self.is_upper(name.name);
        if !upper && let Some(element) = self.body.elements.last_mut() {
            element.used = true;
            let field = ImplicitField {
                span: name.span,
                reported: false,
            };
            let fields = self.session.implicit_fields.entry(name.name);
            fields.or_default().push(field);
            let record = Box::new(hir::Expr::Var {
                meta,
                var: element.var,
            });
            return hir::Expr::Select {
                meta,
                record,
                label: name.name,
            };
        }
        let module = self.body.module;
        if self.may_define(module, &text) {
            return hir::Expr::Error { meta };
        }
        if let (true, Found::One(entity)) = (upper, self.find_type(module, name.name)) {
            self.report_type_as_value(name, entity);
            return hir::Expr::Error { meta };
        }
        if upper && self.is_constructor_of_alias(module, name.name)
            || self.report_foreign_value(name)
        {
            return hir::Expr::Error { meta };
        }
        let mut names = self.names_in_scope(module);
        if upper {
            names.extend(BUILTIN_CONSTRUCTORS.iter().map(ToString::to_string));
        }
        let message = if upper {
            format!("there is no constructor `{text}`")
        } else {
            format!("`{text}` is not bound")
        };
        self.report_unknown(codes::UNKNOWN_NAME, message, name, &names, Some(module));
        hir::Expr::Error { meta }
    }

    /// Says that a name is one of a type or a class where a value is expected.
    pub(super) fn report_type_as_value(&mut self, name: Ident, entity: TypeName) {
        let text = self.text(name.name);
        let what = match entity {
            TypeName::Con(_) => "type",
            TypeName::Class(_) => "class",
        };
        let constructors: Vec<String> = match entity {
            TypeName::Con(con) => self.facts.constructors.get(&con),
            _ => None,
        }
        .into_iter()
        .flatten()
        .map(|&(name, _)| format!("`{}`", self.text(name)))
        .filter(|name| !name.contains('.'))
        .collect();
        let mut diagnostic = Diagnostic::error(
            codes::UNKNOWN_NAME,
            format!("`{text}` is a {what}, not a value"),
        )
        .at(name.span, "a value is expected here");
        if !constructors.is_empty() {
            let list = constructors.join(", ");
            diagnostic = diagnostic.help(format!("its constructors are {list}"));
        }
        self.session.report(diagnostic);
    }

    /// `a.b`: a member of a module, a type or a class if `a` is one and no variable hides it, else a field.
    fn select(&mut self, meta: Meta, record: ast::Expr, field: Ident) -> hir::Expr {
        if let ast::Expr::Name { name, .. } = &record {
            let name = *name;
            let module = self.body.module;
            let upper = self.is_upper(name.name);
            let hidden = self.body.is_local(name.name)
                || (!upper && self.own_value(module, name.name).is_some());
            if hidden {
                self.note_hidden_module(meta, name);
            } else {
                let qualifiers = self.find_qualifier(module, name.name);
                if !qualifiers.is_empty() {
                    return self.qualified_expr(meta, &qualifiers, name, field);
                }
                if upper && matches!(self.find_value(module, name.name), Found::Nothing) {
                    self.report_unknown_qualifier(name);
                    return hir::Expr::Error { meta };
                }
            }
        }
        hir::Expr::Select {
            meta,
            record: self.boxed(record),
            label: field.name,
        }
    }

    /// Remembers that a variable hides a module, in case it has no such field.
    fn note_hidden_module(&mut self, meta: Meta, name: Ident) {
        let qualifiers = self.find_qualifier(self.body.module, name.name);
        let module = qualifiers.iter().find_map(|qualified| match qualified {
            super::lookup::Qualified::Module(module, _) => Some(self.path(*module)),
            _ => None,
        });
        if let Some(path) = module {
            self.session.hidden_modules.insert(meta.span, path);
        }
    }

    fn qualified_expr(
        &mut self,
        meta: Meta,
        qualifiers: &[super::lookup::Qualified],
        before: Ident,
        name: Ident,
    ) -> hir::Expr {
        match self.qualified_value(self.body.module, qualifiers, name) {
            Found::One(value) => return self.value(meta, value),
            Found::Many(candidates) => {
                let places: Vec<Span> = candidates.iter().map(|&(_, span)| span).collect();
                self.report_ambiguous(name, &places);
            }
            Found::Reported => {}
            Found::Nothing => {
                let (class, text) = (self.text(before.name), self.text(name.name));
                let members: Vec<String> = Self::first_class(qualifiers)
                    .and_then(|class| self.facts.members.get(&class))
                    .map(|members| {
                        members
                            .iter()
                            .map(|&(name, _, _)| self.text(name))
                            .collect()
                    })
                    .unwrap_or_default();
                let message = format!("the class `{class}` has no member `{text}`");
                self.report_unknown(codes::UNKNOWN_NAME, message, name, &members, None);
            }
        }
        hir::Expr::Error { meta }
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
        let args = args
            .into_iter()
            .enumerate()
            .map(|(index, arg)| {
                if index < 64 && predicates & (1 << index) != 0 {
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

    fn arms(&mut self, arms: Vec<ast::Arm>) -> Vec<hir::Arm> {
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

    pub(super) fn handler(&mut self, handler: ast::Handler) -> hir::Handler {
        match handler {
            ast::Handler::Default { value } => hir::Handler::Default {
                value: self.boxed(*value),
            },
            ast::Handler::Arms { arms } => hir::Handler::Arms {
                arms: self.arms(arms),
            },
        }
    }

    // Statements.

    fn statements(&mut self, statements: Vec<ast::Stmt>) -> Vec<hir::Stmt> {
        statements
            .into_iter()
            .filter_map(|statement| self.statement(statement))
            .collect()
    }

    pub(super) fn statement(&mut self, statement: ast::Stmt) -> Option<hir::Stmt> {
        Some(match statement {
            ast::Stmt::Let {
                meta,
                pattern,
                value,
            } => self.binding(meta, pattern, value),
            ast::Stmt::Run {
                meta,
                pattern,
                source,
                handler,
            } => {
                self.need(Need::Run);
                let source = self.expr(source);
                let handler = self.fallback(handler);
                let pattern = self.pattern(pattern);
                hir::Stmt::Run {
                    meta,
                    pattern,
                    source,
                    handler,
                }
            }
            ast::Stmt::Expr {
                meta,
                value,
                handler,
            } => {
                let value = self.expr(value);
                let handler = self.fallback(handler);
                hir::Stmt::Expr {
                    meta,
                    value,
                    handler,
                }
            }
            ast::Stmt::Yield { meta, .. } => return self.misplaced("yield", "generate", meta),
            ast::Stmt::Guard { meta, .. } => return self.misplaced("->", "generate", meta),
            ast::Stmt::Loop { meta, .. } => return self.misplaced("loop", "generate", meta),
            ast::Stmt::Recurse { meta, .. } => return self.misplaced("recurse", "loop", meta),
        })
    }

    fn misplaced(&mut self, what: &str, block: &str, meta: Meta) -> Option<hir::Stmt> {
        self.error(
            codes::MISPLACED_STATEMENT,
            format!("`{what}` stands outside of a `{block}` block"),
            meta.span,
            "not here",
        );
        None
    }

    /// `p = e`: `e` sees what was bound before, and, if it is a function, itself.
    fn binding(&mut self, meta: Meta, pattern: ast::Pattern, value: ast::Expr) -> hir::Stmt {
        if let ast::Pattern::Bind { meta: at, name } = &pattern
            && super::predicates::is_function(&value)
        {
            let (at, name) = (*at, *name);
            let binder = self.bind(name);
            let value = self.expr(value);
            let recursive = self.body.forget_use(binder.var);
            let pattern = hir::Pattern::Bind { meta: at, binder };
            return hir::Stmt::Let {
                meta,
                pattern,
                recursive: ir_defs::terminals::Flag(recursive),
                value,
            };
        }
        let value = self.expr(value);
        let pattern = self.pattern(pattern);
        hir::Stmt::Let {
            meta,
            pattern,
            recursive: ir_defs::terminals::Flag(false),
            value,
        }
    }
}
