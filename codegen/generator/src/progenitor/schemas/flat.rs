//! Schemas without references and `allOf`: one object of keywords.

use std::collections::HashSet;

use serde_json::Value;

use super::{JsonObject, Loss, Losses};
use crate::lowered::{join, target};

/// Resolves a schema's reference and merges the parts of its `allOf`. A repeated part is skipped, so that recursive
/// schemas terminate.
///
/// Before `{"allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"b": {}}}]}` where A is
/// `{"type": "object", "properties": {"a": {}}}`, after `{"type": "object", "properties": {"a": {}, "b": {}}}`.
pub(super) fn flat(document: &Value, schema: &Value, place: &str, losses: &mut Losses) -> JsonObject {
    let mut choices = 0;
    let flat = joined(document, schema, &mut HashSet::new(), &mut choices);
    if choices > 1 {
        losses.add(Loss::JoinedChoices, place);
    }
    flat
}

fn joined(document: &Value, schema: &Value, seen: &mut HashSet<String>, choices: &mut usize) -> JsonObject {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        if !seen.insert(reference.to_owned()) {
            return JsonObject::new();
        }
        let target = target(document, reference).unwrap_or(&Value::Null);
        return joined(document, target, seen, choices);
    }
    let mut out = schema.as_object().cloned().unwrap_or_default();
    *choices += ["oneOf", "anyOf"].iter().filter(|key| out.contains_key(**key)).count();
    let Some(Value::Array(parts)) = out.remove("allOf") else { return out };
    let own = out.get("nullable").cloned();
    let mut nullable = !parts.is_empty();
    for part in parts {
        let part = joined(document, &part, seen, choices);
        nullable &= part.get("nullable") == Some(&Value::Bool(true));
        join(&mut out, part);
    }
    // Null must be allowed by all parts; `nullable` next to `allOf` applies to the whole.
    out.insert("nullable".to_owned(), own.unwrap_or(nullable.into()));
    out
}
