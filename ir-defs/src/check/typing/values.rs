//! The types of values: literals, tuples, records, constructors and what takes them apart.

use nanopass::{Symbol, TyId};

use super::Typing;
use crate::tables::ConId;
use crate::terminals::{Binder, Derivation, Lit};
use crate::types::Type;

impl Typing<'_> {
    pub(in crate::check) fn con(&mut self, name: &str) -> TyId {
        match self.session.tycons.find(name) {
            Some(con) => self.types.intern(Type::Con(con)),
            None => TyId::NONE,
        }
    }

    pub(in crate::check) fn applied(&mut self, name: &str, args: Vec<TyId>) -> TyId {
        let head = self.con(name);
        self.types.apply(head, args)
    }

    pub(in crate::check) fn fun(&mut self, params: &[TyId], result: TyId) -> TyId {
        params.iter().rev().fold(result, |result, &param| {
            self.types.intern(Type::Fun(param, result))
        })
    }

    pub(in crate::check) fn lit(&mut self, lit: &Lit) -> TyId {
        self.con(match lit {
            Lit::Int(_) => "Int",
            Lit::Float(_) => "Float",
            Lit::Char(_) => "Char",
            Lit::Text(_) => "Text",
        })
    }

    pub(in crate::check) fn tuple(&mut self, items: Vec<TyId>) -> TyId {
        if items.len() < 2 {
            self.violation("a tuple has at least two components");
        }
        match items.as_slice() {
            [] => self.con("Unit"),
            &[item] => item,
            _ => self.types.intern(Type::Tuple(items)),
        }
    }

    pub(in crate::check) fn record(&mut self, fields: Vec<(Symbol, TyId)>) -> TyId {
        if !fields.is_sorted_by_key(|(label, _)| self.session.core.text(*label)) {
            self.violation("the fields of a record are in alphabetical order");
        }
        self.types.intern(Type::Record { fields, tail: None })
    }

    pub(in crate::check) fn select(&mut self, record: TyId, label: Symbol) -> TyId {
        let found = match self.types.get(record) {
            Type::Record { fields, .. } => fields
                .iter()
                .find(|(other, _)| *other == label)
                .map(|&(_, ty)| ty),
            _ => None,
        };
        found.unwrap_or_else(|| {
            let message = format!(
                "`{}` has no field `{}`",
                self.show_type(record),
                self.session.core.text(label)
            );
            self.violation(message);
            TyId::NONE
        })
    }

    pub(in crate::check) fn item(&mut self, tuple: TyId, index: u32) -> TyId {
        let found = match self.types.get(tuple) {
            Type::Tuple(items) => items.get(index as usize).copied(),
            _ => None,
        };
        found.unwrap_or_else(|| {
            let message = format!("`{}` has no component {index}", self.show_type(tuple));
            self.violation(message);
            TyId::NONE
        })
    }

    pub(in crate::check) fn apply(&mut self, fun: TyId, args: &[TyId]) -> TyId {
        let mut result = fun;
        for &arg in args {
            let &Type::Fun(param, rest) = self.types.get(result) else {
                let message = format!(
                    "`{}` is applied to {} arguments",
                    self.show_type(fun),
                    args.len()
                );
                self.violation(message);
                return TyId::NONE;
            };
            self.expect("an argument", param, arg);
            result = rest;
        }
        result
    }

    pub(in crate::check) fn construct(
        &mut self,
        con: ConId,
        types: &[TyId],
        args: &[TyId],
    ) -> TyId {
        types.iter().for_each(|&ty| self.written(ty));
        let (data, fields) = self.constructor(con, types);
        self.expect_all("a constructor", &fields, args);
        data
    }

    /// The type that a constructor builds at these arguments, and the types of its fields.
    fn constructor(&mut self, con: ConId, types: &[TyId]) -> (TyId, Vec<TyId>) {
        let session = self.session;
        let info = session.constructors.get(con);
        let Some((info, data, params)) = info.and_then(|info| {
            let data = info.data?;
            Some((info, data, &session.tycons.get(data)?.params))
        }) else {
            let name = session.constructors.name(con);
            self.violation(format!("the constructor `{name}` is not defined"));
            return (TyId::NONE, Vec::new());
        };
        if params.len() != types.len() {
            let name = session.tycons.name(data);
            self.violation(format!(
                "`{name}` has {} parameters, not {}",
                params.len(),
                types.len()
            ));
        }
        let replace = params.iter().copied().zip(types.iter().copied()).collect();
        let fields = info
            .fields
            .iter()
            .map(|&field| self.types.substitute(field, &replace))
            .collect();
        let head = self.types.intern(Type::Con(data));
        (self.types.apply(head, types.to_vec()), fields)
    }

    /// An object whose field `hole` is given later, and the others now.
    pub(in crate::check) fn open(
        &mut self,
        con: ConId,
        types: &[TyId],
        hole: u32,
        args: &[TyId],
    ) -> TyId {
        types.iter().for_each(|&ty| self.written(ty));
        let (data, mut fields) = self.constructor(con, types);
        if (hole as usize) < fields.len() {
            fields.remove(hole as usize);
        } else {
            self.violation(format!("a constructor has no field {hole}"));
        }
        self.expect_all("a constructor with a hole", &fields, args);
        data
    }

    /// The place of a field.
    pub(in crate::check) fn place(&mut self, con: ConId, types: &[TyId], field: u32) -> TyId {
        types.iter().for_each(|&ty| self.written(ty));
        let (_, fields) = self.constructor(con, types);
        if (field as usize) >= fields.len() {
            self.violation(format!("a constructor has no field {field}"));
        }
        self.place_type()
    }

    pub(in crate::check) fn place_type(&mut self) -> TyId {
        self.con("place")
    }

    /// The types of several results.
    pub(in crate::check) fn as_results(&self, ty: TyId) -> Option<Vec<TyId>> {
        let Type::Apply(head, items) = self.types.get(ty) else {
            return None;
        };
        let is_results = matches!(self.types.get(*head), Type::Con(con) if self.session.tycons.name(*con) == "results");
        is_results.then(|| items.clone())
    }

    pub(in crate::check) fn unit(&mut self) -> TyId {
        self.con("Unit")
    }

    /// Filling a field of which the place is known.
    pub(in crate::check) fn fill(
        &mut self,
        con: ConId,
        types: &[TyId],
        field: u32,
        cell: TyId,
        value: TyId,
    ) {
        let (data, fields) = self.constructor(con, types);
        self.expect("a cell", data, cell);
        if let Some(&field) = fields.get(field as usize) {
            self.expect("what fills a hole", field, value);
        }
    }

    /// A branch on a constructor binds its fields.
    pub(in crate::check) fn on_con(&mut self, subject: TyId, con: ConId, fields: &[Binder]) {
        let types = match self.types.get(subject) {
            Type::Apply(_, args) => args.clone(),
            _ => Vec::new(),
        };
        let (data, expected) = self.constructor(con, &types);
        self.expect("the subject of a switch", data, subject);
        let found: Vec<TyId> = fields.iter().map(|field| field.ty).collect();
        self.expect_all("a branch", &expected, &found);
        fields.iter().for_each(|field| self.bind(field));
    }

    pub(in crate::check) fn on_lit(&mut self, subject: TyId, lit: &Lit) {
        let ty = self.lit(lit);
        self.expect("the subject of a switch", ty, subject);
    }

    /// The type of branches that were checked to agree with one another.
    pub(in crate::check) fn agree(&mut self, types: &[TyId]) -> TyId {
        let Some((&first, rest)) = types.split_first() else {
            self.violation("a switch without branches");
            return TyId::NONE;
        };
        let mut all = first;
        for &ty in rest {
            self.expect("a branch", all, ty);
            all = self.larger(all, ty);
        }
        all
    }

    /// Of two types that differ in what may fail at most, the one where more may, as far as results go.
    fn larger(&mut self, a: TyId, b: TyId) -> TyId {
        if a == b || !self.direct {
            return a;
        }
        match (self.types.get(a).clone(), self.types.get(b).clone()) {
            (Type::Fun(param, a), Type::Fun(_, b)) => {
                let result = self.larger(a, b);
                self.fun(&[param], result)
            }
            _ => match (self.as_effect(a), self.as_effect(b)) {
                (Some((None, _)), Some((Some(_), _))) => b,
                _ => a,
            },
        }
    }

    pub(in crate::check) fn derived(&mut self, derivation: Derivation, ty: TyId) -> TyId {
        self.written(ty);
        match derivation {
            Derivation::Eq => {
                let bool = self.con("Bool");
                self.fun(&[ty, ty], bool)
            }
            Derivation::Compare => {
                let ordering = self.con("Ordering");
                self.fun(&[ty, ty], ordering)
            }
            _ => {
                let text = self.con("Text");
                self.fun(&[ty], text)
            }
        }
    }
}
