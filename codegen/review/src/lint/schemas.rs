//! Rules about single schemas.

use std::collections::HashSet;

use serde_json::Value;

use super::{Found, JsonObject, LintNode};
use crm_clients_document::diagnostic::{child, closest, tokens};
use crm_clients_document::lower::{fits, known_types};
use crm_clients_document::spec::{FieldType, ObjectKind};

/// Returns true if a name is that of an ID, or of several.
fn is_id(name: &str) -> bool {
    matches!(name, "id" | "ids" | "ID") || ["_id", "_ids", "Id", "Ids", "ID"].iter().any(|end| name.ends_with(end))
}

/// Returns true if a schema, or that of its items, allows numbers with a fraction.
fn is_number(schema: &Value) -> bool {
    let is = |schema: &Value| {
        let kinds = schema.as_object().and_then(known_types);
        kinds.is_some_and(|kinds| kinds.contains(&"number"))
    };
    is(schema) || schema.get("items").is_some_and(is)
}

pub(super) fn number_id(schema: &LintNode<'_>, found: &mut Found) {
    for (name, property) in schema.object.get("properties").and_then(Value::as_object).into_iter().flatten() {
        if is_id(name) && is_number(property) {
            let place = child(&schema.place("properties"), name);
            found.push((place, format!("the ID `{name}` has the type `number`")));
        }
    }
}

pub(super) fn number_id_parameter(parameter: &LintNode<'_>, found: &mut Found) {
    let name = parameter.object.get("name").and_then(Value::as_str).unwrap_or_default();
    if is_id(name) && parameter.object.get("schema").is_some_and(is_number) {
        found.push((parameter.place("schema"), format!("the ID `{name}` has the type `number`")));
    }
}

/// Checks only schemas that are not composed: the properties of composed schemas are elsewhere.
pub(super) fn unknown_required(schema: &LintNode<'_>, found: &mut Found) {
    let composing = ["allOf", "anyOf", "oneOf", "not", "if", "$ref", "additionalProperties", "patternProperties"];
    let is_part = tokens(schema.pointer).any(|token| matches!(token.as_str(), "allOf" | "anyOf" | "oneOf" | "not"));
    if is_part || composing.iter().any(|keyword| schema.object.contains_key(*keyword)) {
        return;
    }
    let Some(properties) = schema.object.get("properties").and_then(Value::as_object) else { return };
    let required = schema.object.get("required").and_then(Value::as_array).into_iter().flatten();
    for (index, name) in required.enumerate() {
        let Some(name) = name.as_str().filter(|name| !properties.contains_key(*name)) else { continue };
        let place = child(&schema.place("required"), &index.to_string());
        let meant = closest(name, properties.keys().map(String::as_str));
        let meant = meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
        found.push((place, format!("required property `{name}` is not declared{meant}")));
    }
}

pub(super) fn array_without_items(schema: &LintNode<'_>, found: &mut Found) {
    let is_array = schema.object.get("type").is_some_and(|kind| kind == "array");
    let has_items = ["items", "prefixItems"].iter().any(|keyword| schema.object.contains_key(*keyword));
    if is_array && !has_items {
        found.push((schema.place("type"), "this array has no `items`".to_owned()));
    }
}

pub(super) fn duplicate_enum_value(schema: &LintNode<'_>, found: &mut Found) {
    let Some(values) = schema.object.get("enum").and_then(Value::as_array) else { return };
    for (index, value) in values.iter().enumerate().filter(|(index, value)| values[..*index].contains(value)) {
        let place = child(&schema.place("enum"), &index.to_string());
        found.push((place, format!("duplicate value {value} in `enum`")));
    }
}

pub(super) fn impossible_limits(schema: &LintNode<'_>, found: &mut Found) {
    for (least, most) in [
        ("minimum", "maximum"),
        ("minLength", "maxLength"),
        ("minItems", "maxItems"),
        ("minProperties", "maxProperties"),
    ] {
        let limit = |keyword| limit(schema.object, keyword);
        if let (Some(from), Some(to)) = (limit(least), limit(most))
            && from > to
        {
            found.push((schema.place(least), format!("`{least}` is {from} and `{most}` is {to}")));
        }
    }
}

fn limit(schema: &JsonObject, keyword: &str) -> Option<f64> {
    schema.get(keyword).and_then(Value::as_f64)
}

pub(super) fn mismatched_enum_value(schema: &LintNode<'_>, found: &mut Found) {
    let Some(values) = schema.object.get("enum").and_then(Value::as_array) else { return };
    let Some(types) = known_types(schema.object) else { return };
    let may_be_null = types.contains(&"null") || schema.object.get("nullable").is_some_and(|nullable| nullable == true);
    let fits = |value: &Value, kind: &str| fits(value, kind) || kind == "integer" && value.is_u64();
    let is_allowed = |value: &Value| types.iter().any(|kind| fits(value, kind)) || value.is_null() && may_be_null;
    if let Some(value) = values.iter().find(|value| !is_allowed(value)) {
        found.push((schema.place("enum"), format!("the value {value} is not of type {}", types.join(" or "))));
    }
}

pub(super) fn empty_enum(schema: &LintNode<'_>, found: &mut Found) {
    if schema.object.get("enum").and_then(Value::as_array).is_some_and(Vec::is_empty) {
        found.push((schema.place("enum"), "the `enum` is empty".to_owned()));
    }
}

/// Finds lists that JSON Schema requires to be non-empty, except `enum`.
pub(super) fn empty_list(schema: &LintNode<'_>, found: &mut Found) {
    for keyword in ["allOf", "anyOf", "oneOf", "prefixItems", "type"] {
        if schema.object.get(keyword).and_then(Value::as_array).is_some_and(Vec::is_empty) {
            found.push((schema.place(keyword), format!("`{keyword}` is empty")));
        }
    }
}

pub(super) fn invalid_anchor(schema: &LintNode<'_>, found: &mut Found) {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    let is_anchor =
        |name: &&str| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name.chars().all(is_allowed);
    for keyword in ["$anchor", "$dynamicAnchor"] {
        if let Some(name) = schema.text(keyword).filter(|name| !is_anchor(name)) {
            found.push((schema.place(keyword), format!("`{name}` is not a valid anchor")));
        }
    }
}

pub(super) fn limits(schema: &LintNode<'_>, found: &mut Found) {
    for field in ObjectKind::Schema.fields() {
        let Some(limit) = schema.object.get(field.name).and_then(Value::as_f64) else { continue };
        let expected = match field.holds {
            FieldType::Count if limit < 0.0 || limit.fract() != 0.0 => "a non-negative integer",
            FieldType::PositiveNumber if limit <= 0.0 => "a positive number",
            _ => continue,
        };
        found.push((schema.place(field.name), format!("`{}` is {limit}; expected {expected}", field.name)));
    }
}

pub(super) fn duplicate_required(schema: &LintNode<'_>, found: &mut Found) {
    let Some(names) = schema.object.get("required").and_then(Value::as_array) else { return };
    for (index, name) in names.iter().enumerate().filter(|(index, name)| names[..*index].contains(name)) {
        let place = child(&schema.place("required"), &index.to_string());
        found.push((place, format!("duplicate name {name} in `required`")));
    }
}

pub(super) fn duplicate_type(schema: &LintNode<'_>, found: &mut Found) {
    let Some(types) = schema.object.get("type").and_then(Value::as_array) else { return };
    for (index, name) in types.iter().enumerate().filter(|(index, name)| types[..*index].contains(name)) {
        found.push((child(&schema.place("type"), &index.to_string()), format!("duplicate type {name} in `type`")));
    }
}

/// Patterns are regular expressions of ECMAScript; many are written without its flag for Unicode.
pub(super) fn invalid_pattern(schema: &LintNode<'_>, found: &mut Found) {
    let pattern = schema.text("pattern").map(|pattern| (pattern, schema.place("pattern")));
    let properties = schema.object.get("patternProperties").and_then(Value::as_object);
    let names = properties.into_iter().flat_map(JsonObject::keys);
    let names = names.map(|name| (name.as_str(), child(&schema.place("patternProperties"), name)));
    for (pattern, place) in pattern.into_iter().chain(names) {
        let error = |flags: &str| regress::Regex::with_flags(pattern, flags).err();
        if let (Some(_), Some(error)) = (error("u"), error("")) {
            found.push((place, format!("the pattern is no regular expression: {error}")));
        }
    }
}

pub(super) fn empty_required(schema: &LintNode<'_>, found: &mut Found) {
    if schema.object.get("required").and_then(Value::as_array).is_some_and(Vec::is_empty) {
        found.push((schema.place("required"), "`required` is empty".to_owned()));
    }
}

pub(super) fn read_and_write_only(schema: &LintNode<'_>, found: &mut Found) {
    let is = |keyword: &str| schema.object.get(keyword).is_some_and(|flag| flag == true);
    if is("readOnly") && is("writeOnly") {
        found.push((schema.place("writeOnly"), "the property is neither in requests nor in responses".to_owned()));
    }
}

/// Checks only alternatives that are not composed: the property may be in another part of a composed schema.
pub(super) fn undeclared_discriminator(schema: &LintNode<'_>, found: &mut Found) {
    let Some(name) = schema.object.get("discriminator").and_then(|it| it.get("propertyName")?.as_str()) else { return };
    let lacks = |node: &Value| {
        let Some((part, _)) = schema.follow(node, String::new()) else { return false };
        let is_whole = ["allOf", "anyOf", "oneOf"].iter().all(|keyword| !part.contains_key(*keyword));
        let properties = part.get("properties").and_then(Value::as_object);
        is_whole && properties.is_some_and(|properties| !properties.contains_key(name))
    };
    let has_own = schema.object.get("properties").is_some_and(|properties| properties.get(name).is_some());
    let choice = ["oneOf", "anyOf"].iter().find_map(|keyword| schema.object.get(*keyword)?.as_array());
    if choice.is_some_and(|parts| !has_own && !parts.is_empty() && parts.iter().all(lacks)) {
        let place = child(&schema.place("discriminator"), "propertyName");
        found.push((place, format!("no alternative has the property `{name}`")));
    }
}

/// Finds discriminators whose property some alternative, or the schema itself, declares as optional. Only with a
/// `defaultMapping` are values without the property read as one of the alternatives.
pub(super) fn optional_discriminator(schema: &LintNode<'_>, found: &mut Found) {
    let Some(discriminator) = schema.object.get("discriminator").and_then(Value::as_object) else { return };
    let Some(name) = discriminator.get("propertyName").and_then(Value::as_str) else { return };
    if discriminator.contains_key("defaultMapping") {
        return;
    }
    let place = child(&schema.place("discriminator"), "propertyName");
    let own = property(schema, schema.object, name, &mut HashSet::new());
    if own.is_required {
        return;
    }
    let choice = ["oneOf", "anyOf"].iter().find_map(|keyword| schema.object.get(*keyword)?.as_array());
    let Some(alternatives) = choice else {
        if own.is_declared {
            found.push((place, format!("the property `{name}` is optional")));
        }
        return;
    };
    for (index, alternative) in alternatives.iter().enumerate() {
        let Some((part, _)) = schema.follow(alternative, String::new()) else { continue };
        let found_there = property(schema, part, name, &mut HashSet::new());
        if (own.is_declared || found_there.is_declared) && !found_there.is_required {
            let which = alternative.get("$ref").and_then(Value::as_str).map(|reference| format!("`{reference}`"));
            let which = which.unwrap_or_else(|| format!("alternative {}", index + 1));
            found.push((place, format!("the property `{name}` is optional in {which}")));
            return;
        }
    }
}

/// The declarations of a property in a schema and in the parts of its `allOf`.
#[derive(Default)]
struct Property {
    is_declared: bool,
    is_required: bool,
}

fn property(node: &LintNode<'_>, schema: &JsonObject, name: &str, seen: &mut HashSet<*const JsonObject>) -> Property {
    if !seen.insert(std::ptr::from_ref(schema)) {
        return Property::default();
    }
    let required = schema.get("required").and_then(Value::as_array);
    let mut all = Property {
        is_declared: schema.get("properties").is_some_and(|properties| properties.get(name).is_some()),
        is_required: required.is_some_and(|names| names.iter().any(|required| required == name)),
    };
    let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    for part in parts {
        if let Some((part, _)) = node.follow(part, String::new()) {
            let part = property(node, part, name, seen);
            all.is_declared |= part.is_declared;
            all.is_required |= part.is_required;
        }
    }
    all
}
