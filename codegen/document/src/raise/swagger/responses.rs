//! Converting responses.

use serde_json::{Value, json};

use super::super::{JsonObject, Raising};
use super::{bodies, parameters};
use crate::diagnostic::child;

/// Converts the response at a pointer.
///
/// `{"description": "", "schema": {"type": "string"}, "examples": {"text/plain": "a"}, "headers": {"X": {"type":
/// "integer"}}}` becomes `{"description": "", "content": {"text/plain": {"schema": {"type": "string"}, "example":
/// "a"}}, "headers": {"X": {"schema": {"type": "integer"}}}}`.
pub(super) fn convert(response: &mut JsonObject, produces: &[String], at: &str, raising: &mut Raising) {
    if response.contains_key("$ref") {
        return;
    }
    for (name, header) in response.get_mut("headers").and_then(Value::as_object_mut).into_iter().flatten() {
        if let Value::Object(header) = header {
            parameters::convert(header, &child(&child(at, "headers"), name), raising);
        }
    }
    let schema = response.shift_remove("schema");
    let examples = match response.shift_remove("examples") {
        Some(Value::Object(examples)) => examples,
        _ => JsonObject::new(),
    };
    if schema.is_none() && examples.is_empty() {
        return;
    }
    let is_file = schema.as_ref().and_then(|schema| schema.get("type")).is_some_and(|kind| kind == "file");
    let mut names = produces.to_vec();
    names.extend(examples.keys().filter(|name| !produces.contains(name)).cloned());
    if names.is_empty() {
        names.push(if is_file { "application/octet-stream" } else { "application/json" }.to_owned());
    }
    let media_type = schema.map_or_else(|| json!({}), |schema| json!({"schema": schema}));
    let mut content = bodies::content(&names, &media_type, &child(at, "schema"), at, raising);
    for (name, example) in examples {
        let place = child(&child(&child(at, "content"), &name), "example");
        raising.documents.copy_origin(&child(&child(at, "examples"), &name), &place);
        content[&name]["example"] = example;
    }
    response.insert("content".to_owned(), content);
}
