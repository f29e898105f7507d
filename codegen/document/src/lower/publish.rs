//! Preparing the lowered document for other tools: removing parts that were kept only because later passes report them.

use serde_json::{Value, json};

use super::JsonObject;
use crate::bundle::encode_pointer;
use crate::spec::{FieldType, ObjectKind, Versions, WEBHOOKS_EXTENSION, are_webhooks};

/// Makes a lowered document that the model accepts valid against the JSON schema of OpenAPI 3.0. Extensions are kept.
///
/// For example,
/// ```json
/// {"schema": {"type": "string", "colour": "red"}, "items": {"$ref": "#/paths/~1pets~1{id}/get/parameters/0/schema"}}
/// ```
/// becomes
/// ```json
/// {"schema": {"type": "string"}, "items": {"$ref": "#/paths/~1pets~1%7Bid%7D/get/parameters/0/schema"}}
/// ```
pub fn publish(document: &mut Value) {
    node(FieldType::DOCUMENT, document);
}

fn node(holds: FieldType, value: &mut Value) {
    match (holds, value) {
        (FieldType::SchemaNameOrRef, Value::String(reference)) => encode(reference),
        (FieldType::OneOrRef(_) | FieldType::SchemaOrBool, Value::Object(referrer))
            if referrer.contains_key("$ref") =>
        {
            if let Some(Value::String(reference)) = referrer.get_mut("$ref") {
                encode(reference);
            }
        }
        (FieldType::List(inner), Value::Array(items)) => items.iter_mut().for_each(|item| node(*inner, item)),
        (FieldType::Map(inner), Value::Object(named)) => named.values_mut().for_each(|member| node(*inner, member)),
        (holds, Value::Object(object)) => {
            if let Some(kind) = holds.object() {
                members(kind, object);
            }
        }
        _ => {}
    }
}

/// Removes the members of an object that OpenAPI 3.0 does not define.
fn members(kind: ObjectKind, object: &mut JsonObject) {
    object.retain(|name, _| name.starts_with("x-") || kind.holds(name, Versions::V3_0).is_some());
    for (name, member) in object {
        if kind == ObjectKind::Operation && name == "responses" && member.as_object().is_some_and(JsonObject::is_empty)
        {
            // At least one response is required; this one has no content.
            *member = json!({"default": {"description": ""}});
        }
        match kind.holds(name, Versions::V3_0) {
            _ if name == WEBHOOKS_EXTENSION && !are_webhooks(member) => {}
            Some(holds) => node(holds, member),
            None => {}
        }
    }
}

fn encode(reference: &mut String) {
    if let Some(pointer) = reference.strip_prefix('#') {
        *reference = encode_pointer(pointer);
    }
}
