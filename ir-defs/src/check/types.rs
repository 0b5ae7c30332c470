//! What the checks of typed languages share: a table of types to build in, and types in messages.

use nanopass::{Symbol, TyId};
use rustc_hash::FxHashMap;

use crate::tables::{ConId, TyConId};
use crate::terminals::Lit;
use crate::types::{TyVarId, Type, TypeTable, each_part};
use crate::{Session, known};

/// Labels and their types, in the order of a record type.
type Fields = [(Symbol, TyId)];

/// Builds types beside a session that stays as it is.
pub struct Types<'s> {
    /// The session that the ids belong to.
    pub session: &'s Session,
    /// Its types, and those that were made since.
    pub table: TypeTable,
}

impl<'s> Types<'s> {
    /// A table that knows what the session's knows.
    pub fn new(session: &'s Session) -> Types<'s> {
        Types {
            session,
            table: session.types.clone(),
        }
    }

    /// The type of an id.
    pub fn get(&self, ty: TyId) -> &Type {
        self.table.get(ty)
    }

    /// A type constructor by its name, without arguments.
    pub fn con(&mut self, name: &str) -> TyId {
        match self.session.tycons.find(name) {
            Some(con) => self.table.intern(Type::Con(con)),
            None => self.error(),
        }
    }

    /// The type that equals every type.
    pub fn error(&mut self) -> TyId {
        self.table.intern(Type::Error)
    }

    /// The type of a literal.
    pub fn lit(&mut self, lit: &Lit) -> TyId {
        self.con(match lit {
            Lit::Int(_) => "Int",
            Lit::Float(_) => "Float",
            Lit::Char(_) => "Char",
            Lit::Text(_) => "Text",
        })
    }

    /// `params -> result`, curried.
    pub fn fun(&mut self, params: &[TyId], result: TyId) -> TyId {
        params.iter().rev().fold(result, |result, &param| {
            self.table.intern(Type::Fun(param, result))
        })
    }

    /// A tuple; of one component it is that component, of none it is `Unit`.
    pub fn tuple(&mut self, items: Vec<TyId>) -> TyId {
        match items.as_slice() {
            [] => self.con("Unit"),
            &[item] => item,
            _ => self.table.intern(Type::Tuple(items)),
        }
    }

    /// `List item`
    pub fn list(&mut self, item: TyId) -> TyId {
        let list = self.con("List");
        self.table.apply(list, vec![item])
    }

    /// `Effect row result`
    pub fn effect(&mut self, row: TyId, result: TyId) -> TyId {
        let effect = self.con("Effect");
        self.table.apply(effect, vec![row, result])
    }

    /// The row and the result of an effect.
    pub fn as_effect(&self, ty: TyId) -> Option<(TyId, TyId)> {
        let Type::Apply(head, args) = self.get(ty) else {
            return None;
        };
        match (self.get(*head), args.as_slice()) {
            (Type::Con(con), &[row, result]) if self.session.tycons.name(*con) == "Effect" => {
                Some((row, result))
            }
            _ => None,
        }
    }

    /// The row and the value of a resource.
    pub fn as_resource(&self, ty: TyId) -> Option<(TyId, TyId)> {
        let Type::Apply(head, args) = self.get(ty) else {
            return None;
        };
        match (self.get(*head), args.as_slice()) {
            (Type::Con(con), &[row, value])
                if self.session.tycons.name(*con) == known::RESOURCE_TYPE =>
            {
                Some((row, value))
            }
            _ => None,
        }
    }

    /// The data type and its arguments.
    pub fn as_data(&self, ty: TyId) -> Option<(TyConId, &[TyId])> {
        match self.get(ty) {
            Type::Con(con) => Some((*con, &[])),
            Type::Apply(head, args) => match self.get(*head) {
                Type::Con(con) => Some((*con, args)),
                _ => None,
            },
            _ => None,
        }
    }

    /// A record; sorts the fields by label.
    pub fn record(&mut self, mut fields: Vec<(Symbol, TyId)>, tail: Option<TyId>) -> TyId {
        let core = &self.session.core;
        fields.sort_by(|a, b| core.text(a.0).cmp(core.text(b.0)));
        for (label, _) in &fields {
            self.table.spell_label(*label, core.text(*label));
        }
        self.table.normal(Type::Record { fields, tail })
    }

    /// The fields and the tail of a record type.
    pub fn as_record(&self, ty: TyId) -> Option<(&Fields, Option<TyId>)> {
        match self.get(ty) {
            Type::Record { fields, tail } => Some((fields, *tail)),
            _ => None,
        }
    }

    /// The type of a field, if the type is a record that has it.
    pub fn field(&self, record: TyId, label: Symbol) -> Option<TyId> {
        let (fields, _) = self.as_record(record)?;
        fields
            .iter()
            .find(|(other, _)| *other == label)
            .map(|&(_, ty)| ty)
    }

    /// The data type at its arguments, and the types of a constructor's fields there; `None` for an unknown constructor
    /// or a wrong number of arguments.
    pub fn constructor(&mut self, con: ConId, args: &[TyId]) -> Option<(TyId, Vec<TyId>)> {
        let info = self.session.constructors.get(con)?;
        let data = info.data?;
        let params = &self.session.tycons.get(data)?.params;
        if params.len() != args.len() {
            return None;
        }
        let replace: FxHashMap<TyVarId, TyId> =
            params.iter().copied().zip(args.iter().copied()).collect();
        let fields = info
            .fields
            .iter()
            .map(|&field| self.table.substitute(field, &replace))
            .collect();
        let head = self.table.intern(Type::Con(data));
        Some((self.table.apply(head, args.to_vec()), fields))
    }

    /// Whether two types are equal, where one that was reported already equals every other.
    pub fn same(&self, a: TyId, b: TyId) -> bool {
        a == b || self.table.has_error(a) || self.table.has_error(b)
    }

    /// Calls `visit` with each quantified variable of a type.
    pub fn each_var(&self, ty: TyId, visit: &mut impl FnMut(TyVarId)) {
        if !self.table.has_var(ty) {
            return;
        }
        if let Type::Var(var) = self.get(ty) {
            return visit(*var);
        }
        each_part(self.get(ty), |part| self.each_var(part, visit));
    }

    /// A type for a message, in the notation of IR text.
    pub fn show(&self, ty: TyId) -> String {
        let mut out = String::new();
        self.write(ty, &mut out);
        out
    }

    fn write(&self, ty: TyId, out: &mut String) {
        let list = |checker: &Self, out: &mut String, head: &str, parts: &[TyId]| {
            out.push('(');
            out.push_str(head);
            for &part in parts {
                if !out.ends_with('(') {
                    out.push(' ');
                }
                checker.write(part, out);
            }
        };
        match self.get(ty) {
            Type::Con(con) => out.push_str(self.con_name(*con)),
            Type::Var(var) => {
                let name = self
                    .table
                    .var(*var)
                    .map_or("", |info| self.session.core.text(info.name));
                out.push('?');
                out.push_str(name);
            }
            Type::Hole(_) => out.push_str("(hole)"),
            Type::Error => out.push_str("!error"),
            Type::Apply(head, args) => {
                let parts: Vec<TyId> = std::iter::once(*head).chain(args.iter().copied()).collect();
                list(self, out, "", &parts);
                out.push(')');
            }
            Type::Fun(param, result) => {
                list(self, out, "->", &[*param, *result]);
                out.push(')');
            }
            Type::Tuple(items) => {
                list(self, out, "tuple", items);
                out.push(')');
            }
            Type::Record { fields, tail } => {
                out.push_str("(record");
                for (label, field) in fields {
                    out.push_str(&format!(" ({} ", self.session.core.text(*label)));
                    self.write(*field, out);
                    out.push(')');
                }
                self.write_tail(*tail, out);
            }
            Type::Row {
                capabilities,
                fail,
                tail,
            } => {
                out.push_str("(row");
                for con in capabilities {
                    out.push(' ');
                    out.push_str(self.con_name(*con));
                }
                if let Some(fail) = fail {
                    out.push_str(" (fail ");
                    self.write(*fail, out);
                    out.push(')');
                }
                self.write_tail(*tail, out);
            }
        }
    }

    fn write_tail(&self, tail: Option<TyId>, out: &mut String) {
        if let Some(tail) = tail {
            out.push_str(" (... ");
            self.write(tail, out);
            out.push(')');
        }
        out.push(')');
    }

    fn con_name(&self, con: TyConId) -> &'s str {
        self.session.tycons.name(con)
    }
}
