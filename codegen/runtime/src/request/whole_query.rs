//! Parameters that form the whole query, and bodies that are sequences of JSON values.

use bytes::Bytes;
use percent_encoding::utf8_percent_encode;
use serde::Serialize;

use super::body::Body;
use super::call::Call;
use super::parts::RequestParts;
use crate::media_type::essence;
use crate::path::RESERVED;
use crate::query::{self, PartEncoding};

/// The byte before each value of a JSON text sequence (RFC 7464).
const RECORD_SEPARATOR: u8 = 0x1e;

impl<T, B: Default> Call<T, B> {
    /// Sends a form as the whole query; null sends nothing.
    pub fn query_form<V: Serialize + ?Sized>(&mut self, value: &V, encodings: &[(&str, PartEncoding)]) {
        if let Some(value) = self.parts.check("query", serde_json::to_value(value)) {
            match query::form(&value, encodings) {
                Ok(form) => self.parts.set_whole_query(form),
                Err(error) => self.parts.fail(error),
            }
        }
    }

    /// Sends JSON as the whole query.
    pub fn query_json<V: Serialize + ?Sized>(&mut self, value: &V) {
        if let Some(text) = self.parts.check("query", serde_json::to_string(value)) {
            self.query_text(&text);
        }
    }

    /// Sends text as the whole query.
    pub fn query_text(&mut self, text: &str) {
        self.parts.set_whole_query(utf8_percent_encode(text, RESERVED).to_string());
    }

    /// Sends a sequence of JSON values: one per line, or each after a record separator if the media type requires it.
    pub fn json_sequence<V: Serialize>(&mut self, media_type: &'static str, values: &[V]) {
        let is_sequence = essence(media_type).ends_with("json-seq");
        let mut bytes = Vec::new();
        for value in values {
            if is_sequence {
                bytes.push(RECORD_SEPARATOR);
            }
            if self.parts.check("body", serde_json::to_writer(&mut bytes, value)).is_none() {
                return;
            }
            bytes.push(b'\n');
        }
        self.parts.body = Body::Bytes { media_type, bytes: Bytes::from(bytes) };
    }
}

impl RequestParts {
    fn set_whole_query(&mut self, encoded: String) {
        // Only a whole query has an empty name, so this one replaces an earlier one.
        self.query.retain(|(name, _)| !name.is_empty());
        self.query.push(("".into(), encoded));
    }
}
