//! The settings of `crm-clients.toml` that change a document, as an overlay: skipped operations, names of methods and
//! types. Also checks the components that other settings name.

use crm_clients_document::diagnostic::closest;
use crm_clients_document::spec::METHODS;
use serde_json::{Value, json};

use crate::Error;
use crate::config::{Client, Config};

/// An operation of a document.
struct Operation<'d> {
    path: &'d str,
    method: &'d str,
    node: &'d Value,
}

impl Operation<'_> {
    /// Returns true if `GET /path` or an `operationId` names the operation.
    fn is(&self, name: &str) -> bool {
        let by_path = name
            .split_once(' ')
            .is_some_and(|(method, path)| method.eq_ignore_ascii_case(self.method) && path.trim_start() == self.path);
        by_path || self.node["operationId"] == name
    }

    fn has_tag(&self, tag: &str) -> bool {
        self.node["tags"].as_array().is_some_and(|tags| tags.iter().any(|other| other == tag))
    }

    fn target(&self) -> String {
        format!("$.paths[{}][{}]", Value::from(self.path), Value::from(self.method))
    }
}

/// Returns the overlay for a client's settings, or nothing if there are none.
///
/// # Errors
///
/// If a setting names an operation, a tag or a schema that the document does not have.
pub fn overlay(config: &Config, client: &Client, document: &Value) -> Result<Option<Vec<u8>>, Error> {
    let operations = operations(document);
    let mut actions = Vec::new();
    let mut faults = String::new();
    for skipped in &client.skip {
        let matches = |operation: &&Operation<'_>| match skipped.get_ref().strip_prefix("tag:") {
            Some(tag) => operation.has_tag(tag),
            None => operation.is(skipped.get_ref()),
        };
        let found: Vec<_> = operations.iter().filter(matches).collect();
        if found.is_empty() {
            faults.push_str(&config.at(skipped, &unknown(skipped.get_ref(), &operations)).into_text());
        }
        actions.extend(found.iter().map(|operation| json!({"target": operation.target(), "remove": true})));
    }
    for (key, name) in &client.methods {
        match operations.iter().find(|operation| operation.is(key.get_ref())) {
            Some(operation) => actions.push(json!({"target": operation.target(), "update": {"x-rust-name": name}})),
            None => faults.push_str(&config.at(key, &unknown(key.get_ref(), &operations)).into_text()),
        }
    }
    let (parent, schemas) = match document.pointer("/components/schemas") {
        Some(schemas) => ("$.components.schemas", Some(schemas)),
        None => ("$.definitions", document.get("definitions")),
    };
    let schemas = schemas.and_then(Value::as_object);
    let has_schema = |name: &str| schemas.is_some_and(|schemas| schemas.contains_key(name));
    for key in client.types.keys().chain(client.derive.keys()).chain(client.replace.keys()) {
        if !has_schema(key.get_ref()) {
            let known = schemas.into_iter().flat_map(|schemas| schemas.keys().map(String::as_str));
            let message = format!("the document has no schema `{}`{}", key.get_ref(), suggestion(key.get_ref(), known));
            faults.push_str(&config.at(key, &message).into_text());
        }
    }
    for (key, name) in &client.types {
        let target = format!("{parent}[{}]", Value::from(key.get_ref().as_str()));
        actions.push(json!({"target": target, "update": {"x-rust-name": name}}));
    }
    if !faults.is_empty() {
        return Err(Error::shown(faults));
    }
    if actions.is_empty() {
        return Ok(None);
    }
    let info = json!({"title": "Settings of crm-clients.toml", "version": "1"});
    Ok(Some(json!({"overlay": "1.0.0", "info": info, "actions": actions}).to_string().into_bytes()))
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let operation = |path, method| document["paths"][path].get(method).map(|node| Operation { path, method, node });
    paths.flat_map(|(path, _)| METHODS.iter().filter_map(move |method| operation(path.as_str(), *method))).collect()
}

fn unknown(name: &str, operations: &[Operation<'_>]) -> String {
    let ids = operations.iter().filter_map(|operation| operation.node["operationId"].as_str());
    let message = format!("the document has no operation `{name}`{}", suggestion(name, ids));
    format!("{message}\n  = help: write `GET /path`, an `operationId`, or `tag:NAME` for all operations of a tag")
}

fn suggestion<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> String {
    closest(name, known).map(|other| format!("; did you mean `{other}`?")).unwrap_or_default()
}
