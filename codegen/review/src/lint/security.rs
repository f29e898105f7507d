//! Rules about security requirements.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde_json::Value;

use super::operations::operations;
use super::{Found, JsonObject, follow};
use crm_clients_document::diagnostic::child;

/// Returns the schemes in security requirements, each with its JSON pointer and its scopes.
pub(super) fn requirements(document: &Value) -> impl Iterator<Item = (String, &String, &Value)> {
    let whole = document.as_object().map(|object| (String::new(), object));
    whole.into_iter().chain(operations(document)).flat_map(|(pointer, holder)| {
        let pointer = child(&pointer, "security");
        let all = holder.get("security").and_then(Value::as_array).into_iter().flatten().enumerate();
        all.flat_map(move |(index, requirement)| {
            let pointer = child(&pointer, &index.to_string());
            let schemes = requirement.as_object().into_iter().flatten();
            schemes.map(move |(name, scopes)| (child(&pointer, name), name, scopes))
        })
    })
}

/// Returns the declared schemes, if there are any.
fn declared(document: &Value) -> Option<&JsonObject> {
    let schemes = document.pointer("/components/securitySchemes").and_then(Value::as_object);
    schemes.filter(|schemes| !schemes.is_empty())
}

/// Reports each undeclared scheme once, because often every operation requires it.
pub(super) fn unknown_schemes(document: &Value, found: &mut Found) {
    let Some(declared) = declared(document) else { return };
    let mut unknown: IndexMap<&String, (String, usize)> = IndexMap::new();
    for (pointer, name, _) in requirements(document).filter(|(_, name, _)| !declared.contains_key(*name)) {
        unknown.entry(name).and_modify(|(_, others)| *others += 1).or_insert((pointer, 0));
    }
    for (name, (pointer, others)) in unknown {
        let others = match others {
            0 => String::new(),
            1 => "; another requirement names it as well".to_owned(),
            count => format!("; {count} other requirements name it as well"),
        };
        found.push((pointer, format!("security scheme `{name}` is not declared{others}")));
    }
}

/// Checks documents without schemes, which may be part of a larger document.
pub(super) fn undeclared_schemes(document: &Value, found: &mut Found) {
    if declared(document).is_some() {
        return;
    }
    let mut seen = HashSet::new();
    for (pointer, name, _) in requirements(document).filter(|(_, name, _)| seen.insert(*name)) {
        found.push((pointer, format!("security scheme `{name}` is not declared; the document declares no schemes")));
    }
}

/// Returns the scopes of the requirements, each with its JSON pointer and its scheme.
fn scopes(document: &Value) -> impl Iterator<Item = (String, &str, &JsonObject)> {
    requirements(document).flat_map(move |(pointer, name, scopes)| {
        let scheme = declared(document).and_then(|schemes| follow(document, schemes.get(name)?, String::new()));
        let scopes = scopes.as_array().into_iter().flatten().enumerate();
        scopes.filter_map(move |(index, scope)| {
            let (scheme, _) = scheme.as_ref()?;
            Some((child(&pointer, &index.to_string()), scope.as_str()?, *scheme))
        })
    })
}

fn is_kind(scheme: &JsonObject, kind: &str) -> bool {
    scheme.get("type").is_some_and(|found| found == kind)
}

pub(super) fn unexpected_scopes(document: &Value, found: &mut Found) {
    for (pointer, scope, scheme) in scopes(document) {
        if ["apiKey", "http", "mutualTLS"].iter().any(|kind| is_kind(scheme, kind)) {
            found.push((pointer, format!("the scheme has no scopes, so `{scope}` is not allowed")));
        }
    }
}

pub(super) fn unknown_scopes(document: &Value, found: &mut Found) {
    for (pointer, scope, scheme) in scopes(document).filter(|(_, _, scheme)| is_kind(scheme, "oauth2")) {
        let flows = scheme.get("flows").and_then(Value::as_object).into_iter().flatten();
        let mut known = flows.filter_map(|(_, flow)| flow.get("scopes")?.as_object()).peekable();
        if known.peek().is_some() && !known.any(|scopes| scopes.contains_key(scope)) {
            found.push((pointer, format!("no flow of the scheme has the scope `{scope}`")));
        }
    }
}
