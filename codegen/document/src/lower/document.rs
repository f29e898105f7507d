//! What is done to the document as a whole, and to its small objects.

use serde_json::{Value, json};

use super::{JsonObject, Lowering};
use crate::diagnostic::child;
use crate::spec::WEBHOOKS_EXTENSION;

/// Lowers the root object.
pub(super) fn lower_root(root: &mut JsonObject, walk: &mut Lowering) {
    if let Some(version) = root.get_mut("openapi") {
        *version = json!("3.0.3");
    }
    root.shift_remove("jsonSchemaDialect");
    root.shift_remove("$self");
    rename_webhooks(root, walk);
    root.entry("paths").or_insert_with(|| json!({}));
    root.entry("info").or_insert_with(|| json!({"title": "", "version": ""}));
    drop_requirements(root, walk);
}

/// Keeps webhooks under a name that 3.0 lets pass.
///
/// Before `{"webhooks": {"made": {"post": {}}}}`, after `{"x-webhooks": {"made": {"post": {}}}}`.
fn rename_webhooks(root: &mut JsonObject, walk: &mut Lowering) {
    let Some(webhooks) = root.get_mut("webhooks").and_then(Value::as_object_mut).map(std::mem::take) else { return };
    root.shift_remove("webhooks");
    walk.moves.add("/webhooks".to_owned(), child("", WEBHOOKS_EXTENSION));
    // An extension that is no webhooks gives way to them.
    root.insert(WEBHOOKS_EXTENSION.to_owned(), Value::Object(webhooks));
}

/// The security schemes that are mutual TLS.
pub(super) fn mutual_tls(document: &Value) -> Vec<String> {
    let schemes = document.pointer("/components/securitySchemes").and_then(Value::as_object);
    let is_mutual_tls = |scheme: &Value| scheme.get("type").is_some_and(|kind| kind == "mutualTLS");
    schemes.into_iter().flatten().filter(|(_, scheme)| is_mutual_tls(scheme)).map(|(name, _)| name.clone()).collect()
}

/// Drops the security schemes that 3.0 does not have.
pub(super) fn lower_components(components: &mut JsonObject, walk: &mut Lowering) {
    let Some(Value::Object(schemes)) = components.get_mut("securitySchemes") else { return };
    schemes.retain(|name, _| !walk.dropped_schemes.contains(name));
    for name in walk.dropped_schemes.clone() {
        walk.enter("securitySchemes", |walk| {
            walk.warn(
                &name,
                "unsupported-security-scheme",
                format!("`{name}` is mutual TLS, which generated clients do not do by themselves"),
                "callers set the client certificate on the HTTP client they hand over",
            );
        });
    }
}

/// Drops links that name no operation: they say nothing, and 3.0 does not allow them.
///
/// Before `{"links": {"next": {"description": "Next"}}}`, after `{"links": {}}`.
pub(super) fn drop_idle_links(holder: &mut JsonObject) {
    let Some(Value::Object(links)) = holder.get_mut("links") else { return };
    links.retain(|_, link| ["$ref", "operationRef", "operationId"].iter().any(|key| link.get(key).is_some()));
}

/// Takes dropped schemes out of the security requirements. One that asked for nothing else asks for nothing any more: the
/// certificate belongs to the connection.
///
/// Before `{"security": [{"tls": [], "key": []}]}`, after `{"security": [{"key": []}]}`.
pub(super) fn drop_requirements(holder: &mut JsonObject, walk: &Lowering) {
    for requirement in holder.get_mut("security").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Value::Object(requirement) = requirement {
            requirement.retain(|name, _| !walk.dropped_schemes.contains(name));
        }
    }
}

/// Before `{"type": "http", "scheme": "basic", "deprecated": true}`, after `{"type": "http", "scheme": "basic"}`.
pub(super) fn lower_security_scheme(scheme: &mut JsonObject, walk: &mut Lowering) {
    scheme.shift_remove("deprecated");
    if scheme.shift_remove("oauth2MetadataUrl").is_some() {
        walk.lossy("oauth2MetadataUrl", "the URL of the authorization server's metadata is dropped");
    }
}

/// Before `{"password": {"tokenUrl": "/t", "scopes": {}}, "deviceAuthorization": {}}`, after `{"password": {"tokenUrl": "/t", "scopes": {}}}`.
pub(super) fn lower_flows(flows: &mut JsonObject, walk: &mut Lowering) {
    if flows.shift_remove("deviceAuthorization").is_some() {
        walk.lossy("deviceAuthorization", "the device authorization flow is dropped");
    }
}

/// Adds the schemas that were found inside other schemas to `components.schemas`.
pub(super) fn add_definitions(root: &mut JsonObject, definitions: JsonObject) {
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

/// Before `{"title": "T", "summary": "Short", "version": "1"}`, after `{"title": "T", "version": "1"}`.
pub(super) fn lower_info(info: &mut JsonObject) {
    info.shift_remove("summary");
}

/// Before `{"name": "MIT", "identifier": "MIT"}`, after `{"name": "MIT"}`.
pub(super) fn lower_license(license: &mut JsonObject) {
    license.shift_remove("identifier");
}

/// Before `{"url": "/v1", "name": "production"}`, after `{"url": "/v1"}`.
pub(super) fn lower_server(server: &mut JsonObject) {
    server.shift_remove("name");
}

/// Before `{"name": "a", "summary": "A", "parent": "b", "kind": "nav"}`, after `{"name": "a", "description": "A"}`.
pub(super) fn lower_tag(tag: &mut JsonObject) {
    let summary = tag.shift_remove("summary").filter(Value::is_string);
    if let Some(summary) = summary {
        tag.entry("description").or_insert(summary);
    }
    tag.shift_remove("parent");
    tag.shift_remove("kind");
}

/// Drops members that are objects; what is none is for `model` to tell of.
pub(super) fn drop_objects(object: &mut JsonObject, names: &[&str]) {
    for name in names {
        if object.get(*name).is_some_and(Value::is_object) {
            object.shift_remove(*name);
        }
    }
}
