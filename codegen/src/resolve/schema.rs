//! Schemas to nodes of the arena.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use indexmap::IndexMap;
use openapiv3::{AdditionalProperties, AnySchema, ReferenceOr, SchemaKind, Type, VariantOrUnknownOrEmpty};
use serde_json::Value;

use super::limits::string_format;
use super::{Limits, Resolver, target};
use crate::diagnostic::{child, tokens};
use crate::stack::deeper;

/// A node of the arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SchemaId(u32);

impl SchemaId {
    /// The node's place in the arena.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The id of the node that will be pushed next onto an arena of this length.
    pub fn next(length: usize) -> Self {
        // A document is at most 64 MiB and a schema at least two bytes of it.
        Self(u32::try_from(length).unwrap_or(u32::MAX))
    }
}

/// A schema without references.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    /// Where it stands.
    pub pointer: String,
    /// Its name, where it is an entry of `components.schemas`.
    pub component: Option<String>,
    /// `x-rust-name`.
    pub rust_name: Option<String>,
    /// `x-rust-variants`.
    pub variants: BTreeMap<String, String>,
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
        values: Vec<i64>,
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
    /// One of these, or any: to a client both are a choice.
    OneOf(Vec<SchemaId>, Option<Discriminator>),
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
}

impl<'a> Resolver<'a> {
    /// All of `components.schemas`, including those that nothing refers to.
    pub(super) fn components(&mut self) -> Vec<(String, SchemaId)> {
        let api = self.api;
        let names = api.components.iter().flat_map(|components| components.schemas.keys());
        names.map(|name| (name.clone(), self.at(&child("/components/schemas", name), ""))).collect()
    }

    /// The schema in a place that may hold a reference.
    pub(super) fn owned_schema(&mut self, schema: &ReferenceOr<openapiv3::Schema>, pointer: &str) -> SchemaId {
        match schema {
            ReferenceOr::Item(schema) => self.item(schema, pointer),
            ReferenceOr::Reference { reference } => self.at(&target(reference), pointer),
        }
    }

    fn boxed_schema(&mut self, schema: &ReferenceOr<Box<openapiv3::Schema>>, pointer: &str) -> SchemaId {
        match schema {
            ReferenceOr::Item(schema) => self.item(schema, pointer),
            ReferenceOr::Reference { reference } => self.at(&target(reference), pointer),
        }
    }

    /// A schema that allows everything.
    pub(super) fn any(&mut self, pointer: &str) -> SchemaId {
        self.push(Schema { pointer: pointer.to_owned(), ..Schema::default() })
    }

    fn push(&mut self, schema: Schema) -> SchemaId {
        let id = SchemaId::next(self.schemas.len());
        self.schemas.push(schema);
        id
    }

    /// The schema at a pointer, for a reference that stands at `from`.
    fn at(&mut self, pointer: &str, from: &str) -> SchemaId {
        let api = self.api;
        // A schema that is being made is known already, so that only references can lead in a circle.
        let mut followed = HashSet::new();
        let mut place = pointer.to_owned();
        let id = loop {
            if let Some(id) = self.by_pointer.get(&place) {
                break *id;
            }
            let component = component_name(&place).and_then(|name| api.components.as_ref()?.schemas.get(&name));
            let node = match component {
                Some(schema) => Cow::Borrowed(schema),
                None => match self.read::<ReferenceOr<openapiv3::Schema>>(&place, from) {
                    Some(schema) => Cow::Owned(schema),
                    None => break self.any(&place),
                },
            };
            match node.as_ref() {
                ReferenceOr::Item(schema) => break deeper(|| self.item(schema, &place)),
                ReferenceOr::Reference { reference } => {
                    let next = target(reference);
                    if !followed.insert(std::mem::replace(&mut place, next)) {
                        let message = "this reference leads only back to itself";
                        self.diagnostics.error("reference-cycle", pointer, message, "point it at a definition");
                        break self.any(pointer);
                    }
                }
            }
        };
        self.by_pointer.insert(place, id);
        self.by_pointer.extend(followed.into_iter().map(|place| (place, id)));
        id
    }

    fn item(&mut self, schema: &openapiv3::Schema, pointer: &str) -> SchemaId {
        if let Some(id) = self.by_pointer.get(pointer) {
            return *id;
        }
        let data = &schema.schema_data;
        let node = Schema {
            pointer: pointer.to_owned(),
            component: component_name(pointer),
            rust_name: self.extensions.name(&data.extensions, pointer, self.diagnostics),
            variants: self.extensions.variants(&data.extensions, pointer, self.diagnostics),
            title: data.title.clone(),
            description: data.description.clone(),
            nullable: data.nullable,
            read_only: data.read_only,
            write_only: data.write_only,
            deprecated: data.deprecated,
            default: data.default.clone(),
            facts: Vec::new(),
            limits: Limits::of(&schema.schema_kind),
            kind: Kind::Any,
        };
        let id = self.push(node);
        // Known by its place before its parts are: they may contain it.
        self.by_pointer.insert(pointer.to_owned(), id);
        let mut facts = Facts::default();
        let kind = self.kind(&schema.schema_kind, data.discriminator.as_ref(), pointer, &mut facts);
        let not = match &schema.schema_kind {
            SchemaKind::Not { not } => Some(not),
            SchemaKind::Any(any) => any.not.as_ref(),
            _ => None,
        };
        let not = not.map(|not| self.owned_schema(not, &child(pointer, "not")));
        if data.discriminator.is_some() && matches!(kind, Kind::Object(_)) {
            self.discriminated.push(id);
        }
        let node = &mut self.schemas[id.index()];
        node.kind = kind;
        node.facts = facts.0;
        node.limits.not = not;
        self.check_variants(id);
        id
    }

    /// Names are given to values that the enum has.
    fn check_variants(&mut self, id: SchemaId) {
        let node = &self.schemas[id.index()];
        if node.variants.is_empty() {
            return;
        }
        let values: Vec<String> = match &node.kind {
            Kind::String { values, .. } => values.clone(),
            Kind::Integer { values, .. } => values.iter().map(i64::to_string).collect(),
            _ => Vec::new(),
        };
        for value in node.variants.keys().filter(|value| !values.contains(value)) {
            let place = child(&child(&node.pointer, "x-rust-variants"), value);
            let message = format!("the schema's `enum` has no value `{value}`");
            self.diagnostics.error("unused-extension", place, message, "remove the name, or correct the value");
        }
    }

    fn kind(
        &mut self,
        kind: &SchemaKind,
        discriminator: Option<&openapiv3::Discriminator>,
        pointer: &str,
        facts: &mut Facts,
    ) -> Kind {
        match kind {
            SchemaKind::Type(Type::Boolean(_)) => Kind::Boolean,
            SchemaKind::Type(Type::Integer(integer)) => {
                facts.add(if integer.exclusive_minimum { "above" } else { "minimum" }, integer.minimum);
                facts.add(if integer.exclusive_maximum { "below" } else { "maximum" }, integer.maximum);
                let values = integer.enumeration.iter().flatten().copied().collect();
                Kind::Integer {
                    format: format_name(&integer.format, |format| format!("{format:?}").to_lowercase()),
                    values,
                }
            }
            SchemaKind::Type(Type::Number(number)) => {
                facts.add(if number.exclusive_minimum { "above" } else { "minimum" }, number.minimum);
                facts.add(if number.exclusive_maximum { "below" } else { "maximum" }, number.maximum);
                Kind::Number
            }
            SchemaKind::Type(Type::String(string)) => {
                facts.add("min_length", string.min_length);
                facts.add("max_length", string.max_length);
                let values = string.enumeration.iter().flatten().cloned().collect();
                Kind::String { format: string_format(&string.format), pattern: string.pattern.clone(), values }
            }
            SchemaKind::Type(Type::Array(array)) => {
                facts.add("min_items", array.min_items);
                facts.add("max_items", array.max_items);
                let place = child(pointer, "items");
                Kind::Array(match &array.items {
                    Some(items) => self.boxed_schema(items, &place),
                    None => self.any(&place),
                })
            }
            SchemaKind::Type(Type::Object(object)) => Kind::Object(self.object(
                &object.properties,
                &object.required,
                object.additional_properties.as_ref(),
                pointer,
            )),
            SchemaKind::OneOf { one_of } => self.one_of(one_of, &child(pointer, "oneOf"), discriminator),
            SchemaKind::AnyOf { any_of } => self.one_of(any_of, &child(pointer, "anyOf"), discriminator),
            SchemaKind::AllOf { all_of } => Kind::AllOf(self.list(all_of, &child(pointer, "allOf"))),
            // What a value must not be gives a client no type.
            SchemaKind::Not { .. } => Kind::Any,
            SchemaKind::Any(any) => self.several(any, discriminator, pointer),
        }
    }

    fn list(&mut self, schemas: &[ReferenceOr<openapiv3::Schema>], pointer: &str) -> Vec<SchemaId> {
        schemas
            .iter()
            .enumerate()
            .map(|(index, schema)| self.owned_schema(schema, &format!("{pointer}/{index}")))
            .collect()
    }

    fn one_of(
        &mut self,
        schemas: &[ReferenceOr<openapiv3::Schema>],
        pointer: &str,
        discriminator: Option<&openapiv3::Discriminator>,
    ) -> Kind {
        let variants = self.list(schemas, pointer);
        let discriminator = discriminator.map(|discriminator| {
            let mut mapping = Vec::new();
            for (value, reference) in &discriminator.mapping {
                // Written as a reference, or as a component's bare name.
                let place = if reference.starts_with('#') {
                    target(reference)
                } else {
                    child("/components/schemas", reference)
                };
                if self.value.pointer(&place).is_some() {
                    mapping.push((value.clone(), self.at(&place, pointer)));
                } else {
                    let message =
                        format!("the value `{value}` of the discriminator leads to `{reference}`, which is not there");
                    let help = "give it the name of a schema, or remove it";
                    self.diagnostics.warning("unknown-mapping", pointer, message, help);
                }
            }
            Discriminator { property: discriminator.property_name.clone(), mapping }
        });
        Kind::OneOf(variants, discriminator)
    }

    fn object(
        &mut self,
        properties: &IndexMap<String, ReferenceOr<Box<openapiv3::Schema>>>,
        required: &[String],
        additional: Option<&AdditionalProperties>,
        pointer: &str,
    ) -> Object {
        let place = child(pointer, "properties");
        let mut out = Object::default();
        let required_names: HashSet<&String> = required.iter().collect();
        for (name, schema) in properties {
            let schema = self.boxed_schema(schema, &child(&place, name));
            out.properties.push(Property { name: name.clone(), schema, required: required_names.contains(name) });
        }
        out.required = required.iter().filter(|name| !properties.contains_key(*name)).cloned().collect();
        out.additional = match additional {
            None => Additional::Unsaid,
            Some(AdditionalProperties::Any(false)) => Additional::Forbidden,
            Some(AdditionalProperties::Any(true)) => Additional::Any,
            Some(AdditionalProperties::Schema(schema)) => {
                Additional::Of(self.owned_schema(schema, &child(pointer, "additionalProperties")))
            }
        };
        out
    }

    /// A schema with keywords of several kinds is all of them at once.
    fn several(&mut self, any: &AnySchema, discriminator: Option<&openapiv3::Discriminator>, pointer: &str) -> Kind {
        let mut all = Vec::new();
        if !any.properties.is_empty()
            || !any.required.is_empty()
            || any.additional_properties.is_some()
            || any.typ.as_deref() == Some("object")
        {
            let object = self.object(&any.properties, &any.required, any.additional_properties.as_ref(), pointer);
            all.push(self.part(Kind::Object(object), pointer));
        } else if let Some(kind) = self.scalar(any, pointer) {
            all.push(self.part(kind, pointer));
        }
        all.extend(self.list(&any.all_of, &child(pointer, "allOf")));
        for (keyword, choices) in [("oneOf", &any.one_of), ("anyOf", &any.any_of)] {
            if !choices.is_empty() {
                let choice = self.one_of(choices, &child(pointer, keyword), discriminator);
                all.push(self.part(choice, pointer));
            }
        }
        match all.as_slice() {
            [] => Kind::Any,
            [only] => self.schemas[only.index()].kind.clone(),
            _ => Kind::AllOf(all),
        }
    }

    fn part(&mut self, kind: Kind, pointer: &str) -> SchemaId {
        self.push(Schema { pointer: pointer.to_owned(), kind, ..Schema::default() })
    }

    /// A scalar or an array whose keywords do not fit the model's typed form, such as an enum
    /// beside a minimum.
    fn scalar(&mut self, any: &AnySchema, pointer: &str) -> Option<Kind> {
        let strings =
            || any.enumeration.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect::<Vec<_>>();
        match any.typ.as_deref() {
            Some("string") => Some(Kind::String {
                format: any.format.clone().unwrap_or_default(),
                pattern: any.pattern.clone(),
                values: strings(),
            }),
            Some("integer") => {
                let values = any.enumeration.iter().filter_map(Value::as_i64).collect();
                Some(Kind::Integer { format: any.format.clone().unwrap_or_default(), values })
            }
            Some("number") => Some(Kind::Number),
            Some("boolean") => Some(Kind::Boolean),
            None if any.items.is_none() && !strings().is_empty() => {
                Some(Kind::String { format: String::new(), pattern: None, values: strings() })
            }
            kind if kind == Some("array") || any.items.is_some() => {
                let place = child(pointer, "items");
                Some(Kind::Array(match &any.items {
                    Some(items) => self.boxed_schema(items, &place),
                    None => self.any(&place),
                }))
            }
            _ => None,
        }
    }
}

/// The name of the component that stands at a pointer.
fn component_name(pointer: &str) -> Option<String> {
    let name = pointer.strip_prefix("/components/schemas/").filter(|name| !name.contains('/'))?;
    tokens(&format!("/{name}")).next()
}

/// Collects the limits that are set.
#[derive(Default)]
struct Facts(Vec<(&'static str, String)>);

impl Facts {
    fn add(&mut self, name: &'static str, value: Option<impl ToString>) {
        self.0.extend(value.map(|value| (name, value.to_string())));
    }
}

pub(super) fn format_name<T>(format: &VariantOrUnknownOrEmpty<T>, known: impl Fn(&T) -> String) -> String {
    match format {
        VariantOrUnknownOrEmpty::Item(format) => known(format),
        VariantOrUnknownOrEmpty::Unknown(format) => format.clone(),
        VariantOrUnknownOrEmpty::Empty => String::new(),
    }
}
