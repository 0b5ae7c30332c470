//! Primitives, and the boxes that arrays need for raw values.

use ir_defs::closed;
use ir_defs::laid_out;
use ir_defs::prims::Prim;
use ir_defs::reps::{Layout, Rep};
use ir_defs::terminals::IntLit;
use nanopass::{Meta, TyId};

use super::ChooseLayouts;

impl ChooseLayouts<'_> {
    /// Arrays hold value words, so an item of any other representation lies in a box of its own.
    pub(super) fn prim(
        &mut self,
        meta: Meta,
        prim: Prim,
        mut args: Vec<closed::Atom>,
        ty: TyId,
        out: &mut Vec<laid_out::Stmt>,
    ) -> laid_out::Rhs {
        let rep = self.shapes.rep(ty);
        match prim.name() {
            "array.set" => {
                let item = args.pop();
                let item_rep = item.as_ref().map_or(Rep::Value, |item| {
                    let ty = self.atom_type(item);
                    self.shapes.rep(ty)
                });
                let mut args = self.atoms(args, out);
                if let Some(item) = item {
                    let item = self.atom(item, out);
                    args.push(self.boxed(meta, item, item_rep, out));
                }
                laid_out::Rhs::Prim {
                    meta,
                    prim,
                    rep,
                    args,
                }
            }
            "array.get" => {
                let args = self.atoms(args, out);
                let item = laid_out::Rhs::Prim {
                    meta,
                    prim,
                    rep: Rep::Value,
                    args,
                };
                match rep {
                    Rep::Value => item,
                    Rep::Nothing => laid_out::Rhs::Atom {
                        meta,
                        atom: laid_out::Atom::Nothing { meta },
                    },
                    raw => {
                        let object = self.name("box", item, Rep::Value, out);
                        laid_out::Rhs::Field {
                            meta,
                            object,
                            layout: box_of(raw),
                            index: IntLit(0),
                        }
                    }
                }
            }
            _ => laid_out::Rhs::Prim {
                meta,
                prim,
                rep,
                args: self.atoms(args, out),
            },
        }
    }

    fn boxed(
        &mut self,
        meta: Meta,
        item: laid_out::Atom,
        rep: Rep,
        out: &mut Vec<laid_out::Stmt>,
    ) -> laid_out::Atom {
        match rep {
            Rep::Value => item,
            Rep::Nothing => laid_out::Atom::Immediate {
                meta,
                value: IntLit(0),
            },
            raw => {
                let object = laid_out::Rhs::Construct {
                    meta,
                    layout: box_of(raw),
                    fields: vec![item],
                };
                self.name("box", object, Rep::Value, out)
            }
        }
    }
}

/// The layout of a box for one raw value.
fn box_of(rep: Rep) -> Layout {
    Layout {
        tag: 0,
        fields: vec![rep],
    }
}
