//! "Did you mean …?"

/// The number of insertions, deletions, replacements and swaps of neighbours that turn one text into the other
/// (optimal string alignment distance).
#[allow(
    clippy::indexing_slicing,
    reason = "each row has one entry more than the right text has characters"
)]
pub fn edit_distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    let mut last = None;
    for (row, from) in left.chars().enumerate() {
        let mut current = vec![row + 1];
        let mut previous = None;
        for (column, &to) in right.iter().enumerate() {
            let replace = above[column] + usize::from(from != to);
            let mut best = replace.min(above[column + 1] + 1).min(current[column] + 1);
            if let (Some(previous), Some(last)) = (previous, last)
                && previous == from
                && last == to
            {
                best = best.min(before[column - 1] + 1);
            }
            current.push(best);
            previous = Some(to);
        }
        before = std::mem::replace(&mut above, current);
        last = Some(from);
    }
    above.last().copied().unwrap_or(0)
}

/// The candidates nearest to `name`, best first, at most three; none if nothing is near. What has no letter in common is
/// not near, however short it is.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let limit = (name.chars().count() / 3).max(2);
    let lower = name.to_lowercase();
    let mut ranked: Vec<(usize, &str)> = candidates
        .into_iter()
        .map(|candidate| {
            let text = candidate.to_lowercase();
            let longer = lower.chars().count().max(text.chars().count());
            let contained = lower.len() >= 3 && (text.contains(&lower) || lower.contains(&text));
            let distance = edit_distance(&lower, &text);
            let nearness = distance.min(if contained { limit } else { usize::MAX });
            (nearness, distance < longer.max(1), candidate)
        })
        .filter(|&(nearness, is_alike, _)| nearness <= limit && is_alike)
        .map(|(nearness, _, candidate)| (nearness, candidate))
        .collect();
    ranked.sort();
    ranked.dedup();
    ranked.truncate(3);
    ranked.into_iter().map(|(_, candidate)| candidate).collect()
}
