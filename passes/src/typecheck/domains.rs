//! Operators of domains: which signatures there are, and which of them fits two operands.
//!
//! A domain's operator is a global with a signature, and a use that fits it is a call of it. One whose operands and
//! result have one type is an instance of the operator's class, too, so that a definition over any `A` with `(A: +)`
//! works at the domain's carrier.

use std::rc::Rc;

use ir_defs::kernel;
use ir_defs::tables::{ClassDef, ClassId, ClassInfo, GlobalId, GlobalKind, MemberInfo};
use ir_defs::terminals::Operator;
use ir_defs::typed::{self, Evidence, Expr};
use ir_defs::types::{Kind, TyVarId, Type};
use nanopass::{Span, Symbol, TyId};
use rustc_hash::FxHashMap;

use super::classes::InstanceHead;
use super::errors::{self, *};
use super::overload_heads::Side;
use super::overloads::Fit;
use super::{Binding, Checker, Scheme};

/// One signature of a domain's operator.
#[derive(Clone, Debug)]
pub(super) struct Overload {
    pub(super) op: Operator,
    pub(super) global: GlobalId,
    /// The path of its domain.
    pub(super) domain: Symbol,
    pub(super) span: Span,
    pub(super) scheme: Scheme,
    pub(super) left: TyId,
    /// Absent for `-e`.
    pub(super) right: Option<TyId>,
    /// The instance that it is of the operator's class, where all its types are one.
    pub(super) instance: Option<Rc<InstanceHead>>,
}

/// The operator that a global is named by: `main.Color.+`, `main.Color.+.2`.
fn operator_of(name: &str) -> Option<Operator> {
    let mut segments = name.rsplit('.');
    let last = segments.next()?;
    let operator = match last.bytes().all(|byte| byte.is_ascii_digit()) {
        true => segments.next()?,
        false => last,
    };
    Operator::of(operator).filter(|operator| {
        matches!(
            operator,
            Operator::Add
                | Operator::Sub
                | Operator::Mul
                | Operator::Times
                | Operator::Div
                | Operator::Rem
        )
    })
}

/// Whether a global is an operator of a domain.
pub(super) fn is_operator(name: &str) -> bool {
    operator_of(name).is_some()
}

impl Checker<'_> {
    /// Reads the signatures of all operators of domains.
    pub(super) fn declare_domains(&mut self, program: &kernel::Program) {
        for define in program.groups.iter().flat_map(|group| &group.binds) {
            let name = self.session.globals.name(define.global);
            let (Some(op), Some(signature)) = (operator_of(name), &define.signature) else {
                continue;
            };
            let unary =
                matches!(&signature.type_, kernel::Type::Fun { params, .. } if params.len() == 1);
            if let Some(Binding::Poly { scheme, .. }) = self.globals.get(&define.global).cloned() {
                self.declare_operator(define.global, define.meta.span, op, scheme, unary);
            }
        }
    }

    fn declare_operator(
        &mut self,
        global: GlobalId,
        span: Span,
        op: Operator,
        scheme: Scheme,
        unary: bool,
    ) {
        let Type::Fun(left, rest) = *self.get(scheme.ty) else {
            return;
        };
        let (op, right, result) = match *self.get(rest) {
            _ if unary => (Operator::Negate, None, rest),
            Type::Fun(right, result) => (op, Some(right), result),
            _ => return,
        };
        if unary && left != result && result != self.known.error {
            let (found, wanted) = (self.show(result), self.show(left));
            let diagnostic =
                errors::error(DOMAIN_MEMBER, "`-e` gives the type that it takes", span, "")
                    .note(format!("this one takes `{wanted}` and gives `{found}`"));
            self.session.report(diagnostic);
            return;
        }
        let numbers = [self.known.int, self.known.float];
        let built_in = op != Operator::Times
            && numbers.contains(&left)
            && right.is_none_or(|right| right == left);
        let domain = self.domain_of(global, op);
        let overlapping = self.overlapping(op, domain, left, right);
        if built_in || overlapping.is_some() {
            self.report_overlap(op, span, left, right, overlapping);
            return;
        }
        let same = left == result && right.is_none_or(|right| right == left);
        let instance = same.then(|| self.declare_operator_instance(global, span, op, &scheme));
        let place = self.overloads.len();
        let head = self.head_con(left);
        self.overload_heads.add(op, place);
        self.overload_heads.add_head(op, Side::Left, head, place);
        if let Some(right) = right {
            let head = self.head_con(right);
            self.overload_heads.add_head(op, Side::Right, head, place);
        }
        Rc::make_mut(&mut self.overloads).push(Overload {
            op,
            global,
            domain,
            span,
            scheme,
            left,
            right,
            instance,
        });
    }

    /// The path of the domain that an operator is of: `main.Color` of `main.Color.+.2`.
    fn domain_of(&mut self, global: GlobalId, op: Operator) -> Symbol {
        let name = self.session.globals.name(global);
        let written = if op == Operator::Negate {
            "-"
        } else {
            op.text()
        };
        let name = name.trim_end_matches(|last: char| last.is_ascii_digit() || last == '.');
        let path = name.strip_suffix(written).unwrap_or(name);
        let path = path.trim_end_matches('.').to_string();
        self.session.core.intern(&path)
    }

    /// Whether the file of a place sees the operators of a domain.
    pub(super) fn sees(&self, place: Span, domain: Symbol) -> bool {
        let file = self.session.core.sources.file_of(place);
        let scope = file.and_then(|(file, _)| self.session.operator_scopes.get(&file));
        scope.is_none_or(|scope| scope.contains(&domain))
    }

    /// Where a domain has an operator at operands that may be these.
    fn overlapping(
        &mut self,
        op: Operator,
        domain: Symbol,
        left: TyId,
        right: Option<TyId>,
    ) -> Option<Span> {
        let overloads = self.overloads.clone();
        let others = self.fitting_heads(op, Side::Left, left).into_iter();
        let others = others.filter_map(|place| overloads.get(place));
        let mut others = others.filter(|other| other.domain == domain);
        let found = others.find(|other| {
            self.meets(other.left, left, true) != Fit::No
                && match (other.right, right) {
                    (Some(other), Some(right)) => self.meets(other, right, true) != Fit::No,
                    _ => true,
                }
        });
        found.map(|other| other.span)
    }

    /// The signatures of an operator that an operand of a type may fit, as far as its constructor says.
    pub(super) fn fitting_heads(&mut self, op: Operator, side: Side, ty: TyId) -> Vec<usize> {
        let head = self.head_con(ty);
        self.overload_heads.candidates(op, side, head)
    }

    /// The evidence that a type has an operator.
    fn declare_operator_instance(
        &mut self,
        global: GlobalId,
        span: Span,
        op: Operator,
        scheme: &Scheme,
    ) -> Rc<InstanceHead> {
        let class = self.operator_class(op);
        self.define_operator_class(class, op);
        let name = format!("{}.instance", self.session.globals.name(global));
        let instance = self.session.fresh_global(&name);
        if let Some(info) = self.session.globals.get_mut(instance) {
            info.kind = GlobalKind::Instance;
            info.span = span;
        }
        let mut replace = FxHashMap::default();
        let types: Vec<TyVarId> = scheme
            .types
            .iter()
            .map(|&var| {
                let (fresh, ty) = self.copy_var(var);
                replace.insert(var, ty);
                fresh
            })
            .collect();
        let ty = self.session.types.substitute(scheme.ty, &replace);
        let head = match *self.get(ty) {
            Type::Fun(left, _) => left,
            _ => self.known.error,
        };
        let constraints = scheme
            .constraints
            .iter()
            .map(|constraint| self.substitute_constraint(constraint, &replace))
            .collect();
        Rc::new(InstanceHead {
            instance,
            span,
            types,
            head,
            constraints,
        })
    }

    /// The class of an operator has one member, the operator.
    fn define_operator_class(&mut self, class: ClassId, op: Operator) {
        let defined = (self.session.classes.get(class)).is_some_and(|info| !info.params.is_empty());
        if defined {
            return;
        }
        let name = self.session.core.intern("A");
        let (param, ty) = self.quantify(name, Kind::Star);
        let member = self.session.global(op.text());
        if let Some(info) = self.session.globals.get_mut(member) {
            info.kind = GlobalKind::Member(class);
        }
        let params: &[TyId] = if op == Operator::Negate {
            &[ty]
        } else {
            &[ty, ty]
        };
        let ty = self.session.fun(params, ty);
        if let Some(info) = self.session.classes.get_mut(class) {
            *info = ClassInfo {
                params: vec![param],
                members: vec![MemberInfo {
                    global: member,
                    types: Vec::new(),
                    constraints: Vec::new(),
                    ty,
                    default: None,
                }],
                ..ClassInfo::default()
            };
        }
    }

    /// The classes and the instances that the operators of domains are.
    pub(super) fn operator_instances(&mut self) -> (Vec<ClassDef>, Vec<typed::Instance>) {
        let mut classes = Vec::new();
        let mut instances = Vec::new();
        for overload in self.overloads.clone().iter() {
            let Some(head) = overload.instance.clone() else {
                continue;
            };
            let class = self.operator_class(overload.op);
            if !classes.contains(&ClassDef(class)) {
                classes.push(ClassDef(class));
            }
            let meta = nanopass::Meta::at(overload.span);
            let evidence = self.evidence_params(&head.constraints);
            let params = vec![head.head; if overload.right.is_some() { 2 } else { 1 }];
            let ty = self.session.fun(&params, head.head);
            let types = head
                .types
                .iter()
                .map(|&var| self.session.types.intern(Type::Var(var)))
                .collect();
            let value = Expr::Global {
                meta: meta.with_ty(ty),
                global: overload.global,
                types,
                evidence: evidence
                    .iter()
                    .map(|param| Evidence::Given { var: param.var })
                    .collect(),
            };
            instances.push(typed::Instance {
                meta,
                instance: head.instance,
                class,
                types: head.types.clone(),
                evidence,
                heads: vec![head.head],
                supers: Vec::new(),
                methods: vec![typed::Method {
                    meta: meta.with_ty(ty),
                    member: self.session.global(overload.op.text()),
                    types: Vec::new(),
                    evidence: Vec::new(),
                    value,
                }],
            });
        }
        (classes, instances)
    }

    /// The instances of an operator's class that a type may have, as far as it is known. Not looked for by its constructor
    /// alone: a carrier may be a record, or one type among several of a constructor.
    ///
    /// An operator is of a domain that its file sees. A constraint is met by what its file sees, else by any domain.
    pub(super) fn carriers(
        &mut self,
        class: ClassId,
        ty: TyId,
        place: Span,
        written: bool,
    ) -> Vec<Rc<InstanceHead>> {
        let Some(op) = self.arithmetic(class) else {
            return Vec::new();
        };
        let overloads = self.overloads.clone();
        let fitting: Vec<_> = self
            .fitting_heads(op, Side::Left, ty)
            .into_iter()
            .filter_map(|place| overloads.get(place))
            .filter_map(|overload| Some((overload.domain, overload.instance.clone()?)))
            .filter(|(_, head)| self.meets(head.head, ty, false) != Fit::No)
            .collect();
        let (seen, others): (Vec<_>, Vec<_>) = fitting
            .into_iter()
            .partition(|&(domain, _)| self.sees(place, domain));
        let found = if seen.is_empty() && !written {
            others
        } else {
            seen
        };
        found.into_iter().map(|(_, head)| head).collect()
    }

    /// Whether a domain that the file of a place sees has an operator.
    pub(super) fn has_overloads(&self, op: Operator, place: Span) -> bool {
        let mut overloads = self.overloads.iter();
        self.overload_heads.has(op)
            && overloads.any(|overload| overload.op == op && self.sees(place, overload.domain))
    }
}

/// How a program writes an operator.
pub(super) fn spelling(op: Operator) -> &'static str {
    if op == Operator::Negate {
        "-"
    } else {
        op.text()
    }
}
