//! Pass 3: our corrections and our documentation, as an OpenAPI Overlay 1.0 or 1.1.
//!
//! Strict, so that no correction outlives what it corrects: an action that matches nothing is an error, one that changes nothing a
//! warning. What an overlay has set is reported at the overlay's own line from then on.
//!
//! Three things the specification leaves open, or leaves to us: values of different kinds replace each other; elements that an array has
//! already are not appended a second time, for no array of OpenAPI wants them twice; single values may be removed.

mod action;
mod apply;

use serde_json::{Map, Value};

use crate::diagnostic::{Diagnostic, Diagnostics, Severity, child, closest};
use crate::load::parse;
use crate::origin::{Documents, FileId};
use action::Action;
use apply::Target;

/// Applies an overlay's actions to the document, each to what the one before it left.
///
/// `name` is what people are shown, such as `specs/kajabi/overlay.yaml`.
pub fn overlay(value: &mut Value, name: &str, text: &[u8], documents: &mut Documents, diagnostics: &mut Diagnostics) {
    let Some((file, overlay)) = parse(name, text, documents, diagnostics) else { return };
    let mut report = Report { file, diagnostics };
    let Some(version) = check(&overlay, &mut report) else { return };
    let mut target = Target::new(value, documents, file);
    for (index, action) in overlay["actions"].as_array().into_iter().flatten().enumerate() {
        let at = child("/actions", &index.to_string());
        if let Some(action) = Action::read(action, &at, version, &mut report) {
            target.apply(&action, &mut report);
        }
    }
}

/// The versions of the specification, as far as they differ here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
enum Version {
    V1_0,
    V1_1,
}

/// Where the overlay's own faults go: they are in its file, not in the document.
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

    /// Reports the keys that are none of these, nor extensions. Says whether there were any.
    fn unknown_keys(&mut self, object: &Map<String, Value>, at: &str, known: &[&str]) -> bool {
        let before = self.diagnostics.len();
        for key in object.keys().filter(|key| !known.contains(&key.as_str()) && !key.starts_with("x-")) {
            let help = match closest(key, known.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("known here: {}", known.join(", ")),
            };
            self.error("unknown-key", &child(at, key), format!("an overlay has no key `{key}` here"), help);
        }
        self.diagnostics.len() > before
    }
}

/// Checks all but the actions themselves.
fn check(overlay: &Value, report: &mut Report<'_>) -> Option<Version> {
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
    let mut parts = stated.splitn(3, '.');
    let version = match (parts.next(), parts.next()) {
        (Some("1"), Some("0")) => Version::V1_0,
        (Some("1"), Some("1")) => Version::V1_1,
        _ => {
            let message = format!("the generator reads Overlay 1.0 and 1.1, not {stated}");
            report.error("unsupported-overlay", "/overlay", message, "");
            return None;
        }
    };
    report.unknown_keys(object, "", &["overlay", "info", "extends", "actions"]);
    for key in ["title", "version"] {
        if overlay["info"].get(key).is_none() {
            report.error("missing-key", "/info", format!("the overlay's `info` needs a `{key}`"), "");
        }
    }
    if overlay["actions"].as_array().is_none_or(Vec::is_empty) {
        report.error("missing-key", "/actions", "an overlay needs a list of `actions`", "");
    }
    Some(version)
}
