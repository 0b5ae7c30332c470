//! Texts are made of pieces: a list of them, the last one first.

use ir_defs::derived::{Bind, Expr};
use ir_defs::terminals::{Binder, Derivation};
use nanopass::TyId;

use super::build::var;
use super::depth::{Manner, Way};
use super::{Derive, Role};

/// What stands in a text.
pub(super) enum Step {
    Literal(String),
    /// A part, as an argument of a constructor or not.
    Part {
        value: Expr,
        ty: TyId,
        argument: bool,
    },
    /// The last field of a constructor, which has the type of the whole, as an argument: its code stands here, so that
    /// the function calls itself under the piece that closes the parentheses, which is a loop.
    Last(Binder),
    /// The value that the parentheses of [`Role::PiecesOfArgument`] enclose.
    Itself(Binder),
    /// The elements of a list but the first.
    Rest(Binder),
}

/// The pieces while code that adds to them is being made: each step binds a new variable.
struct Builder {
    binds: Vec<Bind>,
    pieces: Expr,
}

impl Builder {
    fn new(before: Binder) -> Builder {
        Builder {
            binds: Vec::new(),
            pieces: var(before),
        }
    }
}

impl Derive<'_> {
    /// Adds steps to the pieces `before` them.
    pub(super) fn in_steps(&mut self, way: Way, before: Binder, steps: Vec<Step>) -> Expr {
        let mut builder = Builder::new(before);
        let mut steps = steps.into_iter();
        while let Some(step) = steps.next() {
            let pieces = self.pieces_so_far(&mut builder);
            if way.manner == Manner::Deep && self.is_connected_step(way, &step) {
                let others: Vec<Step> = steps.collect();
                let rest = self.after(way, others);
                let body = self.deep_step(step, pieces, rest);
                return self.let_in(builder.binds, body);
            }
            builder.pieces = self.step(way, step, pieces);
        }
        if way.manner == Manner::Deep {
            let pieces = self.pieces_so_far(&mut builder);
            builder.pieces = self.resumed(way, pieces);
        }
        self.let_in(builder.binds, builder.pieces)
    }

    /// A variable for the pieces, the next of which go in front of it.
    fn pieces_so_far(&mut self, builder: &mut Builder) -> Expr {
        if let Expr::Var { .. } = builder.pieces {
            return builder.pieces.clone();
        }
        let binder = self.binder("pieces", builder.pieces.meta().ty);
        let value = std::mem::replace(&mut builder.pieces, var(binder));
        builder.binds.push(self.bind(binder, value));
        var(binder)
    }

    /// The last parameter of a deep function once some steps are done.
    fn after(&mut self, way: Way, others: Vec<Step>) -> Expr {
        match way.last() {
            Some(rest) if others.is_empty() => rest,
            _ => {
                let list = self.pieces_type();
                let before = self.binder("pieces", list);
                let body = self.in_steps(way, before, others);
                self.then(Derivation::ToText, before, body)
            }
        }
    }

    /// What comes after a deep function.
    pub(super) fn resumed(&mut self, way: Way, pieces: Expr) -> Expr {
        match (way.manner, way.last()) {
            (Manner::Deep, Some(rest)) => {
                self.call(Role::ResumePieces, TyId::NONE, vec![rest, pieces])
            }
            _ => pieces,
        }
    }

    fn is_connected_step(&mut self, way: Way, step: &Step) -> bool {
        match step {
            Step::Literal(_) => false,
            Step::Part { ty, .. } => self.connected(way, *ty),
            Step::Last(value) | Step::Itself(value) | Step::Rest(value) => {
                self.connected(way, value.ty)
            }
        }
    }

    fn deep_step(&mut self, step: Step, pieces: Expr, rest: Expr) -> Expr {
        let (role, ty, value) = match step {
            Step::Literal(_) => return pieces,
            Step::Part {
                value,
                ty,
                argument,
            } => (self.part_role(ty, argument, Manner::Deep), ty, value),
            Step::Last(last) => (
                self.part_role(last.ty, true, Manner::Deep),
                last.ty,
                var(last),
            ),
            Step::Itself(value) => (Role::Pieces(Manner::Deep), value.ty, var(value)),
            Step::Rest(items) => (Role::PiecesOfRest(Manner::Deep), items.ty, var(items)),
        };
        self.call(role, ty, vec![value, pieces, rest])
    }

    fn step(&mut self, way: Way, step: Step, pieces: Expr) -> Expr {
        let is_connected = self.is_connected_step(way, &step);
        let (role, value) = match step {
            Step::Literal(text) => return self.push_literal(&text, pieces),
            Step::Part {
                value,
                ty,
                argument,
            } => {
                return match way.last() {
                    Some(depth) if is_connected => {
                        let depth = self.one_level(depth);
                        let role = self.part_role(ty, argument, way.manner);
                        self.call(role, ty, vec![value, pieces, depth])
                    }
                    _ => self.part_pieces(value, ty, argument, pieces),
                };
            }
            Step::Last(last) => {
                let list = self.pieces_type();
                let (value, before) = (self.binder("value", last.ty), self.binder("pieces", list));
                let body = self.argument_pieces(way, value, before);
                let binds = vec![self.bind(value, var(last)), self.bind(before, pieces)];
                return self.let_in(binds, body);
            }
            Step::Itself(value) => (Role::Pieces(way.manner), value),
            Step::Rest(items) => (Role::PiecesOfRest(way.manner), items),
        };
        match way.last() {
            Some(depth) if is_connected => {
                self.call(role, value.ty, vec![var(value), pieces, depth])
            }
            _ if matches!(role, Role::Pieces(_)) => {
                self.part_pieces(var(value), value.ty, false, pieces)
            }
            _ => self.call(role, value.ty, vec![var(value), pieces]),
        }
    }

    fn part_role(&mut self, ty: TyId, argument: bool, manner: Manner) -> Role {
        if argument && self.needs_parentheses(ty) {
            Role::PiecesOfArgument(manner)
        } else {
            Role::Pieces(manner)
        }
    }

    /// The pieces of a part that does not call back; `pieces` is a variable.
    pub(super) fn part_pieces(
        &mut self,
        value: Expr,
        ty: TyId,
        argument: bool,
        pieces: Expr,
    ) -> Expr {
        let text = self.session.text();
        if let Some(global) = self.overriding(Derivation::ToText, ty) {
            let type_ = self.role_type(Role::Hole(Derivation::ToText), ty);
            let piece = self.call_global(global, type_, vec![value]);
            return self.instance_pieces(ty, argument, piece, pieces);
        }
        let piece = match self.session.ground(ty) {
            Some("text") => self.prim("text.quote", text, vec![value]),
            Some("char") => self.prim("char.quote", text, vec![value]),
            Some("int") if !argument => self.prim("int.to-text", text, vec![value]),
            Some("float") if !argument => self.prim("float.to-text", text, vec![value]),
            Some("bytes") if !argument => self.prim("bytes.to-text", text, vec![value]),
            _ => {
                let role = self.part_role(ty, argument, Manner::Plain);
                return self.call(role, ty, vec![value, pieces]);
            }
        };
        self.push(piece, pieces)
    }

    pub(super) fn no_pieces(&mut self) -> Expr {
        let (pieces, text) = (self.pieces_type(), self.session.text());
        self.construct("List.Nil", pieces, vec![text], Vec::new())
    }

    /// One more piece.
    pub(super) fn push(&mut self, piece: Expr, pieces: Expr) -> Expr {
        let (ty, text) = (self.pieces_type(), self.session.text());
        self.construct("List.Cons", ty, vec![text], vec![piece, pieces])
    }

    pub(super) fn push_literal(&mut self, text: &str, pieces: Expr) -> Expr {
        let piece = self.literal(text);
        self.push(piece, pieces)
    }

    /// [`Role::ResumePieces`]
    pub(super) fn resume_pieces(&mut self) -> Expr {
        let derivation = Derivation::ToText;
        let (ty, function) = (self.rest_type(derivation), self.afterwards(derivation));
        let list = self.pieces_type();
        let (rest, pieces) = (self.binder("rest", ty), self.binder("pieces", list));
        let next = self.binder("next", function);
        let (none, some) = (self.con("None"), self.con("Some"));
        let more = self.apply(next, vec![var(pieces)], list);
        let branches = vec![
            self.on(none, Vec::new(), var(pieces)),
            self.on(some, vec![next], more),
        ];
        let body = self.switch(rest, branches, None);
        self.lambda(vec![rest, pieces], body)
    }

    /// [`Role::JoinPieces`]
    pub(super) fn join_pieces(&mut self) -> Expr {
        let (list, int, text) = (self.pieces_type(), self.session.int(), self.session.text());
        let array = self.array_of_text();
        let (pieces, count) = (self.binder("pieces", list), self.binder("count", int));
        let zero = self.int(0);
        let counted = self.call(Role::CountPieces, TyId::NONE, vec![var(pieces), zero]);
        let counted = self.bind(count, counted);
        let one = self.int(1);
        let last = self.prim("int.sub", int, vec![var(count), one]);
        let fresh = self.prim("array.new", array, vec![var(count)]);
        let filled = self.call(Role::FillPieces, TyId::NONE, vec![var(pieces), last, fresh]);
        let joined = self.prim("text.concat-all", text, vec![filled]);
        let body = self.let_in(vec![counted], joined);
        self.lambda(vec![pieces], body)
    }

    /// [`Role::CountPieces`]
    pub(super) fn count_pieces(&mut self) -> Expr {
        let (list, int) = (self.pieces_type(), self.session.int());
        let (pieces, count) = (self.binder("pieces", list), self.binder("count", int));
        let one = self.int(1);
        let more = self.prim("int.add", int, vec![var(count), one]);
        self.over_pieces(pieces, vec![count], var(count), |this, _, rest| {
            this.call(Role::CountPieces, TyId::NONE, vec![var(rest), more])
        })
    }

    /// [`Role::FillPieces`]
    pub(super) fn fill_pieces(&mut self) -> Expr {
        let (list, int, array) = (self.pieces_type(), self.session.int(), self.array_of_text());
        let pieces = self.binder("pieces", list);
        let (index, texts) = (self.binder("index", int), self.binder("texts", array));
        self.over_pieces(
            pieces,
            vec![index, texts],
            var(texts),
            |this, piece, rest| {
                let one = this.int(1);
                let before = this.prim("int.sub", int, vec![var(index), one]);
                let set = this.prim("array.set", array, vec![var(texts), var(index), var(piece)]);
                this.call(Role::FillPieces, TyId::NONE, vec![var(rest), before, set])
            },
        )
    }

    /// A function of a list of pieces and `others`: `done` at its end, else `more` of the first piece and the rest.
    fn over_pieces(
        &mut self,
        pieces: Binder,
        others: Vec<Binder>,
        done: Expr,
        more: impl FnOnce(&mut Self, Binder, Binder) -> Expr,
    ) -> Expr {
        let text = self.session.text();
        let (piece, rest) = (self.binder("piece", text), self.binder("rest", pieces.ty));
        let (nil, cons) = (self.con("List.Nil"), self.con("List.Cons"));
        let more = more(self, piece, rest);
        let branches = vec![
            self.on(nil, Vec::new(), done),
            self.on(cons, vec![piece, rest], more),
        ];
        let body = self.switch(pieces, branches, None);
        let params = std::iter::once(pieces).chain(others).collect();
        self.lambda(params, body)
    }
}
