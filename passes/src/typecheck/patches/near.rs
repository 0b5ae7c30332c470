//! Labels within two letters of another.
//!
//! Two words that differ in at most two letters have a part in common that is left when at most two letters of each are
//! taken away (W. Garbe's SymSpell, 2012). So a table of such parts answers in a time that does not grow with the number
//! of labels, and a patch that adds thousands of fields takes linear time.

use nanopass::edit_distance;
use rustc_hash::{FxHashMap, FxHashSet};

/// Letters that a label may have to be looked for. Nobody misspells longer ones on purpose, and their parts are many.
const LONGEST: usize = 24;
/// Letters that two labels may differ in.
const DISTANCE: usize = 2;

/// Labels by what is left of them.
#[derive(Default)]
pub(crate) struct Near {
    parts: FxHashMap<String, Vec<String>>,
}

impl Near {
    pub(crate) fn of<'a>(labels: impl Iterator<Item = &'a str>) -> Near {
        let mut near = Near::default();
        for label in labels {
            if label.chars().count() <= LONGEST {
                for part in parts(label) {
                    near.parts.entry(part).or_default().push(label.to_string());
                }
            }
        }
        near
    }

    /// The nearest label that is likely meant: within two letters, and within half of the letters of a short one.
    pub(crate) fn find(&self, label: &str) -> Option<String> {
        let length = label.chars().count();
        if length > LONGEST {
            return None;
        }
        let limit = DISTANCE.min(length / 2);
        let candidates: FxHashSet<&String> = parts(label)
            .iter()
            .filter_map(|part| self.parts.get(part))
            .flatten()
            .collect();
        candidates
            .into_iter()
            .map(|candidate| (edit_distance(label, candidate), candidate))
            .filter(|&(distance, _)| distance > 0 && distance <= limit)
            .min()
            .map(|(_, candidate)| candidate.clone())
    }
}

/// What is left of a word when at most two letters are taken away.
fn parts(word: &str) -> FxHashSet<String> {
    let mut all = FxHashSet::default();
    all.insert(word.to_string());
    let mut last = vec![word.to_string()];
    for _ in 0..DISTANCE {
        let mut shorter = Vec::new();
        for word in &last {
            for (place, letter) in word.char_indices() {
                let mut part = word.clone();
                part.replace_range(place..place + letter.len_utf8(), "");
                if all.insert(part.clone()) {
                    shorter.push(part);
                }
            }
        }
        last = shorter;
    }
    all
}
