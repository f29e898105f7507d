//! Rules about responses.

use std::collections::HashSet;

use heck::ToSnakeCase;
use serde_json::Value;

use super::operations::called;
use super::{Found, JsonObject, LintNode};
use crm_clients_document::diagnostic::{child, tokens};

/// Statuses, and the words that occur in names of responses and schemas for them.
const STATUSES: [(&str, &[&str]); 11] = [
    ("400", &["bad_request"]),
    ("401", &["unauthorized", "unauthorised", "unauthenticated"]),
    ("403", &["forbidden"]),
    ("404", &["not_found", "notfound"]),
    ("405", &["method_not_allowed"]),
    ("406", &["not_acceptable"]),
    ("409", &["conflict"]),
    ("422", &["unprocessable", "unprocessable_entity"]),
    ("429", &["too_many_requests", "rate_limited"]),
    ("500", &["internal_server_error"]),
    ("503", &["service_unavailable"]),
];

/// Returns the responses of an operation by status.
fn responses<'a>(operation: &LintNode<'a>) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let responses = operation.object.get("responses").and_then(Value::as_object);
    responses.into_iter().flatten().filter(|(status, _)| !status.starts_with("x-"))
}

/// Returns the JSON pointer of the response for a status.
fn response_place(operation: &LintNode<'_>, status: &str) -> String {
    child(&operation.place("responses"), status)
}

/// Returns the schemas of a response's body by media type, with their JSON pointers.
fn schemas<'a>(response: &'a JsonObject, pointer: &str) -> impl Iterator<Item = (&'a Value, String)> {
    let content = child(pointer, "content");
    let media_types = response.get("content").and_then(Value::as_object).into_iter().flatten();
    media_types.filter_map(move |(name, media)| Some((media.get("schema")?, child(&child(&content, name), "schema"))))
}

pub(super) fn missing_success(operation: &LintNode<'_>, found: &mut Found) {
    let is_success = |status: &str| status == "default" || status.starts_with(['1', '2', '3']);
    if let Some((method, path)) = called(operation)
        && responses(operation).next().is_some()
        && !responses(operation).any(|(status, _)| is_success(status))
    {
        found.push((operation.place("responses"), format!("{method} {path} declares no success response")));
    }
}

pub(super) fn success_without_content(operation: &LintNode<'_>, found: &mut Found) {
    let Some((method, path)) = called(operation).filter(|(method, _)| method == "GET") else { return };
    for (status, response) in responses(operation).filter(|(status, _)| matches!(status.as_str(), "200" | "2XX")) {
        let Some((response, place)) = operation.follow(response, response_place(operation, status)) else { continue };
        if response.get("content").and_then(Value::as_object).is_none_or(JsonObject::is_empty) {
            found.push((place, format!("the {status} response of {method} {path} has no body")));
        }
    }
}

/// Checks only names: of the response's reference, and of the references of its schemas.
pub(super) fn mismatched_status(operation: &LintNode<'_>, found: &mut Found) {
    for (status, response) in responses(operation).filter(|(status, _)| status.starts_with(['4', '5'])) {
        let place = response_place(operation, status);
        let own = reference(response).map(|name| (name, child(&place, "$ref")));
        let target = operation.follow(response, place);
        let schemas = target.iter().flat_map(|(response, place)| schemas(response, place));
        let referred = schemas.filter_map(|(schema, at)| Some((reference(schema)?, child(&at, "$ref"))));
        for (name, at) in own.into_iter().chain(referred) {
            let named = named_after(&name);
            if let Some(other) = named.first().filter(|_| !named.iter().any(|named| is_within(named, status))) {
                found.push((at, format!("status {status} refers to `{name}`, which is named after {other}")));
            }
        }
    }
}

/// Returns true if a status equals the declared one, or is in its range.
fn is_within(status: &str, declared: &str) -> bool {
    status == declared || (declared.ends_with(['X', 'x']) && status.get(..1) == declared.get(..1))
}

/// Returns the last part of a reference.
fn reference(node: &Value) -> Option<String> {
    tokens(node.get("$ref")?.as_str()?.strip_prefix('#')?).next_back()
}

/// Returns the statuses that occur in a name.
fn named_after(name: &str) -> Vec<&'static str> {
    let words = format!("_{}_", name.to_snake_case());
    let has = |word: &&str| words.contains(&format!("_{word}_"));
    let digits = |status: &str| name.split(|char: char| !char.is_ascii_digit()).any(|number| number == status);
    let named = STATUSES.iter().filter(|(status, names)| digits(status) || names.iter().any(has));
    named.map(|(status, _)| *status).collect()
}

/// Checks the object of a success response, or the items of its list.
pub(super) fn nothing_required(operation: &LintNode<'_>, found: &mut Found) {
    if called(operation).is_none() {
        return;
    }
    for (status, response) in responses(operation).filter(|(status, _)| status.starts_with('2')) {
        let Some((response, place)) = operation.follow(response, response_place(operation, status)) else { continue };
        for (schema, at) in schemas(response, &place) {
            let Some((object, at)) = item(operation, schema, at) else { continue };
            let mut parts = Parts::default();
            parts.gather(operation, object, &at);
            if parts.has_properties && !parts.has_required {
                found.push((at, "this object in a response has no required properties".to_owned()));
            }
        }
    }
}

/// Returns a schema, or that of an array's items.
fn item<'a>(operation: &LintNode<'a>, schema: &'a Value, at: String) -> Option<(&'a JsonObject, String)> {
    let (object, at) = operation.follow(schema, at)?;
    match object.get("items") {
        Some(items) => operation.follow(items, child(&at, "items")),
        None => Some((object, at)),
    }
}

/// The keywords of a schema and of its parts.
#[derive(Default)]
struct Parts {
    has_properties: bool,
    has_required: bool,
    seen: HashSet<String>,
}

impl Parts {
    fn gather<'a>(&mut self, operation: &LintNode<'a>, schema: &'a JsonObject, at: &str) {
        if !self.seen.insert(at.to_owned()) {
            return;
        }
        self.has_properties |= schema.get("properties").and_then(Value::as_object).is_some_and(|all| !all.is_empty());
        self.has_required |= schema.get("required").and_then(Value::as_array).is_some_and(|all| !all.is_empty());
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let parts = schema.get(keyword).and_then(Value::as_array).into_iter().flatten();
            for (index, part) in parts.enumerate() {
                let at = child(&child(at, keyword), &index.to_string());
                if let Some((part, at)) = operation.follow(part, at) {
                    self.gather(operation, part, &at);
                }
            }
        }
    }
}

pub(super) fn media_type_without_schema(media_type: &LintNode<'_>, found: &mut Found) {
    if !["schema", "itemSchema"].iter().any(|field| media_type.object.contains_key(*field)) {
        let name = tokens(media_type.pointer).next_back().unwrap_or_default();
        found.push((media_type.pointer.to_owned(), format!("the body is `{name}` and has no schema")));
    }
}
