//! Rules about names, media types and URLs: texts with a syntax.

use serde_json::Value;

use super::{Found, JsonObject, Node};
use crm_clients_document::diagnostic::child;
use crm_clients_document::spec::{FieldType, ObjectKind, Versions};

pub(super) fn components(components: &Node<'_>, found: &mut Found) {
    // Swagger 2.0 has definitions of any name.
    if components.version == Versions::V2_0 {
        return;
    }
    let sections = components.object.iter().filter(|(section, _)| !section.starts_with("x-"));
    for (section, members) in sections {
        for name in members.as_object().into_iter().flat_map(JsonObject::keys).filter(|name| !is_component_name(name)) {
            let place = child(&components.place(section), name);
            found.push((place, format!("`{name}` cannot be the name of a component")));
        }
    }
}

fn is_component_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

/// The members of a map field of this type, with their pointers.
fn named<'n>(kind: ObjectKind, node: &Node<'n>, member: FieldType) -> impl Iterator<Item = (String, &'n String)> {
    // Components are named by the document alone.
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

/// The names of headers, wherever the table has a map of them.
pub(super) fn headers(kind: ObjectKind, node: &Node<'_>, found: &mut Found) {
    for (place, name) in named(kind, node, FieldType::OneOrRef(ObjectKind::Header)) {
        if !is_token(name) {
            found.push((place, format!("`{name}` cannot be the name of a header")));
        }
    }
}

/// The name of a parameter, or that of the header or cookie with an API key.
pub(super) fn parameter(parameter: &Node<'_>, found: &mut Found) {
    let (Some(name), Some(location)) = (parameter.text("name"), parameter.text("in")) else { return };
    let is_valid = match location {
        "header" | "cookie" => is_token(name),
        "path" => !name.contains(['{', '}', '/', '?', '#']),
        _ => true,
    };
    if !is_valid {
        found.push((parameter.place("name"), format!("`{name}` cannot be the name of a {location} parameter")));
    }
}

/// The keys of `content`, wherever the table has it.
pub(super) fn media_types(kind: ObjectKind, node: &Node<'_>, found: &mut Found) {
    for (place, name) in named(kind, node, FieldType::OneOrRef(ObjectKind::MediaType)) {
        if !is_media_type(name) {
            found.push((place, format!("`{name}` is no media type")));
        }
    }
}

/// The media types of an encoding: one, or several with commas between them.
pub(super) fn content_types(encoding: &Node<'_>, found: &mut Found) {
    let types = encoding.text("contentType").unwrap_or_default();
    if let Some(text) = types.split(',').map(str::trim).find(|text| !types.is_empty() && !is_media_type(text)) {
        found.push((encoding.place("contentType"), format!("`{text}` is no media type")));
    }
}

pub(super) fn email(contact: &Node<'_>, found: &mut Found) {
    let is_email = |text: &str| {
        let parts = text.rsplit_once('@');
        parts.is_some_and(|(local, host)| !local.is_empty() && !host.is_empty()) && !text.contains(char::is_whitespace)
    };
    if let Some(text) = contact.text("email").filter(|text| !is_email(text)) {
        found.push((contact.place("email"), format!("`{text}` is no e-mail address")));
    }
}

fn is_media_type(text: &str) -> bool {
    let essence = text.split_once(';').map_or(text, |(essence, _)| essence).trim();
    essence.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}

/// Returns true if the text is a token of RFC 9110.
fn is_token(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_allowed)
}

pub(super) fn urls(kind: ObjectKind, node: &Node<'_>, found: &mut Found) {
    for field in kind.url_fields() {
        if let Some(url) = node.text(field).filter(|url| !is_url(url)) {
            found.push((node.place(field), format!("`{url}` is no URL")));
        }
    }
    if let Some(uri) = node.text("$self").filter(|uri| kind == ObjectKind::Document && uri.contains('#')) {
        found.push((node.place("$self"), format!("`{uri}` has a fragment, which the URI of a document has not")));
    }
}

/// Returns true if the text is a URL with a scheme, or a reference that cannot be mistaken for a host.
fn is_url(text: &str) -> bool {
    let is_clean = !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"\\^`".contains(c));
    let has_scheme = text.split_once(':').is_some_and(|(scheme, rest)| {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        let needs_host = matches!(scheme, "http" | "https");
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(is_allowed)
            && !rest.is_empty()
            && (!needs_host || rest.strip_prefix("//").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/')))
    });
    // The first segment of a relative path could be a host if it has a dot.
    let is_path = text.split_once('/').is_some_and(|(first, _)| !first.contains(['.', ':']));
    is_clean && (has_scheme || is_path || text.starts_with(['.', '?', '#']))
}
