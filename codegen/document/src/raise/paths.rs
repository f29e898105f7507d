//! Paths with parameters in the style of web frameworks.

use serde_json::{Value, json};

use super::{JsonObject, Raising};
use crate::diagnostic::{child, tokens};
use crate::spec::METHODS;

/// Encloses declared parameters of paths in braces, if they are written with a colon.
///
/// `{"paths": {"/notes/:id": {"parameters": [{"in": "path", "name": "id"}]}}}`
/// becomes `{"paths": {"/notes/{id}": {"parameters": [{"in": "path", "name": "id"}]}}}`.
pub(super) fn braces(root: &mut JsonObject, raising: &mut Raising) {
    let Some(Value::Object(paths)) = root.get("paths") else { return };
    let has_colons = |path: &&String| path.contains("/:");
    let renamed: Vec<(String, String)> = paths
        .iter()
        .filter(|(path, _)| has_colons(path))
        .map(|(path, item)| (path.clone(), in_braces(path, &|name| declares(root, item, name))))
        .filter(|(path, meant)| path != meant && !paths.contains_key(meant))
        .collect();
    for (path, meant) in &renamed {
        let pointer = child("/paths", path);
        let message =
            format!("`{path}` has parameters with colons, which are literal text in OpenAPI; read as `{meant}`");
        raising.warn_at(&pointer, "colon-path", message, "write each parameter as `{name}`");
        raising.moved(&pointer, &child("/paths", meant));
    }
    let Some(Value::Object(paths)) = root.get_mut("paths").filter(|_| !renamed.is_empty()) else { return };
    let new_name = |path: String| {
        let meant = renamed.iter().find(|(known, _)| *known == path).map(|(_, meant)| meant.clone());
        meant.unwrap_or(path)
    };
    *paths = std::mem::take(paths).into_iter().map(|(path, item)| (new_name(path), item)).collect();
}

/// Replaces `:name` at the beginning of each segment by `{name}`, if a parameter of this name is declared.
fn in_braces(path: &str, is_declared: &dyn Fn(&str) -> bool) -> String {
    let segment = |segment: &str| {
        let Some(rest) = segment.strip_prefix(':') else { return segment.to_owned() };
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        // In Express, `?` marks an optional segment.
        let behind = behind.strip_prefix('?').unwrap_or(behind);
        if is_declared(name) { format!("{{{name}}}{behind}") } else { segment.to_owned() }
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// Returns true if a path item, or one of its operations, declares a path parameter.
fn declares(root: &JsonObject, item: &Value, name: &str) -> bool {
    let operations = METHODS.iter().filter_map(|method| item.get(*method));
    let lists = operations.chain([item]).filter_map(|holder| holder.get("parameters")?.as_array());
    lists.flatten().any(|parameter| {
        let parameter = referred(root, parameter).unwrap_or(parameter);
        parameter.get("in") == Some(&json!("path")) && parameter.get("name") == Some(&json!(name))
    })
}

/// Returns the node in this document that a parameter refers to.
fn referred<'d>(root: &'d JsonObject, parameter: &Value) -> Option<&'d Value> {
    let mut steps = tokens(parameter.get("$ref")?.as_str()?.strip_prefix('#')?);
    let first = root.get(steps.next()?.as_str())?;
    steps.try_fold(first, |node, step| node.get(step.as_str()))
}
