//! `$ref`, `allOf`, `anyOf` and `oneOf`.

use serde_json::{Value, json};

use super::{JsonObject, Lowering, is_annotation, means_null, push_all_of, set_nullable};
use crate::diagnostic::child;
use crate::spec::{ObjectKind, Versions};

/// Replaces an alternative that means null by `nullable`.
///
/// `{"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "null"}], "description": "Mine"}`
/// becomes `{"description": "Mine", "nullable": true, "allOf": [{"$ref": "#/components/schemas/A"}]}`.
/// `{"oneOf": [{"type": "string"}, {"type": "null"}]}` becomes `{"nullable": true, "type": "string"}`.
/// `{"oneOf": [{"type": "string"}, {"type": "object"}, {"type": "null"}]}`
/// becomes `{"oneOf": [{"type": "string"}, {"type": "object"}], "nullable": true}`.
pub(super) fn null_alternative(schema: &mut JsonObject, walk: &mut Lowering) {
    for keyword in ["anyOf", "oneOf"] {
        let Some(Value::Array(arms)) = schema.get_mut(keyword) else { continue };
        if !arms.iter().any(means_null) {
            continue;
        }
        let (indices, mut arms): (Vec<usize>, Vec<Value>) =
            std::mem::take(arms).into_iter().enumerate().filter(|(_, arm)| !means_null(arm)).unzip();
        let place = walk.place(keyword);
        set_nullable(schema);
        if arms.len() == 1 {
            schema.shift_remove(keyword);
            let to = take_in(schema, arms.swap_remove(0), walk);
            for index in indices {
                walk.moves.add(child(&place, &index.to_string()), to.clone());
            }
            continue;
        }
        for (to, from) in indices.into_iter().enumerate().filter(|(to, from)| to != from) {
            walk.moves.add(child(&place, &from.to_string()), child(&place, &to.to_string()));
        }
        if arms.is_empty() {
            schema.shift_remove(keyword);
        } else {
            schema.insert(keyword.to_owned(), Value::Array(arms));
        }
    }
}

/// Merges the only remaining alternative into a schema, and returns the new pointer of its members.
fn take_in(schema: &mut JsonObject, arm: Value, walk: &Lowering) -> String {
    match arm {
        Value::Object(arm) if !arm.contains_key("$ref") && schema.keys().all(|keyword| is_annotation(keyword)) => {
            // The schema's own annotations take precedence over those of the alternative.
            for (keyword, value) in arm {
                schema.entry(keyword).or_insert(value);
            }
            walk.pointer.clone()
        }
        arm => match push_all_of(schema, arm) {
            Some(index) => child(&walk.place("allOf"), &index.to_string()),
            None => walk.pointer.clone(),
        },
    }
}

/// Merges alternatives that are lists of values of one type into one list. In 3.1 this is how an `enum` with a text for
/// each value is written.
///
/// `{"oneOf": [{"const": "a", "title": "First"}, {"const": "b"}]}` becomes `{"type": "string", "enum": ["a", "b"]}`.
pub(super) fn constants(schema: &mut JsonObject, _: &mut Lowering) {
    if schema.contains_key("type") || schema.contains_key("enum") {
        return;
    }
    for keyword in ["oneOf", "anyOf"] {
        let Some((kind, values)) = schema.get(keyword).and_then(Value::as_array).and_then(|arms| listed_values(arms))
        else {
            continue;
        };
        schema.shift_remove(keyword);
        schema.insert("type".to_owned(), kind);
        schema.insert("enum".to_owned(), Value::Array(values));
        return;
    }
}

/// Returns the type and values of alternatives that have no other keywords.
fn listed_values(arms: &[Value]) -> Option<(Value, Vec<Value>)> {
    let kind = arms.first()?.get("type")?;
    let mut listed = Vec::new();
    for arm in arms {
        let arm = arm.as_object()?;
        // Unknown keywords have no effect.
        let is_plain = arm.keys().all(|keyword| {
            matches!(keyword.as_str(), "type" | "enum" | "title" | "description" | "example" | "deprecated")
                || !keyword.starts_with("x-") && ObjectKind::Schema.holds(keyword, Versions::V3_2).is_none()
        });
        if !is_plain || arm.get("type") != Some(kind) {
            return None;
        }
        for value in arm.get("enum")?.as_array()? {
            if !listed.contains(value) {
                listed.push(value.clone());
            }
        }
    }
    Some((kind.clone(), listed))
}

/// Moves a reference to where other keywords are allowed next to it.
///
/// `{"$ref": "#/components/schemas/A", "description": "Mine"}`
/// becomes `{"allOf": [{"$ref": "#/components/schemas/A"}], "description": "Mine"}`.
pub(super) fn reference_with_siblings(schema: &mut JsonObject, _: &mut Lowering) {
    if !schema.get("$ref").is_some_and(Value::is_string) {
        return;
    }
    if schema.len() == 1 {
        return;
    }
    let is_list = schema.get("allOf").is_none_or(Value::is_array);
    for (keyword, value) in std::mem::take(schema) {
        match (keyword.as_str(), value) {
            ("$ref", reference) if is_list => {
                push_all_of(schema, json!({"$ref": reference}));
            }
            ("allOf", Value::Array(all)) => all.into_iter().for_each(|one| {
                push_all_of(schema, one);
            }),
            (_, value) => {
                schema.insert(keyword, value);
            }
        }
    }
}
