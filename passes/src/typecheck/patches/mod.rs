//! Patches: what each step of a path stands on, whether an instruction replaces or transforms, and the type that comes
//! out.
//!
//! ```text
//! r <| { a: 1, b.c: _ + 1, old: - }   ⇒   (patch r (fields (change a (replace 1))
//!                                             (change b (fields (change c (transform (lambda …))))) (remove old)))
//! ```
//!
//! The paths of a patch become one [`tree`] that shares their beginnings, so a record is taken apart once however many
//! of its fields are changed, and two paths that lead to one place are found. Fields that are independent of one another
//! are grouped; selections of items, values, keys and constructors stay in their order, because one may see what an
//! earlier one changed. Instructions, keys and predicates that compute something are bound to variables first, so that
//! they are evaluated once, from left to right, wherever they end in the tree.

mod errors;
mod instructions;
pub(super) mod near;
mod paths;
mod tree;
mod undecided;

use ir_defs::kernel::{self, PatchEntry, PatchStep};
use ir_defs::typed::{Bind, Expr};
use nanopass::{Meta, Span, Symbol};

use super::Checker;
use tree::{ROOT, Tree};
pub(super) use undecided::{Transformation, Undecided};

/// A patch that is being typed.
struct Patch {
    tree: Tree,
    /// What is evaluated before the target is changed.
    binds: Vec<Bind>,
    /// Fields that the entry at hand adds, with the present ones that are spelt almost like them.
    near: Vec<(Span, Symbol, String)>,
}

impl Checker<'_> {
    /// `target <| { entries }`
    pub(super) fn patch(
        &mut self,
        meta: Meta,
        target: kernel::Expr,
        entries: Vec<PatchEntry>,
    ) -> Expr {
        let mut target = self.infer(target);
        let mut patch = Patch {
            tree: Tree::new(target.meta()),
            binds: Vec::new(),
            near: Vec::new(),
        };
        for entry in entries {
            self.entry(&mut patch, entry);
        }
        let (change, ty) = self.build_change(&mut patch.tree, ROOT);
        let mut binds = patch.binds;
        if !binds.is_empty() && !is_settled(&target) {
            let (bind, var) = self.temporary(target);
            binds.insert(0, bind);
            target = var;
        }
        let meta = meta.with_ty(ty);
        let changed = Expr::Patch {
            meta,
            target: Box::new(target),
            change: Box::new(change),
        };
        if binds.is_empty() {
            return changed;
        }
        Expr::Let {
            meta,
            binds,
            body: Box::new(changed),
        }
    }

    fn entry(&mut self, patch: &mut Patch, entry: PatchEntry) {
        let PatchEntry {
            path, instruction, ..
        } = entry;
        let place = path
            .iter()
            .fold(Span::NONE, |span, step| span.to(step.meta().span));
        let end = match path.last() {
            Some(PatchStep::Field { .. }) => End::Field,
            Some(PatchStep::Key { .. } | PatchStep::Where { .. }) => End::Key,
            _ => End::Other,
        };
        patch.near.clear();
        match self.follow(patch, path) {
            Some(node) => self.instruct(patch, node, place, end, instruction),
            // What is wrong has been said; a mistake inside the instruction is another one.
            None => {
                if let kernel::Instruction::Apply { value } | kernel::Instruction::Store { value } =
                    instruction
                {
                    self.infer(value);
                }
            }
        }
    }

    /// An expression that costs nothing to evaluate where it is used; another one is bound first.
    fn bind_first(&mut self, patch: &mut Patch, value: Expr) -> Expr {
        if is_settled(&value) {
            return value;
        }
        let (bind, var) = self.temporary(value);
        patch.binds.push(bind);
        var
    }
}

/// What the last step of a path is, for `-`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Field,
    Key,
    Other,
}

/// Whether evaluating an expression does nothing that could be seen, whenever and however often that is.
fn is_settled(value: &Expr) -> bool {
    matches!(
        value,
        Expr::Lit { .. }
            | Expr::Var { .. }
            | Expr::Global { .. }
            | Expr::Member { .. }
            | Expr::Con { .. }
            | Expr::Lambda { .. }
    )
}
