//! The lowered document as [progenitor](https://github.com/oxidecomputer/progenitor) accepts it: its emitter is a second
//! one beside ours.
//!
//! Progenitor refuses much of OpenAPI 3.0 and panics at some of it. Here a document is written anew in the words that it
//! takes without fault, one adaptation each: operations with names, parameters and one body and one type of success and
//! of failure in place (`operations`, `parameters`, `bodies`, `responses`), and schemas each under a name of its
//! own (`schemas`). What is given up on the way is said in warnings, one for each `Loss`.

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

/// Adapts a lowered document. `api` is the client made from it, whose names its operations get.
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

/// The title, and the version as it can stand in a header: progenitor's client sends it with every request, and would
/// panic at anything else.
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

/// Prose as documentation that is nothing else, where there is any.
fn description(object: &JsonObject) -> Option<Value> {
    let text = object.get("description")?.as_str()?;
    (!text.trim().is_empty()).then(|| markdown::text(text).into())
}

/// A member's documentation, put into what it became.
fn describe(adapted: &mut Value, object: &JsonObject) {
    if let Some(text) = description(object) {
        adapted["description"] = text;
    }
}
