//! Words in names: plurals, verbs, versions.

use crate::names;

/// Words that say what is done, with what they mean where the method says it, too.
pub const VERBS: &[&str] = &[
    "add", "attach", "cancel", "create", "delete", "disable", "edit", "enable", "find", "get", "list", "modify",
    "patch", "post", "put", "query", "remove", "replace", "search", "send", "set", "update",
];

/// Returns true for an English plural, as far as endings tell.
pub fn is_plural(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    word.ends_with('s') && !["aas", "ias", "is", "ss", "us"].iter().any(|ending| word.ends_with(ending))
}

/// The singular of an English plural, as far as endings tell.
pub fn singular(word: &str) -> String {
    if !is_plural(word) {
        return word.to_owned();
    }
    let stem = &word[..word.len() - 1];
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        format!("{stem}y")
    } else if ["sses", "shes", "ches", "xes"].iter().any(|ending| word.ends_with(ending)) {
        stem[..stem.len() - 1].to_owned()
    } else {
        stem.to_owned()
    }
}

/// `v1`, `v2.1`, `v1beta2`, `2024-10-01`, `2.0`.
pub fn is_version(text: &str) -> bool {
    let text = text.trim_start_matches('_');
    let digits = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let word = |letters: &str| matches!(letters, "" | "alpha" | "beta" | "rc");
    digits.starts_with(|first: char| first.is_ascii_digit())
        && digits
            .split(|character: char| character.is_ascii_digit() || matches!(character, '.' | '-' | '_'))
            .all(|letters| word(&letters.to_ascii_lowercase()))
}

/// The words of a name, in lower case.
pub fn words(name: &str) -> Vec<String> {
    names::suffix(&names::value_name(name)).split('_').map(str::to_owned).collect()
}

/// The singular of each word.
pub fn words_of(name: &str) -> impl Iterator<Item = String> {
    words(name).into_iter().map(|word| singular(&word))
}

/// A method's name of these words, without those that stand there twice in a row.
pub fn joined(words: &[String]) -> String {
    let mut words = words.to_vec();
    words.dedup();
    names::value_name(&words.join("_"))
}

/// Returns true if a word of a name follows itself, as a singular or plural.
pub fn repeats_a_word(name: &str) -> bool {
    let words: Vec<String> = words_of(name).collect();
    words.windows(2).any(|pair| pair[0] == pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_lose_their_ending() {
        for (plural, expected) in [
            ("hooks", "hook"),
            ("categories", "category"),
            ("inboxes", "inbox"),
            ("status", "status"),
            ("courses", "course"),
        ] {
            assert_eq!(singular(plural), expected);
        }
    }

    #[test]
    fn versions_are_known() {
        for (text, expected) in [("v1", true), ("v1beta2", true), ("2024-10-01", true), ("v", false), ("3d", false)] {
            assert_eq!(is_version(text), expected, "{text}");
        }
    }
}
