//! Paths with parameters in the style of web frameworks.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{JsonObject, Raising};
use crate::diagnostic::{child, tokens};
use crate::extensions::MULTI_SEGMENT;
use crate::spec::METHODS;

/// Writes the parameters of paths as OpenAPI does, where they have the syntax of a web framework or of RFC 6570.
///
/// | before | after |
/// |---|---|
/// | `/notes/:id`, with a declared parameter `id` | `/notes/{id}` |
/// | `/files/{+name}`, `/files/{name*}`, `/files/{name:.*}` | `/files/{name}`, with `x-multi-segment: true` |
/// | `/notes/{id:[0-9]+}` | `/notes/{id}` |
pub(super) fn braces(root: &mut JsonObject, raising: &mut Raising) {
    let Some(Value::Object(paths)) = root.get("paths") else { return };
    let mut renamed: BTreeMap<String, Meant> = BTreeMap::new();
    for (path, item) in paths {
        let is_declared = |name: &str| declares(root, item, name);
        let colons = in_braces(path, &is_declared);
        let (meant, long) = without_operators(&colons, &is_declared);
        if meant == *path || paths.contains_key(&meant) {
            continue;
        }
        let pointer = child("/paths", path);
        if colons != *path {
            let message =
                format!("`{path}` has parameters with colons, which are literal text in OpenAPI; read as `{colons}`");
            raising.warn_at(&pointer, "colon-path", message, "write each parameter as `{name}`");
        }
        if meant != colons {
            let message = format!("`{path}` has operators in braces, which OpenAPI does not have; read as `{meant}`");
            let help = "write `{name}`, and `x-multi-segment: true` in a parameter that may contain slashes";
            raising.warn_at(&pointer, "path-operator", message, help);
        }
        renamed.insert(path.clone(), Meant { path: meant, long });
    }
    for (path, meant) in &renamed {
        raising.moved(&child("/paths", path), &child("/paths", &meant.path));
    }
    let Some(Value::Object(paths)) = root.get_mut("paths").filter(|_| !renamed.is_empty()) else { return };
    let mut long = Vec::new();
    let mut rename = |path: String| match renamed.remove(&path) {
        Some(meant) => {
            long.push((meant.path.clone(), meant.long));
            meant.path
        }
        None => path,
    };
    *paths = std::mem::take(paths).into_iter().map(|(path, item)| (rename(path), item)).collect();
    for (path, names) in long.into_iter().filter(|(_, names)| !names.is_empty()) {
        mark_long(root, &path, &names, raising);
    }
}

/// A path in the syntax of OpenAPI.
struct Meant {
    path: String,
    /// The names of the parameters that may contain slashes.
    long: Vec<String>,
}

/// Marks path parameters that may contain slashes. Parameters that are shared with other paths are copied.
fn mark_long(root: &mut JsonObject, path: &str, names: &[String], raising: &mut Raising) {
    let Some(item) = root.get("paths").and_then(|paths| paths.get(path)).cloned() else { return };
    let pointer = child("/paths", path);
    let holders = METHODS.iter().map(|method| child(&pointer, method)).chain([pointer.clone()]);
    for holder in holders {
        let relative = &holder[pointer.len()..];
        let Some(Value::Array(parameters)) = item.pointer(relative).and_then(|holder| holder.get("parameters")) else {
            continue;
        };
        for (index, parameter) in parameters.iter().enumerate() {
            let target = referred(root, parameter);
            let Some(Value::Object(object)) = target.or(Some(parameter)) else { continue };
            let is_long = names.iter().any(|name| object.get("name") == Some(&json!(name)));
            if !is_long || object.get("in") != Some(&json!("path")) {
                continue;
            }
            let mut marked = object.clone();
            marked.insert(MULTI_SEGMENT.to_owned(), json!(true));
            let place = child(&child(&holder, "parameters"), &index.to_string());
            if let Some(target) = parameter.get("$ref").and_then(Value::as_str).filter(|_| target.is_some()) {
                raising.documents.copy_origin(target.trim_start_matches('#'), &place);
            }
            let paths = root.get_mut("paths").and_then(|paths| paths.get_mut(path));
            if let Some(node) = paths.and_then(|item| item.pointer_mut(&place[pointer.len()..])) {
                *node = Value::Object(marked);
            }
        }
    }
}

/// Returns the path without the operators and patterns of its parameters, and the names of those that may contain
/// slashes. The text in braces is kept if a parameter with exactly this name is declared.
fn without_operators(path: &str, is_declared: &dyn Fn(&str) -> bool) -> (String, Vec<String>) {
    let (mut meant, mut long) = (String::with_capacity(path.len()), Vec::new());
    let mut rest = path;
    while let Some((before, (text, after))) =
        rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
    {
        let (name, is_long) = operand(text);
        // Dots and semicolons are styles of OpenAPI.
        let is_plain = is_declared(text) || name.is_empty() || name.starts_with(['.', ';']);
        meant.push_str(&format!("{before}{{{}}}", if is_plain { text } else { name }));
        if is_long && !is_plain {
            long.push(name.to_owned());
        }
        rest = after;
    }
    meant.push_str(rest);
    (meant, long)
}

/// Returns the name of a parameter, and whether its value may contain slashes.
fn operand(text: &str) -> (&str, bool) {
    // A pattern follows the name in many frameworks: `{path:.*}`, `{id:int}`, `{name=projects/*}`.
    if let Some((name, pattern)) = text.split_once([':', '=']) {
        let is_long = pattern == "path" || [".*", ".+", "**", "/"].iter().any(|any| pattern.contains(any));
        return (name.trim_start_matches('*'), is_long || name.starts_with('*'));
    }
    let name = text.trim_start_matches(['+', '*']).trim_end_matches(['+', '*', '?']);
    (name, text.contains(['+', '*']))
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
