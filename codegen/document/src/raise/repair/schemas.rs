//! Repairs of schema keywords that are written as in other languages or versions, or in the wrong place.

use serde_json::{Value, json};

use super::scalars::flag;
use super::{JsonObject, Repair};
use crate::diagnostic::{child, closest};
use crate::spec::{TYPES, Versions};

/// Repairs the keywords of a schema.
pub(super) fn read(schema: &mut JsonObject, repair: &mut Repair) {
    keywords_among_properties(schema, repair);
    required_flags(schema, repair);
    types(schema, repair);
    values(schema, repair);
}

/// Moves keywords that take a list out of the properties, where they end up with wrong indentation.
///
/// | before | after |
/// |---|---|
/// | `{"properties": {"id": {}, "required": ["id"]}}` | `{"properties": {"id": {}}, "required": ["id"]}` |
/// | `{"properties": {"id": {}, "oneOf": [{}]}}` | `{"properties": {"id": {}}, "oneOf": [{}]}` |
fn keywords_among_properties(schema: &mut JsonObject, repair: &mut Repair) {
    let is_list = |value: &Value, fits: fn(&Value) -> bool| {
        value.as_array().is_some_and(|items| !items.is_empty() && items.iter().all(fits))
    };
    for (keyword, fits) in [
        ("required", Value::is_string as fn(&Value) -> bool),
        ("allOf", Value::is_object),
        ("anyOf", Value::is_object),
        ("oneOf", Value::is_object),
    ] {
        if schema.contains_key(keyword) {
            continue;
        }
        let Some(Value::Object(properties)) = schema.get_mut("properties") else { return };
        if !properties.get(keyword).is_some_and(|value| is_list(value, fits)) {
            continue;
        }
        let Some(list) = properties.shift_remove(keyword) else { continue };
        let from = child(&repair.place("properties"), keyword);
        let message = format!("`{keyword}` is in `properties`; read as a keyword of the schema");
        repair.warn_at(&from, "wrong-type", message, "indent it like `properties`");
        repair.documents.copy_origin(&from, &repair.place(keyword));
        schema.insert(keyword.to_owned(), list);
    }
}

/// Converts lists of values that are written as another type.
///
/// | before | after |
/// |---|---|
/// | `{"enum": "a"}` | `{"enum": ["a"]}` |
/// | `{"enum": []}` | `{}` |
/// | `{"examples": {"one": {"value": 1}}}` | `{"examples": [1]}` |
fn values(schema: &mut JsonObject, repair: &mut Repair) {
    match schema.get_mut("enum") {
        Some(value @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) => {
            *value = json!([value.take()]);
            let place = repair.place("enum");
            repair.warn_at(
                &place,
                "wrong-type",
                "expected an array, found one value; read as an array of it",
                "write an array",
            );
        }
        Some(Value::Array(values)) if values.is_empty() => {
            let place = repair.place("enum");
            let message = "the `enum` is empty; read as absent";
            repair.warn_at(&place, "empty-enum", message, "list the values, or remove `enum`");
            schema.shift_remove("enum");
        }
        _ => {}
    }
    if let Some(examples) = schema.get_mut("examples").filter(|examples| !examples.is_array() && !examples.is_null()) {
        let place = repair.place("examples");
        let message = "expected an array of examples; read as one";
        repair.warn_at(&place, "wrong-type", message, "write an array of the values");
        *examples = match examples.take() {
            Value::Object(named) if !named.is_empty() && named.values().all(|one| one.get("value").is_some()) => {
                named.into_iter().map(|(_, one)| one.get("value").cloned().unwrap_or_default()).collect()
            }
            value => json!([value]),
        };
    }
}

/// Moves a flag that marks a property as required to the list of the enclosing schema.
///
/// `{"properties": {"id": {"type": "string", "required": true}}}`
/// becomes `{"properties": {"id": {"type": "string"}}, "required": ["id"]}`.
fn required_flags(schema: &mut JsonObject, repair: &mut Repair) {
    let help = "list the names of the required properties, in the schema that has the properties";
    if let Some(flag) = schema.get("required").filter(|flag| !flag.is_number()).and_then(flag) {
        let message = format!("`required: {flag}` has no effect on a schema that is not a property");
        let place = repair.place("required");
        repair.warn_at(&place, "wrong-type", message, help);
        schema.shift_remove("required");
    }
    let mut required = Vec::new();
    let place = repair.place("properties");
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for (name, property) in properties {
            let Some(flag) = property.get("required").and_then(flag) else { continue };
            let Some(property) = property.as_object_mut() else { continue };
            property.shift_remove("required");
            let pointer = child(&child(&place, name), "required");
            let effect = if flag { "is required" } else { "is optional" };
            repair.warn_at(&pointer, "wrong-type", format!("`required: {flag}`: the property {effect}"), help);
            if flag {
                required.push(json!(name));
            }
        }
    }
    if required.is_empty() {
        return;
    }
    match schema.entry("required").or_insert_with(|| json!([])) {
        Value::Array(known) => {
            required.retain(|name| !known.contains(name));
            known.extend(required);
        }
        known @ Value::Null => *known = Value::Array(required),
        _ => {}
    }
}

/// Converts types in the notation of other languages. A schema with an unknown type allows any value.
///
/// | before | after |
/// |---|---|
/// | `{"type": "String"}` | `{"type": "string"}` |
/// | `{"type": "date"}` | `{"type": "string", "format": "date"}` |
/// | `{"type": ["string", null]}` | `{"type": ["string", "null"]}` |
/// | `{"type": null, "description": "D"}` | `{"type": "null", "description": "D"}` |
/// | `{"type": "any"}` | `{}` |
fn types(schema: &mut JsonObject, repair: &mut Repair) {
    let is_known = |word: &Value| word.as_str().is_some_and(|word| TYPES.contains(&word));
    let kind = match schema.get("type") {
        Some(Value::Array(words)) if words.iter().all(is_known) && !words.is_empty() => return,
        Some(word) if is_known(word) => return,
        // This is a type of Swagger 2.0.
        Some(word) if repair.version == Versions::V2_0 && word == "file" => return,
        Some(kind) => kind.clone(),
        None => return,
    };
    let is_alone = schema.keys().all(|name| matches!(name.as_str(), "type" | "title" | "description"));
    let place = repair.place("type");
    let (words, is_list) = match kind {
        Value::Array(words) => (words, true),
        word => (vec![word], false),
    };
    let mut format = None;
    let mut meant = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let known = match word {
            Value::String(word) => meaning(word),
            Value::Null => Some(("null", None)).filter(|_| is_list || is_alone),
            _ => return,
        };
        let pointer = if is_list { child(&place, &index.to_string()) } else { place.clone() };
        let shown = word.as_str().unwrap_or("null");
        let Some((name, its_format)) = known else {
            let message = format!("unknown type `{shown}`; the schema allows any value");
            let help = format!("the types are `{}`", TYPES.join("`, `"));
            repair.warn_at(&pointer, "unknown-value", message, &help);
            schema.shift_remove("type");
            return;
        };
        if word != name {
            let help = if word.is_null() { "write it in quotes: `\"null\"`" } else { "write the intended type" };
            let with = its_format.map(|format| format!(" with the format `{format}`")).unwrap_or_default();
            let message = format!("the type `{shown}` is read as `\"{name}\"`{with}");
            repair.warn_at(&pointer, "unknown-value", message, help);
        }
        format = format.or(its_format);
        meant.push(json!(name));
    }
    match (is_list, meant.pop()) {
        (_, None) => _ = schema.shift_remove("type"),
        (false, Some(name)) => _ = schema.insert("type".to_owned(), name),
        (true, Some(name)) => {
            meant.push(name);
            schema.insert("type".to_owned(), Value::Array(meant));
        }
    }
    if let Some(format) = format {
        schema.entry("format").or_insert_with(|| json!(format));
    }
}

/// Returns the type and format for a type name of another language.
fn meaning(word: &str) -> Option<(&'static str, Option<&'static str>)> {
    let word = word.trim().to_ascii_lowercase();
    if let Some(known) = TYPES.iter().find(|known| **known == word) {
        return Some((known, None));
    }
    Some(match word.as_str() {
        "str" | "text" | "varchar" | "char" => ("string", None),
        "int" | "short" | "biginteger" => ("integer", None),
        "int32" => ("integer", Some("int32")),
        "int64" | "long" => ("integer", Some("int64")),
        "float" => ("number", Some("float")),
        "double" => ("number", Some("double")),
        "decimal" | "numeric" => ("number", None),
        "bool" => ("boolean", None),
        "list" => ("array", None),
        "dict" | "map" | "hash" => ("object", None),
        "date" => ("string", Some("date")),
        "date-time" | "datetime" | "timestamp" => ("string", Some("date-time")),
        "time" => ("string", Some("time")),
        "uuid" | "guid" => ("string", Some("uuid")),
        "uri" | "url" => ("string", Some("uri")),
        "email" => ("string", Some("email")),
        "password" => ("string", Some("password")),
        "byte" | "base64" => ("string", Some("byte")),
        "file" | "binary" => ("string", Some("binary")),
        "any" => return None,
        _ => (closest(&word, TYPES.iter().copied())?, None),
    })
}
