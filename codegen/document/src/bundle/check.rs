//! Checking references within the document.

use serde_json::Value;

use super::target::Target;
use crate::diagnostic::{Diagnostic, Diagnostics, Place, Severity, child, closest, push_token, tokens};
use crate::origin::SourceMap;
use crate::refs::References;
use crate::spec::{FieldType, ObjectKind, Versions};

/// Reports references of the bundled and overlaid document that have no target in it.
///
/// References that `bundle` has already reported are skipped.
pub fn check_references(value: &Value, documents: &SourceMap, diagnostics: &mut Diagnostics) {
    let references = References::new(value);
    let mut faults = Vec::new();
    walk(value, FieldType::DOCUMENT, Versions::read_in(value), &mut String::new(), &mut |pointer, holds, reference| {
        faults.extend(fault(&references, pointer, holds, reference));
    });
    for fault in faults {
        let origin = documents.origin(&fault.pointer);
        let is_known = origin.is_some_and(|(file, source)| {
            diagnostics.iter().any(|known| known.place == Place::File(file) && known.pointer == source)
        });
        if !is_known {
            diagnostics.push(fault);
        }
    }
}

/// Returns the diagnostic for the reference at `pointer`, if it has no target.
fn fault(references: &References<'_>, pointer: &str, holds: FieldType, reference: &str) -> Option<Diagnostic> {
    if references.target(reference, pointer).is_some() {
        return None;
    }
    let diagnostic = unresolved(references.root(), pointer, reference);
    // Examples are not needed for the client, so this is only a warning.
    let is_example = holds == FieldType::OneOrRef(ObjectKind::Example);
    Some(if is_example { Diagnostic { severity: Severity::Warning, ..diagnostic } } else { diagnostic })
}

pub(super) fn unresolved(value: &Value, pointer: &str, reference: &str) -> Diagnostic {
    if !reference.starts_with('#') {
        let message = format!("`{reference}` refers to another file, which is not allowed in an overlay");
        let help = "refer to a component of the document, such as `#/components/schemas/Name`";
        return Diagnostic::new(Severity::Error, "unbundled-reference", pointer, message, help);
    }
    let target = match Target::parse(reference, "") {
        Ok(target) => target.pointer,
        Err(fault) => return fault.diagnostic(reference, pointer),
    };
    let suggestion = missing(value, &target).flatten();
    let message = format!("unresolved reference `{reference}`");
    let help = suggestion.map(|suggestion| format!("did you mean `#{suggestion}`?")).unwrap_or_default();
    Diagnostic::new(Severity::Error, "unknown-reference", pointer, message, help)
}

/// Returns `None` if `pointer` exists, and otherwise the pointer that may have been meant, if there is one.
pub(super) fn missing(value: &Value, pointer: &str) -> Option<Option<String>> {
    if value.pointer(pointer).is_some() {
        return None;
    }
    let mut meant = String::new();
    let mut node = value;
    for token in tokens(pointer) {
        let (name, member) = match node {
            Value::Object(members) => match members
                .get_key_value(&token)
                .or_else(|| members.get_key_value(closest(&token, members.keys().map(String::as_str))?))
            {
                Some(found) => found,
                None => return Some(as_schema(value, pointer)),
            },
            _ => match node.get(token.parse::<usize>().unwrap_or(usize::MAX)) {
                Some(element) => (&token, element),
                None => return Some(None),
            },
        };
        push_token(&mut meant, name);
        node = member;
    }
    Some(Some(meant))
}

/// Returns the component schema of the same name: documents converted from Swagger 2.0 may still use
/// `#/definitions/Name`.
fn as_schema(value: &Value, pointer: &str) -> Option<String> {
    let meant = child("/components/schemas", &tokens(pointer).next_back()?);
    value.pointer(&meant).map(|_| meant)
}

/// Calls `see` with the pointer of each `$ref`, the type of its place, and its text.
pub(super) fn walk(
    node: &Value,
    holds: FieldType,
    versions: Versions,
    at: &mut String,
    see: &mut dyn FnMut(&str, FieldType, &str),
) {
    if holds.is_data() {
        return;
    }
    if let Some(reference) = node.get("$ref").and_then(Value::as_str) {
        see(&child(at, "$ref"), holds, reference);
    }
    holds.visit_members(node, versions, at, &mut |node, holds, at| walk(node, holds, versions, at, see));
}
