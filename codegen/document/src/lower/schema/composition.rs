//! `$ref`, `allOf`, `anyOf` and `oneOf`.

use serde_json::{Value, json};

use super::{JsonObject, Lowering, is_annotation, means_null, push_all_of, set_nullable};
use crate::diagnostic::child;
use crate::spec::{ObjectKind, Versions};

/// Makes an alternative that means null a schema that allows null.
///
/// Before `{"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "null"}], "description": "Mine"}`,
/// after `{"description": "Mine", "nullable": true, "allOf": [{"$ref": "#/components/schemas/A"}]}`.
/// Before `{"oneOf": [{"type": "string"}, {"type": "null"}]}`, after `{"nullable": true, "type": "string"}`.
/// Before `{"oneOf": [{"type": "string"}, {"type": "object"}, {"type": "null"}]}`,
/// after `{"oneOf": [{"type": "string"}, {"type": "object"}], "nullable": true}`.
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

/// Adds to a schema the only alternative it has left, and tells where its members are now.
fn take_in(schema: &mut JsonObject, arm: Value, walk: &Lowering) -> String {
    match arm {
        Value::Object(arm) if !arm.contains_key("$ref") && schema.keys().all(|keyword| is_annotation(keyword)) => {
            // What the schema itself says of its use is nearer to it than what the alternative says.
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

/// Makes alternatives that are lists of values of one type one list, the way 3.1 writes an `enum` with a text for each value.
///
/// Before `{"oneOf": [{"const": "a", "title": "First"}, {"const": "b"}]}`, after `{"type": "string", "enum": ["a", "b"]}`.
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

/// The type and the values of alternatives that say nothing else.
fn listed_values(arms: &[Value]) -> Option<(Value, Vec<Value>)> {
    let kind = arms.first()?.get("type")?;
    let mut listed = Vec::new();
    for arm in arms {
        let arm = arm.as_object()?;
        // What is no keyword at all says nothing either.
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

/// Puts a reference where other keywords can stand beside it.
///
/// Before `{"$ref": "#/components/schemas/A", "description": "Mine"}`,
/// after `{"allOf": [{"$ref": "#/components/schemas/A"}], "description": "Mine"}`.
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
