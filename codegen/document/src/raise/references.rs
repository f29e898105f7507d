//! References by the names of schemas.

use serde_json::Value;

use crate::bundle::encode_pointer;
use crate::diagnostic::push_token;
use crate::refs::{Names, decoded};
use crate::spec::{FieldType, Versions};

/// Converts references to a schema by `$id` or `$anchor`, or by a pointer relative to a schema, to pointers into the
/// document.
///
/// `{"$ref": "#pet"}` becomes `{"$ref": "#/components/schemas/Pet"}` with
/// `{"components": {"schemas": {"Pet": {"$anchor": "pet"}}}}`.
pub(super) fn resolve_names(document: &mut Value) {
    let mut named = Vec::new();
    let versions = Versions::read_in(document);
    find(document, document, FieldType::DOCUMENT, versions, &mut String::new(), &mut named);
    if named.is_empty() {
        return;
    }
    let names = Names::of(document);
    for pointer in named {
        let reference = document.pointer(&pointer).and_then(Value::as_str).map(decoded).unwrap_or_default();
        if let Some(target) = names.target(document, &reference, &pointer)
            && let Some(place) = document.pointer_mut(&pointer)
        {
            *place = encode_pointer(&target).into();
        }
    }
}

/// Finds references that are not pointers into the document.
fn find(
    document: &Value,
    node: &Value,
    holds: FieldType,
    versions: Versions,
    at: &mut String,
    named: &mut Vec<String>,
) {
    let is_named = |text: &str| {
        let text = decoded(text);
        text.strip_prefix('#').is_none_or(|pointer| document.pointer(pointer).is_none())
    };
    match node {
        // The name of a schema component is not a reference.
        Value::String(text) if holds == FieldType::SchemaNameOrRef && text.contains(['#', '/']) && is_named(text) => {
            return named.push(at.clone());
        }
        _ if holds.is_data() => return,
        _ => {}
    }
    let length = at.len();
    if holds.reference_section().is_some() && node.get("$ref").and_then(Value::as_str).is_some_and(is_named) {
        push_token(at, "$ref");
        named.push(at.clone());
        at.truncate(length);
    }
    holds.visit_members(node, versions, at, &mut |node, holds, at| find(document, node, holds, versions, at, named));
}
