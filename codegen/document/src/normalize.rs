//! The meaning of a document's schemas for a client: one type for each, with `allOf` merged.
//!
//! The input is the [`Document`], which has every keyword and is not changed. The output is a [`ClientSchema`] with one
//! [`Kind`] for each schema, and its [`Shape`] after merging `allOf`. Null is separated from the types, a list of types
//! is a choice, a constant is an `enum` of one value, `prefixItems` are items of any of these types, and conditions are
//! ignored. Schemas created in this way, such as the alternatives of a list of types, are nodes of the normalizer,
//! after those of the document.

mod all_of;
mod alternatives;
mod annotations;
mod keywords;
mod limits;
mod simplify;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use crate::diagnostic::Diagnostics;
use crate::model::{Document, SchemaId};

pub use all_of::{Fields, Shape, is_combined, nullable, report, shape};
pub use limits::{Bound, Limits};

/// The schemas of a document in normalized form.
pub struct Normalizer<'d> {
    /// The document.
    pub document: &'d Document,
    /// Warnings about schemas that are not read as written.
    pub findings: Diagnostics,
    /// The document's schemas by id, followed by those created during normalization.
    schemas: Vec<ClientSchema>,
    /// The merged schemas.
    shapes: HashMap<SchemaId, Shape>,
    /// The nodes created by combining others, by their parts.
    combined: BTreeMap<Vec<SchemaId>, SchemaId>,
    /// Maximum number of combined nodes, because nested choices would multiply without bound.
    most_combined: usize,
    /// The schemas whose choices were left out because of that limit.
    left_out: BTreeSet<SchemaId>,
    /// Parts of one schema that have different types: the one that is used, and the other.
    clashes: BTreeSet<(SchemaId, SchemaId)>,
}

impl std::ops::Index<SchemaId> for Normalizer<'_> {
    type Output = ClientSchema;

    fn index(&self, id: SchemaId) -> &ClientSchema {
        &self.schemas[id.index()]
    }
}

/// A schema in normalized form.
#[derive(Debug, Clone, Default)]
pub struct ClientSchema {
    /// The JSON pointer of the schema.
    pub pointer: String,
    /// The name of the component, if the schema is an entry of `components.schemas`.
    pub component: Option<String>,
    /// `x-rust-name`.
    pub rust_name: Option<String>,
    /// `x-rust-variants`.
    pub variants: BTreeMap<String, String>,
    /// The name of an enum that is not a component: `x-ms-enum`.
    pub enum_name: Option<String>,
    /// Names of values in the document, for those that `x-rust-variants` does not name.
    pub value_names: BTreeMap<String, String>,
    /// Descriptions of values.
    pub value_docs: BTreeMap<String, String>,
    /// `title`.
    pub title: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// True if null is allowed.
    pub nullable: bool,
    /// `readOnly`.
    pub read_only: bool,
    /// `writeOnly`.
    pub write_only: bool,
    /// `deprecated`.
    pub deprecated: bool,
    /// `default`.
    pub default: Option<Value>,
    /// The single allowed value, if it is an array or an object.
    pub constant: Option<Value>,
    /// The items of an array of fixed length, in order.
    pub tuple: Vec<SchemaId>,
    /// Limits and other facts for the documentation: name and value.
    pub facts: Vec<(&'static str, String)>,
    /// The constraints on values beyond their type.
    pub limits: Limits,
    /// The alternative of a choice that this schema stands for, combined with the properties beside the choice.
    pub alternative: Option<SchemaId>,
    /// The kind of allowed values.
    pub kind: Kind,
}

/// The kind of values that a schema allows.
#[derive(Debug, Clone, Default)]
pub enum Kind {
    /// Any JSON value.
    #[default]
    Any,
    /// True or false.
    Boolean,
    /// An integer.
    Integer {
        /// `format`.
        format: String,
        /// `enum`.
        values: Vec<i128>,
    },
    /// A number.
    Number,
    /// A string.
    String {
        /// `format`.
        format: String,
        /// `pattern`.
        pattern: Option<String>,
        /// `enum`.
        values: Vec<String>,
    },
    /// An array of this schema.
    Array(SchemaId),
    /// An object.
    Object(Object),
    /// A value that matches all of these schemas.
    AllOf(Vec<SchemaId>),
    /// A value that matches one of several schemas.
    Choice(Choice),
}

impl Kind {
    /// Returns the format of a string or an integer.
    pub fn format(&self) -> Option<&str> {
        match self {
            Self::Integer { format, .. } | Self::String { format, .. } => Some(format),
            _ => None,
        }
    }
}

/// A choice between schemas.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// The alternatives.
    pub variants: Vec<SchemaId>,
    /// The property that distinguishes the alternatives.
    pub discriminator: Option<Discriminator>,
    /// True if a value may match several alternatives (`anyOf`).
    pub overlaps: bool,
}

/// An object schema.
#[derive(Debug, Clone, Default)]
pub struct Object {
    /// The properties in document order.
    pub properties: Vec<Property>,
    /// Names in `required` that are not in `properties`. They apply when `allOf` is merged.
    pub required: Vec<String>,
    /// The other properties that are allowed.
    pub additional: Additional,
}

impl From<&Fields> for Object {
    fn from(fields: &Fields) -> Self {
        let properties = fields.properties.iter().map(|(name, (schema, required))| Property {
            name: name.clone(),
            schema: *schema,
            required: *required,
        });
        Self { properties: properties.collect(), required: Vec::new(), additional: fields.additional }
    }
}

/// A property.
#[derive(Debug, Clone)]
pub struct Property {
    /// The name on the wire.
    pub name: String,
    /// The schema of the value.
    pub schema: SchemaId,
    /// True if `required` contains it.
    pub required: bool,
}

/// The undeclared properties that are allowed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Additional {
    /// Not specified: unknown properties are ignored.
    #[default]
    Unsaid,
    /// None.
    Forbidden,
    /// Any.
    Any,
    /// Those with values of this schema.
    Of(SchemaId),
}

/// The property that distinguishes the variants of a choice.
#[derive(Debug, Clone)]
pub struct Discriminator {
    /// The name of the property.
    pub property: String,
    /// Values of the property, and their variants.
    pub mapping: Vec<(String, SchemaId)>,
    /// The variant that all other values stand for, and their absence.
    pub default: Option<SchemaId>,
}

impl<'d> Normalizer<'d> {
    /// Normalizes all schemas of a document.
    pub fn new(document: &'d Document) -> Self {
        let mut normalizer = Self {
            document,
            findings: Diagnostics::new(),
            schemas: Vec::new(),
            shapes: HashMap::new(),
            combined: BTreeMap::new(),
            most_combined: 4 * document.schemas().len() + 250,
            left_out: BTreeSet::new(),
            clashes: BTreeSet::new(),
        };
        simplify::all(&mut normalizer);
        normalizer
    }

    /// Returns all schemas: those of the document, then those created during normalization.
    pub fn schemas(&self) -> impl Iterator<Item = (SchemaId, &ClientSchema)> {
        self.schemas.iter().enumerate().map(|(index, schema)| (SchemaId::new(index), schema))
    }

    /// Adds a schema that was created during normalization.
    pub fn push(&mut self, schema: ClientSchema) -> SchemaId {
        let id = SchemaId::new(self.schemas.len());
        self.schemas.push(schema);
        id
    }

    /// Copies names and descriptions of values from another schema, for values without their own.
    pub fn take_value_names(&mut self, id: SchemaId, from: SchemaId) {
        let other = self[from].clone();
        let schema = &mut self.schemas[id.index()];
        for (value, name) in other.variants {
            schema.variants.entry(value).or_insert(name);
        }
        for (value, name) in other.value_names {
            schema.value_names.entry(value).or_insert(name);
        }
        for (value, docs) in other.value_docs {
            schema.value_docs.entry(value).or_insert(docs);
        }
    }

    /// Returns true if a schema of the document allows only null.
    pub fn is_null(&self, id: SchemaId) -> bool {
        self.document.schema(id).is_some_and(keywords::is_null_alone)
    }

    /// Returns true if no value matches a schema of the document, because it is `false`.
    pub fn allows_nothing(&self, id: SchemaId) -> bool {
        let id = self.referred(id);
        self.document.schema(id).is_some_and(|schema| schema.boolean == Some(false))
    }

    /// Returns the schema of the JSON in the strings of a schema.
    pub fn content_schema(&self, id: SchemaId) -> Option<SchemaId> {
        let id = self.referred(id);
        // Schemas created during normalization have no such keyword.
        let rare = self.document.schema(id)?.rare();
        let media_type = rare.content_media_type.as_deref().map(str::trim_end);
        rare.content_schema.filter(|_| media_type.is_none_or(|media_type| media_type.ends_with("json")))
    }

    /// Returns the schema that an alias, which is only a reference, resolves to.
    pub fn referred(&self, id: SchemaId) -> SchemaId {
        self.document.schema(id).map_or(id, |_| self.document.referred(id))
    }
}
