//! Groups of functions that capture too many of one another.
//!
//! The closures of a group hold one another, so all are allocated before any is filled. That goes for what one object
//! holds; the further parts of a larger one must exist before it, and could not hold the group. So where a member has
//! too many captures, none holds another member: each holds what all of them capture from outside, and makes those
//! that it needs again when it is called.

use ir_defs::closed::{Atom, MakeClosure, Stmt};
use ir_defs::lifted::Local;
use ir_defs::terminals::Binder;
use nanopass::{Meta, VarId};
use rustc_hash::{FxHashMap, FxHashSet};

use super::ConvertClosures;

/// With so many captures a closure is one object for sure.
const MAX_CAPTURES: usize = 200;

/// A group whose members make one another again.
pub(super) struct Remade {
    /// What each of its closures holds: all that the group captures from outside.
    pub captures: Vec<Binder>,
    members: Vec<Binder>,
}

impl ConvertClosures<'_> {
    /// Whether the members of a group are made again, because one of them captures too much.
    pub(super) fn remade(&self, group: &[Local]) -> Option<Remade> {
        let members: FxHashSet<VarId> = group.iter().map(|local| local.binder.var).collect();
        let mut is_needed = false;
        let mut captures = Vec::new();
        let mut known = FxHashSet::default();
        for local in group {
            let captured = self.closures.captures(local.binder.var);
            let is_large = captured.len() > MAX_CAPTURES;
            for capture in captured {
                if members.contains(&capture.var) {
                    is_needed |= is_large;
                } else if known.insert(capture.var) {
                    captures.push(capture);
                }
            }
        }
        is_needed.then(|| Remade {
            captures,
            members: group.iter().map(|local| local.binder).collect(),
        })
    }

    /// Makes the members that a function captures, from what its closure holds. `renamed` are the names of that in the
    /// function; those of the members are added.
    pub(super) fn make_again(
        &mut self,
        of: VarId,
        remade: &Remade,
        meta: Meta,
        renamed: &mut FxHashMap<VarId, VarId>,
    ) -> Option<Stmt> {
        let captured = self.closures.captures(of);
        let atoms: Vec<Atom> = remade
            .captures
            .iter()
            .map(|capture| Atom::Var {
                meta: meta.with_ty(capture.ty),
                var: renamed.get(&capture.var).copied().unwrap_or(capture.var),
            })
            .collect();
        let mut closures = Vec::new();
        for &member in &remade.members {
            if !captured.iter().any(|capture| capture.var == member.var) {
                continue;
            }
            let Some(function) = self.closures.get(member.var).map(|found| found.code) else {
                continue;
            };
            let var = self.session.core.fresh_var_like(member.var);
            renamed.insert(member.var, var);
            closures.push(MakeClosure {
                meta: meta.with_ty(member.ty),
                binder: Binder::new(var, member.ty),
                function,
                captures: atoms.clone(),
            });
        }
        (!closures.is_empty()).then_some(Stmt::Closures { meta, closures })
    }
}
