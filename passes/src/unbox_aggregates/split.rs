//! Parameters of labels become several.
//!
//! A parameter is split if it is a tuple or record of which only components are asked, or that is passed on to another
//! parameter that is split, or that is the result of the function or of the loop around it; and if some jump passes one
//! that is built for it. The last condition keeps what exists anyway whole.

use ir_defs::Session;
use ir_defs::loops::{
    Atom, Body, Program, Rhs, Stmt, Visit, VisitMut, walk_mut_body, walk_rhs, walk_stmt,
};
use ir_defs::terminals::{Binder, IntLit, LabelId};
use ir_defs::types::Type;
use nanopass::{Symbol, TyId, VarId};
use rustc_hash::{FxHashMap, FxHashSet};

use super::inline::flatten;
use super::{components, part_of, whole};

/// Splits what it can, once; whether there was anything.
pub fn run(program: &mut Program, session: &mut Session) -> bool {
    Flatten.program(program);
    let mut facts = Facts::default();
    facts.program(program);
    let chosen = facts.choose(session);
    if chosen.is_empty() && facts.built.is_empty() {
        return false;
    }
    let mut split = Split {
        parts: FxHashMap::default(),
        labels: FxHashMap::default(),
        built: std::mem::take(&mut facts.built),
        session,
        replaced: FxHashMap::default(),
        changed: !chosen.is_empty(),
    };
    for param in chosen {
        split.choose(param);
    }
    for (label, params) in &facts.labels {
        let places = params.iter().enumerate();
        let places: Vec<usize> = places
            .filter(|(_, param)| split.parts.contains_key(&param.var))
            .map(|(place, _)| place)
            .collect();
        if !places.is_empty() {
            split.labels.insert(*label, places);
        }
    }
    split.program(program);
    let changed = split.changed;
    let replaced = std::mem::take(&mut split.replaced);
    Replace { replaced }.program(program);
    while changed && remove_unused(program) {}
    changed
}

struct Flatten;

impl VisitMut for Flatten {
    fn body(&mut self, body: &mut Body) {
        walk_mut_body(self, body);
        flatten(body);
    }
}

/// What is known of variables and labels.
#[derive(Default)]
struct Facts {
    labels: FxHashMap<LabelId, Vec<Binder>>,
    /// What each jump passes, and each loop begins with.
    passed: FxHashMap<(LabelId, usize), Vec<Atom>>,
    /// Tuples and records that are built, with their components.
    built: FxHashMap<VarId, Vec<Atom>>,
    /// Variables that are used as a whole.
    whole: FxHashSet<VarId>,
    /// Where variables are passed.
    goes_to: FxHashMap<VarId, Vec<(LabelId, usize)>>,
}

impl Visit for Facts {
    fn stmt(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Let {
                binder,
                value: Rhs::Tuple { items, .. },
                ..
            } => {
                self.built.insert(binder.var, items.clone());
            }
            Stmt::Let {
                binder,
                value: Rhs::Record { fields, .. },
                ..
            } => {
                let parts = fields.iter().map(|field| field.value.clone()).collect();
                self.built.insert(binder.var, parts);
            }
            Stmt::Join { label, params, .. } => {
                self.labels.insert(*label, params.clone());
            }
            Stmt::Let { .. } | Stmt::LetResults { .. } | Stmt::Functions { .. } => {}
        }
        walk_stmt(self, statement);
    }

    fn body(&mut self, body: &Body) {
        for statement in &body.statements {
            self.stmt(statement);
        }
        // The result of a body may be built there.
        if !matches!(&*body.result, Rhs::Atom { .. }) {
            self.rhs(&body.result);
        }
    }

    fn rhs(&mut self, rhs: &Rhs) {
        match rhs {
            Rhs::Item { .. } | Rhs::Select { .. } => {}
            Rhs::Jump { label, args, .. } => self.pass(*label, args),
            Rhs::Loop {
                label,
                params,
                initial,
                body,
                ..
            } => {
                self.labels.insert(*label, params.clone());
                self.pass(*label, initial);
                self.body(body);
            }
            other => walk_rhs(self, other),
        }
    }

    fn var_id(&mut self, var: &VarId) {
        self.whole.insert(*var);
    }
}

impl Facts {
    fn pass(&mut self, label: LabelId, args: &[Atom]) {
        for (place, arg) in args.iter().enumerate() {
            self.passed
                .entry((label, place))
                .or_default()
                .push(arg.clone());
            if let Atom::Var { var, .. } = arg {
                self.goes_to.entry(*var).or_default().push((label, place));
            }
        }
    }

    /// The parameters to split, in no order that matters.
    fn choose(&self, session: &Session) -> Vec<Binder> {
        let mut chosen: FxHashMap<VarId, (LabelId, usize, Binder)> = FxHashMap::default();
        for (label, params) in &self.labels {
            for (place, param) in params.iter().enumerate() {
                if components(param.ty, session).is_some() && !self.whole.contains(&param.var) {
                    chosen.insert(param.var, (*label, place, *param));
                }
            }
        }
        loop {
            let is_chosen = |(label, place): &(LabelId, usize)| {
                self.labels
                    .get(label)
                    .and_then(|params| params.get(*place))
                    .is_some_and(|param| chosen.contains_key(&param.var))
            };
            let kept: FxHashMap<VarId, (LabelId, usize, Binder)> = chosen
                .iter()
                .filter(|(of, (label, place, _))| {
                    let passed = self.passed.get(&(*label, *place));
                    let is_built = passed.is_some_and(|passed| {
                        passed.iter().any(|arg| match arg {
                            Atom::Var { var, .. } => {
                                self.built.contains_key(var)
                                    || (var != *of && chosen.contains_key(var))
                            }
                            _ => false,
                        })
                    });
                    let stays_split = self
                        .goes_to
                        .get(of)
                        .is_none_or(|places| places.iter().all(is_chosen));
                    is_built && stays_split
                })
                .map(|(var, found)| (*var, *found))
                .collect();
            let is_stable = kept.len() == chosen.len();
            chosen = kept;
            if is_stable {
                break;
            }
        }
        let mut params: Vec<Binder> = chosen.into_values().map(|(_, _, param)| param).collect();
        // The order of variables, so that names do not depend on hashing.
        params.sort_by_key(|param| param.var);
        params
    }
}

struct Split<'s> {
    session: &'s mut Session,
    /// The variables that a parameter becomes.
    parts: FxHashMap<VarId, Vec<Binder>>,
    /// The places of the parameters of a label that are split.
    labels: FxHashMap<LabelId, Vec<usize>>,
    built: FxHashMap<VarId, Vec<Atom>>,
    /// Components that have other names.
    replaced: FxHashMap<VarId, Atom>,
    changed: bool,
}

impl VisitMut for Split<'_> {
    fn body(&mut self, body: &mut Body) {
        let statements = std::mem::take(&mut body.statements);
        let mut out = Vec::with_capacity(statements.len());
        for mut statement in statements {
            match &mut statement {
                Stmt::Let { binder, value, .. } => {
                    let was_component = matches!(value, Rhs::Item { .. } | Rhs::Select { .. });
                    self.rhs_in(value, &mut out);
                    // A component that is known by another name has no other one.
                    if let Rhs::Atom { atom, .. } = value
                        && was_component
                    {
                        self.replaced.insert(binder.var, atom.clone());
                        self.changed = true;
                        continue;
                    }
                }
                Stmt::Join {
                    label,
                    params,
                    target,
                    ..
                } => {
                    self.params(*label, params);
                    self.body(target);
                }
                functions => ir_defs::loops::walk_mut_stmt(self, functions),
            }
            out.push(statement);
        }
        self.rhs_in(&mut body.result, &mut out);
        if let Rhs::Atom {
            meta,
            atom: Atom::Var { var, .. },
        } = &*body.result
            && let Some(parts) = self.parts.get(var)
        {
            let whole = whole(*meta, parts.clone(), self.session);
            *body.result = whole;
        }
        body.statements = out;
    }
}

impl Split<'_> {
    fn choose(&mut self, param: Binder) {
        let types = components(param.ty, self.session).unwrap_or_default();
        let parts = types
            .into_iter()
            .map(|ty| Binder::new(self.session.core.fresh_var_like(param.var), ty))
            .collect();
        self.parts.insert(param.var, parts);
    }

    fn params(&mut self, label: LabelId, params: &mut Vec<Binder>) {
        if self.labels.contains_key(&label) {
            *params = std::mem::take(params)
                .into_iter()
                .flat_map(|param| match self.parts.get(&param.var) {
                    Some(parts) => parts.clone(),
                    None => vec![param],
                })
                .collect();
        }
    }

    /// Rewrites a right-hand side; what it needs first goes to `out`.
    fn rhs_in(&mut self, rhs: &mut Rhs, out: &mut Vec<Stmt>) {
        match rhs {
            Rhs::Item { meta, tuple, index } => {
                if let Some(atom) = self.component(tuple, index.0 as usize) {
                    let meta = *meta;
                    *rhs = Rhs::Atom { meta, atom };
                }
            }
            Rhs::Select {
                meta,
                record,
                label,
            } => {
                let place = place_of(record.meta().ty, *label, self.session);
                if let Some(atom) = place.and_then(|place| self.component(record, place)) {
                    let meta = *meta;
                    *rhs = Rhs::Atom { meta, atom };
                }
            }
            Rhs::Jump { label, args, .. } => {
                let label = *label;
                self.args(label, args, out);
            }
            Rhs::Loop {
                label,
                params,
                initial,
                body,
                ..
            } => {
                let label = *label;
                self.args(label, initial, out);
                self.params(label, params);
                self.body(body);
            }
            other => ir_defs::loops::walk_mut_rhs(self, other),
        }
    }

    /// A component of what is split, or built in sight.
    fn component(&self, of: &Atom, place: usize) -> Option<Atom> {
        let Atom::Var { meta, var } = of else {
            return None;
        };
        if let Some(parts) = self.parts.get(var) {
            return parts.get(place).map(|part| part_of(*meta, *part));
        }
        self.built.get(var)?.get(place).cloned()
    }

    fn args(&mut self, label: LabelId, args: &mut Vec<Atom>, out: &mut Vec<Stmt>) {
        let Some(places) = self.labels.get(&label).cloned() else {
            return;
        };
        let given = std::mem::take(args);
        for (place, arg) in given.into_iter().enumerate() {
            if !places.contains(&place) {
                args.push(arg);
                continue;
            }
            let ty = arg.meta().ty;
            let types = components(ty, self.session).unwrap_or_default();
            for (index, component) in types.into_iter().enumerate() {
                let atom = match self.component(&arg, index) {
                    Some(atom) => atom,
                    None => self.loaded(&arg, index, component, out),
                };
                args.push(atom);
            }
        }
    }

    /// A component of an object.
    fn loaded(&mut self, of: &Atom, place: usize, ty: TyId, out: &mut Vec<Stmt>) -> Atom {
        let meta = of.meta().with_ty(ty);
        let label = match self.session.types.get(of.meta().ty) {
            Type::Record { fields, .. } => fields.get(place).map(|&(label, _)| label),
            _ => None,
        };
        let value = match label {
            Some(label) => Rhs::Select {
                meta,
                record: of.clone(),
                label,
            },
            None => Rhs::Item {
                meta,
                tuple: of.clone(),
                index: IntLit(place as u32),
            },
        };
        let var = self.session.core.fresh_named("part", meta.span);
        out.push(Stmt::Let {
            meta,
            binder: Binder::new(var, ty),
            value,
        });
        Atom::Var { meta, var }
    }
}

fn place_of(record: TyId, label: Symbol, session: &Session) -> Option<usize> {
    match session.types.get(record) {
        Type::Record { fields, .. } => fields.iter().position(|&(name, _)| name == label),
        _ => None,
    }
}

struct Replace {
    replaced: FxHashMap<VarId, Atom>,
}

impl VisitMut for Replace {
    fn atom(&mut self, atom: &mut Atom) {
        if let Atom::Var { var, .. } = atom {
            // A component of a component may have another name again.
            let mut found = self.replaced.get(var);
            while let Some(Atom::Var { var, .. }) = found
                && let Some(next) = self.replaced.get(var)
            {
                found = Some(next);
            }
            if let Some(found) = found {
                *atom = found.clone();
            }
        }
    }
}

/// Removes tuples, records and their components that nobody uses; whether there were any.
fn remove_unused(program: &mut Program) -> bool {
    #[derive(Default)]
    struct Used(FxHashSet<VarId>);
    impl Visit for Used {
        fn var_id(&mut self, var: &VarId) {
            self.0.insert(*var);
        }
    }
    struct Remove {
        used: FxHashSet<VarId>,
        changed: bool,
    }
    impl VisitMut for Remove {
        fn body(&mut self, body: &mut Body) {
            let before = body.statements.len();
            body.statements.retain(|statement| match statement {
                Stmt::Let {
                    binder,
                    value:
                        Rhs::Tuple { .. } | Rhs::Record { .. } | Rhs::Item { .. } | Rhs::Select { .. },
                    ..
                } => self.used.contains(&binder.var),
                _ => true,
            });
            self.changed |= body.statements.len() != before;
            walk_mut_body(self, body);
        }
    }
    let mut used = Used::default();
    used.program(program);
    let mut remove = Remove {
        used: used.0,
        changed: false,
    };
    remove.program(program);
    remove.changed
}
