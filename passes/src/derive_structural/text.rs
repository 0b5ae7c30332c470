//! Text: the source that would build a value.

use ir_defs::derived::Expr;
use ir_defs::tables::ConId;
use ir_defs::terminals::{Binder, Derivation};
use nanopass::TyId;

use super::build::var;
use super::depth::{Manner, Way};
use super::pieces::Step;
use super::{Derive, Role, Shape};

impl Derive<'_> {
    /// `T -> Text`: a `Text` or `Char` is itself.
    pub(super) fn whole_text(&mut self, ty: TyId) -> Expr {
        let value = self.binder("value", ty);
        let body = match self.session.ground(ty) {
            Some("text") => var(value),
            Some("int" | "float" | "char" | "bytes") => {
                self.part(Derivation::ToText, ty, vec![var(value)])
            }
            _ => self
                .constant_texts(value)
                .unwrap_or_else(|| self.joined(Role::Pieces(Manner::Plain), value)),
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
            Role::PiecesOfArgument(Manner::Plain)
        } else {
            Role::Pieces(Manner::Plain)
        };
        let body = self.joined(role, value);
        self.lambda(vec![value], body)
    }

    fn joined(&mut self, role: Role, value: Binder) -> Expr {
        let none = self.no_pieces();
        let pieces = self.call(role, value.ty, vec![var(value), none]);
        self.call(Role::JoinPieces, TyId::NONE, vec![pieces])
    }

    /// Whether some value of the type stands in parentheses as an argument.
    pub(super) fn needs_parentheses(&mut self, ty: TyId) -> bool {
        match self.session.ground(ty) {
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
    pub(super) fn pieces(&mut self, ty: TyId, manner: Manner) -> Expr {
        let list = self.pieces_type();
        let (value, before) = (self.binder("value", ty), self.binder("pieces", list));
        let way = self.way(Derivation::ToText, ty, manner);
        let body = if manner == Manner::Plain && self.is_deep(Derivation::ToText, ty) {
            self.enter(Role::Pieces(Manner::Within), value, before)
        } else if self.session.ground(ty).is_some() {
            self.part_pieces(var(value), ty, false, var(before))
        } else if self.is_list(ty) {
            self.list_pieces(way, value, before)
        } else {
            match self.shape(ty) {
                Shape::Tuple(items) => {
                    let mut steps = Vec::new();
                    for (index, &item) in items.iter().enumerate() {
                        let open = if index == 0 { "(" } else { ", " };
                        steps.push(Step::Literal(open.to_owned()));
                        let part = self.item(value, index, item);
                        steps.push(part_step(part, false));
                    }
                    steps.push(Step::Literal(")".to_owned()));
                    self.pieces_unless_too_deep(way, &items, value, before, steps)
                }
                Shape::Record(fields) if fields.is_empty() => self.push_literal("{}", var(before)),
                Shape::Record(fields) => {
                    let mut steps = Vec::new();
                    let types: Vec<TyId> = fields.iter().map(|(_, ty)| *ty).collect();
                    for (index, (label, field)) in fields.into_iter().enumerate() {
                        let open = if index == 0 { "{ " } else { ", " };
                        let head = format!("{open}{}: ", self.session.core.text(label));
                        steps.push(Step::Literal(head));
                        let part = self.select(value, label, field);
                        steps.push(part_step(part, false));
                    }
                    steps.push(Step::Literal(" }".to_owned()));
                    self.pieces_unless_too_deep(way, &types, value, before, steps)
                }
                Shape::Data(constructors) => {
                    let mut branches = Vec::with_capacity(constructors.len());
                    for (con, types) in constructors {
                        let fields: Vec<Binder> =
                            types.iter().map(|&ty| self.binder("x", ty)).collect();
                        let steps = self.constructor_steps(way, con, &fields);
                        let body = self.pieces_unless_too_deep(way, &types, value, before, steps);
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
        self.in_manner(way, vec![value, before], body)
    }

    /// The first call of a function that counts levels.
    fn enter(&mut self, role: Role, value: Binder, before: Binder) -> Expr {
        let levels = self.levels();
        self.call(role, value.ty, vec![var(value), var(before), levels])
    }

    fn pieces_unless_too_deep(
        &mut self,
        way: Way,
        types: &[TyId],
        value: Binder,
        before: Binder,
        steps: Vec<Step>,
    ) -> Expr {
        let body = self.in_steps(way, before, steps);
        self.unless_too_deep(way, types, body, |this| {
            let nothing = this.nothing(Derivation::ToText);
            let args = vec![var(value), var(before), nothing];
            this.call(Role::Pieces(Manner::Deep), way.ty, args)
        })
    }

    fn constructor_steps(&mut self, way: Way, con: ConId, fields: &[Binder]) -> Vec<Step> {
        let name = self.constructor_name(con);
        if fields.is_empty() {
            return vec![Step::Literal(name)];
        }
        let mut steps = Vec::new();
        for (index, &field) in fields.iter().enumerate() {
            steps.push(Step::Literal(if index == 0 {
                format!("{name} ")
            } else {
                " ".to_owned()
            }));
            let is_last = index + 1 == fields.len();
            steps.push(if is_last && way.ty == field.ty {
                Step::Last(field)
            } else {
                part_step(var(field), true)
            });
        }
        steps
    }

    fn list_pieces(&mut self, way: Way, value: Binder, before: Binder) -> Expr {
        let item = self.item_type(value.ty);
        let (first, rest) = (self.binder("first", item), self.binder("rest", value.ty));
        let (nil, cons) = (self.con("List.Nil"), self.con("List.Cons"));
        let empty = self.in_steps(way, before, vec![Step::Literal("[]".to_owned())]);
        let steps = vec![
            Step::Literal("[".to_owned()),
            part_step(var(first), false),
            Step::Rest(rest),
            Step::Literal("]".to_owned()),
        ];
        let full = self.pieces_unless_too_deep(way, &[item, value.ty], value, before, steps);
        let branches = vec![
            self.on(nil, Vec::new(), empty),
            self.on(cons, vec![first, rest], full),
        ];
        self.switch(value, branches, None)
    }

    fn item_type(&self, list: TyId) -> TyId {
        self.session
            .as_data(list)
            .and_then(|(_, types)| types.first().copied())
            .unwrap_or(TyId::NONE)
    }

    /// [`Role::PiecesOfRest`], whose type is that of the list. It is called where a level may be entered.
    pub(super) fn pieces_of_rest(&mut self, ty: TyId, manner: Manner) -> Expr {
        let way = self.way(Derivation::ToText, ty, manner);
        let item = self.item_type(ty);
        let list = self.pieces_type();
        let (items, before) = (self.binder("items", ty), self.binder("pieces", list));
        let (first, rest) = (self.binder("first", item), self.binder("rest", ty));
        let (nil, cons) = (self.con("List.Nil"), self.con("List.Cons"));
        let steps = vec![
            Step::Literal(", ".to_owned()),
            part_step(var(first), false),
            Step::Rest(rest),
        ];
        let more = self.in_steps(way, before, steps);
        let done = self.in_steps(way, before, Vec::new());
        let branches = vec![
            self.on(nil, Vec::new(), done),
            self.on(cons, vec![first, rest], more),
        ];
        let body = self.switch(items, branches, None);
        self.in_manner(way, vec![items, before], body)
    }

    /// [`Role::PiecesOfArgument`]: parentheses around a negative number and an application of a constructor.
    pub(super) fn pieces_of_argument(&mut self, ty: TyId, manner: Manner) -> Expr {
        let list = self.pieces_type();
        let (value, before) = (self.binder("value", ty), self.binder("pieces", list));
        let way = self.way(Derivation::ToText, ty, manner);
        let body = if manner == Manner::Plain && self.is_deep(Derivation::ToText, ty) {
            self.enter(Role::PiecesOfArgument(Manner::Within), value, before)
        } else {
            self.argument_pieces(way, value, before)
        };
        self.in_manner(way, vec![value, before], body)
    }

    /// The pieces of a value as an argument of a constructor.
    pub(super) fn argument_pieces(&mut self, way: Way, value: Binder, before: Binder) -> Expr {
        let ty = value.ty;
        let steps = vec![
            Step::Literal("(".to_owned()),
            Step::Itself(value),
            Step::Literal(")".to_owned()),
        ];
        let enclosed = self.in_steps(way, before, steps);
        match self.session.ground(ty) {
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
                let plain = self.part_pieces(var(value), ty, false, var(before));
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
                            let steps = self.constructor_steps(way, con, &[]);
                            let body = self.in_steps(way, before, steps);
                            branches.push(self.on(con, Vec::new(), body));
                        }
                    }
                    match branches.len() {
                        0 => enclosed,
                        some if some == all => self.switch(value, branches, None),
                        _ => self.switch(value, branches, Some(enclosed)),
                    }
                }
                _ => self.part_pieces(var(value), ty, false, var(before)),
            },
        }
    }
}

fn part_step(value: Expr, argument: bool) -> Step {
    let ty = value.meta().ty;
    Step::Part {
        value,
        ty,
        argument,
    }
}
