//! Distinguishes values from names, in segments of paths and keys of objects.

/// Returns true for numbers, numbers with a file extension, booleans, UUIDs, dates, email addresses and other strings
/// that look like ids: with three or more digits, or with upper and lower case in a long word. `v2`, `s3` and `oauth2`
/// are words.
pub fn is_value(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_mixed = || {
        let cases =
            text.bytes().any(|byte| byte.is_ascii_uppercase()) && text.bytes().any(|byte| byte.is_ascii_lowercase());
        cases && digits > 0 && text.len() >= 16
    };
    let is_integer = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_extension = |text: &str| text.starts_with(|first: char| first.is_ascii_alphabetic());
    let is_number = is_integer(text)
        || text.split_once('.').is_some_and(|(number, extension)| is_integer(number) && is_extension(extension));
    let is_boolean = matches!(text, "true" | "false");
    is_number
        || is_boolean
        || text.contains('@')
        || text.contains("%40")
        || digits >= 3
        || is_mixed()
        || is_hexadecimal(text)
}

/// Returns true for keys of objects that are values. A word that ends in a number, such as `sha256`, is a name.
pub fn is_data_key(key: &str) -> bool {
    let word = key.trim_end_matches(|last: char| last.is_ascii_digit());
    let is_name = !word.is_empty()
        && key.len() - word.len() <= 4
        && word.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.' | b'$' | b'@'))
        && !word[1..].contains('@');
    !is_name && is_value(key)
}

/// Returns true for eight or more hexadecimal digits, possibly with hyphens, that include a letter and a digit.
fn is_hexadecimal(text: &str) -> bool {
    let letters = text.bytes().filter(|byte| *byte != b'-');
    letters.clone().count() >= 8
        && letters.clone().all(|byte| byte.is_ascii_hexdigit())
        && letters.clone().any(|byte| byte.is_ascii_digit())
        && letters.clone().any(|byte| byte.is_ascii_alphabetic())
}

/// Returns the singular of an English plural: `companies` becomes `company`.
pub fn singular(word: &str) -> String {
    let replaced = |end: &str, with: &str| word.strip_suffix(end).map(|stem| format!("{stem}{with}"));
    let is_plural = word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is");
    if !is_plural || word.len() < 3 {
        return word.to_owned();
    }
    replaced("ies", "y")
        .or_else(|| replaced("sses", "ss"))
        .or_else(|| replaced("xes", "x"))
        .or_else(|| replaced("ches", "ch"))
        .or_else(|| replaced("shes", "sh"))
        .or_else(|| replaced("uses", "us"))
        .or_else(|| replaced("s", ""))
        .unwrap_or_else(|| word.to_owned())
}

/// Converts text to `snake_case` with letters, digits and underscores.
pub fn snake(text: &str) -> String {
    let mut name = String::new();
    for character in text.chars() {
        match character {
            upper if upper.is_ascii_uppercase() => {
                if name.ends_with(|last: char| last.is_ascii_lowercase() || last.is_ascii_digit()) {
                    name.push('_');
                }
                name.push(upper.to_ascii_lowercase());
            }
            letter if letter.is_ascii_alphanumeric() => name.push(letter),
            _ if !name.is_empty() && !name.ends_with('_') => name.push('_'),
            _ => {}
        }
    }
    name.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{is_value, singular, snake};

    #[test]
    fn values_are_told_from_words() {
        for value in [
            "7",
            "7.json",
            "true",
            "1795823250-t",
            "small-6b0a0ff1",
            "deadbeef0",
            "2026-11-28",
            "a@b.example",
            "cus_9s6XKzkNRiz8i3",
            "5cbcfe56-1968-4475-a715-195c4deb6f3b",
        ] {
            assert!(is_value(value), "{value}");
        }
        for word in [
            "v2",
            "2.0",
            "s3",
            "oauth2",
            "contacts",
            "feed.json",
            "active",
            "read_all",
            "inbox_assistant",
            "facade",
            "",
            "small",
        ] {
            assert!(!is_value(word), "{word}");
        }
    }

    #[test]
    fn names_are_made_of_segments() {
        for (plural, expected) in [
            ("companies", "company"),
            ("inboxes", "inbox"),
            ("status", "status"),
            ("addresses", "address"),
            ("sla_policies", "sla_policy"),
            ("macros", "macro"),
            ("search", "search"),
            ("statuses", "status"),
        ] {
            assert_eq!(singular(plural), expected);
        }
        assert_eq!(snake("contactNotes.v2"), "contact_notes_v2");
    }
}
