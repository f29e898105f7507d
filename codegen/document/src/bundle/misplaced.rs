//! References where OpenAPI does not allow them: in place of an operation, of all paths, of a section of components.

use serde_json::{Map, Value};

use crate::diagnostic::{Diagnostic, Diagnostics, Severity, child};
use crate::load::Growth;
use crate::origin::SourceMap;
use crate::refs::References;
use crate::spec::{FieldType, ObjectKind, Versions};

/// Replaces such references within the document by their targets. Fields next to a reference override the target's.
/// Returns true if there were any.
///
/// For example, `{"paths": {"/a": {"get": {"$ref": "#/x-operations/list"}}}, "x-operations": {"list": {"operationId":
/// "list"}}}` becomes
/// `{"paths": {"/a": {"get": {"operationId": "list"}}}, "x-operations": {"list": {"operationId": "list"}}}`.
pub fn inline_misplaced(value: &mut Value, documents: &mut SourceMap, diagnostics: &mut Diagnostics) -> bool {
    let mut growth = Growth::default();
    let mut inlined = false;
    // An inlined node may contain further such references.
    loop {
        let mut found = Vec::new();
        find(value, FieldType::DOCUMENT, Versions::read_in(value), &mut String::new(), &mut found);
        let references = References::new(value);
        // References without a target have been reported, and those to another kind of value are reported by a later
        // pass.
        found.retain(|(pointer, holds, reference)| {
            let target = references.target(reference, pointer);
            target.and_then(|target| references.node(&target)).is_some_and(|target| holds.fits(target))
        });
        if found.is_empty() {
            return inlined;
        }
        for (pointer, holds, reference) in found {
            let place = child(&pointer, "$ref");
            let target = References::new(value).target(&reference, &pointer);
            let target = target.filter(|target| !is_within(&pointer, target) && !is_within(target, &pointer));
            let copy = target.as_ref().and_then(|target| value.pointer(target)).cloned();
            let (Some(target), Some(copy)) = (target, copy) else {
                let message = format!("`{reference}` refers to an enclosing node");
                diagnostics.error("unknown-reference", place, message, "write the intended value here");
                return inlined;
            };
            if let Err(message) = growth.allow(&copy, &pointer) {
                diagnostics.error("too-large", place, message, "");
                return inlined;
            }
            let warning = warning(holds, &reference, place);
            diagnostics.push(match documents.origin(&warning.pointer) {
                Some((file, source)) => Diagnostic { pointer: source, ..warning }.in_file(file),
                None => warning,
            });
            let Some(node) = value.pointer_mut(&pointer) else { return inlined };
            inlined = true;
            let own = node.take();
            *node = copy;
            let own_members = own.as_object().into_iter().flatten().filter(|(name, _)| *name != "$ref");
            let places: Vec<_> =
                own_members.clone().map(|(name, _)| (name, documents.origin(&child(&pointer, name)))).collect();
            documents.copy_origin(&target, &pointer);
            for (name, origin) in places {
                if let Some((file, source)) = origin {
                    documents.set_origin(&child(&pointer, name), file, &source);
                }
            }
            if let Value::Object(node) = node {
                let own: Map<String, Value> = own_members.map(|(name, value)| (name.clone(), value.clone())).collect();
                node.extend(own);
            }
        }
    }
}

/// Creates the warning about a reference where OpenAPI does not allow one.
pub(super) fn warning(holds: FieldType, reference: &str, pointer: String) -> Diagnostic {
    let noun = holds.object().map_or("list or map", ObjectKind::noun);
    let message = format!("OpenAPI allows no reference in place of this {noun}; `{reference}` is resolved anyway");
    let help = "write the intended value here, or refer to a component where OpenAPI allows it";
    Diagnostic::new(Severity::Warning, "misplaced-reference", pointer, message, help)
}

fn find(
    node: &Value,
    holds: FieldType,
    versions: Versions,
    at: &mut String,
    found: &mut Vec<(String, FieldType, String)>,
) {
    if holds.is_data() {
        return;
    }
    if let Some(reference) = node.get("$ref").and_then(Value::as_str)
        && holds.reference_section().is_none()
    {
        return found.push((at.clone(), holds, reference.to_owned()));
    }
    holds.visit_members(node, versions, at, &mut |node, holds, at| find(node, holds, versions, at, found));
}

fn is_within(pointer: &str, node: &str) -> bool {
    pointer.strip_prefix(node).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
