//! What the interpreters of `loops` and `closed` ask of constructors, records and literals.

use std::rc::Rc;

use ir_defs::Session;
use ir_defs::tables::ConId;
use ir_defs::terminals::Lit;
use ir_defs::types::Type;
use nanopass::{Symbol, TyId};

use crate::Value;

/// The place of a constructor among those of its type.
pub fn con_tag(con: ConId, session: &Session) -> u32 {
    session.constructors.get(con).map_or(0, |info| info.index)
}

/// The place of a field in a record of this type.
pub fn field_index(record: TyId, label: Symbol, session: &Session) -> usize {
    match session.types.get(record) {
        Type::Record { fields, .. } => fields
            .iter()
            .position(|(found, _)| *found == label)
            .unwrap_or(0),
        _ => 0,
    }
}

/// The value of a literal.
pub fn lit<F>(lit: &Lit) -> Value<F> {
    match lit {
        Lit::Int(value) => Value::Int(*value),
        Lit::Float(value) => Value::Float(*value),
        Lit::Char(value) => Value::Char(*value),
        Lit::Text(value) => Value::Text(Rc::from(&**value)),
    }
}

/// Whether a branch on a literal takes a value. A `Float` is compared as `==` does.
pub fn matches_lit<F>(value: &Value<F>, lit: &Lit) -> bool {
    match (value, lit) {
        (Value::Int(value), Lit::Int(lit)) => value == lit,
        (Value::Float(value), Lit::Float(lit)) => value == lit,
        (Value::Char(value), Lit::Char(lit)) => value == lit,
        (Value::Text(value), Lit::Text(lit)) => **value == **lit,
        _ => false,
    }
}
