//! Where the fields of an object are: the one definition of the memory layout.
//!
//! ```text
//! object:   +0  header i32   bit 0 = 1, bit 1 mark, bits 2-3 kind, bits 4-12 constructor tag,
//!                            bits 13-20 value words, bits 21-31 raw size in 4-byte words, padding included
//!           +4  value words, 4 bytes each
//!           …   raw words: i64 and f64, 8-aligned, then i32
//! closure:  +0  header   +4  (table index << 8) | arity   +8  captures, in the same order
//! bytes:    +0  header   +4  length u32                   +8  bytes, padded to a multiple of 8
//! array:    +0  header   +4  count u32                    +8  value words
//! ```

use crate::reps::{Layout, Rep};

/// The kinds of objects, as the header holds them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Fields of a constructor, tuple or record.
    Fields,
    /// A text or bytes.
    Bytes,
    /// A closure.
    Closure,
    /// Value words under construction.
    Array,
}

/// The most constructors with fields that a data type may have.
pub const MAX_TAG: u32 = (1 << 9) - 1;
/// The shift of the tag in the header.
pub const TAG_SHIFT: u32 = 4;
/// The mask of the tag, after shifting.
pub const TAG_MASK: u32 = MAX_TAG;
/// The most value words that an object may have.
pub const MAX_POINTERS: u32 = (1 << 8) - 1;
/// The most raw words of 4 bytes that an object may have, padding included.
pub const MAX_RAW_WORDS: u32 = (1 << 11) - 1;
const POINTERS_SHIFT: u32 = 13;
const RAW_SHIFT: u32 = 21;
/// The most arguments that the code of a closure may take.
pub const MAX_ARITY: u32 = (1 << 8) - 1;
/// The offset of a closure's code word.
pub const CODE_OFFSET: u32 = 4;

/// The offset of the length of a text and of the count of an array.
pub const LENGTH_OFFSET: u32 = 4;

/// A layout with numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offsets {
    /// The first word of the object.
    pub header: u32,
    /// The size in bytes, a multiple of 8.
    pub size: u32,
    /// The offset of each field, in the order of the layout.
    pub fields: Vec<u32>,
    /// Whether the header has room for the tag and for the numbers of words.
    pub fits: bool,
}

/// What the header of an object says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header {
    /// The sort of the object.
    pub kind: Kind,
    /// The constructor's tag.
    pub tag: u32,
    /// How many value words there are.
    pub pointers: u32,
    /// How many raw words of 4 bytes follow them.
    pub raw_words: u32,
}

impl Header {
    /// Reads a header; `None` if it is none, such as the address of where the object has been moved.
    pub fn of(word: u32) -> Option<Header> {
        let kind = match word >> 2 & 3 {
            0 => Kind::Fields,
            1 => Kind::Bytes,
            2 => Kind::Closure,
            _ => Kind::Array,
        };
        (word & 1 == 1).then_some(Header {
            kind,
            tag: word >> TAG_SHIFT & TAG_MASK,
            pointers: word >> POINTERS_SHIFT & MAX_POINTERS,
            raw_words: word >> RAW_SHIFT,
        })
    }

    /// The word in memory.
    pub fn word(self) -> u32 {
        let Header {
            kind,
            tag,
            pointers,
            raw_words,
        } = self;
        1 | (kind as u32) << 2
            | tag << TAG_SHIFT
            | pointers << POINTERS_SHIFT
            | raw_words << RAW_SHIFT
    }

    /// The size in bytes of an object of fields or a closure.
    pub fn size(self) -> u32 {
        start(self.kind) + 4 * (self.pointers + self.raw_words)
    }
}

/// The offset of the first field or capture of an object, of the first byte or item of a text or an array.
pub const fn start(kind: Kind) -> u32 {
    match kind {
        Kind::Fields => 4,
        Kind::Bytes | Kind::Closure | Kind::Array => 8,
    }
}

/// The header of an object without fields of its own: bytes and arrays, whose size is in their second word.
pub const fn plain_header(kind: Kind) -> u32 {
    1 | (kind as u32) << 2
}

/// Places the fields of an object or a closure.
pub fn offsets(layout: &Layout, kind: Kind) -> Offsets {
    let start = start(kind);
    let mut at = start;
    let mut fields = Vec::with_capacity(layout.fields.len());
    let mut pointers = 0;
    for &rep in &layout.fields {
        let width = match rep {
            Rep::Value | Rep::I32 => 4,
            Rep::I64 | Rep::F64 => 8,
            Rep::Nothing | Rep::Results(_) => 0,
        };
        if width == 8 {
            at = round_up(at, 8);
        }
        pointers += u32::from(rep == Rep::Value);
        fields.push(at);
        at += width;
    }
    let size = round_up(at, 8);
    let raw_words = (size - start - 4 * pointers) / 4;
    let fits = layout.tag <= MAX_TAG && pointers <= MAX_POINTERS && raw_words <= MAX_RAW_WORDS;
    let header = Header {
        kind,
        tag: layout.tag & TAG_MASK,
        pointers: pointers.min(MAX_POINTERS),
        raw_words: raw_words.min(MAX_RAW_WORDS),
    };
    Offsets {
        header: header.word(),
        size,
        fields,
        fits,
    }
}

/// The offset of one field, as [`offsets`] places it. Fields are ordered: value words, wide ones, the others.
pub fn offset(layout: &Layout, kind: Kind, index: usize) -> u32 {
    let fields = &layout.fields;
    let values = fields.partition_point(|rep| *rep == Rep::Value);
    let wide = fields.partition_point(|rep| matches!(rep, Rep::Value | Rep::I64 | Rep::F64));
    let start = start(kind);
    if index < values || wide == values {
        return start + 4 * index as u32;
    }
    let first_wide = round_up(start + 4 * values as u32, 8);
    let others = index.saturating_sub(wide) as u32;
    first_wide + 8 * (index.min(wide) - values) as u32 + 4 * others
}

fn round_up(at: u32, to: u32) -> u32 {
    at.div_ceil(to) * to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_words_come_first_and_wide_ones_are_aligned() {
        let layout = Layout {
            tag: 3,
            fields: vec![Rep::Value, Rep::Value, Rep::I64, Rep::I32],
        };
        let offsets = offsets(&layout, Kind::Fields);
        assert_eq!(offsets.fields, [4, 8, 16, 24]);
        assert_eq!(offsets.size, 32);
        assert_eq!(offsets.header, 1 | 3 << 4 | 2 << 13 | 5 << 21);
    }

    #[test]
    fn one_field_lies_where_all_of_them_do() {
        for counts in 0..64 {
            let (values, wide, small) = (counts % 4, counts / 4 % 4, counts / 16);
            let mut fields = vec![Rep::Value; values];
            fields.extend(vec![Rep::F64; wide]);
            fields.extend(vec![Rep::I32; small]);
            let layout = Layout { tag: 0, fields };
            for kind in [Kind::Fields, Kind::Closure] {
                let expected = offsets(&layout, kind).fields;
                let found = (0..layout.fields.len()).map(|index| offset(&layout, kind, index));
                assert_eq!(found.collect::<Vec<_>>(), expected);
            }
        }
    }

    #[test]
    fn captures_follow_the_code_word() {
        let layout = Layout {
            tag: 0,
            fields: vec![Rep::Value, Rep::F64],
        };
        let offsets = offsets(&layout, Kind::Closure);
        assert_eq!(offsets.fields, [8, 16]);
        assert_eq!(offsets.size, 24);
        assert_eq!(offsets.header, 1 | 2 << 2 | 1 << 13 | 3 << 21);
    }
}
