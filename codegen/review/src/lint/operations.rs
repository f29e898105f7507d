//! Rules about operations. Those of webhooks and callbacks are implemented by the caller and are not methods of the
//! client.

use serde_json::Value;

use super::{Found, JsonObject, LintNode};
use crm_clients_document::diagnostic::{child, tokens};
use crm_clients_document::spec::METHODS;

/// Returns the operations of `paths` in document order, with their JSON pointers.
pub(super) fn operations(document: &Value) -> impl Iterator<Item = (String, &JsonObject)> {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let members = item.as_object().into_iter().flatten();
        members.filter(|(method, _)| METHODS.contains(&method.as_str())).filter_map(move |(method, operation)| {
            Some((child(&child("/paths", path), method), operation.as_object()?))
        })
    })
}

/// Returns the upper-case method and the path of an operation of `paths`.
pub(super) fn called(operation: &LintNode<'_>) -> Option<(String, String)> {
    let tokens: Vec<String> = tokens(operation.pointer).collect();
    match tokens.as_slice() {
        [section, path, method] if section == "paths" => Some((method.to_uppercase(), path.clone())),
        _ => None,
    }
}

/// Reports missing `operationId`s; once if no operation has one.
pub(super) fn missing_ids(document: &Value, found: &mut Found) {
    let all = operations(document).count();
    let missing = operations(document).filter(|(_, operation)| !operation.contains_key("operationId"));
    let missing: Vec<String> = missing.map(|(pointer, _)| pointer).collect();
    if missing.len() == all && all > 1 {
        found.push(("/paths".to_owned(), format!("none of the {all} operations has an `operationId`")));
        return;
    }
    found.extend(missing.into_iter().map(|pointer| (pointer, "the operation has no `operationId`".to_owned())));
}

pub(super) fn missing_tag(operation: &LintNode<'_>, found: &mut Found) {
    if let Some((method, path)) = called(operation)
        && operation.object.get("tags").and_then(Value::as_array).is_none_or(Vec::is_empty)
    {
        found.push((operation.pointer.to_owned(), format!("{method} {path} has no tag, so it belongs to no resource")));
    }
}

pub(super) fn body_on_get(operation: &LintNode<'_>, found: &mut Found) {
    if let Some((method, path)) = called(operation)
        && matches!(method.as_str(), "GET" | "HEAD")
        && operation.object.contains_key("requestBody")
    {
        found.push((operation.place("requestBody"), format!("{method} {path} has a request body")));
    }
}
