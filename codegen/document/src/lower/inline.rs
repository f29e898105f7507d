//! Inlining references to path items, media types and callbacks, which 3.0 or the types of `openapiv3` do not support.

use std::collections::HashSet;

use serde_json::Value;

use super::JsonObject;
use super::document::drop_objects;
use super::moves::Moves;
use crate::spec::{FieldType, ObjectKind, Versions};

/// Replaces references to path items, media types and callbacks by their targets. Fields next to the reference to a
/// path item take precedence.
///
/// For example,
/// ```json
/// {"paths": {"/a": {"$ref": "#/components/pathItems/A", "get": {"summary": "Mine"}}},
///  "components": {"pathItems": {"A": {"get": {}, "put": {}}}}}
/// ```
/// becomes
/// ```json
/// {"paths": {"/a": {"get": {"summary": "Mine"}, "put": {}}}, "components": {}}
/// ```
pub(super) fn inline(document: &mut Value, moves: &mut Moves) {
    // An inlined node may contain further references. Those to an enclosing node are kept.
    let mut done = HashSet::new();
    loop {
        let mut found = Vec::new();
        find(document, FieldType::DOCUMENT, &mut String::new(), &mut found);
        found.retain(|place: &String| !done.contains(place));
        let inlined: Vec<_> =
            found.iter().filter_map(|place| Some((place.clone(), merged(document, place, moves)?))).collect();
        if inlined.is_empty() {
            break;
        }
        done.extend(found);
        for (place, object) in inlined {
            if let Some(node) = document.pointer_mut(&place) {
                *node = Value::Object(object);
            }
        }
    }
    if let Some(Value::Object(components)) = document.get_mut("components") {
        drop_objects(components, &["pathItems", "mediaTypes"]);
    }
}

/// Finds path items, media types and callbacks that are references, except those in `components`.
fn find(node: &Value, holds: FieldType, at: &mut String, found: &mut Vec<String>) {
    let is_alias = |at: &str| at.starts_with("/components/callbacks/") && at.matches('/').count() == 3;
    let is_section = ["/components/pathItems", "/components/mediaTypes"].contains(&at.as_str());
    if holds.is_data() || is_section {
        return;
    }
    if let Some(ObjectKind::PathItem | ObjectKind::MediaType | ObjectKind::Callback) = holds.object()
        && node.get("$ref").is_some_and(Value::is_string)
        && !is_alias(at)
    {
        return found.push(at.clone());
    }
    holds.visit_members(node, Versions::ALL, at, &mut |node, holds, at| find(node, holds, at, found));
}

/// Merges a path item, media type or callback with the targets of its reference. `None` if the target is not an object
/// or encloses the reference.
fn merged(document: &Value, place: &str, moves: &mut Moves) -> Option<JsonObject> {
    let mut merged = document.pointer(place)?.as_object()?.clone();
    let mut seen = HashSet::new();
    while let Some(reference) = merged.get("$ref") {
        let from = reference.as_str()?.strip_prefix('#')?.to_owned();
        let target = document.pointer(&from)?.as_object()?.clone();
        let is_around = place.strip_prefix(from.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if is_around || !seen.insert(from.clone()) {
            return None;
        }
        if from.starts_with("/components/pathItems/") || from.starts_with("/components/mediaTypes/") {
            moves.add(from, place.to_owned());
        }
        merged.shift_remove("$ref");
        for (name, member) in target {
            merged.entry(name).or_insert(member);
        }
    }
    Some(merged)
}
