//! The identifiers that progenitor derives from a document's names, to detect duplicates.

use std::collections::HashSet;

use heck::{ToPascalCase, ToSnakeCase};

/// Returns the identifier of a parameter or a property: `filter[site_id]` becomes `filter_site_id`. Keywords and
/// leading digits also get an underscore.
pub fn value(name: &str) -> String {
    ident(name, str::to_snake_case)
}

/// Returns the identifier of a type: `in-progress` becomes `InProgress`.
pub(super) fn type_name(name: &str) -> String {
    ident(name, str::to_pascal_case)
}

/// Returns true if the values of an enum have distinct variant names. If both exist, `name` becomes `Name` and `-name`
/// becomes `XName`.
pub(super) fn are_variants(values: &[&str]) -> bool {
    let spelt = |value: &str| value.replace(|other| other == '_' || !unicode_ident::is_xid_continue(other), "X");
    let differ = |names: Vec<String>| names.iter().collect::<HashSet<_>>().len() == names.len();
    differ(values.iter().map(|value| type_name(value)).collect())
        || differ(values.iter().map(|value| type_name(&spelt(value))).collect())
}

fn ident(name: &str, case: fn(&str) -> String) -> String {
    let name = match name {
        "+1" => "plus1".to_owned(),
        "-1" => "minus1".to_owned(),
        name => name.replace('\'', "").replace(|character| !unicode_ident::is_xid_continue(character), "-"),
    };
    let made = case(&name);
    match made.chars().next() {
        Some(first) if unicode_ident::is_xid_start(first) => made,
        _ => format!("{}{made}", case("x")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicate_identifiers_are_detected() {
        assert_eq!(value("filter[site_id]"), value("filter-siteId"));
        assert_eq!(type_name("in progress"), type_name("in_progress"));
        assert_eq!((type_name("+1"), type_name("-1")), ("Plus1".to_owned(), "Minus1".to_owned()));
        assert_eq!((value(""), type_name("$"), type_name("24h")), ("x".to_owned(), "X".to_owned(), "X24h".to_owned()));
        assert!(are_variants(&["name", "-name"]) && !are_variants(&["a b", "a_b", "a-b"]));
    }
}
