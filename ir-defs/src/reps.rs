//! Representations: what a value is at run time, and how objects lie in memory.

use nanopass::VarId;

/// What a value is at run time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Rep {
    /// A small number: `Bool`, `Char`, a data type of nullary constructors.
    I32,
    /// `Int`
    I64,
    /// `Float`
    F64,
    /// A value word: an immediate `(n << 1) | 1`, or the 8-aligned address of an object.
    Value,
    /// No value at all: `Unit`.
    Nothing,
}

/// All representations with their spelling in IR text.
pub const REPS: &[(Rep, &str)] = &[
    (Rep::I32, "i32"),
    (Rep::I64, "i64"),
    (Rep::F64, "f64"),
    (Rep::Value, "value"),
    (Rep::Nothing, "nothing"),
];

impl Rep {
    /// The spelling in IR text.
    pub fn text(self) -> &'static str {
        REPS.iter()
            .find(|(rep, _)| *rep == self)
            .map_or("?", |(_, text)| text)
    }

    /// The representation of a spelling.
    pub fn of(text: &str) -> Option<Rep> {
        REPS.iter()
            .find(|(_, spelling)| *spelling == text)
            .map(|(rep, _)| *rep)
    }
}

/// What an object holds: its constructor's tag, and its fields in the order of memory: value words first, then i64 and
/// f64, then i32. Fields without width are left out. A closure's fields are its captures.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Layout {
    /// The constructor's tag, 0 for tuples and records.
    pub tag: u32,
    /// The representations of the fields, in the order of memory.
    pub fields: Vec<Rep>,
}

/// The place where a variable of a known representation is bound.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Local {
    /// The variable.
    pub var: VarId,
    /// What its value is at run time.
    pub rep: Rep,
}
