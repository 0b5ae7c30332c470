//! The types that the compiler itself defines.

use nanopass::{Span, TyId};

use super::Session;
use crate::tables::{ConInfo, TyConInfo, TyConKind};
use crate::types::{Kind, Type};

/// The types that the compiler itself knows, with the kinds of their parameters.
const BUILTIN: &[(&str, &[Kind])] = &[
    ("Int", &[]),
    ("Float", &[]),
    ("Char", &[]),
    ("Text", &[]),
    ("Bytes", &[]),
    // Where a field is in an object: what a hole is filled by. No module can name it.
    ("place", &[]),
    // What a function of several results gives; applied to the types of these, as many as they are.
    ("results", &[]),
    // A mutable block of values under construction; only the library sees it.
    ("Array", &[Kind::Star]),
    ("Effect", &[Kind::Row, Kind::Star]),
    // What an effect row says of the error type; no type of values.
    ("Fail", &[Kind::Star]),
    // What instances of functions and tuples are of; applied to all arguments they are `Type::Fun` and `Type::Tuple`.
    ("function", &[Kind::Star, Kind::Star]),
    ("tuple.2", &[Kind::Star, Kind::Star]),
    ("tuple.3", &[Kind::Star, Kind::Star, Kind::Star]),
];

/// The names of constructors, each with the types of its fields.
type BuiltinConstructors = &'static [(&'static str, &'static [&'static str])];

/// The data types that the compiler itself knows, because literals, patterns or primitives speak of them. They are
/// defined here, so that each pass can rely on them, and no module defines them again.
const BUILTIN_DATA: &[(&str, &[&str], BuiltinConstructors)] = &[
    ("Unit", &[], &[("Unit", &[])]),
    ("Bool", &[], &[("False", &[]), ("True", &[])]),
    (
        "Ordering",
        &[],
        &[("Less", &[]), ("Equal", &[]), ("Greater", &[])],
    ),
    (
        "List",
        &["A"],
        &[("List.Nil", &[]), ("List.Cons", &["A", "List A"])],
    ),
    ("Option", &["A"], &[("None", &[]), ("Some", &["A"])]),
    ("Result", &["E", "A"], &[("Err", &["E"]), ("Ok", &["A"])]),
];

impl Session {
    /// Defines the types that every program has.
    pub(super) fn define_builtins(&mut self) {
        for (name, kinds) in BUILTIN {
            let id = self.tycons.id(name);
            let params = kinds
                .iter()
                .enumerate()
                .map(|(index, kind)| {
                    let symbol = self
                        .core
                        .intern(["A", "B"].get(index).copied().unwrap_or("C"));
                    self.types.fresh_var(symbol, kind.clone())
                })
                .collect();
            if let Some(info) = self.tycons.get_mut(id) {
                *info = TyConInfo {
                    kind: TyConKind::Builtin,
                    short: (*name).to_string(),
                    params,
                    library: true,
                    ..TyConInfo::default()
                };
            }
        }
        let arrow = self.tycons.id("function");
        let tuples = [
            (self.tycons.id("tuple.2"), 2),
            (self.tycons.id("tuple.3"), 3),
        ];
        self.types.name_functions_and_tuples(arrow, tuples);
        for (name, params, constructors) in BUILTIN_DATA {
            self.define_builtin_data(name, params, constructors);
        }
    }

    fn define_builtin_data(
        &mut self,
        name: &str,
        params: &[&str],
        constructors: &[(&str, &[&str])],
    ) {
        let data = self.tycons.id(name);
        let mut vars = Vec::new();
        let mut args = Vec::new();
        for param in params {
            let symbol = self.core.intern(param);
            let var = self.types.fresh_var(symbol, Kind::Star);
            vars.push(var);
            args.push(self.types.intern(Type::Var(var)));
        }
        let head = self.types.intern(Type::Con(data));
        let itself = self.types.apply(head, args.clone());
        let mut ids = Vec::new();
        for (index, (con, fields)) in constructors.iter().enumerate() {
            let id = self.constructors.id(con);
            ids.push(id);
            let fields: Vec<TyId> = fields
                .iter()
                .map(|field| {
                    let position = params.iter().position(|param| param == field);
                    position
                        .and_then(|position| args.get(position))
                        .copied()
                        .unwrap_or(itself)
                })
                .collect();
            if let Some(info) = self.constructors.get_mut(id) {
                *info = ConInfo {
                    data: Some(data),
                    index: index as u32,
                    arity: fields.len() as u32,
                    fields,
                    span: Span::NONE,
                };
            }
        }
        if let Some(info) = self.tycons.get_mut(data) {
            *info = TyConInfo {
                kind: TyConKind::Data,
                short: name.to_string(),
                params: vars,
                constructors: ids,
                library: true,
                ..TyConInfo::default()
            };
        }
    }
}
