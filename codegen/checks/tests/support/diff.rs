//! Comparison of documents.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::error::Error;

use crm_clients_document::model::Document;
use crm_clients_document::{Input, Pipeline};
use crm_clients_review::diff::{Change, wire};
use serde_json::Value;

/// The result of a test.
pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Returns the model of a document. The error is the report of its diagnostics.
pub fn model(document: &Value) -> Outcome<Document> {
    let text = serde_json::to_vec(document)?;
    let read = |_: &str| Ok(text.clone());
    let mut pipeline = Pipeline::new();
    let found = pipeline.model(&Input { document: "openapi.json", read: &read, overlays: &[] });
    found.ok_or_else(|| pipeline.report(false).into())
}

/// Returns the changes of the wire format between two documents.
pub fn changes(old: &Value, new: &Value) -> Outcome<Vec<Change>> {
    Ok(wire(&model(old)?, &model(new)?))
}

/// Returns a change as a line: `breaking property-removed request: POST /a > body application/json > b`.
pub fn line(change: &Change) -> String {
    let direction = change.direction.map_or(String::new(), |direction| format!(" {}", direction.word()));
    format!("{} {}{direction}: {}", change.severity.word(), change.rule.id, change.subject)
}

/// Returns the facts of changes that remain if the documents are swapped, sorted. Trailing slashes of paths are
/// ignored.
pub fn facts(changes: &[Change], id: fn(&Change) -> &'static str) -> Vec<String> {
    // An operation that moved is identified by its new path.
    if changes.iter().any(|change| change.rule.id == "operation-moved") {
        let mut ids: Vec<String> = changes.iter().map(|change| id(change).to_owned()).collect();
        ids.sort();
        return ids;
    }
    let bare = |path: &str| path.replace("/ > ", " > ").trim_end_matches('/').to_owned();
    let fact = |change: &Change| {
        let mut operations: Vec<String> = change.operations.iter().map(|operation| bare(operation)).collect();
        operations.sort();
        format!("{} {:?} {} {operations:?}", id(change), change.direction, bare(&change.subject))
    };
    let mut facts: Vec<String> = changes.iter().map(fact).collect();
    facts.sort();
    facts
}
