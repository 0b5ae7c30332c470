//! Generalisation: what a binding leaves open is quantified, and what nothing can decide any more gets its default.

use std::rc::Rc;

use ir_defs::tables::{ClassConstraint, ClassId};
use ir_defs::terminals::EvVar;
use ir_defs::typed::{Evidence, EvidenceParam};
use ir_defs::types::{Kind, TyVarId, Type, each_part};
use nanopass::{Span, TyId};
use rustc_hash::{FxHashMap, FxHashSet};

use super::classes::Wanted;
use super::rows::{Failure, Tail};
use super::{Binding, Checker, Scheme};

/// Where a binding group began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    wanted: usize,
    operators: usize,
    draws: usize,
    widenings: usize,
    instructions: usize,
}

/// What a binding quantifies.
#[derive(Clone, Default, Debug)]
pub(super) struct Quantified {
    pub(super) types: Vec<TyVarId>,
    pub(super) evidence: Vec<EvidenceParam>,
}

impl Quantified {
    pub(super) fn binding(&self, ty: TyId) -> Binding {
        let constraints = self
            .evidence
            .iter()
            .map(|param| ClassConstraint {
                class: param.class,
                types: param.types.clone(),
            })
            .collect();
        Binding::Poly {
            scheme: Scheme {
                types: self.types.clone().into(),
                constraints,
                ty,
            },
            own: self
                .evidence
                .iter()
                .map(|param| param.var)
                .collect::<Rc<[EvVar]>>(),
        }
    }
}

/// The holes of a group that may be quantified.
#[derive(Default)]
struct Open {
    /// In order of first occurrence.
    holes: Vec<u32>,
    seen: FxHashSet<u32>,
    /// Each open row: the hole of its capabilities, its failure, and whether it is what the binding gives at the end.
    rows: Vec<(u32, Failure, bool)>,
    /// Holes that occur elsewhere than in such a row.
    elsewhere: FxHashSet<u32>,
}

impl Checker<'_> {
    pub(super) fn mark(&self) -> Mark {
        Mark {
            wanted: self.wanted.len(),
            operators: self.operators.len(),
            draws: self.draws.len(),
            widenings: self.widenings.len(),
            instructions: self.undecided.len(),
        }
    }

    /// Quantifies what the types of a group leave open. The level must be that of the group's surroundings.
    pub(super) fn generalise(&mut self, types: &[TyId], mark: Mark) -> Quantified {
        self.settle(mark);
        self.quantify_open(types, mark)
    }

    /// The same for the value of a pattern, whose variables are projections of it. What an instance must decide stays one
    /// type for all of them: a variable that does not speak of it could not say which instance it needs.
    pub(super) fn generalise_whole(&mut self, types: &[TyId], mark: Mark) -> Quantified {
        self.settle(mark);
        for index in mark.wanted..self.wanted.len() {
            let Wanted { class, ty, .. } = self.wanted[index];
            if !self.is_structural(class) && !self.is_numeric(class) {
                self.keep(ty);
            }
        }
        self.quantify_open(types, mark)
    }

    fn quantify_open(&mut self, types: &[TyId], mark: Mark) -> Quantified {
        let mut open = Open::default();
        for &ty in types {
            self.collect_binding(ty, &mut open);
        }
        for index in mark.wanted..self.wanted.len() {
            let ty = self.wanted[index].ty;
            if self
                .unknown_head(ty)
                .is_some_and(|hole| !self.quantifiable(hole))
            {
                continue;
            }
            // Only what is in a type already counts; a row in a constraint must keep its tail.
            self.mark_elsewhere(ty, &mut open);
        }
        self.close_rows(&mut open);
        let mut quantified = Quantified::default();
        let holes = std::mem::take(&mut open.holes);
        for hole in holes {
            if self.holes[hole as usize].bound.is_none() {
                let (var, ty) = self.name_hole(hole, quantified.types.len());
                self.holes[hole as usize].bound = ty;
                quantified.types.push(var);
            }
        }
        self.abstract_wanted(mark, &mut quantified);
        quantified
    }

    /// Resolves the draws and operators of a group and solves its constraints. The holes that this makes are the group's:
    /// made at the level of the surroundings, they would keep what they are joined with from being quantified.
    fn settle(&mut self, mark: Mark) {
        self.level += 1;
        self.settle_draws(mark.draws);
        self.settle_instructions(mark.instructions, false);
        self.settle_operators(mark.operators);
        self.settle_draws(mark.draws);
        self.default_draws(mark.draws);
        self.settle_instructions(mark.instructions, true);
        self.settle_widenings(mark.widenings);
        self.solve_wanted(mark.wanted);
        self.level -= 1;
    }

    fn quantifiable(&self, hole: u32) -> bool {
        self.holes[hole as usize].level > self.level
    }

    /// The variable for a hole, and what the hole is bound to.
    fn name_hole(&mut self, hole: u32, index: usize) -> (TyVarId, TyId) {
        let kind = self.holes[hole as usize].kind.clone();
        let letter = char::from(b'a' + (index % 26) as u8);
        let name = if index < 26 {
            letter.to_string()
        } else {
            format!("{letter}{}", index / 26)
        };
        let name = self.session.core.intern(&name);
        self.quantify(name, kind)
    }

    fn collect_binding(&mut self, ty: TyId, open: &mut Open) {
        let mut rest = self.shallow(ty);
        while let Type::Fun(param, result) = *self.get(rest) {
            self.collect(param, open);
            rest = self.shallow(result);
        }
        match self.as_rowed(rest) {
            Some((row, value)) => {
                self.collect_row(row, true, open);
                self.collect(value, open);
            }
            None => self.collect(rest, open),
        }
    }

    fn collect(&mut self, ty: TyId, open: &mut Open) {
        let mut stack = vec![ty];
        let mut done = FxHashSet::default();
        while let Some(ty) = stack.pop() {
            let ty = self.shallow(ty);
            if !self.session.types.has_hole(ty) || !done.insert(ty) {
                continue;
            }
            match self.get(ty).clone() {
                Type::Hole(hole) => self.add(hole, open, true),
                Type::Row { .. } => self.collect_row(ty, false, open),
                other => {
                    let at = stack.len();
                    each_part(&other, |part| stack.push(part));
                    if let Some(parts) = stack.get_mut(at..) {
                        parts.reverse();
                    }
                }
            }
        }
    }

    fn add(&mut self, hole: u32, open: &mut Open, elsewhere: bool) {
        if !self.quantifiable(hole) {
            return;
        }
        if elsewhere {
            open.elsewhere.insert(hole);
        }
        if open.seen.insert(hole) {
            open.holes.push(hole);
        }
    }

    fn collect_row(&mut self, row: TyId, result: bool, open: &mut Open) {
        let shallow = self.shallow(row);
        if let &Type::Hole(hole) = self.get(shallow) {
            return self.add(hole, open, !result);
        }
        let view = self.row_view(shallow);
        if let Failure::Type(ty) = view.fail {
            self.collect(ty, open);
        }
        match view.tail {
            Tail::Hole(tail, _) => {
                open.rows.push((tail, view.fail, result));
                self.add(tail, open, !result);
                if let Failure::Hole(fail, _) = view.fail
                    && !result
                {
                    open.elsewhere.insert(fail);
                }
            }
            Tail::Closed => {
                if let Failure::Hole(fail, _) = view.fail
                    && self.quantifiable(fail)
                {
                    self.holes[fail as usize].bound = self.known.nothing;
                }
            }
            Tail::Var(var) => {
                if let Failure::Hole(fail, _) = view.fail
                    && self.quantifiable(fail)
                {
                    self.holes[fail as usize].bound = var;
                }
            }
        }
    }

    fn mark_elsewhere(&mut self, ty: TyId, open: &mut Open) {
        let mut inner = Open::default();
        self.collect(ty, &mut inner);
        for hole in inner.holes {
            if open.seen.contains(&hole) {
                open.elsewhere.insert(hole);
            }
        }
    }

    /// Closes the rows that only say what the binding may do in the end, for a use opens them again; the others get one
    /// variable for their capabilities and their failure.
    fn close_rows(&mut self, open: &mut Open) {
        let mut partner: FxHashMap<u32, u32> = FxHashMap::default();
        for &(tail, fail, _) in &open.rows {
            if !self.quantifiable(tail) || !self.holes[tail as usize].bound.is_none() {
                continue;
            }
            let fail_elsewhere =
                matches!(fail, Failure::Hole(fail, _) if open.elsewhere.contains(&fail));
            if open.elsewhere.contains(&tail) || fail_elsewhere {
                continue;
            }
            self.holes[tail as usize].bound = self.known.nothing;
            if let Failure::Hole(fail, _) = fail
                && self.holes[fail as usize].bound.is_none()
            {
                self.holes[fail as usize].bound = self.known.nothing;
            }
        }
        // Failures that share their capabilities share the variable too.
        let rows = std::mem::take(&mut open.rows);
        for (tail, fail, _) in rows {
            let Failure::Hole(fail, fail_ty) = fail else {
                continue;
            };
            if !self.holes[tail as usize].bound.is_none() || !self.quantifiable(fail) {
                if self.holes[fail as usize].bound.is_none() && self.quantifiable(fail) {
                    self.holes[fail as usize].bound = self.known.nothing;
                }
                continue;
            }
            match partner.get(&tail) {
                None => {
                    partner.insert(tail, fail);
                }
                Some(&other) if other != fail && self.holes[fail as usize].bound.is_none() => {
                    let other = self.session.types.intern(Type::Hole(other));
                    // Both stand for a failure that is not known, so this cannot clash.
                    let _ = self.unify(fail_ty, other);
                }
                _ => {}
            }
        }
        for (tail, fail) in partner {
            if !self.quantifiable(tail) || !self.holes[tail as usize].bound.is_none() {
                continue;
            }
            // The variable must be made in the order of the holes; its failure follows it.
            let tail_ty = self.session.types.intern(Type::Hole(tail));
            if self.holes[fail as usize].bound.is_none() {
                self.holes[fail as usize].bound = tail_ty;
            }
        }
    }

    /// Constraints on what is quantified become parameters; those on what is known further out wait; the rest are decided
    /// by default.
    fn abstract_wanted(&mut self, mark: Mark, quantified: &mut Quantified) {
        let quantified_vars: FxHashSet<TyVarId> = quantified.types.iter().copied().collect();
        let mut rounds = 0;
        loop {
            let wanted = self.wanted.split_off(mark.wanted.min(self.wanted.len()));
            let mut params: Vec<(Wanted, TyId)> = Vec::new();
            let mut ambiguous: Vec<(u32, Wanted)> = Vec::new();
            for item in wanted {
                let ty = self.resolve(item.ty);
                match self.unknown_head(ty) {
                    Some(hole) if self.quantifiable(hole) => ambiguous.push((hole, item)),
                    Some(_) if !self.mentions(ty, &quantified_vars) => self.wanted.push(item),
                    _ => params.push((item, ty)),
                }
            }
            self.add_params(params, quantified);
            if ambiguous.is_empty() || rounds > 100 {
                return;
            }
            rounds += 1;
            self.default_holes(&ambiguous);
            self.wanted
                .extend(ambiguous.into_iter().map(|(_, wanted)| wanted));
            self.settle(mark);
        }
    }

    fn mentions(&self, ty: TyId, vars: &FxHashSet<TyVarId>) -> bool {
        if !self.session.types.has_var(ty) {
            return false;
        }
        if let Type::Var(var) = self.get(ty) {
            return vars.contains(var);
        }
        let mut found = false;
        each_part(self.get(ty), |part| {
            found = found || self.mentions(part, vars)
        });
        found
    }

    fn add_params(&mut self, params: Vec<(Wanted, TyId)>, quantified: &mut Quantified) {
        if params.is_empty() {
            return;
        }
        // One parameter for all uses, and none for a constraint that another one implies.
        let before = self.givens.len();
        let mut uses: FxHashMap<(ClassId, TyId), Vec<EvVar>> = FxHashMap::default();
        let mut order: Vec<(ClassId, TyId)> = Vec::new();
        for (wanted, ty) in params {
            let key = (wanted.class, ty);
            let placeholders = uses.entry(key).or_default();
            placeholders.push(wanted.placeholder);
            if placeholders.len() > 1 {
                continue;
            }
            let implied = self.implied(wanted.class, ty);
            let at = order.iter().position(|other| implied.contains(other));
            order.insert(at.unwrap_or(order.len()), key);
        }
        for (class, ty) in order {
            let placeholders = uses.remove(&(class, ty)).unwrap_or_default();
            let given = self
                .givens
                .iter()
                .find(|given| given.class == class && given.ty == ty)
                .map(|given| given.evidence.clone());
            let evidence = match given {
                Some(evidence) => evidence,
                None => {
                    let name = self.class_name(class);
                    let var = EvVar(self.session.core.fresh_named(&name, Span::NONE));
                    let param = EvidenceParam {
                        var,
                        class,
                        types: vec![ty],
                    };
                    quantified.evidence.push(param);
                    let evidence = Evidence::Given { var };
                    self.give(class, ty, evidence.clone());
                    evidence
                }
            };
            for placeholder in placeholders {
                self.solutions.insert(placeholder, evidence.clone());
            }
        }
        self.givens.truncate(before);
    }

    /// What a constraint gives beside itself.
    fn implied(&mut self, class: ClassId, ty: TyId) -> Vec<(ClassId, TyId)> {
        let mut all = self.superclasses(class, ty);
        let mut next = 0;
        while let Some(&(class, ty)) = all.get(next) {
            for inner in self.superclasses(class, ty) {
                if !all.contains(&inner) {
                    all.push(inner);
                }
            }
            next += 1;
        }
        all
    }

    /// Decides holes that nothing else can decide: an arithmetic one is `Int`, any other `Unit`.
    fn default_holes(&mut self, ambiguous: &[(u32, Wanted)]) {
        for (hole, _) in ambiguous {
            if !self.holes[*hole as usize].bound.is_none() {
                continue;
            }
            let on_it: Vec<&Wanted> = ambiguous
                .iter()
                .filter(|(other, _)| other == hole)
                .map(|(_, wanted)| wanted)
                .collect();
            let other = on_it
                .iter()
                .find(|wanted| !self.is_structural(wanted.class));
            let ty = if on_it.iter().any(|wanted| self.is_numeric(wanted.class)) {
                self.known.int
            } else if let Some(wanted) = other {
                let wanted = (*wanted).clone();
                // What has been reported may be what would decide.
                if !self.reported_before {
                    self.ambiguous(&wanted);
                }
                self.known.error
            } else {
                self.default_of(*hole)
            };
            self.holes[*hole as usize].bound = ty;
        }
    }

    /// What a hole is that nothing decides.
    pub(super) fn default_of(&mut self, hole: u32) -> TyId {
        let info = &self.holes[hole as usize];
        if info.failure {
            return self.known.nothing;
        }
        match info.kind.clone() {
            Kind::Star => self.known.unit,
            Kind::Row => self.known.nothing,
            Kind::Fields => self.session.record(Vec::new(), None),
            Kind::Arrow(params, _) if params.len() == 1 => self.session.ty_con("Option"),
            Kind::Arrow(..) => self.session.ty_con("Result"),
        }
    }
}
