//! What a schema says of its values beyond their type.

use openapiv3::{SchemaKind, Type};
use serde_json::Value;

use super::SchemaId;
use super::schema::format_name;

/// What a schema says of its values beyond their type, as it stands in the document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Limits {
    /// `format`, empty where there is none.
    pub format: String,
    /// `pattern`.
    pub pattern: Option<String>,
    /// `enum`, values of any type.
    pub values: Vec<Value>,
    /// `minimum`.
    pub minimum: Option<Bound>,
    /// `maximum`.
    pub maximum: Option<Bound>,
    /// `multipleOf`.
    pub multiple_of: Option<f64>,
    /// `minLength`.
    pub min_length: Option<usize>,
    /// `maxLength`.
    pub max_length: Option<usize>,
    /// `minItems`.
    pub min_items: Option<usize>,
    /// `maxItems`.
    pub max_items: Option<usize>,
    /// `uniqueItems`.
    pub unique_items: bool,
    /// `minProperties`.
    pub min_properties: Option<usize>,
    /// `maxProperties`.
    pub max_properties: Option<usize>,
    /// `not`: what a value must not be.
    pub not: Option<SchemaId>,
}

/// An end of a range of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// The number.
    pub value: f64,
    /// Whether the number itself is outside the range.
    pub exclusive: bool,
}

impl Bound {
    fn new(value: Option<f64>, exclusive: bool) -> Option<Self> {
        value.map(|value| Self { value, exclusive })
    }
}

impl Limits {
    /// The limits of a schema but for its `not`, which is a schema again.
    pub(super) fn of(kind: &SchemaKind) -> Self {
        match kind {
            SchemaKind::Type(Type::Boolean(boolean)) => {
                Self { values: values(&boolean.enumeration), ..Self::default() }
            }
            SchemaKind::Type(Type::Integer(integer)) => Self {
                format: format_name(&integer.format, |format| format!("{format:?}").to_lowercase()),
                values: values(&integer.enumeration),
                minimum: Bound::new(integer.minimum.map(|value| value as f64), integer.exclusive_minimum),
                maximum: Bound::new(integer.maximum.map(|value| value as f64), integer.exclusive_maximum),
                multiple_of: integer.multiple_of.map(|value| value as f64),
                ..Self::default()
            },
            SchemaKind::Type(Type::Number(number)) => Self {
                format: format_name(&number.format, |format| format!("{format:?}").to_lowercase()),
                values: values(&number.enumeration),
                minimum: Bound::new(number.minimum, number.exclusive_minimum),
                maximum: Bound::new(number.maximum, number.exclusive_maximum),
                multiple_of: number.multiple_of,
                ..Self::default()
            },
            SchemaKind::Type(Type::String(string)) => Self {
                format: string_format(&string.format),
                pattern: string.pattern.clone(),
                values: values(&string.enumeration),
                min_length: string.min_length,
                max_length: string.max_length,
                ..Self::default()
            },
            SchemaKind::Type(Type::Array(array)) => Self {
                min_items: array.min_items,
                max_items: array.max_items,
                unique_items: array.unique_items,
                ..Self::default()
            },
            SchemaKind::Type(Type::Object(object)) => {
                Self { min_properties: object.min_properties, max_properties: object.max_properties, ..Self::default() }
            }
            SchemaKind::Any(any) => Self::of_any(any),
            _ => Self::default(),
        }
    }

    fn of_any(any: &openapiv3::AnySchema) -> Self {
        Self {
            format: any.format.clone().unwrap_or_default(),
            pattern: any.pattern.clone(),
            values: any.enumeration.clone(),
            minimum: Bound::new(any.minimum, any.exclusive_minimum.unwrap_or_default()),
            maximum: Bound::new(any.maximum, any.exclusive_maximum.unwrap_or_default()),
            multiple_of: any.multiple_of,
            min_length: any.min_length,
            max_length: any.max_length,
            min_items: any.min_items,
            max_items: any.max_items,
            unique_items: any.unique_items.unwrap_or_default(),
            min_properties: any.min_properties,
            max_properties: any.max_properties,
            not: None,
        }
    }
}

fn values<T: Clone + Into<Value>>(listed: &[Option<T>]) -> Vec<Value> {
    listed.iter().flatten().cloned().map(Into::into).collect()
}

pub(super) fn string_format(format: &openapiv3::VariantOrUnknownOrEmpty<openapiv3::StringFormat>) -> String {
    format_name(format, |format| match format {
        openapiv3::StringFormat::DateTime => "date-time".to_owned(),
        other => format!("{other:?}").to_lowercase(),
    })
}
