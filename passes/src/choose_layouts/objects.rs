//! Values of constructors, tuples, records and lists: how they are built and taken apart.

use ir_defs::closed;
use ir_defs::laid_out::{Atom, Rhs, Stmt};
use ir_defs::reps::{Layout, Rep};
use ir_defs::tables::ConId;
use ir_defs::terminals::IntLit;
use nanopass::{Meta, Symbol, TyId};

use super::ChooseLayouts;
use super::shapes::{Place, Shape};

impl ChooseLayouts<'_> {
    /// A value of a constructor, tuple or record.
    pub(super) fn build(
        &mut self,
        meta: Meta,
        shape: Shape,
        args: Vec<closed::Atom>,
        out: &mut Vec<Stmt>,
    ) -> Rhs {
        let args = args.into_iter().map(|arg| self.atom(arg, out)).collect();
        self.construct(meta, shape, args, out)
    }

    /// `args` are all fields, those without width too.
    pub(super) fn construct(
        &mut self,
        meta: Meta,
        shape: Shape,
        args: Vec<Atom>,
        out: &mut Vec<Stmt>,
    ) -> Rhs {
        let atom = match shape {
            Shape::Nothing => Atom::Nothing { meta },
            Shape::Small(index) => Atom::Small {
                meta,
                value: IntLit(index),
            },
            Shape::Immediate(index) => Atom::Immediate {
                meta,
                value: IntLit(index),
            },
            Shape::Erased(index) | Shape::Bare(index) => args
                .into_iter()
                .nth(index)
                .unwrap_or(Atom::Nothing { meta }),
            Shape::Object { parts, places } => {
                let (layout, fields) = self.first_part(meta, parts, &places, &args, out);
                return Rhs::Construct {
                    meta,
                    layout,
                    fields,
                };
            }
        };
        Rhs::Atom { meta, atom }
    }

    /// An object with a hole. `introduce-loops` makes holes only in constructors whose values are one object.
    pub(super) fn open(
        &mut self,
        meta: Meta,
        con: ConId,
        types: &[TyId],
        hole: usize,
        args: Vec<closed::Atom>,
        out: &mut Vec<Stmt>,
    ) -> Rhs {
        let mut args: Vec<Atom> = args.into_iter().map(|arg| self.atom(arg, out)).collect();
        args.insert(hole.min(args.len()), Atom::Nothing { meta });
        match self.shapes.constructor(con, types) {
            Shape::Object { parts, places } if parts.len() == 1 => {
                let (layout, mut fields) = self.first_part(meta, parts, &places, &args, out);
                let index = places
                    .get(hole)
                    .copied()
                    .flatten()
                    .map_or(0, |place| place.index);
                if (index as usize) < fields.len() {
                    fields.remove(index as usize);
                }
                Rhs::Open {
                    meta,
                    layout,
                    hole: IntLit(index),
                    fields,
                }
            }
            shape => self.construct(meta, shape, args, out),
        }
    }

    /// Where a field is in the objects of a constructor.
    pub(super) fn place(&mut self, meta: Meta, con: ConId, types: &[TyId], field: usize) -> Atom {
        match self.shapes.constructor(con, types) {
            Shape::Object { parts, places } => {
                let place = places.get(field).copied().flatten();
                let place = place.unwrap_or(Place { part: 0, index: 0 });
                let layout = parts.into_iter().nth(place.part).unwrap_or(Layout {
                    tag: 0,
                    fields: Vec::new(),
                });
                Atom::Place {
                    meta,
                    layout,
                    index: IntLit(place.index),
                }
            }
            _ => Atom::Small {
                meta,
                value: IntLit(0),
            },
        }
    }

    /// Builds the parts of an object from the last to the second; gives the layout and the fields of the first.
    pub(super) fn first_part(
        &mut self,
        meta: Meta,
        parts: Vec<Layout>,
        places: &[Option<Place>],
        atoms: &[Atom],
        out: &mut Vec<Stmt>,
    ) -> (Layout, Vec<Atom>) {
        let mut first = (
            Layout {
                tag: 0,
                fields: Vec::new(),
            },
            Vec::new(),
        );
        let mut rest: Option<Atom> = None;
        for (part, layout) in parts.into_iter().enumerate().rev() {
            let mut fields = vec![None; layout.fields.len()];
            if let (Some(rest), Some(slot)) = (rest.take(), fields.first_mut()) {
                *slot = Some(rest);
            }
            for (atom, place) in atoms.iter().zip(places) {
                if let Some(place) = place
                    && place.part == part
                    && let Some(field) = fields.get_mut(place.index as usize)
                {
                    *field = Some(atom.clone());
                }
            }
            let fields: Vec<Atom> = fields.into_iter().flatten().collect();
            if part == 0 {
                first = (layout, fields);
            } else {
                let object = Rhs::Construct {
                    meta,
                    layout,
                    fields,
                };
                rest = Some(self.name("rest", object, Rep::Value, out));
            }
        }
        first
    }

    pub(super) fn select(
        &mut self,
        meta: Meta,
        record: closed::Atom,
        label: Symbol,
        out: &mut Vec<Stmt>,
    ) -> Rhs {
        let ty = self.atom_type(&record);
        let index = self.shapes.field(ty, label);
        self.project(meta, record, ty, index, out)
    }

    pub(super) fn item(
        &mut self,
        meta: Meta,
        tuple: closed::Atom,
        index: usize,
        out: &mut Vec<Stmt>,
    ) -> Rhs {
        let ty = self.atom_type(&tuple);
        self.project(meta, tuple, ty, index, out)
    }

    /// Field `index` of a tuple or record type.
    fn project(
        &mut self,
        meta: Meta,
        object: closed::Atom,
        ty: TyId,
        index: usize,
        out: &mut Vec<Stmt>,
    ) -> Rhs {
        let shape = self.shapes.product_type(ty);
        let object = self.atom(object, out);
        self.load(meta, object, &shape, index, out)
    }

    /// Field `index` of an object of the given shape.
    pub(super) fn load(
        &mut self,
        meta: Meta,
        mut object: Atom,
        shape: &Shape,
        index: usize,
        out: &mut Vec<Stmt>,
    ) -> Rhs {
        let nothing = Rhs::Atom {
            meta,
            atom: Atom::Nothing { meta },
        };
        match shape {
            Shape::Erased(only) | Shape::Bare(only) if *only == index => {
                Rhs::Atom { meta, atom: object }
            }
            Shape::Object { parts, places } => {
                let Some(Some(place)) = places.get(index) else {
                    return nothing;
                };
                for layout in parts.iter().take(place.part) {
                    let next = Rhs::Field {
                        meta,
                        object,
                        layout: layout.clone(),
                        index: IntLit(0),
                    };
                    object = self.name("rest", next, Rep::Value, out);
                }
                match parts.get(place.part) {
                    Some(layout) => Rhs::Field {
                        meta,
                        object,
                        layout: layout.clone(),
                        index: IntLit(place.index),
                    },
                    None => nothing,
                }
            }
            _ => nothing,
        }
    }

    /// A list literal is built from its end, without nesting.
    pub(super) fn list(
        &mut self,
        meta: Meta,
        item: TyId,
        items: Vec<closed::Atom>,
        out: &mut Vec<Stmt>,
    ) -> Rhs {
        let nil = self.shapes.session.constructors.id("List.Nil");
        let cons = self.shapes.session.constructors.id("List.Cons");
        let nil = self.shapes.constructor(nil, &[item]);
        let cons = self.shapes.constructor(cons, &[item]);
        let items: Vec<Atom> = items.into_iter().map(|item| self.atom(item, out)).collect();
        let mut list = self.construct(meta, nil, Vec::new(), out);
        for item in items.into_iter().rev() {
            let tail = match list {
                Rhs::Atom { atom, .. } => atom,
                other => self.name("list", other, Rep::Value, out),
            };
            list = self.construct(meta, cons.clone(), vec![item, tail], out);
        }
        list
    }
}
