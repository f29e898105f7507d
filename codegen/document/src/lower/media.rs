//! Lowering media types, encodings and examples.

use serde_json::{Value, json};

use super::operation::drop_collection_format;
use super::{JsonObject, Lowering};
use crate::diagnostic::child;

/// Converts a stream of items to an array, and removes encodings by position.
///
/// `{"itemSchema": {"type": "string"}}` becomes `{"schema": {"type": "array", "items": {"type": "string"}}}`.
pub(super) fn lower_media_type(media_type: &mut JsonObject, walk: &mut Lowering) {
    if let Some(item) = media_type.shift_remove("itemSchema") {
        walk.lossy("itemSchema", "a sequence of items is described as an array");
        if !media_type.contains_key("schema") {
            walk.moves.add(walk.place("itemSchema"), child(&walk.place("schema"), "items"));
            media_type.insert("schema".to_owned(), json!({"type": "array", "items": item}));
        }
    }
    drop_positional(media_type, walk);
}

/// Removes nested encodings.
///
/// `{"contentType": "a/b", "encoding": {}}` becomes `{"contentType": "a/b"}`.
pub(super) fn lower_encoding(encoding: &mut JsonObject, walk: &mut Lowering) {
    if encoding.shift_remove("encoding").is_some() {
        walk.lossy("encoding", "the encoding of nested parts is removed");
    }
    drop_collection_format(encoding, walk);
    drop_positional(encoding, walk);
}

fn drop_positional(object: &mut JsonObject, walk: &mut Lowering) {
    for name in ["prefixEncoding", "itemEncoding"] {
        if object.shift_remove(name).is_some() {
            walk.lossy(name, format!("`{name}` is removed, because 3.0 describes parts only by name"));
        }
    }
}

/// Converts an example to its `value`.
///
/// `{"dataValue": 1, "serializedValue": "1"}` becomes `{"value": 1}`.
pub(super) fn lower_example(example: &mut JsonObject) {
    let serialized = example.shift_remove("serializedValue").filter(Value::is_string);
    let value = example.shift_remove("dataValue").or(serialized);
    if let Some(value) = value
        && !example.contains_key("externalValue")
    {
        example.entry("value").or_insert(value);
    }
}
