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

use ir_defs::reps::{Layout, Rep};

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
/// The most arguments that the code of a closure may take.
pub const MAX_ARITY: u32 = (1 << 8) - 1;
/// The offset of a closure's code word.
pub const CODE_OFFSET: u32 = 4;

/// A layout with numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offsets {
    /// The first word of the object.
    pub header: u32,
    /// The size in bytes, a multiple of 8.
    pub size: u32,
    /// The offset of each field, in the order of the layout.
    pub fields: Vec<u32>,
}

/// The header of an object without fields of its own: bytes and arrays, whose size is in their second word.
pub const fn plain_header(kind: Kind) -> u32 {
    1 | (kind as u32) << 2
}

/// Places the fields of an object or a closure.
pub fn offsets(layout: &Layout, kind: Kind) -> Offsets {
    let start = if kind == Kind::Closure { 8 } else { 4 };
    let mut at = start;
    let mut fields = Vec::with_capacity(layout.fields.len());
    let mut pointers = 0;
    for &rep in &layout.fields {
        let width = match rep {
            Rep::Value | Rep::I32 => 4,
            Rep::I64 | Rep::F64 => 8,
            Rep::Nothing => 0,
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
    let header =
        1 | (kind as u32) << 2 | layout.tag << TAG_SHIFT | pointers << 13 | raw_words << 21;
    Offsets {
        header,
        size,
        fields,
    }
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
