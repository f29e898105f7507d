//! Reports changes of the client that are not reported elsewhere.
//!
//! The clients are compared as data, without documentation, names and locations. Each changed operation or type that no
//! finding covers gives a warning, so that a review without findings means that the client behaves as before.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{ChangeLocation, Comparison, rules};
use crate::diff::Change;
use crate::diff::graph::nameless;
use crate::diff::rules::UNCOMPARED;
use crm_clients_generator::ir::{Api, TypeId};

/// Names, locations and documentation.
const UNTOLD: [&str; 12] = [
    "name",
    "pointer",
    "docs",
    "call",
    "id",
    "path",
    "module",
    "function",
    "title",
    "version",
    "deprecated",
    "alternative",
];

impl Comparison<'_> {
    /// Reports operations and types that differ and are not covered by any of the changes.
    pub fn leftover(&mut self, known: &[Change]) {
        let told: HashSet<&str> = known.iter().flat_map(|change| &change.operations).map(String::as_str).collect();
        // A change of the API as a whole may cause any other change.
        if known.iter().any(|change| change.operations.is_empty() && change.rule.id != UNCOMPARED.id) {
            return;
        }
        let (old, new) = (self.old.api, self.new.api);
        for ((was, old_index), (is, new_index)) in self.matches.operations.clone() {
            let (before, after) = (&old.resources[was].operations[old_index], &new.resources[is].operations[new_index]);
            let label = super::users::label(after);
            if !told.contains(label.as_str()) && facts(old, before) != facts(new, after) {
                let subject = format!("{}::{}", self.old.handle_path(&old.resources[was]), before.name);
                let place = ChangeLocation {
                    subject,
                    old: Some(before.pointer.clone()),
                    new: Some(after.pointer.clone()),
                    operations: vec![label],
                };
                let message =
                    format!("`{}` changed its requests or responses, which the review does not compare", after.name);
                self.report(&rules::BEHAVIOR_CHANGED, place, message, &[]);
            }
        }
        for (index, before) in old.types.iter().enumerate() {
            let Some((id, after)) = new.types.iter().enumerate().find(|(_, after)| after.name == before.name) else {
                continue;
            };
            let users = self.new.users.of_type(TypeId(id));
            if users.iter().any(|user| told.contains(user.as_str()))
                || facts(old, &before.kind) == facts(new, &after.kind)
            {
                continue;
            }
            let operations = if users.is_empty() { self.old.users.of_type(TypeId(index)) } else { users };
            let subject = self.old.type_path(before);
            if known.iter().any(|change| change.subject.starts_with(&subject)) {
                continue;
            }
            let place = ChangeLocation {
                subject,
                old: Some(before.pointer.clone()),
                new: Some(after.pointer.clone()),
                operations,
            };
            let message = format!("the encoding of `{}` changed in a way that the review does not compare", after.name);
            self.report(&rules::BEHAVIOR_CHANGED, place, message, &[]);
        }
    }
}

/// Returns the facts of an operation or a type that affect requests and responses.
fn facts(api: &Api, node: &impl serde::Serialize) -> Value {
    let value = serde_json::to_value(node).unwrap_or_default();
    told(api, value)
}

fn told(api: &Api, value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut kept = Map::new();
            for (key, value) in object.into_iter().filter(|(key, _)| !UNTOLD.contains(&key.as_str())) {
                let value = match (key.as_str(), value.as_u64().and_then(|index| usize::try_from(index).ok())) {
                    // Types are identified by name, not by index.
                    ("Named", Some(index)) => {
                        api.types.get(index).map(|def| def.name.clone().into()).unwrap_or_default()
                    }
                    // The style of a path parameter is that of its argument.
                    ("template", _) => value.as_str().map(|path| nameless(path).into_owned()).into(),
                    ("idempotency_key", _) => value.as_str().map(str::to_ascii_lowercase).into(),
                    ("path_values", _) => value.as_array().map(Vec::len).into(),
                    ("errors", _) => named(&value, |index| Some(&api.errors.get(index)?.name)),
                    ("security", _) => named(&value, |index| Some(&api.schemes.get(index)?.name)),
                    _ => told(api, value),
                };
                kept.insert(key, value);
            }
            // Header names are case-insensitive, and names of path parameters are never sent.
            match (kept.get("location").and_then(Value::as_str), kept.get("wire").and_then(Value::as_str)) {
                (Some("Path"), _) => _ = kept.remove("wire"),
                (Some("Header"), Some(wire)) => _ = kept.insert("wire".to_owned(), wire.to_ascii_lowercase().into()),
                _ => {}
            }
            kept.sort_keys();
            Value::Object(kept)
        }
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(|item| told(api, item)).collect();
            // The order of fields and setters is not significant; the order of arguments is reported separately.
            if items.iter().all(Value::is_object) {
                items.sort_by_cached_key(Value::to_string);
            }
            Value::Array(items)
        }
        other => other,
    }
}

/// Replaces indices in a value with names.
fn named<'a>(value: &Value, name: impl Fn(usize) -> Option<&'a String> + Copy) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| named(item, name)).collect(),
        Value::Number(_) => {
            let index = value.as_u64().and_then(|index| usize::try_from(index).ok());
            index.and_then(name).map_or_else(|| value.clone(), |name| name.clone().into())
        }
        other => other.clone(),
    }
}
