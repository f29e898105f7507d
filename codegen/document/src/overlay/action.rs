//! One action of an overlay, read.

use serde_json::Value;
use serde_json_path::JsonPath;

use super::{Report, Version};
use crate::diagnostic::child;
use crate::origin::boundary;

/// The deepest brackets in a JSONPath that its parser, which recurses, is given.
const MAX_BRACKETS: usize = 24;

/// What to do to which nodes.
pub(super) struct Action<'a> {
    /// The action's pointer in the overlay.
    pub(super) at: &'a str,
    pub(super) target: JsonPath,
    pub(super) change: Change<'a>,
    pub(super) version: Version,
}

pub(super) enum Change<'a> {
    Remove,
    Update(&'a Value),
    Copy(JsonPath),
}

impl<'a> Action<'a> {
    /// Reads an action, or reports why it cannot be read.
    pub(super) fn read(action: &'a Value, at: &'a str, version: Version, report: &mut Report<'_>) -> Option<Self> {
        let Some(object) = action.as_object() else {
            report.error("wrong-type", at, "an action is a mapping", "it has a `target`, and `update` or `remove`");
            return None;
        };
        if report.unknown_keys(object, at, &["target", "description", "update", "remove", "copy"]) {
            return None;
        }
        let remove = match object.get("remove") {
            None | Some(Value::Bool(false)) => false,
            Some(Value::Bool(true)) => true,
            Some(_) => {
                report.error("wrong-type", &child(at, "remove"), "`remove` is true or false", "");
                return None;
            }
        };
        let Some(target) = object.get("target") else {
            report.error("missing-key", at, "an action needs a `target`", "");
            return None;
        };
        let target = path(target, &child(at, "target"), report);
        let change = match (remove, object.get("update"), object.get("copy")) {
            (true, None, None) => Change::Remove,
            (false, Some(update), None) => Change::Update(update),
            (false, None, Some(copy)) => {
                let at = child(at, "copy");
                if version < Version::V1_1 {
                    report.error("unsupported-overlay", &at, "Overlay 1.0 has no `copy`", "write `overlay: 1.1.0`");
                }
                Change::Copy(path(copy, &at, report)?)
            }
            (false, None, None) => {
                report.error("empty-action", at, "this action does nothing", "give it an `update`, or `remove: true`");
                return None;
            }
            _ => {
                let message = "an action has one of `update`, `remove` and `copy`";
                report.error("ambiguous-action", at, message, "make it two actions: they are applied in order");
                return None;
            }
        };
        Some(Self { at, target: target?, change, version })
    }
}

fn path(value: &Value, at: &str, report: &mut Report<'_>) -> Option<JsonPath> {
    let Some(text) = value.as_str() else {
        report.error("wrong-type", at, "a JSONPath is text", "");
        return None;
    };
    let mut depth = 0_usize;
    let deepest = text.bytes().map(|byte| {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth
    });
    if deepest.max().unwrap_or_default() > MAX_BRACKETS {
        report.error("wrong-target", at, "the brackets of this JSONPath nest too deep", "");
        return None;
    }
    match JsonPath::parse(text) {
        Ok(path) => Some(path),
        Err(error) => {
            let (read, rest) = text.split_at(boundary(text, error.position()));
            let message = match rest.is_empty() {
                false => format!("this is not a JSONPath: `{rest}` cannot follow `{read}`"),
                true => format!("this is not a JSONPath: {}", error.message()),
            };
            let help =
                "as RFC 9535 has it, a name with more than letters, digits and `_` is quoted: `$.info['x-name']`";
            report.error("wrong-target", at, message, help);
            None
        }
    }
}
