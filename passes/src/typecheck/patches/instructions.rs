//! What an instruction does at the end of its path: replace, transform, remove.

use ir_defs::kernel::{self, Instruction};
use ir_defs::tables::ConId;
use ir_defs::typed::Expr;
use ir_defs::types::Type;
use nanopass::{Span, TyId};

use super::super::Checker;
use super::super::errors::Cause;
use super::tree::{Leaf, What};
use super::{End, Patch};

/// Whether an instruction is written as what is no function.
fn is_plain(value: &kernel::Expr) -> bool {
    matches!(
        value,
        kernel::Expr::Lit { .. }
            | kernel::Expr::Tuple { .. }
            | kernel::Expr::List { .. }
            | kernel::Expr::Record { .. }
            | kernel::Expr::Do { .. }
            | kernel::Expr::Chain { .. }
            | kernel::Expr::Negate { .. }
            | kernel::Expr::Delta { .. }
            | kernel::Expr::Suffixed { .. }
    )
}

impl Checker<'_> {
    /// Puts an instruction to the place where its path ends.
    pub(super) fn instruct(
        &mut self,
        patch: &mut Patch,
        at: usize,
        place: Span,
        end: End,
        instruction: Instruction,
    ) {
        let Some(node) = patch.tree.nodes.get(at) else {
            return;
        };
        let ty = node.ty;
        let earlier = match node.what {
            What::Nothing => None,
            _ => Some(node.meta.span),
        };
        let leaf = match instruction {
            Instruction::Remove => self.removal(patch, at, place, end),
            Instruction::Store { value } => {
                let value = self.replacement(value, ty, place);
                Some(Leaf::Replace(self.bind_first(patch, value)))
            }
            Instruction::Apply { value } => self.application(patch, ty, place, value),
        };
        if let Some(earlier) = earlier {
            self.collide(place, earlier);
            return;
        }
        if leaf.is_some() {
            for (span, label, near) in std::mem::take(&mut patch.near) {
                self.near_miss(span, label, &near);
            }
        }
        if let (Some(leaf), Some(node)) = (leaf, patch.tree.nodes.get_mut(at)) {
            node.what = What::Leaf(leaf);
            node.meta.span = place;
        }
    }

    fn replacement(&mut self, value: kernel::Expr, ty: Option<TyId>, place: Span) -> Expr {
        match ty {
            Some(ty) => self.check(value, ty, &Cause::Path { place, ty }),
            None => self.infer(value),
        }
    }

    fn application(
        &mut self,
        patch: &mut Patch,
        ty: Option<TyId>,
        place: Span,
        value: kernel::Expr,
    ) -> Option<Leaf> {
        if matches!(value, kernel::Expr::Lambda { .. }) {
            let Some(ty) = ty else {
                self.nothing_to_transform(place, value.meta().span, nearest(patch));
                self.infer(value);
                return None;
            };
            let lifted = self.lifted(ty);
            let inner = lifted.as_ref().map_or(ty, |&(_, _, content)| content);
            let expected = self.fun(inner, inner);
            let cause = Cause::Path { place, ty: inner };
            let function = self.check(value, expected, &cause);
            return Some(transform(lifted, function));
        }
        if is_plain(&value) {
            let value = self.replacement(value, ty, place);
            return Some(Leaf::Replace(self.bind_first(patch, value)));
        }
        let span = value.meta().span;
        let value = self.infer(value);
        let found = self.shallow(value.meta().ty);
        let known = !self.is_hole(found) || self.is_of_operator(found);
        match *self.get(found) {
            Type::Error => None,
            Type::Hole(_) if !known => {
                let (bind, value) = self.temporary(value);
                patch.binds.push(bind);
                self.leave_undecided(&value, ty, place);
                Some(Leaf::Replace(value))
            }
            Type::Fun(param, _) => {
                let Some(ty) = ty else {
                    self.nothing_to_transform(place, span, nearest(patch));
                    return None;
                };
                let lifted = self
                    .lifted(ty)
                    .filter(|&(_, _, content)| !self.takes_whole(param, ty, content));
                let inner = lifted.as_ref().map_or(ty, |&(_, _, content)| content);
                let expected = self.fun(inner, inner);
                let cause = Cause::Transformation { place, ty: inner };
                let function = self.fit(value, expected, &cause);
                let function = self.bind_first(patch, function);
                Some(transform(lifted, function))
            }
            _ => {
                let value = match ty {
                    Some(ty) => self.fit(value, ty, &Cause::Path { place, ty }),
                    None => value,
                };
                Some(Leaf::Replace(self.bind_first(patch, value)))
            }
        }
    }

    /// Whether a type that is not known yet is what an operator gives, which is no function.
    pub(super) fn is_of_operator(&mut self, ty: TyId) -> bool {
        let results: Vec<TyId> = self
            .operators
            .iter()
            .map(|pending| pending.result)
            .collect();
        results.into_iter().any(|result| self.shallow(result) == ty)
    }

    /// The constructor of `Option` or `Result` whose content a transformation maps, the type's arguments, and the
    /// content.
    pub(super) fn lifted(&mut self, ty: TyId) -> Option<(ConId, Vec<TyId>, TyId)> {
        let ty = self.shallow(ty);
        let (data, args) = self.session.as_data(ty)?;
        let con = match self.session.tycons.name(data) {
            "Option" => "Some",
            "Result" => "Ok",
            _ => return None,
        };
        let con = self.session.constructors.id(con);
        let content = *args.last()?;
        Some((con, args, content))
    }

    /// Whether a function is known to take the `Option` or `Result` itself and not its content.
    pub(super) fn takes_whole(&mut self, param: TyId, ty: TyId, content: TyId) -> bool {
        let head = self.head_con(param);
        head.is_some() && head == self.head_con(ty) && head != self.head_con(content)
    }

    fn removal(&mut self, patch: &mut Patch, at: usize, place: Span, end: End) -> Option<Leaf> {
        let node = patch.tree.nodes.get(at)?;
        let (missing, fixed, span) = (node.ty.is_none(), node.fixed, node.meta.span);
        match end {
            End::Field if missing => {
                self.nothing_to_remove(span, nearest(patch));
                None
            }
            End::Field => {
                if let Some(fixed) = fixed {
                    self.cannot_remove(span, fixed);
                    return None;
                }
                patch.tree.retypes = true;
                Some(Leaf::Remove)
            }
            End::Key => Some(Leaf::Remove),
            End::Other => {
                self.not_removable(place);
                None
            }
        }
    }
}

/// The present field that is spelt almost like the one where a path ends.
fn nearest(patch: &Patch) -> Option<&str> {
    patch.near.last().map(|(_, _, near)| near.as_str())
}

pub(super) fn transform(lifted: Option<(ConId, Vec<TyId>, TyId)>, function: Expr) -> Leaf {
    match lifted {
        Some((con, types, _)) => Leaf::Lifted {
            con,
            types,
            function,
        },
        None => Leaf::Transform(function),
    }
}
