//! Rules about servers and their variables.

use std::collections::HashSet;

use serde_json::Value;

use super::{Found, JsonObject, LintNode};
use crm_clients_document::diagnostic::child;
use crm_clients_document::spec::Versions;

/// Returns the variables in the URL of a server.
fn in_url<'n>(server: &LintNode<'n>) -> Vec<&'n str> {
    let url = server.text("url").unwrap_or_default();
    url.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
}

fn declared<'n>(server: &LintNode<'n>) -> impl Iterator<Item = &'n String> {
    server.object.get("variables").and_then(Value::as_object).into_iter().flat_map(JsonObject::keys)
}

/// Checks that the URL is valid with any values of its variables: no spaces, query or fragment and, since 3.2, each
/// variable at most once.
pub(super) fn url(server: &LintNode<'_>, found: &mut Found) {
    let url = server.text("url").unwrap_or_default();
    let mut parts = url.split('{');
    let is_closed = !parts.next().unwrap_or_default().contains('}')
        && parts.all(|part| part.split_once('}').is_some_and(|(name, rest)| !name.is_empty() && !rest.contains('}')));
    let names = in_url(server);
    let repeated = names.iter().enumerate().find(|(index, name)| names[..*index].contains(name)).map(|(_, name)| name);
    let message = if !is_closed {
        "invalid braces in the URL".to_owned()
    } else if url.chars().any(|c| c.is_whitespace() || c.is_control()) {
        "the URL contains a space".to_owned()
    } else if url.contains(['?', '#']) {
        "the URL contains a query or a fragment".to_owned()
    } else if let Some(name) = repeated.filter(|_| server.version.meet(Versions::V3_2)) {
        format!("the URL contains the variable `{name}` twice")
    } else {
        return;
    };
    found.push((server.place("url"), message));
}

pub(super) fn duplicate_names(holder: &LintNode<'_>, found: &mut Found) {
    let servers = holder.object.get("servers").and_then(Value::as_array).into_iter().flatten().enumerate();
    let mut seen = HashSet::new();
    for (index, name) in servers.filter_map(|(index, server)| Some((index, server.get("name")?.as_str()?))) {
        if !seen.insert(name) {
            let place = child(&child(&holder.place("servers"), &index.to_string()), "name");
            found.push((place, format!("another server is named `{name}`")));
        }
    }
}

pub(super) fn undeclared(server: &LintNode<'_>, found: &mut Found) {
    for name in in_url(server) {
        if declared(server).all(|known| known != name) {
            found.push((server.place("url"), format!("the variable `{name}` is not declared")));
        }
    }
}

pub(super) fn unused(server: &LintNode<'_>, found: &mut Found) {
    let used = in_url(server);
    for name in declared(server).filter(|name| !used.contains(&name.as_str())) {
        let place = child(&server.place("variables"), name);
        found.push((place, format!("the variable `{name}` is not in the server's URL")));
    }
}

pub(super) fn values(variable: &LintNode<'_>, found: &mut Found) {
    let Some(values) = variable.object.get("enum").and_then(Value::as_array) else { return };
    let place = variable.place("enum");
    if values.is_empty() {
        found.push((place, "the `enum` is empty".to_owned()));
        return;
    }
    for (index, value) in values.iter().enumerate().filter(|(index, value)| values[..*index].contains(value)) {
        found.push((child(&place, &index.to_string()), format!("duplicate value {value} in `enum`")));
    }
    if let Some(default) = variable.object.get("default").filter(|default| !values.contains(default)) {
        found.push((variable.place("default"), format!("the default {default} is not in the `enum`")));
    }
}
