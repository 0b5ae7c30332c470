//! Text: the source that would build a value.

use ir_defs::derived::{Bind, Expr};
use ir_defs::tables::ConId;
use ir_defs::terminals::{Binder, Derivation};
use nanopass::TyId;

use super::build::var;
use super::{Derive, Role, Shape};

/// The pieces while code that adds to them is being made: each step binds a new variable.
struct Builder {
    binds: Vec<Bind>,
    pieces: Expr,
}

impl Derive<'_> {
    /// `T -> Text`: a `Text` or `Char` is itself.
    pub(super) fn whole_text(&mut self, ty: TyId) -> Expr {
        let value = self.binder("value", ty);
        let body = match self.ground(ty) {
            Some("text") => var(value),
            Some("int" | "float" | "char" | "bytes") => {
                self.part(Derivation::ToText, ty, vec![var(value)])
            }
            _ => self
                .constant_texts(value)
                .unwrap_or_else(|| self.joined(Role::Pieces, value)),
        };
        self.lambda(vec![value], body)
    }

    /// A choice of literals, if all constructors of a type are without fields.
    fn constant_texts(&mut self, value: Binder) -> Option<Expr> {
        let Shape::Data(constructors) = self.shape(value.ty) else {
            return None;
        };
        if constructors.is_empty() || constructors.iter().any(|(_, fields)| !fields.is_empty()) {
            return None;
        }
        let mut branches = Vec::with_capacity(constructors.len());
        for (con, _) in constructors {
            let name = self.constructor_name(con);
            let name = self.literal(&name);
            branches.push(self.on(con, Vec::new(), name));
        }
        Some(self.switch(value, branches, None))
    }

    fn constructor_name(&self, con: ConId) -> String {
        let name = self.session.constructors.name(con);
        name.rsplit('.').next().unwrap_or(name).to_owned()
    }

    /// `T -> Text`: the text inside of a structure.
    pub(super) fn show(&mut self, ty: TyId, argument: bool) -> Expr {
        let value = self.binder("value", ty);
        let role = if argument && self.needs_parentheses(ty) {
            Role::PiecesOfArgument
        } else {
            Role::Pieces
        };
        let body = self.joined(role, value);
        self.lambda(vec![value], body)
    }

    fn joined(&mut self, role: Role, value: Binder) -> Expr {
        let none = self.no_pieces();
        let pieces = self.call(role, value.ty, vec![var(value), none]);
        self.call(Role::JoinPieces, TyId::NONE, vec![pieces])
    }

    fn no_pieces(&mut self) -> Expr {
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

    /// Makes `action` of the pieces so far the next step.
    fn step(&mut self, builder: &mut Builder, action: impl FnOnce(&mut Self, Expr) -> Expr) {
        let value = std::mem::replace(
            &mut builder.pieces,
            Expr::Tuple {
                meta: nanopass::Meta::NONE,
                items: Vec::new(),
            },
        );
        let value = match value {
            value @ Expr::Var { .. } => value,
            value => {
                let binder = self.binder("pieces", value.meta().ty);
                builder.binds.push(self.bind(binder, value));
                var(binder)
            }
        };
        builder.pieces = action(self, value);
    }

    fn step_literal(&mut self, builder: &mut Builder, text: &str) {
        self.step(builder, |this, pieces| this.push_literal(text, pieces));
    }

    fn step_value(&mut self, builder: &mut Builder, value: Expr, ty: TyId, argument: bool) {
        self.step(builder, |this, pieces| {
            this.value_pieces(value, ty, argument, pieces)
        });
    }

    fn finish(&mut self, builder: Builder) -> Expr {
        self.let_in(builder.binds, builder.pieces)
    }

    /// The pieces of a part.
    fn value_pieces(&mut self, value: Expr, ty: TyId, argument: bool, pieces: Expr) -> Expr {
        let text = self.session.text();
        if let Some(global) = self.overriding(Derivation::ToText, ty) {
            let type_ = self.role_type(Role::Hole(Derivation::ToText), ty);
            let piece = self.call_global(global, type_, vec![value]);
            return self.instance_pieces(ty, argument, piece, pieces);
        }
        let piece = match self.ground(ty) {
            Some("text") => self.prim("text.quote", text, vec![value]),
            Some("char") => self.prim("char.quote", text, vec![value]),
            Some("int") if !argument => self.prim("int.to-text", text, vec![value]),
            Some("float") if !argument => self.prim("float.to-text", text, vec![value]),
            Some("bytes") if !argument => self.prim("bytes.to-text", text, vec![value]),
            _ => {
                let role = if argument && self.needs_parentheses(ty) {
                    Role::PiecesOfArgument
                } else {
                    Role::Pieces
                };
                return self.call(role, ty, vec![value, pieces]);
            }
        };
        self.push(piece, pieces)
    }

    /// Whether some value of the type stands in parentheses as an argument.
    fn needs_parentheses(&mut self, ty: TyId) -> bool {
        match self.ground(ty) {
            Some(name) => matches!(name, "int" | "float" | "bytes"),
            None if self.is_list(ty) => false,
            None => match self.shape(ty) {
                Shape::Data(constructors) => {
                    constructors.iter().any(|(_, fields)| !fields.is_empty())
                }
                _ => false,
            },
        }
    }

    fn is_list(&self, ty: TyId) -> bool {
        self.session
            .as_data(ty)
            .is_some_and(|(data, _)| self.session.tycons.name(data) == "List")
    }

    /// [`Role::Pieces`]
    pub(super) fn pieces(&mut self, ty: TyId) -> Expr {
        let list = self.pieces_type();
        let (value, before) = (self.binder("value", ty), self.binder("pieces", list));
        let body = if self.ground(ty).is_some() {
            self.value_pieces(var(value), ty, false, var(before))
        } else if self.is_list(ty) {
            self.list_pieces(value, before)
        } else {
            let start = || Builder {
                binds: Vec::new(),
                pieces: var(before),
            };
            match self.shape(ty) {
                Shape::Tuple(items) => {
                    let mut builder = start();
                    for (index, item) in items.into_iter().enumerate() {
                        self.step_literal(&mut builder, if index == 0 { "(" } else { ", " });
                        let part = self.item(value, index, item);
                        self.step_value(&mut builder, part, item, false);
                    }
                    self.step_literal(&mut builder, ")");
                    self.finish(builder)
                }
                Shape::Record(fields) if fields.is_empty() => self.push_literal("{}", var(before)),
                Shape::Record(fields) => {
                    let mut builder = start();
                    for (index, (label, field)) in fields.into_iter().enumerate() {
                        let open = if index == 0 { "{ " } else { ", " };
                        let head = format!("{open}{}: ", self.session.core.text(label));
                        self.step_literal(&mut builder, &head);
                        let part = self.select(value, label, field);
                        self.step_value(&mut builder, part, field, false);
                    }
                    self.step_literal(&mut builder, " }");
                    self.finish(builder)
                }
                Shape::Data(constructors) => {
                    let mut branches = Vec::with_capacity(constructors.len());
                    for (con, fields) in constructors {
                        let fields: Vec<Binder> =
                            fields.into_iter().map(|ty| self.binder("x", ty)).collect();
                        let body = self.constructor_pieces(con, &fields, before);
                        branches.push(self.on(con, fields, body));
                    }
                    if branches.is_empty() {
                        var(before)
                    } else {
                        self.switch(value, branches, None)
                    }
                }
                Shape::Opaque => {
                    self.opaque(ty, "text");
                    var(before)
                }
            }
        };
        self.lambda(vec![value, before], body)
    }

    fn constructor_pieces(&mut self, con: ConId, fields: &[Binder], before: Binder) -> Expr {
        let name = self.constructor_name(con);
        let mut builder = Builder {
            binds: Vec::new(),
            pieces: var(before),
        };
        if fields.is_empty() {
            self.step_literal(&mut builder, &name);
        }
        for (index, &field) in fields.iter().enumerate() {
            let head = if index == 0 {
                format!("{name} ")
            } else {
                " ".to_owned()
            };
            self.step_literal(&mut builder, &head);
            // The last one is a value of the same type: its code stands here, so that the function calls itself under
            // the piece that closes the parentheses, which is a loop.
            if index + 1 == fields.len() && self.making == Some(field.ty) {
                self.step(&mut builder, |this, pieces| {
                    let function = this.pieces_of_argument(field.ty);
                    this.applied(function, vec![var(field), pieces])
                });
                continue;
            }
            self.step_value(&mut builder, var(field), field.ty, true);
        }
        self.finish(builder)
    }

    fn list_pieces(&mut self, value: Binder, before: Binder) -> Expr {
        let item = self
            .session
            .as_data(value.ty)
            .and_then(|(_, types)| types.first().copied())
            .unwrap_or(TyId::NONE);
        let (first, rest) = (self.binder("first", item), self.binder("rest", value.ty));
        let (nil, cons) = (self.con("List.Nil"), self.con("List.Cons"));
        let empty = self.push_literal("[]", var(before));
        let mut builder = Builder {
            binds: Vec::new(),
            pieces: var(before),
        };
        self.step_literal(&mut builder, "[");
        self.step_value(&mut builder, var(first), item, false);
        self.step(&mut builder, |this, pieces| {
            this.call(Role::PiecesOfRest, value.ty, vec![var(rest), pieces])
        });
        self.step_literal(&mut builder, "]");
        let full = self.finish(builder);
        let branches = vec![
            self.on(nil, Vec::new(), empty),
            self.on(cons, vec![first, rest], full),
        ];
        self.switch(value, branches, None)
    }

    /// [`Role::PiecesOfRest`], whose type is that of the list.
    pub(super) fn pieces_of_rest(&mut self, ty: TyId) -> Expr {
        let item = self
            .session
            .as_data(ty)
            .and_then(|(_, types)| types.first().copied())
            .unwrap_or(TyId::NONE);
        let list = self.pieces_type();
        let (items, before) = (self.binder("items", ty), self.binder("pieces", list));
        let (first, rest) = (self.binder("first", item), self.binder("rest", ty));
        let (nil, cons) = (self.con("List.Nil"), self.con("List.Cons"));
        let mut builder = Builder {
            binds: Vec::new(),
            pieces: var(before),
        };
        self.step_literal(&mut builder, ", ");
        self.step_value(&mut builder, var(first), item, false);
        self.step(&mut builder, |this, pieces| {
            this.call(Role::PiecesOfRest, ty, vec![var(rest), pieces])
        });
        let more = self.finish(builder);
        let branches = vec![
            self.on(nil, Vec::new(), var(before)),
            self.on(cons, vec![first, rest], more),
        ];
        let body = self.switch(items, branches, None);
        self.lambda(vec![items, before], body)
    }

    /// [`Role::PiecesOfArgument`]: parentheses around a negative number and an application of a constructor.
    pub(super) fn pieces_of_argument(&mut self, ty: TyId) -> Expr {
        let list = self.pieces_type();
        let (value, before) = (self.binder("value", ty), self.binder("pieces", list));
        let mut builder = Builder {
            binds: Vec::new(),
            pieces: var(before),
        };
        self.step_literal(&mut builder, "(");
        self.step_value(&mut builder, var(value), ty, false);
        self.step_literal(&mut builder, ")");
        let enclosed = self.finish(builder);
        let body = match self.ground(ty) {
            Some("bytes") => enclosed,
            Some(ground) => {
                let bool = self.session.bool();
                let zero = match ground {
                    "float" => Expr::Lit {
                        meta: super::build::at(ty),
                        lit: ir_defs::terminals::Lit::Float(0.0),
                    },
                    _ => self.int(0),
                };
                let negative = self.binder("negative", bool);
                let test = self.prim(&format!("{ground}.lt"), bool, vec![var(value), zero]);
                let plain = self.value_pieces(var(value), ty, false, var(before));
                let yes = self.con("True");
                let yes = self.on(yes, Vec::new(), enclosed);
                let switch = self.switch(negative, vec![yes], Some(plain));
                let bind = self.bind(negative, test);
                self.let_in(vec![bind], switch)
            }
            None => match self.shape(ty) {
                Shape::Data(constructors) => {
                    let mut branches = Vec::new();
                    let all = constructors.len();
                    for (con, fields) in constructors {
                        if fields.is_empty() {
                            let body = self.constructor_pieces(con, &[], before);
                            branches.push(self.on(con, Vec::new(), body));
                        }
                    }
                    match branches.len() {
                        0 => enclosed,
                        some if some == all => self.switch(value, branches, None),
                        _ => self.switch(value, branches, Some(enclosed)),
                    }
                }
                _ => self.value_pieces(var(value), ty, false, var(before)),
            },
        };
        self.lambda(vec![value, before], body)
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
