//! Rules about the document as a whole.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::security::requirements;
use super::{Found, JsonObject, LintNode, each_object};
use crm_clients_document::diagnostic::{child, tokens};
use crm_clients_document::refs::decoded;
use crm_clients_document::spec::{FieldType, ObjectKind, Versions};

/// Finds components that are not reachable from paths, webhooks and security requirements.
pub(super) fn unused_components(document: &Value, found: &mut Found) {
    let used = used_components(document);
    let schemes: HashSet<&String> = requirements(document).map(|(_, name, _)| name).collect();
    let sections = document.get("components").and_then(Value::as_object).into_iter().flatten();
    for (section, components) in sections.filter(|(section, _)| !section.starts_with("x-")) {
        for name in components.as_object().into_iter().flat_map(JsonObject::keys) {
            let pointer = child(&child("/components", section), name);
            let is_used = match section.as_str() {
                "securitySchemes" => schemes.contains(name),
                _ => used.contains(&pointer),
            };
            if !is_used {
                found.push((pointer, format!("`{name}` in `components.{section}` is never referenced")));
            }
        }
    }
}

/// Returns the JSON pointers of components that are referenced from outside of components, or from other used
/// components.
fn used_components(document: &Value) -> HashSet<String> {
    let mut used = HashSet::new();
    let mut queue: Vec<(&str, &Value)> = Vec::new();
    let root = document.as_object().into_iter().flatten();
    queue.extend(root.filter(|(key, _)| *key != "components").map(|(key, value)| (key.as_str(), value)));
    while let Some((key, node)) = queue.pop() {
        let pointer = match node {
            Value::Object(members) => {
                // The mapping of a discriminator contains references too.
                let key_of = |member| if key == "mapping" { key } else { member };
                queue.extend(members.iter().map(|(member, value)| (key_of(member.as_str()), value)));
                continue;
            }
            Value::Array(elements) => {
                queue.extend(elements.iter().map(|element| (key, element)));
                continue;
            }
            Value::String(text) => match text.strip_prefix('#') {
                Some(pointer) => pointer.to_owned(),
                None if key == "mapping" => child("/components/schemas", text),
                None => continue,
            },
            _ => continue,
        };
        let component = tokens(&pointer).take(3).fold(String::new(), |at, token| child(&at, &token));
        if component.starts_with("/components/")
            && let Some(value) = document.pointer(&component).filter(|_| !used.contains(&component))
        {
            used.insert(component);
            queue.push(("", value));
        }
    }
    used
}

/// Checks all operations, including those of webhooks and callbacks.
pub(super) fn duplicate_operation_ids(document: &Value, found: &mut Found) {
    let mut first: HashMap<String, String> = HashMap::new();
    let mut visit = |kind, operation: &JsonObject, pointer: &str| {
        let id = operation.get("operationId").and_then(Value::as_str);
        let Some(id) = id.filter(|_| kind == ObjectKind::Operation) else { return };
        match first.get(id) {
            Some(other) => {
                found.push((child(pointer, "operationId"), format!("`{id}` is also the `operationId` of #{other}")));
            }
            None => _ = first.insert(id.to_owned(), pointer.to_owned()),
        }
    };
    each_object(FieldType::DOCUMENT, Versions::read_in(document), document, &mut String::new(), &mut visit);
}

pub(super) fn equivalent_paths(document: &Value, found: &mut Found) {
    let mut first = HashMap::new();
    for path in document.get("paths").and_then(Value::as_object).into_iter().flat_map(JsonObject::keys) {
        if let Some(other) = first.insert(without_names(&decoded(path)), path) {
            let message = format!("`{path}` and `{other}` are equivalent paths");
            found.push((child("/paths", path), message));
        }
    }
}

/// Returns a path with `{}` for each of its parameters.
fn without_names(path: &str) -> String {
    let mut parts = path.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |path, part| path + "{}" + part.split_once('}').map_or(part, |(_, rest)| rest))
}

pub(super) fn insecure_server(server: &LintNode<'_>, found: &mut Found) {
    insecure(server, "url", found);
}

/// Checks the URLs of OAuth flows, for which OAuth requires TLS.
pub(super) fn insecure_flow(kind: ObjectKind, flow: &LintNode<'_>, found: &mut Found) {
    if matches!(
        kind,
        ObjectKind::ImplicitFlow
            | ObjectKind::PasswordFlow
            | ObjectKind::ClientCredentialsFlow
            | ObjectKind::AuthorizationCodeFlow
            | ObjectKind::DeviceAuthorizationFlow
    ) {
        kind.url_fields().iter().for_each(|field| insecure(flow, field, found));
    }
}

fn insecure(node: &LintNode<'_>, field: &str, found: &mut Found) {
    let url = node.text(field).unwrap_or_default();
    let Some(host) = url.strip_prefix("http://") else { return };
    if !["localhost", "127.0.0.1", "[::1]"].iter().any(|local| host.starts_with(local)) {
        found.push((node.place(field), format!("requests to {url} are not encrypted")));
    }
}
