//! Pass 3: applies corrections and documentation as an OpenAPI Overlay 1.0 to 1.2.
//!
//! An action that matches nothing is an error, and one that changes nothing is a warning, so that no correction
//! outlives its cause. Values set by an overlay are reported at the overlay's own line from then on.
//!
//! Three cases are left open by the specification: values of different types replace each other; elements that are
//! already in an array are not appended again, because no array of OpenAPI should contain duplicates; single values can
//! be removed.
//!
//! A document may have several overlays. One with `x-additions: true` only adds operations and components: one that the document declares
//! by now is an error.

mod action;
mod additions;
mod apply;

use serde_json::{Map, Value};

use crate::diagnostic::{Diagnostic, Diagnostics, Severity, child, closest};
use crate::load::parse;
use crate::origin::{FileId, SourceMap};
use action::Action;
use apply::Target;

/// Applies an overlay's actions to the document in order.
///
/// `name` is the name in diagnostics, such as `specs/kajabi/overlay.yaml`.
pub fn overlay(value: &mut Value, name: &str, text: &[u8], documents: &mut SourceMap, diagnostics: &mut Diagnostics) {
    let Some((file, overlay)) = parse(name, text, documents, diagnostics) else { return };
    let mut report = Report { file, diagnostics };
    let adds = adds(&overlay, &mut report);
    let mut target = Target::new(value, documents, file, adds);
    actions(&overlay, &mut report, |action, report| target.apply(action, report));
}

/// Checks an overlay without a document: everything except whether its targets match.
pub fn check(name: &str, text: &[u8], documents: &mut SourceMap, diagnostics: &mut Diagnostics) {
    let Some((file, overlay)) = parse(name, text, documents, diagnostics) else { return };
    actions(&overlay, &mut Report { file, diagnostics }, |_, _| {});
}

/// Returns true if a text is an overlay and not an OpenAPI document.
pub fn is_overlay(text: &[u8]) -> bool {
    // An overlay begins with its version, so a large document need not be parsed to see that it is not one.
    let start = &text[..text.len().min(4096)];
    if !start.windows(7).any(|part| part == b"overlay") {
        return false;
    }
    let (mut documents, mut diagnostics) = (SourceMap::new(), Diagnostics::new());
    let parsed = parse("", text, &mut documents, &mut diagnostics);
    parsed.is_some_and(|(_, value)| {
        value.get("overlay").is_some() && value.get("openapi").or_else(|| value.get("swagger")).is_none()
    })
}

/// Whether the overlay says that it only adds what the document lacks.
fn adds(overlay: &Value, report: &mut Report<'_>) -> bool {
    match overlay.get(ADDITIONS) {
        None => false,
        Some(Value::Bool(adds)) => *adds,
        Some(_) => {
            report.error("wrong-type", &child("", ADDITIONS), format!("`{ADDITIONS}` is true or false"), "");
            false
        }
    }
}

/// The extension of an overlay that only adds what the document lacks.
const ADDITIONS: &str = "x-additions";

/// Checks an overlay, and calls `apply` with each valid action.
fn actions(overlay: &Value, report: &mut Report<'_>, mut apply: impl FnMut(&Action<'_>, &mut Report<'_>)) {
    let Some(version) = check_object(overlay, report) else { return };
    let all = overlay.get("actions").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for (index, value) in all.iter().enumerate() {
        let at = child("/actions", &index.to_string());
        if all[..index].contains(value) {
            report.error("duplicate-action", &at, "duplicate action", "remove one of the two");
        } else if let Some(action) = Action::read(value, &at, version, report) {
            apply(&action, report);
        }
    }
}

/// The versions of the specification that differ here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
enum Version {
    V1_0,
    V1_1,
}

/// Diagnostics of the overlay itself: they refer to its file, not to the document.
struct Report<'a> {
    file: FileId,
    diagnostics: &'a mut Diagnostics,
}

impl Report<'_> {
    fn error(&mut self, code: &'static str, pointer: &str, message: impl Into<String>, help: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(Severity::Error, code, pointer, message, help).in_file(self.file));
    }

    fn warning(&mut self, code: &'static str, pointer: &str, message: impl Into<String>, help: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(Severity::Warning, code, pointer, message, help).in_file(self.file));
    }

    /// Reports the keys that are neither known nor extensions. Returns true if there are any.
    fn unknown_keys(&mut self, object: &Map<String, Value>, at: &str, known: &[&str]) -> bool {
        let before = self.diagnostics.len();
        for key in object.keys().filter(|key| !known.contains(&key.as_str()) && !key.starts_with("x-")) {
            let help = match closest(key, known.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("known here: {}", known.join(", ")),
            };
            self.error("unknown-key", &child(at, key), format!("unknown key `{key}` in an overlay"), help);
        }
        self.diagnostics.len() > before
    }
}

/// Checks everything except the actions themselves.
fn check_object(overlay: &Value, report: &mut Report<'_>) -> Option<Version> {
    let object = overlay.as_object()?;
    let stated = match object.get("overlay") {
        Some(Value::String(version)) => version.clone(),
        Some(other) => other.to_string(),
        None => {
            let help = "an overlay starts with `overlay: 1.0.0`, its `info` and its `actions`";
            report.error("not-an-overlay", "", "this is not an OpenAPI Overlay: it has no `overlay` field", help);
            return None;
        }
    };
    let version = match stated.split('.').collect::<Vec<_>>().as_slice() {
        ["1", "0", patch] if is_number(patch) => Version::V1_0,
        // 1.2 has the same actions as 1.1.
        ["1", "1" | "2", patch] if is_number(patch) => Version::V1_1,
        _ => {
            let message = format!("expected an Overlay version such as `1.0.0`, `1.1.0` or `1.2.0`, found {stated}");
            report.error("unsupported-overlay", "/overlay", message, "");
            return None;
        }
    };
    report.unknown_keys(object, "", &["overlay", "info", "extends", "actions"]);
    if object.get("extends").is_some_and(|extends| !extends.is_string()) {
        report.error("wrong-type", "/extends", "expected the URL of a document as a string", "");
    }
    check_info(object.get("info"), report);
    match object.get("actions") {
        Some(Value::Array(actions)) if !actions.is_empty() => {}
        Some(Value::Array(_)) | None => {
            report.error("missing-key", "/actions", "missing list of `actions`", "");
        }
        Some(_) => report.error("wrong-type", "/actions", "`actions` must be a list", "write `- ` before each action"),
    }
    Some(version)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn check_info(info: Option<&Value>, report: &mut Report<'_>) {
    let info = match info {
        Some(Value::Object(info)) => info,
        Some(_) => return report.error("wrong-type", "/info", "`info` must be a mapping", ""),
        None => return report.error("missing-key", "", "missing `info`", "add its `title` and `version`"),
    };
    report.unknown_keys(info, "/info", &["title", "version", "description"]);
    for key in ["title", "version", "description"] {
        match info.get(key) {
            Some(Value::String(_)) => {}
            // YAML parses `1.0` as a number.
            Some(Value::Number(_)) if key == "version" => {
                report.warning("wrong-type", "/info/version", "the version is a number", "put it in quotes");
            }
            Some(_) => report.error("wrong-type", &child("/info", key), format!("`{key}` must be a string"), ""),
            None if key == "description" => {}
            None => report.error("missing-key", "/info", format!("missing `{key}` in the overlay's `info`"), ""),
        }
    }
}
