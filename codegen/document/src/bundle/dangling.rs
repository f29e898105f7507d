//! References that lead nowhere: a client reads raw JSON in their place.

use serde_json::{Value, json};

use super::check;
use crate::diagnostic::{Diagnostic, Diagnostics, Place, Severity};
use crate::origin::Documents;
use crate::refs::References;
use crate::spec::{FieldType, ObjectKind, Versions};

/// The codes of the warnings about references that lead nowhere.
pub const DANGLING: &[&str] = &["unknown-reference", "unreadable-file", "remote-reference"];

/// Puts a stand-in in the place of each reference within the document that leads nowhere, with a warning. There is none for parameters, request bodies
/// and path items, without which a client would send something else: [`check_references`](super::check_references) reports those.
///
/// Before `{"type": "array", "items": {"$ref": "#/components/schemas/Gone"}}`, after `{"type": "array", "items": {}}`.
pub fn replace_dangling(value: &mut Value, documents: &Documents, diagnostics: &mut Diagnostics) {
    let versions = Versions::read_in(value);
    let mut found = Vec::new();
    let references = References::new(value);
    check::walk(value, FieldType::DOCUMENT, versions, &mut String::new(), &mut |pointer, holds, reference| {
        if stand_in(holds, versions).is_some() && references.target(reference, pointer).is_none() {
            let fault = check::unresolved(references.root(), pointer, reference);
            found.extend((fault.code == "unknown-reference").then_some((holds, fault)));
        }
    });
    for (holds, fault) in found {
        let at = fault.pointer.rsplit_once('/').map_or("", |(at, _)| at);
        if let Some(node) = value.pointer_mut(at) {
            replace(node, holds, versions);
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

/// Replaces a reference that leads nowhere. Returns false if nothing can stand in for it.
pub(super) fn replace(node: &mut Value, holds: FieldType, versions: Versions) -> bool {
    let Some(stand_in) = stand_in(holds, versions) else { return false };
    match node {
        // What stands beside a reference still says something about the value.
        Value::Object(members) if holds == FieldType::SchemaOrBool => _ = members.shift_remove("$ref"),
        node => *node = stand_in,
    }
    true
}

/// What stands in for a reference that leads nowhere. A security scheme of which nothing is known is left out: null until the end.
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
        FieldType::OneOrRef(ObjectKind::Example | ObjectKind::Callback) => json!({}),
        FieldType::OneOrRef(ObjectKind::SecurityScheme) => Value::Null,
        _ => return None,
    })
}
