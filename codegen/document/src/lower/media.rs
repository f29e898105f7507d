//! What is done to media types, encodings and examples.

use serde_json::{Value, json};

use super::{JsonObject, Lowering};
use crate::diagnostic::child;

/// Makes a stream of items an array of them, and drops encodings by position.
///
/// Before `{"itemSchema": {"type": "string"}}`, after `{"schema": {"type": "array", "items": {"type": "string"}}}`.
pub(super) fn lower_media_type(media_type: &mut JsonObject, walk: &mut Lowering) {
    if let Some(item) = media_type.shift_remove("itemSchema") {
        walk.lossy("itemSchema", "items that follow one another are described as one array");
        if !media_type.contains_key("schema") {
            walk.moves.add(walk.place("itemSchema"), child(&walk.place("schema"), "items"));
            media_type.insert("schema".to_owned(), json!({"type": "array", "items": item}));
        }
    }
    drop_positional(media_type, walk);
}

/// Before `{"contentType": "a/b", "encoding": {}}`, after `{"contentType": "a/b"}`.
pub(super) fn lower_encoding(encoding: &mut JsonObject, walk: &mut Lowering) {
    if encoding.shift_remove("encoding").is_some() {
        walk.lossy("encoding", "the encoding of parts inside a part is dropped");
    }
    drop_positional(encoding, walk);
}

fn drop_positional(object: &mut JsonObject, walk: &mut Lowering) {
    for name in ["prefixEncoding", "itemEncoding"] {
        if object.shift_remove(name).is_some() {
            walk.lossy(name, format!("`{name}` is dropped: 3.0 describes parts by name alone"));
        }
    }
}

/// Before `{"dataValue": 1, "serializedValue": "1"}`, after `{"value": 1}`.
pub(super) fn lower_example(example: &mut JsonObject) {
    let serialized = example.shift_remove("serializedValue").filter(Value::is_string);
    let value = example.shift_remove("dataValue").or(serialized);
    if let Some(value) = value
        && !example.contains_key("externalValue")
    {
        example.entry("value").or_insert(value);
    }
}
