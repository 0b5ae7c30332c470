//! Holes, and making two types equal.

use ir_defs::types::{Kind, Type, each_part};
use nanopass::{Span, Symbol, TyId};

use super::Checker;
use ir_defs::tables::TyConId;

/// Steps that one unification or one search for a hole in its own type may take.
const FUEL: u32 = 2_000_000;

/// A type that is not known yet.
#[derive(Clone, Debug)]
pub(super) struct Hole {
    pub(super) kind: Kind,
    /// Stands for the failure of a row: a type, the failure of a row variable, or nothing.
    pub(super) failure: bool,
    /// The depth of the binding groups that it belongs to; those deeper than the group that ends are generalised.
    pub(super) level: u32,
    /// What it was found to be; [`TyId::NONE`] until then.
    pub(super) bound: TyId,
    /// The expression that decided it.
    pub(super) site: Span,
    /// The last walk that has seen it.
    mark: u32,
}

/// Why two types are not equal: the innermost parts that differ.
#[derive(Clone, Debug)]
pub(super) enum Clash {
    /// Found and expected.
    Types(TyId, TyId),
    /// The type would contain itself.
    Infinite(TyId, TyId),
    /// The failures of two rows: found and expected.
    Failures(TyId, TyId),
    /// The effect may fail with this, and a row that cannot fail is expected.
    Fails(TyId),
    /// The effect needs what the expected row does not have.
    Capabilities(Vec<TyConId>),
    /// Labels that the expected record has and the found one lacks, and the other way round.
    Labels {
        missing: Vec<Symbol>,
        extra: Vec<Symbol>,
        /// Where a field is asked of a record that does not have it.
        asked: Option<Span>,
    },
    /// The types are beyond the limit.
    Size,
}

impl Checker<'_> {
    /// A new unknown of a kind. One for a row is a row of two holes, for the capabilities and for the failure.
    pub(super) fn fresh(&mut self, kind: Kind) -> TyId {
        if kind == Kind::Row {
            let fail = self.hole(Kind::Star, true);
            let tail = self.hole(Kind::Row, false);
            return self.session.row(Vec::new(), Some(fail), Some(tail));
        }
        self.hole(kind, false)
    }

    /// A new unknown type of values.
    pub(super) fn fresh_type(&mut self) -> TyId {
        self.hole(Kind::Star, false)
    }

    pub(super) fn hole(&mut self, kind: Kind, failure: bool) -> TyId {
        let index = self.holes.len() as u32;
        let level = self.level;
        self.holes.push(Hole {
            kind,
            failure,
            level,
            bound: TyId::NONE,
            site: Span::NONE,
            mark: 0,
        });
        self.session.types.intern(Type::Hole(index))
    }

    /// The type with its outermost constructor known, if it is.
    pub(super) fn shallow(&mut self, ty: TyId) -> TyId {
        match self.get(ty) {
            Type::Hole(_) => {
                let mut current = ty;
                let mut steps = 0;
                while let Type::Hole(hole) = self.get(current) {
                    let bound = self.holes[*hole as usize].bound;
                    if bound.is_none() {
                        break;
                    }
                    current = bound;
                    steps += 1;
                }
                // The way is shortened for all that stood on it.
                let mut behind = ty;
                while steps > 1
                    && let Type::Hole(hole) = self.session.types.get(behind)
                {
                    let info = &mut self.holes[*hole as usize];
                    behind = std::mem::replace(&mut info.bound, current);
                    steps -= 1;
                }
                if let Type::Apply(..) = self.get(current) {
                    self.shallow_apply(current)
                } else {
                    current
                }
            }
            Type::Apply(..) => self.shallow_apply(ty),
            _ => ty,
        }
    }

    fn shallow_apply(&mut self, ty: TyId) -> TyId {
        if let Type::Apply(head, args) = self.get(ty)
            && let Type::Hole(hole) = self.get(*head)
            && !self.holes[*hole as usize].bound.is_none()
        {
            let (head, args) = (*head, args.clone());
            let head = self.shallow(head);
            if head == self.known.error {
                return head;
            }
            let applied = self.session.types.apply(head, args);
            return self.shallow(applied);
        }
        ty
    }

    /// Makes two types equal, or says why they cannot be.
    pub(super) fn unify(&mut self, found: TyId, expected: TyId) -> Result<(), Clash> {
        if found == expected {
            return Ok(());
        }
        self.fuel = FUEL;
        self.unify_parts(found, expected)
    }

    pub(super) fn unify_parts(&mut self, found: TyId, expected: TyId) -> Result<(), Clash> {
        let (mut a, mut b) = (found, expected);
        loop {
            if a == b {
                return Ok(());
            }
            a = self.shallow(a);
            b = self.shallow(b);
            if a == b {
                return Ok(());
            }
            self.fuel = self.fuel.checked_sub(1).ok_or(Clash::Size)?;
            match (self.get(a), self.get(b)) {
                (&Type::Hole(hole), _) => return self.bind(hole, b),
                (_, &Type::Hole(hole)) => return self.bind(hole, a),
                (Type::Error, _) | (_, Type::Error) => return Ok(()),
                (&Type::Fun(p, r), &Type::Fun(q, s)) => {
                    self.unify_parts(p, q)?;
                    (a, b) = (r, s);
                }
                (Type::Tuple(xs), Type::Tuple(ys)) if xs.len() == ys.len() => {
                    let (xs, ys) = (xs.clone(), ys.clone());
                    return self.unify_all(&xs, &ys);
                }
                (Type::Record { .. }, Type::Record { .. }) => return self.unify_records(a, b),
                (Type::Row { .. }, _) | (_, Type::Row { .. }) => {
                    if self.is_row(a) && self.is_row(b) {
                        return self.unify_rows(a, b);
                    }
                    return Err(Clash::Types(a, b));
                }
                (Type::Apply(..), _) | (_, Type::Apply(..)) => {
                    return self.unify_applications(a, b);
                }
                _ => return Err(Clash::Types(a, b)),
            }
        }
    }

    fn unify_all(&mut self, xs: &[TyId], ys: &[TyId]) -> Result<(), Clash> {
        for (&x, &y) in xs.iter().zip(ys) {
            self.unify_parts(x, y)?;
        }
        Ok(())
    }

    fn unify_applications(&mut self, a: TyId, b: TyId) -> Result<(), Clash> {
        let (Some((f, xs)), Some((g, ys))) = (self.as_application(a), self.as_application(b))
        else {
            return Err(Clash::Types(a, b));
        };
        let (f, g) = (self.shallow(f), self.shallow(g));
        let unknown = |checker: &Self, ty| matches!(checker.get(ty), Type::Hole(_));
        if xs.len() == ys.len() {
            if f != g && !unknown(self, f) && !unknown(self, g) {
                return Err(Clash::Types(a, b));
            }
            self.unify_parts(f, g)?;
            return self.unify_all(&xs, &ys);
        }
        // The shorter one's head must be unknown: it stands for the longer one's head with its first arguments.
        if xs.len() < ys.len() && unknown(self, f) {
            let (first, rest) = ys.split_at(ys.len() - xs.len());
            let head = self.session.types.apply(g, first.to_vec());
            self.unify_parts(f, head)?;
            return self.unify_all(&xs, rest);
        }
        if ys.len() < xs.len() && unknown(self, g) {
            let (first, rest) = xs.split_at(xs.len() - ys.len());
            let head = self.session.types.apply(f, first.to_vec());
            self.unify_parts(head, g)?;
            return self.unify_all(rest, &ys);
        }
        Err(Clash::Types(a, b))
    }

    /// A type as a constructor with arguments, function and tuple types too.
    pub(super) fn as_application(&mut self, ty: TyId) -> Option<(TyId, Vec<TyId>)> {
        let (con, args) = match self.get(ty) {
            Type::Apply(head, args) => return Some((*head, args.clone())),
            Type::Fun(param, result) => (self.session.types.arrow()?, vec![*param, *result]),
            Type::Tuple(items) => (self.session.types.tuple_con(items.len())?, items.clone()),
            _ => return None,
        };
        let head = self.session.types.intern(Type::Con(con));
        Some((head, args))
    }

    /// Makes a hole of which nothing is known a function; gives its parameter and its result.
    pub(super) fn become_function(&mut self, hole: u32) -> (TyId, TyId) {
        let level = std::mem::replace(&mut self.level, self.holes[hole as usize].level);
        let (param, result) = (self.fresh_type(), self.fresh_type());
        self.level = level;
        let fun = self.fun(param, result);
        let site = self.site;
        let hole = &mut self.holes[hole as usize];
        hole.bound = fun;
        hole.site = site;
        (param, result)
    }

    /// Makes the arrow of the unknown constructor of a type such as `F A B`, of what is called; gives the function's
    /// parameter and result.
    pub(super) fn application_as_function(&mut self, ty: TyId) -> Option<(TyId, TyId)> {
        let Type::Apply(head, _) = *self.get(ty) else {
            return None;
        };
        let head = self.shallow(head);
        if !matches!(self.get(head), Type::Hole(_)) {
            return None;
        }
        let (param, result) = (self.fresh_type(), self.fresh_type());
        let fun = self.fun(param, result);
        self.unify(ty, fun).ok()?;
        Some((param, result))
    }

    /// Gives a hole its type, unless the hole is a part of it.
    pub(super) fn bind(&mut self, hole: u32, ty: TyId) -> Result<(), Clash> {
        let level = self.holes[hole as usize].level;
        self.lower(hole, level, ty)?;
        let site = self.site;
        let hole = &mut self.holes[hole as usize];
        hole.bound = ty;
        hole.site = site;
        Ok(())
    }

    /// Makes all holes in a type belong to the surroundings, which then decide them.
    pub(super) fn keep(&mut self, ty: TyId) {
        self.fuel = FUEL;
        // It looks for a hole that there is not.
        let _ = self.lower(u32::MAX, self.level, ty);
    }

    /// Looks for `hole` in `ty`, and makes all holes in `ty` belong to no deeper group than it does.
    pub(super) fn lower(&mut self, hole: u32, level: u32, ty: TyId) -> Result<(), Clash> {
        if !self.session.types.has_hole(ty) {
            return Ok(());
        }
        self.epoch += 1;
        let epoch = self.epoch;
        let mut stack = vec![ty];
        while let Some(part) = stack.pop() {
            if !self.session.types.has_hole(part) {
                continue;
            }
            self.fuel = self.fuel.checked_sub(1).ok_or(Clash::Size)?;
            if let Type::Hole(index) = self.session.types.get(part) {
                if *index == hole {
                    let itself = self.session.types.intern(Type::Hole(hole));
                    return Err(Clash::Infinite(itself, ty));
                }
                let info = &mut self.holes[*index as usize];
                if info.mark != epoch {
                    info.mark = epoch;
                    if info.bound.is_none() {
                        info.level = info.level.min(level);
                    } else {
                        stack.push(info.bound);
                    }
                }
            } else {
                each_part(self.session.types.get(part), |inner| stack.push(inner));
            }
        }
        Ok(())
    }
}
