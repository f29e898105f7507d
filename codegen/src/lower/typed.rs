//! The lowered document as typed values: [`openapiv3::OpenAPI`], which other tools read.

use openapiv3::OpenAPI;
use serde::Deserialize;
use serde_json::Value;

use super::grammar::{Kind, Shape};
use crate::diagnostic::{Diagnostics, child};

/// How much stack the types may take: a schema inside another takes `serde` some 30 KiB in a debug build.
const STACK: usize = 64 * 1024 * 1024;

/// Makes a lowered document typed. None if the types refuse it; the diagnostics then say where.
pub fn typed(document: &Value, diagnostics: &mut Diagnostics) -> Option<OpenAPI> {
    match stacker::grow(STACK, || OpenAPI::deserialize(document)) {
        Ok(typed) => Some(typed),
        Err(error) => {
            report(document, &error.to_string(), diagnostics);
            None
        }
    }
}

/// Reports the innermost objects that the types refuse, or the document as a whole.
fn report(document: &Value, reason: &str, diagnostics: &mut Diagnostics) {
    let mut refused = Vec::new();
    find(Shape::One(Kind::Document), document, String::new(), &mut refused);
    if refused.is_empty() {
        refused.push((String::new(), reason.to_owned()));
    }
    for (pointer, reason) in refused {
        let message = format!("the typed model refuses this: {reason}");
        diagnostics.error(
            "unsupported-document",
            pointer,
            message,
            "write it in another way, in an overlay if the document is not yours",
        );
    }
}

/// Finds the refused objects inside a value, or else the value itself.
fn find(shape: Shape, value: &Value, pointer: String, refused: &mut Vec<(String, String)>) {
    let before = refused.len();
    match (shape, value) {
        (Shape::OneOrRef(_) | Shape::SchemaOrFlag, Value::Object(object)) if object.contains_key("$ref") => {}
        (Shape::One(kind) | Shape::OneOrRef(kind), Value::Object(object)) => {
            for (name, member) in object {
                if let Some(shape) = kind.shape(name) {
                    find(shape, member, child(&pointer, name), refused);
                }
            }
            if refused.len() == before
                && let Some(reason) = refuse(kind, value)
            {
                refused.push((pointer, reason));
            }
        }
        (Shape::SchemaOrFlag, value) => {
            find(Shape::One(Kind::Schema), value, pointer, refused);
        }
        (Shape::List(inner), Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                find(*inner, item, child(&pointer, &index.to_string()), refused);
            }
        }
        (Shape::Map(inner), Value::Object(members)) => {
            for (name, member) in members {
                find(*inner, member, child(&pointer, name), refused);
            }
        }
        _ => {}
    }
}

/// Why the types refuse an object by itself; the kinds that have no type of their own are covered by what holds them.
fn refuse(kind: Kind, value: &Value) -> Option<String> {
    fn reason<T: for<'v> Deserialize<'v>>(value: &Value) -> Option<String> {
        T::deserialize(value).err().map(|error| error.to_string())
    }
    match kind {
        Kind::PathItem => reason::<openapiv3::PathItem>(value),
        Kind::Operation => reason::<openapiv3::Operation>(value),
        Kind::Parameter => reason::<openapiv3::Parameter>(value),
        Kind::RequestBody => reason::<openapiv3::RequestBody>(value),
        Kind::MediaType => reason::<openapiv3::MediaType>(value),
        Kind::Responses => reason::<openapiv3::Responses>(value),
        Kind::Response => reason::<openapiv3::Response>(value),
        Kind::Header => reason::<openapiv3::Header>(value),
        Kind::Schema => reason::<openapiv3::Schema>(value),
        Kind::SecurityScheme => reason::<openapiv3::SecurityScheme>(value),
        Kind::Info => reason::<openapiv3::Info>(value),
        Kind::Server => reason::<openapiv3::Server>(value),
        Kind::Components => reason::<openapiv3::Components>(value),
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
        assert_eq!(messages, ["the typed model refuses this: it is refused"]);
    }
}
