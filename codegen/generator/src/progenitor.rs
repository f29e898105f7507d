//! Adapts the lowered document for [progenitor](https://github.com/oxidecomputer/progenitor), so that its emitter can
//! be used instead of ours.
//!
//! Progenitor rejects much of OpenAPI 3.0 and panics on some of it. The document is rewritten to the subset that it
//! supports: operations have names, inline parameters, at most one body, and one type each for success and failure
//! (`operations`, `parameters`, `bodies`, `responses`), and every schema has its own name (`schemas`). Warnings report
//! what is lost, one for each `Loss`.

mod bodies;
mod idents;
mod losses;
mod operations;
mod parameters;
mod responses;
mod schemas;

use serde_json::{Map, Value, json};

use crate::ir::Api;
use crate::markdown;
use crm_clients_document::diagnostic::Diagnostics;
use losses::Loss;
use schemas::Schemas;

pub use idents::value as argument_name;

/// An object of the document.
type JsonObject = Map<String, Value>;

/// Adapts a lowered document. `api` is the client generated from it, which determines the names of operations.
pub fn adapt(document: &Value, api: &Api, diagnostics: &mut Diagnostics) -> Value {
    let mut schemas = Schemas::new(document);
    let paths = operations::paths(document, &operations::names(api), &mut schemas);
    if document.pointer("/components/securitySchemes").and_then(Value::as_object).is_some_and(|all| !all.is_empty()) {
        schemas.losses.add(Loss::Credentials, "/components/securitySchemes");
    }
    let info = info(document, &mut schemas);
    let (components, losses) = schemas.finish();
    losses.tell(diagnostics);
    json!({"openapi": "3.0.3", "info": info, "paths": paths, "components": {"schemas": components}})
}

/// Returns the title, and the version as a valid header value: progenitor's client sends it with every request and
/// would panic otherwise.
///
/// Before `{"title": "Pets", "version": "1 ü"}`, after `{"title": "Pets", "version": "1 "}`.
fn info(document: &Value, schemas: &mut Schemas) -> Value {
    let text = |key: &str| document.pointer(&format!("/info/{key}")).and_then(Value::as_str).unwrap_or_default();
    let version: String = text("version").chars().filter(|character| matches!(character, ' '..='~')).collect();
    if version != text("version") {
        schemas.losses.add(Loss::Version, "/info/version");
    }
    json!({"title": markdown::name(text("title")), "version": version})
}

/// Returns the description as inert Markdown, if there is one.
fn description(object: &JsonObject) -> Option<Value> {
    let text = object.get("description")?.as_str()?;
    (!text.trim().is_empty()).then(|| markdown::text(text).into())
}

/// Copies the description of an object to its adapted form.
fn describe(adapted: &mut Value, object: &JsonObject) {
    if let Some(text) = description(object) {
        adapted["description"] = text;
    }
}
