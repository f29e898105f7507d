//! Rules about the fields that OpenAPI requires and allows.

use serde_json::Value;

use super::{Found, LintNode};
use crm_clients_document::diagnostic::child;
use crm_clients_document::lower::known_types;
use crm_clients_document::spec::{
    FIELDS_BY_SCHEME, Field, FieldType, METHODS, ObjectKind, Support, Versions, fields_by_location,
};

/// Finds missing fields that the document's version requires. The passes report those that 3.2 requires, except for the
/// ones that they complete.
pub(super) fn missing(kind: ObjectKind, node: &LintNode<'_>, found: &mut Found) {
    let completes = |name: &str| {
        matches!(kind, ObjectKind::Info | ObjectKind::License) || matches!(name, "scopes" | "info" | "authorizationUrl")
    };
    for field in kind.fields() {
        let is_reported = field.required.meet(Versions::V3_2) && !completes(field.name);
        let is_missing = field.required.meet(node.version)
            && field.versions.meet(Versions::V3_2)
            && !node.object.contains_key(field.name);
        if is_missing && !is_reported {
            found.push((node.pointer.to_owned(), format!("the {} has no `{}`", kind.noun(), field.name)));
        }
    }
}

pub(super) fn no_responses(responses: &LintNode<'_>, found: &mut Found) {
    if responses.object.keys().all(|status| status.starts_with("x-")) {
        found.push((responses.pointer.to_owned(), "the responses object has no response".to_owned()));
    }
}

pub(super) fn lower_case_ranges(responses: &LintNode<'_>, found: &mut Found) {
    for range in responses.object.keys().filter(|status| matches!(status.as_bytes(), [b'1'..=b'5', b'x', b'x'])) {
        found.push((responses.place(range), format!("the range `{range}` must be `{}`", range.to_ascii_uppercase())));
    }
}

pub(super) fn missing_alternative(kind: ObjectKind, node: &LintNode<'_>, found: &mut Found) {
    let fields = kind.alternative_fields(node.version);
    if !fields.is_empty() && fields.iter().all(|field| !node.object.contains_key(*field)) {
        let fields: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
        let message = format!("the {} must have one of {}", kind.noun(), fields.join(", "));
        found.push((node.pointer.to_owned(), message));
    }
}

/// Finds OAuth schemes without a flow. Since 3.2, metadata may declare the flows.
pub(super) fn no_flow(scheme: &LintNode<'_>, found: &mut Found) {
    let Some(flows) = scheme.object.get("flows").and_then(Value::as_object) else { return };
    let known = ObjectKind::Flows.fields();
    let has_flow = known.iter().any(|flow| flows.contains_key(flow.name));
    if !has_flow && !scheme.object.contains_key("oauth2MetadataUrl") {
        let names: Vec<String> = known
            .iter()
            .filter(|flow| flow.versions.meet(scheme.version))
            .map(|flow| format!("`{}`", flow.name))
            .collect();
        found.push((scheme.place("flows"), format!("the scheme has no flow; expected one of {}", names.join(", "))));
    }
}

/// Finds encodings by position without a list that they describe.
pub(super) fn no_items(media: &LintNode<'_>, found: &mut Found) {
    let Some(field) = ["prefixEncoding", "itemEncoding"].into_iter().find(|field| media.object.contains_key(*field))
    else {
        return;
    };
    let schema = media.object.get("schema").and_then(|schema| media.follow(schema, String::new()));
    let is_list = schema.is_some_and(|(schema, _)| known_types(schema).is_none_or(|types| types.contains(&"array")));
    if !is_list && !media.object.contains_key("itemSchema") {
        found.push((media.place(field), format!("`{field}` requires an `itemSchema`, or a `schema` of an array")));
    }
}

pub(super) fn exclusive(kind: ObjectKind, node: &LintNode<'_>, found: &mut Found) {
    for (one, other) in kind.exclusive_fields() {
        if node.object.contains_key(*one) && node.object.contains_key(*other) {
            let message = format!("the {} has `{one}` and `{other}`, which are mutually exclusive", kind.noun());
            found.push((node.place(other), message));
        }
    }
}

pub(super) fn misplaced(parameter: &LintNode<'_>, found: &mut Found) {
    let Some(location) = parameter.text("in") else { return };
    for (field, locations) in fields_by_location(parameter.version) {
        // Cookies with the style `cookie` are not encoded.
        let is_raw = location == "cookie" && parameter.text("style") == Some("cookie");
        if parameter.object.contains_key(field) && (is_raw || !locations.contains(&location)) {
            let message = format!("`{field}` has no meaning in this {location} parameter");
            found.push((parameter.place(field), message));
        }
    }
}

pub(super) fn misplaced_in_header(header: &LintNode<'_>, found: &mut Found) {
    for (field, _) in fields_by_location(header.version) {
        if header.object.contains_key(field) {
            found.push((header.place(field), format!("`{field}` has no meaning in a header")));
        }
    }
}

/// Finds fields of a security scheme that belong to another type.
pub(super) fn misplaced_in_scheme(scheme: &LintNode<'_>, found: &mut Found) {
    let Some(kind) = scheme.text("type") else { return };
    for (field, of) in FIELDS_BY_SCHEME {
        if kind != *of && scheme.object.contains_key(*field) {
            found
                .push((scheme.place(field), format!("`{field}` has no meaning in a security scheme of type `{kind}`")));
        }
    }
}

/// Finds `wrapped` in the XML object of a schema without items.
pub(super) fn misplaced_in_xml(schema: &LintNode<'_>, found: &mut Found) {
    let Some(Value::Bool(true)) = schema.object.get("xml").and_then(|xml| xml.get("wrapped")) else { return };
    if let Some(types) = known_types(schema.object).filter(|types| !types.contains(&"array")) {
        let place = child(&schema.place("xml"), "wrapped");
        found.push((place, format!("`wrapped` has no meaning in a schema of type {}", types.join(" or "))));
    }
}

/// Finds fields of objects other than schemas that only a later version has, and words that only a later version
/// allows in them. Swagger 2.0 documents have been raised.
pub(super) fn newer(kind: ObjectKind, node: &LintNode<'_>, found: &mut Found) {
    if kind == ObjectKind::Schema || node.version == Versions::V2_0 {
        return;
    }
    for (name, value) in node.object {
        let fits = |version| kind.fields().iter().find(|field| is_of(field, name, value, version));
        let (later, shown) = match kind.field(name, node.version).map(|own| own.holds) {
            None => (kind.field(name, Versions::V3_2), format!("`{name}`")),
            // Raising reports those of parameters.
            Some(FieldType::Word(_)) if kind != ObjectKind::Parameter && fits(node.version).is_none() => {
                (fits(Versions::V3_2), format!("`{name}: {}`", value.as_str().unwrap_or_default()))
            }
            Some(_) => continue,
        };
        let Some(later) = later else { continue };
        let message = format!("OpenAPI {} has no {shown}; it requires {}", node.version, later.versions);
        found.push((node.place(name), message));
    }
}

/// Finds keywords of schemas that only another version has, or has in this form.
pub(super) fn foreign_keywords(schema: &LintNode<'_>, found: &mut Found) {
    if schema.version == Versions::V2_0 {
        return;
    }
    let kind = ObjectKind::Schema;
    for (name, value) in schema.object {
        boolean_schemas(schema, name, value, found);
        let fits = |version| kind.fields().iter().any(|field| is_of(field, name, value, version));
        if kind.field(name, Versions::ALL).is_none() || fits(schema.version) {
            continue;
        }
        let others = [Versions::V3_2, Versions::V3_1, Versions::V3_0, Versions::V2_0];
        if let Some(other) = others.into_iter().find(|version| fits(*version)) {
            let message = match kind.field(name, schema.version) {
                None => {
                    let versions = kind.field(name, other).map_or(other, |field| field.versions);
                    format!("OpenAPI {} has no `{name}`; it requires {versions}", schema.version)
                }
                Some(_) => format!("`{name}` has the syntax of OpenAPI {other} instead of {}", schema.version),
            };
            found.push((schema.place(name), message));
        }
    }
}

/// Finds boolean schemas in a keyword of a version before 3.1, which has them only in `additionalProperties`.
fn boolean_schemas(schema: &LintNode<'_>, name: &str, value: &Value, found: &mut Found) {
    if schema.version != Versions::V3_0 {
        return;
    }
    let holds = ObjectKind::Schema.field(name, Versions::V3_0).map(|field| field.holds);
    let place = schema.place(name);
    let members: Vec<(String, &Value)> = match (holds, value) {
        (Some(FieldType::SchemaOrBool), value) if name != "additionalProperties" => vec![(place, value)],
        (Some(FieldType::List(FieldType::SchemaOrBool)), Value::Array(items)) => {
            items.iter().enumerate().map(|(index, item)| (child(&place, &index.to_string()), item)).collect()
        }
        (Some(FieldType::Map(FieldType::SchemaOrBool)), Value::Object(members)) => {
            members.iter().map(|(name, member)| (child(&place, name), member)).collect()
        }
        _ => return,
    };
    for (place, value) in members.into_iter().filter(|(_, value)| value.is_boolean()) {
        found.push((place, format!("OpenAPI 3.0 has no schema `{value}`; it requires 3.1, 3.2")));
    }
}

/// Returns true if a version has the keyword with such a value.
fn is_of(field: &Field, name: &str, value: &Value, version: Versions) -> bool {
    let is_word = |words: &[&str], value: &Value| value.as_str().is_some_and(|word| words.contains(&word));
    field.name == name
        && field.versions.meet(version)
        && match field.holds {
            FieldType::Word(words) => is_word(words, value),
            FieldType::WordOrWords(words) => match value {
                Value::Array(items) => items.iter().all(|item| is_word(words, item)),
                value => is_word(words, value),
            },
            FieldType::Flag => value.is_boolean(),
            FieldType::Number => value.is_number(),
            // In draft 4, the value may be a list of schemas; in later drafts it is one schema.
            FieldType::SchemaOrBool => !value.is_array() || version == Versions::V2_0,
            FieldType::Text => value.is_string(),
            FieldType::One(_) => value.is_object(),
            _ => true,
        }
}

/// Finds keywords that have a meaning for clients, but are ignored. Boolean schemas and `{}` are not reported: they
/// describe no values.
pub(super) fn unsupported(kind: ObjectKind, node: &LintNode<'_>, found: &mut Found) {
    for (keyword, value) in node.object {
        let says_nothing = value.is_boolean() || value.as_object().is_some_and(|schema| schema.is_empty());
        if kind.support(keyword) != Some(Support::Unsupported) || says_nothing {
            continue;
        }
        let effect = match keyword.as_str() {
            "if" | "then" | "else" | "dependentSchemas" => "properties that only it declares are undeclared",
            "encoding" | "prefixEncoding" | "itemEncoding" => "nested parts have their default encoding",
            _ => "values that it forbids are allowed",
        };
        found.push((node.place(keyword), format!("`{keyword}` is ignored: {effect}")));
    }
}

pub(super) fn conflicting_operations(item: &LintNode<'_>, found: &mut Found) {
    let additional = item.object.get("additionalOperations").and_then(Value::as_object);
    for method in additional.into_iter().flatten().map(|(method, _)| method) {
        let field = method.to_ascii_lowercase();
        if METHODS.contains(&field.as_str()) {
            let place = child(&item.place("additionalOperations"), method);
            found.push((place, format!("an operation with the method {method} must be in the field `{field}`")));
        }
    }
}

/// Finds methods in lower case, which are sent as written. Standard methods are in upper case.
pub(super) fn lower_case_methods(item: &LintNode<'_>, found: &mut Found) {
    let additional = item.object.get("additionalOperations").and_then(Value::as_object);
    for method in additional.into_iter().flatten().map(|(method, _)| method) {
        if method.chars().any(|c| c.is_ascii_lowercase()) && !METHODS.contains(&method.to_ascii_lowercase().as_str()) {
            let place = child(&item.place("additionalOperations"), method);
            let upper = method.to_ascii_uppercase();
            found.push((place, format!("requests are sent with the method `{method}`, which is not `{upper}`")));
        }
    }
}
