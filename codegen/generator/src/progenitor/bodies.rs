//! Request bodies: one media type that progenitor supports.

use serde_json::{Value, json};

use super::losses::Loss;
use super::schemas::Schemas;
use super::{JsonObject, describe};
use crate::ir::media;
use crate::lowered::followed;
use crate::names;
use crm_clients_document::diagnostic::child;

/// Returns the body of an operation, if it has one.
///
/// Before
/// ```json
/// {"content": {"multipart/form-data": {"encoding": {}}, "application/vnd.api+json": {"schema": {"type": "object"}}}}
/// ```
/// after `{"required": true, "content": {"application/json": {"schema": {"type": "object"}}}}`.
pub(super) fn adapt(operation: &Value, name: &str, place: &str, schemas: &mut Schemas) -> Option<Value> {
    let body = followed(schemas.document(), operation.get("requestBody")?).as_object()?;
    let place = child(place, "requestBody");
    let content = body.get("content")?.as_object()?;
    let (media_type, declared) = preferred(content)?;
    if content.len() > 1 {
        schemas.losses.add(Loss::OtherMediaTypes, &place);
    }
    if body.get("required").and_then(Value::as_bool) != Some(true) {
        schemas.losses.add(Loss::OptionalBody, &place);
    }
    let (written, schema) = one(media_type, declared, &names::type_name(&format!("{name} body")), &place, schemas);
    let mut adapted = json!({"required": true, "content": {written: {"schema": schema}}});
    describe(&mut adapted, body);
    Some(adapted)
}

/// Returns the media type that progenitor supports best: JSON, then a form, then text, then any other.
fn preferred(content: &JsonObject) -> Option<(&String, &Value)> {
    let rank = |media_type: &str| match media_type {
        json if media::is_json(json) => 0,
        form if is_form(form) => 1,
        text if media::is_text(text) => 2,
        _ => 3,
    };
    content.iter().min_by_key(|(media_type, _)| rank(media_type))
}

/// Returns progenitor's name of the media type, and the schema that it expects for it.
fn one(media_type: &str, declared: &Value, name: &str, place: &str, schemas: &mut Schemas) -> (&'static str, Value) {
    let schema = declared.get("schema").unwrap_or(&Value::Null);
    if media::is_json(media_type) {
        if media_type != JSON {
            schemas.losses.add(Loss::MediaType, place);
        }
        return (JSON, schemas.of(schema, place, name).into_value());
    }
    if is_form(media_type) {
        let properties = schemas.flat(schema, place).remove("properties");
        let nests = |schema: &Value| !schemas.is_plain(schema);
        if properties.as_ref().and_then(Value::as_object).is_none_or(|properties| properties.values().any(nests)) {
            schemas.losses.add(Loss::NestedForm, place);
        }
        return (FORM, schemas.of(schema, place, name).into_value());
    }
    if media::is_text(media_type) {
        if media_type != TEXT {
            schemas.losses.add(Loss::RawBody, place);
        }
        return (TEXT, json!({"type": "string"}));
    }
    if media_type != BYTES {
        schemas.losses.add(Loss::RawBody, place);
    }
    (BYTES, json!({"type": "string", "format": "binary"}))
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const TEXT: &str = "text/plain";
const BYTES: &str = "application/octet-stream";

fn is_form(media_type: &str) -> bool {
    media::essence(media_type) == FORM
}
