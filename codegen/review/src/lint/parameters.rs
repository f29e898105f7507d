//! Rules about parameters, headers and the encoding of forms.

use std::collections::HashSet;

use serde_json::Value;

use super::{Found, JsonObject, LintNode};
use crm_clients_document::diagnostic::child;
use crm_clients_document::lower::known_types;
use crm_clients_document::spec::TYPES;

/// Returns the parameters of an operation or a path item, with the JSON pointers of the list entries.
fn listed<'n>(holder: &LintNode<'n>) -> Vec<(&'n JsonObject, String)> {
    let list = holder.object.get("parameters").and_then(Value::as_array).into_iter().flatten().enumerate();
    let parameter = |(index, node): (usize, &'n Value)| {
        let place = child(&holder.place("parameters"), &index.to_string());
        holder.follow(node, place.clone()).map(|(parameter, _)| (parameter, place))
    };
    list.filter_map(parameter).collect()
}

fn text<'n>(object: &'n JsonObject, field: &str) -> Option<&'n str> {
    object.get(field).and_then(Value::as_str)
}

pub(super) fn duplicates(holder: &LintNode<'_>, found: &mut Found) {
    let mut seen = HashSet::new();
    for (parameter, place) in listed(holder) {
        let (Some(name), Some(location)) = (text(parameter, "name"), text(parameter, "in")) else { continue };
        // Header names are case-insensitive.
        let key = if location == "header" { name.to_ascii_lowercase() } else { name.to_owned() };
        if !seen.insert((location, key)) {
            let message = format!("duplicate {location} parameter `{name}`; the first declaration is used");
            found.push((place, message));
        }
    }
}

pub(super) fn querystring_schema(parameter: &LintNode<'_>, found: &mut Found) {
    if parameter.text("in") == Some("querystring") && parameter.object.contains_key("schema") {
        found.push((parameter.place("schema"), "a `querystring` parameter must be declared with `content`".to_owned()));
    }
}

pub(super) fn querystrings(holder: &LintNode<'_>, found: &mut Found) {
    let mut parameters = listed(holder);
    parameters.retain(|(parameter, _)| matches!(text(parameter, "in"), Some("query" | "querystring")));
    let is_whole = |(parameter, _): &&(&JsonObject, String)| text(parameter, "in") == Some("querystring");
    if let Some((_, place)) = parameters.iter().filter(|_| parameters.len() > 1).rfind(is_whole) {
        let message = "this parameter is the whole query, but there are other query parameters";
        found.push((place.clone(), message.to_owned()));
    }
}

pub(super) fn single_media_type(holder: &LintNode<'_>, found: &mut Found) {
    let Some(content) = holder.object.get("content").and_then(Value::as_object) else { return };
    if content.len() != 1 {
        found.push((holder.place("content"), format!("expected one media type, found {}", content.len())));
    }
}

pub(super) fn style(parameter: &LintNode<'_>, found: &mut Found) {
    let Some(style) = parameter.text("style") else { return };
    let Some(schema) = parameter.object.get("schema") else { return };
    let Some((schema, _)) = parameter.follow(schema, parameter.place("schema")) else { return };
    let carried: &[&str] = match style {
        "deepObject" => &["object"],
        "spaceDelimited" | "pipeDelimited" => &["array", "object"],
        _ => return,
    };
    let types = possible_types(parameter, schema, &mut HashSet::new()).unwrap_or_default();
    let others: Vec<_> = TYPES
        .iter()
        .copied()
        .filter(|kind| types.contains(kind) && !carried.contains(kind) && *kind != "null")
        .collect();
    if !others.is_empty() {
        let message = format!(
            "the style `{style}` supports values of type {}, not {}",
            carried.join(" or "),
            others.join(" or ")
        );
        found.push((parameter.place("style"), message));
        return;
    }
    let explode = parameter.object.get("explode").and_then(Value::as_bool);
    if explode == Some(style != "deepObject") {
        let message = format!("the style `{style}` does not support `explode: {}`", style != "deepObject");
        found.push((parameter.place("explode"), message));
    }
}

/// Returns the types of a schema's values: those that its own `type` and every part of `allOf` allow, and that an
/// alternative has. `None` if they are not restricted.
fn possible_types(
    node: &LintNode<'_>,
    schema: &JsonObject,
    seen: &mut HashSet<*const JsonObject>,
) -> Option<HashSet<&'static str>> {
    if !seen.insert(std::ptr::from_ref(schema)) {
        return None;
    }
    let listed = |keyword: &str| schema.get(keyword).and_then(Value::as_array);
    let mut of = |part: &Value| possible_types(node, node.follow(part, String::new())?.0, seen);
    let mut restrictions: Vec<HashSet<&'static str>> =
        known_types(schema).map(HashSet::from_iter).into_iter().collect();
    restrictions.extend(listed("allOf").into_iter().flatten().filter_map(&mut of));
    for alternatives in ["anyOf", "oneOf"].into_iter().filter_map(listed) {
        let types: Option<Vec<_>> = alternatives.iter().map(&mut of).collect();
        restrictions.extend(types.map(|types| types.into_iter().flatten().collect::<HashSet<_>>()));
    }
    restrictions.into_iter().reduce(|all, one| all.intersection(&one).copied().collect())
}

/// Checks that values of styles other than `deepObject` are not nested: they are lists or objects of scalars.
pub(super) fn nested(holder: &LintNode<'_>, found: &mut Found) {
    let style = holder.text("style").unwrap_or_default();
    let Some(schema) = holder.object.get("schema").filter(|_| style != "deepObject") else { return };
    let Some((schema, _)) = holder.follow(schema, String::new()) else { return };
    let items = schema.get("items").into_iter().map(|items| ("an item", items));
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let is_composed = |part: &&Value| {
        let types = holder.follow(part, String::new()).and_then(|(part, _)| known_types(part)).unwrap_or_default();
        let mut types = types.into_iter().filter(|kind| *kind != "null").peekable();
        types.peek().is_some() && types.all(|kind| matches!(kind, "object" | "array"))
    };
    let mut parts = items.chain(properties.map(|(_, property)| ("a property", property)));
    if let Some((what, _)) = parts.find(|(_, part)| is_composed(part)) {
        let message = format!("{what} of this value is an object or an array, which its style does not support");
        found.push((holder.place("schema"), message));
    }
}

pub(super) fn unused_encoding(body: &LintNode<'_>, found: &mut Found) {
    let content = body.object.get("content").and_then(Value::as_object).into_iter().flatten();
    for (name, media) in content.filter(|(name, _)| !name.contains('*')) {
        let place = child(&body.place("content"), name);
        let essence = name.to_ascii_lowercase();
        let (is_form, is_multipart) = (essence.contains("x-www-form-urlencoded"), essence.contains("multipart"));
        let mut unused = |place: String, field: &str| {
            found.push((place, format!("`{field}` has no effect for `{name}`")));
        };
        let by_name = if is_form || is_multipart { None } else { Some("encoding") };
        let by_position = if is_multipart { [].as_slice() } else { &["prefixEncoding", "itemEncoding"] };
        for field in by_name.iter().chain(by_position).filter(|field| media.get(**field).is_some()) {
            unused(child(&place, field), field);
        }
        let of_part: &[&str] = match essence.as_str() {
            _ if is_form => &["headers"],
            "multipart/form-data" => &[],
            _ if is_multipart => &["style", "explode", "allowReserved"],
            _ => &[],
        };
        for (property, encoding) in media.get("encoding").and_then(Value::as_object).into_iter().flatten() {
            for field in of_part.iter().filter(|field| encoding.get(**field).is_some()) {
                unused(child(&child(&child(&place, "encoding"), property), field), field);
            }
        }
    }
}

pub(super) fn ignored_header(parameter: &LintNode<'_>, found: &mut Found) {
    let Some(name) = parameter.text("name").filter(|_| parameter.text("in") == Some("header")) else { return };
    if ["accept", "content-type", "authorization"].contains(&name.to_ascii_lowercase().as_str()) {
        found.push((parameter.place("name"), format!("OpenAPI ignores parameters for the header `{name}`")));
    }
}

pub(super) fn encoding(media: &LintNode<'_>, found: &mut Found) {
    let Some(encodings) = media.object.get("encoding").and_then(Value::as_object) else { return };
    let Some(schema) = media.object.get("schema") else { return };
    let mut names = HashSet::new();
    if encodings.is_empty() || !closed_properties(media, schema, &mut HashSet::new(), &mut names) {
        return;
    }
    for name in encodings.keys().filter(|name| !names.contains(name.as_str())) {
        let place = child(&media.place("encoding"), name);
        found.push((place, format!("the schema has no property `{name}`")));
    }
}

/// Collects the properties of a schema and of its parts. Returns false if it may have others.
fn closed_properties<'n>(
    media: &LintNode<'n>,
    schema: &'n Value,
    seen: &mut HashSet<*const JsonObject>,
    names: &mut HashSet<&'n str>,
) -> bool {
    let Some((schema, _)) = media.follow(schema, String::new()) else { return false };
    if !seen.insert(std::ptr::from_ref(schema)) {
        return true;
    }
    let has_others = ["patternProperties", "if", "$dynamicRef", "dependentSchemas"];
    let is_open = schema.get("additionalProperties").is_some_and(|others| others != false);
    if is_open || has_others.iter().any(|keyword| schema.contains_key(*keyword)) {
        return false;
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    names.extend(properties.into_iter().flat_map(JsonObject::keys).map(String::as_str));
    let parts = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|keyword| schema.get(keyword)?.as_array());
    parts.flatten().all(|part| closed_properties(media, part, seen, names))
}
