//! Repairs of paths, statuses and parameters.

use serde_json::{Value, json};

use super::{JsonObject, Repair};
use crate::diagnostic::{child, tokens};
use crate::spec::{METHODS, ObjectKind, Versions};
use crate::template;

/// Completes paths that do not begin with a slash, have an unclosed brace, or one that was never opened.
///
/// `{"pets/{id": {}}` and `{"/pets/{id}}": {}}` become `{"/pets/{id}": {}}`. An empty path is the URL of the server, and is
/// different from `/`.
pub(super) fn paths(paths: &mut JsonObject, repair: &mut Repair) {
    let wrong: Vec<(String, String)> = paths
        .keys()
        .filter(|path| !path.starts_with("x-") && *path != "$ref")
        .filter_map(|path| Some((path.clone(), meant_path(path)?)))
        .collect();
    for (path, meant) in wrong {
        let place = repair.place(&path);
        if path.is_empty() {
            let message = "the path is empty; requests are sent to the URL of the server, without a slash at its end";
            repair.warn_at(&place, "invalid-path", message, "write `/`, if the server expects the slash");
        } else if repair.rename(paths, &path, &meant) {
            let message = format!("the path `{path}` is read as `{meant}`");
            repair.warn_at(&place, "invalid-path", message, "write the path in this form");
        } else {
            paths.shift_remove(&path);
            let message = format!("the path `{path}` is left out, because `{meant}` is declared as well");
            repair.warn_at(&place, "unreadable-value", message, "merge the two paths");
        }
    }
}

/// Returns the intended path for an invalid one.
fn meant_path(path: &str) -> Option<String> {
    let mut meant = path.trim().to_owned();
    if let Some((_, rest)) = meant.split_once("://") {
        meant = rest.find('/').map_or_else(|| "/".to_owned(), |at| rest[at..].to_owned());
    }
    if !meant.starts_with('/') {
        meant.insert(0, '/');
    }
    let meant: Vec<String> = segments(&meant).into_iter().map(meant_segment).collect();
    let meant = meant.join("/");
    (meant != path).then_some(meant)
}

/// Returns the segments of a path. A pattern in braces can contain slashes: `/v1/{name=projects/*}`.
fn segments(path: &str) -> Vec<&str> {
    let (mut segments, mut start, mut pattern_end) = (Vec::new(), 0, 0);
    for (at, letter) in path.char_indices() {
        match letter {
            '{' => {
                let inside = path[at + 1..].split(['{', '}']).next().unwrap_or_default();
                let end = at + 1 + inside.len();
                if inside.contains('=') && path[end..].starts_with('}') {
                    pattern_end = end;
                }
            }
            '/' if at >= pattern_end => {
                segments.push(&path[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    segments.push(&path[start..]);
    segments
}

/// Returns a segment in which each brace encloses a name.
fn meant_segment(segment: &str) -> String {
    match (segment.matches('{').count(), segment.matches('}').count()) {
        (1, 0) => format!("{segment}}}"),
        (0, 1) if segment.ends_with('}') => format!("{{{segment}"),
        (opened, closed) if opened > 0 && closed >= opened => {
            let mut parts = segment.split('{');
            let first = parts.next().unwrap_or_default().to_owned();
            parts
                .fold(first, |out, part| match part.split_once('}') {
                    Some((name, rest)) if name.trim().is_empty() => format!("{out}{{value}}{rest}"),
                    Some((name, rest)) => format!("{out}{{{}}}{rest}", name.trim()),
                    // Of two nested braces, the outer one.
                    None => out,
                })
                .replace("}}", "}")
        }
        _ => segment.to_owned(),
    }
}

/// Reads methods in upper case, standard methods of `additionalOperations` in lower case, and an operation whose fields
/// are indented like its method.
///
/// | before | after |
/// |---|---|
/// | `{"GET": {}}` | `{"get": {}}` |
/// | `{"get": null, "responses": {}}` | `{"get": {"responses": {}}}` |
pub(super) fn path_item(item: &mut JsonObject, repair: &mut Repair) {
    let is_method = |name: &str| METHODS.contains(&name);
    let upper: Vec<String> =
        item.keys().filter(|name| !is_method(name) && is_method(&name.to_ascii_lowercase())).cloned().collect();
    for name in upper {
        let meant = name.to_ascii_lowercase();
        if repair.rename(item, &name, &meant) {
            let place = repair.place(&name);
            repair.warn_at(
                &place,
                "unknown-key",
                format!("the method `{name}` is read as `{meant}`"),
                "write it in lower case",
            );
        }
    }
    if let Some(Value::Object(others)) = item.get_mut("additionalOperations") {
        let lower: Vec<String> = others.keys().filter(|name| is_method(name)).cloned().collect();
        repair.enter("additionalOperations", |repair| {
            for name in lower {
                // A rule of `lint` reports it.
                repair.rename(others, &name, &name.to_ascii_uppercase());
            }
        });
    }
    let methods: Vec<String> = item.keys().filter(|name| is_method(name)).cloned().collect();
    let [method] = methods.as_slice() else { return };
    let is_of_operation = |name: &str| {
        !is_method(name)
            && ObjectKind::PathItem.field(name, Versions::ALL).is_none()
            && ObjectKind::Operation.field(name, Versions::ALL).is_some()
    };
    let fields: Vec<String> = item.keys().filter(|name| is_of_operation(name)).cloned().collect();
    if !item.get(method).is_some_and(Value::is_null) || fields.is_empty() {
        return;
    }
    let mut operation = JsonObject::new();
    for name in fields {
        if let Some(value) = item.shift_remove(&name) {
            let to = child(&repair.place(method), &name);
            repair.documents.copy_origin(&repair.place(&name), &to);
            operation.insert(name, value);
        }
    }
    let place = repair.place(method);
    let message = "the operation is empty; the fields next to it are read as its own";
    repair.warn_at(&place, "empty-section", message, "indent them more than the method");
    item.insert(method.clone(), Value::Object(operation));
}

/// Reads statuses that are indented like `responses`.
///
/// `{"responses": null, "200": {}}` becomes `{"responses": {"200": {}}}`.
pub(super) fn statuses_outside(operation: &mut JsonObject, repair: &mut Repair) {
    let statuses: Vec<String> =
        operation.keys().filter(|name| is_status(name) && !name.starts_with("x-")).cloned().collect();
    if statuses.is_empty() || operation.get("responses").is_some_and(|responses| !responses.is_null()) {
        return;
    }
    let mut responses = JsonObject::new();
    for status in statuses {
        if let Some(value) = operation.shift_remove(&status) {
            let to = child(&repair.place("responses"), &status);
            repair.documents.copy_origin(&repair.place(&status), &to);
            responses.insert(status, value);
        }
    }
    let message = "the responses are next to `responses`, and are read as if they were in it";
    repair.warn("empty-section", message, "indent them more than `responses`");
    operation.insert("responses".to_owned(), Value::Object(responses));
}

/// Reads statuses as intended, and leaves out invalid ones.
///
/// | before | after |
/// |---|---|
/// | `{"Default": {}}` | `{"default": {}}` |
/// | `{"200 OK": {}}` | `{"200": {}}` |
/// | `{"success": {}}` | `{}` |
pub(super) fn statuses(responses: &mut JsonObject, repair: &mut Repair) {
    let wrong: Vec<String> =
        responses.keys().filter(|status| !is_status(status) && *status != "$ref").cloned().collect();
    if repair.version == Versions::V2_0 {
        for range in responses.keys().filter(|status| is_range(status)) {
            let message = format!("Swagger 2.0 has no ranges such as `{range}`; they require OpenAPI 3");
            repair.warn_at(&repair.place(range), "newer-field", message, "write each status, or `default`");
        }
    }
    let unknown = |status: &&String| status.len() == 3 && status.starts_with(['6', '7', '8', '9']);
    let unknown: Vec<String> = responses.keys().filter(unknown).cloned().collect();
    for status in unknown {
        let message = format!("`{status}` is no status of HTTP; they are from 100 to 599");
        repair.warn_at(&repair.place(&status), "invalid-status", message, "write the status that the server sends");
    }
    for status in wrong {
        let place = repair.place(&status);
        let help = "write a status such as `200`, a range such as `4XX`, or `default`";
        match meant_status(&status) {
            Some(meant) if repair.rename(responses, &status, &meant) => {
                repair.warn_at(&place, "invalid-status", format!("the status `{status}` is read as `{meant}`"), help);
            }
            _ => {
                repair.warn_at(&place, "unreadable-value", format!("invalid status `{status}`; it is ignored"), help);
                responses.shift_remove(&status);
            }
        }
    }
}

fn is_range(status: &str) -> bool {
    matches!(status.as_bytes(), [b'1'..=b'9', b'X' | b'x', b'X' | b'x'])
}

fn is_status(status: &str) -> bool {
    match status.as_bytes() {
        [b'1'..=b'9', b'0'..=b'9', b'0'..=b'9'] => true,
        _ => is_range(status) || status == "default" || status.starts_with("x-"),
    }
}

fn meant_status(status: &str) -> Option<String> {
    let text = status.trim().to_ascii_lowercase();
    if matches!(text.as_str(), "default" | "other" | "*") {
        return Some("default".to_owned());
    }
    let code = text.get(..3).filter(|code| is_status(code))?;
    let rest = text[3..].chars().next();
    rest.is_none_or(|next| !next.is_ascii_digit()).then(|| code.to_ascii_uppercase())
}

/// Completes a parameter without a location, and removes a style that is invalid for its location.
pub(super) fn parameter(parameter: &mut JsonObject, repair: &mut Repair) {
    if parameter.contains_key("$ref") {
        return;
    }
    location(parameter, repair);
    if repair.version != Versions::V2_0 {
        style(parameter, repair);
    }
}

/// Adds the location: `{"name": "id"}` becomes `{"name": "id", "in": "path"}` in `/pets/{id}`, and
/// `{"name": "id", "in": "query"}` elsewhere.
fn location(parameter: &mut JsonObject, repair: &mut Repair) {
    let Some(name) = parameter.get("name").and_then(Value::as_str).filter(|_| !parameter.contains_key("in")) else {
        return;
    };
    let path = tokens(&repair.pointer).skip_while(|token| token != "paths").nth(1);
    let is_in_path = path.is_some_and(|path| template::names(&path).any(|own| own == name));
    let location = if is_in_path { "path" } else { "query" };
    let message = format!("the parameter `{name}` has no `in`; read as `in: {location}`");
    repair.warn("missing-key", message, "add `in`");
    parameter.insert("in".to_owned(), json!(location));
}

/// Removes a style that is invalid for the location of a parameter, so that the default applies.
///
/// `{"in": "query", "name": "q", "style": "simple"}` becomes `{"in": "query", "name": "q"}`.
fn style(parameter: &mut JsonObject, repair: &mut Repair) {
    let Some(Value::String(style)) = parameter.get("style") else { return };
    let (place, styles): (_, &[&str]) = match parameter.get("in").and_then(Value::as_str) {
        Some(place @ ("query" | "querystring")) => (place, &["form", "spaceDelimited", "pipeDelimited", "deepObject"]),
        Some(place @ "path") => (place, &["simple", "label", "matrix"]),
        Some(place @ "header") => (place, &["simple"]),
        Some(place @ "cookie") => (place, &["form", "cookie"]),
        _ => return,
    };
    let Some(default) = styles.first().filter(|_| !styles.contains(&style.as_str())) else { return };
    let message = format!("invalid style `{style}` for a parameter in `{place}`; `{default}` is used");
    let help = format!("write one of `{}`", styles.join("`, `"));
    let place = repair.place("style");
    repair.warn_at(&place, "unknown-value", message, &help);
    parameter.shift_remove("style");
}
