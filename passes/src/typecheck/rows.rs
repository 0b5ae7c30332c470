//! Rows: the fields of records, and what effects may do.
//!
//! While a group is inferred, a row with an unknown tail has two holes: `fail` for its failure and `tail` for the
//! capabilities that are not known. They are bound on their own, so two rows with different failures may share their
//! capabilities. What `tail` is bound to says nothing of a failure.

use ir_defs::tables::TyConId;
use ir_defs::types::{Kind, Type};
use nanopass::{Symbol, TyId};

use super::Checker;
use super::unify::Clash;

/// The end of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Tail {
    Closed,
    /// Not known yet.
    Hole(u32, TyId),
    /// A quantified variable.
    Var(TyId),
}

/// The failure of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Failure {
    None,
    Type(TyId),
    Hole(u32, TyId),
    /// That of a row variable.
    OfVar(TyId),
}

/// An effect row with its tails followed.
#[derive(Clone, Debug)]
pub(super) struct RowView {
    pub(super) capabilities: Vec<TyConId>,
    pub(super) fail: Failure,
    pub(super) tail: Tail,
}

/// A record type with its tails followed.
#[derive(Clone, Debug)]
pub(super) struct RecordView {
    pub(super) fields: Vec<(Symbol, TyId)>,
    pub(super) tail: Tail,
}

impl RecordView {
    pub(super) fn field(&self, label: Symbol) -> Option<TyId> {
        self.fields
            .iter()
            .find(|(other, _)| *other == label)
            .map(|&(_, ty)| ty)
    }
}

impl Checker<'_> {
    /// Whether a type is of the kind of effect rows.
    pub(super) fn is_row(&self, ty: TyId) -> bool {
        match self.get(ty) {
            Type::Row { .. } => true,
            Type::Var(var) => self
                .session
                .types
                .var(*var)
                .is_some_and(|info| info.kind == Kind::Row),
            _ => false,
        }
    }

    /// A row with its tails followed.
    pub(super) fn row_view(&mut self, ty: TyId) -> RowView {
        let ty = self.shallow(ty);
        let mut view = match self.get(ty).clone() {
            Type::Row {
                capabilities,
                fail,
                tail,
            } => {
                let fail = match (fail, tail) {
                    (Some(fail), _) => self.failure(fail),
                    (None, Some(tail)) if matches!(self.get(tail), Type::Var(_)) => {
                        Failure::OfVar(tail)
                    }
                    _ => Failure::None,
                };
                let tail = tail.map_or(Tail::Closed, |tail| self.tail(tail));
                RowView {
                    capabilities,
                    fail,
                    tail,
                }
            }
            Type::Var(_) => RowView {
                capabilities: Vec::new(),
                fail: Failure::OfVar(ty),
                tail: Tail::Var(ty),
            },
            _ => RowView {
                capabilities: Vec::new(),
                fail: Failure::None,
                tail: Tail::Closed,
            },
        };
        while let Tail::Var(tail) = view.tail {
            let Type::Row {
                capabilities, tail, ..
            } = self.get(tail).clone()
            else {
                break;
            };
            view.capabilities.extend(capabilities);
            view.tail = tail.map_or(Tail::Closed, |tail| self.tail(tail));
        }
        let tycons = &self.session.tycons;
        view.capabilities
            .sort_by(|a, b| tycons.name(*a).cmp(tycons.name(*b)));
        view.capabilities.dedup();
        view
    }

    fn failure(&mut self, ty: TyId) -> Failure {
        let ty = self.shallow(ty);
        match self.get(ty) {
            &Type::Hole(hole) if self.holes[hole as usize].failure => Failure::Hole(hole, ty),
            Type::Row { .. } => Failure::None,
            Type::Var(_) if self.is_row(ty) => Failure::OfVar(ty),
            _ => Failure::Type(ty),
        }
    }

    /// A tail after its bindings: a hole, or what is to be looked into further.
    fn tail(&mut self, ty: TyId) -> Tail {
        let ty = self.shallow(ty);
        match self.get(ty) {
            &Type::Hole(hole) => Tail::Hole(hole, ty),
            _ => Tail::Var(ty),
        }
    }

    /// A failure as it stands in a row type.
    pub(super) fn failure_type(&self, fail: Failure) -> TyId {
        match fail {
            Failure::None => self.known.nothing,
            Failure::Type(ty) | Failure::Hole(_, ty) | Failure::OfVar(ty) => ty,
        }
    }

    pub(super) fn unify_rows(&mut self, found: TyId, expected: TyId) -> Result<(), Clash> {
        let (a, b) = (self.row_view(found), self.row_view(expected));
        let less = |xs: &[TyConId], ys: &[TyConId]| -> Vec<TyConId> {
            xs.iter().copied().filter(|x| !ys.contains(x)).collect()
        };
        let only_a = less(&a.capabilities, &b.capabilities);
        let only_b = less(&b.capabilities, &a.capabilities);
        if let Err(clash) = self.unify_failures(a.fail, b.fail) {
            // A capability that is missing too is the better reason, and a variable is no failure to speak of.
            let closed = !matches!(b.tail, Tail::Hole(..));
            let of_variable = |fail| matches!(fail, Failure::OfVar(_));
            return Err(if of_variable(a.fail) || of_variable(b.fail) {
                Clash::Types(found, expected)
            } else if closed && !only_a.is_empty() {
                Clash::Capabilities(only_a)
            } else {
                clash
            });
        }
        if self.is_bound(a.tail) || self.is_bound(b.tail) {
            return self.unify_parts(found, expected);
        }
        match (a.tail, b.tail) {
            (Tail::Hole(x, _), Tail::Hole(y, tail)) if x != y => {
                if only_a.is_empty() {
                    let rest = self.partial_row(only_b, Some(tail));
                    return self.bind(x, rest);
                }
                let shared = self.shared_tail(Kind::Row, x, y);
                let rest = self.partial_row(only_b, Some(shared));
                self.bind(x, rest)?;
                let rest = self.partial_row(only_a, Some(shared));
                self.bind(y, rest)
            }
            (Tail::Hole(x, _), other) if only_a.is_empty() && !matches!(other, Tail::Hole(..)) => {
                let rest = self.partial_row(only_b, tail_type(other));
                self.bind(x, rest)
            }
            (other, Tail::Hole(y, _)) if only_b.is_empty() && !matches!(other, Tail::Hole(..)) => {
                let rest = self.partial_row(only_a, tail_type(other));
                self.bind(y, rest)
            }
            (x, y) if x == y && only_a.is_empty() && only_b.is_empty() => Ok(()),
            _ if !only_a.is_empty() => Err(Clash::Capabilities(only_a)),
            _ => Err(Clash::Types(found, expected)),
        }
    }

    pub(super) fn unify_failures(&mut self, a: Failure, b: Failure) -> Result<(), Clash> {
        match (a, b) {
            (Failure::Hole(x, _), Failure::Hole(y, _)) if x == y => Ok(()),
            (Failure::Hole(x, _), other) | (other, Failure::Hole(x, _)) => {
                let ty = self.failure_type(other);
                self.bind(x, ty)
            }
            (Failure::Type(x), Failure::Type(y)) => {
                self.unify_parts(x, y).map_err(|clash| match clash {
                    Clash::Types(..) => Clash::Failures(x, y),
                    other => other,
                })
            }
            (x, y) if x == y => Ok(()),
            (Failure::Type(x), Failure::None) => {
                if matches!(self.get(x), Type::Error) {
                    Ok(())
                } else {
                    Err(Clash::Fails(x))
                }
            }
            (x, y) => {
                let (x, y) = (self.failure_type(x), self.failure_type(y));
                Err(Clash::Failures(x, y))
            }
        }
    }

    /// Whether a tail that was unknown has become known since.
    fn is_bound(&self, tail: Tail) -> bool {
        matches!(tail, Tail::Hole(hole, _) if !self.holes[hole as usize].bound.is_none())
    }

    /// What a tail of capabilities is bound to.
    pub(super) fn partial_row(&mut self, capabilities: Vec<TyConId>, tail: Option<TyId>) -> TyId {
        match tail {
            Some(tail) if capabilities.is_empty() => tail,
            _ => self.session.row(capabilities, None, tail),
        }
    }

    /// A hole for what two rows do not know in common.
    fn shared_tail(&mut self, kind: Kind, x: u32, y: u32) -> TyId {
        let level = self.holes[x as usize]
            .level
            .min(self.holes[y as usize].level);
        let tail = self.hole(kind, false);
        if let Some(hole) = self.holes.last_mut() {
            hole.level = level;
        }
        tail
    }

    /// A record with its tails followed.
    pub(super) fn record_view(&mut self, ty: TyId) -> RecordView {
        let ty = self.shallow(ty);
        let mut view = match self.get(ty).clone() {
            Type::Record { fields, tail } => RecordView {
                fields,
                tail: tail.map_or(Tail::Closed, |tail| self.tail(tail)),
            },
            Type::Var(_) => RecordView {
                fields: Vec::new(),
                tail: Tail::Var(ty),
            },
            _ => RecordView {
                fields: Vec::new(),
                tail: Tail::Closed,
            },
        };
        let mut joined = false;
        while let Tail::Var(tail) = view.tail {
            let Type::Record { fields, tail } = self.get(tail).clone() else {
                break;
            };
            view.fields.extend(fields);
            view.tail = tail.map_or(Tail::Closed, |tail| self.tail(tail));
            joined = true;
        }
        if joined {
            let core = &self.session.core;
            view.fields
                .sort_by(|a, b| core.text(a.0).cmp(core.text(b.0)));
        }
        view
    }

    pub(super) fn unify_records(&mut self, found: TyId, expected: TyId) -> Result<(), Clash> {
        let (a, b) = (self.record_view(found), self.record_view(expected));
        let (mut only_a, mut only_b, mut both) = (Vec::new(), Vec::new(), Vec::new());
        let (mut xs, mut ys) = (
            a.fields.iter().copied().peekable(),
            b.fields.iter().copied().peekable(),
        );
        loop {
            match (xs.peek().copied(), ys.peek().copied()) {
                (Some(x), Some(y)) if x.0 == y.0 => {
                    both.push((x.1, y.1));
                    xs.next();
                    ys.next();
                }
                (Some(x), Some(y)) => {
                    if self.session.core.text(x.0) < self.session.core.text(y.0) {
                        only_a.push(x);
                        xs.next();
                    } else {
                        only_b.push(y);
                        ys.next();
                    }
                }
                (Some(x), None) => {
                    only_a.push(x);
                    xs.next();
                }
                (None, Some(y)) => {
                    only_b.push(y);
                    ys.next();
                }
                (None, None) => break,
            }
        }
        for (x, y) in both {
            self.unify_parts(x, y)?;
        }
        if self.is_bound(a.tail) || self.is_bound(b.tail) {
            return self.unify_parts(found, expected);
        }
        let labels =
            |fields: &[(Symbol, TyId)]| fields.iter().map(|&(label, _)| label).collect::<Vec<_>>();
        match (a.tail, b.tail) {
            (Tail::Hole(x, _), Tail::Hole(y, tail)) if x != y => {
                if only_a.is_empty() {
                    let rest = self.partial_record(only_b, Some(tail));
                    return self.bind(x, rest);
                }
                let shared = self.shared_tail(Kind::Fields, x, y);
                let rest = self.partial_record(only_b, Some(shared));
                self.bind(x, rest)?;
                let rest = self.partial_record(only_a, Some(shared));
                self.bind(y, rest)
            }
            (Tail::Hole(x, _), other) if only_a.is_empty() && !matches!(other, Tail::Hole(..)) => {
                let rest = self.partial_record(only_b, tail_type(other));
                self.bind(x, rest)
            }
            (other, Tail::Hole(y, _)) if only_b.is_empty() && !matches!(other, Tail::Hole(..)) => {
                let rest = self.partial_record(only_a, tail_type(other));
                self.bind(y, rest)
            }
            (x, y) if x == y && only_a.is_empty() && only_b.is_empty() => Ok(()),
            (x, y) if only_a.is_empty() && only_b.is_empty() && x != y => {
                Err(Clash::Types(found, expected))
            }
            _ => {
                let mut lacking = only_b.iter().chain(&only_a);
                Err(Clash::Labels {
                    missing: labels(&only_b),
                    extra: labels(&only_a),
                    asked: lacking.find_map(|(_, ty)| self.asked.get(ty).copied()),
                })
            }
        }
    }

    fn partial_record(&mut self, fields: Vec<(Symbol, TyId)>, tail: Option<TyId>) -> TyId {
        match tail {
            Some(tail) if fields.is_empty() => tail,
            _ => self.session.record(fields, tail),
        }
    }
}

fn tail_type(tail: Tail) -> Option<TyId> {
    match tail {
        Tail::Closed => None,
        Tail::Hole(_, ty) | Tail::Var(ty) => Some(ty),
    }
}
