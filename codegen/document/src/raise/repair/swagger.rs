//! Repairs of what only Swagger 2.0 documents have. Raising completes their other missing fields.

use serde_json::{Value, json};

use super::{JsonObject, Repair};
use crate::diagnostic::closest;
use crate::spec::{ObjectKind, Versions};

/// Reports the required fields that raising adds, and those that depend on others.
pub(super) fn missing(kind: ObjectKind, object: &JsonObject, repair: &mut Repair) {
    let is = |field: &str, value: &str| object.get(field).is_some_and(|found| found == value);
    let name = match kind {
        ObjectKind::Document => "info",
        ObjectKind::Info | ObjectKind::License => {
            let required = kind.fields().iter().filter(|field| field.required.meet(Versions::V2_0));
            for field in required.filter(|field| !object.contains_key(field.name)) {
                report(kind, object, field.name, repair);
            }
            return;
        }
        ObjectKind::Parameter if is("in", "body") => "schema",
        ObjectKind::SecurityScheme if is("type", "oauth2") => {
            let has_page = is("flow", "implicit") || is("flow", "accessCode");
            let has_token = ["password", "application", "accessCode"].iter().any(|flow| is("flow", flow));
            let required = [("authorizationUrl", has_page), ("tokenUrl", has_token), ("scopes", true)];
            for (name, _) in required.iter().filter(|(name, is_required)| *is_required && !object.contains_key(*name)) {
                report(kind, object, name, repair);
            }
            return;
        }
        _ => return,
    };
    if !object.contains_key(name) {
        report(kind, object, name, repair);
    }
}

fn report(kind: ObjectKind, object: &JsonObject, name: &str, repair: &mut Repair) {
    let help = object.keys().find(|key| closest(key, [name]).is_some());
    let help = help.map_or_else(|| "add the field".to_owned(), |key| format!("`{key}` may be meant; write `{name}`"));
    repair.warn("missing-key", format!("the {} has no `{name}`", kind.noun()), &help);
}

/// Reads a host with a scheme or a path, and a base path without a slash.
///
/// `{"host": "https://a.example/api", "basePath": "v1"}`
/// becomes `{"host": "a.example", "basePath": "/api/v1", "schemes": ["https"]}`.
pub(super) fn server(root: &mut JsonObject, repair: &mut Repair) {
    let text =
        |root: &JsonObject, name: &str| root.get(name).and_then(Value::as_str).map(|text| text.trim().to_owned());
    if let Some(host) = text(root, "host").filter(|host| host.contains('/')) {
        let (scheme, rest) =
            host.split_once("://").map_or((None, host.as_str()), |(scheme, rest)| (Some(scheme), rest));
        let (meant, path) =
            rest.split_once('/').map_or((rest, ""), |(meant, path)| (meant, path.trim_end_matches('/')));
        let message = format!("the host `{host}` is read as `{meant}`");
        let help = "write only the host; the scheme belongs to `schemes`, and the path to `basePath`";
        repair.warn_at(&repair.place("host"), "invalid-url", message, help);
        if let Some(scheme) = scheme {
            root.entry("schemes").or_insert_with(|| json!([scheme]));
        }
        if !path.is_empty() {
            let base = text(root, "basePath").unwrap_or_default();
            root.insert("basePath".to_owned(), json!(format!("/{path}/{}", base.trim_start_matches('/'))));
        }
        root.insert("host".to_owned(), json!(meant));
    }
    if let Some(base) = text(root, "basePath").filter(|base| !base.is_empty() && !base.starts_with('/')) {
        let message = format!("the base path `{base}` is read as `/{base}`");
        repair.warn_at(&repair.place("basePath"), "invalid-url", message, "begin it with a slash");
        root.insert("basePath".to_owned(), json!(format!("/{base}")));
    }
}
