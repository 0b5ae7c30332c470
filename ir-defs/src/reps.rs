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
    /// What a function of several results gives. No variable, no field and no parameter is this.
    Results(Results),
}

/// So many results a function has at most.
pub const MAX_RESULTS: usize = 8;

/// The representations of several results, each of which has a width.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Results {
    count: u8,
    /// Two bits for each, the first one lowest.
    packed: u16,
}

/// What one result may be, by its two bits.
const RESULT: [Rep; 4] = [Rep::I32, Rep::I64, Rep::F64, Rep::Value];

impl Results {
    /// Of these representations; `None` if they are fewer than two or more than [`MAX_RESULTS`], or one has no width.
    pub fn of(reps: &[Rep]) -> Option<Results> {
        if !(2..=MAX_RESULTS).contains(&reps.len()) {
            return None;
        }
        let mut packed = 0;
        for (index, rep) in reps.iter().enumerate() {
            let bits = RESULT.iter().position(|result| result == rep)?;
            packed |= (bits as u16) << (2 * index);
        }
        Some(Results {
            count: reps.len() as u8,
            packed,
        })
    }

    /// The representations, in their order.
    pub fn reps(self) -> impl DoubleEndedIterator<Item = Rep> {
        (0..self.count).filter_map(move |index| {
            let bits = self.packed >> (2 * index) & 3;
            RESULT.get(usize::from(bits)).copied()
        })
    }
}

/// The representations of single values with their spelling in IR text.
pub const REPS: &[(Rep, &str)] = &[
    (Rep::I32, "i32"),
    (Rep::I64, "i64"),
    (Rep::F64, "f64"),
    (Rep::Value, "value"),
    (Rep::Nothing, "nothing"),
];

impl Rep {
    /// What messages call it.
    pub fn described(self) -> String {
        match self {
            Rep::Results(results) => {
                let reps: Vec<&str> = results.reps().map(Rep::text).collect();
                format!("several results ({})", reps.join(", "))
            }
            single => single.text().to_owned(),
        }
    }

    /// The spelling of a single value in IR text.
    pub fn text(self) -> &'static str {
        REPS.iter()
            .find(|(rep, _)| *rep == self)
            .map_or("results", |(_, text)| text)
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
