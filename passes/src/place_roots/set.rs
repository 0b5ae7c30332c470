//! Sets of variables or slots: 64 neighbours in a word, and only words that hold something.
//!
//! What lives at a point of a large function is either little, or much of it neighbours. So sets cost what they hold
//! and not what the function has, and large ones meet and differ a word at a time.

use std::fmt;
use std::marker::PhantomData;

use nanopass::VarId;

/// Something with a number.
pub(super) trait Element: Copy {
    fn number(self) -> u32;
    fn of(number: u32) -> Self;
}

impl Element for VarId {
    fn number(self) -> u32 {
        self.0
    }

    fn of(number: u32) -> VarId {
        VarId(number)
    }
}

impl Element for u32 {
    fn number(self) -> u32 {
        self
    }

    fn of(number: u32) -> u32 {
        number
    }
}

/// A set.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Set<T> {
    /// Which 64 numbers, in ascending order, and which of them; never none.
    words: Vec<(u32, u64)>,
    elements: PhantomData<T>,
}

fn split<T: Element>(element: T) -> (u32, u64) {
    let number = element.number();
    (number / 64, 1 << (number % 64))
}

impl<T: Element> Set<T> {
    pub fn new() -> Set<T> {
        Set {
            words: Vec::new(),
            elements: PhantomData,
        }
    }

    fn place(&self, word: u32) -> Result<usize, usize> {
        self.words
            .binary_search_by_key(&word, |(number, _)| *number)
    }

    pub fn insert(&mut self, element: T) {
        let (word, bit) = split(element);
        match self.place(word) {
            Ok(place) => {
                if let Some((_, bits)) = self.words.get_mut(place) {
                    *bits |= bit;
                }
            }
            Err(place) => self.words.insert(place, (word, bit)),
        }
    }

    pub fn remove(&mut self, element: T) {
        let (word, bit) = split(element);
        let Ok(place) = self.place(word) else { return };
        if let Some((_, bits)) = self.words.get_mut(place) {
            *bits &= !bit;
            if *bits == 0 {
                self.words.remove(place);
            }
        }
    }

    pub fn contains(&self, element: T) -> bool {
        let (word, bit) = split(element);
        let found = self
            .place(word)
            .ok()
            .and_then(|place| self.words.get(place));
        found.is_some_and(|(_, bits)| bits & bit != 0)
    }

    pub fn clear(&mut self) {
        self.words.clear();
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// In ascending order.
    pub fn iter(&self) -> impl Iterator<Item = T> {
        self.words.iter().flat_map(|&(word, bits)| {
            std::iter::successors(Some(bits), |bits| Some(bits & bits.wrapping_sub(1)))
                .take_while(|bits| *bits != 0)
                .map(move |bits| T::of(word * 64 + bits.trailing_zeros()))
        })
    }

    /// Adds all of the other set.
    pub fn unite(&mut self, other: &Set<T>) {
        if self.words.is_empty() {
            self.words.clone_from(&other.words);
        } else if !other.words.is_empty() {
            *self = self.merge(other, |a, b| a | b);
        }
    }

    pub fn intersection(&self, other: &Set<T>) -> Set<T> {
        self.merge(other, |a, b| a & b)
    }

    pub fn difference(&self, other: &Set<T>) -> Set<T> {
        self.merge(other, |a, b| a & !b)
    }

    /// A word at a time, from those of both sets.
    fn merge(&self, other: &Set<T>, bits: impl Fn(u64, u64) -> u64) -> Set<T> {
        let mut words = Vec::with_capacity(self.words.len() + other.words.len());
        let (mut ours, mut theirs) = (self.words.as_slice(), other.words.as_slice());
        loop {
            let (a, b) = (ours.first(), theirs.first());
            let word = match (a, b) {
                (None, None) => break,
                (Some((a, _)), None) => *a,
                (None, Some((b, _))) => *b,
                (Some((a, _)), Some((b, _))) => *a.min(b),
            };
            let take = |list: &mut &[(u32, u64)]| match list.split_first() {
                Some(((number, bits), rest)) if *number == word => {
                    *list = rest;
                    *bits
                }
                _ => 0,
            };
            let bits = bits(take(&mut ours), take(&mut theirs));
            if bits != 0 {
                words.push((word, bits));
            }
        }
        Set {
            words,
            elements: PhantomData,
        }
    }
}

impl<T: Element> Default for Set<T> {
    fn default() -> Set<T> {
        Set::new()
    }
}

impl<T: Element> Extend<T> for Set<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, elements: I) {
        elements
            .into_iter()
            .for_each(|element| self.insert(element));
    }
}

impl<T: Element> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Set<T> {
        let mut set = Set::new();
        set.extend(elements);
        set
    }
}

impl<T: Element + fmt::Debug> fmt::Debug for Set<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(numbers: &[u32]) -> Set<u32> {
        numbers.iter().copied().collect()
    }

    #[test]
    fn elements_come_and_go() {
        let mut some = set(&[700, 3, 64, 63]);
        assert_eq!(some.iter().collect::<Vec<_>>(), [3, 63, 64, 700]);
        assert!(some.contains(63) && !some.contains(65));
        some.remove(64);
        some.remove(1);
        assert_eq!(some, set(&[3, 63, 700]));
    }

    #[test]
    fn sets_meet_and_differ() {
        let (a, b) = (set(&[1, 2, 200]), set(&[2, 70, 200, 500]));
        assert_eq!(a.intersection(&b), set(&[2, 200]));
        assert_eq!(a.difference(&b), set(&[1]));
        let mut both = a.clone();
        both.unite(&b);
        assert_eq!(both, set(&[1, 2, 70, 200, 500]));
        assert!(a.intersection(&set(&[65])).is_empty());
    }
}
