//! Objects: allocated, then filled; or laid out at compile time.

use ir_defs::laid_out;
use ir_defs::memory::{Atom, Rhs, Stmt};
use ir_defs::reps::{Layout, Rep};
use ir_defs::terminals::IntLit;
use nanopass::{Diagnostic, Meta};

use super::LowerData;
use crate::codes;
use ir_defs::layout::{CODE_OFFSET, Kind, MAX_ARITY, MAX_TAG, offsets};

impl LowerData<'_> {
    /// All closures of a group are allocated before any is filled, because they may hold one another.
    pub(super) fn closures(&mut self, closures: Vec<laid_out::MakeClosure>, out: &mut Vec<Stmt>) {
        for closure in &closures {
            let meta = closure.meta;
            let offsets = offsets(&closure.layout, Kind::Closure);
            let value = Rhs::Allocate {
                meta,
                bytes: IntLit(offsets.size),
                header: IntLit(offsets.header),
            };
            out.push(Stmt::Let {
                meta,
                local: closure.local,
                value,
            });
        }
        for closure in closures {
            let meta = closure.meta;
            let offsets = offsets(&closure.layout, Kind::Closure);
            let object = Atom::Var {
                meta,
                var: closure.local.var,
            };
            let code = Atom::Code {
                meta,
                function: closure.function,
                arity: self.statics.arity(closure.function),
            };
            out.push(store(meta, Rep::I32, &object, CODE_OFFSET, code));
            let captures = self.fields(closure.captures);
            fill(
                meta,
                &object,
                &closure.layout.fields,
                &offsets.fields,
                captures,
                out,
            );
        }
    }

    fn fields(&mut self, fields: Vec<laid_out::Atom>) -> Vec<Atom> {
        fields.into_iter().map(|field| self.atom(field)).collect()
    }

    pub(super) fn construct(
        &mut self,
        meta: Meta,
        layout: Layout,
        fields: Vec<laid_out::Atom>,
        out: &mut Vec<Stmt>,
    ) -> Rhs {
        if layout.tag > MAX_TAG {
            let message = format!(
                "a data type may have at most {} constructors with fields",
                MAX_TAG + 1
            );
            self.session
                .report(Diagnostic::error(codes::TOO_MANY_CONSTRUCTORS, message).at(meta.span, ""));
        }
        let fields = self.fields(fields);
        if let Some(object) = self.statics.object(&layout, &fields, self.session) {
            return Rhs::Atom {
                meta,
                atom: Atom::Address {
                    meta,
                    static_: object,
                },
            };
        }
        self.allocate(meta, &layout, fields, out)
    }

    /// An object with a hole, which holds an immediate until it is filled. Never static, because it changes.
    pub(super) fn open(
        &mut self,
        meta: Meta,
        layout: Layout,
        hole: usize,
        fields: Vec<laid_out::Atom>,
        out: &mut Vec<Stmt>,
    ) -> Rhs {
        let mut fields = self.fields(fields);
        let value = IntLit(0);
        fields.insert(hole.min(fields.len()), Atom::Immediate { meta, value });
        self.allocate(meta, &layout, fields, out)
    }

    fn allocate(
        &mut self,
        meta: Meta,
        layout: &Layout,
        fields: Vec<Atom>,
        out: &mut Vec<Stmt>,
    ) -> Rhs {
        let offsets = offsets(layout, Kind::Fields);
        let allocate = Rhs::Allocate {
            meta,
            bytes: IntLit(offsets.size),
            header: IntLit(offsets.header),
        };
        let object = self.name("object", allocate, Rep::Value, out);
        fill(meta, &object, &layout.fields, &offsets.fields, fields, out);
        Rhs::Atom { meta, atom: object }
    }

    /// The code word of a closure has room for so many arguments only.
    pub(super) fn check_arity(&mut self, meta: Meta, arity: u32) {
        if arity > MAX_ARITY {
            let message = format!(
                "a function that is used as a value may take at most {MAX_ARITY} arguments, not {arity}"
            );
            self.session
                .report(Diagnostic::error(codes::TOO_MANY_ARGUMENTS, message).at(meta.span, ""));
        }
    }
}

fn fill(
    meta: Meta,
    object: &Atom,
    reps: &[Rep],
    offsets: &[u32],
    fields: Vec<Atom>,
    out: &mut Vec<Stmt>,
) {
    for ((field, &rep), &offset) in fields.into_iter().zip(reps).zip(offsets) {
        out.push(store(meta, rep, object, offset, field));
    }
}

/// Writes a field.
pub(super) fn store(meta: Meta, rep: Rep, object: &Atom, offset: u32, value: Atom) -> Stmt {
    Stmt::Store {
        meta,
        rep,
        object: object.clone(),
        offset: IntLit(offset),
        value,
    }
}
