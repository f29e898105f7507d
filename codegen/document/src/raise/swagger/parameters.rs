//! Parameters outside of the body, form fields and headers: the keywords for their values become a schema.

use serde_json::{Value, json};

use super::super::{JsonObject, Raising};
use crate::diagnostic::child;

/// The keywords of a Swagger 2.0 parameter or header that describe its value.
const OF_SCHEMA: [&str; 18] = [
    "type",
    "format",
    "items",
    "default",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "enum",
    "multipleOf",
    "x-nullable",
    "title",
];

/// Converts the parameter or header at a pointer.
///
/// `{"name": "ids", "in": "query", "type": "array", "items": {"type": "integer"}, "collectionFormat": "pipes"}` becomes
/// `{"name": "ids", "in": "query", "schema": {"type": "array", "items": {"type": "integer"}}, "style": "pipeDelimited",
/// "explode": false}`.
pub(super) fn convert(parameter: &mut JsonObject, at: &str, raising: &mut Raising) {
    if parameter.contains_key("$ref") {
        return;
    }
    let place = parameter.get("in").and_then(Value::as_str).unwrap_or("header").to_owned();
    let format = parameter.shift_remove("collectionFormat");
    let schema = take_schema(parameter);
    if schema.get("type").is_some_and(|kind| kind == "file") {
        let message = format!("`type: file` has no meaning in this {place} parameter");
        raising.warn_at(&child(at, "type"), "wrong-type", message, "use `in: formData` for a file");
    }
    if schema.get("type").is_some_and(|kind| kind == "array") {
        let format = format.as_ref().and_then(Value::as_str).unwrap_or("csv");
        let known = style(&place, format);
        if known.is_none() {
            not_expressible(format, &place, at, raising);
        }
        if let Some((style, explode)) = known.or_else(|| style(&place, "csv")) {
            parameter.insert("style".to_owned(), json!(style));
            parameter.insert("explode".to_owned(), json!(explode));
        }
    }
    if !schema.is_empty() && !parameter.contains_key("schema") {
        let place = child(at, "schema");
        raising.documents.copy_origin(at, &place);
        raising.relocations.add(child(at, "items"), child(&place, "items"));
        parameter.insert("schema".to_owned(), Value::Object(schema));
    }
}

/// Removes the keywords that describe the value from a parameter and returns them.
pub(super) fn take_schema(parameter: &mut JsonObject) -> JsonObject {
    let (schema, rest): (JsonObject, JsonObject) =
        std::mem::take(parameter).into_iter().partition(|(name, _)| OF_SCHEMA.contains(&name.as_str()));
    *parameter = rest;
    schema
}

/// Returns the style and `explode` of an array; `None` if OpenAPI 3 has no equivalent.
pub(super) fn style(place: &str, format: &str) -> Option<(&'static str, bool)> {
    match (place, format) {
        ("query" | "formData", "csv") => Some(("form", false)),
        ("query" | "formData", "multi") => Some(("form", true)),
        ("query" | "formData", "ssv") => Some(("spaceDelimited", false)),
        ("query" | "formData", "pipes") => Some(("pipeDelimited", false)),
        ("path" | "header", "csv") => Some(("simple", false)),
        _ => None,
    }
}

/// Reports a separator that OpenAPI 3 does not have.
pub(super) fn not_expressible(format: &str, place: &str, at: &str, raising: &mut Raising) {
    let message =
        format!("`collectionFormat: {format}` in a {place} parameter is ignored; the values are separated by commas");
    let help = "not expressible in OpenAPI 3.2; rewrite it in an overlay if it matters";
    raising.warn_at(&child(at, "collectionFormat"), "not-expressible", message, help);
}
