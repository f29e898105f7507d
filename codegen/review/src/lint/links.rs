//! Rules about links, callbacks and the runtime expressions in them.

use serde_json::Value;

use super::operations::operations;
use super::{Found, JsonObject, LintNode};
use crm_clients_document::diagnostic::{child, tokens};
use crm_clients_document::refs::decoded;
use crm_clients_document::spec::METHODS;

/// Returns the operation that a link refers to, if it is in this document. The error is the field that cannot be
/// resolved.
fn operation<'n>(link: &LintNode<'n>) -> Result<Option<(&'n JsonObject, String)>, &'static str> {
    if let Some(target) = link.text("operationId") {
        let is_target = |operation: &JsonObject| operation.get("operationId").is_some_and(|id| id == target);
        // In a partial document, links may refer to operations of other documents.
        let mut known = operations(link.document).peekable();
        if known.peek().is_none() {
            return Ok(None);
        }
        let found = known.find(|(_, operation)| is_target(operation));
        return found.map(|(pointer, operation)| Some((operation, pointer))).ok_or("operationId");
    }
    let Some(pointer) = link.text("operationRef").and_then(|reference| reference.strip_prefix('#')) else {
        return Ok(None);
    };
    let pointer = decoded(pointer);
    match link.document.pointer(&pointer).and_then(Value::as_object) {
        Some(operation) => Ok(Some((operation, pointer))),
        None => Err("operationRef"),
    }
}

pub(super) fn target(link: &LintNode<'_>, found: &mut Found) {
    let field = match operation(link) {
        Err(field) => field,
        Ok(Some((_, pointer))) if !is_operation(&pointer) => "operationRef",
        Ok(_) => return,
    };
    let target = link.text(field).unwrap_or_default();
    found.push((link.place(field), format!("the document has no operation `{target}`")));
}

/// Returns true if a pointer is that of an operation: in a field of a path item for its method, or in
/// `additionalOperations`.
fn is_operation(pointer: &str) -> bool {
    let mut tokens = tokens(pointer).rev();
    tokens.next().is_some_and(|method| METHODS.contains(&method.as_str()))
        || tokens.next().is_some_and(|field| field == "additionalOperations")
}

/// Checks the parameters of a link, which are named `id` or, if several locations have one, `path.id`.
pub(super) fn parameters(link: &LintNode<'_>, found: &mut Found) {
    let Ok(Some((operation, pointer))) = operation(link) else { return };
    let declared = declared(link, operation, &pointer);
    for name in link.object.get("parameters").and_then(Value::as_object).into_iter().flat_map(JsonObject::keys) {
        let is_it = |parameter: &&JsonObject| {
            let text = |field| parameter.get(field).and_then(Value::as_str).unwrap_or_default();
            text("name") == name || format!("{}.{}", text("in"), text("name")) == *name
        };
        if !declared.iter().any(is_it) {
            let message = format!("the operation of this link has no parameter `{name}`");
            found.push((child(&link.place("parameters"), name), message));
        }
    }
}

/// Returns the parameters of the operation at a pointer, including those of its path item.
fn declared<'n>(node: &LintNode<'n>, operation: &'n JsonObject, pointer: &str) -> Vec<&'n JsonObject> {
    let item = pointer.rsplit_once('/').and_then(|(item, _)| node.document.pointer(item)?.as_object());
    let holders = [Some(operation), item].into_iter().flatten();
    let listed = holders.filter_map(|holder| holder.get("parameters")?.as_array()).flatten();
    listed.filter_map(|parameter| node.follow(parameter, String::new()).map(|(parameter, _)| parameter)).collect()
}

/// Checks that parameters in the expressions of a link are declared by the operation of its response. A component may
/// be a link of several operations.
pub(super) fn request_parameters(link: &LintNode<'_>, found: &mut Found) {
    let Some((pointer, _)) = link.pointer.split_once("/responses/") else { return };
    let Some(operation) = link.document.pointer(pointer).and_then(Value::as_object) else { return };
    if !is_operation(pointer) {
        return;
    }
    let known = declared(link, operation, pointer);
    for (place, value) in values(link) {
        let Some((location, name)) = value.as_str().and_then(|text| text.strip_prefix("$request.")?.split_once('.'))
        else {
            continue;
        };
        let is_it = |parameter: &&JsonObject| {
            let text = |field| parameter.get(field).and_then(Value::as_str).unwrap_or_default();
            let is_named = text("name") == name || location == "header" && text("name").eq_ignore_ascii_case(name);
            text("in") == location && is_named
        };
        if matches!(location, "path" | "query" | "header") && !known.iter().any(is_it) {
            found.push((place, format!("the operation has no {location} parameter `{name}`")));
        }
    }
}

/// Returns the values that a link sends, with their JSON pointers.
fn values<'n>(link: &LintNode<'n>) -> impl Iterator<Item = (String, &'n Value)> {
    let parameters = link.object.get("parameters").and_then(Value::as_object).into_iter().flatten();
    let place = link.place("parameters");
    let body = link.object.get("requestBody").map(|body| (link.place("requestBody"), body));
    parameters.map(move |(name, value)| (child(&place, name), value)).chain(body)
}

pub(super) fn expressions(link: &LintNode<'_>, found: &mut Found) {
    for (place, value) in values(link) {
        // A string without `$` is a literal value.
        if let Some(text) = value.as_str().filter(|text| text.starts_with('$') && !is_expression(text)) {
            found.push((place, format!("`{text}` is not a runtime expression")));
        }
    }
}

/// Checks the keys of callbacks, which are URLs with expressions in braces.
pub(super) fn callback_expressions(callback: &LintNode<'_>, found: &mut Found) {
    for key in callback.object.keys().filter(|key| !key.starts_with("x-")) {
        let parts = key.split('{').skip(1).filter_map(|part| part.split_once('}'));
        // A whole key may also be an expression.
        let whole = key.starts_with('$').then_some(key.as_str());
        let mut parts = parts.map(|(expression, _)| expression).filter(|text| text.starts_with('$')).chain(whole);
        if let Some(text) = parts.find(|text| !is_expression(text)) {
            found.push((callback.place(key), format!("`{text}` is not a runtime expression")));
        }
    }
}

/// Returns true if a string is a runtime expression.
fn is_expression(text: &str) -> bool {
    let source = |source: &str| {
        let name = |prefix: &str| source.strip_prefix(prefix).is_some_and(|name| !name.is_empty());
        let is_pointer = |pointer: &str| pointer.is_empty() || pointer.starts_with('/') && tokens(pointer).count() > 0;
        name("header.")
            || name("query.")
            || name("path.")
            || source == "body"
            || source.strip_prefix("body#").is_some_and(is_pointer)
    };
    matches!(text, "$url" | "$method" | "$statusCode")
        || text.strip_prefix("$request.").is_some_and(source)
        || text.strip_prefix("$response.").is_some_and(source)
}
