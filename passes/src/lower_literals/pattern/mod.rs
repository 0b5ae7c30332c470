//! Whether the content of `~r/…/flags` is a regular expression.
//!
//! The grammar is that of `aivi.regex.syntax` in the library, which reads patterns at run time; what the two say of
//! a pattern is compared by a test. Only what may be wrong is found out here: the shape, and the number of steps of the
//! program that the library makes.

mod escapes;

use rustc_hash::FxHashSet;

use super::calendar::Invalid;

/// How deep groups may nest.
const DEEPEST: usize = 250;
/// How often a part may be repeated by a number.
const MOST_REPETITIONS: u64 = 1000;
/// Programs have fewer steps.
const MOST_STEPS: u64 = 100_000;
/// The steps around the pattern: two marks and the end.
const AROUND: u64 = 3;

const NO_FLAG: &str = "the flags are `i`, `m` and `s`";
const NOTHING_TO_REPEAT: &str = "there is nothing here to repeat";

/// Looks for the first mistake of a pattern.
pub(super) fn check(content: &str) -> Result<(), Invalid> {
    let mut reader = Reader::new(content);
    let steps = reader.choice(0)?;
    if reader.peek().is_some() {
        return reader.wrong(reader.at, "this bracket closes nothing");
    }
    if steps + AROUND >= MOST_STEPS {
        return Err(Invalid {
            start: 0,
            end: content.len(),
            message: "the pattern is too large".to_owned(),
        });
    }
    Ok(())
}

/// Looks for the first flag that is none.
pub(super) fn check_flags(flags: &str) -> Result<(), Invalid> {
    match flags.find(|flag| !is_flag(flag)) {
        None => Ok(()),
        Some(at) => Err(Invalid {
            start: at,
            end: at + 1,
            message: NO_FLAG.to_owned(),
        }),
    }
}

fn is_flag(flag: char) -> bool {
    matches!(flag, 'i' | 'm' | 's')
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// A part with more steps than a program may have is as good as one with just so many.
fn limited(steps: u64) -> u64 {
    steps.min(MOST_STEPS)
}

struct Reader<'c> {
    content: &'c str,
    /// The offset of what is read next.
    at: usize,
    /// The names of the groups so far.
    names: FxHashSet<&'c str>,
}

impl<'c> Reader<'c> {
    fn new(content: &'c str) -> Self {
        Reader {
            content,
            at: 0,
            names: FxHashSet::default(),
        }
    }

    fn rest(&self) -> &'c str {
        self.content.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Takes the next character.
    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Takes a text if it is the next one.
    fn take(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// The characters in front that are of a kind.
    fn run(&self, is_part: fn(char) -> bool) -> &'c str {
        let rest = self.rest();
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    }

    /// What is wrong with the character at an offset, or at the end of the pattern.
    fn wrong<T>(&self, at: usize, message: &str) -> Result<T, Invalid> {
        let rest = self.content.get(at..).unwrap_or_default();
        Err(Invalid {
            start: at,
            end: at + rest.chars().next().map_or(0, char::len_utf8),
            message: message.to_owned(),
        })
    }

    /// Alternatives up to a closing parenthesis or the end. Gives the number of steps.
    fn choice(&mut self, depth: usize) -> Result<u64, Invalid> {
        let mut steps = 0;
        loop {
            match self.peek() {
                None | Some(')') => return Ok(steps),
                Some('|') => {
                    self.at += 1;
                    steps = limited(steps + 2);
                }
                Some('(') if self.inline_flags()? => {}
                Some(_) => {
                    let part = self.atom(depth)?;
                    steps = limited(steps + self.quantified(part)?);
                }
            }
        }
    }

    /// Takes `(?i)`.
    fn inline_flags(&mut self) -> Result<bool, Invalid> {
        let start = self.at;
        if !self.take("(?") {
            return Ok(false);
        }
        let flags = self.run(|c| c.is_ascii_lowercase() || c == '-');
        let first = self.at;
        self.at += flags.len();
        if flags.is_empty() || !self.take(")") {
            self.at = start;
            return Ok(false);
        }
        self.flags(first)?;
        Ok(true)
    }

    /// Checks the flags from an offset on, up to what closes them; those behind a minus are taken away.
    fn flags(&self, first: usize) -> Result<(), Invalid> {
        let mut minus = false;
        let rest = self.content.get(first..).unwrap_or_default();
        for (offset, c) in rest.char_indices() {
            match c {
                ')' | ':' => return Ok(()),
                '-' if !minus => minus = true,
                flag if is_flag(flag) => {}
                _ => return self.wrong(first + offset, NO_FLAG),
            }
        }
        self.wrong(self.content.len(), NO_FLAG)
    }

    /// One character, class, place or group.
    fn atom(&mut self, depth: usize) -> Result<u64, Invalid> {
        let start = self.at;
        match self.next() {
            None => self.wrong(start, "something is missing here"),
            Some('(') if depth >= DEEPEST => {
                self.wrong(start, &format!("groups nest at most {DEEPEST} deep"))
            }
            Some('(') => self.group(start, depth),
            Some('[') => self.class(start),
            Some('\\') => {
                let place = ["b", "B", "A", "z"].iter().any(|name| self.take(name));
                if !place {
                    self.escape(start)?;
                }
                Ok(1)
            }
            Some('*' | '+' | '?') => self.wrong(start, NOTHING_TO_REPEAT),
            Some('{') if self.counts().is_some() => self.wrong(start, NOTHING_TO_REPEAT),
            Some(_) => Ok(1),
        }
    }

    /// A group, from behind its parenthesis on.
    fn group(&mut self, start: usize, depth: usize) -> Result<u64, Invalid> {
        let looks = ["?=", "?!", "?<=", "?<!"];
        if looks.iter().any(|look| self.rest().starts_with(look)) {
            let message = "there is no looking ahead or behind, which takes more than linear time";
            return self.wrong(start, message);
        }
        if self.take("?P<") || self.take("?<") {
            let name = self.run(is_word);
            let first = self.at;
            self.at += name.len();
            if !self.take(">") {
                let message = "a group's name is made of letters and digits, and `>` follows it";
                return self.wrong(first, message);
            }
            if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
                return self.wrong(first, "a group's name begins with a letter");
            }
            if !self.names.insert(name) {
                return self.wrong(first, "another group has this name");
            }
        } else if self.take("?") {
            self.flags(self.at)?;
            self.at += self.run(|c| c.is_ascii_lowercase() || c == '-').len();
            if !self.take(":") {
                return self.wrong(start, "this is no kind of group");
            }
            return self.closed(start, depth);
        }
        Ok(limited(self.closed(start, depth)? + 2))
    }

    /// The content of a group, and the parenthesis that closes it.
    fn closed(&mut self, start: usize, depth: usize) -> Result<u64, Invalid> {
        let steps = self.choice(depth + 1)?;
        if self.take(")") {
            Ok(steps)
        } else {
            self.wrong(start, "this group is not closed")
        }
    }

    /// What follows a part: how often it is repeated.
    fn quantified(&mut self, steps: u64) -> Result<u64, Invalid> {
        let (least, most) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                self.at += 1;
                let first = self.at;
                let Some((least, most, width)) = self.counts() else {
                    self.at -= 1;
                    return Ok(steps);
                };
                if least.max(most.unwrap_or_default()) > MOST_REPETITIONS {
                    let message = format!("a part is repeated at most {MOST_REPETITIONS} times");
                    return self.wrong(first - 1, &message);
                }
                if most.is_some_and(|most| least > most) {
                    return self.wrong(first - 1, "the first number is above the second");
                }
                self.at += width - 1;
                (least, most)
            }
            _ => return Ok(steps),
        };
        self.at += 1;
        self.take("?");
        Ok(limited(match (least, most) {
            (least, Some(most)) => limited(least * steps) + (most - least) * (steps + 1),
            (0, None) => steps + 2,
            (least, None) => limited(least * steps) + 1,
        }))
    }

    /// The numbers of `3}`, `3,}` and `3,5}`, and how long that is.
    fn counts(&self) -> Option<(u64, Option<u64>, usize)> {
        let mut ahead = Reader::new(self.rest());
        let least = ahead.number()?;
        let most = if !ahead.take(",") {
            Some(least)
        } else if ahead.peek() == Some('}') {
            None
        } else {
            Some(ahead.number()?)
        };
        ahead.take("}").then_some((least, most, ahead.at))
    }

    fn number(&mut self) -> Option<u64> {
        let digits = self.run(|c| c.is_ascii_digit());
        self.at += digits.len();
        // What has too many digits is above any limit.
        (!digits.is_empty()).then(|| digits.parse().unwrap_or(u64::MAX))
    }
}
