//! Tail recursion modulo constructor: a call under a constructor fills a hole.
//!
//! ```text
//! (function map [f xs] …                         (function map [f xs] …
//!   (switch xs                                     (switch xs
//!     (on-con Nil [] Nil)                            (on-con Nil [] Nil)
//!     (on-con Cons [x t]                             (on-con Cons [x t]
//!       (let y (apply f x))                            (let y (apply f x))
//!       (let r (call map f t))                         (let cell (open Cons 1 y))
//!       (construct Cons y r))))                        (let u (call map.fill f t cell))
//!                                                      cell)))
//!                                                (function map.fill [f xs cell] …
//!                                                  (switch xs
//!                                                    (on-con Nil [] (let v Nil) (fill cell (place Cons 1) v))
//!                                                    (on-con Cons [x t]
//!                                                      (let y (apply f x))
//!                                                      (let cell.1 (open Cons 1 y))
//!                                                      (let u (fill cell (place Cons 1) cell.1))
//!                                                      (call map.fill f t cell.1))))
//! ```
//!
//! The second function is the first one in destination-passing style (Bour, Clément and Scherer, "Tail Modulo Cons",
//! 2021): it puts its result into a hole that it is given. Its calls of itself are tail calls, so `tail_calls` makes a
//! loop of them. The first one makes the first cell, so nothing is allocated in excess, and does what it did where there
//! is no such call; so its other tail calls stay tail calls.
//!
//! Constructors may nest (`[a, b, ...go rest]`). Holes of one function may be in different fields (an insertion into a
//! tree goes left or right): then the place is a parameter too. What stands after the call must be total, because it is
//! done before it now; and the hole must be of the type that the function gives, which makes it a value word of an
//! object: such a type has a constructor with a field of the type itself.
//!
//! Functions that call one another under constructors are one group: each is as the others' own, and holes may be filled
//! in turn ([`groups`]). So `evens` and `odds` are as good as `map`.
//!
//! `xs ++ go rest` copies `xs` into the hole ([`append`]), and goes on at the last cell of the copy.
//!
//! A function that gives a tuple may fill a hole for each of its components ([`tuples`]).
//!
//! The files: [`groups`] finds functions, [`sites`] their calls under constructors, [`fill`] makes the second form, and
//! [`first`] changes the first.

mod append;
mod fill;
mod first;
mod groups;
mod sites;
mod tuples;

use ir_defs::Session;
use ir_defs::loops::{Atom, Function, Program, Rhs, Stmt, VisitMut, walk_mut_stmt};
use ir_defs::tables::{ConId, GlobalId};
use ir_defs::terminals::{Binder, Flag, IntLit};
use nanopass::{Meta, TyId, VarId};
use rustc_hash::FxHashMap;

use super::recursion::{Itself, Peers};
use groups::Group;

/// Objects of more fields may be in several parts, which no hole is made in.
const MAX_FIELDS: usize = 60;

/// Makes functions that fill holes.
pub fn run(program: &mut Program, peers: &Peers, session: &mut Session) {
    let mut pass = Holes {
        session,
        made: Vec::new(),
        appends: FxHashMap::default(),
    };
    let mut functions = std::mem::take(&mut program.functions);
    // What is made for a function stands behind it.
    let mut copies = Vec::with_capacity(functions.len());
    for function in &mut functions {
        pass.body(&mut function.body);
        copies.push(std::mem::take(&mut pass.made));
    }
    let mut forms = pass.globals(&mut functions, peers);
    for ((place, function), copies) in functions.into_iter().enumerate().zip(copies) {
        program.functions.push(function);
        program
            .functions
            .extend(forms.remove(&place).into_iter().flatten());
        program.functions.extend(copies);
    }
    for value in &mut program.values {
        pass.body(&mut value.body);
    }
    program.functions.append(&mut pass.made);
}

struct Holes<'s> {
    session: &'s mut Session,
    /// Functions that are needed, and made already.
    made: Vec<Function>,
    /// The functions that copy a list into a hole, by the type of the list.
    appends: FxHashMap<TyId, GlobalId>,
}

/// Adds the functions that fill holes to the groups of local functions.
impl VisitMut for Holes<'_> {
    fn stmt(&mut self, statement: &mut Stmt) {
        walk_mut_stmt(self, statement);
        if let Stmt::Functions { functions, .. } = statement {
            self.locals(functions);
        }
    }
}

/// A constructor's field, with the arguments of its type.
#[derive(Clone, PartialEq, Debug)]
struct Field {
    con: ConId,
    types: Vec<TyId>,
    field: usize,
}

/// Where a result goes.
struct Destination {
    cell: Binder,
    place: Option<Binder>,
}

impl Holes<'_> {
    /// Puts a value into the hole.
    fn fill(&mut self, group: &Group, meta: Meta, to: &Destination, value: Atom) -> Rhs {
        let place = match (to.place, &group.field) {
            (None, Some(field)) => self.place_atom(meta, field.clone()),
            (Some(place), _) => var(meta, place),
            (None, None) => return Rhs::Atom { meta, atom: value },
        };
        Rhs::Fill {
            meta: meta.with_ty(self.session.unit()),
            cell: var(meta, to.cell),
            place,
            value,
        }
    }

    fn place_atom(&mut self, meta: Meta, field: Field) -> Atom {
        Atom::Place {
            meta: meta.with_ty(self.session.ty_con("place")),
            con: field.con,
            types: field.types,
            field: IntLit(field.field as u32),
        }
    }

    /// A call of the second form of a member of a group.
    fn fill_call(
        &mut self,
        group: &Group,
        callee: usize,
        meta: Meta,
        args: Vec<Atom>,
        cell: Atom,
        place: Option<Atom>,
    ) -> Rhs {
        let mut args = args;
        args.push(cell);
        args.extend(place);
        let result = self.session.unit();
        let Some((member, fill)) = group.fill(callee) else {
            // Every member that is called under a constructor has a second form.
            return Rhs::Tuple {
                meta: meta.with_ty(result),
                items: Vec::new(),
            };
        };
        call_of(meta, fill, member.performs, member.fails, result, args)
    }

    fn named(&mut self, name: &str, value: Rhs, statements: &mut Vec<Stmt>) -> Atom {
        let meta = value.meta();
        if let Rhs::Atom { atom, .. } = value {
            return atom;
        }
        let binder = Binder::new(self.session.core.fresh_named(name, meta.span), meta.ty);
        statements.push(Stmt::Let {
            meta,
            binder,
            value,
        });
        var(meta, binder)
    }

    /// Does something that gives `Unit`.
    fn do_first(&mut self, value: Rhs, statements: &mut Vec<Stmt>) {
        self.named("unit", value, statements);
    }
}

fn call_of(
    meta: Meta,
    callee: Itself,
    performs: Flag,
    fails: Option<TyId>,
    result: TyId,
    args: Vec<Atom>,
) -> Rhs {
    let meta = meta.with_ty(result);
    match callee {
        Itself::Global(function) => Rhs::Call {
            meta,
            function,
            performs,
            fails,
            result,
            args,
        },
        Itself::Local(function) => Rhs::CallLocal {
            meta,
            function,
            performs,
            fails,
            result,
            args,
        },
    }
}

fn place_of(args: &[Atom], wanted: VarId) -> Option<usize> {
    args.iter()
        .position(|arg| matches!(arg, Atom::Var { var, .. } if *var == wanted))
}

fn var(meta: Meta, binder: Binder) -> Atom {
    Atom::Var {
        meta: meta.with_ty(binder.ty),
        var: binder.var,
    }
}
