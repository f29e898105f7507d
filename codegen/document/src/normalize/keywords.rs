//! The keywords of a schema while it is simplified.

use indexmap::IndexMap;
use serde_json::{Number, Value};

use super::Additional;
use crate::model::{Discriminator, Document, Schema, SchemaId, Type};

/// The keywords that simplification reads and changes. The types do not include null.
#[derive(Clone, Default)]
pub(super) struct Keywords<'d> {
    pub(super) pointer: String,
    pub(super) nullable: bool,
    pub(super) types: Vec<Type>,
    pub(super) values: Option<Vec<Value>>,
    pub(super) format: Option<String>,
    pub(super) pattern: Option<&'d str>,
    pub(super) multiple_of: Option<&'d Number>,
    pub(super) minimum: Option<&'d Number>,
    pub(super) exclusive_minimum: Option<&'d Number>,
    pub(super) maximum: Option<&'d Number>,
    pub(super) exclusive_maximum: Option<&'d Number>,
    pub(super) min_length: Option<&'d Number>,
    pub(super) max_length: Option<&'d Number>,
    pub(super) items: Option<SchemaId>,
    pub(super) min_items: Option<&'d Number>,
    pub(super) max_items: Option<&'d Number>,
    pub(super) unique_items: bool,
    pub(super) properties: Option<&'d IndexMap<String, SchemaId>>,
    pub(super) required: Option<&'d [String]>,
    pub(super) additional: Additional,
    pub(super) min_properties: Option<&'d Number>,
    pub(super) max_properties: Option<&'d Number>,
    pub(super) all_of: Option<Vec<SchemaId>>,
    pub(super) any_of: Option<Vec<SchemaId>>,
    pub(super) one_of: Option<Vec<SchemaId>>,
    pub(super) not: Option<SchemaId>,
    pub(super) discriminator: Option<&'d Discriminator>,
}

/// The keywords that apply only to values of some types, with those types.
const OWNED: [(&str, &[Type]); 18] = [
    ("properties", &[Type::Object]),
    ("required", &[Type::Object]),
    ("additionalProperties", &[Type::Object]),
    ("minProperties", &[Type::Object]),
    ("maxProperties", &[Type::Object]),
    ("items", &[Type::Array]),
    ("minItems", &[Type::Array]),
    ("maxItems", &[Type::Array]),
    ("uniqueItems", &[Type::Array]),
    ("pattern", &[Type::String]),
    ("minLength", &[Type::String]),
    ("maxLength", &[Type::String]),
    ("minimum", &[Type::Integer, Type::Number]),
    ("maximum", &[Type::Integer, Type::Number]),
    ("exclusiveMinimum", &[Type::Integer, Type::Number]),
    ("exclusiveMaximum", &[Type::Integer, Type::Number]),
    ("multipleOf", &[Type::Integer, Type::Number]),
    ("format", &[Type::Integer, Type::Number, Type::String]),
];

impl<'d> Keywords<'d> {
    pub(super) fn of(document: &Document, schema: &'d Schema) -> Self {
        let rare = schema.rare();
        let mut all_of: Option<Vec<SchemaId>> = schema.all_of.clone();
        // The target of a reference applies in addition to the schema's own keywords.
        let references = [schema.reference, schema.dynamic_reference];
        for reference in references.into_iter().flatten().rev() {
            all_of.get_or_insert_default().insert(0, reference);
        }
        let mut keywords = Self {
            pointer: schema.pointer.clone(),
            types: schema.types.clone(),
            values: schema.constant.clone().map(|value| vec![value]).or_else(|| schema.enumeration.clone()),
            format: schema.format.as_deref().map(|format| registered(format).to_owned()),
            pattern: schema.pattern.as_deref(),
            multiple_of: schema.multiple_of.as_ref(),
            minimum: schema.minimum.as_ref(),
            exclusive_minimum: schema.exclusive_minimum.as_ref(),
            maximum: schema.maximum.as_ref(),
            exclusive_maximum: schema.exclusive_maximum.as_ref(),
            min_length: schema.min_length.as_ref(),
            max_length: schema.max_length.as_ref(),
            items: schema.items,
            min_items: schema.min_items.as_ref(),
            max_items: schema.max_items.as_ref(),
            unique_items: schema.unique_items,
            properties: schema.properties.as_ref(),
            required: schema.required.as_deref(),
            min_properties: schema.min_properties.as_ref(),
            max_properties: schema.max_properties.as_ref(),
            any_of: schema.any_of.clone(),
            one_of: schema.one_of.clone(),
            not: schema.not,
            discriminator: schema.discriminator.as_ref(),
            all_of,
            ..Self::default()
        };
        let additional = schema.additional_properties.or(rare.unevaluated_properties.filter(|id| {
            // If `unevaluatedProperties` forbids properties, those of other schemas of an `allOf` are still allowed.
            document[*id].boolean != Some(false)
        }));
        keywords.additional = additional.map_or(Additional::Unsaid, |id| match document[id].boolean {
            Some(true) => Additional::Any,
            Some(false) => Additional::Forbidden,
            None => Additional::Of(id),
        });
        keywords
    }

    /// Returns true if the schema is composed of others, so that its own keywords do not describe it completely.
    pub(super) fn is_composed(&self) -> bool {
        self.all_of.is_some() || self.any_of.is_some() || self.one_of.is_some() || self.not.is_some()
    }

    /// Returns true if the keywords do not constrain the values.
    pub(super) fn says_nothing(&self) -> bool {
        self.types.is_empty()
            && self.values.is_none()
            && self.discriminator.is_none()
            && !self.is_composed()
            && self.owned().next().is_none()
    }

    /// Returns the keywords that are present and apply only to some types.
    pub(super) fn owned(&self) -> impl Iterator<Item = (&'static str, &'static [Type])> + use<'_, 'd> {
        OWNED.into_iter().filter(|(keyword, _)| self.has(keyword))
    }

    fn has(&self, keyword: &str) -> bool {
        match keyword {
            "properties" => self.properties.is_some(),
            "required" => self.required.is_some(),
            "additionalProperties" => self.additional != Additional::Unsaid,
            "minProperties" => self.min_properties.is_some(),
            "maxProperties" => self.max_properties.is_some(),
            "items" => self.items.is_some(),
            "minItems" => self.min_items.is_some(),
            "maxItems" => self.max_items.is_some(),
            "uniqueItems" => self.unique_items,
            "pattern" => self.pattern.is_some(),
            "minLength" => self.min_length.is_some(),
            "maxLength" => self.max_length.is_some(),
            "minimum" => self.minimum.is_some(),
            "maximum" => self.maximum.is_some(),
            "exclusiveMinimum" => self.exclusive_minimum.is_some(),
            "exclusiveMaximum" => self.exclusive_maximum.is_some(),
            "multipleOf" => self.multiple_of.is_some(),
            _ => self.format.is_some(),
        }
    }

    /// Removes keywords that do not apply to values of a type.
    pub(super) fn keep_only(&mut self, kind: Type) {
        if kind != Type::Object {
            (self.properties, self.required, self.additional) = (None, None, Additional::Unsaid);
            (self.min_properties, self.max_properties) = (None, None);
        }
        if kind != Type::Array {
            (self.items, self.min_items, self.max_items, self.unique_items) = (None, None, None, false);
        }
        if kind != Type::String {
            (self.pattern, self.min_length, self.max_length) = (None, None, None);
        }
        if !matches!(kind, Type::Integer | Type::Number) {
            (self.minimum, self.maximum, self.multiple_of) = (None, None, None);
            (self.exclusive_minimum, self.exclusive_maximum) = (None, None);
            if kind != Type::String {
                self.format = None;
            }
        }
    }

    /// Sets the types in the shortest form: an integer is a number, and a list of all types is removed.
    pub(super) fn set_types(&mut self, types: Vec<Type>) {
        let mut kept: Vec<Type> = Vec::new();
        for kind in &types {
            let is_number_too = *kind == Type::Integer && types.contains(&Type::Number);
            if *kind != Type::Null && !is_number_too && !kept.contains(kind) {
                kept.push(*kind);
            }
        }
        if kept.len() >= 5 {
            kept.clear();
        }
        self.types = kept;
    }
}

/// Returns the registered name of a format: `uuid` for `uuid4`, `UUID` and `guid`.
fn registered(format: &str) -> &str {
    let is_version = |rest: &str| matches!(rest, "" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8");
    let lower = format.to_ascii_lowercase();
    match lower == "guid" || lower.strip_prefix("uuid").is_some_and(is_version) {
        true => "uuid",
        false => format,
    }
}

/// Returns true if a schema allows only null.
pub(super) fn is_null_alone(schema: &Schema) -> bool {
    match schema.types.as_slice() {
        [kind] => *kind == Type::Null,
        [] => {
            schema.constant.as_ref().is_some_and(Value::is_null)
                || schema
                    .enumeration
                    .as_ref()
                    .is_some_and(|values| !values.is_empty() && values.iter().all(Value::is_null))
        }
        _ => false,
    }
}

/// Returns the integer value of a JSON value, if it is one.
pub(super) fn integer(value: &Value) -> Option<i128> {
    value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from))
}
