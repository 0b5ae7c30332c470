//! Equality and the total order.

use ir_defs::derived::Expr;
use ir_defs::tables::ConId;
use ir_defs::terminals::{Binder, Derivation, LabelId};
use nanopass::{Span, TyId};

use super::build::{at, var};
use super::depth::{Finding, Manner, Way};
use super::{Derive, Role, Shape};

/// The same component of both values, and its type.
type Pair = (Expr, Expr, TyId);

impl Derive<'_> {
    /// `T -> T -> Bool`, component by component, where a `Float` is compared as IEEE 754 says; or `T -> T -> Ordering`:
    /// constructors in the order of their declaration, then fields from first to last.
    pub(super) fn comparison(&mut self, derivation: Derivation, ty: TyId, manner: Manner) -> Expr {
        let (a, b) = (self.binder("a", ty), self.binder("b", ty));
        let way = self.way(derivation, ty, manner);
        let body = if manner == Manner::Plain && self.is_deep(derivation, ty) {
            self.within_or_deep(derivation, a, b)
        } else if self.session.ground(ty).is_some() {
            self.part(derivation, ty, vec![var(a), var(b)])
        } else {
            match self.shape(ty) {
                Shape::Data(constructors) if derivation == Derivation::Eq => {
                    self.equal_data(way, a, b, constructors)
                }
                Shape::Data(constructors) => self.compare_data(way, a, b, constructors),
                shape => {
                    let pairs = self.pairs(a, b, shape, derivation);
                    let types = types(&pairs);
                    let body = self.in_turn(way, pairs);
                    self.compared_unless_too_deep(way, &types, body)
                }
            }
        };
        self.in_manner(way, vec![a, b], body)
    }

    /// Tries the function that counts levels; where there are too many, the deep one starts again.
    fn within_or_deep(&mut self, derivation: Derivation, a: Binder, b: Binder) -> Expr {
        let (levels, int) = (self.levels(), self.session.int());
        let within = Role::Compared(derivation, Manner::Within);
        let found = self.call(within, a.ty, vec![var(a), var(b), levels]);
        let finding = self.binder("found", int);
        let nothing = self.nothing(derivation);
        let deep = Role::Compared(derivation, Manner::Deep);
        let deep = self.call(deep, a.ty, vec![var(a), var(b), nothing]);
        let findings = match derivation {
            Derivation::Eq => &[(Finding::Less, "False"), (Finding::Same, "True")][..],
            _ => &[
                (Finding::Less, "Less"),
                (Finding::Same, "Equal"),
                (Finding::Greater, "Greater"),
            ],
        };
        let outcome = self.outcome(derivation);
        let mut branches = Vec::new();
        for &(found, result) in findings {
            let result = self.construct(result, outcome, Vec::new(), Vec::new());
            branches.push(self.on_int(found as i64, result));
        }
        let switch = self.switch(finding, branches, Some(deep));
        let bind = self.bind(finding, found);
        self.let_in(vec![bind], switch)
    }

    fn finding(&mut self, finding: Finding) -> Expr {
        self.int(finding as i64)
    }

    fn compared_unless_too_deep(&mut self, way: Way, types: &[TyId], body: Expr) -> Expr {
        self.unless_too_deep(way, types, body, |this| this.finding(Finding::TooDeep))
    }

    fn equal_data(
        &mut self,
        way: Way,
        a: Binder,
        b: Binder,
        constructors: Vec<(ConId, Vec<TyId>)>,
    ) -> Expr {
        let several = constructors.len() > 1;
        let mut branches = Vec::with_capacity(constructors.len());
        for (con, fields) in constructors {
            let (left, right, mut pairs) = self.fields(&fields);
            self.recursive_last(a.ty, &mut pairs, |(_, _, ty)| *ty);
            let types = types(&pairs);
            let same = self.in_turn(way, pairs);
            let same = self.on(con, right, same);
            let otherwise = several.then(|| self.different(way));
            let inner = self.switch(b, vec![same], otherwise);
            let inner = self.compared_unless_too_deep(way, &types, inner);
            branches.push(self.on(con, left, inner));
        }
        if branches.is_empty() {
            return self.bool(true);
        }
        self.switch(a, branches, None)
    }

    /// What unequal values give.
    fn different(&mut self, way: Way) -> Expr {
        match way.manner {
            Manner::Within => self.finding(Finding::Less),
            Manner::Plain | Manner::Deep => self.bool(false),
        }
    }

    /// Where the constructors differ, their numbers decide: code that is written once, as a join point.
    fn compare_data(
        &mut self,
        way: Way,
        a: Binder,
        b: Binder,
        constructors: Vec<(ConId, Vec<TyId>)>,
    ) -> Expr {
        let ordering = self.session.ty_con("Ordering");
        let outcome = self.outcome_in(way.derivation, way.manner);
        let int = self.session.int();
        let cons = constructors.clone();
        let several = cons.len() > 1;
        let label = LabelId(self.session.core.fresh_named("differ", Span::NONE));
        let mut branches = Vec::with_capacity(cons.len());
        for (index, (con, fields)) in constructors.into_iter().enumerate() {
            let (left, right, pairs) = self.fields(&fields);
            let same = self.in_turn(way, pairs);
            let same = self.on(con, right, same);
            let otherwise = several.then(|| {
                let index = self.int(index as i64);
                Expr::Jump {
                    meta: at(outcome),
                    label,
                    args: vec![index],
                    type_: outcome,
                }
            });
            let inner = self.switch(b, vec![same], otherwise);
            let inner = self.compared_unless_too_deep(way, &fields, inner);
            branches.push(self.on(con, left, inner));
        }
        if branches.is_empty() {
            return self.construct("Equal", ordering, Vec::new(), Vec::new());
        }
        let body = self.switch(a, branches, None);
        if !several {
            return body;
        }
        let (left, right) = (self.binder("left", int), self.binder("right", int));
        let mut numbers = Vec::with_capacity(cons.len());
        for (index, (con, fields)) in cons.into_iter().enumerate() {
            let number = self.int(index as i64);
            let fields = fields.into_iter().map(|ty| self.binder("_", ty)).collect();
            numbers.push(self.on(con, fields, number));
        }
        let number = self.switch(b, numbers, None);
        let compared = self.prim("int.compare", ordering, vec![var(left), var(right)]);
        let bind = self.bind(right, number);
        let target = self.in_order(way, compared, None);
        let target = self.let_in(vec![bind], target);
        self.join(label, vec![left], target, body)
    }

    /// The first difference decides; the last comparison is in tail position.
    fn in_turn(&mut self, way: Way, mut pairs: Vec<Pair>) -> Expr {
        let Some((a, b, ty)) = pairs.pop() else {
            return self.no_difference(way);
        };
        let mut rest = if self.connected(way, ty) {
            let args = [a, b].into_iter().chain(way.last()).collect();
            self.call(Role::Compared(way.derivation, way.manner), ty, args)
        } else if way.manner == Manner::Plain {
            self.part(way.derivation, ty, vec![a, b])
        } else {
            let rest = self.no_difference(way);
            self.before(way, (a, b, ty), rest)
        };
        for pair in pairs.into_iter().rev() {
            rest = self.before(way, pair, rest);
        }
        rest
    }

    /// What is left to do where no difference has been found.
    fn no_difference(&mut self, way: Way) -> Expr {
        match (way.manner, way.last()) {
            (Manner::Deep, Some(rest)) => {
                self.call(Role::Resume(way.derivation), TyId::NONE, vec![rest])
            }
            (Manner::Within, _) => self.finding(Finding::Same),
            _ => self.same(way.derivation),
        }
    }

    /// What equal values give.
    fn same(&mut self, derivation: Derivation) -> Expr {
        match derivation {
            Derivation::Eq => self.bool(true),
            _ => {
                let ordering = self.session.ty_con("Ordering");
                self.construct("Equal", ordering, Vec::new(), Vec::new())
            }
        }
    }

    /// One component, then the others.
    fn before(&mut self, way: Way, (a, b, ty): Pair, others: Expr) -> Expr {
        let derivation = way.derivation;
        let role = Role::Compared(derivation, way.manner);
        match (self.connected(way, ty), way.manner, way.last()) {
            (true, Manner::Deep, _) => {
                let unit = self.session.unit();
                let unit = self.binder("_", unit);
                let others = self.then(derivation, unit, others);
                self.call(role, ty, vec![a, b, others])
            }
            (true, Manner::Within, Some(depth)) => {
                let depth = self.one_level(depth);
                let found = self.call(role, ty, vec![a, b, depth]);
                let finding = self.binder("found", found.meta().ty);
                let same = self.on_int(Finding::Same as i64, others);
                let switch = self.switch(finding, vec![same], Some(var(finding)));
                let bind = self.bind(finding, found);
                self.let_in(vec![bind], switch)
            }
            _ => {
                let compared = self.part(derivation, ty, vec![a, b]);
                self.in_order(way, compared, Some(others))
            }
        }
    }

    /// What the comparison of a component says, or where it finds no difference what the others say.
    fn in_order(&mut self, way: Way, compared: Expr, others: Option<Expr>) -> Expr {
        if others.is_none() && way.manner != Manner::Within {
            return compared;
        }
        let others = match others {
            Some(others) => others,
            None => self.no_difference(way),
        };
        let is_equality = way.derivation == Derivation::Eq;
        let (name, same) = if is_equality {
            ("equal", "True")
        } else {
            ("order", "Equal")
        };
        let result = self.binder(name, compared.meta().ty);
        let same = self.con(same);
        let mut branches = vec![self.on(same, Vec::new(), others)];
        let otherwise = if is_equality {
            self.different(way)
        } else if way.manner == Manner::Within {
            let (less, found) = (self.con("Less"), self.finding(Finding::Less));
            branches.push(self.on(less, Vec::new(), found));
            self.finding(Finding::Greater)
        } else {
            var(result)
        };
        let switch = self.switch(result, branches, Some(otherwise));
        let bind = self.bind(result, compared);
        self.let_in(vec![bind], switch)
    }

    /// [`Role::Resume`]
    pub(super) fn resume_comparison(&mut self, derivation: Derivation) -> Expr {
        let (ty, function) = (self.rest_type(derivation), self.afterwards(derivation));
        let (rest, next) = (self.binder("rest", ty), self.binder("next", function));
        let unit = self.session.unit();
        let unit = self.construct("Unit", unit, Vec::new(), Vec::new());
        let (none, some) = (self.con("None"), self.con("Some"));
        let (done, result) = (self.same(derivation), self.outcome(derivation));
        let more = self.apply(next, vec![unit], result);
        let branches = vec![
            self.on(none, Vec::new(), done),
            self.on(some, vec![next], more),
        ];
        let body = self.switch(rest, branches, None);
        self.lambda(vec![rest], body)
    }

    /// Variables for the fields of both values.
    fn fields(&mut self, types: &[TyId]) -> (Vec<Binder>, Vec<Binder>, Vec<Pair>) {
        let left: Vec<Binder> = types.iter().map(|&ty| self.binder("x", ty)).collect();
        let right: Vec<Binder> = types.iter().map(|&ty| self.binder("y", ty)).collect();
        let pairs = left
            .iter()
            .zip(&right)
            .map(|(&x, &y)| (var(x), var(y), x.ty))
            .collect();
        (left, right, pairs)
    }

    /// The components of two tuples or records.
    fn pairs(&mut self, a: Binder, b: Binder, shape: Shape, derivation: Derivation) -> Vec<Pair> {
        match shape {
            Shape::Tuple(items) => items
                .into_iter()
                .enumerate()
                .map(|(index, ty)| (self.item(a, index, ty), self.item(b, index, ty), ty))
                .collect(),
            Shape::Record(fields) => fields
                .into_iter()
                .map(|(label, ty)| (self.select(a, label, ty), self.select(b, label, ty), ty))
                .collect(),
            Shape::Data(_) | Shape::Opaque => {
                let what = match derivation {
                    Derivation::Eq => "equality",
                    _ => "order",
                };
                self.opaque(a.ty, what);
                Vec::new()
            }
        }
    }
}

fn types(pairs: &[Pair]) -> Vec<TyId> {
    pairs.iter().map(|(_, _, ty)| *ty).collect()
}
