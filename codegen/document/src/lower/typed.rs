//! The lowered document as an [`openapiv3::OpenAPI`], the type that other tools use.

use openapiv3::OpenAPI;
use serde::Deserialize;
use serde_json::Value;

use crate::diagnostic::{Diagnostics, child};
use crate::spec::{FieldType, ObjectKind, Versions};

/// The stack size for deserialization: each nested schema takes about 30 KiB in a debug build.
const STACK: usize = 64 * 1024 * 1024;

/// Deserializes a lowered document. `None` if that fails, which is reported in the diagnostics.
pub fn typed(document: &Value, diagnostics: &mut Diagnostics) -> Option<OpenAPI> {
    match stacker::grow(STACK, || OpenAPI::deserialize(document)) {
        Ok(typed) => Some(typed),
        Err(error) => {
            report(document, &error.to_string(), diagnostics);
            None
        }
    }
}

/// Reports the innermost objects that cannot be deserialized, or the document as a whole.
fn report(document: &Value, reason: &str, diagnostics: &mut Diagnostics) {
    let mut refused = Vec::new();
    find(FieldType::DOCUMENT, document, String::new(), &mut refused);
    if refused.is_empty() {
        refused.push((String::new(), reason.to_owned()));
    }
    for (pointer, reason) in refused {
        let message = format!("cannot deserialize this as OpenAPI 3.0: {reason}");
        diagnostics.error(
            "unsupported-document",
            pointer,
            message,
            "change it, in an overlay if the document is not yours",
        );
    }
}

/// Finds the invalid objects inside a value, or else the value itself.
fn find(holds: FieldType, value: &Value, pointer: String, refused: &mut Vec<(String, String)>) {
    let before = refused.len();
    match (holds, value) {
        (FieldType::OneOrRef(_) | FieldType::SchemaOrBool, Value::Object(object)) if object.contains_key("$ref") => {}
        (FieldType::List(inner), Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                find(*inner, item, child(&pointer, &index.to_string()), refused);
            }
        }
        (FieldType::Map(inner), Value::Object(members)) => {
            for (name, member) in members {
                find(*inner, member, child(&pointer, name), refused);
            }
        }
        (holds, Value::Object(object)) => {
            let Some(kind) = holds.object() else { return };
            for (name, member) in object {
                if let Some(holds) = kind.holds(name, Versions::V3_0) {
                    find(holds, member, child(&pointer, name), refused);
                }
            }
            if refused.len() == before
                && let Some(reason) = refuse(kind, value)
            {
                refused.push((pointer, reason));
            }
        }
        _ => {}
    }
}

/// Returns the error of deserializing an object by itself. Kinds without their own type are covered by the enclosing
/// object.
fn refuse(kind: ObjectKind, value: &Value) -> Option<String> {
    fn reason<T: for<'v> Deserialize<'v>>(value: &Value) -> Option<String> {
        T::deserialize(value).err().map(|error| error.to_string())
    }
    match kind {
        ObjectKind::PathItem => reason::<openapiv3::PathItem>(value),
        ObjectKind::Operation => reason::<openapiv3::Operation>(value),
        ObjectKind::Parameter => reason::<openapiv3::Parameter>(value),
        ObjectKind::RequestBody => reason::<openapiv3::RequestBody>(value),
        ObjectKind::MediaType => reason::<openapiv3::MediaType>(value),
        ObjectKind::Responses => reason::<openapiv3::Responses>(value),
        ObjectKind::Response => reason::<openapiv3::Response>(value),
        ObjectKind::Header => reason::<openapiv3::Header>(value),
        ObjectKind::Schema => reason::<openapiv3::Schema>(value),
        ObjectKind::SecurityScheme => reason::<openapiv3::SecurityScheme>(value),
        ObjectKind::Info => reason::<openapiv3::Info>(value),
        ObjectKind::Server => reason::<openapiv3::Server>(value),
        ObjectKind::Components => reason::<openapiv3::Components>(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_innermost_objects_are_told_of() {
        let document = json!({
            "paths": {"/a": {"get": {"summary": "No responses"}, "put": {"responses": {}}}},
            "components": {"schemas": {"S": {"type": "object", "properties": {"a": {"minLength": -1}, "b": {"$ref": 1}}}}}
        });
        let mut diagnostics = Diagnostics::new();
        report(&document, "it is refused", &mut diagnostics);
        let pointers: Vec<_> = diagnostics.iter().map(|refused| refused.pointer.as_str()).collect();
        assert_eq!(pointers, ["/paths/~1a/get", "/components/schemas/S/properties/a"]);
    }

    #[test]
    fn a_document_refused_as_a_whole_is_told_of() {
        let mut diagnostics = Diagnostics::new();
        report(&json!({}), "it is refused", &mut diagnostics);
        let messages: Vec<_> = diagnostics.iter().map(|refused| refused.message.as_str()).collect();
        assert_eq!(messages, ["cannot deserialize this as OpenAPI 3.0: it is refused"]);
    }
}
