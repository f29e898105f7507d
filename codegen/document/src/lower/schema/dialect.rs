//! Keywords of JSON Schema that OpenAPI 3.0 does not have.

use serde_json::Value;

use super::{JsonObject, Lowering, first_example};
use crate::lower::document::schema_pointer;

/// Keywords that are dropped without a word, for no client would differ by them.
const HARMLESS: [&str; 4] = ["$schema", "$comment", "$vocabulary", "contentSchema"];

/// Keywords that are dropped with a warning, and what is lost by it.
const UNSUPPORTED: [(&str, &str); 14] = [
    ("$id", "the schema is known by its place alone, not by an `$id`"),
    ("$anchor", "nothing can refer to the schema by an anchor"),
    ("$dynamicAnchor", "nothing can refer to the schema by a dynamic anchor"),
    ("$dynamicRef", "a dynamic reference leads nowhere, so any value is allowed"),
    ("$recursiveAnchor", "nothing can refer to the schema by a recursive anchor"),
    ("$recursiveRef", "a recursive reference leads nowhere, so any value is allowed"),
    ("if", "what holds only under a condition is left out"),
    ("dependentSchemas", "what holds only beside another property is left out"),
    ("dependentRequired", "properties required only beside another one are optional"),
    ("propertyNames", "any property name is allowed"),
    ("contains", "no item is asked for in particular"),
    ("minContains", "no number of particular items is asked for"),
    ("maxContains", "no number of particular items is asked for"),
    ("unevaluatedItems", "further items are not ruled out"),
];

/// Before `{"$comment": "Why", "examples": [1], "type": "integer"}`, after `{"type": "integer", "example": 1}`.
pub(super) fn drop_annotations(schema: &mut JsonObject, _: &mut Lowering) {
    for keyword in HARMLESS {
        schema.shift_remove(keyword);
    }
    first_example(schema);
}

/// Before `{"type": "object", "dependentRequired": {"a": ["b"]}}`, after `{"type": "object"}`.
pub(super) fn drop_unsupported(schema: &mut JsonObject, walk: &mut Lowering) {
    for (keyword, loss) in UNSUPPORTED {
        if schema.shift_remove(keyword).is_some() {
            walk.lossy(keyword, format!("`{keyword}` is dropped: {loss}"));
        }
    }
    // Without `if` these two have no meaning; with it, they have been told of.
    schema.shift_remove("then");
    schema.shift_remove("else");
}

/// Moves the schemas defined inside a schema to where 3.0 has its definitions; the references to them follow.
///
/// Before `{"components": {"schemas": {"A": {"$defs": {"B": {"type": "string"}}}}}}`,
/// after `{"components": {"schemas": {"A": {}, "B": {"type": "string"}}}}`.
pub(super) fn move_definitions(schema: &mut JsonObject, walk: &mut Lowering) {
    let Some(Value::Object(definitions)) = schema.get_mut("$defs").map(Value::take) else { return };
    schema.shift_remove("$defs");
    let place = walk.place("$defs");
    for (name, definition) in definitions {
        let unique = unique_name(&name, walk);
        walk.moves.add(crate::diagnostic::child(&place, &name), schema_pointer(&unique));
        walk.definitions.insert(unique, definition);
    }
}

/// The name, or the name with the first number that makes it one of its own.
fn unique_name(name: &str, walk: &mut Lowering) -> String {
    let mut unique = name.to_owned();
    let mut number = 2;
    while !walk.names.insert(unique.clone()) {
        unique = format!("{name}{number}");
        number += 1;
    }
    unique
}
