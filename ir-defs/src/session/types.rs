//! Making types, and taking them apart.

use nanopass::{Symbol, TyId};

use super::Session;
use crate::tables::{ConId, TyConId, TyConKind};
use crate::types::Type;

impl Session {
    /// The type constructor of a name, applied to nothing.
    pub fn ty_con(&mut self, name: &str) -> TyId {
        let id = self.tycons.id(name);
        self.types.intern(Type::Con(id))
    }

    /// `Int`.
    pub fn int(&mut self) -> TyId {
        self.ty_con("Int")
    }

    /// `Float`.
    pub fn float(&mut self) -> TyId {
        self.ty_con("Float")
    }

    /// `Bool`.
    pub fn bool(&mut self) -> TyId {
        self.ty_con("Bool")
    }

    /// `Char`.
    pub fn char(&mut self) -> TyId {
        self.ty_con("Char")
    }

    /// `Text`.
    pub fn text(&mut self) -> TyId {
        self.ty_con("Text")
    }

    /// `Unit`.
    pub fn unit(&mut self) -> TyId {
        self.ty_con("Unit")
    }

    /// `List item`.
    pub fn list(&mut self, item: TyId) -> TyId {
        let list = self.ty_con("List");
        self.types.apply(list, vec![item])
    }

    /// `params -> result`, curried.
    pub fn fun(&mut self, params: &[TyId], result: TyId) -> TyId {
        params.iter().rev().fold(result, |result, &param| {
            self.types.intern(Type::Fun(param, result))
        })
    }

    /// A tuple; of one component it is that component, of none it is `Unit`.
    pub fn tuple(&mut self, items: Vec<TyId>) -> TyId {
        match items.as_slice() {
            [] => self.unit(),
            &[item] => item,
            _ => self.types.intern(Type::Tuple(items)),
        }
    }

    /// A record; sorts the fields by label.
    pub fn record(&mut self, mut fields: Vec<(Symbol, TyId)>, tail: Option<TyId>) -> TyId {
        fields.sort_by(|a, b| self.core.text(a.0).cmp(self.core.text(b.0)));
        for (label, _) in &fields {
            self.types.spell_label(*label, self.core.text(*label));
        }
        self.types.normal(Type::Record { fields, tail })
    }

    /// An effect row; sorts the capabilities by name and drops repetitions.
    pub fn row(
        &mut self,
        mut capabilities: Vec<TyConId>,
        fail: Option<TyId>,
        tail: Option<TyId>,
    ) -> TyId {
        capabilities.sort_by(|a, b| self.tycons.name(*a).cmp(self.tycons.name(*b)));
        capabilities.dedup();
        for capability in &capabilities {
            self.types
                .spell_capability(*capability, self.tycons.name(*capability));
        }
        self.types.normal(Type::Row {
            capabilities,
            fail,
            tail,
        })
    }

    /// `Effect row result`.
    pub fn effect(&mut self, row: TyId, result: TyId) -> TyId {
        let effect = self.ty_con("Effect");
        self.types.apply(effect, vec![row, result])
    }

    /// The error row and the result of an `Effect`; `None` for any other type.
    pub fn as_effect(&self, ty: TyId) -> Option<(TyId, TyId)> {
        match self.types.get(ty) {
            Type::Apply(head, args) => match (self.types.get(*head), args.as_slice()) {
                (Type::Con(con), &[row, result]) if self.tycons.name(*con) == "Effect" => {
                    Some((row, result))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The type of what a value of this type gives when it is applied to so many arguments, and then performed if
    /// `performs`. `None` if the type is not such a function's.
    pub fn applied(&self, ty: TyId, args: usize, performs: bool) -> Option<TyId> {
        let mut ty = ty;
        for _ in 0..args {
            let Type::Fun(_, result) = self.types.get(ty) else {
                return None;
            };
            ty = *result;
        }
        if performs {
            self.as_effect(ty).map(|(_, result)| result)
        } else {
            Some(ty)
        }
    }

    /// The type of the failure of an effect; `None` for one that cannot fail, and for any other type.
    pub fn failure(&self, effect: TyId) -> Option<TyId> {
        match self.types.get(self.as_effect(effect)?.0) {
            Type::Row { fail, .. } => *fail,
            _ => None,
        }
    }

    /// The types of a constructor's fields at the given arguments of its data type.
    pub fn field_types(&mut self, con: ConId, args: &[TyId]) -> Vec<TyId> {
        let Some(info) = self.constructors.get(con) else {
            return Vec::new();
        };
        let params = info
            .data
            .and_then(|data| self.tycons.get(data))
            .map(|data| data.params.clone());
        let replace = params
            .unwrap_or_default()
            .into_iter()
            .zip(args.iter().copied())
            .collect();
        info.fields
            .clone()
            .into_iter()
            .map(|field| self.types.substitute(field, &replace))
            .collect()
    }

    /// The type of what a function of several results gives.
    pub fn results(&mut self, items: Vec<TyId>) -> TyId {
        let head = self.ty_con("results");
        self.types.apply(head, items)
    }

    /// The types of several results.
    pub fn as_results(&self, ty: TyId) -> Option<&[TyId]> {
        let Type::Apply(head, items) = self.types.get(ty) else {
            return None;
        };
        let is_results =
            matches!(self.types.get(*head), Type::Con(con) if self.tycons.name(*con) == "results");
        is_results.then_some(items)
    }

    /// The data type and its arguments, if that is what the type is.
    pub fn as_data(&self, ty: TyId) -> Option<(TyConId, Vec<TyId>)> {
        let (con, args) = match self.types.get(ty) {
            Type::Con(con) => (*con, Vec::new()),
            Type::Apply(head, args) => match self.types.get(*head) {
                Type::Con(con) => (*con, args.clone()),
                _ => return None,
            },
            _ => return None,
        };
        matches!(self.tycons.get(con)?.kind, TyConKind::Data).then_some((con, args))
    }

    /// The prefix of the primitives of a type that has some for `==`, ordering and text: `int` for `Int`.
    pub fn ground(&self, ty: TyId) -> Option<&'static str> {
        let Type::Con(con) = self.types.get(ty) else {
            return None;
        };
        match self.tycons.name(*con) {
            "Int" => Some("int"),
            "Float" => Some("float"),
            "Char" => Some("char"),
            "Text" => Some("text"),
            "Bytes" => Some("bytes"),
            _ => None,
        }
    }
}
