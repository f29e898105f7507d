//! Objects without required fields: completed if the intention is clear, otherwise left out.

use serde_json::{Value, json};

use super::{JsonObject, Repair};
use crate::diagnostic::child;
use crate::spec::{Field, ObjectKind, Versions};

/// Completes an object. Returns false if it must be left out.
pub(super) fn complete(kind: ObjectKind, object: &mut JsonObject, repair: &mut Repair) -> bool {
    match kind {
        ObjectKind::ServerVariable => server_variable(object, repair),
        ObjectKind::RequestBody => request_body(object, repair),
        ObjectKind::ImplicitFlow => {
            // Clients never use this URL.
            object.entry("authorizationUrl").or_insert_with(|| json!(""));
        }
        ObjectKind::AuthorizationCodeFlow => {
            object.entry("authorizationUrl").or_insert_with(|| json!(""));
        }
        _ => {}
    }
    // These fields are completed by raising without a warning.
    let is_completed =
        |name: &str| matches!(kind, ObjectKind::Document | ObjectKind::Info | ObjectKind::License) || name == "scopes";
    let version = repair.version;
    let is_required = |field: &&Field| {
        let is_known = kind.field(field.name, version).is_some();
        is_known && field.required.meet(Versions::V3_2) && !is_completed(field.name)
    };
    let missing =
        kind.fields().iter().filter(is_required).find(|field| !object.contains_key(field.name)).map(|field| field.name);
    let Some(name) = missing.or_else(|| missing_of_scheme(kind, object)) else { return true };
    let message = format!("the {} has no `{name}`; it is ignored", kind.noun());
    repair.warn("incomplete-object", message, "add the field");
    false
}

/// Adds the default of a server variable.
///
/// `{"enum": ["v1", "v2"]}` becomes `{"enum": ["v1", "v2"], "default": "v1"}`.
fn server_variable(variable: &mut JsonObject, repair: &mut Repair) {
    if variable.contains_key("default") {
        return;
    }
    let first = variable.get("enum").and_then(|values| values.get(0)?.as_str()).unwrap_or_default().to_owned();
    let message = format!("the server variable has no `default`; `{first}` is used");
    repair.warn("wrong-type", message, "add `default`");
    variable.insert("default".to_owned(), json!(first));
}

/// Adds the content of a request body.
///
/// `{"schema": {"type": "string"}}` becomes `{"content": {"application/json": {"schema": {"type": "string"}}}}`.
fn request_body(body: &mut JsonObject, repair: &mut Repair) {
    if body.contains_key("content") {
        return;
    }
    let schema = body.shift_remove("schema");
    if schema.is_some() {
        let place = child(&child(&repair.place("content"), "application/json"), "schema");
        repair.documents.copy_origin(&repair.place("schema"), &place);
    }
    repair.warn("missing-key", "the request body has no `content`; read as JSON", "add `content`");
    body.insert("content".to_owned(), json!({"application/json": {"schema": schema.unwrap_or_else(|| json!({}))}}));
}

/// Reads the type of a security scheme as intended.
///
/// | before | after |
/// |---|---|
/// | `{"type": "bearer"}` | `{"type": "http", "scheme": "bearer"}` |
/// | `{"type": "apiKey", "name": "X-Key"}` | `{"type": "apiKey", "name": "X-Key", "in": "header"}` |
/// | `{"type": "oauth2"}` | `{"type": "http", "scheme": "bearer"}` |
pub(super) fn security_scheme(scheme: &mut JsonObject, repair: &mut Repair) {
    if repair.version == Versions::V2_0 || scheme.contains_key("$ref") {
        return;
    }
    let text =
        |name: &str| scheme.get(name).and_then(Value::as_str).map(str::trim).unwrap_or_default().to_ascii_lowercase();
    let (kind, name) = (text("type"), text("scheme"));
    let has = |field: &str| scheme.get(field).is_some_and(|value| !value.is_null());
    let changes: &[(&str, &str)] = match kind.as_str() {
        "basic" => &[("type", "http"), ("scheme", "basic")],
        "bearer" | "jwt" => &[("type", "http"), ("scheme", "bearer")],
        "" if !name.is_empty() => &[("type", "http")],
        "" if has("flows") => &[("type", "oauth2")],
        "" if has("openIdConnectUrl") => &[("type", "openIdConnect")],
        "" if has("name") && has("in") => &[("type", "apiKey")],
        "http" if name.is_empty() && has("bearerFormat") => &[("scheme", "bearer")],
        "http" if matches!(name.as_str(), "bearertoken" | "jwt") => &[("scheme", "bearer")],
        "apikey" if has("name") && !has("in") => &[("in", "header")],
        // Both schemes send a token that the caller has.
        "oauth2" if !has("flows") && !has("flow") => &[("type", "http"), ("scheme", "bearer")],
        "openidconnect" if !has("openIdConnectUrl") => &[("type", "http"), ("scheme", "bearer")],
        _ => return,
    };
    let meant: Vec<String> = changes.iter().map(|(field, value)| format!("`{field}: {value}`")).collect();
    let message = format!("the security scheme is incomplete; read with {}", meant.join(" and "));
    repair.warn("missing-key", message, "add the fields that OpenAPI requires for this type");
    for (field, value) in changes {
        scheme.insert((*field).to_owned(), json!(value));
    }
}

/// Returns the missing field of a security scheme, which depends on its type.
fn missing_of_scheme(kind: ObjectKind, scheme: &JsonObject) -> Option<&'static str> {
    if kind != ObjectKind::SecurityScheme {
        return None;
    }
    let required: &[&str] = match scheme.get("type").and_then(Value::as_str)? {
        "apiKey" => &["name", "in"],
        "http" => &["scheme"],
        "openIdConnect" => &["openIdConnectUrl"],
        _ => &[],
    };
    required.iter().copied().find(|name| !scheme.contains_key(*name))
}
