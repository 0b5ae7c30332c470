//! Objects that are known at compile time: texts, closures without captures, constructors of constants.

use std::sync::Arc;

use ir_defs::Session;
use ir_defs::memory::{Atom, Static, Word};
use ir_defs::reps::Layout;
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{IntLit, Lit, TextLit};
use rustc_hash::FxHashMap;

use super::is_constant;
use ir_defs::layout::{Kind, offsets, plain_header};

/// The statics of a program; equal ones are one.
#[derive(Default)]
pub(super) struct Statics {
    pub list: Vec<Static>,
    known: FxHashMap<Vec<Part>, GlobalId>,
    /// How many arguments the code of each closure takes.
    pub arities: FxHashMap<GlobalId, u32>,
}

impl Statics {
    fn add(&mut self, prefix: &str, words: Vec<Word>, session: &mut Session) -> GlobalId {
        let key: Vec<Part> = words.iter().map(part).collect();
        if let Some(&global) = self.known.get(&key) {
            return global;
        }
        let name = format!("{prefix}.{}", self.list.len());
        let global = session.fresh_global(&name);
        self.known.insert(key, global);
        self.list.push(Static {
            name: global,
            words,
        });
        global
    }

    /// How many arguments a function's code takes.
    pub fn arity(&self, function: GlobalId) -> IntLit {
        IntLit(self.arities.get(&function).copied().unwrap_or(0))
    }

    /// A text.
    pub fn text(&mut self, text: &Arc<str>, session: &mut Session) -> GlobalId {
        let words = vec![
            number(plain_header(Kind::Bytes)),
            number(text.len() as u32),
            Word::Chars {
                text: TextLit(text.clone()),
            },
        ];
        self.add("text", words, session)
    }

    /// The closure of a function that captures nothing.
    pub fn closure(&mut self, function: GlobalId, session: &mut Session) -> GlobalId {
        let header = offsets(
            &Layout {
                tag: 0,
                fields: Vec::new(),
            },
            Kind::Closure,
        )
        .header;
        let arity = self.arity(function);
        self.add(
            "closure",
            vec![number(header), Word::Code { function, arity }],
            session,
        )
    }

    /// An object whose fields are constants; `None` if one is not.
    pub fn object(
        &mut self,
        layout: &Layout,
        fields: &[Atom],
        session: &mut Session,
    ) -> Option<GlobalId> {
        if !fields.iter().all(is_constant) {
            return None;
        }
        let offsets = offsets(layout, Kind::Fields);
        let mut words = vec![number(offsets.header)];
        for (field, &offset) in fields.iter().zip(&offsets.fields) {
            while words.len() < offset as usize / 4 {
                words.push(number(0));
            }
            match field {
                Atom::Immediate { value, .. } => words.push(number(value.0 << 1 | 1)),
                Atom::Small { value, .. } => words.push(number(value.0)),
                Atom::Address { static_, .. } => words.push(Word::Address { static_: *static_ }),
                Atom::Lit { lit, .. } => match lit {
                    Lit::Int(value) => push_wide(&mut words, value.cast_unsigned()),
                    Lit::Float(value) => push_wide(&mut words, value.to_bits()),
                    Lit::Char(char) => words.push(number(u32::from(*char))),
                    // Texts are addresses already.
                    Lit::Text(_) => return None,
                },
                Atom::Nothing { .. } | Atom::Var { .. } | Atom::Code { .. } => return None,
            }
        }
        while words.len() < offsets.size as usize / 4 {
            words.push(number(0));
        }
        Some(self.add("object", words, session))
    }
}

/// A word, as what objects are compared by.
#[derive(PartialEq, Eq, Hash)]
enum Part {
    Number(u32),
    Address(GlobalId),
    Code(GlobalId, u32),
    Chars(Arc<str>),
}

fn part(word: &Word) -> Part {
    match word {
        Word::Number { value } => Part::Number(value.0),
        Word::Address { static_ } => Part::Address(*static_),
        Word::Code { function, arity } => Part::Code(*function, arity.0),
        Word::Chars { text } => Part::Chars(text.0.clone()),
    }
}

fn number(value: u32) -> Word {
    Word::Number {
        value: IntLit(value),
    }
}

fn push_wide(words: &mut Vec<Word>, bits: u64) {
    words.push(number(bits as u32));
    words.push(number((bits >> 32) as u32));
}
