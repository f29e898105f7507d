//! Converting `securityDefinitions`.

use serde_json::{Value, json};

use super::super::{JsonObject, Raising};

/// Converts a security scheme.
///
/// `{"type": "basic"}` becomes `{"type": "http", "scheme": "basic"}`.
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
            let message = "missing or unknown `flow`; expected implicit, password, application or accessCode";
            raising.diagnostics.error("unknown-value", at, message, "write the flow that the server supports");
            return;
        }
    }
    .to_owned();
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
