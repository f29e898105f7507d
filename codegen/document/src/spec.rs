//! A table of the fields of each OpenAPI object: their types, and the versions that have them.
//!
//! Every pass that reads or changes a document uses this table, from Swagger 2.0 to OpenAPI 3.2 with JSON Schema
//! 2020-12. A field of type [`FieldType::Any`], or one that is not in the table, such as an extension, is data: it
//! contains no references or keywords.
//!
//! [`ObjectKind::fields`] lists the fields, and [`FieldType::member`] returns the types of a value's members.

mod fields;
mod rules;
mod schema;
mod support;
mod version;
pub(crate) mod words;

pub use rules::{FIELDS_BY_SCHEME, fields_by_location};
pub use support::Support;
pub use version::Versions;

use serde_json::Value;

use crate::pointer::push_token;

/// An object of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is the object of that name in the specification")]
pub enum ObjectKind {
    Document,
    Info,
    Contact,
    License,
    Server,
    ServerVariable,
    Paths,
    Webhooks,
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    MediaType,
    Encoding,
    Responses,
    Response,
    Callback,
    Header,
    Example,
    Link,
    Schema,
    Discriminator,
    Xml,
    Components,
    SecurityScheme,
    Flows,
    ImplicitFlow,
    PasswordFlow,
    ClientCredentialsFlow,
    AuthorizationCodeFlow,
    DeviceAuthorizationFlow,
    Tag,
    ExternalDocs,
}

/// The type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Any value. It is data and never changed.
    Any,
    /// A string.
    Text,
    /// A boolean.
    Flag,
    /// A number.
    Number,
    /// A number above zero.
    PositiveNumber,
    /// A whole number that is not negative.
    Count,
    /// One of these strings.
    Word(&'static [&'static str]),
    /// One of these strings, or an array of them.
    WordOrWords(&'static [&'static str]),
    /// An object of this kind.
    One(ObjectKind),
    /// An object of this kind, or a reference to one.
    OneOrRef(ObjectKind),
    /// A schema: an object or a boolean.
    SchemaOrBool,
    /// The name of a schema component, or a reference to a schema.
    SchemaNameOrRef,
    /// A reference to an operation.
    OperationRef,
    /// An array.
    List(&'static FieldType),
    /// An object with arbitrary keys.
    Map(&'static FieldType),
}

/// A field of an object.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// The type.
    pub holds: FieldType,
    /// The versions that have the field.
    pub versions: Versions,
    /// The versions that require the field.
    pub required: Versions,
}

/// Creates an optional field of every version.
const fn may(name: &'static str, holds: FieldType) -> Field {
    Field { name, holds, versions: Versions::ALL, required: Versions::NONE }
}

/// Creates a required field of every version.
const fn must(name: &'static str, holds: FieldType) -> Field {
    Field { name, holds, versions: Versions::ALL, required: Versions::ALL }
}

impl Field {
    /// Restricts the field to these versions.
    const fn only(self, versions: Versions) -> Self {
        let required = if self.required.meet(Versions::ALL) { versions } else { Versions::NONE };
        Self { versions, required, ..self }
    }

    /// Makes the field required in these versions only.
    const fn required(self, required: Versions) -> Self {
        Self { required, ..self }
    }
}

/// The methods for which a path item has a field.
pub const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// The types of JSON Schema.
pub const TYPES: &[&str] = &["array", "boolean", "integer", "null", "number", "object", "string"];

/// The extension that may contain the webhooks of a document before 3.1. It can have other meanings: see
/// [`are_webhooks`].
pub const WEBHOOKS_EXTENSION: &str = "x-webhooks";

/// Returns true if the value of [`WEBHOOKS_EXTENSION`] is a map of webhooks, of which at least one has a request body.
pub fn are_webhooks(value: &Value) -> bool {
    let has_body = |item: &Value| item.pointer("/post/requestBody").is_some();
    value.as_object().is_some_and(|items| items.values().any(has_body))
}

impl ObjectKind {
    /// Returns the fields of this kind in all versions. If the type of a field differs between versions, it has two
    /// entries, the newer one first.
    pub fn fields(self) -> &'static [Field] {
        fields::of(self)
    }

    /// Returns the type of members with arbitrary keys, if this kind has them.
    pub fn named_by_document(self) -> Option<FieldType> {
        match self {
            Self::Paths | Self::Webhooks | Self::Callback => Some(FieldType::OneOrRef(Self::PathItem)),
            Self::Responses => Some(FieldType::OneOrRef(Self::Response)),
            _ => None,
        }
    }

    /// Returns the field `name` in the newest of these versions. `None` for members with arbitrary keys, see
    /// [`named_by_document`](Self::named_by_document).
    pub fn field(self, name: &str, versions: Versions) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.name == name && field.versions.meet(versions))
    }

    /// Returns the type of the member `name` in the newest of these versions. `None` for extensions and unknown
    /// members.
    pub fn holds(self, name: &str, versions: Versions) -> Option<FieldType> {
        match self.named_by_document() {
            // A webhook may have any name; other maps may also contain extensions.
            Some(holds) if self == Self::Webhooks || !name.starts_with("x-") => Some(holds),
            Some(_) => None,
            None => self.field(name, versions).map(|field| field.holds),
        }
    }

    /// Returns the section of `components` for objects of this kind.
    pub fn section(self) -> Option<&'static str> {
        Some(match self {
            Self::Schema => "schemas",
            Self::Response => "responses",
            Self::Parameter => "parameters",
            Self::Example => "examples",
            Self::RequestBody => "requestBodies",
            Self::Header => "headers",
            Self::SecurityScheme => "securitySchemes",
            Self::Link => "links",
            Self::Callback => "callbacks",
            Self::PathItem => "pathItems",
            Self::MediaType => "mediaTypes",
            _ => return None,
        })
    }

    /// Returns the name of this kind in messages, without an article.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Document => "OpenAPI document",
            Self::Info => "info object",
            Self::Contact => "contact object",
            Self::License => "licence object",
            Self::Server => "server object",
            Self::ServerVariable => "server variable object",
            Self::Paths => "paths object",
            Self::Webhooks => "webhooks object",
            Self::PathItem => "path item object",
            Self::Operation => "operation object",
            Self::Parameter => "parameter object",
            Self::RequestBody => "request body object",
            Self::MediaType => "media type object",
            Self::Encoding => "encoding object",
            Self::Responses => "responses object",
            Self::Response => "response object",
            Self::Callback => "callback object",
            Self::Header => "header object",
            Self::Example => "example object",
            Self::Link => "link object",
            Self::Schema => "schema object",
            Self::Discriminator => "discriminator object",
            Self::Xml => "XML object",
            Self::Components => "components object",
            Self::SecurityScheme => "security scheme object",
            Self::Flows => "OAuth flows object",
            Self::ImplicitFlow
            | Self::PasswordFlow
            | Self::ClientCredentialsFlow
            | Self::AuthorizationCodeFlow
            | Self::DeviceAuthorizationFlow => "OAuth flow object",
            Self::Tag => "tag object",
            Self::ExternalDocs => "external documentation object",
        }
    }
}

impl FieldType {
    /// The type of the whole document.
    pub const DOCUMENT: Self = Self::One(ObjectKind::Document);

    /// Returns the kind of object that values of this type are, if the specification defines one.
    pub fn object(self) -> Option<ObjectKind> {
        match self {
            Self::One(kind) | Self::OneOrRef(kind) => Some(kind),
            Self::SchemaOrBool => Some(ObjectKind::Schema),
            _ => None,
        }
    }

    /// Returns true if a value has the JSON type of this object, array or map.
    pub(crate) fn fits(self, value: &Value) -> bool {
        match self {
            Self::List(_) => value.is_array(),
            Self::SchemaOrBool => value.is_object() || value.is_boolean(),
            _ => value.is_object(),
        }
    }

    /// Returns true if values of this type contain no objects of the specification and no references.
    pub fn is_data(self) -> bool {
        match self {
            Self::List(inner) | Self::Map(inner) => inner.is_data(),
            Self::SchemaNameOrRef | Self::OperationRef => false,
            other => other.object().is_none(),
        }
    }

    /// Returns the type of the member or element `token` of a value of this type, in the newest of these versions;
    /// [`FieldType::Any`] if it is unknown.
    ///
    /// A schema that is an array is a tuple of draft 4: its elements are schemas.
    pub fn member(self, token: &str, of_array: bool, versions: Versions) -> Self {
        match self {
            Self::SchemaOrBool if of_array => self,
            Self::List(inner) if of_array => *inner,
            Self::Map(inner) if !of_array => *inner,
            other => match other.object() {
                Some(kind) if !of_array => kind.holds(token, versions).unwrap_or(Self::Any),
                _ => Self::Any,
            },
        }
    }

    /// Calls `visit` with each member or element of a value of this type, its type, and its pointer. `at` is the
    /// pointer of the value.
    pub(crate) fn visit_members(
        self,
        node: &Value,
        versions: Versions,
        at: &mut String,
        visit: &mut dyn FnMut(&Value, Self, &mut String),
    ) {
        let length = at.len();
        let mut member = |token: &str, node: &Value, of_array: bool| {
            push_token(at, token);
            visit(node, self.member(token, of_array, versions), at);
            at.truncate(length);
        };
        match node {
            Value::Object(members) => members.iter().for_each(|(name, node)| member(name, node, false)),
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(index, node)| member(&index.to_string(), node, true));
            }
            _ => {}
        }
    }

    /// Returns the section of `components` that a Reference Object, or the `$ref` of a schema or path item, refers to;
    /// `None` if this type does not allow references.
    pub fn reference_section(self) -> Option<&'static str> {
        match self {
            Self::OneOrRef(kind) => kind.section(),
            Self::SchemaOrBool => ObjectKind::Schema.section(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const KINDS: [ObjectKind; 33] = [
        ObjectKind::Document,
        ObjectKind::Info,
        ObjectKind::Contact,
        ObjectKind::License,
        ObjectKind::Server,
        ObjectKind::ServerVariable,
        ObjectKind::Paths,
        ObjectKind::Webhooks,
        ObjectKind::PathItem,
        ObjectKind::Operation,
        ObjectKind::Parameter,
        ObjectKind::RequestBody,
        ObjectKind::MediaType,
        ObjectKind::Encoding,
        ObjectKind::Responses,
        ObjectKind::Response,
        ObjectKind::Callback,
        ObjectKind::Header,
        ObjectKind::Example,
        ObjectKind::Link,
        ObjectKind::Schema,
        ObjectKind::Discriminator,
        ObjectKind::Xml,
        ObjectKind::Components,
        ObjectKind::SecurityScheme,
        ObjectKind::Flows,
        ObjectKind::ImplicitFlow,
        ObjectKind::PasswordFlow,
        ObjectKind::ClientCredentialsFlow,
        ObjectKind::AuthorizationCodeFlow,
        ObjectKind::DeviceAuthorizationFlow,
        ObjectKind::Tag,
        ObjectKind::ExternalDocs,
    ];

    #[test]
    fn no_version_has_a_field_twice_and_newer_entries_come_first() {
        for kind in KINDS {
            let mut seen: Vec<&Field> = Vec::new();
            for field in kind.fields() {
                for other in seen.iter().filter(|other| other.name == field.name) {
                    assert!(!other.versions.meet(field.versions), "{kind:?} has `{}` twice in a version", field.name);
                    assert!(!field.versions.meet(Versions::V3_2), "the newer `{}` of {kind:?} is second", field.name);
                }
                seen.push(field);
            }
        }
    }

    /// Every object that a Reference Object can replace has a section of `components` for it.
    #[test]
    fn every_reference_has_a_section() {
        let mut sections = HashSet::new();
        for kind in KINDS {
            for mut holds in kind.fields().iter().map(|field| field.holds).chain(kind.named_by_document()) {
                while let FieldType::List(inner) | FieldType::Map(inner) = holds {
                    holds = *inner;
                }
                if let FieldType::OneOrRef(kind) = holds {
                    let section = holds.reference_section().unwrap_or_default();
                    let held = ObjectKind::Components.holds(section, Versions::V3_2);
                    assert_eq!(held.map(|held| held.member("", false, Versions::V3_2)), Some(holds), "{kind:?}");
                    sections.insert(section);
                }
            }
        }
        assert_eq!(sections.len(), 10);
    }

    #[test]
    fn names_are_not_keywords() {
        let properties = FieldType::SchemaOrBool.member("properties", false, Versions::ALL);
        assert_eq!(properties.member("example", false, Versions::ALL), FieldType::SchemaOrBool);
        let example = FieldType::SchemaOrBool.member("example", false, Versions::ALL);
        assert_eq!(example.member("properties", false, Versions::ALL), FieldType::Any);
        assert_eq!(ObjectKind::Responses.holds("x-own", Versions::ALL), None);
        assert!(ObjectKind::Webhooks.holds("x-own", Versions::ALL).is_some());
        let items = FieldType::SchemaOrBool.member("items", false, Versions::ALL);
        assert_eq!(items.member("0", true, Versions::ALL), FieldType::SchemaOrBool);
    }
}
