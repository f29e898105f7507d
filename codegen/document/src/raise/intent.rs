//! What breaks a rule in a way that still shows what is meant: it is read as meant, with a warning.

use serde_json::{Number, Value, json};

use super::{Object, Raising};
use crate::diagnostic::{child, closest};
use crate::spec::{FieldType, ObjectKind, TYPES, Versions};

/// Reads the members of an object as they are meant.
pub(super) fn read(kind: ObjectKind, object: &mut Object, raising: &mut Raising) {
    match kind {
        ObjectKind::Schema => {
            required_flags(object, raising);
            types(object, raising);
        }
        ObjectKind::Parameter => style(object, raising),
        _ => {}
    }
    let is_map = kind.named_by_document().is_some();
    let mut dropped = Vec::new();
    for (name, value) in object.iter_mut() {
        let Some(holds) = kind.holds(name, Versions::SINCE_3_0).filter(|holds| *holds != FieldType::Any) else {
            continue;
        };
        let pointer = raising.place(name);
        if !is_map && is_empty(holds, value) {
            dropped.push(name.clone());
            let message = format!("`{name}` is empty and is read as absent");
            raising.warn_at(&pointer, "empty-section", message, "remove the key, or write a value");
        } else if value.is_object() && is_prose(name, holds) {
            dropped.push(name.clone());
            let message = format!("`{name}` is an object instead of a text and is dropped");
            raising.warn_at(&pointer, "wrong-type", message, "write the text itself");
        } else {
            let is_silent = name == "version" || kind == ObjectKind::ServerVariable;
            scalar(holds, value, &pointer, is_silent, raising);
            section(holds, value, &pointer, raising);
        }
    }
    object.retain(|name, _| !dropped.contains(name));
}

/// Whether there is nothing in a field: null, or an empty list in place of an object.
fn is_empty(holds: FieldType, value: &Value) -> bool {
    let is_object = matches!(holds, FieldType::One(_) | FieldType::OneOrRef(_));
    value.is_null() || is_object && value.as_array().is_some_and(Vec::is_empty)
}

/// Whether a field is prose for people, without which a client is complete.
fn is_prose(name: &str, holds: FieldType) -> bool {
    holds == FieldType::Text && matches!(name, "description" | "summary" | "title" | "termsOfService")
}

/// Reads a scalar that is written as one of another type.
///
/// | before | after |
/// |---|---|
/// | `{"description": 404}` | `{"description": "404"}` |
/// | `{"deprecated": "true"}` | `{"deprecated": true}` |
/// | `{"maxLength": "5"}` | `{"maxLength": 5}` |
fn scalar(holds: FieldType, value: &mut Value, pointer: &str, is_silent: bool, raising: &mut Raising) {
    let (meant, help) = match (holds, &*value) {
        (FieldType::Text, Value::Number(_) | Value::Bool(_)) => (Value::String(value.to_string()), "put it in quotes"),
        (FieldType::Flag, Value::String(text)) if text == "true" || text == "false" => {
            (Value::Bool(text == "true"), "write `true` or `false`, without quotes")
        }
        (FieldType::Number | FieldType::PositiveNumber | FieldType::Count, Value::String(text)) => {
            let Ok(number) = text.parse::<Number>() else { return };
            (Value::Number(number), "write the number without quotes")
        }
        _ => return,
    };
    if !is_silent {
        let found = if value.is_string() { "a string" } else { "no string" };
        raising.warn_at(pointer, "wrong-type", format!("this is {found}; it is read as `{meant}`"), help);
    }
    *value = meant;
}

/// Reads the empty entries of a list or a map, and an empty list in place of a map, as tools write it that do not tell them apart.
///
/// | before | after |
/// |---|---|
/// | `{"properties": {"a": null}}` | `{"properties": {"a": {}}}` |
/// | `{"properties": []}` | `{"properties": {}}` |
/// | `{"tags": ["a", null]}` | `{"tags": ["a"]}` |
fn section(holds: FieldType, value: &mut Value, pointer: &str, raising: &mut Raising) {
    let help = "remove the key, or write a value";
    let is_object = matches!(holds, FieldType::One(_) | FieldType::OneOrRef(_) | FieldType::SchemaOrBool);
    match (holds, &mut *value) {
        (_, Value::Null) if is_object => {
            raising.warn_at(pointer, "empty-section", "this is empty; it is read as an empty object", help);
            *value = json!({});
        }
        (FieldType::Map(_) | FieldType::One(_) | FieldType::OneOrRef(_), Value::Array(items)) if items.is_empty() => {
            raising.warn_at(
                pointer,
                "wrong-type",
                "this is an empty array; it is read as an empty object",
                "write `{}`",
            );
            *value = json!({});
        }
        (FieldType::List(_), Value::Object(members)) if members.is_empty() => {
            raising.warn_at(
                pointer,
                "wrong-type",
                "this is an empty object; it is read as an empty array",
                "write `[]`",
            );
            *value = json!([]);
        }
        (FieldType::Map(inner), Value::Object(members)) if *inner != FieldType::Any => {
            for (name, member) in members.iter_mut() {
                let pointer = child(pointer, name);
                if *inner == FieldType::Text && member.is_null() {
                    raising.warn_at(&pointer, "empty-section", "this is empty; it is read as an empty text", help);
                    *member = json!("");
                }
                scalar(*inner, member, &pointer, false, raising);
                section(*inner, member, &pointer, raising);
            }
        }
        (FieldType::List(inner), Value::Array(items))
            if *inner != FieldType::Any && items.iter().any(Value::is_null) =>
        {
            let mut kept = Vec::new();
            for (index, item) in std::mem::take(items).into_iter().enumerate() {
                let from = child(pointer, &index.to_string());
                if item.is_null() {
                    raising.warn_at(&from, "empty-section", "this item is empty and is dropped", "remove it");
                } else {
                    raising.documents.copy_origin(&from, &child(pointer, &kept.len().to_string()));
                    kept.push(item);
                }
            }
            *items = kept;
        }
        _ => {}
    }
}

/// Moves a flag that says whether a property is required to the list of the schema that has the property.
///
/// Before `{"properties": {"id": {"type": "string", "required": true}}}`,
/// after `{"properties": {"id": {"type": "string"}}, "required": ["id"]}`.
fn required_flags(schema: &mut Object, raising: &mut Raising) {
    let help = "list the names of the required properties, in the schema that has the properties";
    if let Some(flag) = schema.get("required").and_then(flag) {
        let message = format!("`required: {flag}` has no effect on a schema that is no property");
        let place = raising.place("required");
        raising.warn_at(&place, "wrong-type", message, help);
        schema.shift_remove("required");
    }
    let mut required = Vec::new();
    let place = raising.place("properties");
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for (name, property) in properties {
            let Some(flag) = property.get("required").and_then(flag) else { continue };
            let Some(property) = property.as_object_mut() else { continue };
            property.shift_remove("required");
            let pointer = child(&child(&place, name), "required");
            let effect = if flag { "is required" } else { "is optional" };
            raising.warn_at(&pointer, "wrong-type", format!("`required: {flag}`: the property {effect}"), help);
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

/// A boolean, or the text of one.
fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text == "true" => Some(true),
        Value::String(text) if text == "false" => Some(false),
        _ => None,
    }
}

/// Reads types that are written as other languages write them. A schema with a type that is unknown allows any value.
///
/// | before | after |
/// |---|---|
/// | `{"type": "String"}` | `{"type": "string"}` |
/// | `{"type": "date"}` | `{"type": "string", "format": "date"}` |
/// | `{"type": ["string", null]}` | `{"type": ["string", "null"]}` |
/// | `{"type": null, "description": "D"}` | `{"type": "null", "description": "D"}` |
/// | `{"type": "any"}` | `{}` |
fn types(schema: &mut Object, raising: &mut Raising) {
    let is_known = |word: &Value| word.as_str().is_some_and(|word| TYPES.contains(&word));
    let kind = match schema.get("type") {
        Some(Value::Array(words)) if words.iter().all(is_known) && !words.is_empty() => return,
        Some(word) if is_known(word) => return,
        // Swagger 2.0 has this type.
        Some(word) if raising.version == Versions::V2_0 && word == "file" => return,
        Some(kind) => kind.clone(),
        None => return,
    };
    let is_alone = schema.keys().all(|name| matches!(name.as_str(), "type" | "title" | "description"));
    let place = raising.place("type");
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
            let message = format!("there is no type `{shown}`: the schema is read as any value");
            let help = format!("the types are `{}`", TYPES.join("`, `"));
            raising.warn_at(&pointer, "unknown-value", message, &help);
            schema.shift_remove("type");
            return;
        };
        if word != name {
            let help = if word.is_null() { "write it in quotes: `\"null\"`" } else { "write the type that is meant" };
            let with = its_format.map(|format| format!(" with the format `{format}`")).unwrap_or_default();
            let message = format!("the type `{shown}` is read as `\"{name}\"`{with}");
            raising.warn_at(&pointer, "unknown-value", message, help);
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

/// The type and the format that a word stands for elsewhere.
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

/// Drops the style of a parameter that its place does not have: the default of the place applies.
///
/// Before `{"in": "query", "name": "q", "style": "simple"}`, after `{"in": "query", "name": "q"}`.
fn style(parameter: &mut Object, raising: &mut Raising) {
    let Some(Value::String(style)) = parameter.get("style") else { return };
    let (place, styles): (_, &[&str]) = match parameter.get("in").and_then(Value::as_str) {
        Some(place @ ("query" | "querystring")) => (place, &["form", "spaceDelimited", "pipeDelimited", "deepObject"]),
        Some(place @ "path") => (place, &["simple", "label", "matrix"]),
        Some(place @ "header") => (place, &["simple"]),
        Some(place @ "cookie") => (place, &["form", "cookie"]),
        _ => return,
    };
    let Some(default) = styles.first().filter(|_| !styles.contains(&style.as_str())) else { return };
    let message = format!("a parameter in `{place}` has no style `{style}`; `{default}` is used");
    let help = format!("write one of `{}`", styles.join("`, `"));
    let place = raising.place("style");
    raising.warn_at(&place, "unknown-value", message, &help);
    parameter.shift_remove("style");
}
