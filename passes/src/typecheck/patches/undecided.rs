//! Instructions of which it is not known yet whether they are functions.
//!
//! `r <| { a: x }` replaces or transforms, as the type of `x` says, which may be known only at the end of the binding
//! group. Until then it stands as a replacement by a variable; `zonk` writes what was decided.

use ir_defs::tables::ConId;
use ir_defs::typed::{Change, Expr};
use ir_defs::types::Type;
use nanopass::{Span, TyId, VarId};

use super::super::errors::Cause;
use super::super::{Checker, GROUP_LEVEL};
use super::instructions::transform;
use super::tree::leaf_change;

/// An instruction that waits for its type.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Undecided {
    /// What the instruction is bound to.
    var: VarId,
    found: TyId,
    /// What stands at the place; nothing for a field that the record lacks.
    ty: Option<TyId>,
    span: Span,
    place: Span,
}

/// What an instruction that waited turned out to be, if it does not replace.
#[derive(Clone, Debug)]
pub(in super::super) struct Transformation {
    /// What stands at the place.
    ty: TyId,
    /// The constructor of the `Option` or the `Result` whose content it transforms.
    lifted: Option<(ConId, Vec<TyId>, TyId)>,
}

impl Checker<'_> {
    /// Leaves open what an instruction does; it is bound to a variable.
    pub(super) fn leave_undecided(&mut self, value: &Expr, ty: Option<TyId>, place: Span) {
        if let Expr::Var { meta, var, .. } = value {
            self.undecided.push(Undecided {
                var: *var,
                found: meta.ty,
                ty,
                span: meta.span,
                place,
            });
        }
    }

    /// Decides the instructions since `from` whose types are known. With `last` the others are reported, unless the
    /// surroundings may still decide them.
    pub(in super::super) fn settle_instructions(&mut self, from: usize, last: bool) {
        for instruction in self.undecided.split_off(from.min(self.undecided.len())) {
            let found = self.shallow(instruction.found);
            match *self.get(found) {
                Type::Hole(hole) => {
                    let outer =
                        self.level > GROUP_LEVEL && self.holes[hole as usize].level < self.level;
                    if outer || !last {
                        self.undecided.push(instruction);
                    } else if self.is_of_operator(found) {
                        self.decide_instruction(instruction, found);
                    } else if !self.is_doubtful(instruction.span) {
                        self.unknown_instruction(instruction.span, instruction.place);
                    }
                }
                _ => self.decide_instruction(instruction, found),
            }
        }
    }

    fn decide_instruction(&mut self, instruction: Undecided, found: TyId) {
        let Undecided {
            var,
            ty,
            span,
            place,
            ..
        } = instruction;
        let Type::Fun(param, _) = *self.get(found) else {
            if let Some(ty) = ty {
                self.expect(span, found, ty, &Cause::Path { place, ty });
            }
            return;
        };
        let Some(ty) = ty else {
            self.nothing_to_transform(place, span, None);
            return;
        };
        let lifted = self
            .lifted(ty)
            .filter(|&(_, _, content)| !self.takes_whole(param, ty, content));
        let inner = lifted.as_ref().map_or(ty, |&(_, _, content)| content);
        let expected = self.fun(inner, inner);
        self.expect(
            span,
            found,
            expected,
            &Cause::Transformation { place, ty: inner },
        );
        self.transformations
            .insert(var, Transformation { ty, lifted });
    }

    /// Writes a replacement as the transformation that it has turned out to be.
    pub(in super::super) fn write_transformation(&mut self, change: &mut Change) {
        let (Change::Replace { value, .. } | Change::Insert { value, .. }) = &mut *change else {
            return;
        };
        let Expr::Var { meta, var, .. } = &**value else {
            return;
        };
        let Some(Transformation { ty, lifted }) = self.transformations.get(var).cloned() else {
            return;
        };
        let meta = meta.with_ty(ty);
        let function = std::mem::replace(&mut **value, super::super::zonk::placeholder());
        let transformation = leaf_change(meta, transform(lifted, function));
        *change = match std::mem::replace(
            change,
            Change::Several {
                meta,
                changes: Vec::new(),
            },
        ) {
            Change::Insert {
                meta,
                key,
                evidence,
                ..
            } => Change::Key {
                meta,
                key,
                evidence,
                change: Box::new(transformation),
            },
            _ => transformation,
        };
    }
}
