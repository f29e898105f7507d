//! Equivalent and slightly different versions of a document, from a seeded random generator.
#![allow(dead_code, reason = "each test binary uses a part")]

use fastrand::Rng;
use serde_json::{Map, Value, json};

const SCHEMAS: &str = "#/components/schemas/";

/// Returns true for members that contain arbitrary data.
fn is_data(key: &str) -> bool {
    key.starts_with("x-") || matches!(key, "example" | "examples" | "default" | "const" | "mapping")
}

/// Returns the document with reordered members, and reordered lists whose order is not significant.
pub fn reordered(document: &Value, rng: &mut Rng) -> Value {
    let has_index = document.to_string().split("\"$ref\":\"").skip(1).any(|rest| {
        let reference = rest.split('"').next().unwrap_or_default();
        reference.split('/').any(|token| token.bytes().all(|byte| byte.is_ascii_digit()))
    });
    fn walk(value: &Value, key: &str, lists: bool, rng: &mut Rng) -> Value {
        match value {
            Value::Object(object) => {
                let mut members: Vec<_> =
                    object.iter().map(|(key, value)| (key.clone(), walk(value, key, lists, rng))).collect();
                rng.shuffle(&mut members);
                members.into_iter().collect::<Map<_, _>>().into()
            }
            Value::Array(items) => {
                let mut items: Vec<_> = items.iter().map(|item| walk(item, "", lists, rng)).collect();
                if lists && matches!(key, "parameters" | "required" | "enum" | "oneOf" | "anyOf" | "security") {
                    rng.shuffle(&mut items);
                }
                items.into()
            }
            other => other.clone(),
        }
    }
    walk(document, "", !has_index, rng)
}

/// Returns the document with different names for all schemas.
pub fn renamed(document: &Value) -> Value {
    fn walk(value: &mut Value, key: &str, names: &[String]) {
        match value {
            Value::String(text) if key == "$ref" || key == "mapping" => {
                if let Some(name) = text.strip_prefix(SCHEMAS) {
                    *text = format!("{SCHEMAS}Other{name}");
                } else if names.contains(text) {
                    *text = format!("Other{text}");
                }
            }
            Value::Object(object) if key == "mapping" => {
                object.values_mut().for_each(|value| walk(value, "mapping", names));
            }
            Value::Object(object) => {
                let others = object.iter_mut().filter(|(key, _)| *key != "enum");
                others.for_each(|(key, value)| walk(value, key, names));
            }
            Value::Array(items) => items.iter_mut().for_each(|item| walk(item, "", names)),
            _ => {}
        }
    }
    let mut document = document.clone();
    let names: Vec<String> = components(&document).keys().cloned().collect();
    walk(&mut document, "", &names);
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        *schemas = std::mem::take(schemas).into_iter().map(|(name, schema)| (format!("Other{name}"), schema)).collect();
    }
    document
}

fn components(document: &Value) -> Map<String, Value> {
    document.pointer("/components/schemas").and_then(Value::as_object).cloned().unwrap_or_default()
}

/// Returns the document with some references to schemas inlined.
pub fn inlined(document: &Value, rng: &mut Rng) -> Value {
    fn walk(value: &mut Value, schemas: &Map<String, Value>, rng: &mut Rng) {
        match value {
            Value::Object(object) => {
                let target = object.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix(SCHEMAS));
                if let Some(target) = target.and_then(|name| schemas.get(name)).filter(|_| rng.u8(..) < 100) {
                    let target = target.clone();
                    if object.len() == 1 {
                        *value = target;
                    } else {
                        object.shift_remove("$ref");
                        object.insert("allOf".to_owned(), json!([target]));
                    }
                    return;
                }
                // Targets of a discriminator are identified by name.
                let is_told_apart = object.contains_key("discriminator");
                for (key, value) in object.iter_mut().filter(|(key, _)| !is_data(key)) {
                    if !(is_told_apart && matches!(key.as_str(), "oneOf" | "anyOf")) {
                        walk(value, schemas, rng);
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| walk(item, schemas, rng)),
            _ => {}
        }
    }
    let mut document = document.clone();
    let schemas = components(&document);
    walk(&mut document, &schemas, rng);
    document
}

/// Returns the document with some schemas moved to components and replaced by references.
pub fn extracted(document: &Value, rng: &mut Rng) -> Value {
    fn extract(schema: &mut Value, found: &mut Map<String, Value>, rng: &mut Rng) {
        let is_inline = schema.as_object().is_some_and(|schema| !schema.is_empty() && !schema.contains_key("$ref"));
        if is_inline && rng.u8(..) < 100 {
            let name = format!("Extracted{}", found.len());
            let reference = json!({"$ref": format!("{SCHEMAS}{name}")});
            found.insert(name, std::mem::replace(schema, reference));
        }
    }
    fn walk(value: &mut Value, found: &mut Map<String, Value>, rng: &mut Rng) {
        match value {
            Value::Object(object) => {
                for (key, value) in object.iter_mut().filter(|(key, _)| !is_data(key)) {
                    walk(value, found, rng);
                    match (key.as_str(), value) {
                        ("schema" | "items" | "additionalProperties", value) => extract(value, found, rng),
                        ("properties", Value::Object(properties)) => {
                            properties.values_mut().for_each(|value| extract(value, found, rng));
                        }
                        _ => {}
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| walk(item, found, rng)),
            _ => {}
        }
    }
    let mut document = document.clone();
    let mut found = Map::new();
    for part in ["/paths", "/components/schemas"] {
        if let Some(part) = document.pointer_mut(part) {
            walk(part, &mut found, rng);
        }
    }
    if let Some(root) = document.as_object_mut()
        && let Some(components) = root.entry("components").or_insert_with(|| json!({})).as_object_mut()
        && let Some(schemas) = components.entry("schemas").or_insert_with(|| json!({})).as_object_mut()
    {
        schemas.extend(found);
    }
    document
}

/// Returns the document with some nodes removed, or replaced by the contents of others with the same name.
pub fn changed(document: &Value, rng: &mut Rng) -> Value {
    fn places(value: &Value, pointer: &str, found: &mut Vec<(String, String)>) {
        let members: Vec<(String, &Value)> = match value {
            Value::Object(object) => object.iter().map(|(key, value)| (key.clone(), value)).collect(),
            Value::Array(items) => items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect(),
            _ => return,
        };
        for (key, value) in members.into_iter().filter(|(key, _)| !is_data(key)) {
            let place = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
            places(value, &place, found);
            found.push((place, key));
        }
    }
    let mut document = document.clone();
    let mut found = Vec::new();
    for part in ["/paths", "/components/schemas"] {
        places(document.pointer(part).unwrap_or(&Value::Null), part, &mut found);
    }
    for _ in 0..rng.usize(1..=4) {
        let Some((place, key)) = rng.choice(&found) else { break };
        let same: Vec<&(String, String)> = found.iter().filter(|(_, other)| other == key).collect();
        let other = rng.choice(same).and_then(|(other, _)| document.pointer(other)).cloned();
        match other {
            Some(other) if rng.bool() => {
                if let Some(node) = document.pointer_mut(place) {
                    *node = other;
                }
            }
            _ => {
                let (parent, _) = place.rsplit_once('/').unwrap_or_default();
                match document.pointer_mut(parent) {
                    Some(Value::Object(object)) => _ = object.shift_remove(key),
                    Some(Value::Array(items)) => _ = items.pop(),
                    _ => {}
                }
            }
        }
    }
    document
}
