//! Equality and the total order.

use ir_defs::derived::Expr;
use ir_defs::tables::ConId;
use ir_defs::terminals::{Binder, Derivation, LabelId};
use nanopass::{Span, TyId};

use super::build::{at, var};
use super::{Derive, Shape};

/// The same component of both values, and its type.
type Pair = (Expr, Expr, TyId);

impl Derive<'_> {
    /// `T -> T -> Bool`, component by component; a `Float` in it is compared as IEEE 754 says.
    pub(super) fn equal(&mut self, ty: TyId) -> Expr {
        let (a, b) = (self.binder("a", ty), self.binder("b", ty));
        let body = if self.ground(ty).is_some() {
            self.part(Derivation::Eq, ty, vec![var(a), var(b)])
        } else {
            match self.shape(ty) {
                Shape::Data(constructors) => self.equal_data(a, b, constructors),
                shape => {
                    let pairs = self.pairs(a, b, shape, "equality");
                    self.all_equal(pairs)
                }
            }
        };
        self.lambda(vec![a, b], body)
    }

    fn equal_data(&mut self, a: Binder, b: Binder, constructors: Vec<(ConId, Vec<TyId>)>) -> Expr {
        let several = constructors.len() > 1;
        let mut branches = Vec::with_capacity(constructors.len());
        for (con, fields) in constructors {
            let (left, right, mut pairs) = self.fields(&fields);
            self.recursive_last(a.ty, &mut pairs);
            let same = self.all_equal(pairs);
            let same = self.on(con, right, same);
            let otherwise = several.then(|| self.bool(false));
            let inner = self.switch(b, vec![same], otherwise);
            branches.push(self.on(con, left, inner));
        }
        if branches.is_empty() {
            return self.bool(true);
        }
        self.switch(a, branches, None)
    }

    /// Moves the component of the type itself behind those that are compared by primitives, which are total.
    fn recursive_last(&self, ty: TyId, pairs: &mut Vec<Pair>) {
        let Some(place) = pairs.iter().rposition(|(_, _, found)| *found == ty) else {
            return;
        };
        let behind = pairs.get(place + 1..).unwrap_or_default();
        if behind.iter().all(|(_, _, ty)| self.ground(*ty).is_some()) {
            let recursive = pairs.remove(place);
            pairs.push(recursive);
        }
    }

    /// The last comparison is in tail position.
    fn all_equal(&mut self, mut pairs: Vec<Pair>) -> Expr {
        let Some((a, b, ty)) = pairs.pop() else {
            return self.bool(true);
        };
        let mut rest = self.part(Derivation::Eq, ty, vec![a, b]);
        for (a, b, ty) in pairs.into_iter().rev() {
            let equal = self.part(Derivation::Eq, ty, vec![a, b]);
            let result = self.binder("equal", equal.meta().ty);
            let (yes, no) = (self.con("True"), self.bool(false));
            let yes = self.on(yes, Vec::new(), rest);
            let switch = self.switch(result, vec![yes], Some(no));
            let bind = self.bind(result, equal);
            rest = self.let_in(vec![bind], switch);
        }
        rest
    }

    /// `T -> T -> Ordering`: constructors in the order of their declaration, then fields from first to last.
    pub(super) fn compare(&mut self, ty: TyId) -> Expr {
        let (a, b) = (self.binder("a", ty), self.binder("b", ty));
        let body = if self.ground(ty).is_some() {
            self.part(Derivation::Compare, ty, vec![var(a), var(b)])
        } else {
            match self.shape(ty) {
                Shape::Data(constructors) => self.compare_data(a, b, constructors),
                shape => {
                    let pairs = self.pairs(a, b, shape, "order");
                    self.lexicographic(pairs)
                }
            }
        };
        self.lambda(vec![a, b], body)
    }

    /// Where the constructors differ, their numbers decide: code that is written once, as a join point.
    fn compare_data(
        &mut self,
        a: Binder,
        b: Binder,
        constructors: Vec<(ConId, Vec<TyId>)>,
    ) -> Expr {
        let ordering = self.session.ty_con("Ordering");
        let int = self.session.int();
        let cons = constructors.clone();
        let several = cons.len() > 1;
        let label = LabelId(self.session.core.fresh_named("differ", Span::NONE));
        let mut branches = Vec::with_capacity(cons.len());
        for (index, (con, fields)) in constructors.into_iter().enumerate() {
            let (left, right, pairs) = self.fields(&fields);
            let same = self.lexicographic(pairs);
            let same = self.on(con, right, same);
            let otherwise = several.then(|| {
                let index = self.int(index as i64);
                Expr::Jump {
                    meta: at(ordering),
                    label,
                    args: vec![index],
                    type_: ordering,
                }
            });
            let inner = self.switch(b, vec![same], otherwise);
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
        let target = self.let_in(vec![bind], compared);
        self.join(label, vec![left], target, body)
    }

    /// The first difference decides; the last comparison is in tail position.
    fn lexicographic(&mut self, mut pairs: Vec<Pair>) -> Expr {
        let ordering = self.session.ty_con("Ordering");
        let Some((a, b, ty)) = pairs.pop() else {
            return self.construct("Equal", ordering, Vec::new(), Vec::new());
        };
        let mut rest = self.part(Derivation::Compare, ty, vec![a, b]);
        for (a, b, ty) in pairs.into_iter().rev() {
            let order = self.part(Derivation::Compare, ty, vec![a, b]);
            let result = self.binder("order", ordering);
            let equal = self.con("Equal");
            let equal = self.on(equal, Vec::new(), rest);
            let switch = self.switch(result, vec![equal], Some(var(result)));
            let bind = self.bind(result, order);
            rest = self.let_in(vec![bind], switch);
        }
        rest
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
    fn pairs(&mut self, a: Binder, b: Binder, shape: Shape, what: &str) -> Vec<Pair> {
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
                self.opaque(a.ty, what);
                Vec::new()
            }
        }
    }
}
