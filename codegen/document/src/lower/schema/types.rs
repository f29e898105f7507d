//! Lowering `type`, and the keywords that belong to each type.

use serde_json::{Map, Value, json};

use super::{JsonObject, Lowering, is_composed, is_null_alone, push_all_of, set_nullable};
use crate::diagnostic::child;
use crate::spec::TYPES;

/// Converts the type `null` to `nullable`.
///
/// `{"type": "null"}` becomes `{"nullable": true}`.
pub(super) fn null_alone(schema: &mut JsonObject, walk: &mut Lowering) {
    if !is_null_alone(schema) {
        return;
    }
    let keyword = if schema.contains_key("type") {
        "type"
    } else if schema.contains_key("const") {
        "const"
    } else {
        "enum"
    };
    walk.lossy(keyword, "only null is allowed here, but 3.0 has no such type; any value is allowed instead");
    for keyword in ["type", "const", "enum"] {
        schema.shift_remove(keyword);
    }
    set_nullable(schema);
}

/// Converts a list of a single type and null: `{"type": ["string", "null"]}` becomes
/// `{"type": "string", "nullable": true}`.
///
/// A list of all types is removed: `{"type": ["string", "number", "boolean", "object", "array"]}` becomes `{}`. A list
/// of several types is left for [`several`].
pub(super) fn list_of_one(schema: &mut JsonObject, _: &mut Lowering) {
    if !schema.get("type").is_some_and(Value::is_array) {
        return;
    }
    let Some(mut kinds) = known_types(schema) else { return };
    let before = kinds.len();
    kinds.retain(|kind| *kind != "null");
    if kinds.len() < before {
        set_nullable(schema);
    }
    set(schema, kinds);
}

/// Sets the type and format of a schema with encoded content.
///
/// `{"type": "string", "contentEncoding": "base64"}` becomes `{"type": "string", "format": "byte"}`.
/// `{"contentMediaType": "image/png"}` becomes `{"type": "string", "format": "binary"}`.
pub(super) fn content(schema: &mut JsonObject, walk: &mut Lowering) {
    let encoding = schema.shift_remove("contentEncoding");
    let media_type = schema.shift_remove("contentMediaType");
    let format = match (encoding.as_ref().and_then(Value::as_str), media_type.as_ref().and_then(Value::as_str)) {
        (Some(encoding), _) if encoding.eq_ignore_ascii_case("base64") => "byte",
        // These encodings do not change the text.
        (Some("7bit" | "8bit" | "binary") | None, Some(media_type)) if !is_text(media_type) => "binary",
        (Some("7bit" | "8bit" | "binary") | None, _) => return,
        (Some(encoding), _) => {
            return walk
                .lossy("contentEncoding", format!("`{encoding}` is not decoded; the value is the encoded string"));
        }
    };
    if !is_composed(schema) {
        schema.entry("type").or_insert_with(|| json!("string"));
    }
    schema.entry("format").or_insert_with(|| json!(format));
}

fn is_text(media_type: &str) -> bool {
    media_type.starts_with("text/") || media_type.ends_with("json") || media_type.ends_with("xml")
}

/// Infers the type of a schema from its other keywords.
///
/// `{"properties": {}}` becomes `{"properties": {}, "type": "object"}`.
/// `{"format": "uuid"}` becomes `{"format": "uuid", "type": "string"}`.
pub(super) fn missing(schema: &mut JsonObject, _: &mut Lowering) {
    if schema.contains_key("type") || is_composed(schema) {
        return;
    }
    let has = |keywords: &[&str]| keywords.iter().any(|keyword| schema.contains_key(*keyword));
    let kind = if has(&["properties", "additionalProperties"]) {
        "object"
    } else if has(&["items"]) {
        "array"
    } else if let Some(kind) = schema.get("format").and_then(Value::as_str).and_then(type_of_format) {
        kind
    } else if has(&["pattern", "minLength", "maxLength"]) {
        "string"
    } else {
        return;
    };
    schema.insert("type".to_owned(), json!(kind));
}

fn type_of_format(format: &str) -> Option<&'static str> {
    match format {
        "int32" | "int64" => Some("integer"),
        "float" | "double" => Some("number"),
        "date" | "date-time" | "time" | "uuid" | "uri" | "email" | "hostname" | "ipv4" | "ipv6" | "password"
        | "byte" | "binary" => Some("string"),
        _ => None,
    }
}

/// Splits a schema of several types into alternatives, each with the keywords of its type.
///
/// For example,
/// ```json
/// {"type": ["string", "array", "null"], "maxLength": 5, "items": {}, "description": "Either"}
/// ```
/// becomes
/// ```json
/// {"description": "Either", "nullable": true,
///  "anyOf": [{"type": "string", "maxLength": 5}, {"type": "array", "items": {}}]}
/// ```
pub(super) fn several(schema: &mut JsonObject, walk: &mut Lowering) {
    let Some(kinds) = known_types(schema).filter(|kinds| kinds.len() > 1) else { return };
    schema.shift_remove("type");
    let (outer, keywords): (JsonObject, JsonObject) =
        std::mem::take(schema).into_iter().partition(|(keyword, _)| owners(keyword).is_empty() && keyword != "enum");
    *schema = outer;
    let mut arms: Vec<JsonObject> = kinds.iter().filter_map(|kind| arm(kind, &keywords)).collect();
    for arm in &mut arms {
        super::lower(arm, walk);
    }
    let base = if arms.len() == 1 { walk.pointer.clone() } else { any_of_pointer(schema, walk) };
    for (index, arm) in arms.iter().enumerate() {
        let to = if arms.len() == 1 { base.clone() } else { child(&base, &index.to_string()) };
        let moved = arm
            .keys()
            .map(String::as_str)
            .filter(|keyword| matches!(*keyword, "properties" | "additionalProperties" | "items"));
        if to != walk.pointer {
            walk.moves.add_members(&walk.pointer, moved, &to);
        }
    }
    match arms.len() {
        1 => schema.extend(arms.into_iter().flatten()),
        _ if schema.contains_key("anyOf") => {
            push_all_of(schema, json!({"anyOf": arms}));
        }
        _ => {
            schema.insert("anyOf".to_owned(), json!(arms));
        }
    }
}

/// Returns the pointer of the alternatives that are created for a list of types.
fn any_of_pointer(schema: &JsonObject, walk: &Lowering) -> String {
    if !schema.contains_key("anyOf") {
        return walk.place("anyOf");
    }
    let index = schema.get("allOf").and_then(Value::as_array).map_or(0, Vec::len);
    child(&child(&walk.place("allOf"), &index.to_string()), "anyOf")
}

/// Returns the schema of one type with its keywords; `None` if an `enum` has no value of the type.
fn arm(kind: &str, keywords: &JsonObject) -> Option<JsonObject> {
    let mut arm = Map::from_iter([("type".to_owned(), json!(kind))]);
    for (keyword, value) in keywords {
        match value {
            Value::Array(values) if keyword == "enum" => {
                let values: Vec<&Value> = values.iter().filter(|value| fits(value, kind)).collect();
                if values.is_empty() {
                    return None;
                }
                arm.insert(keyword.clone(), json!(values));
            }
            value if keyword == "format" && !is_format_of(value, kind) => {}
            value if owners(keyword).contains(&kind) => {
                arm.insert(keyword.clone(), value.clone());
            }
            _ => {}
        }
    }
    Some(arm)
}

/// Removes keywords that do not apply to a schema's type. They have no effect, and would hide the type from 3.0 tools.
///
/// `{"type": "boolean", "format": "int32"}` becomes `{"type": "boolean"}`.
pub(super) fn drop_misplaced(schema: &mut JsonObject, walk: &mut Lowering) {
    let Some(kind) = schema.get("type").and_then(Value::as_str).and_then(known) else { return };
    let is_misplaced = |keyword: &str| !owners(keyword).is_empty() && !owners(keyword).contains(&kind);
    if !schema.keys().any(|keyword| is_misplaced(keyword)) {
        return;
    }
    let is_structure = |keyword: &str| matches!(keyword, "properties" | "items" | "additionalProperties");
    for keyword in schema.keys().filter(|keyword| is_misplaced(keyword) && is_structure(keyword)) {
        let message = format!("`{keyword}` does not apply to values of type {kind}, so it is ignored");
        walk.warn(keyword, "misplaced-keyword", message, "remove it, or fix `type`");
    }
    schema.retain(|keyword, _| !is_misplaced(keyword));
}

/// Returns the types to whose values a keyword applies; empty if it applies to all.
fn owners(keyword: &str) -> &'static [&'static str] {
    match keyword {
        "properties" | "required" | "additionalProperties" | "minProperties" | "maxProperties" => &["object"],
        "items" | "minItems" | "maxItems" | "uniqueItems" => &["array"],
        "pattern" | "minLength" | "maxLength" => &["string"],
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => &["integer", "number"],
        "format" => &["integer", "number", "string"],
        _ => &[],
    }
}

/// Returns true if a format is one of values of a type. Unknown formats fit every type.
fn is_format_of(format: &Value, kind: &str) -> bool {
    let known = format.as_str().and_then(type_of_format);
    known.is_none_or(|known| (known == "string") == (kind == "string"))
}

/// Returns the types of a schema, including `null`, if `type` has only known names.
pub fn known_types(schema: &JsonObject) -> Option<Vec<&'static str>> {
    match schema.get("type")? {
        Value::String(kind) => Some(vec![known(kind)?]),
        Value::Array(kinds) => kinds.iter().map(|kind| kind.as_str().and_then(known)).collect(),
        _ => None,
    }
}

fn known(word: &str) -> Option<&'static str> {
    TYPES.iter().copied().find(|kind| *kind == word)
}

/// Sets the types of a schema in the shortest form: an integer is a number, and a list of all types is removed.
pub(super) fn set(schema: &mut JsonObject, mut kinds: Vec<&'static str>) {
    if kinds.contains(&"number") {
        kinds.retain(|kind| *kind != "integer");
    }
    kinds = kinds
        .iter()
        .enumerate()
        .filter(|(index, kind)| !kinds[..*index].contains(kind))
        .map(|(_, kind)| *kind)
        .collect();
    match kinds.as_slice() {
        [] | [_, _, _, _, _, ..] => {
            schema.shift_remove("type");
        }
        [kind] => {
            schema.insert("type".to_owned(), json!(kind));
        }
        kinds => {
            schema.insert("type".to_owned(), json!(kinds));
        }
    }
}

/// Returns the type of a value; `None` for null.
pub(super) fn of(value: &Value) -> Option<&'static str> {
    match value {
        Value::Null => None,
        Value::Bool(_) => Some("boolean"),
        Value::Number(_) if fits(value, "integer") => Some("integer"),
        Value::Number(_) => Some("number"),
        Value::String(_) => Some("string"),
        Value::Array(_) => Some("array"),
        Value::Object(_) => Some("object"),
    }
}

/// Returns true if a value is of a type.
pub fn fits(value: &Value, kind: &str) -> bool {
    match kind {
        "integer" => value.is_i64() || value.as_f64().filter(|_| value.is_f64()).is_some_and(is_whole),
        "number" => value.is_number(),
        kind => of(value) == Some(kind),
    }
}

/// Removes a fraction of zero.
///
/// `1.0` becomes `1`.
pub(super) fn make_whole(value: &mut Value) {
    if let Some(number) = value.as_f64().filter(|number| value.is_f64() && is_whole(*number)) {
        // Exact: whole, and within the range in which `f64` represents every whole number.
        *value = json!(number as i64);
    }
}

/// Returns true if a number is whole, and small enough for `f64` to represent it exactly.
fn is_whole(number: f64) -> bool {
    number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0
}
