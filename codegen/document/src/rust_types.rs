//! The Rust types that the user of the generator chooses for components. They are settings, not a part of the document.

use std::collections::BTreeMap;

use crate::identifier::is_identifier;

/// The choices for the types of a client.
#[derive(Debug, Clone, Default)]
pub struct RustTypes {
    /// The paths of the types that replace those of components, by the name of the component.
    pub replaced: BTreeMap<String, String>,
    /// The paths of the traits that all structs and enums derive. The standard ones are derived where it is possible.
    pub derives: Vec<String>,
    /// The paths of further traits, by the name of the component whose type derives them.
    pub derives_of: BTreeMap<String, Vec<String>>,
}

/// Returns true if the text is the path of a Rust item, such as `rust_decimal::Decimal`.
pub fn is_path(text: &str) -> bool {
    let mut segments = text.strip_prefix("::").unwrap_or(text).split("::").peekable();
    while segments.next_if(|first| matches!(*first, "crate" | "super" | "self")).is_some() {}
    segments.peek().is_some() && segments.all(is_identifier)
}

#[cfg(test)]
mod tests {
    use super::is_path;

    #[test]
    fn paths_of_items() {
        for path in
            ["Hash", "rust_decimal::Decimal", "::a::B", "crate::money::Money", "super::super::Money", "r#type::T"]
        {
            assert!(is_path(path), "{path}");
        }
        for path in ["", "::", "a::", "a b", "Vec<u8>", "a::fn", "crate", "a::{b}", "a;b", "#[x]"] {
            assert!(!is_path(path), "{path}");
        }
    }
}
