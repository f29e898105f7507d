//! What is done to the document as a whole, and to its small objects.

use serde_json::{Value, json};

use super::grammar::METHODS;
use super::moves::Moves;
use super::{Lowering, Object};
use crate::diagnostic::child;

/// Path items that refer to one another go no further than this.
const LONGEST_CHAIN: usize = 32;

/// Puts the path items that references lead to in the place of these references.
///
/// Before
/// ```json
/// {"paths": {"/a": {"$ref": "#/components/pathItems/A", "get": {"summary": "Mine"}}},
///  "components": {"pathItems": {"A": {"get": {}, "put": {}}}}}
/// ```
/// after (what stands beside the reference wins)
/// ```json
/// {"paths": {"/a": {"get": {"summary": "Mine"}, "put": {}}}, "components": {}}
/// ```
pub(super) fn inline_path_items(root: &mut Object, moves: &mut Moves) {
    let mut inlined = Vec::new();
    for section in ["paths", "webhooks", "x-webhooks"] {
        for (path, item) in root.get(section).and_then(Value::as_object).into_iter().flatten() {
            let place = child(&child("", section), path);
            if let Some(item) = item.as_object().and_then(|item| merged_path_item(root, item, &place, moves)) {
                inlined.push((section, path.clone(), item));
            }
        }
    }
    for (section, path, item) in inlined {
        if let Some(place) = root.get_mut(section).and_then(|paths| paths.get_mut(&path)) {
            *place = Value::Object(item);
        }
    }
    if let Some(Value::Object(components)) = root.get_mut("components") {
        drop_objects(components, &["pathItems"]);
    }
}

/// A path item with all that its reference leads to, where it has one that leads to path items.
fn merged_path_item(root: &Object, item: &Object, place: &str, moves: &mut Moves) -> Option<Object> {
    if !item.contains_key("$ref") {
        return None;
    }
    let mut merged = item.clone();
    for _ in 0..LONGEST_CHAIN {
        let Some(Value::String(reference)) = merged.get("$ref") else {
            return (!merged.contains_key("$ref")).then_some(merged);
        };
        let target = referenced(root, reference)?.as_object()?.clone();
        if let Some(from) = reference.strip_prefix('#').filter(|from| from.starts_with("/components/pathItems/")) {
            moves.add(from.to_owned(), place.to_owned());
        }
        merged.shift_remove("$ref");
        for (name, member) in target {
            merged.entry(name).or_insert(member);
        }
    }
    None
}

/// What an internal reference leads to.
pub(super) fn referenced<'r>(root: &'r Object, reference: &str) -> Option<&'r Value> {
    let (first, rest) = reference.strip_prefix("#/")?.split_once('/')?;
    root.get(first)?.pointer(&format!("/{rest}"))
}

/// Lowers the root object.
pub(super) fn lower_root(root: &mut Object, walk: &mut Lowering) {
    set_version(root);
    root.shift_remove("jsonSchemaDialect");
    rename_webhooks(root, walk);
    root.entry("paths").or_insert_with(|| json!({}));
    root.entry("info").or_insert_with(|| json!({"title": "", "version": ""}));
    let mutual_tls = match root.get_mut("components").and_then(Value::as_object_mut) {
        Some(components) => walk.enter("components", |walk| lower_components(components, walk)),
        None => Vec::new(),
    };
    if !mutual_tls.is_empty() {
        drop_requirements(root, &mutual_tls);
    }
}

/// Before `{"openapi": "3.1.0"}`, after `{"openapi": "3.0.3"}`.
fn set_version(root: &mut Object) {
    if let Some(version @ (Value::String(_) | Value::Number(_))) = root.get_mut("openapi") {
        *version = json!("3.0.3");
    }
}

/// Keeps webhooks under a name that 3.0 lets pass; one that stands under both names is the one under the latter.
///
/// Before `{"webhooks": {"made": {"post": {}}}}`, after `{"x-webhooks": {"made": {"post": {}}}}`.
fn rename_webhooks(root: &mut Object, walk: &mut Lowering) {
    let Some(webhooks) = root.get_mut("webhooks").and_then(Value::as_object_mut).map(std::mem::take) else { return };
    root.shift_remove("webhooks");
    walk.moves.add("/webhooks".to_owned(), "/x-webhooks".to_owned());
    if let Value::Object(kept) = root.entry("x-webhooks").or_insert_with(|| json!({})) {
        for (name, item) in webhooks {
            kept.entry(name).or_insert(item);
        }
    }
}

/// Drops what 3.0 does not have in `components`, and tells which security schemes are among it.
fn lower_components(components: &mut Object, walk: &mut Lowering) -> Vec<String> {
    drop_objects(components, &["callbacks", "links"]);
    let mut mutual_tls = Vec::new();
    if let Some(Value::Object(schemes)) = components.get_mut("securitySchemes") {
        let is_mutual_tls = |scheme: &Value| scheme.get("type").is_some_and(|kind| kind == "mutualTLS");
        mutual_tls = schemes.iter().filter(|(_, scheme)| is_mutual_tls(scheme)).map(|(name, _)| name.clone()).collect();
        schemes.retain(|_, scheme| !is_mutual_tls(scheme));
    }
    for name in &mutual_tls {
        walk.enter("securitySchemes", |walk| {
            walk.warn(
                name,
                "unsupported-security-scheme",
                format!("`{name}` is mutual TLS, which generated clients do not do by themselves"),
                "callers set the client certificate on the HTTP client they hand over",
            );
        });
    }
    mutual_tls
}

/// Takes dropped schemes out of the security requirements. One that asked for nothing else asks for nothing any more: the
/// certificate belongs to the connection.
///
/// Before `{"security": [{"tls": [], "key": []}]}`, after `{"security": [{"key": []}]}`.
fn drop_requirements(root: &mut Object, schemes: &[String]) {
    let drop_from = |holder: &mut Object| {
        for requirement in holder.get_mut("security").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Value::Object(requirement) = requirement {
                requirement.retain(|name, _| !schemes.contains(name));
            }
        }
    };
    drop_from(root);
    for item in root.get_mut("paths").and_then(Value::as_object_mut).into_iter().flat_map(Object::values_mut) {
        for method in METHODS {
            if let Some(Value::Object(operation)) = item.get_mut(method) {
                drop_from(operation);
            }
        }
    }
}

/// Adds the schemas that were found inside other schemas to `components.schemas`.
pub(super) fn add_definitions(root: &mut Object, definitions: Object) {
    if definitions.is_empty() {
        return;
    }
    let components = root.entry("components").or_insert_with(|| json!({}));
    if let Some(components) = components.as_object_mut()
        && let Value::Object(schemas) = components.entry("schemas").or_insert_with(|| json!({}))
    {
        schemas.extend(definitions);
    }
}

/// The pointer of an entry in `components.schemas`.
pub(super) fn schema_pointer(name: &str) -> String {
    child("/components/schemas", name)
}

/// Before `{"summary": "Short", "version": 1.1}`, after `{"title": "", "version": "1.1"}`.
pub(super) fn lower_info(info: &mut Object) {
    info.shift_remove("summary");
    info.entry("title").or_insert_with(|| json!(""));
    make_text(info.entry("version").or_insert_with(|| json!("")));
}

/// Before `{"identifier": "MIT"}`, after `{"name": "MIT"}`.
pub(super) fn lower_license(license: &mut Object) {
    let identifier = license.shift_remove("identifier").filter(Value::is_string);
    license.entry("name").or_insert_with(|| identifier.unwrap_or_else(|| json!("")));
}

/// Before `{"default": 443, "enum": [443, 8443]}`, after `{"default": "443", "enum": ["443", "8443"]}`.
pub(super) fn lower_server_variable(variable: &mut Object) {
    if let Some(default) = variable.get_mut("default") {
        make_text(default);
    }
    variable.get_mut("enum").and_then(Value::as_array_mut).into_iter().flatten().for_each(make_text);
}

/// Before `{"tokenUrl": "/token"}`, after `{"tokenUrl": "/token", "scopes": {}}`.
pub(super) fn lower_flow(flow: &mut Object) {
    flow.entry("scopes").or_insert_with(|| json!({}));
}

/// Drops members that are objects; what is none is for `model` to tell of.
pub(super) fn drop_objects(object: &mut Object, names: &[&str]) {
    for name in names {
        if object.get(*name).is_some_and(Value::is_object) {
            object.shift_remove(*name);
        }
    }
}

/// A number or a boolean that YAML made of a text becomes that text again.
fn make_text(value: &mut Value) {
    if matches!(value, Value::Number(_) | Value::Bool(_)) {
        *value = Value::String(value.to_string());
    }
}
