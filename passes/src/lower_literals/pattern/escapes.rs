//! Classes of characters and escapes.

use super::{Reader, is_word};
use crate::lower_literals::calendar::Invalid;

const NO_CHARACTER: &str = "there is no such character";

/// What an escape or a member of a class stands for.
#[derive(Clone, Copy)]
pub(super) enum Member {
    One(char),
    Kind,
}

impl Reader<'_> {
    /// A class of characters, from behind its bracket on.
    pub(super) fn class(&mut self, start: usize) -> Result<u64, Invalid> {
        self.take("^");
        let mut empty = true;
        loop {
            let first = self.at;
            if self.take("]") {
                if empty {
                    return self.wrong(
                        start,
                        "this class is empty; write `\\]` for a bracket in it",
                    );
                }
                return Ok(1);
            }
            if self.peek().is_none() {
                return self.wrong(start, "this class is not closed");
            }
            if self.rest().starts_with("[:") {
                let message = "there are no named classes in brackets; write `\\p{L}` for letters";
                return self.wrong(first, message);
            }
            empty = false;
            let low = self.class_member()?;
            let rest = self.rest();
            if let Member::One(low) = low
                && rest.starts_with('-')
                && !rest.starts_with("-]")
            {
                self.at += 1;
                match self.class_member()? {
                    Member::One(high) if high < low => {
                        return self.wrong(first, "this range ends before it begins");
                    }
                    Member::One(_) => {}
                    Member::Kind => {
                        return self.wrong(first, "a range goes from one character to another");
                    }
                }
            }
        }
    }

    fn class_member(&mut self) -> Result<Member, Invalid> {
        let start = self.at;
        if self.take("\\b") {
            return Ok(Member::One('\u{8}'));
        }
        match self.next() {
            Some('\\') => self.escape(start),
            Some(c) => Ok(Member::One(c)),
            None => self.wrong(start, "something is missing here"),
        }
    }

    /// What an escape means, from behind its backslash on.
    pub(super) fn escape(&mut self, start: usize) -> Result<Member, Invalid> {
        let Some(c) = self.next() else {
            return self.wrong(start, "a character follows a backslash");
        };
        match c {
            'd' | 'D' | 'w' | 'W' | 's' | 'S' => Ok(Member::Kind),
            'p' | 'P' if self.take("{") => self.property(start),
            'n' => Ok(Member::One('\n')),
            'r' => Ok(Member::One('\r')),
            't' => Ok(Member::One('\t')),
            'f' => Ok(Member::One('\u{c}')),
            'v' => Ok(Member::One('\u{b}')),
            '0' => Ok(Member::One('\0')),
            'x' | 'u' if self.take("{") => {
                let digits = self.run(|c| c.is_ascii_hexdigit());
                self.at += digits.len();
                if self.take("}") {
                    self.coded(start, digits)
                } else {
                    self.wrong(start, NO_CHARACTER)
                }
            }
            'x' | 'u' => {
                let count = if c == 'x' { 2 } else { 4 };
                let rest = self.rest();
                let end = rest.char_indices().map(|(at, c)| at + c.len_utf8());
                match end.take(count).collect::<Vec<usize>>().as_slice() {
                    ends @ [.., end] if ends.len() == count => {
                        self.at += end;
                        self.coded(start, rest.get(..*end).unwrap_or_default())
                    }
                    _ => self.wrong(start, "there is no such escape"),
                }
            }
            digit if digit.is_ascii_digit() => {
                let message = "there is no reference to a group, which takes more than linear time";
                self.wrong(start, message)
            }
            sign if sign.is_ascii() && !is_word(sign) => Ok(Member::One(sign)),
            _ => self.wrong(start, "there is no such escape"),
        }
    }

    /// The character of a number in hexadecimal digits.
    fn coded(&self, start: usize, digits: &str) -> Result<Member, Invalid> {
        let all = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let code = u32::from_str_radix(digits, 16).ok();
        match code.filter(|_| all && digits.len() <= 6) {
            Some(code) if let Some(c) = char::from_u32(code) => Ok(Member::One(c)),
            _ => self.wrong(start, NO_CHARACTER),
        }
    }

    /// A kind of characters by its name in braces.
    fn property(&mut self, start: usize) -> Result<Member, Invalid> {
        let name = self.run(is_word);
        self.at += name.len();
        if !self.take("}") {
            return self.wrong(
                start,
                "a kind of characters stands in braces, as in `\\p{L}`",
            );
        }
        if ["L", "Lu", "Ll", "N", "P", "Z"].contains(&name) {
            Ok(Member::Kind)
        } else {
            let message = "the kinds of characters are `L`, `Lu`, `Ll`, `N`, `P` and `Z`";
            self.wrong(start, message)
        }
    }
}
