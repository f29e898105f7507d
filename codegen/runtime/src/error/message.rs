//! The message in the body of an error response.

use serde_json::Value;

/// The properties that can hold a message, the most readable first.
const PROPERTIES: [&str; 6] = ["message", "detail", "error_description", "error", "errors", "title"];

/// Returns the message of a JSON body: a string, those of a list, or that of the first property that has one.
pub(super) fn of_json(body: &Value) -> Option<String> {
    match body {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Array(items) => {
            let texts: Vec<_> = items.iter().filter_map(of_json).collect();
            (!texts.is_empty()).then(|| texts.join(", "))
        }
        Value::Object(object) => PROPERTIES.iter().find_map(|name| of_json(object.get(*name)?)),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn messages_are_found_in_common_bodies() {
        for (body, expected) in [
            (json!({ "error": "not found" }), Some("not found")),
            (json!({ "status": 500, "error": "Internal Server Error" }), Some("Internal Server Error")),
            (json!({ "message": "Email is invalid", "attributes": ["email"] }), Some("Email is invalid")),
            (json!({ "errors": ["first", "second"] }), Some("first, second")),
            (
                json!({ "errors": [{ "title": "Invalid", "detail": "is taken" }, { "title": "Other" }] }),
                Some("is taken, Other"),
            ),
            (json!({ "error": { "code": 7, "message": "overloaded" } }), Some("overloaded")),
            (json!({ "error": "invalid_grant", "error_description": "expired" }), Some("expired")),
            (json!({ "message": "", "error": "empty message" }), Some("empty message")),
            (json!({ "title": "Forbidden", "status": 403 }), Some("Forbidden")),
            (json!("text"), Some("text")),
            (json!({ "error": { "name": ["is invalid"] } }), None),
            (json!({ "error": 5, "errors": [] }), None),
            (json!(null), None),
        ] {
            assert_eq!(of_json(&body).as_deref(), expected, "{body}");
        }
    }
}
