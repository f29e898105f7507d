//! JSON Schema keywords that OpenAPI 3.0 does not have.

use serde_json::Value;

use super::{JsonObject, Lowering, first_example};
use crate::lower::document::schema_pointer;

/// Keywords that are removed without a warning, because they do not affect clients.
const HARMLESS: [&str; 4] = ["$schema", "$comment", "$vocabulary", "contentSchema"];

/// Keywords that are removed with a warning, and the effect.
const UNSUPPORTED: [(&str, &str); 14] = [
    ("$id", "the schema cannot be referenced by an `$id`"),
    ("$anchor", "the schema cannot be referenced by an anchor"),
    ("$dynamicAnchor", "the schema cannot be referenced by a dynamic anchor"),
    ("$dynamicRef", "dynamic references are not resolved, so any value is allowed"),
    ("$recursiveAnchor", "the schema cannot be referenced by a recursive anchor"),
    ("$recursiveRef", "recursive references are not resolved, so any value is allowed"),
    ("if", "conditional constraints are lost"),
    ("dependentSchemas", "constraints that depend on another property are lost"),
    ("dependentRequired", "properties that are required only with another one are optional"),
    ("propertyNames", "any property name is allowed"),
    ("contains", "no particular item is required"),
    ("minContains", "no number of particular items is required"),
    ("maxContains", "no number of particular items is required"),
    ("unevaluatedItems", "additional items are allowed"),
];

/// Removes keywords without effect, and keeps the first example.
///
/// `{"$comment": "Why", "examples": [1], "type": "integer"}` becomes `{"type": "integer", "example": 1}`.
pub(super) fn drop_annotations(schema: &mut JsonObject, _: &mut Lowering) {
    for keyword in HARMLESS {
        schema.shift_remove(keyword);
    }
    first_example(schema);
}

/// Removes unsupported keywords, with a warning.
///
/// `{"type": "object", "dependentRequired": {"a": ["b"]}}` becomes `{"type": "object"}`.
pub(super) fn drop_unsupported(schema: &mut JsonObject, walk: &mut Lowering) {
    for (keyword, loss) in UNSUPPORTED {
        if schema.shift_remove(keyword).is_some() {
            walk.lossy(keyword, format!("`{keyword}` is removed: {loss}"));
        }
    }
    // Without `if` these have no meaning; with it, they have been reported.
    schema.shift_remove("then");
    schema.shift_remove("else");
}

/// Moves nested schema definitions to `components.schemas`, and updates references to them.
///
/// `{"components": {"schemas": {"A": {"$defs": {"B": {"type": "string"}}}}}}`
/// becomes `{"components": {"schemas": {"A": {}, "B": {"type": "string"}}}}`.
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

/// Returns the name, with a number appended if it is already used.
fn unique_name(name: &str, walk: &mut Lowering) -> String {
    let mut unique = name.to_owned();
    let mut number = 2;
    while !walk.names.insert(unique.clone()) {
        unique = format!("{name}{number}");
        number += 1;
    }
    unique
}
