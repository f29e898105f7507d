//! Converting `securityDefinitions`.

use serde_json::{Value, json};

use super::super::{JsonObject, Raising};

/// Converts a security scheme.
///
/// `{"type": "basic"}` becomes `{"type": "http", "scheme": "basic"}`.
///
/// Without a known flow, the URLs determine it.
///
/// `{"type": "oauth2", "flow": "accessCode", "authorizationUrl": "/a", "tokenUrl": "/t", "scopes": {}}` becomes
/// `{"type": "oauth2", "flows": {"authorizationCode": {"authorizationUrl": "/a", "tokenUrl": "/t", "scopes": {}}}}`.
pub(super) fn convert(scheme: &mut JsonObject, at: &str, raising: &mut Raising) {
    match scheme.get("type").and_then(Value::as_str) {
        Some("basic") => {
            scheme.insert("type".to_owned(), json!("http"));
            scheme.insert("scheme".to_owned(), json!("basic"));
        }
        Some("oauth2") => flow(scheme, at, raising),
        _ => {}
    }
}

fn flow(scheme: &mut JsonObject, at: &str, raising: &mut Raising) {
    let name = match scheme.get("flow").and_then(Value::as_str) {
        Some("application") => "clientCredentials",
        Some("accessCode") => "authorizationCode",
        Some(name @ ("implicit" | "password")) => name,
        _ => {
            let meant = match (scheme.contains_key("authorizationUrl"), scheme.contains_key("tokenUrl")) {
                (true, true) => Some("authorizationCode"),
                (true, false) => Some("implicit"),
                (false, true) => Some("clientCredentials"),
                (false, false) => None,
            };
            let read = meant.map_or("a bearer token".to_owned(), |name| format!("`{name}` of OpenAPI 3"));
            let message = format!(
                "missing or unknown `flow`, expected implicit, password, application or accessCode; read as {read}"
            );
            raising.warn_at(at, "unknown-value", message, "write the flow that the server supports");
            let Some(meant) = meant else { return bearer(scheme) };
            meant
        }
    }
    .to_owned();
    if name == "implicit" || name == "authorizationCode" {
        // Clients never use this URL.
        scheme.entry("authorizationUrl").or_insert_with(|| json!(""));
    }
    if name != "implicit" && !scheme.contains_key("tokenUrl") {
        return bearer(scheme);
    }
    scheme.shift_remove("flow");
    let mut flow = JsonObject::new();
    for part in ["authorizationUrl", "tokenUrl", "scopes"] {
        if let Some(value) = scheme.shift_remove(part) {
            flow.insert(part.to_owned(), value);
        }
    }
    flow.entry("scopes").or_insert_with(|| json!({}));
    scheme.insert("flows".to_owned(), json!({name: flow}));
}

/// Reads a scheme without the URLs of its flow: callers have a token.
///
/// `{"type": "oauth2", "flow": "password", "scopes": {}}` becomes `{"type": "http", "scheme": "bearer"}`.
fn bearer(scheme: &mut JsonObject) {
    for part in ["flow", "authorizationUrl", "tokenUrl", "scopes"] {
        scheme.shift_remove(part);
    }
    scheme.insert("type".to_owned(), json!("http"));
    scheme.insert("scheme".to_owned(), json!("bearer"));
}
