//! What the schemas of a document mean to a client: one type each, `allOf` merged.
//!
//! In: the [`Document`], which has every keyword and is not changed. Out: for each schema a [`ClientSchema`] with one [`Kind`], and its
//! [`Shape`] once `allOf` is merged. Null is told apart from the types, a list of types is a choice, a constant is an `enum` of one value,
//! `prefixItems` are items of any of these, and conditions are passed over. Schemas that come about in this way, such as the alternatives of a
//! list of types, are nodes of the normalizer's own, behind those of the document.

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

pub use all_of::{Fields, Shape, nullable, report, shape};
pub use limits::{Bound, Limits};

/// The schemas of a document as a client reads them.
pub struct Normalizer<'d> {
    /// The document.
    pub document: &'d Document,
    /// Warnings about schemas that are not read as they are written.
    pub findings: Diagnostics,
    /// The document's schemas by their ids, and behind them those that came about here.
    schemas: Vec<ClientSchema>,
    /// The merged schemas.
    shapes: HashMap<SchemaId, Shape>,
    /// The nodes made of several others, by their parts.
    combined: BTreeMap<Vec<SchemaId>, SchemaId>,
    /// How many nodes may be made of several others: choices within choices would multiply without bound.
    most_combined: usize,
    /// The schemas whose choices were left out for that reason.
    left_out: BTreeSet<SchemaId>,
    /// Parts of one schema that are not of one type: the one that counts, and the other.
    clashes: BTreeSet<(SchemaId, SchemaId)>,
}

impl std::ops::Index<SchemaId> for Normalizer<'_> {
    type Output = ClientSchema;

    fn index(&self, id: SchemaId) -> &ClientSchema {
        &self.schemas[id.index()]
    }
}

/// A schema as a client reads it.
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
    /// Names of values by the document itself, for those that `x-rust-variants` does not name.
    pub value_names: BTreeMap<String, String>,
    /// Descriptions of values.
    pub value_docs: BTreeMap<String, String>,
    /// `title`.
    pub title: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// Whether null is a value of it.
    pub nullable: bool,
    /// `readOnly`.
    pub read_only: bool,
    /// `writeOnly`.
    pub write_only: bool,
    /// `deprecated`.
    pub deprecated: bool,
    /// `default`.
    pub default: Option<Value>,
    /// Limits and the like that only documentation carries: name and value.
    pub facts: Vec<(&'static str, String)>,
    /// What it says of its values beyond their type.
    pub limits: Limits,
    /// What it allows.
    pub kind: Kind,
}

/// What a schema allows.
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
    /// An array of these.
    Array(SchemaId),
    /// An object.
    Object(Object),
    /// All of these at once.
    AllOf(Vec<SchemaId>),
    /// One of these, or any.
    Choice(Choice),
}

/// A choice between schemas.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// The alternatives.
    pub variants: Vec<SchemaId>,
    /// How they are told apart.
    pub discriminator: Option<Discriminator>,
    /// Whether one value may be of several alternatives: `anyOf`.
    pub overlaps: bool,
}

/// An object schema.
#[derive(Debug, Clone, Default)]
pub struct Object {
    /// Its properties in document order.
    pub properties: Vec<Property>,
    /// Names that `required` lists and `properties` does not: they bind what `allOf` merges.
    pub required: Vec<String>,
    /// What other properties may be.
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
    /// Its name on the wire.
    pub name: String,
    /// What it holds.
    pub schema: SchemaId,
    /// Whether `required` lists it.
    pub required: bool,
}

/// What properties that are not listed may be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Additional {
    /// Nothing is said: unknown properties are passed over.
    #[default]
    Unsaid,
    /// There are none.
    Forbidden,
    /// Anything.
    Any,
    /// Values of this schema.
    Of(SchemaId),
}

/// How the variants of a choice are told apart.
#[derive(Debug, Clone)]
pub struct Discriminator {
    /// The property that says which one it is.
    pub property: String,
    /// Value of the property and the variant it stands for.
    pub mapping: Vec<(String, SchemaId)>,
    /// The variant that all other values stand for, and their absence.
    pub default: Option<SchemaId>,
}

impl<'d> Normalizer<'d> {
    /// Reads all schemas of a document as a client does.
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

    /// All schemas, those that came about here behind those of the document.
    pub fn schemas(&self) -> impl Iterator<Item = (SchemaId, &ClientSchema)> {
        self.schemas.iter().enumerate().map(|(index, schema)| (SchemaId::new(index), schema))
    }

    /// Adds a schema that came about here.
    pub fn push(&mut self, schema: ClientSchema) -> SchemaId {
        let id = SchemaId::new(self.schemas.len());
        self.schemas.push(schema);
        id
    }

    /// Gives a schema the names and descriptions that another one has for values which it does not name itself.
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

    /// Returns true if a schema of the document allows null and nothing else.
    pub fn is_null(&self, id: SchemaId) -> bool {
        id.index() < self.document.schemas().len() && keywords::is_null_alone(&self.document[id])
    }

    /// The schema of the JSON that the strings of a schema hold.
    pub fn content_schema(&self, id: SchemaId) -> Option<SchemaId> {
        let id = self.referred(id);
        // Schemas that came about here have no such keyword.
        let rare = (id.index() < self.document.schemas().len()).then(|| self.document[id].rare())?;
        let media_type = rare.content_media_type.as_deref().map(str::trim_end);
        rare.content_schema.filter(|_| media_type.is_none_or(|media_type| media_type.ends_with("json")))
    }

    /// The schema that a reference which says nothing itself stands for.
    pub fn referred(&self, id: SchemaId) -> SchemaId {
        if id.index() < self.document.schemas().len() { self.document.referred(id) } else { id }
    }
}
