//! Whether references within the document lead anywhere.

use serde_json::Value;

use super::target::Target;
use crate::diagnostic::{Diagnostic, Diagnostics, Place, Severity, child, closest, push_token, tokens};
use crate::kind::{Kind, Shape};
use crate::origin::Documents;

/// Reports the references of the bundled and overlaid document that lead nowhere in it.
///
/// A reference that `bundle` has reported already is not reported again.
pub fn check_references(value: &Value, documents: &Documents, diagnostics: &mut Diagnostics) {
    let mut found = Vec::new();
    walk(value, Shape::One(Kind::Document), &mut String::new(), &mut |pointer, _, reference| {
        found.push((pointer.to_owned(), reference.to_owned()));
    });
    for (pointer, reference) in found {
        let Some(fault) = fault(value, &pointer, &reference) else { continue };
        let origin = documents.origin(&pointer);
        let is_known = origin.is_some_and(|(file, source)| {
            diagnostics.iter().any(|known| known.place == Place::File(file) && known.pointer == source)
        });
        if !is_known {
            diagnostics.push(fault);
        }
    }
}

/// What is wrong with the reference at `pointer`.
fn fault(value: &Value, pointer: &str, reference: &str) -> Option<Diagnostic> {
    if !reference.starts_with('#') {
        let message = format!("`{reference}` refers to another file, which an overlay cannot");
        let help = "refer to a component of the document, such as `#/components/schemas/Name`";
        return Some(Diagnostic::new(Severity::Error, "unbundled-reference", pointer, message, help));
    }
    let target = match Target::parse(reference, "") {
        Ok(target) => target.pointer,
        Err(fault) => return Some(fault.diagnostic(reference, pointer)),
    };
    let suggestion = missing(value, &target)?;
    let message = format!("`{reference}` leads nowhere");
    let help = suggestion.map(|suggestion| format!("did you mean `#{suggestion}`?")).unwrap_or_default();
    Some(Diagnostic::new(Severity::Error, "unknown-reference", pointer, message, help))
}

/// Nothing if `pointer` leads somewhere; otherwise the pointer that may have been meant, if there is one.
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

/// The component schema of the same name: documents that were Swagger 2.0 once still say `#/definitions/Name`.
fn as_schema(value: &Value, pointer: &str) -> Option<String> {
    let meant = child("/components/schemas", &tokens(pointer).next_back()?);
    value.pointer(&meant).map(|_| meant)
}

/// Calls `see` with the pointer of each reference, the section of `components` for what it refers to, and its text.
pub(super) fn walk(node: &Value, shape: Shape, at: &mut String, see: &mut dyn FnMut(&str, &'static str, &str)) {
    // Nothing is generated from an example.
    if shape == Shape::Data || shape == Shape::One(Kind::Example) {
        return;
    }
    if let Some(section) = shape.section()
        && let Some(reference) = node.get("$ref").and_then(Value::as_str)
    {
        see(&child(at, "$ref"), section, reference);
    }
    let length = at.len();
    let mut member = |token: &str, node: &Value, shape: Shape| {
        push_token(at, token);
        walk(node, shape, at, see);
        at.truncate(length);
    };
    match node {
        Value::Object(members) => members.iter().for_each(|(key, value)| member(key, value, shape.member(key))),
        Value::Array(elements) => {
            let shape = if let Shape::One(_) = shape { shape } else { shape.member("") };
            elements.iter().enumerate().for_each(|(index, value)| member(&index.to_string(), value, shape));
        }
        _ => {}
    }
}
