//! Parameters outside of the body, form fields and headers: the keywords for their values become a schema.

use serde_json::{Value, json};

use super::super::{JsonObject, Raising};
use crate::diagnostic::child;
use crate::extensions::{COLLECTION_FORMAT, MS_ENUM, OF_VALUES};

/// The keywords of a Swagger 2.0 parameter or header that describe its value.
const OF_SCHEMA: [&str; 20] = [
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
    "x-rust-variants",
    MS_ENUM,
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
    let place = parameter.get("in").and_then(Value::as_str).unwrap_or("response header").to_owned();
    let format = parameter.shift_remove("collectionFormat");
    let schema = take_schema(parameter);
    if schema.get("type").is_some_and(|kind| kind == "file") {
        let message = format!("`type: file` has no meaning in this {place} parameter");
        raising.warn_at(&child(at, "type"), "wrong-type", message, "use `in: formData` for a file");
    }
    if schema.get("type").is_some_and(|kind| kind == "array") {
        let format = format.as_ref().and_then(Value::as_str).unwrap_or("csv");
        parameter.extend(layout(format, &place, at, raising));
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
    let (schema, rest): (JsonObject, JsonObject) = std::mem::take(parameter)
        .into_iter()
        .partition(|(name, _)| OF_SCHEMA.contains(&name.as_str()) || OF_VALUES.contains(&name.as_str()));
    *parameter = rest;
    schema
}

/// Returns the fields that describe the separator of an array's values.
///
/// `tsv` becomes `{"style": "form", "explode": false, "x-collection-format": "tsv"}`.
pub(super) fn layout(format: &str, place: &str, at: &str, raising: &mut Raising) -> JsonObject {
    let known = style(place, format);
    let is_kept = matches!((place, format), ("query" | "form", "tsv") | ("header", "ssv" | "tsv" | "pipes"));
    if known.is_none() && !is_kept {
        let message = format!(
            "`collectionFormat: {format}` in a {place} parameter is ignored; the values are separated by commas"
        );
        let help = "not expressible in OpenAPI 3.2; rewrite it in an overlay if it matters";
        raising.warn_at(&child(at, "collectionFormat"), "not-expressible", message, help);
    }
    let mut layout = JsonObject::new();
    if let Some((style, explode)) = known.or_else(|| style(place, "csv")) {
        layout.insert("style".to_owned(), json!(style));
        layout.insert("explode".to_owned(), json!(explode));
    }
    if is_kept {
        layout.insert(COLLECTION_FORMAT.to_owned(), json!(format));
    }
    layout
}

/// Returns the style and `explode` of an array; `None` if OpenAPI 3 has no equivalent.
fn style(place: &str, format: &str) -> Option<(&'static str, bool)> {
    match (place, format) {
        ("query" | "form", "csv") => Some(("form", false)),
        ("query" | "form", "multi") => Some(("form", true)),
        ("query" | "form", "ssv") => Some(("spaceDelimited", false)),
        ("query" | "form", "pipes") => Some(("pipeDelimited", false)),
        ("path" | "header" | "response header", "csv") => Some(("simple", false)),
        _ => None,
    }
}
