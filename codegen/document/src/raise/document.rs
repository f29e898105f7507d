//! What is done to the document as a whole, to references and to small objects.

use serde_json::{Value, json};

use super::{JsonObject, Raising};
use crate::diagnostic::child;
use crate::spec::{Versions, WEBHOOKS_EXTENSION, are_webhooks};

/// Before `{"openapi": "3.0.3"}`, after `{"openapi": "3.2.0"}`.
pub(super) fn version(root: &mut JsonObject) {
    if let Some(version @ Value::String(_)) = root.get_mut("openapi") {
        *version = json!("3.2.0");
    }
}

/// Moves the webhooks that stand in an extension to where 3.1 has them. One that stands in both places is the one in the extension.
///
/// Before `{"x-webhooks": {"made": {"post": {"requestBody": {}}}}}`, after `{"webhooks": {"made": {"post": {"requestBody": {}}}}}`.
pub(super) fn webhooks(root: &mut JsonObject, raising: &mut Raising) {
    if !root.get(WEBHOOKS_EXTENSION).is_some_and(are_webhooks) || !root.get("webhooks").is_none_or(Value::is_object) {
        return;
    }
    let Some(Value::Object(items)) = root.shift_remove(WEBHOOKS_EXTENSION) else { return };
    let Value::Object(webhooks) = root.entry("webhooks").or_insert_with(|| json!({})) else { return };
    for (name, item) in items {
        raising.moved(&child(&child("", WEBHOOKS_EXTENSION), &name), &child("/webhooks", &name));
        webhooks.insert(name, item);
    }
}

/// Drops what stands beside the reference to something other than a schema or a path item.
///
/// Before `{"$ref": "#/components/responses/R", "description": "Mine", "headers": {}}`,
/// after `{"$ref": "#/components/responses/R", "description": "Mine"}`, or before 3.1 `{"$ref": "#/components/responses/R"}`.
pub(super) fn drop_siblings(object: &mut JsonObject, raising: &mut Raising) {
    let is_text = |name: &str| matches!(name, "description" | "summary");
    for name in object.keys().filter(|name| *name != "$ref" && !is_text(name)) {
        let message = format!("`{name}` beside a `$ref` has no effect");
        let help = "only schemas can add to what they refer to; write the object out instead";
        raising.warn(name, "ignored-sibling", message, help);
    }
    // Before 3.1, what stands beside a reference is ignored; a text is no reason for a warning.
    let has_texts = raising.version.meet(Versions::SINCE_3_1);
    object.retain(|name, _| name == "$ref" || has_texts && is_text(name));
}

/// Before `{"attribute": true}` and `{"name": "books", "wrapped": true}`,
/// after `{"nodeType": "attribute"}` and `{"name": "books", "nodeType": "element"}`.
pub(super) fn xml_node_type(xml: &mut JsonObject) {
    for (flag, node_type) in [("attribute", "attribute"), ("wrapped", "element")] {
        if let Some(Value::Bool(is_set)) = xml.get(flag) {
            let is_set = *is_set;
            xml.shift_remove(flag);
            if is_set {
                xml.entry("nodeType").or_insert_with(|| json!(node_type));
            }
        }
    }
}

/// Before `{"version": 1.1}`, after `{"title": "", "version": "1.1"}`.
pub(super) fn complete_info(info: &mut JsonObject) {
    info.entry("title").or_insert_with(|| json!(""));
    make_text(info.entry("version").or_insert_with(|| json!("")));
}

/// Before `{"identifier": "MIT"}`, after `{"identifier": "MIT", "name": "MIT"}`.
pub(super) fn name_license(license: &mut JsonObject) {
    let identifier = license.get("identifier").filter(|name| name.is_string()).cloned();
    license.entry("name").or_insert_with(|| identifier.unwrap_or_else(|| json!("")));
}

/// Before `{"default": 443, "enum": [443, 8443]}`, after `{"default": "443", "enum": ["443", "8443"]}`.
pub(super) fn server_variable_texts(variable: &mut JsonObject) {
    if let Some(default) = variable.get_mut("default") {
        make_text(default);
    }
    variable.get_mut("enum").and_then(Value::as_array_mut).into_iter().flatten().for_each(make_text);
}

/// Before `{"tokenUrl": "/token"}`, after `{"tokenUrl": "/token", "scopes": {}}`.
pub(super) fn add_scopes(flow: &mut JsonObject) {
    flow.entry("scopes").or_insert_with(|| json!({}));
}

/// Names the examples that stand in an array, which only schemas have.
///
/// Before `{"examples": [1, 2]}`, after `{"examples": {"1": {"value": 1}, "2": {"value": 2}}}`.
pub(super) fn name_examples(object: &mut JsonObject, raising: &mut Raising) {
    let Some(Value::Array(listed)) = object.get_mut("examples") else { return };
    let place = raising.place("examples");
    let mut named = JsonObject::new();
    for (index, value) in std::mem::take(listed).into_iter().enumerate() {
        let name = (index + 1).to_string();
        raising.documents.copy_origin(&child(&place, &index.to_string()), &child(&child(&place, &name), "value"));
        named.insert(name, json!({"value": value}));
    }
    object.insert("examples".to_owned(), Value::Object(named));
}

/// A number or a boolean that YAML made of a text becomes that text again.
fn make_text(value: &mut Value) {
    if matches!(value, Value::Number(_) | Value::Bool(_)) {
        *value = Value::String(value.to_string());
    }
}
