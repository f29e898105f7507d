//! Words in names: plurals, verbs and versions.

use crate::names;

/// Verbs that a name may start with, and those that the HTTP method already implies.
pub const VERBS: &[&str] = &[
    "add", "attach", "cancel", "create", "delete", "disable", "edit", "enable", "find", "get", "list", "modify",
    "patch", "post", "put", "query", "remove", "replace", "search", "send", "set", "update",
];

/// Returns true if a word looks like an English plural.
pub fn is_plural(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    word.ends_with('s') && !["aas", "ias", "is", "ss", "us"].iter().any(|ending| word.ends_with(ending))
}

/// Returns the singular of a word that looks like an English plural.
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

/// Returns true for versions such as `v1`, `v2.1`, `v1beta2`, `2024-10-01` and `2.0`.
pub fn is_version(text: &str) -> bool {
    let text = text.trim_start_matches('_');
    let digits = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let word = |letters: &str| matches!(letters, "" | "alpha" | "beta" | "rc");
    digits.starts_with(|first: char| first.is_ascii_digit())
        && digits
            .split(|character: char| character.is_ascii_digit() || matches!(character, '.' | '-' | '_'))
            .all(|letters| word(&letters.to_ascii_lowercase()))
}

/// Returns the words of a name in lower case.
pub fn words(name: &str) -> Vec<String> {
    names::suffix(&names::value_name(name)).split('_').map(str::to_owned).collect()
}

/// Returns the singular of each word of a name.
pub fn words_of(name: &str) -> impl Iterator<Item = String> {
    words(name).into_iter().map(|word| singular(&word))
}

/// Joins words into the name of a method, without consecutive duplicates.
pub fn joined(words: &[String]) -> String {
    let mut words = words.to_vec();
    words.dedup();
    names::value_name(&words.join("_"))
}

/// Returns true if a word of a name is followed by itself, in singular or plural.
pub fn repeats_a_word(name: &str) -> bool {
    let words: Vec<String> = words_of(name).collect();
    words.windows(2).any(|pair| pair[0] == pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_become_singulars() {
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
    fn versions_are_recognized() {
        for (text, expected) in [("v1", true), ("v1beta2", true), ("2024-10-01", true), ("v", false), ("3d", false)] {
            assert_eq!(is_version(text), expected, "{text}");
        }
    }
}
