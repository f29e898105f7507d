//! The parameters of a path and of its operations, identified by name and location.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::operations;
use crate::lower::{JsonObject, Lowering};
use crate::template::{self, Template};

/// Makes the parameters of a path item consistent with each other and with the path's template.
pub(super) fn lower_path_item(path: &str, item: &mut JsonObject, walk: &mut Lowering) {
    let template = Template::of(path).distinct_names();
    drop_needless(item, &template, walk);
    let shared = filling(item, path, walk);
    let in_fragment = Template::of(path).fragment_names();
    let named = names(item, walk);
    for (method, operation) in operations(item) {
        walk.enter(method, |walk| {
            drop_needless(operation, &template, walk);
            let own = filling(operation, path, walk);
            let own_named = names(operation, walk);
            for name in in_fragment.iter().filter(|name| !named.contains(**name) && !own_named.contains(**name)) {
                let message =
                    format!("the part after `#` is never sent to a server, and there is no parameter `{name}`");
                let help = "declare the parameter by which the server distinguishes the operations";
                walk.diagnostics.warning("path-fragment", walk.pointer.clone(), message, help);
            }
            let is_missing = |name: &&str| !shared.contains(*name) && !own.contains(*name);
            declare(operation, template.iter().copied().filter(is_missing), walk);
        });
    }
}

/// Removes parameters that have no effect: duplicates of one name and location, and path parameters that the path does
/// not contain.
///
/// `{"/a": {"parameters": [{"name": "b", "in": "query"}, {"name": "b", "in": "query"}, {"name": "id", "in": "path"}]}}`
/// becomes `{"/a": {"parameters": [{"name": "b", "in": "query"}]}}`.
fn drop_needless(holder: &mut JsonObject, template: &[&str], walk: &mut Lowering) {
    let Some(Value::Array(parameters)) = holder.get_mut("parameters") else { return };
    let mut seen = HashSet::new();
    let mut index = 0;
    walk.enter("parameters", |walk| {
        parameters.retain(|parameter| {
            let at = index.to_string();
            index += 1;
            let Some((name, place)) = walk.targets.identity(parameter) else { return true };
            if place == "path" && !template.contains(&name.as_str()) {
                let message = format!("the path has no `{{{name}}}`, so the parameter is ignored");
                walk.warn(&at, "unused-path-parameter", message, &remedy(template));
                return false;
            }
            let is_first = seen.insert((name.clone(), place.clone()));
            if !is_first {
                let message = format!("duplicate {place} parameter `{name}`; the first declaration is used");
                walk.warn(&at, "duplicate-parameter", message, "remove one of the two");
            }
            is_first
        });
    });
}

fn remedy(template: &[&str]) -> String {
    match template {
        [] => "remove it, or add it to the path".to_owned(),
        names => format!("remove it, or rename it to match the path: `{}`", names.join("`, `")),
    }
}

/// Returns the names of the parameters of an object that fill expressions of the path: path parameters, and query
/// parameters for expressions in the query, as in `/search?q={q}`.
fn filling(holder: &JsonObject, path: &str, walk: &Lowering) -> HashSet<String> {
    let in_query: Vec<&str> = template::names(Template::of(path).query).collect();
    identities(holder, walk)
        .filter(|(name, place)| place == "path" || (place == "query" && in_query.contains(&name.as_str())))
        .map(|(name, _)| name)
        .collect()
}

fn names(holder: &JsonObject, walk: &Lowering) -> HashSet<String> {
    identities(holder, walk).map(|(name, _)| name).collect()
}

/// Returns the names and locations of the parameters of an object.
fn identities<'a>(holder: &'a JsonObject, walk: &'a Lowering) -> impl Iterator<Item = (String, String)> + 'a {
    let parameters = holder.get("parameters").and_then(Value::as_array).into_iter().flatten();
    parameters.filter_map(|parameter| walk.targets.identity(parameter))
}

/// Declares undeclared path parameters.
///
/// `{"/a/{id}": {"get": {}}}` becomes `{"/a/{id}": {"get": {"parameters": [{"name": "id", "in": "path", "required":
/// true, "schema": {"type": "string"}}]}}}`.
fn declare<'n>(operation: &mut JsonObject, names: impl Iterator<Item = &'n str>, walk: &mut Lowering) {
    for name in names {
        let Value::Array(parameters) = operation.entry("parameters").or_insert_with(|| json!([])) else { return };
        parameters.push(json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}));
        let place = walk.pointer.clone();
        let message = format!("undeclared path parameter `{name}`; it is assumed to be a string");
        walk.diagnostics.warning("undeclared-path-parameter", place, message, "declare it with its type in an overlay");
    }
}
