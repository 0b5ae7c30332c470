//! Types as far as they are known, and how large they are.

use super::Checker;
use super::errors::TYPE_SIZE;
use super::rows::{Failure, Tail};
use ir_defs::types::Type;
use nanopass::{Span, TyId};
use rustc_hash::FxHashMap;

/// Parts that a type may have.
const LIMIT: u32 = 50_000;

impl Checker<'_> {
    /// A type with all holes that are known replaced.
    pub(super) fn resolve(&mut self, ty: TyId) -> TyId {
        if !self.session.types.has_hole(ty) {
            return ty;
        }
        self.fill(ty, false, &mut FxHashMap::default())
    }

    /// A type without holes: what nothing has decided gets its default.
    pub(super) fn zonk(&mut self, ty: TyId) -> TyId {
        if !self.session.types.has_hole(ty) {
            return ty;
        }
        self.fill(ty, true, &mut FxHashMap::default())
    }

    pub(super) fn fill(
        &mut self,
        ty: TyId,
        default: bool,
        memo: &mut FxHashMap<TyId, TyId>,
    ) -> TyId {
        let ty = self.shallow(ty);
        if !self.session.types.has_hole(ty) {
            return ty;
        }
        if let Some(&done) = memo.get(&ty) {
            return done;
        }
        let filled = match self.get(ty).clone() {
            Type::Hole(hole) if default => {
                let default = self.default_of(hole);
                self.holes[hole as usize].bound = default;
                default
            }
            Type::Apply(head, args) => {
                let head = self.fill(head, default, memo);
                let args = args
                    .into_iter()
                    .map(|arg| self.fill(arg, default, memo))
                    .collect();
                self.session.types.apply(head, args)
            }
            Type::Fun(param, result) => {
                let param = self.fill(param, default, memo);
                let result = self.fill(result, default, memo);
                self.fun(param, result)
            }
            Type::Tuple(items) => {
                let items = items
                    .into_iter()
                    .map(|item| self.fill(item, default, memo))
                    .collect();
                self.session.types.intern(Type::Tuple(items))
            }
            Type::Record { .. } => {
                let view = self.record_view(ty);
                let fields: Vec<_> = view
                    .fields
                    .into_iter()
                    .map(|(label, ty)| (label, self.fill(ty, default, memo)))
                    .collect();
                let tail = match view.tail {
                    Tail::Closed => None,
                    Tail::Hole(_, tail) | Tail::Var(tail) => Some(self.fill(tail, default, memo)),
                };
                self.session.record(fields, tail)
            }
            Type::Row { .. } => self.fill_row(ty, default, memo),
            _ => ty,
        };
        memo.insert(ty, filled);
        filled
    }

    pub(super) fn fill_row(
        &mut self,
        ty: TyId,
        default: bool,
        memo: &mut FxHashMap<TyId, TyId>,
    ) -> TyId {
        let view = self.row_view(ty);
        let tail = match view.tail {
            Tail::Closed => None,
            Tail::Hole(hole, _) if default => {
                self.holes[hole as usize].bound = self.known.nothing;
                None
            }
            Tail::Hole(_, tail) | Tail::Var(tail) => Some(tail),
        };
        let fail = match view.fail {
            Failure::None => None,
            Failure::Type(failure) => Some(self.fill(failure, default, memo)),
            // The failure of the variable that is the tail goes without saying.
            Failure::OfVar(var) if Some(var) == tail => None,
            Failure::OfVar(var) => Some(var),
            Failure::Hole(hole, _) if default => {
                let bound = match tail {
                    Some(var) if matches!(self.get(var), Type::Var(_)) => var,
                    _ => self.known.nothing,
                };
                self.holes[hole as usize].bound = bound;
                None
            }
            Failure::Hole(_, failure) => Some(failure),
        };
        match tail {
            Some(tail)
                if view.capabilities.is_empty()
                    && fail.is_none()
                    && matches!(self.get(tail), Type::Var(_)) =>
            {
                tail
            }
            _ => self.session.row(view.capabilities, fail, tail),
        }
    }

    /// Reports a type beyond the limit, once a group.
    pub(super) fn check_size(&mut self, ty: TyId, span: Span) -> bool {
        if self.size(ty) <= LIMIT {
            return false;
        }
        if std::mem::replace(&mut self.too_large, true) {
            return true;
        }
        self.error(
            TYPE_SIZE,
            format!("the type of this has more than {LIMIT} parts"),
            span,
            "",
        );
        true
    }

    /// How many parts a type has, as far as it is known.
    pub(super) fn size(&mut self, ty: TyId) -> u32 {
        if let Some(&size) = self.sizes.get(&ty) {
            return size;
        }
        let mut parts = Vec::new();
        ir_defs::types::each_part(self.get(ty), |part| parts.push(part));
        let size = parts
            .into_iter()
            .fold(1u32, |size, part| size.saturating_add(self.size(part)));
        self.sizes.insert(ty, size);
        size
    }
}
