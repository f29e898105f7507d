//! Lowering items of arrays and properties of objects.

use serde_json::{Value, json};

use super::{JsonObject, Lowering};
use crate::diagnostic::child;

/// Converts a list of item schemas to a single one that allows any of them.
///
/// `{"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": false}`
/// becomes `{"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}}`.
pub(super) fn tuple(schema: &mut JsonObject, walk: &mut Lowering) {
    let Some(Value::Array(listed)) = schema.get_mut("prefixItems").filter(|items| items.is_array()).map(Value::take)
    else {
        return;
    };
    walk.lossy("prefixItems", "the order and number of items are lost; each item can be any of the listed ones");
    let from = walk.place("prefixItems");
    let mut kinds: Vec<_> =
        listed.into_iter().enumerate().map(|(index, kind)| (child(&from, &index.to_string()), kind)).collect();
    if let Some(rest) = schema.get("items").filter(|items| items.is_object() && **items != json!({"not": {}})) {
        kinds.push((walk.place("items"), rest.clone()));
    }
    schema.shift_remove("prefixItems");
    schema.insert("items".to_owned(), any_of(kinds, "items", walk));
}

/// Returns one schema for several, each with its original pointer: the only one, or a union.
fn any_of(kinds: Vec<(String, Value)>, keyword: &str, walk: &mut Lowering) -> Value {
    let mut distinct: Vec<Value> = Vec::new();
    let mut moved = Vec::new();
    for (from, kind) in kinds {
        let index = distinct.iter().position(|known| *known == kind).unwrap_or(distinct.len());
        if index == distinct.len() {
            distinct.push(kind);
        }
        moved.push((from, index));
    }
    let to = walk.place(keyword);
    // In reverse order, because the schema that was moved to `to` must not be moved again by a later move.
    for (from, index) in moved.into_iter().rev() {
        let to = if distinct.len() == 1 { to.clone() } else { child(&child(&to, "anyOf"), &index.to_string()) };
        walk.moves.add(from, to);
    }
    let mut schema = match distinct.len() {
        0 => json!({}),
        1 => distinct.swap_remove(0),
        _ => json!({"anyOf": distinct}),
    };
    if let Value::Object(schema) = &mut schema {
        walk.enter(keyword, |walk| super::lower(schema, walk));
    }
    schema
}

/// Adds missing items.
///
/// `{"type": "array"}` becomes `{"type": "array", "items": {}}`.
pub(super) fn missing_items(schema: &mut JsonObject, _: &mut Lowering) {
    if schema.get("type").is_some_and(|kind| kind == "array") {
        schema.entry("items").or_insert_with(|| json!({}));
    }
}

/// Converts properties that match a pattern to additional properties, unless those have their own schema.
///
/// `{"type": "object", "patternProperties": {"^x": {"type": "string"}}}`
/// becomes `{"type": "object", "additionalProperties": {"type": "string"}}`.
pub(super) fn pattern_properties(schema: &mut JsonObject, walk: &mut Lowering) {
    let Some(Value::Object(patterns)) =
        schema.get_mut("patternProperties").filter(|patterns| patterns.is_object()).map(Value::take)
    else {
        return;
    };
    schema.shift_remove("patternProperties");
    let is_free = matches!(schema.get("additionalProperties"), None | Some(Value::Bool(false)));
    if !is_free {
        return walk.lossy("patternProperties", "`patternProperties` is removed in favor of `additionalProperties`");
    }
    walk.lossy(
        "patternProperties",
        "the patterns of the names are lost; additional properties can have any of the listed schemas",
    );
    let from = walk.place("patternProperties");
    let kinds = patterns.into_iter().map(|(pattern, kind)| (child(&from, &pattern), kind)).collect();
    schema.insert("additionalProperties".to_owned(), any_of(kinds, "additionalProperties", walk));
}

/// Converts `unevaluatedProperties` to `additionalProperties`.
///
/// `{"type": "object", "unevaluatedProperties": {"type": "string"}}`
/// becomes `{"type": "object", "additionalProperties": {"type": "string"}}`.
pub(super) fn unevaluated_properties(schema: &mut JsonObject, walk: &mut Lowering) {
    let Some(further) = schema.shift_remove("unevaluatedProperties") else { return };
    match further {
        Value::Bool(false) => walk.lossy("unevaluatedProperties", "additional properties are allowed"),
        further if schema.contains_key("additionalProperties") => {
            if further != json!(true) {
                walk.lossy(
                    "unevaluatedProperties",
                    "`unevaluatedProperties` is removed in favor of `additionalProperties`",
                );
            }
        }
        further => {
            let to = walk.place("additionalProperties");
            walk.moves.add(walk.place("unevaluatedProperties"), to);
            schema.insert("additionalProperties".to_owned(), further);
        }
    }
}
