//! Schemas that are templates: others fill in parts of them by dynamic anchors.

use serde_json::{Value, json};

use crate::bundle::encode_pointer;
use crate::diagnostic::child;
use crate::origin::SourceMap;
use crate::refs::{decoded, reference};
use crate::spec::{FieldType, Versions};

/// The names of dynamic anchors, each with the pointer of its schema.
type Parts = Vec<(String, String)>;

/// The keywords that identify a schema or hold others, and are not copied with it.
const OF_ONE_SCHEMA: [&str; 5] = ["$id", "$schema", "$anchor", "$dynamicAnchor", "$defs"];

/// Copies templates into the schemas that fill in their parts, because all later passes read a schema without regard to
/// the references that lead to it.
///
/// `{"$ref": "#/components/schemas/Page", "$defs": {"item": {"$dynamicAnchor": "item", "type": "string"}}}` gets the keywords
/// of `Page`, with a `$ref` to its own `$defs/item` in place of `{"$dynamicRef": "#item"}`.
pub(super) fn fill_in(document: &mut Value, documents: &mut SourceMap) {
    let mut users = Vec::new();
    find(document, FieldType::DOCUMENT, &mut String::new(), &mut users);
    for (user, parts) in users {
        copy(document, documents, &user, &parts);
    }
}

/// Finds the references to other schemas next to dynamic anchors.
fn find(node: &Value, holds: FieldType, at: &mut String, users: &mut Vec<(String, Parts)>) {
    if holds.is_data() {
        return;
    }
    if holds == FieldType::SchemaOrBool {
        let parts = parts(node, at);
        if !parts.is_empty() {
            if reference(node).is_some() {
                users.push((at.clone(), parts.clone()));
            }
            let all = node.get("allOf").and_then(Value::as_array).into_iter().flatten().enumerate();
            let place = child(at, "allOf");
            let references = all.filter(|(_, schema)| reference(schema).is_some());
            users.extend(references.map(|(index, _)| (child(&place, &index.to_string()), parts.clone())));
        }
    }
    holds.visit_members(node, Versions::ALL, at, &mut |node, holds, at| find(node, holds, at, users));
}

/// Returns the dynamic anchors of a schema and of its definitions.
fn parts(schema: &Value, at: &str) -> Parts {
    let anchor = |schema: &Value| schema.get("$dynamicAnchor").and_then(Value::as_str).map(str::to_owned);
    let definitions = schema.get("$defs").and_then(Value::as_object).into_iter().flatten();
    let place = child(at, "$defs");
    let inner = definitions.filter_map(|(name, schema)| Some((anchor(schema)?, child(&place, name))));
    anchor(schema).map(|name| (name, at.to_owned())).into_iter().chain(inner).collect()
}

/// Copies the schema that the one at `user` refers to, if it is a template for these parts.
fn copy(document: &mut Value, documents: &mut SourceMap, user: &str, parts: &Parts) {
    let target = document.pointer(user).and_then(reference).map(decoded);
    let Some(from) = target.as_deref().and_then(|target| target.strip_prefix('#')) else { return };
    let Some(mut template) = document.pointer(from).cloned() else { return };
    if !replace(&mut template, FieldType::SchemaOrBool, parts) {
        return;
    }
    let (Value::Object(mut template), Some(Value::Object(schema))) = (template, document.pointer_mut(user)) else {
        return;
    };
    schema.shift_remove("$ref");
    template.retain(|keyword, _| {
        let is_own = matches!(keyword.as_str(), "title" | "description") && schema.contains_key(keyword);
        !is_own && !OF_ONE_SCHEMA.contains(&keyword.as_str())
    });
    if !template.keys().any(|keyword| schema.contains_key(keyword)) {
        for (keyword, value) in template {
            documents.copy_origin(&child(from, &keyword), &child(user, &keyword));
            schema.insert(keyword, value);
        }
    } else if let Value::Array(all) = schema.entry("allOf").or_insert_with(|| json!([])) {
        documents.copy_origin(from, &child(&child(user, "allOf"), &all.len().to_string()));
        all.push(template.into());
    }
}

/// Replaces dynamic references to the parts. Returns false if there is none.
fn replace(node: &mut Value, holds: FieldType, parts: &Parts) -> bool {
    if holds.is_data() {
        return false;
    }
    let mut is_template = false;
    match node {
        Value::Object(members) => {
            let name = members.get("$dynamicRef").and_then(Value::as_str).and_then(|text| text.split_once('#'));
            let part = name.and_then(|(_, name)| parts.iter().find(|(anchor, _)| anchor == name));
            if let Some((_, pointer)) = part {
                members.shift_remove("$dynamicRef");
                members.insert("$ref".to_owned(), encode_pointer(pointer).into());
                is_template = true;
            }
            for (name, member) in members {
                is_template |= replace(member, holds.member(name, false, Versions::ALL), parts);
            }
        }
        Value::Array(items) => {
            let holds = holds.member("", true, Versions::ALL);
            for item in items {
                is_template |= replace(item, holds, parts);
            }
        }
        _ => {}
    }
    is_template
}
