//! The lowered document as typed values: [`openapiv3::OpenAPI`].
//!
//! Every node is checked first against the table of OpenAPI's objects, so that whatever the types would refuse has been told of with its
//! place, all of it at once, and what they would skip without a word, such as a misspelt key, too.

mod check;
mod refusal;

use openapiv3::OpenAPI;
use serde::Deserialize;
use serde_json::Value;

use crate::diagnostic::Diagnostics;

/// Makes a lowered document typed. None if a node is not what OpenAPI 3.0 has in its place; the diagnostics then say which.
pub fn model(document: &Value, diagnostics: &mut Diagnostics) -> Option<OpenAPI> {
    if !check::check(document, diagnostics) {
        return None;
    }
    match OpenAPI::deserialize(document) {
        Ok(model) => Some(model),
        Err(error) => {
            refusal::report(document, &error.to_string(), diagnostics);
            None
        }
    }
}
