//! Suggestions for misspelt words.

/// Maximum length of a word that is compared, because the time of a comparison grows with the lengths of both words.
const LONGEST: usize = 100;

/// Returns the candidate nearest to `word`, if it is similar enough to be the intended one.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A third of the characters may differ.
    let most = (word.chars().count() / 3).max(1);
    let comparable = |candidate: &str| {
        word.len().max(candidate.len()) <= LONGEST && candidate.len().abs_diff(word.len()) <= 4 * most
    };
    candidates
        .into_iter()
        .filter(|candidate| comparable(candidate))
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Returns the edit distance of two words, ignoring case.
pub fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().flat_map(char::to_lowercase).collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, l) in left.chars().flat_map(char::to_lowercase).enumerate() {
        let mut diagonal = i;
        let mut last = i + 1;
        for (above, r) in row.iter_mut().skip(1).zip(&right) {
            let here = (diagonal + usize::from(l != *r)).min(last + 1).min(*above + 1);
            diagonal = std::mem::replace(above, here);
            last = here;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_edits() {
        for (left, right, edits) in
            [("", "", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("Money", "money", 0), ("ab", "ba", 2)]
        {
            assert_eq!(distance(left, right), edits, "{left} -> {right}");
            assert_eq!(distance(right, left), edits, "{right} -> {left}");
        }
    }

    #[test]
    fn only_near_words_are_suggested() {
        assert_eq!(closest("contcat", ["account", "contact", "contacts"]), Some("contact"));
        assert_eq!(closest("contact", ["webhook", "id"]), None);
        let long = "a".repeat(100_000);
        assert_eq!(closest(&format!("{long}b"), [long.as_str()]), None);
    }
}
