//! Items of arrays and properties of objects.

use serde_json::{Value, json};

use super::{JsonObject, Lowering};
use crate::diagnostic::child;

/// Makes a list of items, each with its own schema, items of any of these.
///
/// Before `{"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": false}`,
/// after `{"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}}`.
pub(super) fn tuple(schema: &mut JsonObject, walk: &mut Lowering) {
    let Some(Value::Array(listed)) = schema.get_mut("prefixItems").filter(|items| items.is_array()).map(Value::take)
    else {
        return;
    };
    walk.lossy("prefixItems", "the order and the number of the items are lost; each item can be any of those listed");
    let from = walk.place("prefixItems");
    let mut kinds: Vec<_> =
        listed.into_iter().enumerate().map(|(index, kind)| (child(&from, &index.to_string()), kind)).collect();
    if let Some(rest) = schema.get("items").filter(|items| items.is_object() && **items != json!({"not": {}})) {
        kinds.push((walk.place("items"), rest.clone()));
    }
    schema.shift_remove("prefixItems");
    schema.insert("items".to_owned(), any_of(kinds, "items", walk));
}

/// One schema for several, each with the place it comes from: itself if there is one, any of them if there are more.
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
    // From the back, where that which stood at `to` itself is: what comes there must not be moved on with it.
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

/// Before `{"type": "array"}`, after `{"type": "array", "items": {}}`.
pub(super) fn missing_items(schema: &mut JsonObject, _: &mut Lowering) {
    if schema.get("type").is_some_and(|kind| kind == "array") {
        schema.entry("items").or_insert_with(|| json!({}));
    }
}

/// Makes properties with names of a pattern properties with any further name, unless these have a schema of their own.
///
/// Before `{"type": "object", "patternProperties": {"^x": {"type": "string"}}}`,
/// after `{"type": "object", "additionalProperties": {"type": "string"}}`.
pub(super) fn pattern_properties(schema: &mut JsonObject, walk: &mut Lowering) {
    let Some(Value::Object(patterns)) =
        schema.get_mut("patternProperties").filter(|patterns| patterns.is_object()).map(Value::take)
    else {
        return;
    };
    schema.shift_remove("patternProperties");
    let is_free = matches!(schema.get("additionalProperties"), None | Some(Value::Bool(false)));
    if !is_free {
        return walk.lossy("patternProperties", "`patternProperties` is dropped in favour of `additionalProperties`");
    }
    walk.lossy(
        "patternProperties",
        "the patterns of the names are lost; any further property may have any of the schemas listed",
    );
    let from = walk.place("patternProperties");
    let kinds = patterns.into_iter().map(|(pattern, kind)| (child(&from, &pattern), kind)).collect();
    schema.insert("additionalProperties".to_owned(), any_of(kinds, "additionalProperties", walk));
}

/// Before `{"type": "object", "unevaluatedProperties": {"type": "string"}}`,
/// after `{"type": "object", "additionalProperties": {"type": "string"}}`.
pub(super) fn unevaluated_properties(schema: &mut JsonObject, walk: &mut Lowering) {
    let Some(further) = schema.shift_remove("unevaluatedProperties") else { return };
    match further {
        Value::Bool(false) => walk.lossy("unevaluatedProperties", "further properties are not ruled out"),
        further if schema.contains_key("additionalProperties") => {
            if further != json!(true) {
                walk.lossy(
                    "unevaluatedProperties",
                    "`unevaluatedProperties` is dropped in favour of `additionalProperties`",
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
