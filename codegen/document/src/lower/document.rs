//! Lowering the document's root and small objects.

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

/// Renames webhooks to an extension, which 3.0 allows.
///
/// `{"webhooks": {"made": {"post": {}}}}` becomes `{"x-webhooks": {"made": {"post": {}}}}`.
fn rename_webhooks(root: &mut JsonObject, walk: &mut Lowering) {
    let Some(webhooks) = root.get_mut("webhooks").and_then(Value::as_object_mut).map(std::mem::take) else { return };
    root.shift_remove("webhooks");
    walk.moves.add("/webhooks".to_owned(), child("", WEBHOOKS_EXTENSION));
    // An extension with another meaning is replaced by the webhooks.
    root.insert(WEBHOOKS_EXTENSION.to_owned(), Value::Object(webhooks));
}

/// Returns the security schemes that are mutual TLS.
pub(super) fn mutual_tls(document: &Value) -> Vec<String> {
    let schemes = document.pointer("/components/securitySchemes").and_then(Value::as_object);
    let is_mutual_tls = |scheme: &Value| scheme.get("type").is_some_and(|kind| kind == "mutualTLS");
    schemes.into_iter().flatten().filter(|(_, scheme)| is_mutual_tls(scheme)).map(|(name, _)| name.clone()).collect()
}

/// Removes security schemes that 3.0 does not support.
pub(super) fn lower_components(components: &mut JsonObject, walk: &mut Lowering) {
    let Some(Value::Object(schemes)) = components.get_mut("securitySchemes") else { return };
    schemes.retain(|name, _| !walk.dropped_schemes.contains(name));
    for name in walk.dropped_schemes.clone() {
        walk.enter("securitySchemes", |walk| {
            walk.warn(
                &name,
                "unsupported-security-scheme",
                format!("`{name}` is mutual TLS, which generated clients do not configure"),
                "callers can set a client certificate on their own HTTP client",
            );
        });
    }
}

/// Removes links without an operation, which have no effect and are not allowed in 3.0.
///
/// `{"links": {"next": {"description": "Next"}}}` becomes `{"links": {}}`.
pub(super) fn drop_idle_links(holder: &mut JsonObject) {
    let Some(Value::Object(links)) = holder.get_mut("links") else { return };
    links.retain(|_, link| ["$ref", "operationRef", "operationId"].iter().any(|key| link.get(key).is_some()));
}

/// Removes dropped schemes from the security requirements. A requirement without other schemes becomes empty, because
/// the certificate belongs to the connection.
///
/// `{"security": [{"tls": [], "key": []}]}` becomes `{"security": [{"key": []}]}`.
pub(super) fn drop_requirements(holder: &mut JsonObject, walk: &Lowering) {
    for requirement in holder.get_mut("security").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Value::Object(requirement) = requirement {
            requirement.retain(|name, _| !walk.dropped_schemes.contains(name));
        }
    }
}

/// Removes fields that 3.0 does not have.
///
/// `{"type": "http", "scheme": "basic", "deprecated": true}` becomes `{"type": "http", "scheme": "basic"}`.
pub(super) fn lower_security_scheme(scheme: &mut JsonObject, walk: &mut Lowering) {
    scheme.shift_remove("deprecated");
    if scheme.shift_remove("oauth2MetadataUrl").is_some() {
        walk.lossy("oauth2MetadataUrl", "the URL of the authorization server's metadata is removed");
    }
}

/// Removes flows that 3.0 does not have.
///
/// `{"password": {"tokenUrl": "/t", "scopes": {}}, "deviceAuthorization": {}}` becomes
/// `{"password": {"tokenUrl": "/t", "scopes": {}}}`.
pub(super) fn lower_flows(flows: &mut JsonObject, walk: &mut Lowering) {
    if flows.shift_remove("deviceAuthorization").is_some() {
        walk.lossy("deviceAuthorization", "the device authorization flow is removed");
    }
}

/// Adds nested schema definitions to `components.schemas`.
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

/// Returns the pointer of an entry in `components.schemas`.
pub(super) fn schema_pointer(name: &str) -> String {
    child("/components/schemas", name)
}

/// Removes the summary.
///
/// `{"title": "T", "summary": "Short", "version": "1"}` becomes `{"title": "T", "version": "1"}`.
pub(super) fn lower_info(info: &mut JsonObject) {
    info.shift_remove("summary");
}

/// Removes the identifier.
///
/// `{"name": "MIT", "identifier": "MIT"}` becomes `{"name": "MIT"}`.
pub(super) fn lower_license(license: &mut JsonObject) {
    license.shift_remove("identifier");
}

/// Removes the name.
///
/// `{"url": "/v1", "name": "production"}` becomes `{"url": "/v1"}`.
pub(super) fn lower_server(server: &mut JsonObject) {
    server.shift_remove("name");
}

/// Removes the summary, or uses it as the description.
///
/// `{"name": "a", "summary": "A", "parent": "b", "kind": "nav"}` becomes `{"name": "a", "description": "A"}`.
pub(super) fn lower_tag(tag: &mut JsonObject) {
    let summary = tag.shift_remove("summary").filter(Value::is_string);
    if let Some(summary) = summary {
        tag.entry("description").or_insert(summary);
    }
    tag.shift_remove("parent");
    tag.shift_remove("kind");
}

/// Removes members that are objects. Other values are left for `model` to report.
pub(super) fn drop_objects(object: &mut JsonObject, names: &[&str]) {
    for name in names {
        if object.get(*name).is_some_and(Value::is_object) {
            object.shift_remove(*name);
        }
    }
}
