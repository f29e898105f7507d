//! Adding the caller's fields to the body of a request.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Map, Value};

use super::body::{Body, FORM};
use crate::error::RequestError;
use crate::media_type::essence;
use crate::query;

impl Body {
    /// Sets fields of a JSON object or a form. A name that begins with `/` is a JSON Pointer.
    pub(crate) fn with_fields(self, fields: &[(String, Value)]) -> Result<Self, RequestError> {
        let (media_type, bytes) = match self {
            Body::Empty => ("application/json", Bytes::from_static(b"{}")),
            Body::Bytes { media_type, bytes } => (media_type, bytes),
            Body::Source(mut source) => {
                let form =
                    Arc::get_mut(&mut source).ok_or_else(|| cannot_take("a form that several requests share"))?;
                form.set_fields(fields)?;
                return Ok(Body::Source(source));
            }
        };
        let essence = essence(media_type);
        let bytes = if essence == FORM {
            let own: Map<String, Value> = fields.iter().cloned().collect();
            let names: Vec<_> = own.keys().map(|name| query::form_text(name)).collect();
            let is_kept = |pair: &&str| !names.iter().any(|name| pair.split('=').next() == Some(name));
            let declared = String::from_utf8_lossy(&bytes);
            let mut text = declared.split('&').filter(is_kept).collect::<Vec<_>>().join("&");
            query::append(&mut text, &query::form(&Value::Object(own), &[])?);
            text.into()
        } else if essence.ends_with("json") {
            extended(&bytes, fields)?.into()
        } else {
            return Err(cannot_take(media_type));
        };
        Ok(Body::Bytes { media_type, bytes })
    }
}

/// Returns the error of a body without fields.
pub(super) fn cannot_take(what: &str) -> RequestError {
    RequestError::new(format!("a body field can be added only to a JSON object or a form, not to {what}"))
}

fn extended(body: &[u8], fields: &[(String, Value)]) -> Result<Vec<u8>, RequestError> {
    let unreadable = |error| RequestError::because("cannot add fields to the body", error);
    let mut body: Value = serde_json::from_slice(body).map_err(unreadable)?;
    for (name, value) in fields {
        let (parents, last) = split(name);
        let mut parent = &mut body;
        for key in parents {
            let object = parent.as_object_mut().ok_or_else(|| no_object(name))?;
            parent = object.entry(key).or_insert_with(|| Value::Object(Map::new()));
        }
        parent.as_object_mut().ok_or_else(|| no_object(name))?.insert(last, value.clone());
    }
    serde_json::to_vec(&body).map_err(unreadable)
}

fn no_object(name: &str) -> RequestError {
    RequestError::new(format!("cannot add the body field {name:?}: its parent is not an object"))
}

/// Splits the name into the keys of the enclosing objects and the key of the field.
fn split(name: &str) -> (Vec<String>, String) {
    let Some(pointer) = name.strip_prefix('/') else { return (Vec::new(), name.to_owned()) };
    let mut keys: Vec<_> = pointer.split('/').map(|key| key.replace("~1", "/").replace("~0", "~")).collect();
    let last = keys.pop().unwrap_or_default();
    (keys, last)
}
