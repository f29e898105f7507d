//! Raising values of parameters that are new in OpenAPI 3.2.

use serde_json::Value;

use super::{JsonObject, Raising};
use crate::spec::{Versions, fields_by_location};

/// Warns about values of OpenAPI 3.2 in a parameter of an earlier version, and removes `allowReserved` where that
/// version ignores it. `lint` reports fields.
///
/// In 3.0, `{"in": "path", "name": "id", "allowReserved": true}` becomes `{"in": "path", "name": "id"}`.
pub(super) fn of_version(parameter: &mut JsonObject, raising: &mut Raising) {
    if let Some(version) = raising.version.name().filter(|_| raising.version != Versions::V3_2) {
        for (name, word) in [("in", "querystring"), ("style", "cookie")] {
            if parameter.get(name).is_some_and(|value| value == word) {
                let message = format!("OpenAPI {version} has no `{name}: {word}`; read as in OpenAPI 3.2");
                raising.warn(name, "newer-field", message, "declare `openapi: 3.2.0`");
            }
        }
    }
    let locations = fields_by_location(raising.version).into_iter().find(|(field, _)| *field == "allowReserved");
    let location = parameter.get("in").and_then(Value::as_str).unwrap_or("query");
    if locations.is_some_and(|(_, locations)| !locations.contains(&location)) {
        parameter.shift_remove("allowReserved");
    }
}
