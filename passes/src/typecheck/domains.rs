//! Operators of domains: which signatures there are, and which of them fits two operands.
//!
//! A domain's operator is a global with a signature, and a use that fits it is a call of it. One whose operands and
//! result have one type is an instance of the operator's class, too, so that a definition over any `A` with `(A: +)`
//! works at the domain's carrier.

use std::rc::Rc;

use ir_defs::kernel;
use ir_defs::tables::{ClassDef, ClassId, ClassInfo, GlobalId, GlobalKind, MemberInfo};
use ir_defs::terminals::{EvVar, Operator};
use ir_defs::typed::{self, Evidence, Expr};
use ir_defs::types::{Kind, TyVarId, Type};
use nanopass::{Span, TyId};
use rustc_hash::FxHashMap;

use super::classes::{InstanceHead, Origin};
use super::errors::{self, *};
use super::operators::Pending;
use super::rows::Tail;
use super::{Binding, Checker, Scheme};

/// One signature of a domain's operator.
#[derive(Clone, Debug)]
pub(super) struct Overload {
    op: Operator,
    global: GlobalId,
    span: Span,
    scheme: Scheme,
    left: TyId,
    /// Absent for `-e`.
    right: Option<TyId>,
    /// The instance that it is of the operator's class, where all its types are one.
    instance: Option<Rc<InstanceHead>>,
}

/// The call that an operator has become.
#[derive(Clone, Debug)]
pub(super) struct DomainCall {
    global: GlobalId,
    types: Vec<TyId>,
    evidence: Vec<Evidence>,
    ty: TyId,
}

/// What two operands may mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Choice {
    /// Operands and result of one type, which has the operator by itself.
    Same,
    /// A signature of a domain.
    Overload(usize),
}

/// What is known of an operator at its operands.
enum Decision {
    One(Choice),
    /// Nothing fits.
    Nothing,
    /// Several may fit.
    Several(Vec<Choice>),
}

/// Whether a type may be what a signature says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Fit {
    No,
    /// As far as it is known.
    Maybe,
    Yes,
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
        let overlapping = (self.overloads.clone().into_iter()).find(|other| {
            other.op == op
                && self.meets(other.left, left, true) != Fit::No
                && match (other.right, right) {
                    (Some(other), Some(right)) => self.meets(other, right, true) != Fit::No,
                    _ => true,
                }
        });
        if built_in || overlapping.is_some() {
            self.report_overlap(op, span, left, right, overlapping.map(|other| other.span));
            return;
        }
        let same = left == result && right.is_none_or(|right| right == left);
        let instance = same.then(|| self.declare_operator_instance(global, span, op, &scheme));
        self.overloads.push(Overload {
            op,
            global,
            span,
            scheme,
            left,
            right,
            instance,
        });
    }

    fn report_overlap(
        &mut self,
        op: Operator,
        span: Span,
        left: TyId,
        right: Option<TyId>,
        first: Option<Span>,
    ) {
        let text = spelling(op);
        let left = self.show(left);
        let operands = match right {
            Some(right) => format!("`{left}` and `{}`", self.show(right)),
            None => format!("`{left}`"),
        };
        let mut diagnostic = errors::error(
            OPERATOR_OVERLAP,
            format!("a second `{text}` for {operands}"),
            span,
            "",
        );
        diagnostic = match first {
            Some(first) => diagnostic.label(first, "the first one is here"),
            None => diagnostic.note(format!("numbers have `{text}` by themselves")),
        };
        self.session.report(diagnostic);
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
        let head = Rc::new(InstanceHead {
            instance,
            span,
            types,
            head,
            constraints,
        });
        if let Some(con) = self.head_con(head.head) {
            self.instances.insert((class, con), head.clone());
        }
        head
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
        for overload in self.overloads.clone() {
            let Some(head) = overload.instance else {
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

    /// The instance of an operator's class at a type that is made with no constructor.
    pub(super) fn structural_carrier(
        &mut self,
        class: ClassId,
        ty: TyId,
    ) -> Option<Rc<InstanceHead>> {
        let op = self.arithmetic(class)?;
        let heads: Vec<Rc<InstanceHead>> = self
            .overloads
            .iter()
            .filter(|overload| overload.op == op)
            .filter_map(|overload| overload.instance.clone())
            .collect();
        heads.into_iter().find(|head| {
            self.head_con(head.head).is_none() && self.meets(head.head, ty, false) != Fit::No
        })
    }

    /// Whether a domain has an operator.
    pub(super) fn has_overloads(&self, op: Operator) -> bool {
        self.overloads.iter().any(|overload| overload.op == op)
    }

    /// Whether a type may be what a signature says. The variables of the signature stand for any type, and in the other
    /// one only if that is a signature's, too.
    fn meets(&mut self, param: TyId, found: TyId, of_signature: bool) -> Fit {
        let (param, found) = (self.shallow(param), self.shallow(found));
        if param == found {
            return Fit::Yes;
        }
        let all = |this: &mut Self, left: &[TyId], right: &[TyId]| {
            if left.len() != right.len() {
                return Fit::No;
            }
            left.iter()
                .zip(right)
                .map(|(&left, &right)| this.meets(left, right, of_signature))
                .min()
                .unwrap_or(Fit::Yes)
        };
        match (self.get(param).clone(), self.get(found).clone()) {
            (Type::Var(_), _) => Fit::Yes,
            (_, Type::Var(_)) if of_signature => Fit::Yes,
            (Type::Hole(_) | Type::Error, _) | (_, Type::Hole(_) | Type::Error) => Fit::Maybe,
            (Type::Apply(head, args), Type::Apply(other, others)) => self
                .meets(head, other, of_signature)
                .min(all(self, &args, &others)),
            (Type::Fun(left, right), Type::Fun(other, rest)) => {
                all(self, &[left, right], &[other, rest])
            }
            (Type::Tuple(items), Type::Tuple(others)) => all(self, &items, &others),
            (Type::Record { .. }, Type::Record { .. }) => {
                self.record_meets(param, found, of_signature)
            }
            (Type::Row { .. }, Type::Row { .. }) => Fit::Maybe,
            _ => Fit::No,
        }
    }

    fn record_meets(&mut self, param: TyId, found: TyId, of_signature: bool) -> Fit {
        let (param, found) = (self.record_view(param), self.record_view(found));
        let open = matches!(found.tail, Tail::Hole(..));
        let mut worst = if open { Fit::Maybe } else { Fit::Yes };
        for &(label, ty) in &found.fields {
            match param.fields.iter().find(|(other, _)| *other == label) {
                Some(&(_, wanted)) => worst = worst.min(self.meets(wanted, ty, of_signature)),
                None => return Fit::No,
            }
        }
        if !open && found.fields.len() != param.fields.len() {
            return Fit::No;
        }
        worst
    }

    /// What an operator may mean at a left operand that is known.
    fn decide(&mut self, op: Operator, left: TyId, right: TyId) -> Decision {
        let by_left = self.choices(op, |this, overload| this.meets(overload.left, left, false));
        let mut choices: Vec<Choice> = by_left.into_iter().map(Choice::Overload).collect();
        if self.has_by_itself(op, left) {
            choices.push(Choice::Same);
        }
        if let &[one] = choices.as_slice() {
            return Decision::One(one);
        }
        let fitting: Vec<Choice> = choices
            .into_iter()
            .filter(|&choice| {
                let wanted = match choice {
                    Choice::Same => Some(left),
                    Choice::Overload(index) => self
                        .overloads
                        .get(index)
                        .and_then(|overload| overload.right),
                };
                wanted.is_some_and(|wanted| self.meets(wanted, right, false) != Fit::No)
            })
            .collect();
        match fitting.as_slice() {
            [] => Decision::Nothing,
            &[one] => Decision::One(one),
            _ => Decision::Several(fitting),
        }
    }

    fn choices(
        &mut self,
        op: Operator,
        mut meets: impl FnMut(&mut Self, &Overload) -> Fit,
    ) -> Vec<usize> {
        let overloads = self.overloads.clone();
        overloads
            .iter()
            .enumerate()
            .filter(|(_, overload)| overload.op == op && meets(self, overload) != Fit::No)
            .map(|(index, _)| index)
            .collect()
    }

    /// Whether a type has an operator without a domain: a number, or a variable with the constraint.
    fn has_by_itself(&mut self, op: Operator, ty: TyId) -> bool {
        let ty = self.shallow(ty);
        let number = ty == self.known.int || ty == self.known.float;
        match self.get(ty) {
            Type::Var(_) => self.carries(op, ty),
            _ => number && op != Operator::Times,
        }
    }

    /// Resolves an operator whose left operand is known; `false` where its meaning is still open.
    pub(super) fn domain_by_left(&mut self, operator: &Pending, left: TyId, last: bool) -> bool {
        if self.is_failed(operator) {
            return true;
        }
        match self.decide(operator.op, left, operator.right) {
            Decision::One(choice) => self.take_choice(operator, left, choice),
            Decision::Several(choices) if last => match choices.contains(&Choice::Same) {
                true => self.take_choice(operator, left, Choice::Same),
                false => self.report_ambiguous_operator(operator, &choices),
            },
            Decision::Several(_) => return false,
            Decision::Nothing => {
                let any = self.choices(operator.op, |this, overload| {
                    this.meets(overload.left, left, false)
                });
                match any.is_empty() {
                    true => self.same_type(operator, left),
                    false => self.report_no_overload(operator, &any),
                }
            }
        }
        true
    }

    /// Resolves an operator of which only the right operand is known, if its type does not have the operator by itself.
    pub(super) fn domain_by_right(&mut self, operator: &Pending, right: TyId, last: bool) -> bool {
        if self.is_failed(operator) {
            return true;
        }
        let any = self.choices(operator.op, |this, overload| {
            overload
                .right
                .map_or(Fit::No, |wanted| this.meets(wanted, right, false))
        });
        match any.as_slice() {
            &[one] => self.take_choice(operator, operator.left, Choice::Overload(one)),
            [_, _, ..] if last => {
                let choices: Vec<Choice> = any.into_iter().map(Choice::Overload).collect();
                self.report_ambiguous_operator(operator, &choices);
            }
            _ => return false,
        }
        true
    }

    /// Whether an operand has an error, which has been reported.
    fn is_failed(&mut self, operator: &Pending) -> bool {
        let operands = [operator.left, operator.right].map(|ty| self.shallow(ty));
        let failed = operands.contains(&self.known.error);
        if failed {
            self.domain_failed(operator);
        }
        failed
    }

    fn take_choice(&mut self, operator: &Pending, left: TyId, choice: Choice) {
        let index = match choice {
            Choice::Same => return self.same_type(operator, left),
            Choice::Overload(index) => index,
        };
        let Some(overload) = self.overloads.get(index).cloned() else {
            return;
        };
        let origin = Origin::Use(overload.global);
        let (types, evidence, ty) = self.instance_of(&overload.scheme, operator.span, origin);
        if let Type::Fun(left, rest) = *self.get(ty)
            && let Type::Fun(right, result) = *self.get(rest)
        {
            let op = operator.op;
            let (left_span, right_span) = (operator.left_span, operator.right_span);
            let global = overload.global;
            let cause = Cause::Overload {
                op,
                other: right_span,
                global,
            };
            self.expect(left_span, operator.left, left, &cause);
            let cause = Cause::Overload {
                op,
                other: left_span,
                global,
            };
            self.expect(right_span, operator.right, right, &cause);
            let whole = left_span.to(right_span);
            let cause = Cause::Result {
                op,
                global: Some(global),
            };
            self.expect(whole, result, operator.result, &cause);
        }
        let call = DomainCall {
            global: overload.global,
            types,
            evidence,
            ty,
        };
        self.domain_calls.insert(operator.evidence, call);
    }

    /// An operator that is a call, as such.
    pub(super) fn call_of_domain(&mut self, node: &mut Expr) {
        let Expr::Operate {
            meta,
            evidence: Evidence::Given { var },
            args,
            ..
        } = node
        else {
            return;
        };
        let Some(call) = self.domain_calls.get(var).cloned() else {
            return;
        };
        let fun = Expr::Global {
            meta: meta.with_ty(call.ty),
            global: call.global,
            types: call.types,
            evidence: call.evidence,
        };
        *node = Expr::Apply {
            meta: *meta,
            fun: Box::new(fun),
            args: std::mem::take(args),
        };
    }

    fn candidates(
        &mut self,
        mut diagnostic: nanopass::Diagnostic,
        overloads: &[usize],
    ) -> nanopass::Diagnostic {
        for &index in overloads {
            let Some(overload) = self.overloads.get(index).cloned() else {
                continue;
            };
            let shown = self.show(overload.scheme.ty);
            let text = spelling(overload.op);
            diagnostic = diagnostic.note(format!("`({text}) : {shown}`"));
        }
        diagnostic
    }

    /// Says what an operator of a domain takes and gives.
    pub(super) fn note_overload(
        &mut self,
        diagnostic: nanopass::Diagnostic,
        op: Operator,
        global: GlobalId,
    ) -> nanopass::Diagnostic {
        match self.globals.get(&global).cloned() {
            Some(Binding::Poly { scheme, .. }) => {
                let shown = self.show(scheme.ty);
                diagnostic.note(format!("`({}) : {shown}`", spelling(op)))
            }
            _ => diagnostic,
        }
    }

    /// The operators that domains give a type.
    pub(super) fn operators_of(&mut self, ty: TyId) -> Vec<&'static str> {
        let mut found = Vec::new();
        for overload in self.overloads.clone() {
            let text = spelling(overload.op);
            if !found.contains(&text) && self.meets(overload.left, ty, false) == Fit::Yes {
                found.push(text);
            }
        }
        found
    }

    fn report_ambiguous_operator(&mut self, operator: &Pending, choices: &[Choice]) {
        let text = spelling(operator.op);
        let overloads: Vec<usize> = choices
            .iter()
            .filter_map(|choice| match choice {
                Choice::Overload(index) => Some(*index),
                Choice::Same => None,
            })
            .collect();
        let unknown = match self.unknown_head(operator.left) {
            Some(_) => operator.left_span,
            None => operator.right_span,
        };
        let diagnostic = errors::error(
            AMBIGUOUS_OPERATOR,
            format!("`{text}` may mean {} operators here", overloads.len()),
            operator.span,
            "",
        )
        .label(unknown, "the type of this operand is not known");
        let diagnostic = self
            .candidates(diagnostic, &overloads)
            .help("give the operand a type by a signature");
        self.session.report(diagnostic);
        self.domain_failed(operator);
    }

    fn report_no_overload(&mut self, operator: &Pending, overloads: &[usize]) {
        let text = spelling(operator.op);
        let (left, right) = (self.show(operator.left), self.show(operator.right));
        let diagnostic = errors::error(
            OPERATOR,
            format!("`{text}` is not defined for `{left}` and `{right}`"),
            operator.span,
            "",
        )
        .label(operator.left_span, format!("this is `{left}`"))
        .label(operator.right_span, format!("this is `{right}`"));
        let diagnostic = self.candidates(diagnostic, overloads);
        self.session.report(diagnostic);
        self.domain_failed(operator);
    }

    /// What an operator with an error gives has every type.
    fn domain_failed(&mut self, operator: &Pending) {
        let error = self.known.error;
        let class = self.operator_class(operator.op);
        let _ = self.unify(operator.result, error);
        let evidence = Evidence::Structural {
            class,
            type_: error,
        };
        self.solutions.insert(operator.evidence, evidence);
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

/// The calls that operators have become, by the placeholder of their evidence.
pub(super) type DomainCalls = FxHashMap<EvVar, DomainCall>;
