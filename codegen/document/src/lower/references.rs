//! A uniform spelling of references, so that they can be compared with pointers.

use serde_json::Value;

use crate::refs::decoded;
use crate::spec::{FieldType, Versions};

/// Decodes percent-encoding in the references within the document.
///
/// `{"$ref": "#/paths/~1pets~1%7Bid%7D/parameters/0"}` becomes `{"$ref": "#/paths/~1pets~1{id}/parameters/0"}`.
pub fn decode(document: &mut Value) {
    decode_in(FieldType::DOCUMENT, document);
}

fn decode_in(holds: FieldType, node: &mut Value) {
    if let (FieldType::SchemaNameOrRef, Value::String(reference)) = (holds, &mut *node) {
        return decode_one(reference);
    }
    if holds.is_data() {
        return;
    }
    if holds.reference_section().is_some()
        && let Some(Value::String(reference)) = node.get_mut("$ref")
    {
        decode_one(reference);
    }
    match node {
        Value::Object(members) => {
            for (name, member) in members {
                decode_in(holds.member(name, false, Versions::ALL), member);
            }
        }
        Value::Array(items) => {
            let holds = holds.member("", true, Versions::ALL);
            items.iter_mut().for_each(|item| decode_in(holds, item));
        }
        _ => {}
    }
}

fn decode_one(reference: &mut String) {
    if reference.starts_with('#') && reference.contains('%') {
        *reference = decoded(reference);
    }
}
