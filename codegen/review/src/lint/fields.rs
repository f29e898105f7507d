//! Rules that follow the table of what OpenAPI allows where.

use serde_json::Value;

use super::operations::operations;
use super::{Found, Node};
use crm_clients_document::diagnostic::child;
use crm_clients_document::spec::{METHODS, ObjectKind, Versions, fields_by_location};

/// Fields that the document's version requires. The passes report those that 3.2 requires, except for the ones that they complete.
pub(super) fn missing(kind: ObjectKind, node: &Node<'_>, found: &mut Found) {
    let completes = |name: &str| matches!(kind, ObjectKind::Info | ObjectKind::License) || name == "scopes";
    for field in kind.fields() {
        let is_reported = field.required.meet(Versions::V3_2) && !completes(field.name);
        let is_missing = field.required.meet(node.version)
            && field.versions.meet(Versions::V3_2)
            && !node.object.contains_key(field.name);
        if is_missing && !is_reported {
            found.push((node.pointer.to_owned(), format!("the {} has no `{}`", kind.noun(), field.name)));
        }
    }
}

pub(super) fn no_responses(responses: &Node<'_>, found: &mut Found) {
    if responses.object.keys().all(|status| status.starts_with("x-")) {
        found.push((responses.pointer.to_owned(), "the responses object has no response".to_owned()));
    }
}

pub(super) fn missing_alternative(kind: ObjectKind, node: &Node<'_>, found: &mut Found) {
    let fields = kind.alternative_fields(node.version);
    if !fields.is_empty() && fields.iter().all(|field| !node.object.contains_key(*field)) {
        let fields: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
        let message = format!("the {} has none of {}", kind.noun(), fields.join(", "));
        found.push((node.pointer.to_owned(), message));
    }
}

pub(super) fn exclusive(kind: ObjectKind, node: &Node<'_>, found: &mut Found) {
    for (one, other) in kind.exclusive_fields() {
        if node.object.contains_key(*one) && node.object.contains_key(*other) {
            let message = format!("the {} has `{one}` and `{other}`, which exclude each other", kind.noun());
            found.push((node.place(other), message));
        }
    }
}

pub(super) fn misplaced(parameter: &Node<'_>, found: &mut Found) {
    let Some(location) = parameter.text("in") else { return };
    for (field, locations) in fields_by_location(parameter.version) {
        // A cookie in the style `cookie` is sent as it is.
        let is_raw = location == "cookie" && parameter.text("style") == Some("cookie");
        if parameter.object.contains_key(field) && (is_raw || !locations.contains(&location)) {
            let message = format!("`{field}` has no meaning in this {location} parameter");
            found.push((parameter.place(field), message));
        }
    }
}

pub(super) fn misplaced_in_header(header: &Node<'_>, found: &mut Found) {
    for (field, _) in fields_by_location(header.version) {
        if header.object.contains_key(field) {
            found.push((header.place(field), format!("`{field}` has no meaning in a header")));
        }
    }
}

pub(super) fn link_target(link: &Node<'_>, found: &mut Found) {
    let Some(target) = link.text("operationId") else { return };
    let is_target = |operation: &super::Object| operation.get("operationId").is_some_and(|id| id == target);
    // Links can lead to operations elsewhere in a document of fragments.
    let mut known = operations(link.document).peekable();
    if known.peek().is_some() && !known.any(|(_, operation)| is_target(operation)) {
        found.push((link.place("operationId"), format!("no operation has the `operationId` `{target}`")));
    }
}

pub(super) fn conflicting_operations(item: &Node<'_>, found: &mut Found) {
    let additional = item.object.get("additionalOperations").and_then(Value::as_object);
    for method in additional.into_iter().flatten().map(|(method, _)| method) {
        let field = method.to_ascii_lowercase();
        if METHODS.contains(&field.as_str()) && *method == method.to_ascii_uppercase() {
            let place = child(&item.place("additionalOperations"), method);
            found.push((place, format!("operations of the method {method} belong in the field `{field}`")));
        }
    }
}
