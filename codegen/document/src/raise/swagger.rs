//! Swagger 2.0 to OpenAPI 3: settings for the whole document are copied to each operation, and sections become
//! components.
//!
//! The keywords of schemas are raised later, together with those of OpenAPI 3.0.

mod bodies;
mod operations;
mod parameters;
mod responses;
mod security;
mod servers;

use serde_json::{Value, json};

use super::{JsonObject, Raising};
use crate::bundle::Target;
use crate::diagnostic::child;

/// The document's settings for all operations.
struct Shared {
    /// The original document, for resolving references.
    source: Value,
    consumes: Vec<String>,
    produces: Vec<String>,
    servers: servers::Servers,
}

/// A value with its original pointer.
struct Found {
    pointer: String,
    value: JsonObject,
}

impl Found {
    /// Moves the value to a pointer that nothing else uses, so that its origin and references to it are kept when it is
    /// replaced. If the value is not at `from`, but is the target of a reference there, references to it are not
    /// changed.
    fn detached(self, from: &str, raising: &mut Raising) -> Self {
        let pointer = format!("/\0{}", self.pointer);
        if self.pointer == from {
            raising.moved(&self.pointer, &pointer);
        } else {
            raising.documents.copy_origin(&self.pointer, &pointer);
        }
        Self { pointer, ..self }
    }
}

impl Shared {
    /// Returns the object at a pointer, with references resolved. `None` if a reference has no target or is circular.
    fn resolve(&self, pointer: &str, node: &Value) -> Option<Found> {
        let mut seen = std::collections::HashSet::new();
        let mut found = (pointer.to_owned(), node);
        while let Some(reference) = found.1.get("$ref").and_then(Value::as_str) {
            let target = Target::parse(reference, "").ok()?.pointer;
            let node = self.source.pointer(&target)?;
            if !seen.insert(target.clone()) {
                return None;
            }
            found = (target, node);
        }
        Some(Found { pointer: found.0, value: found.1.as_object()?.clone() })
    }
}

/// Converts a Swagger 2.0 document to OpenAPI 3, except for the keywords of its schemas.
///
/// For example,
/// ```json
/// {"swagger": "2.0", "host": "a.example", "basePath": "/v1", "schemes": ["https"],
///  "paths": {"/pets": {"get": {"produces": ["text/plain"], "responses": {"200": {"description": "", "schema": {"$ref": "#/definitions/A"}}}}}},
///  "definitions": {"A": {"type": "string"}}}
/// ```
/// becomes
/// ```json
/// {"openapi": "3.2.0", "servers": [{"url": "https://a.example/v1"}],
///  "paths": {"/pets": {"get": {"responses": {"200": {"description": "", "content": {"text/plain": {"schema": {"$ref": "#/components/schemas/A"}}}}}}}},
///  "components": {"schemas": {"A": {"type": "string"}}}}
/// ```
pub(super) fn convert(root: &mut JsonObject, raising: &mut Raising) {
    let source = Value::Object(root.clone());
    let servers = servers::Servers::take(root);
    let shared = Shared { consumes: texts(root, "consumes"), produces: texts(root, "produces"), servers, source };
    if let Some(servers) = shared.servers.list(None) {
        root.entry("servers").or_insert(servers);
    }
    let paths = root.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten().filter(|(path, _)| !path.starts_with("x-")) {
        let pointer = child("/paths", path);
        if let Value::Object(item) = item {
            operations::path_item(item, &pointer, &shared, raising);
        }
    }
    components(root, &shared, raising);
    *root = std::mem::take(root)
        .into_iter()
        .map(|(name, value)| if name == "swagger" { ("openapi".to_owned(), json!("3.2.0")) } else { (name, value) })
        .collect();
}

/// Converts parts of Swagger 2.0 in the path items of an OpenAPI 3 document.
///
/// `{"post": {"parameters": [{"in": "body", "name": "pet", "schema": {"type": "string"}}]}}`
/// becomes `{"post": {"requestBody": {"content": {"application/json": {"schema": {"type": "string"}}}}}}`.
pub(super) fn convert_mixed(root: &mut JsonObject, raising: &mut Raising) {
    let is_mixed = |item: &Value| item.as_object().is_some_and(operations::is_of_swagger);
    let paths = root.get("paths").and_then(Value::as_object).into_iter().flatten();
    let mixed: Vec<String> = paths.filter(|(_, item)| is_mixed(item)).map(|(path, _)| path.clone()).collect();
    if mixed.is_empty() {
        return;
    }
    let source = Value::Object(root.clone());
    let servers = servers::Servers::take(&mut JsonObject::new());
    let shared = Shared { consumes: texts(root, "consumes"), produces: texts(root, "produces"), servers, source };
    for path in mixed {
        let pointer = child("/paths", &path);
        let message = "this path has parts of Swagger 2.0, which are read as in that version";
        let help = "write `requestBody` and `content` instead of `in: body`, `in: formData`, `consumes`, `produces` and a response's `schema`";
        raising.warn_at(&pointer, "unknown-key", message, help);
        if let Some(Value::Object(item)) = root.get_mut("paths").and_then(|paths| paths.get_mut(&path)) {
            operations::path_item(item, &pointer, &shared, raising);
        }
    }
}

/// Moves the sections of the document to `components`.
///
/// `{"definitions": {"A": {}}, "securityDefinitions": {"key": {"type": "basic"}}}`
/// becomes `{"components": {"schemas": {"A": {}}, "securitySchemes": {"key": {"type": "http", "scheme": "basic"}}}}`.
fn components(root: &mut JsonObject, shared: &Shared, raising: &mut Raising) {
    for (section, new_section) in [
        ("definitions", "schemas"),
        ("parameters", "parameters"),
        ("responses", "responses"),
        ("securityDefinitions", "securitySchemes"),
    ] {
        if !root.get(section).is_some_and(Value::is_object) {
            continue;
        }
        let Some(Value::Object(members)) = root.shift_remove(section) else { continue };
        for (name, mut member) in members {
            let (from, new_section) = (child(&child("", section), &name), section_of(new_section, &member));
            let Some(new_section) = new_section else { continue };
            let to = child(&format!("/components/{new_section}"), &name);
            raising.moved(&from, &to);
            if let Value::Object(object) = &mut member {
                match new_section {
                    "requestBodies" => {
                        let found = Found { pointer: to.clone(), value: std::mem::take(object) };
                        member = bodies::of_body(found, &shared.consumes, &to, raising);
                    }
                    "parameters" => parameters::convert(object, &to, raising),
                    "responses" => responses::convert(object, &shared.produces, &to, raising),
                    "securitySchemes" => security::convert(object, &to, raising),
                    _ => {}
                }
            }
            let components = root.entry("components").or_insert_with(|| json!({})).as_object_mut();
            let members = components.map(|components| components.entry(new_section).or_insert_with(|| json!({})));
            if let Some(Value::Object(members)) = members {
                members.entry(name).or_insert(member);
            }
        }
    }
}

/// Returns the section of a member: a body parameter becomes a request body. A form field has none, because it becomes
/// part of the request body of each operation that refers to it.
fn section_of(section: &'static str, member: &Value) -> Option<&'static str> {
    match member.get("in").and_then(Value::as_str).filter(|_| section == "parameters") {
        Some("body") => Some("requestBodies"),
        Some("formData") => None,
        _ => Some(section),
    }
}

/// Removes a list of strings from an object and returns it.
fn texts(object: &mut JsonObject, name: &str) -> Vec<String> {
    let listed = object.shift_remove(name);
    let listed = listed.as_ref().and_then(Value::as_array).into_iter().flatten();
    listed.filter_map(Value::as_str).map(str::to_owned).collect()
}
