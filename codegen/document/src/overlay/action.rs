//! An action of an overlay.

use serde_json::Value;
use serde_json_path::JsonPath;

use super::{Report, Version};
use crate::diagnostic::child;
use crate::origin::boundary;

/// Maximum depth of brackets in a JSONPath, because its parser is recursive.
const MAX_BRACKETS: usize = 24;

const AMBIGUOUS: &str = "split it into two actions, which are applied in order";

/// A change and the nodes that it applies to.
pub(super) struct Action<'a> {
    /// The action's pointer in the overlay.
    pub(super) at: &'a str,
    pub(super) target: JsonPath,
    pub(super) change: Change<'a>,
    pub(super) version: Version,
}

pub(super) enum Change<'a> {
    Nothing,
    Remove,
    Update(&'a Value),
    Copy(JsonPath),
}

impl<'a> Action<'a> {
    /// Reads an action. Returns `None` if it is invalid and has been reported.
    pub(super) fn read(action: &'a Value, at: &'a str, version: Version, report: &mut Report<'_>) -> Option<Self> {
        let Some(object) = action.as_object() else {
            report.error("wrong-type", at, "an action must be a mapping", "write a `target`, and `update` or `remove`");
            return None;
        };
        if report.unknown_keys(object, at, &["target", "description", "update", "remove", "copy"]) {
            return None;
        }
        let remove = match object.get("remove") {
            None | Some(Value::Bool(false)) => false,
            Some(Value::Bool(true)) => true,
            Some(_) => {
                report.error("wrong-type", &child(at, "remove"), "`remove` must be true or false", "");
                return None;
            }
        };
        let Some(target) = object.get("target") else {
            report.error("missing-key", at, "missing `target`", "");
            return None;
        };
        let target = path(target, &child(at, "target"), report);
        if object.get("description").is_some_and(|description| !description.is_string()) {
            report.error("wrong-type", &child(at, "description"), "`description` must be a string", "");
        }
        let (update, copy) = (object.get("update"), object.get("copy"));
        let change = match (update, copy) {
            _ if remove => {
                for key in ["update", "copy"].into_iter().filter(|key| object.contains_key(*key)) {
                    let message = format!("`{key}` has no effect with `remove: true`");
                    report.warning("ambiguous-action", &child(at, key), message, AMBIGUOUS);
                }
                Change::Remove
            }
            (Some(update), None) => Change::Update(update),
            (None, Some(copy)) => {
                let at = child(at, "copy");
                if version < Version::V1_1 {
                    report.error("unsupported-overlay", &at, "Overlay 1.0 has no `copy`", "write `overlay: 1.1.0`");
                }
                Change::Copy(path(copy, &at, report)?)
            }
            (None, None) => {
                let help = "add `update` or `remove: true`";
                report.warning("empty-action", at, "this action does nothing", help);
                Change::Nothing
            }
            (Some(_), Some(_)) => {
                report.error("ambiguous-action", at, "an action must not have both `update` and `copy`", AMBIGUOUS);
                return None;
            }
        };
        Some(Self { at, target: target?, change, version })
    }
}

fn path(value: &Value, at: &str, report: &mut Report<'_>) -> Option<JsonPath> {
    let Some(text) = value.as_str() else {
        report.error("wrong-type", at, "a JSONPath must be a string", "");
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
        report.error("wrong-target", at, "the brackets of this JSONPath are nested too deeply", "");
        return None;
    }
    match JsonPath::parse(text) {
        Ok(path) => Some(path),
        Err(error) => {
            let quoted = quote_names(text);
            if quoted != text
                && let Ok(path) = JsonPath::parse(&quoted)
            {
                let message = format!("RFC 9535 does not allow `-` in names after a dot; read as `{quoted}`");
                report.warning("wrong-target", at, message, "quote the name, as in `$.info['x-name']`");
                return Some(path);
            }
            let (read, rest) = text.split_at(boundary(text, error.position()));
            let message = match rest.is_empty() {
                false => format!("invalid JSONPath: unexpected `{rest}` after `{read}`"),
                true => format!("invalid JSONPath: {}", error.message()),
            };
            let help = "quote names with characters other than letters, digits and `_`: `$.info['x-name']`";
            report.error("wrong-target", at, message, help);
            None
        }
    }
}

/// Quotes names with a hyphen after a dot, which occur in the examples of the Overlay Specification.
///
/// For example, `$.paths.*.get[?@.x-a.b == 'c.d-e']` becomes `$.paths.*.get[?@['x-a'].b == 'c.d-e']`.
fn quote_names(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut quote = None;
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let name = &after[..after.find(|c| !is_name(c)).unwrap_or(after.len())];
        if quote.is_none() && first == '.' && name.contains('-') {
            // After two dots, the bracket follows both.
            out.push_str(if out.ends_with('.') { "." } else { "" });
            out.push_str(&format!("['{name}']"));
            rest = &after[name.len()..];
            continue;
        }
        match first {
            '\'' | '"' if quote == Some(first) => quote = None,
            '\'' | '"' if quote.is_none() => quote = Some(first),
            _ => {}
        }
        out.push(first);
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::quote_names;

    #[test]
    fn names_with_hyphens_are_quoted() {
        for (path, quoted) in [
            ("$.info.x-a", "$.info['x-a']"),
            ("$..x-a.b", "$..['x-a'].b"),
            ("$.paths.*.get[?@.x-a.b == 'c.d-e']", "$.paths.*.get[?@['x-a'].b == 'c.d-e']"),
            ("$['a.b-c'].d", "$['a.b-c'].d"),
        ] {
            assert_eq!(quote_names(path), quoted);
        }
    }
}
