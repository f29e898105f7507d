//! Rules about the syntax of names, media types and URLs.

use std::collections::HashMap;

use serde_json::Value;

use super::{Found, JsonObject, LintNode};
use crm_clients_document::diagnostic::child;
use crm_clients_document::spec::{FieldType, ObjectKind, Versions};
use crm_clients_document::token::is_token;

pub(super) fn components(components: &LintNode<'_>, found: &mut Found) {
    // In Swagger 2.0, definitions may have any name.
    if components.version == Versions::V2_0 {
        return;
    }
    let sections = components.object.iter().filter(|(section, _)| !section.starts_with("x-"));
    for (section, members) in sections {
        for name in members.as_object().into_iter().flat_map(JsonObject::keys).filter(|name| !is_component_name(name)) {
            let place = child(&components.place(section), name);
            found.push((place, format!("`{name}` is not a valid name of a component")));
        }
    }
}

/// Checks the names of links, which have the syntax of components' names.
pub(super) fn links(response: &LintNode<'_>, found: &mut Found) {
    let links = response.object.get("links").and_then(Value::as_object).into_iter().flat_map(JsonObject::keys);
    for name in links.filter(|name| !is_component_name(name)) {
        let place = child(&response.place("links"), name);
        found.push((place, format!("`{name}` is not a valid name of a link")));
    }
}

fn is_component_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

/// Returns the members of map fields with this type, with their JSON pointers.
fn named<'n>(kind: ObjectKind, node: &LintNode<'n>, member: FieldType) -> impl Iterator<Item = (String, &'n String)> {
    // The document chooses the names of components.
    let fields = kind.fields().iter().filter(move |field| match field.holds {
        FieldType::Map(inner) => *inner == member && kind != ObjectKind::Components,
        _ => false,
    });
    let (object, pointer) = (node.object, node.pointer.to_owned());
    fields.flat_map(move |field| {
        let place = child(&pointer, field.name);
        let names = object.get(field.name).and_then(Value::as_object).into_iter().flat_map(JsonObject::keys);
        names.map(move |name| (child(&place, name), name))
    })
}

/// Checks the names of headers in all maps of headers.
pub(super) fn headers(kind: ObjectKind, node: &LintNode<'_>, found: &mut Found) {
    for (place, name) in named(kind, node, FieldType::OneOrRef(ObjectKind::Header)) {
        if !is_token(name) {
            found.push((place, format!("`{name}` is not a valid name of a header")));
        }
    }
}

/// Finds declarations of `Content-Type` in maps of headers: the keys of `content` and the encoding declare it.
pub(super) fn ignored_headers(kind: ObjectKind, node: &LintNode<'_>, found: &mut Found) {
    for (place, name) in named(kind, node, FieldType::OneOrRef(ObjectKind::Header)) {
        if name.eq_ignore_ascii_case("content-type") {
            found.push((place, format!("OpenAPI ignores the header `{name}` here")));
        }
    }
}

/// Checks that the names of headers in each map differ in more than case.
pub(super) fn duplicate_headers(kind: ObjectKind, node: &LintNode<'_>, found: &mut Found) {
    let mut seen = HashMap::new();
    for (place, name) in named(kind, node, FieldType::OneOrRef(ObjectKind::Header)) {
        if let Some(other) = seen.insert(name.to_ascii_lowercase(), name) {
            found.push((place, format!("`{name}` is the same header as `{other}`")));
        }
    }
}

/// Checks the name of a parameter, or of the header or cookie with an API key.
pub(super) fn parameter(parameter: &LintNode<'_>, found: &mut Found) {
    let (Some(name), Some(location)) = (parameter.text("name"), parameter.text("in")) else { return };
    if name.is_empty() {
        found.push((parameter.place("name"), "the name is empty".to_owned()));
        return;
    }
    let is_valid = match location {
        "header" | "cookie" => is_token(name),
        "path" => !name.contains(['{', '}', '/', '?', '#']),
        _ => true,
    };
    if !is_valid {
        found.push((parameter.place("name"), format!("`{name}` is not a valid name of a {location} parameter")));
    }
}

/// Checks the keys of `content`.
pub(super) fn media_types(kind: ObjectKind, node: &LintNode<'_>, found: &mut Found) {
    for (place, name) in named(kind, node, FieldType::OneOrRef(ObjectKind::MediaType)) {
        if !is_media_type(name) {
            found.push((place, format!("`{name}` is not a media type")));
        }
    }
}

/// Checks the media types of an encoding: one, or several separated by commas.
pub(super) fn content_types(encoding: &LintNode<'_>, found: &mut Found) {
    let types = encoding.text("contentType").unwrap_or_default();
    if let Some(text) = types.split(',').map(str::trim).find(|text| !types.is_empty() && !is_media_type(text)) {
        found.push((encoding.place("contentType"), format!("`{text}` is not a media type")));
    }
}

pub(super) fn email(contact: &LintNode<'_>, found: &mut Found) {
    let is_email = |text: &str| {
        let parts = text.rsplit_once('@');
        parts.is_some_and(|(local, host)| !local.is_empty() && !host.is_empty()) && !text.contains(char::is_whitespace)
    };
    if let Some(text) = contact.text("email").filter(|text| !is_email(text)) {
        found.push((contact.place("email"), format!("`{text}` is not an email address")));
    }
}

fn is_media_type(text: &str) -> bool {
    let essence = text.split_once(';').map_or(text, |(essence, _)| essence).trim();
    essence.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}

/// Checks the URLs of OAuth and OpenID Connect.
pub(super) fn urls(kind: ObjectKind, node: &LintNode<'_>, found: &mut Found) {
    // Raising adds empty URLs to flows of Swagger 2.0, and reports that they are missing.
    let is_added = |url: &str| url.is_empty() && node.version == Versions::V2_0;
    for field in kind.url_fields() {
        if let Some(url) = node.text(field).filter(|url| !is_url(url) && !is_added(url)) {
            found.push((node.place(field), format!("`{url}` is not a URL")));
        }
    }
}

/// Checks the URIs that identify or document something.
pub(super) fn uris(kind: ObjectKind, node: &LintNode<'_>, found: &mut Found) {
    for field in kind.uri_fields() {
        if let Some(uri) = node.text(field).filter(|uri| !is_url(uri)) {
            found.push((node.place(field), format!("`{uri}` is not a URI")));
        }
    }
    for field in kind.absolute_uri_fields() {
        if let Some(uri) = node.text(field).filter(|uri| !has_scheme(uri) || !is_clean(uri)) {
            found.push((node.place(field), format!("`{uri}` is not a URI with a scheme")));
        }
    }
    let (own, noun) = match kind {
        ObjectKind::Document => ("$self", "document"),
        ObjectKind::Schema => ("$id", "schema"),
        _ => return,
    };
    let has_fragment = |uri: &&str| uri.split_once('#').is_some_and(|(_, fragment)| !fragment.is_empty());
    if let Some(uri) = node.text(own).filter(has_fragment) {
        found.push((node.place(own), format!("`{uri}` has a fragment; the URI of a {noun} must not")));
    }
}

/// Returns true if the string is a URL with a scheme, or a relative reference that cannot be mistaken for a host.
fn is_url(text: &str) -> bool {
    // The first segment of a relative path could be mistaken for a host if it contains a dot.
    let is_path = text.split_once('/').is_some_and(|(first, _)| !first.contains(['.', ':']));
    is_clean(text) && (has_scheme(text) || is_path || text.starts_with(['.', '?', '#']))
}

/// Returns true if all characters are allowed in a URL.
fn is_clean(text: &str) -> bool {
    !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"\\^`".contains(c))
}

fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        let needs_host = matches!(scheme, "http" | "https");
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(is_allowed)
            && !rest.is_empty()
            && (!needs_host || rest.strip_prefix("//").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/')))
    })
}
