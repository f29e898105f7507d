//! Rules about links, callbacks and the runtime expressions in them.

use serde_json::Value;

use super::operations::operations;
use super::{Found, JsonObject, LintNode};
use crm_clients_document::diagnostic::{child, tokens};
use crm_clients_document::refs::decoded;

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
    if let Err(field) = operation(link) {
        let target = link.text(field).unwrap_or_default();
        found.push((link.place(field), format!("the document has no operation `{target}`")));
    }
}

/// Checks the parameters of a link, which are named `id` or, if several locations have one, `path.id`.
pub(super) fn parameters(link: &LintNode<'_>, found: &mut Found) {
    let Ok(Some((operation, pointer))) = operation(link) else { return };
    let item = pointer.rsplit_once('/').and_then(|(item, _)| link.document.pointer(item)?.as_object());
    let holders = [Some(operation), item].into_iter().flatten();
    let declared = holders.filter_map(|holder| holder.get("parameters")?.as_array()).flatten();
    let declared: Vec<_> = declared
        .filter_map(|parameter| link.follow(parameter, String::new()).map(|(parameter, _)| parameter))
        .collect();
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

pub(super) fn expressions(link: &LintNode<'_>, found: &mut Found) {
    let parameters = link.object.get("parameters").and_then(Value::as_object).into_iter().flatten();
    let parameters = parameters.map(|(name, value)| (child(&link.place("parameters"), name), value));
    let body = link.object.get("requestBody").map(|body| (link.place("requestBody"), body));
    for (place, value) in parameters.chain(body) {
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
