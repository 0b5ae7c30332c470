//! `derive-structural`: `mono` → `derived`
//!
//! Each hole `Derived` becomes a function that the compiler writes: `==`, the total order and `toText` of a type, from
//! its structure.
//!
//! ```text
//! (derived eq (tuple Int Text))   ──►   eq<Tuple<Int,Text>> = a b =>
//!                                         let r = int.eq a.0 b.0
//!                                         in switch r | True => text.eq a.1 b.1 | False => False
//! ```
//!
//! A function is made once for each type and operation, and mentions those of the type's parts: a primitive, the
//! user's instance that `overrides` names, or another derived function, so recursive types need no thought.
//! Comparing the last component is a tail call, hence comparing long lists takes no stack; for equality, whose order
//! nobody sees, that is the last component of the type itself if only numbers and texts stand behind it.
//! Text is made in pieces: `pieces<T>` puts the pieces of a value in front of those that came before it, and one
//! function at the end copies them all into a text, back to front. So printing takes time in proportion to its output,
//! and a list is a loop. Parts are shown from first to last, as a user's `toText` may end in a fault.

mod build;
mod compare;
mod instances;
mod text;

use std::collections::VecDeque;

use ir_defs::Session;
use ir_defs::derived as d;
use ir_defs::mono as m;
use ir_defs::mono_to_derived::{Rewrite, walk_define};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Derivation, Flag};
use ir_defs::types::Type;
use nanopass::{Diagnostic, Meta, TyId};
use rustc_hash::FxHashMap;

use crate::codes;
use crate::monomorphize::instance_name;

/// Fills the holes.
pub fn run(program: m::Program, session: &mut Session) -> d::Program {
    let m::Program {
        data,
        overrides,
        defines,
        order,
        main,
    } = program;
    let mut pass = Derive {
        overrides: overrides
            .into_iter()
            .map(|found| ((found.derivation, found.type_), found.global))
            .collect(),
        known: FxHashMap::default(),
        queue: VecDeque::new(),
        making: None,
        session,
    };
    let mut defines: Vec<d::Define> = defines
        .into_iter()
        .map(|define| walk_define(&mut pass, define))
        .collect();
    while let Some((role, ty, global)) = pass.queue.pop_front() {
        let value = pass.function(role, ty);
        let meta = value.meta();
        defines.push(d::Define {
            meta,
            global,
            type_: meta.ty,
            static_: Flag(false),
            value,
        });
    }
    d::Program {
        data,
        defines,
        order,
        main,
    }
}

/// What a generated function does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Role {
    /// What a hole asks for.
    Hole(Derivation),
    /// `T -> List Text -> List Text`: the pieces of a value's text in front of the others, the last one first.
    Pieces,
    /// The same, in parentheses where an argument of a constructor needs them.
    PiecesOfArgument,
    /// `List T -> List Text -> List Text`: the elements of a list, each after a comma.
    PiecesOfRest,
    /// `List Text -> Text`
    JoinPieces,
    /// `List Text -> Int -> Int`
    CountPieces,
    /// `List Text -> Int -> Array Text -> Array Text`: from the given index down.
    FillPieces,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Role::Hole(Derivation::Eq) => "eq",
            Role::Hole(Derivation::Compare) => "compare",
            Role::Hole(Derivation::ToText) => "to-text",
            Role::Hole(Derivation::Show) => "show",
            Role::Hole(Derivation::ShowArgument) => "show-argument",
            Role::Pieces => "pieces",
            Role::PiecesOfArgument => "pieces-of-argument",
            Role::PiecesOfRest => "pieces-of-rest",
            Role::JoinPieces => "join-pieces",
            Role::CountPieces => "count-pieces",
            Role::FillPieces => "fill-pieces",
        }
    }
}

struct Derive<'s> {
    session: &'s mut Session,
    overrides: FxHashMap<(Derivation, TyId), GlobalId>,
    known: FxHashMap<(Role, TyId), GlobalId>,
    queue: VecDeque<(Role, TyId, GlobalId)>,
    /// The data type whose pieces are being made.
    making: Option<TyId>,
}

impl Rewrite for Derive<'_> {
    fn program(&mut self, node: m::Program) -> d::Program {
        let defines = node
            .defines
            .into_iter()
            .map(|define| walk_define(self, define))
            .collect();
        d::Program {
            data: node.data,
            defines,
            order: node.order,
            main: node.main,
        }
    }

    fn expr_derived(&mut self, meta: Meta, derivation: Derivation, ty: TyId) -> d::Expr {
        let role = Role::Hole(derivation);
        let global = match self.overriding(derivation, ty) {
            Some(global) => global,
            None => self.named(role, ty),
        };
        let type_ = self.role_type(role, ty);
        d::Expr::Global {
            meta: meta.with_ty(type_),
            global,
            type_,
        }
    }
}

impl Derive<'_> {
    /// The function for a role and a type, which will be made if it has not been.
    fn named(&mut self, role: Role, ty: TyId) -> GlobalId {
        if let Some(&global) = self.known.get(&(role, ty)) {
            return global;
        }
        let types = match role {
            Role::JoinPieces | Role::CountPieces | Role::FillPieces => &[][..],
            _ => &[ty],
        };
        let name = instance_name(role.name(), types, self.session);
        let global = self.session.fresh_global(&name);
        self.known.insert((role, ty), global);
        self.queue.push_back((role, ty, global));
        global
    }

    /// The user's instance that takes the place of the structural function of a type.
    fn overriding(&self, derivation: Derivation, ty: TyId) -> Option<GlobalId> {
        let asked = match derivation {
            Derivation::Eq | Derivation::Compare => derivation,
            _ => Derivation::ToText,
        };
        self.overrides.get(&(asked, ty)).copied()
    }

    /// The type of the function for a role and a type.
    fn role_type(&mut self, role: Role, ty: TyId) -> TyId {
        let text = self.session.text();
        let pieces = self.session.list(text);
        let int = self.session.int();
        match role {
            Role::Hole(Derivation::Eq) => {
                let bool = self.session.bool();
                self.session.fun(&[ty, ty], bool)
            }
            Role::Hole(Derivation::Compare) => {
                let ordering = self.session.ty_con("Ordering");
                self.session.fun(&[ty, ty], ordering)
            }
            Role::Hole(_) => self.session.fun(&[ty], text),
            Role::Pieces | Role::PiecesOfArgument | Role::PiecesOfRest => {
                self.session.fun(&[ty, pieces], pieces)
            }
            Role::JoinPieces => self.session.fun(&[pieces], text),
            Role::CountPieces => self.session.fun(&[pieces, int], int),
            Role::FillPieces => {
                let array = self.array_of_text();
                self.session.fun(&[pieces, int, array], array)
            }
        }
    }

    fn function(&mut self, role: Role, ty: TyId) -> d::Expr {
        match role {
            Role::Hole(Derivation::Eq) => self.equal(ty),
            Role::Hole(Derivation::Compare) => self.compare(ty),
            Role::Hole(Derivation::ToText) => self.whole_text(ty),
            Role::Hole(Derivation::Show) => self.show(ty, false),
            Role::Hole(Derivation::ShowArgument) => self.show(ty, true),
            Role::Pieces => {
                self.making = Some(ty);
                let pieces = self.pieces(ty);
                self.making = None;
                pieces
            }
            Role::PiecesOfArgument => self.pieces_of_argument(ty),
            Role::PiecesOfRest => self.pieces_of_rest(ty),
            Role::JoinPieces => self.join_pieces(),
            Role::CountPieces => self.count_pieces(),
            Role::FillPieces => self.fill_pieces(),
        }
    }

    /// What the structure of a type is.
    fn shape(&mut self, ty: TyId) -> Shape {
        match self.session.types.get(ty).clone() {
            Type::Tuple(items) => Shape::Tuple(items),
            Type::Record { fields, .. } => Shape::Record(fields),
            _ => match self.session.as_data(ty) {
                Some((data, types)) => {
                    let constructors = self
                        .session
                        .tycons
                        .get(data)
                        .map(|info| info.constructors.clone())
                        .unwrap_or_default();
                    let fields = constructors
                        .into_iter()
                        .map(|con| (con, self.session.field_types(con, &types)));
                    Shape::Data(fields.collect())
                }
                None => Shape::Opaque,
            },
        }
    }

    /// Reports a type that has no structure: a function or an array.
    fn opaque(&mut self, ty: TyId, what: &str) {
        let name = instance_name("", &[ty], self.session);
        let name = name
            .trim_start_matches('<')
            .trim_end_matches('>')
            .to_owned();
        let message = format!("not supported yet: the structural {what} of `{name}`");
        self.session
            .report(Diagnostic::error(codes::NOT_SUPPORTED, message));
    }
}

enum Shape {
    Tuple(Vec<TyId>),
    Record(Vec<(nanopass::Symbol, TyId)>),
    /// Constructors with the types of their fields.
    Data(Vec<(ir_defs::tables::ConId, Vec<TyId>)>),
    Opaque,
}
