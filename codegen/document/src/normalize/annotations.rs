//! The annotations of a schema, which do not concern its type: texts, flags, and limits for the documentation.

use std::collections::BTreeMap;

use serde_json::Value;

use super::keywords::integer;
use super::{ClientSchema, Kind, Limits};
use crate::extensions::MS_ENUM;
use crate::model::Schema;

/// Reads the annotations of a schema.
pub(super) fn annotations(schema: &Schema) -> ClientSchema {
    // Next to a reference, the `summary` of a Reference Object is also a description.
    let summary = || schema.rare().extensions.get("summary").and_then(Value::as_str).map(str::to_owned);
    let has_summary = schema.reference.is_some();
    ClientSchema {
        pointer: schema.pointer.clone(),
        component: schema.component.clone(),
        rust_name: schema.rust_name.clone(),
        variants: schema.rust_variants.clone(),
        enum_name: ms_enum(schema).and_then(|known| known.get("name")?.as_str()).map(str::to_owned),
        value_names: by_value(schema, &["x-enum-varnames", "x-enumNames"], "name"),
        value_docs: by_value(schema, &["x-enum-descriptions", "x-enumDescriptions"], "description"),
        title: schema.title.clone(),
        description: schema.description.clone().or_else(|| summary().filter(|_| has_summary)),
        read_only: schema.read_only,
        write_only: schema.write_only,
        deprecated: schema.deprecated,
        default: schema.default.clone(),
        constant: only_value(schema).filter(|value| value.is_array() || value.is_object()).cloned(),
        ..ClientSchema::default()
    }
}

/// Returns the single allowed value of a schema.
pub(super) fn only_value(schema: &Schema) -> Option<&Value> {
    schema.constant.as_ref().or(match schema.enumeration.as_deref() {
        Some([only]) => Some(only),
        _ => None,
    })
}

/// Returns the texts for each value of an `enum` from the first of these extensions that is present, which lists them
/// in the order of the values or by value; for the others, this member of the values of `x-ms-enum`.
fn by_value(schema: &Schema, names: &[&str], member: &str) -> BTreeMap<String, String> {
    let is_text = |text: &&str| !text.trim().is_empty();
    let extensions = &schema.rare().extensions;
    let said = names.iter().find_map(|name| extensions.get(*name));
    let texts = schema.enumeration.iter().flatten().enumerate().filter_map(|(index, value)| {
        let key = value_text(value)?;
        let said = match said? {
            Value::Array(list) => list.get(index)?,
            Value::Object(map) => map.get(&key)?,
            _ => return None,
        };
        let text = said.as_str().filter(is_text)?;
        Some((key, text.to_owned()))
    });
    let of_microsoft = ms_enum(schema).and_then(|known| known.get("values")?.as_array());
    let others = of_microsoft.into_iter().flatten().filter_map(|value| {
        let text = value.get(member)?.as_str().filter(is_text)?;
        Some((value_text(value.get("value")?)?, text.to_owned()))
    });
    others.chain(texts).collect()
}

/// Returns the extension of AutoRest that names an enum and its values.
fn ms_enum(schema: &Schema) -> Option<&Value> {
    schema.rare().extensions.get(MS_ENUM)
}

/// Returns the text that identifies a string or an integer.
pub(super) fn value_text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| integer(value).map(|number| number.to_string()))
}

/// Combines a schema with its only alternative apart from null. The schema's own annotations take precedence over those
/// of the alternative.
pub(super) fn annotated(only: ClientSchema, own: ClientSchema, pointer: String) -> ClientSchema {
    ClientSchema {
        pointer,
        component: own.component,
        rust_name: own.rust_name.or(only.rust_name),
        variants: if own.variants.is_empty() { only.variants } else { own.variants },
        enum_name: own.enum_name.or(only.enum_name),
        value_names: if own.value_names.is_empty() { only.value_names } else { own.value_names },
        value_docs: if own.value_docs.is_empty() { only.value_docs } else { own.value_docs },
        title: own.title.or(only.title),
        description: own.description.or(only.description),
        nullable: true,
        read_only: own.read_only || only.read_only,
        write_only: own.write_only || only.write_only,
        deprecated: own.deprecated || only.deprecated,
        default: own.default.or(only.default),
        ..only
    }
}

/// Returns the limits for the documentation as text.
pub(super) fn facts(kind: &Kind, limits: &Limits) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    let is_integer = matches!(kind, Kind::Integer { .. });
    // Bounds outside the range of `i64` are those of the type.
    let beyond = |value: f64| is_integer && !(i64::MIN as f64..i64::MAX as f64).contains(&value);
    let number = |value: f64| if is_integer { (value as i64).to_string() } else { value.to_string() };
    match kind {
        Kind::Integer { .. } | Kind::Number => {
            for (bound, exclusive, inclusive) in
                [(limits.minimum, "above", "minimum"), (limits.maximum, "below", "maximum")]
            {
                let name = |is_exclusive| if is_exclusive { exclusive } else { inclusive };
                facts.extend(
                    bound
                        .filter(|bound| !beyond(bound.value))
                        .map(|bound| (name(bound.exclusive), number(bound.value))),
                );
            }
        }
        Kind::String { .. } => {
            facts.extend(limits.min_length.map(|count| ("min_length", count.to_string())));
            facts.extend(limits.max_length.map(|count| ("max_length", count.to_string())));
        }
        Kind::Array(_) => {
            facts.extend(limits.min_items.map(|count| ("min_items", count.to_string())));
            facts.extend(limits.max_items.map(|count| ("max_items", count.to_string())));
        }
        _ => {}
    }
    facts
}
