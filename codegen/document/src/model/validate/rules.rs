//! Rules that concern more than the type of a field.

use serde_json::{Map, Value};

use super::Validator;
use crate::spec::{FieldType, ObjectKind, words};

/// Checks the rules for an object that the table cannot express.
pub(super) fn check(check: &mut Validator, kind: ObjectKind, object: &Map<String, Value>) {
    match kind {
        ObjectKind::Paths => paths(check, object),
        ObjectKind::Responses => statuses(check, object),
        ObjectKind::SecurityScheme => security_scheme(check, object),
        _ => {}
    }
}

fn paths(check: &mut Validator, paths: &Map<String, Value>) {
    for path in paths.keys().filter(|path| !path.is_empty() && !path.starts_with('/') && !path.starts_with("x-")) {
        check.enter(path, |check| {
            check.error("invalid-path", format!("the path `{path}` must start with `/`"), format!("write `/{path}`"))
        });
    }
    for path in paths.keys().filter(|path| path.starts_with('/') && !is_template(path)) {
        check.enter(path, |check| {
            check.error(
                "invalid-path",
                format!("invalid braces in the path `{path}`"),
                "write each parameter as `{name}`",
            )
        });
    }
}

/// Returns true if the braces are balanced, with a name in each pair.
fn is_template(path: &str) -> bool {
    let mut parts = path.split('{');
    let before = parts.next().unwrap_or_default();
    let encloses =
        |part: &str| part.split_once('}').is_some_and(|(name, rest)| !name.is_empty() && !rest.contains('}'));
    !before.contains('}') && parts.all(encloses)
}

fn statuses(check: &mut Validator, responses: &Map<String, Value>) {
    let is_status = |status: &str| match status.as_bytes() {
        [b'1'..=b'9', b'0'..=b'9', b'0'..=b'9'] | [b'1'..=b'9', b'X' | b'x', b'X' | b'x'] => true,
        _ => status == "default" || status.starts_with("x-"),
    };
    for status in responses.keys().filter(|status| !is_status(status)) {
        check.enter(status, |check| {
            check.error(
                "invalid-status",
                format!("invalid status `{status}`"),
                "write a status such as `200`, a range such as `4XX`, or `default`",
            )
        });
    }
}

/// Checks the fields that the type of a security scheme requires.
fn security_scheme(check: &mut Validator, scheme: &Map<String, Value>) {
    let required: &[&str] = match scheme.get("type").and_then(Value::as_str) {
        Some("apiKey") => &["name", "in"],
        Some("http") => &["scheme"],
        Some("oauth2") => &["flows"],
        Some("openIdConnect") => &["openIdConnectUrl"],
        _ => return,
    };
    for name in required.iter().filter(|name| !scheme.contains_key(**name)) {
        check.error(
            "missing-key",
            format!("{} of this type must have `{name}`", words::expected(FieldType::One(ObjectKind::SecurityScheme))),
            format!("add `{name}`"),
        );
    }
}
