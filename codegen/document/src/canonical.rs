//! The canonical form of a vendored document: the interface without its prose, with uniform formatting.

use serde_json::Value;

use crate::spec::{FieldType, ObjectKind, Versions};
use crate::yaml;

/// With `drop_prose`, removes the parts that are only for people: summaries, descriptions, titles, examples, extensions
/// except `x-sunset`, links to documentation, and contacts. The order is kept.
///
/// Prose is recognized by its place: a property named `description` stays. Prose that OpenAPI requires, such as a
/// response's description, is emptied. `info` keeps its title, version and license.
pub fn canonicalise(value: Value, drop_prose: bool) -> Value {
    let versions = Versions::read_in(&value);
    if drop_prose { walk(value, FieldType::DOCUMENT, versions) } else { value }
}

/// Serializes JSON text, indented by two spaces.
pub fn to_json(value: &Value) -> String {
    format!("{value:#}\n")
}

/// Serializes YAML text that the pass `load` parses back to the same value. Words that YAML 1.1 parses differently,
/// such as `on`, are quoted.
pub fn to_yaml(value: &Value) -> String {
    // Every `Value` can be serialized as YAML, and writing to a `String` cannot fail.
    let plain = yaml::to_string(value).unwrap_or_default();
    let quoted: String = plain.split_inclusive('\n').map(quote_line).collect();
    // The line may be part of a multi-line string, which must not be changed.
    let is_same = yaml::from_str::<Value>(&quoted).is_ok_and(|read| read == *value);
    if is_same { quoted } else { plain }
}

fn walk(value: Value, holds: FieldType, versions: Versions) -> Value {
    if holds.is_data() {
        return value;
    }
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(key, _)| !is_prose(holds, key, versions));
            kept.map(|(key, value)| {
                let member = holds.member(&key, false, versions);
                let value =
                    if is_required_prose(holds, &key) { without_text(value) } else { walk(value, member, versions) };
                (key, value)
            })
            .collect()
        }
        Value::Array(elements) => {
            let holds = holds.member("", true, versions);
            elements.into_iter().map(|element| walk(element, holds, versions)).collect()
        }
        other => other,
    }
}

/// Returns true if the member `key` of such a value is prose, an example or an extension.
fn is_prose(holds: FieldType, key: &str, versions: Versions) -> bool {
    let Some(kind) = holds.object() else { return false };
    if kind.named_by_document().is_some() {
        return kind.holds(key, versions).is_none();
    }
    match key {
        "title" => kind != ObjectKind::Info,
        "description" => kind != ObjectKind::Response,
        "summary" | "example" | "examples" | "externalDocs" | "$comment" => true,
        "contact" | "termsOfService" => kind == ObjectKind::Info,
        // This is a fact of the interface, in an extension that other tools also know.
        "x-sunset" => false,
        _ => key.starts_with("x-"),
    }
}

/// Returns true if the member `key` of such a value is required prose.
fn is_required_prose(holds: FieldType, key: &str) -> bool {
    match holds.object() {
        Some(ObjectKind::Response) => key == "description",
        Some(
            ObjectKind::ImplicitFlow
            | ObjectKind::PasswordFlow
            | ObjectKind::ClientCredentialsFlow
            | ObjectKind::AuthorizationCodeFlow
            | ObjectKind::DeviceAuthorizationFlow
            | ObjectKind::SecurityScheme,
        ) => key == "scopes",
        _ => false,
    }
}

/// Empties a string, or each string in an object.
fn without_text(value: Value) -> Value {
    match value {
        Value::String(_) => "".into(),
        Value::Object(members) => members.into_iter().map(|(key, value)| (key, without_text(value))).collect(),
        other => other,
    }
}

/// Quotes the plain key and the plain value of a YAML line if YAML 1.1 parses them differently.
fn quote_line(line: &str) -> String {
    let content = line.trim_end_matches('\n');
    let start = content.len() - content.trim_start_matches([' ', '-']).len();
    let (indent, entry) = content.split_at(start);
    let quote = |text: &str| if is_ambiguous(text) { format!("'{text}'") } else { text.to_owned() };
    let entry = match entry.split_once(": ").or(entry.strip_suffix(':').map(|key| (key, ""))) {
        Some((key, "")) => quote(key) + ":",
        Some((key, value)) => format!("{}: {}", quote(key), quote(value)),
        None => quote(entry),
    };
    format!("{indent}{entry}\n")
}

/// Returns true if a plain scalar is a string in YAML 1.2, but a boolean, date, number or operator in YAML 1.1.
fn is_ambiguous(text: &str) -> bool {
    let is_word = ["y", "n", "yes", "no", "on", "off"].iter().any(|word| text.eq_ignore_ascii_case(word));
    let is_number = text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first))
        && text.chars().all(|char| char.is_ascii_digit() || "+-.:_".contains(char))
        && text.get(1..).is_some_and(|rest| rest.contains(['-', ':', '_']));
    is_word || is_number || text == "="
}
