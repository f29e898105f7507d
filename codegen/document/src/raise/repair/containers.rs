//! Repairs of lists in place of maps, single values in place of lists, and short forms of objects.

use serde_json::{Map, Value, json};

use super::Repair;
use crate::diagnostic::child;
use crate::spec::{FieldType, ObjectKind, TYPES, Versions};

/// Repairs a list, a map or an object that is written as another type.
pub(super) fn read(holds: FieldType, value: &mut Value, repair: &mut Repair) {
    match (holds, &mut *value) {
        (FieldType::List(inner), Value::Object(members)) => listed(*inner, members.is_empty(), value, repair),
        (FieldType::List(inner), Value::String(_)) if *inner != FieldType::Any => {
            repair.warn("wrong-type", "expected an array, found one value; read as an array of it", "write an array");
            *value = json!([value.take()]);
        }
        (FieldType::Map(_) | FieldType::One(_) | FieldType::OneOrRef(_), Value::Array(items)) if items.is_empty() => {
            repair.warn("wrong-type", "expected an object, found an empty array; read as `{}`", "write `{}`");
            *value = json!({});
        }
        (FieldType::SchemaOrBool, Value::Array(items)) if items.is_empty() => {
            repair.warn("wrong-type", "expected a schema, found an empty array; read as `{}`", "write `{}`");
            *value = json!({});
        }
        (FieldType::Map(inner), Value::Array(_)) => mapped(*inner, value, repair),
        (FieldType::One(kind), Value::Array(_)) if kind.named_by_document().is_some() => {
            mapped(kind.named_by_document().unwrap_or(FieldType::Any), value, repair);
        }
        (FieldType::Map(FieldType::OneOrRef(ObjectKind::MediaType)), _) => media_types(value, repair),
        (FieldType::Map(FieldType::List(_)), Value::String(name)) => {
            // A security requirement.
            let meant = Value::Object(Map::from_iter([(name.clone(), json!([]))]));
            short(value, meant, repair);
        }
        (_, Value::String(text)) => {
            if let Some(meant) = short_form(holds, text) {
                short(value, meant, repair);
            }
        }
        (FieldType::OneOrRef(ObjectKind::Example), found) => {
            let is_example = |object: &Map<String, Value>| {
                let is_field =
                    |name: &String| name == "$ref" || ObjectKind::Example.field(name, Versions::ALL).is_some();
                object.keys().any(is_field)
            };
            if !found.as_object().is_some_and(|object| object.is_empty() || is_example(object)) {
                let value = found.take();
                repair.warn("wrong-type", "expected an example object; read as its `value`", "write it as `value`");
                repair.documents.copy_origin(&repair.pointer, &child(&repair.pointer, "value"));
                *found = json!({"value": value});
            }
        }
        _ => {}
    }
}

fn short(value: &mut Value, meant: Value, repair: &mut Repair) {
    let message = format!("expected an object, found a string; read as `{meant}`");
    repair.warn("wrong-type", message, "write the whole object");
    *value = meant;
}

/// Returns the object for a string.
///
/// | before | after |
/// |---|---|
/// | `{"license": "MIT"}` | `{"license": {"name": "MIT"}}` |
/// | `{"servers": ["https://a.example"]}` | `{"servers": [{"url": "https://a.example"}]}` |
/// | `{"properties": {"id": "integer"}}` | `{"properties": {"id": {"type": "integer"}}}` |
/// | `{"schema": "#/components/schemas/A"}` | `{"schema": {"$ref": "#/components/schemas/A"}}` |
fn short_form(holds: FieldType, text: &str) -> Option<Value> {
    let is_reference = matches!(holds, FieldType::OneOrRef(_) | FieldType::SchemaOrBool);
    if is_reference && text.starts_with("#/") {
        return Some(json!({"$ref": text}));
    }
    Some(match holds {
        FieldType::One(ObjectKind::ExternalDocs | ObjectKind::Server) => json!({"url": text}),
        FieldType::One(ObjectKind::License | ObjectKind::Tag) => json!({"name": text}),
        FieldType::One(ObjectKind::Contact) if text.contains('@') => json!({"email": text}),
        FieldType::One(ObjectKind::Contact) => json!({"name": text}),
        FieldType::One(ObjectKind::ServerVariable) => json!({"default": text}),
        FieldType::One(ObjectKind::Discriminator) => json!({"propertyName": text}),
        FieldType::OneOrRef(ObjectKind::Response) => json!({"description": text}),
        FieldType::OneOrRef(ObjectKind::Example) => json!({"value": text}),
        FieldType::SchemaOrBool if matches!(text, "true" | "false") => json!(text == "true"),
        FieldType::SchemaOrBool if TYPES.contains(&text) => json!({"type": text}),
        _ => return None,
    })
}

/// Converts an object in place of a list: a single item, or items by name.
///
/// | before | after |
/// |---|---|
/// | `{"security": {"key": []}}` | `{"security": [{"key": []}]}` |
/// | `{"parameters": {"id": {"in": "path"}}}` | `{"parameters": [{"in": "path", "name": "id"}]}` |
/// | `{"tags": {}}` | `{"tags": []}` |
fn listed(inner: FieldType, is_empty: bool, value: &mut Value, repair: &mut Repair) {
    if is_empty {
        repair.warn("wrong-type", "expected an array, found an empty object; read as `[]`", "write `[]`");
        *value = json!([]);
        return;
    }
    let Value::Object(members) = value.take() else { return };
    let is_field =
        |name: &String| name == "$ref" || inner.object().is_some_and(|kind| kind.field(name, Versions::ALL).is_some());
    let are_items = inner.object().is_some() && !members.keys().any(is_field) && members.values().all(Value::is_object);
    if !are_items {
        if inner != FieldType::Any {
            repair.warn("wrong-type", "expected an array, found an object; read as an array of it", "write an array");
            let place = repair.pointer.clone();
            repair.documents.copy_origin(&place, &child(&place, "0"));
            *value = json!([members]);
        } else {
            *value = Value::Object(members);
        }
        return;
    }
    repair.warn("wrong-type", "expected an array, found an object; read as an array of its members", "write an array");
    let has_name = inner.object().is_some_and(|kind| kind.field("name", Versions::ALL).is_some());
    let mut items = Vec::new();
    for (name, mut item) in members {
        let place = repair.place(&name);
        repair.documents.copy_origin(&place, &repair.place(&items.len().to_string()));
        if let (true, Value::Object(item)) = (has_name && item.get("$ref").is_none(), &mut item) {
            item.entry("name").or_insert_with(|| json!(name));
        }
        items.push(item);
    }
    *value = Value::Array(items);
}

/// Converts a list in place of a map: items with their names, objects with a single member, or only names.
///
/// | before | after |
/// |---|---|
/// | `{"properties": [{"name": "id", "type": "integer"}]}` | `{"properties": {"id": {"type": "integer"}}}` |
/// | `{"responses": [{"200": {}}, {"404": {}}]}` | `{"responses": {"200": {}, "404": {}}}` |
/// | `{"scopes": ["read"]}` | `{"scopes": {"read": ""}}` |
fn mapped(inner: FieldType, value: &mut Value, repair: &mut Repair) {
    let Value::Array(items) = value.take() else { return };
    let has_name = inner.object().is_some_and(|kind| kind.field("name", Versions::ALL).is_some());
    let mut members = Map::new();
    for (index, item) in items.iter().enumerate() {
        let from = repair.place(&index.to_string());
        let (name, member, from) = match item {
            Value::String(name) if inner == FieldType::Text => (name.clone(), json!(""), from),
            Value::String(name) => (name.clone(), json!({}), from),
            Value::Object(item) if item.len() == 1 && item.values().all(|one| one.is_object() || one.is_string()) => {
                let Some((name, member)) = item.iter().next() else { continue };
                (name.clone(), member.clone(), child(&from, name))
            }
            Value::Object(item) => {
                let Some(name) = item.get("name").and_then(Value::as_str).map(str::to_owned) else {
                    *value = Value::Array(items);
                    return;
                };
                let mut item = item.clone();
                if !has_name {
                    item.shift_remove("name");
                }
                (name, Value::Object(item), from)
            }
            _ => {
                *value = Value::Array(items);
                return;
            }
        };
        repair.documents.copy_origin(&from, &repair.place(&name));
        members.insert(name, member);
    }
    let help = "write an object with the name of each entry as its key";
    repair.warn("wrong-type", "expected an object, found an array; read as an object with its items by name", help);
    *value = Value::Object(members);
}

/// Converts the content of a body without a media type: it is JSON.
///
/// | before | after |
/// |---|---|
/// | `{"content": {"schema": {"type": "string"}}}` | `{"content": {"application/json": {"schema": {"type": "string"}}}}` |
/// | `{"content": "application/json"}` | `{"content": {"application/json": {}}}` |
fn media_types(content: &mut Value, repair: &mut Repair) {
    let help = "write the media type as the key, such as `application/json`";
    match content {
        Value::String(name) => {
            let meant = Value::Object(Map::from_iter([(name.clone(), json!({}))]));
            repair.warn("wrong-type", "expected an object, found a string; read as the name of a media type", help);
            *content = meant;
        }
        Value::Object(members) if members.contains_key("schema") && members.keys().all(|name| !name.contains('/')) => {
            repair.warn("wrong-type", "missing media type; the content is read as JSON", help);
            let place = repair.place("application/json");
            repair.documents.copy_origin(&repair.pointer, &place);
            *content = json!({"application/json": members});
        }
        _ => {}
    }
}
