//! Operations with inline parameters, bodies and responses.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::losses::Loss;
use super::parameters::Parameters;
use super::schemas::Schemas;
use super::{JsonObject, bodies, responses};
use crate::ir::Api;
use crate::lowered::followed;
use crate::markdown;
use crate::names::{self as rust_names, UsedNames};
use crm_clients_document::diagnostic::child;
use crm_clients_document::spec::METHODS;

/// Methods of progenitor's clients that operations must not shadow.
const RESERVED: [&str; 6] = ["new", "new_with_client", "api_version", "baseurl", "client", "inner"];

/// Returns the name of each operation by its lower-case HTTP method and path, derived from our client:
/// `contacts().list()` becomes `contacts_list()`.
pub(super) fn names(api: &Api) -> HashMap<(String, String), String> {
    let mut taken = UsedNames::from_iter(RESERVED);
    let mut names = HashMap::new();
    for resource in &api.resources {
        for operation in resource.operations.iter().filter(|operation| !operation.alternative) {
            let name = super::idents::value(&format!("{}_{}", resource.module, rust_names::suffix(&operation.name)));
            let key = (operation.method.to_ascii_lowercase(), operation.path.clone());
            names.insert(key, taken.claim(&name));
        }
    }
    names
}

/// Adapts the paths and their operations.
///
/// Before
/// ```json
/// {"/pets/{id}": {"parameters": [{"$ref": "#/components/parameters/id"}], "get": {"tags": ["Pets"], "responses": {}}}}
/// ```
/// after
/// ```json
/// {"/pets/{id}": {"get": {
///     "operationId": "pets_get", "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
///     "responses": {}}}}
/// ```
pub(super) fn paths(document: &Value, names: &HashMap<(String, String), String>, schemas: &mut Schemas) -> JsonObject {
    let mut paths = JsonObject::new();
    let declared = document.get("paths").and_then(Value::as_object);
    for (path, item) in declared.into_iter().flatten().filter(|(path, _)| path.starts_with('/')) {
        let place_of_item = child("/paths", path);
        for method in METHODS {
            let Some(operation) = item.get(method).filter(|operation| operation.is_object()) else { continue };
            let place = child(&place_of_item, method);
            if matches!(method, "options" | "trace") {
                schemas.losses.add(Loss::Method, &place);
                continue;
            }
            let key = (method.to_owned(), path.clone());
            let name = names.get(&key).cloned().unwrap_or_else(|| super::idents::value(&format!("{method} {path}")));
            let declared = parameters(document, item, operation, [&place, &place_of_item]);
            let body = bodies::adapt(operation, &name, &place, schemas);
            let given = Parameters::new(path, body.is_some()).adapt(&declared, &name, schemas);
            let mut adapted = json!({
                "operationId": name,
                "parameters": given.parameters,
                "responses": responses::adapt(method, operation, &name, &place, schemas),
            });
            if let Some(body) = body {
                adapted["requestBody"] = body;
            }
            for key in ["summary", "description"] {
                if let Some(text) = operation.get(key).and_then(Value::as_str) {
                    adapted[key] = markdown::text(text).into();
                }
            }
            if let Value::Object(item) = paths.entry(given.path).or_insert_with(|| json!({})) {
                item.insert(method.to_owned(), adapted);
            }
        }
    }
    paths
}

/// Returns the parameters of the path item and the operation; those of the operation take precedence.
fn parameters<'a>(
    document: &'a Value,
    item: &'a Value,
    operation: &'a Value,
    places: [&str; 2],
) -> Vec<(String, &'a JsonObject)> {
    let mut all: Vec<(String, &JsonObject)> = Vec::new();
    for (holder, place) in [operation, item].into_iter().zip(places) {
        let list = holder.get("parameters").and_then(Value::as_array);
        for (index, parameter) in list.into_iter().flatten().enumerate() {
            let Some(parameter) = followed(document, parameter).as_object() else { continue };
            let same = |other: &JsonObject| ["name", "in"].iter().all(|key| other.get(*key) == parameter.get(*key));
            if !all.iter().any(|(_, other)| same(other)) {
                all.push((format!("{place}/parameters/{index}"), parameter));
            }
        }
    }
    all
}
