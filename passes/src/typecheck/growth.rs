//! Polymorphic recursion that would need endlessly many instances.
//!
//! `monomorphize` makes an instance of a definition for each choice of its type variables. A use of `g` at `List A`
//! inside of `f` is a *step*: each type that `A` of `f` stands for is also needed, inside of a larger one, for the
//! variable of `g`. Where such steps lead back to the variable that they began with and one of them makes the type
//! larger, instances never end. (A. Kennedy and B. Pierce, "On decidability of nominal subtyping with variance", 2007,
//! call the larger steps expansive.) A row that is extended does not grow: labels and capabilities are sets.

use std::rc::Rc;

use ir_defs::tables::GlobalId;
use ir_defs::typed::{self, Bind, Define, Evidence, Expr, Instance, Method, Visit};
use ir_defs::types::{TyVarId, Type, TypeTable, each_part};
use nanopass::{Span, TyId, VarId};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Checker;
use super::errors::{self, ENDLESS_INSTANCES};

/// How often a message lets the type grow.
const SHOWN: usize = 2;

/// What one use says of a variable of its surroundings and one of what it uses.
struct Step {
    from: TyVarId,
    to: TyVarId,
    /// What `to` stands for.
    at: TyId,
    grows: bool,
    span: Span,
}

/// The variables in a type, and whether each is only a part of it.
type Parts = Rc<[(TyVarId, bool)]>;

/// All steps of a program.
struct Steps<'t> {
    types: &'t TypeTable,
    globals: FxHashMap<GlobalId, &'t [TyVarId]>,
    instances: FxHashMap<GlobalId, &'t [TyVarId]>,
    methods: FxHashMap<(GlobalId, GlobalId), &'t [TyVarId]>,
    locals: FxHashMap<VarId, Vec<TyVarId>>,
    /// What each variable belongs to.
    owners: FxHashMap<TyVarId, Owner>,
    parts: FxHashMap<TyId, Parts>,
    steps: Vec<Step>,
    span: Span,
}

#[derive(Clone, Copy)]
enum Owner {
    Global(GlobalId),
    Local(VarId),
}

impl Checker<'_> {
    /// Reports definitions that would be needed at endlessly many types.
    pub(super) fn reject_growth(&mut self, program: &typed::Program) {
        let mut steps = Steps::new(program, &self.session.types);
        steps.program(program);
        let Steps { steps, owners, .. } = steps;
        if !steps.iter().any(|step| step.grows) {
            return;
        }
        let components = components(&steps);
        let mut reported = FxHashSet::default();
        for step in steps.iter().filter(|step| step.grows) {
            let (Some(&from), Some(&to)) = (components.get(&step.from), components.get(&step.to))
            else {
                continue;
            };
            if from != to || !reported.insert(from) {
                continue;
            }
            let inside = |step: &&Step| {
                components.get(&step.from) == Some(&from) && components.get(&step.to) == Some(&from)
            };
            let inside: Vec<&Step> = steps.iter().filter(inside).collect();
            let grown = self.once_around(step, &inside);
            self.endless_growth(step, grown, owners.get(&step.from).copied());
        }
    }

    /// What the variable that a step begins with stands for when the steps have led back to it.
    fn once_around(&mut self, first: &Step, inside: &[&Step]) -> TyId {
        let mut came: FxHashMap<TyVarId, Option<&Step>> = FxHashMap::default();
        came.insert(first.to, None);
        let mut queue = std::collections::VecDeque::from([first.to]);
        while let Some(var) = queue.pop_front() {
            if var == first.from {
                break;
            }
            for step in inside.iter().filter(|step| step.from == var) {
                came.entry(step.to).or_insert_with(|| {
                    queue.push_back(step.to);
                    Some(step)
                });
            }
        }
        let mut way = Vec::new();
        let mut var = first.from;
        while let Some(&Some(step)) = came.get(&var) {
            way.push(step);
            var = step.from;
        }
        let mut ty = first.at;
        for step in way.into_iter().rev() {
            let replace = FxHashMap::from_iter([(step.from, ty)]);
            ty = self.session.types.substitute(step.at, &replace);
        }
        ty
    }

    fn endless_growth(&mut self, step: &Step, grown: TyId, owner: Option<Owner>) {
        let name = match owner {
            Some(Owner::Global(global)) => self.global_name(global),
            Some(Owner::Local(var)) => self.session.core.var_name(var).to_string(),
            None => String::new(),
        };
        let mut diagnostic = errors::error(
            ENDLESS_INSTANCES,
            format!("`{name}` is needed at endlessly many types"),
            step.span,
            "each use asks for a use at a larger type",
        );
        let mut ty = self.session.types.intern(Type::Var(step.from));
        for _ in 0..SHOWN {
            let replace = FxHashMap::from_iter([(step.from, ty)]);
            let next = self.session.types.substitute(grown, &replace);
            let (small, large) = (self.show(ty), self.show(next));
            diagnostic = diagnostic.note(format!("at `{small}` it needs itself at `{large}`"));
            ty = next;
        }
        let diagnostic =
            diagnostic.help("let the recursive call have the type of the function itself");
        self.session.report(diagnostic);
    }
}

impl<'t> Steps<'t> {
    fn new(program: &'t typed::Program, types: &'t TypeTable) -> Steps<'t> {
        let mut steps = Steps {
            types,
            globals: FxHashMap::default(),
            instances: FxHashMap::default(),
            methods: FxHashMap::default(),
            locals: FxHashMap::default(),
            owners: FxHashMap::default(),
            parts: FxHashMap::default(),
            steps: Vec::new(),
            span: Span::NONE,
        };
        for define in program.groups.iter().flat_map(|group| &group.binds) {
            if !define.types.is_empty() {
                steps.globals.insert(define.global, &define.types);
                steps.own(&define.types, Owner::Global(define.global));
            }
        }
        for instance in &program.instances {
            steps.instances.insert(instance.instance, &instance.types);
            for method in &instance.methods {
                let key = (instance.instance, method.member);
                steps.methods.insert(key, &method.types);
                steps.own(&instance.types, Owner::Global(method.member));
                steps.own(&method.types, Owner::Global(method.member));
            }
        }
        steps
    }

    fn own(&mut self, vars: &[TyVarId], owner: Owner) {
        self.owners.extend(vars.iter().map(|&var| (var, owner)));
    }

    /// A use of what quantifies `vars`, at types.
    fn used(&mut self, vars: &[TyVarId], types: &[TyId]) {
        for (&to, &at) in vars.iter().zip(types) {
            if !self.types.has_var(at) {
                continue;
            }
            let span = self.span;
            for &(from, grows) in self.parts_of(at).iter() {
                self.steps.push(Step {
                    from,
                    to,
                    at,
                    grows,
                    span,
                });
            }
        }
    }

    fn parts_of(&mut self, ty: TyId) -> Parts {
        if let Some(parts) = self.parts.get(&ty) {
            return parts.clone();
        }
        let mut found = Vec::new();
        let mut seen = FxHashSet::default();
        let mut stack = Vec::new();
        match self.types.get(ty) {
            Type::Var(var) => found.push((*var, false)),
            other => {
                let tail = match other {
                    Type::Record { tail, .. } | Type::Row { tail, .. } => *tail,
                    _ => None,
                };
                if let Some(tail) = tail
                    && let Type::Var(var) = self.types.get(tail)
                {
                    found.push((*var, false));
                }
                each_part(other, |part| {
                    if Some(part) != tail {
                        stack.push(part);
                    }
                });
            }
        }
        while let Some(part) = stack.pop() {
            if !self.types.has_var(part) || !seen.insert(part) {
                continue;
            }
            match self.types.get(part) {
                Type::Var(var) => found.push((*var, true)),
                other => each_part(other, |part| stack.push(part)),
            }
        }
        let parts: Parts = found.into();
        self.parts.insert(ty, parts.clone());
        parts
    }
}

impl Visit for Steps<'_> {
    fn define(&mut self, node: &Define) {
        self.span = node.meta.span;
        typed::walk_define(self, node);
    }

    fn instance(&mut self, node: &Instance) {
        self.span = node.meta.span;
        typed::walk_instance(self, node);
    }

    fn method(&mut self, node: &Method) {
        self.span = node.meta.span;
        typed::walk_method(self, node);
    }

    fn bind(&mut self, node: &Bind) {
        if !node.types.is_empty() {
            self.own(&node.types, Owner::Local(node.binder.var));
            self.locals.insert(node.binder.var, node.types.clone());
        }
        typed::walk_bind(self, node);
    }

    fn evidence(&mut self, node: &Evidence) {
        if let Evidence::Instance {
            instance, types, ..
        } = node
            && let Some(&vars) = self.instances.get(instance)
        {
            self.used(vars, types);
        }
        typed::walk_evidence(self, node);
    }

    fn expr(&mut self, node: &Expr) {
        match node {
            Expr::Global {
                meta,
                global,
                types,
                ..
            } => {
                self.span = meta.span;
                if let Some(&vars) = self.globals.get(global) {
                    self.used(vars, types);
                }
            }
            Expr::Var {
                meta, var, types, ..
            } if !types.is_empty() => {
                self.span = meta.span;
                if let Some(vars) = self.locals.get(var).cloned() {
                    self.used(&vars, types);
                }
            }
            Expr::Member {
                meta,
                member,
                evidence: Evidence::Instance { instance, .. },
                types,
                ..
            } => {
                self.span = meta.span;
                if let Some(&vars) = self.methods.get(&(*instance, *member)) {
                    self.used(vars, types);
                }
            }
            Expr::Operate { meta, .. } => self.span = meta.span,
            _ => {}
        }
        typed::walk_expr(self, node);
    }
}

/// The strongly connected component of each variable (R. Tarjan, 1972, without recursion).
fn components(steps: &[Step]) -> FxHashMap<TyVarId, u32> {
    let mut next: FxHashMap<TyVarId, Vec<TyVarId>> = FxHashMap::default();
    for step in steps {
        next.entry(step.from).or_default().push(step.to);
        next.entry(step.to).or_default();
    }
    let mut roots: Vec<TyVarId> = next.keys().copied().collect();
    roots.sort_unstable();
    let mut order: FxHashMap<TyVarId, u32> = FxHashMap::default();
    let mut low: FxHashMap<TyVarId, u32> = FxHashMap::default();
    let mut component = FxHashMap::default();
    let mut open: Vec<TyVarId> = Vec::new();
    let mut count = 0;
    for root in roots {
        let mut work = vec![(root, 0)];
        while let Some((var, at)) = work.pop() {
            if at == 0 {
                if order.contains_key(&var) {
                    continue;
                }
                let number = order.len() as u32;
                order.insert(var, number);
                low.insert(var, number);
                open.push(var);
            }
            let targets = next.get(&var).map_or(&[] as &[TyVarId], Vec::as_slice);
            let least = |low: &FxHashMap<TyVarId, u32>, of: TyVarId| low.get(&of).copied();
            if at > 0
                && let Some(child) = targets.get(at - 1)
                && !component.contains_key(child)
            {
                let smaller = least(&low, *child).min(least(&low, var)).unwrap_or(0);
                low.insert(var, smaller);
            }
            match targets.get(at) {
                Some(&child) => {
                    work.push((var, at + 1));
                    if !order.contains_key(&child) {
                        work.push((child, 0));
                    }
                }
                None if low.get(&var) == order.get(&var) => {
                    while let Some(member) = open.pop() {
                        component.insert(member, count);
                        if member == var {
                            break;
                        }
                    }
                    count += 1;
                }
                None => {}
            }
        }
    }
    component
}
