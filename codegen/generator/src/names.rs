//! Rust identifiers from a document's names.
//!
//! Every string of a document that becomes an identifier, a module or a file name is converted here. The result is a
//! valid identifier, or part of one, for any input.

use crm_clients_document::identifier::KEYWORDS;
use std::collections::{HashMap, HashSet};

use any_ascii::any_ascii_char;
use heck::{ToPascalCase, ToShoutySnakeCase, ToSnakeCase};

/// Maximum length of a name. Longer names are cut, because of limits of file systems and for readability.
const MAX_LENGTH: usize = 96;

/// Maximum length of the names in a document; the rest is not read.
const MAX_READ: usize = 8 * MAX_LENGTH;

/// Names that a glob import of the types must not shadow, neither for callers nor in the types' own files.
const PRELUDE: &[&str] = &[
    "AsMut",
    "AsRef",
    "BTreeMap",
    "Box",
    "Clone",
    "Copy",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "Future",
    "FromIterator",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
];

/// Methods of standard library traits, which a method of the same name would hide.
pub const INHERITED: &[&str] = &[
    "borrow",
    "borrow_mut",
    "clone",
    "clone_from",
    "clone_into",
    "default",
    "eq",
    "fmt",
    "from",
    "into",
    "into_future",
    "ne",
    "poll",
    "to_owned",
    "try_from",
    "try_into",
    "type_id",
];

/// Returns the name of a type: `contacts_attributes` becomes `ContactsAttributes`, `Option` becomes `OptionModel`.
pub fn type_name(name: &str) -> String {
    let pascal = cut(leading_digit(pascal(&words(name)), "N"));
    match pascal.as_str() {
        "Self" => "SelfModel".to_owned(),
        prelude if PRELUDE.contains(&prelude) => format!("{prelude}Model"),
        _ => pascal,
    }
}

/// Returns the name of an enum variant: `in-progress` becomes `InProgress`, `24h` becomes `N24h`, `-1` becomes
/// `Minus1`, `1.5` becomes `N1_5`.
pub fn variant_name(name: &str) -> String {
    let pascal = cut(leading_digit(pascal(&words(name)), "N"));
    if pascal == "Self" { "SelfValue".to_owned() } else { pascal }
}

/// Returns the name of a field, argument or method, raw if it is a keyword: `type` becomes `r#type`, `0-1h` becomes
/// `n0_1h`.
pub fn value_name(name: &str) -> String {
    escape_keyword(cut(leading_digit(with_acronyms(&words(name)).to_snake_case(), "n")))
}

/// Joins words in PascalCase. Between two digits there is an underscore, because `1.5` is not 15.
fn pascal(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for word in words.split([' ', '_']).map(str::to_pascal_case) {
        if out.ends_with(|last: char| last.is_ascii_digit()) && word.starts_with(|first: char| first.is_ascii_digit()) {
            out.push('_');
        }
        out.push_str(&word);
    }
    out
}

/// Joins acronyms with the lowercase letters that follow: `IPs` becomes `Ips`, `IPv6` becomes `Ipv6`.
fn with_acronyms(words: &str) -> String {
    let letters: Vec<char> = words.chars().collect();
    let is_upper = |index: usize| letters.get(index).is_some_and(char::is_ascii_uppercase);
    let is_lower = |index: usize| letters.get(index).is_some_and(char::is_ascii_lowercase);
    let mut out = words.to_owned();
    for (known, one_word) in [("IPv", "Ipv"), ("OAuth", "Oauth")] {
        out = out.replace(known, one_word);
    }
    for index in (1..letters.len()).filter(|index| letters[*index] == 's' && !is_lower(index + 1)) {
        let length = (0..index).rev().take_while(|before| is_upper(*before)).count();
        if length > 1 {
            let acronym: String = letters[index - length..=index].iter().collect();
            let rest: String = letters[index - length + 1..=index].iter().collect();
            let one_word = format!("{}{}", letters[index - length], rest.to_ascii_lowercase());
            out = out.replacen(&acronym, &one_word, 1);
        }
    }
    out
}

/// Returns the name with the symbols of `name` as words, to distinguish names that would be equal: `-name` becomes
/// `minus name`, `ASC` becomes `ASC uppercase`.
pub fn spelled_out(name: &str) -> String {
    let characters: Vec<char> = name.chars().take(MAX_READ).collect();
    let mut out = String::with_capacity(name.len());
    for (index, character) in characters.iter().enumerate() {
        let is_sign = match character {
            '-' | '+' => index == 0 || characters.get(index + 1).is_some_and(char::is_ascii_digit),
            '_' => index == 0,
            ' ' | '.' | '/' | ':' | ',' => false,
            other => !is_word(*other),
        };
        match is_sign {
            true => out.extend([" ", symbol(*character), " "]),
            false => out.push(*character),
        }
    }
    match Case::of(name) {
        Case::Upper => out.push_str(" uppercase"),
        Case::Pascal => out.push_str(" capitalized"),
        Case::Camel => out.push_str(" camel case"),
        Case::Digits => out.insert_str(0, "value "),
        Case::Signs if out == name && name.contains('-') => out.push_str(" hyphenated"),
        Case::Plain | Case::Signs => {}
    }
    out
}

/// The spelling of a name, simplest first. Of several names with the same identifier, the simplest keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Case {
    /// `max_results`
    Plain,
    /// `maxResults`
    Camel,
    /// `MaxResults`
    Pascal,
    /// `MAX_RESULTS`
    Upper,
    /// `10`
    Digits,
    /// `-max_results`
    Signs,
}

impl Case {
    /// Returns the spelling of a name.
    pub fn of(name: &str) -> Self {
        let mut letters = name.chars().filter(|character| character.is_alphabetic());
        let begins = name.chars().next().unwrap_or_default();
        match () {
            () if begins.is_numeric() => Self::Digits,
            () if name.starts_with('_') || !name.chars().all(|character| is_word(character) || character == '_') => {
                Self::Signs
            }
            () if !letters.clone().any(char::is_uppercase) => Self::Plain,
            () if letters.all(char::is_uppercase) => Self::Upper,
            () if begins.is_uppercase() => Self::Pascal,
            () => Self::Camel,
        }
    }
}

/// Returns a name for use after a prefix, where it may be a keyword: the `type` in `clear_type`.
pub fn suffix(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

/// Returns the name of a module and of its file: lower-case letters, digits and underscores, never a keyword. Other
/// scripts are transliterated, because file names must be the same on every system: `Größe` becomes `grosse`.
pub fn module_name(name: &str) -> String {
    let snake = value_name(name);
    let snake = if snake.is_ascii() { snake } else { value_name(&transliterated(name)) };
    match snake.strip_prefix("r#") {
        Some(keyword) => format!("{keyword}_"),
        None => snake,
    }
}

/// Returns a name in Latin letters.
fn transliterated(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for character in name.chars().take(MAX_READ) {
        match character.is_ascii() {
            true => out.push(character),
            false => out.extend(any_ascii_char(character).chars().filter(char::is_ascii_alphanumeric)),
        }
    }
    out
}

/// Returns the file name for any string.
pub fn file_name(name: &str) -> String {
    let module = module_name(name);
    if is_device(&module) { format!("{module}_") } else { module }
}

/// Returns the names that Windows reserves for devices, with any extension.
pub fn devices() -> impl Iterator<Item = String> {
    let ports = ["com", "lpt"].into_iter().flat_map(|port| (0..=9).map(move |number| format!("{port}{number}")));
    ["aux", "con", "nul", "prn"].into_iter().map(str::to_owned).chain(ports)
}

/// Returns true if Windows reserves this name for a device.
pub fn is_device(name: &str) -> bool {
    devices().any(|device| device.eq_ignore_ascii_case(name))
}

/// Returns the name of a constant or static: `list_offers` becomes `LIST_OFFERS`.
pub fn constant(name: &str) -> String {
    suffix(name).to_shouty_snake_case()
}

/// The names in use in one scope.
#[derive(Debug, Default)]
pub struct UsedNames {
    taken: HashSet<String>,
    /// The names reserved by the language, the library or the generator.
    reserved: HashSet<String>,
    /// The next number for a name that is in use, because thousands may be equal.
    next: HashMap<String, usize>,
}

impl UsedNames {
    /// Returns true if the name is in use.
    pub fn contains(&self, name: &str) -> bool {
        self.taken.contains(name)
    }

    /// Claims `name`, or the first unused name of `name2`, `name3` and so on; `name_` if it is reserved.
    pub fn claim(&mut self, name: &str) -> String {
        self.claim_by(name, str::to_owned)
    }

    /// Claims the first unused name, or the first name with a number.
    pub fn claim_any(&mut self, name: &str, others: impl IntoIterator<Item = String>) -> String {
        let other = || others.into_iter().find(|other| !self.contains(other));
        let free = if self.contains(name) { other() } else { None };
        self.claim(free.as_deref().unwrap_or(name))
    }

    /// Claims the name of the variant for unknown values: `Unknown`, or another word if it is in use.
    pub fn claim_unknown(&mut self) -> String {
        self.claim_any("Unknown", ["Other", "Unrecognized", "Unlisted"].map(str::to_owned))
    }

    /// Claims the first of `name`, `name2`, `name3` and so on whose key is unused.
    pub fn claim_by(&mut self, name: &str, key: impl Fn(&str) -> String) -> String {
        let name = self.free_by(name, &key);
        self.taken.insert(key(&name));
        name
    }

    /// Returns the first unused name of `name`, `name2`, `name3` and so on.
    pub fn free(&mut self, name: &str) -> String {
        self.free_by(name, str::to_owned)
    }

    fn free_by(&mut self, name: &str, key: impl Fn(&str) -> String) -> String {
        if !self.taken.contains(&key(name)) {
            return name.to_owned();
        }
        let base = suffix(name);
        let escaped = format!("{base}_");
        if self.reserved.contains(name) && base.starts_with(char::is_lowercase) && !self.taken.contains(&key(&escaped))
        {
            return escaped;
        }
        let next = self.next.entry(base.to_owned()).or_insert(2);
        loop {
            let candidate = format!("{base}{next}");
            if !self.taken.contains(&key(&candidate)) {
                return candidate;
            }
            *next += 1;
        }
    }
}

impl<S: Into<String>> FromIterator<S> for UsedNames {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
        let reserved: HashSet<String> = names.into_iter().map(Into::into).collect();
        Self { taken: reserved.clone(), reserved, next: HashMap::new() }
    }
}

/// Keeps the characters that are allowed in identifiers and separates words. Symbols become words if the name has no
/// other characters, or if they are the sign of a number.
fn words(name: &str) -> String {
    let mut out = String::with_capacity(name.len().min(MAX_LENGTH) + 8);
    let only_symbols = !name.chars().any(is_word);
    let characters: Vec<char> = name.chars().take(MAX_READ).collect();
    for (index, character) in characters.iter().copied().enumerate() {
        if is_version(&characters, index) {
            out.push(' ');
        }
        let sign = index == 0 && matches!(character, '-' | '+') && characters.get(1).is_some_and(char::is_ascii_digit);
        if is_word(character) {
            out.push(character);
        } else if only_symbols || sign {
            out.push(' ');
            out.push_str(symbol(character));
            out.push(' ');
        } else {
            out.push(' ');
        }
    }
    if out.trim().is_empty() { "empty".to_owned() } else { out }
}

/// Returns true if a version begins here, after an acronym: the `v1` in `TLSv1`, but not the one in `IPv4`.
fn is_version(characters: &[char], index: usize) -> bool {
    let acronym = characters[..index].iter().rev().take_while(|before| before.is_ascii_uppercase()).count();
    characters[index] == 'v'
        && characters.get(index + 1).is_some_and(char::is_ascii_digit)
        && acronym > 1
        && characters[index - acronym..index] != ['I', 'P']
}

/// Returns true if a character can be part of a word. Modifier letters cannot, because the compiler warns about them.
fn is_word(character: char) -> bool {
    character != '_' && unicode_ident::is_xid_continue(character) && !matches!(character, '\u{2b0}'..='\u{2ff}')
}

fn symbol(character: char) -> &'static str {
    match character {
        '+' => "plus",
        '-' => "minus",
        '*' => "star",
        '/' => "slash",
        '.' => "dot",
        '<' => "less",
        '>' => "greater",
        '=' => "equal",
        '!' => "not",
        '%' => "percent",
        '&' => "and",
        '|' => "or",
        '#' => "hash",
        '@' => "at",
        '$' => "dollar",
        '~' => "tilde",
        '^' => "caret",
        '?' => "question",
        ':' => "colon",
        ',' => "comma",
        '_' => "underscore",
        other => match any_ascii_char(other) {
            word if word.contains(|letter: char| letter.is_ascii_alphanumeric()) => word,
            _ => "symbol",
        },
    }
}

fn leading_digit(name: String, prefix: &str) -> String {
    // A combining mark or a digit may continue an identifier but not start one.
    if name.chars().next().is_some_and(unicode_ident::is_xid_start) { name } else { format!("{prefix}{name}") }
}

/// Shortens a name that is too long: leaves out words in the middle, because names with the same beginning often differ
/// at the end.
fn cut(mut name: String) -> String {
    let length = name.chars().count();
    if length <= MAX_LENGTH {
        return name;
    }
    let starts = || name.char_indices().enumerate().skip(1).filter(|(_, (at, _))| begins_word(&name, *at));
    let head = starts().take_while(|(index, _)| *index <= MAX_LENGTH / 2).last();
    let tail = head.and_then(|(head, _)| starts().find(|(index, _)| head + length - index <= MAX_LENGTH));
    match (head, tail) {
        (Some((_, (head, _))), Some((_, (tail, _)))) => name.replace_range(head..tail, ""),
        _ => {
            let word = starts().take_while(|(index, _)| *index <= MAX_LENGTH).last();
            let end = word.map(|(_, start)| start).or_else(|| name.char_indices().nth(MAX_LENGTH));
            name.truncate(end.map_or(name.len(), |(at, _)| at));
        }
    }
    name
}

/// Returns true if a word of an identifier begins at this position.
fn begins_word(name: &str, at: usize) -> bool {
    let mut rest = name[at..].chars();
    match rest.next() {
        // Between two digits, an underscore is part of a number.
        Some('_') => rest.next().is_some_and(|next| !next.is_ascii_digit()),
        Some(first) if first.is_uppercase() => {
            name[..at].chars().next_back().is_some_and(|before| before != '_' && !before.is_uppercase())
        }
        _ => false,
    }
}

fn escape_keyword(name: String) -> String {
    match name.as_str() {
        "self" | "super" | "crate" => format!("{name}_"),
        keyword if KEYWORDS.contains(&keyword) => format!("r#{name}"),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crm_clients_document::identifier::is_identifier;

    #[test]
    fn names_become_identifiers() {
        let cases = [
            ("contacts_attributes", "ContactsAttributes", "contacts_attributes"),
            ("type", "Type", "r#type"),
            ("self", "SelfModel", "self_"),
            ("filter[site_id]", "FilterSiteId", "filter_site_id"),
            ("labels[]", "Labels", "labels"),
            ("24h+", "N24h", "n24h"),
            ("+1", "Plus1", "plus_1"),
            ("-1", "Minus1", "minus_1"),
            ("", "Empty", "empty"),
            ("$%", "DollarPercent", "dollar_percent"),
            ("String", "StringModel", "string"),
            ("\u{202e}abc\u{0}", "Abc", "abc"),
            ("\"; fn x() {}", "FnX", "fn_x"),
            ("ʿAbd", "Abd", "abd"),
            ("reservedIPv6", "ReservedIPv6", "reserved_ipv6"),
            ("listPodIPs", "ListPodIPs", "list_pod_ips"),
            ("OAuth 2.0", "OAuth2_0", "oauth_2_0"),
            ("TLSv1.2", "TlsV1_2", "tls_v1_2"),
            ("APIv2_token", "ApiV2Token", "api_v2_token"),
            ("2020-01-31", "N2020_01_31", "n2020_01_31"),
        ];
        for (name, expected_type, expected_value) in cases {
            assert_eq!(type_name(name), expected_type, "type of {name:?}");
            assert_eq!(value_name(name), expected_value, "value of {name:?}");
            assert!(is_identifier(&type_name(name)) && is_identifier(&value_name(name)), "{name:?}");
        }
        assert_eq!(module_name("../../etc/passwd"), "etc_passwd");
        assert_eq!(module_name("type"), "type_");
        for (name, expected) in [("用户", "yong_hu"), ("Größe", "grosse"), ("Объекты", "obekty"), ("🎉", "tada")]
        {
            assert_eq!(module_name(name), expected);
        }
        assert!(type_name(&"x".repeat(100_000)).len() <= MAX_LENGTH + 5);
    }

    #[test]
    fn windows_device_names_are_recognized() {
        for device in ["com1", "COM9", "lpt0", "Nul", "con", "aux", "prn"] {
            assert!(is_device(device), "{device}");
        }
        for file in ["com", "com10", "lpt_1", "lpts", "console", "n1"] {
            assert!(!is_device(file), "{file}");
        }
    }

    #[test]
    fn used_names_get_a_number_and_reserved_names_an_underscore() {
        let mut used = UsedNames::from_iter(["Contact", "r#type", "Contact3", "clone"]);
        assert_eq!(used.free("Contact"), "Contact2");
        assert_eq!(
            ["Contact", "Contact", "r#type", "r#type", "clone", "New"].map(|name| used.claim(name)),
            ["Contact2", "Contact4", "type_", "type2", "clone_", "New"]
        );
    }

    #[test]
    fn equal_identifiers_are_distinguished_by_words() {
        for (name, expected) in [
            ("-name", "MinusName"),
            ("Etc/GMT-0", "EtcGmtMinus0"),
            ("Etc/GMT0", "EtcGmt0"),
            ("_id", "UnderscoreId"),
            ("last-name", "LastNameHyphenated"),
            ("due<", "DueLess"),
            ("ASC", "AscUppercase"),
            ("MaxResults", "MaxResultsCapitalized"),
            ("maxResults", "MaxResultsCamelCase"),
            ("10", "Value10"),
        ] {
            assert_eq!(variant_name(&spelled_out(name)), expected, "{name}");
        }
        let mut names = ["-name", "NAME", "Name", "naMe", "name"];
        names.sort_by_key(|name| Case::of(name));
        assert_eq!(names, ["name", "naMe", "Name", "NAME", "-name"]);
    }

    #[test]
    fn enum_values_may_be_named_unknown() {
        let mut used = UsedNames::from_iter(["Unknown", "Other"]);
        assert_eq!([used.claim_unknown(), used.claim_unknown()], ["Unrecognized", "Unlisted"]);
    }

    #[test]
    fn long_names_are_shortened_between_words() {
        let path = format!("{}/roles", "/packages/{package}/scopes/{scope}".repeat(4));
        let name = value_name(&path);
        assert_eq!(name, format!("{}_roles", "packages_package_scopes_scope_".repeat(3).trim_end_matches('_')));
        assert_eq!(
            type_name(&format!("{path}/12.34")),
            "PackagesPackageScopesScopePackagesPackageScopesScopesScopePackagesPackageScopesScopeRoles12_34"
        );
        // One word is longer than half of the limit.
        let long = "x".repeat(200);
        for name in [long.clone(), format!("a_{long}"), format!("{long}_a"), format!("a_{long}_b"), "a_b_".repeat(80)] {
            assert!(value_name(&name).len() <= MAX_LENGTH && type_name(&name).len() <= MAX_LENGTH, "{name}");
        }
    }
}
