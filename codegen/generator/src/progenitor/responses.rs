//! Responses: one type for all success statuses, and one for all error statuses.

use serde_json::{Value, json};

use super::JsonObject;
use super::losses::Loss;
use super::schemas::Schemas;
use crate::ir::media;
use crate::lowered::followed;
use crate::names;
use crm_clients_document::diagnostic::child;

/// The body of a response.
#[derive(Clone, Debug, PartialEq)]
enum BodyKind {
    Json(Value),
    Bytes,
    Nothing,
}

/// Adapts the responses of an operation.
pub(super) fn adapt(method: &str, operation: &Value, name: &str, place: &str, schemas: &mut Schemas) -> Value {
    let (mut successes, mut failures) = (Vec::new(), Vec::new());
    let place = child(place, "responses");
    let declared = operation.get("responses").and_then(Value::as_object);
    for (status, response) in declared.into_iter().flatten().filter(|(status, _)| is_read(status)) {
        let success = status.starts_with('2');
        let suffix = if success { "response" } else { "error" };
        let name = names::type_name(&format!("{name} {suffix}"));
        let kind =
            if method == "head" { BodyKind::Nothing } else { kind(response, &name, &child(&place, status), schemas) };
        if success { &mut successes } else { &mut failures }.push((status.clone(), kind));
    }
    let failures = part_default(&mut successes, failures);
    let mut adapted = JsonObject::new();
    for (status, kind) in unified_successes(successes, &place, schemas) {
        adapted.insert(status, response(kind));
    }
    for (status, kind) in unified_failures(failures, &place, schemas) {
        adapted.insert(status, response(kind));
    }
    adapted.into()
}

/// Returns true if progenitor decodes a status. Informational statuses and redirects have no types.
fn is_read(status: &str) -> bool {
    status == "default" || status.starts_with(['2', '4', '5'])
}

/// Returns the body of a response.
fn kind(response: &Value, name: &str, place: &str, schemas: &mut Schemas) -> BodyKind {
    let content = followed(schemas.document(), response).get("content").and_then(Value::as_object);
    let json = content.and_then(|content| content.iter().find(|(media_type, _)| media::is_json(media_type)));
    match json {
        Some((media_type, declared)) => {
            if media_type != "application/json" {
                schemas.losses.add(Loss::MediaType, place);
            }
            let schema = declared.get("schema").unwrap_or(&Value::Null);
            BodyKind::Json(schemas.of(schema, place, name).into_value())
        }
        None if content.is_none_or(JsonObject::is_empty) => BodyKind::Nothing,
        None => BodyKind::Bytes,
    }
}

/// Splits `default`, which progenitor treats as a failure, and also as a success if no other is declared.
///
/// Before `{"default": {"content": {}}}`, after `{"2XX": {"content": {}}, "4XX": {"content": {}}, "5XX": {"content": {}}}`.
fn part_default(successes: &mut Vec<(String, BodyKind)>, failures: Vec<(String, BodyKind)>) -> Vec<(String, BodyKind)> {
    let mut parted: Vec<(String, BodyKind)> = Vec::new();
    let (defaults, mut others): (Vec<_>, Vec<_>) = failures.into_iter().partition(|(status, _)| status == "default");
    for (_, kind) in defaults {
        if successes.is_empty() {
            successes.push(("2XX".to_owned(), kind.clone()));
        }
        for range in ["4XX", "5XX"] {
            if !others.iter().any(|(status, _)| status == range) {
                parted.push((range.to_owned(), kind.clone()));
            }
        }
    }
    others.extend(parted);
    others
}

/// Gives all success statuses one type. If they differ, it is bytes, so that the body is preserved.
///
/// Before `{"200": {"content": {"application/json": {}}}, "204": {}}`, after `{"200": {"content": {"*/*": {}}}, "204": {"content": {"*/*": {}}}}`.
fn unified_successes(mut all: Vec<(String, BodyKind)>, place: &str, schemas: &mut Schemas) -> Vec<(String, BodyKind)> {
    if !is_one(&all) {
        schemas.losses.add(Loss::Successes, place);
        all.iter_mut().for_each(|(_, kind)| *kind = BodyKind::Bytes);
    }
    without_covered(all)
}

/// Gives all error statuses one type: that of the JSON bodies, or any JSON if they differ. Other errors are unexpected
/// responses with their status and body.
///
/// Before `{"401": {"content": {"application/json": {"schema": {"type": "string"}}}}, "404": {}}`,
/// after `{"401": {"content": {"application/json": {"schema": {"type": "string"}}}}}`.
fn unified_failures(mut all: Vec<(String, BodyKind)>, place: &str, schemas: &mut Schemas) -> Vec<(String, BodyKind)> {
    let is_json = |kind: &BodyKind| matches!(kind, BodyKind::Json(_));
    if !is_one(&all) && all.iter().any(|(_, kind)| is_json(kind)) {
        if all.iter().any(|(_, kind)| !is_json(kind)) {
            schemas.losses.add(Loss::BodylessFailures, place);
            all.retain(|(_, kind)| is_json(kind));
        }
        if !is_one(&all) {
            schemas.losses.add(Loss::Failures, place);
            all.iter_mut().for_each(|(_, kind)| *kind = BodyKind::Json(json!({})));
        }
    } else if !is_one(&all) {
        all.iter_mut().for_each(|(_, kind)| *kind = BodyKind::Bytes);
    }
    without_covered(all)
}

fn is_one(all: &[(String, BodyKind)]) -> bool {
    all.windows(2).all(|pair| pair[0].1 == pair[1].1)
}

/// Removes statuses that are covered by a declared range, which has the same type.
///
/// Before `{"404": {}, "4XX": {}}`, after `{"4XX": {}}`.
fn without_covered(all: Vec<(String, BodyKind)>) -> Vec<(String, BodyKind)> {
    let is_range = |status: &str| status.ends_with(['X', 'x']);
    let ranges: Vec<Option<char>> =
        all.iter().filter(|(status, _)| is_range(status)).map(|(status, _)| status.chars().next()).collect();
    let covered = |status: &str| !is_range(status) && ranges.contains(&status.chars().next());
    all.into_iter().filter(|(status, _)| !covered(status)).collect()
}

fn response(kind: BodyKind) -> Value {
    match kind {
        BodyKind::Json(schema) => json!({"description": "", "content": {"application/json": {"schema": schema}}}),
        BodyKind::Bytes => json!({"description": "", "content": {"*/*": {}}}),
        BodyKind::Nothing => json!({"description": ""}),
    }
}
