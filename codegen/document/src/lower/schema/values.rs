//! Lowering `const` and `enum`.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::types::{self, known_types};
use super::{JsonObject, Lowering, is_composed, set_nullable};

/// Converts `const` to `enum`.
///
/// `{"const": "a"}` becomes `{"enum": ["a"]}`.
pub(super) fn constant(schema: &mut JsonObject, _: &mut Lowering) {
    if let Some(value) = schema.shift_remove("const") {
        schema.insert("enum".to_owned(), json!([value]));
    }
}

/// Removes null and duplicates from an `enum`, and the whole `enum` if it lists objects or arrays or becomes empty.
///
/// `{"enum": ["a", "a", null]}` becomes `{"enum": ["a"], "nullable": true}`.
pub(super) fn null_value(schema: &mut JsonObject, walk: &mut Lowering) {
    let Some(Value::Array(values)) = schema.get_mut("enum") else { return };
    let has_null = values.iter().any(Value::is_null);
    let has_structure = values.iter().any(|value| value.is_object() || value.is_array());
    let mut seen = HashSet::new();
    values.retain(|value| !value.is_null() && seen.insert(value.clone()));
    let is_empty = values.is_empty();
    if has_null {
        set_nullable(schema);
    }
    if has_structure {
        walk.lossy("enum", "`enum` is removed because it lists objects or arrays; any value of the type is allowed");
    }
    if has_structure || is_empty {
        schema.shift_remove("enum");
    }
}

/// Makes `type` match the values of `enum`. If they contradict each other, the values take precedence.
///
/// `{"type": "integer", "enum": ["a", "b"]}` becomes `{"type": "string", "enum": ["a", "b"]}`.
/// `{"enum": [1, 2]}` becomes `{"enum": [1, 2], "type": "integer"}`.
/// `{"type": "array", "items": {"type": "string"}, "enum": ["a"]}`
/// becomes `{"type": "array", "items": {"type": "string", "enum": ["a"]}}`.
pub(super) fn fit_type(schema: &mut JsonObject, walk: &mut Lowering) {
    let Some(Value::Array(values)) = schema.get_mut("enum") else { return };
    let mut values = std::mem::take(values);
    let fits = |value: &Value, kinds: &[&str]| kinds.iter().any(|kind| types::fits(value, kind));
    match known_types(schema) {
        None if schema.contains_key("type") || is_composed(schema) => {}
        None => types::set(schema, types_of(&values)),
        Some(kinds) if kinds == ["array"] => return move_to_items(schema, values, walk),
        Some(kinds) if values.iter().all(|value| fits(value, &kinds)) => {
            if kinds == ["integer"] {
                values.iter_mut().for_each(types::make_whole);
            }
        }
        Some(kinds) if values.iter().any(|value| fits(value, &kinds)) => {
            let message = format!("`enum` has values that are not of type {}; they are ignored", kinds.join(" or "));
            walk.warn("enum", "enum-type-mismatch", message, "fix the values or the type in an overlay");
            values.retain(|value| fits(value, &kinds));
        }
        Some(kinds) => {
            let found = types_of(&values);
            let message =
                format!("the values of `enum` are not of type {}; assuming {}", kinds.join(" or "), found.join(" or "));
            walk.warn("enum", "enum-type-mismatch", message, "fix the values or the type in an overlay");
            types::set(schema, found);
        }
    }
    schema.insert("enum".to_owned(), Value::Array(values));
}

/// Moves an array's `enum` of simple values to the items, for which it is meant.
fn move_to_items(schema: &mut JsonObject, values: Vec<Value>, walk: &mut Lowering) {
    schema.shift_remove("enum");
    let message = "`enum` of an array lists simple values; read as the `enum` of its items";
    walk.warn("enum", "enum-type-mismatch", message, "move `enum` into `items`");
    if let Value::Object(items) = schema.entry("items").or_insert_with(|| json!({}))
        && !items.contains_key("enum")
        && !is_composed(items)
    {
        items.insert("enum".to_owned(), Value::Array(values));
        walk.enter("items", |walk| super::lower(items, walk));
    }
}

/// Returns the types of values without duplicates.
fn types_of(values: &[Value]) -> Vec<&'static str> {
    let mut found = Vec::new();
    for kind in values.iter().filter_map(types::of) {
        if !found.contains(&kind) {
            found.push(kind);
        }
    }
    found
}
