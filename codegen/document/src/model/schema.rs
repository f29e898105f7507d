//! A schema with all keywords of JSON Schema 2020-12 and of OpenAPI.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Map, Number, Value};

use super::arena::Id;
use super::{Discriminator, ExternalDocs};

/// The id of a [`Schema`].
pub type SchemaId = Id<Schema>;

/// A schema of the document. A keyword that the document does not have is `None` or empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Schema {
    /// The JSON pointer of the schema.
    pub pointer: String,
    /// The name of the component, if the schema is an entry of `components.schemas`.
    pub component: Option<String>,
    /// The value of a boolean schema.
    pub boolean: Option<bool>,
    /// The target of `$ref`, if the schema has other keywords next to it or is itself a component. A schema elsewhere
    /// that is only a reference has no node: the id of the target is used instead.
    pub reference: Option<SchemaId>,
    /// True if the schema is only a reference.
    pub is_alias: bool,
    /// The target of `$dynamicRef`.
    pub dynamic_reference: Option<SchemaId>,
    /// `x-rust-name`.
    pub rust_name: Option<String>,
    /// `x-rust-variants`.
    pub rust_variants: BTreeMap<String, String>,

    /// `title`.
    pub title: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `default`.
    pub default: Option<Value>,
    /// `deprecated`.
    pub deprecated: bool,
    /// `readOnly`.
    pub read_only: bool,
    /// `writeOnly`.
    pub write_only: bool,

    /// `type`: one name, or several.
    pub types: Vec<Type>,
    /// `enum`.
    pub enumeration: Option<Vec<Value>>,
    /// `const`.
    pub constant: Option<Value>,
    /// `format`.
    pub format: Option<String>,

    /// `multipleOf`.
    pub multiple_of: Option<Number>,
    /// `minimum`.
    pub minimum: Option<Number>,
    /// `exclusiveMinimum`.
    pub exclusive_minimum: Option<Number>,
    /// `maximum`.
    pub maximum: Option<Number>,
    /// `exclusiveMaximum`.
    pub exclusive_maximum: Option<Number>,

    /// `minLength`.
    pub min_length: Option<Number>,
    /// `maxLength`.
    pub max_length: Option<Number>,
    /// `pattern`.
    pub pattern: Option<String>,

    /// `items`.
    pub items: Option<SchemaId>,
    /// `prefixItems`.
    pub prefix_items: Vec<SchemaId>,
    /// `minItems`.
    pub min_items: Option<Number>,
    /// `maxItems`.
    pub max_items: Option<Number>,
    /// `uniqueItems`.
    pub unique_items: bool,

    /// `properties`.
    pub properties: Option<IndexMap<String, SchemaId>>,
    /// `required`.
    pub required: Option<Vec<String>>,
    /// `additionalProperties`.
    pub additional_properties: Option<SchemaId>,
    /// `minProperties`.
    pub min_properties: Option<Number>,
    /// `maxProperties`.
    pub max_properties: Option<Number>,

    /// `allOf`.
    pub all_of: Option<Vec<SchemaId>>,
    /// `anyOf`.
    pub any_of: Option<Vec<SchemaId>>,
    /// `oneOf`.
    pub one_of: Option<Vec<SchemaId>>,
    /// `not`.
    pub not: Option<SchemaId>,
    /// `discriminator`.
    pub discriminator: Option<Discriminator>,

    /// The keywords that few schemas have.
    pub rare: Option<Box<RareKeywords>>,
}

/// The rare keywords of a schema. They are stored separately to save memory, because a document has many schemas.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RareKeywords {
    /// `$id`.
    pub id: Option<String>,
    /// `$schema`.
    pub dialect: Option<String>,
    /// `$anchor`.
    pub anchor: Option<String>,
    /// `$dynamicAnchor`.
    pub dynamic_anchor: Option<String>,
    /// `$vocabulary`.
    pub vocabulary: IndexMap<String, bool>,
    /// `$comment`.
    pub comment: Option<String>,
    /// `$defs`.
    pub definitions: IndexMap<String, SchemaId>,
    /// `examples`.
    pub examples: Vec<Value>,
    /// `example`, which OpenAPI still has in addition to `examples`.
    pub example: Option<Value>,
    /// `externalDocs`.
    pub external_docs: Option<ExternalDocs>,
    /// `xml`.
    pub xml: Option<Xml>,
    /// `if`.
    pub condition: Option<SchemaId>,
    /// `then`.
    pub then: Option<SchemaId>,
    /// `else`.
    pub otherwise: Option<SchemaId>,
    /// `dependentSchemas`.
    pub dependent_schemas: IndexMap<String, SchemaId>,
    /// `dependentRequired`.
    pub dependent_required: IndexMap<String, Vec<String>>,
    /// `propertyNames`.
    pub property_names: Option<SchemaId>,
    /// `patternProperties`.
    pub pattern_properties: IndexMap<String, SchemaId>,
    /// `unevaluatedProperties`.
    pub unevaluated_properties: Option<SchemaId>,
    /// `contains`.
    pub contains: Option<SchemaId>,
    /// `minContains`.
    pub min_contains: Option<Number>,
    /// `maxContains`.
    pub max_contains: Option<Number>,
    /// `unevaluatedItems`.
    pub unevaluated_items: Option<SchemaId>,
    /// `contentEncoding`.
    pub content_encoding: Option<String>,
    /// `contentMediaType`.
    pub content_media_type: Option<String>,
    /// `contentSchema`.
    pub content_schema: Option<SchemaId>,
    /// Extensions.
    pub extensions: Map<String, Value>,
}

/// `xml`: the XML representation of a value.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Xml {
    /// `nodeType`.
    pub node_type: Option<String>,
    /// `name`.
    pub name: Option<String>,
    /// `namespace`.
    pub namespace: Option<String>,
    /// `prefix`.
    pub prefix: Option<String>,
    /// `attribute`.
    pub attribute: bool,
    /// `wrapped`.
    pub wrapped: bool,
}

/// A type of JSON Schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Type {
    /// `null`
    Null,
    /// `boolean`
    Boolean,
    /// `integer`
    Integer,
    /// `number`
    Number,
    /// `string`
    String,
    /// `array`
    Array,
    /// `object`
    Object,
}

impl Type {
    /// All types.
    pub const ALL: [Self; 7] =
        [Self::Null, Self::Boolean, Self::Integer, Self::Number, Self::String, Self::Array, Self::Object];

    /// Returns the type with this name.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Returns the name in the keyword.
    pub fn word(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }

    /// Returns the type of a value.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) if Self::Integer.has(value) => Self::Integer,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }

    /// Returns true if a value is of this type. A whole number is an integer, however it is written.
    pub fn has(self, value: &Value) -> bool {
        match self {
            Self::Integer => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(is_whole),
            Self::Number => value.is_number(),
            other => Self::of(value) == other,
        }
    }
}

impl Schema {
    /// Returns the rare keywords, which are empty if there are none.
    pub fn rare(&self) -> &RareKeywords {
        static NONE: std::sync::LazyLock<RareKeywords> = std::sync::LazyLock::new(RareKeywords::default);
        self.rare.as_deref().unwrap_or(&NONE)
    }
}

/// Returns true if a number is whole, and small enough for `f64` to represent it exactly.
fn is_whole(number: f64) -> bool {
    number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0
}
