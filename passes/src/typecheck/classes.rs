//! Class constraints: what is wanted, what is given, and the evidence that connects them.

use std::cell::Cell;
use std::rc::Rc;

use ir_defs::known;
use ir_defs::tables::{ClassConstraint, ClassId, GlobalId, TyConId};
use ir_defs::terminals::{EvVar, Operator};
use ir_defs::typed::Evidence;
use ir_defs::types::{TyVarId, Type};
use nanopass::{Span, TyId, VarId};
use rustc_hash::FxHashMap;

use super::Checker;
use super::rows::Tail;

/// Nested instances that one constraint may need, but for those of smaller and smaller types, which come to an end.
const DEPTH: u32 = 200;
/// Constraints that one constraint may lead to.
const STEPS: u32 = 100_000;

/// A constraint that must be met, and the placeholder for its evidence.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) placeholder: EvVar,
    pub(super) class: ClassId,
    pub(super) ty: TyId,
    pub(super) span: Span,
    pub(super) origin: Origin,
    /// The constraint that it is a part of; `None` for one that the program asks for.
    pub(super) part_of: Option<Rc<Need>>,
}

/// A constraint that has been taken apart.
#[derive(Debug)]
pub(super) struct Need {
    pub(super) class: ClassId,
    pub(super) ty: TyId,
    /// Whether it holds by structure: evidence of that kind names its type only, so it may lead back to itself.
    structural: bool,
    depth: u32,
    search: Rc<Search>,
    pub(super) part_of: Option<Rc<Need>>,
}

/// The search for what one constraint of the program needs.
#[derive(Default, Debug)]
struct Search {
    steps: Cell<u32>,
    /// It does not end, which has been reported.
    endless: Cell<bool>,
}

/// What wants it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Origin {
    Operator(Operator),
    Use(GlobalId),
    /// It is a superclass of this class.
    Superclass(ClassId),
    Local,
    /// `main` prints what it fails with.
    Main,
}

/// A constraint that holds in the body of a binding, and its evidence.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) class: ClassId,
    pub(super) ty: TyId,
    pub(super) evidence: Evidence,
}

/// What resolution needs of an instance.
#[derive(Clone, Debug)]
pub(super) struct InstanceHead {
    pub(super) instance: GlobalId,
    pub(super) span: Span,
    pub(super) types: Vec<TyVarId>,
    pub(super) head: TyId,
    pub(super) constraints: Vec<ClassConstraint>,
}

/// What came of a constraint.
enum Outcome {
    Solved(Evidence, Vec<Wanted>),
    /// Its type is not known far enough.
    Stuck,
    Failed,
}

/// The first index of placeholders among the variables for evidence; those of definitions come from the session.
const PLACEHOLDERS: u32 = 1 << 31;

impl Checker<'_> {
    pub(super) fn class_name(&self, class: ClassId) -> String {
        let name = self.session.classes.name(class);
        name.rsplit('.').next().unwrap_or(name).to_string()
    }

    /// The built-in class of an arithmetic operator.
    pub(super) fn operator_class(&mut self, op: Operator) -> ClassId {
        match op {
            Operator::Eq | Operator::Ne => self.known.eq,
            Operator::Lt | Operator::Le | Operator::Gt | Operator::Ge => self.known.ord,
            Operator::Append => self.known.semigroup,
            _ => self.session.classes.id(op.text()),
        }
    }

    /// Whether what has this class is a number, if nothing else is known of it.
    pub(super) fn is_numeric(&self, class: ClassId) -> bool {
        self.arithmetic(class).is_some()
            || known::NUMBER_CLASSES.contains(&self.session.classes.name(class))
    }

    /// The operator whose class this is, for the classes that numbers meet by themselves.
    pub(super) fn arithmetic(&self, class: ClassId) -> Option<Operator> {
        let op = Operator::of(self.session.classes.name(class))?;
        matches!(
            op,
            Operator::Add
                | Operator::Sub
                | Operator::Mul
                | Operator::Times
                | Operator::Div
                | Operator::Rem
                | Operator::Negate
        )
        .then_some(op)
    }

    /// Whether a class holds for every type without functions in it.
    pub(super) fn is_structural(&self, class: ClassId) -> bool {
        class == self.known.eq || class == self.known.ord || class == self.known.to_text
    }

    /// Demands a class at a type; the placeholder is replaced when the group ends.
    pub(super) fn want(
        &mut self,
        class: ClassId,
        ty: TyId,
        span: Span,
        origin: Origin,
    ) -> Evidence {
        let placeholder = self.placeholder();
        self.wanted.push(Wanted {
            placeholder,
            class,
            ty,
            span,
            origin,
            part_of: None,
        });
        Evidence::Given { var: placeholder }
    }

    /// A variable for evidence that is not found yet.
    pub(super) fn placeholder(&mut self) -> EvVar {
        self.placeholders += 1;
        EvVar(VarId(PLACEHOLDERS + self.placeholders))
    }

    /// The constructor that a type is made with, for the search of an instance.
    pub(super) fn head_con(&mut self, ty: TyId) -> Option<TyConId> {
        let ty = self.shallow(ty);
        match self.get(ty) {
            Type::Con(con) => Some(*con),
            Type::Fun(..) => self.session.types.arrow(),
            Type::Tuple(items) => self.session.types.tuple_con(items.len()),
            Type::Apply(head, _) => {
                let head = self.shallow(*head);
                match self.get(head) {
                    Type::Con(con) => Some(*con),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The hole that keeps a type from being known.
    pub(super) fn unknown_head(&mut self, ty: TyId) -> Option<u32> {
        let ty = self.shallow(ty);
        match self.get(ty) {
            Type::Hole(hole) => Some(*hole),
            Type::Apply(head, _) => self.unknown_head(*head),
            Type::Record { .. } => match self.record_view(ty).tail {
                Tail::Hole(hole, _) => Some(hole),
                _ => None,
            },
            _ => None,
        }
    }

    /// Adds a constraint of a signature, and all that its superclasses give.
    pub(super) fn give(&mut self, class: ClassId, ty: TyId, evidence: Evidence) {
        if self
            .givens
            .iter()
            .any(|given| given.class == class && given.ty == ty)
        {
            return;
        }
        self.givens.push(Given {
            class,
            ty,
            evidence: evidence.clone(),
        });
        for (superclass, super_ty) in self.superclasses(class, ty) {
            self.give(
                superclass,
                super_ty,
                Evidence::Super {
                    class: superclass,
                    of: Box::new(evidence.clone()),
                },
            );
        }
    }

    /// The direct superclasses at a type.
    pub(super) fn superclasses(&mut self, class: ClassId, ty: TyId) -> Vec<(ClassId, TyId)> {
        let Some(info) = self.session.classes.get(class) else {
            return Vec::new();
        };
        let (params, supers) = (info.params.clone(), info.supers.clone());
        let replace: FxHashMap<TyVarId, TyId> = params
            .into_iter()
            .take(1)
            .map(|param| (param, ty))
            .collect();
        supers
            .into_iter()
            .filter_map(|constraint| {
                let ty = self
                    .session
                    .types
                    .substitute(*constraint.types.first()?, &replace);
                Some((constraint.class, ty))
            })
            .collect()
    }

    /// Solves what was wanted since `from`; what is not known far enough stays.
    pub(super) fn solve_wanted(&mut self, from: usize) {
        let mut queue = self.wanted.split_off(from.min(self.wanted.len()));
        queue.reverse();
        let mut stuck = Vec::new();
        while let Some(wanted) = queue.pop() {
            match self.solve(&wanted) {
                Outcome::Solved(evidence, more) => {
                    self.solutions.insert(wanted.placeholder, evidence);
                    queue.extend(more.into_iter().rev());
                }
                Outcome::Stuck => stuck.push(wanted),
                Outcome::Failed => {
                    let evidence = Evidence::Structural {
                        class: wanted.class,
                        type_: self.known.error,
                    };
                    self.solutions.insert(wanted.placeholder, evidence);
                }
            }
        }
        self.wanted.append(&mut stuck);
    }

    fn solve(&mut self, wanted: &Wanted) -> Outcome {
        let ty = self.shallow(wanted.ty);
        let structural = |ty| Evidence::Structural {
            class: wanted.class,
            type_: ty,
        };
        if matches!(self.get(ty), Type::Error) {
            return Outcome::Solved(structural(ty), Vec::new());
        }
        if let Some(outcome) = self.within_limits(wanted, ty) {
            return outcome;
        }
        if !self.givens.is_empty() {
            let resolved = self.resolve(ty);
            if let Some(given) = self
                .givens
                .iter()
                .find(|given| given.class == wanted.class && given.ty == resolved)
            {
                return Outcome::Solved(given.evidence.clone(), Vec::new());
            }
        }
        if matches!(self.get(ty), Type::Hole(_)) {
            return Outcome::Stuck;
        }
        if let Some(con) = self.head_con(ty)
            && let Some(instance) = self.instances.get(&(wanted.class, con)).cloned()
        {
            let key = self.key_of_known(wanted, ty);
            if let Some(found) = key.and_then(|key| self.found_parts.get(&key)) {
                return Outcome::Solved(found.clone(), Vec::new());
            }
            let outcome = self.by_instance(wanted, ty, &instance);
            if let (Some(key), Outcome::Solved(evidence, _)) = (key, &outcome) {
                self.found_parts.insert(key, evidence.clone());
            }
            return outcome;
        }
        if self.unknown_head(ty).is_some() {
            return Outcome::Stuck;
        }
        let written = matches!(wanted.origin, Origin::Operator(_));
        match self
            .carriers(wanted.class, ty, wanted.span, written)
            .as_slice()
        {
            [] => {}
            [instance] => return self.by_instance(wanted, ty, instance),
            _ => {
                let resolved = self.resolve(ty);
                if let Some(op) = self.arithmetic(wanted.class)
                    && !self.session.types.has_hole(resolved)
                {
                    self.ambiguous_carrier(op, wanted.span, ty);
                    return Outcome::Failed;
                }
                return Outcome::Stuck;
            }
        }
        if self.is_structural(wanted.class) {
            let Some(parts) = self.structure(wanted.class, ty) else {
                self.no_instance(wanted, ty);
                return Outcome::Failed;
            };
            let need = self.taken_apart(wanted, ty, true);
            let more = parts
                .into_iter()
                .map(|part| Wanted {
                    placeholder: self.placeholder(),
                    class: wanted.class,
                    ty: part,
                    part_of: Some(need.clone()),
                    ..wanted.clone()
                })
                .collect();
            return Outcome::Solved(structural(ty), more);
        }
        if self
            .arithmetic(wanted.class)
            .is_some_and(|op| op != Operator::Times)
            && (ty == self.known.int || ty == self.known.float)
        {
            return Outcome::Solved(structural(ty), Vec::new());
        }
        if wanted.class == self.known.semigroup
            && (ty == self.known.text
                || self
                    .head_con(ty)
                    .is_some_and(|con| self.session.tycons.name(con) == "List"))
        {
            return Outcome::Solved(structural(ty), Vec::new());
        }
        self.no_instance(wanted, ty);
        Outcome::Failed
    }

    /// The key of a part of a constraint whose evidence is the same everywhere.
    fn key_of_known(&mut self, wanted: &Wanted, ty: TyId) -> Option<(ClassId, TyId)> {
        if wanted.part_of.is_none() || !self.givens.is_empty() {
            return None;
        }
        let resolved = self.resolve(ty);
        (!self.session.types.has_hole(resolved)).then_some((wanted.class, resolved))
    }

    /// What is to be done about a part of a constraint that leads back to itself, or never to an end.
    fn within_limits(&mut self, wanted: &Wanted, ty: TyId) -> Option<Outcome> {
        let above = wanted.part_of.as_ref()?;
        if above.search.endless.get() {
            return Some(Outcome::Failed);
        }
        let steps = above.search.steps.get() + 1;
        above.search.steps.set(steps);
        let resolved = self.resolve(ty);
        let mut next = Some(above);
        while let Some(need) = next {
            if need.class == wanted.class && need.ty == resolved {
                if need.structural {
                    return Some(Outcome::Solved(
                        Evidence::Structural {
                            class: wanted.class,
                            type_: resolved,
                        },
                        Vec::new(),
                    ));
                }
                break;
            }
            next = need.part_of.as_ref();
        }
        if next.is_none() && above.depth <= DEPTH && steps <= STEPS {
            return None;
        }
        above.search.endless.set(true);
        self.endless_constraint(wanted, above);
        Some(Outcome::Failed)
    }

    fn taken_apart(&mut self, wanted: &Wanted, ty: TyId, structural: bool) -> Rc<Need> {
        let ty = self.resolve(ty);
        let (depth, search) = match &wanted.part_of {
            // The parts of a type are interned before it.
            Some(above) if ty < above.ty => (above.depth, above.search.clone()),
            Some(above) => (above.depth + 1, above.search.clone()),
            None => Default::default(),
        };
        Rc::new(Need {
            class: wanted.class,
            ty,
            structural,
            depth,
            search,
            part_of: wanted.part_of.clone(),
        })
    }

    fn by_instance(&mut self, wanted: &Wanted, ty: TyId, instance: &Rc<InstanceHead>) -> Outcome {
        let (args, replace) = self.instantiate(&instance.types);
        let head = self.session.types.substitute(instance.head, &replace);
        if self.unify(ty, head).is_err() {
            self.no_instance(wanted, ty);
            return Outcome::Failed;
        }
        let need = self.taken_apart(wanted, ty, false);
        let mut more = Vec::new();
        let mut evidence = Vec::new();
        for constraint in &instance.constraints {
            let placeholder = self.placeholder();
            let first = constraint
                .types
                .first()
                .copied()
                .unwrap_or(self.known.error);
            let ty = self.session.types.substitute(first, &replace);
            more.push(Wanted {
                placeholder,
                class: constraint.class,
                ty,
                part_of: Some(need.clone()),
                ..wanted.clone()
            });
            evidence.push(Evidence::Given { var: placeholder });
        }
        Outcome::Solved(
            Evidence::Instance {
                instance: instance.instance,
                types: args,
                args: evidence,
            },
            more,
        )
    }
}
