//! `derive-structural`: `mono` → `derived`
//!
//! Each hole `Derived` becomes a function that the compiler writes: `==`, the total order and `toText` of a type, from
//! its structure.
//!
//! ```text
//! (derived eq (tuple Int Text))   ──►   eq<Tuple<Int,Text>> = a b =>
//!                                         let equal = int.eq a.0 b.0
//!                                         in switch equal | True => text.eq a.1 b.1 | _ => False
//! ```
//!
//! Design: a function is made once for each type and operation, and mentions those of the type's parts: a primitive,
//! the user's instance that `overrides` names, or another derived function, so recursive types need no thought.
//! Comparing the last component is a tail call, hence comparing long lists takes no stack; for equality, whose order
//! nobody sees, that is the last component of the type itself if only numbers and texts stand behind it. What
//! types need that recur elsewhere is told in [`depth`].
//!
//! Text is made in pieces: `pieces<T>` puts the pieces of a value in front of those that came before it, and one
//! function at the end copies them all into a text, back to front. So printing takes time in proportion to its output,
//! and a list is a loop. Parts are shown from first to last, as a user's `toText` may end in a fault.

mod build;
mod compare;
mod depth;
mod instances;
mod pieces;
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
use depth::Manner;

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
        components: FxHashMap::default(),
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
    /// Equality or the order in another form than the hole's.
    Compared(Derivation, Manner),
    /// `Option (Unit -> Bool) -> Bool`, or of `Ordering`: what comes after a deep function.
    Resume(Derivation),
    /// `T -> List Text -> List Text`: the pieces of a value's text in front of the others, the last one first.
    Pieces(Manner),
    /// The same, in parentheses where an argument of a constructor needs them.
    PiecesOfArgument(Manner),
    /// `List T -> List Text -> List Text`: the elements of a list, each after a comma.
    PiecesOfRest(Manner),
    /// `Option (List Text -> List Text) -> List Text -> List Text`: what comes after a deep function.
    ResumePieces,
    /// `List Text -> Text`
    JoinPieces,
    /// `List Text -> Int -> Int`
    CountPieces,
    /// `List Text -> Int -> Array Text -> Array Text`: from the given index down.
    FillPieces,
}

impl Role {
    fn name(self) -> String {
        let (name, manner) = match self {
            Role::Hole(derivation) => (operation(derivation), Manner::Plain),
            Role::Compared(derivation, manner) => (operation(derivation), manner),
            Role::Resume(derivation) => return format!("{}-resume", operation(derivation)),
            Role::Pieces(manner) => ("pieces", manner),
            Role::PiecesOfArgument(manner) => ("pieces-of-argument", manner),
            Role::PiecesOfRest(manner) => ("pieces-of-rest", manner),
            Role::ResumePieces => ("pieces-resume", Manner::Plain),
            Role::JoinPieces => ("join-pieces", Manner::Plain),
            Role::CountPieces => ("count-pieces", Manner::Plain),
            Role::FillPieces => ("fill-pieces", Manner::Plain),
        };
        format!("{name}{}", manner.suffix())
    }

    /// Whether there is one function for all types.
    fn is_general(self) -> bool {
        match self {
            Role::Hole(_)
            | Role::Compared(..)
            | Role::Pieces(_)
            | Role::PiecesOfArgument(_)
            | Role::PiecesOfRest(_) => false,
            Role::Resume(_)
            | Role::ResumePieces
            | Role::JoinPieces
            | Role::CountPieces
            | Role::FillPieces => true,
        }
    }
}

fn operation(derivation: Derivation) -> &'static str {
    match derivation {
        Derivation::Eq => "eq",
        Derivation::Compare => "compare",
        Derivation::ToText => "to-text",
        Derivation::Show => "show",
        Derivation::ShowArgument => "show-argument",
    }
}

struct Derive<'s> {
    session: &'s mut Session,
    overrides: FxHashMap<(Derivation, TyId), GlobalId>,
    known: FxHashMap<(Role, TyId), GlobalId>,
    queue: VecDeque<(Role, TyId, GlobalId)>,
    /// The number of the set of types that are parts of one another, for those whose functions have two forms.
    components: FxHashMap<(Derivation, TyId), Option<usize>>,
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
        let types = if role.is_general() { &[][..] } else { &[ty] };
        let name = instance_name(&role.name(), types, self.session);
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
            Role::Hole(derivation @ (Derivation::Eq | Derivation::Compare)) => {
                let result = self.outcome(derivation);
                self.session.fun(&[ty, ty], result)
            }
            Role::Hole(_) => self.session.fun(&[ty], text),
            Role::Compared(derivation, manner) => {
                let params = self.params(&[ty, ty], derivation, manner);
                let result = self.outcome_in(derivation, manner);
                self.session.fun(&params, result)
            }
            Role::Resume(derivation) => {
                let (rest, result) = (self.rest_type(derivation), self.outcome(derivation));
                self.session.fun(&[rest], result)
            }
            Role::Pieces(manner) | Role::PiecesOfArgument(manner) | Role::PiecesOfRest(manner) => {
                let params = self.params(&[ty, pieces], Derivation::ToText, manner);
                self.session.fun(&params, pieces)
            }
            Role::ResumePieces => {
                let rest = self.rest_type(Derivation::ToText);
                self.session.fun(&[rest, pieces], pieces)
            }
            Role::JoinPieces => self.session.fun(&[pieces], text),
            Role::CountPieces => self.session.fun(&[pieces, int], int),
            Role::FillPieces => {
                let array = self.array_of_text();
                self.session.fun(&[pieces, int, array], array)
            }
        }
    }

    /// Parameters, with the one that a manner adds.
    fn params(&mut self, plain: &[TyId], derivation: Derivation, manner: Manner) -> Vec<TyId> {
        let last = match manner {
            Manner::Plain => None,
            Manner::Within => Some(self.session.int()),
            Manner::Deep => Some(self.rest_type(derivation)),
        };
        plain.iter().copied().chain(last).collect()
    }

    fn function(&mut self, role: Role, ty: TyId) -> d::Expr {
        match role {
            Role::Hole(derivation @ (Derivation::Eq | Derivation::Compare)) => {
                self.comparison(derivation, ty, Manner::Plain)
            }
            Role::Hole(Derivation::ToText) => self.whole_text(ty),
            Role::Hole(Derivation::Show) => self.show(ty, false),
            Role::Hole(Derivation::ShowArgument) => self.show(ty, true),
            Role::Compared(derivation, manner) => self.comparison(derivation, ty, manner),
            Role::Resume(derivation) => self.resume_comparison(derivation),
            Role::Pieces(manner) => self.pieces(ty, manner),
            Role::PiecesOfArgument(manner) => self.pieces_of_argument(ty, manner),
            Role::PiecesOfRest(manner) => self.pieces_of_rest(ty, manner),
            Role::ResumePieces => self.resume_pieces(),
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
        let message = format!("`{name}` has no structure for {what}");
        self.session
            .report(Diagnostic::error(codes::LOST_EVIDENCE, message));
    }
}

enum Shape {
    Tuple(Vec<TyId>),
    Record(Vec<(nanopass::Symbol, TyId)>),
    /// Constructors with the types of their fields.
    Data(Vec<(ir_defs::tables::ConId, Vec<TyId>)>),
    Opaque,
}
