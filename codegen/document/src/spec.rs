//! What OpenAPI allows where: for each object its fields, what they hold, and the versions that have them.
//!
//! Every pass that reads or changes a document follows this one table, from Swagger 2.0 to OpenAPI 3.2 with JSON Schema 2020-12. A field that the table
//! calls [`FieldType::Any`], or does not have (extensions, for example), is data: nothing in it is a reference or a keyword.
//!
//! [`ObjectKind::fields`] lists the fields, [`FieldType::member`] leads a traversal from a value to its members.

mod fields;
mod rules;
mod schema;
mod support;
mod version;
pub(crate) mod words;

pub use rules::fields_by_location;
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

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Any value. It is data, and never changed.
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
    /// An object of a kind.
    One(ObjectKind),
    /// An object of a kind, or a reference to one.
    OneOrRef(ObjectKind),
    /// A schema: an object or a boolean.
    SchemaOrBool,
    /// The name of a schema component, or a reference to a schema.
    SchemaNameOrRef,
    /// A reference to an operation.
    OperationRef,
    /// An array.
    List(&'static FieldType),
    /// An object whose keys the document chooses.
    Map(&'static FieldType),
}

/// A field of an object.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// What it holds.
    pub holds: FieldType,
    /// The versions that have it.
    pub versions: Versions,
    /// The versions that require it.
    pub required: Versions,
}

/// An optional field of every version.
const fn may(name: &'static str, holds: FieldType) -> Field {
    Field { name, holds, versions: Versions::ALL, required: Versions::NONE }
}

/// A required field of every version.
const fn must(name: &'static str, holds: FieldType) -> Field {
    Field { name, holds, versions: Versions::ALL, required: Versions::ALL }
}

impl Field {
    /// The same field, but only in these versions.
    const fn only(self, versions: Versions) -> Self {
        let required = if self.required.meet(Versions::ALL) { versions } else { Versions::NONE };
        Self { versions, required, ..self }
    }

    /// The same field, required only in these versions.
    const fn required(self, required: Versions) -> Self {
        Self { required, ..self }
    }
}

/// The methods that a path item has a field for.
pub const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// The types of JSON Schema.
pub const TYPES: &[&str] = &["array", "boolean", "integer", "null", "number", "object", "string"];

/// The extension under which a document before 3.1 may have its webhooks. It may be anything else: see [`are_webhooks`].
pub const WEBHOOKS_EXTENSION: &str = "x-webhooks";

/// Returns true if the value of [`WEBHOOKS_EXTENSION`] is a map of webhooks: one of them has a request body.
pub fn are_webhooks(value: &Value) -> bool {
    let has_body = |item: &Value| item.pointer("/post/requestBody").is_some();
    value.as_object().is_some_and(|items| items.values().any(has_body))
}

impl ObjectKind {
    /// The fields of this kind in all versions. One name has two entries if the versions disagree about what it holds, the newer first.
    pub fn fields(self) -> &'static [Field] {
        fields::of(self)
    }

    /// What the members hold whose keys the document chooses, if this kind has such members.
    pub fn named_by_document(self) -> Option<FieldType> {
        match self {
            Self::Paths | Self::Webhooks | Self::Callback => Some(FieldType::OneOrRef(Self::PathItem)),
            Self::Responses => Some(FieldType::OneOrRef(Self::Response)),
            _ => None,
        }
    }

    /// The field `name` as the newest of these versions has it. None for members that the document names: see [`named_by_document`](Self::named_by_document).
    pub fn field(self, name: &str, versions: Versions) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.name == name && field.versions.meet(versions))
    }

    /// What the member `name` holds in the newest of these versions. None for extensions and for what is unknown.
    pub fn holds(self, name: &str, versions: Versions) -> Option<FieldType> {
        match self.named_by_document() {
            // A webhook may have any name; the others may have extensions beside them.
            Some(holds) if self == Self::Webhooks || !name.starts_with("x-") => Some(holds),
            Some(_) => None,
            None => self.field(name, versions).map(|field| field.holds),
        }
    }

    /// The section of `components` for objects of this kind.
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

    /// What this kind is called in a message, without article.
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
    /// The whole document.
    pub const DOCUMENT: Self = Self::One(ObjectKind::Document);

    /// The object that a value of this type is, if it is one that the specification describes.
    pub fn object(self) -> Option<ObjectKind> {
        match self {
            Self::One(kind) | Self::OneOrRef(kind) => Some(kind),
            Self::SchemaOrBool => Some(ObjectKind::Schema),
            _ => None,
        }
    }

    /// Whether nothing in a value of this type is an object of the specification or a reference.
    pub fn is_data(self) -> bool {
        match self {
            Self::List(inner) | Self::Map(inner) => inner.is_data(),
            Self::SchemaNameOrRef | Self::OperationRef => false,
            other => other.object().is_none(),
        }
    }

    /// What the member or element `token` of a value of this type holds, in the newest of these versions. [`FieldType::Any`] for what is unknown.
    ///
    /// A schema whose value is an array is draft 4's tuple: its elements are schemas.
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

    /// Calls `visit` with each member or element of a value of this type, what it holds, and its pointer. `at` is the pointer of the value.
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

    /// Whether a Reference Object, a schema's `$ref` or a path item's `$ref` may stand here, and the section of `components` for what it refers to.
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
                    assert!(!field.versions.meet(Versions::V3_2), "the newer `{}` of {kind:?} is behind", field.name);
                }
                seen.push(field);
            }
        }
    }

    /// Whatever a Reference Object can stand for has a section of `components`, which holds it.
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
