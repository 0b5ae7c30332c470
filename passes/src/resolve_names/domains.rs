//! Domains: the names that one holds, what its operators and suffixes are, and which suffixes a module sees.
//!
//! A domain is a module inside its module: its own types, constructors and helpers stand in a table of their own, and
//! names that it does not have are looked up around it. So several domains of one file may each have a `Delta`.

use ir_defs::ast::{self, Item};
use ir_defs::hir;
use ir_defs::tables::{GlobalId, GlobalKind};
use ir_defs::terminals::{Ident, Lit, Operator};
use nanopass::{Diagnostic, Meta, Span, Symbol};

use super::Resolver;
use super::decorators::{Decorated, Marks};
use super::instances::head_name;
use super::modules::{Definition, Module, Slot, State};
use super::names::{DomainSource, ModuleId, TypeName, ValueBody, ValueSource};
use super::scan::Scan;
use super::types::Vars;
use crate::codes;

/// The operators that a domain may define.
const OPERATORS: &[Operator] = &[
    Operator::Add,
    Operator::Sub,
    Operator::Mul,
    Operator::Times,
    Operator::Div,
    Operator::Rem,
];

/// The class whose instance gives a type an operator that no domain defines.
fn class_of(operator: &str) -> Option<&'static str> {
    match operator {
        "==" | "!=" => Some("Eq"),
        "<" | "<=" | ">" | ">=" => Some("Ord"),
        "++" => Some("Semigroup"),
        _ => None,
    }
}

/// Whether two written types are made with the same constructor.
fn same_head(left: &ast::Type, right: &ast::Type) -> bool {
    match (left, right) {
        (ast::Type::Record { .. }, ast::Type::Record { .. }) => true,
        (ast::Type::Tuple { items, .. }, ast::Type::Tuple { items: others, .. }) => {
            items.len() == others.len()
        }
        _ => head_name(left).is_some() && head_name(left) == head_name(right),
    }
}

/// An operator's signature that waits for its definition.
struct Waiting {
    name: Ident,
    type_: ast::Type,
    constraints: Vec<ast::Constraint>,
}

impl Resolver<'_> {
    /// Fills the table of a domain.
    pub(super) fn scan_domain(&mut self, scan: &mut Scan, item: Item) {
        let Item::Domain {
            name,
            carrier,
            members,
            decorators,
            ..
        } = item
        else {
            return;
        };
        let library = scan.module.library;
        self.decorators(&decorators, Decorated::Domain, library);
        if let Some((_, first)) = scan
            .module
            .domains
            .iter()
            .find(|(other, _)| *other == name.name)
        {
            let first = first.span;
            self.report_duplicate("definition", name, first);
            return;
        }
        let path = format!("{}.{}", scan.path, self.session.core.text(name.name));
        let id = ModuleId(self.modules.len());
        self.modules.push(Slot {
            path: path.clone(),
            library,
            state: State::Broken,
        });
        let module = Module {
            span: name.span,
            library,
            exports_all: true,
            outer: Some(scan.id),
            instances: self.instances.len()..self.instances.len(),
            ..Module::default()
        };
        let mut inner = Scan::new(id, path, module);
        let mut operators = Vec::new();
        let own: Vec<Symbol> = members
            .iter()
            .filter_map(|member| match member {
                Item::Data { name, .. } | Item::Alias { name, .. } => Some(name.name),
                _ => None,
            })
            .collect();
        let mut waiting: Option<Waiting> = None;
        for member in members {
            let operator = match &member {
                Item::Sig { name, .. } | Item::Define { name, .. } => self.operator_name(*name),
                _ => None,
            };
            let ends = !matches!((&member, &waiting), (Item::Define { name, .. }, Some(before))
                if name.name == before.name.name);
            if ends && let Some(before) = waiting.take() {
                self.report_operator_alone(&before);
            }
            match (member, operator) {
                (
                    Item::Sig {
                        name,
                        type_,
                        constraints,
                        decorators,
                        ..
                    },
                    Some(()),
                ) => {
                    self.decorators(&decorators, Decorated::Member, library);
                    waiting = Some(Waiting {
                        name,
                        type_,
                        constraints,
                    });
                }
                (
                    Item::Define {
                        name,
                        value,
                        decorators,
                        ..
                    },
                    Some(()),
                ) => {
                    let marks = self.decorators(&decorators, Decorated::Value, library);
                    let Some(signature) = waiting.take() else {
                        self.report_no_signature(name);
                        continue;
                    };
                    if self.check_operator(&signature, &carrier, &own) {
                        let global = self.add_operator(
                            &mut inner,
                            signature,
                            value,
                            &marks,
                            operators.len(),
                        );
                        operators.push(global);
                    }
                }
                (Item::Delta { suffix, value, .. }, _) => {
                    self.add_suffix(&mut inner, suffix, value);
                }
                (Item::Error { meta }, _) => {
                    self.note_unparsed(id, meta.span);
                    self.session.operators_missing = true;
                }
                (other, _) => self.scan_item(&mut inner, other),
            }
        }
        if let Some(before) = waiting.take() {
            self.report_operator_alone(&before);
        }
        self.scan_values(&mut inner);
        inner.module.carrier = head_name(&carrier);
        inner.module.instances.end = self.instances.len();
        if let Some(slot) = self.modules.get_mut(id.0) {
            slot.state = State::Ready(std::rc::Rc::new(inner.module));
        }
        self.domains.push(DomainSource {
            module: id,
            carrier: Some(carrier),
            operators,
        });
        scan.module.domains.push((
            name.name,
            Definition {
                entity: id,
                span: name.span,
                parent: None,
            },
        ));
    }

    /// Whether a member is named by an operator.
    fn operator_name(&self, name: Ident) -> Option<()> {
        let text = self.session.core.text(name.name);
        (!text.starts_with(|first: char| first.is_alphabetic() || first == '_')).then_some(())
    }

    /// Whether a domain may have such an operator.
    fn check_operator(&mut self, signature: &Waiting, carrier: &ast::Type, own: &[Symbol]) -> bool {
        let name = signature.name;
        let text = self.text(name.name);
        let operator = Operator::of(&text).filter(|operator| OPERATORS.contains(operator));
        if operator.is_none() {
            let mut diagnostic = Diagnostic::error(
                codes::DOMAIN_MEMBER,
                format!("a domain cannot define `{text}`"),
            )
            .at(name.span, "not an operator of domains")
            .note("a domain defines `+`, `-`, `*`, `×`, `/` and `%`");
            if let Some(class) = class_of(&text) {
                diagnostic =
                    diagnostic.help(format!("`{text}` comes with an instance of `{class}`"));
            }
            self.session.report(diagnostic);
            return false;
        }
        let operands: &[ast::Type] = match &signature.type_ {
            ast::Type::Fun { params, .. } => params.get(..2).unwrap_or(params),
            _ => &[],
        };
        let enough = operands.len() == 2 || operands.len() == 1 && operator == Some(Operator::Sub);
        if !enough {
            self.error(
                codes::DOMAIN_MEMBER,
                format!("`{text}` takes two operands"),
                signature.type_.meta().span,
                if operator == Some(Operator::Sub) {
                    "a function of two parameters is expected, or of one for `-e`"
                } else {
                    "a function of two parameters is expected"
                },
            );
            return false;
        }
        let belongs = operands.iter().any(|operand| {
            same_head(operand, carrier)
                || head_name(operand).is_some_and(|name| own.contains(&name))
        });
        if !belongs {
            let diagnostic = Diagnostic::error(
                codes::DOMAIN_MEMBER,
                format!("no operand of this `{text}` is of the domain's carrier"),
            )
            .at(
                signature.type_.meta().span,
                "neither the carrier nor a type of the domain",
            )
            .label(carrier.meta().span, "the carrier");
            self.session.report(diagnostic);
        }
        belongs
    }

    fn report_operator_alone(&mut self, signature: &Waiting) {
        let text = self.text(signature.name.name);
        self.session.report(
            Diagnostic::error(
                codes::SIGNATURE_ALONE,
                format!("`({text})` has a signature and no definition"),
            )
            .at(signature.name.span, "nothing defines it")
            .help(format!("add `({text}) = …` on the next line")),
        );
    }

    fn report_no_signature(&mut self, name: Ident) {
        let text = self.text(name.name);
        self.session.report(
            Diagnostic::error(
                codes::DOMAIN_MEMBER,
                format!("this `({text})` has no signature"),
            )
            .at(name.span, "for which operands is it?")
            .help(format!(
                "write its signature in front, as in `({text}) : A -> A -> A`"
            )),
        );
    }

    fn add_operator(
        &mut self,
        scan: &mut Scan,
        signature: Waiting,
        value: ast::Expr,
        marks: &Marks,
        count: usize,
    ) -> GlobalId {
        let text = self.text(signature.name.name);
        let unique = format!("{}.{text}", scan.path);
        let earlier = scan
            .module
            .globals
            .iter()
            .filter(|&&(name, _)| name == signature.name.name)
            .count();
        let unique = match (count, earlier) {
            (0, _) | (_, 0) => unique,
            (_, earlier) => format!("{unique}.{}", earlier + 1),
        };
        let global = self.session.global(&unique);
        self.define_global(global, signature.name.span, scan, GlobalKind::Value, marks);
        scan.module.globals.push((signature.name.name, global));
        self.values.insert(
            global,
            ValueSource {
                module: scan.id,
                span: signature.name.span,
                signature: Some((signature.type_, signature.constraints)),
                value: Some(ValueBody::Expr(value)),
            },
        );
        global
    }

    /// `1px = e`
    fn add_suffix(&mut self, scan: &mut Scan, suffix: Ident, value: ast::Expr) {
        if let Some(first) = scan.module.suffixes.get(&suffix.name) {
            let text = self.session.core.text(suffix.name);
            let diagnostic = Diagnostic::error(
                codes::DUPLICATE_DEFINITION,
                format!("a second definition of the suffix `{text}`"),
            )
            .at(suffix.span, "again here")
            .label(first.span, "first here");
            self.session.report(diagnostic);
            return;
        }
        let unique = format!("{}.1{}", scan.path, self.session.core.text(suffix.name));
        let global = self.session.global(&unique);
        self.define_global(
            global,
            suffix.span,
            scan,
            GlobalKind::Value,
            &Marks::default(),
        );
        scan.module.globals.push((suffix.name, global));
        let homes = self.suffix_homes.entry(suffix.name).or_default();
        homes.push(scan.id);
        scan.module.suffixes.insert(
            suffix.name,
            Definition {
                entity: global,
                span: suffix.span,
                parent: None,
            },
        );
        self.values.insert(
            global,
            ValueSource {
                module: scan.id,
                span: suffix.span,
                signature: None,
                value: Some(ValueBody::Delta(value)),
            },
        );
    }

    /// The function that a suffix is: its one literal `1` is the parameter.
    pub(super) fn delta_body(&mut self, span: Span, mut value: ast::Expr) -> hir::Expr {
        let mut ones = Ones {
            name: self.session.core.intern("1"),
            places: Vec::new(),
        };
        ast::VisitMut::expr(&mut ones, &mut value);
        let meta = Meta::at(value.meta().span);
        let &[place] = ones.places.as_slice() else {
            self.report_ones(span, value.meta().span, &ones.places);
            return hir::Expr::Error { meta };
        };
        let var = self.session.core.fresh_named("number", place);
        let mark = self.enter();
        self.bring(
            Ident {
                name: ones.name,
                span: place,
            },
            var,
        );
        let body = self.boxed(value);
        self.leave(mark);
        let binder = ir_defs::terminals::Binder::untyped(var);
        let params = vec![hir::Pattern::Bind {
            meta: Meta::at(place),
            binder,
        }];
        hir::Expr::Lambda { meta, params, body }
    }

    fn report_ones(&mut self, suffix: Span, value: Span, places: &[Span]) {
        let text = self.session.core.sources.text(suffix).to_owned();
        let mut diagnostic = match places.split_last() {
            None => Diagnostic::error(
                codes::DELTA_LITERAL,
                format!("the definition of `1{text}` holds no literal `1`"),
            )
            .at(value, "nothing here stands for the number"),
            Some((last, others)) => {
                let mut diagnostic = Diagnostic::error(
                    codes::DELTA_LITERAL,
                    format!(
                        "the definition of `1{text}` holds {} literals `1`",
                        places.len()
                    ),
                )
                .at(*last, "which one stands for the number?");
                for &other in others {
                    diagnostic = diagnostic.label(other, "another one");
                }
                diagnostic
            }
        };
        diagnostic = diagnostic
            .help("exactly one literal `1` stands for the number, as in `1px = Pixels 1`");
        self.session.report(diagnostic);
    }

    /// The carrier of a domain, and its operators, which every use of the carrier may mean.
    pub(super) fn work_domain(&mut self, index: usize) {
        let Some(source) = self.domains.get_mut(index) else {
            return;
        };
        let Some(carrier) = source.carrier.take() else {
            return;
        };
        let (module, operators) = (source.module, std::mem::take(&mut source.operators));
        self.begin(module);
        self.type_(carrier, Vars::Any);
        self.end(None);
        for operator in operators {
            self.reached.mentioned.insert(operator);
            self.reach_global(operator);
        }
    }

    /// Whether what a library's domain is of is in the program.
    pub(super) fn is_domain_reached(&mut self, index: usize) -> bool {
        let Some(source) = self.domains.get(index) else {
            return false;
        };
        let (Some(carrier), module) = (&source.carrier, source.module) else {
            return false;
        };
        let head = head_name(carrier);
        let Some(table) = self.module(module) else {
            return false;
        };
        let own = table
            .types
            .values()
            .any(|definition| match definition.entity {
                TypeName::Con(con) => self.reached.types.contains(&con),
                TypeName::Class(_) => false,
            });
        own || match head.map(|head| self.find_type(module, head)) {
            Some(super::Found::One(TypeName::Con(con))) => {
                self.reached.types.contains(&con) || !self.types.contains_key(&con)
            }
            _ => true,
        }
    }

    /// The type that a domain is over.
    pub(super) fn domain_carrier(&mut self, domain: ModuleId) -> Option<TypeName> {
        let carrier = self.module(domain)?.carrier?;
        match self.find_type(domain, carrier) {
            super::Found::One(entity) => Some(entity),
            _ => None,
        }
    }
}

/// Finds the literals `1` of an expression, and gives them a name that no program can write.
struct Ones {
    name: Symbol,
    places: Vec<Span>,
}

impl ast::VisitMut for Ones {
    fn expr(&mut self, node: &mut ast::Expr) {
        let one = match node {
            ast::Expr::Lit { lit, .. } => match lit {
                Lit::Int(number) => *number == 1,
                Lit::Float(number) => *number == 1.0,
                Lit::Char(_) | Lit::Text(_) => false,
            },
            _ => false,
        };
        if !one {
            return ast::walk_mut_expr(self, node);
        }
        let meta = node.meta();
        self.places.push(meta.span);
        let name = Ident {
            name: self.name,
            span: meta.span,
        };
        *node = ast::Expr::Name { meta, name };
    }
}
