//! `x-idempotent`: marks operations that can or cannot be retried.

use serde_json::Value;

use crate::diagnostic::{Diagnostics, child};
use crate::token::is_token;

/// The extension's name.
pub(super) const NAME: &str = "x-idempotent";

/// The idempotence of an operation, independent of its method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Idempotent {
    /// True if the operation can be retried.
    Always(bool),
    /// The operation can be retried: each call has a key in this header, by which the server recognizes retries.
    ByKey(String),
}

impl Idempotent {
    /// Returns true if the operation can be retried.
    pub fn is_safe(&self) -> bool {
        !matches!(self, Self::Always(false))
    }

    /// Returns the name of the key's header.
    pub fn key(self) -> Option<String> {
        match self {
            Self::Always(_) => None,
            Self::ByKey(header) => Some(header),
        }
    }
}

/// Reads the extension at `place`. Returns `None` if it is invalid.
pub(super) fn read(value: &Value, place: String, diagnostics: &mut Diagnostics) -> Option<Idempotent> {
    let help = "write `true`, `false`, or `{key: Idempotency-Key}` with the header that has the key";
    let object = match value {
        Value::Bool(value) => return Some(Idempotent::Always(*value)),
        Value::Object(object) => object,
        _ => {
            diagnostics.error("bad-extension", place, "`x-idempotent` is neither a boolean nor a map", help);
            return None;
        }
    };
    if let Some(key) = object.keys().find(|key| *key != "key") {
        diagnostics.error("bad-extension", child(&place, key), format!("unknown key `{key}` of `{NAME}`"), help);
        return None;
    }
    let header = object.get("key").and_then(Value::as_str);
    match header.filter(|header| is_token(header)) {
        Some(header) => Some(Idempotent::ByKey(header.to_owned())),
        None => {
            diagnostics.error("bad-extension", place, "expected the name of a header in `key` of `x-idempotent`", help);
            None
        }
    }
}
