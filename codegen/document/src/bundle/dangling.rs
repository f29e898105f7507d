//! Dangling references: a client decodes and sends raw JSON in their place.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::check;
use crate::diagnostic::{Diagnostic, Diagnostics, Place, Severity};
use crate::origin::SourceMap;
use crate::refs::References;
use crate::spec::{FieldType, ObjectKind, Versions, words};

/// The codes of the warnings about dangling references.
pub const DANGLING: &[&str] = &["unknown-reference", "unreadable-file", "remote-reference", "reference-cycle"];

/// Replaces each dangling reference within the document by a placeholder, with a warning. A reference is dangling if it
/// has no target, is circular, or refers to another kind of object.
///
/// For example, `{"type": "array", "items": {"$ref": "#/components/schemas/Gone"}}` becomes
/// `{"type": "array", "items": {}}`. A reference to the section that another version has is corrected:
/// `{"$ref": "#/definitions/Pet"}` becomes `{"$ref": "#/components/schemas/Pet"}` in OpenAPI 3.
pub fn replace_dangling(value: &mut Value, documents: &SourceMap, diagnostics: &mut Diagnostics) {
    let versions = Versions::read_in(value);
    let mut found = Vec::new();
    let references = References::new(value);
    check::walk(value, FieldType::DOCUMENT, versions, &mut String::new(), &mut |pointer, holds, reference| {
        let Some(stand_in) = stand_in(holds, versions) else { return };
        match references.target(reference, pointer) {
            None => match in_other_section(&references, pointer, reference) {
                Some(meant) => {
                    let message = format!("unresolved reference `{reference}`; it is read as `{meant}`");
                    let fault = Diagnostic::new(Severity::Warning, "unknown-reference", pointer, message, "correct it");
                    found.push((Replacement::Reference(meant), fault));
                }
                None => {
                    let fault = check::unresolved(references.root(), pointer, reference);
                    let is_dangling = fault.code == "unknown-reference";
                    found.extend(is_dangling.then_some((Replacement::Node(holds, stand_in), fault)));
                }
            },
            Some(target) if leads_back(&references, &target) => {
                let message = format!("circular reference `{reference}`");
                let help = "change it to a definition";
                let fault = Diagnostic::new(Severity::Warning, "reference-cycle", pointer, message, help);
                found.push((Replacement::Node(holds, stand_in), fault));
            }
            Some(target) if references.node(&target).is_some_and(|node| !holds.fits(node)) => {
                let actual = references.node(&target).map(words::found).unwrap_or_default();
                let message = format!("`{reference}` is {actual}, expected {}", words::expected(holds));
                let help = "correct the reference, or the value that it refers to";
                let fault = Diagnostic::new(Severity::Warning, "unknown-reference", pointer, message, help);
                found.push((Replacement::Node(holds, stand_in), fault));
            }
            Some(target) => {
                let expected = holds.object().filter(|kind| *kind != ObjectKind::Schema);
                if let (Some(expected), Some(actual)) = (expected, references.kind(&target))
                    && expected != actual
                {
                    let message = format!("`{reference}` is a {}, not a {}", actual.noun(), expected.noun());
                    let help = format!("refer to a {}", expected.noun());
                    let fault = Diagnostic::new(Severity::Warning, "unknown-reference", pointer, message, help);
                    let node = pointer.rsplit_once('/').and_then(|(at, _)| references.node(at));
                    let meant = adapted(expected, actual, reference, node, versions);
                    found.push((Replacement::Node(holds, meant.unwrap_or(stand_in)), fault));
                }
            }
        }
    });
    for (replacement, fault) in found {
        match replacement {
            Replacement::Reference(meant) => {
                if let Some(reference) = value.pointer_mut(&fault.pointer) {
                    *reference = meant.into();
                }
            }
            Replacement::Node(holds, stand_in) => {
                let at = fault.pointer.rsplit_once('/').map_or("", |(at, _)| at);
                if let Some(node) = value.pointer_mut(at) {
                    put(node, holds, stand_in);
                }
            }
        }
        let origin = documents.origin(&fault.pointer);
        let is_known = origin.as_ref().is_some_and(|(file, source)| {
            diagnostics.iter().any(|known| known.place == Place::File(*file) && known.pointer == *source)
        });
        if !is_known {
            let fault = Diagnostic { severity: Severity::Warning, ..fault };
            diagnostics.push(match origin {
                Some((file, pointer)) => Diagnostic { pointer, ..fault }.in_file(file),
                None => fault,
            });
        }
    }
    for place in ["/components/securitySchemes", "/securityDefinitions"] {
        if let Some(Value::Object(schemes)) = value.pointer_mut(place) {
            schemes.retain(|_, scheme| !scheme.is_null());
        }
    }
}

/// The replacement of a dangling reference.
enum Replacement {
    /// Another reference.
    Reference(String),
    /// A node of this type, in place of the one with the reference.
    Node(FieldType, Value),
}

/// Returns a reference to the same name in the section of components of another version, if it has a target.
fn in_other_section(references: &References<'_>, pointer: &str, reference: &str) -> Option<String> {
    let sections = [
        ("#/definitions/", "#/components/schemas/"),
        ("#/parameters/", "#/components/parameters/"),
        ("#/responses/", "#/components/responses/"),
    ];
    let renamed = sections.into_iter().find_map(|(older, newer)| {
        let other = |from, to| Some(format!("{to}{}", reference.strip_prefix(from)?));
        other(older, newer).or_else(|| other(newer, older))
    });
    renamed.filter(|renamed| references.target(renamed, pointer).is_some())
}

/// Replaces a dangling reference. Returns false if there is no placeholder for it.
pub(super) fn replace(node: &mut Value, holds: FieldType, versions: Versions) -> bool {
    let Some(stand_in) = stand_in(holds, versions) else { return false };
    put(node, holds, stand_in);
    true
}

fn put(node: &mut Value, holds: FieldType, stand_in: Value) {
    match node {
        // The keywords next to a reference still describe the value.
        Value::Object(members) if holds == FieldType::SchemaOrBool => _ = members.shift_remove("$ref"),
        node => *node = stand_in,
    }
}

/// Returns true if following references from a node leads back to it.
fn leads_back(references: &References<'_>, target: &str) -> bool {
    let mut seen = HashSet::from([target.to_owned()]);
    let mut at = target.to_owned();
    loop {
        let Some(reference) = references.node(&at).and_then(super::pure_reference) else { return false };
        let Some(next) = references.target(reference, &at) else { return false };
        if !seen.insert(next.clone()) {
            return true;
        }
        at = next;
    }
}

/// Wraps a reference to a schema in the kind of object that is expected.
///
/// | before | after |
/// |---|---|
/// | `{"$ref": "#/components/schemas/A"}` | `{"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}` |
/// | `{"name": "a", "in": "query", "$ref": "#/components/schemas/A"}` | `{"name": "a", "in": "query", "schema": {"$ref": "#/components/schemas/A"}}` |
fn adapted(
    expected: ObjectKind,
    actual: ObjectKind,
    reference: &str,
    node: Option<&Value>,
    versions: Versions,
) -> Option<Value> {
    let content = json!({"application/json": {"schema": {"$ref": reference}}});
    match expected {
        _ if actual != ObjectKind::Schema => None,
        ObjectKind::Parameter => {
            let mut parameter = node?.as_object()?.clone();
            if !parameter.contains_key("name") || !parameter.contains_key("in") {
                return None;
            }
            parameter.shift_remove("$ref");
            parameter.insert("schema".to_owned(), json!({"$ref": reference}));
            Some(Value::Object(parameter))
        }
        ObjectKind::Response if versions.meet(Versions::V2_0) => {
            Some(json!({"description": "", "schema": {"$ref": reference}}))
        }
        ObjectKind::Response => Some(json!({"description": "", "content": content})),
        ObjectKind::RequestBody => Some(json!({"content": content})),
        ObjectKind::Header => Some(json!({"schema": {"$ref": reference}})),
        _ => None,
    }
}

/// Returns the placeholder for a dangling reference. An unknown security scheme, parameter or operation is null until it
/// is removed.
fn stand_in(holds: FieldType, versions: Versions) -> Option<Value> {
    let json_body = json!({"application/json": {"schema": {}}});
    Some(match holds {
        FieldType::SchemaOrBool => json!({}),
        FieldType::Map(FieldType::One(ObjectKind::MediaType) | FieldType::OneOrRef(ObjectKind::MediaType)) => json_body,
        FieldType::OneOrRef(ObjectKind::Response) if versions.meet(Versions::V2_0) => {
            json!({"description": "", "schema": {}})
        }
        FieldType::OneOrRef(ObjectKind::Response) => json!({"description": "", "content": json_body}),
        FieldType::OneOrRef(ObjectKind::Header) => json!({"schema": {}}),
        FieldType::OneOrRef(ObjectKind::RequestBody) => json!({"content": json_body}),
        FieldType::OneOrRef(ObjectKind::Example | ObjectKind::Callback | ObjectKind::Link | ObjectKind::PathItem) => {
            json!({})
        }
        FieldType::OneOrRef(ObjectKind::SecurityScheme | ObjectKind::Parameter)
        | FieldType::One(ObjectKind::Operation) => Value::Null,
        _ => return None,
    })
}
