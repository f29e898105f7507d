//! Rules about declared tags.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::Found;
use crm_clients_document::diagnostic::child;

/// Returns the tags with their names and JSON pointers.
fn tags(document: &Value) -> impl Iterator<Item = (&str, &Value, String)> {
    let tags = document.get("tags").and_then(Value::as_array).into_iter().flatten().enumerate();
    tags.filter_map(|(index, tag)| Some((tag.get("name")?.as_str()?, tag, child("/tags", &index.to_string()))))
}

pub(super) fn duplicates(document: &Value, found: &mut Found) {
    let mut seen = HashSet::new();
    for (name, _, pointer) in tags(document) {
        if !seen.insert(name) {
            found.push((child(&pointer, "name"), format!("duplicate tag `{name}`")));
        }
    }
}

pub(super) fn parents(document: &Value, found: &mut Found) {
    let parents: HashMap<&str, Option<&str>> =
        tags(document).map(|(name, tag, _)| (name, tag.get("parent").and_then(Value::as_str))).collect();
    for (name, _, pointer) in tags(document) {
        let Some(parent) = parents.get(name).copied().flatten() else { continue };
        let mut seen = HashSet::from([name]);
        let mut next = Some(parent);
        while let Some(tag) = next.filter(|tag| seen.insert(tag)) {
            next = parents.get(tag).copied().flatten();
        }
        let place = child(&pointer, "parent");
        if !parents.contains_key(parent) {
            found.push((place, format!("the parent tag `{parent}` is not declared")));
        } else if next == Some(name) {
            found.push((place, format!("the tag `{name}` is its own parent")));
        }
    }
}
