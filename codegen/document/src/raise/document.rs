//! Raising the document's root, references and small objects.

use serde_json::{Value, json};

use super::{JsonObject, Raising};
use crate::diagnostic::child;
use crate::spec::{Versions, WEBHOOKS_EXTENSION, are_webhooks};

/// Sets the version.
///
/// `{"openapi": "3.0.3"}` becomes `{"openapi": "3.2.0"}`.
pub(super) fn version(root: &mut JsonObject) {
    if let Some(version @ Value::String(_)) = root.get_mut("openapi") {
        *version = json!("3.2.0");
    }
}

/// Moves webhooks from an extension to `webhooks`. If both have a webhook, the one in the extension is used.
///
/// `{"x-webhooks": {"made": {"post": {"requestBody": {}}}}}` becomes
/// `{"webhooks": {"made": {"post": {"requestBody": {}}}}}`.
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

/// Removes fields next to a reference to something other than a schema or a path item.
///
/// `{"$ref": "#/components/responses/R", "description": "Mine", "headers": {}}` becomes
/// `{"$ref": "#/components/responses/R", "description": "Mine"}`, or before 3.1 `{"$ref": "#/components/responses/R"}`.
pub(super) fn drop_siblings(object: &mut JsonObject, raising: &mut Raising) {
    let is_text = |name: &str| matches!(name, "description" | "summary");
    for name in object.keys().filter(|name| *name != "$ref" && !is_text(name)) {
        let message = format!("`{name}` next to a `$ref` has no effect");
        let help = "only schemas can extend the target of a reference; write the whole object instead";
        raising.warn(name, "ignored-sibling", message, help);
    }
    // Before 3.1, fields next to a reference are ignored, so a text does not warrant a warning.
    let has_texts = raising.version.meet(Versions::SINCE_3_1);
    object.retain(|name, _| name == "$ref" || has_texts && is_text(name));
}

/// Converts `attribute` and `wrapped` to `nodeType`.
///
/// `{"attribute": true}` and `{"name": "books", "wrapped": true}`
/// become `{"nodeType": "attribute"}` and `{"name": "books", "nodeType": "element"}`.
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

/// Adds the title, and converts the version to a string.
///
/// `{"version": 1.1}` becomes `{"title": "", "version": "1.1"}`.
pub(super) fn complete_info(info: &mut JsonObject) {
    info.entry("title").or_insert_with(|| json!(""));
    make_text(info.entry("version").or_insert_with(|| json!("")));
}

/// Adds the name of a license.
///
/// `{"identifier": "MIT"}` becomes `{"identifier": "MIT", "name": "MIT"}`.
pub(super) fn name_license(license: &mut JsonObject) {
    let identifier = license.get("identifier").filter(|name| name.is_string()).cloned();
    license.entry("name").or_insert_with(|| identifier.unwrap_or_else(|| json!("")));
}

/// Converts the values of a server variable to strings.
///
/// `{"default": 443, "enum": [443, 8443]}` becomes `{"default": "443", "enum": ["443", "8443"]}`.
pub(super) fn server_variable_texts(variable: &mut JsonObject) {
    if let Some(default) = variable.get_mut("default") {
        make_text(default);
    }
    variable.get_mut("enum").and_then(Value::as_array_mut).into_iter().flatten().for_each(make_text);
}

/// Adds `scopes` to a flow.
///
/// `{"tokenUrl": "/token"}` becomes `{"tokenUrl": "/token", "scopes": {}}`.
pub(super) fn add_scopes(flow: &mut JsonObject) {
    flow.entry("scopes").or_insert_with(|| json!({}));
}

/// Adds names to examples in an array, which only schemas may have.
///
/// `{"examples": [1, 2]}` becomes `{"examples": {"1": {"value": 1}, "2": {"value": 2}}}`.
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

/// Converts a number or a boolean, which YAML parsed from text, back to a string.
fn make_text(value: &mut Value) {
    if matches!(value, Value::Number(_) | Value::Bool(_)) {
        *value = Value::String(value.to_string());
    }
}
