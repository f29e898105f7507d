//! Lowering paths, operations, parameters, bodies and responses.

mod parameters;
mod targets;

use serde_json::{Value, json};

use super::document::drop_requirements;
use super::{JsonObject, Lowering};
use crate::diagnostic::child;
use crate::extensions::COLLECTION_FORMAT;
use crate::spec::{METHODS, ObjectKind, TYPES, Versions, fields_by_location};

pub(super) use targets::Targets;

/// Statuses whose responses have no body, even if one is declared.
const BODYLESS: [&str; 3] = ["204", "205", "304"];

/// Lowers the relation between paths and their parameters, and removes an empty path or adds its slash.
///
/// `{"": {"get": {}}, "/pets": {}}` becomes `{"/pets": {}, "/": {"get": {}}}`.
pub(super) fn lower_paths(paths: &mut JsonObject, walk: &mut Lowering) {
    if let Some(item) = paths.shift_remove("") {
        if paths.contains_key("/") {
            walk.lossy("", "an empty path is removed, because there is `/` and all paths of 3.0 begin with it");
        } else {
            walk.lossy("", "an empty path becomes `/`");
            paths.insert("/".to_owned(), item);
        }
    }
    for (path, item) in paths {
        if let Value::Object(item) = item {
            walk.enter(path, |walk| parameters::lower_path_item(path, item, walk));
        }
    }
}

/// Removes the operations of methods that 3.0 does not have.
///
/// `{"query": {"responses": {}}, "additionalOperations": {"COPY": {"responses": {}}}}` becomes `{}`.
pub(super) fn lower_path_item(item: &mut JsonObject, walk: &mut Lowering) {
    for name in ["query", "additionalOperations"] {
        if item.shift_remove(name).is_some() {
            walk.lossy(name, format!("`{name}` is removed, because 3.0 has no such methods"));
        }
    }
}

/// Adds the responses that 3.0 requires.
///
/// `{}` becomes `{"responses": {"default": {"description": ""}}}`.
pub(super) fn lower_operation(operation: &mut JsonObject, walk: &Lowering) {
    operation.entry("responses").or_insert_with(|| json!({"default": {"description": ""}}));
    drop_requirements(operation, walk);
}

/// Removes the bodies of responses that cannot have one.
///
/// `{"204": {"description": "", "content": {"application/json": {}}}}` becomes `{"204": {"description": ""}}`.
pub(super) fn lower_responses(responses: &mut JsonObject, walk: &mut Lowering) {
    for status in BODYLESS {
        let Some(response) = responses.get_mut(status) else { continue };
        let reference = response.get("$ref").and_then(Value::as_str);
        let referenced =
            reference.and_then(|reference| walk.targets.response(reference)).filter(|target| has_content(target));
        if let Some(target) = referenced {
            *response = Value::Object(target.clone());
        }
        let Some(declared) = response.as_object_mut().filter(|response| has_content(response)) else { continue };
        declared.shift_remove("content");
        let message = format!("a response with status {status} has no body, so the declared one is ignored");
        walk.warn(
            status,
            "body-on-bodyless-status",
            message,
            "remove the `content`, or declare the status that the server sends",
        );
        walk.enter(status, |walk| walk.object(ObjectKind::Response, response));
    }
}

fn has_content(response: &JsonObject) -> bool {
    response.get("content").and_then(Value::as_object).is_some_and(|content| !content.is_empty())
}

/// Uses the summary as the description.
///
/// `{"summary": "Found"}` becomes `{"description": "Found"}`.
pub(super) fn lower_response(response: &mut JsonObject) {
    let summary = response.shift_remove("summary").filter(Value::is_string);
    response.entry("description").or_insert_with(|| summary.unwrap_or_else(|| json!("")));
}

/// Lowers a parameter or a header.
pub(super) fn lower_parameter(parameter: &mut JsonObject, walk: &mut Lowering) {
    whole_query(parameter, walk);
    if parameter.get("style").is_some_and(|style| style == "cookie") {
        walk.lossy("style", "the values of the cookie are percent-encoded, unlike with the style `cookie`");
        parameter.insert("style".to_owned(), json!("form"));
    }
    drop_collection_format(parameter, walk);
    drop_by_location(parameter, walk);
    require_path_parameter(parameter, walk);
    add_schema(parameter, walk);
}

/// Removes a separator that 3.0 does not have.
///
/// `{"style": "form", "x-collection-format": "tsv"}` becomes `{"style": "form"}`.
pub(super) fn drop_collection_format(object: &mut JsonObject, walk: &mut Lowering) {
    if object.shift_remove(COLLECTION_FORMAT).is_some() {
        walk.lossy(COLLECTION_FORMAT, "the values are separated by commas");
    }
}

/// Removes fields that have no meaning in the location of a parameter in 3.0.
///
/// `{"in": "path", "name": "id", "allowReserved": true}` becomes `{"in": "path", "name": "id"}`.
fn drop_by_location(parameter: &mut JsonObject, walk: &mut Lowering) {
    let location = parameter.get("in").and_then(Value::as_str).unwrap_or_default().to_owned();
    for (field, locations) in fields_by_location(Versions::V3_0) {
        if !locations.contains(&location.as_str()) && parameter.shift_remove(field) == Some(Value::Bool(true)) {
            walk.lossy(field, format!("`{field}` is removed from a parameter in the {location}"));
        }
    }
}

/// Converts the whole query to one exploded parameter.
///
/// `{"name": "q", "in": "querystring", "content": {"application/x-www-form-urlencoded": {"schema": {"type":
/// "object"}}}}` becomes
/// `{"name": "q", "in": "query", "schema": {"type": "object"}, "style": "form", "explode": true}`.
fn whole_query(parameter: &mut JsonObject, walk: &mut Lowering) {
    if parameter.get("in").is_none_or(|place| place != "querystring") {
        return;
    }
    parameter.insert("in".to_owned(), json!("query"));
    let form = "application/x-www-form-urlencoded";
    let Some(schema) = parameter.get("content").and_then(|content| content.get(form)?.get("schema")).cloned() else {
        return walk.lossy("in", "the whole query is described as one parameter");
    };
    let from = child(&child(&walk.place("content"), form), "schema");
    walk.moves.add(from, walk.place("schema"));
    parameter.shift_remove("content");
    parameter.insert("schema".to_owned(), schema);
    parameter.insert("style".to_owned(), json!("form"));
    parameter.insert("explode".to_owned(), json!(true));
}

/// Makes a path parameter required.
///
/// `{"name": "id", "in": "path"}` becomes `{"name": "id", "in": "path", "required": true}`.
fn require_path_parameter(parameter: &mut JsonObject, walk: &mut Lowering) {
    let is_path = parameter.get("in").is_some_and(|place| place == "path");
    if is_path && parameter.get("required").is_none_or(|required| required == false) {
        let message = "a path parameter is always required, and is read as such";
        walk.warn("required", "optional-path-parameter", message, "write `required: true`");
        parameter.insert("required".to_owned(), json!(true));
    }
}

/// Adds the schema to a parameter or a header without one.
///
/// `{"name": "id", "in": "query", "type": "integer"}`, as in Swagger 2.0,
/// becomes `{"name": "id", "in": "query", "schema": {"type": "integer"}}`.
fn add_schema(parameter: &mut JsonObject, walk: &mut Lowering) {
    if parameter.contains_key("schema") || parameter.contains_key("content") {
        return;
    }
    let mut schema = JsonObject::new();
    if parameter.get("type").is_some_and(|kind| TYPES.iter().any(|word| kind == word && *word != "null")) {
        walk.warn(
            "type",
            "misplaced-keyword",
            "the type of a parameter belongs in its `schema`, and is read as such",
            "move `type` and the related keywords into `schema`",
        );
        let has = |kind: ObjectKind, name: &str| kind.holds(name, Versions::V3_0).is_some();
        let belongs = |name: &str| has(ObjectKind::Schema, name) && !has(ObjectKind::Parameter, name);
        for (name, value) in parameter.iter().filter(|(name, _)| belongs(name)) {
            schema.insert(name.clone(), value.clone());
        }
        parameter.retain(|name, _| !belongs(name));
    }
    let mut schema = Value::Object(schema);
    walk.object(ObjectKind::Schema, &mut schema);
    parameter.insert("schema".to_owned(), schema);
}

/// Returns the operations of a path item.
fn operations(item: &mut JsonObject) -> impl Iterator<Item = (&str, &mut JsonObject)> {
    item.iter_mut().filter_map(|(method, operation)| match operation {
        Value::Object(operation) if METHODS.contains(&method.as_str()) => Some((method.as_str(), operation)),
        _ => None,
    })
}
