//! Texts that instances give, as parts of structures.
//!
//! A user's text stands as it is. Those of the library read back as the value, so an application and a negative number
//! stand in parentheses as a constructor's argument: `Some (Queue.fromList [1])`, `Some (-5)`.

use ir_defs::derived::Expr;
use ir_defs::known::{Enclosed, enclosed};
use nanopass::TyId;

use super::Derive;
use super::build::var;

impl Derive<'_> {
    /// The pieces with a text that an instance for `ty` has given; `pieces` is a variable.
    pub(super) fn instance_pieces(
        &mut self,
        ty: TyId,
        argument: bool,
        piece: Expr,
        pieces: Expr,
    ) -> Expr {
        match enclosed(self.session, ty) {
            Enclosed::Always if argument => self.push_enclosed(piece, pieces),
            Enclosed::Negative if argument => {
                let (bool, int) = (self.session.bool(), self.session.int());
                let text = self.session.text();
                let (shown, negative) = (self.binder("shown", text), self.binder("negative", bool));
                let (minus, zero) = (self.literal("-"), self.int(0));
                let place = self.prim("text.find", int, vec![var(shown), minus, zero]);
                let zero = self.int(0);
                let begins = self.prim("int.eq", bool, vec![place, zero]);
                let negated = self.push_enclosed(var(shown), pieces.clone());
                let plain = self.push(var(shown), pieces);
                let yes = self.con("True");
                let yes = self.on(yes, Vec::new(), negated);
                let switch = self.switch(negative, vec![yes], Some(plain));
                let binds = vec![self.bind(shown, piece), self.bind(negative, begins)];
                self.let_in(binds, switch)
            }
            _ => self.push(piece, pieces),
        }
    }

    fn push_enclosed(&mut self, piece: Expr, pieces: Expr) -> Expr {
        let open = self.push_literal("(", pieces);
        let shown = self.push(piece, open);
        self.push_literal(")", shown)
    }
}
