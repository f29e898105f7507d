//! Keywords of older drafts of JSON Schema and of older versions of OpenAPI.

use serde_json::{Value, json};

use super::super::{JsonObject, Raising};
use crate::diagnostic::child;
use crate::spec::Versions;

/// Converts the `summary` of a Reference Object, which is not a keyword of a schema.
///
/// `{"$ref": "#/components/schemas/A", "summary": "Mine"}` becomes
/// `{"$ref": "#/components/schemas/A", "description": "Mine"}`.
pub(super) fn summary_of_reference(schema: &mut JsonObject, _: &mut Raising) {
    if schema.contains_key("$ref")
        && let Some(summary) = schema.shift_remove("summary").filter(Value::is_string)
    {
        schema.entry("description").or_insert(summary);
    }
}

/// Converts the type `file`.
///
/// `{"type": "file"}` in Swagger 2.0 becomes `{"type": "string", "format": "binary"}`.
pub(super) fn file(schema: &mut JsonObject, _: &mut Raising) {
    if schema.get("type").is_some_and(|kind| kind == "file") {
        schema.insert("type".to_owned(), json!("string"));
        schema.insert("format".to_owned(), json!("binary"));
    }
}

/// Removes the separator of nested arrays, which only Swagger 2.0 can express.
///
/// `{"type": "array", "items": {}, "collectionFormat": "csv"}` becomes `{"type": "array", "items": {}}`.
pub(super) fn collection_format(schema: &mut JsonObject, raising: &mut Raising) {
    if raising.version != Versions::V2_0 {
        return;
    }
    if let Some(format) = schema.shift_remove("collectionFormat") {
        let message = format!("`collectionFormat: {}` of nested items is ignored", format.as_str().unwrap_or("?"));
        let help = "not expressible in OpenAPI 3.2; rewrite it in an overlay if it matters";
        raising.warn("collectionFormat", "not-expressible", message, help);
    }
}

/// Converts a list of items to `prefixItems`.
///
/// `{"items": [{"type": "string"}], "additionalItems": false}` becomes
/// `{"prefixItems": [{"type": "string"}], "items": false}`.
pub(super) fn tuple(schema: &mut JsonObject, raising: &mut Raising) {
    if !schema.get("items").is_some_and(Value::is_array) || schema.contains_key("prefixItems") {
        return;
    }
    rename(schema, "items", "prefixItems", raising);
    if schema.contains_key("additionalItems") {
        rename(schema, "additionalItems", "items", raising);
    }
}

/// Converts `definitions` to `$defs`.
///
/// `{"definitions": {"B": {"type": "string"}}}` becomes `{"$defs": {"B": {"type": "string"}}}`.
pub(super) fn definitions(schema: &mut JsonObject, raising: &mut Raising) {
    if !schema.get("definitions").is_some_and(Value::is_object) {
        return;
    }
    if !schema.contains_key("$defs") {
        return rename(schema, "definitions", "$defs", raising);
    }
    let (from, to) = (raising.place("definitions"), raising.place("$defs"));
    let Some(Value::Object(definitions)) = schema.shift_remove("definitions") else { return };
    let Some(Value::Object(defs)) = schema.get_mut("$defs") else { return };
    for (name, definition) in definitions {
        let mut unique = name.clone();
        while defs.contains_key(&unique) {
            unique.push('_');
        }
        raising.moved(&child(&from, &name), &child(&to, &unique));
        defs.insert(unique, definition);
    }
}

/// Splits `dependencies` into two keywords.
///
/// `{"dependencies": {"a": ["b"], "c": {"required": ["d"]}}}`
/// becomes `{"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"c": {"required": ["d"]}}}`.
pub(super) fn dependencies(schema: &mut JsonObject, raising: &mut Raising) {
    let Some(Value::Object(dependencies)) = schema.get("dependencies") else { return };
    if !dependencies.values().all(|value| value.is_array() || value.is_object() || value.is_boolean()) {
        return;
    }
    let Some(Value::Object(dependencies)) = schema.shift_remove("dependencies") else { return };
    for (name, dependency) in dependencies {
        let keyword = if dependency.is_array() { "dependentRequired" } else { "dependentSchemas" };
        let mut to = child(&raising.place(keyword), &name);
        if let Value::Object(members) = schema.entry(keyword).or_insert_with(|| json!({})) {
            match (members.get_mut(&name), dependency) {
                (None, dependency) => _ = members.insert(name.clone(), dependency),
                (Some(Value::Array(known)), Value::Array(more)) => known.extend(more),
                // Both schemas must match.
                (Some(known), dependency) => {
                    raising.moved(&to, &child(&child(&to, "allOf"), "0"));
                    to = child(&child(&to, "allOf"), "1");
                    *known = json!({"allOf": [known.take(), dependency]});
                }
            }
        }
        raising.moved(&child(&raising.place("dependencies"), &name), &to);
    }
}

/// Converts exclusive limits to numbers: `{"minimum": 5, "exclusiveMinimum": true}` becomes `{"exclusiveMinimum": 5}`.
/// `{"maximum": 5, "exclusiveMaximum": false}` becomes `{"maximum": 5}`.
pub(super) fn exclusive_limits(schema: &mut JsonObject, raising: &mut Raising) {
    for (exclusive, inclusive) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        let Some(Value::Bool(is_exclusive)) = schema.get(exclusive) else { continue };
        let limit = schema.get(inclusive).filter(|limit| *is_exclusive && limit.is_number()).cloned();
        match limit {
            Some(limit) => {
                schema.insert(exclusive.to_owned(), limit);
                schema.shift_remove(inclusive);
                raising.documents.copy_origin(&raising.place(inclusive), &raising.place(exclusive));
            }
            None => _ = schema.shift_remove(exclusive),
        }
    }
}

/// Adds `example` to `examples`.
///
/// `{"example": 1, "examples": [2]}` becomes `{"examples": [1, 2]}`.
pub(super) fn example(schema: &mut JsonObject, raising: &mut Raising) {
    if !schema.contains_key("example") || !schema.get("examples").is_none_or(Value::is_array) {
        return;
    }
    let Some(example) = schema.shift_remove("example") else { return };
    raising.documents.copy_origin(&raising.place("example"), &child(&raising.place("examples"), "0"));
    if let Value::Array(examples) = schema.entry("examples").or_insert_with(|| json!([])) {
        examples.retain(|known| *known != example);
        examples.insert(0, example);
    }
}

/// Converts a discriminator that is a string.
///
/// `{"discriminator": "kind"}` becomes `{"discriminator": {"propertyName": "kind"}}`.
pub(super) fn discriminator(schema: &mut JsonObject, _: &mut Raising) {
    if let Some(discriminator @ Value::String(_)) = schema.get_mut("discriminator") {
        *discriminator = json!({"propertyName": discriminator.take()});
    }
}

/// Renames a keyword and keeps its position in the order.
fn rename(schema: &mut JsonObject, from: &str, to: &str, raising: &mut Raising) {
    raising.moved(&raising.place(from), &raising.place(to));
    let members = std::mem::take(schema);
    *schema = members
        .into_iter()
        .filter(|(name, _)| name != to)
        .map(|(name, value)| if name == from { (to.to_owned(), value) } else { (name, value) })
        .collect();
}
