//! Converting `nullable` to the type `null`.

use serde_json::{Value, json};

use super::super::{JsonObject, Raising};
use crate::spec::{FieldType, ObjectKind, Versions};

/// Converts `x-nullable`, which documents converted from Swagger 2.0 still have.
///
/// `{"type": "string", "x-nullable": true}` becomes `{"type": "string", "nullable": true}`.
pub(super) fn extension(schema: &mut JsonObject, _raising: &mut Raising) {
    if schema.get("x-nullable").is_some_and(Value::is_boolean) {
        let is_nullable = schema.shift_remove("x-nullable").unwrap_or_default();
        schema.entry("nullable").or_insert(is_nullable);
    }
}

/// Converts `nullable` to JSON Schema. Where 3.0 ignores it, as next to `$ref` or without a `type`, it is read as
/// intended.
///
/// | before | after |
/// |---|---|
/// | `{"type": "string", "nullable": true}` | `{"type": ["string", "null"]}` |
/// | `{"type": "string", "enum": ["a"], "nullable": true}` | `{"type": ["string", "null"], "enum": ["a", null]}` |
/// | `{"oneOf": [A, B], "nullable": true}` | `{"oneOf": [A, B, {"type": "null"}]}` |
/// | `{"$ref": A, "description": "D", "nullable": true}` | `{"description": "D", "anyOf": [{"$ref": A}, {"type": "null"}]}` |
/// | `{"allOf": [A], "title": "T", "nullable": true}` | `{"title": "T", "anyOf": [{"allOf": [A]}, {"type": "null"}]}` |
/// | `{"type": "string", "nullable": false}` | `{"type": "string"}` |
/// | `{"oneOf": [A, {"nullable": true}]}` | `{"oneOf": [A, {"type": "null"}]}` |
pub(super) fn nullable(schema: &mut JsonObject, raising: &mut Raising) {
    let Some(Value::Bool(is_nullable)) = schema.get("nullable") else { return };
    let is_nullable = *is_nullable;
    schema.shift_remove("nullable");
    if !is_nullable {
        return;
    }
    if is_alternative(&raising.pointer) && schema.keys().all(|keyword| is_outer(keyword)) {
        schema.insert("type".to_owned(), json!("null"));
        return;
    }
    let is_wrapped = ["$ref", "allOf", "const"].iter().any(|keyword| schema.contains_key(*keyword));
    if is_wrapped || !add_null(schema) {
        wrap(schema, raising);
    }
}

/// Returns true if a schema is an alternative of a choice.
fn is_alternative(pointer: &str) -> bool {
    let mut parts = pointer.rsplit('/');
    parts.next().is_some_and(|index| index.parse::<usize>().is_ok()) && matches!(parts.next(), Some("oneOf" | "anyOf"))
}

/// Adds null to each keyword that would exclude it. Returns false if there is none, so that the schema does not mention
/// null.
fn add_null(schema: &mut JsonObject) -> bool {
    let mut is_added = false;
    if let Some(kinds) = schema.get_mut("type") {
        is_added = true;
        match kinds {
            Value::String(kind) if kind != "null" => *kinds = json!([kind, "null"]),
            Value::Array(kinds) if !kinds.iter().any(|kind| kind == "null") => kinds.push(json!("null")),
            _ => {}
        }
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        is_added = true;
        if !values.contains(&Value::Null) {
            values.push(Value::Null);
        }
    }
    for keyword in ["oneOf", "anyOf"] {
        if let Some(Value::Array(arms)) = schema.get_mut(keyword) {
            is_added = true;
            if !arms.iter().any(allows_null) {
                arms.push(json!({"type": "null"}));
            }
        }
    }
    is_added
}

/// Returns true if an alternative allows null by itself, without resolving references.
fn allows_null(arm: &Value) -> bool {
    let has_null = |keyword: &str, null: &Value| match arm.get(keyword) {
        Some(Value::Array(values)) => values.contains(null),
        Some(value) => value == null,
        None => false,
    };
    arm.get("nullable") == Some(&Value::Bool(true))
        || has_null("type", &json!("null"))
        || arm.get("type").is_none() && (has_null("enum", &Value::Null) || has_null("const", &Value::Null))
}

/// Wraps a schema in a union with null. Annotations stay in the outer schema.
fn wrap(schema: &mut JsonObject, raising: &mut Raising) {
    let (outer, inner): (JsonObject, JsonObject) =
        std::mem::take(schema).into_iter().partition(|(keyword, _)| is_outer(keyword));
    let arm = raising.place("anyOf") + "/0";
    raising.documents.copy_origin(&raising.pointer, &arm);
    for keyword in inner.keys() {
        let holds = ObjectKind::Schema.holds(keyword, Versions::SINCE_3_0);
        if holds.is_some_and(|holds: FieldType| !holds.is_data()) {
            raising.relocations.add(raising.place(keyword), crate::diagnostic::child(&arm, keyword));
        }
    }
    *schema = outer;
    schema.insert("anyOf".to_owned(), json!([inner, {"type": "null"}]));
}

/// Returns true if a keyword is an annotation that does not affect the allowed values.
fn is_outer(keyword: &str) -> bool {
    keyword.starts_with("x-")
        || matches!(
            keyword,
            "$id"
                | "$schema"
                | "$anchor"
                | "$dynamicAnchor"
                | "$defs"
                | "$comment"
                | "$vocabulary"
                | "title"
                | "description"
                | "default"
                | "example"
                | "examples"
                | "deprecated"
                | "readOnly"
                | "writeOnly"
                | "externalDocs"
        )
}
