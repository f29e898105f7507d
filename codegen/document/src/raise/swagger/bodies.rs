//! Parameters in the body and in forms, which become the request body.

use serde_json::{Value, json};

use super::super::{JsonObject, Raising};
use super::{Found, parameters};
use crate::diagnostic::child;
use crate::spec::ObjectKind;

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// Converts a body parameter to the request body at `to`.
///
/// `{"name": "pet", "in": "body", "required": true, "schema": {"type": "string"}}` and
/// `{"consumes": ["application/json"]}` become
/// `{"required": true, "content": {"application/json": {"schema": {"type": "string"}}}}`.
pub(super) fn of_body(found: Found, consumes: &[String], to: &str, raising: &mut Raising) -> Value {
    let Found { pointer: from, value: mut parameter } = found;
    let json = ["application/json".to_owned()];
    let media_types = if consumes.is_empty() { &json } else { consumes };
    let schema = parameter.shift_remove("schema");
    for name in ["name", "in", "type"] {
        parameter.shift_remove(name);
    }
    raising.documents.copy_origin(&from, to);
    let media_type = schema.map_or_else(|| json!({}), |schema| json!({"schema": schema}));
    let content = content(media_types, &media_type, &child(&from, "schema"), to, raising);
    parameter.insert("content".to_owned(), content);
    Value::Object(parameter)
}

/// Builds the content of a request or response body with one media type object for all names. Its schema was at `from`.
pub(super) fn content(names: &[String], media_type: &Value, from: &str, to: &str, raising: &mut Raising) -> Value {
    let mut content = JsonObject::new();
    for name in names {
        let place = child(&child(to, "content"), name);
        if media_type.get("schema").is_some() {
            // References are updated to the first of several copies.
            raising.moved(from, &child(&place, "schema"));
        }
        content.insert(name.clone(), media_type.clone());
    }
    Value::Object(content)
}

/// Converts the fields of a form to the request body at `to`.
///
/// `[{"name": "a", "in": "formData", "type": "string", "required": true}]` and `{"consumes": ["multipart/form-data"]}`
/// become `{"required": true, "content": {"multipart/form-data": {"schema": {"type": "object", "properties": {"a":
/// {"type": "string"}}, "required": ["a"]}}}}`.
pub(super) fn of_form(fields: Vec<Found>, consumes: &[String], to: &str, raising: &mut Raising) -> Value {
    let is_file = |field: &Found| field.value.get("type").is_some_and(|kind| kind == "file");
    let has_file = fields.iter().any(is_file);
    let mut media_types: Vec<String> =
        consumes.iter().filter(|name| *name == MULTIPART || *name == FORM && !has_file).cloned().collect();
    if media_types.is_empty() {
        if let Some(file) = fields.iter().find(|field| is_file(field)) {
            let message = format!("the operation sends a file, but does not consume `{MULTIPART}`; it is sent as such");
            let help = "add it to `consumes`";
            raising.warn_at(&file.pointer, "unsuitable-media-type", message, help);
        }
        media_types.push(if has_file { MULTIPART } else { FORM }.to_owned());
    }
    let (mut properties, mut required, mut encoding) = (JsonObject::new(), Vec::new(), JsonObject::new());
    let first = media_types.first().map(String::as_str).unwrap_or(FORM);
    let properties_place = child(&child(&child(&child(to, "content"), first), "schema"), "properties");
    for Found { pointer: from, value: mut field } in fields {
        let Some(name) = field.get("name").and_then(Value::as_str).map(str::to_owned) else { continue };
        let mut schema = parameters::take_schema(&mut field);
        if let Some(format) = array_format(&schema, &mut field) {
            encoding.insert(name.clone(), parameters::layout(&format, "form", &from, raising).into());
        }
        if field.get("required") == Some(&Value::Bool(true)) {
            required.push(json!(name));
        }
        let place = child(&properties_place, &name);
        if let Some(Value::Object(declared)) = field.shift_remove("schema") {
            let message = "a form field has no `schema`; its keywords are read as those of the field";
            raising.warn_at(&child(&from, "schema"), "misplaced-keyword", message, "write the keywords beside `in`");
            raising.relocations.add(child(&from, "schema"), place.clone());
            schema.extend(declared);
        }
        for (key, value) in field {
            if key == "description" || key.starts_with("x-") {
                schema.insert(key, value);
            } else if !ObjectKind::Parameter.fields().iter().any(|known| known.name == key) {
                let message = format!("a form field has no `{key}`, so it is ignored");
                raising.warn_at(&child(&from, &key), "unknown-key", message, "remove it; extensions begin with `x-`");
            }
        }
        raising.documents.copy_origin(&from, &place);
        raising.relocations.add(child(&from, "items"), child(&place, "items"));
        properties.insert(name, Value::Object(schema));
    }
    let is_required = !required.is_empty();
    let mut schema = json!({"type": "object", "properties": properties});
    if is_required {
        schema["required"] = Value::Array(required);
    }
    let mut media_type = json!({"schema": schema});
    if !encoding.is_empty() {
        media_type["encoding"] = Value::Object(encoding);
    }
    let content: JsonObject = media_types.into_iter().map(|name| (name, media_type.clone())).collect();
    if is_required { json!({"required": true, "content": content}) } else { json!({"content": content}) }
}

/// Returns the separator of an array's values.
fn array_format(schema: &JsonObject, field: &mut JsonObject) -> Option<String> {
    let format = field.shift_remove("collectionFormat");
    let is_array = schema.get("type").is_some_and(|kind| kind == "array");
    is_array.then(|| format.as_ref().and_then(Value::as_str).unwrap_or("csv").to_owned())
}
